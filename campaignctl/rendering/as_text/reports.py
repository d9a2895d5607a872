"""Writes a report as a list: what it is of, what was found, each entry, and the totals last, where a terminal ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from campaignctl.parallel import parallel_map
from campaignctl.rendering.as_text.entries import entry_lines
from campaignctl.rendering.as_text.findings import finding_line
from campaignctl.rendering.as_text.parts import headline_of, paragraph
from campaignctl.rendering.documents import AnyPlanDocument
from campaignctl.rendering.lines import AnyLine, Line, Style, part_laid_out
from campaignctl.rendering.report import About, Entry, Finding, Report, Tone
from campaignctl.rendering.reports import apply_report, listed_plan_report
from campaignctl.rendering.result_documents import ApplyDocument
from campaignctl.text import name

_BLANK: Final = Line()
_STARTS: Final = {"apply": "Applied to environment"}


def plan_text(
    document: AnyPlanDocument,
    *,
    now: datetime,
    color: bool = False,
    width: int | None = None,
    within: str = "",
) -> str:
    """Writes a plan, or a saved one. `width` wraps; None leaves that to whoever shows it. `within` as for `Telling`."""
    return report_text(listed_plan_report(document, now, within), color=color, width=width)


def apply_text(document: ApplyDocument, *, color: bool = False, width: int | None = None) -> str:
    """Writes the closing summary of an apply; what may go on calling, is unknown or failed comes first."""
    return report_text(apply_report(document), color=color, width=width)


def report_text(report: Report, *, color: bool, width: int | None) -> str:
    """Writes a report that is of an account. Of many entries copies of the process write some: nothing of one depends
    on what is written of another.
    """

    def written(parts: Iterable[Sequence[AnyLine]]) -> Iterator[str]:
        return (part_laid_out(lines, color, width) for lines in parts)

    def entries(some: Sequence[tuple[Entry, bool]]) -> Iterator[str]:
        return written(map(_entry_part, some))

    told = (
        written(_above(report)),
        parallel_map(entries, [*_with_paragraphs(report)]),
        written(_below(report)),
    )
    return "".join(chain.from_iterable(told))


def _above(report: Report) -> Iterator[Sequence[AnyLine]]:
    if report.where is not None:
        yield [headline_of(report.where, _STARTS.get(report.what, "Environment"))]
    yield paragraph(map(_finding, report.findings))
    yield paragraph(Line(f"Note: {note}", 0, Style.ALERT) for note in report.notes)
    yield paragraph(
        Line(said.text, 0, Style.STOP) for said in report.summary if said.about is About.INTERRUPTED
    )


def _with_paragraphs(report: Report) -> Iterator[tuple[Entry, bool]]:
    """Yields the entries, and whether each begins a paragraph: what went well is one."""
    before = None
    for entry in report.entries:
        yield entry, not (before is Tone.GOOD and entry.tone is Tone.GOOD)
        before = entry.tone


def _entry_part(entry_and_begins: tuple[Entry, bool]) -> Sequence[AnyLine]:
    entry, begins = entry_and_begins
    return [_BLANK, *entry_lines(entry)] if begins else entry_lines(entry)


def _below(report: Report) -> Iterator[Sequence[AnyLine]]:
    yield paragraph(Line(sentence, 1, Style.QUIET) for sentence in report.kept)
    yield paragraph(_closing(report))


def _finding(finding: Finding) -> Line:
    place = finding.place
    where = f"{name(place.file)}:{place.line}:{place.column}"
    return finding_line(where, finding.message, finding.rule, warning=not finding.error)


def _closing(report: Report) -> Iterator[Line]:
    """Yields the totals: the order right after the first of them; how many failed was seen above."""
    total, *rest = (it for it in report.summary if it.about not in (About.INTERRUPTED, About.FAILURES))
    yield Line(total.text, 0, _total_style(report, total.tone))
    order = [it for it in report.fine_print if it.about is About.ORDER]
    for it in (*order, *rest):
        yield Line(it.text, 0, Style.STOP if it.tone is Tone.FINAL else Style.PLAIN)
    for it in report.fine_print:
        if it.about is not About.ORDER:
            yield Line(it.text, 0, Style.QUIET if it.tone is Tone.QUIET else Style.PLAIN)
    if report.seal is not None:
        until = f", expires {report.seal.expires}" if report.seal.expires else ""
        yield Line(f"Approve {report.seal.approval}{until}.", 0, Style.QUIET)


def _total_style(report: Report, tone: Tone) -> Style:
    if tone is Tone.GOOD and report.what == "plan":
        return Style.GOOD if report.entries or report.kept else Style.PLAIN
    return Style.STOP if tone is Tone.FAILED else Style.STRONG
