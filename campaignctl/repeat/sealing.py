"""Writes what the digest of manifests holds of a rule: the rule itself, its holidays, and what is planned by date."""

from __future__ import annotations

from datetime import date, datetime

from campaignctl.model.campaigns import Desired
from campaignctl.model.dated_names import dated
from campaignctl.model.recurrence import HolidayCalendar
from campaignctl.repeat.occurrences import planned


def rule_document(manifest: Desired, at: datetime | None) -> dict[str, object]:
    """Writes the rule as JSON.

    Reasons and estimates are for people; a plan made today does what was shown, tomorrow too.
    """
    rule = manifest.repeat
    assert rule is not None, "it repeats"
    coming = planned(rule, at) if at is not None else ()
    return {
        "cron": rule.cron,
        "time_zone": rule.time_zone,
        "from": _day(rule.first),
        "until": _day(rule.until),
        "count": rule.times,
        "minutes": int(rule.duration.total_seconds() // 60),
        "except": sorted(map(_day, rule.excepted)),  # type: ignore[type-var]  # all are dates
        "calendars": list(map(_calendar, rule.calendars)),
        "moves": rule.moves,
        "horizon": rule.horizon,
        "planned": [
            [dated(manifest.name or "", it.day), it.start.isoformat(), it.end.isoformat()] for it in coming
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _calendar(calendar: HolidayCalendar) -> dict[str, object]:
    return {"closed": sorted(calendar.closed), "dates": sorted(it.day.isoformat() for it in calendar.dates)}
