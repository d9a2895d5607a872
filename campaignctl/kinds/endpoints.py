"""Says where the API serves each kind of campaign and how it speaks there: a row for each kind, in it a row for
each collection.

Facts are as the documents [000] to [004] give them (seen 2026-11). What is sent, asked for and put in order follows
from the rows, and so do the settings of an environment that choose between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from campaignctl.kinds import KINDS, SMS, VOICE
from campaignctl.kinds.rows import Row
from campaignctl.kinds.table import Kind

CREATE_FORMS: Final = ("wrapped", "bare")
"""How the body of a create may be."""


class ListedBy(Enum):
    """Names the moment by which a collection orders its campaigns."""

    CREATED = "created"
    START = "start"


class Endpoint(Row):
    """Describes one collection; `details` is the path of its per-recipient results. A page has `page_limit` items
    at most.

    The sorts are words of the API: `scan_sort` is by what moves least, `latest_sort` begins with the latest, where
    empty is the default order, and `newest_sort` says the same in words, which an account may not know. `listed_by`
    is what these sort by, `details_sort` that of the results, oldest first. `create_key` wraps the body of a
    create, `update_key` that of a PUT, None for a bare one; `in_array` puts what is wrapped into an array; in a
    bare create people's numbers are one text with commas where `numbers_as_text`. `list_params` go with every list.
    `sid_keys` are where an answer may have the SID, the likeliest first.
    """

    collection: str
    kind: Kind
    details: str
    page_limit: int
    sid_keys: tuple[str, ...]
    scan_sort: str = ""
    latest_sort: str = ""
    newest_sort: str = ""
    listed_by: ListedBy = ListedBy.CREATED
    details_sort: str = ""
    create_key: str = ""
    update_key: str | None = None
    in_array: bool = False
    numbers_as_text: bool = False
    list_params: Mapping[str, str] = {}


class Service(Row):
    """Says how a kind is served: by its first endpoint, unless the environment's setting `chosen_by` names another.

    `create_form` is how a create is wrapped unless the environment says otherwise.
    """

    kind: Kind
    create_form: str
    endpoints: tuple[Endpoint, ...]
    chosen_by: str | None = None

    def _check(self) -> None:
        """Refuses a row that contradicts itself, so that it never gets as far as an account."""
        if self.create_form not in CREATE_FORMS:
            raise ValueError(f"{self.kind.name}: {self.create_form} is no form of a body")
        if (self.chosen_by is None) != (len(self.endpoints) == 1) or len(self.endpoints) > 2:
            raise ValueError(f"{self.kind.name}: a setting chooses between two endpoints, and one needs none")
        if any(endpoint.kind is not self.kind for endpoint in self.endpoints):
            raise ValueError(f"{self.kind.name}: an endpoint is of another kind")
        if len({(it.page_limit, it.listed_by) for it in self.endpoints}) != 1:
            raise ValueError(f"{self.kind.name}: one page of the newest means the same on both endpoints")

    @property
    def default(self) -> Endpoint:
        """Returns the endpoint that is used where nothing chooses another."""
        return self.endpoints[0]

    def other(self, collection: str) -> Endpoint | None:
        """Returns the endpoint beside the one in use; None where the kind has one alone."""
        return next((it for it in self.endpoints if it.collection != collection), None)


def _sms(collection: str, details: str, list_params: Mapping[str, str]) -> Endpoint:
    return Endpoint(
        collection,
        SMS,
        details,
        page_limit=50,
        sid_keys=("sid", "id"),
        scan_sort="schedule.start_time:asc",
        newest_sort="schedule.start_time:desc",
        listed_by=ListedBy.START,
        details_sort="schedule_time:asc",
        create_key="smscampaigns",
        list_params=list_params,
    )


_ROWS: Final = (
    Service(
        VOICE,
        create_form="wrapped",
        endpoints=(
            Endpoint(
                "campaigns",
                VOICE,
                "call-details",
                page_limit=500,
                sid_keys=("id", "sid"),
                scan_sort="date_created:asc",
                latest_sort="date_created:desc",
                newest_sort="date_created:desc",
                create_key="campaigns",
                update_key="campaigns",
                in_array=True,
                numbers_as_text=True,
            ),
        ),
    ),
    Service(
        SMS,
        create_form="bare",
        endpoints=(
            _sms("message-campaigns", "message-details", {"channel": "SMS"}),
            _sms("sms-campaigns", "sms-details", {}),
        ),
        chosen_by="sms_api",
    ),
)

SERVICES: Mapping[str, Service] = MappingProxyType({row.kind.name: row for row in _ROWS})
ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType(
    {endpoint.collection: endpoint for row in _ROWS for endpoint in row.endpoints}
)

CONTACT_LISTS: Final = Endpoint(
    "lists",
    VOICE,
    details="contacts",
    page_limit=50,
    sid_keys=("sid", "id"),
    create_key="lists",
    in_array=True,
)
"""The contact lists, which serve both kinds. How long a page may be is unknown (2026-11): as short as the shortest."""
CONTACTS: Final = Endpoint(
    "contacts", VOICE, details="", page_limit=20, sid_keys=("sid", "id"), create_key="contacts", in_array=True
)
"""The people whom an account knows. Their pages, and those of a list's contacts, are of 20."""
LIST_BATCH: Final = 5_000
"""Contacts in one request at most, when they are made and when they are put into a list."""

if unserved := KINDS.keys() ^ SERVICES.keys():
    raise ValueError(f"{', '.join(sorted(unserved))}: a kind of campaign needs one row of endpoints")
if len(ENDPOINTS) != sum(len(row.endpoints) for row in _ROWS):
    raise ValueError("two kinds of campaign share a collection")
