"""Plans and results as the JSON of the contract. What must not be seen is masked here, once, for every format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from campaignctl import __version__
from campaignctl.kinds import KINDS
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Field, Kind, Secrecy, Value
from campaignctl.planning.environment import Environment
from campaignctl.planning.normalize import number_changes, texts
from campaignctl.planning.outcome import ApplyResult, ChangeOutcome, ChangeResult, Failure, OperationResult
from campaignctl.planning.plan import (
    FORMAT_VERSION,
    Change,
    Difference,
    HeldOperation,
    Op,
    Operation,
    Plan,
    Reason,
    Selection,
)
from campaignctl.planning.reasons import ChangeType
from campaignctl.planning.run import Run
from campaignctl.rendering.documents import (
    ApplyDocument,
    ChangeDocument,
    DifferenceDocument,
    FailureDocument,
    HeldDocument,
    NumbersDocument,
    OperationDocument,
    OperationResultDocument,
    OutcomesDocument,
    PlanDocument,
    ReasonDocument,
    ResultDocument,
    SelectionDocument,
    SummaryDocument,
)
from campaignctl.rendering.escape import json_safe
from campaignctl.rendering.findings import finding_document
from campaignctl.rendering.formats import Setting, Writer
from campaignctl.rendering.masks import HIDDEN, mask_number, mask_url
from campaignctl.rendering.measures import (
    crowd_documents,
    hours_document,
    message_document,
    moment,
    reach_document,
    run_document,
    runs_of,
)

EXAMPLES: Final = 5
_JSON: Final = json.JSONEncoder(ensure_ascii=False)
SEALED: Final = "hmac-sha256:"
ONLY_HIDDEN: Final = "differs only in user info, query values or fragment, which are not shown"


def plan_document(plan: Plan, environment: Environment, *, show_numbers: bool = False) -> PlanDocument:
    """The plan as data. A plan file takes it without `show_numbers`, whatever the command line says."""
    runs = runs_of(plan.changes, environment, plan.created_at)
    return {
        "format_version": FORMAT_VERSION,
        "campaignctl_version": __version__,
        "environment": plan.environment,
        "account_sid": plan.account_sid,
        "created_at": moment(plan.created_at),
        "expires_at": moment(plan.expires_at),
        "digest": plan.digest,
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
        "changes": [
            _change(change, run, environment, show_numbers)
            for change, run in zip(plan.changes, runs, strict=True)
        ],
        "backend": environment.backend,
        "reach": reach_document(plan.changes),
        "calling_hours": hours_document(environment),
        "crowds": crowd_documents(plan.changes, runs, environment),
    }


def apply_document(result: ApplyResult, environment: Environment) -> ApplyDocument:
    """What an apply did, change by change."""
    return {
        "format_version": FORMAT_VERSION,
        "environment": result.plan.environment,
        "account_sid": result.plan.account_sid,
        "results": [_result(each) for each in result.results],
        "summary": _outcomes(result),
        "interrupted": result.interrupted,
        "backend": environment.backend,
    }


def written(document: Mapping[str, Any]) -> str:
    """The document as text, a change to a line: quick to write, and two plans can be compared by line."""
    lines = [f"  {_compact(key)}: {_value(value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _written(document: Mapping[str, Any], _setting: Setting) -> str:
    return written(document)


WRITERS: Final[Mapping[str, Writer]] = dict.fromkeys(("plan", "apply", "validate", "diff", "error"), _written)


def _value(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n    " + ",\n    ".join(_compact(item) for item in value) + "\n  ]"
    return _compact(value)


def _compact(value: object) -> str:
    return json_safe(_JSON.encode(value))


def _selection(selection: Selection) -> SelectionDocument:
    """A value of `--var` may be a number or a secret: it stands here only as the hash that it was sealed to."""
    sealed = {
        name: value if value.startswith(SEALED) else HIDDEN for name, value in sorted(selection.vars.items())
    }
    document: SelectionDocument = {
        "paths": list(selection.paths),
        "labels": selection.labels,
        "prune": selection.prune,
        "vars": sealed,
    }
    if selection.resend:
        document["resend"] = list(selection.resend)
    return document


def _summary(plan: Plan) -> SummaryDocument:
    return {
        "create": plan.count(ChangeType.CREATE),
        "update": plan.count(ChangeType.UPDATE),
        "transition": plan.count(ChangeType.TRANSITION),
        "noop": plan.count(ChangeType.NOOP),
        "held": plan.count(ChangeType.HELD),
        "blocked": plan.count(ChangeType.BLOCKED),
        "orphan": plan.count(ChangeType.ORPHAN),
        "operations": plan.operations,
        "unmanaged": plan.unmanaged,
        "cannot_compare": sum(change.reason.code == "cannot-compare" for change in plan.changes),
    }


def _outcomes(result: ApplyResult) -> OutcomesDocument:
    return {
        "applied": result.count(ChangeOutcome.APPLIED),
        "unchanged": result.count(ChangeOutcome.UNCHANGED),
        "failed": result.count(ChangeOutcome.FAILED),
        "unknown": result.count(ChangeOutcome.UNKNOWN),
        "skipped": result.count(ChangeOutcome.SKIPPED),
    }


def _change(change: Change, run: Run | None, environment: Environment, show_numbers: bool) -> ChangeDocument:
    kind = KINDS[change.key.kind]
    where = change.desired.where if change.desired else None
    state = change.desired_state
    return {
        "kind": change.key.kind,
        "name": change.key.name,
        "manifest": where.file if where else None,
        "line": where.line if where else None,
        "sid": change.live.sid if change.live else None,
        "change": change.type.value,
        "status": {"live": _live_status(change), "desired": state.value if state else None},
        "operations": [_operation(operation) for operation in change.operations],
        "held": [_held(operation) for operation in change.held],
        "diff": [difference_document(kind, each, environment.country, show_numbers) for each in change.diff],
        "reason": _reason(change.reason),
        "notes": list(change.notes),
        "fingerprint": change.fingerprint,
        "resulting": _resulting(kind, change.resulting, show_numbers),
        "message": message_document(change),
        "run": run_document(run),
    }


def _live_status(change: Change) -> str | None:
    if change.live is None:
        return None
    return change.live.word if change.live.status is Status.UNKNOWN else change.live.status.value


def _reason(reason: Reason) -> ReasonDocument:
    return {"code": reason.code, "message": reason.message}


def _operation(operation: Operation) -> OperationDocument:
    document: OperationDocument = {
        "op": operation.op.value,
        "fields": list(operation.fields),
        "irreversible": operation.op.irreversible,
    }
    if operation.op is Op.COMPLETE:
        document["numbers_failed"] = operation.numbers_failed
    if operation.sid is not None:
        document["sid"] = operation.sid
    return document


def _held(operation: HeldOperation) -> HeldDocument:
    document: HeldDocument = {
        "op": operation.op.value,
        "irreversible": operation.op.irreversible,
        "numbers_failed": operation.numbers_failed,
        "since": operation.since,
    }
    if operation.op.action is None:
        document["fields"] = list(operation.fields)
    return document


def difference_document(
    kind: Kind, it: Difference, country: Country | None, show_numbers: bool
) -> DifferenceDocument:
    field = kind.by_path[it.field]
    if field.secrecy is Secrecy.PEOPLE:
        return _numbers_difference(it, country, show_numbers)
    before, after = (masked(field, value, show_numbers) for value in (it.before, it.after))
    document: DifferenceDocument = {"field": it.field, "before": before, "after": after}
    if field.secrecy is Secrecy.CALLBACK and before == after:
        document["note"] = ONLY_HIDDEN
    return document


def _numbers_difference(it: Difference, country: Country | None, show_numbers: bool) -> DifferenceDocument:
    before, after = texts(it.before), texts(it.after)
    gone, come = number_changes(before, after, country)
    return {
        "field": it.field,
        "before": {"count": len(before)},
        "after": {"count": len(after)},
        "added": _numbers(come, show_numbers),
        "removed": _numbers(gone, show_numbers),
    }


def _numbers(numbers: Sequence[str], show_numbers: bool) -> NumbersDocument:
    examples = list(numbers) if show_numbers else [mask_number(number) for number in numbers[:EXAMPLES]]
    return {"count": len(numbers), "examples": examples}


def _resulting(kind: Kind, values: Mapping[str, Value], show_numbers: bool) -> dict[str, Value]:
    return {
        field.name: masked(field, values[field.name], show_numbers)
        for field in kind.fields
        if field.name in values
    }


def masked(field: Field, value: Value, show_numbers: bool) -> Value:
    """`distinct` counts what is written differently: whom a campaign calls that calls nobody twice."""
    if field.secrecy is Secrecy.OPEN and (value is None or isinstance(value, str | int)):
        return value
    if field.fields and isinstance(value, Mapping):
        return {
            name: masked(field.members[name], inner, show_numbers) if name in field.members else inner
            for name, inner in value.items()
        }
    if field.secrecy is Secrecy.PEOPLE and value is not None:
        numbers = texts(value)
        counted: dict[str, Value] = {"count": len(numbers), "distinct": len(set(numbers))}
        return {**counted, "numbers": numbers} if show_numbers else counted
    if field.secrecy is Secrecy.CALLBACK and isinstance(value, str):
        return mask_url(value)
    if field.secrecy is Secrecy.SECRET:
        return HIDDEN
    return value if value is None or isinstance(value, str | int | Mapping) else list(value)


def _result(result: ChangeResult) -> ResultDocument:
    live = result.change.live
    return {
        "kind": result.change.key.kind,
        "name": result.change.key.name,
        "sid": result.sid or (live.sid if live else None),
        "outcome": result.outcome.value,
        "reason": _reason(result.reason),
        "operations": [_operation_result(each) for each in result.operations],
        "held": [_held(operation) for operation in result.change.held],
        "error": _failure(result.error) if result.error else None,
        "notes": list(result.notes),
    }


def _operation_result(result: OperationResult) -> OperationResultDocument:
    document: OperationResultDocument = {
        "op": result.op.value,
        "outcome": result.outcome.value,
        "attempts": result.attempts,
    }
    if result.sid is not None:
        document["sid"] = result.sid
    return document


def _failure(failure: Failure) -> FailureDocument:
    return {"code": failure.code, "message": failure.message, "http": failure.http}
