"""Draws the timeline as SVG, one day below the other.

Lengths across are per cent, so that it fits a phone and a wall.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from campaignctl.kinds import KINDS
from campaignctl.kinds.table import Unit
from campaignctl.rendering.as_html.markup import outside, text
from campaignctl.rendering.timeline import Day, Piece, Timeline, TimelineBar
from campaignctl.rendering.words import counted, day, moment
from campaignctl.text import cut

_TOP: Final = 24
_ROW: Final = 30
_BAR: Final = 8
_LABEL: Final = 40
"""Characters of a name beside its bar; the full name stands in the table."""
_FOLDED_AFTER: Final = 4
"""Days that are drawn unfolded."""
_STUB: Final = 0.05
"""Of a day: how long a run is drawn whose length nobody knows."""
_MOST_SAID: Final = 8

_CLASSES: Final = {Unit.CALL: "voice", Unit.MESSAGE: "sms"}
_CLASS_OF: Final = {kind.short: _CLASSES[kind.unit] for kind in KINDS.values()}
"""The colour of a bar is that of calls or of messages, whatever the kind is called."""

_DEFINITIONS: Final = (
    '<svg class="definitions" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    + "".join(
        f'<linearGradient id="fade-{kind}"><stop class="stop-{kind}" offset="0" stop-opacity=".85"/>'
        f'<stop class="stop-{kind}" offset="1" stop-opacity="0"/></linearGradient>'
        for kind in _CLASSES.values()
    )
    + "</defs></svg>\n"
)


def timeline_html(timeline: Timeline) -> Iterator[str]:
    """Writes the legend, the days, and everything once more as a table."""
    yield '<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>\n'
    yield _DEFINITIONS
    yield _legend(timeline)
    for number, each in enumerate(timeline.days):
        if number == _FOLDED_AFTER:
            rest = counted(len(timeline.days) - number, "more day")
            yield f'<details class="folded"><summary>{rest}</summary>\n'
        yield from _day(each, number)
    if len(timeline.days) > _FOLDED_AFTER:
        yield "</details>\n"
    if timeline.later:
        yield f'<p class="quiet">{counted(timeline.later, "later day")} not drawn: see the table.</p>\n'
    yield from _table(timeline)
    yield "</section>\n"


def _legend(timeline: Timeline) -> str:
    items = [
        (_swatch('class="voice" rx="3"'), "the typical run of calls"),
        (_swatch('class="sms" rx="3"'), "messages"),
        (_swatch('class="voice worst" rx="3"'), "at worst, if nothing else runs"),
        (_swatch('class="voice window" rx="3"'), "the rest of the window"),
        (_swatch('class="voice waits" rx="3"'), "waits: paused, held or blocked"),
        (_swatch('class="voice fade"'), "how long, nobody knows"),
    ]
    if any(each.overlaps for each in timeline.days):
        items.append((_swatch('class="crowded"', height=3), "more than the account can do"))
    if timeline.hours:
        items.append((_swatch('class="closed"'), f"outside the calling hours {timeline.hours}"))
    listed = "".join(f"<li>{swatch}{text(says)}</li>" for swatch, says in items)
    zone = "" if timeline.hours else f"<li>Times in {text(timeline.zone)}</li>"
    return f'<ul class="legend">{listed}{zone}</ul>\n'


def _swatch(*rectangles: str, height: int = 10) -> str:
    drawn = "".join(f'<rect width="26" height="{height}" {attributes}/>' for attributes in rectangles)
    return f'<svg aria-hidden="true" focusable="false">{drawn}</svg>'


def _day(each: Day, number: int) -> Iterator[str]:
    height = _TOP + _ROW * len(each.pieces) + 8
    title = day(each.first)
    campaigns = counted(len(each.pieces), "campaign")
    yield f'<figure><figcaption><h3>{title}</h3><span class="quiet">{campaigns}</span></figcaption>'
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{title}">'
    yield f'<svg role="img" aria-labelledby="day-{number}" height="{height}">'
    yield f'<title id="day-{number}">{title}: {campaigns}; the table below says the same in words</title>\n'
    yield from _ground(each, height)
    for row, piece in enumerate(each.pieces):
        yield _row(piece, _TOP + _ROW * row)
    yield "</svg></div>"
    says = [overlap.says for overlap in each.overlaps]
    for sentence in says[:_MOST_SAID]:
        yield f'<p class="held">{text(sentence)}</p>'
    if len(says) > _MOST_SAID:
        yield f'<p class="held">And {counted(len(says) - _MOST_SAID, "more such stretch", "more such stretches")}.</p>'
    yield "</figure>\n"


def _ground(each: Day, height: int) -> Iterator[str]:
    """Draws the ground: closed hours, hours, where campaigns overlap, and now."""
    if each.hours:
        opening, closing = each.hours
        yield _rect("closed", 0, opening, 0, height) + _rect("closed", closing, 1, 0, height)
    for overlap in each.overlaps:
        yield _rect("crowd", *overlap.part, _TOP - 5, height)
        yield _rect("crowded", *overlap.part, _TOP - 5, 3)
    for hour in range(3, 24, 3):
        x = _percent(hour / 24)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="18" y2="{height}"/>'
        yield f'<text class="hour" x="{x}" y="13" text-anchor="middle">{hour:02}</text>'
    if each.now is not None:
        x = _percent(each.now)
        yield f'<line class="now" x1="{x}" x2="{x}" y1="0" y2="{height}"><title>when this was made</title></line>'


def _row(piece: Piece, top: int) -> str:
    """Draws a name over its bar; towards the end of a day the name stands to the left."""
    start = piece.start
    late = start > 0.6
    window = piece.window if piece.span.goes or not piece.calls else None
    worst = piece.worst if piece.span.goes else None
    end = max(part[1] for part in (piece.calls, worst, window, (start, start)) if part)
    anchor = f'x="{_percent(min(end, 1) if late else start)}"{_END if late else ""}'
    label = text(cut_label(piece.span.title))
    return (
        f"<g><title>{text(piece.span.says)}</title>{''.join(_bars(piece, top + 15))}"
        f'<text {anchor} y="{top + 10}">{label}</text></g>\n'
    )


_END: Final = ' text-anchor="end"'


def cut_label(title: str) -> str:
    """Cuts a name to the room that there is."""
    return title if len(title) <= _LABEL else f"{title[: _LABEL - 1]}…"


def _bars(piece: Piece, top: int) -> Iterator[str]:
    kind = _CLASS_OF[piece.span.title.partition("/")[0]]
    if not piece.span.goes:
        yield _rect(
            f"{kind} waits", *(piece.calls or piece.window or (piece.start, piece.start + _STUB)), top, _BAR
        )
        return
    if piece.window:
        yield _rect(f"{kind} window", *piece.window, top, _BAR)
    if piece.worst:
        yield _rect(f"{kind} worst", *piece.worst, top, _BAR)
    if piece.calls:
        yield _rect(kind, *piece.calls, top, _BAR)
    elif piece.starts_here and not piece.worst:
        yield _rect(f"{kind} fade", piece.start, piece.start + _STUB, top, _BAR)
    if piece.starts_here:
        yield f'<rect class="{kind}" x="{_percent(piece.start)}" y="{top - 2}" width="2" height="{_BAR + 4}"/>'


def _rect(css: str, start: float, end: float, top: int, height: int) -> str:
    x, width = _percent(start), _percent(max(min(end, 1) - start, 0))
    return f'<rect class="{css}" x="{x}" y="{top}" width="{width}" height="{height}"/>'


def _percent(part: float) -> str:
    return f"{100 * part:.5g}%"


def _table(timeline: Timeline) -> Iterator[str]:
    yield '<details class="folded"><summary>The timeline as a table</summary><div class="wide"><table class="spans">'
    columns = ("Campaign", "Starts", "Typical end", "At worst, alone", "Window ends", "Runs")
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    yield f"<thead><tr>{head}</tr></thead><tbody>\n"
    for span in timeline.spans:
        yield _table_row(span)
    yield "</tbody></table></div></details>\n"


def _table_row(span: TimelineBar) -> str:
    cells = (
        moment(span.start),
        span.ends,
        span.ends_at_worst,
        moment(span.end) if span.end else "not declared",
        "yes" if span.goes else "waits: paused, held or blocked",
    )
    row = "".join(f"<td>{text(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{outside(cut(span.title, 200))}</th>{row}</tr>\n'
