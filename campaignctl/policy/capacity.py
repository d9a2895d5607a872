"""Finds where campaigns of a kind overlap so that together they want more than the account can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from campaignctl.kinds.table import Kind
from campaignctl.model.environment import Environment
from campaignctl.model.overlaps import CapacityOverlap
from campaignctl.model.windows import utc
from campaignctl.tuples import NamedTuple


class Span(NamedTuple):
    """Holds one campaign in time, and the calls or messages it can want in a minute."""

    start: datetime
    end: datetime
    per_minute: int
    name: str = ""


def overlaps_by_kind(
    spans: Iterable[tuple[Kind, Span]], environment: Environment
) -> Iterator[CapacityOverlap]:
    """Yields the overlaps by kind, in the order of time."""
    by_kind: dict[str, tuple[Kind, list[Span]]] = {}
    for kind, span in spans:
        by_kind.setdefault(kind.name, (kind, []))[1].append(span)
    for name, (kind, mine) in sorted(by_kind.items()):
        yield from _overlaps_of(name, mine, capacity(kind, environment))


def _overlaps_of(kind: str, spans: Iterable[Span], most: int) -> Iterator[CapacityOverlap]:
    """Goes through starts and ends in their order; ends come first, so that what adjoins does not overlap."""
    running: set[int] = set()
    every = list(spans)
    named = any(span.name for span in every)
    wanted = 0
    since: datetime | None = None
    for _, begins, place, moment in sorted(_turns(every)):
        if since is not None and moment > since:
            names = frozenset(every[it].name for it in running) if named else frozenset()
            yield CapacityOverlap(kind, since, moment, len(running), wanted, most, names)
        wanted += every[place].per_minute if begins else -every[place].per_minute
        running ^= {place}
        since = moment if wanted > most else None


def _turns(spans: Iterable[Span]) -> Iterator[tuple[datetime, bool, int, datetime]]:
    """Yields each start and end in UTC, which compares quickly, whether it is a start, whose, and as it was
    written.
    """
    for place, span in enumerate(spans):
        yield utc(span.start), True, place, span.start
        yield utc(span.end), False, place, span.end


def capacity(kind: Kind, environment: Environment) -> int:
    """Returns the calls or messages a minute, as the `capacity` policy says, whatever its level; else an account's
    default.
    """
    settings = environment.policy.get("capacity")
    said = settings.get(kind.capacity_setting) if isinstance(settings, Mapping) else None
    return said if isinstance(said, int) else kind.per_minute
