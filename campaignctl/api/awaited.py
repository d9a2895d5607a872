"""Says what campaigns need to know of others: results that they wait for, people whom they leave out (gates.md 2.8).

Such a campaign is looked up though its window is over, and read by its SID where a list leaves its counters out.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from campaignctl.api.client import Client
from campaignctl.kinds.lifecycle import ENDING_STATES
from campaignctl.model.campaigns import Desired, Listing, Live, by_kind_and_name
from campaignctl.model.dated_names import parsed
from campaignctl.model.windows import window_of
from campaignctl.recipients.leaving_out import earlier_campaign

if TYPE_CHECKING:
    from campaignctl.api.dates import Dates


@dataclass(frozen=True)
class AwaitedCampaigns(Container[object]):
    """Holds KIND/NAME of those that manifests name which are not over; `of_lists` are named by lists of the project."""

    client: Client
    manifests: Sequence[Desired]
    dates: Dates | None
    of_lists: frozenset[str] = frozenset()

    def __contains__(self, campaign: object) -> bool:
        """Tells whether a campaign is awaited; of one that repeats each of its dates is."""
        if campaign in self._named:
            return True
        name = parsed(campaign) if isinstance(campaign, str) else None
        return name is not None and name.base in self._named

    def targets(self, kind: str) -> frozenset[str]:
        """Returns names of a kind whose campaigns must all be known, finished ones beside one that is alive too: their
        people are left out. Of one that repeats the name before its dates stands for them all.
        """
        return frozenset(name for it, name in self._left_out() if it.kind.name == kind)

    def with_counters(self, listing: Listing) -> Listing:
        """Adds the counters, which a list may leave out, to the campaigns that are awaited."""
        campaigns = [
            self.client.get(live.kind, live.sid) or live
            if live.stats is None and self._is_awaited(live)
            else live
            for live in listing.campaigns
        ]
        return listing._replace(campaigns=tuple(campaigns))

    @cached_property
    def _subjects(self) -> Sequence[Desired]:
        """Returns the manifests that may still create or resume something: what is over asks nothing."""
        now = self.client.now()
        return [
            it
            for it in self.manifests
            if (it.after or it.suppress)
            and it.state not in ENDING_STATES
            and not window_of(it.kind, it.spec).over(now)
        ]

    @cached_property
    def _named(self) -> frozenset[str]:
        waited = (it.campaign for one in self._subjects for it in one.after)
        return (
            frozenset(waited)
            | {name for one in self._subjects for name in _suppressed_by(one)}
            | self.of_lists
        )

    @cached_property
    def _by_name(self) -> Mapping[str, Desired]:
        return by_kind_and_name(self.manifests)

    def _is_awaited(self, live: Live) -> bool:
        return (
            live.sid in self._pins
            or f"{live.kind.short}/{live.name}" in self
            or self._has_previous_name(live)
        )

    def _has_previous_name(self, live: Live) -> bool:
        name = parsed(live.name)
        bases = {live.name, name.base if name is not None else live.name}
        return any(f"{live.kind.short}/{it}" in self._previous for it in bases)

    @cached_property
    def _manifests_named(self) -> Sequence[Desired]:
        return [self._by_name[it] for it in self._named if it in self._by_name]

    @cached_property
    def _pins(self) -> frozenset[str]:
        return frozenset(it.sid for it in self._manifests_named if it.sid)

    @cached_property
    def _previous(self) -> frozenset[str]:
        return frozenset(
            f"{it.kind.short}/{it.previous_name}" for it in self._manifests_named if it.previous_name
        )

    def _left_out(self) -> Iterator[tuple[Desired, str]]:
        """Yields the manifests whose people are left out, each with the names of its campaigns."""
        named = [(subject, it) for subject in self._subjects for it in _suppressed_by(subject)]
        for subject, written in (*named, *((None, it) for it in self.of_lists)):
            if other := self._by_name.get(written):
                yield from ((other, name) for name in self._names(other, subject))

    def _names(self, other: Desired, subject: Desired | None) -> Iterable[str]:
        """Returns the names of the campaigns that are meant: where both repeat, by the dates that are planned."""
        subjects: Sequence[Desired | None] = (subject,)
        if self.dates is not None and other.repeat and subject is not None and subject.repeat:
            subjects = self.dates.planned_of(subject)
        return {name for it in subjects for name in earlier_campaign(other, it).names}


def _suppressed_by(desired: Desired) -> Iterator[str]:
    return (it.campaign for it in desired.suppress if it.campaign)
