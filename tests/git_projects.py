"""A project in a real git repository, for tests of what reads one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakes import FakeClock
from harness import Result, run
from yaml_text import dumped

PROJECT: Mapping[str, Any] = {
    "apiVersion": "campaignctl/v1",
    "kind": "Project",
    "manifests": ["campaigns/"],
    "environments": {"sandbox": {"backend": "sandbox", "country": "IN"}},
}
NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A. Tester",
    "GIT_AUTHOR_EMAIL": "tester@example.com",
    "GIT_COMMITTER_NAME": "A. Tester",
    "GIT_COMMITTER_EMAIL": "tester@example.com",
}
"""A git without a user's settings."""


@dataclass(frozen=True)
class GitProject:
    """A work tree. `git` runs git in it, `diff` the command."""

    root: Path

    def git(self, *words: str) -> str:
        """What git says; it must succeed."""
        answer = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env={**os.environ, **NOBODY},
            check=True,
            capture_output=True,
            text=True,
        )
        return answer.stdout.strip()

    def write(self, path: str, content: str | Mapping[str, Any]) -> None:
        """A file: a text, or one document."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            content if isinstance(content, str) else dumped(dict(content)),
            encoding="utf-8",
        )

    def commit(self, message: str = "a step") -> str:
        """Everything as it is; the commit's name."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def diff(self, *words: str, cwd: str = ".", env: Mapping[str, str] | None = None) -> Result:
        """`campaignctl diff`, without anything in the environment that opens an account."""
        return run("diff", *words, cwd=self.root / cwd, env={**NOBODY, **(env or {})}, clock=FakeClock())

    def changes(self, *words: str) -> list[dict[str, Any]]:
        """Its changes as data."""
        result = self.diff("--format", "json", *words)
        assert result.code == 0, result.all
        found: list[dict[str, Any]] = result.json["changes"]
        return found


def git_project(root: Path, *, prefix: str = "") -> GitProject:
    """A repository with a project file that is not committed yet."""
    root.mkdir(parents=True, exist_ok=True)
    project = GitProject(root)
    project.git("init", "--quiet", "--initial-branch", "main")
    project.write(f"{prefix}campaignctl.yaml", PROJECT)
    return project
