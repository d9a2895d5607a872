"""`doctor --format json`: every check, what it found, and what mends it."""

from __future__ import annotations

from typing import TypedDict

from campaignctl.doctor.diagnosis import Examined, Verdict
from campaignctl.doctor.facts import Problem
from campaignctl.model.environment import Environment
from campaignctl.model.plan import FORMAT_VERSION


class AilmentDocument(TypedDict):
    """One thing that is wrong. `subject` is a campaign or a note's name; `severity` is `error` or `warn`."""

    severity: str
    subject: str | None
    sid: str | None
    message: str
    meaning: str
    mend: str


class CheckDocument(TypedDict):
    """One check. `verdict` is `fine`, `warn`, `wrong`, or `unknown` where not enough of the account could be
    read; `detail` says why, or a fact worth saying."""

    check: str
    doc: str
    verdict: str
    detail: str | None
    ailments: list[AilmentDocument]


class VerdictsDocument(TypedDict):
    """Counts of checks by verdict."""

    fine: int
    warn: int
    wrong: int
    unknown: int


class DoctorDocument(TypedDict):
    """The whole."""

    format_version: str
    environment: str
    account_sid: str
    backend: str
    checks: list[CheckDocument]
    summary: VerdictsDocument


def doctor_document(examined: tuple[Examined, ...], environment: Environment) -> DoctorDocument:
    """In the order of the checks."""

    def count(verdict: Verdict) -> int:
        return sum(each.verdict is verdict for each in examined)

    return {
        "format_version": FORMAT_VERSION,
        "environment": environment.name,
        "account_sid": environment.account_sid,
        "backend": environment.backend,
        "checks": [_check(each) for each in examined],
        "summary": {
            "fine": count(Verdict.FINE),
            "warn": count(Verdict.WARN),
            "wrong": count(Verdict.WRONG),
            "unknown": count(Verdict.UNKNOWN),
        },
    }


def _check(examined: Examined) -> CheckDocument:
    return {
        "check": examined.check.name,
        "doc": examined.check.doc,
        "verdict": examined.verdict.value,
        "detail": examined.detail,
        "ailments": [_ailment(ailment) for ailment in examined.ailments],
    }


def _ailment(ailment: Problem) -> AilmentDocument:
    return {
        "severity": ailment.severity.value,
        "subject": ailment.subject,
        "sid": ailment.sid,
        "message": ailment.message,
        "meaning": ailment.meaning,
        "mend": ailment.mend,
    }
