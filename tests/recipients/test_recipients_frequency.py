"""Nobody is called or texted too often (recipients.md 4): against brute force, and by its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from harness import Desk, voice
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.policy import frequency
from campaignctl.policy.frequency import as_people, too_often

ANNA, BELA, CARO = (f"+9198765432{place}" for place in (10, 11, 12))
MONDAY = datetime(2027, 1, 11, tzinfo=UTC)
LIMIT = {"policy": {"frequency": {"level": "error", "at_most": 2, "within": "7d"}}}


def by_brute_force(
    campaigns: Sequence[tuple[datetime, frozenset[int]]], at_most: int, within: timedelta
) -> dict[int, int]:
    """Straight from the sentence: somebody is in more than at_most, itself and none after it, all close together."""
    found: dict[int, int] = {}
    for place, (start, people) in enumerate(campaigns):
        for person in people:
            before = [it for it, (_, others) in enumerate(campaigns[:place]) if person in others]
            for crowd in combinations(before, at_most):
                starts = [start, *(campaigns[it][0] for it in crowd)]
                if max(starts) - min(starts) < within:
                    found[place] = found.get(place, 0) + 1
                    break
    return found


CAMPAIGNS = st.lists(
    st.tuples(
        st.integers(0, 20).map(lambda hours: MONDAY + timedelta(hours=hours)),
        st.frozensets(st.integers(0, 5), max_size=4),
    ),
    max_size=9,
)


@given(CAMPAIGNS, st.integers(1, 3), st.integers(1, 12), st.integers(1, 5))
def test_who_is_found_is_whom_brute_force_finds(
    campaigns: list[tuple[datetime, frozenset[int]]], at_most: int, hours: int, size: int
) -> None:
    arrays = [(start, as_people([f"+{it + 1000000}" for it in people], None)) for start, people in campaigns]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frequency, "_SLICE", size)
        found = too_often(arrays, at_most, timedelta(hours=hours))
    expected = by_brute_force(campaigns, at_most, timedelta(hours=hours))
    assert {place: count for place, (count, _) in found.items()} == expected
    assert all(place not in others and others for place, (_, others) in found.items())


def days(*starts: int, numbers: Sequence[str] = (ANNA, BELA), **fields: Any) -> list[dict[str, Any]]:
    """A campaign that starts on each of these days of January, each with a text of its own."""
    return [
        voice(
            f"day-{day}",
            **{"from": [*numbers], "url": ..., "flow_type": "greeting"},
            read_via_text=f"Text {day}",
            schedule={"send_at": f"2027-01-{day}T09:00:00+05:30", "end_at": f"2027-01-{day}T18:00:00+05:30"},
            **fields,
        )
        for day in starts
    ]


def findings(desk: Desk, command: str = "validate") -> list[tuple[str, int]]:
    result = desk.run(command, "--format", "json")
    found = [it for it in result.json["findings"] if it["rule"] == "frequency"]
    assert result.code == (3 if found else 0), result.all
    return [
        (
            next(
                name
                for name in ("day-15", "day-18", "day-21", "day-22", "day-25")
                if name in _around(desk, it)
            ),
            it["people"],
        )
        for it in found
    ]


def _around(desk: Desk, finding: dict[str, Any]) -> str:
    """The manifest that a finding stands in."""
    lines = (desk.root / finding["file"]).read_text().splitlines()
    return next(line for line in reversed(lines[: finding["line"]]) if '"name"' in line)


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_the_last_of_three_within_a_week_is_at_fault_with_how_many_people(desk: Desk, command: str) -> None:
    desk.configure(LIMIT)
    desk.manifests(*days(15, 18, 21))
    assert findings(desk, command) == [("day-21", 2)]
    assert '"day-15", "day-18"' in desk.run(command).out


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_a_week_apart_is_no_longer_within_it(desk: Desk, command: str) -> None:
    desk.configure(LIMIT)
    desk.manifests(*days(15, 18, 22))
    assert findings(desk, command) == []


def test_who_is_suppressed_is_not_reached(desk: Desk) -> None:
    desk.configure({**LIMIT, "suppress": [{"numbers": [ANNA]}]})
    desk.manifests(
        *days(15, 18), *days(21, suppress=[{"campaign": "voice/day-15"}], numbers=(ANNA, BELA, CARO))
    )
    assert findings(desk) == []


@pytest.mark.parametrize("state", ["paused", "completed", "archived"])
def test_what_is_wanted_paused_or_over_reaches_nobody(desk: Desk, state: str) -> None:
    desk.configure(LIMIT)
    desk.manifests(*days(15, 21), *days(18, state=state))
    assert findings(desk) == []


def test_what_is_created_already_comes_first(desk: Desk) -> None:
    """The one that starts last is there; the one that is to be created before it is at fault."""
    desk.configure(LIMIT)
    desk.manifests(*days(15, 18, 21))
    seeded = days(15, 21)
    desk.seed(*({"name": it["metadata"]["name"], **it["spec"]} for it in seeded))
    assert findings(desk, "plan") == [("day-18", 2)]


def test_what_is_over_counts_and_is_never_at_fault(desk: Desk) -> None:
    desk.configure(LIMIT)
    desk.manifests(*days(15, 18, 21))
    desk.seed(*({"name": it["metadata"]["name"], **it["spec"], "status": "completed"} for it in days(15, 18)))
    desk.pass_time(days=9)
    assert findings(desk, "plan") == [("day-21", 2)]
    desk.pass_time(days=4)
    assert findings(desk) == []


def test_spellings_are_one_person_by_the_country_rule(desk: Desk) -> None:
    desk.configure(LIMIT, country="IN")
    desk.manifests(*days(15, 18), *days(21, numbers=("09876543210",)))
    assert findings(desk) == [("day-21", 1)]


@pytest.mark.parametrize("setting", [{"at_most": 0}, {"within": 7}, {"within": "7m"}, {"within": "0d"}])
def test_a_wrong_setting_is_an_error(desk: Desk, setting: dict[str, Any]) -> None:
    desk.configure({"policy": {"frequency": {"level": "error", "at_most": 2, "within": "7d", **setting}}})
    desk.manifests(*days(15))
    result = desk.run("validate")
    assert result.code == 1
    assert "campaignctl.yaml" in result.err


def test_it_is_off_when_left_out(desk: Desk) -> None:
    desk.manifests(*days(15, 18, 21))
    assert findings(desk) == []
