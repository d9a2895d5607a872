"""What plans, results and findings have in common: the first line, paragraphs, findings, names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from campaignctl.rendering import totals
from campaignctl.rendering.changes import SHOWS_ITSELF
from campaignctl.rendering.documents import (
    ErrorOutputDocument,
    FindingDocument,
    ReasonDocument,
    ValidateDocument,
)
from campaignctl.rendering.escape import message, name
from campaignctl.rendering.lines import Line, Style, laid_out


def headline(environment: str, account_sid: str, backend: str, *, start: str = "Environment") -> Line:
    """Environment and account, first of all: a sandbox must not be taken for production, or the other way round."""
    account = f"account {name(account_sid)}"
    if backend == "sandbox":
        stand_in = "a stand-in: nobody is called or texted"
        return Line(f"{start} {name(environment)} (SANDBOX, {account}, {stand_in})", 0, Style.ALERT)
    return Line(f"{start} {name(environment)} ({account})", 0, Style.STRONG)


def block(lines: Iterable[Line]) -> Iterator[Line]:
    """A paragraph: a blank line before it, and nothing at all without lines."""
    for number, line in enumerate(lines):
        if number == 0:
            yield Line()
        yield line


def reason_lines(reason: ReasonDocument) -> Iterator[Line]:
    """Why a change is what it is, where a reader cannot see it."""
    if reason["code"] not in SHOWS_ITSELF:
        yield Line(f"why: {message(reason['message'])} [{reason['code']}]", 1)


def note_lines(notes: Iterable[str]) -> Iterator[Line]:
    """What was noticed on the way."""
    yield from (Line(f"note: {message(note)}", 1, Style.QUIET) for note in notes)


def finding_lines(findings: Iterable[FindingDocument]) -> Iterator[Line]:
    """`file:line:column: message [rule]`, which editors and terminals turn into a link."""
    for finding in findings:
        warning = finding["severity"] != "error"
        where = f"{name(finding['file'])}:{finding['line']}:{finding['column']}"
        text = f"{where}: {'warning: ' if warning else ''}{message(finding['message'])} [{finding['rule']}]"
        yield Line(text, 0, Style.ALERT if warning else Style.GONE)


def validate_text(
    document: ValidateDocument, *, manifests: int | None = None, color: bool = False, width: int | None = None
) -> str:
    """The findings of `validate` and how many they are; `manifests` is how many were read."""
    return laid_out(_validate(document, manifests), color=color, width=width)


def _validate(document: ValidateDocument, manifests: int | None) -> Iterator[Line]:
    findings = document["findings"]
    yield from finding_lines(findings)
    errors = any(finding["severity"] == "error" for finding in findings)
    style = Style.STOP if errors else Style.ALERT if findings else Style.GOOD
    yield Line(totals.findings_total(findings, manifests), 0, style)


def error_text(document: ErrorOutputDocument, *, color: bool = False, width: int | None = None) -> str:
    """Why a command ended early: every finding, then the one sentence."""
    lines = [
        *finding_lines(document["findings"]),
        Line(f"Error: {message(document['error']['message'])}", 0, Style.STOP),
    ]
    return laid_out(lines, color=color, width=width)
