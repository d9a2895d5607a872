"""Writes a project of SMS campaigns and their registered templates, and two long texts that differ."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from random import Random

from campaignctl.dlt.difference import first_difference
from campaignctl.dlt.texts import Registered, Written

_PROJECT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
environments: {sandbox: {backend: sandbox, country: IN}}
"""
_HEAD = """\
apiVersion: campaignctl/v1
kind: SmsCampaign
metadata: {{name: order-{place:06d}}}
"""
_SPEC = """\
spec:
  content_type: dynamic
  lists: ["list{place:06d}"]
  dlt_entity_id: "1101428740000012125"
  dlt_template_id: "110716008656{place:06d}"
  sender_id: EXOTEL
  sms_type: transactional
  template: "{text}"
  schedule: {{start_time: "2035-01-15T10:00:00+05:30", end_time: "2035-01-15T18:00:00+05:30"}}
"""
_TEMPLATES = """\
apiVersion: campaignctl/v1
kind: DltTemplates
metadata: {name: shop}
spec:
  entity: "1101428740000012125"
  templates:
"""
_TEMPLATE = """\
    - id: "110716008656{place:06d}"
      headers: [EXOTEL]
      category: service_implicit
      text: "{text}"
"""
_WORDS = "your order with the number {} is on its way and will reach you before the evening of {} for certain"


def write_registered(directory: Path, count: int, *, registered: bool) -> Path:
    """Writes so many SMS campaigns, each of a template of its own; with the document of these, or without.

    Returns the directory.
    """
    (directory / "campaigns").mkdir(parents=True)
    (directory / "campaignctl.yaml").write_text(_PROJECT, encoding="utf-8")
    for place in range(count):
        text = _HEAD.format(place=place) + sms_spec(place, f"{place}: {_WORDS.format('@@Order', '@@Day')}")
        (directory / f"campaigns/{place:06d}.yaml").write_text(text, encoding="utf-8")
    if registered:
        text = _WORDS.format("{#alphanumeric#}", "{#alphanumeric#}")
        write_templates(directory / "campaigns", ((place, f"{place}: {text}") for place in range(count)))
    return directory


def sms_spec(place: int, text: str) -> str:
    """Returns the spec of an SMS campaign of the template with this number."""
    return _SPEC.format(place=place, text=text)


def write_templates(directory: Path, texts: Iterable[tuple[int, str]]) -> None:
    """Writes the document of registered templates, each by its number."""
    rows = (_TEMPLATE.format(place=place, text=text) for place, text in texts)
    (directory / "templates.yaml").write_text(_TEMPLATES + "".join(rows), encoding="utf-8")


def seconds_of_a_difference(size: int, turns: int) -> float:
    """Returns how long the first difference of two texts takes that have so many characters and nothing in common."""
    random, least = Random(1), float("inf")
    for _ in range(turns):
        one, other = ("".join(random.choice("abcdefgh ") for _ in range(size)) for _ in range(2))
        registered, written = Registered(one), Written(other)
        began = time.perf_counter()
        first_difference(registered, written)
        least = min(least, time.perf_counter() - began)
    return least
