"""Says how long a campaign may run, and whom it may not reach: typically, at worst, and beside others of its
account.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import TypeAlias

from campaignctl.kinds.lifecycle import DEFAULT_WINDOW
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.overlaps import NOTHING_ELSE, FindLoad, Load, RunKey, date_key
from campaignctl.model.windows import after, window_of
from campaignctl.policy import closed_forms
from campaignctl.policy.closed_forms import Workload
from campaignctl.policy.prediction import declared_end, end_of, number_count, workload_of
from campaignctl.policy.subject import OtherRun, Subject
from campaignctl.tuples import NamedTuple


class Forecast(NamedTuple):
    """Holds one view of a run: whole minutes, when they are over, cut at the end, and how many people are still
    waiting then.
    """

    minutes: int
    end: datetime
    unfinished: int


class SharedForecast(NamedTuple):
    """Holds the run beside `campaigns` others of the account, all of whose calls may come first; None where one of
    them is unknown.
    """

    minutes: int | None
    end: datetime | None
    unfinished: int | None
    campaigns: int


class Forecasts(NamedTuple):
    """Holds how long a campaign of at most so many people runs; None where nobody can tell, `shared` also where it
    is alone.
    """

    people: int | None
    typical: Forecast | None
    worst: Forecast | None
    shared: SharedForecast | None


def forecasts_of(subject: Subject, load: Load = NOTHING_ELSE) -> Forecasts:
    """Returns all views of a run. `subject` begins; `load` is that of what overlaps it."""
    begins, workload = subject.begins, workload_of(subject)
    assert begins is not None, "one that never begins never ends"
    if workload is None:
        shared = SharedForecast(None, None, None, load.campaigns) if load.campaigns else None
        return Forecasts(number_count(subject), None, None, shared)
    span = _Span.of(begins, declared_end(subject))
    typical, worst = _alone(workload, span.length)
    return Forecasts(
        workload.people, span.forecast(*typical), span.forecast(*worst), _shared(span, workload, load)
    )


class _Span(NamedTuple):
    """Holds from where it begins to its declared end, and how long that is; None without an end."""

    begins: datetime
    end: datetime | None
    length: timedelta | None

    @classmethod
    def of(cls, begins: datetime, end: datetime | None) -> _Span:
        return cls(begins, end, None if end is None else end - begins)

    def forecast(self, minutes: int, unfinished: int) -> Forecast:
        return Forecast(minutes, end_of(self.begins, minutes, self.end), unfinished)


_Measured: TypeAlias = tuple[int, int]
"""Minutes, and how many people are still waiting when the window ends."""


@lru_cache(maxsize=4096)
def _alone(workload: Workload, length: timedelta | None) -> tuple[_Measured, _Measured]:
    """Measures the typical and the longest run, once for all that call as many in as long."""
    unfinished = 0 if length is None else closed_forms.typical_unfinished(workload, length)
    return (closed_forms.typical_minutes(workload), unfinished), _at_worst(workload, length, 0)


def _at_worst(workload: Workload, length: timedelta | None, others: int) -> _Measured:
    unfinished = 0 if length is None else closed_forms.worst_unfinished(workload, length, others)
    return closed_forms.worst_minutes(workload) + others, unfinished


def _shared(span: _Span, workload: Workload, load: Load) -> SharedForecast | None:
    if not load.campaigns:
        return None
    if load.minutes is None:
        return SharedForecast(None, None, None, load.campaigns)
    forecast = span.forecast(*_at_worst(workload, span.length, load.minutes))
    return SharedForecast(*forecast, load.campaigns)


# -- beside others ---------------------------------------------------------------------------------------------


class OtherRuns:
    """Holds the campaigns that share an account, to be asked which of them overlap a window, and what they ask of
    it.

    They are sorted once; a question takes two searches, however many there are.
    """

    def __init__(self, runs: Iterable[OtherRun], capacities: Mapping[str, int]) -> None:
        by_kind: dict[str, list[OtherRun]] = {}
        for run in runs:
            by_kind.setdefault(run.kind, []).append(run)
        self._lanes = {kind: _Lane(mine, capacities[kind]) for kind, mine in by_kind.items()}

    def find_load(self, kind: str, begins: datetime, ends: datetime, key: RunKey) -> Load:
        """Returns what overlaps a window; see `FindLoad`."""
        lane = self._lanes.get(kind)
        return NOTHING_ELSE if lane is None else lane.load(_seconds(begins), _seconds(ends), key)


class _Totals:
    """Sums over what comes first in an order: how many, how many of them unknown, and their minutes."""

    def __init__(self, moments: Sequence[float], loads: Sequence[int | None]) -> None:
        order = sorted(range(len(moments)), key=moments.__getitem__)
        self.moments = [moments[place] for place in order]
        self._minutes = [0, *accumulate(loads[place] or 0 for place in order)]
        self._unknown = [0, *accumulate(loads[place] is None for place in order)]

    def before(self, place: int) -> tuple[int, int, int]:
        return place, self._unknown[place], self._minutes[place]


_FIRST, _LAST = float("-inf"), float("inf")


class _Lane:
    """Holds the campaigns of one kind, by start and by end. What nobody sees is assumed to overlap everything."""

    def __init__(self, runs: Sequence[OtherRun], capacity: int) -> None:
        loads = [None if it.attempts is None else -(-it.attempts // capacity) for it in runs]
        starts = [_FIRST if it.start is None else _seconds(it.start) for it in runs]
        ends = [_LAST if it.end is None else _seconds(it.end) for it in runs]
        ends = [max(start, end) for start, end in zip(starts, ends, strict=True)]
        self._by_start, self._by_end = _Totals(starts, loads), _Totals(ends, loads)
        self._own = {it.key: row for it, row in zip(runs, zip(starts, ends, loads, strict=True), strict=True)}

    def load(self, begins: float, ends: float, key: RunKey) -> Load:
        """Sums up all but those that start when it has ended, or end before it begins: no campaign does both."""
        if ends <= begins:
            return NOTHING_ELSE
        begun = self._by_start.before(bisect_left(self._by_start.moments, ends))
        over = self._by_end.before(bisect_right(self._by_end.moments, begins))
        campaigns, unknown, minutes = begun[0] - over[0], begun[1] - over[1], begun[2] - over[2]
        own = self._own.get(key)
        if own is not None and own[0] < ends and begins < own[1]:
            campaigns, unknown, minutes = campaigns - 1, unknown - (own[2] is None), minutes - (own[2] or 0)
        return Load(None if unknown else minutes, campaigns)


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def load_beside(subject: Subject, key: RunKey, find_load: FindLoad) -> Load:
    """Returns what overlaps the window of a campaign that begins, except itself; an end that is left out is 30 days
    after the start.
    """
    begins = subject.begins
    assert begins is not None, "one that never begins overlaps nothing"
    ends = window_of(subject.kind, subject.spec).end or after(begins, DEFAULT_WINDOW)
    return find_load(subject.kind.name, begins, ends, key)


def run_key(campaign: Desired | Live) -> RunKey:
    """Returns what tells a campaign from the others of an account: its manifest, else its SID, as of what is wanted by
    hand.
    """
    if not isinstance(campaign, Desired) or not campaign.where.file:
        return campaign.kind.name, campaign.sid
    of = campaign.occurrence
    if of is None:
        return campaign.kind.name, campaign.where
    return date_key(campaign.kind, campaign.where, of.day)


def other_run(subject: Subject, key: RunKey) -> OtherRun:
    """Returns how a campaign looks to the others of its account: it begins when its window does."""
    window, workload = window_of(subject.kind, subject.spec), workload_of(subject)
    attempts = None if workload is None else workload.most_attempts
    return OtherRun(subject.kind.name, window.start, window.end, attempts, key)
