"""What carrying out needs, put together: the account, intents, signals, progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from campaignctl.cli import output
from campaignctl.cli.interrupts import Interrupts
from campaignctl.cli.planned import Planned, open_intents
from campaignctl.cli.progress import Reporter
from campaignctl.cli.session import Connection, Session
from campaignctl.clock import Clock
from campaignctl.errors import ApiError, InputError, InterruptedRunError, RefusedError, UnknownOutcomeError
from campaignctl.planning.order import steps
from campaignctl.planning.outcome import ApplyResult
from campaignctl.planning.plan import Change, Step
from campaignctl.planning.resources import Desired

if TYPE_CHECKING:
    from campaignctl.applying.creating import Creator


@dataclass(frozen=True)
class Carrier:
    """Carries plans out on one open account."""

    connection: Connection
    session: Session
    clock: Clock
    interrupts: Interrupts
    creator: Creator

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
        own = {intent.sid for intent in intents.left()}
        pinned = frozenset(it.sid for it in manifests if it.sid and it.sid not in own)
        account = Account(connection.client, pinned)
        hooks = Hooks(clock, stopping=interrupts.asked, settle=connection.settles)
        sender = Sender(account, hooks, session.environment)
        creator = Creator(account, sender, intents, session.environment, hooks)
        return cls(connection, session, clock, interrupts, creator)

    @contextmanager
    def leftovers_settled(self) -> Iterator[bool]:
        """Finishes what a killed run left behind. True when twins were paused that nobody can tell apart.

        Then a refusal or an error that comes after it is the lesser matter (exit 5): raises UnknownOutcomeError.
        """
        twins = self._settle_leftovers()
        try:
            yield twins
        except (RefusedError, ApiError, InputError) as error:
            if twins:
                raise UnknownOutcomeError(
                    f"campaigns that nobody can tell apart were paused; {error}"
                ) from error
            raise

    def _settle_leftovers(self) -> bool:
        from campaignctl.applying.leftovers import Leftovers

        with self.interrupts.deferred():
            settled = Leftovers(self.creator.account, self.creator, self.creator.hooks).settle()
        for note in settled.notes:
            output.remark(note)
        if self.interrupts.asked():
            raise InterruptedRunError("interrupted; nothing was planned")
        return settled.twins

    def carry_out(
        self, planned: Planned, order: Callable[[Iterable[Change]], tuple[Step, ...]] = steps
    ) -> ApplyResult:
        """Carries out what the plan shows; with nothing to do it only says how each change stands."""
        from campaignctl.applying.run import apply_plan

        with self.interrupts.deferred(), Reporter(planned.plan, self.session.options) as reporter:
            hooks = replace(self.creator.hooks, on_step=reporter.step)
            return apply_plan(planned.plan, self.creator.account, planned.terms, hooks, self.creator, order)
