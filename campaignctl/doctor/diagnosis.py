"""Concludes what `doctor` comes to: a row for each check, and how sure it is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from campaignctl.diagnostics import Severity
from campaignctl.doctor import account_checks, list_checks, setup_checks
from campaignctl.doctor.facts import Facts, Problem


class CheckOutcome(StrEnum):
    """Names what a check came to."""

    FINE = "fine"
    WARN = "warn"
    WRONG = "wrong"
    UNKNOWN = "unknown"  # nothing was found, and not enough was read to say that nothing is there


# ------------------------------------------------------------------------------------------- what keeps one from saying


def _nothing(_facts: Facts) -> str | None:
    return None


def _unread(facts: Facts) -> str | None:
    return "the account could not be read" if facts.trouble is not None else None


def _not_complete(facts: Facts) -> str | None:
    return _unread(facts) or (None if facts.complete else "the account's lists could not be read completely")


def _key_not_judged(facts: Facts) -> str | None:
    """Says why the key is not judged: only an answer that is about who asks says anything of key and token."""
    trouble = facts.trouble
    return _unread(facts) if trouble is not None and not trouble.credentials else None


def _not_asked(facts: Facts) -> str | None:
    """Says why nothing was asked: without key and token no request is sent."""
    trouble = facts.trouble
    asked = trouble is None or trouble.answered or not trouble.credentials
    return None if asked else "the account could not be read"


# ------------------------------------------------------------------------------------------------------------ the table


@dataclass(frozen=True, slots=True)
class Check:
    """Describes one check: what is looked at, and how.

    `hindrance` says why no finding proves nothing, None where it does; `detail` is a fact worth saying where all is
    well.
    """

    name: str
    doc: str
    find: Callable[[Facts], Iterator[Problem]]
    hindrance: Callable[[Facts], str | None] = _not_complete
    detail: Callable[[Facts], str | None] = _nothing


CHECKS: Final = (
    Check(
        "credentials", "The account takes the key and the token.", setup_checks.credentials, _key_not_judged
    ),
    Check("reachability", "The account answers.", setup_checks.reachability, _not_asked),
    Check("clock", "This machine's clock agrees with the account's.", setup_checks.clock, _unread),
    Check(
        "budget",
        "The account takes further requests.",
        setup_checks.budget,
        _unread,
        setup_checks.budget_left,
    ),
    Check("manifests", "The project file and every manifest can be read.", setup_checks.manifests, _nothing),
    Check("intents", "No run was cut off in the midst of a create.", setup_checks.intents, _nothing),
    Check("lists", "The account's lists can be relied on.", account_checks.lists, _unread),
    Check("duplicates", "No two alive campaigns have one name.", account_checks.duplicates),
    Check("new-runs", "No manifest asks something new of a campaign that is over.", account_checks.new_runs),
    Check("failed", "No campaign failed.", account_checks.failed),
    Check(
        "orphans", "Every alive campaign with the project's prefix has its manifest.", account_checks.orphans
    ),
    Check("windows", "Nothing waits past its end, and nothing missed its start.", account_checks.windows),
    Check("blocked", "No manifest is blocked for any other reason.", account_checks.blocked),
)

CONTACT_LISTS: Final = Check(
    "contact-lists",
    "Each list that is called holds its people, and none is left over.",
    list_checks.contact_lists,
)


# ----------------------------------------------------------------------------------------------------------- the result


@dataclass(frozen=True, slots=True)
class Examined:
    """Holds a check and what it found; `detail` says why that is not known, or a fact worth saying."""

    check: Check
    verdict: CheckOutcome
    problems: tuple[Problem, ...] = field(default_factory=tuple)
    detail: str | None = None


def diagnose(facts: Facts) -> tuple[Examined, ...]:
    """Returns every check, in the order of the table; the one of lists only where the project keeps some."""
    checks = (*CHECKS, CONTACT_LISTS) if facts.lists else CHECKS
    return tuple(_examined(check, facts) for check in checks)


def is_wrong(examined: tuple[Examined, ...]) -> bool:
    """Tells whether something has to be fixed."""
    return any(each.verdict is CheckOutcome.WRONG for each in examined)


def _examined(check: Check, facts: Facts) -> Examined:
    problems, hindrance = tuple(check.find(facts)), check.hindrance(facts)
    if not problems and hindrance is not None:
        return Examined(check, CheckOutcome.UNKNOWN, detail=hindrance)
    if any(problem.severity is Severity.ERROR for problem in problems):
        verdict = CheckOutcome.WRONG
    else:
        verdict = CheckOutcome.WARN if problems else CheckOutcome.FINE
    return Examined(check, verdict, problems, check.detail(facts))
