"""What stands for a list in a spec is the same when a copy of the process hands it over."""

from __future__ import annotations

import pickle

import pytest

from campaignctl.model.campaigns import ListName, ListRef


@pytest.mark.parametrize(
    "marker",
    [ListName("VIP customers"), ListRef("vip", None), ListRef("vip", "5e1ec7ed0001", current=False)],
    ids=["by name", "yet to come", "an earlier version"],
)
def test_a_marker_that_is_handed_over_says_the_same(marker: ListName | ListRef) -> None:
    copy = pickle.loads(pickle.dumps(marker, pickle.HIGHEST_PROTOCOL))
    assert (copy, type(copy), vars(copy)) == (marker, type(marker), vars(marker))
