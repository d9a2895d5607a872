"""Keeps intents: a note on disk before each create, so that a run that was killed is remembered (rule 10.1).

One file per campaign and account in `.campaignctl/intents/`, safe to delete when no run is under way. The directory
lies in the checkout, so that anybody who can have a file merged can put one there: an intent is sealed with the API
token, and nothing is paused or ended for one that is not.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from campaignctl.clock import Clock
from campaignctl.errors import InputError
from campaignctl.records import dataclass


@dataclass(frozen=True, slots=True)
class Intent:
    """Describes one create that was about to be sent. `sid` is known once it was answered.

    `written_at` is this machine's time, of the last that was known of it.
    """

    host: str
    account_sid: str
    kind: str
    name: str
    written_at: str
    sid: str | None = None
    seal: str = ""


@dataclass(frozen=True)
class Intents:
    """Keeps the intents of one account on this machine. `token` returns the API token, which seals them."""

    directory: Path
    host: str
    account_sid: str
    clock: Clock
    token: Callable[[], str]

    def write(self, kind: str, name: str) -> Intent:
        """Writes and syncs an intent before its create is sent. Raises InputError where that is not possible."""
        return self._put(self._new(kind, name))

    def _new(self, kind: str, name: str, sid: str | None = None) -> Intent:
        intent = Intent(self.host, self.account_sid, kind, name, self.clock.now().isoformat(), sid)
        return replace(intent, seal=self._seal(intent))

    def is_ours(self, intent: Intent) -> bool:
        """Tells whether a run with this token wrote an intent."""
        return hmac.compare_digest(intent.seal.encode("utf-8", "replace"), self._seal(intent).encode())

    def _seal(self, intent: Intent) -> str:
        content = json.dumps(asdict(replace(intent, seal="")), sort_keys=True)
        return hmac.new(self.token().encode(), f"intent {content}".encode(), hashlib.sha256).hexdigest()

    def know(self, kind: str, name: str, sid: str) -> Intent:
        """Notes the SID of an answered create: now its campaign can be told from another of its name.

        Its age begins anew.
        """
        return self._put(self._new(kind, name, sid))

    def forget(self, kind: str, name: str) -> None:
        """Deletes an intent: its outcome is known, and no other run made the same."""
        self.path(kind, name).unlink(missing_ok=True)

    def earlier(self, kind: str, name: str) -> Intent | None:
        """Returns what an earlier run left behind for a campaign."""
        return _read(self.path(kind, name))

    def restore(self, kind: str, name: str, earlier: Intent | None) -> None:
        """Puts an earlier intent back where a create came to nothing: what the earlier one came to is as open as
        before.
        """
        if earlier is None:
            self.forget(kind, name)
        else:
            with suppress(InputError):  # then this run's own note stands for both
                self._put(earlier)

    def left(self) -> tuple[Intent, ...]:
        """Returns what earlier runs left behind, by name."""
        return tuple(sorted(self._read_all(), key=lambda intent: (intent.kind, intent.name)))

    def age_seconds(self, intent: Intent) -> float:
        """Returns how long ago an intent was written; one from the future is new."""
        return max(0.0, (self.clock.now() - datetime.fromisoformat(intent.written_at)).total_seconds())

    def path(self, kind: str, name: str) -> Path:
        """Returns where the intent of a campaign stands."""
        mark = hashlib.sha256(
            "\0".join((self.host, self.account_sid, kind, name)).encode("utf-8", "replace")
        ).hexdigest()[:24]
        return self.directory / f"{mark}.json"

    def _put(self, intent: Intent) -> Intent:
        path = self.path(intent.kind, intent.name)
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f".{os.getpid()}.part")
            with partial.open("w", encoding="utf-8") as file:
                json.dump(asdict(intent), file)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            self._sync_directory()
        except OSError as error:
            raise InputError(
                f"cannot note a create in {self.directory}: {error.strerror}; nothing was created"
            ) from error
        return intent

    def _sync_directory(self) -> None:
        if os.name == "posix":
            handle = os.open(self.directory, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _read_all(self) -> Iterator[Intent]:
        for path in sorted(self.directory.glob("*.json")) if self.directory.is_dir() else ():
            intent = _read(path)
            if intent is None or (intent.host, intent.account_sid) != (self.host, self.account_sid):
                continue
            if path == self.path(intent.kind, intent.name):
                yield intent


def _read(path: Path) -> Intent | None:
    """Reads an intent; None for a file that is none: whoever put it there may keep it."""
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        intent = Intent(**document)
        moment = datetime.fromisoformat(intent.written_at)
    except (OSError, ValueError, TypeError):
        return None
    texts = all(isinstance(it, str) for name, it in document.items() if name != "sid" or it is not None)
    return intent if texts and moment.tzinfo is not None else None
