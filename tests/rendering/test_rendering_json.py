"""What other programs read: keys, masks, schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import apply_results as results
import plans
import pytest
from jsonschema import Draft202012Validator
from plans import plan_document

from campaignctl.deriving.output_schemas import OUTPUTS
from campaignctl.errors import InputError, RefusedError
from campaignctl.model.plan import Difference, Selection
from campaignctl.model.reasons import REASONS
from campaignctl.rendering.as_json import apply_document, written
from campaignctl.rendering.findings import error_document, validate_document
from campaignctl.saved_plans.seal import sealed

SCHEMAS = Path(__file__).parents[2] / "schemas"
ALIASES = {"Sequence": Sequence, "Mapping": Mapping, "Value": object}


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def valid(name: str, document: Mapping[str, Any]) -> bool:
    Draft202012Validator.check_schema(schema(name))
    Draft202012Validator(schema(name)).validate(json.loads(written(document)))
    return True


def test_a_plan_is_what_its_schema_says() -> None:
    for plan, environment in (
        (plans.everything(), plans.PROD),
        (plans.plan(environment=plans.SANDBOX), plans.SANDBOX),
    ):
        assert valid("plan", sealed(plan_document(plan, environment), "made-up"))


def test_results_findings_and_errors_are_what_their_schemas_say() -> None:
    refused = RefusedError("12 operations are more than --max-changes 10")
    assert valid("apply", apply_document(results.everything(), plans.PROD))
    assert valid("validate", validate_document(plans.FINDINGS))
    assert valid("error", error_document(refused))


def agrees(shape: Any, part: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """A schema and a shape name the same keys, ask for the same ones, all the way down."""
    if "$ref" in part:
        part = root["$defs"][part["$ref"].rpartition("/")[2]]
    if "anyOf" in part:
        parts = [it for it in part["anyOf"] if it.get("type") != "null"]
        shapes = [it for it in get_args(shape) if it is not type(None)]
        return all(map(agrees, shapes, parts, repeat(root)))
    if get_origin(shape) is list:
        return agrees(get_args(shape)[0], part["items"], root)
    if not is_typeddict(shape):
        return True
    written = get_type_hints(shape, localns=ALIASES, include_extras=True)
    optional = [key for key, hint in written.items() if get_origin(hint) is NotRequired]
    assert part["required"] == [key for key in part["properties"] if key not in optional]
    hints = get_type_hints(shape, localns=ALIASES)
    assert set(part["properties"]) == set(hints)
    return all(agrees(hint, part["properties"][key], root) for key, hint in hints.items())


@pytest.mark.parametrize("name", OUTPUTS)
def test_schemas_and_shapes_name_the_same_keys(name: str) -> None:
    assert agrees(OUTPUTS[name], schema(name), schema(name))


def test_the_schema_knows_every_reason_code() -> None:
    assert schema("plan")["$defs"]["reason"]["properties"]["code"]["enum"] == list(REASONS)


def test_the_complete_plan_as_json(golden: Callable[[str, str], None]) -> None:
    golden("plan.json", written(plan_document(plans.everything(), plans.PROD)))


def test_the_results_as_json(golden: Callable[[str, str], None]) -> None:
    golden("apply.json", written(apply_document(results.everything(), plans.PROD)))


def test_written_json_is_the_document() -> None:
    document = plan_document(plans.everything(), plans.PROD)
    assert json.loads(written(document)) == document


def test_a_difference_of_numbers_counts_them_and_shows_five() -> None:
    [change] = plan_document(plans.plan(plans.update()), plans.PROD)["changes"]
    difference = change["diff"][0]
    assert (difference["before"], difference["after"]) == ({"count": 9}, {"count": 16})
    assert difference["removed"] == {"count": 1, "examples": ["+91••••••••01"]}
    assert difference["added"]["count"] == 8
    assert len(difference["added"]["examples"]) == 5


def test_numbers_are_compared_as_a_multiset() -> None:
    twice = plans.change(
        plans.VOICE, "a", "fields-differ", live="Created",
        diff=(Difference("from", plans.NUMBERS[:2], (plans.NUMBERS[0], *plans.NUMBERS[:2])),),
    )  # fmt: skip
    [change] = plan_document(plans.plan(twice), plans.PROD)["changes"]
    assert change["diff"][0]["added"]["count"] == 1
    assert change["diff"][0]["removed"] == {"count": 0, "examples": []}


def test_no_number_is_in_a_plan_unless_it_is_asked_for() -> None:
    masked = written(plan_document(plans.everything(), plans.PROD))
    shown = written(plan_document(plans.everything(), plans.PROD, show_numbers=True))
    people = {*plans.NUMBERS, "09876543210", "+919800000001"}
    assert not [number for number in people if number in masked]
    assert "+919800000001" in shown
    assert all(number in shown for number in plans.NUMBERS)


def test_no_secret_of_a_callback_is_in_a_plan() -> None:
    text = written(plan_document(plans.everything(), plans.PROD, show_numbers=True))
    assert not [secret for secret in ("hook:pw", "s3cret", "token=old", "token=new") if secret in text]


def test_a_callback_that_differs_only_in_what_is_hidden_says_so() -> None:
    [change] = plan_document(plans.plan(plans.update()), plans.PROD)["changes"]
    callback = change["diff"][-1]
    assert callback["before"] == callback["after"]
    assert "not shown" in callback["note"]


def test_a_value_of_var_that_was_not_sealed_is_not_shown() -> None:
    selection = Selection(vars={"flow": "hmac-sha256:77aa", "number": "+919800000001"})
    document = plan_document(plans.plan(selection=selection), plans.PROD)
    assert document["selection"]["vars"] == {"flow": "hmac-sha256:77aa", "number": "•••"}


def test_an_unknown_status_is_the_accounts_own_word() -> None:
    odd = plans.change(plans.VOICE, "a", "unknown-status", live="Hibernating")
    [change] = plan_document(plans.plan(odd), plans.PROD)["changes"]
    assert change["status"]["live"] == "Hibernating"


def test_an_error_brings_its_findings() -> None:
    document = error_document(InputError("2 problems", plans.FINDINGS))
    assert document["error"] == {"code": "invalid-input", "message": "2 problems"}
    assert [finding["rule"] for finding in document["findings"]] == ["calling_hours", "duplicate_numbers"]
