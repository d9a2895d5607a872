"""Rules of a project's own, as a command holds manifests to them."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from harness import Desk, Result, live_voice, sms, voice

NAMING: dict[str, Any] = {
    "description": "The house rules.",
    "properties": {"metadata": {"properties": {"name": {"pattern": "^growth-", "maxLength": 30}}}},
}
NUMBER = re.compile(r"98765432\d\d")


def ruled(desk: Desk, *schemas: dict[str, Any], level: str = "error", **setting: Any) -> None:
    """The project with these rule files, `rules/one.schema.json`, `rules/two.schema.json` …"""
    entries = []
    for name, schema in zip(("one", "two", "three"), schemas, strict=False):
        desk.write(f"rules/{name}.schema.json", json.dumps(schema, indent=1))
        entries.append({"file": f"rules/{name}.schema.json", "level": level, **setting})
    desk.configure({"policy": {"schema": entries}})


def found(result: Result) -> list[dict[str, Any]]:
    return [it for it in result.json["findings"] if it["rule"].startswith("schema")]


def test_a_rule_is_told_at_the_node_with_its_own_words(desk: Desk) -> None:
    desk.manifests(voice("reminder"))
    ruled(desk, NAMING)
    result = desk.run("validate", "--format", "json")
    assert result.code == 3
    [finding] = found(result)
    lines = (desk.root / "campaigns/all.yaml").read_text().splitlines()
    assert finding["rule"] == "schema/one"
    assert finding["message"] == "The house rules."
    assert finding["schema"] == "rules/one.schema.json#/properties/metadata/properties/name"
    assert lines[finding["line"] - 1][finding["column"] - 1 :].startswith('"reminder"')


def test_without_words_it_says_which_keyword_of_which_schema(desk: Desk) -> None:
    desk.manifests(voice("reminder"))
    ruled(desk, {"properties": NAMING["properties"]})
    [finding] = found(desk.run("validate", "--format", "json"))
    assert finding["message"] == (
        "metadata.name: does not satisfy `pattern` of "
        "rules/one.schema.json#/properties/metadata/properties/name"
    )


def test_an_error_blocks_a_create_and_a_warning_nothing(desk: Desk) -> None:
    desk.manifests(voice("reminder"))
    ruled(desk, NAMING)
    plan = desk.run("plan", "--format", "json")
    assert plan.code == 3
    [change] = plan.json["changes"]
    assert (change["change"], change["reason"]["code"]) == ("blocked", "policy")
    assert "schema/one" in change["reason"]["message"]
    applied = desk.run("apply", "--auto-approve", "--allow", "start-now", "--format", "json")
    assert applied.code == 3
    ruled(desk, NAMING, level="warn")
    assert desk.run("validate").code == 0
    assert [it["severity"] for it in found(desk.run("plan", "--format", "json"))] == ["warn"]
    assert desk.run("apply", "--auto-approve").code == 0


def test_it_never_holds_up_a_pause_nor_binds_what_is_over(desk: Desk) -> None:
    ruled(desk, NAMING)
    desk.seed(live_voice("reminder"))
    desk.manifests(voice("reminder", state="paused"))
    assert desk.run("validate").code == 3
    applied = desk.run("apply", "--auto-approve", "--format", "json")
    [result] = applied.json["results"]
    assert [it["op"] for it in result["operations"]] == ["pause"]
    old = {"send_at": "2026-01-15T09:00:00+05:30", "end_at": "2026-01-15T18:00:00+05:30"}
    desk.manifests(voice("old", schedule=old), voice("ended", state="archived"))
    assert desk.run("validate").code == 0


def test_what_is_checked_is_filled_in_and_of_the_types_of_its_fields(desk: Desk) -> None:
    """A rule before substitution would meet every pattern with `${flow_id}`."""
    spec = {
        "caller_id": {"const": "03349360005"},
        "url": {"const": "http://my.exotel.com/acme1/exoml/start_voice/926"},
        "schedule": {"properties": {"send_at": {"const": "2027-01-15T09:00:00+05:30"}}},
        "retries": {"properties": {"number_of_retries": {"const": 2}}},
        "custom_field": {"type": "null"},
        "from_file": {"const": "people.csv"},
        "from": False,
        "state": False,
    }
    ruled(
        desk,
        {
            "required": ["apiVersion", "kind", "metadata", "spec"],
            "properties": {"spec": {"properties": spec}},
        },
    )
    desk.configure({"vars": {"flow": "926"}})
    url = "http://my.exotel.com/acme1/exoml/start_voice/${flow}"
    desk.write("campaigns/people.csv", "+919876543210\n")
    desk.manifests(voice("reminder", url=url, custom_field=None, from_file="people.csv", **{"from": ...}))
    result = desk.run("validate", "--format", "json")
    assert found(result) == [], result.all
    desk.configure({"vars": {"flow": "4"}})
    assert [it["schema"] for it in found(desk.run("validate", "--format", "json"))] == [
        "rules/one.schema.json#/properties/spec/properties/url"
    ]


def test_a_list_by_name_is_seen_as_it_was_written(desk: Desk) -> None:
    items = {"items": {"type": "object", "required": ["name"]}}
    ruled(desk, {"properties": {"spec": {"properties": {"lists": items}}}})
    desk.manifests(sms("text-to-all", lists=[{"name": "VIP customers"}]))
    assert desk.run("validate").code == 0


def test_a_rule_of_one_kind_binds_no_other(desk: Desk) -> None:
    ruled(desk, NAMING, kind="SmsCampaign")
    desk.manifests(voice("reminder"), sms("text-to-all"))
    [finding] = found(desk.run("validate", "--format", "json"))
    lines = (desk.root / "campaigns/all.yaml").read_text().splitlines()
    assert "text-to-all" in lines[finding["line"] - 1]


def test_an_environment_adds_rules_and_replaces_those_of_the_same_file_and_kind(desk: Desk) -> None:
    desk.manifests(voice("reminder"))
    ruled(desk, NAMING)
    desk.write("rules/more.yaml", "properties: {spec: {required: [custom_field]}}\n")
    off = [{"file": "./rules/one.schema.json", "level": "off"}, {"file": "rules/more.yaml", "level": "warn"}]
    desk.configure(policy={"schema": off})
    result = desk.run("validate", "--format", "json")
    assert (result.code, [it["rule"] for it in found(result)]) == (0, ["schema/more"])


def test_what_is_off_is_not_read(desk: Desk) -> None:
    desk.manifests(voice("reminder"))
    desk.configure({"policy": {"schema": [{"file": "rules/nowhere.json", "level": "off"}]}})
    assert desk.run("validate").code == 0


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"file": "rules/nowhere.json", "level": "error"}, "it cannot be read"),
        ({"file": "../outside.json", "level": "error"}, "leads out of the project"),
        (
            {"file": "rules/one.schema.json", "level": "error", "kind": "SmsCampaing"},
            'did you mean "SmsCampaign"',
        ),
        ({"file": "rules/one.schema.json"}, "needs level"),
    ],
    ids=["missing", "outside", "kind", "level"],
)
def test_a_rule_that_cannot_be_found_is_an_error_in_the_project_file(
    desk: Desk, entry: dict[str, Any], says: str
) -> None:
    desk.manifests(voice("growth-reminder"))
    desk.write("rules/one.schema.json", json.dumps(NAMING))
    (desk.root.parent / "outside.json").write_text("{}")
    desk.configure({"policy": {"schema": [entry]}})
    for command in ("validate", "plan", "apply"):
        result = desk.run(command)
        assert result.code == 1, result.all
        assert re.search(r"campaignctl\.yaml:\d+:\d+: ", result.all)
        assert says in result.all


def test_two_files_of_one_name_are_an_error(desk: Desk) -> None:
    desk.manifests(voice("growth-reminder"))
    ruled(desk, NAMING)
    desk.write("more/one.yaml", "{}\n")
    desk.configure(policy={"schema": [{"file": "more/one.yaml", "level": "warn"}]})
    result = desk.run("validate")
    assert result.code == 1
    assert "schema/one is what" in result.all


MISTAKES: dict[str, tuple[str, int, str]] = {
    "no YAML": ("a: [", 2, "not readable as YAML"),
    "no object": ("- a\n", 1, "an object"),
    "metaschema": ("type: object\nproperties:\n  spec: {minLength: long}\n", 3, "minLength"),
    "dialect": ("$schema: http://json-schema.org/draft-04/schema#\n", 1, "it is none of"),
    "a remote reference": ("allOf:\n- $ref: https://example.com/rules.json\n", 2, "nothing is fetched"),
    "a file": ("allOf:\n- $ref: other.json#/a\n", 2, "nothing is fetched"),
    "a dynamic reference": ("$dynamicRef: other.json#a\n", 1, "nothing is fetched"),
    "a reference to nowhere": ("properties:\n  spec: {$ref: '#/$defs/spce'}\n", 2, "leads nowhere"),
    "an anchor that is not there": ("properties:\n  spec: {$ref: '#spec'}\n", 2, "leads nowhere"),
    "a pattern": ("properties:\n  kind:\n    pattern: '(a'\n", 3, "cannot read it"),
    "a pattern of keys": ("patternProperties:\n  '(a': {}\n", 2, "cannot read it"),
    "a pattern behind a reference": (
        "$ref: '#/other/a'\nother:\n  a:\n    pattern: '['\n",
        4,
        "cannot read it",
    ),
    "a key twice": ("title: a\ntitle: b\n", 2, "stands twice"),
    "a dialect within": (
        "properties:\n  spec:\n    $schema: http://json-schema.org/draft-07/schema#\n",
        3,
        "at the top",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_rule_file_is_told_at_its_line_and_ends_everything(desk: Desk, mistake: str) -> None:
    text, line, says = MISTAKES[mistake]
    desk.manifests(voice("growth-reminder"))
    desk.write("rules/naming.schema.yaml", text)
    desk.configure({"policy": {"schema": [{"file": "rules/naming.schema.yaml", "level": "warn"}]}})
    for command in ("validate", "plan", "apply"):
        result = desk.run(command)
        assert result.code == 1, result.all
        assert f"rules/naming.schema.yaml:{line}:" in result.all, result.all
        assert says in result.all


def test_it_is_too_large(desk: Desk) -> None:
    desk.manifests(voice("growth-reminder"))
    ruled(desk, {"description": "a" * 300_000})
    assert "larger than 256 KiB" in desk.run("validate").all


# -- bounds ----------------------------------------------------------------------------------------------------

HOSTILE: dict[str, dict[str, Any]] = {
    "pattern": {"properties": {"spec": {"properties": {"read_via_text": {"pattern": "^(a+)+$"}}}}},
    "keys": {
        "properties": {"metadata": {"properties": {"labels": {"patternProperties": {"^(a+)+$": False}}}}}
    },
    "other keys": {
        "properties": {
            "metadata": {
                "properties": {
                    "labels": {
                        "patternProperties": {"^(a+)+$": True},
                        "additionalProperties": {"type": "string"},
                    }
                }
            }
        }
    },
    "unevaluated keys": {
        "properties": {
            "metadata": {
                "properties": {
                    "labels": {
                        "allOf": [{"patternProperties": {"^(a+)+$": True}}],
                        "unevaluatedProperties": False,
                    }
                }
            }
        }
    },
    "references": {
        "$defs": {
            **{f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 3} for n in range(20)},
            "a20": True,
        },
        "$ref": "#/$defs/a0",
    },
    "a loop": {"$ref": "#"},
    "a longer loop": {"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"anyOf": [{"$ref": "#"}]}}},
}


@pytest.mark.slow
@pytest.mark.parametrize("schema", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_rule_ends_the_run_and_never_passes(desk: Desk, schema: dict[str, Any]) -> None:
    text = "a" * 60 + "!"
    labels = {"a" * 40 + "-b": "x"}
    desk.manifests(voice("reminder", metadata={"labels": labels}, url=..., flow_type=..., read_via_text=text))
    ruled(desk, schema, level="warn")
    began = time.monotonic()
    result = desk.run("validate", "--format", "json")
    assert time.monotonic() - began < 8
    assert result.code == 1, result.all
    assert [it["rule"] for it in found(result)] == ["schema-limit"]
    assert "rules/one.schema.json" in found(result)[0]["message"]
    assert desk.run("plan").code == 1


def test_a_loop_that_ends_is_no_limit(desk: Desk) -> None:
    desk.manifests(voice("reminder"))
    ruled(desk, {"additionalProperties": {"$ref": "#"}, "maxProperties": 20})
    assert desk.run("validate").code == 0


# -- what is shown ---------------------------------------------------------------------------------------------

KEYWORDS: dict[str, Any] = {
    "const": "x", "enum": ["x"], "type": "integer", "pattern": "x", "maxLength": 1, "not": True, "anyOf": [False],
    "oneOf": [False], "allOf": [{"const": 1}], "if": True, "format": "email",
}  # fmt: skip


def test_no_number_of_people_is_ever_quoted(desk: Desk) -> None:
    """The library's messages quote values, and so do its paths the keys."""
    desk.manifests(voice("reminder", metadata={"labels": {"9876543210": "+919876543211"}}))
    item = {**KEYWORDS, "then": {"const": "y"}}
    spec = {
        "properties": {
            "from": {"items": item, "contains": {"const": 1}, "uniqueItems": True, "maxItems": 0, "const": []}
        }
    }
    labels = {"additionalProperties": False, "propertyNames": {"maxLength": 2}, "maxProperties": 0}
    ruled(desk, {"properties": {"spec": spec, "metadata": {"properties": {"labels": labels}}}})
    for output_format in ("text", "json", "markdown", "html", "github", "sarif", "gitlab", "junit"):
        result = desk.run("validate", "--format", output_format)
        assert result.code == 3
        assert not NUMBER.search(result.all), output_format
    assert len(found(desk.run("validate", "--format", "json"))) > 20


def test_what_a_branch_of_a_choice_says_is_not_told(desk: Desk) -> None:
    desk.manifests(voice("reminder"))
    name = {"anyOf": [{"const": "a", "title": "A."}, {"const": "b", "title": "B."}], "title": "A or B."}
    ruled(desk, {"properties": {"metadata": {"properties": {"name": name}}}})
    assert [it["message"] for it in found(desk.run("validate", "--format", "json"))] == ["A or B."]


@pytest.mark.parametrize("command", ["status", "diff", "doctor", "pause"])
def test_a_broken_rule_holds_up_nothing_that_stops_or_only_looks(desk: Desk, command: str) -> None:
    desk.seed(live_voice("reminder"))
    desk.manifests(voice("reminder"))
    desk.write("rules/one.schema.json", "{")
    desk.configure({"policy": {"schema": [{"file": "rules/one.schema.json", "level": "error"}]}})
    words = {"pause": ("pause", "reminder", "--auto-approve")}.get(command, (command,))
    result = desk.run(*words)
    assert "rules/one.schema.json" not in result.all
