"""Tells somebody of what a guard did, from a thread of its own: no pause waits for a message."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final

from campaignctl.guard.lines import EventName, GuardLineDocument

if TYPE_CHECKING:
    from campaignctl.api.webhook import Webhook

TOLD: Final[frozenset[EventName]] = frozenset({"pause", "blind", "stopped"})
"""The events that somebody is told of."""
TRIES: Final = 3
MOST_WAITING: Final = 100


@dataclass
class _Message:
    body: dict[str, object]
    tries: int = 0


@dataclass
class Notifier:
    """Posts each message once after a look, and again after later ones: three times at most. The oldest go first where
    more than a hundred wait.
    """

    webhook: Webhook
    tries: int = TRIES
    _waiting: deque[_Message] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    _lost: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _thread: Thread | None = None

    def take(self, document: GuardLineDocument) -> None:
        """Takes an event, to be told after the look."""
        if document["event"] in TOLD:
            with self._lock:
                self._waiting.append(_Message({"text": _text(document), "event": document}))

    def send(self) -> None:
        """Sends what waits, in the background. Nothing is begun while the round before is under way."""
        if self._waiting and (self._thread is None or not self._thread.is_alive()):
            self._thread = Thread(target=self._round, daemon=True, name="campaignctl-notify")
            self._thread.start()

    def finish(self, seconds: float) -> None:
        """Waits for the round that is under way, for so many seconds at most."""
        if self._thread is not None:
            self._thread.join(seconds)

    def lost(self) -> Iterator[str]:
        """Yields why messages were given up, each once."""
        with self._lock:
            while self._lost:
                yield self._lost.pop(0)

    def _round(self) -> None:
        with self._lock:
            messages = list(self._waiting)
        for message in messages:
            why, message.tries = self.webhook.post(message.body), message.tries + 1
            with self._lock:
                if why is not None and message.tries < self.tries:
                    continue
                if message in self._waiting:
                    self._waiting.remove(message)
                if why is not None:
                    self._lost.append(why)


def notifier(url: str | None, open_webhook: Callable[[str], Webhook], *, once: bool) -> Notifier | None:
    """Makes a notifier; None where nobody is told. For a single look each message is tried once."""
    return None if url is None else Notifier(open_webhook(url), 1 if once else TRIES)


def _text(document: GuardLineDocument) -> str:
    """Writes what a person reads."""
    what = document["name"] or document["sid"] or document["kind"] or "campaignctl guard"
    reason = document["reason"]
    outcome = document["outcome"] or document["event"]
    says = f": {reason['message']}" if reason else ""
    return f"{document['environment']}: {what} {outcome}{says}"
