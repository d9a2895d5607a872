"""Writes JUnit XML: a test case for each manifest, so that a pipeline's list of tests says what is wrong with
which.

There is no standard; what is written here is what the readers of Jenkins and GitLab have in common.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from posixpath import normpath
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from campaignctl.rendering.changes import Telling
from campaignctl.rendering.documents import AnyPlanDocument, BriefChangeDocument
from campaignctl.rendering.finding_documents import ErrorOutputDocument, FindingDocument, ValidateDocument
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.pages import says
from campaignctl.rendering.reports import change_entry
from campaignctl.rendering.suites import ReportedManifest, Suite, owner_among
from campaignctl.text import message, name, visible, without_command
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.rendering.formats import Writers

PROJECT: Final = "project"
"""The class of what is of no manifest."""
_NOT_XML: Final = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""What XML 1.0 forbids, even escaped."""


class _Verdict(NamedTuple):
    """Holds `failure` or `skipped`, the word for programs, and the sentence."""

    element: str
    type: str
    message: str


class _TestCase(NamedTuple):
    """Holds one test case. `output` are lines."""

    classname: str
    name: str
    file: str | None
    line: int | None
    verdicts: tuple[_Verdict, ...] = ()
    output: tuple[str, ...] = ()


def plan(document: AnyPlanDocument, setting: Setting) -> str:
    """Writes a case for each change: what is blocked fails, what is held is skipped."""
    return _written([(document["environment"], _plan_cases(document, setting))], setting.prefix)


def _plan_cases(document: AnyPlanDocument, setting: Setting) -> list[_TestCase]:
    subjects = list(map(_subject_of, document["changes"]))
    beside, of = _shared_out(document["findings"], subjects)
    entries = _entry_lines(document, setting)
    cases = [
        _change_case(change, subject, of(subject), entries(change))
        for change, subject in zip(document["changes"], subjects, strict=True)
    ]
    return [*cases, *map(_alone, beside)]


def validate(document: ValidateDocument, setting: Setting) -> str:
    """Writes a suite for each environment, a case for each manifest that was meant or has a finding."""
    where = setting.where.environment if setting.where else ""
    suites = setting.suites() or (Suite(where, tuple(document["findings"]), ()),)
    return _written([(it.environment, _suite_cases(it)) for it in suites], setting.prefix)


class SeveralSuite(NamedTuple):
    """Represents one of several environments: a document of `plan` or `validate`, or why there is none."""

    environment: str
    plan: AnyPlanDocument | None = None
    suite: Suite | None = None
    error: ErrorOutputDocument | None = None


def several(suites: Iterable[SeveralSuite], setting: Setting) -> str:
    """Writes a suite for each environment."""
    return _written([(it.environment, _cases_of(it, setting)) for it in suites], setting.prefix)


def _cases_of(it: SeveralSuite, setting: Setting) -> list[_TestCase]:
    if it.plan is not None:
        return _plan_cases(it.plan, setting._replace(within=it.environment))
    if it.suite is not None:
        return _suite_cases(it.suite)
    return _error_cases(it.error) if it.error is not None else []


def error(document: ErrorOutputDocument, setting: Setting) -> str:
    """Writes a command that ended early: a file without a failure would say that all is well."""
    return _written([("", _error_cases(document))], setting.prefix)


def _error_cases(document: ErrorOutputDocument) -> list[_TestCase]:
    ended = _Verdict("failure", document["error"]["code"], document["error"]["message"])
    cases = [_alone(finding) for finding in document["findings"]]
    return [*cases, _TestCase(PROJECT, ended.type, None, None, (ended,))]


WRITERS: Final[Writers] = {"plan": plan, "validate": validate, "error": error}


# -- cases -----------------------------------------------------------------------------------------------------


def _shared_out(
    findings: Iterable[FindingDocument], subjects: Iterable[ReportedManifest]
) -> tuple[list[FindingDocument], Callable[[ReportedManifest], Sequence[FindingDocument]]]:
    """Shares findings out: those that are of no manifest, and those of each."""
    owner = owner_among(it for it in subjects if it.file)
    owned: defaultdict[ReportedManifest | None, list[FindingDocument]] = defaultdict(list)
    for finding in findings:
        owned[owner(finding)].append(finding)
    return owned[None], lambda subject: owned.get(subject, ())


def _suite_cases(suite: Suite) -> list[_TestCase]:
    beside, of = _shared_out(suite.findings, suite.subjects)
    meant = (it for it in suite.subjects if it.kind and (it.is_listed or of(it)))
    cases = [
        _TestCase(it.kind, it.name, it.file, it.line, tuple(_failures(of(it))), tuple(_warnings(of(it))))
        for it in meant
    ]
    return [*cases, *map(_alone, beside)]


def _subject_of(change: BriefChangeDocument) -> ReportedManifest:
    called = change["name"] or change["sid"] or "(no name)"
    return ReportedManifest(change["kind"], called, change["manifest"] or "", change["line"] or 1)


def _change_case(
    change: BriefChangeDocument, it: ReportedManifest, found: Sequence[FindingDocument], lines: Iterable[str]
) -> _TestCase:
    reason, verdicts = change["reason"], [*_failures(found)]
    if change["change"] == "blocked":
        verdicts.append(_Verdict("failure", reason["code"], reason["message"]))
    elif change["change"] == "held" and not verdicts:
        verdicts.append(_Verdict("skipped", reason["code"], reason["message"]))
    line = it.line if it.file else None
    return _TestCase(it.kind, it.name, it.file or None, line, tuple(verdicts), (*lines, *_warnings(found)))


def _alone(finding: FindingDocument) -> _TestCase:
    """Makes a case of a finding of no manifest."""
    return _TestCase(
        PROJECT,
        finding["rule"],
        finding["file"],
        finding["line"],
        tuple(_failures((finding,))),
        tuple(_warnings((finding,))),
    )


def _failures(findings: Iterable[FindingDocument]) -> Iterator[_Verdict]:
    for finding in findings:
        if finding["severity"] == "error":
            yield _Verdict("failure", finding["rule"], finding["message"])


def _warnings(findings: Iterable[FindingDocument]) -> Iterator[str]:
    for finding in findings:
        if finding["severity"] != "error":
            where = f"{finding['file']}:{finding['line']}:{finding['column']}"
            yield f"warning: {where}: {message(finding['message'])} [{finding['rule']}]"


def _entry_lines(
    document: AnyPlanDocument, setting: Setting
) -> Callable[[BriefChangeDocument], tuple[str, ...]]:
    """Says what will happen, as every other format says it."""
    telling = Telling.of(document, setting.now, setting.within)

    def lines(change: BriefChangeDocument) -> tuple[str, ...]:
        entry = change_entry(change, telling)
        return (f"{entry.title}: {entry.does}", *(said.text for said in says(entry)), *entry.commands)

    return lines


# -- XML -------------------------------------------------------------------------------------------------------


def _written(suites: Iterable[tuple[str, Sequence[_TestCase]]], prefix: str) -> str:
    root = ElementTree.Element("testsuites", {"name": "campaignctl"})
    for environment, cases in suites:
        root.append(_suite(environment or "campaignctl", cases, prefix))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, 0)) for suite in root)))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(environment: str, cases: Sequence[_TestCase], prefix: str) -> ElementTree.Element:
    counts = {
        "tests": len(cases),
        "failures": sum(any(it.element == "failure" for it in case.verdicts) for case in cases),
        "errors": 0,
        "skipped": sum(any(it.element == "skipped" for it in case.verdicts) for case in cases),
    }
    suite = ElementTree.Element("testsuite", _attributes({"name": name(environment), **counts}))
    suite.extend(_element(case, prefix) for case in cases)
    return suite


def _element(case: _TestCase, prefix: str) -> ElementTree.Element:
    file = None if case.file is None else normpath(prefix + case.file)
    known = {"classname": case.classname, "name": name(case.name), "file": file, "line": case.line}
    element = ElementTree.Element("testcase", _attributes(known))
    for verdict in case.verdicts:
        says = {"type": verdict.type, "message": message(verdict.message)}
        ElementTree.SubElement(element, verdict.element, _attributes(says))
    if case.output:
        lines = (line for text in case.output for line in text.split("\n"))
        ElementTree.SubElement(element, "system-out").text = "\n".join(map(_clean, lines))
    return element


def _attributes(values: Mapping[str, object]) -> dict[str, str]:
    return {key: _clean(str(value)) for key, value in values.items() if value is not None}


def _clean(text: str) -> str:
    """Cleans a text so that XML may hold it, and nothing in it is unseen or taken for a command by a log."""
    return without_command(visible(re.sub(_NOT_XML, "�", text)))
