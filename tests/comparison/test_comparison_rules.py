"""What a comparison may never do: say that two plans are the same which are not."""

from __future__ import annotations

import time
from copy import deepcopy
from typing import Any

import pytest
from example_counts import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaignctl.comparison.plans import compare_plans
from campaignctl.comparison.trees import differences
from campaignctl.saved_plans.seal import document_digest

VALUES = st.recursive(
    st.none() | st.integers(-3, 3) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab[.", max_size=2), inner, max_size=3)
    ),
    max_leaves=4,
)
TREES = st.dictionaries(st.sampled_from(["a", "b", "ops"]), VALUES, max_size=3)


@examples(50, suppress_health_check=[HealthCheck.too_slow])
@given(TREES, TREES)
def test_trees_differ_exactly_where_they_are_not_equal(one: Any, other: Any) -> None:
    found = differences(one, other)
    assert bool(found) == (one != other)


def change(name: str, **keys: Any) -> dict[str, Any]:
    return {
        "kind": "VoiceCampaign", "name": name, "sid": None, "change": "create", "manifest": "a.yaml", "line": 1,
        "operations": [{"op": "create", "fields": ["from"], "irreversible": False}], "held": [], "diff": [],
        "reason": {"code": "not-live", "message": "m"}, "notes": [], "fingerprint": None, "resulting": {}, **keys,
    }  # fmt: skip


def plan(*changes: dict[str, Any], manifests: str = "hmac-sha256:aa", **keys: Any) -> dict[str, Any]:
    document = {
        "environment": "prod", "host": "h", "account_sid": "acme1", "created_at": "2027-01-12T09:00:00+05:30",
        "approval": "a", "manifests": {"digest": manifests, "count": len(changes), "token": "t"}, "allowed": [],
        "changes": list(changes), **keys,
    }  # fmt: skip
    return {**document, "digest": document_digest(document)}


OPERATIONS = st.lists(
    st.fixed_dictionaries(
        {
            "op": st.sampled_from(["create", "resume", "pause"]),
            "fields": st.lists(st.sampled_from("ab"), max_size=2),
        },
        optional={"since": st.sampled_from(["1", "2"]), "numbers_failed": st.integers(0, 2)},
    ),
    max_size=2,
)
DIFFS = st.lists(
    st.fixed_dictionaries(
        {"field": st.sampled_from(["from", "url"]), "before": st.integers(0, 1), "after": VALUES}
    ),
    max_size=2,
)
CHANGES = st.lists(
    st.builds(
        change,
        st.sampled_from(["a", "b"]),
        operations=OPERATIONS,
        diff=DIFFS,
        sid=st.sampled_from([None, "x"]),
    ),
    max_size=3,
    unique_by=lambda it: (it["name"], it["sid"]),
)
PLANS = st.builds(
    lambda changes, digest, allowed: plan(*changes, manifests=digest, allowed=allowed),
    CHANGES,
    st.sampled_from(["hmac-sha256:aa", "hmac-sha256:bb"]),
    st.lists(st.sampled_from(["resume", "archive"]), max_size=2, unique=True).map(sorted),
)


@examples(60, suppress_health_check=[HealthCheck.too_slow])
@given(PLANS, PLANS)
def test_they_are_the_same_exactly_when_their_digests_are_and_else_something_shows_it(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    comparison = compare_plans(one, other)
    assert comparison.same == (one["digest"] == other["digest"])
    assert comparison.unseen == (one["manifests"]["digest"] != other["manifests"]["digest"])
    if not comparison.same:
        assert comparison.unseen or comparison.leaves or comparison.changes


@pytest.mark.slow
def test_ten_of_ten_thousand_are_found_in_a_second() -> None:
    one = plan(*(change(f"campaign-{number}", resulting={"url": "u"}) for number in range(10_000)))
    other = deepcopy(one)
    for number in range(0, 10_000, 1000):
        other["changes"][number]["resulting"]["url"] = "v"
    began = time.perf_counter()
    comparison = compare_plans(one, other)
    assert time.perf_counter() - began < 1
    assert len(comparison.changes) == 10
