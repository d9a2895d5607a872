"""How an update or an action is sent so that it is carried out once: read before it is repeated (rules 9, 10.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from campaignctl.applying.port import Account, Hooks
from campaignctl.applying.verify import verify
from campaignctl.errors import ApiError
from campaignctl.kinds.lifecycle import CALLING, TRANSITIONS, Action, Status
from campaignctl.kinds.table import Value
from campaignctl.planning.environment import Environment
from campaignctl.planning.outcome import Done, Exchange, Refused, Unknown
from campaignctl.planning.resources import Live

_CONFLICT: Final = 409
_NOT_YET: Final = (404, 409)
_PATIENCE_STEP: Final = 1.0


@dataclass(frozen=True)
class Sender:
    """Sends to campaigns that exist. A create is another matter: see `creating`."""

    account: Account
    hooks: Hooks
    environment: Environment

    def update(self, live: Live, spec: Mapping[str, Value]) -> Exchange:
        """One update, repeated only when a read shows that it did not take."""

        def took(now: Live) -> bool:
            verdict = verify(spec, now, None, self.account.now(), self.environment.country)
            return not verdict.problems and not verdict.unseen

        return self._settle(live, lambda: self.account.update(live.kind, live.sid, spec), took)

    def act(self, live: Live, action: Action, just_created: bool) -> Exchange:
        """One action, the same way. Lists and gets may lag behind a create of this run."""

        def took(now: Live) -> bool:
            return now.status in reached_by(action)

        exchange = self._settle(live, lambda: self._act_patiently(live, action, just_created), took)
        if isinstance(exchange.answer, Refused) and exchange.answer.http == _CONFLICT:
            return self._conflict(live, exchange, took)
        return exchange

    def _act_patiently(self, live: Live, action: Action, just_created: bool) -> Exchange:
        waited, attempts = 0.0, 0
        while True:
            exchange = self.account.act(live.kind, live.sid, action)
            attempts += exchange.attempts
            refused = isinstance(exchange.answer, Refused) and exchange.answer.http in _NOT_YET
            if not (just_created and refused and waited < self.environment.settle_seconds):
                return Exchange(exchange.answer, attempts)
            self.hooks.clock.sleep(_PATIENCE_STEP)
            waited += _PATIENCE_STEP

    def _settle(self, live: Live, send: Callable[[], Exchange], took: Callable[[Live], bool]) -> Exchange:
        attempts = 0
        for _ in range(self.environment.max_attempts):
            exchange = send()
            attempts += exchange.attempts
            if not isinstance(exchange.answer, Unknown):
                break
            now = self._read(live)
            if now is not None and took(now):
                return Exchange(Done(now), attempts)
            if now is None or not _untouched(live, now):
                break
        return Exchange(exchange.answer, attempts)

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
