"""Judges one campaign that a guard sees in progress: nothing, a breach, or that it cannot tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property

from campaignctl.diagnostics import Severity
from campaignctl.gates.counters import counters_of
from campaignctl.gates.limits import Figures, StopWhen, limits_of
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.environment import Environment
from campaignctl.model.windows import in_zone, window_of
from campaignctl.planning.ambiguous import looks_foreign
from campaignctl.planning.match import is_of_series
from campaignctl.planning.terms import Terms
from campaignctl.policy import RULES, level_of
from campaignctl.policy.hours import CallingDay, written_hours, zone_name
from campaignctl.tuples import NamedTuple
from campaignctl.zones import zone


class Code(StrEnum):
    """Names why a guard pauses."""

    STOP_WHEN = "stop-when"
    CALLING_HOURS = "calling-hours"


class Breach(NamedTuple):
    """Says why a campaign is paused, or told of where `severity` is a warning."""

    code: Code
    message: str
    figures: Figures | None = None
    severity: Severity = Severity.ERROR


class Judgement(NamedTuple):
    """Holds a judgement.

    `breaches` are in the order in which they count. `judged` is False where the account shows no counters.
    """

    breaches: tuple[Breach, ...] = ()
    judged: bool = True

    @property
    def pauses(self) -> Breach | None:
        """Returns the breach for which the campaign is paused; None where it goes on."""
        return next((it for it in self.breaches if it.severity is Severity.ERROR), None)


@dataclass(frozen=True)
class Watch:
    """Decides which campaigns a guard looks at: those of the manifests selected, and all others where they are
    watched too.
    """

    manifests: tuple[Desired, ...]
    terms: Terms

    @property
    def environment(self) -> Environment:
        """Returns whose account it is."""
        return self.terms.environment

    @property
    def unmanaged(self) -> bool:
        """Tells whether campaigns are watched that no manifest names."""
        return self.environment.guard.get("unmanaged") is True

    @property
    def kinds(self) -> frozenset[str]:
        """Returns the names of the kinds of which there may be something to watch."""
        from campaignctl.kinds import KINDS

        return frozenset(KINDS) if self.unmanaged else frozenset(it.kind.name for it in self.manifests)

    def manifest_of(self, live: Live) -> Desired | None:
        """Returns the manifest that means the campaign: by SID, else by name, which namesakes of a pinned one have too;
        None for somebody else's.

        Each name of a date is reserved to the manifest that repeats. A plan's own matching (`planning.match`) is
        stricter about namesakes, since it acts on them.
        """
        pinned = self._pinned.get(live.sid)
        if pinned is not None:
            return pinned
        named = self._named.get((live.kind.name, live.name), ())
        found = next((it for it in named if not looks_foreign(it, live, self.terms)), None)
        dated = (it for it in self._repeating if it.kind is live.kind and is_of_series(it, live.name))
        return found or next(dated, None)

    @cached_property
    def _pinned(self) -> Mapping[str, Desired]:
        return {it.sid: it for it in reversed(self.manifests) if it.sid}

    @cached_property
    def _named(self) -> Mapping[tuple[str, str | None], Sequence[Desired]]:
        """Returns the manifests that have a name, by kind and name."""
        found: dict[tuple[str, str | None], list[Desired]] = {}
        for it in self.manifests:
            if it.name and it.repeat is None:
                found.setdefault((it.kind.name, it.name), []).append(it)
        return found

    @cached_property
    def _repeating(self) -> Sequence[Desired]:
        return [it for it in self.manifests if it.repeat is not None and not it.sid]

    def watches(self, live: Live) -> bool:
        """Tells whether a campaign is looked at."""
        return self.unmanaged or self.manifest_of(live) is not None

    def limits(self, desired: Desired | None) -> StopWhen:
        """Returns the limits of a manifest over those of the project."""
        return limits_of(self.environment, desired.stop_when if desired else {})

    def judge(self, live: Live, now: datetime) -> Judgement:
        """Judges a campaign in progress, at a moment."""
        desired = self.manifest_of(live)
        late = _outside_hours(live, desired, self.environment, now)
        limits = self.limits(desired)
        if not limits.limits:
            return Judgement((late,) if late else ())
        counters = counters_of(live, self.environment.country)
        crossing = limits.crossed_by(counters) if counters else None
        breaches = [Breach(Code.STOP_WHEN, f"it crosses stop_when: {crossing}", crossing)] if crossing else []
        return Judgement((*breaches, *([late] if late else [])), judged=counters is not None)

    def seconds_to_close(self, now: datetime) -> float | None:
        """Returns the seconds until the next end of calling hours in one of the campaigns' zones; None where no
        hours are kept.
        """
        if level_of(RULES["calling_hours"], self.environment) is None:
            return None
        closes = (CallingDay.of(it, self.environment).closes for it in self._moments(now))
        ahead = [it - now for it in closes if it > now]
        return min(ahead) / timedelta(seconds=1) if ahead else None

    def _moments(self, now: datetime) -> Iterable[datetime]:
        """Yields now as the clocks of each campaign show it."""
        if zone_name(self.environment):
            return (now,)
        return {in_zone(now, own) for it in self.manifests if (own := _own_zone(it))}


def _own_zone(desired: Desired) -> tzinfo | None:
    """Returns whose clocks it follows; None without a start."""
    if desired.repeat is not None:
        return zone(desired.repeat.time_zone)
    start = window_of(desired.kind, desired.spec).start
    return start.tzinfo if start else None


def _outside_hours(
    live: Live, desired: Desired | None, environment: Environment, now: datetime
) -> Breach | None:
    """Tells whether it calls though nobody may be called now. Where nobody knows the zone it is not judged."""
    level = level_of(RULES["calling_hours"], environment)
    if level is None:
        return None
    moment = now
    if zone_name(environment) is None:
        own = _own_zone(desired) if desired else None
        if own is None:
            return None
        moment = in_zone(now, own)
    day = CallingDay.of(moment, environment)
    if day.lets_begin(now):
        return None
    local = day.local(now)
    message = f"it {live.kind.verb} at {local:%H:%M}, outside the calling hours {written_hours(environment)}"
    return Breach(Code.CALLING_HOURS, message, severity=level)
