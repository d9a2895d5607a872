"""Computes when the campaigns of a plan run, day by day: what a drawing shows and a table says. It draws nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta, tzinfo
from typing import Final

from campaignctl import zones
from campaignctl.kinds import KINDS
from campaignctl.rendering.changes import title
from campaignctl.rendering.documents import ChangeDocument, PlanDocument
from campaignctl.rendering.measure_documents import HoursDocument, OverlapDocument, RunDocument
from campaignctl.rendering.words import counted, duration, moment, read_moment

MOST_DAYS: Final = 14
"""Drawn one below the other; what runs later stands in the table alone."""


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """Holds one campaign in time.

    `predicted_end` (typical), `worst_end` and `end` (declared) are None where unknown; it waits unless it `goes`.
    """

    title: str
    start: datetime
    predicted_end: datetime | None
    worst_end: datetime | None
    end: datetime | None
    goes: bool

    @property
    def drawn_until(self) -> datetime:
        """Returns the last moment at which there is something to see."""
        return max(self.start, self.worst_end or self.predicted_end or self.end or self.start)

    @property
    def ends(self) -> str:
        """Says the end of its typical run in words."""
        return self._after(self.predicted_end)

    @property
    def ends_at_worst(self) -> str:
        """Says the end of its longest run in words."""
        return self._after(self.worst_end)

    def _after(self, end: datetime | None) -> str:
        return "unknown" if end is None else f"{moment(end)}, after {duration(end - self.start)}"

    @property
    def says(self) -> str:
        """Says all of it, for who does not see the drawing."""
        waits = "" if self.goes else " (waits: paused, held or blocked)"
        window = f", window until {moment(self.end)}" if self.end else ""
        ends = f"typical end {self.ends}, at worst, if nothing else runs, {self.ends_at_worst}"
        return f"{self.title}{waits}: starts {moment(self.start)}, {ends}{window}"


@dataclass(frozen=True, slots=True)
class Piece:
    """Holds what of a span falls on a day, in parts of that day from 0 to 1.

    `calls` is the typical run, `worst` what the longest adds to it, `window` what is declared, `point` its start;
    each None where it is not on this day.
    """

    span: TimelineBar
    calls: tuple[float, float] | None
    worst: tuple[float, float] | None
    window: tuple[float, float] | None
    point: tuple[float, float] | None

    @property
    def starts_here(self) -> bool:
        """Tells whether the campaign starts on this day."""
        return self.point is not None

    @property
    def start(self) -> float:
        """Returns where it begins to be seen on this day."""
        return min(part[0] for part in (self.calls, self.worst, self.window, self.point) if part)


@dataclass(frozen=True, slots=True)
class OverlapTime:
    """Holds a stretch of a day in which runs together want more than the account's capacity, and the sentence on
    it.
    """

    part: tuple[float, float]
    says: str


@dataclass(frozen=True, slots=True)
class Day:
    """Holds one day in the timeline's zone.

    `hours` are the calling hours as parts of it, None where no rule holds them. `now` is where the plan was made,
    None on another day.
    """

    first: datetime
    hours: tuple[float, float] | None
    pieces: tuple[Piece, ...]
    overlaps: tuple[OverlapTime, ...]
    now: float | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Holds all days that are drawn, and all spans. `hours` are in words; `later` counts days that are not drawn."""

    zone: str
    hours: str | None
    days: tuple[Day, ...]
    spans: tuple[TimelineBar, ...]
    later: int


def timeline_of(document: PlanDocument) -> Timeline | None:
    """Makes the timeline; None where no campaign of the plan runs at a known time."""
    spans = sorted(_spans(document["changes"]), key=lambda span: (span.start, span.title))
    if not spans:
        return None
    zone, called = _zone(document["calling_hours"], spans[0])
    created = read_moment(document["created_at"])
    today = created.astimezone(zone).date() if created else date.min
    dates = sorted({day for span in spans for day in _dates(span, zone) if day >= today})
    hours = document["calling_hours"]
    drawn = [_day(_bounds(day, zone), spans, document, created) for day in dates[:MOST_DAYS]]
    says = f"{hours['opening']}–{hours['closing']} {called}" if hours else None
    return Timeline(called, says, tuple(drawn), tuple(spans), len(dates) - len(drawn))


def _spans(changes: Sequence[ChangeDocument]) -> Iterator[TimelineBar]:
    for change in changes:
        run = change["run"]
        start = read_moment(run["start"]) if run else None
        if run and start and MINYEAR < start.year < MAXYEAR:  # no calendar has a day before or after those
            yield TimelineBar(
                title=title(change["kind"], change["name"]),
                start=start,
                predicted_end=read_moment(run["predicted_end"]),
                worst_end=_worst_end(run),
                end=read_moment(run["end"]),
                goes=run["goes"],
            )


def _worst_end(run: RunDocument) -> datetime | None:
    worst = run.get("worst")  # a file of an earlier version has none
    return read_moment(worst["end"]) if worst else None


def _zone(hours: HoursDocument | None, first: TimelineBar) -> tuple[tzinfo, str]:
    """Returns the zone of the calling hours, else the offset of the first start."""
    name = hours["time_zone"] if hours else None
    if name:
        try:
            return zones.zone(name), name
        except ValueError:
            pass  # a plan of another version may name a zone that this one lacks
    zone = first.start.tzinfo
    assert zone is not None, "a moment was read with its offset"
    return zone, moment(first.start).rpartition(" ")[2]


def _dates(span: TimelineBar, zone: tzinfo) -> Iterator[date]:
    day, last = span.start.astimezone(zone).date(), span.drawn_until.astimezone(zone).date()
    for _ in range(MOST_DAYS):
        yield day
        if day >= last:
            return
        day += timedelta(days=1)


Bounds = tuple[datetime, datetime]


def _bounds(day: date, zone: tzinfo) -> Bounds:
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _day(bounds: Bounds, spans: Sequence[TimelineBar], document: PlanDocument, now: datetime | None) -> Day:
    made = _part(now, now, bounds) if now else None
    return Day(
        first=bounds[0],
        hours=_hours(document["calling_hours"], bounds),
        pieces=tuple(piece for span in spans if (piece := _piece(span, bounds))),
        overlaps=tuple(_overlap_times(document["crowds"], bounds)),
        now=made[0] if made else None,
    )


def _part(start: datetime, end: datetime, bounds: Bounds) -> tuple[float, float] | None:
    """Returns what of a stretch lies between the bounds, as parts of them; of no length where it is a moment."""
    first, last = (bound.timestamp() for bound in bounds)
    begin, until = max(start.timestamp(), first), min(end.timestamp(), last)
    if begin > until or begin >= last:
        return None
    return (begin - first) / (last - first), (until - first) / (last - first)


def _piece(span: TimelineBar, bounds: Bounds) -> Piece | None:
    drawn = _part(span.start, span.drawn_until, bounds)
    if drawn is None:
        return None
    return Piece(
        span=span,
        calls=_part(span.start, span.predicted_end, bounds) if span.predicted_end else None,
        worst=_at_worst(span, bounds),
        window=_part(span.start, span.end, bounds) if span.end else None,
        point=_part(span.start, span.start, bounds),
    )


def _at_worst(span: TimelineBar, bounds: Bounds) -> tuple[float, float] | None:
    """Returns what the longest run adds to the typical one."""
    if span.predicted_end is None or span.worst_end is None or span.worst_end <= span.predicted_end:
        return None
    return _part(span.predicted_end, span.worst_end, bounds)


def _hours(hours: HoursDocument | None, bounds: Bounds) -> tuple[float, float] | None:
    if hours is None:
        return None
    try:
        opening, closing = time.fromisoformat(hours["opening"]), time.fromisoformat(hours["closing"])
    except ValueError:
        return None
    day, zone = bounds[0].date(), bounds[0].tzinfo
    return _part(datetime.combine(day, opening, zone), datetime.combine(day, closing, zone), bounds)


def _overlap_times(overlaps: Sequence[OverlapDocument], bounds: Bounds) -> Iterator[OverlapTime]:
    for stretch in _stretches(overlaps):
        start, end = read_moment(stretch[0]["start"]), read_moment(stretch[-1]["end"])
        part = _part(start, end, bounds) if start and end else None
        if start and end and part and part[1] > part[0]:
            yield OverlapTime(
                part, _rate_limited(stretch, max(start, bounds[0]), min(end, bounds[1]), bounds[0].tzinfo)
            )


def _stretches(overlaps: Sequence[OverlapDocument]) -> Iterator[list[OverlapDocument]]:
    """Joins what adjoins: every start and end of a campaign begins a new overlap."""
    stretch: list[OverlapDocument] = []
    for overlap in overlaps:
        if stretch and (overlap["kind"], overlap["start"]) != (stretch[-1]["kind"], stretch[-1]["end"]):
            yield stretch
            stretch = []
        stretch.append(overlap)
    if stretch:
        yield stretch


def _rate_limited(
    stretch: Sequence[OverlapDocument], start: datetime, end: datetime, zone: tzinfo | None
) -> str:
    worst = max(stretch, key=lambda overlap: overlap["wanted"])
    wanted = counted(worst["wanted"], KINDS[worst["kind"]].unit)
    together = f"{counted(worst['campaigns'], 'campaign')} together want {wanted} a minute"
    most = "" if len(stretch) == 1 else "up to "
    begin, until = start.astimezone(zone), end.astimezone(zone)
    last = "24:00" if until.date() > begin.date() else f"{until:%H:%M}"
    return f"{begin:%H:%M} to {last}: {most}{together}; the account makes {worst['capacity']:,}."
