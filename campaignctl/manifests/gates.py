"""Holds what manifests wait for against what else they declare: who is in their lists, and on which dates they run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from campaignctl.diagnostics import SpecFinding
from campaignctl.gates.checking import Runs, gate_faults
from campaignctl.kinds.countries import Country
from campaignctl.model.campaigns import Desired, given_lists
from campaignctl.model.values import canonical_numbers, texts
from campaignctl.model.windows import Window, declared_window
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.contact_lists.contact_list import ContactList


def faults_of_gates(
    manifests: Sequence[Desired], lists: Sequence[ContactList], country: Country | None
) -> Iterator[tuple[Desired, SpecFinding]]:
    """Yields every fault of every manifest that waits for another. People are left out already."""
    people = _DeclaredPeople({it.name: it for it in lists}, country)
    return gate_faults(manifests, country, people.of, _runs)


class _DeclaredPeople(NamedTuple):
    """Says whom a manifest calls, each once, a list of the project standing for its members."""

    lists: Mapping[str, ContactList]
    country: Country | None

    def of(self, desired: Desired) -> frozenset[str] | None:
        """Returns the people; None where a list of the account is among them."""
        named = [self.lists.get(getattr(it, "name", "")) for it in given_lists(desired)]
        if None in named:
            return None
        numbers = [number for row in desired.kind.numbers for number in texts(desired.spec.get(row.name))]
        numbers += [number for it in named if it is not None for number in it.numbers]
        return frozenset(canonical_numbers(numbers, self.country)) if numbers else None


def _runs(desired: Desired, other: Desired) -> Iterator[Runs]:
    """Yields when both run: once, or on each date that two manifests that repeat have in common."""
    if desired.repeat is None or other.repeat is None:
        yield Runs(_window(desired), _window(other))
        return
    from campaignctl.repeat.manifests import occurrence_manifest
    from campaignctl.repeat.occurrences import occurrence_on, occurrences

    for mine in occurrences(desired.repeat):
        theirs = occurrence_on(other.repeat, mine.day)
        if theirs is not None:
            dates = occurrence_manifest(desired, mine), occurrence_manifest(other, theirs)
            yield Runs(*map(_window, dates))


def _window(desired: Desired) -> Window:
    return declared_window(desired.kind, desired.spec)
