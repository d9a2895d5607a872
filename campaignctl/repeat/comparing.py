"""Compares two versions of a rule: its keys, and which dates that are not over came, went or moved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.recurrence import (
    HolidayCalendar,
    Occurrence,
    OccurrenceSpan,
    Recurrence,
    written_duration,
)
from campaignctl.repeat.occurrences import occurrences
from campaignctl.tuples import NamedTuple


class DatesChanged(NamedTuple):
    """Holds runs of neighbouring dates, each with how many it has."""

    added: tuple[OccurrenceSpan, ...]
    removed: tuple[OccurrenceSpan, ...]
    changed: tuple[OccurrenceSpan, ...]


def rule_leaves(rule: Recurrence | None) -> Mapping[str, Value]:
    """Returns a rule by dotted path, as a manifest writes it; a calendar with its dates: one that changed is a
    change.
    """
    if rule is None:
        return {}
    leaves: dict[str, Value] = {
        "cron": rule.cron,
        "time_zone": rule.time_zone,
        "from": rule.first.isoformat(),
        "until": rule.until.isoformat() if rule.until is not None else None,
        "count": rule.times,
        "duration": written_duration(rule.duration),
        "except": [it.isoformat() for it in sorted(rule.excepted)],
        "calendars": [line for calendar in rule.calendars for line in _calendar(calendar)],
        "on_holiday": "next_open_day" if rule.moves else "skip",
        "horizon": f"{rule.horizon}d",
    }
    return {f"repeat.{name}": value for name, value in leaves.items() if value not in (None, [])}


def _calendar(calendar: HolidayCalendar) -> Sequence[str]:
    closed = [f"{calendar.file} weekday {it + 1}" for it in sorted(calendar.closed)]
    named = [f"{calendar.file} {it.day}" for it in sorted(calendar.dates)]
    return closed + named or [calendar.file]


def dates_changed(before: Desired | None, after: Desired | None, now: datetime) -> DatesChanged | None:
    """Compares the dates of two versions; None where neither repeats."""
    sides = before, after
    if not any(it is not None and it.repeat is not None for it in sides):
        return None
    earlier, later = (_standing(it, now) for it in sides)
    added = {day for day in later if day not in earlier}
    removed = {day for day in earlier if day not in later}
    changed = {day for day in later if day in earlier and later[day][1:] != earlier[day][1:]}
    return DatesChanged(_runs(added, later), _runs(removed, earlier), _runs(changed, later))


def _standing(manifest: Desired | None, now: datetime) -> Mapping[date, Occurrence]:
    if manifest is None or manifest.repeat is None:
        return {}
    return {it.day: it for it in occurrences(manifest.repeat) if it.end > now}


def _runs(days: Collection[date], among: Mapping[date, Occurrence]) -> tuple[OccurrenceSpan, ...]:
    """Joins dates to runs of neighbours among the dates of a version."""
    runs: list[list[date]] = []
    together = False
    for day in sorted(among):
        if day in days:
            if together:
                runs[-1].append(day)
            else:
                runs.append([day])
        together = day in days
    return tuple(map(OccurrenceSpan.of, runs))
