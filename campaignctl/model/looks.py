"""Describes campaigns by what tells them apart when their names do not: whom they reach, what those hear or read,
and when they start.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property

from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Field, Role, Type
from campaignctl.model.campaigns import Desired, ListRef, Live, start_is_shown
from campaignctl.model.list_refs import asks_by_name, refs_in, texts_or_refs
from campaignctl.model.values import canonical_numbers, normal, texts
from campaignctl.model.windows import declared_window, window_of
from campaignctl.zones import zone


def declared_unseen(desired: Desired, live: Live, *roles: Role) -> tuple[str, ...]:
    """Returns the fields of these roles that a manifest declares and the account does not show: any update but an
    opt-out takes them along (rule 4.2).
    """
    rows = (row.name for role in roles for row in live.kind.in_role(role))
    return tuple(
        it for it in rows if desired.spec.get(it) and it not in live.spec and not desired.ignores(it)
    )


class Look:
    """Holds recipients, start and content of a manifest or a campaign, each worked out once when it is asked for."""

    def __init__(self, side: Desired | Live, country: Country | None) -> None:
        """Looks at one side. By the country's rule, numbers written differently are one."""
        self._side = side
        self._country = country

    @cached_property
    def start(self) -> datetime | None:
        """Returns the start; None without one, and where it is not shown."""
        return window_of(self._side.kind, self._side.spec).start

    @cached_property
    def start_is_shown(self) -> bool:
        """Tells whether the start is shown. A manifest says what it says; an answer may lack the start."""
        return not isinstance(self._side, Live) or start_is_shown(self._side)

    @cached_property
    def hours(self) -> tuple[datetime, datetime] | None:
        """Returns from when until when it calls, to the end of the start's date where no end is given; None without a
        start.
        """
        start, end = declared_window(self._side.kind, self._side.spec)
        if start is None:
            return None
        return start, end or start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

    @property
    def zone(self) -> str | None:
        """Returns the zone that says on which date an occurrence of a manifest that repeats is; None of any other."""
        occurrence = self._side.occurrence if isinstance(self._side, Desired) else None
        return occurrence.rule.time_zone if occurrence is not None and occurrence.rule is not None else None

    def date_in(self, name: str) -> date | None:
        """Returns the date of its start in a zone; None without a start."""
        return self.start.astimezone(zone(name)).date() if self.start is not None else None

    @cached_property
    def content(self) -> Mapping[str, Hashable]:
        """Returns what people hear or read, by field."""
        meanings = {
            field.name: normal(field, self._side.spec.get(field.name), self._country)
            for field in self._side.kind.in_role(Role.CONTENT)
        }
        return {name: meaning for name, meaning in meanings.items() if meaning is not None}

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Returns people's numbers; of a list of the project those of its members."""
        fields = (it for it in self._side.kind.in_role(Role.RECIPIENTS) if it.type is Type.NUMBERS)
        written = (texts(self._side.spec.get(field.name)) for field in fields)
        members = (ref.members.people for ref in self._refs if ref.members is not None)
        own = frozenset(it for some in written for it in canonical_numbers(some, self._country))
        return own.union(*members)

    @cached_property
    def lists(self) -> frozenset[str]:
        """Returns the SIDs of lists.

        A name that is not resolved is equal to that name alone, and all versions of a list of the project are one.
        """
        found = (it for field in self._list_fields for it in texts_or_refs(self._side.spec.get(field.name)))
        return frozenset(f"{{name: {it.name}}}" if isinstance(it, ListRef) else str(it) for it in found)

    @property
    def _list_fields(self) -> Iterator[Field]:
        return (it for it in self._side.kind.in_role(Role.RECIPIENTS) if it.type is not Type.NUMBERS)

    @property
    def _refs(self) -> Iterator[ListRef]:
        return (ref for field in self._list_fields for ref in refs_in(self._side.spec.get(field.name)))

    @property
    def recipients(self) -> frozenset[str] | None:
        """Returns numbers and lists; None where nobody knows who is meant."""
        if isinstance(self._side, Desired) and asks_by_name([self._side]):
            return None
        return (self.numbers | self.lists) or None

    @cached_property
    def fields(self) -> frozenset[str]:
        """Returns the fields of recipients that a manifest fills, or that an answer shows, filled or not."""
        spec, live = self._side.spec, isinstance(self._side, Live)
        named = (field.name for field in self._side.kind.in_role(Role.RECIPIENTS))
        return frozenset(name for name in named if (name in spec if live else spec.get(name)))

    def shows(self, field: str) -> bool:
        """Tells whether an answer shows a field."""
        return field in self._side.spec


def starts_with(mine: Look, theirs: Look) -> bool:
    """Tells whether both start at once; no start equals any."""
    return mine.start is None or theirs.start is None or mine.start == theirs.start


def meets(mine: Look, theirs: Look) -> bool:
    """Tells whether both call at some moment, as far as their starts are known."""
    if mine.hours is None or theirs.hours is None:
        return False
    return mine.hours[0] < theirs.hours[1] and theirs.hours[0] < mine.hours[1]


def is_on_the_date_of(mine: Look, theirs: Look) -> bool:
    """Tells whether an occurrence is on the date of a campaign: another hour makes no other occurrence of it."""
    return mine.zone is not None and theirs.date_in(mine.zone) == mine.date_in(mine.zone)


def says_the_same(mine: Look, theirs: Look) -> bool:
    """Tells whether any of the fields that say what people hear or read is the same."""
    return any(theirs.content.get(name) == meaning for name, meaning in mine.content.items())


def reaches_the_same(mine: Look, theirs: Look) -> bool:
    """Tells whether a number or a list is the same."""
    return not (mine.lists.isdisjoint(theirs.lists) and mine.numbers.isdisjoint(theirs.numbers))


def hides_recipients(mine: Look, theirs: Look) -> bool:
    """Tells whether the two could have more people in common than is known: not all that the manifest fills is
    shown.
    """
    return mine.recipients is None or theirs.recipients is None or not mine.fields <= theirs.fields
