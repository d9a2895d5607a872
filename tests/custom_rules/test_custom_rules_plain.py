"""What is told of a manifest without asking `jsonschema` is what that says."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from example_counts import examples
from harness import Desk, voice
from hypothesis import example, given
from hypothesis import strategies as st

from campaignctl.custom_rules import checking
from campaignctl.custom_rules.checking import check_all
from campaignctl.custom_rules.compiling import CompiledRules, compiled
from campaignctl.custom_rules.limits import MAX_TEXT, LimitExceededError
from campaignctl.custom_rules.plain import plain_check_of
from campaignctl.custom_rules.rule_file import OwnRule, RuleFile
from campaignctl.diagnostics import Severity

WORDS = st.sampled_from(["", "name", "metadata", "spec", "growth", "zz", "1"])
NUMBERS = st.one_of(st.integers(-2, 3), st.sampled_from([0.0, 1.0, 1.5, True, False]))
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)
"""Values of a manifest, and what stands behind a keyword by mistake."""
TYPES = st.sampled_from(["object", "array", "string", "boolean", "null", "number", "integer"])
RIGHT = {
    "type": TYPES | st.lists(TYPES, min_size=1, max_size=2),
    "enum": st.lists(LEAVES, max_size=3),
    "const": LEAVES,
    "pattern": st.sampled_from(["^g", "z$", "", "a{1}", "[[a]"]),
    "required": st.lists(WORDS, max_size=3),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), st.integers(0, 3)),
    **dict.fromkeys(("minProperties", "maxProperties"), st.integers(0, 2)),
    **dict.fromkeys(("minimum", "maximum"), NUMBERS),
    **dict.fromkeys(("title", "description", "$comment", "errorMessage"), WORDS),
    "$schema": st.just("https://json-schema.org/draft/2020-12/schema"),
    "uniqueItems": st.booleans(),
}
OF_ONE, OF_SEVERAL = (
    ("additionalProperties", "items", "not", "if", "then", "else"),
    ("allOf", "anyOf", "oneOf"),
)


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = {
        **RIGHT,
        **dict.fromkeys(OF_ONE, inner),
        **dict.fromkeys(OF_SEVERAL, st.lists(inner, min_size=1, max_size=3)),
        "properties": st.dictionaries(WORDS, inner, max_size=3),
    }
    right = [value.map(lambda it, name=name: (name, it)) for name, value in several.items()]
    wrong = st.tuples(st.sampled_from(sorted(several)), VALUES)
    return st.lists(st.one_of(*right, *right, wrong), max_size=4).map(dict)


SCHEMAS = st.recursive(st.booleans(), keywords, max_leaves=6)


def test_whatever_is_plain_is_what_jsonschema_says() -> None:
    plain_ones = []

    @examples(1500)
    @given(keywords(SCHEMAS), VALUES)
    @example({"enum": [1]}, True)
    @example({"const": None, "type": ["null", "null"]}, None)
    @example({"type": "integer"}, 1.0)
    @example({"minimum": 1}, True)
    @example({"then": {"pattern": "("}}, "a")
    @example({"if": {"type": "string"}, "then": {"maxLength": 1}, "else": False}, "ab")
    @example(
        {"additionalProperties": False, "properties": {"name": {"not": {"const": "zz"}}}}, {"name": "zz"}
    )
    def holds(schema: dict[str, Any], value: Any) -> None:
        check = plain_check_of(schema)
        plain_ones.append(check is not None)
        if check is None:
            return
        rules = compiled(RuleFile("one.json", json.dumps(schema)))
        assert isinstance(rules, CompiledRules), "its metaschema lets it through"
        assert check(value) == rules.validator.is_valid(value)

    holds()
    assert len(plain_ones) / 5 < sum(plain_ones) < len(plain_ones)


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": "("}, {"enum": []}, {"enum": [1]}, {"const": True}, {"required": ["a", "a"]}, {"minItems": -1},
        {"minItems": True}, {"maximum": "1"}, {"type": "text"}, {"type": []}, {"allOf": []}, {"properties": []},
        {"title": 1}, {"$ref": "#"}, {"$defs": {}}, {"items": []}, {"$schema": "http://json-schema.org/draft-07/schema#"},
        {"properties": {"spec": {"$schema": "https://json-schema.org/draft/2020-12/schema"}}}, [], None, True,
    ],
    ids=json.dumps,
)  # fmt: skip
def test_jsonschema_reads_what_is_not_plain(schema: Any) -> None:
    assert plain_check_of(schema) is None


def test_schemas_within_schemas_are_plain_to_a_depth() -> None:
    nested: dict[str, Any] = {"type": "string"}
    for _ in range(32):
        nested = {"allOf": [nested]}
    assert plain_check_of(nested) is not None
    assert plain_check_of({"not": nested}) is None


@pytest.mark.parametrize(
    "schema", [{"anyOf": [True, {"pattern": "b"}]}, {"allOf": [False, {"pattern": "b"}]}]
)
def test_a_text_that_is_too_long_is_never_passed_over(schema: dict[str, Any]) -> None:
    """Not even where another branch has decided: `jsonschema` may look at this one first."""
    check = plain_check_of(schema)
    assert check is not None
    with pytest.raises(LimitExceededError):
        check("b" * (MAX_TEXT + 1))


def test_nothing_is_plain_once_some_took_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is asked about before each of several; a pattern that runs away ends with the first."""
    monkeypatch.setattr(checking, "SECONDS_A_MANIFEST", 0.1)
    rule = OwnRule(
        "schema/one",
        None,
        Severity.WARN,
        RuleFile("one.json", '{"properties": {"a": {"pattern": "^(a+)+$"}}}'),
    )
    manifests = [("VoiceCampaign", {"a": text}) for text in ("b", "a" * 60 + "!", "a", "aa")]
    began = time.monotonic()
    checked = check_all([rule], manifests, began + 30)
    assert [it.limit is not None for it in checked] == [False, True, False, False]
    assert [len(it.found) for it in checked] == [1, 0, 0, 0]
    assert time.monotonic() - began < 5


def test_both_ways_give_the_findings_in_the_order_of_the_manifests(desk: Desk) -> None:
    names = ["growth-1", "other-1", "growth-2", "other-2"]
    desk.manifests(*(voice(it, **{"from": [f"+91987654321{n}"]}) for n, it in enumerate(names)))
    desk.write(
        "rules/one.schema.json",
        '{"properties": {"metadata": {"properties": {"name": {"pattern": "^growth"}}}}}',
    )
    desk.configure({"policy": {"schema": [{"file": "rules/one.schema.json", "level": "warn"}]}})
    result = desk.run("validate", "--format", "json")
    assert [it["rule"] for it in result.json["findings"]] == ["schema/one"] * 2
