"""A command with one plain `-e`, or none, is what it was: it imports nothing of several, and reaches one account."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fleet_projects import campaign, many, secrets
from harness import SECRETS, Desk, voice

SHOWS = (
    "import sys\n"
    "from campaignctl.cli.main import run\n"
    "code = run(sys.argv[1:])\n"
    "several = sorted(it for it in sys.modules if 'fleet' in it or 'side_by_side' in it or 'several' in it)\n"
    "print(code, several, file=sys.stderr)\n"
)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("validate",), marks=pytest.mark.slow),
        pytest.param(("plan",), marks=pytest.mark.slow),
        ("plan", "-e", "prod"),
        ("apply", "--auto-approve", "-e", "prod"),
        pytest.param(("status",), marks=pytest.mark.slow),
        pytest.param(("pause", "--all", "--auto-approve"), marks=pytest.mark.slow),
    ],
    ids=" ".join,
)
def test_one_environment_imports_nothing_of_several(desk: Desk, words: tuple[str, ...]) -> None:
    desk.manifests(voice())
    done = subprocess.run(
        [sys.executable, "-c", SHOWS, *words],
        cwd=desk.root,
        env={**SECRETS, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1] == "0 []", done.stderr


def test_a_plain_environment_of_a_file_asks_its_account_alone(desk: Desk) -> None:
    many(desk, ("east", "north"))
    for name in ("east", "north"):
        campaign(desk, name, "survey")
    desk.forget()
    assert desk.run("plan", "-e", "north", env=secrets("north")).code == 0
    assert {it.path.split("/")[3] for it in desk.requests} == {"acc-north"}
