"""Lets the threads of environments meet where each waits for a review, and ends all of them together.

Up to there nothing is written, so whatever goes wrong ends them without anything sent. From there on a first signal
lets requests in flight finish, and a second one cuts them off.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import Final, Generic, TypeAlias, TypeVar

from campaignctl.app import streams
from campaignctl.app.guards import Now, Passed
from campaignctl.app.planning import Planned
from campaignctl.app.side_by_side import Ended, Threads
from campaignctl.app.workspace import Session
from campaignctl.errors import CampaignctlError, InterruptedRunError
from campaignctl.fleet.opening import Fleet
from campaignctl.saved_plans.file import SavedPlan
from campaignctl.tuples import NamedTuple

T = TypeVar("T")
Review: TypeAlias = Callable[[Planned, Now], Passed]
Decided: TypeAlias = Mapping[str, Passed | CampaignctlError]
"""What was decided of each environment that waited: what of its plan may be sent, or what ends it."""
_ENDING_SECONDS: Final = 5.0
"""How long threads that were told to end are waited for."""
_MOST_LOOKS: Final = 100


class WaitingPlan(NamedTuple):
    """Represents the plan of one environment, which waits for what is decided. `saved` is the file that it is of."""

    session: Session
    planned: Planned
    now: Now
    saved: SavedPlan | None = None


class Meeting:
    """Keeps the threads of environments waiting for a review, until all of them are there or have ended."""

    def __init__(self) -> None:
        self.proposals: dict[str, WaitingPlan] = {}
        self._answers: dict[str, SimpleQueue[Passed | CampaignctlError]] = {}
        self._lock = threading.Lock()
        self._closed: CampaignctlError | None = None
        self.wake: Callable[[], None] = lambda: None

    def review(self, session: Session, saved: SavedPlan | None = None) -> Review:
        """Returns the review of one environment, which waits in its thread."""

        def waiting(planned: Planned, now: Now) -> Passed:
            answer: SimpleQueue[Passed | CampaignctlError] = SimpleQueue()
            with self._lock:
                if self._closed is not None:
                    raise self._closed
                self._answers[session.environment.name] = answer
                self.proposals[session.environment.name] = WaitingPlan(session, planned, now, saved)
            self.wake()
            decided = answer.get()
            if isinstance(decided, CampaignctlError):
                raise decided
            return decided

        return waiting

    def gather(self, threads: Threads[T]) -> dict[str, WaitingPlan]:
        """Waits until each has a plan or has ended. Returns the plans by name."""
        while threads.left - self.proposals.keys():
            threads.next_event()
        return dict(sorted(self.proposals.items()))

    def answer(self, name: str, decided: Passed | CampaignctlError) -> None:
        """Lets one go on, or ends it."""
        self._answers.pop(name).put(decided)

    def answer_all(self, decided: Decided) -> None:
        """Lets all go on, or ends them."""
        for name, each in decided.items():
            self.answer(name, each)

    def close(self, error: CampaignctlError) -> None:
        """Ends whoever waits, and whoever comes."""
        with self._lock:
            self._closed = error
            waiting, self._answers = self._answers, {}
        for it in waiting.values():
            it.put(error)


class FleetRun(Generic[T]):
    """Runs a line in all environments: to where they meet, and once that is decided to its end."""

    def __init__(self, fleet: Fleet, line: Callable[[Session, Meeting], T]) -> None:
        self.fleet, self.meeting = fleet, Meeting()
        self.threads: Threads[T] = fleet.threads(lambda session: line(session, self.meeting))
        self.meeting.wake = self.threads.wake

    def decided(
        self, decide: Callable[[Mapping[str, WaitingPlan], Mapping[str, Ended[T]]], Decided]
    ) -> Decided:
        """Waits for the plans of all, and decides; where that fails, nothing is sent to any of them."""
        try:
            self.threads.start()
            self.fleet.manifests.read_all()
            return decide(self.meeting.gather(self.threads), self.threads.ended)
        except BaseException:
            self.fleet.interrupts.ask()
            self.meeting.close(InterruptedRunError("nothing was sent"))
            self._wait_for_ends()
            raise

    def finished(self, let_go: Callable[[], object]) -> dict[str, Ended[T]]:
        """Waits until all whom `let_go` lets go on have ended."""
        with self.fleet.interrupts.deferred(), streams.never_waiting():
            try:
                let_go()
                return self.threads.wait()
            except KeyboardInterrupt:  # a second signal
                return self._cut_off()

    def _cut_off(self) -> dict[str, Ended[T]]:
        """Cuts off what is in flight; what became of it is unknown, and each says so as it would alone."""
        self.meeting.close(InterruptedRunError("interrupted; nothing more was sent"))
        for session in self.fleet.sessions.values():
            if session.beside is not None:
                session.beside.cut_off()
        self._wait_for_ends()
        if self.threads.left:
            raise InterruptedRunError("interrupted; what became of the requests in flight is unknown")
        return self.threads.wait()

    def _wait_for_ends(self) -> None:
        for _ in range(_MOST_LOOKS):
            if self.threads.left:
                self.threads.next_event(_ENDING_SECONDS / _MOST_LOOKS)
