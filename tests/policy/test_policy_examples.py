"""Every policy, by the example of its page: found by validate at file and line, and in a plan."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml
from fakes import FakeClock
from harness import Desk, desk_at, run

from campaignctl.policy import RULES
from campaignctl.policy.examples import EXAMPLES
from campaignctl.sandbox.server import Sandbox

ROOT = Path(__file__).parents[2]
PLACES = {
    "calling_hours": [(10, 51)],
    "start_offset": [(9, 14)],
    "duplicate_numbers": [(7, 9)],
    "valid_numbers": [(7, 10)],
    "duplicate_campaigns": [(4, 9), (14, 9)],
    "same_people": [(8, 9)],
    "max_numbers": [(7, 9)],
    "frequency": [(17, 9)],
    "unsuppressed": [(7, 3)],
    "list_drift": [],
    "empty_list": [(7, 3)],
    "required_labels": [(4, 3)],
    "allowed_caller_ids": [(6, 14)],
    "allowed_sender_ids": [(10, 14)],
    "lead_time": [(9, 14)],
    "window_fits": [(10, 14)],
    "capacity": [(11, 14), (23, 14)],
    "dlt_template": [(23, 37)],
    "budget": [(4, 9)],
    "sms_segments": [(12, 24)],
}
"""Where the finding stands in the example: line, and a column that is near it."""
CLOCK = datetime.fromisoformat("2030-01-15T08:00:00+05:30")


LIVE_ALONE = {"same_people"}
"""Rules about live accounts: a plan of a sandbox finds nothing."""


def project(rule: str, where: str = "policy") -> str:
    settings = EXAMPLES[rule].settings
    country = f", country: {EXAMPLES[rule].country}" if EXAMPLES[rule].country else ""
    policy = f", policy: {{{settings}}}" if where != "policy" else ""
    others = "".join(
        f", {line}".replace("backend: exotel", f"backend: exotel{policy}")
        for line in EXAMPLES[rule].environments.splitlines()
    )
    return (
        "apiVersion: campaignctl/v1\nkind: Project\nmanifests: [campaigns/]\n"
        f"environments: {{sandbox: {{backend: sandbox{country}{policy}}}{others}}}\n"
        + (f"policy:\n  {settings}\n" if where == "policy" else "")
        + EXAMPLES[rule].besides
    )


def broken(root: Path, rule: str, where: str = "policy") -> None:
    (root / "campaigns").mkdir(exist_ok=True)
    (root / "campaignctl.yaml").write_text(project(rule, where), encoding="utf-8")
    (root / "campaigns" / "broken.yaml").write_text(EXAMPLES[rule].manifest, encoding="utf-8")
    if EXAMPLES[rule].empty:
        (root / ".campaignctl").mkdir(exist_ok=True)
        with Sandbox(root / ".campaignctl" / "sandbox.db", clock=FakeClock(CLOCK)) as sandbox:
            rows = [{"sid": sid, "numbers": []} for sid in EXAMPLES[rule].empty]
            sandbox.seed("sandbox", "lists", rows)


def test_every_rule_has_an_example() -> None:
    assert EXAMPLES.keys() == RULES.keys() == PLACES.keys()


@pytest.mark.parametrize("where", ["policy", "environment"])
@pytest.mark.parametrize("rule", RULES)
def test_validate_finds_the_example_at_its_line(tmp_path: Path, rule: str, where: str) -> None:
    broken(tmp_path, rule, where)
    result = run("validate", "--format", "json", cwd=tmp_path, clock=FakeClock(CLOCK))
    found = result.json["findings"]
    level = yaml.safe_load(EXAMPLES[rule].settings)[rule]["level"]
    if not RULES[rule].in_validate:
        assert (found, result.code) == ([], 0)
        return
    assert {it["rule"] for it in found} == {rule}, found
    assert [it["line"] for it in found] == [line for line, _ in PLACES[rule]]
    assert all(it["column"] >= column for it, (_, column) in zip(found, PLACES[rule], strict=True)), found
    assert {it["severity"] for it in found} == {level}
    assert result.code == (3 if level == "error" else 0)


@pytest.mark.parametrize("rule", RULES)
def test_the_plan_finds_the_example_too(tmp_path: Path, rule: str) -> None:
    broken(tmp_path, rule)
    result = run("plan", "--format", "json", cwd=tmp_path, clock=FakeClock(CLOCK))
    found = result.json["findings"]
    if not RULES[rule].in_plan or rule in LIVE_ALONE:
        assert (found, result.code) == ([], 0)
        return
    assert {it["rule"] for it in found} == {rule}, found
    assert [it["line"] for it in found] == [line for line, _ in PLACES[rule]]
    refused = any(it["severity"] == "error" for it in found)
    assert result.code == (3 if refused else 0)
    blocked = [it["reason"]["code"] for it in result.json["changes"]].count("policy")
    assert blocked == sum(it["severity"] == "error" for it in found)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_an_environment_turns_off_finds_nothing(tmp_path: Path, rule: str) -> None:
    broken(tmp_path, rule)
    file = tmp_path / "campaignctl.yaml"
    text = file.read_text(encoding="utf-8")
    for backend in ("sandbox", "exotel"):
        text = text.replace(f"backend: {backend}", f"backend: {backend}, policy: {{{rule}: {{level: off}}}}")
    file.write_text(text)
    result = run("validate", cwd=tmp_path, clock=FakeClock(CLOCK))
    assert result.code == 0, result.all


@pytest.mark.parametrize("rule", RULES)
def test_nothing_binds_a_manifest_whose_window_is_over(tmp_path: Path, rule: str) -> None:
    broken(tmp_path, rule)
    late = FakeClock(datetime.fromisoformat("2030-01-17T08:00:00+05:30"))
    assert run("validate", "--format", "json", cwd=tmp_path, clock=late).json == {"findings": []}
    assert run("plan", "--format", "json", cwd=tmp_path, clock=late).json["findings"] == []


def test_validate_reports_only_the_selected_ones_of_those_that_crowd(tmp_path: Path) -> None:
    broken(tmp_path, "capacity")
    one, two = EXAMPLES["capacity"].manifest.split("---\n")
    (tmp_path / "campaigns/broken.yaml").write_text(one, encoding="utf-8")
    (tmp_path / "campaigns/other.yaml").write_text(two, encoding="utf-8")
    chosen = run("validate", "campaigns/other.yaml", "--format", "json", cwd=tmp_path, clock=FakeClock(CLOCK))
    assert [(it["file"], it["rule"]) for it in chosen.json["findings"]] == [
        ("campaigns/other.yaml", "capacity")
    ]


def test_an_apply_sends_nothing_that_a_policy_forbids(tmp_path: Path) -> None:
    with desk_at(tmp_path, FakeClock(CLOCK)) as desk:
        policy = yaml.safe_load(EXAMPLES["max_numbers"].settings)
        desk.configure({"policy": policy})
        desk.write("campaigns/all.yaml", EXAMPLES["max_numbers"].manifest)
        assert desk.run("apply", "--auto-approve").code == 3
        assert not desk.writes
        desk.configure({"policy": {"max_numbers": {"level": "warn", "at_most": 1}}})
        assert desk.run("apply", "--auto-approve").code == 0
        assert len(desk.writes) == 1


def test_a_saved_plan_that_waited_too_long_for_lead_time_is_not_carried_out(desk: Desk) -> None:
    desk.configure({"policy": {"lead_time": {"level": "error", "at_least_minutes": 120}}})
    desk.clock.advance(datetime.fromisoformat("2030-01-15T06:59:00+05:30") - desk.clock.now())
    desk.write("campaigns/all.yaml", EXAMPLES["lead_time"].manifest)
    assert desk.run("plan", "--out", "plan.json").code == 0
    desk.clock.advance(datetime.fromisoformat("2030-01-15T07:30:00+05:30") - desk.clock.now())
    assert desk.run("apply", "plan.json", "--auto-approve").code == 3
    assert not desk.writes
