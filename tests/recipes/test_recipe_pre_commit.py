"""The hook, installed and run by real pre-commit in a scratch repository. Needs a package registry."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from git_projects import NOBODY, GitProject, git_project
from harness import voice

REPOSITORY = Path(__file__).parents[2]
PRE_COMMIT = shutil.which("pre-commit", path=str(Path(sys.executable).parent)) or "pre-commit"


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> GitProject:
    """This work tree as a repository of its own, as it would be tagged."""
    copy = tmp_path_factory.mktemp("campaignctl")
    for name in (
        "campaignctl",
        "schemas",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        ".pre-commit-hooks.yaml",
    ):
        source, target = REPOSITORY / name, copy / name
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    project = GitProject(copy)
    project.git("init", "--quiet", "--initial-branch", "main")
    project.commit()
    return project


@pytest.mark.slow
def test_the_hook_stops_a_commit_with_a_broken_manifest_and_lets_a_good_one_pass(
    hooks: GitProject, tmp_path: Path
) -> None:
    project = git_project(tmp_path / "work")
    config = {
        "repos": [
            {
                "repo": str(hooks.root),
                "rev": hooks.git("rev-parse", "HEAD"),
                "hooks": [{"id": "campaignctl-validate"}],
            }
        ]
    }
    project.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    project.write("campaigns/voice.yaml", voice(caller_id=...))
    project.git("add", "--all")
    broken = run_hook(project, tmp_path)
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "campaigns/voice.yaml:" in broken.stdout
    assert "caller_id" in broken.stdout
    project.write("campaigns/voice.yaml", voice())
    project.git("add", "--all")
    fixed = run_hook(project, tmp_path)
    assert fixed.returncode == 0, fixed.stdout + fixed.stderr
    assert "Passed" in fixed.stdout


def run_hook(project: GitProject, home: Path) -> subprocess.CompletedProcess[str]:
    """What `git commit` would run."""
    environment = {
        **os.environ,
        **NOBODY,
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "PRE_COMMIT_COLOR": "never",
    }
    return subprocess.run(
        [PRE_COMMIT, "run"], cwd=project.root, env=environment, capture_output=True, text=True, check=False
    )


def test_the_hook_looks_at_every_file_that_a_manifest_may_be_made_of() -> None:
    [hook] = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["pass_filenames"] is False
    assert hook["entry"] == "campaignctl validate"
