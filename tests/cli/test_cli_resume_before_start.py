"""An environment's `allow: [resume]`: only where a resume before the start is known to wait for it (rule 5)."""

from __future__ import annotations

import pytest
from harness import Desk, actions, live_voice, voice

APPLY = ("apply", "--auto-approve")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A campaign whose start lies ahead, stopped by somebody."""
    desk.seed(live_voice(status="paused"))
    desk.manifests(voice(state="active"))
    desk.configure(allow=["resume"])
    return desk


def test_where_nobody_knows_it_is_held_night_after_night(desk: Desk) -> None:
    for _ in range(2):
        result = desk.run(*APPLY)
        assert result.code == 0, result.all
        assert "resume_before_start: waits" in result.out
        desk.pass_time(hours=24)
    assert not desk.writes


def test_where_it_waits_it_is_resumed_unasked_as_long_as_its_start_lies_ahead(desk: Desk) -> None:
    desk.configure(resume_before_start="waits")
    sid = desk.live("diwali-reminder")["id"]
    assert desk.run(*APPLY).code == 0
    assert actions(desk.writes) == [("resume", sid)]
    desk.by_hand(sid, {"action": "pause"})
    desk.forget()
    desk.pass_time(days=5)  # past its start
    assert desk.run(*APPLY).code == 0
    assert not desk.writes


def test_another_word_is_a_mistake_with_its_line(desk: Desk) -> None:
    desk.configure(resume_before_start="wait")
    result = desk.run("validate")
    assert result.code == 1
    assert "resume_before_start" in result.all
    assert "waits" in result.all


def test_allowed_where_nobody_knows_is_pointed_out_at_its_line(desk: Desk) -> None:
    found = desk.run("validate", "--format", "json")
    assert found.code == 0, found.all
    (odd,) = [it for it in found.json["findings"] if it["rule"] == "resume-before-start"]
    line = (desk.root / odd["file"]).read_text(encoding="utf-8").splitlines()[odd["line"] - 2 : odd["line"]]
    assert any("resume" in it or "allow" in it for it in line)
    assert odd["severity"] == "warn"
    desk.configure(resume_before_start="waits")
    findings = desk.run("validate", "--format", "json").json["findings"]
    assert not [it for it in findings if it["rule"] == "resume-before-start"]
