"""Whether a version holds the people of now and some who have opted out since is known by its digits alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.managing import earlier_versions
from campaignctl.contact_lists.members import members_of, without_people
from campaignctl.diagnostics import Position
from campaignctl.model.companions import CompanionPlace
from campaignctl.model.suppression import Suppression

PEOPLE = [f"+9198765432{place:02}" for place in range(12)]


def a_list(people: list[str], *sources: list[str]) -> ContactList:
    """Of these people, without those of the sources."""
    place = CompanionPlace(Position("vip.yaml", 1), 0)
    columns = {"number": "number"}
    written = ContactList(place, "vip", {}, None, columns, (people,), range(1, len(people) + 1))
    everybody = tuple(frozenset(source) for source in sources)
    return without_people(written, Suppression(everybody, None), lambda: sources)


some = st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=8)


@given(some, some, some)
def test_what_is_told_of_a_version_is_true(people: list[str], before: list[str], since: list[str]) -> None:
    now = a_list(people, [*before, *since])
    then = a_list(people, before)
    mine, other = (members_of(it, None).mark for it in (then, a_list([*people, "+919876543299"], before)))
    found = earlier_versions(now, None, {mine, other})
    assert found.get(mine, frozenset()) == frozenset(then.numbers) - frozenset(now.numbers)
    assert other not in found


def test_one_that_lacks_somebody_who_is_called_now_is_not_known() -> None:
    now = a_list(PEOPLE, PEOPLE[:3])
    other = members_of(a_list(PEOPLE[:-1]), None).mark
    assert earlier_versions(now, None, {other}) == {}


@pytest.mark.slow
def test_what_it_takes_is_bounded() -> None:
    people = [f"+9198{place:08}" for place in range(100_000)]
    now = a_list(people, people[:5_000])
    began = time.process_time()
    assert earlier_versions(now, None, {"0" * 16}) == {}
    assert time.process_time() - began < 10
