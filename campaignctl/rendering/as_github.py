"""Writes workflow commands: an annotation at file and line for each finding and each campaign, what is worst first.

GitHub shows ten of each level per step, so their order matters. The rest of the log stays free of commands: what
comes from outside is escaped as the runner unescapes it, and made visible before that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from campaignctl.rendering.finding_documents import ErrorOutputDocument
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.pages import says
from campaignctl.rendering.report import (
    FAILED,
    Entry,
    Finding,
    Place,
    Report,
    Tone,
    errors_first,
    findings_of,
    heading,
)
from campaignctl.rendering.reports import writers
from campaignctl.text import message, visible

if TYPE_CHECKING:
    from campaignctl.rendering.formats import Writers

_LEVELS: Final[Mapping[Tone, str]] = {
    Tone.UNKNOWN: "error",
    Tone.FAILED: "error",
    Tone.BLOCKED: "error",
    Tone.FINAL: "warning",
    Tone.HELD: "warning",
    Tone.SKIPPED: "warning",
    Tone.SOON: "warning",
}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def github(report: Report) -> str:
    """Writes the commands, one on each line: environment and account first."""
    return "".join(f"{line}\n" for line in _lines(report))


def several(front: Report, sections: Sequence[Report]) -> str:
    """Writes the commands of all; what is found is told once, before what is done."""
    lines = [_command("notice", _summary(front), f"campaignctl {front.what}", None)]
    lines += map(_finding, errors_first(front.findings))
    for section in sections:
        lines += _lines(replace(section, findings=()))
    return "".join(f"{line}\n" for line in lines)


def _summary(report: Report) -> str:
    return "\n".join((heading(report), *(said.text for said in report.summary)))


def error(document: ErrorOutputDocument, setting: Setting) -> str:
    """Writes the commands of a command that ended early: every finding where it stands, then the one sentence."""
    sentence = message(document["error"]["message"])
    found = [_finding(it.under(setting.prefix)) for it in errors_first(findings_of(document["findings"]))]
    return "".join(f"{line}\n" for line in [*found, _command("error", sentence, "campaignctl", None)])


LAYOUT: Final = github
"""What a report of any command becomes."""
WRITERS: Final[Writers] = {**writers(github), "error": error}


def _lines(report: Report) -> Iterator[str]:
    level = "error" if report.what == FAILED else "notice"
    yield _command(level, _summary(report), f"campaignctl {report.what}", None)
    yield from map(_finding, errors_first(report.findings))
    yield from map(_entry, report.entries)
    for note in report.notes:
        yield _command("notice", note, "campaignctl", None)


def _finding(finding: Finding) -> str:
    level = "error" if finding.error else "warning"
    return _command(level, finding.message, finding.rule, finding.place)


def _entry(entry: Entry) -> str:
    lines = (*(said.text for said in says(entry)), *entry.commands)
    return _command(
        _LEVELS.get(entry.tone, "notice"), "\n".join(lines), f"{entry.title}: {entry.does}", entry.place
    )


def _command(level: str, text: str, title: str, place: Place | None) -> str:
    """Writes one command.

    Line breaks of ours are kept, as the runner writes them; those from outside were made visible.
    """
    properties = [("title", title)]
    if place is not None:
        properties += [("file", place.file), ("line", str(place.line))]
        properties += [("col", str(place.column))] if place.column else []
    written = ",".join(f"{key}={visible(value).translate(_PROPERTY)}" for key, value in properties)
    data = "\n".join(visible(line) for line in text.split("\n"))
    return f"::{level} {written}::{data.translate(_DATA)}"
