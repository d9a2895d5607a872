"""A document's canonical text is the same whether it is made at once or bit by bit."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from campaignctl.saved_plans.seal import canonical, canonical_pieces, document_digest

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


LISTS = {"diff": st.lists(OBJECTS, max_size=1)} | {
    name: st.lists(st.sampled_from(({"op": "create"}, {"op": "update", "fields": ["from"]})), max_size=1)
    for name in ("operations", "held")
}
CHANGES = st.fixed_dictionaries(
    {"kind": SCALARS, "name": SCALARS, "sid": SCALARS, **LISTS},
    optional={
        "suppressed": st.none() | st.fixed_dictionaries({"marks": st.lists(st.text(max_size=3), max_size=2)})
    },
)


@given(st.lists(CHANGES, max_size=3))
def test_a_digest_covers_each_change_as_canonical_text_whether_anything_is_done_or_not(
    changes: list[dict[str, object]],
) -> None:
    document = {"environment": "prod", "host": "h", "account_sid": "a", "allowed": []}
    told: list[dict[str, object]] = []
    for change in changes:
        left_out = change.get("suppressed")
        marks = {"suppressed": left_out["marks"]} if isinstance(left_out, dict) else {}
        told.append({**{key: value for key, value in change.items() if key != "suppressed"}, **marks})
    covered = canonical({**document, "manifests": "d", "changes": told})
    digest = document_digest({**document, "manifests": {"digest": "d"}, "changes": changes})
    assert digest == hashlib.sha256(covered).hexdigest()[:12]
