"""What rules 1.2 and 3 hold for any account: a namesake that is left alone, look-alikes that are found quickly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from example_counts import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from planning_worlds import NOW, World, worlds

from campaignctl.diagnostics import Position
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.endpoints import SERVICES
from campaignctl.kinds.lifecycle import Status
from campaignctl.model.campaigns import Desired, Listing, Live, Snapshot
from campaignctl.model.looks import Look
from campaignctl.model.permissions import Consent
from campaignctl.planning.account_view import newest_finished
from campaignctl.planning.ambiguous import looks_foreign
from campaignctl.planning.lookalikes import Lookalikes, looked_like, looks_like

quickly = examples(40, suppress_health_check=[HealthCheck.too_slow])
_NUMBERS = tuple(f"+91987654321{digit}" for digit in range(8))
_URLS = ("http://my.exotel.com/a/1", "http://my.exotel.com/a/2", None)
_STARTS = (None, NOW + timedelta(days=1), NOW + timedelta(days=2))


@quickly
@given(worlds())
def test_to_what_looks_foreign_nothing_is_done_unless_it_is_adopted(world: World) -> None:
    for change in world.plan().changes:
        if change.reason.code == "looks-foreign":
            assert change.operations == ()
            assert change.desired is not None
            assert change.live is not None
            assert change.live.alive
            assert change.desired.sid is None
            assert looks_foreign(change.desired, change.live, world.terms)
    adopting = replace(world.terms, consent=replace(world.terms.consent, flags=("adopt",)))
    found = {it.reason.code for it in replace(world, terms=adopting).plan().changes}
    assert "looks-foreign" not in found


@quickly
@given(worlds(), st.sampled_from(["recipients", "content", "start"]))
def test_what_is_not_shown_makes_nothing_foreign(world: World, hidden: str) -> None:
    names = {
        "recipients": {"from", "lists"},
        "content": {"url", "read_via_text", "template"},
        "start": {"schedule"},
    }
    campaigns = tuple(replace(it, hidden=it.hidden | names[hidden]) for it in world.campaigns)
    changes = replace(world, campaigns=campaigns).plan().changes
    assert "looks-foreign" not in {it.reason.code for it in changes}


@quickly
@given(worlds())
def test_distinct_from_all_there_are_is_as_good_as_twin(world: World) -> None:
    sids = frozenset(it.truth.sid for it in world.campaigns)
    all_manifests = tuple(it._replace(distinct_from=sids) for it in world.all_manifests)
    apart = replace(world, all_manifests=all_manifests).plan().changes
    assert "looks-renamed" not in {it.reason.code for it in apart}
    flags = (*world.terms.consent.flags, "twin")
    terms = replace(
        world.terms, consent=Consent(flags, world.terms.consent.environment, world.terms.consent.sandbox)
    )
    twins = replace(world, terms=replace(terms, prune=None)).plan().changes
    told = replace(world, all_manifests=all_manifests, terms=replace(world.terms, prune=None)).plan().changes
    assert [it.reason for it in told] == [it.reason for it in twins]


@st.composite
def _sides(draw: st.DrawFn) -> dict[str, object]:
    spec: dict[str, object] = {}
    if draw(st.booleans()):
        spec["from"] = draw(st.lists(st.sampled_from(_NUMBERS), min_size=1, max_size=6, unique=True))
    if draw(st.booleans()):
        spec["lists"] = draw(
            st.lists(st.sampled_from(("L1", "L2", "L3")), min_size=1, max_size=2, unique=True)
        )
    if draw(st.booleans()):
        spec["url"] = draw(st.sampled_from(_URLS))
    if draw(st.booleans()):
        start = draw(st.sampled_from(_STARTS))
        spec["schedule"] = {"send_at": start.isoformat()} if start else None
    return spec


@examples(300)
@given(st.lists(st.tuples(_sides(), st.booleans()), max_size=6), _sides())
def test_the_index_misses_none_of_those_that_meet_closely(
    sides: list[tuple[dict[str, object], bool]], mine: dict[str, object]
) -> None:
    campaigns = [
        Live(VOICE, f"S{place}", Status.COMPLETED if over else Status.CREATED, "", spec)  # type: ignore[arg-type]
        for place, (spec, over) in enumerate(sides)
    ]
    desired = Desired(VOICE, mine, Position("a.yaml"))  # type: ignore[arg-type]
    look = Look(desired, None)
    lookalikes = Lookalikes(campaigns, None, [it for it in campaigns if it.finished])
    alike = [it.sid for it in campaigns if not it.finished and looks_like(look, Look(it, None))]
    over = [it.sid for it in campaigns if it.finished and looked_like(look, Look(it, None))]
    oldest, newest = lookalikes.oldest(desired), lookalikes.newest_finished(desired)
    assert (oldest.sid if oldest else None) == min(alike, default=None)
    assert (newest.sid if newest else None) == max(over, default=None)


def test_a_page_of_the_newest_is_as_long_as_the_account_has_them() -> None:
    longest = {name: {it.page_limit for it in row.endpoints} for name, row in SERVICES.items()}
    assert longest == {VOICE.name: {500}, SMS.name: {50}}


@pytest.mark.parametrize("cut", [False, True])
def test_a_page_and_a_complete_listing_show_the_same_newest_finished(cut: bool) -> None:
    campaigns = tuple(
        Live(
            VOICE,
            f"S{number:04}",
            Status.COMPLETED,
            "Completed",
            {"name": f"c{number}"},
            NOW + timedelta(hours=number),
        )
        for number in range(700)
    )
    page = {VOICE.name: campaigns[::-1][:500]} if cut else {}
    snapshot = Snapshot(NOW, {VOICE.name: Listing(campaigns)}, newest_finished=page)
    found = newest_finished(snapshot, ())
    assert [it.sid for it in found] == [it.sid for it in campaigns[:199:-1]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "same", ["nothing", "the start", "start and content", "one number", "a list", "no start"]
)
def test_none_of_ten_thousand_looks_like_one_of_ten_thousand_others(same: str) -> None:
    """Compared pair by pair, a hundred million times, this would take minutes."""

    def spec(number: int, other: int) -> dict[str, object]:
        start = NOW + timedelta(
            days=1, minutes=0 if same in ("the start", "start and content") else number + other
        )
        url = (
            "http://my.exotel.com/a/1"
            if same == "start and content"
            else f"http://my.exotel.com/a/{number + other}"
        )
        people = [f"+9198{number + other:08}{digit}" for digit in range(4)]
        if same == "one number":
            people.append("+919876543210")
        found: dict[str, object] = {"from": people, "url": url, "schedule": {"send_at": start.isoformat()}}
        if same == "no start":
            found["schedule"] = None
        return {**found, "lists": ["VIP"]} if same == "a list" else found

    campaigns = [
        Live(VOICE, f"S{n}", Status.CREATED, "Created", spec(n, 0))
        for n in range(10_000)  # type: ignore[arg-type]
    ]
    wanted = [Desired(VOICE, spec(n, 20_000), Position("a.yaml")) for n in range(10_000)]  # type: ignore[arg-type]
    lookalikes = Lookalikes(campaigns, None, campaigns[:500])
    assert {lookalikes.oldest(it) for it in wanted} == {None}
    assert {lookalikes.newest_finished(it) for it in wanted} == {None}
