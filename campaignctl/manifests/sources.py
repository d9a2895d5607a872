"""Reads `suppress` as it is written: each source of one kind. What a source holds is read in `suppression`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from campaignctl.kinds.manifest import FROM_FILE, SUPPRESS
from campaignctl.kinds.table import Value
from campaignctl.model.suppression import SuppressionSource
from campaignctl.model.values import texts

_KINDS = ("numbers", FROM_FILE, "campaign")


def read_sources(
    value: Value, shown: Callable[[str], str]
) -> tuple[tuple[SuppressionSource, ...], tuple[tuple[str, str], ...]]:
    """Returns the sources, and what is wrong with any: path and message. `shown` names a file as positions do."""
    rows = [it for it in value if isinstance(it, Mapping)] if isinstance(value, list) else []
    faults = tuple(_faults(rows))
    return tuple(_source(place, row, shown) for place, row in enumerate(rows)) if not faults else (), faults


def _faults(rows: list[Mapping[str, Value]]) -> Iterator[tuple[str, str]]:
    for place, row in enumerate(rows):
        given = [name for name in _KINDS if row.get(name) is not None]
        if len(given) != 1:
            has = " and ".join(given) if given else "none"
            yield f"{SUPPRESS}.{place}", f"a source of suppress is one of {', '.join(_KINDS)}; this has {has}"


def _source(place: int, row: Mapping[str, Value], shown: Callable[[str], str]) -> SuppressionSource:
    file, campaign, at_least = row.get(FROM_FILE), row.get("campaign"), row.get("at_least")
    return SuppressionSource(
        f"{SUPPRESS}.{place}",
        tuple(texts(row.get("numbers"))),
        shown(file) if isinstance(file, str) else None,
        campaign if isinstance(campaign, str) else None,
        at_least if isinstance(at_least, int) else None,
    )
