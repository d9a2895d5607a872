"""Tells the changes of a plan as data, each by itself: what must not be seen is masked here, once, for every format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, assert_never

from campaignctl.kinds import KINDS
from campaignctl.kinds.countries import Country
from campaignctl.kinds.operations import Op
from campaignctl.model.campaigns import Live
from campaignctl.model.environment import Environment
from campaignctl.model.estimates import Estimate, Estimates, estimates, sets_going
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.plan import Change, HeldOperation, Operation, Plan
from campaignctl.model.reasons import ChangeType, Reason
from campaignctl.model.written import Write, WrittenJson
from campaignctl.parallel import parallel_map
from campaignctl.policy.hours import zone_name
from campaignctl.policy.periods import run_of
from campaignctl.rendering.documents import (
    BriefChangeDocument,
    ChangeDocument,
    HeldDocument,
    OperationDocument,
    ReasonDocument,
)
from campaignctl.rendering.masking import difference_document, masked_spec
from campaignctl.rendering.measure_documents import MessageDocument, RunDocument
from campaignctl.rendering.measures import (
    gate_documents,
    list_documents,
    local_start,
    message_document,
    occurrence_document,
    run_document,
    suppressed_document,
)
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.rendering.money import Costs, Priced

_NO_ESTIMATES: Final = (None, None)
_NO_MESSAGE: Final[MessageDocument] = {"before": None, "after": None}
"""One for all that stay as they are, and for lists: a document is only read."""


class ToldChange(NamedTuple):
    """Holds a change as data, what its campaign comes to, and what it costs where it calls somebody.

    Of one that was written, and taken in by a seal, the document is what will be printed.
    """

    document: BriefChangeDocument | WrittenJson | bytes
    coming: Estimate | None
    going: Priced | None = None


class Teller(NamedTuple):
    """Tells changes of a plan; complete ones, and written, where there is something to write them with."""

    plan: Plan
    environment: Environment
    costs: Costs | None
    show_numbers: bool
    write: Write | None = None

    def tell(self, changes: Iterable[Change]) -> Iterator[ToldChange]:
        """Tells each by itself: nothing of one depends on another."""
        return map(self._tell, changes)

    def _tell(self, change: Change) -> ToldChange:
        costs = self.costs
        stays, going = _stays(change), None
        said = _NO_ESTIMATES if stays else estimates(change)
        document = self._brief(change, said)
        if costs is not None and not stays and not change.of_list:
            priced = costs.of_change(change)
            document["cost"] = costs.change_document(*priced)
            going = priced if sets_going(change) else None
        if self.write is None:
            return ToldChange(document, said[1], going)
        return ToldChange(self.write(self.completed(document, change)), said[1], going)

    def completed(self, document: BriefChangeDocument, change: Change) -> ChangeDocument:
        """Adds to the document of a campaign that stays as it is all that most formats do not show."""
        if change.of_list or not _stays(change):
            return {**document}
        kind, costs = KINDS[change.key.kind], self.costs
        return {
            **document,
            "resulting": masked_spec(kind, change.resulting, show_numbers=self.show_numbers),
            "message": message_document(estimates(change), change, self.plan),
            "run": self._run(change),
            "cost": costs.change_document(*costs.of_change(change)) if costs is not None else None,
        }

    def rewrite(self, told: Iterable[tuple[BriefChangeDocument, Change]]) -> Iterator[WrittenJson]:
        """Writes changes that were told as most formats show them, each by itself."""
        assert self.write is not None, "there is something to write them with"
        return (self.write(self.completed(document, change)) for document, change in told)

    def _brief(self, change: Change, said: Estimates) -> BriefChangeDocument:
        """Makes the document of a change; of one that stays as it is the schedule alone, by which formats put it in
        its place.
        """
        if change.managed is not None:
            return _list_change(change, change.managed)
        kind, stays, show_numbers = KINDS[change.key.kind], _stays(change), self.show_numbers
        where, country = change.desired.where if change.desired else None, self.environment.country
        resulting = change.resulting
        if stays:
            resulting = {name: resulting[name] for name in (kind.schedule.name,) if name in resulting}
        document: BriefChangeDocument = {
            "kind": change.key.kind,
            "name": change.key.name,
            "manifest": where.file if where else None,
            "line": where.line if where else None,
            "sid": _sid(change),
            "change": change.type,
            "status": {"live": _live_status(change), "desired": change.desired_state},
            "operations": [_operation(operation, change.live) for operation in change.operations],
            "held": [held_document(operation) for operation in change.held],
            "diff": [difference_document(kind, each, country, show_numbers) for each in change.diff],
            "reason": reason_document(change.reason),
            "notes": list(change.notes),
            "fingerprint": change.fingerprint,
            "resulting": masked_spec(kind, resulting, show_numbers=show_numbers),
            "message": _NO_MESSAGE if stays else message_document(said, change, self.plan),
            "lists": list_documents(change.lists),
            "suppressed": suppressed_document(change.suppressed),
            "run": None if stays else self._run(change),
            "gates": gate_documents(change.gates),
            "cost": None,
            "occurrence": occurrence_document(change.desired),
        }
        local = None if stays else local_start(kind, change.resulting, zone_name(self.environment))
        if local is not None:
            document["local_start"] = local
        return document

    def _run(self, change: Change) -> RunDocument | None:
        return run_document(run_of(change, self.plan.created_at, self.environment, self.plan.find_load))


def told_changes(teller: Teller, besides: Sequence[Callable[[], object]] = ()) -> Iterator[ToldChange]:
    """Tells all changes of the plan, some of them in copies of the process; `besides` is what it does meanwhile."""
    made_soon = _stays if teller.write is None else None  # little is told of it, and all of it written
    return parallel_map(teller.tell, teller.plan.changes, besides, made_soon=made_soon)


def costs_of(environment: Environment) -> Costs | None:
    """Prepares pricing; None where no prices are set, and then nothing of it is imported."""
    if not environment.prices:
        return None
    from campaignctl.rendering.money import Costs

    return Costs(environment)


def approved_change(change: Change, country: Country | None) -> Mapping[str, object]:
    """Makes what a reviewer approves of a change, as its document has it."""
    return {
        "kind": change.key.kind,
        "name": change.key.name,
        "sid": _sid(change),
        "operations": [_operation(operation, change.live) for operation in change.operations],
        "held": [held_document(operation) for operation in change.held],
        "diff": [
            difference_document(KINDS[change.key.kind], it, country, show_numbers=False) for it in change.diff
        ],
        "suppressed": suppressed_document(change.suppressed),
    }


def _sid(change: Change) -> str | None:
    if change.of_list:
        return change.key.sid or None
    return change.live.sid if change.live else None


def _stays(change: Change) -> bool:
    """Tells whether a campaign stays as it is: nothing is done to it, or waits to be."""
    return change.type is ChangeType.NOOP and not change.operations and not change.held


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
        "sid": _sid(change),
        "change": change.type,
        "status": {"live": "complete" if there and not unwanted else None, "desired": None},
        "operations": [_operation(operation, None) for operation in change.operations],
        "held": [],
        "diff": [],
        "reason": reason_document(change.reason),
        "notes": list(change.notes),
        "fingerprint": None,
        "resulting": {},
        "message": _NO_MESSAGE,
        "lists": [],
        "suppressed": suppressed_document(change.suppressed),
        "gates": [],
        "occurrence": None,
        "cost": None,
        "run": None,
    }


def _live_status(change: Change) -> str | None:
    return change.live.status_word if change.live else None


@lru_cache
def reason_document(reason: Reason) -> ReasonDocument:
    """Makes the document of a reason."""
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


def held_document(operation: HeldOperation) -> HeldDocument:
    """Makes the document of an operation that must be asked for."""
    document: HeldDocument = {
        "op": operation.op,
        "irreversible": operation.op.irreversible,
        "numbers_failed": operation.numbers_failed,
        "since": operation.since,
    }
    if operation.op.action is None:
        document["fields"] = list(operation.fields)
    return document
