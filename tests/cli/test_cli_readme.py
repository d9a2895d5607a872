"""The plan that the README shows is what the command prints of the campaign that it shows."""

from __future__ import annotations

import re
from pathlib import Path

from harness import run

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PROJECT = """
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
default_environment: sandbox
environments:
  sandbox: {backend: sandbox, country: IN, clock: "2030-01-08T04:00:00+05:30"}
"""
APPROVAL = re.compile(
    r"Approve [0-9a-f]{12}@2030-01-08T22:30Z, expires Tue 8 Jan 2030 22:30(:\d\d)? UTC \(in 23 hours\)\."
)


def shown(begins: str) -> str:
    """The block of the README that begins so; the rest of it, without the indentation of a list."""
    block = re.search(rf"```\w+\n( *){re.escape(begins)}(.*?)```", README, re.DOTALL)
    assert block is not None, begins
    return block[2].replace(f"\n{block[1]}", "\n").strip()


def test_the_plan_of_the_readme_is_the_one_that_is_printed(tmp_path: Path) -> None:
    manifest = shown("apiVersion: campaignctl/v1\n   kind: VoiceCampaign")
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaignctl.yaml").write_text(PROJECT, encoding="utf-8")
    both = manifest.replace('["+919876543210"]', '["+919876543210", "+919876543211"]')
    text = f"apiVersion: campaignctl/v1\nkind: VoiceCampaign\n{both}\n"
    (tmp_path / "campaigns" / "diwali.yaml").write_text(text, encoding="utf-8")
    said = run("plan", cwd=tmp_path)
    assert said.code == 0, said.all
    *plan, approval = shown("$ campaignctl plan\n").splitlines()
    *printed, printed_approval = said.out.strip().splitlines()
    assert printed == plan
    assert APPROVAL.fullmatch(approval)
    assert APPROVAL.fullmatch(printed_approval)
