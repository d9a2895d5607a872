"""What a command imports. It runs at every save and every key, so that each module it can do without is waited for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_manifest import SCHEDULED as MANIFEST

COMPLETION = {"COMP_WORDS": "campaignctl val", "COMP_CWORD": "1", "_CAMPAIGNCTL_COMPLETE": "bash_complete"}
CORE = {
    "campaignctl",
    "campaignctl.cli",
    "campaignctl.cli.main",
    "campaignctl.app",
    "campaignctl.app.options",
    "campaignctl.app.streams",
    "campaignctl.cli.options",
    "campaignctl.clock",
    "campaignctl.diagnostics",
    "campaignctl.errors",
    "campaignctl.exits",
    "campaignctl.tuples",
}
HEAVY = {"flask", "httpx", "jsonschema", "sqlite3", "yaml", "zoneinfo"}
NOT_TO_VALIDATE = {
    "campaignctl.api",
    "campaignctl.applying",
    "campaignctl.deriving",
    "campaignctl.dlt",
    "campaignctl.dlt.holding",
    "campaignctl.library",
    "campaignctl.manifests.companions",
    "campaignctl.model.companions",
    "campaignctl.manifests.numbers",
    "campaignctl.model.permissions",
    "campaignctl.contact_lists.by_name",
    "campaignctl.model.estimates",
    "campaignctl.model.results",
    "campaignctl.model.plan",
    "campaignctl.planning.planner",
    "campaignctl.model.reasons",
    "campaignctl.model.dated_names",
    "campaignctl.model.recurrence",
    "campaignctl.model.suppression",
    "campaignctl.policy.closed_forms",
    "campaignctl.policy.dlt_template",
    "campaignctl.policy.people",
    "campaignctl.policy.periods",
    "campaignctl.policy.prediction",
    "campaignctl.policy.runs",
    "campaignctl.policy.spending",
    "campaignctl.policy.timing",
    "campaignctl.planning.terms",
    "campaignctl.rendering.as_json",
    "campaignctl.diff.text",
    "campaignctl.rendering.as_text.parts",
    "campaignctl.rendering.as_text.entries",
    "campaignctl.rendering.as_text.reports",
    "campaignctl.rendering.changes",
    "campaignctl.rendering.documents",
    "campaignctl.rendering.report",
    "campaignctl.rendering.timeline",
    "campaignctl.rendering.totals",
    "campaignctl.rendering.words",
    "campaignctl.sandbox",
    "csv",
    "json",
    "pickle",
    "random",
    "shutil",
    "textwrap",
    *(HEAVY - {"yaml"}),
}
PROJECT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns.yaml]
default_environment: sandbox
policy:
  required_labels: {level: warn, labels: [team]}
  max_numbers: {level: error, at_most: 1000}
environments:
  prod: {backend: exotel, region: mumbai, account_sid: acme1}
  staging: {backend: exotel, region: mumbai, account_sid: acme2, vars: {shop: Main Street}}
"""
ALL_OF_IT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns.yaml]
default_environment: prod
suppress: [{numbers: ["+919876500001"]}]
policy: {schema: [{file: naming.schema.json, level: error}]}
environments: {prod: {backend: exotel, region: mumbai, account_sid: acme1}}
"""
OF_A_PLAN = {
    "campaignctl.model.plan",
    "campaignctl.model.reasons",
    "campaignctl.model.managed_lists",
    "subprocess",
}
RUN = """
import sys
import click
already = set(sys.modules)
from campaignctl.cli.main import run

try:
    code = run(sys.argv[1:])
except SystemExit as ended:
    code = ended.code
loaded = set(sys.modules) - already
print(code, *loaded, file=sys.stderr)
"""


def started(cwd: Path, *words: str, **environ: str) -> tuple[int, set[str]]:
    """The exit code of a process, and the modules it loads beside click."""
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environ}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=cwd, env=environ, capture_output=True, text=True, check=True
    )
    code, *modules = done.stderr.split()
    return int(code), set(modules)


@pytest.mark.parametrize(
    ("words", "environ"),
    [(["--help"], {}), (["--version"], {}), ([], COMPLETION)],
    ids=["help", "version", "completion"],
)
def test_help_version_and_completion_load_no_command(
    tmp_path: Path, words: list[str], environ: dict[str, str]
) -> None:
    code, loaded = started(tmp_path, *words, **environ)
    assert code == 0
    assert {name for name in loaded if name.startswith("campaignctl")} == CORE
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize(
    ("project", "manifest", "ends"),
    [
        (None, MANIFEST, 0),
        (None, MANIFEST.replace("from: [", "form: ["), 1),
        (PROJECT, MANIFEST, 0),
    ],
    ids=["nothing wrong", "a mistake", "several environments and policies"],
)
def test_a_validation_loads_nothing_of_plans_accounts_and_other_formats(
    tmp_path: Path, project: str | None, manifest: str, ends: int
) -> None:
    (tmp_path / "campaigns.yaml").write_text(manifest, encoding="utf-8")
    if project is not None:
        (tmp_path / "campaignctl.yaml").write_text(project, encoding="utf-8")
    code, loaded = started(tmp_path, "validate", "campaigns.yaml")
    assert code == ends
    assert loaded & NOT_TO_VALIDATE == set()


@pytest.mark.slow
def test_who_is_left_out_and_own_rules_load_nothing_of_plans_and_other_processes(tmp_path: Path) -> None:
    (tmp_path / "campaigns.yaml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "campaignctl.yaml").write_text(ALL_OF_IT, encoding="utf-8")
    (tmp_path / "naming.schema.json").write_text('{"required": ["spec"]}', encoding="utf-8")
    code, loaded = started(tmp_path, "validate")
    assert code == 0
    assert loaded & OF_A_PLAN == set()
    assert loaded >= {"campaignctl.recipients.leaving_out", "jsonschema"}
