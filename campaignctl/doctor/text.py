"""Writes what `doctor` found: what is wrong, what it means, what fixes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from campaignctl.doctor.document import CheckDocument, DoctorDocument, ProblemDocument
from campaignctl.rendering import words
from campaignctl.rendering.as_text.parts import block, headline
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.text import message, name

_MARKS: Final[Mapping[str, tuple[str, Style]]] = {
    "fine": (" ", Style.GOOD),
    "warn": ("~", Style.ALERT),
    "wrong": ("!", Style.STOP),
    "unknown": ("?", Style.QUIET),
}


def doctor_text(document: DoctorDocument, *, color: bool = False, width: int | None = None) -> str:
    """Writes a line for each check; below one that is not fine, each problem with its fix."""
    return laid_out(_doctor(document), color=color, width=width)


def _doctor(document: DoctorDocument) -> Iterator[Line]:
    yield headline(document["environment"], document["account_sid"], document["backend"])
    yield Line()
    for check in document["checks"]:
        yield from _check(check)
    yield from block([_total(document)])


def _check(check: CheckDocument) -> Iterator[Line]:
    mark, style = _MARKS[check["verdict"]]
    detail = f" ({check['detail']})" if check["detail"] else ""
    yield Line(f"{mark} {check['check']}: {check['verdict']}{detail}", 0, style)
    for problem in check["ailments"]:
        yield from _problem(problem)


def _problem(problem: ProblemDocument) -> Iterator[Line]:
    subject = f"{name(problem['subject'])}: " if problem["subject"] else ""
    style = Style.GONE if problem["severity"] == "error" else Style.ALERT
    yield Line(f"{subject}{message(problem['message'])}", 1, style)
    yield Line(f"means: {problem['meaning']}", 2)
    yield Line(f"fix: {message(problem['mend'])}", 2, unwrapped=True)


def _total(document: DoctorDocument) -> Line:
    summary = document["summary"]
    unknown = f"; {words.counted(summary['unknown'], 'check')} not made" if summary["unknown"] else ""
    if not summary["wrong"]:
        warnings = f"; {words.counted(summary['warn'], 'check')} to look at" if summary["warn"] else ""
        says = "Nothing wrong was found" if unknown else "Nothing is wrong"
        return Line(f"{says}{warnings}{unknown}.", 0, Style.ALERT if unknown else Style.GOOD)
    return Line(f"{words.counted(summary['wrong'], 'check')} found something wrong{unknown}.", 0, Style.STOP)
