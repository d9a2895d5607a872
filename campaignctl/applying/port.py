"""Says what carrying out a plan needs of the world: `api.account` and `api.list_account` speak HTTP for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Protocol

from campaignctl.clock import Clock
from campaignctl.kinds.operations import Action
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.model.clocks import OtherClock
from campaignctl.model.managed_lists import AccountList, ManagedList
from campaignctl.model.plan import ListCount, Step
from campaignctl.model.reasons import Reason
from campaignctl.model.results import ContactExchange, Exchange, OperationResult

Check = Callable[[], None]
"""Asked right before a write goes out, each time it does and however long it had to wait for its turn. It may ask
the account something itself; then the write waits for its turn once more."""


class TooLateError(Exception):
    """Tells, from a check, that its moment has gone while the request waited; it is not sent."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message)
        self.reason = reason


class FewerRecipientsError(TooLateError):
    """Tells, from a check, that who is called changed while the request waited; it is made anew."""


class AlreadyMetError(TooLateError):
    """Tells, from a check, that nothing is left to do: the campaign is as it is wanted, and what is to know of it."""

    def __init__(self, reason: Reason, notes: tuple[str, ...]) -> None:
        super().__init__(reason)
        self.notes = notes


class AppearedError(Exception):
    """Tells, from the check of a create, that a campaign of its name is there by now; it is not sent."""

    def __init__(self, live: Live) -> None:
        super().__init__(live.sid)
        self.live = live


class AccountPort(Protocol):
    """Gives access to one account. What a `check` raises is passed on: then the request was surely not carried out.

    Reads raise `ApiError`; writes never raise for what the account does.
    """

    def now(self) -> datetime:
        """Returns the server's clock."""

    def other_clocks(self) -> tuple[OtherClock, ...]:
        """Returns the clocks that are out of step with it: who is called must be right by each."""

    def get(self, kind: Kind, sid: str) -> Live | None:
        """Reads the campaign as it is; None when it is certainly not there."""

    def search(self, kind: Kind, name: str) -> Listing:
        """Finds every campaign that has the name, and perhaps others; may lag behind creates."""

    def alive(self, kind: Kind) -> Listing:
        """Reads every alive campaign of a kind; may lag behind creates."""

    def newest_finished(self, kind: Kind) -> tuple[Live, ...]:
        """Reads a page of a kind's campaigns that are over, the newest first; may lag behind what ends."""

    def count_list(self, sid: str) -> ListCount:
        """Counts a contact list; unknown where the account does not say. Never raises `ApiError`."""

    def create(self, kind: Kind, spec: Mapping[str, Value], check: Check | None = None) -> Exchange:
        """Sends one create, over a connection of its own."""

    def update(self, kind: Kind, sid: str, spec: Mapping[str, Value], check: Check | None = None) -> Exchange:
        """Sends one update."""

    def act(
        self, kind: Kind, sid: str, action: Action, check: Check | None = None, *, urgent: bool = False
    ) -> Exchange:
        """Sends one action. An urgent one may use the requests that are kept back for stopping somebody by hand."""


@dataclass(frozen=True)
class Hooks:
    """Holds what the command does meanwhile: it shows each step, keeps the clock, says when to stop.

    `settle` is False for a sandbox that the command itself started: nobody else can create in it. `random` spreads
    what is repeated. Within `undeterred` no wait is cut short by a request to end: what is sent there keeps
    somebody from being called wrongly. `recipients` gives a manifest with the people who may be called now, itself
    where they are the same, `members` a list of the project; both raise `TooLateError`, and so does
    `not_called` where another campaign calls, or has called by now, somebody whom a spec is about to call; of whom the
    campaign called `before` only some others ask. `newcomers` gives, of what a look shows, what no manifest names and
    the plan has not read.
    """

    clock: Clock
    on_step: Callable[[Step, OperationResult], None] = lambda _step, _result: None
    stopping: Callable[[], bool] = lambda: False
    settle: bool = True
    random: Random = field(default_factory=Random)
    recipients: Callable[[Desired], Desired] = lambda desired: desired
    members: Callable[[ManagedList], ManagedList] = lambda managed: managed
    not_called: Callable[[Desired, Mapping[str, Value], Live | None], None] = lambda _of, _spec, _before: None
    undeterred: Callable[[], AbstractContextManager[None]] = nullcontext
    newcomers: Callable[[Iterable[Live]], tuple[Live, ...]] = lambda _campaigns: ()

    def moments(self, seconds: float) -> Iterator[None]:
        """Yields now, and again at growing distances until so many seconds are over."""
        waited, step = 0.0, 1.0
        yield
        while waited < seconds:
            step = min(step, seconds - waited)
            self.clock.sleep(step)
            waited, step = waited + step, 2 * step
            yield


class ListPort(Protocol):
    """Gives access to the contacts and lists of one account.

    Reads raise `ApiError`; writes never raise for what the account does.
    """

    def create_contacts(self, contacts: Sequence[Mapping[str, str]]) -> ContactExchange:
        """Makes people known; it is harmless to repeat."""

    def create_list(self, name: str) -> ContactExchange:
        """Makes an empty list; names are unique."""

    def fill_list(self, sid: str, contacts: Sequence[str]) -> ContactExchange:
        """Puts contacts into a list."""

    def delete_list(self, sid: str, check: Check | None = None) -> ContactExchange:
        """Deletes a list."""

    def find(self, name: str) -> tuple[AccountList, ...]:
        """Returns the lists that a search by the name shows; they may lag behind what was made."""

    def all(self) -> tuple[AccountList, ...]:
        """Returns every list, for an account whose search shows nothing."""

    def is_gone(self, sid: str) -> bool:
        """Tells whether a list is certainly not there: what cannot be read, or not completely, proves nothing."""

    def count(self, sid: str) -> int | None:
        """Returns how many people are in a list; None where nobody knows."""

    def campaigns(self) -> tuple[Listing, ...]:
        """Reads every alive campaign that may name a list: of all kinds and endpoints, whatever manifests pin."""
