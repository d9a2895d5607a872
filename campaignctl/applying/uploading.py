"""Uploads a list of the project, so that no campaign ever names one that does not hold just its people.

Only the run that read that it made a list fills it; a list that another one makes is waited for while it grows.
Whatever is not complete then is abandoned: never attached, filled up or repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from campaignctl.applying.contact_batches import Contacts, is_undecided, told_lines
from campaignctl.applying.port import Hooks, ListPort
from campaignctl.diagnostics import counted
from campaignctl.errors import ApiError
from campaignctl.kinds.countries import Country
from campaignctl.kinds.endpoints import LIST_BATCH
from campaignctl.model.environment import Environment
from campaignctl.model.managed_lists import AccountList, ManagedList, version_name
from campaignctl.model.reasons import Reason
from campaignctl.model.results import (
    ContactExchange,
    ContactItem,
    ContactItems,
    Failure,
    NotReached,
    Refused,
    Unknown,
)

_EVERY: Final = 5.0
_STILL: Final = 60.0
_LONGEST: Final = 300.0
_MOST_ATTEMPTS: Final = 3
_MOST_NAMES: Final = 100
_CONFLICT: Final = 409


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Holds the complete version of a list.

    `made_here` is False where it was there already, or another run made it.
    """

    sid: str
    made_here: bool


class UploadFailedError(Exception):
    """Says that no complete list came of an upload; nothing names one that is not complete."""

    def __init__(self, code: str, message: str, http: int | None = None) -> None:
        super().__init__(message)
        self.reason = Reason(code, message)
        self.failure = Failure(code, message, http)


@dataclass
class Upload:
    """Uploads one list.

    `texts_use` are the fields that a text which is sent to it fills in; `planned_at` is when the plan counted, by
    the clock's `monotonic`. `requests` and `notes` are what came of it so far.
    """

    managed: ManagedList
    lists: ListPort
    hooks: Hooks
    environment: Environment
    texts_use: Collection[str] = frozenset()
    planned_at: float | None = None
    requests: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def _country(self) -> Country | None:
        return self.environment.country

    def run(self) -> Uploaded:
        """Uploads the list.

        Raises UploadFailedError, and what the hooks' clock raises where somebody wants to end.
        """
        contacts: Sequence[str] = ()
        attempts, number = 0, 1
        while number <= _MOST_NAMES and attempts < _MOST_ATTEMPTS:
            found = self._planned(number)
            if found is None:
                attempts += 1
                contacts = contacts or self._contacts()
                found = self._make(number)
                if found is None:
                    continue  # nobody knows whether it was made: asked once more, under the same name
            if self._holds_all(found, contacts):
                return found
            self.notes.append(f"the list {found.sid} is abandoned: it does not hold just its people")
            number += 1
        raise UploadFailedError(
            "list-incomplete",
            f"after {counted(attempts, 'attempt')} the account has no list that holds just its people; none is used",
        )

    def _planned(self, number: int) -> Uploaded | None:
        """Returns the list of this attempt as the plan saw it."""
        found = (it for it in self.managed.candidates if it.attempt == number)
        return next((Uploaded(it.sid, made_here=False) for it in found), None)

    def _holds_all(self, found: Uploaded, contacts: Sequence[str]) -> bool:
        """Tells whether the list holds all.

        It is filled first where this run made it, then counted for as long as it takes.
        """
        if not found.made_here:
            return self._becomes_complete(found.sid, _STILL, self._planned_reading(found.sid))
        filled = self._fill(found.sid, contacts)
        return filled and self._becomes_complete(found.sid, max(_STILL, self.environment.settle_seconds))

    # a. contacts

    def _contacts(self) -> Sequence[str]:
        members, known = self.managed.members, Contacts(self._country)
        people = list(members.contacts())
        for begin in range(0, len(people), LIST_BATCH):
            batch = people[begin : begin + LIST_BATCH]
            known.take([it["number"] for it in batch], members.fields, self._told(batch))
        distinct = len(set(known.sids))
        if known.failed or distinct != len(members):
            raise UploadFailedError("numbers-refused", self._refused(known, distinct))
        self._check_columns(known)
        return list(dict.fromkeys(known.sids))

    def _told(self, batch: Sequence[dict[str, str]]) -> Sequence[ContactItem]:
        for wait in self._backoff():
            self.hooks.clock.sleep(wait)
            exchange = self._sent(self.lists.create_contacts(batch))
            answer = exchange.answer
            if isinstance(answer, ContactItems) and not is_undecided(answer.items):
                return answer.items
            _refuse(answer)
        raise UploadFailedError(
            "list-incomplete",
            "nobody knows whether the account took its people as contacts; no list was made",
        )

    def _backoff(self) -> Iterator[float]:
        yield 0.0
        yield from (2.0**place for place in range(max(self.environment.max_attempts, 2) - 1))

    def _refused(self, known: Contacts, distinct: int) -> str:
        members = self.managed.members
        short = max(known.failed, abs(len(members) - distinct))
        says = f"the account took not all of its {len(members):,} people as contacts, no list was made: {short:,} "
        says += "refused, missing or somebody else"
        if not known.refused:
            return says
        lines = self.managed.lines(frozenset(known.refused))
        return f"{says}; {told_lines(lines)} of {self.managed.file}" if lines and self.managed.file else says

    def _check_columns(self, known: Contacts) -> None:
        for name, count in sorted(known.silent.items()):
            message = (
                f"{counted(count, 'contact')} were known already, and the account does not show their {name}"
            )
            if name in self.texts_use:
                raise UploadFailedError(
                    "numbers-refused", f"{message}, which a text fills in; no list was made"
                )
            self.notes.append(message)

    # b. the list

    def _make(self, number: int) -> Uploaded | None:
        """Makes the list of this attempt: it is this run's own only where it read that it made it.

        None where nobody knows whether it was made, and it is nowhere.
        """
        name = version_name(self.managed.name, self.managed.members.mark, number)
        answer = self._sent(self.lists.create_list(name)).answer
        made, taken = _judged(answer)
        if made is not None:
            return Uploaded(made, made_here=True)
        found = self._looked_up(name)
        if found is not None:
            return Uploaded(found, made_here=False)
        if taken:
            message = "the account says that its list is there, and shows it nowhere; none is used"
            raise UploadFailedError("list-incomplete", message)
        return None

    def _looked_up(self, name: str) -> str | None:
        """Looks a list up by its name, for as long as lists may lag; at last among all lists."""
        for _ in self.hooks.moments(self.environment.settle_seconds):
            if found := self._named(name, lambda: self.lists.find(name)):
                return found
        return self._named(name, self.lists.all)

    def _named(self, name: str, look: Callable[[], Sequence[AccountList]]) -> str | None:
        self.requests += 1
        try:
            return min((it.sid for it in look() if it.name == name), default=None)
        except ApiError:
            return None

    # c. its people

    def _fill(self, sid: str, contacts: Sequence[str]) -> bool:
        """Puts each contact in once, and no batch twice.

        Returns False where nobody knows what became of one, or one failed.
        """
        for begin in range(0, len(contacts), LIST_BATCH):
            answer = self._sent(self.lists.fill_list(sid, contacts[begin : begin + LIST_BATCH])).answer
            if isinstance(answer, NotReached):
                raise UploadFailedError("unreachable", answer.message, answer.http)
            if not isinstance(answer, ContactItems) or not all(item.fine for item in answer.items):
                return False
        return True

    # d. whether it is complete

    def _planned_reading(self, sid: str) -> _Reading | None:
        if self.planned_at is None or sid not in self.managed.counts:
            return None
        return _Reading(self.planned_at, self.managed.counts[sid])

    def _becomes_complete(self, sid: str, still: float, last: _Reading | None = None) -> bool:
        """Counts the list every five seconds while it grows: until it holds all, or `still` seconds have passed
        without growth.
        """
        wanted, begun, blind = len(self.managed.members), self.hooks.clock.monotonic(), True
        while True:
            self.requests += 1
            count, now = self.lists.count(sid), self.hooks.clock.monotonic()
            if count == wanted:
                return True
            blind = blind and count is None
            if last is None or (count or 0) > (last.count or 0):
                last = _Reading(now, count)
            if (count or 0) > wanted or now - last.at >= still or now - begun >= _LONGEST:
                break
            self.hooks.clock.sleep(_EVERY)
        if blind:
            message = f"the account does not show how many are in the list {sid}, so it is not used"
            raise UploadFailedError("list-incomplete", message)
        return False

    def _sent(self, exchange: ContactExchange) -> ContactExchange:
        self.requests += exchange.attempts
        return exchange


@dataclass(frozen=True, slots=True)
class _Reading:
    at: float
    count: int | None


def _judged(answer: ContactItems | Refused | NotReached | Unknown) -> tuple[str | None, bool]:
    """Returns the SID of what was certainly made, and whether the name is taken.

    Raises UploadFailedError for a refusal.
    """
    if isinstance(answer, Refused) and answer.http == _CONFLICT:
        return None, True
    _refuse(answer)
    if not isinstance(answer, ContactItems) or len(answer.items) != 1:
        return None, False
    (item,) = answer.items
    if item.fine or item.code == _CONFLICT:
        return (item.sid, False) if item.fine else (None, True)
    if is_undecided(answer.items) or item.code is None:
        return None, False
    raise UploadFailedError("refused", f"the account made no list: {item.message}", item.code)


def _refuse(answer: ContactItems | Refused | NotReached | Unknown) -> None:
    if isinstance(answer, Refused):
        raise UploadFailedError("refused", answer.message, answer.http)
    if isinstance(answer, NotReached):
        raise UploadFailedError("unreachable", answer.message, answer.http)
