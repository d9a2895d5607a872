"""Labels select."""

from __future__ import annotations

import pytest

from campaignctl.errors import UsageError
from campaignctl.model.selector import parse_selector

LABELS = {"team": "growth", "tier": "gold card"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", True),
        ("team=growth", True),
        ("team==growth", True),
        (" team = growth , tier = gold card ", True),
        ("team=growth,tier!=test", True),
        ("team!=growth", False),
        ("team=growth,tier=test", False),
        ("nobody=x", False),
        ("nobody!=x", True),
        ("team=", False),
    ],
)
def test_a_comma_is_and_and_a_missing_label_equals_nothing(text: str, meant: bool) -> None:
    assert parse_selector(text).matches(LABELS) is meant


@pytest.mark.parametrize("text", ["team", "=x", "team=a,", "te am=x", "!team", "team in (a)"])
def test_anything_else_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="neither label=value nor label!=value"):
        parse_selector(text)
