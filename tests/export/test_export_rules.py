"""Which campaigns an export writes, which of them it pins, and in which files; without an account."""

from __future__ import annotations

import pytest

from campaignctl.diagnostics import Position
from campaignctl.export.rules import Candidate, Wanted, candidates, file_stem, must_pin, places
from campaignctl.kinds import VOICE
from campaignctl.kinds.lifecycle import Status
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.model.environment import Prune


def live(name: str, sid: str = "c1", status: Status = Status.CREATED) -> Live:
    return Live(VOICE, sid, status, status.value, {"name": name})


def manifest(name: str, file: str, sid: str | None = None) -> Desired:
    return Desired(VOICE, {"name": name}, Position(file, 1), sid=sid)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Diwali/offer 100%", "Diwali-offer-100"),
        ("../../etc/passwd", "etc-passwd"),
        ("दिवाली", "voice-campaign"),
        ("CON", "voice-CON"),
        ("Café", "Cafe"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_file_is_named_after_its_campaign_and_leads_nowhere(name: str, stem: str) -> None:
    assert file_stem(live(name)) == stem


def test_only_the_alive_are_meant_unless_statuses_are_named() -> None:
    ended = live("diwali", status=Status.COMPLETED)
    assert not Wanted().takes(ended)
    assert Wanted(frozenset({Status.COMPLETED}), part="DIW").takes(ended)
    assert (Wanted().past, Wanted(frozenset({Status.COMPLETED})).past) == (False, True)


@pytest.mark.parametrize("complete", [True, False])
def test_a_name_is_alone_only_where_the_list_is_complete(complete: bool) -> None:
    listing = Listing((live("a"), live("b", "c2"), live("b", "c3")), complete=complete)
    found = candidates({VOICE.name: listing}, Wanted())
    assert [(it.live.name, it.alone) for it in found] == [("a", complete), ("b", False), ("b", False)]


def test_a_campaign_is_pinned_where_its_name_does_not_do() -> None:
    alone = Candidate(live("shop-a"), alone=True)
    assert not must_pin(alone, Prune("shop-"), ())
    assert must_pin(alone, Prune("other-"), ())
    assert must_pin(alone, None, {(VOICE.name, "shop-a")})
    assert must_pin(Candidate(alone.live, alone=False), None, ())


def test_files_of_one_name_are_numbered_whatever_their_letter_case() -> None:
    found = places([live("offer"), live("Offer", "c2"), live("offer!", "c3")], [], {})
    assert [it.file for it in found] == ["offer.yaml", "Offer-2.yaml", "offer-3.yaml"]


def test_a_file_that_holds_the_campaign_s_manifest_alone_is_written_again() -> None:
    mine = manifest("offer", "offer-7.yaml")
    (place,) = places([live("offer")], [mine], {"offer-7.yaml": [mine]})
    assert (place.file, place.rewritten, place.elsewhere) == ("offer-7.yaml", True, None)


def test_a_file_with_other_manifests_is_left_alone_and_said_to_hold_the_manifest() -> None:
    mine, other = manifest("offer", "all.yaml"), manifest("else", "all.yaml")
    (place,) = places([live("offer")], [mine, other], {"all.yaml": [mine, other]})
    assert (place.file, place.rewritten, place.elsewhere) == ("offer.yaml", False, mine)
