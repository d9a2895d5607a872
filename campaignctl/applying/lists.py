"""Carries out a plan's work on the project's lists: they are uploaded once, then put into the campaigns that name
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from campaignctl.applying.port import Hooks, ListPort, TooLateError
from campaignctl.applying.progress import ChangeRun
from campaignctl.applying.recent_readings import RecentReadings
from campaignctl.contact_lists.versions import lists_needed, named_by, still_needed
from campaignctl.diagnostics import counted
from campaignctl.kinds.table import Role, Value
from campaignctl.model.campaigns import Listing, ListRef
from campaignctl.model.environment import Environment
from campaignctl.model.estimates import VARIABLE
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.plan import Change, Operation, Plan
from campaignctl.model.reasons import Reason
from campaignctl.model.results import ChangeOutcome, Failure, OperationOutcome, OperationResult, Unknown
from campaignctl.model.values import items_of

if TYPE_CHECKING:
    from campaignctl.applying.uploading import Upload


@dataclass
class Lists:
    """Keeps the project's lists during an apply. `holding` are the lists with the people whom these hold."""

    plan: Plan
    port: ListPort | None
    hooks: Hooks
    environment: Environment
    planned_at: float | None
    ready: dict[str, str] = field(default_factory=dict)
    holding: dict[str, ManagedList] = field(default_factory=dict)
    _campaigns: RecentReadings[tuple[Listing, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Begins without a look at campaigns: none is needed before a list is about to be deleted."""
        self._campaigns = RecentReadings(self.hooks.clock, self._read_campaigns)

    @classmethod
    def of(
        cls,
        plan: Plan,
        port: ListPort | None,
        hooks: Hooks,
        environment: Environment,
        planned_at: float | None,
    ) -> Lists:
        """Makes the lists at the beginning of an apply."""
        known = {it.managed.name: it.managed.complete for it in plan.changes if it.managed is not None}
        ready = {name: version.sid for name, version in known.items() if version is not None}
        holding = {it.managed.name: it.managed for it in plan.changes if it.managed is not None}
        return cls(plan, port, hooks, environment, planned_at, ready, holding)

    def put_into(self, state: ChangeRun, names: Sequence[str]) -> Reason | None:
        """Puts the lists into a campaign that it is to have; returns why not, where one is not ready."""
        missing = [name for name in names if name not in self.ready]
        if missing:
            return Reason(
                "list-not-ready", f"its list {', '.join(missing)} is not uploaded, so nothing was sent"
            )
        state.change = _with_lists(state.change, self.ready)
        return self.more_left_out(names)

    def more_left_out(self, names: Sequence[str]) -> Reason | None:
        """Says who is in the list that would be sent to and is suppressed by now.

        Raises:
            TooLateError: somebody would be called who was left out, or nobody can tell.
        """
        for name in names:
            held = self.holding.get(name)
            more = len(held.members) - len(self.hooks.members(held).members) if held else 0
            if more:
                people = counted(more, "person", "people")
                return Reason("moved", f"{people} of its list {name} are suppressed by now: apply again")
        return None

    def upload(self, operation: Operation, state: ChangeRun) -> OperationResult:
        """Makes the list, or finds it made by another run."""
        from campaignctl.applying.uploading import UploadFailedError

        upload = self._upload(state)
        try:
            done = upload.run()
        except UploadFailedError as failed:
            state.end(ChangeOutcome.FAILED, failed.reason, failed.failure)
            return OperationResult(operation.op, OperationOutcome.FAILED, upload.requests)
        finally:
            state.notes += upload.notes
        state.list_sid = self.ready[upload.managed.name] = done.sid
        outcome = OperationOutcome.APPLIED if done.made_here else OperationOutcome.UNCHANGED
        return OperationResult(operation.op, outcome, upload.requests)

    def _upload(self, state: ChangeRun) -> Upload:
        """Makes the upload of the people who may be called now. Raises TooLateError."""
        from campaignctl.applying.uploading import Upload

        planned = state.change.managed
        assert planned is not None, "only a list of the project is uploaded"
        assert self.port is not None, "who uploads has an account"
        managed = self.holding[planned.name] = self.hooks.members(planned)
        if more := len(planned.members) - len(managed.members):
            state.notes.append(
                f"{counted(more, 'more person was', 'more people were')} left out than planned"
            )
        used = frozenset(_fields_in_texts(self.plan.changes, managed.name))
        return Upload(managed, self.port, self.hooks, self.environment, used, self.planned_at)

    def delete(self, operation: Operation, state: ChangeRun) -> OperationResult:
        """Deletes a version that nothing needs, still; one that is gone already is no trouble."""
        assert self.port is not None, "who deletes has an account"
        sid = state.change.key.sid

        def check() -> None:
            needed = still_needed(sid, self._campaigns.of("", sid))
            if needed is not None:
                raise TooLateError(needed)

        exchange = self.port.delete_list(sid, check)
        state.list_sid, answer = sid, exchange.answer
        gone = getattr(answer, "http", None) == 404
        if isinstance(answer, Unknown):
            gone = self.port.is_gone(sid)
        if gone or not hasattr(answer, "message"):
            outcome = OperationOutcome.UNCHANGED if gone else OperationOutcome.APPLIED
            return OperationResult(operation.op, outcome, exchange.attempts)
        return _not_deleted(operation, state, answer, exchange.attempts)

    def _read_campaigns(self, _account: str) -> tuple[Listing, ...]:
        assert self.port is not None, "who deletes has an account"
        return self.port.campaigns()


def _with_lists(change: Change, ready: Mapping[str, str]) -> Change:
    """Puts SIDs in the place of what was yet to come."""
    desired, live = change.desired, change.live
    assert desired is not None, "only a manifest names lists"
    desired = desired._replace(spec=_with_sids(desired.spec, ready))
    if live is not None:
        live = live.showing(_with_sids(live.spec, ready))
    return replace(change, desired=desired, live=live)


def _with_sids(spec: Mapping[str, Value], ready: Mapping[str, str]) -> dict[str, Value]:
    return {name: _sids(value, ready) for name, value in spec.items()}


def _sids(value: Value, ready: Mapping[str, str]) -> Value:
    if not any(isinstance(it, ListRef) for it in items_of(value)):
        return value
    return [it.uploaded(ready) if isinstance(it, ListRef) else it for it in items_of(value)]


def _fields_in_texts(changes: Sequence[Change], name: str) -> Iterator[str]:
    """Yields the fields of contacts that a text fills in which is sent to a list: `@@First_Name` is first_name."""
    for change in changes:
        desired = change.desired
        if desired is None or name not in named_by(desired):
            continue
        if any(name in lists_needed(change, it) for it in change.operations):
            for row in desired.kind.in_role(Role.CONTENT):
                text = desired.spec.get(row.name)
                found = VARIABLE.findall(text) if isinstance(text, str) else ()
                yield from (it.removeprefix("@@").lower() for it in found)


def _not_deleted(operation: Operation, state: ChangeRun, answer: object, attempts: int) -> OperationResult:
    message, http = str(getattr(answer, "message", "")), getattr(answer, "http", None)
    if isinstance(answer, Unknown):
        state.end(
            ChangeOutcome.UNKNOWN,
            Reason("unknown-outcome", message),
            Failure("unknown-outcome", message, http),
        )
        return OperationResult(operation.op, OperationOutcome.UNKNOWN, attempts)
    state.end(ChangeOutcome.FAILED, Reason("refused", message), Failure("refused", message, http))
    return OperationResult(operation.op, OperationOutcome.FAILED, attempts)
