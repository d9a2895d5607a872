"""Finds campaigns that stay where their manifests want them no more, and would call the people of another manifest.

Two manifests of one checkout may want the same people at different starts, while the account has the one where the
other is to be: its move is blocked, held or not selected. `duplicate_campaigns` compares what is written, and rule 3
what no manifest matches; here, what stands once the plan is done is held against what it creates and resumes, and
against whom its updates call besides. A start that an update moves is left alone: that campaign calls anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import NOT_CALLING, STOPPED_STATES, Status
from campaignctl.kinds.operations import BEGINNING, Op, Permission
from campaignctl.kinds.table import Role, Value
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.looks import Look, declared_unseen, hides_recipients
from campaignctl.model.plan import Operation
from campaignctl.model.reasons import Reason
from campaignctl.model.windows import declared_window
from campaignctl.planning.alive import Decision, held_from
from campaignctl.planning.compare import written_alike
from campaignctl.planning.lookalikes import Lookalikes
from campaignctl.planning.match import Match
from campaignctl.planning.terms import Terms
from campaignctl.recipients.leaving_out import with_opt_out


def clear_of_what_stays(
    meant: Sequence[Match], decided: Sequence[Decision], matches: Iterable[Match], terms: Terms
) -> list[Decision]:
    """Holds what would call people whom a campaign that stays calls with the same content in the same hours.

    What is held stays, too: so it may be in the way of the next.
    """
    decisions = list(decided)
    places = [place for place, it in enumerate(decisions) if _reaching(meant[place], it) is not None]
    while places:
        by_match = {id(match): decision for match, decision in zip(meant, decisions, strict=True)}
        staying = [it for match in matches for it in _left_by(match, by_match.get(id(match)), terms.country)]
        found = Lookalikes(country=terms.country, staying=staying)
        held = {place: it for place in places if (it := _held(meant[place], decisions[place], found, terms))}
        for place, decision in held.items():
            decisions[place] = decision
        places = [place for place in places if place not in held] if held else []
    return decisions


def in_the_way(
    desired: Desired, spec: Mapping[str, Value], own: str, staying: Iterable[Live], terms: Terms
) -> Reason | None:
    """Says why a campaign that is to call as `spec` says must not: one of those that stay is the same call.

    `own` is its SID, empty for one that is yet to come.
    """
    return _why_held(desired, spec, own, Lookalikes(country=terms.country, staying=staying), terms)


def as_it_stays(desired: Desired, live: Live, country: Country | None) -> Live | None:
    """Returns a campaign that may call where its manifest does not want it, or that is to call nobody; without the
    end that the account has filled in. None for one that is as it is wanted, or quiet.
    """
    if live.status in NOT_CALLING:
        return None
    if desired.state not in STOPPED_STATES and not _stands_elsewhere(desired, live, country):
        return None
    return live.showing(_with_declared_end(desired, live.spec))


def _with_declared_end(desired: Desired, spec: Mapping[str, Value]) -> Mapping[str, Value]:
    """Returns a spec without the end that no manifest declares: 30 days say nothing of when it calls."""
    kind, schedule = desired.kind, spec.get(desired.kind.schedule.name)
    if not isinstance(schedule, Mapping) or declared_window(kind, desired.spec).end is not None:
        return spec
    return {**spec, kind.schedule.name: {key: it for key, it in schedule.items() if key != kind.end.name}}


def reaches_more(desired: Desired, operation: Operation, live: Live | None) -> bool:
    """Tells whether an operation leads to calls that would not come without it: also by what the account does not
    show, since any update but an opt-out sends that along.
    """
    if operation.op in BEGINNING:
        return True
    if operation.op is not Op.UPDATE or operation.opt_out or desired.kind.schedule.name in operation.fields:
        return False
    roles = Role.RECIPIENTS, Role.CONTENT
    changed = any(it.name in operation.fields for role in roles for it in desired.kind.in_role(role))
    return changed or (live is not None and bool(declared_unseen(desired, live, Role.RECIPIENTS)))


def _reaching(match: Match, decision: Decision) -> int | None:
    """Returns the place of the first operation that leads to more calls; None without one."""
    operations = enumerate(decision.operations)
    return next((place for place, it in operations if reaches_more(match.desired, it, match.live)), None)


def _held(match: Match, decision: Decision, found: Lookalikes, terms: Terms) -> Decision | None:
    live, place = match.live, _reaching(match, decision)
    assert place is not None, "only what leads to more calls is looked at"
    reason = _why_held(match.desired, decision.resulting, live.sid if live else "", found, terms)
    if reason is None:
        return None
    held = held_from(place, decision, reason, live)
    done = with_opt_out(held.operations, decision.opt_outs)
    return replace(held, operations=done, resulting=live.spec if live else held.resulting)


def _why_held(
    desired: Desired, spec: Mapping[str, Value], own: str, found: Lookalikes, terms: Terms
) -> Reason | None:
    if terms.allows(Permission.TWIN, desired):
        return None
    declared = _with_declared_end(desired, spec)
    as_it_will_be = desired._replace(spec=declared, distinct_from=desired.distinct_from | {own})
    other = found.staying(as_it_will_be)
    if other is None:
        return None
    message = (
        f"{other.name or 'a campaign without a name'} ({other.sid}) {desired.kind.verb} people of this one with the "
        "same content in the same hours until it is where its own manifest wants it; apply that first, or say "
        f"metadata.distinct_from: [{other.sid}] or allow twin if both are meant"
    )
    return Reason("looks-renamed", message)


def _left_by(match: Match, decision: Decision | None, country: Country | None) -> Iterator[Live]:
    """Yields the campaigns of a manifest that stay, as they stand when its operations are done."""
    done = decision.operations if decision else ()
    paused = {it.sid for it in done if it.op is Op.PAUSE}
    for live in match.touched:
        own = live is match.live
        if live.sid in paused or (own and None in paused):
            continue
        stands = _once_done(live, decision) if own and decision else live
        staying = as_it_stays(match.desired, stands, country)
        if staying is not None:
            yield staying


def _once_done(live: Live, decision: Decision) -> Live:
    """Returns a campaign as it is when the operations are done. What nothing shows stays unknown."""
    if not decision.operations:
        return live
    sent = {name for it in decision.operations if it.op is Op.UPDATE for name in it.fields}
    spec = {**live.spec, **{name: value for name, value in decision.resulting.items() if name in sent}}
    goes = any(it.op is Op.RESUME for it in decision.operations)
    return live._replace(spec=spec, status=Status.IN_PROGRESS if goes else live.status)


def _stands_elsewhere(desired: Desired, live: Live, country: Country | None) -> bool:
    """Tells whether whom it calls, when or with what is shown, and not as the manifest says. What is written alike
    is not looked at twice.
    """
    otherwise = [role for role in _DIFFERS if _is_written_otherwise(desired, live, role)]
    if not otherwise:
        return False
    mine, theirs = Look(desired, country), Look(live, country)
    return any(_DIFFERS[role](mine, theirs) for role in otherwise)


def _is_written_otherwise(desired: Desired, live: Live, role: Role) -> bool:
    theirs, mine = live.spec, desired.spec
    for row in desired.kind.in_role(role):
        shown = theirs.get(row.name)
        is_another = shown is not mine.get(row.name) and row.name in theirs
        if is_another and not written_alike({row.name: shown}, mine):
            return True
    return False


def _another_start(mine: Look, theirs: Look) -> bool:
    return theirs.start_is_shown and mine.start != theirs.start


def _another_content(mine: Look, theirs: Look) -> bool:
    return theirs.content != {name: said for name, said in mine.content.items() if theirs.shows(name)}


def _other_people(mine: Look, theirs: Look) -> bool:
    shown = not hides_recipients(mine, theirs)
    return shown and (mine.numbers, mine.lists) != (theirs.numbers, theirs.lists)


_DIFFERS: Final[Mapping[Role, Callable[[Look, Look], bool]]] = {
    Role.SCHEDULE: _another_start,
    Role.CONTENT: _another_content,
    Role.RECIPIENTS: _other_people,
}
"""What tells of each role whether it is another; only that of what is written otherwise is asked."""
