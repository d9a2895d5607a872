"""`export`: which campaigns were written, to which files, and what of them was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from campaignctl.model.campaigns import Live
from campaignctl.model.environment import Environment
from campaignctl.model.plan import FORMAT_VERSION


class ExportedDocument(TypedDict):
    """One campaign. `left_out` are the dotted fields whose live values no manifest takes."""

    kind: str
    name: str
    sid: str
    status: str
    file: str
    pinned: bool
    numbers_file: str | None
    numbers_left_out: int
    left_out: list[str]


class SkippedDocument(TypedDict):
    """One that was not written, and why."""

    kind: str
    name: str
    sid: str
    reason: str


class ExportDocument(TypedDict):
    """The whole."""

    format_version: str
    environment: str
    account_sid: str
    backend: str
    written: list[ExportedDocument]
    skipped: list[SkippedDocument]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one campaign: a file, or a reason why there is none."""

    live: Live
    file: str = ""
    pinned: bool = False
    numbers_file: str | None = None
    numbers_left_out: int = 0
    left_out: tuple[str, ...] = ()
    skipped: str = ""


def export_document(
    environment: Environment, exported: Sequence[Exported], notes: Sequence[str]
) -> ExportDocument:
    """No number of people stands in it."""
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment.name,
        "account_sid": environment.account_sid,
        "backend": environment.backend,
        "written": [_written(each) for each in exported if not each.skipped],
        "skipped": [
            {
                "kind": each.live.kind.name,
                "name": each.live.name,
                "sid": each.live.sid,
                "reason": each.skipped,
            }
            for each in exported
            if each.skipped
        ],
        "notes": list(notes),
    }


def _written(each: Exported) -> ExportedDocument:
    return {
        "kind": each.live.kind.name,
        "name": each.live.name,
        "sid": each.live.sid,
        "status": each.live.status_word,
        "file": each.file,
        "pinned": each.pinned,
        "numbers_file": each.numbers_file,
        "numbers_left_out": each.numbers_left_out,
        "left_out": list(each.left_out),
    }
