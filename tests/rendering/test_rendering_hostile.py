"""Text from outside, in every field of every output: nothing of it acts."""

from __future__ import annotations

import re

import plans
import pytest
from plans import plan_document

from campaignctl.errors import CampaignctlError, InputError
from campaignctl.kinds.operations import OF_LISTS, Op
from campaignctl.model.plan import Plan
from campaignctl.model.reasons import Reason
from campaignctl.model.results import (
    ApplyResult,
    ChangeOutcome,
    ChangeResult,
    Failure,
    OperationOutcome,
    OperationResult,
)
from campaignctl.rendering.as_json import apply_document, written
from campaignctl.rendering.as_text.findings import error_text, validate_text
from campaignctl.rendering.as_text.progress import operation_line
from campaignctl.rendering.as_text.reports import apply_text, plan_text
from campaignctl.rendering.findings import error_document, validate_document
from campaignctl.text import unsafe

COMMAND = re.compile(r"^\s*::|##\[|##vso\[", re.MULTILINE)


CAMPAIGNS = tuple(op for op in Op if op not in OF_LISTS)
"""What is done to a campaign: all of a comment has a limit."""


def results_of(plan: Plan, text: str) -> ApplyResult:
    operations = tuple(
        OperationResult(op, outcome, 1, text) for op in CAMPAIGNS for outcome in OperationOutcome
    )
    failure = Failure(text, text, 500)
    results = (
        ChangeResult(change, outcome, Reason(text, text), operations, text, failure, (text,))
        for change in plan.changes[:1]
        for outcome in ChangeOutcome
    )
    return ApplyResult(plan, tuple(results))


def outputs(text: str, width: int | None) -> list[str]:
    plan = plans.hostile(text)
    environment = plans.PROD._replace(name=text, account_sid=text)
    document = plan_document(plan, environment, show_numbers=True)
    results = apply_document(results_of(plan, text), environment)
    findings = validate_document(plan.findings)
    error = error_document(InputError(text, plan.findings))
    line = operation_line(
        plan.changes[0], OperationResult(Op.CREATE, OperationOutcome.FAILED, 1, text), done=1, total=1
    )
    return [
        plan_text(document, now=plans.NOW, width=width),
        plan_text(plan_document(plan, environment), now=plans.NOW, width=width),
        apply_text(results, width=width),
        validate_text(findings, width=width),
        error_text(error, width=width),
        error_text(error_document(CampaignctlError(text)), width=width),
        line,
        *map(written, (document, results, findings, error)),
    ]


@pytest.mark.parametrize("width", [None, 40])
@pytest.mark.parametrize("name", list(plans.HOSTILE))
def test_nothing_from_outside_acts_on_a_terminal_or_a_pipeline(name: str, width: int | None) -> None:
    said = outputs(plans.HOSTILE[name], width)
    for output in said:
        assert set(unsafe().findall(output)) - {"\n"} == set()
        output.encode("utf-8")
    for output in said[:7]:
        assert not COMMAND.search(output)


@pytest.mark.parametrize("width", [None, 40])
def test_nothing_from_outside_breaks_a_line(width: int | None) -> None:
    """A text with line breaks gives as many lines as one without."""
    harmless = [output.count("\n") for output in outputs("xxx", None)]
    hostile = [output.count("\n") for output in outputs("x\nx", None)]
    assert harmless == hostile
    assert all("\nx\n" not in output for output in outputs("x\nx", width))


def test_a_name_of_ten_thousand_characters_leaves_a_plan_readable() -> None:
    text = plan_text(
        plan_document(plans.plan(plans.change(plans.VOICE, "n" * 10_000, "policy")), plans.PROD),
        now=plans.NOW,
    )
    assert len(text) < 2_000
    assert "(10,000 characters)" in text
