"""Sends an update or an action so that it is carried out once: it is read before it is repeated (rules 9, 10.4).

What came of an action is judged here and nowhere else: nothing is called paused that was not seen paused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from campaignctl.applying.port import AccountPort, Check, Hooks, TooLateError
from campaignctl.applying.verify import Verdict, verify
from campaignctl.clock import backoff_seconds
from campaignctl.errors import ApiError, InterruptedRunError
from campaignctl.kinds.lifecycle import NOT_CALLING, Status
from campaignctl.kinds.operations import OPERATIONS, TRANSITIONS, Action, reached_by
from campaignctl.kinds.table import Type, Value
from campaignctl.model.campaigns import Live
from campaignctl.model.environment import Environment
from campaignctl.model.results import Acted, AlreadyInState, Done, Exchange, NotTaken, Refused, Unknown
from campaignctl.model.values import UNSEEN, shown
from campaignctl.planning.compare import same

_NOT_YET: Final = (404, 409)
_WAIT_STEP: Final = 1.0


@dataclass(frozen=True)
class Sender:
    """Sends to campaigns that exist. A create is another matter: see `creating`."""

    account: AccountPort
    hooks: Hooks
    environment: Environment

    def update(
        self, live: Live, spec: Mapping[str, Value], check: Check | None = None, left: Collection[str] = ()
    ) -> Exchange:
        """Sends one update, repeated only when a read shows that nothing happened. It leaves the fields `left` as
        nobody saw them.

        A campaign that a read shows so that somebody could be called wrongly is given as the answer would be: it is
        judged like one.
        """

        def judged(now: Live) -> Verdict:
            return verify(spec, now, live, self.account.now(), self.environment.country, left)

        def settled(now: Live) -> bool:
            verdict = judged(now)
            return verdict.took or (verdict.dangerous and not self._as_before(live, now))

        def send() -> Exchange:
            return self.account.update(live.kind, live.sid, spec, check)

        return self._settle(live, send, settled, lambda now: self._as_before(live, now))

    def act(
        self,
        live: Live,
        action: Action,
        just_created: bool = False,
        check: Check | None = None,
        *,
        urgent: bool = False,
    ) -> Acted:
        """Sends one action, in the same way. The account may not know yet what this run has just created.

        `urgent`: somebody may be called wrongly until it is done.
        """
        return self._act(live, action, reached_by(action), just_created, check, urgent)

    def pause_duplicate(self, live: Live, *, just_created: bool = False, urgent: bool = False) -> Acted:
        """Pauses a campaign that only has to be kept from calling: one that is over is as quiet as a paused one."""
        acted = self._act(live, Action.PAUSE, NOT_CALLING, just_created, None, urgent)
        now = acted.live
        if acted.took and now is not None and now.finished:
            return Acted(AlreadyInState(now), acted.attempts)
        return acted

    def read(self, live: Live) -> Live | None:
        """Reads the campaign as it is now; None where it is not there, or nobody can tell."""
        try:
            return self.account.get(live.kind, live.sid)
        except (ApiError, InterruptedRunError):
            return None

    def _act(
        self,
        live: Live,
        action: Action,
        reached: frozenset[Status],
        just_created: bool,
        check: Check | None,
        urgent: bool,
    ) -> Acted:
        def took(now: Live) -> bool:
            return now.status in reached

        def may_repeat(now: Live) -> bool:
            harmless = OPERATIONS[action.op].repeatable
            return now.status in TRANSITIONS[action][0] if harmless else _untouched(live, now)

        def send() -> Exchange:
            return self._act_patiently(live, action, just_created, check, urgent)

        return self._judged(live, self._settle(live, send, took, may_repeat), reached)

    def _judged(self, live: Live, exchange: Exchange, reached: frozenset[Status]) -> Acted:
        """Judges an answer, which is believed where it shows what was asked for; else the campaign itself is looked
        at.
        """
        answer, attempts = exchange.answer, exchange.attempts
        if isinstance(answer, Done) and answer.live.status not in reached:
            now = self.read(live) or answer.live
            if now.status in reached:
                return Acted(Done(now), attempts)
            if not now.word:
                return Acted(Unknown("the account does not show whether it took"), attempts)
            return Acted(NotTaken(now), attempts)
        if isinstance(answer, Refused):
            there = self.read(live)
            if there is not None and there.status in reached:
                return Acted(AlreadyInState(there), attempts)
        return Acted(answer, attempts)

    def _act_patiently(
        self, live: Live, action: Action, just_created: bool, check: Check | None, urgent: bool
    ) -> Exchange:
        waited, attempts = 0.0, 0
        while True:
            exchange = self.account.act(live.kind, live.sid, action, check, urgent=urgent)
            attempts += exchange.attempts
            refused = isinstance(exchange.answer, Refused) and exchange.answer.http in _NOT_YET
            if not (just_created and refused and waited < self.environment.settle_seconds):
                return Exchange(exchange.answer, attempts)
            self.hooks.clock.sleep(_WAIT_STEP)
            waited += _WAIT_STEP

    def _settle(
        self,
        live: Live,
        send: Callable[[], Exchange],
        settled: Callable[[Live], bool],
        may_repeat: Callable[[Live], bool],
    ) -> Exchange:
        """Sends until the outcome is known, looking at the campaign in between.

        Once something was sent that nobody knows of, being interrupted, too late or unable to read makes no less of
        that.
        """
        exchange, attempts = send(), 0
        for round_ in range(max(self.environment.max_attempts, 1)):
            attempts += exchange.attempts
            if not isinstance(exchange.answer, Unknown):
                break
            now = self._look(live, round_)
            if now is not None and settled(now):
                return Exchange(Done(now), attempts)
            if now is None or not may_repeat(now) or round_ + 1 >= self.environment.max_attempts:
                break
            try:
                exchange = send()
            except (ApiError, InterruptedRunError, TooLateError):
                break
        return Exchange(exchange.answer, attempts)

    def _look(self, live: Live, round_: int) -> Live | None:
        """Reads the campaign after a while, so that a request that was still under way has ended; None where nobody
        can tell. Interrupted, what was sent stays unknown.
        """
        try:
            self.hooks.clock.sleep(backoff_seconds(self.hooks.random, round_))
        except InterruptedRunError:
            return None
        return self.read(live)

    def _as_before(self, before: Live, now: Live) -> bool:
        """Tells whether an update has not arrived: sent again it sends the complete campaign, so its fields may
        tell.
        """
        if before.updated is not None or now.updated is not None:
            return _untouched(before, now)
        return before.status is now.status and self._shows_the_same(before, now)

    def _shows_the_same(self, before: Live, now: Live) -> bool:
        for path, field in before.kind.leaves_and_objects():
            one, other = shown(before.spec, path), shown(now.spec, path)
            if field.type is Type.OBJECT or one is UNSEEN or other is UNSEEN:
                continue
            if not same(field, one, other, self.environment.country):  # type: ignore[arg-type]
                return False
        return True


def _untouched(before: Live, now: Live) -> bool:
    """Tells whether nothing happened to a campaign in between: a resume must not undo a stop that came after it.

    Where the account shows no time of the last change, nobody can tell.
    """
    unchanged = before.updated is not None and before.updated == now.updated
    return before.status is now.status and unchanged
