"""The policies, a row per rule, and what they find. Pure: `now` is an argument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from campaignctl.diagnostics import Diagnostic, Severity
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.table import Kind, Type, Value
from campaignctl.planning.environment import Environment
from campaignctl.planning.normalize import canonical_number, texts
from campaignctl.planning.resources import Desired
from campaignctl.planning.terms import Locate
from campaignctl.planning.window import window_of

OPENING, CLOSING = "09:00", "21:00"
"""India's hours for commercial calls and promotional SMS, and the default everywhere."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A campaign as it will stand: the fields, and when it begins (None: nobody can say yet)."""

    kind: Kind
    spec: Mapping[str, Value]
    begins: datetime | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found, at a dotted path of `spec`. `level` overrides the rule's own."""

    path: str
    message: str
    level: Severity | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its settings as the project gives them, and how it looks at a campaign."""

    name: str
    on_by_default: bool
    find: Callable[[Subject, Environment, Mapping[str, Value]], Iterator[Fault]]
    doc: str


def calling_hours(
    subject: Subject, environment: Environment, settings: Mapping[str, Value]
) -> Iterator[Fault]:
    """The whole predicted run lies within the hours of one day."""
    if subject.begins is None:
        return
    zone = _zone(environment, settings)
    begins = subject.begins.astimezone(zone) if zone else subject.begins
    ends, known = predicted_end(subject, begins)
    opening = _clock_time(settings.get("from"), OPENING)
    closing = _clock_time(settings.get("to"), CLOSING)
    path = f"{subject.kind.schedule.name}.{subject.kind.start.name}"
    hours = f"{opening:%H:%M}–{closing:%H:%M}{'' if zone is None else f' {zone.key}'}"
    if zone is None and begins.utcoffset() == timedelta(0):
        yield Fault(path, "its start is in Z: calling hours are looked up in UTC", Severity.WARN)
    if not opening <= begins.timetz().replace(tzinfo=None) < closing:
        yield Fault(path, f"it starts at {begins:%H:%M %z}, outside the calling hours {hours}")
    elif ends > datetime.combine(begins.date(), closing, begins.tzinfo):
        says = "is predicted to run" if known else "may run"
        until = f"until {ends:%a %d %b %H:%M %z}"
        yield Fault(path, f"it {says} {until}, beyond the calling hours {hours}; end it earlier")


def predicted_end(subject: Subject, begins: datetime) -> tuple[datetime, bool]:
    """When the last call is over, and whether that is known.

    Numbers ÷ calls per minute, plus the retries' intervals, cut at the end. Where nobody counts the people: the
    declared end, else the start.
    """
    end = _declared_end(subject)
    minutes = predicted_minutes(subject)
    if minutes is None:
        return (end or begins), False
    ends = begins + timedelta(minutes=minutes)
    return (min(ends, end) if end else ends), True


def _declared_end(subject: Subject) -> datetime | None:
    schedule = subject.spec.get(subject.kind.schedule.name)
    declared = isinstance(schedule, Mapping) and schedule.get(subject.kind.end.name) is not None
    return window_of(subject.kind, subject.spec).end if declared else None


def predicted_minutes(subject: Subject) -> float | None:
    """Minutes from the first call to the last; None where the people are in lists, which nobody counts."""
    if subject.spec.get("lists") or not subject.spec.get("from"):
        return None
    return len(texts(subject.spec["from"])) / pace(subject) + _retry_minutes(subject.spec.get("retries"))


def pace(subject: Subject) -> int:
    """Calls or messages a minute: the account's, unless the campaign is throttled."""
    throttle = subject.spec.get("throttle")
    if isinstance(throttle, int) and subject.spec.get("mode") == "custom":
        return throttle
    return subject.kind.per_minute


def _retry_minutes(retries: Value) -> int:
    if not isinstance(retries, Mapping):
        return 0
    times, interval = retries.get("number_of_retries"), retries.get("interval_mins")
    if not isinstance(times, int) or not isinstance(interval, int):
        return 0
    if str(retries.get("mechanism")).lower() == "exponential":
        return int(interval * (2**times - 1))
    return interval * times


def duplicate_numbers(
    subject: Subject, environment: Environment, _settings: Mapping[str, Value]
) -> Iterator[Fault]:
    """No number stands twice, by the country rule, unless the campaign says that it may."""
    if subject.spec.get("call_duplicate_numbers") is True:
        return
    for field in subject.kind.fields:
        if field.type is Type.NUMBERS:
            numbers = texts(subject.spec.get(field.name))
            counts = Counter(canonical_number(number, environment.country) for number in numbers)
            twice = sum(count > 1 for count in counts.values())
            if twice:
                noun = "number stands" if twice == 1 else "numbers stand"
                yield Fault(
                    field.name,
                    f"{twice:,} {noun} more than once; set call_duplicate_numbers if that is meant",
                )


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("calling_hours", True, calling_hours, "Nobody is called or texted outside the day's hours."),
            Rule("duplicate_numbers", True, duplicate_numbers, "Nobody stands in a campaign twice."),
        )
    }
)


def level_of(rule: Rule, environment: Environment) -> Severity | None:
    """As the project sets it; else on where the rule is on by default, an error where a country is set."""
    settings = environment.policy.get(rule.name)
    level = settings.get("level") if isinstance(settings, Mapping) else None
    if level is not None:
        return None if level == "off" else Severity(str(level))
    if not rule.on_by_default:
        return None
    return Severity.ERROR if environment.country else Severity.WARN


def check(
    subject: Subject, desired: Desired, environment: Environment, locate: Locate
) -> tuple[Diagnostic, ...]:
    """What every rule that is on finds, at file and line."""
    findings = []
    for rule in RULES.values():
        level = level_of(rule, environment)
        if level is None:
            continue
        settings = environment.policy.get(rule.name)
        for fault in rule.find(subject, environment, settings if isinstance(settings, Mapping) else {}):
            severity = fault.level or level
            findings.append(Diagnostic(severity, rule.name, locate(desired, fault.path), fault.message))
    return tuple(findings)


def check_manifest(
    desired: Desired, environment: Environment, now: datetime, locate: Locate
) -> tuple[Diagnostic, ...]:
    """For `validate`: the manifest alone. Nothing binds one whose window is over or that is to be ended."""
    window = window_of(desired.kind, desired.spec)
    if window.over(now) or desired.state in (State.COMPLETED, State.ARCHIVED):
        return ()
    return check(Subject(desired.kind, desired.spec, window.start), desired, environment, locate)


def _zone(environment: Environment, settings: Mapping[str, Value]) -> ZoneInfo | None:
    name = settings.get("time_zone") or (environment.country.time_zone if environment.country else None)
    return _zone_info(str(name)) if name else None


@lru_cache
def _zone_info(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache
def _clock_time(value: Value, default: str) -> time:
    return time.fromisoformat(str(value or default))
