"""Decides dates that a manifest's rule does not yield any more (rule 8): paused, then archived where that is asked
for.

Imported where a manifest repeats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from campaignctl.kinds.lifecycle import State, Status
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.looks import Look, hides_recipients, reaches_the_same, says_the_same
from campaignctl.model.reasons import Reason
from campaignctl.model.recurrence import OccurrenceOf
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import Decision, decide
from campaignctl.planning.terms import Terms
from campaignctl.repeat.occurrences import occurrence_on
from campaignctl.repeat.series import Repeating


def withdrawn_dates(
    repeating: Repeating, unnamed: Iterable[Live], terms: Terms
) -> Iterator[tuple[Desired, Live]]:
    """Yields, of the alive campaigns that no manifest names, those of a date that the rule does not yield any more."""
    for live in unnamed:
        owner, day = repeating.reserved_to(live) or (None, None)
        if owner is None or day is None or owner.repeat is None:
            continue
        if occurrence_on(owner.repeat, day) is None and _in_common(owner, live, terms):
            yield _withdrawn(owner, day, live, terms), live


def _in_common(manifest: Desired, live: Live, terms: Terms) -> bool:
    """Tells whether recipient or content is in common; what is not shown counts as common."""
    mine, theirs = Look(manifest, terms.country), Look(live, terms.country)
    if hides_recipients(mine, theirs) or not any(map(theirs.shows, mine.content)):
        return True
    return reaches_the_same(mine, theirs) or says_the_same(mine, theirs)


def _withdrawn(manifest: Desired, day: date, live: Live, terms: Terms) -> Desired:
    """Makes what is wanted of a withdrawn date: paused, then, once it is found paused and its start has passed,
    archived. Its fields are left alone, and nothing that the manifest allows reaches it.
    """
    start = window_of(live.kind, live.spec).start
    ends = live.status is Status.PAUSED and (start is None or start <= terms.now) and _may_end(live, terms)
    return Desired(
        manifest.kind,
        {"name": live.name},
        manifest.where,
        state=State.ARCHIVED if ends else State.PAUSED,
        labels=manifest.labels,
        ignore=frozenset(manifest.kind.by_name),
        document=manifest.document,
        occurrence=OccurrenceOf(manifest.name or "", day, withdrawn=True),
    )


def _may_end(live: Live, terms: Terms) -> bool:
    """Tells whether a date may be ended: an old commit, or manifests that cannot be read, end nothing."""
    checkout = terms.checked_out()
    return terms.orphans_complete and (checkout is None or checkout.why_not_ended(live) is None)


def decide_withdrawn(desired: Desired, live: Live, terms: Terms) -> Decision:
    """Pauses the campaign unasked; its end must be asked for."""
    decision = decide(desired, live, terms)
    why = "its manifest's rule does not yield this date any more"
    reason = decision.reason
    if reason.code == "in-sync":
        return replace(decision, reason=Reason("in-sync", f"{why}: it waits, paused"))
    return replace(decision, reason=Reason(reason.code, f"{why}: {reason.message}"))
