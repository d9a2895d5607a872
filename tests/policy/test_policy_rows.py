"""What a row names by text is there: nothing is imported before a rule is asked, so that no import tells."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from campaignctl.policy import RULES
from campaignctl.policy.rules import Rule

ROWS = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def signature(function: Callable[..., object]) -> tuple[list[str], str]:
    """The types that a function takes, and the one that it returns, as they are written."""
    found = inspect.signature(function)
    return [it.annotation for it in found.parameters.values()], found.return_annotation


@ROWS
def test_a_function_of_the_name_of_each_rule_stands_in_its_module(rule: Rule) -> None:
    assert rule.find.__name__ == rule.name
    assert rule.find.__module__ == f"campaignctl.policy.{rule.module}"
    assert signature(rule.find) == (["Case"], "Iterator[Violation]")


@ROWS
def test_what_looks_at_documents_and_names_what_it_cannot_see_stands_there_where_the_row_says_so(
    rule: Rule,
) -> None:
    in_documents, not_looked_at = rule.find_in_documents, rule.not_looked_at
    assert (in_documents is not None, not_looked_at is not None) == (rule.has_documents, rule.needs_fields)
    if in_documents is not None:
        found = "Iterator[tuple[Companion, Violation]]"
        assert signature(in_documents) == (["Registry", "Mapping[str, Value]"], found)
    if not_looked_at is not None:
        assert signature(not_looked_at) == (["Case"], "tuple[str, ...]")
