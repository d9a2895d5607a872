"""Where a finding stands: at the node that jsonschema's own path names, whatever schema and manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from example_counts import examples
from harness import voice
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from yaml.nodes import MappingNode, Node, SequenceNode

from campaignctl.custom_rules.checking import OwnRule
from campaignctl.custom_rules.rule_file import RuleFile, mistakes_in
from campaignctl.custom_rules.rulebook import RuleFiles, check_manifests_by
from campaignctl.diagnostics import Severity
from campaignctl.manifests.loading import load_manifests
from campaignctl.manifests.project import load_project
from campaignctl.model.campaigns import Desired

PROJECT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
environments: {sandbox: {backend: sandbox, policy: {schema: [{file: any.json, level: error}]}}}
"""
NAMES = ["metadata", "spec", "labels", "name", "retries", "on_status", "schedule", "send_at", "from", "team"]
LEAVES = st.sampled_from(
    [
        {"type": "integer"}, {"const": 1}, {"enum": ["x"]}, {"pattern": "^z"}, {"maxLength": 2}, {"minItems": 9},
        {"required": ["nothing", "more"]}, {"maxProperties": 0}, {"uniqueItems": True}, False, True,
        {"contains": {"const": 1}}, {"not": {}}, {"anyOf": [{"const": 1}, {"type": "integer"}]},
        {"oneOf": [True, True]}, {"$ref": "#/$defs/short"},
    ]
)  # fmt: skip
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=4).map(
            lambda it: {"properties": it}
        ),
        inner.map(lambda it: {"items": it}),
        st.lists(inner, min_size=1, max_size=3).map(lambda it: {"allOf": it}),
        inner.map(lambda it: {"if": True, "then": it}),
    ),
    max_leaves=12,
).map(lambda it: {"allOf": [it], "$defs": {"short": {"minItems": 9, "maxLength": 2}}})


def node_of(document: Node, steps: tuple[str | int, ...]) -> Node:
    """By YAML's own nodes, not by ours."""
    for step in steps:
        if isinstance(document, SequenceNode):
            document = document.value[step]
        else:
            assert isinstance(document, MappingNode)
            document = next(value for key, value in document.value if key.value == step)
    return document


def read(directory: Path) -> Desired:
    project = load_project(directory, directory / "campaignctl.yaml", {})
    loaded = load_manifests(project, project.environments["sandbox"])
    [desired] = loaded.desired
    return desired


def test_a_finding_stands_at_the_node_that_jsonschemas_path_names(tmp_path: Path) -> None:
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaignctl.yaml").write_text(PROJECT)
    (tmp_path / "any.json").write_text("{}")
    text = yaml.safe_dump(voice("reminder", metadata={"labels": {"team": "growth"}}), sort_keys=False)
    (tmp_path / "campaigns/one.yaml").write_text(text)
    desired = read(tmp_path)
    document = yaml.compose(text)
    found_some = []

    @examples(150, suppress_health_check=[HealthCheck.too_slow])
    @given(SCHEMAS)
    @example({"properties": {"metadata": {"required": ["nothing"]}, "spec": {"maxProperties": 0}}})
    def holds(schema: dict[str, Any]) -> None:
        rule_file = RuleFile("any.json", json.dumps(schema))
        assert mistakes_in(rule_file) == []
        rule = OwnRule("schema/any", None, Severity.ERROR, rule_file)
        checked = check_manifests_by([rule], [desired], RuleFiles(tmp_path, "campaignctl.yaml"))
        mine = checked.found.get((desired.where.file, desired.document), ())
        failed = dict.fromkeys(
            (
                tuple(it.absolute_path),
                tuple(it.absolute_schema_path),
            )  # of a keyword one, whatever is required
            for it in Draft202012Validator(schema).iter_errors(desired.written)  # type: ignore[arg-type]
        )
        marks = [node_of(document, steps).start_mark for steps, _ in failed]
        assert [(it.where.line, it.where.column) for it in mine] == [
            (m.line + 1, m.column + 1) for m in marks
        ]
        found_some.append(len(mine) > 1)

    holds()
    assert any(found_some)
