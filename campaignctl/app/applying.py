"""What carrying out needs, put together: the account, intents, signals, progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from campaignctl.app import output, streams
from campaignctl.app.interrupts import Interrupts
from campaignctl.app.planning import Planned, open_intents
from campaignctl.app.progress import Reporter
from campaignctl.app.workspace import Connection, Session
from campaignctl.clock import Clock
from campaignctl.errors import InterruptedRunError
from campaignctl.model.campaigns import Desired
from campaignctl.model.plan import Change, Step
from campaignctl.model.results import ApplyResult
from campaignctl.planning.order import steps

if TYPE_CHECKING:
    from campaignctl.applying.creating import Creator
    from campaignctl.applying.leftovers import Leftovers


@dataclass(frozen=True)
class Carrier:
    """Carries plans out on one open account. `pinned` are the SIDs that manifests name."""

    connection: Connection
    session: Session
    clock: Clock
    interrupts: Interrupts
    creator: Creator
    pinned: frozenset[str]

    @classmethod
    def over(
        cls,
        connection: Connection,
        session: Session,
        clock: Clock,
        interrupts: Interrupts,
        manifests: Iterable[Desired] = (),
    ) -> Carrier:
        """`clock` is one whose waits can be interrupted; `manifests` are all of the project's."""
        from campaignctl.api.account import Account
        from campaignctl.applying.creating import Creator
        from campaignctl.applying.port import Hooks
        from campaignctl.applying.sending import Sender

        intents = open_intents(session)
        pinned = frozenset(it.sid for it in manifests if it.sid)
        account = Account(connection.client, pinned)
        hooks = Hooks(
            clock, stopping=interrupts.asked, settle=connection.settles, undeterred=interrupts.undeterred
        )
        sender = Sender(account, hooks, session.environment)
        creator = Creator(account, sender, intents, session.environment, hooks)
        return cls(connection, session, clock, interrupts, creator, pinned)

    @cached_property
    def _leftovers(self) -> Leftovers:
        from campaignctl.applying.leftovers import Leftovers

        return Leftovers(self.creator.account, self.creator, self.creator.hooks, self.pinned)

    def look_at_leftovers(self) -> None:
        """Waits until what a killed run may have made shows. Nothing is written for it."""
        self._leftovers.look()

    def finish_leftovers(self) -> bool:
        """Finishes what a killed run left behind. True when twins were paused that nobody can tell apart."""
        with self.interrupts.deferred(), streams.never_waiting():
            settled = self._leftovers.finish()
        for note in settled.notes:
            output.remark(note)
        if self.interrupts.asked():
            raise InterruptedRunError("interrupted; nothing more was sent")
        return settled.twins

    def carry_out(
        self, planned: Planned, order: Callable[[Iterable[Change]], tuple[Step, ...]] = steps
    ) -> ApplyResult:
        """Carries out what the plan shows; with nothing to do it only says how each change stands."""
        from campaignctl.applying.run import apply_plan

        shown = Reporter(planned.plan, self.session.options)
        with self.interrupts.deferred(), streams.never_waiting(), shown as reporter:
            return apply_plan(
                planned.plan,
                self.creator.account,
                planned.terms,
                replace(self.creator.hooks, on_step=reporter.step),
                self.creator,
                order,
                planned.looked_at,
            )
