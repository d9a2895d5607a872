"""Keeps a guard standing: it looks at an account again and again, reads what changed, and ends when it is told to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from campaignctl.api.account import Account
from campaignctl.api.client import Client
from campaignctl.app.interrupts import Interrupts
from campaignctl.app.workspace import Session
from campaignctl.applying.port import Hooks
from campaignctl.applying.sending import Sender
from campaignctl.clock import Clock, SameTime
from campaignctl.errors import CampaignctlError, InputError, InterruptedRunError
from campaignctl.exits import Exit
from campaignctl.guard.judging import Watch
from campaignctl.guard.lines import GuardEvent, GuardLineDocument, Outcome, Speaker
from campaignctl.guard.look import GuardLook, Memory
from campaignctl.guard.notifying import Notifier
from campaignctl.manifests.files import files_under
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import ProjectFile
from campaignctl.model.permissions import Consent
from campaignctl.planning.terms import Terms

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]
"""Of each file its path, time of change and size; −1 where it cannot be looked at."""


IN_FULL_SECONDS: Final = 15 * 60.0
"""How often everything that is alive is read, whatever the status filter shows."""
REFUSED_SECONDS: Final = 10 * 60.0
"""How long an account may refuse the key before a guard gives up."""
_LAST_WORDS_SECONDS: Final = 10.0


@dataclass(frozen=True)
class GuardOptions:
    """Holds what the command line asks for. `every` is in seconds."""

    paths: tuple[str, ...] = ()
    labels: str = ""
    every: float = 60.0
    once: bool = False
    dry_run: bool = False
    audit_log: Path | None = None


class LookClock(SameTime):
    """Ends all waiting of a look when the next one is due: `until` is by the clock's `monotonic`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.until: float | None = None

    def sleep(self, seconds: float) -> None:
        """Waits; see `Clock`. Raises InterruptedRunError where it would wait for longer."""
        if self.until is not None and self.monotonic() + seconds > self.until:
            raise InterruptedRunError("the next look is due")
        self._clock.sleep(seconds)


@dataclass
class Guard:
    """Looks until somebody wants it to end. `say` is given each event as it happens."""

    session: Session
    manifests: tuple[Desired, ...]
    asked: GuardOptions
    client: Client
    clock: LookClock
    interrupts: Interrupts
    say: Callable[[GuardLineDocument], None]
    notifier: Notifier | None = None
    memory: Memory = field(default_factory=Memory)
    sender: Sender = field(init=False)
    _stamp: Stamp = ()
    _in_full_at: float | None = None
    _refused_since: float | None = None
    _clocks: tuple[str, ...] = ()
    _looks: int = 0

    def __post_init__(self) -> None:
        """Prepares sending as an apply does."""
        hooks = Hooks(
            self.clock,
            stopping=self.interrupts.asked,
            random=self.session.options.random or Random(),
            undeterred=self.interrupts.undeterred,
        )
        self.sender = Sender(Account(self.client), hooks, self.session.environment)

    def stand(self) -> None:
        """Looks again and again. Raises CredentialsError where the account does not take the key."""
        self._stamp = self._stamped()
        self._begin()
        with self.interrupts.deferred():
            while not self.interrupts.asked():
                begun = self.clock.monotonic()
                self._read_again()
                look = self._look(begun + self.asked.every)
                self._give_up_on(look, begun)
                self._notify()
                self._wait(begun)
        self.tell(GuardEvent("stopped"))
        self._notify(_LAST_WORDS_SECONDS)

    def look_once(self) -> Exit:
        """Looks once, and returns what the look came to. Raises InterruptedRunError."""
        watching = self._begin()
        with self.interrupts.deferred():
            look = self._look(None)
        self.tell(GuardEvent("stopped"))
        self._notify(_LAST_WORDS_SECONDS)
        if self.interrupts.asked():
            raise InterruptedRunError("interrupted; nothing more was read")
        return _exit_of(look) if watching else Exit.ERROR

    def _begin(self) -> bool:
        """Says that it begins, and returns whether there is anything to watch, which it says too where there is not."""
        self.tell(GuardEvent("started"))
        watching = bool(Watch(self.manifests, self._terms()).kinds)
        if not watching:
            words = "no manifest is selected and guard.unmanaged is not true: nothing is watched"
            self.tell(GuardEvent("manifests", code="invalid-input", words=words))
        return watching

    def tell(self, line: GuardEvent) -> None:
        """Tells one event."""
        environment = self.session.environment
        speaker = Speaker(environment.name, environment.account_sid)
        document = speaker.document(line, self.client.now())
        self.say(document)
        if self.notifier is not None:
            self.notifier.take(document)

    def _look(self, until: float | None) -> GuardLook:
        now = self.clock.monotonic()
        in_full = self._in_full_at is None or now - self._in_full_at >= IN_FULL_SECONDS
        self.clock.until = until
        look = GuardLook(
            self.client,
            Watch(self.manifests, self._terms()),
            self.sender,
            self.memory,
            self.tell,
            self.interrupts.asked,
            in_full,
            self.asked.dry_run,
        )
        look.run()
        self._looks += 1
        self.clock.until = None
        self._tell_clocks()
        if in_full and not look.blind:
            self._in_full_at = now
        return look

    def _terms(self) -> Terms:
        environment = self.session.environment
        consent = Consent.of(environment)
        return Terms(self.client.now(), environment, consent)

    def _give_up_on(self, look: GuardLook, now: float) -> None:
        """Gives up on an account that refuses the key at once, or for ten minutes on end: it will not take it
        later.
        """
        if look.refused is None:
            self._refused_since = None
            return
        first = self._looks == 1
        self._refused_since = now if self._refused_since is None else self._refused_since
        if first or now - self._refused_since >= REFUSED_SECONDS:
            raise look.refused

    def _tell_clocks(self) -> None:
        """Tells each disagreement of clocks once, while it lasts; the server's clock holds."""
        notes = self.client.notes
        if notes and notes != self._clocks:
            self.tell(GuardEvent("clock", code="clocks-disagree", words=" ".join(notes)))
        self._clocks = notes

    def _wait(self, begun: float) -> None:
        """Waits until the next look is due, or calling hours end."""
        rest = self.asked.every - (self.clock.monotonic() - begun)
        closing = Watch(self.manifests, self._terms()).seconds_to_close(self.client.now())
        try:
            self.clock.sleep(max(min(rest, rest if closing is None else closing), 0.0))
        except InterruptedRunError:
            return

    def _notify(self, seconds: float = 0.0) -> None:
        if self.notifier is None:
            return
        self.notifier.finish(seconds)
        self.notifier.send()
        self.notifier.finish(seconds)
        for why in self.notifier.lost():
            self.tell(GuardEvent("notify", code="unreachable", words=why))

    def _stamped(self) -> Stamp:
        return stamp_of(self.session.project, self.asked.paths, self.manifests)

    def _read_again(self) -> None:
        """Reads files that changed; where they are not valid, or hold nothing to watch, the last ones hold."""
        stamp = self._stamp
        try:
            stamp = self._stamped()
            if stamp == self._stamp:
                return
            self.session, self.manifests = self._changed()
            stamp = self._stamped()
        except (CampaignctlError, OSError, ValueError) as error:
            told = str(error) or type(error).__name__
            self.tell(
                GuardEvent("manifests", code="invalid-input", words=f"{told}; the last valid ones hold")
            )
        self._stamp = stamp

    def _changed(self) -> tuple[Session, tuple[Desired, ...]]:
        """Reads the manifests that hold from now on. Raises InputError."""
        session = Session.open(self.session.options)
        reading = session.read_valid(self.asked.paths, self.asked.labels)
        _refuse_another_account(self.session, session)
        if self.manifests and not reading.selected:
            raise InputError("no manifest is selected any more")
        return session, reading.selected


def _refuse_another_account(before: Session, now: Session) -> None:
    """Raises InputError for another account: a guard stays with the one that it was begun for."""
    if (before.host, before.environment.account_sid) != (now.host, now.environment.account_sid):
        raise InputError("the environment is another account now: start the guard again")


def _exit_of(look: GuardLook) -> Exit:
    """Returns the worst exit code, by the order of the contract."""
    codes: tuple[tuple[Outcome, Exit], ...] = (
        ("unknown", Exit.UNKNOWN),
        ("failed", Exit.PARTLY),
        ("paused", Exit.REFUSED),
        ("would-pause", Exit.REFUSED),
    )
    found = (code for outcome, code in codes if outcome in look.outcomes)
    return next(found, Exit.ERROR if look.blind else Exit.FINE)


# -- whether files have changed: by sizes and times, not contents --------------------------------------------------


def stamp_of(project: ProjectFile, paths: Sequence[str], manifests: Iterable[Desired]) -> Stamp:
    """Stamps the project file and those of environments, every manifest under the paths that they name and under
    PATHS, and the files of numbers that manifests name.
    """
    return tuple(sorted(_stamped(path) for path in set(_files(project, paths, manifests))))


def _files(project: ProjectFile, paths: Sequence[str], manifests: Iterable[Desired]) -> Iterator[str]:
    root = Path(project.root)
    if project.file is not None:
        yield str(root / Path(project.file).name)
    yield from (str(root / it.file) for it in project.places.values())
    own = {it for environment in project.environments.values() for it in environment.manifests or ()}
    for path in (*(root / it for it in sorted({*project.manifests, *own})), *map(Path, paths)):
        yield from (found.path for found in files_under(path, root, root))
    yield from (str(root / it.numbers_file) for it in manifests if it.numbers_file)


def _stamped(path: str) -> tuple[str, int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116 – there may be many thousands
    except OSError:
        return path, -1, -1
    return path, status.st_mtime_ns, status.st_size
