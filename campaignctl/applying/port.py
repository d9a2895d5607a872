"""What carrying out a plan needs of the world. `api.client.Client` is the one that speaks HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from campaignctl.kinds.lifecycle import Action
from campaignctl.kinds.table import Kind, Value
from campaignctl.planning.outcome import Exchange, OperationResult
from campaignctl.planning.plan import Step
from campaignctl.planning.resources import Live


class Account(Protocol):
    """One account. Reads raise `ApiError`; writes never raise for what the account does."""

    def now(self) -> datetime:
        """The server's clock."""

    def get(self, kind: Kind, sid: str) -> Live | None:
        """The campaign as it is; None when it is surely not there."""

    def create(self, kind: Kind, spec: Mapping[str, Value]) -> Exchange:
        """One create, over a connection of its own."""

    def update(self, kind: Kind, sid: str, spec: Mapping[str, Value]) -> Exchange:
        """One update."""

    def act(self, kind: Kind, sid: str, action: Action) -> Exchange:
        """One action."""


@dataclass(frozen=True)
class Hooks:
    """What the command does meanwhile: shows each step, waits, and says when to stop."""

    on_step: Callable[[Step, OperationResult], None] = lambda _step, _result: None
    sleep: Callable[[float], None] = lambda _seconds: None
    stopping: Callable[[], bool] = lambda: False
