"""What a person does next stands in the row of the reason, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from campaignctl.model.reasons import APPLY_REASONS, REASONS
from campaignctl.rendering.changes import following


def result(outcome: str, code: str) -> Any:
    return {"outcome": outcome, "reason": {"code": code, "message": "because"}}


@pytest.mark.parametrize("code", APPLY_REASONS)
def test_a_result_s_next_step_is_the_remedy_of_its_row(code: str) -> None:
    said = following(result("failed", code))
    assert said is not None
    assert f"{said[:1].upper()}{said[1:]}." == APPLY_REASONS[code].remedy


def test_by_hand_it_is_the_one_for_a_verb_by_hand() -> None:
    assert (
        following(result("failed", "refused"), by_hand=True) == "fix what the API reported, then run it again"
    )
    assert following(result("skipped", "policy"), by_hand=True) == (
        "run it again within the hours that the policy allows, or change the policy"
    )


def test_what_was_found_late_has_a_remedy_of_its_own() -> None:
    assert following(result("skipped", "start-passed")) == "give it a new start, then plan again"


@pytest.mark.parametrize("code", [code for code, row in REASONS.items() if not row.late])
def test_what_the_plan_told_is_not_told_again(code: str) -> None:
    assert following(result("skipped", code)) is None


def test_of_an_unknown_outcome_only_the_outcome_counts() -> None:
    assert following(result("unknown", "refused")) == "apply again: it looks before it repeats anything"


def test_every_sentence_of_a_row_is_one() -> None:
    texts = [text for row in REASONS.values() for text in (row.remedy, row.late, row.by_hand) if text]
    texts += [text for row in APPLY_REASONS.values() for text in (row.remedy, row.by_hand) if text]
    assert all(not text[0].islower() and text.endswith(".") for text in texts)
