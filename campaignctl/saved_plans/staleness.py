"""Decides whether a saved plan still holds (rule 11), by comparing it with a plan that was made anew, under the
same terms. Pure.

A campaign that stands somewhere on its planned way is no disagreement: what is left is done, so that a run that was
killed can be repeated with the same file. A no-op that moved on by itself is none either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from campaignctl.diagnostics import counted
from campaignctl.errors import StalePlanError
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import CALLING
from campaignctl.kinds.operations import BEGINNING, STARTING, STOPPING, TRANSITIONS, Op
from campaignctl.model.list_refs import LISTS, refs_in, same_lists
from campaignctl.model.plan import Change, Operation, Plan
from campaignctl.model.requests import estimate
from campaignctl.planning.every_clock import disagreement
from campaignctl.planning.terms import Terms
from campaignctl.recipients.leaving_out import opt_out_alone
from campaignctl.saved_plans.file import SavedChange, SavedPlan
from campaignctl.saved_plans.seal import fingerprint, same_fingerprint


def hold_against(saved: SavedPlan, fresh: Plan, terms: Terms, token: str) -> Plan:
    """Cuts the fresh plan down to what the saved one shows and what of that is left to do.

    Raises StalePlanError, naming every disagreement and what to do.
    """
    foreign, expired = list(_foreign(saved, fresh)), list(_expired(saved, terms))
    troubles = [*foreign, *expired]
    if not troubles:
        fewer = frozenset(it.key.name for it in fresh.changes if _lost_people_alone(it, _saved(saved, it)))
        changes = tuple(_rest(change, _saved(saved, change), terms, token, fewer) for change in fresh.changes)
        troubles = [change for change in changes if isinstance(change, str)]
        troubles += list(_vanished(saved, fresh))
    if troubles:
        message = "the plan no longer holds: " + "; ".join(troubles) + ". Plan again"
        raise StalePlanError(message, only_expired=bool(expired) and not foreign)
    rest = tuple(change for change in changes if isinstance(change, Change))
    return replace(
        fresh,
        changes=rest,
        apply=estimate(rest, terms.environment, fresh.refresh_requests),
        expires_at=min(saved.expires_at, fresh.expires_at),
    )


def _foreign(saved: SavedPlan, fresh: Plan) -> Iterator[str]:
    if saved.environment != fresh.environment:
        yield f"it was made for environment {saved.environment}, not {fresh.environment}"
    if saved.account_sid != fresh.account_sid:
        yield f"it was made for account {saved.account_sid}, not {fresh.account_sid}"
    if saved.host != fresh.host:
        yield f"it was made for {saved.host}, not {fresh.host}"
    if saved.token != fresh.manifests.token:
        yield f"it was made with another API token ({saved.token}, now {fresh.manifests.token})"
        return
    variables = _changed_variables(saved.selection.vars, fresh.selection.vars)
    if variables:
        yield f"give the --var of the plan again: {', '.join(variables)}"
    elif saved.manifests_digest != fresh.manifests.digest:
        by_name = any(change.desired and change.desired.list_names for change in fresh.changes)
        yield f"the manifests changed{', or the lists that they name' if by_name else ''}"


def _changed_variables(saved: Mapping[str, str], given: Mapping[str, str]) -> list[str]:
    return sorted(name for name in saved.keys() | given.keys() if saved.get(name) != given.get(name))


def _expired(saved: SavedPlan, terms: Terms) -> Iterator[str]:
    expires = saved.expires_at.isoformat()
    if saved.expires_at <= terms.now:
        yield f"it expired at {expires}"
    elif sets_going(saved.changes):
        for clock in terms.clocks:
            if saved.expires_at <= clock.now:
                yield disagreement(terms, clock, f"by that it expired at {expires}").message


def sets_going(changes: Iterable[SavedChange | Change]) -> bool:
    """Tells whether something may begin to call, or says when: only that must be right by every clock."""
    return any(map(_calls, changes))


def _calls(change: SavedChange | Change) -> bool:
    schedule = KINDS[change.key.kind].schedule.name if change.key.kind in KINDS else ""
    return any(it.op in BEGINNING or schedule in it.fields for it in change.operations)


def _saved(saved: SavedPlan, change: Change) -> SavedChange | None:
    for one in saved.changes:
        same_name = one.key[:2] == change.key[:2]
        if same_name and change.of_list and _deletes(one.operations) != _deletes(change.operations):
            continue
        if same_name and change.of_list and _deletes(change.operations) and one.sid != change.key.sid:
            continue
        if same_name and (one.sid is None or change.live is None or one.sid == change.live.sid):
            return one
    return None


def _deletes(operations: tuple[Operation, ...]) -> bool:
    """Tells whether operations delete a version of a list: each has a change of its own, with the list's name."""
    return any(operation.op is Op.DELETE for operation in operations)


def _rest(
    change: Change, saved: SavedChange | None, terms: Terms, token: str, fewer: frozenset[str]
) -> Change | str:
    """Returns the change with what is left of its planned operations; a sentence where it disagrees."""
    planned = saved.operations if saved else ()
    if not planned or saved is None:
        return _only_opt_outs(change, fewer)
    if _series_stopped(change):
        return replace(change, operations=())  # shown as skipped: the rest of the plan goes on
    back = saved.marks - (set(change.suppressed.marks) if change.suppressed else set())
    if back and any(it.op in STARTING for it in change.operations):
        people = counted(len(back), "person", "people")
        return f"{change.key.name}: {people} would be called whom the plan left out"
    change = _with_more_left_out(change, saved)
    if change.reason.code == "no-recipients":
        return change  # nobody is left by now
    begins = _begins_at(planned, _without_opt_outs(change, planned, fewer))
    left = change.operations
    if begins is None and _stands_at_its_end(change, saved, terms, token):
        begins, left = len(planned), ()  # what is possible only now was not shown
    if begins is None:
        return f"{change.key.name}: it would now take other operations ({change.reason.message})"
    if any(it.op in BEGINNING for it in left) and _waits_for_others(change, saved):
        return f"{change.key.name}: what it waits for is another campaign now"
    done = planned[:begins]
    if not left or _same(change, saved, done, terms, token):
        return _as_seen(replace(change, operations=left, lists=saved.lists), saved)
    if any(operation.op is Op.UPDATE for operation in done) and _resumes(left):
        return f"{change.key.name}: its update is done; a resume after it is planned anew"
    return f"{change.key.name}: the campaign changed after the plan was made"


def _waits_for_others(change: Change, saved: SavedChange) -> bool:
    now = (gate.sid for gate in change.gates)
    return any(then is not None and then != sid for then, sid in zip(saved.gates, now, strict=False))


def _series_stopped(change: Change) -> bool:
    """Tells whether a create is held back now because somebody has stopped the series."""
    held = any(it.op is Op.CREATE for it in change.held)
    return held and change.reason.code == "needs-allow" and not change.operations


def _lost_people_alone(change: Change, saved: SavedChange | None) -> bool:
    """Tells whether a list of the project differs from the planned one by people alone who are left out by now: as
    the manifests' digest is the same, nothing else can have changed who is in it.
    """
    left_out = frozenset(change.suppressed.marks) if change.suppressed else frozenset()
    return change.of_list and saved is not None and saved.marks < left_out


def _only_opt_outs(change: Change, fewer: frozenset[str]) -> Change:
    """Takes suppressed people out of what the plan did nothing to, though the plan does not show it: of a
    campaign's people, or of its lists, which are `fewer`. One of whom nobody would be left is paused.
    """
    if change.reason.code == "no-recipients":
        return change  # nobody is left by now: at most it is paused
    if change.of_list:
        uploads = (it for it in change.operations if it.op is Op.UPLOAD)
        return replace(
            change, operations=tuple(it for it in uploads if it.opt_out or change.key.name in fewer)
        )
    if _has_other_versions_alone(change, fewer):
        return change
    return replace(change, operations=opt_out_alone(change.operations, change.opt_outs))


def _without_opt_outs(
    change: Change, planned: tuple[Operation, ...], fewer: frozenset[str]
) -> tuple[Operation, ...]:
    """Returns what is done now without what opt-outs since the plan add to it, or lead to `instead` of it: as its
    manifest and its campaign are the same, its people differ by nobody else.
    """
    shown = {name for it in planned if it.op is Op.UPDATE for name in it.fields}
    added = {*change.opt_outs.fields, *((LISTS,) if _has_other_versions(change, fewer) else ())} - shown
    instead = set(change.opt_outs.instead or ()) - set(planned)
    now = [it for it in change.operations if it not in instead]
    fields = [tuple(name for name in it.fields if name not in added) for it in now]
    pairs = zip(now, fields, strict=True)
    return tuple(replace(it, fields=kept) for it, kept in pairs if kept or it.op is not Op.UPDATE)


def _has_other_versions_alone(change: Change, fewer: frozenset[str]) -> bool:
    """Tells whether all that is done to a campaign is to give it the versions of its lists that hold fewer people."""
    updates = [(it.op, it.fields) for it in change.operations] == [(Op.UPDATE, (LISTS,))]
    return updates and _has_other_versions(change, fewer)


def _has_other_versions(change: Change, fewer: frozenset[str]) -> bool:
    """Tells whether its lists differ from the live ones by the versions that hold fewer people alone."""
    desired, live = change.desired, change.live
    if desired is None or live is None:
        return False
    mine, theirs = desired.spec.get(LISTS), live.spec.get(LISTS)
    others = {it.name for it in refs_in(mine)} - {it.name for it in refs_in(theirs) if it.current}
    return same_lists(mine, theirs) and others <= fewer


def _with_more_left_out(change: Change, saved: SavedChange) -> Change:
    more = len(change.suppressed.marks) - len(saved.marks) if change.suppressed else 0
    if more <= 0:
        return change
    note = f"{counted(more, 'more person is', 'more people are')} left out than the plan shows"
    return replace(change, notes=(*change.notes, note))


def _stands_at_its_end(change: Change, saved: SavedChange, terms: Terms, token: str) -> bool:
    """Tells whether all of its planned actions are done, and nothing else has happened to it: a pause makes room
    for updates that the plan could not show.
    """
    acts = all(it.op.action and it.sid is None for it in saved.operations)
    last = saved.operations[-1].op.action
    if change.live is None or not acts or last is None:
        return False
    _, leads_to = TRANSITIONS[last]
    return change.live.status is leads_to and _same(change, saved, saved.operations, terms, token)


def _resumes(operations: tuple[Operation, ...]) -> bool:
    return any(operation.op is Op.RESUME for operation in operations)


def _as_seen(change: Change, saved: SavedChange) -> Change:
    """Hides the last update where the plan did not see it: its apply must not claim to have seen it, since a stop
    since then could not be told.
    """
    seen = "date_updated=" in f";{saved.fingerprint or ''}"
    if change.live is None or seen or not _resumes(change.operations):
        return change
    return replace(change, live=change.live._replace(updated=None))


def _begins_at(planned: tuple[Operation, ...], now: tuple[Operation, ...]) -> int | None:
    """Returns how many of the first operations are done; None where what is left is none of the plan. A create that is
    done may leave its pause.
    """
    words = [_identity(operation) for operation in now]
    places = range(len(planned) + 1)
    return next((it for it in places if [*map(_identity, planned[it:])] == words), None)


def _identity(operation: Operation) -> tuple[str, tuple[str, ...], str | None]:
    return operation.op, operation.fields, operation.sid


def _same(change: Change, saved: SavedChange, done: tuple[Operation, ...], terms: Terms, token: str) -> bool:
    """Tells whether fingerprints agree, apart from what this plan's own operations have done already."""
    if change.live is None or saved.fingerprint is None:
        return True
    resumes = _resumes(saved.operations)
    now = fingerprint(change.live, terms.country, token, with_updated=resumes)
    return same_fingerprint(saved.fingerprint, now, _own_doing(change, saved, done))


def _own_doing(change: Change, saved: SavedChange, done: tuple[Operation, ...]) -> frozenset[str]:
    apart: set[str] = set()
    if any(operation.op is not Op.UPDATE for operation in done):
        apart.add("status")
    begins_with_pause = saved.operations[0].op is Op.PAUSE
    if begins_with_pause and change.live is not None and change.live.status in CALLING:
        apart.add("status")  # created and in progress are the same to a pause
    for operation in done:
        if operation.op is Op.UPDATE and change.live is not None:
            paths = change.live.kind.by_path
            apart |= {path for path in paths if path.partition(".")[0] in operation.fields}
    return frozenset(apart)


def _vanished(saved: SavedPlan, fresh: Plan) -> Iterator[str]:
    """Yields a change with operations that the fresh plan knows nothing of: its orphan or manifest is gone."""
    names = {change.key[:2] for change in fresh.changes}
    for change in saved.changes:
        ended = all(operation.op in STOPPING for operation in change.operations)
        if change.operations and change.key[:2] not in names and not ended:
            yield f"{change.key.name}: it is no longer part of the plan"
