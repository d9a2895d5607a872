"""Finds everything that could call, to be stopped; what calls now is told as soon as it is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from campaignctl.api.client import Client
from campaignctl.api.encoding import ALIVE_WORDS, IN_PROGRESS_WORDS
from campaignctl.api.listing import is_refusal, latest_first, new_reading, no_such_part
from campaignctl.api.sparing import read_sparingly
from campaignctl.errors import ApiError
from campaignctl.kinds import KINDS
from campaignctl.kinds.endpoints import Endpoint
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live

AT_ONCE: Final = 50
"""How many of what calls now are asked for at a time: a short answer comes soon, and the next one is fresh."""
MOST_TIMES: Final = 2
"""In how many looks a campaign is given, however long it shows as calling."""


@dataclass
class Sweep:
    """Looks once over both kinds for campaigns of `statuses`. Whoever asks may stop them between two answers.

    `seen` are all campaigns that were read, as they were seen last, by SID. `troubles` are the kinds that could not
    be read completely, by name, and `elsewhere` those of endpoints that the environment does not use, which are out
    of reach, once the looking is over. `tell` is told what takes long.
    """

    client: Client
    statuses: Collection[Status]
    tell: Callable[[str], None] = lambda _sentence: None
    seen: dict[str, Live] = field(default_factory=dict)
    troubles: dict[str, ApiError | None] = field(default_factory=dict)
    elsewhere: tuple[Live, ...] = ()
    _handed_out: set[str] = field(default_factory=set)
    _times: Counter[str] = field(default_factory=Counter)

    def look_again(self) -> None:
        """Starts another look, in which a campaign that still calls is given once more."""
        self._handed_out.clear()

    def in_waves(self) -> Iterator[tuple[Live, ...]]:
        """Yields each campaign once: first those in progress, by short and fresh answers; then `everything`.

        Raises `ApiError` where nothing at all could be read.
        """
        if Status.IN_PROGRESS in self.statuses:
            for kind in KINDS.values():
                yield from self._tolerantly(kind, self._calling_now(kind))
            self._raise_if_blind()
        yield from self.everything()

    def everything(self) -> Iterator[tuple[Live, ...]]:
        """Yields each campaign once: those in progress as they are seen, those that may only begin at the end."""
        waiting: list[Live] = []
        for kind in KINDS.values():
            for found in self._tolerantly(kind, self._alive(kind)):
                wanted = self._new(found, self.statuses)
                yield tuple(live for live in wanted if live.status is Status.IN_PROGRESS)
                waiting.extend(live for live in wanted if live.status is not Status.IN_PROGRESS)
        self._raise_if_blind()
        yield tuple(waiting)
        others = filter(None, map(self.client.environment.other_endpoint, KINDS.values()))
        self.elsewhere = tuple(chain.from_iterable(map(self._elsewhere, others)))

    @property
    def unread(self) -> dict[str, str]:
        """Returns the kinds of which unseen campaigns may go on calling, each with the reason.

        A kind that is not there holds nothing.
        """
        return {
            kind: str(error or "")
            for kind, error in self.troubles.items()
            if error is None or not no_such_part(error)
        }

    def _calling_now(self, kind: Kind) -> Iterator[tuple[Live, ...]]:
        """Yields the first page of what is in progress, again and again while it shows a campaign that none before
        did. What was stopped has left it, what has begun meanwhile has joined it. This proves no absence: where the
        filter is not understood, it is a look at the latest campaigns.
        """
        endpoint = self.client.endpoint(kind)
        while True:
            try:
                page = self.client.list_page(
                    kind, offset=0, limit=AT_ONCE, statuses=IN_PROGRESS_WORDS, sort=endpoint.latest_sort
                )
            except ApiError as error:
                if is_refusal(error):
                    return
                raise
            found = self._new(page.items, (Status.IN_PROGRESS,))
            if not found:
                return
            yield found

    def _alive(self, kind: Kind) -> Iterator[tuple[Live, ...]]:
        """Yields the alive at once where the filter shows them, else the complete list page by page, the latest
        first.
        """
        sparing = read_sparingly(self.client, kind)
        reading = sparing.reading
        if reading is not None:
            yield tuple(reading.found.values())
        else:
            label = self.client.endpoint(kind).collection
            minutes = -(-self.client.estimate(sparing.scan_cost) // 60)
            self.tell(
                f"the status filter of {label} cannot be relied on: all of it is read, "
                f"{sparing.scan_cost} requests, some {minutes} minutes"
            )
            reading = new_reading()
            for page in latest_first(self.client, kind, reading):
                yield page.items
        if not reading.complete:
            self.troubles[kind.name] = None

    def _elsewhere(self, endpoint: Endpoint) -> tuple[Live, ...]:
        """Looks once at another endpoint: nobody knows whether the endpoints list each other's campaigns, nor
        whether this one exists.
        """
        try:
            page = self.client.list_page(
                endpoint.kind,
                offset=0,
                limit=endpoint.page_limit,
                statuses=ALIVE_WORDS,
                sort=endpoint.latest_sort,
                collection=endpoint.collection,
            )
        except ApiError:
            return ()
        return tuple(
            live for live in page.items if live.status in self.statuses and live.sid not in self.seen
        )

    def _tolerantly(self, kind: Kind, found: Iterator[tuple[Live, ...]]) -> Iterator[tuple[Live, ...]]:
        """Passes campaigns on, and notes what cannot be read of one kind: it must not keep the other kind calling."""
        self.troubles.pop(kind.name, None)
        try:
            yield from found
        except ApiError as error:
            self.troubles[kind.name] = error

    def _raise_if_blind(self) -> None:
        errors = [error for error in self.troubles.values() if error is not None]
        if len(errors) == len(KINDS) and not self.seen:
            raise errors[0]

    def _new(self, found: Iterable[Live], statuses: Collection[Status]) -> tuple[Live, ...]:
        """Returns the campaigns of the statuses that this look has not given before."""
        found = tuple(found)
        self.seen.update({live.sid: live for live in found})
        new = tuple(live for live in found if live.status in statuses and self._may_give(live.sid))
        self._handed_out.update(live.sid for live in new)
        self._times.update(live.sid for live in new)
        return new

    def _may_give(self, sid: str) -> bool:
        return sid not in self._handed_out and self._times[sid] < MOST_TIMES
