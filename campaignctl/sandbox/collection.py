"""Describes the API's three collections of campaigns, one row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from campaignctl.kinds import KINDS, SMS, VOICE
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Kind


@dataclass(frozen=True)
class Collection:
    """Says how one collection speaks.

    `wrapper` is the key that a wrapped body has; `single` whether get and update answer a single item instead of an
    array; `list_code` the status of a good list; `orders` maps what `sort_by` may name to a column, the first being
    the default, with `default_descending`; `channel` what a list must say in `channel`, empty where nothing. A SID has
    `sid_digits` hexadecimal digits: 36 for voice as in [000]. `joins_name` stands between account and time in a name
    that is made up: an underscore in [000], a blank in [001].
    """

    name: str
    kind: Kind
    sid_key: str
    sid_digits: int
    joins_name: str
    wrapper: str
    details: str
    largest_page: int
    single: bool
    list_code: int
    orders: Mapping[str, str]
    default_descending: bool
    shortest_search: int
    channel: str
    words: Mapping[Status, str]


_VOICE_WORDS: Mapping[Status, str] = MappingProxyType(
    {
        Status.CREATED: "Created",
        Status.IN_PROGRESS: "InProgress",
        Status.PAUSED: "Paused",
        Status.COMPLETED: "Completed",
        Status.ARCHIVED: "Archived",
        Status.FAILED: "Failed",
        Status.CANCELED: "Canceled",
        Status.DELETED: "Deleted",
    }
)
_SMS_WORDS: Mapping[Status, str] = MappingProxyType(
    {**{status: status.value for status in _VOICE_WORDS}, Status.CREATED: "scheduled"}
)


@dataclass(frozen=True)
class Dialling:
    """Says what becomes of a kind's recipients.

    `counters` are those of a campaign, the first of whom nobody has tried; `reached` is the one of those who were.
    `outcomes`: of 100 tries, how many end how, added up.
    """

    counters: Sequence[str]
    reached: str
    outcomes: Sequence[tuple[int, str]]


DIALLING: Mapping[str, Dialling] = MappingProxyType(
    {
        VOICE.name: Dialling(
            counters=(
                *("created", "in-progress", "retry", "retrying", "failed", "failed-dnd", "invalid", "paused"),
                *("failed-no-attempt", "completed"),
            ),
            reached="completed",
            outcomes=(
                (72, "completed"),
                (82, "no-answer"),
                (92, "busy"),
                (97, "failed"),
                (99, "failed-dnd"),
                (100, "invalid"),
            ),
        ),
        SMS.name: Dialling(
            counters=(
                *("scheduled", "submitted", "failed", "failed-dnd", "invalid", "failed-no-attempt", "sent"),
                *("failed-expired", "failed-no-balance"),
            ),
            reached="sent",
            outcomes=(
                (94, "sent"),
                (96, "failed"),
                (98, "failed-dnd"),
                (99, "failed-expired"),
                (100, "invalid"),
            ),
        ),
    }
)
if strange := KINDS.keys() ^ DIALLING.keys():
    raise ValueError(f"{', '.join(sorted(strange))}: what becomes of the recipients of a kind is one row")


def _sms(name: str, details: str, channel: str) -> Collection:
    return Collection(
        name=name,
        kind=SMS,
        sid_key="sid",
        sid_digits=32,
        joins_name=" ",
        wrapper="smscampaigns",
        details=details,
        largest_page=50,
        single=True,
        list_code=200,
        orders={"schedule.start_time": "begins", "name": "name", "date_created": "created"},
        default_descending=True,
        shortest_search=3,
        channel=channel,
        words=_SMS_WORDS,
    )


COLLECTIONS: Mapping[str, Collection] = MappingProxyType(
    {
        row.name: row
        for row in (
            Collection(
                name="campaigns",
                kind=VOICE,
                sid_key="id",
                sid_digits=36,
                joins_name="_",
                wrapper="campaigns",
                details="call-details",
                largest_page=500,
                single=False,
                list_code=207,
                orders={"date_created": "created", "name": "name"},
                default_descending=False,
                shortest_search=0,
                channel="",
                words=_VOICE_WORDS,
            ),
            _sms("message-campaigns", "message-details", channel="SMS"),
            _sms("sms-campaigns", "sms-details", channel=""),
        )
    }
)
if unserved := KINDS.keys() ^ {row.kind.name for row in COLLECTIONS.values()}:
    raise ValueError(f"{', '.join(sorted(unserved))}: a kind of campaign needs a collection in the sandbox")
