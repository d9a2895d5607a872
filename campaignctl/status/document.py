"""`status --format json`: each campaign with its state, its counters and what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from campaignctl.diagnostics import Diagnostic
from campaignctl.model.environment import Environment
from campaignctl.model.plan import FORMAT_VERSION
from campaignctl.rendering.documents import FindingDocument, ReasonDocument, RefreshDocument, StatusDocument
from campaignctl.rendering.findings import finding_document
from campaignctl.rendering.measures import moment
from campaignctl.status.overview import CampaignStatus
from campaignctl.status.progress import Progress


class HeadwayDocument(TypedDict):
    """Numbers by what became of them; `to_go` and `total` are None where nobody knows."""

    reached: int
    failed: int
    to_go: int | None
    other: int
    total: int | None


class StandingDocument(TypedDict):
    """One campaign. `change` and `reason` are the plan's; None for one that no manifest names."""

    kind: str
    name: str
    sid: str | None
    manifest: str | None
    line: int | None
    status: StatusDocument
    change: str | None
    reason: ReasonDocument | None
    drift: list[str]
    notes: list[str]
    start: str | None
    end: str | None
    progress: HeadwayDocument | None
    stats: dict[str, int] | None
    pace: float | None
    expected_end: str | None


class StatusSummary(TypedDict):
    """How many are listed, how many of them differ from their manifests, how many nobody manages here.

    The last is None where only NAMES were asked for: then not all of the account is read.
    """

    campaigns: int
    drift: int
    unmanaged: int | None


class StatusOverview(TypedDict):
    """The whole. `at` is the account's own time."""

    format_version: str
    environment: str
    account_sid: str
    backend: str
    at: str
    refresh: RefreshDocument
    summary: StatusSummary
    notes: list[str]
    findings: list[FindingDocument]
    campaigns: list[StandingDocument]


@dataclass(frozen=True)
class Overview:
    """What a look at the account came to."""

    at: datetime
    environment: Environment
    standings: tuple[CampaignStatus, ...]
    unmanaged: int | None
    requests: int
    notes: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def status_document(overview: Overview) -> StatusOverview:
    """No number of people stands in it."""
    environment = overview.environment
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment.name,
        "account_sid": environment.account_sid,
        "backend": environment.backend,
        "at": moment(overview.at),
        "refresh": {"strategy": "auto", "requests": overview.requests},
        "summary": _summary(overview.standings, overview.unmanaged),
        "notes": list(overview.notes),
        "findings": [finding_document(finding) for finding in overview.findings],
        "campaigns": [_standing(standing) for standing in _in_order(overview.standings)],
    }


def _in_order(standings: Iterable[CampaignStatus]) -> list[CampaignStatus]:
    """What a manifest names first; each by kind, name, SID."""

    def place(it: CampaignStatus) -> tuple[bool, str, str, str]:
        return it.desired is None, it.kind.name, it.name, it.live.sid if it.live else ""

    return sorted(standings, key=place)


def _summary(standings: Collection[CampaignStatus], unmanaged: int | None) -> StatusSummary:
    drift = sum(bool(standing.drift) for standing in standings)
    return {"campaigns": len(standings), "drift": drift, "unmanaged": unmanaged}


def _standing(standing: CampaignStatus) -> StandingDocument:
    change, live, desired = standing.change, standing.live, standing.desired
    return {
        "kind": standing.kind.name,
        "name": standing.name,
        "sid": live.sid if live else None,
        "manifest": desired.where.file if desired else None,
        "line": desired.where.line if desired else None,
        "status": {
            "live": _word(standing),
            "desired": desired.state.value if desired and desired.state else None,
        },
        "change": change.type.value if change else None,
        "reason": {"code": change.reason.code, "message": change.reason.message} if change else None,
        "drift": list(standing.drift),
        "notes": list(change.notes) if change else [],
        "start": _moment(standing.window.start),
        "end": _moment(standing.window.end),
        "progress": _headway(standing.progress),
        "stats": dict(live.stats) if live and live.stats is not None else None,
        "pace": round(standing.pace, 2) if standing.pace is not None else None,
        "expected_end": _moment(standing.expected_end),
    }


def _word(standing: CampaignStatus) -> str | None:
    """In our spelling, or the account's own word where it is none that we know."""
    return standing.live.status_word if standing.live else None


def _headway(way: Progress | None) -> HeadwayDocument | None:
    if way is None:
        return None
    return {
        "reached": way.reached,
        "failed": way.failed,
        "to_go": way.to_go,
        "other": way.other,
        "total": way.total,
    }


def _moment(when: datetime | None) -> str | None:
    return moment(when) if when is not None else None
