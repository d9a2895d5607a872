"""Holds the JSON of several environments."""

from __future__ import annotations

from typing import Final, NotRequired, TypedDict, cast

from campaignctl import __version__
from campaignctl.fleet.outcomes import EnvironmentOutcome, Several, SeveralCommand, totals
from campaignctl.rendering.constraints import Amount, ApprovalText, Digest, KindName, Version
from campaignctl.rendering.finding_documents import ErrorDocument, FindingDocument
from campaignctl.rendering.findings import error_document, finding_document

FORMAT_VERSION: Final = "1.0"


class EnvironmentOutcomeDocument(TypedDict):
    """Represents what one environment came to: a result, or an error."""

    environment: str
    account_sid: str
    exit_code: Amount
    result: dict[str, object] | None
    """What the command prints for that environment alone."""
    error: ErrorDocument | None
    findings: list[FindingDocument]
    """Those of an error."""


class SeveralSummaryDocument(TypedDict):
    """Represents how many environments were meant, came to nothing, and have something to do."""

    environments: Amount
    failed: Amount
    with_operations: Amount


_MovedFrom = TypedDict("_MovedFrom", {"from": str})


class MovedDocument(_MovedFrom):
    """Represents a manifest that leaves one of the environments for another."""

    kind: KindName
    name: str
    to: str


class SeveralDocument(TypedDict):
    """Represents what a command on several environments prints with --format json."""

    format_version: Version
    campaignctl_version: str
    command: SeveralCommand
    digest: Digest | None
    """Over the plans that were made; null without one."""
    approval: ApprovalText | None
    exit_code: Amount
    environments: list[EnvironmentOutcomeDocument]
    """By name."""
    findings: list[FindingDocument]
    """What is found only where all of them are looked at together."""
    summary: SeveralSummaryDocument
    totals: dict[str, Amount]
    """Each whole number of the results' summaries, added up."""
    moved: NotRequired[list[MovedDocument]]
    """Of diff alone."""


def several_document(several: Several) -> SeveralDocument:
    """Returns all of it."""
    environments = list(map(_outcome, several.outcomes))
    digest, approval = several.digest_and_approval
    document: SeveralDocument = {
        "format_version": FORMAT_VERSION,
        "campaignctl_version": __version__,
        "command": several.command,
        "digest": digest,
        "approval": approval,
        "exit_code": several.exit_code,
        "environments": environments,
        "findings": list(map(finding_document, several.findings)),
        "summary": {
            "environments": len(environments),
            "failed": several.failed,
            "with_operations": several.with_operations,
        },
        "totals": totals(it["result"] for it in environments if it["result"] is not None),
    }
    if several.command == "diff":
        document["moved"] = [cast("MovedDocument", it) for it in several.moved]
    return document


def _outcome(outcome: EnvironmentOutcome) -> EnvironmentOutcomeDocument:
    told = error_document(outcome.error) if outcome.error is not None else None
    return {
        "environment": outcome.environment.name,
        "account_sid": outcome.environment.account_sid,
        "exit_code": outcome.exit_code,
        "result": dict(outcome.told.shown("json")) if outcome.told else None,
        "error": told["error"] if told else None,
        "findings": told["findings"] if told else [],
    }
