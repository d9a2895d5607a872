"""An account made of lists, for the paging and look-ups that a test wants to disturb."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from api_bench import Bench
from scripted_server import Answer, Request, envelope, item

from campaignctl.api.client import Client
from campaignctl.api.encoding import ALIVE_WORDS, FINISHED_WORDS
from campaignctl.api.refresh import fetch
from campaignctl.kinds.lifecycle import read_status
from campaignctl.model.campaigns import Desired, Snapshot

FAILED = None
"""Stands in a list for an item that fails."""


class ListedAccount:
    """Answers lists, searches and gets; what it lists stands in ascending order.

    `before_page` may change `lists` before a page is cut.
    """

    def __init__(self, **lists: list[Any]) -> None:
        self.lists = {name.replace("_", "-"): campaigns for name, campaigns in lists.items()}
        self.unlisted: list[Any] = []
        self.filter = "any"  # any | lower | ignore | none | refuse | forgetful | swapped
        self.refuses_search = False
        self.search = "parts"  # parts | whole | beginnings | nothing
        self.refused_order = ""
        self.largest_page: int | None = None
        self.total: Callable[[int], int | None] = lambda total: total
        self.before_page: Callable[[Request], None] = lambda _request: None
        self.queries: list[str] = []
        self.absent: dict[str, int] = {}

    def __call__(self, request: Request) -> Answer:
        collection, *sid = request.path.split("/")[4:]
        self.queries.append(f"{collection}/{sid[0]}" if sid else _told(collection, request.query))
        if collection in self.absent:
            return _refused(self.absent[collection])
        if sid:
            return self._get(collection, sid[0])
        return self._list(collection, request)

    def asked(self, collection: str) -> list[str]:
        """The queries of one list, and of its campaigns."""
        return [query for query in self.queries if re.match(rf"{collection}[?/]", query)]

    def _get(self, collection: str, sid: str) -> Answer:
        for campaign in (*self.lists.get(collection, []), *self.unlisted):
            if campaign is not FAILED and sid in (campaign.get("id"), campaign.get("sid")):
                return Answer(body=envelope(item(campaign)))
        return _refused(404)

    def _list(self, collection: str, request: Request) -> Answer:
        self.before_page(request)
        query, found = request.query, list(self.lists.get(collection, []))
        if "status" in query:
            if self.filter == "refuse":
                return _refused(400)
            found = self._filtered(found, query["status"])
        if "name" in query:
            if self.refuses_search:
                return _refused(400)
            found = [one for one in found if one is FAILED or self._is_found(query["name"], one["name"])]
        order = query.get("sort_by", "")
        if order and order == self.refused_order:
            return _refused(400)
        if order.endswith(":desc"):
            found.reverse()
        offset, limit = int(query["offset"]), int(query["limit"])
        page = found[offset : offset + min(limit, self.largest_page or limit)]
        items = [item(None, 500, {"message": "broken"}) if one is FAILED else item(one) for one in page]
        return Answer(207, envelope(*items, total=self.total(len(found)), offset=offset, limit=limit))

    def _is_found(self, text: str, name: str) -> bool:
        text, name = text.lower(), name.lower()
        if self.search == "whole":
            return text == name
        if self.search == "beginnings":
            return name.startswith(text)
        return self.search == "parts" and text in name

    def _filtered(self, found: list[Any], words: str) -> list[Any]:
        if self.filter == "ignore":
            return found
        if self.filter == "none":
            return []
        if self.filter == "forgetful":  # takes what is alive for finished
            return [] if "paused" in words else found
        if self.filter == "lower":
            return [one for one in found if one is not FAILED and one["status"] in words.lower().split(",")]
        if self.filter == "swapped":
            words = FINISHED_WORDS if "paused" in words else ALIVE_WORDS
        wanted = {read_status(word) for word in words.split(",")}
        return [one for one in found if one is not FAILED and read_status(one["status"]) in wanted]


def _told(collection: str, query: dict[str, str]) -> str:
    """A list in short, for tests to compare."""
    alive = "alive" if "paused" in query.get("status", "") else "finished"
    parts = [f"name={query['name']}"] if "name" in query else []
    parts += [alive] if "status" in query else []
    return f"{collection}?{'&'.join([*parts, query['offset'] + '+' + query['limit']])}"


def _refused(status: int) -> Answer:
    return Answer(status, envelope(item(None, status, {"code": 1, "message": "no"})))


def voices(count: int, status: str = "Completed", first: int = 0) -> list[dict[str, Any]]:
    """Voice campaigns `old-0000`, `old-0001` …, oldest first."""
    return [
        {"id": f"v{number:05}", "name": f"old-{number:05}", "status": status}
        for number in range(first, first + count)
    ]


def messages(count: int, status: str = "completed") -> list[dict[str, Any]]:
    """SMS campaigns, the same."""
    return [
        {"sid": f"s{number:05}", "name": f"text-{number:05}", "status": status} for number in range(count)
    ]


def offsets(queries: list[str]) -> list[int]:
    """Where the pages began."""
    return [int(found[1]) for query in queries if (found := re.search(r"(\d+)\+\d+$", query))]


def account_of(bench: Bench, **lists: list[Any]) -> tuple[Client, ListedAccount]:
    account = ListedAccount(**lists)
    client, _ = bench.client(account)
    return client, account


def read(client: Client, *manifests: Desired, refresh: str = "auto") -> Snapshot:
    return fetch(client, manifests, refresh=refresh)
