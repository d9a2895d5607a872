"""The guide is run: every command, in its order, in one empty directory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs" / "guide"
GUIDE, TEMPLATES = PAGES / "README.md", PAGES / "registered-templates.md"
REPEATING = PAGES / "repeating.md"
COSTS = PAGES / "costs.md"
BLOCK = re.compile(r"(?:<!-- (?P<what>[^>]*) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL)
EXIT = re.compile(r"\s+# exit (\d+)$")


def lines(page: Path) -> Iterator[tuple[str, int]]:
    """Each command, and how it ends; files of the guide are written by commands of their own."""
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        what, text = block["what"] or "", block["text"]
        if block["language"] == "sh":
            for line in text.splitlines():
                code = EXIT.search(line)
                yield EXIT.sub("", line), int(code[1]) if code else 0
        elif what.startswith("file: "):
            file = what.removeprefix("file: ")
            yield f"mkdir -p $(dirname {file}) && cat > {file} <<'END'\n{text}END", 0
        elif what == "under policy":
            yield f"cat >> campaignctl.yaml <<'END'\n{text}END", 0


def run_page(page: Path, directory: Path) -> dict[str, str]:
    """What each command of a page said, the last time it was run."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {"PATH": path, "HOME": str(directory), "LC_ALL": "C.UTF-8"}
    said = {}
    for command, code in lines(page):
        done = subprocess.run(
            ["bash", "-c", command], cwd=directory, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"{command}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        said[command] = done.stdout + done.stderr
    return said


@pytest.mark.slow
def test_every_command_of_the_guide_does_what_it_says(tmp_path: Path) -> None:
    said = run_page(GUIDE, tmp_path)
    assert "Nothing to do" in said["campaignctl plan"]
    assert "complete" in said["campaignctl plan campaigns/diwali.yaml"]
    assert "EXOTEL_ACCOUNT_SID" in said["campaignctl plan -e prod"]
    assert "max_numbers" in said["campaignctl validate"]
    assert "unchanged" in said["campaignctl apply plan.json --auto-approve"]
    assert len(said) > 20


@pytest.mark.slow
def test_the_page_of_campaigns_that_repeat_does_what_it_says(tmp_path: Path) -> None:
    said = run_page(REPEATING, tmp_path)
    assert (
        "runs on 2030-01-15: Makar Sankranti"
        in said["campaignctl calendar --from 2030-01-07 --to 2030-02-06"]
    )
    assert "somebody has stopped the series" in said["campaignctl apply --auto-approve"]
    assert "created" in said["campaignctl apply --allow resume:weekly-reminder --auto-approve"]


@pytest.mark.slow
def test_the_page_of_stages_does_what_it_says(tmp_path: Path) -> None:
    said = run_page(PAGES / "staged.md", tmp_path)
    assert "waits for voice/diwali-test" in said["campaignctl apply --auto-approve"]
    assert "+ voice/diwali-canary: create" in said["campaignctl plan"]


def test_every_link_of_the_guide_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", GUIDE.read_text(encoding="utf-8")):
        assert (GUIDE.parent / target).exists(), target


@pytest.mark.slow
def test_the_page_of_registered_templates_leads_from_the_portal_to_a_campaign(tmp_path: Path) -> None:
    said = run_page(TEMPLATES, tmp_path)
    assert "dlt_template" in said["campaignctl plan"]
    assert "policy forbids it: dlt_template" in said["campaignctl plan"]
    assert "DltTemplates" in said["campaignctl explain DltTemplates"]
    assert "a column with text beside it" in said["campaignctl validate"]
    assert "(length-30) [dlt_template]" in said["campaignctl validate"]
    assert "order-tracking" in said["campaignctl apply --auto-approve"]


@pytest.mark.slow
def test_the_page_of_costs_says_what_the_plan_says(tmp_path: Path) -> None:
    said = run_page(COSTS, tmp_path)
    page = " ".join(COSTS.read_text(encoding="utf-8").split())
    for sentence in re.findall("`((?:calls until|costs INR)[^`]*)`", page):
        assert sentence in said["campaignctl plan"]
    assert "not finished" in said["campaignctl validate"]
    assert "| Costs |" in said["campaignctl plan --format markdown"]
    assert "3 people answered" in said["campaignctl status survey"]
    assert said["campaignctl report survey --usage"].startswith("usage:\n  answer: [")


@pytest.mark.slow
def test_every_command_of_rules_of_your_own_does_what_it_says(tmp_path: Path) -> None:
    said = run_page(PAGES / "own-rules.md", tmp_path)
    assert "A name begins with its team" in said["campaignctl validate"]
    assert "schema/texts" in said["campaignctl validate"]
    assert "schema/naming" in said["campaignctl plan"]
    assert "weekdays" in said["campaignctl explain schema"]


@pytest.mark.slow
def test_the_page_of_many_accounts_does_what_it_says(tmp_path: Path) -> None:
    said = run_page(PAGES / "many-accounts.md", tmp_path)
    assert "created" in said["campaignctl apply -e '*' --auto-approve"]
    assert "nothing to do" in said["campaignctl plan -e 'north-*,south-042'"]
    assert "south-042 holds an alive campaign of this name" in said["campaignctl plan -e '*'"]
    matrix = json.loads(said["campaignctl matrix -e '*' --changed-since main"])
    assert matrix["jobs"] == [["north-001"]]
    assert "south-042" not in said["campaignctl plan -e '*' --changed-since main"]


@pytest.mark.slow
@pytest.mark.parametrize("page", ["golden-plans.md", "ci-gitlab.md"])
def test_every_command_about_pipelines_does_what_it_says(page: str, tmp_path: Path) -> None:
    said = run_page(PAGES / page, tmp_path)
    if page == "golden-plans.md":
        assert (
            "No difference" in said["campaignctl show golden.json --against golden.json --detailed-exitcode"]
        )
