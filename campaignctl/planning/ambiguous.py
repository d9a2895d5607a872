"""Decides what becomes of several alive campaigns of one name (rule 1.2).

A twin that calls is worse than one that waits.
"""

from __future__ import annotations

from collections.abc import Sequence

from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import CALLING, STOPPED_STATES
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Role
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.plan import Operation
from campaignctl.model.reasons import Reason
from campaignctl.model.values import normal
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import Decision
from campaignctl.planning.terms import Terms


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
    )


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
