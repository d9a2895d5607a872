"""Puts a plan together: what is planned, sealed with the token, with its price and its expiry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from campaignctl.contact_lists.versions import left_out_of
from campaignctl.kinds.lifecycle import MARGIN
from campaignctl.kinds.operations import BEGINNING, STARTING, Op
from campaignctl.model.campaigns import Snapshot
from campaignctl.model.plan import Change, ManifestsSeal, Plan, Selection
from campaignctl.model.requests import estimate
from campaignctl.model.windows import window_of
from campaignctl.planning.planner import Decisions
from campaignctl.planning.terms import Terms
from campaignctl.saved_plans.seal import fingerprint, person_mark
from campaignctl.tuples import NamedTuple


def assemble(
    decisions: Decisions,
    manifests: ManifestsSeal,
    snapshot: Snapshot,
    terms: Terms,
    selection: Selection,
    token: str,
) -> Plan:
    """Makes the plan.

    `manifests` is what `seal_manifests` makes of those that are selected. `token` is the API token: it keys
    fingerprints, and appears nowhere.
    """
    environment = terms.environment
    return Plan(
        environment=environment.name,
        account_sid=environment.account_sid,
        host=environment.host,
        created_at=terms.now,
        expires_at=expires_at(decisions.changes, terms.now),
        manifests=manifests,
        selection=selection,
        allowed=tuple(sorted(set(terms.consent.flags))),
        changes=tuple(_marked(change, terms, token) for change in decisions.changes),
        refresh_strategy=snapshot.strategy,
        refresh_requests=snapshot.requests,
        apply=estimate(decisions.changes, environment, snapshot.requests),
        unmanaged=decisions.unmanaged,
        notes=(*decisions.notes, *snapshot.notes),
        findings=decisions.findings,
        find_overlaps=decisions.find_overlaps,
        find_load=decisions.find_load,
        find_registered=decisions.find_registered,
        locate=terms.locate,
    )


def _suppressed(change: Change, token: str) -> Change:
    """Adds a mark of each of the declared people who are left out."""
    if change.suppressed is None:
        return change
    marks = tuple(sorted(person_mark(number, token) for number in left_out_of(change)))
    return replace(change, suppressed=replace(change.suppressed, marks=marks))


def _marked(change: Change, terms: Terms, token: str) -> Change:
    """Adds the fingerprint: only a campaign that the plan changes is remembered; where it resumes, a stop since
    then wins.
    """
    change = _suppressed(change, token)
    if change.live is None or not change.operations:
        return change
    resumes = any(operation.op is Op.RESUME for operation in change.operations)
    return replace(change, fingerprint=fingerprint(change.live, terms.country, token, with_updated=resumes))


LONGEST: Final = timedelta(hours=24)
STARTS_AT_ONCE: Final = timedelta(hours=1)


def expires_at(changes: Iterable[Change], now: datetime) -> datetime:
    """Returns when the plan expires: the earliest of a day, an hour where it calls at once, and what the starts
    ahead leave.
    """
    begun = dict.fromkeys(begins for change in changes if (begins := _begins(change)) is not None)
    return min((now + LONGEST, *(moment for begins in begun for moment in _limits(begins, now))))


class _Begins(NamedTuple):
    """Holds what tells when a change's plan expires: many campaigns are alike in that. `live` is None, too, where the
    start is not shown of one that `is_there`.
    """

    done: tuple[Op, ...]
    start: datetime | None
    live: datetime | None
    is_there: bool


def _begins(change: Change) -> _Begins | None:
    kind = change.live.kind if change.live else change.desired.kind if change.desired else None
    if not change.operations or kind is None:
        return None
    start = window_of(kind, change.resulting).start
    live = window_of(kind, change.live.spec).start if change.live else None
    return _Begins(tuple([it.op for it in change.operations]), start, live, change.live is not None)


def _limits(begins: _Begins, now: datetime) -> Iterator[datetime]:
    ops, start, live = set(begins.done), begins.start, begins.live
    ahead = start is not None and start > now
    hidden = begins.is_there and live is None and Op.UPDATE not in ops  # it may have passed
    if ops & BEGINNING and (not ahead or hidden):
        yield now + STARTS_AT_ONCE
    if start is not None and ahead and Op.CREATE in ops:
        yield start - MARGIN if start - now >= MARGIN else start
    if ops & STARTING:
        yield from (moment for moment in (start, live) if moment is not None and moment > now)
