"""Writes a project that uses every capability, and the same campaigns without any of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.recipients import numbers_file
from benchmarks.registered import sms_spec, write_templates

_PROJECT: Final = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
default_environment: bench
environments:
  bench: {{backend: exotel, account_sid: acme1, country: IN, rate_limit: 100000, base_url: "{url}"}}
"""
_SETTINGS: Final = """\
suppress: [{from_file: do-not-call.csv}]
prices: {currency: INR, call: {per_pulse: 0.50, pulse: 60s}, sms: {per_segment: 0.18}, tax: 18%}
policy:
  budget: {level: error, per_campaign: 10000, per_month: 10000000, unknown: allow}
  unsuppressed: {level: "off"}
  schema: [{file: rules/naming.schema.yaml, level: error}]
"""
_RULE: Final = """\
properties:
  metadata:
    required: [labels]
    properties: {name: {pattern: "^(call|text)-", errorMessage: A name begins with what it does.}}
"""
_HEAD: Final = (
    "apiVersion: campaignctl/v1\nkind: {kind}\nmetadata:\n  name: {name}\n  labels: {{team: growth}}\n"
)
_GATES: Final = '  after: [{{campaign: voice/call-000000, limits: {{failed: "40%"}}}}]\n'
_WATCHED: Final = '  stop_when: {failed: "40%"}\n  usage: {answer: [0.5, 0.2], talk: 45s}\n'
_CALL: Final = """\
spec:
  caller_id: "03349360005"
  from: [{numbers}]
  flow_type: greeting
  read_via_text: "Hello, this is a reminder: your order {place} is ready and waits at our shop."
  retries: {{number_of_retries: 2, interval_mins: 15, mechanism: Linear, on_status: [busy, no-answer]}}
"""
_TEXT: Final = "Your order {place} of {day} is ready."
_ONCE: Final = """\
  schedule: {{send_at: "2035-01-{day}T10:00:00+05:30", end_at: "2035-01-{day}T18:00:00+05:30"}}
"""
_WEEKLY: Final = """\
  repeat: {cron: "0 10 * * MON", time_zone: Asia/Kolkata, from: 2035-01-01, count: 8, duration: 8h}
"""
_TEXTS_EVERY, _REPEATS_EVERY = 3, 20


def write_capabilities(directory: Path, count: int, url: str, *, used: bool) -> Path:
    """Writes so many campaigns, a third of them SMS; with suppression, gates, rules that repeat, prices, a budget, a
    rule of the project's own and registered templates, or without. Returns the directory.
    """
    (directory / "campaigns").mkdir(parents=True)
    (directory / "rules").mkdir()
    project = _PROJECT.format(url=url) + (_SETTINGS if used else "")
    (directory / "campaignctl.yaml").write_text(project, encoding="utf-8")
    for place in range(count):
        text = _text(place) if place % _TEXTS_EVERY == 1 else _call(place, used)
        (directory / f"campaigns/{place:06d}.yaml").write_text(text, encoding="utf-8")
    if used:
        (directory / "rules/naming.schema.yaml").write_text(_RULE, encoding="utf-8")
        (directory / "do-not-call.csv").write_text(numbers_file(_somebody(1000)), encoding="utf-8")
        texts = range(1, count, _TEXTS_EVERY)
        write_templates(directory / "campaigns", ((it, _told(it, "{#alphanumeric#}")) for it in texts))
    return directory


def _call(place: int, used: bool) -> str:
    head = _HEAD.format(kind="VoiceCampaign", name=f"call-{place:06d}")
    numbers = ", ".join(f'"+9198{place:06d}{each:02d}"' for each in range(20 if place else 90))
    spec = _CALL.format(numbers=numbers, place=place)
    once = _ONCE.format(day=15 if place else 14)  # the others wait for the first
    if not used:
        return head + spec + once
    repeats = place % _REPEATS_EVERY == _REPEATS_EVERY - 1
    waits = place > 0 and not repeats
    return head + (_GATES.format() if waits else "") + _WATCHED + spec + (_WEEKLY if repeats else once)


def _text(place: int) -> str:
    return _HEAD.format(kind="SmsCampaign", name=f"text-{place:06d}") + sms_spec(place, _told(place, "@@Day"))


def _told(place: int, day: str) -> str:
    return _TEXT.format(place=place, day=day)


def _somebody(count: int) -> Iterator[str]:
    """Yields people whom no campaign calls."""
    return (f"+9197{place:08d}" for place in range(count))
