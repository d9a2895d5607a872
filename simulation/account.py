"""Plays the account: the sandbox without its socket, and the truth about it, which no answer shows."""

from __future__ import annotations

import io
import json
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from simulation.clocks import WorldClock
from simulation.product import COLLECTIONS, Campaign, HangUpError, Search, Stage, application, recipients

NAME = "acme1"
HOST = "127.0.0.1:9"
"""On loopback, so that the product takes plain HTTP for it; nobody listens there."""
_OPERATOR = "Basic " + b64encode(b"operator:operator").decode()
_WATCHED = ("created", "in-progress", "paused", "unknown")


@dataclass
class Answered:
    """Holds what came back: the pieces of a body, and whether the connection ended where it stands."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    hung_up: bool = False


@dataclass(frozen=True)
class Truth:
    """Holds a campaign as it is. Times are epoch seconds; `start` is what its schedule says, None without one."""

    sid: str
    collection: str
    name: str
    state: str
    created: float
    begins: float
    start: float | None
    end: float | None
    people: tuple[str, ...]
    content: str
    spec: Mapping[str, Any]
    stats: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def aims(self) -> tuple[str, ...]:
        """Returns the numbers and the lists that it was given, as a manifest has them."""
        lists = tuple(self.spec.get("lists") or ())
        return (*lists, *(self.spec.get("from") or ())) if lists else self.people

    @property
    def alive(self) -> bool:
        """Tells whether the campaign is created, in progress or paused."""
        return self.state in ("created", "in-progress", "paused")

    @property
    def over(self) -> bool:
        """Tells whether the campaign came to its end; one of a status that nobody knows may go on."""
        return self.state in ("completed", "archived", "failed", "canceled", "deleted")

    @property
    def going(self) -> bool:
        """Tells whether the campaign calls, or will."""
        return self.state in ("created", "in-progress")


@dataclass(frozen=True)
class Call:
    """Holds one attempt to reach somebody."""

    sid: str
    number: str
    tries: int
    at: float


class LifeAccount:
    """Plays one account's world.

    Nothing here is the product's client: operators and the ledger look at it directly.
    """

    def __init__(self, clock: WorldClock, name: str = NAME) -> None:
        self.clock, self.name = clock, name
        self.stage = Stage(None, clock, None)
        self._app = application(self.stage)
        self.campaigns: dict[str, Truth] = {}
        self._last = 0
        self._seen: dict[str, Campaign] = {}
        """Each campaign as the last look found it."""
        self._open: set[str] = set()
        self.lists = False
        """Whether anybody fills contact lists here: else they are all made up."""
        self._tries: dict[tuple[str, int], int] = {}

    # requests

    def exchange(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """Answers one HTTP request, in this process."""
        answered = Answered()

        def start(status: str, fields: list[tuple[str, str]], _error: object = None) -> Any:
            answered.status, answered.headers = int(status.partition(" ")[0]), fields
            return answered.pieces.append

        chunks = self._app(_environ(method, target, headers, body), start)
        try:
            answered.pieces.extend(chunks)
        except HangUpError:
            answered.hung_up = True
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        self._date(answered)
        return answered

    def _date(self, answered: Answered) -> None:
        """Sets the date as the listener does: the account's clock, unless there is one; an empty one stands for
        none.
        """
        dates = [value for name, value in answered.headers if name.lower() == "date"]
        if not dates:
            answered.headers.append(("Date", format_datetime(self.clock.now(), usegmt=True)))
        elif not dates[0]:
            answered.headers = [it for it in answered.headers if it[0].lower() != "date"]

    def by_hand(self, method: str, collection: str, sid: str, body: Any) -> int:
        """Does what somebody does in the dashboard; returns the status of the answer."""
        path = f"/v2/accounts/{self.name}/{collection}" + (f"/{sid}" if sid else "")
        if collection == "campaigns":
            body = {"campaigns": [body]}
        headers = {"Authorization": _OPERATOR, "Content-Type": "application/json"}
        status = self.exchange(method, path, headers, json.dumps(body).encode()).status
        self.stage.journal.clear()  # it is read for what runs ask
        return status

    def mark(self, sid: str, word: str) -> None:
        """Sets any status at all, words that nobody knows among them."""
        self.stage.set_status(self.name, sid, word)
        self._open.add(sid)  # what is over is looked at no more, and this may be

    # the truth

    def watch(self, sid: str) -> None:
        """Looks at a campaign once more, though it be over: something may have been done to it."""
        self._open |= {sid} if sid else set()

    def look(self) -> tuple[dict[str, tuple[Truth | None, Truth]], list[Call]]:
        """Returns what changed since the last look, as (before, now) by SID, and every call that was made since."""
        store = self.stage.store
        changed: dict[str, tuple[Truth | None, Truth]] = {}
        calls: list[Call] = []
        with store.transaction():
            self.stage.world.settle(self.name)
            found = {it.sid: it for it in self._watched()}
            for sid in sorted(self._open - found.keys()):
                gone = store.find(self.name, tuple(COLLECTIONS), sid)
                if gone is not None:
                    found[sid] = gone
            truths = {sid: self._truth(campaign) for sid, campaign in found.items()}
            for campaign in found.values():
                calls.extend(self._calls(campaign, truths[campaign.sid].people))
        for sid, now in truths.items():
            before = self.campaigns.get(sid)
            self.campaigns[sid] = now
            if now is not before and now != before:
                changed[sid] = before, now
        self._open = {sid for sid, it in found.items() if it.state.value in _WATCHED}
        return changed, sorted(calls, key=lambda it: (it.at, it.sid, it.number))

    def _watched(self) -> Iterator[Campaign]:
        store = self.stage.store
        collections = tuple(COLLECTIONS)
        yield from store.page(Search(self.name, collections, states=_WATCHED), 0, 10_000)
        last = store.last_number()
        if last > self._last:
            newest = Search(self.name, collections, order="number", descending=True)
            yield from store.page(newest, 0, last - self._last)
            self._last = last

    def _truth(self, campaign: Campaign) -> Truth:
        """Returns the truth about a campaign: that of the last look where nothing can have changed."""
        if self.lists or self._seen.get(campaign.sid) != campaign:
            self._seen[campaign.sid] = campaign
            return _truth(campaign, self._people(campaign))
        return self.campaigns[campaign.sid]

    def _people(self, campaign: Campaign) -> list[str]:
        if not self.lists:
            return recipients(campaign.spec)
        return recipients(campaign.spec, self.stage.world.book.numbers(self.name, begun=True))

    def members(self, sids: Iterable[str]) -> tuple[str, ...]:
        """Returns who is in contact lists, whatever the account says of them."""
        return tuple(who for sid in sids for who in self.stage.numbers(self.name, sid)) if self.lists else ()

    def contact_lists(self) -> tuple[str, ...]:
        """Returns the SIDs of the contact lists that somebody made here and nobody deleted, in their order."""
        return tuple(it.sid for it in self.stage.store.contact_lists.all(self.name) if not it.deleted)

    def _calls(self, campaign: Campaign, people: Sequence[str]) -> Iterator[Call]:
        """Yields the last attempt at each number that was not there before. What is cut at the end was no attempt."""
        _, progress = self.stage.store.progress(self.name, campaign.sid)
        seen = [(it.place, it.tries, it.at) for it in progress.results if it.tries]
        seen += [(it.place, it.tries, progress.last) for it in progress.waiting]
        for place, tries, at in seen:
            key = (campaign.sid, place)
            if tries > self._tries.get(key, 0) and place < len(people):
                self._tries[key] = tries
                yield Call(campaign.sid, people[place], tries, at)


def _environ(method: str, target: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "9",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def seconds(text: object) -> float | None:
    """Reads an RFC 3339 time as epoch seconds, None for none."""
    return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None


def _truth(campaign: Campaign, people: list[str]) -> Truth:
    spec = campaign.spec
    schedule = spec.get("schedule") or {}
    start = schedule.get("send_at") or schedule.get("start_time")
    end = schedule.get("end_at") or schedule.get("end_time")
    return Truth(
        campaign.sid,
        campaign.collection,
        campaign.name,
        campaign.state.value,
        campaign.created,
        campaign.begins,
        seconds(start),
        seconds(end),
        tuple(people),
        str(spec.get("url") or spec.get("template") or ""),
        spec,
        campaign.stats,
    )
