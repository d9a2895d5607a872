"""Serves contacts and contact lists as the API does: made, filled, counted, renamed, deleted, and called.

Any SID is a list here, of made-up people; one that was made or seeded with numbers holds exactly those.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from campaignctl.sandbox import people
from campaignctl.sandbox.clock import VirtualClock, stamped
from campaignctl.sandbox.envelopes import Answer, failed_item, success
from campaignctl.sandbox.list_store import Contact, ListStore, StoredList
from campaignctl.sandbox.queries import PageRequest, read_page
from campaignctl.sandbox.shapes import AnswerItem, Json, RefusalError, Sent, data_of, item_of, text_or_none
from campaignctl.sandbox.store import Store
from campaignctl.sandbox.switches import Switches

LARGEST_BATCH = 5_000
LARGEST_LIST = 100_000
_LARGEST_PAGE = 500
_DEMO_CREATED = 1_735_689_600.0
_SHORTEST_NAME = 3
_FIELDS = ("first_name", "last_name", "company_name", "email", "tag")


class AddressBook:
    """Serves the contacts and lists. Its methods expect to be called within a transaction of the store."""

    def __init__(self, store: Store, clock: VirtualClock, switches: Switches) -> None:
        self._store = store
        self._clock = clock
        self._switches = switches

    @property
    def _lists(self) -> ListStore:
        return self._store.contact_lists

    def _now(self) -> float:
        return self._clock.now().timestamp()

    # lists

    def page(self, account: str, query: Mapping[str, str]) -> Answer:
        """Answers GET of the contact lists."""
        page = read_page(query, _LARGEST_PAGE)
        found = _sorted(self._found(account, query.get("name", "")), query.get("sort_by", ""))
        part = [_list_item(account, each) for each in found[page.offset : page.offset + page.limit]]
        return success("GET", 200, part, page.metadata(len(part), len(found)))

    def _found(self, account: str, term: str) -> list[StoredList]:
        how = self._switches.name_search
        if term and how == "refuse":
            raise RefusalError(400, "name is not known.", "Lists cannot be searched by name.")
        until = self._now() - self._switches.contact_lists_lag_seconds
        shown = (it for it in self._there(account) if it.created <= until)
        return [it for it in shown if _matches(it.name, term, how)]

    def _there(self, account: str) -> list[StoredList]:
        demo = [StoredList(people.list_sid(account, name), name, _DEMO_CREATED) for name in people.DEMO_LISTS]
        return demo + [it for it in self._lists.all(account) if not it.deleted]

    def get(self, account: str, sid: str) -> Answer:
        """Answers GET of one list."""
        return success("GET", 200, [_list_item(account, self._one(account, sid))])

    def _one(self, account: str, sid: str) -> StoredList:
        found = next((it for it in self._there(account) if it.sid == sid), None)
        if found is None:
            raise RefusalError(404, f"There is no list {sid}.", "Check the SID.")
        return found

    def create_lists(self, account: str, body: Json) -> Answer:
        """Answers POST of lists; a name that is taken is an item of its own code, or refuses it all."""
        rows = _rows(body, "lists", LARGEST_BATCH)
        items = [self._made(account, row) for row in rows]
        if self._switches.duplicate_list == "status" and all(item["code"] == 409 for item in items):
            raise RefusalError(409, "A list of this name exists.", "Names of lists are unique.")
        return success("POST", 207, items)

    def _made(self, account: str, row: Sent) -> AnswerItem:
        name = row.get("name")
        if not isinstance(name, str) or len(name) < _SHORTEST_NAME:
            return failed_item(
                400, "name is missing or too short.", f"Send {_SHORTEST_NAME} characters or more."
            )
        if name in people.DEMO_LISTS or self._lists.named(account, name):
            return failed_item(409, "A list of this name exists.", "Names of lists are unique.")
        count = len(self._lists.all(account))
        made = StoredList(
            _sid("list", account, f"{name} {count + 1}"), name, self._now(), text_or_none(row.get("tag"))
        )
        self._lists.add(account, [made])
        return _list_item(account, made)

    def rename(self, account: str, sid: str, body: Json) -> Answer:
        """Answers PUT of a list: another name."""
        sent: Any = body
        (row, *_) = _rows(body, "lists", 1) if isinstance(sent, Mapping) and "lists" in sent else [sent]
        before, name = self._one(account, sid), row.get("name") if isinstance(row, Mapping) else None
        if not isinstance(name, str) or len(name) < _SHORTEST_NAME:
            raise RefusalError(400, "name is missing or too short.", "Send a name.")
        if name != before.name and (name in people.DEMO_LISTS or self._lists.named(account, name)):
            raise RefusalError(409, "A list of this name exists.", "Names of lists are unique.")
        self._lists.rename(account, sid, name, text_or_none(row.get("tag", before.tag)))
        return success("PUT", 200, [_list_item(account, self._one(account, sid))])

    def delete(self, account: str, sid: str) -> Answer:
        """Answers DELETE of a list: a campaign that names it and has not begun calls nobody of it."""
        gone = self._one(account, sid)
        self._lists.delete(account, sid)
        return success("DELETE", 200, [_list_item(account, gone)])

    # contacts

    def create_contacts(self, account: str, body: Json) -> Answer:
        """Answers POST of contacts: an item for each, in the order sent or another."""
        number = self._lists.last_contact()
        new: list[Contact] = []
        first: dict[str, Contact] = {}
        items: list[AnswerItem] = []
        for row in _rows(body, "contacts", LARGEST_BATCH):
            made = _sid("contact", account, str(number + len(new) + 1))
            items.append(self._added(account, row, made, first))
            if data_of(items[-1]).get("sid") == made:
                new.append(first[made])
        self._lists.add_contacts(account, new)
        return success("POST", 207, items[::-1] if self._switches.contact_order == "reversed" else items)

    def _added(self, account: str, row: Sent, sid: str, new: dict[str, Contact]) -> AnswerItem:
        """Adds one contact; `new` are those that this request makes, by number and by SID."""
        phone = compared(str(row.get("number", "")))
        if phone is None or phone.endswith(self._switches.refused_numbers or "no"):
            return failed_item(400, "number is not valid.", "Send numbers in E.164.")
        known = next((it for it in (new.get(phone), self._lists.known(account, phone)) if it), None)
        data = {name: row.get(name) for name in _FIELDS if row.get(name) is not None} | {
            "number": row["number"]
        }
        if known is None or self._switches.known_contact == "another":
            made = new[sid] = Contact(sid, phone, data)
            new.setdefault(phone, made)
            return self._contact_item(account, made)
        return self._known(account, known, data)

    def _known(self, account: str, known: Contact, data: Sent) -> AnswerItem:
        """Returns what an account says of somebody whom it has already."""
        if self._switches.known_contact == "same":
            return self._contact_item(account, Contact(known.sid, known.phone, {**known.data, **data}))
        failed = failed_item(409, "The contact exists.", "Numbers of contacts are unique.")
        if self._switches.known_contact == "conflict-shown":
            failed["data"] = self._contact_item(account, known)["data"]
        return failed

    def _contact_item(self, account: str, contact: Contact) -> AnswerItem:
        number = contact.data["number"]
        if self._switches.contact_spelling == "national" and contact.phone.startswith("+91"):
            number = f"0{contact.phone[3:]}"
        data = {
            "sid": contact.sid,
            "account_sid": account,
            **dict.fromkeys(_FIELDS),
            **contact.data,
            "number": number,
        }
        return item_of(data)

    # members

    def fill(self, account: str, sid: str, body: Json) -> Answer:
        """Answers POST of contacts into a list, which holds each once, or as often as it was added."""
        found = self._lists.find(account, sid)
        if found is None or found.deleted:
            raise RefusalError(404, f"There is no list {sid}.", "Make it first.")
        inside = self._lists.member_sids(account, sid)
        added: list[str] = []
        items: list[AnswerItem] = []
        for row in _rows(body, "contact_references", LARGEST_BATCH):
            item = self._entered(account, str(row.get("contact_sid")), inside, len(inside) + len(added))
            items.append(item)
            contact = text_or_none(data_of(item).get("contact_sid"))
            if contact is not None and (contact not in inside or self._switches.list_members == "bag"):
                added.append(contact)
                inside.add(contact)
        self._lists.add_members(account, sid, self._shown(added))
        return success("POST", 207, items)

    def _entered(self, account: str, contact_sid: str, inside: set[str], count: int) -> AnswerItem:
        contact = self._lists.contact(account, contact_sid)
        if contact is None:
            return failed_item(404, "There is no such contact.", "Create it first.")
        if contact.phone.endswith(self._switches.refused_members or "no") or count >= 2 * LARGEST_LIST:
            return failed_item(400, "The contact could not be added.", "Try again later.")
        if contact_sid in inside and self._switches.list_members == "once":
            return failed_item(409, "The contact is in the list.", "A contact is in a list once.")
        data = {"contact_sid": contact_sid, "status": "active"}
        return item_of(data)

    def _shown(self, added: Sequence[str]) -> list[tuple[str, float]]:
        """Returns when each contact shows in the list: all after the lag, or one after the other until then."""
        now, lag = self._now(), self._switches.contacts_lag_seconds
        part = 1 / max(len(added), 1) if self._switches.contacts_lag == "growing" else 0.0
        return [(sid, now + lag * (part * (place + 1) if part else 1)) for place, sid in enumerate(added)]

    def contacts(self, account: str, sid: str, query: Mapping[str, str]) -> Answer:
        """Answers GET of the people of a list."""
        if self._switches.contact_count == "refused":
            raise RefusalError(403, "Contacts are not shown.", "Ask for access.")
        page = read_page(query, _LARGEST_PAGE)
        items, total = self._members(account, sid, page)
        return success("GET", 200, items, self._counted(page, len(items), total))

    def _members(self, account: str, sid: str, page: PageRequest) -> tuple[list[AnswerItem], int]:
        found = self._lists.find(account, sid)
        if found is not None and found.deleted:
            raise RefusalError(404, f"There is no list {sid}.", "Check the SID.")
        item = partial(self._contact_item, account)
        if found is None or found.made_up:
            everybody = people.contacts(sid)
            part = everybody[page.offset : page.offset + page.limit]
            return [item(_made_up(account, phone)) for phone in part], len(everybody)
        now = self._now()
        shown = self._lists.members(account, sid, now, page.offset, page.limit)
        return [item(contact) for contact in shown], self._lists.count_members(account, sid, now)

    def _counted(self, page: PageRequest, count: int, total: int) -> dict[str, int]:
        """Returns what `total` claims, where it may be trusted and where not."""
        claimed = {"short": max(total - 1, 0), "page": count}.get(self._switches.contact_count, total)
        metadata = page.metadata(count, claimed)
        if self._switches.contact_count == "missing":
            del metadata["total"]
        return metadata

    # who is called

    def numbers(self, account: str, begun: bool) -> Callable[[str], list[str]]:
        """Returns whom a list calls; nobody where it was deleted before the campaign had `begun`."""

        def of(sid: str) -> list[str]:
            found = self._lists.find(account, sid)
            if found is None or found.made_up:
                return people.contacts(sid)
            return [] if found.deleted and not begun else self._lists.numbers(account, sid)

        return of

    def seed(
        self, account: str, rows: Sequence[Sent], moment: Callable[[str | None, float], float]
    ) -> list[str]:
        """Puts lists there as they are: `sid`, `name`, `date_created`, and `numbers` where they are not made up."""
        count, sids = len(self._lists.all(account)), []
        for place, row in enumerate(rows, count + 1):
            name = str(row.get("name", f"seeded-{place}"))
            sid = str(row.get("sid") or people.list_sid(account, f"{name} {place}"))
            created = moment(text_or_none(row.get("date_created")), self._now())
            self._lists.add(account, [StoredList(sid, name, created, made_up="numbers" not in row)])
            numbers = row.get("numbers")
            self._seed_members(account, sid, numbers if isinstance(numbers, list | tuple) else ())
            sids.append(sid)
        return sids

    def _seed_members(self, account: str, sid: str, numbers: Sequence[str]) -> None:
        count, made = self._lists.last_contact(), []
        for place, number in enumerate(numbers, count + 1):
            phone = compared(number) or number
            made.append(Contact(_sid("contact", account, str(place)), phone, {"number": number}))
        self._lists.add_contacts(account, made)
        self._lists.add_members(account, sid, [(contact.sid, 0.0) for contact in made])


def compared(number: str) -> str | None:
    """Returns a number as the account compares it: an Indian one without its country begins with +91; None for no
    number.
    """
    plain = re.sub(r"[\s().-]", "", number)
    if re.fullmatch(r"0?[1-9]\d{9}", plain, re.ASCII):
        return f"+91{plain[-10:]}"
    return f"+{plain.lstrip('+')}" if re.fullmatch(r"\+?[1-9]\d{7,14}", plain, re.ASCII) else None


def _sid(what: str, account: str, text: str) -> str:
    return hashlib.sha256(f"{what} {account}/made {text}".encode()).hexdigest()[:32]


def _made_up(account: str, phone: str) -> Contact:
    return Contact(_sid("contact", account, phone), phone, {"number": phone})


def _rows(body: Json, key: str, most: int) -> list[Sent]:
    rows = body.get(key) if isinstance(body, Mapping) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise RefusalError(400, f"{key} is missing.", f"Send an array of objects under {key}.")
    if len(rows) > most:
        raise RefusalError(400, f"{key} has {len(rows)} items.", f"Send {most} at most.")
    return rows


def _matches(name: str, term: str, how: str) -> bool:
    """Tells whether a list's name matches a search, which works as for names of campaigns."""
    if how == "case":
        return term in name
    if how == "whole":
        return not term or name.casefold() == term.casefold()
    if how == "odd" and not all(sign.isalnum() or sign == "-" for sign in term):
        return False
    if how == "like":
        wild = re.escape(term.casefold()).replace("%", ".*").replace("_", ".")
        return re.search(wild, name.casefold()) is not None
    return term.casefold() in name.casefold()


def _sorted(lists: list[StoredList], sort_by: str) -> list[StoredList]:
    """Sorts lists; without `sort_by` in the order in which they came."""
    key, _, way = sort_by.lower().partition(":")
    if not key:
        return lists
    if key not in ("name", "date_created") or way not in ("", "asc", "desc"):
        raise RefusalError(
            400, f"sort_by is {sort_by!r}.", "sort_by takes name or date_created, :asc or :desc."
        )
    found = sorted(lists, key=lambda it: it.name if key == "name" else it.created)
    return found[::-1] if way == "desc" else found


def _list_item(account: str, found: StoredList) -> AnswerItem:
    data = {
        "sid": found.sid,
        "account_sid": account,
        "name": found.name,
        "tag": found.tag,
        "type": "static",
        "date_created": stamped(found.created),
        "date_updated": stamped(found.created),
    }
    return item_of(data)
