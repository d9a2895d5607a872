"""Checks that nobody is called or texted outside the hours of one day; nothing but an end keeps a campaign within
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from campaignctl.diagnostics import Severity, counted
from campaignctl.kinds.lifecycle import DEFAULT_WINDOW
from campaignctl.kinds.table import Unit, Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment
from campaignctl.model.windows import after, in_zone, offset, utc, window_of
from campaignctl.policy.rules import CLOSING, OPENING
from campaignctl.policy.subject import Case, Subject, Violation
from campaignctl.zones import moment_of, zone

if TYPE_CHECKING:
    from campaignctl.model.overlaps import Load
    from campaignctl.model.recurrence import Recurrence

_MINUTE: Final = timedelta(minutes=1)


class CallingDay:
    """Holds the calling hours of one date; `where` is their time zone's name, None for the start's own offset.

    They are compared in UTC.
    """

    __slots__ = ("_bounds", "closes", "opens", "where")

    def __init__(self, opens: datetime, closes: datetime, where: str | None) -> None:
        self.opens, self.closes, self.where = opens, closes, where
        self._bounds = utc(opens), utc(closes)

    @classmethod
    def of(cls, moment: datetime, environment: Environment) -> CallingDay:
        """Returns the calling day of a moment, by the date there."""
        settings, where = hours_settings(environment), zone_name(environment)
        local = in_zone(moment, zone(where)) if where else moment
        assert local.tzinfo is not None, "a moment has an offset"
        return _calling_day(local.date(), local.tzinfo, settings.get("from"), settings.get("to"), where)

    def lets_begin(self, moment: datetime) -> bool:
        """Tells whether calls may begin at a moment."""
        opens, closes = self._bounds
        return opens <= moment < closes

    def lets_end(self, moment: datetime) -> bool:
        """Tells whether what ends at a moment ends in time."""
        return utc(moment) <= self._bounds[1]

    def local(self, moment: datetime) -> datetime:
        """Returns a moment as clocks there show it."""
        return in_zone(moment, self.closes.tzinfo)


@lru_cache(maxsize=4096)
def _calling_day(day: date, zone: tzinfo, opening: Value, closing: Value, where: str | None) -> CallingDay:
    """Makes a calling day, once for each: most campaigns begin on a few days."""
    opens = moment_of(day, _clock_time(opening, OPENING), zone, later=True)
    closes = moment_of(day, _clock_time(closing, CLOSING), zone, later=False)
    return CallingDay(opens, closes, where)


def calling_hours(case: Case) -> Iterator[Violation]:
    """Checks that a campaign begins within the hours of a day and ends by their end: nothing else stops a run that
    takes longer.
    """
    if case.subject.begins is None:
        return
    begins = _by_its_own_clock(case.subject.begins, case)
    day = CallingDay.of(begins, case.environment)
    if day.where is None and begins.utcoffset() == timedelta(0):
        message = "its start is in Z: calling hours are looked up in UTC"
        yield Violation(case.subject.start_path, message, Severity.WARN)
    begun = day.lets_begin(begins)
    if begun and day.lets_end(_standing_end(case.subject)):
        return
    case = case._replace(subject=case.subject._replace(begins=begins))
    yield from _too_late(case, begins, day) if begun else _outside(case, day)


def _outside(case: Case, day: CallingDay) -> Iterator[Violation]:
    starts, hours = _start(case.subject, day), written_hours(case.environment)
    message = f"it starts at {starts}, outside the calling hours {hours}"
    yield Violation(_place(case.desired, case.subject.start_path), message, details=(("end", None),))


def _too_late(case: Case, begins: datetime, day: CallingDay) -> Iterator[Violation]:
    """Yields that the end is too late, unless the longest run is what counts and ends in time."""
    load = _load(case)
    minutes = None if load is None else _longest_minutes(case.subject, load)
    worst = None if minutes is None else after(begins, minutes * _MINUTE)
    if worst is None or not day.lets_end(worst):
        yield _ends_too_late(case, day, _standing_end(case.subject), worst, load)


def _by_its_own_clock(begins: datetime, case: Case) -> datetime:
    """Returns a start in the offset of its own, as the manifest writes it: 22:30 there is no afternoon, whatever
    UTC has.
    """
    for spec in (case.desired.spec, case.subject.spec):
        start, end = window_of(case.subject.kind, spec)
        if start or end:
            return in_zone(begins, (start or end).tzinfo)  # type: ignore[union-attr]
    return begins


def _standing_end(subject: Subject) -> datetime:
    """Returns the end that the campaign will have; the account fills one in where there is none."""
    end = window_of(subject.kind, subject.spec).end
    assert subject.begins is not None, "what never begins never ends"
    return end or after(subject.begins, DEFAULT_WINDOW)


def _load(case: Case) -> Load | None:
    """Returns what the others ask of the account meanwhile, where the longest run is what counts."""
    if case.settings.get("bound") != "worst" or case.subject.kind.unit is not Unit.CALL:
        return None
    from campaignctl.policy.runs import load_beside, run_key  # where a rule needs to know

    return load_beside(case.subject, run_key(case.desired), case.beside.find_load)


def _longest_minutes(subject: Subject, load: Load) -> int | None:
    """Returns how long its calls may take beside the others; None where nobody can tell, or sees how fast it calls."""
    from campaignctl.policy.prediction import hides_its_calls
    from campaignctl.policy.runs import forecasts_of

    if hides_its_calls(subject):
        return None
    forecasts = forecasts_of(subject, load)
    longest = forecasts.shared or forecasts.worst
    return None if longest is None else longest.minutes


def _ends_too_late(
    case: Case, day: CallingDay, end: datetime, worst: datetime | None, load: Load | None
) -> Violation:
    from campaignctl.policy.prediction import declared_end  # where there is something to say

    subject = case.subject
    latest, advice = _advice(case.desired, subject, day, case.environment)
    declared = _declares_end(case)
    if load is not None:
        says = _at_worst(subject, day, worst, load)
    else:
        says = "" if declared_end(subject) else "it has no end: "
        says += _until(subject, day, end)
    message = f"{says}, beyond the calling hours {written_hours(case.environment)}; {advice}"
    if latest is not None and day.local(end).date() > day.closes.date() and declared_end(subject):
        message += "; for several days, one campaign a day"
    path = subject.end_path if declared else subject.start_path
    return Violation(
        _place(case.desired, path), message, details=(("end", latest.isoformat() if latest else None),)
    )


def _place(desired: Desired, path: str) -> str:
    """Returns the path of a finding; start and end of a manifest that repeats follow from the same rule."""
    return path if desired.occurrence is None else desired.kind.schedule.name


def _at_worst(subject: Subject, day: CallingDay, worst: datetime | None, load: Load) -> str:
    beside = f"beside {counted(load.campaigns, 'other campaign')}" if load.campaigns else ""
    if worst is None:
        return f"how long it runs at worst {beside}{' ' if beside else ''}is unknown"
    return f"at worst{f', {beside},' if beside else ''} {_until(subject, day, worst)} (if nothing else runs)"


def _declares_end(case: Case) -> bool:
    """Tells whether the end that will stand is the manifest's."""
    schedule = case.subject.kind.schedule.name
    mine, standing = case.desired.spec.get(schedule), case.subject.spec.get(schedule)
    name = case.subject.kind.end.name
    if not isinstance(mine, Mapping) or not isinstance(standing, Mapping):
        return False
    return mine.get(name) is not None and mine.get(name) == standing.get(name)


def _advice(
    desired: Desired, subject: Subject, day: CallingDay, environment: Environment
) -> tuple[datetime | None, str]:
    """Returns the latest end that may be declared, and what to do; None where no end would do."""
    start = window_of(subject.kind, subject.spec).start
    assert subject.begins is not None, "what never begins never ends"
    if subject.is_live and start is not None and start < subject.begins:
        return None, f"its end can no longer change: {_until_when_resumed(subject, day)}"
    needed = timedelta(minutes=subject.kind.min_window_minutes)
    room = day.closes.astimezone(UTC) - subject.begins
    if room >= needed and desired.occurrence is not None:
        from campaignctl.model.recurrence import written_duration

        longest = min(room, _longest_duration(desired, environment))
        return day.closes, f"declare duration: {written_duration(longest)}"
    if room >= needed:
        how = (
            " and stop ignoring it (metadata.ignore)"
            if subject.is_live and desired.ignores(subject.end_path)
            else ""
        )
        return day.closes, f'declare {subject.kind.end.name}: "{day.closes.isoformat()}"{how}'
    hours, last = (
        counted(needed // timedelta(hours=1), "hour"),
        day.local(day.closes.astimezone(UTC) - needed),
    )
    if not day.lets_begin(last):
        return None, f"it needs {hours}, and they are shorter"
    return None, f"it needs {hours}: start it by {last:%H:%M} {offset(last)}"


def _longest_duration(desired: Desired, environment: Environment) -> timedelta:
    """Returns the duration with which every date of a manifest that repeats ends within the hours."""
    rule = desired.occurrence.rule if desired.occurrence is not None else None
    if rule is None:
        return timedelta.max
    settings = hours_settings(environment)
    return _longest_of(rule, settings.get("from"), settings.get("to"), zone_name(environment))


@lru_cache(maxsize=256)
def _longest_of(rule: Recurrence, opening: Value, closing: Value, where: str | None) -> timedelta:
    """Returns the longest duration that fits all dates that begin within the hours."""
    from campaignctl.repeat.occurrences import occurrences  # where a manifest repeats

    longest = timedelta.max
    for start in (it.start for it in occurrences(rule)):
        local = in_zone(start, zone(where)) if where else start
        assert local.tzinfo is not None, "a moment has an offset"
        day = _calling_day(local.date(), local.tzinfo, opening, closing, where)
        if day.lets_begin(start):
            longest = min(longest, utc(day.closes) - utc(start))
    return longest


def _until_when_resumed(subject: Subject, day: CallingDay) -> str:
    """Returns what is left of a campaign that has begun: its last day, unless it ends beyond the hours of that,
    too.
    """
    end = _standing_end(subject)
    last = day.local(end)
    opens, closes = (
        last.replace(hour=it.hour, minute=it.minute, second=0, microsecond=0)
        for it in (day.opens, day.closes)
    )
    if opens < last <= closes:
        return f"it can be resumed on its last day, {last:%a %d %b}, within the hours"
    return (
        "it can never be resumed within the hours; complete it, and give what is left a campaign of its own"
    )


def _start(subject: Subject, day: CallingDay) -> str:
    """Writes a start as the manifest does; what begins at once as clocks show it there."""
    begins = subject.begins
    assert begins is not None, "it was asked for"
    if begins != window_of(subject.kind, subject.spec).start:
        begins = day.local(begins)
    return f"{begins:%H:%M} {offset(begins)}{local_time(begins, day.where)}"


def local_time(moment: datetime, where: str | None) -> str:
    """Writes ` (20:00 in Asia/Kolkata)`; nothing where the moment is written in that zone's own offset."""
    return _local_time(moment, moment.tzinfo, where)


@lru_cache(maxsize=4096)
def _local_time(moment: datetime, _own: tzinfo | None, where: str | None) -> str:
    """Writes it once for each moment that is written in the same offset: another offset's may be equal to it."""
    local = in_zone(moment, zone(where)) if where else moment
    if local.utcoffset() == moment.utcoffset():
        return ""
    day = "" if local.date() == moment.date() else f"{local:%a %d %b} "
    return f" ({day}{local:%H:%M} in {where})"


def _until(subject: Subject, day: CallingDay, end: datetime) -> str:
    local = day.local(end)
    return f"it may {subject.kind.stem} until {local:%a %d %b %H:%M} {offset(local)}"


def written_hours(environment: Environment) -> str:
    """Writes the hours: `09:00–21:00 Asia/Kolkata`."""
    settings, where = hours_settings(environment), zone_name(environment)
    hours = f"{settings.get('from') or OPENING}–{settings.get('to') or CLOSING}"
    return f"{hours} {where}" if where else hours


def hours_settings(environment: Environment) -> Mapping[str, Value]:
    """Returns the settings of the policy, whatever its level."""
    settings = environment.policy.get("calling_hours")
    return settings if isinstance(settings, Mapping) else {}


def zone_name(environment: Environment) -> str | None:
    """Returns the time zone that the policy gives, else the country's if it has one; None for each start's own
    offset.
    """
    country = environment.country
    name = hours_settings(environment).get("time_zone") or (country.time_zone if country else None)
    return str(name) if name else None


@lru_cache
def _clock_time(value: Value, default: str) -> time:
    return time.fromisoformat(str(value or default))


def start_offset(case: Case) -> Iterator[Violation]:
    """Checks that a start has an offset that its country has then; else it means another hour."""
    start = window_of(case.desired.kind, case.desired.spec).start
    zones, whose = _zones(case.environment)
    if start is None or not zones:
        return
    if not _has_offset_of(start, start.tzinfo, zones):
        had = ", ".join(dict.fromkeys(offset(start.astimezone(zone(name))) for name in zones))
        local = local_time(start, zones[0]) if len(zones) == 1 else ""
        message = f"it starts at {start:%H:%M} {offset(start)}{local}, and {whose} has {had} then"
        yield Violation(case.subject.start_path, message)


@lru_cache(maxsize=4096)
def _has_offset_of(moment: datetime, _own: tzinfo | None, zones: tuple[str, ...]) -> bool:
    """Tells whether a moment is written in the offset that one of the zones has then."""
    return any(in_zone(moment, zone(name)).utcoffset() == moment.utcoffset() for name in zones)


def _zones(environment: Environment) -> tuple[tuple[str, ...], str]:
    """Returns the country's zones, else that of the calling hours, and whose they are."""
    country = environment.country
    if country and (zones := country.time_zones):
        return zones, country.code
    where = zone_name(environment)
    return ((where,), where) if where else ((), "")
