"""Checks what campaigns may cost, and what makes an SMS cost more.

What prices them is imported where prices are set.
"""

from __future__ import annotations

from collections.abc import Iterator

from campaignctl.diagnostics import counted
from campaignctl.kinds.table import Role, Unit
from campaignctl.policy.dlt_template import registered_anew
from campaignctl.policy.subject import Case, Violation


def budget(case: Case) -> Iterator[Violation]:
    """Checks that no campaign, and no month, costs more than it may."""
    if not case.environment.prices:
        return
    from campaignctl.policy.budget import faults  # with what prices campaigns

    yield from faults(case)


def sms_segments(case: Case) -> Iterator[Violation]:
    """Checks that no text takes more segments; what fills its columns nobody knows."""
    most = case.settings.get("at_most")
    contents = (field.name for field in case.subject.kind.in_role(Role.CONTENT))
    for name in contents if case.subject.kind.unit is Unit.MESSAGE else ():
        text = case.subject.spec.get(name)
        if isinstance(text, str) and isinstance(most, int):
            yield from _too_long(name, text, most, case)


def _too_long(name: str, text: str, most: int, case: Case) -> Iterator[Violation]:
    from campaignctl.model.estimates import text_estimate  # where texts are measured

    estimate = text_estimate(text)
    if estimate.segments <= most:
        return
    least = "at least " if estimate.variables else ""
    says = f"it takes {least}{counted(estimate.segments, 'segment')}, and at most {counted(most, 'is', 'are')} allowed"
    beyond = estimate.beyond
    if beyond is None:
        yield Violation(name, f"{says}; shorten it")
        return
    anew = registered_anew(case, beyond.character)
    yield Violation(f"{name}.{beyond.offset}", f"{says}: {beyond.says(estimate.replaced_segments)}{anew}")
