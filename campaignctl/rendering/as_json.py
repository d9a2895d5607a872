"""Writes plans and results as the JSON of the contract.

What must not be seen is masked here, once, for every format.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, assert_never

from campaignctl import __version__
from campaignctl.kinds import KINDS
from campaignctl.kinds.operations import Op
from campaignctl.model.campaigns import Live
from campaignctl.model.environment import Environment
from campaignctl.model.estimates import Estimate, Estimates, estimates, sets_going
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.plan import FORMAT_VERSION, Change, HeldOperation, Operation, Plan, Selection
from campaignctl.model.reasons import ChangeType, Reason
from campaignctl.model.results import ApplyResult, ChangeOutcome, ChangeResult, Failure, OperationResult
from campaignctl.parallel import parallel_map
from campaignctl.policy.hours import zone_name
from campaignctl.policy.periods import Run, run_of
from campaignctl.rendering.documents import (
    BriefChangeDocument,
    BriefPlanDocument,
    ChangeDocument,
    HeldDocument,
    OperationDocument,
    PlanDocument,
    ReasonDocument,
    SelectionDocument,
    SummaryDocument,
)
from campaignctl.rendering.findings import finding_document
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.masking import difference_document, masked_spec
from campaignctl.rendering.measures import (
    gate_documents,
    hours_document,
    list_documents,
    local_start,
    message_document,
    moment,
    occurrence_document,
    overlap_documents,
    reach_document,
    run_document,
    suppressed_document,
)
from campaignctl.rendering.result_documents import (
    ApplyDocument,
    FailureDocument,
    OperationResultDocument,
    OutcomesDocument,
    ResultDocument,
)
from campaignctl.text import HIDDEN, json_safe

if TYPE_CHECKING:
    from campaignctl.rendering.formats import Writers
    from campaignctl.rendering.money import Costs, Priced

_JSON: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False)  # a document is a tree
SEALED: Final = "hmac-sha256:"
_NO_ESTIMATES: Final = (None, None)


def brief_document(plan: Plan, environment: Environment, *, show_numbers: bool = False) -> BriefPlanDocument:
    """Makes the plan's document, without what few formats show: when campaigns run, and the particulars of those
    that stay.

    What a reviewer approves is all there.
    """
    costs = _costs(environment)
    changes, coming, going = _changes(plan, environment, costs, show_numbers)
    return {
        "format_version": FORMAT_VERSION,
        "campaignctl_version": __version__,
        "environment": plan.environment,
        "account_sid": plan.account_sid,
        "host": plan.host,
        "created_at": moment(plan.created_at),
        "expires_at": moment(plan.expires_at),
        "digest": plan.digest,
        "approval": plan.approval,
        "seal": "",
        "manifests": {
            "digest": plan.manifests.digest,
            "count": plan.manifests.count,
            "token": plan.manifests.token,
        },
        "selection": _selection(plan.selection),
        "allowed": list(plan.allowed),
        "refresh": {"strategy": plan.refresh_strategy, "requests": plan.refresh_requests},
        "apply": {"requests": plan.apply.requests, "seconds": plan.apply.seconds},
        "summary": _summary(plan),
        "notes": list(plan.notes),
        "findings": [finding_document(finding) for finding in plan.findings],
        "changes": changes,
        "backend": environment.backend,
        "reach": reach_document(coming),
        "calling_hours": hours_document(environment),
        "cost": costs.plan_document(going) if costs is not None else None,
    }


def _changes(
    plan: Plan, environment: Environment, costs: Costs | None, show_numbers: bool
) -> tuple[list[BriefChangeDocument], list[tuple[Change, Estimate | None]], list[Priced]]:
    """Makes the changes of the plan, how many people each comes to, and what those cost that call somebody."""
    tell = partial(_told, plan, environment, costs, show_numbers)
    first, others = plan.changes[:1], plan.changes[1:]  # what all of them ask for is there once one has asked
    told = [*tell(first), *parallel_map(tell, others)]
    changes = [it.document for it in told]
    coming = [(change, it.coming) for change, it in zip(plan.changes, told, strict=True)]
    return changes, coming, [it.going for it in told if it.going is not None]


class _ToldChange(NamedTuple):
    """Holds a change as data, what its campaign comes to, and what it costs where it calls somebody."""

    document: BriefChangeDocument
    coming: Estimate | None
    going: Priced | None = None


def _told(
    plan: Plan, environment: Environment, costs: Costs | None, show_numbers: bool, changes: Iterable[Change]
) -> list[_ToldChange]:
    """Makes each by itself: nothing of one depends on another."""
    return [_told_one(plan, environment, costs, show_numbers, change) for change in changes]


def _told_one(
    plan: Plan, environment: Environment, costs: Costs | None, show_numbers: bool, change: Change
) -> _ToldChange:
    stays = _stays(change)
    said = _NO_ESTIMATES if stays else estimates(change)
    run = None if stays else run_of(change, plan.created_at, environment, plan.find_load)
    document = _change(change, said, run, plan, environment, show_numbers)
    if costs is None or stays or change.of_list:
        return _ToldChange(document, said[1])
    priced = costs.of_change(change)
    document["cost"] = costs.change_document(*priced)
    return _ToldChange(document, said[1], priced if sets_going(change) else None)


def _costs(environment: Environment) -> Costs | None:
    """Prepares pricing; None where no prices are set, and then nothing of it is imported."""
    if not environment.prices:
        return None
    from campaignctl.rendering.money import Costs

    return Costs(environment)


def complete_document(
    brief: BriefPlanDocument, plan: Plan, environment: Environment, *, show_numbers: bool = False
) -> PlanDocument:
    """Adds to what `brief_document` made of a plan all the rest."""
    rows, costs = zip(brief["changes"], plan.changes, strict=True), _costs(environment)
    changes = [_complete(document, change, plan, environment, show_numbers) for document, change in rows]
    for document, change in zip(changes, plan.changes, strict=True):
        if costs is not None and _stays(change) and not change.of_list:
            document["cost"] = costs.change_document(*costs.of_change(change))
    return {
        **brief,
        "changes": changes,
        "crowds": overlap_documents(plan.overlaps),
    }


def apply_document(result: ApplyResult, environment: Environment) -> ApplyDocument:
    """Makes the document of what an apply did, change by change."""
    return {
        "format_version": FORMAT_VERSION,
        "environment": result.plan.environment,
        "account_sid": result.plan.account_sid,
        "results": [_result(each) for each in result.results],
        "summary": _outcomes(result),
        "interrupted": result.interrupted,
        "backend": environment.backend,
    }


def written(document: Mapping[str, object]) -> str:
    """Writes the document as text, one change on each line: quick to write, and two plans can be compared by line."""
    return "".join(_pieces(document))


def _written(document: Mapping[str, object], _setting: Setting) -> str:
    return written(document)


def _error(document: Mapping[str, object], _setting: Setting) -> str:
    """Writes an error in one line: it may be the last of the lines of a watch."""
    return f"{_compact(document)}\n"


WRITERS: Final[Writers] = {"plan": _written, "apply": _written, "validate": _written, "error": _error}


def _pieces(document: Mapping[str, object]) -> Iterator[str]:
    before = "{\n"
    for key, value in document.items():
        yield f"{before}  {_compact(key)}: "
        yield from _value(value)
        before = ",\n"
    yield "\n}\n"


def _value(value: object) -> Iterator[str]:
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        yield _compact(value)
        return
    before = "[\n    "
    for item in value:
        yield before
        yield _compact(item)
        before = ",\n    "
    yield "\n  ]"


def _compact(value: object) -> str:
    return json_safe(_JSON.encode(value))


def _selection(selection: Selection) -> SelectionDocument:
    """Writes the selection.

    A value of `--var` may be a number or a secret: it stands here only as the hash that it was sealed to.
    """
    sealed = {
        name: value if value.startswith(SEALED) else HIDDEN for name, value in sorted(selection.vars.items())
    }
    document: SelectionDocument = {
        "paths": list(selection.paths),
        "labels": selection.labels,
        "prune": selection.prune,
        "vars": sealed,
    }
    if selection.prune_lists:
        document["prune_lists"] = True
    if selection.resend:
        document["resend"] = list(selection.resend)
    return document


def _summary(plan: Plan) -> SummaryDocument:
    types = Counter(change.type for change in plan.changes)
    return {
        "create": types[ChangeType.CREATE],
        "update": types[ChangeType.UPDATE],
        "transition": types[ChangeType.TRANSITION],
        "noop": types[ChangeType.NOOP],
        "held": types[ChangeType.HELD],
        "blocked": types[ChangeType.BLOCKED],
        "orphan": types[ChangeType.ORPHAN],
        "operations": plan.operations,
        "unmanaged": plan.unmanaged,
        "cannot_compare": sum(change.reason.code == "cannot-compare" for change in plan.changes),
        "uploads": sum(it.op is Op.UPLOAD for change in plan.changes for it in change.operations),
        "missed": sum(change.reason.code == "missed" for change in plan.changes),
    }


def _outcomes(result: ApplyResult) -> OutcomesDocument:
    return {
        "applied": result.count(ChangeOutcome.APPLIED),
        "unchanged": result.count(ChangeOutcome.UNCHANGED),
        "failed": result.count(ChangeOutcome.FAILED),
        "unknown": result.count(ChangeOutcome.UNKNOWN),
        "skipped": result.count(ChangeOutcome.SKIPPED),
    }


def _stays(change: Change) -> bool:
    """Tells whether a campaign stays as it is: nothing is done to it, or waits to be."""
    return change.type is ChangeType.NOOP and not change.operations and not change.held


def _change(
    change: Change,
    said: Estimates,
    run: Run | None,
    plan: Plan,
    environment: Environment,
    show_numbers: bool,
) -> BriefChangeDocument:
    """Makes the document of a change; of one that stays as it is the schedule alone, by which formats put it in its
    place.
    """
    if change.managed is not None:
        return _list_change(change, change.managed)
    kind = KINDS[change.key.kind]
    where = change.desired.where if change.desired else None
    state = change.desired_state
    resulting = change.resulting
    if _stays(change):
        resulting = {name: resulting[name] for name in (kind.schedule.name,) if name in resulting}
    document: BriefChangeDocument = {
        "kind": change.key.kind,
        "name": change.key.name,
        "manifest": where.file if where else None,
        "line": where.line if where else None,
        "sid": change.live.sid if change.live else None,
        "change": change.type,
        "status": {"live": _live_status(change), "desired": state},
        "operations": [_operation(operation, change.live) for operation in change.operations],
        "held": [_held(operation) for operation in change.held],
        "diff": [difference_document(kind, each, environment.country, show_numbers) for each in change.diff],
        "reason": _reason(change.reason),
        "notes": list(change.notes),
        "fingerprint": change.fingerprint,
        "resulting": masked_spec(kind, resulting, show_numbers=show_numbers),
        "message": message_document(said, change, plan),
        "lists": list_documents(change.lists),
        "suppressed": suppressed_document(change.suppressed),
        "run": run_document(run),
        "gates": gate_documents(change.gates),
        "cost": None,
        "occurrence": occurrence_document(change.desired),
    }
    local = None if _stays(change) else local_start(kind, change.resulting, zone_name(environment))
    if local is not None:
        document["local_start"] = local
    return document


def _list_change(change: Change, managed: ManagedList) -> BriefChangeDocument:
    """Makes the document of a list of the project: no campaign is there, and nothing of it shows what a version is
    called.
    """
    unwanted = change.type is ChangeType.ORPHAN
    there = bool(change.key.sid)
    return {
        "kind": change.key.kind,
        "name": change.key.name,
        "manifest": None if unwanted else managed.where.file,
        "line": None if unwanted else managed.where.line,
        "sid": change.key.sid or None,
        "change": change.type,
        "status": {"live": "complete" if there and not unwanted else None, "desired": None},
        "operations": [_operation(operation, None) for operation in change.operations],
        "held": [],
        "diff": [],
        "reason": _reason(change.reason),
        "notes": list(change.notes),
        "fingerprint": None,
        "resulting": {},
        "message": {"before": None, "after": None},
        "lists": [],
        "suppressed": suppressed_document(change.suppressed),
        "gates": [],
        "occurrence": None,
        "cost": None,
        "run": None,
    }


def _complete(
    document: BriefChangeDocument, change: Change, plan: Plan, environment: Environment, show_numbers: bool
) -> ChangeDocument:
    if change.of_list or not _stays(change):
        return {**document}
    kind = KINDS[change.key.kind]
    run = run_of(change, plan.created_at, environment, plan.find_load)
    return {
        **document,
        "resulting": masked_spec(kind, change.resulting, show_numbers=show_numbers),
        "message": message_document(estimates(change), change, plan),
        "run": run_document(run),
    }


def _live_status(change: Change) -> str | None:
    return change.live.status_word if change.live else None


def _reason(reason: Reason) -> ReasonDocument:
    return {"code": reason.code, "message": reason.message}


def _operation(operation: Operation, live: Live | None) -> OperationDocument:
    document: OperationDocument = {
        "op": operation.op,
        "fields": list(operation.fields),
        "irreversible": operation.op.irreversible,
    }
    match operation.op:
        case Op.COMPLETE:
            document["numbers_failed"] = operation.numbers_failed
        case Op.RESUME:
            document["since"] = live.updated if live else None
        case Op.UPLOAD:
            document["people"], document["requests"] = operation.people or 0, operation.requests or 0
        case Op.CREATE | Op.UPDATE | Op.PAUSE | Op.ARCHIVE | Op.DELETE:
            pass
        case _:
            assert_never(operation.op)
    if operation.sid is not None:
        document["sid"] = operation.sid
    return document


def _held(operation: HeldOperation) -> HeldDocument:
    document: HeldDocument = {
        "op": operation.op,
        "irreversible": operation.op.irreversible,
        "numbers_failed": operation.numbers_failed,
        "since": operation.since,
    }
    if operation.op.action is None:
        document["fields"] = list(operation.fields)
    return document


def _result(result: ChangeResult) -> ResultDocument:
    live = result.change.live
    return {
        "kind": result.change.key.kind,
        "name": result.change.key.name,
        "sid": result.sid or (live.sid if live else None) or (result.change.key.sid or None),
        "outcome": result.outcome,
        "reason": _reason(result.reason),
        "operations": [_operation_result(each) for each in result.operations],
        "held": [_held(operation) for operation in result.change.held],
        "error": _failure(result.error) if result.error else None,
        "notes": list(result.notes),
        "occurrence": occurrence_document(result.change.desired),
    }


def _operation_result(result: OperationResult) -> OperationResultDocument:
    document: OperationResultDocument = {
        "op": result.op,
        "outcome": result.outcome,
        "attempts": result.attempts,
    }
    if result.sid is not None:
        document["sid"] = result.sid
    return document


def _failure(failure: Failure) -> FailureDocument:
    return {"code": failure.code, "message": failure.message, "http": failure.http}
