"""Gives for each rule settings that turn it on, and a manifest that breaks it; the reference shows both.

All else is well with the manifests, and their dates lie where they never pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Example:
    """Holds one example.

    `settings` is as under `policy` in the project file, `manifest` a complete file; `country` is the environment's,
    `besides` what else the project file needs, `environments` which others it has. `empty` are lists of
    the account that hold nobody.
    """

    settings: str
    manifest: str
    country: str | None = None
    besides: str = ""
    empty: tuple[str, ...] = ()
    environments: str = ""


def _voice(
    name: str,
    *,
    numbers: str = '["+919876543210", "+919876543211"]',
    caller_id: str = "03349360005",
    start: str = "2030-01-15T09:00:00+05:30",
    end: str = "2030-01-15T18:00:00+05:30",
    more: str = "",
    labels: str = "",
) -> str:
    labelled = f"\n  labels: {labels}" if labels else ""
    return f"""\
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata:
  name: {name}{labelled}
spec:
  caller_id: "{caller_id}"
  from: {numbers}
  url: http://my.exotel.com/acme1/exoml/start_voice/926
{more}  schedule: {{send_at: "{start}", end_at: "{end}"}}
"""


_LIST = "9120d5962d214316b7721de55bb82e03"


def _sms(name: str, sender_id: str, template: str = "Your order is on its way.") -> str:
    return f"""\
apiVersion: campaignctl/v1
kind: SmsCampaign
metadata:
  name: {name}
spec:
  content_type: static
  lists: [{_LIST}]
  dlt_entity_id: "0101428740000012125"
  dlt_template_id: "1107160086562376233"
  sender_id: {sender_id}
  sms_type: transactional
  template: "{template}"
  schedule: {{start_time: "2030-01-15T10:00:00+05:30", end_time: "2030-01-15T18:00:00+05:30"}}
"""


_TEMPLATES = """\
apiVersion: campaignctl/v1
kind: DltTemplates
metadata: {name: shop}
spec:
  entity: "0101428740000012125"
  templates:
    - id: "1107160086562376233"
      headers: [EXOTEL]
      category: service_implicit
      text: "Your order is on its way!"
---
"""

_RETRIES = (
    "  retries: {number_of_retries: 3, interval_mins: 30, mechanism: Linear, on_status: [busy, no-answer]}\n"
)

_LONG = "Your order’s on its way, and we will tell you when it comes. Thank you for buying at our shop."

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "calling_hours": Example(
            'calling_hours: {level: error, from: "09:00", to: "21:00", time_zone: Asia/Kolkata}',
            _voice("good-night", end="2030-01-15T22:00:00+05:30", more=_RETRIES),
        ),
        "start_offset": Example(
            "start_offset: {level: warn}",
            _voice("elsewhere", start="2030-01-15T09:00:00+04:00"),
            country="IN",
        ),
        "duplicate_numbers": Example(
            "duplicate_numbers: {level: error}",
            _voice("twice", numbers='["+919876543210", "+919876543210"]'),
        ),
        "valid_numbers": Example(
            "valid_numbers: {level: error}",
            _voice("mistyped", numbers='["+9109876543210", "+919876543211"]'),
        ),
        "duplicate_campaigns": Example(
            "duplicate_campaigns: {level: error}",
            _voice("survey") + "---\n" + _voice("survey-copy", start="2030-01-15T17:00:00+05:30"),
        ),
        "same_people": Example(
            "same_people: {level: error}",
            _voice("survey", labels="{region: north}"),
            environments="""\
north: {backend: exotel, region: mumbai, account_sid: acme1, select: region=north}
south: {backend: exotel, region: mumbai, account_sid: acme2, select: region!=west}
""",
        ),
        "max_numbers": Example("max_numbers: {level: error, at_most: 1}", _voice("many")),
        "frequency": Example(
            "frequency: {level: error, at_most: 1, within: 7d}",
            _voice("morning")
            + "---\n"
            + _voice("evening", start="2030-01-15T18:30:00+05:30", end="2030-01-15T19:00:00+05:30"),
        ),
        "unsuppressed": Example("unsuppressed: {level: warn}", _sms("to-a-list", "EXOTEL")),
        "list_drift": Example("list_drift: {level: error, percent: 10}", _sms("offer", "EXOTEL")),
        "empty_list": Example("empty_list: {level: error}", _sms("to-nobody", "EXOTEL"), empty=(_LIST,)),
        "required_labels": Example("required_labels: {level: warn, labels: [team]}", _voice("nobodys")),
        "allowed_caller_ids": Example(
            'allowed_caller_ids: {level: error, only: ["03349360005"]}',
            _voice("wrong-line", caller_id="03349360006"),
        ),
        "allowed_sender_ids": Example(
            "allowed_sender_ids: {level: error, only: [EXOTEL]}", _sms("wrong-sender", "EXOTLE")
        ),
        "lead_time": Example("lead_time: {level: warn, at_least_minutes: 120}", _voice("soon")),
        "window_fits": Example(
            "window_fits: {level: warn, calls_per_minute: 60}",
            _voice("too-short", end="2030-01-15T10:00:00+05:30", more=_RETRIES),
        ),
        "capacity": Example(
            "capacity: {level: warn, calls_per_minute: 60, messages_per_minute: 300}",
            _voice("survey", more="  mode: custom\n  throttle: 40\n")
            + "---\n"
            + _voice(
                "reminder",
                numbers='["+919876543212", "+919876543213"]',
                more="  mode: custom\n  throttle: 40\n",
            ),
        ),
        "dlt_template": Example("dlt_template: {level: error}", _TEMPLATES + _sms("order", "EXOTEL")),
        "budget": Example(
            "budget: {level: error, per_campaign: 1}",
            _voice("dear", more=_RETRIES),
            besides="prices: {currency: INR, call: {per_pulse: 0.50, per_attempt: 0.10}}\n",
        ),
        "sms_segments": Example("sms_segments: {level: warn, at_most: 1}", _sms("long", "EXOTEL", _LONG)),
    }
)
