"""Whatever a project file says wrongly beside the environment: who looks sees, and what calls is stopped."""

from __future__ import annotations

from typing import Any

import pytest
from example_counts import mostly_slow
from harness import Desk, live_voice, voice

from campaignctl.kinds.table import Field
from campaignctl.policy import RULES
from campaignctl.policy.project_file import PROJECT

WRONG = (None, True, 5, "x", "${", [], [None], {}, {"a": 1})
KEYS = [it.name for it in PROJECT.fields if it.name not in ("apiVersion", "kind", "environments")]
NOT_ELSEWHERE = ("default_environment",)
"""What says which account is meant is not guessed."""


def told_wrong(desk: Desk, project: dict[str, Any]) -> None:
    """The account is looked at and stopped with such a file."""
    desk.configure(project)
    looked = desk.run("status", "--all")
    assert looked.code == 0, (project, looked.all)
    assert "voice/diwali-reminder" in looked.out
    stopped = desk.run("pause", "--all", "--auto-approve")
    assert stopped.code == 0, (project, stopped.all)


@pytest.fixture
def calling(desk: Desk) -> Desk:
    """A campaign that calls, and a manifest of it."""
    desk.seed(live_voice())
    desk.manifests(voice())
    return desk


@pytest.mark.parametrize("key", mostly_slow([it for it in KEYS if it not in NOT_ELSEWHERE], every=4))
def test_a_wrong_setting_keeps_nobody_from_looking_and_stopping(calling: Desk, key: str) -> None:
    for value in WRONG:
        told_wrong(calling, {key: value})
    assert calling.live("diwali-reminder")["status"] == "Paused"


def settings_of(field: Field) -> list[str]:
    """What can be said of a rule."""
    return [it.name for it in field.fields]


POLICIES = {it.name: it for it in next(it for it in PROJECT.fields if it.name == "policy").fields}


@pytest.mark.parametrize("rule", mostly_slow([it for it in POLICIES if it in RULES], every=5))
def test_a_wrong_rule_keeps_nobody_from_looking_and_stopping(calling: Desk, rule: str) -> None:
    for setting in settings_of(POLICIES[rule]):
        for value in (None, True, "x", [], {}):
            told_wrong(calling, {"policy": {rule: {"level": "error", setting: value}}})
    assert calling.live("diwali-reminder")["status"] == "Paused"


@pytest.mark.parametrize("part", mostly_slow(["prune", "suppress", "guard", "prices", "usage"], every=5))
def test_a_wrong_part_of_a_setting_keeps_nobody_from_looking_and_stopping(calling: Desk, part: str) -> None:
    field = next(it for it in PROJECT.fields if it.name == part)
    for setting in settings_of(field):
        for value in WRONG:
            told_wrong(calling, {part: {setting: value}})
    assert calling.live("diwali-reminder")["status"] == "Paused"
