"""Tells whether a list has drifted since somebody reviewed how many are in it (recipients.md 2). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from campaignctl.diagnostics import Severity, counted
from campaignctl.model.approval import MOST_COUNTS
from campaignctl.model.environment import Environment
from campaignctl.model.plan import ListCount
from campaignctl.policy import RULES, level_of
from campaignctl.tuples import NamedTuple

RULE = "list_drift"
_ALWAYS_ALLOWED = 10
"""People: in a short list a few more are no drift, whatever share they are."""
_PERCENT = 10


class Drift(NamedTuple):
    """Says how a list drifted, and whether that is only noted."""

    says: str
    noted: bool


def drift(reviewed: int | None, now: int | None, environment: Environment) -> Drift | None:
    """Finds a list that has grown by more than is allowed, or is no longer known.

    Fewer people are no drift, nor is what nobody knew before.
    """
    level = level_of(RULES[RULE], environment)
    if level is None or reviewed is None:
        return None
    noted = level is not Severity.ERROR
    if now is None:
        return Drift(f"{counted(reviewed, 'person was', 'people were')} in it, and now it is unknown", noted)
    if now - reviewed <= max(_ALWAYS_ALLOWED, reviewed * _percent(environment) / 100):
        return None
    return Drift(f"{counted(reviewed, 'person was', 'people were')} in it, and now {now:,} are", noted)


def _percent(environment: Environment) -> int:
    settings = environment.policy.get(RULE)
    percent = settings.get("percent") if isinstance(settings, Mapping) else None
    return percent if isinstance(percent, int) else _PERCENT


def drift_since_approval(
    approved: Sequence[int | None],
    now: Sequence[ListCount],
    environment: Environment,
) -> str | None:
    """Says why an approval does not hold for the lists that operations reach now, by SID; None where it does."""
    if len(now) > max(MOST_COUNTS, len(approved)):
        return (
            f"the plan reaches {len(now)} lists, and an approval says of {MOST_COUNTS} at most how many are in them: "
            "save the plan with --out, and apply that file"
        )
    if len(approved) < len(now):
        return "it does not say how many people were in each list that is counted now: plan again, and approve that"
    if len(approved) > len(now):
        return "lists that were counted when it was given are not counted now"
    for before, each in zip(approved, now, strict=True):
        if before is None and each.count is not None:
            return f"it does not say how many people were in the list {each.sid}, which is counted now: plan again"
        found = drift(before, each.count, environment)
        if found is not None and not found.noted:
            return f"the list {each.sid} changed: {found.says} ({RULE}); plan again and review who came"
    return None
