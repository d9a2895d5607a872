"""`export`: which campaigns were written, to which files, and what of them was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from campaignctl.diagnostics import counted
from campaignctl.planning.environment import Environment
from campaignctl.planning.plan import FORMAT_VERSION
from campaignctl.planning.resources import Live
from campaignctl.rendering.escape import visible


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
        "status": each.live.status.value,
        "file": each.file,
        "pinned": each.pinned,
        "numbers_file": each.numbers_file,
        "numbers_left_out": each.numbers_left_out,
        "left_out": list(each.left_out),
    }


def export_text(document: ExportDocument) -> str:
    """A line each."""
    sandbox = ", SANDBOX" if document["backend"] == "sandbox" else ""
    lines = [f"Environment {document['environment']} (account {document['account_sid']}{sandbox})", ""]
    lines += [f"+ {each['file']}: {_campaign(each)}{_besides(each)}" for each in document["written"]]
    lines += [
        f"- {each['name']} ({each['sid']}) is not written: {each['reason']}" for each in document["skipped"]
    ]
    lines += [f"note: {note}" for note in document["notes"]]
    written, skipped = len(document["written"]), len(document["skipped"])
    lines += ["", f"{written:,} written, {skipped:,} not."] if written or skipped else []
    return "\n".join(map(visible, lines)) + "\n"


def _campaign(each: ExportedDocument) -> str:
    return f"{each['kind']} {each['name']}, {each['status']}{', pinned' if each['pinned'] else ''}"


def _besides(each: ExportedDocument) -> str:
    said = [f"numbers in {each['numbers_file']}"] if each["numbers_file"] else []
    if each["numbers_left_out"]:
        said.append(f"{counted(each['numbers_left_out'], 'number')} left out")
    if each["left_out"]:
        said.append(f"as comments: {', '.join(each['left_out'])}")
    return f" ({'; '.join(said)})" if said else ""
