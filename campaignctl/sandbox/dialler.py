"""Computes what has been called by a given moment. Pure: runs in, runs out; nothing here knows the time or the
database.

An account has one line for calls and one for messages, with a slot every so many seconds. Each slot goes to the
campaign that is ready and has waited longest, so campaigns that run together share the capacity.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from campaignctl.tuples import NamedTuple

WRAP_UP = 30.0
"""Seconds between a campaign's last call and its end: calls take time."""


Outcome: TypeAlias = Callable[[str, int], str]
"""From a number and how often it has been tried to what the try comes to."""


class Waiting(NamedTuple):
    """Holds a number to be tried again."""

    due: float
    place: int
    tries: int
    outcome: str


class Result(NamedTuple):
    """Holds what became of a number, for good."""

    place: int
    outcome: str
    tries: int
    at: float


@dataclass(frozen=True, slots=True)
class Retries:
    """Says when a number is tried again: after `interval` seconds, doubled each time if `doubles`."""

    number: int = 0
    interval: float = 0.0
    doubles: bool = False
    on: frozenset[str] = frozenset()

    def wait(self, tries: int, outcome: str) -> float | None:
        """Returns the seconds until the next try, None when there is none."""
        if tries > self.number or outcome not in self.on:
            return None
        return self.interval * (2 ** (tries - 1) if self.doubles else 1)


@dataclass(frozen=True, slots=True)
class DiallingProgress:
    """Holds how far a campaign is: the first `begun` numbers have been tried; `last` is when one was last tried."""

    begun: int = 0
    waiting: tuple[Waiting, ...] = ()
    results: tuple[Result, ...] = ()
    last: float = 0.0


@dataclass(frozen=True, slots=True)
class CampaignRun:
    """Holds a campaign in progress. `ready` is its start or its last resume; `gap` the least seconds between calls.

    `over` is when it was over, None while it runs; `unfinished` that its end came first. With `waits_at_end` those
    who were not reached by then keep waiting. `outcome` says what each of its own tries comes to.
    """

    sid: str
    people: Sequence[str]
    ready: float
    ends: float
    gap: float = 0.0
    retries: Retries = Retries()
    progress: DiallingProgress = DiallingProgress()
    over: float | None = None
    unfinished: bool = False
    waits_at_end: bool = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class DialLine:
    """Holds a line of an account: seconds between slots, and when the next one is free."""

    every: float
    free: float = 0.0


def settle(
    runs: Sequence[CampaignRun], line: DialLine, until: float, outcome: Outcome
) -> tuple[tuple[CampaignRun, ...], DialLine]:
    """Makes every call that was due by `until`, and ends what has nothing left or whose end has come."""
    dials = [_Dial(run, place) for place, run in enumerate(runs)]
    coming = [(dial.next, dial.place) for dial in dials if dial.next is not None]
    heapq.heapify(coming)
    ready: list[tuple[float, int]] = []
    free = line.free
    while coming or ready:
        moment = free if ready else max(free, coming[0][0])
        if moment > until:
            break
        while coming and coming[0][0] <= moment:
            _, place = heapq.heappop(coming)
            heapq.heappush(ready, (dials[place].last, place))
        _, place = heapq.heappop(ready)
        dial = dials[place]
        if moment >= dial.run.ends:
            continue
        dial.call(moment, outcome)
        free = moment + line.every
        if dial.next is not None:
            heapq.heappush(coming, (dial.next, place))
    return tuple(dial.closed(until) for dial in dials), DialLine(line.every, free)


def counted(run: CampaignRun) -> dict[str, int]:
    """Counts how many numbers ended how; `retry` wait for another try, `untried` for their first."""
    counts = {"retry": len(run.progress.waiting), "untried": len(run.people) - run.progress.begun}
    for result in run.progress.results:
        counts[result.outcome] = counts.get(result.outcome, 0) + 1
    return counts


@dataclass
class _Dial:
    """Holds a run while it is being settled."""

    run: CampaignRun
    place: int
    begun: int = 0
    last: float = 0.0
    waiting: list[Waiting] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def __post_init__(self) -> None:
        progress = self.run.progress
        self.begun, self.last = progress.begun, progress.last
        self.waiting, self.results = list(progress.waiting), list(progress.results)
        heapq.heapify(self.waiting)

    @property
    def next(self) -> float | None:
        """Returns when it wants its next slot; None when everybody has a result or the end comes first."""
        earliest = max(self.run.ready, self.last + self.run.gap)
        if self.begun < len(self.run.people):
            wanted = earliest
        elif self.waiting:
            wanted = max(earliest, self.waiting[0].due)
        else:
            return None
        return wanted if wanted < self.run.ends else None

    def call(self, moment: float, outcome: Outcome) -> None:
        """Makes one try: of a number whose retry is due, else of the next new one."""
        if self.waiting and self.waiting[0].due <= moment:
            again = heapq.heappop(self.waiting)
            index, tries = again.place, again.tries + 1
        else:
            index, tries = self.begun, 1
            self.begun += 1
        word = (self.run.outcome or outcome)(self.run.people[index], tries)
        wait = self.run.retries.wait(tries, word)
        if wait is not None and moment + wait < self.run.ends:
            heapq.heappush(self.waiting, Waiting(moment + wait, index, tries, word))
        else:
            self.results.append(Result(index, word, tries, moment))
        self.last = moment

    def closed(self, until: float) -> CampaignRun:
        """Returns the run as it is at `until`."""
        unfinished = self.begun < len(self.run.people) or bool(self.waiting)
        over = self.run.ends
        if not unfinished:
            over = min(max(self.last, self.run.ready) + WRAP_UP, self.run.ends)
        progress = DiallingProgress(self.begun, tuple(self.waiting), tuple(self.results), self.last)
        run = replace(self.run, progress=progress)
        if over > until:
            return run
        run = replace(run, over=over, unfinished=unfinished)
        return run if unfinished and run.waits_at_end else _cut(run, over)


def _cut(run: CampaignRun, at: float, untried: str = "failed-no-attempt") -> CampaignRun:
    """Ends a run: what is left at the end has failed."""
    progress = run.progress
    late = [Result(left.place, left.outcome, left.tries, at) for left in progress.waiting]
    late += [Result(index, untried, 0, at) for index in range(progress.begun, len(run.people))]
    return replace(
        run,
        progress=DiallingProgress(len(run.people), (), (*progress.results, *late), progress.last),
        over=at,
    )


def completed_by_hand(run: CampaignRun, at: float) -> CampaignRun:
    """Completes a run by hand: the numbers not yet reached are marked failed [001]."""
    waiting = tuple(left._replace(outcome="failed") for left in run.progress.waiting)
    return _cut(replace(run, progress=replace(run.progress, waiting=waiting)), at, untried="failed")
