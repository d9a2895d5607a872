"""Defines what a reviewer sees, as one value: a document of any command becomes a `Report`, and a format lays it
out.

Texts in it stand as they came, cut to a length that can be read but not escaped: each format escapes every one of
them, once. A document that is new needs one function to a `Report`; a format that is new, one from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from posixpath import normpath
from typing import Generic, TypeVar

from campaignctl.rendering.finding_documents import FindingDocument
from campaignctl.rendering.formats import Setting, Shown, Where, module_of
from campaignctl.rendering.timeline import Timeline
from campaignctl.text import message, name
from campaignctl.tuples import NamedTuple

STAND_IN = "a stand-in: nobody is called or texted"
FAILED = "error"
"""What a report is of where a command came to nothing for one of several environments."""

Item = TypeVar("Item")


class Tone(StrEnum):
    """Names how a thing is to be looked at, the most urgent first.

    The value is also the word that a format may show.
    """

    UNKNOWN = "unknown"
    FAILED = "failed"
    BLOCKED = "blocked"
    FINAL = "irreversible"
    HELD = "held"
    SKIPPED = "skipped"
    SOON = "soon"
    CREATE = "new"
    CHANGE = "changed"
    LEFT = "left"
    GOOD = "good"
    PLAIN = "plain"
    QUIET = "unchanged"

    @property
    def mark(self) -> str:
        """Returns the sign that `text` shows in its first column."""
        return _MARKS.get(self, " ")

    @property
    def rank(self) -> int:
        """Returns the rank; what must be seen first has the least."""
        return _RANKS[self]


_MARKS = {
    Tone.UNKNOWN: "!",
    Tone.SKIPPED: "!",
    Tone.FAILED: "!",
    Tone.BLOCKED: "!",
    Tone.FINAL: "-",
    Tone.HELD: "!",
    Tone.SOON: "+",
    Tone.CREATE: "+",
    Tone.CHANGE: "~",
    Tone.LEFT: "-",
}
_RANKS = {tone: rank for rank, tone in enumerate(Tone)}


@dataclass(frozen=True, slots=True)
class Place:
    """Holds a place in a file, relative to the project file. Line and column count from 1."""

    file: str
    line: int = 1
    column: int | None = None

    def under(self, prefix: str) -> Place:
        """Returns the same place, its file named from further up."""
        return replace(self, file=normpath(prefix + self.file)) if prefix else self


@dataclass(frozen=True, slots=True)
class Said:
    """Holds one sentence."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Fact:
    """Holds a field: what it was and what it will be, an item each.

    `before` is None where there was nothing to differ from.
    """

    label: str
    before: tuple[str, ...] | None
    after: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Later(Generic[Item]):
    """Makes its items whenever it is looked at, and anew each time: most of a long plan is never looked at."""

    make: Callable[[], Iterable[Item]] = tuple

    def __iter__(self) -> Iterator[Item]:
        return iter(self.make())

    def __bool__(self) -> bool:
        """Tells whether there is anything; only the first is made for it."""
        return any(True for _ in self)


@dataclass(frozen=True, slots=True)
class Entry:
    """Describes one campaign: what is done to it, what that means for people (the first of `says`), and the
    particulars.

    `cost` is what it costs, empty where no prices are set. `commands` are to be pasted as they are.
    """

    title: str
    does: str
    tone: Tone
    says: Later[Said] = Later()
    facts: Later[Fact] = Later()
    commands: tuple[str, ...] = ()
    place: Place | None = None
    cost: str = ""

    def under(self, prefix: str) -> Entry:
        """Returns the same entry, its file named from further up."""
        return replace(self, place=self.place.under(prefix)) if self.place else self

    @property
    def telling(self) -> Iterator[Said]:
        """Yields what a reader needs at once: what it means for people, why, and what is near or cannot be undone."""
        for place, said in enumerate(self.says):
            if place == 0 or said.tone in (Tone.SOON, Tone.FINAL) or said.text.startswith("Why: "):
                yield said


@dataclass(frozen=True, slots=True)
class Finding:
    """Describes what is wrong in a file."""

    error: bool
    rule: str
    message: str
    place: Place

    def under(self, prefix: str) -> Finding:
        """Returns the same finding, its file named from further up."""
        return replace(self, place=self.place.under(prefix))


@dataclass(frozen=True, slots=True)
class Seal:
    """Holds what a reviewer approves, and until when."""

    approval: str
    expires: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """Holds what every format lays out.

    `timeline` makes it for a format that draws one; it gives None where there is nothing to draw.
    """

    what: str
    title: str
    where: Where | None
    summary: tuple[Said, ...]
    entries: tuple[Entry, ...] = ()
    quiet: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    fine_print: tuple[str, ...] = ()
    seal: Seal | None = None
    timeline: Callable[[], Timeline | None] = lambda: None

    def under(self, prefix: str) -> Report:
        """Returns the same report, every file named from further up."""
        if not prefix:
            return self
        return replace(
            self,
            entries=tuple(entry.under(prefix) for entry in self.entries),
            quiet=tuple(entry.under(prefix) for entry in self.quiet),
            findings=tuple(finding.under(prefix) for finding in self.findings),
        )


def findings_of(documents: Iterable[FindingDocument]) -> tuple[Finding, ...]:
    """Sorts findings: errors first, else in their order."""
    found = [
        Finding(
            error=document["severity"] == "error",
            rule=name(document["rule"]),
            message=message(document["message"]),
            place=Place(document["file"], document["line"], document["column"]),
        )
        for document in documents
    ]
    return tuple(sorted(found, key=lambda finding: not finding.error))


def heading(report: Report) -> str:
    """Writes the first line of every format: `Plan: environment prod (account acme1)`; a sandbox is said to be one."""
    where = report.where
    if where is None:
        return report.title
    sandbox, stand_in = ("SANDBOX, ", f", {STAND_IN}") if where.sandbox else ("", "")
    return f"{report.title}: environment {where.environment} ({sandbox}account {where.account_sid}{stand_in})"


class Views(NamedTuple, Generic[Shown]):
    """Holds how a feature's own document is shown: as text, and as the report that every other format lays out."""

    text: Callable[[Shown, Setting], str]
    report: Callable[[Shown, Setting], Report]


def render_views(views: Views[Shown], output_format: str, document: Shown, setting: Setting) -> str:
    """Returns the text of a feature's document in a format that offers its command."""
    if output_format == "text":
        return views.text(document, setting)
    module = module_of(output_format)
    if output_format == "json":
        written: str = module.written(document)
        return written
    laid_out: str = module.LAYOUT(views.report(document, setting).under(setting.prefix))
    return laid_out
