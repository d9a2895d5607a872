"""Writes `status --format json`: each campaign with its state, its counters and what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from campaignctl.diagnostics import Diagnostic
from campaignctl.model.environment import Backend, Environment
from campaignctl.model.plan import FORMAT_VERSION
from campaignctl.model.reasons import ChangeType
from campaignctl.policy.afterwards import Afterwards
from campaignctl.rendering.constraints import Amount, Constraint, Currency, KindName, Moment, Ordinal, Version
from campaignctl.rendering.documents import (
    OccurrenceDocument,
    ReasonDocument,
    RefreshDocument,
    StatusDocument,
)
from campaignctl.rendering.finding_documents import FindingDocument
from campaignctl.rendering.findings import finding_document
from campaignctl.rendering.measure_documents import GateDocument, MoneyDocument
from campaignctl.rendering.measures import gate_documents, moment, occurrence_document
from campaignctl.status.overview import CampaignStatus
from campaignctl.status.progress import Progress


class ProgressDocument(TypedDict):
    """Counts numbers by what became of them."""

    reached: Amount
    failed: Amount
    to_go: Amount | None
    """null where nobody knows."""
    other: Amount
    """Counted by the account under words that are not known."""
    total: Amount | None
    """null where nobody knows."""


class CameToDocument(TypedDict):
    """Holds what a campaign came to, beside what was predicted."""

    answered: Amount
    people: Amount
    expected: Amount
    """How many were expected to answer."""
    minutes: Amount | None
    """How long it took; null where the account does not show it."""
    typical: Amount | None
    """How long it was expected to take."""


class CampaignStatusDocument(TypedDict):
    """Describes one campaign."""

    kind: KindName
    name: str
    sid: str | None
    """null where no campaign is there, or nobody can tell which."""
    manifest: str | None
    """Relative to the project file; null for a campaign that no manifest names."""
    line: Ordinal | None
    status: StatusDocument
    change: ChangeType | None
    """What a plan makes of it; null for a campaign that no manifest names."""
    reason: ReasonDocument | None
    """The plan's."""
    gates: list[GateDocument]
    """What it waits for."""
    occurrence: OccurrenceDocument | None
    """null where its manifest does not repeat."""
    drift: list[str]
    """Dotted fields that differ from the manifest; state where a step of its life is wanted."""
    notes: list[str]
    start: Moment | None
    end: Moment | None
    """30 days after the start where none is set."""
    progress: ProgressDocument | None
    stats: dict[str, int] | None
    """The account's own counters; null without any."""
    pace: Annotated[float, Constraint(minimum=0)] | None
    """Outcomes a minute since the start, of a campaign in progress."""
    expected_end: Moment | None
    """At the pace so far, else as predicted; null for what waits or is over, and where nobody knows."""
    cost: MoneyDocument | None
    """null without prices, and where no campaign is there."""
    estimated_cost: str | float | None
    """The account's own as it wrote it, without a currency; null where the answer has none."""
    came_to: CameToDocument | None
    """Of a voice campaign that is completed; else null."""


class StatusSummary(TypedDict):
    """Holds how many are listed, how many of them differ, how many alive ones no manifest names."""

    campaigns: Amount
    drift: Amount
    unmanaged: Amount | None
    """null where only some names were asked for: then not all of the account is read."""


class StatusOverview(TypedDict):
    """Holds how campaigns stand, as campaignctl status --format json prints it; with --watch one such object per
    line.
    """

    format_version: Version
    """A reader refuses another major version."""
    environment: str
    account_sid: str
    backend: Backend
    """A sandbox calls and texts nobody."""
    at: Moment
    """By the server's clock."""
    refresh: RefreshDocument
    summary: StatusSummary
    notes: list[str]
    currency: Currency | None
    """Of the costs; null without prices."""
    findings: list[FindingDocument]
    campaigns: list[CampaignStatusDocument]


@dataclass(frozen=True)
class Overview:
    """Holds what a look at the account came to."""

    at: datetime
    environment: Environment
    campaigns: tuple[CampaignStatus, ...]
    unmanaged: int | None
    requests: int
    notes: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def status_document(overview: Overview) -> StatusOverview:
    """Makes the document; no number of people stands in it."""
    environment = overview.environment
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment.name,
        "account_sid": environment.account_sid,
        "backend": environment.backend,
        "at": moment(overview.at),
        "refresh": {"strategy": "auto", "requests": overview.requests},
        "summary": _summary(overview.campaigns, overview.unmanaged),
        "notes": list(overview.notes),
        "currency": str(environment.prices.get("currency")) if environment.prices else None,
        "findings": [finding_document(finding) for finding in overview.findings],
        "campaigns": [_campaign(campaign) for campaign in _in_order(overview.campaigns)],
    }


def _in_order(campaigns: Iterable[CampaignStatus]) -> list[CampaignStatus]:
    """Sorts campaigns: what a manifest names comes first; each by kind, name, SID."""

    def place(it: CampaignStatus) -> tuple[bool, str, str, str]:
        return it.desired is None, it.kind.name, it.name, it.live.sid if it.live else ""

    return sorted(campaigns, key=place)


def _summary(campaigns: Collection[CampaignStatus], unmanaged: int | None) -> StatusSummary:
    drift = sum(bool(campaign.drift) for campaign in campaigns)
    return {"campaigns": len(campaigns), "drift": drift, "unmanaged": unmanaged}


def _campaign(campaign: CampaignStatus) -> CampaignStatusDocument:
    change, live, desired = campaign.change, campaign.live, campaign.desired
    return {
        "kind": campaign.kind.name,
        "name": campaign.name,
        "sid": live.sid if live else None,
        "manifest": desired.where.file if desired else None,
        "line": desired.where.line if desired else None,
        "status": {
            "live": _word(campaign),
            "desired": desired.state if desired else None,
        },
        "change": change.type if change else None,
        "reason": {"code": change.reason.code, "message": change.reason.message} if change else None,
        "gates": gate_documents(change.gates if change else ()),
        "occurrence": occurrence_document(change.desired if change else None),
        "drift": list(campaign.drift),
        "notes": list(change.notes) if change else [],
        "start": _moment(campaign.window.start),
        "end": _moment(campaign.window.end),
        "progress": _progress(campaign.progress),
        "stats": dict(live.stats) if live and live.stats is not None else None,
        "pace": round(campaign.pace, 2) if campaign.pace is not None else None,
        "expected_end": _moment(campaign.expected_end),
        "cost": campaign.cost,
        "estimated_cost": live.estimated_cost if live else None,
        "came_to": _came_to(campaign.came_to),
    }


def _came_to(came: Afterwards | None) -> CameToDocument | None:
    if came is None:
        return None
    return {
        "answered": came.answered,
        "people": came.people,
        "expected": came.expected,
        "minutes": came.minutes,
        "typical": came.typical,
    }


def _word(campaign: CampaignStatus) -> str | None:
    """Returns the status in our spelling, or the account's own word where it is none that we know."""
    return campaign.live.status_word if campaign.live else None


def _progress(progress: Progress | None) -> ProgressDocument | None:
    if progress is None:
        return None
    return {
        "reached": progress.reached,
        "failed": progress.failed,
        "to_go": progress.to_go,
        "other": progress.other,
        "total": progress.total,
    }


def _moment(when: datetime | None) -> str | None:
    return moment(when) if when is not None else None
