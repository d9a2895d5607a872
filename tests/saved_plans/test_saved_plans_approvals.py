"""What was approved, and until when: one seal over a plan file, and approvals that are as old as the plan (rule 11)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeClock
from harness import TOKEN, Desk, actions, desk_at, live_sms, live_voice, sms, voice

import campaignctl
from campaignctl.errors import RefusedError
from campaignctl.model.approval import approval_of
from campaignctl.saved_plans.seal import document_digest, document_seal

APPLY = ("apply", "--auto-approve")
RESUME = ("--allow", "resume")
UNSHOWN = ("date_updated",)


def saved(desk: Desk, *words: str) -> dict[str, Any]:
    assert desk.run("plan", "--out", "plan.json", *words).code == 0
    desk.forget()
    document: dict[str, Any] = json.loads((desk.root / "plan.json").read_text(encoding="utf-8"))
    return document


def hide_date_updated(desk: Desk) -> None:
    for request in ("list", "get", "update", "create"):
        setattr(desk.sandbox.switches, f"omit_from_{request}", UNSHOWN)


# ------------------------------------------------------------------------------------------------------------- the seal


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a document that is no object or array, and of what is empty."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = False
    for key, each in inner:
        found = True
        yield from leaves(each, (*path, key))
    if not found and path:
        yield path


def edited(document: Any, path: tuple[Any, ...]) -> Any:
    """The same with one leaf changed to another of its type."""
    copy = json.loads(json.dumps(document))
    *above, last = path
    place = copy
    for step in above:
        place = place[step]
    place[last] = another(place[last])
    return copy


def another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        later = value.replace("2027", "2028")
        return later if later != value else f"{value}x"
    return "x" if value is None else [] if isinstance(value, list) else {}


@pytest.mark.slow
def test_no_leaf_of_a_plan_file_can_be_edited(desk: Desk) -> None:
    desk.seed(live_voice("paused-one", status="paused"), live_voice("ended"))
    new = voice(**{"from": ["+919876500077"]})
    desk.manifests(new, voice("paused-one", state="active"), voice("ended", state="completed"), sms())
    document = saved(desk, *RESUME)
    skipped = 0
    for path in leaves(document):
        changed = edited(document, path)
        if changed == document:
            skipped += 1
            continue
        desk.write("plan.json", json.dumps(changed))
        result = desk.run(*APPLY, "plan.json")
        assert result.code in (1, 3), (path, result.all)
        assert "plan.json" in result.err or "environment" in result.err, (path, result.err)
        assert not desk.requests, path
    assert skipped < 40  # empty arrays and objects


def test_an_expiry_that_was_put_off_with_its_approval_is_an_edit(desk: Desk) -> None:
    desk.manifests(voice())
    document = saved(desk)
    later = datetime.fromisoformat(document["expires_at"]) + timedelta(days=30)
    document |= {"expires_at": later.isoformat(), "approval": approval_of(document["digest"], later)}
    desk.write("plan.json", json.dumps(document))
    desk.pass_time(hours=30)
    result = desk.run(*APPLY, "plan.json")
    assert result.code == 3
    assert "was edited" in result.err
    assert not desk.requests


def test_a_digest_that_was_reckoned_anew_helps_nobody_without_the_token(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.manifests(voice(state="paused"))
    document = saved(desk)
    document["changes"][0]["operations"][0] |= {"op": "archive", "irreversible": True}
    document["digest"] = document_digest(document)
    document["approval"] = document["digest"] + document["approval"][12:]
    document["seal"] = document_seal(document, "a guessed token")
    desk.write("plan.json", json.dumps(document))
    assert desk.run("show", "plan.json").code == 0
    result = desk.run(*APPLY, "plan.json")
    assert result.code == 3
    assert "was edited" in result.err
    assert not desk.requests


def test_a_plan_file_may_be_laid_out_anew(desk: Desk) -> None:
    desk.manifests(voice())
    document = saved(desk)
    desk.write("plan.json", "\ufeff" + json.dumps(document, indent=4, sort_keys=True))
    assert desk.run(*APPLY, "plan.json").code == 0


def test_the_json_of_a_plan_is_a_plan_file_too(desk: Desk) -> None:
    desk.manifests(voice())
    for words in ((), ("--show-numbers",)):
        desk.write("plan.json", desk.run("plan", "--format", "json", *words).out)
        result = desk.run(*APPLY, "plan.json", "--max-changes", "0")
        assert "max_changes" in result.err, result.all
    assert desk.run(*APPLY, "plan.json").code == 0


def test_a_plan_for_another_host_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.manifests(voice())
    plan = saved(desk)
    assert plan["host"] == desk.sandbox.url.removeprefix("http://")
    (tmp_path / "other").mkdir()
    with desk_at(tmp_path / "other", desk.clock) as other:
        other.manifests(voice())
        other.write("plan.json", json.dumps(plan))
        result = other.run(*APPLY, "plan.json")
        assert result.code == 3
        assert plan["host"] in result.err
        assert not other.writes
        assert other.plan()["digest"] != plan["digest"]


# -------------------------------------------------------------------------------------------------------- the approval


def test_an_approval_is_the_digest_and_the_minute_until_which_the_plan_holds(desk: Desk) -> None:
    desk.manifests(voice())
    desk.pass_time(seconds=59)
    plan = desk.plan()
    assert plan["created_at"] == "2027-01-10T03:30:59Z"
    assert plan["approval"] == f"{plan['digest']}@2027-01-11T03:30Z"


@pytest.mark.parametrize("output_format", ["text", "markdown", "html"])
def test_every_format_that_is_read_prints_what_to_approve(desk: Desk, output_format: str) -> None:
    desk.manifests(voice())
    approval = desk.plan()["approval"]
    assert approval in desk.run("plan", "--format", output_format).out
    saved(desk)
    assert approval in desk.run("show", "plan.json", "--format", output_format).out


SHORTER: list[Callable[[str], str]] = [
    lambda approval: approval[:12],
    lambda approval: approval[:13],
    lambda approval: approval.removesuffix("Z"),
    lambda approval: approval.replace("T", " "),
    lambda approval: approval.partition("@")[2],
    lambda approval: approval.replace("-01-", "-13-"),
    lambda approval: f"{approval} and more",
    lambda _: "-",
]


@pytest.mark.parametrize("shorten", SHORTER)
def test_nothing_shorter_than_an_approval_is_taken(desk: Desk, shorten: Callable[[str], str]) -> None:
    desk.manifests(voice())
    approval = desk.plan()["approval"]
    desk.forget()
    result = desk.run(*APPLY, "--expect", shorten(approval))
    assert result.code == 64, result.all
    assert "DIGEST@TIME" in result.err
    assert "`approval`" in result.err
    assert not desk.requests


def test_an_approval_holds_until_its_moment_and_no_longer(desk: Desk) -> None:
    desk.manifests(voice())
    approval = desk.plan()["approval"]
    desk.pass_time(hours=24)
    result = desk.run(*APPLY, "--expect", approval)
    assert result.code == 3
    assert "expired" in result.err
    assert not desk.writes
    desk.clock.advance(-timedelta(seconds=1))
    assert desk.run(*APPLY, "--expect", approval).code == 0


def test_an_emergency_stop_after_the_review_makes_another_plan(desk: Desk) -> None:
    """Reviewed while paused; then somebody resumed it, saw what it did, and stopped it again."""
    (sid,) = desk.seed(live_voice(status="paused"))
    desk.manifests(voice(state="active"))
    approval = desk.plan(*RESUME)["approval"]
    desk.pass_time(minutes=1)
    desk.by_hand(sid, {"action": "resume"})
    desk.by_hand(sid, {"action": "pause"})
    result = desk.run(*APPLY, *RESUME, "--expect", approval)
    assert result.code == 3, result.all
    assert not desk.writes


def test_what_moves_on_by_itself_leaves_an_approval_as_it_is(desk: Desk) -> None:
    """A held resume is not part of what is done; neither is when its campaign was last updated."""
    (sid,) = desk.seed(live_voice("held", status="paused"))
    desk.manifests(voice(**{"from": ["+919876500077"]}), voice("held", state="active"))
    approval = desk.plan()["approval"]
    desk.pass_time(minutes=1)
    desk.by_hand(sid, {"action": "resume"})
    desk.by_hand(sid, {"action": "pause"})
    assert desk.plan()["digest"] == approval[:12]
    assert desk.run(*APPLY, "--expect", approval).code == 0


def out_of_a_file(desk: Desk) -> tuple[str, ...]:
    saved(desk, *RESUME)
    return ("plan.json",)


def under_expect(desk: Desk) -> tuple[str, ...]:
    return (*RESUME, "--expect", desk.plan(*RESUME)["approval"])


@pytest.mark.parametrize("approved", [out_of_a_file, under_expect])
def test_where_a_stop_could_not_be_told_an_approved_resume_is_skipped(
    desk: Desk, approved: Callable[[Desk], tuple[str, ...]]
) -> None:
    hide_date_updated(desk)
    (sid,) = desk.seed(live_voice(status="paused", caller_id="0801"))
    desk.manifests(voice(state="active"))
    words = approved(desk)
    desk.forget()
    result = desk.run(*APPLY, "--format", "json", *words)
    assert result.code == 3, result.all
    (only,) = result.json["results"]
    assert only["reason"]["code"] == "moved"
    assert [(it["op"], it["outcome"]) for it in only["operations"]] == [
        ("update", "applied"),
        ("resume", "skipped"),
    ]
    assert actions(desk.writes) == [("update", sid)]


def test_a_plan_that_could_not_see_the_stop_does_not_resume_though_its_apply_can(desk: Desk) -> None:
    hide_date_updated(desk)
    (sid,) = desk.seed(live_voice(status="paused"))
    desk.manifests(voice(state="active"))
    saved(desk, *RESUME)
    desk.by_hand(sid, {"action": "resume"})
    desk.by_hand(sid, {"action": "pause"})
    desk.forget()
    for request in ("list", "get", "update"):
        setattr(desk.sandbox.switches, f"omit_from_{request}", ())
    result = desk.run(*APPLY, "--format", "json", "plan.json")
    assert result.code == 3, result.all
    assert not desk.writes


def test_whoever_resumes_at_once_has_just_looked(desk: Desk) -> None:
    hide_date_updated(desk)
    (sid,) = desk.seed(live_voice(status="paused"))
    desk.manifests(voice(state="active"))
    assert desk.run(*APPLY, *RESUME).code == 0
    assert actions(desk.writes) == [("resume", sid)]


def test_one_that_updates_and_then_resumes_is_planned_again_after_its_update(desk: Desk) -> None:
    (sid,) = desk.seed(live_voice(status="paused", caller_id="0801"))
    desk.manifests(voice(state="active"))
    saved(desk, *RESUME)
    desk.pass_time(minutes=1)
    desk.by_hand(sid, {"campaigns": [{**live_voice()}]})
    desk.forget()
    result = desk.run(*APPLY, "plan.json")
    assert result.code == 3, result.all
    assert "planned anew" in result.err
    assert not desk.writes


# --------------------------------------------------------------------------------------------------- a yes, and its age


class Answer(io.StringIO):
    """Somebody at a terminal who thinks for a while, and then says yes."""

    def __init__(self, clock: FakeClock, thinks: timedelta) -> None:
        super().__init__()
        self.clock, self.thinks = clock, thinks

    def isatty(self) -> bool:
        return True

    def readline(self, _size: int | None = -1, /) -> str:
        self.clock.advance(self.thinks)
        return "yes\n"


@pytest.mark.parametrize(
    ("words", "ahead"),
    [((), timedelta(hours=24)), (("plan.json",), timedelta(hours=23))],
    ids=["anew", "saved"],
)
def test_a_yes_after_the_plan_has_expired_is_refused(
    desk: Desk, words: tuple[str, ...], ahead: timedelta
) -> None:
    desk.manifests(voice())
    saved(desk)
    desk.pass_time(hours=24 - ahead / timedelta(hours=1))
    late = desk.run("apply", *words, stdin=Answer(desk.clock, ahead))
    assert late.code == 3, late.all
    assert "expired" in late.err
    assert not desk.writes


def test_a_yes_before_that_is_taken(desk: Desk) -> None:
    desk.manifests(voice())
    almost = timedelta(hours=24) - timedelta(seconds=1)
    result = desk.run("apply", stdin=Answer(desk.clock, almost))
    assert result.code == 0, result.all
    assert len(desk.writes) == 1


# ------------------------------------------------------------------------------------------------- how much, and stops


def test_too_many_changes_keep_back_no_pause_that_a_manifest_asks_for(desk: Desk) -> None:
    stopped, ended = desk.seed(live_voice("stopped"), live_voice("ended"))
    allow = {"allow": ["complete"]}
    desk.manifests(
        voice("stopped", state="paused"), voice("ended", state="completed", metadata=allow), voice("new")
    )
    result = desk.run(*APPLY, "--max-changes", "1", "--format", "json")
    assert result.code == 3, result.all
    assert "max_changes" in result.err
    assert sorted(actions(desk.writes)) == sorted([("pause", stopped), ("pause", ended)])
    outcomes = {it["name"]: it["outcome"] for it in result.json["results"]}
    assert outcomes == {"stopped": "applied", "ended": "applied", "new": "skipped"}


def test_whoever_is_asked_is_told_first_that_only_pauses_would_be_sent(desk: Desk) -> None:
    (stopped,) = desk.seed(live_voice("stopped"))
    desk.manifests(voice("stopped", state="paused"), voice("new", **{"from": ["+919876500001"]}))
    result = desk.run("apply", "--max-changes", "0", stdin=Answer(desk.clock, timedelta()))
    assert result.code == 3, result.all
    question = result.err.partition("Only yes is taken")[0]
    assert "only what stops campaigns can be sent" in question
    assert "max_changes" in question
    assert actions(desk.writes) == [("pause", stopped)]


def test_another_plan_than_the_approved_one_keeps_back_all(desk: Desk) -> None:
    desk.seed(live_voice("stopped"))
    desk.manifests(voice("stopped", state="paused"))
    result = desk.run(*APPLY, "--expect", "0123456789ab@2027-01-11T00:00Z")
    assert result.code == 3
    assert not desk.writes


def test_the_pauses_of_orphans_are_refused_with_the_rest(desk: Desk) -> None:
    desk.configure({"prune": {"name_prefix": "growth-"}})
    stopped, *_ = desk.seed(
        live_voice("growth-mine"), *(live_voice(f"growth-{number}") for number in range(4))
    )
    desk.manifests(voice("growth-mine", state="paused", **{"from": ["+919000000001"]}))
    words = ("--prune", "--allow", "complete", "--allow", "archive")
    result = desk.run(*APPLY, *words)
    assert result.code == 3, result.all
    assert "--max-changes" in result.err
    assert actions(desk.writes) == [("pause", stopped)]


def test_the_library_refuses_likewise_after_what_stops_campaigns(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stopped,) = desk.seed(live_voice("stopped"))
    desk.manifests(voice("stopped", state="paused"), voice("new"))
    monkeypatch.setenv("EXOTEL_API_KEY", "key-of-nobody")
    monkeypatch.setenv("EXOTEL_API_TOKEN", TOKEN)
    monkeypatch.chdir(desk.root)
    proposal = campaignctl.plan(campaignctl.load(clock=desk.clock))
    with pytest.raises(RefusedError, match="max_changes"):
        campaignctl.apply(proposal, max_changes=0)
    assert actions(desk.writes) == [("pause", stopped)]
    desk.pass_time(hours=24)
    with pytest.raises(RefusedError, match="expired"):
        campaignctl.apply(proposal)


# -------------------------------------------------------------------------------------------------------------- totals


def test_totals_count_operations_and_what_is_held_each_for_itself(desk: Desk) -> None:
    desk.seed(live_voice("one"), live_voice("two"))
    desk.manifests(voice("one", state="completed"), voice("two", state="archived"))
    total = "2 to pause; 3 held (2 complete, 1 archive)"
    assert total in desk.run("plan").out
    assert total in desk.run("plan", "--format", "markdown").out.replace("\\", "")
    assert total in desk.run("plan", "--format", "html").out
    summary = desk.plan()["summary"]
    assert (summary["held"], summary["operations"], summary["transition"]) == (2, 2, 0)


# --------------------------------------------------------------------------------------------- a name of both kinds


@pytest.mark.parametrize("flag", ["--allow", "--resend"])
def test_what_is_asked_for_by_a_name_of_both_kinds_is_asked_for_of_neither(desk: Desk, flag: str) -> None:
    """It ended the campaign that nobody thought of, too."""
    desk.manifests(voice("diwali", state="completed"), sms("diwali", state="completed"))
    desk.seed(live_voice("diwali"))
    desk.seed(live_sms("diwali"), collection="message-campaigns")
    asked = "complete:{}" if flag == "--allow" else "{}"
    refused = desk.run("apply", "--auto-approve", flag, asked.format("diwali"))
    assert (refused.code, "sms/diwali or voice/diwali" in refused.err) == (64, True), refused.all
    assert not desk.writes
    desk.run("apply", "--auto-approve", flag, asked.format("sms/diwali"))
    assert desk.live("diwali", "message-campaigns")["status"] == (
        "completed" if flag == "--allow" else "paused"
    )
    assert desk.live("diwali")["status"] == "Paused"
