"""Judges what came of a request, as the result of an operation; what could call wrongly is paused at once (rule 9)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import assert_never

from campaignctl.applying.port import AccountPort, Hooks
from campaignctl.applying.progress import STILL_CALLING, ChangeRun
from campaignctl.applying.sending import Sender
from campaignctl.applying.verify import (
    EARLY,
    AnswerProblem,
    completed,
    hides_a_danger,
    only_these,
    overlaid,
    started_early,
    verify,
)
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import TRANSITIONS, Action, Op
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Live
from campaignctl.model.clocks import OUT_OF_STEP
from campaignctl.model.plan import Operation
from campaignctl.model.reasons import Reason
from campaignctl.model.results import (
    Acted,
    AlreadyInState,
    Answer,
    ChangeOutcome,
    Done,
    Exchange,
    Failure,
    NotReached,
    NotTaken,
    OperationOutcome,
    OperationResult,
    Refused,
    Unknown,
)
from campaignctl.planning.terms import Terms


@dataclass(frozen=True)
class Judge:
    """Compares what was answered with what was asked, and says how the operation ended."""

    account: AccountPort
    sender: Sender
    hooks: Hooks
    terms: Terms

    def written(
        self,
        operation: Operation,
        state: ChangeRun,
        exchange: Exchange,
        spec: Mapping[str, Value],
        before: Live | None,
        left: Collection[str] = (),
    ) -> OperationResult:
        """Judges a create or update, sent with `spec`. `before` is the campaign as it was read before an update that
        leaves the fields `left` as nobody saw them.
        """
        if not isinstance(exchange.answer, Done):
            return not_done(operation, state, exchange.answer, exchange.attempts)
        live = exchange.answer.live
        if before is not None and hides_a_danger(spec, live, before):
            read = self.sender.read(live)
            live = completed(live, read) if read is not None else live
        _remember(state, filled(live, before, spec), before.status if before else Status.CREATED)
        verdict = verify(spec, live, before, self.account.now(), self.terms.country, left)
        if verdict.unseen:
            state.unseen = only_these(spec, verdict.unseen)
            state.notes.append(f"the answer does not show {', '.join(verdict.unseen)}")
        if before is None and live.finished:
            state.notes.append(f"it was created, and the account calls it {live.word} already")
        if verdict.problems:
            return self._fail(operation, state, verdict.problems, exchange.attempts)
        return OperationResult(operation.op, OperationOutcome.APPLIED, exchange.attempts)

    def acted(
        self, operation: Operation, action: Action, state: ChangeRun, acted: Acted, live: Live
    ) -> OperationResult:
        """Judges an action on `live`, which is not the change's own campaign where it is a twin."""
        match acted.answer:
            case Done(now) | AlreadyInState(now):
                pass
            case NotTaken(now):
                return self._not_taken(operation, state, acted, live, now)
            case _:
                return not_done(operation, state, acted.answer, acted.attempts)
        if operation.sid is None:
            _remember(state, filled(now, state.live, {}), TRANSITIONS[action][1])
        early = started_early(now, self.account.now(), live.spec, now.spec)
        if action is Action.RESUME and early:
            return self._fail(operation, state, (EARLY,), acted.attempts)
        if isinstance(acted.answer, AlreadyInState):
            state.notes.append(f"{operation.sid or 'it'} was {now.word} already: the {action} was refused")
        return OperationResult(operation.op, acted.outcome, acted.attempts, operation.sid)

    def listed(self, state: ChangeRun, live: Live) -> None:
        """Judges a campaign that this run made by what a list shows: the answer may not have shown its status, or not
        all that was sent.
        """
        made = state.live
        if state.ended is not None or made is None:
            return
        problems = (
            [EARLY] if started_early(live, self.account.now() + OUT_OF_STEP, live.spec, made.spec) else []
        )
        expected = {**state.unseen, "name": made.name}
        shown = verify(expected, live, None, self.account.now(), self.terms.country)
        problems += [it for it in shown.problems if it.dangerous and it != EARLY]
        if problems:
            state.live = filled(live, made, {})
            self._fail(Operation(Op.PAUSE), state, tuple(problems), 0)
            if state.operations:  # else they follow what is recorded next, its create
                state.operations += state.besides
                state.besides.clear()

    def _not_taken(
        self, operation: Operation, state: ChangeRun, acted: Acted, live: Live, now: Live
    ) -> OperationResult:
        message = (
            f"the account answered the {operation.op}, and it did not take: it is {still(now, live.status)}"
        )
        if operation.op is Op.PAUSE:
            message += f"; pause it by hand now: `{self.terms.address.command('pause', now.sid)}`"
        if operation.sid is None:
            _remember(state, filled(now, state.live, {}), now.status)
        state.end(ChangeOutcome.FAILED, Reason(STILL_CALLING, message), Failure(STILL_CALLING, message))
        return OperationResult(operation.op, acted.outcome, acted.attempts, operation.sid)

    def _fail(
        self, operation: Operation, state: ChangeRun, problems: tuple[AnswerProblem, ...], attempts: int
    ) -> OperationResult:
        """Says that the operation failed; a campaign that could call somebody wrongly is paused at once."""
        worst = next((problem for problem in problems if problem.dangerous), problems[0])
        message, code = "; ".join(dict.fromkeys(problem.message for problem in problems)), worst.code
        if worst.dangerous:
            pause = self._pause_at_once(operation, state)
            message += pause.message
            code = pause.code or code
        state.end(ChangeOutcome.FAILED, Reason(code, message), Failure(code, message))
        return OperationResult(operation.op, OperationOutcome.FAILED, attempts, operation.sid)

    def _pause_at_once(self, operation: Operation, state: ChangeRun) -> Reason:
        """Pauses at once and returns what is said of it; a code only where the calls go on though the account
        answered.
        """
        live = state.live
        assert live is not None, "only a campaign that is there is paused"
        if live.status is Status.PAUSED:
            return Reason("", "; it is paused")
        with self.hooks.undeterred():
            acted = self.sender.pause_duplicate(live, just_created=state.created_here, urgent=True)
        result = OperationResult(Op.PAUSE, acted.outcome, acted.attempts)
        if operation.op is Op.CREATE and any(it.op is Op.PAUSE for it in state.change.operations):
            state.paused_at_once = result  # the one that the plan shows next
        else:
            state.besides.append(result)
        if acted.live is not None:
            _remember(state, filled(acted.live, live, {}), acted.live.status)
        return self._said_of(acted, live)

    def _said_of(self, acted: Acted, live: Live) -> Reason:
        command = f"run `{self.terms.address.command('pause', live.sid)}` now"
        match acted.answer:
            case Done():
                return Reason("", "; it was paused at once")
            case AlreadyInState(now):
                return Reason("", f"; it is {now.word}")
            case NotTaken(now):
                return Reason(
                    STILL_CALLING, f"; IT COULD NOT BE PAUSED and is {still(now, live.status)}: {command}"
                )
            case _:
                return Reason("", f"; IT COULD NOT BE PAUSED: {command}")


def still(live: Live, before: Status) -> str:
    """Says what a campaign is doing now, after an action that did not take."""
    if live.status is Status.IN_PROGRESS:
        return f"still {live.kind.stem}ing ({live.word})"
    if live.status is Status.CREATED:
        return f"still {live.word}, and {live.kind.verb} at its start"
    moved_on = live.finished and before is not live.status
    return f"{'now' if moved_on else 'still'} {live.word}"


def not_done(
    operation: Operation, state: ChangeRun, answer: Answer | AlreadyInState | NotTaken, attempts: int
) -> OperationResult:
    """Makes the result of a write that was refused, never reached the account, or nobody knows of."""
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
        case Done() | AlreadyInState() | NotTaken():
            raise AssertionError("what was answered is judged elsewhere")
        case _:
            assert_never(answer)
    return OperationResult(operation.op, outcome, attempts, operation.sid)


def filled(answer: Live, before: Live | None, sent: Mapping[str, Value]) -> Live:
    """Fills in what an answer lacks, which says nothing: it is as it was sent, or as it was."""
    spec = {**(before.spec if before else {}), **sent}
    return answer._replace(spec=overlaid(spec, answer.spec))


def _remember(state: ChangeRun, live: Live, otherwise: Status) -> None:
    """Notes the campaign as answered.

    An answer without a status says nothing about it: then it is what the operation leads to.
    """
    state.live = live
    state.own_status = live.status if live.word else otherwise
