"""Each judge of what a run may do, and of what it says, sees what it is there for; none of them sees it elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from simulation_bench import HOUR, Bench, sent, written

from simulation.ledger import CommandRun
from simulation.product import CommandOutcome

OTHER = {"url": "http://my.exotel.com/acme1/exoml/start_voice/4"}


@pytest.fixture
def bench() -> Bench:
    """A fresh one."""
    return Bench()


def says(run: CommandRun, one: str, code: str, **row: Any) -> None:
    """What the run printed of one campaign."""
    what = {
        "kind": "VoiceCampaign",
        "name": one,
        "outcome": "unchanged",
        "operations": [],
        "sid": None,
        **row,
    }
    document = {"results": [{**what, "reason": {"code": code, "message": ""}}]}
    run.said = CommandOutcome(run.said.code if run.said else 0, json.dumps(document), "")


def test_somebody_elses_campaign_of_the_name_is_not_touched(bench: Bench) -> None:
    """Other people, content and start; but where it is meant."""
    theirs = replace(bench.one, people=("+919876500031",), content="4", start=bench.one.start + HOUR)
    bench.account.by_hand("POST", "campaigns", "", sent(theirs))
    (sid,) = bench.ledger.look()
    run = bench.run(replace(bench.one, state="paused"))
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert bench.broken(run) == {"foreign"}
    meant = bench.run(replace(bench.one, state="paused"), allowed=frozenset({"adopt:diwali"}))
    bench.sends(meant, "PUT", sid, {"action": "pause"})
    assert not bench.broken(meant)


def test_what_somebody_changed_since_the_look_is_left_alone(bench: Bench) -> None:
    """Read again or not."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    run = bench.run(bench.one)
    bench.clock.sleep(5)
    bench.operator(sid, sent(bench.one) | OTHER)
    bench.clock.sleep(5)
    bench.sends(run, "PUT", sid, sent(bench.one))
    assert bench.broken(run) == {"moved"}


@pytest.mark.parametrize("words", ["plan", "status", "doctor", "export --out here"])
def test_what_only_looks_sends_nothing(bench: Bench, words: str) -> None:
    """Not even what a manifest wants."""
    run = bench.run(bench.one, words=words)
    bench.creates(run, bench.one)
    assert "looks" in bench.broken(run)


def test_no_more_is_done_than_was_told(bench: Bench) -> None:
    """Of two creates one was too many."""
    other = replace(bench.one, name="holi", people=("+919876500009",), content="4")
    run = bench.run(bench.one, other, words="apply --max-changes 1")
    bench.creates(run, bench.one)
    assert not bench.broken(run)
    bench.creates(run, other)
    assert bench.broken(run) == {"limit"}


def test_neither_an_edited_plan_nor_one_of_other_manifests_is_carried_out(bench: Bench) -> None:
    """How a manifest is written and where it stands makes no other one of it."""
    run = bench.run(bench.one)
    run.edited = True
    bench.creates(run, bench.one)
    assert bench.broken(run) == {"edited"}
    moved, changed = bench.run(bench.one), bench.run(replace(bench.one, content="4"))
    for saved in (moved, changed):
        saved.planned_for = replace(run.commit, files={"campaigns/b.yaml": run.commit.manifests})
        saved.writes = run.writes
    assert "other plan" not in bench.broken(moved)
    assert "other plan" in bench.broken(changed)


def test_what_begins_at_once_is_approved_for_an_hour(bench: Bench) -> None:
    """Its start has passed when the plan is made."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.sends(bench.run(replace(bench.one, state="paused")), "PUT", sid, {"action": "pause"})
    bench.clock.sleep(2.5 * HOUR)
    run = bench.run(bench.one, allowed=frozenset({"resume"}))
    run.planned_at -= HOUR / 4
    bench.sends(run, "PUT", sid, {"action": "resume"})
    assert "an hour" not in bench.broken(run)
    run.planned_at -= HOUR
    run.writes[-1] = replace(run.writes[-1], before=replace(run.writes[-1].before, start=run.planned_at - 60))  # type: ignore[type-var]
    assert "an hour" in bench.broken(run)


def test_what_stops_comes_first(bench: Bench) -> None:
    """A create before it makes people wait for their stop."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    new = replace(bench.one, name="holi", people=("+919876500009",), content="4")
    run = bench.run(replace(bench.one, state="paused"), new)
    bench.creates(run, new)
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert bench.broken(run) == {"order"}


@pytest.mark.parametrize(
    ("pages", "broken"), [("first", set()), ("few", {"renamed"}), ("counted", {"renamed"})]
)
def test_what_looks_like_it_is_not_among_a_list_that_shows_its_first_page_alone(
    bench: Bench, pages: str, broken: set[str]
) -> None:
    """The run says that the list could not be read; shorter pages, or a false total, do not matter (seed 80)."""
    bench.ledger.throw({"list_pages": pages})
    bench.account.stage.switches.change({"list_pages": pages})
    bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    new = replace(bench.one, name="holi")
    run = bench.run(new)
    bench.creates(run, new)
    assert bench.broken(run) == broken


@pytest.mark.parametrize(
    ("mask", "later", "broken"),
    [("no", HOUR, {"renamed"}), ("crosses", HOUR, set()), ("crosses", 0.0, {"renamed"})],
)
def test_numbers_that_are_masked_are_not_compared(
    bench: Bench, mask: str, later: float, broken: set[str]
) -> None:
    """The same people and text at another start: start and text together stand for people (seed 1031)."""
    bench.ledger.throw({} if mask == "no" else {"mask": mask})
    bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    new = replace(bench.one, name="holi", start=bench.one.start + later)
    run = bench.run(new)
    bench.creates(run, new)
    assert bench.broken(run) == broken


@pytest.mark.parametrize("ended", [False, True])
def test_what_looks_like_a_campaign_that_nobody_means_is_not_made(bench: Bench, ended: bool) -> None:
    """Alive, or ended by somebody; unless a manifest says that it is another, or that it is that one."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    for word in ("pause", "complete") if ended else ():
        bench.operator(sid, {"action": word})
    bench.clock.sleep(60)
    new = replace(bench.one, name="holi")
    run = bench.run(new)
    bench.creates(run, new)
    assert bench.broken(run) == {"renamed"}
    other = replace(new, name="fees", distinct_from=(sid, run.writes[0].sids[0]))
    bench.clock.sleep(60)
    said = bench.run(other)
    bench.creates(said, other)
    assert not bench.broken(said)
    renamed = replace(new, name="kyc", previous_name="diwali")
    anew = bench.run(renamed, new, other)
    bench.creates(anew, renamed)
    assert bench.broken(anew) == {"previous"}


def test_what_is_past_its_end_is_not_resumed(bench: Bench) -> None:
    """Whatever is allowed."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.sends(bench.run(replace(bench.one, state="paused")), "PUT", sid, {"action": "pause"})
    bench.clock.sleep(7 * HOUR)
    run = bench.run(bench.one, allowed=frozenset({"resume"}))
    bench.sends(run, "PUT", sid, {"action": "resume"})
    assert "past" in bench.broken(run)


def test_what_has_begun_is_not_changed(bench: Bench) -> None:
    """Nor within the margin, unless it waits."""
    changed = replace(bench.one, content="4")
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(2 * HOUR - 300)
    run = bench.run(changed)
    bench.sends(run, "PUT", sid, sent(changed))
    assert bench.broken(run) == {"begun"}


def test_of_several_of_a_name_nobody_knows_which_is_meant(bench: Bench) -> None:
    """None is updated."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.account.by_hand("POST", "campaigns", "", sent(replace(bench.one, content="4")))
    bench.clock.sleep(60)
    run = bench.run(bench.one)
    bench.sends(run, "PUT", sid, sent(bench.one))
    assert bench.broken(run) == {"several"}


def test_the_rate_limit_is_kept(bench: Bench) -> None:
    """In any minute."""
    run = bench.run(bench.one)
    run.rate_limit = 3
    run.sent = [0.0, 20.0, 40.0, 60.0, 80.0]
    assert not bench.broken(run)
    run.sent.append(99.0)
    assert bench.broken(run) == {"pace"}


def test_what_is_made_to_wait_is_paused(bench: Bench) -> None:
    """Whatever was answered."""
    waiting = replace(bench.one, state="paused")
    run = bench.run(waiting)
    sid = bench.creates(run, waiting)
    assert bench.broken(run) == {"must wait"}
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert not bench.broken(run)


REASONS = {
    "finished": {},
    "unknown-status": {},
    "ambiguous-name": {},
    "start-passed": {},
    "start-too-near": {},
    "immutable-field": {},
    "earlier-start": {},
    "looks-renamed": {},
    "looks-foreign": {},
    "clocks-disagree": {},
    "nothing-to-end": {},
    "window-over": {},
    "needs-allow": {"held": [{"op": "resume"}]},
}


def test_nothing_is_made_where_another_campaign_stays_that_is_wanted_elsewhere(bench: Bench) -> None:
    """It would call the same people at the same start; unless it is moved in the same run, or twins are allowed."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    moved, new = replace(bench.one, start=bench.one.start - HOUR), replace(bench.one, name="holi")
    twins = bench.run(moved, new, allowed=frozenset({"twin:holi"}))
    stays = bench.run(moved, new)
    bench.creates(stays, new)
    assert bench.broken(stays) == {"stays"}
    twins.writes = list(stays.writes)
    assert "stays" not in bench.broken(twins)
    bench.sends(stays, "PUT", sid, sent(moved))
    assert "stays" not in bench.broken(stays)


@pytest.mark.parametrize("code", REASONS)
def test_nobody_is_left_out_for_a_reason_that_does_not_hold(bench: Bench, code: str) -> None:
    """It is there, far from its start, and just as its manifest wants it."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    run = bench.run(bench.one, words="apply --format json", allowed=frozenset({"resume"}))
    says(run, bench.one.name, code, sid=sid, **REASONS[code])
    assert "reasons" in bench.broken(run)


def test_a_reason_that_holds_is_no_fault(bench: Bench) -> None:
    """Its start has passed, and it was never made."""
    late = replace(bench.one, start=bench.now - 60)
    run = bench.run(late, words="apply --format json")
    says(run, late.name, "start-passed")
    assert not bench.broken(run)


def test_what_is_wanted_paused_does_not_go_on_and_what_is_wanted_is_there(bench: Bench) -> None:
    """After an apply that nothing met."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    stop = bench.run(replace(bench.one, state="paused"), words="apply --format json")
    says(stop, bench.one.name, "needs-allow", sid=sid, held=[{"op": "complete"}])
    assert bench.broken(stop) == {"stops"}
    gone = bench.run(replace(bench.one, name="holi"), words="apply --format json")
    says(gone, "holi", "not-live")
    assert bench.broken(gone) == {"waits"}
    assert written(bench.one.start).endswith("+05:30")


@pytest.mark.parametrize(
    ("seconds", "broken"), [(2.0, set()), (60.0, {"stops"})], ids=["just now", "a minute ago"]
)
def test_whose_race_is_lost_to_a_run_that_is_still_at_it_goes_on_only_while_no_list_shows_it(
    bench: Bench, seconds: float, broken: set[str]
) -> None:
    """It is wanted paused, and its pause is the other run's."""
    waiting = replace(bench.one, state="paused")
    sid = bench.creates(bench.run(waiting), bench.one)
    bench.clock.sleep(seconds)
    loser = bench.run(waiting, words="apply --format json")
    loser.said = CommandOutcome(3, "", "")
    says(loser, waiting.name, "lost-race", sid=sid, outcome="skipped")
    assert bench.broken(loser) == broken
