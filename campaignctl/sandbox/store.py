"""Keeps the sandbox's state in SQLite. Whoever has it open owns it: the file stays locked until the process ends."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from campaignctl.errors import InputError
from campaignctl.kinds.lifecycle import Status
from campaignctl.sandbox.campaign import Campaign
from campaignctl.sandbox.dialler import DiallingProgress, Result, Waiting
from campaignctl.sandbox.list_store import SCHEMA as _LIST_SCHEMA
from campaignctl.sandbox.list_store import TABLES as _LIST_TABLES
from campaignctl.sandbox.list_store import ListStore

VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS campaigns (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL, collection TEXT NOT NULL, sid TEXT NOT NULL,
    name TEXT NOT NULL, folded TEXT NOT NULL, status TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL,
    updated REAL NOT NULL, begins REAL NOT NULL, ends REAL NOT NULL, spec TEXT NOT NULL, stats TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS by_sid ON campaigns (account, sid);
CREATE INDEX IF NOT EXISTS by_created ON campaigns (account, collection, created);
CREATE INDEX IF NOT EXISTS by_start ON campaigns (account, collection, begins);
CREATE INDEX IF NOT EXISTS by_name ON campaigns (account, collection, name);
CREATE INDEX IF NOT EXISTS by_state ON campaigns (account, state, begins);
CREATE TABLE IF NOT EXISTS progress (account TEXT, sid TEXT, ready REAL, done TEXT, PRIMARY KEY (account, sid));
CREATE TABLE IF NOT EXISTS lines (account TEXT, unit TEXT, free REAL, PRIMARY KEY (account, unit));
CREATE TABLE IF NOT EXISTS pending (account TEXT, sid TEXT, action TEXT, at REAL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT);
"""
_TABLES = ("campaigns", "progress", "lines", "pending", "settings", *_LIST_TABLES)
_COLUMNS = "account, collection, sid, name, status, created, updated, begins, ends, spec, stats, number"


class OwnedElsewhereError(Exception):
    """Says that another process has the database open."""


@dataclass(frozen=True)
class Search:
    """Says which campaigns of an account, in which order. `term` is looked for in `column`, `name` or `folded`.

    `matches`: as a `substring`, as one in which `%` and `_` are wildcards (`like`), or as the full name (`whole`).
    `states` are `Status` values, None for all. `until` hides younger ones.
    """

    account: str
    collections: Sequence[str]
    order: str = "created"
    descending: bool = False
    term: str | None = None
    column: str = "folded"
    matches: str = "substring"
    states: Sequence[str] | None = None
    until: float | None = None


def _connected(path: Path | None) -> sqlite3.Connection:
    """Connects. Raises InputError for a place where no database can be."""
    if path is not None:
        _check_place(path)
    try:
        return sqlite3.connect(
            path or ":memory:", timeout=0.05, isolation_level=None, check_same_thread=False
        )
    except sqlite3.OperationalError as failure:
        raise InputError(f"{path} cannot be used as the sandbox's database: {failure}.") from None


def _check_place(path: Path) -> None:
    """Checks the place: in a checkout that is read-only there can be no database, and a directory or a device is no
    file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is the sandbox's database, and is no file. Delete it and run again.")
    except OSError as error:
        raise InputError(
            f"the sandbox keeps its state in {path.parent}, which cannot be used: {error.strerror}."
        ) from None


class Store:
    """Holds one connection, used by one thread at a time: `transaction` is the way in."""

    def __init__(self, path: Path | None = None) -> None:
        """Opens the database and locks it; None keeps everything in memory.

        Raises `OwnedElsewhereError` when another process has it.
        """
        self._lock = threading.RLock()
        self._connection = _connected(path)
        self.contact_lists = ListStore(self._connection)
        try:
            self._prepare(path)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, path: Path | None) -> None:
        """Makes it exclusive and with a write-ahead log: a killed process loses nothing that was answered, and no
        lock stays.
        """
        try:
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute("BEGIN IMMEDIATE")
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, VERSION):
                raise InputError(
                    f"{path} was made by another version of the sandbox. Delete it and run again."
                )
            self._connection.execute(f"PRAGMA user_version={VERSION}")
            self._connection.execute("COMMIT")
            self._connection.executescript(_SCHEMA + _LIST_SCHEMA)
        except sqlite3.OperationalError as failure:
            if "locked" in str(failure):
                raise OwnedElsewhereError(str(path)) from None
            raise InputError(f"{path} cannot be used as the sandbox's database: {failure}.") from None
        except sqlite3.DatabaseError as failure:
            raise InputError(
                f"{path} is no database of the sandbox ({failure}). Delete it and run again."
            ) from None

    def close(self) -> None:
        """Gives the database up."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Does all or nothing, and it is on disk when the block ends without an exception."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def clear(self) -> None:
        """Forgets everything."""
        for table in _TABLES:
            self._connection.execute(f"DELETE FROM {table}")

    # settings

    def setting(self, name: str) -> str | None:
        """Returns a stored word, None when it was never set."""
        row = self._connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set(self, name: str, value: str) -> None:
        """Stores a word."""
        self._connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    # campaigns

    def last_number(self) -> int:
        """Returns the number of the newest campaign of all, 0 when there is none."""
        (number,) = self._connection.execute("SELECT max(number) FROM campaigns").fetchone()
        return number or 0

    def insert(self, campaigns: Iterable[Campaign]) -> None:
        """Inserts new campaigns. Raises `sqlite3.IntegrityError` when the account has the SID already."""
        self._connection.executemany(
            "INSERT INTO campaigns (account, collection, sid, name, status, created, updated, begins, ends, spec,"
            " stats, folded, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((it.account, it.collection, *_mutable(it)) for it in campaigns),
        )

    def replace(self, campaign: Campaign) -> None:
        """Replaces a campaign by its changed self."""
        self._connection.execute(
            "UPDATE campaigns SET sid = ?, name = ?, status = ?, created = ?, updated = ?, begins = ?, ends = ?,"
            " spec = ?, stats = ?, folded = ?, state = ? WHERE number = ?",
            (*_mutable(campaign), campaign.number),
        )

    def remove(self, campaign: Campaign) -> None:
        """Removes a campaign as though it had never been; for pages that shift."""
        self._connection.execute("DELETE FROM campaigns WHERE number = ?", (campaign.number,))

    def find(self, account: str, collections: Sequence[str], sid: str) -> Campaign | None:
        """Finds a campaign by SID."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM campaigns WHERE account = ? AND sid = ? AND collection IN"
            f" ({_marks(collections)})",
            (account, sid, *collections),
        ).fetchone()
        return _campaign(row) if row else None

    def count(self, search: Search) -> int:
        """Returns how many campaigns match."""
        condition, values = _condition(search)
        (total,) = self._connection.execute(
            f"SELECT count(*) FROM campaigns WHERE {condition}", values
        ).fetchone()
        return int(total)

    def page(self, search: Search, offset: int, limit: int) -> list[Campaign]:
        """Returns some of the matches; equal ones in the order of their creation."""
        condition, values = _condition(search)
        direction = "DESC" if search.descending else "ASC"
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM campaigns WHERE {condition} ORDER BY {search.order} {direction}, "
            f"number {direction} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [_campaign(row) for row in rows]

    def due(self, account: str, now: float) -> list[Campaign]:
        """Returns the campaigns that an account is calling, or should be, in the order of creation."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM campaigns WHERE account = ? AND state IN (?, ?) AND begins <= ? ORDER BY number",
            (account, Status.CREATED.value, Status.IN_PROGRESS.value, now),
        )
        return [_campaign(row) for row in rows]

    def paused_until(self, account: str, now: float) -> list[Campaign]:
        """Returns the campaigns that are paused and past their end."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM campaigns WHERE account = ? AND state = ? AND ends <= ? ORDER BY number",
            (account, Status.PAUSED.value, now),
        )
        return [_campaign(row) for row in rows]

    # actions that are done later

    def add_pending(self, campaign: Campaign, action: str, at: float) -> None:
        """Adds an action that is carried out later."""
        self._connection.execute(
            "INSERT INTO pending VALUES (?, ?, ?, ?)", (campaign.account, campaign.sid, action, at)
        )

    def take_pending(self, account: str, now: float) -> list[tuple[str, str, float]]:
        """Takes SID, action and moment of those that are due, in their order; they are no longer pending."""
        where = "FROM pending WHERE account = ? AND at <= ?"
        found = self._connection.execute(f"SELECT sid, action, at {where} ORDER BY at, rowid", (account, now))
        due = [(sid, action, at) for sid, action, at in found]
        if due:
            self._connection.execute(f"DELETE {where}", (account, now))
        return due

    # dialling

    def progress(self, account: str, sid: str) -> tuple[float | None, DiallingProgress]:
        """Returns when a campaign was last resumed, and how far it is."""
        row = self._connection.execute(
            "SELECT ready, done FROM progress WHERE account = ? AND sid = ?", (account, sid)
        ).fetchone()
        return (row[0], _read_progress(row[1])) if row else (None, DiallingProgress())

    def set_progress(self, account: str, sid: str, ready: float | None, progress: DiallingProgress) -> None:
        """Sets what `progress` returns."""
        done = json.dumps([progress.begun, progress.last, progress.waiting, progress.results])
        self._connection.execute(
            "INSERT OR REPLACE INTO progress VALUES (?, ?, ?, ?)", (account, sid, ready, done)
        )

    def line(self, account: str, unit: str) -> float:
        """Returns when the next slot of a line is free."""
        row = self._connection.execute(
            "SELECT free FROM lines WHERE account = ? AND unit = ?", (account, unit)
        ).fetchone()
        return row[0] if row else 0.0

    def set_line(self, account: str, unit: str, free: float) -> None:
        """Sets when the next slot of a line is free."""
        self._connection.execute("INSERT OR REPLACE INTO lines VALUES (?, ?, ?)", (account, unit, free))


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


Stored: TypeAlias = str | int | float | None
"""What a column holds."""


def _condition(search: Search) -> tuple[str, list[Stored]]:
    parts = ["account = ?", f"collection IN ({_marks(search.collections)})"]
    values: list[Stored] = [search.account, *search.collections]
    if search.term is not None:
        condition, value = _MATCHES[search.matches]
        parts.append(condition.format(search.column))
        values.append(value.format(search.term))
    if search.states is not None:
        parts.append(f"state IN ({_marks(search.states)})")
        values.extend(search.states)
    if search.until is not None:
        parts.append("created <= ?")
        values.append(search.until)
    return " AND ".join(parts), values


_MATCHES: Mapping[str, tuple[str, str]] = {
    "substring": ("instr({}, ?) > 0", "{}"),
    "like": ("{} LIKE ?", "%{}%"),
    "whole": ("{} = ?", "{}"),
}


def _mutable(campaign: Campaign) -> tuple[Stored, ...]:
    return (
        campaign.sid,
        campaign.name,
        campaign.status,
        campaign.created,
        campaign.updated,
        campaign.begins,
        campaign.ends,
        json.dumps(campaign.spec),
        json.dumps(campaign.stats),
        campaign.name.casefold(),
        campaign.state.value,
    )


_CampaignRow: TypeAlias = "tuple[str, str, str, str, str, float, float, float, float, str, str, int]"


_LONG = 10_000
"""Characters of a spec that many of would take too much memory."""


def _campaign(row: _CampaignRow) -> Campaign:
    """Returns the campaign of a row; most rows are read again and again before they change."""
    *_, spec, _stats, _number = row
    return _read_campaign(row) if len(spec) > _LONG else _kept_campaign(row)


def _read_campaign(row: _CampaignRow) -> Campaign:
    account, collection, sid, name, status, created, updated, begins, ends, spec, stats, number = row
    return Campaign(
        account,
        collection,
        sid,
        name,
        status,
        created,
        updated,
        begins,
        ends,
        json.loads(spec),
        json.loads(stats),
        number,
    )


_kept_campaign = lru_cache(maxsize=2048)(_read_campaign)


@lru_cache(maxsize=256)
def _read_progress(text: str) -> DiallingProgress:
    begun, last, waiting, results = json.loads(text)
    return DiallingProgress(
        begun=begun,
        waiting=tuple(Waiting(*item) for item in waiting),
        results=tuple(Result(*item) for item in results),
        last=last,
    )
