"""Answers as the API does: envelopes, items, spellings, as [000] to [004] show them."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

from campaignctl.kinds import KINDS, SMS, VOICE
from campaignctl.kinds.lifecycle import ENDED, Status
from campaignctl.sandbox.campaign import Campaign
from campaignctl.sandbox.clock import stamped
from campaignctl.sandbox.collection import DIALLING, Collection
from campaignctl.sandbox.shapes import AnswerBody, AnswerItem, Body, Data, ErrorData, RefusalError, item_of
from campaignctl.tuples import NamedTuple

_REPORTS = "https://exotelreports.s3.ap-southeast-1.amazonaws.com"
_COST_OF_ONE = 0.17
_ERROR_CODES: Mapping[int, int] = {
    400: 1001,
    401: 1010,
    404: 1012,
    405: 1013,
    409: 1021,
    413: 1030,
    429: 1429,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Holds what is sent back. `body` is JSON, a page of HTML as a string, or None for an answer without one."""

    status: int
    body: Body
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """Returns the body's bytes."""
        if isinstance(self.body, str):
            return self.body.encode()
        return b"" if self.body is None else json.dumps(self.body).encode()

    @property
    def content_type(self) -> str:
        """Returns the content type of the body."""
        return "text/html" if isinstance(self.body, str) else "application/json"

    @property
    def envelope(self) -> AnswerBody:
        """Returns the body where it is JSON, and an empty one elsewhere."""
        return {} if self.body is None or isinstance(self.body, str) else self.body

    def each_item(self, change: Callable[[AnswerItem], AnswerItem]) -> Answer:
        """Returns the same with another item in the place of each."""
        response = self.envelope.get("response")
        changed = [change(it) for it in response] if isinstance(response, list) else response
        if changed and not isinstance(changed, list):
            changed = change(cast(AnswerItem, changed))
        return self.with_response(changed)

    def with_response(
        self, response: list[AnswerItem] | AnswerItem | Data | None, **others: object
    ) -> Answer:
        """Returns the same with another response, and maybe with other metadata."""
        return replace(self, body=cast(AnswerBody, {**self.envelope, **others, "response": response}))

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """Returns the same with more headers."""
        return replace(self, headers={**self.headers, **headers})


def success(
    method: str, status: int, response: AnswerItem | list[AnswerItem], page: Mapping[str, int] | None = None
) -> Answer:
    """Makes a good answer. `page` is a list's metadata."""
    body: AnswerBody = {"request_id": uuid.uuid4().hex, "method": method, "http_code": status}
    if page is not None:
        body["metadata"] = dict(page)
    return Answer(status, {**body, "response": response})


def refused(method: str, refusal: RefusalError) -> Answer:
    """Makes an error in the documented envelope."""
    body: AnswerBody = {
        "request_id": uuid.uuid4().hex,
        "method": method,
        "http_code": refusal.status,
        "response": [failed_item(refusal.status, refusal.message, refusal.description)],
    }
    headers = {"WWW-Authenticate": 'Basic realm="Exotel"'} if refusal.status == 401 else {}
    return Answer(refusal.status, body, headers)


def failed_item(status: int, message: str, description: str) -> AnswerItem:
    """Makes one item that failed, alone or inside a 207."""
    error: ErrorData = {
        "code": _ERROR_CODES.get(status, 1000),
        "message": message,
        "description": description,
    }
    return {"code": status, "error_data": error, "status": "failure", "data": None}


def campaign_item(collection: Collection, campaign: Campaign, request: str) -> AnswerItem:
    """Makes one campaign in the answer to `create`, `update`, `action`, `get` or `list`."""
    return _SHAPES[collection.kind.name].item(collection, campaign, request)


def _voice_item(collection: Collection, campaign: Campaign, request: str) -> AnswerItem:
    return {**item_of(_voice_data(collection, campaign, request)), "summary": _summary(campaign, request)}


def _sms_item(collection: Collection, campaign: Campaign, request: str) -> AnswerItem:
    """Makes an SMS campaign's item; `error_data` is in the answer to a create alone."""
    item = item_of(_sms_data(collection, campaign, request))
    if request != "create":
        del item["error_data"]
    return item


def _word(collection: Collection, campaign: Campaign) -> str:
    return collection.words.get(campaign.state, campaign.status)


def _own(collection: Collection, campaign: Campaign) -> Data:
    return {
        collection.sid_key: campaign.sid,
        "account_sid": campaign.account,
        "date_created": stamped(campaign.created),
        "date_updated": stamped(campaign.updated),
        "status": _word(collection, campaign),
    }


def _voice_data(collection: Collection, campaign: Campaign, request: str) -> Data:
    defaults = {"type": "trans", "campaign_type": "static", "schedule": None, "call_duplicate_numbers": False}
    data = {**defaults, **campaign.spec, **_own(collection, campaign)}
    for name in ("call_duplicate_numbers", "type", "campaign_type"):
        data[name] = defaults[name] if data[name] is None else data[name]
    data["uri"] = f"/v2/accounts/{campaign.account}/campaigns/{campaign.sid}"
    if campaign.state in ENDED:
        data["report_url"] = f"{_REPORTS}/campaign-report/{campaign.sid}.csv"
    data["call_status_callback_params"] = None
    data["stats"] = _created_stats(campaign) if request == "create" else dict(campaign.stats)
    return data


def _created_stats(campaign: Campaign) -> dict[str, int]:
    """Returns the four counters that [004]'s create answer shows."""
    count = campaign.stats.get("created", 0)
    return {"created": count, "completed": 0, "failed": 0, "pending": count}


def _summary(campaign: Campaign, request: str) -> Data:
    stats = campaign.stats
    begun = campaign.state not in (Status.CREATED, Status.PAUSED) or stats.get("completed", 0) > 0
    failed = sum(stats.get(key, 0) for key in ("failed", "failed-dnd", "invalid", "failed-no-attempt"))
    completed = stats.get("completed", 0)
    fraction = "" if request == "list" else ".625541789"
    created = stamped(campaign.created)
    return {
        "campaign_sid": campaign.sid,
        "call_scheduled": sum(stats.values()) if begun else 0,
        "call_initialized": completed + failed + stats.get("retry", 0),
        "call_completed": completed,
        "call_failed": failed,
        "call_inprogress": stats.get("in-progress", 0),
        "DateCreated": created[:19] + fraction + created[19:],
    }


def _sms_data(collection: Collection, campaign: Campaign, request: str) -> Data:
    spec: Data = dict(campaign.spec)
    done = campaign.state in ENDED
    entity = spec.pop("dlt_entity_id", None)
    schedule = campaign.spec.get("schedule")
    if request == "create" and schedule is not None:
        spec["schedule"] = {("expiry_time" if key == "end_time" else key): at for key, at in schedule.items()}
    data = {
        "schedule": None,
        "status_callback": None,
        "sms_status_callback": None,
        **spec,
        "dlt_entitiy_id": entity,
        **_own(collection, campaign),
        "report_url": f"{_REPORTS}/sms-campaign-report/{campaign.sid}.csv" if done else None,
    }
    if request == "list":
        data["state"] = "list-completed" if done else "prepared"
    if request != "create":
        data["estimated_cost"] = round(_COST_OF_ONE * sum(campaign.stats.values()), 2)
        data["stats"] = dict(campaign.stats)
    return data


def detail_rows(
    collection: Collection,
    campaign: Campaign,
    numbers: Sequence[str],
    results: Mapping[int, tuple[str, float]],
) -> list[Data]:
    """Makes a row for each of its `numbers`: `results` maps its place to outcome and time of the last try."""
    row, first = _SHAPES[collection.kind.name].row, DIALLING[collection.kind.name].counters[0]
    rows = []
    for place, number in enumerate(numbers):
        word, at = results.get(place, (first, campaign.begins))
        sid = hashlib.sha256(f"{campaign.sid}/{place}".encode()).hexdigest()[:32]
        rows.append(row(campaign, number, word, stamped(at)) | {"sid": sid})
    return rows


def _call_row(campaign: Campaign, number: str, word: str, at: str) -> Data:
    """Makes the columns that the public description of call-details names."""
    return {
        "number": number,
        "name": None,
        "status": word,
        "detailed_status": word.upper().replace("-", "_"),
        "date_created": at,
        "start_time": at,
        "duration": 30 if word == "completed" else 0,
        "digits": None,
        "recording_url": None,
        "caller_id": campaign.spec.get("caller_id"),
        "direction": "outbound-api",
    }


_DELIVERY: Mapping[str, str] = {
    "sent": "DELIVERED_TO_OPERATOR",
    "failed": "FAILED_SPAM_DETECTED",
    "failed-dnd": "FAILED_REJECTED_DND",
    "invalid": "FAILED_INVALID_DESTINATION_NUMBER",
    "failed-expired": "FAILED_EXPIRED",
    "failed-no-attempt": "FAILED_NO_ATTEMPT",
    "scheduled": "PENDING",
}


def _message_row(campaign: Campaign, number: str, word: str, at: str) -> Data:
    return {
        "number": number,
        "name": None,
        "body": campaign.spec.get("template"),
        "status": word.replace("-", "_"),
        "detailed_status": _DELIVERY.get(word, word.upper().replace("-", "_")),
        "schedule_time": at,
        "sender_id": campaign.spec.get("sender_id"),
        "direction": "outgoing-api",
    }


class _Shape(NamedTuple):
    """Says how a kind is answered: one campaign, and one row of its details."""

    item: Callable[[Collection, Campaign, str], AnswerItem]
    row: Callable[[Campaign, str, str, str], Data]


_SHAPES: Final = {
    VOICE.name: _Shape(_voice_item, _call_row),
    SMS.name: _Shape(_sms_item, _message_row),
}
if strange := KINDS.keys() ^ _SHAPES.keys():
    raise ValueError(f"{', '.join(sorted(strange))}: how a kind is answered is one row")
