"""Takes some of a manifest's people, where it says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from campaignctl.diagnostics import SpecFinding, counted, doubt
from campaignctl.kinds.countries import Country
from campaignctl.model.campaigns import Desired
from campaignctl.model.values import texts
from campaignctl.recipients.choosing import Chosen, choose
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.contact_lists.contact_list import ContactList


class ChosenManifest(NamedTuple):
    """Holds the manifest with the people that are taken, and what is wrong with the choice."""

    desired: Desired
    faults: tuple[SpecFinding, ...]


def chosen(desired: Desired, country: Country | None) -> ChosenManifest:
    """Chooses people of a manifest; it stays as it was where nobody can be chosen."""
    numbers, people = texts(desired.spec.get("from")), desired.take
    refusal = _refusal(desired, numbers, country)
    if refusal is not None or people is None:
        return ChosenManifest(desired, (refusal,) if refusal else ())
    found = choose(desired.name or desired.sid or "", numbers, country, people)
    taken = [numbers[place] for place in found.places]
    faults = tuple(_doubts(found, people))
    return ChosenManifest(desired._replace(spec={**desired.spec, "from": taken}, places=found.places), faults)


class ChosenList(NamedTuple):
    """Holds the list with the people that are taken, and what is wrong with the choice."""

    contact_list: ContactList
    faults: tuple[SpecFinding, ...]


def chosen_of_list(contact_list: ContactList, country: Country | None) -> ChosenList:
    """Chooses people of a list; it stays as it was where nobody can be chosen."""
    from campaignctl.contact_lists.members import at_places

    numbers, people = contact_list.numbers, contact_list.take
    refusal = _in_two_spellings(numbers, country, "numbers")
    if refusal is not None or people is None or not numbers:
        return ChosenList(contact_list, (refusal,) if refusal else ())
    found = choose(contact_list.name, numbers, country, people)
    return ChosenList(at_places(contact_list, found.places), tuple(_doubts(found, people)))


def _refusal(desired: Desired, numbers: Sequence[str], country: Country | None) -> SpecFinding | None:
    if desired.spec.get("lists"):
        message = (
            "take: who is in a list of the account is not known here; take stands beside from or from_file"
        )
        return SpecFinding("take", "take", message)
    if not numbers:
        return SpecFinding(
            "take", "take", "take: it stands beside from or from_file, of whose people it takes some"
        )
    return _in_two_spellings(numbers, country, "from")


def _in_two_spellings(numbers: Sequence[str], country: Country | None, field: str) -> SpecFinding | None:
    if country is not None:
        return None
    first = next((place for place, number in enumerate(numbers) if number[:1] != "+"), None)
    if first is None:
        return None
    message = (
        "take: without a country two spellings may be one person; set country in the environment, or write every "
        "number with +"
    )
    return SpecFinding(f"{field}.{first}", "needs-country", message)


def _doubts(found: Chosen, people: int) -> Iterator[SpecFinding]:
    if found.all_of_them:
        there = counted(len(found.places), "person is", "people are")
        yield doubt("take", "take-all", f"take: {there} there, fewer than {people:,}: all of them are taken")
