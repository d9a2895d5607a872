"""Defines what a reviewer sees, as one value: a document of any command becomes a `Report`, and a format lays it
out.

Texts in it stand as they came, cut to a length that can be read but not escaped: each format escapes every one of
them, once. A document that is new needs one function to a `Report`; a format that is new, one from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from functools import partial
from posixpath import normpath
from typing import Generic, TypeAlias, TypeVar

from campaignctl.rendering.finding_documents import FindingDocument
from campaignctl.rendering.formats import STAND_IN, Setting, Shown, Where, module_of
from campaignctl.rendering.timeline import Timeline
from campaignctl.text import message, name
from campaignctl.tuples import NamedTuple

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


class Sign(Enum):
    """Names what is done in the first column of a list that is read from top to bottom, whatever it means for people.

    A tone says how urgent a thing is, and ranks it; a sign stays the same when a start comes near.
    """

    CREATE = auto()
    CHANGE = auto()
    HELD = auto()
    STOP = auto()
    END = auto()
    DONE = auto()


class About(StrEnum):
    """Names what a sentence is about: each format words it by that, puts it in its place, or leaves it out.

    Pages have theirs in `rendering/pages.py`, text in `rendering/as_text/entries.py`.
    """

    EFFECT = auto()
    WHY = auto()
    STAYS = auto()
    STATUS = auto()
    HELD = auto()
    NOTE = auto()
    ERROR = auto()
    OPERATIONS = auto()
    NEXT = auto()
    DOUBT = auto()
    REMARK = auto()
    ASIDE = auto()
    INTERRUPTED = auto()
    FAILURES = auto()
    ORDER = auto()


class Place(NamedTuple):
    """Holds a place in a file, relative to the project file. Line and column count from 1."""

    file: str
    line: int = 1
    column: int | None = None

    def under(self, prefix: str) -> Place:
        """Returns the same place, its file named from further up."""
        return self._replace(file=normpath(prefix + self.file)) if prefix else self


class Said(NamedTuple):
    """Holds one sentence."""

    text: str
    tone: Tone = Tone.PLAIN
    about: About = About.EFFECT


class Items(NamedTuple):
    """Holds what went out of a field of many, or came: how many, and as many of them as may be seen."""

    number: int
    shown: Sequence[str]


class GoneAndCome(NamedTuple):
    """Holds what differs of a field of many: of people's `numbers`, else of an array."""

    gone: Items
    come: Items
    numbers: bool = False


Declared: TypeAlias = tuple[str, str, Sequence[str]]
"""A field of a new campaign and its value; of people's numbers how many, and which, where they may be seen."""


class Fact(NamedTuple):
    """Holds a field that differs: what it was and what it will be, uncut; each format stops where its readers do.

    `before` is None where it is not told. Of a field of many both are its sizes, and `moved` says which differ. `aside`
    belongs to the field, `note` to what became of it.
    """

    label: str
    before: str | None
    after: str
    note: str = ""
    aside: str = ""
    moved: GoneAndCome | None = None


class Later(partial[Iterable[Item]]):
    """Makes its items whenever it is looked at, and anew each time: most of a long plan is never looked at."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Item]:
        return iter(self())

    def __bool__(self) -> bool:
        """Tells whether there is anything; only the first is made for it."""
        return any(True for _ in self)


class Entry(NamedTuple):
    """Describes one campaign: what is done to it, what that means for people (the first of `says`), and the
    particulars.

    `cost` is what it costs, empty where no prices are set. `commands` are to be pasted as they are; `in_manifest` is
    what the manifest may hold instead. `dates` are the first and the last of several for which the first stands.
    `aside` is what a list has behind the headline where it is no `place`.
    """

    title: str
    does: str
    tone: Tone
    says: Later[Said] = Later(tuple)
    declared: Later[Declared] = Later(tuple)
    facts: Later[Fact] = Later(tuple)
    commands: tuple[str, ...] = ()
    place: Place | None = None
    cost: str = ""
    sign: Sign = Sign.CHANGE
    in_manifest: str = ""
    dates: str = ""
    aside: str = ""

    def under(self, prefix: str) -> Entry:
        """Returns the same entry, its file named from further up."""
        return self._replace(place=self.place.under(prefix)) if self.place else self


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

    `entries` are ordered, and folded, as the format asked for that it was made for. What stays as it is: `quiet` is an
    entry each, for pages, `kept` a few sentences, by reason, for a list. `timeline` makes it
    for a format that draws one; it gives None where there is nothing to draw.
    """

    what: str
    title: str
    where: Where | None
    summary: tuple[Said, ...]
    entries: tuple[Entry, ...] = ()
    quiet: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    fine_print: tuple[Said, ...] = ()
    seal: Seal | None = None
    kept: tuple[str, ...] = ()
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
    """Returns findings in their order."""
    return tuple(
        Finding(
            error=document["severity"] == "error",
            rule=name(document["rule"]),
            message=message(document["message"]),
            place=Place(document["file"], document["line"], document["column"]),
        )
        for document in documents
    )


def errors_first(findings: Iterable[Finding]) -> Sequence[Finding]:
    """Sorts findings as every format shows them that may show but some: errors first, else in their order."""
    return sorted(findings, key=lambda finding: not finding.error)


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
