"""Decides on alive campaigns with the project's prefix that no manifest matches, and finds other people's campaigns
(rule 6).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from campaignctl.diagnostics import counted
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.operations import ending_permissions, shortest_path
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.dated_names import parsed
from campaignctl.model.plan import Change, HeldOperation
from campaignctl.model.reasons import ChangeType, Reason
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import Decision, acting_on
from campaignctl.planning.match import Match
from campaignctl.planning.terms import Terms

_FEW, _MANY = 3, 10

TO_END: Final = ending_permissions(State.ARCHIVED)
"""What must be allowed to end one."""


def unmatched(matches: Iterable[Match], alive: Iterable[Live]) -> tuple[Live, ...]:
    """Returns the alive campaigns that no manifest of the project means."""
    touched = {live.sid for match in matches for live in match.touched}
    return tuple(live for live in alive if live.sid not in touched)


def unnamed(unmatched: Iterable[Live], all_manifests: Collection[Desired]) -> tuple[Live, ...]:
    """Returns the unmatched campaigns that no `previous_name` or `sid` names either."""
    named = {
        (manifest.kind.name, manifest.previous_name) for manifest in all_manifests if manifest.previous_name
    }
    pinned = {manifest.sid for manifest in all_manifests if manifest.sid}
    return tuple(
        live for live in unmatched if (live.kind.name, live.name) not in named and live.sid not in pinned
    )


def decide_orphan(live: Live, terms: Terms, spared: Collection[str], newer: str | None = None) -> Decision:
    """Lists an orphan; it is ended only with `--prune`, and only where both irreversible steps are allowed.

    `newer` says why a newer commit than the one that is checked out may know it: then it is not ended.
    """
    actions = shortest_path(live.status, State.ARCHIVED) or ()
    operations = tuple(acting_on(live, action.op) for action in actions)
    if live.sid in spared:
        return Decision(Reason("orphan", "no manifest matches it; it may be one that was renamed"))
    if newer is not None:
        return Decision(Reason("orphan", f"no manifest matches it, but {newer}: it is not ended"))
    if not terms.prune_asked:
        return Decision(Reason("orphan", "no manifest matches it; it stays and runs (--prune ends it)"))
    if not terms.orphans_complete:
        message = (
            "no manifest that could be read matches it; it stays until every manifest of the project can"
        )
        return Decision(Reason("orphan", message))
    if not _end_allowed(live, terms):
        held = tuple(HeldOperation(it.op, (), live.updated, it.numbers_failed) for it in operations)
        return Decision(
            Reason("orphan", f"no manifest matches it; allow {' and '.join(TO_END)} to end it"), held=held
        )
    return Decision(Reason("orphan", "no manifest matches it; it is ended"), operations=operations)


def newer_than_checkout(live: Live, why: str, terms: Terms) -> str:
    """Writes what stands first in a plan's notes: an old pipeline that is run again does not know what a newer one
    made.
    """
    window = window_of(live.kind, live.spec)
    start = window.start
    does = f"starts {start.isoformat()}" if start and start > terms.now else f"is {live.status} now"
    ends = terms.address.command("complete", live.sid)
    return f"{live.kind.short}/{live.name} is alive, {does}, and is not ended: {why}; `{ends}` ends it"


_LIKE_A_DATE: Final = re.compile("-[0-9]{4}-[0-9]{2}-[0-9]{2}$", re.ASCII)
_MOST_ENDED: Final = 10


def series_left(unnamed: Iterable[Live], terms: Terms) -> tuple[str, ...]:
    """Notes each series of dated names that is alive and that no manifest means: it goes on calling."""
    series: dict[tuple[str, str], list[Live]] = {}
    for live in unnamed:
        name = parsed(live.name) if _LIKE_A_DATE.search(live.name) else None
        if name is not None:
            series.setdefault((live.kind.name, name.base), []).append(live)
    return tuple(_series(base, several, terms) for (_, base), several in sorted(series.items()))


def _series(base: str, several: Sequence[Live], terms: Terms) -> str:
    starts = [start for live in several if (start := window_of(live.kind, live.spec).start)]
    ahead = min((start for start in starts if start > terms.now), default=None)
    when = f", the next starts {ahead.isoformat()}" if ahead else ""
    one = several[0]
    ends = terms.address.command("complete", *(live.sid for live in several[:_MOST_ENDED]))
    return (
        f"{one.kind.short}/{base}-…: {counted(len(several), 'date')} of a series alive that no manifest means{when}; "
        f"`{ends}` ends {'it' if len(several) == 1 else 'them'}"
    )


def _end_allowed(live: Live, terms: Terms) -> bool:
    return all(terms.consent.given(permission, live.kind, live.name, live.sid) for permission in TO_END)


def too_many_orphans(changes: Iterable[Change], with_prefix: int) -> str | None:
    """Says why so many orphans are not ended; None where they may be.

    Ending more than ten, or more than three and over a third of the prefix, is asked for by number; nobody asks
    where `--max-changes` stands on the command line.
    """
    ended = sum(change.type is ChangeType.ORPHAN and bool(change.operations) for change in changes)
    if ended > _MANY or (ended > _FEW and ended * 3 > with_prefix):
        return (
            f"this would end {ended} campaigns that no manifest matches, of {with_prefix} with the prefix; if that is "
            "meant, say so with --max-changes N"
        )
    return None
