"""Every example is a manifest that nothing is wrong with, in each of its environments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from campaignctl.kinds.lifecycle import State
from campaignctl.manifests import load_manifests, load_project
from campaignctl.model.windows import window_of
from campaignctl.planning.terms import document_start
from campaignctl.policy import (
    Beside,
    Policies,
    check_documents,
    check_manifest,
    where_it_begins,
)
from campaignctl.policy.dlt_template import registry_of
from campaignctl.repeat.manifests import planned_manifests

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["sandbox", "prod"])
def test_nothing_is_wrong_with_an_example(name: str) -> None:
    project = load_project(EXAMPLES, None, {})
    environment = project.environments[name]
    manifests = load_manifests(project, environment)
    assert manifests.findings == ()
    assert len(manifests.selected) >= 8
    clock = datetime.fromisoformat(project.environments["sandbox"].sandbox_clock or "")
    registry = registry_of(manifests.companions)
    assert registry is not None, "the SMS campaigns are held against registered templates"
    beside = Beside(registered=lambda: registry)
    for desired in (one for it in manifests.selected for one in planned_manifests(it, clock)):
        start = window_of(desired.kind, desired.spec).start
        assert start is not None
        assert (start - clock).days >= 6, "the sandbox's clock begins well before the examples"
        policies = Policies.of(environment, manifests.companions)
        assert check_manifest(desired, policies, clock, document_start, beside) == ()
    assert list(check_documents(policies, beside, where_it_begins)) == []


def test_the_examples_show_each_idea_once() -> None:
    project = load_project(EXAMPLES, None, {})
    desired = load_manifests(project, project.environments["sandbox"]).desired
    assert len({it.name for it in desired}) == len(desired)
    assert {it.state for it in desired} == {None, State.PAUSED, State.ARCHIVED}
    shown = {field for it in desired for field in it.spec}
    assert {"url", "read_via_text", "retries", "throttle", "template", "from", "lists"} <= shown
    assert {it.spec.get("content_type") for it in desired} >= {"static", "dynamic"}


def test_an_example_begins_with_its_schema_and_its_idea() -> None:
    for path in (EXAMPLES / "campaigns").glob("*.yaml"):
        schema, idea, *_ = path.read_text(encoding="utf-8").splitlines()
        assert schema.startswith("# yaml-language-server: $schema=../../schemas/")
        assert idea.startswith("# ")
        assert idea.endswith(".")
