"""Gives the reader of an account the dates of manifests that repeat (`repeat.md` 13).

It is imported only where a manifest repeats.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from campaignctl.api.client import Client
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.model.dated_names import parsed
from campaignctl.repeat.manifests import last_manifest_before, planned_manifests, reserving
from campaignctl.repeat.occurrences import occurrence_on


@dataclass
class Dates:
    """Expands the manifests that repeat, once for all kinds, as of the first answer's time or of `asked`."""

    client: Client
    asked: datetime | None = None
    _planned: dict[str, Sequence[Desired]] = field(default_factory=dict)
    _declared: dict[str, Mapping[tuple[str, str], Desired]] = field(default_factory=dict)
    _names: set[str | None] = field(default_factory=set)

    @cached_property
    def at(self) -> datetime:
        """Returns the moment as of which the dates were expanded."""
        return self.asked or self.client.now()

    def planned(self, kind: Kind, declared: Sequence[Desired]) -> Sequence[Desired]:
        """Returns the manifests of a kind, with those that are planned by date in place of what repeats."""
        if kind.name not in self._planned:
            self._declared[kind.name] = reserving([it for it in declared if it.repeat is not None])
            found = [one for it in declared for one in planned_manifests(it, self.at)]
            self._planned[kind.name] = found
            self._remember(found)
        return self._planned[kind.name]

    def planned_of(self, manifest: Desired) -> Sequence[Desired]:
        """Returns the dates of one manifest that are planned."""
        return planned_manifests(manifest, self.at)

    def _remember(self, manifests: Sequence[Desired]) -> None:
        dates = [it for it in manifests if it.occurrence is not None]
        self._names |= {name for it in dates for name in (it.name, it.previous_name) if name}

    def declaring(self, live: Live) -> Desired | None:
        """Returns the manifest that repeats whose name a campaign has, once that is known."""
        name = parsed(live.name)
        return self._declared.get(live.kind.name, {}).get((live.kind.name, name.base)) if name else None

    def is_date(self, name: str) -> bool:
        """Tells whether the name is one of a date that was asked for."""
        return name in self._names

    def with_counters(self, listing: Listing, to_create: Iterable[str]) -> Listing:
        """Adds the counters, which a list may leave out, of the campaigns that tell whether somebody stopped a
        series: the last occurrence of each series that something may be created of, where it is over.
        """
        names = {found.base for it in to_create if (found := parsed(it)) is not None}
        last: dict[str, Live] = {}
        for name, live in self._of_dates(listing, names):
            if name not in last or _date(last[name]) < _date(live):
                last[name] = live
        over = (it for it in last.values() if it.finished and it.stats is None)
        counted = {it.sid: self.client.get(it.kind, it.sid) or it for it in over}
        if not counted:
            return listing
        return listing._replace(campaigns=tuple(counted.get(it.sid, it) for it in listing.campaigns))

    def _of_dates(self, listing: Listing, names: Collection[str]) -> Iterator[tuple[str, Live]]:
        """Yields the campaigns of dates that a rule yields, for the manifests of these names."""
        for live in listing.campaigns if names else ():
            owner = self.declaring(live)
            if owner is None or owner.name not in names or owner.repeat is None:
                continue
            if occurrence_on(owner.repeat, _date(live)) is not None:
                yield owner.name or "", live

    def history(self, kind: Kind, to_create: Collection[str]) -> Sequence[str]:
        """Returns, for each series that something may be created of, its other planned dates and the last one
        before them.
        """
        planned = self._planned.get(kind.name, ())
        series = {
            it.occurrence.manifest for it in planned if it.occurrence is not None and it.name in to_create
        }
        repeating = {
            it.name: it
            for it in self._declared.get(kind.name, {}).values()
            if it.name in series and it.state in (State.ACTIVE, None)
        }
        wanted = [it for it in planned if it.occurrence is not None and it.occurrence.manifest in repeating]
        wanted += [it for one in repeating.values() if (it := last_manifest_before(one, self.at)) is not None]
        self._remember(wanted)
        return tuple(it.name for it in wanted if it.name is not None)


def _date(live: Live) -> date:
    """Reads the date in a name that has one."""
    name = parsed(live.name)
    return name.day if name is not None else date.min
