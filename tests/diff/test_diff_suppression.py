"""`diff` says first which source of `suppress` is gone, then how many are no longer suppressed (recipients.md 3.8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from git_projects import PROJECT, GitProject, git_project
from harness import voice
from list_desk import calling, contact_list

ANNA, BELA, CARO = (f"+9198765432{place}" for place in (10, 11, 12))
DO_NOT_CALL = {**PROJECT, "suppress": [{"from_file": "do-not-call.csv"}]}
COMPLAINTS = {"from_file": "complaints.csv"}


def campaign(*sources: dict[str, Any], people: tuple[str, ...] = (ANNA, BELA, CARO)) -> dict[str, Any]:
    return voice(suppress=[*sources], **{"from": [*people]})


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """Bela is left out by the project, Caro by the campaign."""
    project = git_project(tmp_path / "work")
    project.write("campaignctl.yaml", DO_NOT_CALL)
    project.write("do-not-call.csv", f"number\n{BELA}\n+919876543299\n")
    project.write("campaigns/complaints.csv", f"number\n{CARO}\n")
    project.write("campaigns/voice.yaml", campaign(COMPLAINTS))
    project.commit()
    project.git("checkout", "--quiet", "-b", "branch")
    return project


def told(project: GitProject) -> list[str]:
    """The notes on the one change, in their order; nobody's number is in them."""
    text = project.diff().out
    assert not any(number in text for number in (ANNA, BELA, CARO))
    (change,) = project.changes()
    return list(change["notes"])


def test_a_source_of_the_campaign_that_is_gone_is_told_first(project: GitProject) -> None:
    project.write("campaigns/voice.yaml", campaign())
    notes = told(project)
    assert notes[:2] == [
        'suppress no longer has "campaigns/complaints.csv"',
        "1 person is no longer suppressed",
    ]


def test_so_is_one_of_the_project_at_every_campaign(project: GitProject) -> None:
    project.write("campaignctl.yaml", PROJECT)
    assert told(project)[:2] == [
        'suppress no longer has "do-not-call.csv"',
        "1 person is no longer suppressed",
    ]


def test_with_no_source_left_both_are_told(project: GitProject) -> None:
    project.write("campaignctl.yaml", PROJECT)
    project.write("campaigns/voice.yaml", campaign())
    assert told(project)[:3] == [
        'suppress no longer has "campaigns/complaints.csv"',
        'suppress no longer has "do-not-call.csv"',
        "2 people are no longer suppressed",
    ]


def test_a_file_that_lost_somebody_is_told_though_no_manifest_differs(project: GitProject) -> None:
    project.write("do-not-call.csv", "number\n+919876543299\n")
    assert told(project)[0] == "1 person is no longer suppressed"


def test_who_is_no_longer_declared_is_not_called(project: GitProject) -> None:
    project.write("campaigns/voice.yaml", campaign(people=(ANNA, BELA)))
    project.write("campaignctl.yaml", PROJECT)
    project.write("campaigns/voice.yaml", campaign(people=(ANNA,)))
    assert told(project)[0] == 'suppress no longer has "campaigns/complaints.csv"'
    assert not any("no longer suppressed" in note for note in told(project))


def test_somebody_more_in_a_source_is_no_such_thing(project: GitProject) -> None:
    project.write("do-not-call.csv", f"number\n{ANNA}\n{BELA}\n+919876543299\n")
    assert not any("no longer" in note for change in project.changes() for note in change["notes"])


# ---------------------------------------------------------------------------------------------------- lists as code


def vip(
    *sources: dict[str, Any], people: tuple[str, ...] = (ANNA, BELA, CARO), **spec: Any
) -> dict[str, Any]:
    return contact_list("vip", people, suppress=[*sources], **spec)


@pytest.fixture
def list_project(project: GitProject) -> GitProject:
    """The same with a list in the place of the campaign's people."""
    project.write("campaigns/voice.yaml", calling("diwali-reminder", "vip"))
    project.write("campaigns/vip.yaml", vip({**COMPLAINTS, "at_least": 1}, {"numbers": [CARO]}))
    project.commit()
    return project


def settings(project: GitProject) -> dict[str, Any]:
    """The last commit beside the work tree, by path."""
    result = project.diff("--format", "json", "--base", "HEAD")
    assert result.code == 0, result.all
    assert not any(number in project.diff("--base", "HEAD").out for number in (ANNA, BELA, CARO))
    return {it["path"]: it for it in result.json["settings"]}


def test_a_source_of_a_list_that_is_gone_is_a_setting_and_so_is_how_many_are_left_out(
    list_project: GitProject,
) -> None:
    list_project.write("campaigns/vip.yaml", vip())
    found = settings(list_project)
    assert found["vip.suppress"]["before"] == ["campaigns/complaints.csv, at least 1", "1 number"]
    assert found["vip.suppress"]["change"] == "removed"
    assert (found["vip.suppressed"]["before"], found["vip.suppressed"]["after"]) == ("2 people", "1 person")
    assert (found["vip.people"]["before"], found["vip.people"]["after"]) == ("1 person", "2 people")


def test_a_file_of_the_project_that_lost_somebody_of_a_list_is_one_too(list_project: GitProject) -> None:
    list_project.write("do-not-call.csv", "number\n+919876543299\n")
    assert settings(list_project)["vip.suppressed"]["before"] == "2 people"


def test_somebody_else_who_is_left_out_is_a_difference_though_it_is_as_many(list_project: GitProject) -> None:
    list_project.write("do-not-call.csv", f"number\n{ANNA}\n+919876543299\n")
    found = settings(list_project)
    assert {found[it]["before"] for it in ("vip.suppressed", "vip.people")} == {"2 people", "1 person"}


def test_how_many_a_list_takes_is_a_setting(list_project: GitProject) -> None:
    list_project.write("campaigns/vip.yaml", vip(take={"people": 2}))
    found = settings(list_project)["vip.take"]
    assert (found["change"], found["after"]) == ("added", "2 people")


def test_the_first_lines_of_a_comment_say_which_list_grew_and_nothing_is_fine_about_it(
    list_project: GitProject,
) -> None:
    list_project.write("campaigns/vip.yaml", vip())
    lines = list_project.diff("--format", "markdown", "--base", "HEAD").out.splitlines()
    assert [it.strip() for it in lines[3:5]] == [
        "No campaign changes; 1 manifest means the same.",
        "People of lists: vip 1 person → 2 people.",
    ]
    assert list_project.diff("--base", "HEAD").out.rstrip().endswith(lines[4].strip())


def test_a_variable_that_is_called_people_is_no_list(list_project: GitProject) -> None:
    file = list_project.root / "campaignctl.yaml"
    list_project.write("campaignctl.yaml", file.read_text(encoding="utf-8") + "vars: {people: many}\n")
    told = list_project.diff("--base", "HEAD").out
    assert "vars.people" in told
    assert "People of lists" not in told


def test_others_in_a_list_are_told_though_they_are_as_many(list_project: GitProject) -> None:
    list_project.write("do-not-call.csv", f"number\n{ANNA}\n+919876543299\n")
    assert "People of lists: vip 1 person, others than before." in list_project.diff("--base", "HEAD").out


def test_how_many_are_in_lists_of_the_project_is_said_of_the_campaigns_that_call_them(
    list_project: GitProject,
) -> None:
    list_project.write("campaigns/calls.yaml", calling("calls-vip", "vip"))
    (change,) = list_project.changes("--base", "HEAD")
    assert change["run"]["people"] == 1
    assert "calls 1 person (1 list)" in list_project.diff("--base", "HEAD").out
    list_project.write("campaigns/calls.yaml", calling("calls-vip", "vip", "of-the-account"))
    assert "calls an unknown number of people (2 lists)" in list_project.diff("--base", "HEAD").out
