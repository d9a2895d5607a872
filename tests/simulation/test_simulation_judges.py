"""Each judge sees what it is there for: requests of runs that no product of ours would send."""

from __future__ import annotations

from dataclasses import replace

import pytest
from simulation_bench import HOUR, Bench, written

from simulation.product import CommandOutcome


@pytest.fixture
def bench() -> Bench:
    """A fresh one."""
    return Bench()


def test_a_run_that_does_what_its_manifest_wants_breaks_nothing(bench: Bench) -> None:
    """Nor does the account that then calls."""
    run = bench.run(bench.one)
    bench.creates(run, bench.one)
    assert not bench.broken(run)
    bench.clock.sleep(3 * HOUR)
    assert not bench.broken()
    assert len(bench.ledger.calls) >= 1


def test_a_person_who_is_called_by_two_campaigns_of_one_manifest_was_called_twice(bench: Bench) -> None:
    """And the second was created although the first was there."""
    bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    again = bench.run(bench.one)
    bench.creates(again, bench.one)
    assert bench.broken(again) == {"again", "one"}
    bench.clock.sleep(3 * HOUR)
    assert bench.broken() == {"twice"}


def test_a_copy_under_another_name_calls_the_same_people(bench: Bench) -> None:
    """One start, one content."""
    copied = replace(bench.one, name="holi")
    for one in (bench.one, copied):
        bench.creates(bench.run(one), one)
        bench.clock.sleep(60)
    bench.clock.sleep(3 * HOUR)
    assert bench.broken() == {"alike"}


def test_a_call_at_night_is_out_of_hours(bench: Bench) -> None:
    """21:30 in India."""
    late = replace(bench.one, start=bench.now + 11 * HOUR)
    bench.creates(bench.run(late), late)
    bench.clock.sleep(12 * HOUR)
    assert bench.broken() == {"hours"}


def test_a_resume_that_nobody_asked_for_is_seen_and_so_are_its_calls(bench: Bench) -> None:
    """Somebody had stopped it."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.account.by_hand("PUT", "campaigns", sid, {"action": "pause"})
    bench.ledger.operator(sid, "pauses", bench.ledger.look())
    bench.clock.sleep(60)
    late = bench.run(bench.one)
    late.planned_at -= 3600
    bench.sends(late, "PUT", sid, {"action": "resume"})
    assert bench.broken(late) == {"unasked", "undone"}
    bench.clock.sleep(3 * HOUR)
    assert bench.broken() == {"stop"}


def test_an_end_that_nobody_asked_for_is_seen(bench: Bench) -> None:
    """Nor is a manifest that says completed enough without its permission; with both it is right."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.account.by_hand("PUT", "campaigns", sid, {"action": "pause"})
    ending = replace(bench.one, state="completed")
    unasked = bench.run(ending)
    bench.sends(unasked, "PUT", sid, {"action": "complete"})
    assert bench.broken(unasked) == {"unasked"}
    asked = bench.run(replace(ending, state="archived"), allowed=frozenset({"archive"}))
    bench.sends(asked, "PUT", sid, {"action": "archive"})
    assert not bench.broken(asked)


def test_what_no_manifest_wants_is_neither_created_nor_changed_nor_paused(bench: Bench) -> None:
    """By a run of another checkout."""
    other = replace(bench.one, name="holi")
    run = bench.run(other)
    sid = bench.creates(run, bench.one)
    assert bench.broken(run) == {"wanted"}
    later = bench.run(other)
    bench.sends(later, "PUT", sid, {"url": "http://my.exotel.com/acme1/exoml/start_voice/4"})
    assert bench.broken(later) == {"updates", "whole"}
    third = bench.run(other)
    bench.sends(third, "PUT", sid, {"action": "pause"})
    assert bench.broken(third) == {"stopped"}


def test_a_start_that_is_too_near_or_earlier_is_seen(bench: Bench) -> None:
    """Unless it is allowed."""
    near = replace(bench.one, start=bench.now + 120)
    run = bench.run(near)
    bench.creates(run, near)
    assert bench.broken(run) == {"in time"}
    far = replace(bench.one, name="holi", people=("+919876500009",), start=bench.now + 4 * HOUR)
    maker = bench.run(far)
    sid = bench.creates(maker, far)
    mover = bench.run(far)
    earlier = {"schedule": {"send_at": written(far.start - HOUR), "end_at": written(far.end)}}
    bench.sends(mover, "PUT", sid, earlier)
    assert bench.broken(mover) == {"updates", "whole"}


def test_a_create_that_is_sent_twice_is_seen(bench: Bench) -> None:
    """Whatever was answered in between, but for a 429."""
    run = bench.run(bench.one)
    bench.creates(run, bench.one)
    bench.creates(run, bench.one)
    assert "once" in bench.broken(run)


@pytest.mark.parametrize(
    ("code", "out", "judge"),
    [
        (7, "", "orderly"),
        (0, "Traceback (most recent call last)", "orderly"),
        (0, "calls +919876500001", "masked"),
        (0, "token-f5e4d3c2b1a3", "masked"),
        (
            0,
            '{"results": [{"kind": "VoiceCampaign", "name": "diwali", "outcome": "failed",'
            ' "reason": {"code": "refused"}}]}',
            "code",
        ),
        (
            0,
            '{"results": [{"kind": "VoiceCampaign", "name": "holi", "outcome": "unchanged", "reason": {"code": "x"}}]}',
            "in sync",
        ),
        (
            0,
            '{"results": [{"kind": "VoiceCampaign", "name": "diwali", "sid": "", "outcome": "unchanged",'
            ' "reason": {"code": "in-sync"}}]}',
            "in sync",
        ),
    ],
)
def test_what_a_run_says_must_be_true(bench: Bench, code: int, out: str, judge: str) -> None:
    """Its exit code, its results, and nothing that must not be seen."""
    run = bench.run(bench.one, words="apply --format json")
    run.said = CommandOutcome(code, out, "")
    assert judge in bench.broken(run)


def test_a_run_that_could_not_end_what_an_earlier_one_left_has_no_result_of_it(bench: Bench) -> None:
    """Its exit code tells; but for nothing that failed it is not true."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.account.stage.switches.change({"update_body": "bare"})
    run = bench.run(bench.one, words="apply --format json")
    run.said = CommandOutcome(4, '{"results": []}', "")
    assert "code" in bench.broken(run)
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert "code" not in bench.broken(run)
    run.said = CommandOutcome(0, '{"results": []}', "")
    assert "told" in bench.broken(run)
