"""Measures a list of the project with a second column, its rows in no order: read by us beside `csv`, and planned."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks.recipients import begin
from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.members import members_of
from campaignctl.diagnostics import Position
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.manifests.member_files import read_member_rows
from campaignctl.model.companions import CompanionPlace

_COLUMNS = {"number": "phone", "first_name": "name"}
_LIST = """\
apiVersion: campaignctl/v1
kind: ContactList
metadata: {name: everybody}
spec: {from_file: everybody.csv, columns: {number: phone, first_name: name}}
"""
_CAMPAIGN = """\
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata: {name: to-everybody}
spec:
  caller_id: "08030752400"
  campaign_type: static
  url: http://my.exotel.com/acme1/exoml/start_voice/1
  lists: [{name: everybody}]
  schedule: {send_at: "2035-01-15T10:00:00+05:30", end_at: "2035-01-15T18:00:00+05:30"}
"""


def _text(people: int) -> str:
    rows = [f"+9198{place:08d},Name {place % 977}\n" for place in range(people)]
    Random(1).shuffle(rows)
    return "".join(("phone,name\n", *rows))


def write_members(directory: Path, url: str, people: int) -> Path:
    """Writes a campaign to a list of so many people, which nobody has uploaded. Returns the directory."""
    begin(directory, url, "")
    (directory / "campaigns/list.yaml").write_text(_LIST, encoding="utf-8")
    (directory / "campaigns/to-list.yaml").write_text(_CAMPAIGN, encoding="utf-8")
    (directory / "campaigns/everybody.csv").write_text(_text(people), encoding="utf-8")
    return directory


def seconds_to_read(people: int, turns: int) -> tuple[float, float]:
    """Returns the processor time of `csv`, and of reading the members and naming their version: the fastest of
    several.
    """
    text = _text(people)
    ways = (lambda: list(csv.reader(io.StringIO(text))), lambda: _named(text))
    theirs, ours = (min(_seconds(way) for _ in range(max(turns, 3))) for way in ways)
    return theirs, ours


def _named(text: str) -> str:
    rows = read_member_rows(text, tuple(_COLUMNS.values()), "everybody.csv")
    place = CompanionPlace(Position("list.yaml"), 0)
    read = ContactList(place, "everybody", {}, "everybody.csv", _COLUMNS, rows.cells, rows.lines)
    return members_of(read, COUNTRIES["IN"]).mark


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
