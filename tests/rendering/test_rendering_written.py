"""What is written where it is made says what the document says that is written at once."""

from __future__ import annotations

from collections.abc import Mapping
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
    written,
    written_document,
)
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


def write(change: Mapping[str, object]) -> WrittenJson:
    return WrittenJson(compact(change).encode(), canonical(change))


@pytest.mark.parametrize("environment", [plans.PROD, PRICED])
@pytest.mark.parametrize("show_numbers", [False, True])
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
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


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_digest_covers_what_the_document_shows(plan: Plan) -> None:
    approved = document_digest(approved_document(plan, plans.PROD))
    assert approved == document_digest(brief_document(plan, plans.PROD))
    assert approved == document_digest(plan_document(plan, plans.PROD))
