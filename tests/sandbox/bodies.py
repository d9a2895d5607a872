"""What the tests send, and how they read what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

VOICE = {
    "name": "diwali-reminder",
    "caller_id": "03349360005",
    "from": ["+919876543210", "+919876543211", "+919876543212"],
    "url": "http://my.exotel.com/acme1/exoml/start_voice/926",
    "flow_type": "ivr",
    "retries": {
        "number_of_retries": 2,
        "interval_mins": 15,
        "mechanism": "Linear",
        "on_status": ["busy", "no-answer"],
    },
    "schedule": {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"},
    "call_status_callback": "https://hooks.example.com/call",
    "status_callback": "https://hooks.example.com/campaign",
}
SMS = {
    "name": "diwali-offer",
    "content_type": "static",
    "lists": ["9120d5962d214316b7721de55bb82e03"],
    "channel": "SMS",
    "schedule": {"start_time": "2027-01-15T09:00:00+05:30", "end_time": "2027-01-15T18:00:00+05:30"},
    "dlt_entity_id": "0101428740000012125",
    "dlt_template_id": "1107160086562376233",
    "sender_id": "EXOTEL",
    "sms_type": "transactional",
    "template": "Hi @@First_name, your account is activated",
}


def voice(**fields: Any) -> dict[str, Any]:
    """A voice campaign with other fields; `...` leaves one out."""
    return {key: value for key, value in {**VOICE, **fields}.items() if value is not ...}


def sms(**fields: Any) -> dict[str, Any]:
    """The same for SMS."""
    return {key: value for key, value in {**SMS, **fields}.items() if value is not ...}


def item_of(answer: httpx.Response) -> dict[str, Any]:
    """The only item of an answer."""
    response = answer.json()["response"]
    return response[0] if isinstance(response, list) else response


def data_of(answer: httpx.Response) -> dict[str, Any]:
    """What its only item holds. Fails when it was refused."""
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = item_of(answer)["data"]
    return data


@dataclass(frozen=True)
class Account:
    """Requests to `acme1`."""

    client: httpx.Client
    base: str = "/v2/accounts/acme1"

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(f"{self.base}/{path}", params=query)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.client.post(f"{self.base}/{path}", json=body)

    def put(self, path: str, body: Any) -> httpx.Response:
        return self.client.put(f"{self.base}/{path}", json=body)

    def call(self, **fields: Any) -> str:
        """Creates a voice campaign and returns its id."""
        return data_of(self.post("campaigns", {"campaigns": [voice(**fields)]}))["id"]

    def text(self, **fields: Any) -> str:
        """Creates an SMS campaign and returns its SID."""
        return data_of(self.post("message-campaigns", sms(**fields)))["sid"]

    def act(self, path: str, action: str) -> httpx.Response:
        """pause, resume, complete, archive."""
        return self.put(path, {"action": action})

    def show(self, path: str) -> dict[str, Any]:
        """One campaign."""
        return data_of(self.get(path))
