"""Every format on the command line: what it holds, and what it never does."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from example_counts import crossed
from git_projects import git_project
from harness import ACCOUNT, Desk, run, sms, voice

MARKED_UP = ("markdown", "html", "github")
NUMBERS = re.compile(r"98765432\d\d|90000000\d\d")


def started(desk: Desk) -> None:
    """Something to create of each kind."""
    desk.manifests(voice("diwali-reminder"), sms("diwali-offer"))


@pytest.mark.parametrize("output_format", MARKED_UP)
def test_a_plan_a_saved_one_and_an_apply_can_be_had_in_it(desk: Desk, output_format: str) -> None:
    started(desk)
    planned = desk.run("plan", "--out", "plan.json", "--format", output_format)
    shown = desk.run("show", "plan.json", "--format", output_format)
    applied = desk.run("apply", "plan.json", "--auto-approve", "--format", output_format)
    assert (planned.code, shown.code, applied.code) == (0, 0, 0)
    for result in (planned, shown, applied):
        assert ACCOUNT in result.out
        assert "diwali-reminder" in result.out
    assert planned.out.count("calls 2 people") >= 1


@pytest.mark.parametrize("output_format", MARKED_UP)
def test_an_apply_shows_its_plan_beside_the_result(desk: Desk, output_format: str) -> None:
    started(desk)
    applied = desk.run("apply", "--auto-approve", "--format", output_format)
    assert "+ voice/diwali-reminder: create" in applied.err
    assert "+ voice/diwali-reminder: create" not in applied.out


@pytest.mark.parametrize("output_format", [*MARKED_UP, "sarif"])
def test_no_number_ever_reaches_it(desk: Desk, output_format: str) -> None:
    started(desk)
    commands = [("validate",)]
    if output_format != "sarif":
        commands += [("plan",), ("apply", "--auto-approve")]
    for words in commands:
        result = desk.run(*words, "--show-numbers", "--format", output_format)
        assert result.code == 0
        assert not NUMBERS.search(result.out)
    assert NUMBERS.search(
        desk.run("plan", "--show-numbers", "--resend", "diwali-reminder", "--format", "json").out
    )


@pytest.mark.parametrize(("output_format", "first"), [("github", "::error title="), ("sarif", "{\n")])
def test_a_mistake_is_told_where_it_stands(desk: Desk, output_format: str, first: str) -> None:
    desk.manifests(voice("diwali-reminder", caller_id=...))
    result = desk.run("validate", "--format", output_format)
    assert result.code == 1
    assert result.out.count("campaigns/") == 1 or output_format == "sarif"
    if output_format == "sarif":
        [run_] = json.loads(result.out)["runs"]
        assert run_["results"][0]["level"] == "error"
    else:
        assert first in result.out


def test_an_early_end_is_an_annotation_too(desk: Desk) -> None:
    desk.manifests(voice("diwali-reminder", caller_id=...))
    result = desk.run("plan", "--format", "github")
    assert result.code == 1
    assert re.search(r"^::error title=[^:]+,file=[^:]+\.yaml,line=\d+", result.out)
    assert result.err == ""


def test_in_a_workflow_files_are_named_from_the_workspace(tmp_path: Path) -> None:
    project = tmp_path / "marketing"
    (project / "campaigns").mkdir(parents=True)
    (project / "campaignctl.yaml").write_text(
        "apiVersion: campaignctl/v1\nkind: Project\nmanifests: [campaigns/]\n", encoding="utf-8"
    )
    (project / "campaigns" / "a.yaml").write_text("kind: nothing\n", encoding="utf-8")
    workspace = {"GITHUB_WORKSPACE": str(tmp_path)}
    for words in (("validate",), ("plan",)):
        result = run(*words, "--format", "github", cwd=project, env=workspace)
        assert ",file=marketing/campaigns/a.yaml,line=1" in result.out


@pytest.mark.parametrize(
    ("words", "workspace", "place"),
    crossed(
        [("validate",), ("plan",), ("diff",), ("apply", "--auto-approve")],
        [True, False],
        [".", "marketing", "marketing/campaigns"],
        rounds=2,
    ),
)
def test_files_are_named_from_the_top_of_the_repository_wherever_a_command_runs(
    tmp_path: Path, words: tuple[str, ...], workspace: bool, place: str
) -> None:
    """With `-c` too, and for the errors that end a command early."""
    repository = git_project(tmp_path, prefix="marketing/")
    repository.write("marketing/campaigns/a.yaml", voice("one"))
    repository.commit()
    env = {"GITHUB_WORKSPACE": str(tmp_path)} if workspace else {}
    ways = [("-c", os.path.relpath(tmp_path / "marketing/campaignctl.yaml", tmp_path / place))]
    ways += [()] if place != "." else []
    repository.write("marketing/campaigns/a.yaml", voice("one", caler_id="1"))
    for way in ways:
        result = run(*words, "--format", "github", *way, cwd=tmp_path / place, env=env)
        assert result.code == 1, result.all
        assert ",file=marketing/campaigns/a.yaml,line=" in result.out, result.all
    if words[0] == "diff":
        repository.write("marketing/campaigns/a.yaml", voice("one", caller_id="08012345678"))
        changed = run("diff", "--base", "HEAD", "--format", "github", *ways[0], cwd=tmp_path / place, env=env)
        assert ",file=marketing/campaigns/a.yaml,line=" in changed.out, changed.all


def test_files_are_named_from_where_a_command_runs_where_nothing_else_is_known(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: nothing\n", encoding="utf-8")
    result = run("validate", "a.yaml", "--format", "github", cwd=tmp_path)
    assert ",file=a.yaml,line=1" in result.out


@pytest.mark.parametrize("output_format", MARKED_UP)
def test_a_validation_names_the_environment_whose_policies_it_kept(desk: Desk, output_format: str) -> None:
    started(desk)
    assert ACCOUNT in desk.run("validate", "--format", output_format).out


def test_validate_offers_sarif_and_a_plan_does_not(desk: Desk) -> None:
    started(desk)
    assert desk.run("plan", "--format", "sarif").code == 64
    assert json.loads(desk.run("validate", "--format", "sarif").out)["version"] == "2.1.0"
