"""Holds what a command on several environments came to: each for itself, and what holds of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal, TypeAlias

from campaignctl.diagnostics import Diagnostic, has_errors
from campaignctl.errors import CampaignctlError
from campaignctl.exits import EXIT_CODES, Exit
from campaignctl.model.approval import approval_of
from campaignctl.model.environment import Environment
from campaignctl.model.plan import Plan
from campaignctl.saved_plans.seal import canonical
from campaignctl.tuples import NamedTuple

Document = Mapping[str, object]
SeveralCommand: TypeAlias = Literal["validate", "plan", "apply", "show", "diff", "status", "doctor", "pause"]
_PRECEDENCE: Final = {row.code: place for place, row in enumerate(EXIT_CODES)}


class EnvironmentResult(NamedTuple):
    """Represents what a command has to say of one environment: its document, as for that one alone, and how it ends.

    `plan` is the one that was made, where one was. `shown` makes the document as a format may show it.
    """

    exit_code: Exit
    shown: Callable[[str], Document]
    plan: Plan | None = None

    @classmethod
    def of(cls, exit_code: Exit, document: Document, plan: Plan | None = None) -> EnvironmentResult:
        """Represents a document that is the same in every format."""
        return cls(exit_code, lambda _format: document, plan)


class EnvironmentOutcome(NamedTuple):
    """Represents one environment; exactly one of `told` and `error` is there."""

    environment: Environment
    told: EnvironmentResult | None = None
    error: CampaignctlError | None = None
    code: Exit | None = None

    @property
    def exit_code(self) -> Exit:
        """Returns the exit code that it would have alone."""
        if self.code is not None:
            return self.code
        if self.told is not None:
            return self.told.exit_code
        return Exit(self.error.exit_code) if self.error is not None else Exit.FINE


class Approved(NamedTuple):
    """Represents what is approved of several plans: one digest over all, until the first of them expires."""

    digest: str
    expires_at: datetime
    counts: tuple[int | None, ...]

    @property
    def approval(self) -> str:
        """Writes it as for one."""
        return approval_of(self.digest, self.expires_at, self.counts)

    @classmethod
    def of(cls, plans: Mapping[str, Plan]) -> Approved | None:
        """Returns what is approved of plans by environment; None without any."""
        if not plans:
            return None
        ordered = [(name, plans[name]) for name in sorted(plans)]
        digest = digest_of((name, plan.digest) for name, plan in ordered)
        counts = tuple(it.count for _, plan in ordered for it in plan.reached)
        return cls(digest, min(plan.expires_at for _, plan in ordered), counts)


def digest_of(digests: Iterable[tuple[str, str]]) -> str:
    """Returns twelve hex digits over the plans' own, by environment."""
    return sha256(canonical([list(pair) for pair in sorted(digests)])).hexdigest()[:12]


@dataclass(frozen=True)
class Several:
    """Represents a command and what each environment came to, by name.

    `findings` are of all of them together, `moved` is what leaves one for another,
    `saved` the digest and the approval of saved plans.
    """

    command: SeveralCommand
    outcomes: Sequence[EnvironmentOutcome]
    findings: tuple[Diagnostic, ...] = ()
    moved: tuple[Document, ...] = ()
    saved: tuple[str, str] | None = None

    @property
    def exit_code(self) -> Exit:
        """Returns the worst one."""
        own = (Exit.REFUSED,) if has_errors(self.findings) else ()
        return worst((*own, *(it.exit_code for it in self.outcomes)))

    @property
    def approved(self) -> Approved | None:
        """Returns what an apply of the same would have to expect."""
        return Approved.of(self._plans)

    @property
    def digests(self) -> dict[str, str]:
        """Returns the digests of the plans that were made, by environment."""
        return {name: plan.digest for name, plan in self._plans.items()}

    @property
    def _plans(self) -> dict[str, Plan]:
        plans = ((it.environment.name, it.told.plan) for it in self.outcomes if it.told)
        return {name: plan for name, plan in plans if plan is not None}

    @property
    def digest_and_approval(self) -> tuple[str, str] | tuple[None, None]:
        """Returns what is approved of all; nothing without a plan."""
        if self.saved is not None:
            return self.saved
        approved = self.approved
        return (approved.digest, approved.approval) if approved else (None, None)

    @property
    def failed(self) -> int:
        """Returns how many came to nothing."""
        return sum(it.told is None for it in self.outcomes)

    @property
    def with_operations(self) -> int:
        """Returns in how many environments something is to be done, or was."""
        return sum(bool(it.told and it.told.plan and it.told.plan.operations) for it in self.outcomes)


def worst(codes: Iterable[Exit]) -> Exit:
    """Returns the one that wins; fine where there is none."""
    return min(codes, key=_PRECEDENCE.__getitem__, default=Exit.FINE)


def totals(documents: Iterable[Document]) -> dict[str, int]:
    """Returns each whole number of the documents' summaries, added up."""
    found: Counter[str] = Counter()
    for document in documents:
        summary = document.get("summary")
        for key, value in summary.items() if isinstance(summary, Mapping) else ():
            if isinstance(value, int) and not isinstance(value, bool):
                found[str(key)] += value
    return dict(found)
