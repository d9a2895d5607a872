"""Decides where a name does not say which campaign is meant (rule 1.2): several alive ones have it, or the one that has
it looks like somebody else's.

A twin that calls is worse than one that waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import CALLING, STOPPED_STATES
from campaignctl.kinds.operations import Op, Permission
from campaignctl.kinds.table import Role
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.looks import Look
from campaignctl.model.plan import HeldOperation, Operation
from campaignctl.model.reasons import Reason
from campaignctl.model.values import UNSEEN, normal, shown
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import Decision
from campaignctl.planning.terms import Terms
from campaignctl.recipients.leaving_out import (
    as_written,
    in_earlier_versions,
    nobody_left,
    still_in,
    still_there,
)


def decide_ambiguous(desired: Desired, candidates: Sequence[Live], terms: Terms) -> Decision:
    """Blocks the change; the twins that would call the same people at the same time are paused all the same."""
    name = candidates[0].name
    sids = ", ".join(live.sid for live in candidates)
    message = f"{len(candidates)} alive campaigns are called {name} ({sids}); pin one with metadata.sid"
    calling = [live for live in candidates if live.status in CALLING]
    paused = calling if desired.state in STOPPED_STATES else twins(calling, terms.country)
    return Decision(
        Reason("ambiguous-name", message),
        operations=tuple(Operation(Op.PAUSE, sid=live.sid) for live in paused),
        notes=tuple(_who_stays_noted(desired, candidates)),
    )


def _who_stays_noted(desired: Desired, candidates: Iterable[Live]) -> Iterator[str]:
    """Notes who stays in which of them though suppressed: nobody knows which may be written to."""
    for live in candidates:
        people = still_in(desired, live) | in_earlier_versions(live).known
        if people:
            yield f"{still_there(people)} {live.sid}, until one is pinned"


def twins(oldest_first: Sequence[Live], country: Country | None) -> list[Live]:
    """Returns all campaigns but the oldest of those that are alike."""
    found: list[Live] = []
    for index, live in enumerate(oldest_first):
        if any(alike(older, live, country) for older in oldest_first[:index]):
            found.append(live)
    return found


def alike(one: Live, other: Live, country: Country | None) -> bool:
    """Tells whether recipients and start are equal; where recipients are not shown, content and start."""
    if window_of(one.kind, one.spec).start != window_of(other.kind, other.spec).start:
        return False
    recipients = _meanings(one, Role.RECIPIENTS, country), _meanings(other, Role.RECIPIENTS, country)
    if all(any(side) for side in recipients):
        return recipients[0] == recipients[1]
    content = _meanings(one, Role.CONTENT, country)
    return any(content) and content == _meanings(other, Role.CONTENT, country)


def _meanings(live: Live, role: Role, country: Country | None) -> list[object]:
    return [normal(field, live.spec.get(field.name), country) for field in live.kind.in_role(role)]


def looks_foreign(desired: Desired, live: Live, terms: Terms) -> bool:
    """Tells whether recipients, content and start all differ, all three shown, and nobody said that the campaign is
    meant. What the manifest ignores counts like the rest: who leaves a field to others has not left them the campaign.
    """
    return (
        _other_start(desired, live)
        and _other_content(desired, live, terms.country)
        and _other_recipients(desired, live, terms.country)
        and not terms.allows(Permission.ADOPT, desired, live)
    )


def decide_foreign(live: Live, otherwise: Decision) -> Decision:
    """Holds all that would be done if the campaign were meant, which is `otherwise`; not even a pause is done."""
    message = (
        f"the campaign of this name ({live.sid}) has other recipients, other content and another start: it may be "
        "somebody else's; allow adopt or pin it with metadata.sid if it is meant, else take another name"
    )
    done = (HeldOperation(it.op, it.fields, live.updated, it.numbers_failed) for it in otherwise.operations)
    return Decision(
        Reason("looks-foreign", message),
        held=(*done, *otherwise.held),
        diff=otherwise.diff,
        resulting=live.spec,
    )


def _other_start(desired: Desired, live: Live) -> bool:
    name = desired.kind.schedule.name
    if desired.spec.get(name) is live.spec.get(name):
        return False  # most have the same object
    wanted = window_of(desired.kind, desired.spec).start
    seen = shown(live.spec, f"{live.kind.schedule.name}.{live.kind.start.name}")
    return wanted is not None and seen is not UNSEEN and window_of(live.kind, live.spec).start != wanted


def _other_content(desired: Desired, live: Live, country: Country | None) -> bool:
    """Tells whether something that both say differs, and nothing is the same."""
    said = [pair for pair in _said_by_both(desired, live, country) if pair != (None, None)]
    return bool(said) and all(mine != theirs for mine, theirs in said)


def _said_by_both(desired: Desired, live: Live, country: Country | None) -> Iterator[tuple[object, object]]:
    for field in desired.kind.in_role(Role.CONTENT):
        name = field.name
        if name in desired.spec and name in live.spec:
            yield normal(field, desired.spec[name], country), normal(field, live.spec[name], country)


def _other_recipients(desired: Desired, live: Live, country: Country | None) -> bool:
    """Tells whether none are in common. Of a manifest that is left for nobody those count who are suppressed: what
    calls none of them is not its campaign.
    """
    meant = as_written(desired) if nobody_left(desired) else desired
    mine, theirs = Look(meant, country).recipients, Look(live, country).recipients
    return mine is not None and theirs is not None and mine.isdisjoint(theirs)
