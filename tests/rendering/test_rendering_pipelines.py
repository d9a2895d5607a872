"""Code Quality and JUnit: what the readers of a pipeline's reports hold on to."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import plan_document

from campaignctl.diagnostics import Diagnostic, Position, Severity
from campaignctl.errors import InputError
from campaignctl.rendering.findings import error_document, validate_document
from campaignctl.rendering.formats import Setting, render
from campaignctl.rendering.suites import ReportedManifest, Suite, owner_among

SUBJECTS = (
    ReportedManifest("VoiceCampaign", "one", "a.yaml", 1),
    ReportedManifest("VoiceCampaign", "two", "a.yaml", 20),
    ReportedManifest("", "", "a.yaml", 40),
    ReportedManifest("SmsCampaign", "three", "b.yaml", 1, numbers_file="people.csv"),
    ReportedManifest("SmsCampaign", "four", "c.yaml", 7, is_listed=False),
)


def finding(
    line: int = 3, rule: str = "type", file: str = "a.yaml", says: str = "it is wrong", error: bool = True
) -> Diagnostic:
    return Diagnostic(Severity.ERROR if error else Severity.WARN, rule, Position(file, line), says)


def setting(
    *found: Diagnostic, subjects: tuple[ReportedManifest, ...] = SUBJECTS, prefix: str = ""
) -> Setting:
    told = tuple(validate_document(found)["findings"])
    return Setting(plans.NOW, prefix=prefix, suites=lambda: (Suite("prod", told, subjects),))


def gitlab(*found: Diagnostic, **changed: Any) -> list[dict[str, Any]]:
    issues = json.loads(render("validate", "gitlab", validate_document(found), setting(*found, **changed)))
    assert isinstance(issues, list)
    return issues


def junit(*found: Diagnostic, **changed: Any) -> ElementTree.Element:
    text = render("validate", "junit", validate_document(found), setting(*found, **changed))
    return ElementTree.fromstring(text.encode())


@pytest.mark.parametrize(
    ("file", "line", "owner"),
    [
        ("a.yaml", 1, "one"),
        ("a.yaml", 19, "one"),
        ("a.yaml", 20, "two"),
        ("a.yaml", 41, None),
        ("b.yaml", 400, "three"),
        ("c.yaml", 6, None),
        ("people.csv", 12, "three"),
        ("campaignctl.yaml", 2, None),
    ],
)
def test_a_finding_is_of_the_document_that_it_stands_in(file: str, line: int, owner: str | None) -> None:
    [told] = validate_document([finding(line, file=file)])["findings"]
    found = owner_among(SUBJECTS)(told)
    assert (found.name if found else None) == owner


# -- Code Quality ----------------------------------------------------------------------------------------------


def test_without_findings_it_is_an_empty_list() -> None:
    assert gitlab() == []


def test_it_has_the_keys_that_gitlab_asks_for_and_no_others() -> None:
    [wrong, odd] = gitlab(finding(3), finding(21, error=False), prefix="marketing/")
    assert wrong == {
        "description": "it is wrong",
        "check_name": "type",
        "fingerprint": wrong["fingerprint"],
        "severity": "critical",
        "location": {"path": "marketing/a.yaml", "lines": {"begin": 3}},
    }
    assert odd["severity"] == "minor"
    for issue in (wrong, odd):
        assert len(issue["fingerprint"]) == 64
        assert set(issue["fingerprint"]) <= set("0123456789abcdef")


def test_a_finding_that_moved_is_the_same_one() -> None:
    moved = tuple(it._replace(line=it.line + 7) for it in SUBJECTS)
    [before], [after] = gitlab(finding(3)), gitlab(finding(10), subjects=moved)
    assert before["fingerprint"] == after["fingerprint"]
    assert before["location"]["lines"] != after["location"]["lines"]


def test_a_message_that_names_another_line_moves_with_it() -> None:
    for says in ('"name" stands twice, first in line {}', "campaigns/a.yaml:{}:5 says the same"):
        [before], [after] = gitlab(finding(says=says.format(3))), gitlab(finding(says=says.format(4)))
        assert before["fingerprint"] == after["fingerprint"]


@pytest.mark.parametrize(
    "other",
    [
        finding(21),
        finding(rule="limit"),
        finding(says="it is wrong too"),
        finding(file="campaignctl.yaml"),
        finding(4),
    ],
    ids=["another manifest", "rule", "message", "file", "an equal one"],
)
def test_two_findings_are_two(other: Diagnostic) -> None:
    assert len({issue["fingerprint"] for issue in gitlab(finding(3), other)}) == 2


def test_a_file_without_a_prefix_has_no_dot_before_it() -> None:
    [issue] = gitlab(finding(file="./campaigns/a.yaml"))
    assert issue["location"]["path"] == "campaigns/a.yaml"


def test_what_ended_early_is_no_empty_report() -> None:
    for ended in (InputError("no such environment"), InputError("not valid", [finding()])):
        text = render("error", "gitlab", error_document(ended), Setting(plans.NOW))
        assert [issue["severity"] for issue in json.loads(text)] == ["critical"]


# -- JUnit -----------------------------------------------------------------------------------------------------

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"classname", "name", "file", "line"},
    "failure": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "skipped", "system-out"},
}
"""Of junit-10.xsd of the Jenkins xUnit plug-in, what we write; GitLab reads these too."""


def check_shape(root: ElementTree.Element) -> None:
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite)
        assert int(suite.attrib["failures"]) == sum(case.find("failure") is not None for case in suite)
        assert int(suite.attrib["skipped"]) == sum(case.find("skipped") is not None for case in suite)


def cases(root: ElementTree.Element) -> dict[tuple[str, str], ElementTree.Element]:
    return {(case.attrib["classname"], case.attrib["name"]): case for case in root.iter("testcase")}


def test_each_manifest_is_a_case_and_what_is_not_of_one_too() -> None:
    root = junit(finding(3), finding(21, error=False), finding(2, "policy", "campaignctl.yaml"))
    check_shape(root)
    found = cases(root)
    assert set(found) == {
        ("VoiceCampaign", "one"),
        ("VoiceCampaign", "two"),
        ("SmsCampaign", "three"),
        ("project", "policy"),
    }
    one, two = found["VoiceCampaign", "one"], found["VoiceCampaign", "two"]
    assert one.attrib | {"file": "a.yaml", "line": "1"} == one.attrib
    [failure] = one.findall("failure")
    assert failure.attrib == {"type": "type", "message": "it is wrong"}
    assert two.find("failure") is None
    assert "it is wrong [type]" in (two.findtext("system-out") or "")
    assert list(found["SmsCampaign", "three"]) == []


def test_one_that_was_not_meant_is_a_case_only_where_something_is_wrong_with_it() -> None:
    assert ("SmsCampaign", "four") in cases(junit(finding(8, file="c.yaml")))
    assert ("SmsCampaign", "four") not in cases(junit())


def test_each_environment_is_a_suite() -> None:
    told = tuple(validate_document([finding()])["findings"])
    both = (Suite("prod", told, SUBJECTS), Suite("staging", (), SUBJECTS))
    text = render("validate", "junit", {"findings": list(told)}, Setting(plans.NOW, suites=lambda: both))
    root = ElementTree.fromstring(text.encode())
    assert [(suite.get("name"), suite.get("failures")) for suite in root] == [("prod", "1"), ("staging", "0")]


def test_a_plan_fails_what_is_blocked_and_skips_what_is_held() -> None:
    document = plan_document(plans.everything(), plans.PROD)
    root = ElementTree.fromstring(render("plan", "junit", document, Setting(plans.NOW)).encode())
    check_shape(root)
    assert len(list(root.iter("testcase"))) == len(document["changes"])
    for change, case in zip(document["changes"], root.iter("testcase"), strict=True):
        failures = [it.get("type") for it in case.findall("failure")]
        assert (change["reason"]["code"] in failures) == (change["change"] == "blocked")
        assert (case.find("skipped") is not None) == (change["change"] == "held" and not failures)
        assert case.get("file") == change["manifest"]
        assert case.findtext("system-out")


@given(st.text(st.characters(codec=None), max_size=20))
def test_whatever_a_name_holds_it_is_well_formed(text: str) -> None:
    subject = ReportedManifest("VoiceCampaign", text, "a.yaml", 1)
    root = junit(finding(3, text, says=text), finding(4, error=False, says=text), subjects=(subject,))
    check_shape(root)
    plan = plan_document(plans.hostile(text), plans.PROD)
    check_shape(ElementTree.fromstring(render("plan", "junit", plan, Setting(plans.NOW)).encode()))


def test_what_xml_forbids_is_replaced() -> None:
    subject = ReportedManifest("VoiceCampaign", "a\x1b\x00\ufffe\ud800b", "a.yaml", 1)
    [case] = junit(subjects=(subject,)).iter("testcase")
    assert case.get("name") == "a\ufffd\ufffd\ufffd\ufffdb"
