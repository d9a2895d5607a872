"""Looks once at an account for a guard: what calls now is read page by page, and paused before the next page is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from campaignctl.api.client import Client
from campaignctl.api.encoding import IN_PROGRESS_WORDS
from campaignctl.api.listing import is_refusal, latest_first, new_reading
from campaignctl.api.refresh import alive
from campaignctl.applying.judging import still
from campaignctl.applying.sending import Sender
from campaignctl.errors import ApiError, CredentialsError, InterruptedRunError
from campaignctl.guard.judging import Breach, Watch
from campaignctl.guard.lines import Counts, GuardEvent, Outcome
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live
from campaignctl.model.results import (
    AlreadyInState,
    Done,
    NotReached,
    NotTaken,
    OperationOutcome,
    Refused,
    Unknown,
)
from campaignctl.model.windows import window_of

Tell = Callable[[GuardEvent], None]

_OUTCOMES: Final[dict[OperationOutcome, Outcome]] = {
    OperationOutcome.APPLIED: "paused",
    OperationOutcome.UNCHANGED: "unchanged",
    OperationOutcome.UNKNOWN: "unknown",
    OperationOutcome.FAILED: "failed",
    OperationOutcome.SKIPPED: "failed",
}


_STRANGE: Final = "what the account answers cannot be judged"


@dataclass
class Memory:
    """Remembers the campaigns that a guard watches, from look to look: each as it was seen last, by SID."""

    seen: dict[str, Live] = field(default_factory=dict)

    def due(self, now: datetime) -> Iterator[Live]:
        """Yields the campaigns that may be calling now: in progress when seen last, or created, and their start has
        passed.
        """
        for live in self.seen.values():
            created = live.status is Status.CREATED
            if live.status is Status.IN_PROGRESS or (created and window_of(live.kind, live.spec).begun(now)):
                yield live


@dataclass
class GuardLook:
    """Looks once. `tell` is given each event as it happens. `stopping`: nothing more is read, what was found is
    paused.

    `in_full`: the alive are read too, by rules 8.1 and 8.2, so that what a filter does not show is found. `dry`:
    what would be paused is told, and nothing is sent.
    """

    client: Client
    watch: Watch
    sender: Sender
    memory: Memory
    tell: Tell
    stopping: Callable[[], bool]
    in_full: bool
    dry: bool = False
    outcomes: list[Outcome] = field(default_factory=list)
    refused: CredentialsError | None = None
    blind: int = 0
    _judged: dict[str, bool] = field(default_factory=dict)

    def run(self) -> Counts:
        """Looks at each kind that is watched; what cannot be read of one keeps nobody from the others."""
        before = self.client.requests
        for name in sorted(self.watch.kinds):
            self._tolerantly(KINDS[name])
        judged = sum(self._judged.values())
        paused = self.outcomes.count("paused")
        counts = Counts(len(self._judged), judged, paused, self.client.requests - before)
        self.tell(GuardEvent("look", counts=counts))
        return counts

    def _tolerantly(self, kind: Kind) -> None:
        """Reads one kind; nothing that an account answers ends a guard."""
        try:
            self._look_at(kind)
        except CredentialsError as error:
            self.refused = error
            self._is_blind(kind, str(error))
        except (ApiError, InterruptedRunError) as error:
            if not self.stopping():
                self._is_blind(kind, str(error))
        except Exception as error:
            self._is_blind(kind, f"{_STRANGE} ({type(error).__name__})")

    def _is_blind(self, kind: Kind, why: str) -> None:
        self.blind += 1
        self.tell(GuardEvent("blind", kind=kind.name, code="blind", words=why))

    def _look_at(self, kind: Kind) -> None:
        """Reads what calls, then what the pages lack, then, now and again, all that is alive."""
        filtered = self._in_progress(kind)
        for live in tuple(self.memory.due(self.client.now())):
            missed = live.kind is kind and (live.sid not in self._judged or not filtered)
            if missed and not self.stopping():
                self._look_up(live)
        if self.in_full and not self.stopping():
            self._in_full(kind, filtered)

    def _in_progress(self, kind: Kind) -> bool:
        """Reads all that calls, each page judged before the next is read.

        Returns False where the filter is not understood.
        """
        reading = new_reading()
        try:
            for page in latest_first(self.client, kind, reading, statuses=IN_PROGRESS_WORDS):
                self._take_all(page.items)
                if self.stopping():
                    return True
                if any(live.status is not Status.IN_PROGRESS for live in page.items):
                    return False
        except ApiError as error:
            if not is_refusal(error):
                raise
            return False
        self._told_incomplete(kind, reading.complete)
        return True

    def _in_full(self, kind: Kind, filtered: bool) -> None:
        """Reads all that is alive, each campaign judged as it is read: what a filter does not show is found.

        Without a filter it reads from the latest end, where what is alive stands.
        """
        if filtered:
            self._told_incomplete(kind, alive(self.client, kind, self._kept).complete)
            return
        reading = new_reading()
        for page in latest_first(self.client, kind, reading):
            self._take_all(page.items)
            if self.stopping():
                return
        self._told_incomplete(kind, reading.complete)

    def _kept(self, live: Live) -> Live:
        self._take_all((live,))
        return live

    def _told_incomplete(self, kind: Kind, complete: bool) -> None:
        if not complete and not self.stopping():
            self._is_blind(kind, "its list could not be read completely")

    def _take_all(self, campaigns: Iterable[Live]) -> None:
        """Takes campaigns; one that cannot be judged keeps nobody from the others."""
        for live in campaigns:
            try:
                self._take(live)
            except (ApiError, InterruptedRunError):
                raise
            except Exception as error:
                self._judged.setdefault(live.sid, False)
                self._tell_blind(live, f"{_STRANGE} ({type(error).__name__})")

    def _look_up(self, live: Live) -> None:
        now = self.client.get(live.kind, live.sid)
        if now is None:
            self.memory.seen.pop(live.sid, None)
        else:
            self._take_all((now,))

    def _take(self, live: Live) -> None:
        """Remembers what is watched, and judges once in a look what calls. No other status is acted on."""
        if not self.watch.watches(live):
            return
        if live.finished:
            self.memory.seen.pop(live.sid, None)
            return
        self.memory.seen[live.sid] = live
        if live.status is Status.IN_PROGRESS and live.sid not in self._judged:
            self._judge(live)

    def _judge(self, live: Live) -> None:
        now = self.client.now()
        judgement = self.watch.judge(live, now)
        if not judgement.judged and judgement.pauses is None:
            live = self._in_detail(live)
            judgement = self.watch.judge(live, now)
        self._judged[live.sid] = judgement.judged
        breach = judgement.pauses
        if breach is not None:
            self._stop(live, breach)
            return
        for it in judgement.breaches:
            self.tell(GuardEvent.of_breach("hours", live, it, None))
        if not judgement.judged:
            self._tell_blind(live, "the account does not show its counters")

    def _tell_blind(self, live: Live, why: str) -> None:
        self.blind += 1
        self.tell(GuardEvent("blind", live, code="blind", words=why))

    def _in_detail(self, live: Live) -> Live:
        """Reads a campaign alone: a list may leave counters out."""
        try:
            return self.client.get(live.kind, live.sid) or live
        except (ApiError, InterruptedRunError):
            return live

    def _stop(self, live: Live, breach: Breach) -> None:
        if self.dry:
            self._tell_outcome(live, breach, "would-pause", "")
            return
        try:
            with self.sender.hooks.undeterred():
                acted = self.sender.pause_duplicate(live, urgent=True)
        except InterruptedRunError as error:
            self._tell_outcome(live, breach, "failed", str(error))
            return
        now, words = acted.live, ""
        if now is not None:
            self.memory.seen[live.sid] = now
        match acted.answer:
            case Refused(_, _, message) | NotReached(message) | Unknown(message):
                words = f"it could not be paused: {message}"
            case NotTaken(now):
                words = (
                    f"the account answered the pause, and it did not take: it is {still(now, live.status)}"
                )
            case Done() | AlreadyInState():
                pass
        self._tell_outcome(live, breach, _OUTCOMES[acted.outcome], words)

    def _tell_outcome(self, live: Live, breach: Breach, outcome: Outcome, words: str) -> None:
        self.outcomes.append(outcome)
        self.tell(GuardEvent.of_breach("pause", live, breach, outcome, words))
