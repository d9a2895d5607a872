"""What findings mean for a change. Apart from the rules: a check of manifests alone knows no changes."""

from __future__ import annotations

from collections.abc import Iterable

from campaignctl.diagnostics import Diagnostic, Severity
from campaignctl.model.plan import Reason


def forbidden(findings: Iterable[Diagnostic]) -> Reason | None:
    """Why a change is blocked: the rules of level error that found something; None where none did."""
    rules = sorted({it.rule for it in findings if it.severity is Severity.ERROR})
    return Reason("policy", f"policy forbids it: {', '.join(rules)}") if rules else None
