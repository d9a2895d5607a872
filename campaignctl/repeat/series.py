"""Plans manifests that repeat beside an account: which dates are planned, which withdrawn, which series stopped.

Imported where a manifest repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from campaignctl.diagnostics import some_of
from campaignctl.kinds.counters import NEVER_TRIED, NOT_FINAL
from campaignctl.kinds.lifecycle import State, Status
from campaignctl.model.campaigns import Desired, Live, Snapshot
from campaignctl.model.dated_names import parsed
from campaignctl.model.recurrence import Recurrence
from campaignctl.model.windows import instant, window_of
from campaignctl.repeat.dates import dates_of
from campaignctl.repeat.manifests import (
    last_manifest_before,
    occurrence_manifest,
    planned_manifests,
    reserving,
)
from campaignctl.repeat.occurrences import occurrence_on, running_between, today
from campaignctl.zones import zone

Fresh = Callable[[Live], Live | None]
"""How a campaign stands now; None for one that is not there."""

_MOST_NAMED = 5


@dataclass(frozen=True)
class _DatedCampaign:
    """Holds a campaign of the account whose name is reserved to a manifest that repeats, and the date in that name."""

    day: date
    live: Live


class Repeating:
    """Holds the manifests of a project that repeat, expanded as of a moment."""

    def __init__(
        self,
        all_manifests: Iterable[Desired],
        snapshot: Snapshot,
        at: datetime,
        leave_out: Callable[[Desired], Desired] = lambda dated: dated,
    ) -> None:
        """Expands the manifests; `at` is now, or when the plan was made that is applied."""
        self.at, self._leave_out = at, leave_out
        self._manifests = tuple(it for it in all_manifests if it.repeat is not None)
        self._reserved = reserving(self._manifests)
        self._by_name = {(it.kind.name, it.name): it for it in self._manifests}
        self._snapshot = snapshot
        self._expanded: dict[int, tuple[Desired, tuple[Desired, ...]]] = {}

    @cached_property
    def _by_manifest(self) -> Mapping[tuple[str, str | None], Sequence[_DatedCampaign]]:
        """Returns, by manifest, all campaigns that have one of its names."""
        found: dict[tuple[str, str | None], list[_DatedCampaign]] = {}
        for listing in self._snapshot.listings.values():
            for live in listing.campaigns:
                if (reserved := self.reserved_to(live)) is not None:
                    found.setdefault(_key(reserved[0]), []).append(_DatedCampaign(reserved[1], live))
        return found

    def reserved_to(self, live: Live) -> tuple[Desired, date] | None:
        """Returns the manifest that a campaign's name is reserved to, and the date in it."""
        name = parsed(live.name)
        owner = self._reserved.get((live.kind.name, name.base)) if name else None
        return (owner, name.day) if owner is not None and name is not None else None

    def manifest_of(self, desired: Desired) -> Desired | None:
        """Returns the manifest that an occurrence is of."""
        of = desired.occurrence
        return self._by_name.get((desired.kind.name, of.manifest)) if of is not None else None

    def moves_holidays(self, desired: Desired) -> bool:
        """Tells whether an occurrence that is put into `except` runs on another date instead."""
        manifest = self.manifest_of(desired)
        return manifest is not None and manifest.repeat is not None and manifest.repeat.moves

    # -- rule 5: what is planned -------------------------------------------------------------------------------

    def expand(self, manifests: Iterable[Desired]) -> tuple[Desired, ...]:
        """Puts the occurrences that are planned in place of what repeats; the same objects each time."""
        return tuple(one for it in manifests for one in self._planned(it))

    def _planned(self, manifest: Desired) -> tuple[Desired, ...]:
        if manifest.repeat is None:
            return (manifest,)
        key = id(manifest)  # a later look may have filled in its lists
        if key not in self._expanded:
            self._expanded[key] = manifest, tuple(self._planned_anew(manifest, manifest.repeat))
        return self._expanded[key][1]

    def _planned_anew(self, manifest: Desired, rule: Recurrence) -> Iterator[Desired]:
        """Yields the dates from today to the horizon, and whatever else is alive."""
        by_date = planned_manifests(manifest, self.at)
        days = {it.occurrence.day for it in by_date if it.occurrence is not None}
        alive = {it.day for it in self._by_manifest.get(_key(manifest), ()) if it.live.alive} - days
        besides = (occurrence_on(rule, day) for day in sorted(alive))
        yield from map(self._leave_out, by_date)
        yield from (self._leave_out(occurrence_manifest(manifest, it)) for it in besides if it is not None)

    def earlier(self) -> Iterator[Desired]:
        """Yields the dates before today that are not alive, as their manifests have them: they may have reached
        people.
        """
        for manifest in self._manifests:
            if manifest.repeat is None:
                continue
            here, planned = today(manifest.repeat, self.at), {it.name for it in self._planned(manifest)}
            for it in running_between(manifest.repeat, date.min, here - timedelta(days=1)):
                one = occurrence_manifest(manifest, it)
                if one.name not in planned:
                    yield one

    def ending_soon(self, selected: Iterable[Desired]) -> Iterator[str]:
        """Notes each manifest whose last date lies within the horizon or behind."""
        ending = []
        for it in selected:
            last = (
                max((on.runs_on for on in dates_of(it.repeat) if on.runs_on), default=None)
                if it.repeat
                else None
            )
            if it.repeat is not None and last is not None:
                horizon = timedelta(days=it.repeat.horizon)
                ending += (
                    [f"{it.kind.short}/{it.name} ({last})"]
                    if last <= today(it.repeat, self.at) + horizon
                    else []
                )
        if ending:
            yield (
                f"the last date lies within the horizon or behind: {some_of(ending, _MOST_NAMED)}; after it nobody is "
                "called unless the rule is given a later end"
            )

    def came_today(self) -> tuple[str, ...]:
        """Returns the dates that the last midnight brought within the horizon: a plan of yesterday does not have
        them.
        """
        return tuple(
            one.name or ""
            for it in self._manifests
            if it.repeat is not None
            for day in [today(it.repeat, self.at) + timedelta(days=it.repeat.horizon)]
            for one in (occurrence_manifest(it, found) for found in running_between(it.repeat, day, day))
        )

    # -- rule 7: a live start within another's window ----------------------------------------------------------

    def notes_on(self, desired: Desired, live: Live) -> Iterator[str]:
        """Notes that two dates of one series may call at once, where somebody moved one of them."""
        manifest, start = self.manifest_of(desired), window_of(live.kind, live.spec).start
        if manifest is None or manifest.repeat is None or start is None or desired.occurrence is None:
            return
        rule, day = manifest.repeat, start.astimezone(zone(manifest.repeat.time_zone)).date()
        for it in running_between(rule, day, day):
            if it.day != desired.occurrence.day and it.start <= start < it.end:
                yield f"it starts live at {start.isoformat()}, within the window of the occurrence of {it.day}"

    # -- rule 11: stopped by hand ------------------------------------------------------------------------------

    def stopped(
        self, desired: Desired, now: datetime, fresh: Fresh | None = None, read: Fresh | None = None
    ) -> bool:
        """Tells whether somebody has stopped the series.

        `fresh` gives a campaign as it stands now, None for one that is no longer alive; `read` looks at one by its
        SID, where a list leaves its counters out.
        """
        manifest = self.manifest_of(desired)
        if manifest is None or manifest.repeat is None or manifest.state not in (State.ACTIVE, None):
            return False
        seen = [it for it in self._held(manifest, manifest.repeat) if it.live.sid]
        if fresh is not None:
            seen = [_DatedCampaign(it.day, _as_now(it.live, fresh(it.live))) for it in seen]
        starts = [(_start(it, manifest.repeat), it) for it in seen]
        ahead = [it for start, it in starts if start is not None and start > now]
        if ahead:
            return all(_is_stopped(it.live) for it in ahead)
        began = [(start, it.live.sid, it) for start, it in starts if start is not None]
        return bool(began) and _ended_early(_counted(max(began)[2], read), manifest.repeat)

    def _held(self, manifest: Desired, rule: Recurrence) -> Iterator[_DatedCampaign]:
        """Yields what the account holds of the dates that the rule yields: the alive, and of the finished the
        planned ones and the last before them, so that it does not matter how much was read.
        """
        days = {it.occurrence.day for it in planned_manifests(manifest, self.at) if it.occurrence is not None}
        last = last_manifest_before(manifest, self.at)
        if last is not None and last.occurrence is not None:
            days.add(last.occurrence.day)
        for it in self._by_manifest.get(_key(manifest), ()):
            known = it.live.alive or (it.live.finished and it.day in days)
            if known and occurrence_on(rule, it.day) is not None:
                yield it


def _key(manifest: Desired) -> tuple[str, str | None]:
    return manifest.kind.name, manifest.name


def _as_now(live: Live, fresh: Live | None) -> Live:
    """Returns a campaign as it is now. One that was alive and is not any more was ended meanwhile."""
    if fresh is not None:
        return fresh
    return live if live.finished else live._replace(status=Status.COMPLETED, stats=None, updated=None)


def _counted(dated: _DatedCampaign, read: Fresh | None) -> _DatedCampaign:
    """Adds the counters: what is over and shows none may have been read in a list that leaves them out."""
    if read is None or not dated.live.finished or dated.live.stats is not None:
        return dated
    return replace(dated, live=read(dated.live) or dated.live)


def _is_stopped(live: Live) -> bool:
    """Tells whether a campaign whose start lies ahead was stopped: paused, or ended by hand.

    One that failed is neither.
    """
    return live.status is Status.PAUSED or (live.finished and live.status is not Status.FAILED)


def _start(dated: _DatedCampaign, rule: Recurrence) -> datetime | None:
    """Returns the live start; where that is not shown, the rule's."""
    start = window_of(dated.live.kind, dated.live.spec).start
    occurrence = occurrence_on(rule, dated.day)
    return start or (occurrence.start if occurrence is not None else None)


def _ended_early(dated: _DatedCampaign, rule: Recurrence) -> bool:
    """Tells whether a campaign was paused, or is over before its end though somebody was still open or never tried;
    what is not shown counts so.
    """
    live, occurrence = dated.live, occurrence_on(rule, dated.day)
    if live.status is Status.PAUSED:
        return True
    if not live.finished:
        return False
    end = window_of(live.kind, live.spec).end or (occurrence.end if occurrence is not None else None)
    updated = _moment(live.updated)
    if updated is not None and end is not None and updated >= end:
        return False
    return live.stats is None or any(live.stats.get(word, 0) for word in NOT_FINAL | NEVER_TRIED)


def _moment(text: str | None) -> datetime | None:
    try:
        return instant(text) if text else None
    except ValueError:
        return None
