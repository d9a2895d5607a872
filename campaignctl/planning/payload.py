"""Builds what is sent.

A create holds what is declared; an update before the start holds the complete campaign (rule 9). Whether a PUT
replaces or merges is unknown (2026-11). Under *replace* an update of one field would wipe the schedule, and a
campaign without a schedule starts at once: so everything goes along that is known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from campaignctl.contact_lists.by_name import without_names
from campaignctl.diagnostics import Severity
from campaignctl.kinds import KINDS
from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import WHO_IS_CALLED_WITH_WHAT, Field, Kind, Mutability, Role, Type, Value
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.list_refs import LISTS, with_fewer
from campaignctl.model.looks import declared_unseen
from campaignctl.model.values import UNSEEN, shown
from campaignctl.model.windows import window_of
from campaignctl.planning.compare import same, start_of
from campaignctl.planning.phase import Phase, phase_of
from campaignctl.planning.terms import Terms
from campaignctl.policy.consistency import faults
from campaignctl.recipients.leaving_out import without_suppressed

Spec = dict[str, Value]


def create_spec(desired: Desired, collection: str) -> Spec:
    """Returns every declared field, in the order of the table; what is to be unset is left out."""
    declared, spec = desired.spec, Spec()
    for name, constant, has_members in _rows_sent(desired.kind.name, collection):
        value = declared.get(name)
        if value is None:
            value = constant
        elif has_members:
            value = _without_nulls(value)
        if value is not None:
            spec[name] = value
    return spec


@lru_cache
def _rows_sent(kind: str, collection: str) -> Sequence[tuple[str, Value, bool]]:
    """Returns of each row that a collection takes its name, its constant and whether it has members."""
    rows = (it for it in KINDS[kind].fields if it.only_on is None or it.only_on == collection)
    return [(it.name, it.constant, bool(it.fields)) for it in rows]


def _without_nulls(value: Value) -> Value:
    """Takes nulls out of an object; returns the object itself where it holds none."""
    if not isinstance(value, Mapping):
        return value
    if None in value.values():
        value = {name: inner for name, inner in value.items() if inner is not None}
    return value or None


def as_wanted(desired: Desired, live: Live | None, terms: Terms) -> Mapping[str, Value]:
    """Returns the campaign as its manifest wants it: what is declared over what is live, inside objects too.

    What is ignored, or can no longer change, is as it is live.
    """
    if live is None:
        return desired.spec
    if _is_all_there(desired.spec, live.spec):
        return live.spec
    if live.finished or phase_of(live, terms.now) is Phase.STARTED:
        return {**desired.spec, **live.spec}
    spec = {**desired.spec, **live.spec}
    rows, ignores = desired.kind.by_name, desired.ignore and desired.ignores
    for name in desired.spec:
        if not (ignores and ignores(name)):
            spec[name] = _merged(rows[name], desired, live, True, terms.country)
    return spec


def _is_all_there(declared: Mapping[str, Value], there: Mapping[str, Value]) -> bool:
    """Tells whether all that is declared is live as it is, as most is: then there is nothing to merge."""
    return declared.items() <= there.items() and all(declared.values())


def update_spec(desired: Desired, live: Live, changing: Collection[str], terms: Terms) -> Spec:
    """Returns what an update sends: the complete campaign before its start, from then on all of it that may still
    change.

    `changing` names what the plan changes, the rest stays as it is. A declared field that the account does not show
    goes along; one that differs and is not in `changing` (its change is blocked or held) is sent as it is live. So
    are lists that nobody could find by their names.
    """
    desired = without_names(desired)
    collection = terms.environment.collection(live.kind.name)
    started = phase_of(live, terms.now) is Phase.STARTED
    spec: Spec = {}
    for field in desired.kind.fields:
        if field.only_on not in (None, collection) or (started and field.mutability is not Mutability.ALWAYS):
            continue
        declared = field.name in desired.spec and not desired.ignores(field.name)
        if declared:
            value = _merged(field, desired, live, field.name in changing, terms.country)
        else:
            value = _sent_back(field, desired, live.spec.get(field.name))
        unset = declared and live.spec.get(field.name, UNSEEN) is not None
        if value is not None or unset or field.name in changing:
            spec[field.name] = value
    return spec


def opt_out_spec(desired: Desired, live: Live, fields: Collection[str], terms: Terms) -> Spec:
    """Returns what an update sends that only takes suppressed people out: all as it is live, and of whom it calls
    with what nothing that the account does not show, for that may be what is kept back.
    """
    spec = update_spec(desired, live, (), terms)
    for name in left_unseen(desired, live):
        spec.pop(name, None)
    return {**spec, LISTS: with_fewer(live.spec.get(LISTS))} if LISTS in fields else spec


def left_unseen(desired: Desired, live: Live) -> tuple[str, ...]:
    """Returns what an opt-out leaves as it is, and does not send, since the account does not show it."""
    return declared_unseen(desired, live, *WHO_IS_CALLED_WITH_WHAT)


def _merged(field: Field, desired: Desired, live: Live, changes: bool, country: Country | None) -> Value:
    wanted, before = desired.spec[field.name], live.spec.get(field.name)
    if field.type is Type.OBJECT:
        return _merged_object(field, desired, live, changes, country)
    unseen = field.name not in live.spec
    if changes or unseen or same(field, before, wanted, country):
        return wanted
    return _sent_back(field, desired, before)


def _sent_back(field: Field, desired: Desired, value: Value) -> Value:
    """Returns a live value without the people who are suppressed."""
    return without_suppressed(desired, value) if field.type is Type.NUMBERS else value


def _merged_object(
    field: Field, desired: Desired, live: Live, changes: bool, country: Country | None
) -> Value:
    """Puts the declared members over the live ones. A start is never unset, nor set unless the plan changes it."""
    wanted, before = desired.spec[field.name], live.spec.get(field.name)
    if field.role is Role.SCHEDULE and not changes and _asks_for_another_start(desired, live):
        return before
    if wanted is None:
        return None if changes and field.role is not Role.SCHEDULE else before
    merged: Spec = dict(before) if isinstance(before, Mapping) else {}
    declared = wanted if isinstance(wanted, Mapping) else {}
    for member in field.fields:
        path = f"{field.name}.{member.name}"
        if member.name not in declared or desired.ignores(path):
            continue
        value = declared[member.name]
        if member.role is Role.START and value is None:
            continue
        if (
            changes
            or shown(live.spec, path) is UNSEEN
            or same(member, merged.get(member.name), value, country)
        ):
            merged[member.name] = value
    return merged or None


def _asks_for_another_start(desired: Desired, live: Live) -> bool:
    """Tells whether another start is asked for.

    Then the complete schedule stays as it is live until that start is set: an end of its own belongs to it.
    """
    wanted = start_of(desired)
    return wanted is not None and wanted != window_of(live.kind, live.spec).start


def lost_by_sending(desired: Desired, live: Live, spec: Mapping[str, Value]) -> tuple[str, ...]:
    """Returns what a replacing update would lose because neither manifest nor account shows it."""
    kind = desired.kind
    lost = []
    if not any(spec.get(field.name) for field in kind.in_role(Role.RECIPIENTS)):
        lost.append("the recipients")
    start = f"{kind.schedule.name}.{kind.start.name}"
    if shown(spec, start) in (UNSEEN, None) and shown(live.spec, start) is not None:
        lost.append("the start")
    return tuple(lost)


def contradictions(desired: Desired, live: Live, spec: Mapping[str, Value]) -> tuple[str, ...]:
    """Returns what is wrong with all that would be sent, where neither the manifest nor what is live is wrong by
    itself.

    A throttle that somebody set by hand, say, and a manifest that asks for another mode.
    """
    already = {fault.message for fault in faults(desired._replace(spec=live.spec, sid=live.sid))}
    found = faults(desired._replace(spec=_as_sent(desired.kind, spec), sid=live.sid))
    return tuple(
        f"{fault.path} would not fit what is live beside it ({fault.message}): declare both, and ignore neither"
        for fault in found
        if fault.severity is Severity.ERROR and fault.message not in already
    )


def _as_sent(kind: Kind, spec: Mapping[str, Value]) -> Spec:
    """Marks an object as sent in place of the live one: a member that it lacks is not left to what is live."""
    complete = dict(spec)
    for field in kind.fields:
        value = spec.get(field.name)
        if isinstance(value, Mapping):
            complete[field.name] = {**dict.fromkeys(member.name for member in field.fields), **value}
    return complete
