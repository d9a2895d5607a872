"""Reports for the pipelines of others, as a command writes them."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from git_projects import git_project
from harness import Desk, run, sms, voice

NUMBER = re.compile(r"9876543")


def names(text: str) -> list[tuple[str | None, str | None, list[str | None]]]:
    return [
        (case.get("classname"), case.get("name"), [it.get("type") for it in case.findall("failure")])
        for case in ElementTree.fromstring(text.encode()).iter("testcase")
    ]


def test_a_validation_tells_of_each_manifest_valid_or_not(desk: Desk) -> None:
    desk.manifests(voice("one"), voice("two", caller_id=...), sms("three"))
    result = desk.run("validate", "--format", "junit")
    assert result.code == 1
    assert names(result.out) == [
        ("VoiceCampaign", "one", []),
        ("SmsCampaign", "three", []),
        ("VoiceCampaign", "two", ["required"]),
    ]


def test_every_environment_of_a_validation_is_a_suite(desk: Desk) -> None:
    here = {"backend": "exotel", "base_url": desk.sandbox.url, "account_sid": "acme1"}
    strict = {**here, "account_sid": "acme2", "policy": {"max_numbers": {"level": "error", "at_most": 1}}}
    desk.configure({"environments": {"prod": here, "strict": strict}})
    desk.manifests(voice("one"))
    result = desk.run("validate", "--format", "junit")
    assert result.code == 3
    suites = ElementTree.fromstring(result.out.encode())
    assert {suite.get("name"): suite.get("failures") for suite in suites} == {"prod": "0", "strict": "1"}
    assert desk.run("validate", "-e", "prod", "--format", "junit").code == 0


@pytest.mark.parametrize("output_format", ["gitlab", "junit"])
def test_the_report_is_there_whatever_the_exit_code(desk: Desk, output_format: str) -> None:
    desk.configure(policy={"max_numbers": {"level": "error", "at_most": 1}})
    desk.manifests(voice("one"))
    refused = desk.run("validate", "--format", output_format)
    assert refused.code == 3
    assert "max_numbers" in refused.out
    desk.manifests(voice("one", caller_id=...))
    wrong = desk.run("validate", "--format", output_format)
    assert (wrong.code, "required" in wrong.out) == (1, True)
    nowhere = desk.run("validate", "-e", "nowhere", "--format", output_format)
    assert (nowhere.code, "nowhere" in nowhere.out) == (1, True)


def test_a_plan_that_is_blocked_fails_its_case(desk: Desk) -> None:
    desk.configure(policy={"allowed_caller_ids": {"level": "error", "only": ["08012345678"]}})
    desk.manifests(voice("one"), sms("text-to-two"))
    result = desk.run("plan", "--format", "junit", "--show-numbers")
    assert result.code == 3
    assert names(result.out) == [
        ("SmsCampaign", "text-to-two", []),
        ("VoiceCampaign", "one", ["allowed_caller_ids", "policy"]),
    ]
    assert not NUMBER.search(result.all)
    shown = desk.run("plan", "--out", "plan.json", "--format", "junit")
    assert desk.run("show", "plan.json", "--format", "junit").out == shown.out


def test_a_plan_that_cannot_be_made_is_a_failure(desk: Desk) -> None:
    desk.manifests(voice("one", caller_id=...))
    result = desk.run("plan", "--format", "junit")
    assert result.code == 1
    assert [failures for *_, failures in names(result.out)] == [["required"], ["invalid-input"]]


@pytest.mark.parametrize("prefix", ["", "marketing/"])
def test_paths_of_code_quality_begin_at_the_top_of_the_working_tree(tmp_path: Path, prefix: str) -> None:
    project = git_project(tmp_path, prefix=prefix)
    project.write(f"{prefix}campaigns/a.yaml", voice("one", caler_id="1"))
    result = run("validate", "--format", "gitlab", cwd=tmp_path / prefix)
    assert f'"path": "{prefix}campaigns/a.yaml"' in result.out


def test_no_offer_where_it_says_nothing(desk: Desk) -> None:
    desk.manifests(voice("one"))
    assert desk.run("plan", "--format", "gitlab").code == 64
    assert desk.run("apply", "--format", "junit").code == 64
