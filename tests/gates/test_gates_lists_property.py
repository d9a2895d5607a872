"""Nobody is called by canary and rest, by numbers or by lists, whatever is edited, fails or is killed."""

from __future__ import annotations

from typing import Any

import pytest
from edited_stages import EDITS, KILLS, Kill, by_numbers, called_by_both
from example_counts import examples
from hypothesis import given
from hypothesis import strategies as st
from list_desk import contact_list

LISTED = st.sampled_from(["", "canary", "rest", "both", "both"])
"""Which of the two calls a list in an edit; the other calls numbers."""


def listed(edit: dict[str, Any], by_list: str) -> dict[str, Any]:
    """An edit that says which of the two calls a list."""
    return {**edit, "listed": by_list}


def by_lists(
    edit: dict[str, Any], stage: str, beside: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A stage calls a list of its own, or numbers, as the edit says."""
    if edit["listed"] not in (stage, "both"):
        return by_numbers(edit, stage, beside)
    name = f"for-{stage}"
    return [contact_list(name, edit[stage], **beside)], {"from": ..., "lists": [{"name": name}]}


@pytest.mark.slow
@examples(60)
@given(
    EDITS,
    LISTED,
    st.lists(st.tuples(EDITS, LISTED, KILLS), min_size=1, max_size=4),
    st.sampled_from([0.0, 5.0, 90.0]),
)
def test_nobody_is_called_by_both_by_numbers_or_by_lists(
    first: dict[str, Any], begins: str, edits: list[tuple[dict[str, Any], str, Kill]], lag: float
) -> None:
    later = [(listed(edit, by_list), killed) for edit, by_list, killed in edits]
    assert called_by_both(listed(first, begins), later, lag, by_lists) == set()
