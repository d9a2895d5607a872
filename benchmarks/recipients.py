"""Writes projects that leave people out, one that sends to lists, and campaigns that reach people too often."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_PROJECT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
default_environment: prod
environments:
  prod: {{backend: exotel, base_url: "{url}", account_sid: acme1, rate_limit: null, settle_seconds: 0, country: IN}}
{suppress}"""
_LIST = """\
apiVersion: campaignctl/v1
kind: ContactList
metadata: {name: everybody}
spec: {from_file: everybody.csv}
"""
_SMS = """\
apiVersion: campaignctl/v1
kind: SmsCampaign
metadata: {{name: to-list-{place:02d}}}
spec:
  content_type: static
  lists: ["{sid}"]
  dlt_entity_id: "1101428740000012125"
  dlt_template_id: "1107160086562376233"
  sender_id: EXOTEL
  sms_type: transactional
  template: "Hello from shop {place}"
  schedule: {{start_time: "2035-01-15T10:00:00+05:30", end_time: "2035-01-15T18:00:00+05:30"}}
"""


def write_suppressing(directory: Path, people: int, left_out: int) -> Path:
    """Writes a list of so many people, of whom one in ten stands in a file of so many (0: nobody is left out).

    Returns the directory.
    """
    suppress = "suppress: [{from_file: do-not-call.csv}]\n" if left_out else ""
    begin(directory, "http://127.0.0.1:9", suppress)
    held = [f"+9198{place:08d}" for place in range(left_out)]
    everybody = (f"+919{8 if place % 10 == 0 else 9}{place:08d}" for place in range(people))
    (directory / "campaigns/list.yaml").write_text(_LIST, encoding="utf-8")
    (directory / "campaigns/everybody.csv").write_text(numbers_file(everybody), encoding="utf-8")
    if left_out:
        (directory / "do-not-call.csv").write_text(numbers_file(held), encoding="utf-8")
    return directory


def write_to_lists(directory: Path, url: str, sids: list[str]) -> Path:
    """Writes a campaign for each of these lists. Returns the directory."""
    begin(directory, url, "")
    for place, sid in enumerate(sids):
        text = _SMS.format(place=place, sid=sid)
        (directory / f"campaigns/{place:02d}.yaml").write_text(text, encoding="utf-8")
    return directory


def begin(directory: Path, url: str, suppress: str) -> None:
    """Writes a project file, and a folder for manifests."""
    (directory / "campaigns").mkdir(parents=True)
    text = _PROJECT.format(url=url, suppress=suppress)
    (directory / "campaignctl.yaml").write_text(text, encoding="utf-8")


def numbers_file(numbers: Iterable[str]) -> str:
    """Writes a file of numbers."""
    return "\n".join(("number", *numbers, ""))
