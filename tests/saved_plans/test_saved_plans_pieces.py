"""A document's canonical text is the same whether it is made at once or bit by bit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from campaignctl.saved_plans.seal import canonical, canonical_pieces

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
OBJECTS = st.dictionaries(st.text(max_size=5), SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
DOCUMENTS = st.dictionaries(
    st.text(max_size=5), SCALARS | OBJECTS | st.lists(SCALARS | OBJECTS, max_size=4), max_size=4
)


@given(DOCUMENTS)
def test_the_pieces_of_a_document_joined_are_its_canonical_text(document: dict[str, object]) -> None:
    assert b"".join(canonical_pieces(document)) == canonical(document)


def test_a_long_array_comes_an_item_at_a_time() -> None:
    pieces = list(canonical_pieces({"changes": [{"b": 1, "a": 2}, {}], "allowed": []}))
    assert pieces == [b'{"allowed":', b"[]", b',"changes":', b'[{"a":2,"b":1}', b",{}", b"]", b"}"]
