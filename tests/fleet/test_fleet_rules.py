"""Rules of a project's own bind in every environment of a command, in whatever thread that is planned."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from fleet_projects import campaign, many, secrets
from harness import Desk, Result

NAMES = ("east", "north", "south")
NAMING = {"properties": {"metadata": {"properties": {"name": {"pattern": "^growth-"}}}}}
BACKTRACKS = {"properties": {"spec": {"properties": {"read_via_text": {"pattern": "^(a+)+$"}}}}}


def project(desk: Desk, schema: dict[str, Any], **fields: Any) -> None:
    many(desk, NAMES)
    for name in NAMES:
        campaign(desk, name, f"growth-{name}" if name == "east" else f"survey-{name}", **fields)
    desk.write("rules/one.schema.json", json.dumps(schema))
    desk.configure({"policy": {"schema": [{"file": "rules/one.schema.json", "level": "error"}]}})


def plan(desk: Desk) -> Result:
    return desk.run("plan", "--all-environments", "--format", "json", env=secrets(*NAMES))


def test_each_environment_is_held_to_them_as_it_is_alone(desk: Desk) -> None:
    project(desk, NAMING)
    together = plan(desk)
    assert together.code == 3
    codes = {it["environment"]: it["exit_code"] for it in together.json["environments"]}
    assert codes == {"east": 0, "north": 3, "south": 3}
    for it in together.json["environments"]:
        alone = desk.run("plan", "-e", it["environment"], "--format", "json", env=secrets(*NAMES))
        assert it["result"]["findings"] == alone.json["findings"]


@pytest.mark.slow
def test_a_hostile_one_hangs_none_and_passes_in_none(desk: Desk) -> None:
    project(desk, BACKTRACKS, url=..., flow_type=..., read_via_text="a" * 60 + "!")
    began = time.monotonic()
    result = plan(desk)
    assert time.monotonic() - began < 30
    assert result.code == 1
    for it in result.json["environments"]:
        assert it["result"] is None
        assert [found["rule"] for found in it["findings"]] == ["schema-limit"]
    assert desk.writes == []
