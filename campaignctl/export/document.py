"""Writes `export` as a document: which campaigns were written, to which files, and what of them was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from campaignctl.model.campaigns import Live
from campaignctl.model.environment import Backend, Environment
from campaignctl.model.plan import FORMAT_VERSION
from campaignctl.rendering.constraints import Amount, KindName, Version


class ExportedDocument(TypedDict):
    """Describes one campaign's manifest."""

    kind: KindName
    name: str
    """The live one."""
    sid: str
    status: str
    """As in a plan: of a deleted one the account's own word."""
    file: str
    """Relative to the project file, with /."""
    pinned: bool
    """By metadata.sid."""
    numbers_file: str | None
    """What from_file names; null without."""
    numbers_left_out: Amount
    """How many numbers of people stand nowhere."""
    left_out: list[str]
    """Dotted fields whose live values no manifest takes: comments."""


class SkippedDocument(TypedDict):
    """Describes a campaign that was not written."""

    kind: KindName
    name: str
    """The live one."""
    sid: str
    reason: str


class ExportDocument(TypedDict):
    """Holds what campaignctl export --format json wrote."""

    format_version: Version
    """A reader refuses another major version."""
    environment: str
    account_sid: str
    backend: Backend
    """A sandbox calls and texts nobody."""
    written: list[ExportedDocument]
    skipped: list[SkippedDocument]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Exported:
    """Holds what became of one campaign: a file, or a reason why there is none."""

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
    """Makes the document; no number of people stands in it."""
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
