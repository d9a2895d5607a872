"""What values of specs come to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from campaignctl.kinds.table import Value
from campaignctl.model.values import count_different

ITEMS = st.sampled_from(["+919800000001", "1", "", "a"]) | st.integers(0, 2) | st.none() | st.booleans()


@given(st.lists(ITEMS, max_size=6), st.booleans())
def test_what_stands_twice_is_counted_once_however_it_is_written(items: list[Value], as_tuple: bool) -> None:
    assert count_different(tuple(items) if as_tuple else items) == len(set(map(str, items)))
