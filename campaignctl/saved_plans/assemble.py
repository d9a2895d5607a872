"""Puts a plan together: what is planned, sealed with the token, with its price and its expiry."""

from __future__ import annotations

from dataclasses import replace

from campaignctl.kinds.operations import Op
from campaignctl.model.campaigns import Snapshot
from campaignctl.model.plan import Change, ManifestsSeal, Plan, Selection
from campaignctl.model.requests import estimate
from campaignctl.planning.planner import Decisions
from campaignctl.planning.terms import Terms
from campaignctl.saved_plans.expiry import expires_at
from campaignctl.saved_plans.seal import fingerprint, person_mark


def assemble(
    decisions: Decisions,
    manifests: ManifestsSeal,
    snapshot: Snapshot,
    terms: Terms,
    selection: Selection,
    token: str,
) -> Plan:
    """`manifests` is what `seal_manifests` makes of those that are selected.

    `token` is the API token: it keys fingerprints, and appears nowhere.
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
    """A mark of each of the declared people who are left out."""
    if change.suppressed is None or change.desired is None:
        return change
    marks = tuple(sorted(person_mark(number, token) for number in change.desired.left_out))
    return replace(change, suppressed=replace(change.suppressed, marks=marks))


def _marked(change: Change, terms: Terms, token: str) -> Change:
    """Only a campaign that the plan changes is remembered; where it resumes, a stop since then wins."""
    change = _suppressed(change, token)
    if change.live is None or not change.operations:
        return change
    resumes = any(operation.op is Op.RESUME for operation in change.operations)
    return replace(change, fingerprint=fingerprint(change.live, terms.country, token, with_updated=resumes))
