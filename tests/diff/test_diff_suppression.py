"""`diff` says first which source of `suppress` is gone, then how many are no longer suppressed (recipients.md 3.8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from git_projects import PROJECT, GitProject, git_project
from harness import voice

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
