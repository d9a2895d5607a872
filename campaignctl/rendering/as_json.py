"""Writes plans and results as the JSON of the contract.

What must not be seen is masked here, once, for every format.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from campaignctl import __version__
from campaignctl.kinds.operations import Op
from campaignctl.model.environment import Environment
from campaignctl.model.plan import FORMAT_VERSION, Plan, Selection
from campaignctl.model.reasons import ChangeType
from campaignctl.model.results import ApplyResult, ChangeOutcome, ChangeResult, Failure, OperationResult
from campaignctl.model.written import Write, WrittenJson
from campaignctl.parallel import parallel_map
from campaignctl.rendering.documents import (
    BriefPlanDocument,
    PlanDocument,
    SelectionDocument,
    SummaryDocument,
)
from campaignctl.rendering.findings import finding_document
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.measures import (
    hours_document,
    moment,
    occurrence_document,
    overlap_documents,
    reach_document,
)
from campaignctl.rendering.result_documents import (
    ApplyDocument,
    FailureDocument,
    OperationResultDocument,
    OutcomesDocument,
    ResultDocument,
)
from campaignctl.rendering.telling import (
    Teller,
    ToldChange,
    approved_change,
    costs_of,
    held_document,
    reason_document,
    told_changes,
)
from campaignctl.text import HIDDEN, json_safe

if TYPE_CHECKING:
    from campaignctl.rendering.formats import Writers

_JSON: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False)  # a document is a tree
SEALED: Final = "hmac-sha256:"


def brief_document(plan: Plan, environment: Environment, *, show_numbers: bool = False) -> BriefPlanDocument:
    """Makes the plan's document, without what few formats show: when campaigns run, and the particulars of those
    that stay.

    What a reviewer approves is all there.
    """
    return _document(Teller(plan, environment, costs_of(environment), show_numbers))


def _document(teller: Teller) -> BriefPlanDocument:
    head = cache(lambda: plan_head(teller.plan, teller.environment))
    told = list(told_changes(teller, [head]))
    return cast("BriefPlanDocument", _with_changes(head(), teller, told))


def plan_head(plan: Plan, environment: Environment) -> Mapping[str, object]:
    """Makes of a plan's document all that does not follow from what is told of its changes."""
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
        "changes": [],
        "backend": environment.backend,
        "reach": None,
        "calling_hours": hours_document(environment),
        "cost": None,
    }


def _with_changes(
    head: Mapping[str, object], teller: Teller, told: Sequence[ToldChange]
) -> dict[str, object]:
    """Adds the changes, and what they come to, each in its place."""
    costs = teller.costs
    coming = ((change, it.coming) for change, it in zip(teller.plan.changes, told, strict=True))
    going = [it.going for it in told if it.going is not None]
    return {
        **head,
        "changes": [it.document for it in told],
        "reach": reach_document(coming),
        "cost": costs.plan_document(going) if costs is not None else None,
    }


def written_document(
    head: Callable[[], Mapping[str, object]],
    plan: Plan,
    environment: Environment,
    write: Write,
    take: Callable[[WrittenJson], bytes],
    *,
    show_numbers: bool = False,
) -> PlanDocument:
    """Makes the complete document under what `plan_head` makes, to be written and nothing else: each change is written
    where it is made, and its own document let go. `take` takes each in, in their order, and returns what of it will be
    printed. The head, and the overlaps, are found while copies of the process tell.
    """
    teller = Teller(plan, environment, costs_of(environment), show_numbers, write)
    told = list(_taken(told_changes(teller, [lambda: plan.overlaps, head]), take))
    document = _with_changes(head(), teller, told)
    return cast("PlanDocument", {**document, "crowds": overlap_documents(plan.overlaps)})


def rewritten_document(
    brief: BriefPlanDocument,
    plan: Plan,
    environment: Environment,
    write: Write,
    take: Callable[[WrittenJson], bytes],
) -> PlanDocument:
    """Makes the same of what `brief_document` made of the plan, numbers masked."""
    teller = Teller(plan, environment, costs_of(environment), show_numbers=False, write=write)
    rows = [*zip(brief["changes"], plan.changes, strict=True)]
    written = parallel_map(teller.rewrite, rows, [lambda: plan.overlaps])
    document = {**brief, "changes": [take(it) for it in written], "crowds": overlap_documents(plan.overlaps)}
    return cast("PlanDocument", document)


def _taken(told: Iterable[ToldChange], take: Callable[[WrittenJson], bytes]) -> Iterator[ToldChange]:
    for it in told:
        assert isinstance(it.document, WrittenJson), "the teller writes"
        yield it._replace(document=take(it.document))


def complete_document(
    brief: BriefPlanDocument, plan: Plan, environment: Environment, *, show_numbers: bool = False
) -> PlanDocument:
    """Adds to what `brief_document` made of a plan all the rest."""
    teller = Teller(plan, environment, costs_of(environment), show_numbers)
    rows = zip(brief["changes"], plan.changes, strict=True)
    return {
        **brief,
        "changes": [teller.completed(document, change) for document, change in rows],
        "crowds": overlap_documents(plan.overlaps),
    }


def approved_document(plan: Plan, environment: Environment) -> Mapping[str, object]:
    """Makes of a plan's document what its digest covers, without all else: what a reviewer approves."""
    return {
        "environment": plan.environment,
        "host": plan.host,
        "account_sid": plan.account_sid,
        "manifests": {"digest": plan.manifests.digest},
        "allowed": list(plan.allowed),
        "changes": [approved_change(change, environment.country) for change in plan.changes],
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
    return "".join(pieces(document))


def _written(document: Mapping[str, object], _setting: Setting) -> str:
    return written(document)


def _error(document: Mapping[str, object], _setting: Setting) -> str:
    """Writes an error in one line: it may be the last of the lines of a watch."""
    return f"{compact(document)}\n"


WRITERS: Final[Writers] = {"plan": _written, "apply": _written, "validate": _written, "error": _error}


def pieces(document: Mapping[str, object]) -> Iterator[str]:
    """Writes what `written` does, bit by bit."""
    before = "{\n"
    for key, value in document.items():
        yield f"{before}  {compact(key)}: "
        yield from _value(value)
        before = ",\n"
    yield "\n}\n"


def _value(value: object) -> Iterator[str]:
    if not isinstance(value, list) or not value or not isinstance(value[0], dict | bytes):
        yield compact(value)
        return
    before = "[\n    "
    for item in value:
        yield before
        yield item.decode() if isinstance(item, bytes) else compact(item)
        before = ",\n    "
    yield "\n  ]"


def compact(value: object) -> str:
    """Writes a value in one line."""
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


def _result(result: ChangeResult) -> ResultDocument:
    live = result.change.live
    return {
        "kind": result.change.key.kind,
        "name": result.change.key.name,
        "sid": result.sid or (live.sid if live else None) or (result.change.key.sid or None),
        "outcome": result.outcome,
        "reason": reason_document(result.reason),
        "operations": [_operation_result(each) for each in result.operations],
        "held": [held_document(operation) for operation in result.change.held],
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
