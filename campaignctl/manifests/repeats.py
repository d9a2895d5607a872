"""Reads what a manifest says under `repeat`, with the calendars that it names: its rule, or what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yaml.nodes import Node

from campaignctl.diagnostics import Diagnostic, Position, Severity, SpecFinding, error, has_errors, quoted
from campaignctl.kinds.table import Value
from campaignctl.manifests.files import ManifestFile, Source, UnreadableFileError, read_inside, shown_path
from campaignctl.manifests.nodes import MalformedYamlError, documents, is_null, mark_of, members, yaml_of
from campaignctl.manifests.places import nearest
from campaignctl.model.campaigns import Desired
from campaignctl.model.recurrence import HolidayCalendar
from campaignctl.repeat.faults import faults_of_dates
from campaignctl.repeat.rule import faults_of, rule_of
from campaignctl.tuples import NamedTuple


class Repeated(NamedTuple):
    """Holds the manifest with its rule. `findings` are why it has none; `faults` what is wrong with its dates."""

    desired: Desired
    findings: tuple[Diagnostic, ...]
    faults: tuple[SpecFinding, ...]


class _CalendarFile(NamedTuple):
    """Holds what a calendar's file holds.

    `trouble` is why it holds no calendar, in words; `findings` are mistakes in it.
    """

    calendar: HolidayCalendar | None
    trouble: str = ""
    findings: tuple[Diagnostic, ...] = ()


@dataclass
class RepeatReader:
    """Reads rules, and each calendar once."""

    _calendars: dict[str, _CalendarFile] = field(default_factory=dict)

    def read(self, desired: Desired, values: Mapping[str, Value], node: Node, source: Source) -> Repeated:
        """Reads the rule of a manifest.

        Nothing is sent for a rule that is half read: without a rule there is no manifest.
        """
        named = values.get("calendars")
        paths = list(map(str, named)) if isinstance(named, list) else []
        files = [self._file(path, source.file) for path in paths]
        wrong = list(faults_of(desired, values))
        for place, (path, it) in enumerate(zip(paths, files, strict=True)):
            if it.trouble:
                from campaignctl.repeat.calendar_document import RULE

                message = f"calendars: {quoted(path)} {it.trouble}"
                wrong.append(SpecFinding(f"repeat.calendars.{place}", RULE, message))
        findings = [*(it for file in files for it in file.findings), *_placed(wrong, node, source)]
        rule = rule_of(values, [it.calendar for it in files if it.calendar is not None])
        if rule is None or has_errors(findings):
            return Repeated(desired, tuple(findings), ())
        return Repeated(desired._replace(repeat=rule), (), tuple(faults_of_dates(rule, desired.kind)))

    def _file(self, path: str, beside: ManifestFile) -> _CalendarFile:
        target = os.path.normpath(Path(beside.path).parent / path)
        if target not in self._calendars:
            self._calendars[target] = _read_file(target, beside)
        return self._calendars[target]


def _read_file(target: str, beside: ManifestFile) -> _CalendarFile:
    from campaignctl.manifests.companions import read_companion  # where a rule names a calendar
    from campaignctl.repeat.calendar_document import CALENDAR, Calendar

    shown = shown_path(Path(target), beside.root)
    source = Source(ManifestFile(shown, target, beside.root, beside.home), 0)
    try:
        text = read_inside(Path(target), beside.home)
        json, text = yaml_of(text, shown)
        source = source._replace(json=json)
        nodes = list(documents(text))
    except UnreadableFileError as unreadable:
        return _CalendarFile(None, f"cannot be read: {unreadable.message}")
    except MalformedYamlError as unreadable:
        return _CalendarFile(
            None, "", (error(unreadable.rule, source.at(unreadable.mark), unreadable.message),)
        )
    found = [(place, it) for place, it in enumerate(nodes) if _is_of_kind(it, CALENDAR.name)]
    if len(found) != 1:
        return _CalendarFile(
            None, "holds several Calendars; one for each file" if found else "holds no Calendar"
        )
    place, node = found[0]
    calendar, findings = read_companion(CALENDAR, node, source._replace(document=place), {})
    assert isinstance(calendar, Calendar), "its kind was asked for"
    errors = tuple(it for it in findings if it.severity is Severity.ERROR)
    return _CalendarFile(None if errors else calendar.holidays, "", errors)


def _is_of_kind(node: Node, name: str) -> bool:
    if is_null(node):
        return False
    kind = members(node).get("kind")
    return getattr(kind, "value", None) == name


def _placed(faults: list[SpecFinding], node: Node, source: Source) -> Iterator[Diagnostic]:
    for it in faults:
        where: Position = source.at(mark_of(nearest(node, it.path)))
        yield Diagnostic(it.severity, it.rule, where, it.message, it.details)
