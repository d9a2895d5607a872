"""How an update or an action is sent so that it is carried out once: read before it is repeated (rules 9, 10.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from campaignctl.applying.port import Account, Check, Hooks
from campaignctl.applying.verify import verify
from campaignctl.errors import ApiError, InterruptedRunError
from campaignctl.kinds.lifecycle import CALLING, TRANSITIONS, Action, Status
from campaignctl.kinds.table import Value
from campaignctl.planning.environment import Environment
from campaignctl.planning.outcome import Done, Exchange, Refused, Unknown
from campaignctl.planning.resources import Live

_CONFLICT: Final = 409
_NOT_YET: Final = (404, 409)
_PATIENCE_STEP: Final = 1.0
_LONGEST_BACKOFF: Final = 60.0
_HARMLESS: Final = (Action.PAUSE, Action.ARCHIVE)
"""Whatever happened in between, asking for these again calls nobody."""


@dataclass(frozen=True)
class Sender:
    """Sends to campaigns that exist. A create is another matter: see `creating`."""

    account: Account
    hooks: Hooks
    environment: Environment

    def update(self, live: Live, spec: Mapping[str, Value], check: Check | None = None) -> Exchange:
        """One update, repeated only when a read shows that it did not take."""

        def took(now: Live) -> bool:
            verdict = verify(spec, now, None, self.account.now(), self.environment.country)
            return not verdict.problems and not verdict.unseen

        def send() -> Exchange:
            return self.account.update(live.kind, live.sid, spec, check)

        return self._settle(live, send, took, lambda now: _untouched(live, now))

    def act(
        self,
        live: Live,
        action: Action,
        just_created: bool = False,
        check: Check | None = None,
        *,
        urgent: bool = False,
    ) -> Exchange:
        """One action, the same way. The account may not know yet what this run has just created.

        `urgent`: somebody may be called wrongly until it is done.
        """

        def took(now: Live) -> bool:
            return now.status in reached_by(action)

        def may_repeat(now: Live) -> bool:
            return now.status in TRANSITIONS[action][0] if action in _HARMLESS else _untouched(live, now)

        def send() -> Exchange:
            return self._act_patiently(live, action, just_created, check, urgent)

        exchange = self._settle(live, send, took, may_repeat)
        if isinstance(exchange.answer, Refused) and exchange.answer.http == _CONFLICT:
            return self._conflict(live, exchange, took)
        return exchange

    def hush(self, twin: Live, *, urgent: bool = False) -> Exchange:
        """A pause of somebody else's twin: one that its own run has ended meanwhile is as quiet as a paused one."""
        exchange = self.act(twin, Action.PAUSE, urgent=urgent)
        if isinstance(exchange.answer, Refused):
            return self._conflict(twin, exchange, lambda now: now.finished)
        return exchange

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
            self.hooks.clock.sleep(_PATIENCE_STEP)
            waited += _PATIENCE_STEP

    def _settle(
        self,
        live: Live,
        send: Callable[[], Exchange],
        took: Callable[[Live], bool],
        may_repeat: Callable[[Live], bool],
    ) -> Exchange:
        """Sends until the outcome is known, looking at the campaign in between."""
        attempts = 0
        for round_ in range(max(self.environment.max_attempts, 1)):
            exchange = send()
            attempts += exchange.attempts
            if not isinstance(exchange.answer, Unknown):
                break
            now = self._look(live, round_)
            if now is not None and took(now):
                return Exchange(Done(now), attempts)
            if now is None or not may_repeat(now):
                break
        return Exchange(exchange.answer, attempts)

    def _look(self, live: Live, round_: int) -> Live | None:
        """After a while, so that a request that was still under way has ended; None where nobody can tell.

        Interrupted, what was sent stays unknown.
        """
        try:
            self.hooks.clock.sleep(self.hooks.random.uniform(0, min(2.0**round_, _LONGEST_BACKOFF)))
            return self._read(live)
        except InterruptedRunError:
            return None

    def _conflict(self, live: Live, exchange: Exchange, took: Callable[[Live], bool]) -> Exchange:
        """A conflict because somebody was faster is no failure: it is as asked."""
        now = self._read(live)
        return Exchange(Done(now), exchange.attempts) if now is not None and took(now) else exchange

    def _read(self, live: Live) -> Live | None:
        try:
            return self.account.get(live.kind, live.sid)
        except ApiError:
            return None


def reached_by(action: Action) -> frozenset[Status]:
    """What a campaign is after an action. A resume before the start may answer created again."""
    return CALLING if action is Action.RESUME else frozenset({TRANSITIONS[action][1]})


def _untouched(before: Live, now: Live) -> bool:
    """Whether nothing happened to a campaign in between: a resume must not undo a stop that came after it."""
    return before.status is now.status and before.updated == now.updated
