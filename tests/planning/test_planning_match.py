"""Which manifest a campaign belongs to, asked of one campaign as of all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from example_counts import examples
from hypothesis import HealthCheck, given
from planning_worlds import World, worlds

from campaignctl.diagnostics import Position
from campaignctl.kinds import VOICE
from campaignctl.kinds.lifecycle import Status
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.model.recurrence import OccurrenceOf, Recurrence
from campaignctl.planning.match import is_of_series, manifest_of, match_all

MONDAYS = Recurrence(
    "0 10 * * MON", "Asia/Kolkata", date(2027, 1, 4), date(2027, 6, 28), None, timedelta(hours=3)
)


def manifest(
    name: str, sid: str | None = None, before: str | None = None, repeat: Recurrence | None = None
) -> Desired:
    return Desired(
        VOICE, {"name": name}, Position(f"{name}.yaml"), sid=sid, previous_name=before, repeat=repeat
    )


def live(name: str) -> Live:
    return Live(VOICE, "S1", Status.IN_PROGRESS, "InProgress", {"name": name})


@pytest.mark.parametrize(
    ("manifests", "name", "expected"),
    [
        ([manifest("b"), manifest("a", sid="S1")], "b", "a"),
        ([manifest("new", before="a"), manifest("a")], "a", "a"),
        ([manifest("new", before="a")], "a", "new"),
        ([manifest("a", sid="S2")], "a", None),
        ([manifest("weekly", repeat=MONDAYS)], "weekly-2027-01-11", "weekly"),
        ([manifest("new", before="weekly", repeat=MONDAYS)], "weekly-2027-01-11", "new"),
        ([manifest("weekly", repeat=MONDAYS)], "weekly-2027-01-12", "weekly"),
        ([manifest("weekly", repeat=MONDAYS)], "weekly-2027-02-30", None),
        ([manifest("weekly", repeat=MONDAYS)], "weekly", None),
        ([manifest("weekly")], "weekly-2027-01-11", None),
    ],
    ids=[
        "its SID counts for more than a name",
        "its name counts for more than somebody's former one",
        "it was renamed",
        "a namesake of a pinned one is somebody else's",
        "a date",
        "a date of a series that was renamed",
        "a date that the rule does not yield is its own to withdraw",
        "no date of the calendar",
        "the bare name of a series is not its own",
        "what does not repeat has no dates",
    ],
)
def test_a_campaign_belongs_to(manifests: list[Desired], name: str, expected: str | None) -> None:
    found = manifest_of(live(name), manifests)
    assert (found.name if found else None) == expected


def test_an_occurrence_is_of_the_series_that_its_date_is_of() -> None:
    one = Desired(
        VOICE,
        {"name": "new-2027-01-11"},
        Position("new.yaml"),
        previous_name="weekly-2027-01-11",
        occurrence=OccurrenceOf("new", date(2027, 1, 11)),
    )
    names = ["new-2027-01-18", "weekly-2027-01-18", "other-2027-01-18", "new"]
    assert [is_of_series(one, it) for it in names] == [True, True, False, False]


@examples(50, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_one_campaign_belongs_to_whom_a_plan_gives_it(world: World) -> None:
    for campaign in world.campaigns:
        alone = campaign.shown
        of_kind = [it for it in world.all_manifests if it.kind is alone.kind]
        matches = match_all(of_kind, Listing((alone,)))
        planned = [it.desired for it in matches if it.live is alone]
        assert manifest_of(alone, world.all_manifests) is (planned[0] if planned else None)
