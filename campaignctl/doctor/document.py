"""Writes `doctor --format json`: every check, what it found, and what fixes it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from campaignctl.diagnostics import Severity
from campaignctl.doctor.diagnosis import CHECKS, CONTACT_LISTS, CheckOutcome, Examined
from campaignctl.doctor.facts import Problem
from campaignctl.model.environment import Backend, Environment
from campaignctl.model.plan import FORMAT_VERSION
from campaignctl.rendering.constraints import Amount, Constraint, Version


class ProblemDocument(TypedDict):
    """Describes one thing that is wrong."""

    severity: Severity
    """Only error makes doctor exit 1."""
    subject: str | None
    """The campaign it is about, as voice/NAME or sms/NAME, or the name of a note that a run left behind."""
    sid: str | None
    message: str
    meaning: str
    """What follows from it."""
    mend: str
    """The command or the change that fixes it."""


class CheckDocument(TypedDict):
    """Describes one check."""

    check: Annotated[str, Constraint(enum=tuple(check.name for check in (*CHECKS, CONTACT_LISTS)))]
    doc: str
    """What holds where it is fine."""
    verdict: CheckOutcome
    """unknown: not enough of the account could be read."""
    detail: str | None
    """Why it is unknown, or a fact worth saying."""
    ailments: list[ProblemDocument]


class VerdictsDocument(TypedDict):
    """Counts checks by verdict."""

    fine: Amount
    warn: Amount
    wrong: Amount
    unknown: Amount


class DoctorDocument(TypedDict):
    """Holds what campaignctl doctor --format json found."""

    format_version: Version
    """A reader refuses another major version."""
    environment: str
    account_sid: str
    backend: Backend
    """A sandbox calls and texts nobody."""
    checks: list[CheckDocument]
    summary: VerdictsDocument


def doctor_document(examined: tuple[Examined, ...], environment: Environment) -> DoctorDocument:
    """Makes the document, in the order of the checks."""

    def count(verdict: CheckOutcome) -> int:
        return sum(each.verdict is verdict for each in examined)

    return {
        "format_version": FORMAT_VERSION,
        "environment": environment.name,
        "account_sid": environment.account_sid,
        "backend": environment.backend,
        "checks": [_check(each) for each in examined],
        "summary": {
            "fine": count(CheckOutcome.FINE),
            "warn": count(CheckOutcome.WARN),
            "wrong": count(CheckOutcome.WRONG),
            "unknown": count(CheckOutcome.UNKNOWN),
        },
    }


def _check(examined: Examined) -> CheckDocument:
    return {
        "check": examined.check.name,
        "doc": examined.check.doc,
        "verdict": examined.verdict,
        "detail": examined.detail,
        "ailments": [_problem(problem) for problem in examined.problems],
    }


def _problem(problem: Problem) -> ProblemDocument:
    return {
        "severity": problem.severity,
        "subject": problem.subject,
        "sid": problem.sid,
        "message": problem.message,
        "meaning": problem.meaning,
        "mend": problem.fix,
    }
