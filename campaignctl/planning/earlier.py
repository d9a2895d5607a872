"""Leaves out of a campaign whom another campaign has called already, as the account shows it. Pure.

A manifest says whom its campaign will call; once that has begun, the account says whom it calls. A file that
changed in between would bring people back who were called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from campaignctl.gates.counters import counters_of
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import BEGINNING, Permission
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.model.plan import Operation, Reason
from campaignctl.model.suppression import Shown
from campaignctl.model.values import canonical_numbers, texts
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import Decision, held_from
from campaignctl.planning.counting import LISTS
from campaignctl.planning.terms import Terms
from campaignctl.recipients.leaving_out import NUMBERS, as_written, leave_out, with_opt_out


def shown_by(campaigns: Iterable[Live], complete: bool, now: datetime, country: Country | None) -> Shown:
    """Returns what all campaigns of one manifest show together. `complete` is False where others may be there."""
    people, begun, unseen = set[str](), False, not complete
    for live in campaigns:
        counters = counters_of(live, country)
        if live.finished and counters is not None and not counters.tried:
            continue
        numbers = texts(live.spec.get(NUMBERS))
        people.update(canonical_numbers(numbers, country))
        began = live.status is not Status.CREATED or window_of(live.kind, live.spec).begun(now)
        began = began or (counters is not None and counters.tried > 0)
        begun, unseen = begun or began, unseen or (began and not numbers)
    return Shown(frozenset(people), begun, unseen)


def seeing(desired: Desired, shown: Mapping[str, Shown]) -> Desired:
    """Returns the manifest without those whom the campaigns that it names have called, or will."""
    if desired.suppression is None or not shown:
        return desired
    suppression = desired.suppression.seeing(shown)
    return replace(leave_out(as_written(desired), suppression), shown=shown)


def with_earlier(
    manifests: Sequence[Desired], listings: Mapping[str, Listing], now: datetime, country: Country | None
) -> Mapping[int, Desired]:
    """Returns, by identity, the manifests that name another manifest's campaign, with what the account shows of it."""
    named = {it.kind_and_name: it for it in manifests if it.name}
    found: dict[int, Desired] = {}
    for desired in manifests:
        if desired.suppression is None or desired.repeat is not None:
            continue  # of one that repeats each date has people of its own
        names = [name for name in desired.suppression.campaigns if name in named and not named[name].repeat]
        shown = {name: shown_by(*_campaigns(named[name], listings), now, country) for name in names}
        if shown:
            found[id(desired)] = seeing(desired, shown)
    return found


def _campaigns(other: Desired, listings: Mapping[str, Listing]) -> tuple[list[Live], bool]:
    """Returns the campaigns of a manifest's name, pin or previous name, alive or over, and whether these are all."""
    listing = listings.get(other.kind.name)
    if listing is None:
        return [], True
    names = {other.name, other.previous_name} - {None}
    found = [it for it in listing.campaigns if it.sid == other.sid or it.name in names]
    settled = bool(found) or listing.complete or listing.settles(other.name or "")
    return found, settled


def unseen_held(decision: Decision, desired: Desired, live: Live | None, terms: Terms) -> Decision:
    """Holds what sends to people where nobody sees whom an earlier campaign has called, until somebody says so."""
    blind = sorted(name for name, it in desired.shown.items() if it.unseen)
    sends = [it for it in decision.operations if _sends_people(it)]
    if not blind or not sends or terms.allows(Permission.UNSEEN, desired, live):
        return decision
    message = f"the account does not show whom {', '.join(blind)} has called: somebody could be called twice"
    reason = Reason("recipients-unseen", message)
    held = held_from(decision.operations.index(sends[0]), decision, reason, live)
    return replace(held, operations=with_opt_out(held.operations, held.opt_outs))


def _sends_people(operation: Operation) -> bool:
    """Tells whether an operation sends people somewhere: an opt-out brings nobody in."""
    sends = operation.op in BEGINNING or bool({NUMBERS, LISTS} & set(operation.fields))
    return sends and not operation.opt_out


def called_already(desired: Desired, shown: Mapping[str, Shown]) -> Reason | None:
    """Says, right before a write, whether somebody who is to be called is in an earlier campaign that has begun by
    now.
    """
    mine = set(canonical_numbers(texts(desired.spec.get(NUMBERS)), _country(desired)))
    for name, it in shown.items():
        both = len(mine & it.people) if it.begun else 0
        if both:
            people = "1 person" if both == 1 else f"{both:,} people"
            return Reason("called-already", f"{people} of this one were called by {name}; plan again")
    return None


def _country(desired: Desired) -> Country | None:
    return desired.suppression.country if desired.suppression else None
