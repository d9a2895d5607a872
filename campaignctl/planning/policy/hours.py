"""Nobody is called or texted outside the day's hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from campaignctl.diagnostics import Severity
from campaignctl.kinds.table import Value
from campaignctl.planning.environment import Environment
from campaignctl.planning.policy.prediction import declared_end, predicted_end
from campaignctl.planning.policy.subject import Case, Fault
from campaignctl.planning.window import offset

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

OPENING, CLOSING = "09:00", "21:00"
"""India's hours for commercial calls and promotional SMS, and the default everywhere."""


def calling_hours(case: Case) -> Iterator[Fault]:
    """The whole predicted run lies within the hours of one day."""
    subject = case.subject
    if subject.begins is None:
        return
    zone = _zone(case.environment, case.settings)
    begins = subject.begins.astimezone(zone) if zone else subject.begins
    opening = _clock_time(case.settings.get("from"), OPENING)
    closing = _clock_time(case.settings.get("to"), CLOSING)
    closes = datetime.combine(begins.date(), closing, begins.tzinfo)
    path = subject.start_path
    if zone is None and begins.utcoffset() == timedelta(0):
        yield Fault(path, "its start is in Z: calling hours are looked up in UTC", Severity.WARN)
    if not opening <= begins.time() < closing:
        hours = _written(opening, closing, zone)
        yield Fault(path, f"it starts at {begins:%H:%M} {offset(begins)}, outside the calling hours {hours}")
        return
    end = declared_end(subject)
    if end is not None and end <= closes:  # in zones of their own, so that instants are compared
        return  # where it is cut lies within the hours: nothing has to be predicted
    ends, known = predicted_end(subject, begins)
    if ends.astimezone(UTC) > closes.astimezone(UTC):
        hours = _written(opening, closing, zone)
        says = "is predicted to run" if known else "may run"
        local = ends.astimezone(begins.tzinfo)
        until = f"until {local:%a %d %b %H:%M} {offset(local)}"
        yield Fault(path, f"it {says} {until}, beyond the calling hours {hours}; end it earlier")
    elif not known and end is None:
        message = (
            "only its start is held against the calling hours: how long it runs is unknown; give it an end"
        )
        yield Fault(path, message, Severity.WARN)


def _written(opening: time, closing: time, zone: ZoneInfo | None) -> str:
    return f"{opening:%H:%M}–{closing:%H:%M}{'' if zone is None else f' {zone.key}'}"


def _zone(environment: Environment, settings: Mapping[str, Value]) -> ZoneInfo | None:
    name = settings.get("time_zone") or (environment.country.time_zone if environment.country else None)
    return _zone_info(str(name)) if name else None


@lru_cache
def _zone_info(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo  # where there is a zone: not every account has one

    return ZoneInfo(name)


@lru_cache
def _clock_time(value: Value, default: str) -> time:
    return time.fromisoformat(str(value or default))
