"""What is written where it is made says what the document says that is written at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import plans
import pytest
from plans import plan_document

from campaignctl.kinds.table import Value
from campaignctl.model.environment import Environment
from campaignctl.model.plan import Plan
from campaignctl.model.written import WrittenJson
from campaignctl.rendering.as_json import (
    approved_document,
    brief_document,
    compact,
    pieces,
    plan_head,
    rewritten_document,
    written,
    written_document,
)
from campaignctl.rendering.as_text.reports import plan_text
from campaignctl.rendering.reports import listed_plan_report
from campaignctl.saved_plans.seal import SealOfChanges, canonical, document_digest, sealed

HOSTILE = 'दि "quoted" \\ \x7f \u2028 <script> \U0001f600'
PRICES: Mapping[str, Value] = {
    "currency": "INR",
    "call": {"per_pulse": "0.50", "pulse": "60s"},
    "sms": {"per_segment": "0.15"},
}
PRICED = plans.PROD._replace(prices=PRICES)
PLANS = {
    "nothing": plans.plan(),
    "everything": plans.everything(),
    "hostile": plans.hostile(HOSTILE),
    "hostile runs": plans.hostile_runs(HOSTILE),
    "so much that copies of the process share it": replace(
        plans.everything(), changes=plans.everything().changes * 40
    ),
}
EACH = [
    pytest.param(plan, id=name, marks=[pytest.mark.slow] if len(plan.changes) > 500 else [])
    for name, plan in PLANS.items()
]


def write(change: Mapping[str, object]) -> WrittenJson:
    return WrittenJson(compact(change).encode(), canonical(change))


@pytest.mark.parametrize("environment", [plans.PROD, PRICED])
@pytest.mark.parametrize("show_numbers", [False, True])
@pytest.mark.parametrize("plan", EACH)
def test_a_plan_is_written_bit_by_bit_as_at_once(
    plan: Plan, show_numbers: bool, environment: Environment
) -> None:
    at_once = sealed(plan_document(plan, environment, show_numbers=show_numbers), "made-up")
    head = plan_head(plan, environment)
    seal = SealOfChanges(head, "made-up")
    bits = written_document(lambda: head, plan, environment, write, seal.take, show_numbers=show_numbers)
    assert all(isinstance(it, bytes) for it in bits["changes"])
    bits["seal"] = seal.over(bits)
    assert bits["seal"] == at_once["seal"]
    assert "".join(pieces(bits)) == written(at_once)


@pytest.mark.parametrize("environment", [plans.PROD, PRICED])
@pytest.mark.parametrize("plan", EACH)
def test_a_plan_whose_text_was_made_is_written_bit_by_bit_as_at_once(
    plan: Plan, environment: Environment
) -> None:
    at_once = sealed(plan_document(plan, environment), "made-up")
    seal = SealOfChanges(plan_head(plan, environment), "made-up")
    bits = rewritten_document(brief_document(plan, environment), plan, environment, write, seal.take)
    bits["seal"] = seal.over(bits)
    assert bits["seal"] == at_once["seal"]
    assert "".join(pieces(bits)) == written(at_once)


@contextmanager
def one_core() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:1])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="copies of the process are made on Linux alone")
@pytest.mark.parametrize("width", [None, 60])
def test_copies_of_the_process_write_the_text_that_one_process_writes(width: int | None) -> None:
    many = replace(plans.everything(), changes=plans.everything().changes * 80)
    document = brief_document(many, plans.PROD)
    assert len(listed_plan_report(document, plans.NOW).entries) > 600, "so many are worth a copy"
    shared = plan_text(document, now=plans.NOW, width=width)
    with one_core():
        assert plan_text(document, now=plans.NOW, width=width) == shared


@pytest.mark.parametrize("plan", EACH)
def test_the_digest_covers_what_the_document_shows(plan: Plan) -> None:
    approved = document_digest(approved_document(plan, plans.PROD))
    assert approved == document_digest(brief_document(plan, plans.PROD))
    assert approved == document_digest(plan_document(plan, plans.PROD))
