"""Carries out a plan's operations, in the plan's order. One failing campaign does not stop the others.

`apply_plan` walks the steps; `_Run` knows how each operation is checked and sent, `judging` what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from campaignctl.applying.creating import Creator
from campaignctl.applying.gate_watch import GateWatch
from campaignctl.applying.judging import Judge, filled
from campaignctl.applying.list_watch import ListWatch
from campaignctl.applying.lists import Lists
from campaignctl.applying.looks import Looks
from campaignctl.applying.port import (
    AccountPort,
    AlreadyMetError,
    AppearedError,
    Check,
    FewerRecipientsError,
    Hooks,
    ListPort,
    TooLateError,
)
from campaignctl.applying.progress import ChangeRun
from campaignctl.applying.races import Races, is_as_asked
from campaignctl.applying.recent_readings import RecentReadings, readings_of_campaigns
from campaignctl.applying.recheck import (
    create_too_late,
    moved,
    resume_too_late,
    update_payload,
    update_too_late,
)
from campaignctl.applying.sending import Sender
from campaignctl.contact_lists.versions import lists_needed
from campaignctl.diagnostics import counted
from campaignctl.errors import ApiError, InputError, InterruptedRunError
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import READ_BEFORE, Action, Op, Permission
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired, Live, knowing_lists
from campaignctl.model.plan import Change, Operation, Plan, Step
from campaignctl.model.reasons import Reason
from campaignctl.model.results import (
    ApplyResult,
    ChangeOutcome,
    Done,
    Failure,
    OperationOutcome,
    OperationResult,
)
from campaignctl.planning.absent import series_stopped
from campaignctl.planning.order import steps
from campaignctl.planning.payload import create_spec, left_unseen
from campaignctl.planning.staying import as_it_stays, in_the_way, reaches_more
from campaignctl.planning.terms import Terms
from campaignctl.recipients.between import may_reach_others

_MOST_LOOKS: Final = 3
"""Looks before one create. Where the rate limit lets nobody look and create within a minute, it goes out after them."""


def apply_plan(
    plan: Plan,
    account: AccountPort,
    terms: Terms,
    hooks: Hooks,
    creator: Creator,
    order: Callable[[Iterable[Change]], tuple[Step, ...]] = steps,
    looked_at: float | None = None,
    lists: ListPort | None = None,
) -> ApplyResult:
    """Carries out what the plan shows and nothing else. `terms` are those that the plan was made under.

    `order` puts its operations one after the other: rule 7 unless it is an emergency. `looked_at` is when the plan
    began to read the account, by the clock's `monotonic`; None where that is not known. `lists` are needed where the
    plan uploads or deletes one.
    """
    progress = {id(change): ChangeRun.of(change) for change in plan.changes}
    judge = Judge(account, creator.sender, hooks, terms)
    looks = Looks(account, creator, hooks, looked_at, terms.country)
    run = _Run(
        plan,
        account,
        terms,
        hooks,
        creator,
        judge,
        Races(account, creator, hooks, terms.address, judge),
        looks,
        Lists.of(plan, lists, hooks, terms.environment, looked_at),
        ListWatch(account, hooks, terms, looked_at),
        GateWatch(account, hooks, looks),
        readings_of_campaigns(account, hooks.clock),
    )
    for step in order(plan.changes):
        state = progress[id(step.change)]
        result = run.step(step.operation, state)
        state.record(result)
        run.note_end(state)
        run.tell(step, result)
    run.finish()
    results = tuple(progress[id(change)].result() for change in plan.changes)
    return ApplyResult(plan, results, run.interrupted)


def _cut_off(operation: Operation, state: ChangeRun, stop: BaseException) -> OperationResult:
    """Makes the result of an operation that was cut off.

    Interrupted while waiting, nothing was sent; by a second signal, a request may have been in flight.
    """
    if isinstance(stop, InterruptedRunError):
        return _skip(operation, state, _INTERRUPTED)
    message = "interrupted while its request was in flight: nobody knows whether it was carried out"
    failure = Failure("unknown-outcome", message)
    state.end(ChangeOutcome.UNKNOWN, Reason("unknown-outcome", message), failure)
    return OperationResult(operation.op, OperationOutcome.UNKNOWN, 1, operation.sid)


_INTERRUPTED: Final = Reason("interrupted", "the run ended before it")


@dataclass
class _Run:
    """Runs one apply.

    `interrupted`: somebody wants it to end. `cut_off`: at once, so nothing at all is sent any more. `ended` are
    changes of which not all could be done.
    """

    plan: Plan
    account: AccountPort
    terms: Terms
    hooks: Hooks
    creator: Creator
    judge: Judge
    races: Races
    looks: Looks
    lists: Lists
    watch: ListWatch
    gates: GateWatch
    readings: RecentReadings[Live | None]
    interrupted: bool = False
    cut_off: bool = False
    ended: dict[int, ChangeRun] = field(default_factory=dict)

    @property
    def sender(self) -> Sender:
        """Returns the creator's sender."""
        return self.creator.sender

    def finish(self) -> None:
        """Settles races; what is settled needs no intent any more. Where this is cut short, the next run does it."""
        try:
            if not (self.interrupted or self.hooks.stopping()):
                self.races.finish()
        except (InterruptedRunError, KeyboardInterrupt):
            self.interrupted = True
        self.interrupted = self.interrupted or self.hooks.stopping()
        self.races.judge_losers(self._now())
        for item in self.races.made:
            if item.settled and not item.left:
                key = item.progress.change.key
                self.creator.intents.forget(key.kind, key.name)

    def step(self, operation: Operation, state: ChangeRun) -> OperationResult:
        """Carries out one operation, unless somebody wants the run to end; the pause of what was just created is
        sent then too.
        """
        self.interrupted = self.interrupted or self.hooks.stopping()
        if self.interrupted and not self._owes(operation, state):
            state.end(ChangeOutcome.SKIPPED, _INTERRUPTED)
            return _skipped(operation)
        try:
            return self._take(operation, state)
        except InterruptedRunError as stop:
            self.interrupted = True
            return _cut_off(operation, state, stop)
        except KeyboardInterrupt as stop:
            self.interrupted = self.cut_off = True
            return _cut_off(operation, state, stop)

    def note_end(self, state: ChangeRun) -> None:
        """Keeps a change of which not all could be done: its campaign stays where it was."""
        if state.ended is not None and state.change.desired is not None:
            self.ended[id(state)] = state

    def _refuse_beside(self, operation: Operation, state: ChangeRun, spec: Mapping[str, Value]) -> None:
        """Raises TooLateError where a campaign that was to be moved or stopped first is still the same call."""
        desired = _desired(state)
        if not self.ended or not reaches_more(desired, operation, state.live):
            return
        country, own = self.terms.country, state.live.sid if state.live else ""
        ended = [(_desired(it), it.live) for it in self.ended.values() if it is not state and it.live]
        same_kind = (pair for pair in ended if pair[1].kind is desired.kind)
        staying = filter(None, (as_it_stays(other, live, country) for other, live in same_kind))
        _refuse_late(in_the_way(desired, spec, own, staying, self.terms))

    def tell(self, step: Step, result: OperationResult) -> None:
        """Shows how a step ended."""
        try:
            self.hooks.on_step(step, result)
        except KeyboardInterrupt:
            self.interrupted = self.cut_off = True

    def _owes(self, operation: Operation, state: ChangeRun) -> bool:
        """Tells whether an operation is owed: a create that is wanted paused is paused whatever its answer was, and
        whoever wants to end.
        """
        pauses = operation.op is Op.PAUSE and operation.sid is None
        return pauses and state.created_here and not self.cut_off

    def _take(self, operation: Operation, state: ChangeRun) -> OperationResult:
        """Carries out an operation, unless the change has ended before it.

        No twin keeps another from being paused.
        """
        ended = state.ended is not None and operation.sid is None
        if ended and not self._owes(operation, state):
            return _skipped(operation)
        try:
            return self._carry_out(operation, state)
        except AlreadyMetError as met:
            state.notes += [it for it in met.notes if it not in state.change.notes]
            return OperationResult(operation.op, OperationOutcome.UNCHANGED, 0, operation.sid)
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

    def _carry_out(self, operation: Operation, state: ChangeRun) -> OperationResult:
        if needed := lists_needed(state.change, operation):
            _refuse_late(self.lists.put_into(state, needed))
        self._read_again(operation, state)
        match operation.op:
            case Op.CREATE:
                return self._create(operation, state)
            case Op.UPDATE:
                return self._update(operation, state)
            case Op.PAUSE if operation.sid is None and state.created_here:
                return self._pause_what_was_made(operation, state)
            case Op.PAUSE | Op.RESUME | Op.COMPLETE | Op.ARCHIVE:
                return self._act(operation, state)
            case Op.UPLOAD:
                return self.lists.upload(operation, state)
            case Op.DELETE:
                return self.lists.delete(operation, state)
            case _:
                assert_never(operation.op)

    def _now(self) -> Terms:
        now, clocks = self.account.now(), self.account.other_clocks()
        return replace(self.terms, now=now, clocks=clocks, lists=self.watch.lists)

    # ----------------------------------------------------------------------------------------------------- creates

    def _create(self, operation: Operation, state: ChangeRun) -> OperationResult:
        desired = self._recipients(state)
        _refuse_late(create_too_late(desired, self._now()))
        if self.creator.gave_up:
            return _skip(operation, state, Reason("interrupted", "too many creates were lost before it"))
        spec = create_spec(desired, self.terms.environment.collection(desired.kind.name))
        try:
            made = self.creator.create(
                desired, spec, self._create_check(operation, desired, state), self.hooks.newcomers
            )
        except AppearedError as appeared:
            return self._take_appeared(operation, state, appeared.live)
        except FewerRecipientsError:
            return self._create(operation, state)
        state.created_here = isinstance(made.exchange.answer, Done)
        if made.adopted:
            state.notes.append("the answer was lost; the campaign was found by its name")
        result = self.judge.written(operation, state, made.exchange, spec, None)
        if state.created_here:
            self.races.add(_live(state), state, made.adopted)
            if not any(it.op is Op.PAUSE for it in state.change.operations):
                self._look_for_twins()
        return result

    def _create_check(self, operation: Operation, desired: Desired, state: ChangeRun) -> Check:
        """Makes the check of a create: the look must be young when the request goes out, however long that had to
        wait for its turn.
        """
        looks = iter(range(_MOST_LOOKS))

        def check() -> None:
            self._refuse_other_recipients(desired)
            _refuse_late(self.lists.more_left_out(lists_needed(state.change, Operation(Op.CREATE))))
            self.watch.check(state)
            self.hooks.not_called(desired, desired.spec, None)
            if self.looks.is_old(desired.kind) and next(looks, None) is not None:
                self.looks.renew(desired.kind)
            appeared = self.looks.appeared(desired)
            if appeared is not None:
                raise AppearedError(appeared)
            _refuse_late(self._resembling(desired))
            self.gates.check(state.change, self._now())
            _refuse_late(create_too_late(desired, self._now()))
            _refuse_late(self._series_stopped(desired))
            self._refuse_beside(operation, state, desired.spec)

        return check

    def _resembling(self, desired: Desired) -> Reason | None:
        live = None if self.terms.allows(Permission.TWIN, desired) else self.looks.resembling(desired)
        if live is None:
            return None
        named = live.name or "a campaign without a name"
        return Reason(
            "appeared", f"{named} ({live.sid}) appeared meanwhile and looks like this one; plan again"
        )

    def _series_stopped(self, desired: Desired) -> Reason | None:
        """Says why the date of a series is not created: somebody has stopped the series since."""
        if desired.occurrence is None or self.terms.repeating is None:
            return None
        terms = self._now()
        seen = self.looks.seen(desired.kind)
        if not self.terms.repeating.stopped(desired, terms.now, seen, self._by_sid if seen else None):
            return None
        return series_stopped(desired, terms)

    def _by_sid(self, live: Live) -> Live | None:
        return self.account.get(live.kind, live.sid)

    def _recipients(self, state: ChangeRun) -> Desired:
        """Returns the manifest with the people who may be called now. Raises TooLateError."""
        desired = _desired(state)
        now = self.hooks.recipients(desired)
        if now is not desired:
            more = len(now.left_out) - len(desired.left_out)
            state.notes.append(
                f"{counted(more, 'more person was', 'more people were')} left out than planned"
            )
            state.change = replace(state.change, desired=now)
        return now

    def _refuse_other_recipients(self, desired: Desired) -> None:
        if self.hooks.recipients(desired) is not desired:
            raise FewerRecipientsError(Reason("moved", "who is called changed while it waited"))

    def _look_for_twins(self) -> None:
        """Looks for twins; what was created is done, whatever becomes of the look."""
        try:
            self.races.look()
        except InterruptedRunError:
            self.interrupted = True
        except KeyboardInterrupt:
            self.interrupted = self.cut_off = True

    def _take_appeared(self, operation: Operation, state: ChangeRun, live: Live) -> OperationResult:
        state.live = live
        if live.alive and is_as_asked(live, state.change.desired, self._now()):
            state.end(ChangeOutcome.UNCHANGED, Reason("appeared", f"{live.sid} appeared meanwhile, as asked"))
            return _skipped(operation)
        how = "is not as asked" if live.alive else f"is {live.word or live.status}"
        message = f"{live.sid} appeared meanwhile and {how}; plan again"
        state.end(ChangeOutcome.SKIPPED, Reason("appeared", message))
        return _skipped(operation)

    def _pause_what_was_made(self, operation: Operation, state: ChangeRun) -> OperationResult:
        """Pauses what was created, whatever the create's answer was; somebody who wants to end waits for it."""
        if state.paused_at_once is not None:
            return state.paused_at_once
        live = _live(state)
        with self.hooks.undeterred():
            acted = self.sender.act(live, Action.PAUSE, just_created=True, urgent=self.interrupted)
        result = self.judge.acted(operation, Action.PAUSE, state, acted, live)
        if not self.interrupted:
            self._look_for_twins()
        return result

    # --------------------------------------------------------------------------------------------- what is there

    def _update(self, operation: Operation, state: ChangeRun) -> OperationResult:
        desired, before = self._recipients(state), _live(state)
        known = filled(before, state.change.live, {})

        def check() -> None:
            self._refuse_other_recipients(desired)
            _refuse_late(self.lists.more_left_out(lists_needed(state.change, operation)))
            if operation.sends_to_lists:
                self.watch.check(state)
            if may_reach_others(operation, desired, before):
                self.hooks.not_called(desired, desired.spec, before)
            self._read_again(operation, state)
            _refuse_late(update_too_late(desired, known, operation, self._now()))
            self._refuse_beside(operation, state, {**before.spec, **desired.spec})

        check()
        spec = update_payload(desired, before, state.change.live or before, operation, self._now())
        left = left_unseen(desired, before) if operation.opt_out else ()
        try:
            sent = self.sender.update(before, spec, check, left)
        except FewerRecipientsError:
            return self._update(operation, state)
        return self.judge.written(operation, state, sent, spec, before, left)

    def _act(self, operation: Operation, state: ChangeRun) -> OperationResult:
        if operation.sid is not None:
            return self._pause_twin(operation, state)
        before, action = _live(state), Action(operation.op.value)

        def check() -> None:
            if action is Action.RESUME:
                self._refuse_resume(operation, state, before)
            else:
                self._read_again(operation, state)

        acted = self.sender.act(before, action, state.created_here, check)
        return self.judge.acted(operation, action, state, acted, before)

    def _refuse_resume(self, operation: Operation, state: ChangeRun, before: Live) -> None:
        """Raises TooLateError where what waits must not go on now."""
        desired, planned = _desired(state), state.change.live
        assert planned is not None, "only a campaign that is there is resumed"
        spec, known = {**planned.spec, **before.spec}, filled(before, planned, {})
        self.watch.check(state)
        self.gates.check(state.change, self._now())
        self.hooks.not_called(desired, spec, None)
        self._read_again(operation, state)
        _refuse_late(resume_too_late(desired, known, planned, self.plan.created_at, self._now()))
        self._refuse_beside(operation, state, spec)

    def _pause_twin(self, operation: Operation, state: ChangeRun) -> OperationResult:
        """Pauses one of several campaigns of a name: its change has no campaign of its own."""
        twin = Live(_desired(state).kind, operation.sid or "", Status.CREATED, "", {})
        return self.judge.acted(operation, Action.PAUSE, state, self.sender.pause_duplicate(twin), twin)

    def _read_again(self, operation: Operation, state: ChangeRun) -> None:
        """Reads the campaign again right before its first write other than a pause or an archive: once more where that
        had to wait for longer than a minute. Raises TooLateError where it has moved.
        """
        written = state.created_here or any(it.op in READ_BEFORE for it in state.operations)
        if written or operation.op not in READ_BEFORE:
            return
        planned = state.change.live
        assert planned is not None, "only a campaign that is there is read"
        fresh = self.readings.of(f"{planned.kind.name}/{planned.sid}", "/".join(state.change.key))
        if fresh is None:
            raise TooLateError(Reason("moved", "it is no longer there"))
        resumes = any(it.op is Op.RESUME for it in state.change.operations)
        own = state.own_status or planned.status
        _refuse_late(moved(planned, fresh, own, self.terms.country, resumes))
        state.live = knowing_lists(fresh, planned)


def _refuse_late(reason: Reason | None) -> None:
    if reason is not None:
        raise TooLateError(reason)


def _skip(operation: Operation, state: ChangeRun, reason: Reason) -> OperationResult:
    state.end(ChangeOutcome.SKIPPED, reason)
    return _skipped(operation)


def _skipped(operation: Operation) -> OperationResult:
    return OperationResult(operation.op, OperationOutcome.SKIPPED, 0, operation.sid)


def _failure_code(error: ApiError) -> str:
    return error.code if error.code == "unreachable" else "refused"


def _failure(error: ApiError) -> Failure:
    return Failure(error.code, str(error), error.http)


def _desired(state: ChangeRun) -> Desired:
    desired = state.change.desired
    assert desired is not None, "only a manifest's change creates, updates or resumes"
    return desired


def _live(state: ChangeRun) -> Live:
    assert state.live is not None, "only a campaign that is there is changed"
    return state.live
