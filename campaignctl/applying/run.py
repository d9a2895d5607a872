"""Carries out a plan's operations, in the plan's order. One failing campaign does not stop the others.

`apply_plan` walks the steps; `_Run` knows how each operation is checked, sent and verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, assert_never

from campaignctl.applying.creating import Creator, bearers
from campaignctl.applying.port import Account, Hooks, TooLateError
from campaignctl.applying.progress import Progress
from campaignctl.applying.races import Races, is_as_asked
from campaignctl.applying.recheck import (
    create_too_late,
    moved,
    resume_too_late,
    update_payload,
    update_too_late,
)
from campaignctl.applying.sending import Sender, reached_by
from campaignctl.applying.verify import Problem, verify
from campaignctl.errors import AnswerError, ApiError, InputError, InterruptedRunError
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import TRANSITIONS, Action, Status
from campaignctl.kinds.table import Value
from campaignctl.planning.order import steps
from campaignctl.planning.outcome import (
    ApplyResult,
    ChangeOutcome,
    Done,
    Exchange,
    Failure,
    NotReached,
    OperationOutcome,
    OperationResult,
    Refused,
    Unknown,
)
from campaignctl.planning.payload import create_spec
from campaignctl.planning.plan import Change, Op, Operation, Plan, Reason, Step
from campaignctl.planning.resources import Desired, Listing, Live
from campaignctl.planning.terms import Terms
from campaignctl.planning.window import window_of

RESCAN_AFTER: Final = timedelta(minutes=1)

_READ_BEFORE: Final = (Op.UPDATE, Op.RESUME, Op.COMPLETE)


def apply_plan(
    plan: Plan,
    account: Account,
    terms: Terms,
    hooks: Hooks,
    creator: Creator,
    order: Callable[[Iterable[Change]], tuple[Step, ...]] = steps,
) -> ApplyResult:
    """Carries out what the plan shows and nothing else. `terms` are those that the plan was made under.

    `order` puts its operations one after the other: rule 7 unless it is an emergency.
    """
    progress = {id(change): Progress.of(change) for change in plan.changes}
    run = _Run(
        plan, account, terms, hooks, creator.sender, creator, Races(account, creator, hooks, terms.address)
    )
    interrupted = False
    for step in order(plan.changes):
        state = progress[id(step.change)]
        interrupted = interrupted or hooks.stopping()
        if interrupted:
            state.end(ChangeOutcome.SKIPPED, Reason("interrupted", "the run ended before it"))
        try:
            result = run.take(step.operation, state)
        except (InterruptedRunError, KeyboardInterrupt) as stop:
            interrupted, result = True, _cut_off(step.operation, state, stop)
        state.operations.append(result)
        hooks.on_step(step, result)
    interrupted = not run.finish(interrupted) or interrupted
    results = tuple(progress[id(change)].result() for change in plan.changes)
    return ApplyResult(plan, results, interrupted)


def _cut_off(operation: Operation, state: Progress, stop: BaseException) -> OperationResult:
    """Interrupted while waiting, nothing was sent; by a second signal, a request may have been in flight."""
    if isinstance(stop, InterruptedRunError):
        return _skip(operation, state, Reason("interrupted", "the run ended before it"))
    message = "interrupted while its request was in flight: nobody knows whether it was carried out"
    failure = Failure("unknown-outcome", message)
    state.end(ChangeOutcome.UNKNOWN, Reason("unknown-outcome", message), failure)
    return OperationResult(operation.op, OperationOutcome.UNKNOWN, 1, operation.sid)


@dataclass
class _Run:
    plan: Plan
    account: Account
    terms: Terms
    hooks: Hooks
    sender: Sender
    creator: Creator
    races: Races
    rescanned: dict[str, Listing] | None = None

    def finish(self, interrupted: bool) -> bool:
        """Settles races; what is settled needs no intent any more. False when cut off: the next run does it."""
        if interrupted:
            return False
        try:
            self.races.finish(self._now())
        except (InterruptedRunError, KeyboardInterrupt):
            return False
        for item in self.races.made:
            if item.settled and not item.left:
                key = item.progress.change.key
                self.creator.intents.forget(key.kind, key.name)
        return True

    def take(self, operation: Operation, state: Progress) -> OperationResult:
        """One operation, unless the change has ended before it. No twin keeps another from being paused."""
        interrupted = state.ended is not None and state.ended.code == "interrupted"
        if interrupted or (state.ended is not None and operation.sid is None):
            return _skipped(operation)
        try:
            return self._carry_out(operation, state)
        except TooLateError as late:
            return _skip(operation, state, late.reason)
        except InputError as error:  # its intent could not be written: nothing was sent
            state.end(
                ChangeOutcome.FAILED, Reason("interrupted", str(error)), Failure(error.code, str(error))
            )
            return OperationResult(operation.op, OperationOutcome.FAILED, 0, operation.sid)
        except ApiError as error:  # a read before the write: nothing was sent
            state.end(ChangeOutcome.FAILED, Reason(_failure_code(error), str(error)), _failure(error))
            return OperationResult(operation.op, OperationOutcome.FAILED, 0, operation.sid)

    def _carry_out(self, operation: Operation, state: Progress) -> OperationResult:
        match operation.op:
            case Op.CREATE:
                return self._create(operation, state)
            case Op.UPDATE:
                return self._update(operation, state)
            case Op.PAUSE | Op.RESUME | Op.COMPLETE | Op.ARCHIVE:
                return self._act(operation, state)
            case _:
                assert_never(operation.op)

    def _now(self) -> Terms:
        return replace(self.terms, now=self.account.now(), clocks=self.account.other_clocks())

    def _create(self, operation: Operation, state: Progress) -> OperationResult:
        desired = _desired(state)

        def check() -> None:
            _refuse_late(create_too_late(desired, self._now()))

        check()
        if self.creator.gave_up:
            return _skip(operation, state, Reason("interrupted", "too many creates were lost before it"))
        appeared = self._appeared(desired)
        if appeared is not None:
            return self._take_appeared(operation, state, appeared)
        spec = create_spec(desired, self.terms.environment.collection(desired.kind.name))
        made = self.creator.create(desired, spec, check)
        state.created_here = isinstance(made.exchange.answer, Done)
        result = self._judge(operation, state, made.exchange, spec, None)
        if made.adopted:
            state.notes.append("the answer was lost; the campaign was found by its name")
        if state.created_here:
            with suppress(InterruptedRunError):  # the create is done, whatever becomes of the look
                self.races.add(_live(state), state, made.adopted)
        return result

    def _appeared(self, desired: Desired) -> Live | None:
        """Before the first create a scan that is older than a minute is repeated (rules 10.5, 10.6)."""
        if self.rescanned is None:
            self.rescanned = self._rescan()
        listing = self.rescanned.get(desired.kind.name, Listing())
        found = next(iter(bearers(listing.campaigns, desired.name or "")), None)
        if found is None and not listing.whole:
            raise AnswerError("the account's list could not be read whole: it may have appeared meanwhile")
        return found

    def _rescan(self) -> dict[str, Listing]:
        if self.account.now() - self.plan.created_at <= RESCAN_AFTER:
            return {}
        kinds = {change.key.kind for change in self.plan.changes if _creates(change)}
        return {kind: self.account.alive(KINDS[kind]) for kind in sorted(kinds)}

    def _take_appeared(self, operation: Operation, state: Progress, live: Live) -> OperationResult:
        state.live = live
        if is_as_asked(live, state.change.desired, self._now()):
            state.end(ChangeOutcome.UNCHANGED, Reason("appeared", f"{live.sid} appeared meanwhile, as asked"))
        else:
            message = f"{live.sid} appeared meanwhile and is not as asked; plan again"
            state.end(ChangeOutcome.SKIPPED, Reason("appeared", message))
        return _skipped(operation)

    def _update(self, operation: Operation, state: Progress) -> OperationResult:
        if self._has_moved(state):
            return _skipped(operation)
        desired, before = _desired(state), _live(state)
        known = _filled(before, state.change.live, {})

        def check() -> None:
            _refuse_late(update_too_late(desired, known, operation, self._now()))

        check()
        spec = update_payload(desired, before, operation, self._now())
        return self._judge(operation, state, self.sender.update(before, spec, check), spec, before)

    def _act(self, operation: Operation, state: Progress) -> OperationResult:
        if operation.sid is not None:
            return self._pause_twin(operation, state)
        if operation.op in _READ_BEFORE and self._has_moved(state):
            return _skipped(operation)
        before, action = _live(state), Action(operation.op.value)

        def check() -> None:
            if action is Action.RESUME:
                planned_at = self.plan.created_at
                known = _filled(before, state.change.live, {})
                _refuse_late(resume_too_late(_desired(state), known, planned_at, self._now()))

        exchange = self.sender.act(before, action, state.created_here, check)
        return self._judge_action(operation, action, state, exchange)

    def _pause_twin(self, operation: Operation, state: Progress) -> OperationResult:
        """One of several of a name: its change has no campaign of its own."""
        kind = _desired(state).kind
        twin = Live(kind, operation.sid or "", Status.CREATED, "", {})
        exchange = self.sender.hush(twin)
        if not isinstance(exchange.answer, Done):
            return _not_done(operation, state, exchange)
        return OperationResult(operation.op, OperationOutcome.APPLIED, exchange.attempts, operation.sid)

    def _has_moved(self, state: Progress) -> bool:
        """Reads the campaign again right before its first write other than a pause or an archive."""
        if state.was_read or state.created_here:
            return False
        planned = state.change.live
        assert planned is not None, "only a campaign that is there is read"
        fresh = self.account.get(planned.kind, planned.sid)
        state.was_read = True
        if fresh is None:
            state.end(ChangeOutcome.SKIPPED, Reason("moved", "it is no longer there"))
            return True
        resumes = any(it.op is Op.RESUME for it in state.change.operations)
        reason = moved(planned, fresh, state.own_status or planned.status, self.terms.country, resumes)
        if reason is not None:
            state.end(ChangeOutcome.SKIPPED, reason)
            return True
        state.live = fresh
        return False

    def _judge(
        self,
        operation: Operation,
        state: Progress,
        exchange: Exchange,
        spec: Mapping[str, Value],
        before: Live | None,
    ) -> OperationResult:
        """What an answer to a create or update means."""
        if not isinstance(exchange.answer, Done):
            return _not_done(operation, state, exchange)
        live = exchange.answer.live
        _remember(state, _filled(live, before, spec), before.status if before else Status.CREATED)
        verdict = verify(spec, live, before, self.account.now(), self.terms.country)
        if verdict.unseen:
            state.notes.append(f"the answer does not show {', '.join(verdict.unseen)}")
        if verdict.problems:
            return self._fail(operation, state, verdict.problems, exchange.attempts)
        return OperationResult(operation.op, OperationOutcome.APPLIED, exchange.attempts)

    def _judge_action(
        self, operation: Operation, action: Action, state: Progress, exchange: Exchange
    ) -> OperationResult:
        if not isinstance(exchange.answer, Done):
            return _not_done(operation, state, exchange)
        live = exchange.answer.live
        before = state.live
        _remember(state, _filled(live, before, {}), TRANSITIONS[action][1])
        problem = _action_problem(action, live, before, self._now())
        if problem is not None:
            return self._fail(operation, state, (problem,), exchange.attempts)
        return OperationResult(operation.op, OperationOutcome.APPLIED, exchange.attempts, operation.sid)

    def _fail(
        self, operation: Operation, state: Progress, problems: tuple[Problem, ...], attempts: int
    ) -> OperationResult:
        """A campaign that could call somebody wrongly is paused at once."""
        worst = next((problem for problem in problems if problem.dangerous), problems[0])
        message = "; ".join(dict.fromkeys(problem.message for problem in problems))
        if worst.dangerous:
            message += self._emergency_pause(state)
        state.end(ChangeOutcome.FAILED, Reason(worst.code, message), Failure(worst.code, message))
        return OperationResult(operation.op, OperationOutcome.FAILED, attempts, operation.sid)

    def _emergency_pause(self, state: Progress) -> str:
        live = _live(state)
        if live.status is Status.PAUSED:
            return "; it is paused"
        try:
            exchange = self.sender.act(live, Action.PAUSE, state.created_here, urgent=True)
        except InterruptedRunError as stop:
            exchange = Exchange(NotReached(str(stop)), 0)
        done = isinstance(exchange.answer, Done)
        outcome = OperationOutcome.APPLIED if done else OperationOutcome.FAILED
        state.operations.append(OperationResult(Op.PAUSE, outcome, exchange.attempts, live.sid))
        command = self.terms.address.command("pause", live.sid)
        return "; it was paused at once" if done else f"; IT COULD NOT BE PAUSED: run `{command}` now"


def _remember(state: Progress, live: Live, otherwise: Status) -> None:
    """An answer without a status says nothing about it: then it is what the operation leads to."""
    state.live = live
    state.own_status = live.status if live.word else otherwise


def _filled(answer: Live, before: Live | None, sent: Mapping[str, Value]) -> Live:
    """A key that an answer lacks says nothing: it is as it was sent, or as it was."""
    return replace(answer, spec={**(before.spec if before else {}), **sent, **answer.spec})


def _action_problem(action: Action, live: Live, before: Live | None, terms: Terms) -> Problem | None:
    """Whether an action's answer shows what it should; an answer without a status says nothing."""
    if not live.word:
        return None
    if live.status not in reached_by(action):
        return Problem("field-lost", f"after {action} the account calls it {live.word}")
    known = before if before is not None and before.kind.schedule.name in before.spec else live
    start = window_of(known.kind, known.spec).start
    ahead = start is not None and start > terms.now
    if action is Action.RESUME and live.status is Status.IN_PROGRESS and ahead:
        return Problem("started-early", "it was in progress ahead of its start", dangerous=True)
    return None


def _not_done(operation: Operation, state: Progress, exchange: Exchange) -> OperationResult:
    """A write that was refused, never reached the account, or nobody knows of."""
    answer = exchange.answer
    outcome = OperationOutcome.FAILED
    match answer:
        case Refused(http, code, message):
            state.end(ChangeOutcome.FAILED, Reason("refused", message), Failure(code, message, http))
        case NotReached(message, http):
            state.end(
                ChangeOutcome.FAILED, Reason("unreachable", message), Failure("unreachable", message, http)
            )
        case Unknown(message, http):
            outcome = OperationOutcome.UNKNOWN
            reason = Reason(
                "unknown-outcome", f"nobody knows whether the {operation.op} was carried out: {message}"
            )
            state.end(ChangeOutcome.UNKNOWN, reason, Failure("unknown-outcome", message, http))
        case Done():
            raise AssertionError("a write that is done is judged elsewhere")
        case _:
            assert_never(answer)
    return OperationResult(operation.op, outcome, exchange.attempts, operation.sid)


def _refuse_late(reason: Reason | None) -> None:
    if reason is not None:
        raise TooLateError(reason)


def _skip(operation: Operation, state: Progress, reason: Reason) -> OperationResult:
    state.end(ChangeOutcome.SKIPPED, reason)
    return _skipped(operation)


def _skipped(operation: Operation) -> OperationResult:
    return OperationResult(operation.op, OperationOutcome.SKIPPED, 0, operation.sid)


def _failure_code(error: ApiError) -> str:
    return error.code if error.code == "unreachable" else "refused"


def _failure(error: ApiError) -> Failure:
    return Failure(error.code, str(error), error.http)


def _desired(state: Progress) -> Desired:
    desired = state.change.desired
    assert desired is not None, "only a manifest's change creates, updates or resumes"
    return desired


def _live(state: Progress) -> Live:
    assert state.live is not None, "only a campaign that is there is changed"
    return state.live


def _creates(change: Change) -> bool:
    return any(operation.op is Op.CREATE for operation in change.operations)
