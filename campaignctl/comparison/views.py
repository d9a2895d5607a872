"""Shows a comparison in every format: as text, and as the report that the other formats lay out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from campaignctl.comparison.documenting import comparison_document
from campaignctl.comparison.plans import PlanComparison
from campaignctl.comparison.words import of_plan, summary, told, warnings
from campaignctl.rendering.as_text.parts import block
from campaignctl.rendering.comparison_documents import ComparisonDocument
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.rendering.report import Entry, Report, Said, Tone, Views, render_views

_STYLES: Final = {Tone.SOON: Style.STOP, Tone.FINAL: Style.ENDING}


def comparison_text(
    comparison: PlanComparison, now: datetime, *, color: bool = False, width: int | None = None
) -> str:
    """Writes a line for each campaign."""
    return laid_out(_lines(comparison, now), color=color, width=width)


def _lines(comparison: PlanComparison, now: datetime) -> Iterator[Line]:
    yield Line(_title(comparison), 0, Style.STRONG)
    for it in told(comparison, now):
        yield Line(f"{it.title}: {it.says}", 1, _STYLES.get(it.tone, Style.UPDATE))
    yield from (Line(f"the plan: {said}", 1) for said in of_plan(comparison))
    yield from block([Line(it, 0, Style.ALERT) for it in warnings(comparison)])
    yield from block([Line(summary(comparison), 0, Style.STRONG)])


def _title(comparison: PlanComparison) -> str:
    return f"From the plan of {comparison.before['created_at']} to that of {comparison.after['created_at']}"


def comparison_report(comparison: PlanComparison, now: datetime) -> Report:
    """Makes the report for every other format."""
    return Report(
        what="comparison",
        title="Two plans compared",
        where=None,
        summary=(
            Said(summary(comparison), Tone.GOOD if comparison.same else Tone.HELD),
            *(Said(it, Tone.HELD) for it in warnings(comparison)),
        ),
        entries=tuple(Entry(it.title, it.says, it.tone) for it in told(comparison, now)),
        notes=tuple(of_plan(comparison)),
        fine_print=(Said(_title(comparison) + "."),),
    )


def render_comparison(comparison: PlanComparison, output_format: str, setting: Setting) -> str:
    """Writes a comparison in a format of `show`."""
    views: Views[ComparisonDocument] = Views(
        lambda _document, it: comparison_text(comparison, it.now, color=it.color, width=it.width),
        lambda _document, it: comparison_report(comparison, it.now),
    )
    return render_views(views, output_format, comparison_document(comparison), setting)
