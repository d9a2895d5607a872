"""Puts together what carrying out a plan needs: the account, intents, signals, progress."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from campaignctl.app import output, streams
from campaignctl.app.guards import Now, Passed, with_refused
from campaignctl.app.interrupts import Interrupts
from campaignctl.app.planning import Planned, PlanOptions, make, open_intents
from campaignctl.app.progress import Reporter
from campaignctl.app.workspace import Connection, Reading, Session
from campaignctl.clock import Clock
from campaignctl.errors import InterruptedRunError, StalePlanError
from campaignctl.exits import Exit
from campaignctl.kinds.operations import OF_LISTS, Op
from campaignctl.model.campaigns import Desired
from campaignctl.model.clocks import latest
from campaignctl.model.plan import Change, Step
from campaignctl.model.reasons import ChangeType
from campaignctl.model.results import ApplyResult, ChangeOutcome, ChangeResult
from campaignctl.model.windows import window_of
from campaignctl.planning.order import steps
from campaignctl.records import dataclass
from campaignctl.saved_plans.file import SavedPlan
from campaignctl.saved_plans.staleness import hold_against, sets_going

if TYPE_CHECKING:
    from campaignctl.api.client import Client
    from campaignctl.applying.creating import Creator
    from campaignctl.applying.leftovers import Leftovers, Settled
    from campaignctl.applying.port import Hooks, ListPort


@dataclass(frozen=True)
class PlanRunner:
    """Carries plans out on one open account. `manifests` are all of the project's."""

    connection: Connection
    session: Session
    clock: Clock
    interrupts: Interrupts
    creator: Creator
    manifests: Sequence[Desired]

    @classmethod
    def over(
        cls,
        connection: Connection,
        session: Session,
        clock: Clock,
        interrupts: Interrupts,
        manifests: Sequence[Desired] = (),
    ) -> PlanRunner:
        """Makes a runner for an open account. `clock` is one whose waits can be interrupted."""
        from random import Random

        import campaignctl.applying.run  # noqa: F401  # now, and not between the review and the first write
        from campaignctl.api.account import Account
        from campaignctl.applying.creating import Creator
        from campaignctl.applying.port import Hooks
        from campaignctl.applying.sending import Sender

        intents = open_intents(session)
        pinned = frozenset(it.sid for it in manifests if it.sid)
        account = Account(connection.client, pinned)
        hooks = Hooks(
            clock,
            stopping=interrupts.asked,
            settle=connection.settles,
            random=session.options.random or Random(),
            undeterred=interrupts.undeterred,
        )
        sender = Sender(account, hooks, session.environment)
        creator = Creator(account, sender, intents, session.environment, hooks)
        return cls(connection, session, clock, interrupts, creator, manifests)

    @cached_property
    def _leftovers(self) -> Leftovers:
        from campaignctl.api.account import Account
        from campaignctl.applying.leftovers import Leftovers

        creator = replace(
            self.creator, account=Account(self.connection.client)
        )  # what is pinned is shown, too
        address = self.session.options.address
        return Leftovers(creator.account, creator, creator.hooks, self.manifests, address)

    def look_at_leftovers(self) -> None:
        """Waits until what a killed run may have made shows. Nothing is written for it."""
        self._leftovers.look()

    def finish_leftovers(self) -> Settled:
        """Finishes what a killed run left behind."""
        with self.interrupts.deferred(), streams.never_waiting():
            settled = self._leftovers.finish()
        for note in settled.notes:
            output.remark(note)
        if self.interrupts.asked():
            raise InterruptedRunError("interrupted; nothing more was sent")
        return settled

    def _lists(self, planned: Planned) -> ListPort | None:
        if not _sends_lists(planned):
            return None
        from campaignctl.api.list_account import ListAccount

        return ListAccount(self.connection.client)

    def carry_out(
        self,
        planned: Planned,
        order: Callable[[Iterable[Change]], tuple[Step, ...]] = steps,
        watched: Callable[[Hooks], Hooks] = lambda hooks: hooks,
    ) -> ApplyResult:
        """Carries out what the plan shows; with nothing to do it only says how each change stands.

        `watched` has who may be called looked at again.
        """
        from campaignctl.applying.run import apply_plan

        shown = Reporter(planned.plan, self.session.options, bar=self.session.beside is None)
        hooks = watched(self.creator.hooks)
        if planned.decisions.newcomers is not None:
            hooks = replace(hooks, newcomers=planned.decisions.newcomers.among)
        with self.interrupts.deferred(), streams.never_waiting(), shown as reporter:
            return apply_plan(
                planned.plan,
                self.creator.account,
                planned.terms,
                replace(hooks, on_step=reporter.step),
                self.creator,
                order,
                planned.looked_at,
                self._lists(planned),
            )


def _sends_lists(planned: Planned) -> bool:
    return any(it.op in OF_LISTS for change in planned.plan.changes for it in change.operations)


_FOUND_LATE = frozenset(
    (
        *("start-passed", "clocks-disagree", "no-recipients", "policy", "called-already", "gate-failed"),
        *("stop-when", "needs-allow", "recipients-unseen", "gate-undecided", "gate-waiting"),
        *("appeared", "moved", "lost-race", "list-drift", "list-not-ready"),
        "cannot-send-whole",
    )
)
"""What a skip right before a write is refused with. `cannot-send-whole` is what is blocked then, found late."""


@dataclass(frozen=True)
class Applied:
    """Holds what an apply came to. `left`: how badly what earlier runs left behind came to its end.

    `refusal` is why only what stops campaigns was sent; None where all was. `unlogged`: its audit log lacks a line.
    """

    result: ApplyResult
    left: frozenset[ChangeOutcome] = frozenset()
    refusal: str | None = None
    unlogged: bool = False

    @property
    def exit_code(self) -> Exit:
        """Returns the exit code that the contract's table gives."""
        code = exit_code(self.result, self.left)
        if self.refusal is not None and code == Exit.FINE:
            return Exit.REFUSED
        return Exit.ERROR if self.unlogged and code == Exit.FINE else code

    def tell_refusal(self) -> None:
        """Tells on standard error that only what stops campaigns was sent, and why."""
        if self.refusal is not None:
            output.remark(f"error: {self.refusal}; only what stops campaigns was sent")


def carry_out(
    session: Session,
    reading: Reading,
    plan_options: PlanOptions,
    review: Callable[[Planned, Now], Passed],
    *,
    saved: SavedPlan | None = None,
    audit_log: Path | None = None,
    on_stale: Callable[[Planned, StalePlanError], None] = lambda _planned, _error: None,
) -> Applied:
    """Plans, and does what `review` lets pass of the plan; first of all it finishes what earlier runs left.

    Nothing is written for that either before everything that refuses has had its say, and nothing where only what
    stops campaigns may be sent. `on_stale` may say what differs between a saved plan and the one made now.
    """
    with session.interrupts() as interrupts:
        clock = interrupts.clock(session.clock)
        with session.account(clock, audit_log) as connection:
            runner = PlanRunner.over(connection, session, clock, interrupts, reading.all_manifests)
            runner.look_at_leftovers()
            planned = make(session, reading, connection.client, plan_options)
            if saved is not None:
                try:
                    plan = hold_against(saved, planned.plan, planned.terms, session.token)
                except StalePlanError as stale:
                    on_stale(planned, stale)
                    raise
                planned = planned.cut_down(plan, session)
            passed = review(planned, partial(_last_moment, connection.client, planned))
            watched = _watched(session, reading, connection.client, plan_options.paths, planned)
            left, reviewed = frozenset[ChangeOutcome](), passed.planned
            if passed.refusal is None:  # what stops campaigns waits for no log
                connection.log.check()
                settled = runner.finish_leftovers()
                left, reviewed = settled.bad, reviewed.outdated() if settled.found else reviewed
            result = with_refused(runner.carry_out(reviewed, watched=watched), planned.plan, passed.refusal)
            return Applied(result, left, passed.refusal, connection.log.lost is not None)


def _watched(
    session: Session, reading: Reading, client: Client, paths: tuple[str, ...], planned: Planned
) -> Callable[[Hooks], Hooks]:
    """Makes the hooks that say who may be called now: sources are read again now, and before each write where a
    file has changed since.
    """
    suppressions = reading.suppressions
    if not suppressions:
        return lambda hooks: hooks
    from campaignctl.app.sources import SourceWatch

    watch = SourceWatch.over(session, reading.all_manifests, reading.lists, paths)
    if not any(it.campaigns for it in suppressions):
        return lambda hooks: replace(hooks, recipients=watch.recipients, members=watch.members)
    from campaignctl.app.apart import not_called_twice

    return lambda hooks: replace(
        hooks,
        recipients=watch.recipients,
        members=watch.members,
        not_called=not_called_twice(session.clock, reading, client, planned),
    )


def _last_moment(client: Client, planned: Planned) -> datetime:
    """Returns the server's now; where the plan may call people, the last moment that any clock shows."""
    return latest(client.now(), client.other_clocks() if sets_going(planned.plan.changes) else ())


def exit_code(result: ApplyResult, left: Collection[ChangeOutcome] = ()) -> Exit:
    """Returns the exit code of a result, and of what became of what earlier runs `left`; the worst one wins:
    interrupted, unknown, failed, refused.
    """
    if result.interrupted:
        return Exit.INTERRUPTED
    outcomes = {*left, *(each.outcome for each in result.results)}
    if ChangeOutcome.UNKNOWN in outcomes:
        return Exit.UNKNOWN
    if ChangeOutcome.FAILED in outcomes:
        return Exit.PARTLY
    now = result.plan.created_at
    return Exit.REFUSED if any(_refused(it, now) for it in result.results) else Exit.FINE


def _refused(result: ChangeResult, now: datetime) -> bool:
    """Tells whether a change was blocked, skipped right before a write, or left held though somebody waits for it
    or may be called by it.
    """
    change = result.change
    creates = change.type is ChangeType.HELD and any(it.op is Op.CREATE for it in change.held)
    waiting = creates and change.reason.code != "gate-waiting"
    blocked = change.type is ChangeType.BLOCKED or change.reason.code == "looks-foreign"
    return blocked or waiting or _refused_date(change, now) or _refused_late(result)


def _refused_date(change: Change, now: datetime) -> bool:
    """Tells whether an occurrence was missed while its window is open, or one ahead is left held to be resumed or
    moved.
    """
    desired, live = change.desired, change.live
    if desired is None or desired.occurrence is None:
        return False
    held = change.reason.code == "earlier-start" or any(it.op is Op.RESUME for it in change.held)
    start = window_of(live.kind, live.spec).start if live is not None else None
    return change.reason.code == "missed" or (held and start is not None and start > now)


def _refused_late(result: ChangeResult) -> bool:
    """Tells whether a change was skipped for a reason that the plan did not know yet."""
    decided_late = result.reason is not result.change.reason
    return decided_late and result.outcome is ChangeOutcome.SKIPPED and result.reason.code in _FOUND_LATE
