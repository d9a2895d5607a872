"""Keeps contacts and contact lists in the sandbox's database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaignctl.sandbox.shapes import Sent

SCHEMA = """
CREATE TABLE IF NOT EXISTS contact_lists (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL, sid TEXT NOT NULL, name TEXT NOT NULL, tag TEXT,
    created REAL NOT NULL, made_up INTEGER NOT NULL, deleted INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS by_list_sid ON contact_lists (account, sid);
CREATE INDEX IF NOT EXISTS by_list_name ON contact_lists (account, name);
CREATE TABLE IF NOT EXISTS contacts (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL, sid TEXT NOT NULL, phone TEXT NOT NULL, data TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS by_contact_sid ON contacts (account, sid);
CREATE INDEX IF NOT EXISTS by_phone ON contacts (account, phone);
CREATE TABLE IF NOT EXISTS members (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL, list TEXT NOT NULL, contact TEXT NOT NULL, shown REAL NOT NULL);
CREATE INDEX IF NOT EXISTS by_list ON members (account, list);
"""
TABLES = ("contact_lists", "contacts", "members")


@dataclass(frozen=True, slots=True)
class StoredList:
    """Holds a contact list.

    The people of one that is `made_up` are nowhere stored; one that was `deleted` shows no more.
    """

    sid: str
    name: str
    created: float
    tag: str | None = None
    made_up: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Holds somebody whom the account knows: `phone` as it is compared, `data` as it was sent."""

    sid: str
    phone: str
    data: Sent


class ListStore:
    """Keeps contacts and lists.

    Its methods expect to be called within a transaction of the store whose connection it uses.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # lists

    def add(self, account: str, lists: Iterable[StoredList]) -> None:
        """Adds lists. Raises `sqlite3.IntegrityError` when the account has the SID already."""
        self._connection.executemany(
            "INSERT INTO contact_lists (account, sid, name, tag, created, made_up, deleted) VALUES (?,?,?,?,?,?,?)",
            ((account, it.sid, it.name, it.tag, it.created, it.made_up, it.deleted) for it in lists),
        )

    def all(self, account: str) -> list[StoredList]:
        """Returns every list that was ever there, in the order in which they came."""
        rows = self._connection.execute(f"{_LISTS} WHERE account = ? ORDER BY number", (account,))
        return [_stored(row) for row in rows]

    def find(self, account: str, sid: str) -> StoredList | None:
        """Finds a list by SID, deleted ones too."""
        row = self._connection.execute(f"{_LISTS} WHERE account = ? AND sid = ?", (account, sid)).fetchone()
        return None if row is None else _stored(row)

    def named(self, account: str, name: str) -> bool:
        """Tells whether a list that is there is called exactly so."""
        row = self._connection.execute(
            "SELECT 1 FROM contact_lists WHERE account = ? AND name = ? AND NOT deleted", (account, name)
        ).fetchone()
        return row is not None

    def rename(self, account: str, sid: str, name: str, tag: str | None) -> None:
        """Gives a list another name."""
        self._connection.execute(
            "UPDATE contact_lists SET name = ?, tag = ? WHERE account = ? AND sid = ?",
            (name, tag, account, sid),
        )

    def delete(self, account: str, sid: str) -> None:
        """Deletes a list: it shows no more; its members stay, for campaigns that have begun."""
        self._connection.execute(
            "UPDATE contact_lists SET deleted = 1 WHERE account = ? AND sid = ?", (account, sid)
        )

    # contacts

    def last_contact(self) -> int:
        """Returns the number of the newest contact of all, 0 when there is none."""
        (number,) = self._connection.execute("SELECT max(number) FROM contacts").fetchone()
        return number or 0

    def add_contacts(self, account: str, contacts: Iterable[Contact]) -> None:
        """Adds contacts."""
        self._connection.executemany(
            "INSERT INTO contacts (account, sid, phone, data) VALUES (?, ?, ?, ?)",
            ((account, it.sid, it.phone, json.dumps(it.data)) for it in contacts),
        )

    def known(self, account: str, phone: str) -> Contact | None:
        """Returns the first contact of a number."""
        row = self._connection.execute(
            "SELECT sid, phone, data FROM contacts WHERE account = ? AND phone = ? ORDER BY number LIMIT 1",
            (account, phone),
        ).fetchone()
        return None if row is None else _contact(row)

    def contact(self, account: str, sid: str) -> Contact | None:
        """Finds a contact by SID."""
        row = self._connection.execute(
            "SELECT sid, phone, data FROM contacts WHERE account = ? AND sid = ?", (account, sid)
        ).fetchone()
        return None if row is None else _contact(row)

    # members

    def add_members(self, account: str, sid: str, contacts: Sequence[tuple[str, float]]) -> None:
        """Adds contacts to a list, with the moment from which on each shows in it."""
        self._connection.executemany(
            "INSERT INTO members (account, list, contact, shown) VALUES (?, ?, ?, ?)",
            ((account, sid, contact, shown) for contact, shown in contacts),
        )

    def member_sids(self, account: str, sid: str) -> set[str]:
        """Returns the contacts that are in a list, whether or not they show."""
        rows = self._connection.execute(
            "SELECT contact FROM members WHERE account = ? AND list = ?", (account, sid)
        )
        return {contact for (contact,) in rows}

    def count_members(self, account: str, sid: str, now: float) -> int:
        """Returns how many entries of a list show by now."""
        (count,) = self._connection.execute(
            "SELECT count(*) FROM members WHERE account = ? AND list = ? AND shown <= ?", (account, sid, now)
        ).fetchone()
        return int(count)

    def members(
        self, account: str, sid: str, now: float | None = None, offset: int = 0, limit: int = -1
    ) -> list[Contact]:
        """Returns the contacts of a list in their order; with `now` only those that show by then."""
        rows = self._connection.execute(
            "SELECT contacts.sid, phone, data FROM members JOIN contacts ON contacts.account = members.account"
            " AND contacts.sid = members.contact WHERE members.account = ? AND list = ? AND (? IS NULL OR shown <= ?)"
            " ORDER BY members.number LIMIT ? OFFSET ?",
            (account, sid, now, now, limit, offset),
        )
        return [_contact(row) for row in rows]

    def numbers(self, account: str, sid: str) -> list[str]:
        """Returns whom a list calls: its contacts' numbers in their order."""
        rows = self._connection.execute(
            "SELECT phone FROM members JOIN contacts ON contacts.account = members.account"
            " AND contacts.sid = members.contact WHERE members.account = ? AND list = ? ORDER BY members.number",
            (account, sid),
        )
        return [phone for (phone,) in rows]


_LISTS = "SELECT sid, name, created, tag, made_up, deleted FROM contact_lists"


def _stored(row: tuple[str, str, float, str | None, int, int]) -> StoredList:
    sid, name, created, tag, made_up, deleted = row
    return StoredList(sid, name, created, tag, bool(made_up), bool(deleted))


def _contact(row: tuple[str, str, str]) -> Contact:
    sid, phone, data = row
    return Contact(sid, phone, json.loads(data))
