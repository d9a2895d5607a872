"""Calling hours where clocks change, in every zone, and the longest run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as some

from campaignctl.diagnostics import Diagnostic, Position
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment
from campaignctl.planning.terms import document_start
from campaignctl.policy import Policies, Subject, check_manifest
from campaignctl.policy.hours import CallingDay
from campaignctl.policy.prediction import hides_its_calls
from campaignctl.policy.runs import forecasts_of
from campaignctl.zones import moment_of, zone, zone_names

NOW = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


# -- clocks that change -----------------------------------------------------------------------------------------


@cache
def changes(name: str) -> tuple[datetime, ...]:
    """The last two moments at which a zone's offset changes until 2037: one forward, one back, where it has both."""
    there, found = zone(name), dict[bool, datetime]()
    moment = datetime(2037, 12, 31, tzinfo=UTC)
    while moment > NOW and len(found) < 2:
        before = moment - timedelta(days=9)
        was, later = (it.astimezone(there).utcoffset() for it in (before, moment))
        assert was is not None
        assert later is not None
        if was != later:
            found.setdefault(later > was, exactly(name, before, moment))
        moment = before
    return tuple(found.values())


def exactly(name: str, before: datetime, after: datetime) -> datetime:
    was = before.astimezone(zone(name)).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        before, after = (
            (middle, after) if middle.astimezone(zone(name)).utcoffset() == was else (before, middle)
        )
    return after


@cache
def changing() -> Sequence[tuple[str, datetime]]:
    """Every zone that changes its offset, with each of its changes."""
    return [(name, change) for name in sorted(zone_names()) for change in changes(name)]


def by_walking(day: date, clock: time, change: datetime, name: str) -> list[datetime]:
    """Every second around a change at which a clock there shows that time: the naive way."""
    there, wanted = zone(name), datetime.combine(day, clock)
    shows = (change + seconds * SECOND for seconds in range(-26 * 3600, 26 * 3600, 60))
    return [it for it in shows if it.astimezone(there).replace(tzinfo=None, fold=0) == wanted]


def in_the_middle(change: datetime, name: str) -> datetime:
    """The wall time half way through what is skipped or comes twice."""
    before = (change - SECOND).astimezone(zone(name)).utcoffset()
    after = change.astimezone(zone(name)).utcoffset()
    assert before is not None
    assert after is not None
    return (change + min(before, after) + abs(after - before) / 2).replace(tzinfo=None)


@pytest.mark.slow
def test_some_zones_change_forward_and_some_back() -> None:
    assert len(changing()) > 150
    assert len({name for name, _ in changing()}) < len(changing())


@pytest.mark.slow
def test_a_wall_time_that_is_skipped_is_the_moment_of_the_change_and_one_that_comes_twice_is_both() -> None:
    for name, change in changing():
        wall, there = in_the_middle(change, name), zone(name)
        found = by_walking(wall.date(), wall.time(), change, name)
        moments = [moment_of(wall.date(), wall.time(), there, later=it) for it in (False, True)]
        assert {it.tzinfo for it in moments} == {there}
        first, last = (it.astimezone(UTC) for it in moments)
        if found:
            assert (first, last) == (found[0], found[-1]), name
            assert len(found) == 2, name
        else:
            assert first == last == change, name


def with_hours(time_zone: str, opening: str, to: str) -> Environment:
    hours: Value = {"time_zone": time_zone, "from": opening, "to": to}
    return Environment("t", "exotel", "a", policy={"calling_hours": hours})


@pytest.mark.slow
def test_a_day_whose_end_is_skipped_or_comes_twice_ends_with_no_later_moment() -> None:
    """`to` in a gap is the gap, in a fold the earlier; `from` in a fold is the later."""
    for name, change in changing():
        wall = in_the_middle(change, name)
        clock = f"{wall:%H:%M}"
        if clock == "00:00" or wall.second:
            continue
        closing = with_hours(time_zone=name, to=clock, opening="00:00")
        day = CallingDay.of(moment_of(wall.date(), wall.time(), zone(name), later=False) - MINUTE, closing)
        if day.closes.date() != wall.date():
            continue
        found = by_walking(wall.date(), wall.time(), change, name)
        assert day.closes.astimezone(UTC) == (found[0] if found else change), name
        assert day.lets_end(day.closes)
        closes = day.closes.astimezone(UTC)
        assert not day.lets_end(closes + SECOND)
        assert day.lets_begin(closes - SECOND) or day.opens.astimezone(UTC) >= closes, name
        assert not day.lets_begin(closes)
        opening = with_hours(time_zone=name, to="23:59", opening=clock)
        assert CallingDay.of(closes, opening).opens.astimezone(UTC) == (found[-1] if found else change), name


@given(
    some.sampled_from(sorted(zone_names())), some.integers(0, 18 * 366 * 24), some.integers(0, 23 * 60 + 59)
)
def test_no_wall_time_of_a_day_is_before_another_that_is_earlier(name: str, hours: int, minutes: int) -> None:
    day = (NOW + hours * HOUR).astimezone(zone(name)).date()
    clock = time(minutes // 60, minutes % 60)
    first, last = (moment_of(day, clock, zone(name), later=it) for it in (False, True))
    midnight = moment_of(day, time(), zone(name), later=False)
    assert midnight.astimezone(UTC) <= first.astimezone(UTC) <= last.astimezone(UTC)


# -- findings ---------------------------------------------------------------------------------------------------


def found(where: str | None, start: str, end: str | None, **settings: Value) -> tuple[Diagnostic, ...]:
    schedule: dict[str, Value] = {"send_at": start} | ({"end_at": end} if end else {})
    spec: dict[str, Value] = {"name": "a", "from": ["+15550001234"], "url": "u", "schedule": schedule}
    policy: dict[str, Value] = {"level": "error", "from": "00:30", "to": "04:00", **settings}
    account = Environment("t", "exotel", "a", policy={"calling_hours": {**policy, "time_zone": where}})
    desired = Desired(VOICE, spec, Position("a.yaml"))
    every = check_manifest(desired, Policies.of(account), NOW, document_start)
    return tuple(it for it in every if it.rule == "calling_hours")


def test_clocks_that_are_set_forward_shorten_the_day() -> None:
    """New York, 14 March 2027: after 01:59 comes 03:00."""
    start = "2027-03-14T01:00:00-05:00"
    assert found("America/New_York", start, "2027-03-14T08:00:00Z") == ()
    (late,) = found("America/New_York", start, "2027-03-14T08:00:01Z")
    assert late.details == (("end", "2027-03-14T04:00:00-04:00"),)


def test_clocks_that_are_set_back_lengthen_the_day() -> None:
    """New York, 7 November 2027: 01:00 to 02:00 comes twice."""
    start = "2027-11-07T01:00:00-04:00"
    assert found("America/New_York", start, "2027-11-07T09:00:00Z") == ()
    (late,) = found("America/New_York", start, None)
    assert late.details == (("end", "2027-11-07T04:00:00-05:00"),)
    assert 'declare end_at: "2027-11-07T04:00:00-05:00"' in late.message


def test_hours_that_begin_or_end_in_the_doubled_hour_are_the_shorter_ones() -> None:
    early, late = "2027-11-07T01:30:00-04:00", "2027-11-07T01:30:00-05:00"
    assert found("America/New_York", early, "2027-11-07T03:00:00-05:00", **{"from": "01:30"}) != ()
    assert found("America/New_York", late, "2027-11-07T03:00:00-05:00", **{"from": "01:30"}) == ()
    (beyond,) = found("America/New_York", "2027-11-07T00:30:00-04:00", late, to="01:30")
    assert beyond.details == (("end", early),)


def test_an_offset_of_elsewhere_is_read_in_the_zone_of_the_policy() -> None:
    assert found("Asia/Kolkata", "2027-02-01T20:00:00Z", "2027-02-01T22:30:00Z") == ()
    (early,) = found("Asia/Kolkata", "2027-02-01T18:30:00Z", "2027-02-01T22:30:00Z")
    message = (
        "it starts at 18:30 +00:00 (Tue 02 Feb 00:00 in Asia/Kolkata), outside the calling hours 00:30–04:00"
    )
    assert message in early.message
    assert early.details == (("end", None),)


def test_a_fixed_offset_is_a_zone_too() -> None:
    (late,) = found(None, "2027-02-01T01:00:00-05:30", None)
    assert late.details == (("end", "2027-02-01T04:00:00-05:30"),)


@given(
    some.sampled_from(["Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]),
    some.integers(0, 2 * 366 * 24 * 60),
    some.integers(0, 3 * 24 * 60),
)
def test_the_end_that_is_printed_is_the_latest_that_is_not_found(name: str, minutes: int, lasts: int) -> None:
    start = (datetime(2027, 1, 1, tzinfo=UTC) + minutes * MINUTE).astimezone(zone(name))
    settings: dict[str, Value] = {"from": "09:00", "to": "21:00"}
    first = found(name, start.isoformat(), (start + lasts * MINUTE).isoformat(), **settings)
    ends = [dict(it.details)["end"] for it in first]
    if ends and ends[0] is not None:
        latest = datetime.fromisoformat(str(ends[0]))
        assert found(name, start.isoformat(), str(ends[0]), **settings) == ()
        assert found(name, start.isoformat(), (latest + SECOND).isoformat(), **settings) != ()


# -- the longest run --------------------------------------------------------------------------------------------

NUMBERS: Value = [f"+9198765{number:05}" for number in range(120)]


def worst_minutes(subject: Subject) -> int | None:
    """As `bound: worst` needs it: None where a live campaign does not show how fast it calls."""
    worst = None if hides_its_calls(subject) else forecasts_of(subject).worst
    return None if worst is None else worst.minutes


@pytest.mark.parametrize(
    ("spec", "minutes"),
    [
        ({}, 3),
        ({"from": ["+919876543210"]}, 2),
        ({"retries": {"number_of_retries": 2, "interval_mins": 15}}, 6 + 30 + 5),
        ({"retries": {"number_of_retries": 3, "interval_mins": 10, "mechanism": "Exponential"}}, 8 + 70 + 7),
        ({"mode": "custom", "throttle": 7}, 18 + 1),
        ({"mode": "custom", "throttle": 6000}, 3),
        ({"lists": ["a"]}, None),
        ({"from": None}, None),
    ],
)
def test_at_worst_everybody_is_called_each_time(spec: dict[str, Value], minutes: int | None) -> None:
    assert worst_minutes(Subject(VOICE, {"from": NUMBERS, **spec}, NOW)) == minutes


def test_of_a_live_campaign_the_worst_is_unknown_where_it_hides_its_retries_or_pace() -> None:
    shown: dict[str, Value] = {"from": NUMBERS, "retries": None, "mode": "auto"}
    assert worst_minutes(Subject(VOICE, shown, NOW, is_live=True)) == 3
    for name in ("retries", "mode"):
        hidden = {key: value for key, value in shown.items() if key != name}
        assert worst_minutes(Subject(VOICE, hidden, NOW, is_live=True)) is None
    for part in (
        {"retries": {"number_of_retries": 3}},
        {"retries": {"interval_mins": 5}},
        {"mode": "custom"},
    ):
        assert worst_minutes(Subject(VOICE, {**shown, **part}, NOW, is_live=True)) is None


def test_messages_have_no_retries() -> None:
    assert worst_minutes(Subject(SMS, {"from": NUMBERS}, NOW)) == 2


@given(
    some.integers(1, 5000), some.integers(1, 100), some.integers(0, 3), some.integers(1, 60), some.booleans()
)
def test_no_typical_run_is_longer_than_the_worst(
    people: int, throttle: int, times: int, interval: int, doubles: bool
) -> None:
    retries: Value = {
        "number_of_retries": times,
        "interval_mins": interval,
        "mechanism": "Exponential" if doubles else "Linear",
    }
    spec: dict[str, Value] = {
        "from": [str(number) for number in range(people)],
        "mode": "custom",
        "throttle": throttle,
        "retries": retries,
    }
    subject = Subject(VOICE, spec, NOW)
    forecasts = forecasts_of(subject)
    assert forecasts.worst is not None
    assert forecasts.typical is not None
    assert forecasts.typical.minutes <= forecasts.worst.minutes


# -- zones ------------------------------------------------------------------------------------------------------


def countries_with_a_zone() -> Iterator[str]:
    return (it.time_zone for it in COUNTRIES.values() if it.time_zone)


def test_every_zone_of_a_country_is_in_the_database() -> None:
    assert set(countries_with_a_zone()) <= zone_names()
    assert len(set(countries_with_a_zone())) > 200


def test_zones_are_not_the_machines() -> None:
    assert "localtime" not in zone_names()
    with pytest.raises(ValueError, match="no IANA time zone"):
        zone("localtime")
    with pytest.raises(ValueError, match="no IANA time zone"):
        zone("../zones")
