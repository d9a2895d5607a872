"""What of gates, limits and choices a branch takes away or weakens is told first, and nothing of it goes unsaid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from git_projects import GitProject, git_project
from harness import voice

PEOPLE = [f"+9198765{n:05}" for n in range(300)]
CANARY = {"schedule": {"send_at": "2030-01-15T09:00:00+05:30", "end_at": "2030-01-15T10:00:00+05:30"}}
REST = {"schedule": {"send_at": "2030-01-15T12:00:00+05:30", "end_at": "2030-01-15T18:00:00+05:30"}}
GATE = {"campaign": "voice/canary", "limits": {"failed": "25%"}, "finished": 60}


def rest(take: int | None = None, **metadata: Any) -> dict[str, Any]:
    """The campaign that waits."""
    fields = {"from": PEOPLE[150:], **({"take": {"people": take}} if take else {})}
    return voice("rest", metadata=metadata, **fields, **REST)


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """A canary, and a campaign that waits for it and is limited."""
    project = git_project(tmp_path / "work")
    project.write("campaigns/canary.yaml", voice("canary", **{"from": PEOPLE[:150]}, **CANARY))
    project.write("campaigns/rest.yaml", rest(100, after=[GATE], stop_when={"failed": "40%"}))
    project.commit()
    project.git("checkout", "--quiet", "-b", "branch")
    return project


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stop_when": {"failed": "40%"}}, ["it no longer waits for voice/canary"]),
        (
            {"after": [{**GATE, "limits": {"failed": "40%"}}], "stop_when": {"failed": "40%"}},
            ["the limit of failed for voice/canary goes from 25% to 40%"],
        ),
        (
            {"after": [{**GATE, "finished": 50}], "stop_when": {"failed": "60%", "dnd": "1%"}},
            [
                "finished for voice/canary goes from 60 to 50",
                "stop_when of failed goes from 40% to 60%",
                "stop_when of dnd is 1%",
            ],
        ),
        ({"after": [GATE]}, ["stop_when of failed, 40%, is gone"]),
    ],
)
def test_what_is_gone_or_weaker_is_told_first(
    project: GitProject, change: dict[str, Any], says: list[str]
) -> None:
    project.write("campaigns/rest.yaml", rest(100, **change))
    (told,) = project.changes()
    assert told["notes"][: len(says)] == says


def test_a_choice_that_grows_is_told(project: GitProject) -> None:
    project.write("campaigns/rest.yaml", rest(120, after=[GATE], stop_when={"failed": "40%"}))
    (told,) = project.changes()
    assert told["notes"][0] == "take goes from 100 to 120 people"


def test_what_did_not_change_is_not_told(project: GitProject) -> None:
    project.write("campaigns/other.yaml", voice("other", **{"from": PEOPLE[:3]}, **REST))
    assert [it["name"] for it in project.changes()] == ["other"]
