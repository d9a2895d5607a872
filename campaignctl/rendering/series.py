"""Folds neighbouring dates of a manifest that repeats to which the same happens, so that text and comments tell
them once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from campaignctl.kinds import KINDS
from campaignctl.rendering import words
from campaignctl.rendering.documents import (
    BriefChangeDocument,
    DifferenceDocument,
    HeldDocument,
    OperationDocument,
)
from campaignctl.text import name

_OWN: Final = ("sid", "since", "numbers_failed")
"""What each date has of its own."""


def folded(changes: Iterable[BriefChangeDocument]) -> Iterator[Sequence[BriefChangeDocument]]:
    """Yields runs of neighbours among the dates of one manifest; everything else is alone, where it stood."""
    runs: list[list[BriefChangeDocument]] = []
    last: dict[object, list[BriefChangeDocument]] = {}
    for change in changes:
        of = change["occurrence"]
        if of is None:
            runs.append([change])
            continue
        series = change["kind"], of["of"]
        run = last.get(series)
        if run is not None and _alike(run[-1], change):
            run.append(change)
        else:
            last[series] = [change]
            runs.append(last[series])
    return iter(runs)


def _alike(one: BriefChangeDocument, other: BriefChangeDocument) -> bool:
    return _said(one) == _said(other)


def _said(change: BriefChangeDocument) -> Sequence[object]:
    """Returns all that is told of a change except its date: a difference of the schedule alone is the date's."""
    schedule = KINDS[change["kind"]].schedule.name
    of = change["occurrence"]
    sent = {field: value for field, value in change["resulting"].items() if field not in (schedule, "name")}
    return (
        change["change"],
        change["reason"]["code"],
        change["status"],
        of["withdrawn"] if of is not None else None,
        [*map(_shared, change["operations"]), *map(_shared, change["held"])],
        [_difference(difference, schedule) for difference in change["diff"]],
        sent,
        change["notes"],
    )


def _shared(operation: OperationDocument | HeldDocument) -> dict[str, object]:
    return {key: value for key, value in operation.items() if key not in _OWN}


def _difference(difference: DifferenceDocument, schedule: str) -> object:
    return difference["field"] if difference["field"].partition(".")[0] == schedule else difference


def called(run: Sequence[BriefChangeDocument]) -> str:
    """Names a run: `voice/weekly-reminder: 3 dates`, without the colon for one alone."""
    of = run[0]["occurrence"]
    assert of is not None, "only dates are folded"
    return f"{KINDS[run[0]['kind']].short}/{name(of['of'])}, {words.counted(len(run), 'date')}"


def spans(run: Sequence[BriefChangeDocument]) -> str:
    """Writes from when to when: `Mon 4 Jan 2027 10:00 +05:30 to Mon 18 Jan 2027 10:00 +05:30`; by the rule's dates
    where no start is shown.
    """
    starts = [words.starts(change) for change in (run[0], run[-1])]
    if None in starts:
        return " to ".join(
            change["occurrence"]["date"] for change in (run[0], run[-1]) if change["occurrence"]
        )
    return " to ".join(words.moment(start) for start in starts if start)


def named_for_all(run: Sequence[BriefChangeDocument]) -> BriefChangeDocument:
    """Returns the first change under the manifest's own name, which `--allow` takes for all of its dates except
    withdrawn ones.
    """
    first, of = run[0], run[0]["occurrence"]
    if len(run) == 1 or of is None or of["withdrawn"]:
        return first
    return {**first, "name": of["of"]}
