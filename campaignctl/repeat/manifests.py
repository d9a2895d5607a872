"""Makes of a manifest that repeats the ordinary manifests of its dates (rule 4), checks what they say together, and
writes what a digest holds of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from campaignctl.diagnostics import SpecFinding, quoted
from campaignctl.model.campaigns import Desired, by_kind_and_name
from campaignctl.model.dated_names import dated, parsed
from campaignctl.model.recurrence import HolidayCalendar, Occurrence, OccurrenceOf
from campaignctl.repeat.occurrences import last_before, occurrence_on, occurrences, planned


def occurrence_manifest(manifest: Desired, occurrence: Occurrence) -> Desired:
    """Makes the campaign of one date: name, start and end of its own, everything else of its manifest."""
    name = manifest.name or ""
    kind, day = manifest.kind, occurrence.day
    schedule = {
        kind.start.name: occurrence.start.isoformat(timespec="seconds"),
        kind.end.name: occurrence.end.isoformat(timespec="seconds"),
    }
    previous = manifest.previous_name
    return manifest._replace(
        spec={**manifest.spec, "name": dated(name, day), kind.schedule.name: schedule},
        previous_name=dated(previous, day) if previous is not None else None,
        repeat=None,
        occurrence=OccurrenceOf(name, day, rule=manifest.repeat),
        after=tuple(it._replace(campaign=dated(it.campaign, day)) for it in manifest.after),
    )


def planned_manifests(manifest: Desired, now: datetime) -> tuple[Desired, ...]:
    """Returns the manifests that are planned by their date; the manifest itself where it does not repeat."""
    if manifest.repeat is None:
        return (manifest,)
    return tuple(occurrence_manifest(manifest, it) for it in planned(manifest.repeat, now))


def standing_manifests(manifest: Desired, now: datetime) -> Iterator[Desired]:
    """Yields the occurrences of a manifest that are not over; one that does not repeat is given as it is."""
    if manifest.repeat is None:
        yield manifest
        return
    yield from (occurrence_manifest(manifest, it) for it in occurrences(manifest.repeat) if it.end > now)


def dated_manifests(manifest: Desired) -> Iterator[Desired]:
    """Yields all occurrences of a manifest; one that does not repeat is given as it is."""
    if manifest.repeat is None:
        yield manifest
        return
    yield from (occurrence_manifest(manifest, it) for it in occurrences(manifest.repeat))


def last_manifest_before(manifest: Desired, now: datetime) -> Desired | None:
    """Returns the last occurrence that ran on a date before today."""
    found = last_before(manifest.repeat, now) if manifest.repeat is not None else None
    return occurrence_manifest(manifest, found) if found is not None else None


def reserving(repeating: Iterable[Desired]) -> Mapping[tuple[str, str], Desired]:
    """Returns, by kind and the name before the date, the manifest that such names are reserved to (rule 8)."""
    found: dict[tuple[str, str], Desired] = {}
    for it in repeating:
        if it.previous_name is not None:
            found.setdefault((it.kind.name, it.previous_name), it)
    return found | {(it.kind.name, it.name or ""): it for it in repeating}


def yielding(name: str | None, kind: str, reserved: Mapping[tuple[str, str], Desired]) -> Desired | None:
    """Returns the manifest that repeats whose rule yields the date of a name that is reserved to it."""
    found = parsed(name) if name is not None else None
    owner = reserved.get((kind, found.base)) if found is not None else None
    if found is None or owner is None or owner.repeat is None:
        return None
    return owner if occurrence_on(owner.repeat, found.day) is not None else None


def conflicts(manifests: Sequence[Desired]) -> Iterator[tuple[Desired, SpecFinding]]:
    """Finds names of dates that a rule yields and another manifest has, at both (rule 9); a name is checked by
    taking its date off.
    """
    reserved = reserving(tuple(it for it in manifests if it.repeat is not None))
    yield from _mixed_gates(manifests)
    for one in manifests:
        if one.repeat is not None:
            continue
        owner = yielding(one.name, one.kind.name, reserved) if one.sid is None else None
        if owner is not None:
            yield from _at_both(one, owner, "metadata.name", "not-unique", one.name or "")
        owner = yielding(one.previous_name, one.kind.name, reserved)
        if owner is not None:
            yield from _at_both(
                one, owner, "metadata.previous_name", "previous-name", one.previous_name or ""
            )


def _mixed_gates(manifests: Sequence[Desired]) -> Iterator[tuple[Desired, SpecFinding]]:
    """Checks gates: one that repeats waits for one that repeats, the same date for the same date; others never."""
    named = by_kind_and_name(manifests)
    for one in manifests:
        for place, after in enumerate(one.after):
            other = named.get(after.campaign)
            if other is not None and (other.repeat is None) is not (one.repeat is None):
                repeats, not_so = (other, one) if one.repeat is None else (one, other)
                names = quoted(repeats.name or ""), quoted(not_so.name or "")
                message = "{} repeats and {} does not: no date could wait".format(*names)
                yield one, SpecFinding(f"metadata.after.{place}.campaign", "gate-campaign", message)


def _at_both(
    one: Desired, owner: Desired, path: str, rule: str, name: str
) -> Iterator[tuple[Desired, SpecFinding]]:
    # next_open_day moves what is excepted, and the rule yields it still
    beside = " with on_holiday: skip" if owner.repeat is not None and owner.repeat.moves else ""
    message = (
        f"{quoted(name)} is an occurrence of the manifest at {owner.where}; put its date into except there{beside}, "
        "or take another name"
    )
    yield one, SpecFinding(path, rule, message)
    yield (
        owner,
        SpecFinding("metadata.name", rule, f"{quoted(name)}, a date of it, stands in {one.where} too"),
    )


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
