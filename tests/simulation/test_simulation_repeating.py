"""What the ledger says of campaigns that repeat: dates, those that are withdrawn, series that people stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from simulation_bench import HOUR, Bench, sent

from simulation.commits import Commit
from simulation.dates import Holidays, Repeat, dated
from simulation.ledger import CommandRun
from simulation.manifests import Manifest
from simulation.product import CommandOutcome

MONDAY = date(2027, 1, 11)
DAY = 24 * HOUR
WEEKLY = Repeat(
    (0, 2), 14, 0, "Asia/Kolkata", MONDAY, date(2027, 1, 31), calendar=True, moves=True, horizon=3
)


def runs(rule: Repeat, holidays: Holidays) -> dict[str, str]:
    """The dates that are called on, and when."""
    return {str(day): str(on) for day, on in rule.runs(holidays)}


def test_a_holiday_moves_a_date_to_the_next_open_day_and_its_name_keeps_the_date() -> None:
    """At most seven days on, not after the end, and not onto another date of the rule."""
    wednesday, monday = date(2027, 1, 13), date(2027, 1, 18)
    moved = runs(WEEKLY, Holidays(frozenset({wednesday, monday}), (1,)))
    assert moved["2027-01-13"] == "2027-01-14"
    assert "2027-01-18" not in moved
    assert "2027-01-13" not in runs(replace(WEEKLY, moves=False), Holidays(frozenset({wednesday})))
    last = Holidays(frozenset({date(2027, 1, 27)}))
    assert runs(WEEKLY, last)["2027-01-27"] == "2027-01-28"
    assert "2027-01-27" not in runs(replace(WEEKLY, counted=True), last)


@pytest.mark.parametrize(
    "name", ["a-2027-1-4", "a-2027-02-30", "a-2027-01-05-x", "2027-01-05", "a-2027-W01-1"]
)
def test_only_a_real_date_is_reserved(name: str) -> None:
    """Whatever else looks like one."""
    assert dated(name) is None
    assert dated("a-2027-01-05") == ("a", date(2027, 1, 5))


@pytest.fixture
def bench() -> Bench:
    """An account, and a Monday morning in India."""
    return Bench()


def series(bench: Bench) -> Manifest:
    """Its next dates are today and the day after tomorrow."""
    return replace(bench.one, start=WEEKLY.start(MONDAY), hours=3.0, repeat=WEEKLY)


def on(bench: Bench, day: date) -> Manifest:
    """One of its dates."""
    yielded = series(bench).occurrences(Holidays())
    return next(it for it in yielded if it.date == day)


def says(run: CommandRun, *wanted: Manifest, code: int = 0, reason: str = "in-sync") -> CommandRun:
    """What the run printed of these."""
    run.words = ("apply", "--format", "json")
    rows = [
        {"kind": "VoiceCampaign", "name": it.name, "sid": None, "reason": {"code": reason, "message": ""}}
        | {"outcome": "unchanged", "operations": []}
        for it in wanted
    ]
    run.said = CommandOutcome(code, json.dumps({"results": rows}), "")
    return run


def test_a_date_is_what_its_rule_makes_of_it(bench: Bench) -> None:
    """Neither another moment, nor a date that it does not yield."""
    run = bench.run(series(bench))
    bench.creates(run, on(bench, MONDAY))
    assert not bench.broken(run)
    bench.creates(run, replace(on(bench, MONDAY), name="diwali-2027-01-12"))
    assert "wanted" in bench.broken(run)


def test_no_date_is_created_beyond_the_horizon(bench: Bench) -> None:
    """Of the plan, whenever it is carried out."""
    run = bench.run(series(bench))
    bench.creates(run, on(bench, MONDAY + timedelta(days=2)))
    assert not bench.broken(run)
    bench.creates(run, on(bench, MONDAY + timedelta(days=7)))
    assert bench.broken(run) == {"horizon"}


def test_nobody_is_called_twice_for_one_date(bench: Bench) -> None:
    """Though a changed rule gave it another start."""
    one = replace(on(bench, MONDAY), start=bench.now + HOUR)
    bench.creates(bench.run(series(bench)), one)
    bench.creates(bench.run(series(bench)), replace(one, start=one.start + HOUR))
    bench.clock.sleep(4 * HOUR)
    assert bench.broken() == {"one date"}


def test_a_date_that_another_manifest_pins_is_a_date_no_more(bench: Bench) -> None:
    """By mistake; it is renamed, and the date has a campaign of its own made (seed 77)."""
    one = replace(on(bench, MONDAY), start=bench.now + HOUR)
    sid = bench.creates(bench.run(series(bench)), one)
    bench.clock.sleep(60)
    pins = replace(one, name="holi", of="", date=None, sid=sid)
    bench.sends(bench.run(series(bench), pins), "PUT", sid, sent(pins))
    bench.creates(bench.run(series(bench), pins), replace(one, start=one.start + HOUR))
    bench.clock.sleep(4 * HOUR)
    assert not bench.broken()


def test_each_date_within_the_horizon_is_told_and_a_missed_one_is_no_success(bench: Bench) -> None:
    """Today's, and that of the day after tomorrow."""
    both = [on(bench, MONDAY), on(bench, MONDAY + timedelta(days=2))]
    assert not bench.broken(says(bench.run(series(bench)), *both, code=3, reason="unknown-outcome"))
    assert bench.broken(says(bench.run(series(bench)), both[0], code=3, reason="unknown-outcome")) == {
        "dates"
    }
    bench.clock.sleep(4 * HOUR)
    assert "dates" in bench.broken(says(bench.run(series(bench)), *both, reason="missed"))


def test_a_date_that_is_no_more_is_paused(bench: Bench) -> None:
    """Without being asked; it is neither an orphan nor anybody's business to end."""
    sid = bench.creates(bench.run(series(bench)), on(bench, MONDAY + timedelta(days=2)))
    bench.clock.sleep(60)
    rule = replace(WEEKLY, excepted=frozenset({MONDAY + timedelta(days=2)}), moves=False)
    left = bench.run(replace(series(bench), repeat=rule))
    assert "withdrawn" in bench.broken(says(left, on(bench, MONDAY), code=3, reason="unknown-outcome"))
    paused = bench.run(replace(series(bench), repeat=rule))
    bench.sends(paused, "PUT", sid, {"action": "pause"})
    assert not bench.broken(says(paused, on(bench, MONDAY), code=3, reason="unknown-outcome"))
    ended = bench.run(replace(series(bench), repeat=rule), allowed=frozenset({"complete", "archive"}))
    bench.sends(ended, "PUT", sid, {"action": "complete"})
    assert bench.broken(ended) == {"unasked"}


def test_a_date_whose_campaign_another_manifest_pins_is_left_out_for_that_reason_and_not_created(
    bench: Bench,
) -> None:
    """The pin may have given it another name by now; without the pin the reason does not hold."""
    wednesday = on(bench, MONDAY + timedelta(days=2))
    sid = bench.creates(bench.run(series(bench)), wednesday)
    bench.clock.sleep(60)
    pinning = replace(bench.one, name="once", sid=sid, start=wednesday.start, hours=3.0)
    run = bench.run(series(bench), pinning)
    bench.sends(run, "PUT", sid, sent(pinning))
    assert "reasons" not in bench.broken(says(run, wednesday, code=3, reason="ambiguous-name"))
    assert bench.account.campaigns[sid].name == "once"
    alone = bench.run(series(bench))
    assert "reasons" in bench.broken(says(alone, wednesday, code=3, reason="ambiguous-name"))


def test_no_date_is_created_beside_its_campaign_that_another_manifest_pins(bench: Bench) -> None:
    wednesday = on(bench, MONDAY + timedelta(days=2))
    sid = bench.creates(bench.run(series(bench)), wednesday)
    bench.clock.sleep(60)
    run = bench.run(series(bench), replace(bench.one, name="once", sid=sid))
    bench.creates(run, wednesday)
    assert bench.broken(run) == {"again", "one"}


def test_a_series_that_people_stopped_is_not_continued(bench: Bench) -> None:
    """Unless resuming is allowed."""
    first, second = on(bench, MONDAY), on(bench, MONDAY + timedelta(days=2))
    sid = bench.creates(bench.run(series(bench)), first)
    bench.operator(sid, {"action": "pause"})
    bench.clock.sleep(60)
    run = bench.run(series(bench))
    bench.creates(run, second)
    assert bench.broken(run) == {"series"}
    run.allowed = frozenset({"resume:diwali"})
    assert not bench.broken(run)


def test_a_manifest_that_repeats_is_read_by_the_dates_that_it_is_written_with(bench: Bench) -> None:
    """Each of them, with the calendar beside it."""
    rule = replace(WEEKLY, excepted=frozenset({MONDAY}), counted=True)
    commit = Commit(
        1, "", {"campaigns/a.yaml": (replace(series(bench), repeat=rule),)}, holidays=Holidays(closed=(6,))
    )
    texts = commit.texts()
    assert 'cron: "0 14 * * MON,WED"' in texts["campaigns/a.yaml"]
    assert "count: 6" in texts["campaigns/a.yaml"]
    assert "calendars: [../calendars/in.yaml]" in texts["campaigns/a.yaml"]
    assert "closed: [SUN]" in texts["calendars/in.yaml"]
    assert [it.name for it in commit.manifests][:2] == ["diwali-2027-01-11", "diwali-2027-01-13"]
