"""Runs the `run:` steps of a workflow's job in a real bash, as the runner of GitHub Actions does, and no others.

Expressions are only known in `env:`, from a table. `gh` is a stand-in for a program of others: it records its words
and the comment it was given, and lists the comments it was told of. Artifacts go by their names through a directory;
each job begins without the files that the one before it left.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_GH = """\
#!{python}
import json, os, pathlib, sys
here = pathlib.Path({directory!r})
body = next((word[6:] for word in sys.argv if word.startswith("body=@")), None)
call = {{"words": sys.argv[1:], "body": body and pathlib.Path(body).read_text(), "marker": os.environ.get("MARKER")}}
with (here / "gh.jsonl").open("a") as log:
    log.write(json.dumps(call) + "\\n")
if "--paginate" in sys.argv:
    sys.stdout.write((here / "comments").read_text())
"""


@dataclass(frozen=True)
class JobResult:
    """How a job ended. `failed` is the first step that did."""

    failed: str | None
    code: int
    log: str
    summary: str
    outputs: Mapping[str, str]


@dataclass
class WorkflowRunner:
    """A repository's work tree, and a directory beside it for what a runner keeps."""

    workflow: Mapping[str, Any]
    work: Path
    directory: Path
    context: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.directory.mkdir()
        tools = self.directory / "bin"
        tools.mkdir()
        (self.directory / "artifacts").mkdir()
        self._script(tools / "gh", _GH.format(python=sys.executable, directory=str(self.directory)))
        self._script(tools / "campaignctl", f'#!/bin/sh\nexec {sys.executable} -m campaignctl "$@"\n')
        (tools / "python").symlink_to(sys.executable)
        (self.directory / "comments").touch()

    def _script(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def has_comment(self, ident: int) -> None:
        """The bot's comment is there already: what `gh --jq` prints of it."""
        (self.directory / "comments").write_text(f"{ident}\n", encoding="utf-8")

    @property
    def gh_calls(self) -> list[dict[str, Any]]:
        """What `gh` was asked, oldest first."""
        log = self.directory / "gh.jsonl"
        return (
            [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
            if log.exists()
            else []
        )

    def run(self, job: str) -> JobResult:
        """The steps in their order, `Install` apart: it would put another version over this one."""
        outputs: dict[str, str] = {}
        summary, log = self.directory / f"{job}.summary", ""
        summary.write_text("", encoding="utf-8")
        failed, code = None, 0
        subprocess.run(["git", "clean", "-fdxq"], cwd=self.work, check=True)
        for step in self.workflow["jobs"][job]["steps"]:
            always = step.get("if") == "success() || failure()"
            if failed and not always:
                continue
            if "uses" in step:
                self._carry(step)
            if "run" not in step or step["name"] == "Install":
                continue
            written = self.directory / "output"
            written.write_text("", encoding="utf-8")
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.work,
                env=self._environment(step, outputs, written, summary),
                capture_output=True,
                text=True,
                check=False,
            )
            log += done.stdout + done.stderr
            pairs = (line.partition("=") for line in written.read_text(encoding="utf-8").splitlines())
            outputs |= {f"steps.{step.get('id')}.outputs.{name}": value for name, _, value in pairs}
            if done.returncode and not failed:
                failed, code = step["name"], done.returncode
        given = {
            name: _filled(value, outputs)
            for name, value in self.workflow["jobs"][job].get("outputs", {}).items()
        }
        return JobResult(failed, code, log, summary.read_text(encoding="utf-8"), given)

    def _carry(self, step: Mapping[str, Any]) -> None:
        """What goes from job to job: one file under a name."""
        kept = self.directory / "artifacts"
        if "/upload-artifact@" in step["uses"]:
            kept = kept / step["with"]["name"]
            kept.mkdir(exist_ok=True)
            shutil.copy(self.work / step["with"]["path"], kept)
        elif "/download-artifact@" in step["uses"]:
            for file in (kept / step["with"]["name"]).iterdir():
                shutil.copy(file, self.work)

    def _environment(
        self, step: Mapping[str, Any], outputs: Mapping[str, str], written: Path, summary: Path
    ) -> dict[str, str]:
        known = {**self.context, **outputs}
        own = {name: _filled(str(value), known) for name, value in step.get("env", {}).items()}
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "PYTHONPATH") if name in os.environ}
        return {
            **kept,
            "PATH": f"{self.directory / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_OUTPUT": str(written),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_REPOSITORY": "acme/campaigns",
            "GITHUB_REF": "refs/heads/main",
            "GIT_CONFIG_GLOBAL": os.devnull,
            **own,
        }


def _filled(text: str, known: Mapping[str, str]) -> str:
    """Every expression must be in the table: a misspelt one is an empty text at GitHub."""
    return _EXPRESSION.sub(lambda match: known[match[1]], text)


def read_workflow(path: Path) -> Mapping[str, Any]:
    """With `on` as a key, which YAML 1.1 reads as true."""
    loaded: Mapping[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in loaded.items()}
