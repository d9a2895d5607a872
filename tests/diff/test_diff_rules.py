"""What two versions of manifests mean, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from campaignctl.diagnostics import Position
from campaignctl.diff.comparison import (
    NO_LONGER_MANAGED,
    NOT_MANAGED_BEFORE,
    SENT_WITH_A_CREATE,
    ManifestChangeType,
    ManifestDiff,
    Version,
    diff_manifests,
)
from campaignctl.diff.consequences import Circumstances
from campaignctl.kinds import KINDS
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.kinds.lifecycle import State
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Prune

NOW = datetime(2027, 1, 10, tzinfo=UTC)
INDIA = Circumstances(NOW, COUNTRIES["IN"])
SPEC: Mapping[str, Any] = {
    "caller_id": "03349360005",
    "from": ["+919876543210", "+919876543211"],
    "url": "http://my.exotel.com/acme1/exoml/start_voice/926",
    "schedule": {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"},
}
_LINES = iter(range(1, 10_000))


def voice(name: str | None = "diwali", metadata: Mapping[str, Any] | None = None, **fields: Any) -> Desired:
    """A manifest; `...` leaves a field out."""
    spec = {**({"name": name} if name else {}), **SPEC, **fields}
    declared = {key: value for key, value in spec.items() if value is not ...}
    return Desired(KINDS["VoiceCampaign"], declared, Position("a.yaml", next(_LINES)), **(metadata or {}))


def compared(
    before: list[Desired], after: list[Desired], circumstances: Circumstances = INDIA
) -> ManifestDiff:
    return diff_manifests(Version(before, before), Version(after, after), circumstances)


def fields(diff: ManifestDiff) -> list[tuple[str, Any, Any, str]]:
    [change] = diff.changes
    return [(it.difference.field, it.difference.before, it.difference.after, it.note) for it in change.diff]


SAME = {
    "a time in another offset": {"schedule": {**SPEC["schedule"], "send_at": "2027-01-15T03:30:00Z"}},
    "numbers in another order and spelling": {"from": ["09876543211", "9876543210"]},
    "the flow by https": {"url": "https://my.exotel.com/acme1/exoml/start_voice/926"},
}


@pytest.mark.parametrize("field", SAME.values(), ids=list(SAME))
def test_what_means_the_same_is_no_change(field: Mapping[str, Any]) -> None:
    diff = compared([voice()], [voice(**field)])
    assert diff.changes == ()
    assert diff.unchanged == 1


def test_the_default_and_null_mean_the_same_and_an_end_left_unset_is_thirty_days_on() -> None:
    start = SPEC["schedule"]["send_at"]
    before = voice(mode="auto", schedule={"send_at": start, "end_at": None})
    after = voice(mode=None, schedule={"send_at": start, "end_at": "2027-02-14T09:00:00+05:30"})
    assert compared([before], [after]).changes == ()


def test_fields_stand_in_the_order_of_the_table_between_state_and_metadata() -> None:
    before = voice(mode="auto", metadata={"labels": {"team": "growth"}})
    after = voice(
        caller_id="03349360006",
        mode="custom",
        **{"from": ["+919876543210"]},
        metadata={
            "state": State.PAUSED,
            "labels": {"team": "growth", "tier": "1"},
            "allow": frozenset({"complete"}),
        },
    )
    assert [path for path, *_ in fields(compared([before], [after]))] == [
        "state",
        "from",
        "caller_id",
        "mode",
        "metadata.labels.tier",
        "metadata.allow",
    ]


def test_what_is_declared_on_one_side_only_is_said_to_be() -> None:
    before, after = voice(throttle=10), voice(custom_field="x", caller_id=...)
    assert fields(compared([before], [after])) == [
        ("caller_id", "03349360005", None, NO_LONGER_MANAGED),
        ("throttle", 10, None, NO_LONGER_MANAGED),
        ("custom_field", None, "x", NOT_MANAGED_BEFORE),
    ]


def test_a_start_that_is_taken_away_shows() -> None:
    [start, end] = fields(compared([voice()], [voice(schedule=None)]))
    assert start[:3] == ("schedule.send_at", "2027-01-15T09:00:00+05:30", None)
    assert end[0] == "schedule.end_at"


def test_a_field_that_is_left_to_others_shows_that_only_a_create_sends_it() -> None:
    left = {"ignore": frozenset({"caller_id"})}
    diff = compared([voice(metadata=left)], [voice(metadata=left, caller_id="03349360006")])
    assert fields(diff) == [("caller_id", "03349360005", "03349360006", SENT_WITH_A_CREATE)]


def test_pinned_campaigns_of_one_name_are_told_apart_by_their_sids() -> None:
    one, two = {"sid": "01"}, {"sid": "02"}
    before = [voice(metadata=one), voice(metadata=two, throttle=5)]
    after = [voice(metadata=two, throttle=6), voice(metadata=one)]
    diff = compared(before, after)
    assert [(change.key.sid, change.type) for change in diff.changes] == [("02", ManifestChangeType.CHANGED)]
    assert diff.unchanged == 1


def test_a_name_stays_with_its_manifest_though_another_claims_it_as_previous() -> None:
    """The plan gives a campaign to the manifest of its name first."""
    before = [voice("a")]
    after = [voice("b", metadata={"previous_name": "a"}, **{"from": ["+919876543299"]}), voice("a")]
    [change] = compared(before, after).changes
    assert (change.key.name, change.type) == ("b", ManifestChangeType.ADDED)


TIES: Mapping[str, tuple[Desired, Desired, list[ManifestChangeType]]] = {
    "previous_name": (
        voice("a"),
        voice("b", metadata={"previous_name": "a"}, **{"from": ["+919876543299"]}),
        [ManifestChangeType.RENAMED],
    ),
    "sid": (
        voice("a", metadata={"sid": "01"}),
        voice("b", metadata={"sid": "01"}),
        [ManifestChangeType.RENAMED],
    ),
    "looks, pinned": (voice("a"), voice("b", metadata={"sid": "01"}), [ManifestChangeType.RENAMED]),
    "a number and the start": (
        voice("a"),
        voice("b", url=None, **{"from": ["09876543210", "+919876543299"]}),
        [ManifestChangeType.LOOKS_RENAMED],
    ),
    "a number and the content": (
        voice("a"),
        voice("b", schedule={"send_at": "2027-01-20T09:00:00+05:30"}),
        [ManifestChangeType.LOOKS_RENAMED],
    ),
    "no number": (
        voice("a"),
        voice("b", **{"from": ["+919876543299"]}),
        [ManifestChangeType.REMOVED, ManifestChangeType.ADDED],
    ),
    "exactly the same numbers": (
        voice("a"),
        voice("b", url=None, schedule={"send_at": "2027-01-20T09:00:00+05:30"}),
        [ManifestChangeType.LOOKS_RENAMED],
    ),
    "a number alone": (
        voice("a"),
        voice(
            "b",
            url=None,
            schedule={"send_at": "2027-01-20T09:00:00+05:30"},
            **{"from": ["+919876543210", "+919876543299"]},
        ),
        [ManifestChangeType.REMOVED, ManifestChangeType.ADDED],
    ),
    "distinct_from": (
        voice("a"),
        voice("b", metadata={"distinct_from": frozenset({"S1"})}),
        [ManifestChangeType.REMOVED, ManifestChangeType.ADDED],
    ),
    "other SIDs": (
        voice("a", metadata={"sid": "01"}),
        voice("b", metadata={"sid": "02"}),
        [ManifestChangeType.REMOVED, ManifestChangeType.ADDED],
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), TIES.values(), ids=list(TIES))
def test_two_manifests_are_one_campaign_by(
    before: Desired, after: Desired, expected: list[ManifestChangeType]
) -> None:
    assert [change.type for change in compared([before], [after]).changes] == expected


def notes(before: list[Desired], after: list[Desired], circumstances: Circumstances = INDIA) -> str:
    [change] = compared(before, after, circumstances).changes
    return "\n".join(change.notes)


GROWTH = Circumstances(NOW, COUNTRIES["IN"], Prune("diwali"))
NOTES: Mapping[str, tuple[list[Desired], list[Desired], Circumstances, str]] = {
    "removed": ([voice()], [], INDIA, "its campaign stays and runs"),
    "removed, by hand": ([voice()], [], INDIA, "campaignctl complete voice/diwali"),
    "removed, a name for no shell": ([voice("a; b")], [], INDIA, "campaignctl complete NAME"),
    "removed, pinned": ([voice(None, metadata={"sid": "0a"})], [], INDIA, "campaignctl complete 0a"),
    "removed, an orphan": ([voice()], [], GROWTH, "--prune --allow complete --allow archive"),
    "removed, paused": ([voice(metadata={"state": State.PAUSED})], [], INDIA, "its campaign stays as it is"),
    "removed, archived": ([voice(metadata={"state": State.ARCHIVED})], [], INDIA, "it was wanted archived"),
    "removed, over": (
        [voice(schedule={"send_at": "2026-01-01T09:00:00Z", "end_at": "2026-01-01T10:00:00Z"})],
        [],
        INDIA,
        "its window is over",
    ),
    "added, pinned": ([], [voice(metadata={"sid": "0a"})], INDIA, 'takes over the campaign "0a"'),
    "added, with a former name": (
        [],
        [voice(metadata={"previous_name": "x"})],
        INDIA,
        'renames the campaign "x"',
    ),
    "added, without a start": ([], [voice(schedule=...)], INDIA, "start-now"),
    "added, begun": ([], [voice(schedule={"send_at": "2027-01-09T09:00:00Z"})], INDIA, "start-passed"),
    "added, archived": ([], [voice(metadata={"state": State.ARCHIVED})], INDIA, "nothing is created"),
    "looks renamed": ([voice("a")], [voice("b")], INDIA, 'metadata.previous_name: "a"'),
    "renamed": (
        [voice("a")],
        [voice("b", metadata={"previous_name": "a"})],
        INDIA,
        'renames the campaign "a"',
    ),
    "ended": (
        [voice()],
        [voice(metadata={"state": State.ARCHIVED})],
        INDIA,
        "complete and archive cannot be undone",
    ),
}


@pytest.mark.parametrize(("before", "after", "circumstances", "expected"), NOTES.values(), ids=list(NOTES))
def test_it_says_what_a_plan_makes_of(
    before: list[Desired], after: list[Desired], circumstances: Circumstances, expected: str
) -> None:
    assert expected in notes(before, after, circumstances)


def test_an_ending_that_the_manifest_allows_needs_no_word() -> None:
    allowed = {"state": State.ARCHIVED, "allow": frozenset({"complete", "archive"})}
    assert notes([voice()], [voice(metadata=allowed)]) == ""


def test_what_neither_side_selects_is_not_listed_and_still_keeps_its_name() -> None:
    kept, renamed = voice("a"), voice("b", throttle=5)
    diff = diff_manifests(Version([kept], []), Version([voice("a", throttle=4), renamed], [renamed]), INDIA)
    assert [change.key.name for change in diff.changes] == ["b"]
    assert diff.unchanged == 0


@pytest.mark.slow
def test_two_thousand_manifests_of_many_numbers_renamed_at_once_are_compared_in_seconds() -> None:
    people = [f"+9198{number:08}" for number in range(50_000)]
    before = [voice(f"a{place}", **{"from": people[place * 25 : place * 25 + 25]}) for place in range(2000)]
    after = [voice(f"b{place}", **{"from": people[place * 25 : place * 25 + 25]}) for place in range(2000)]
    diff = compared(before, after)
    assert diff.count(ManifestChangeType.LOOKS_RENAMED) == 2000
