"""Completion as shells ask for it: real ones, where they are installed, and click's own machinery elsewhere."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from harness import run

BIN = Path(sys.executable).parent
PROJECT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/, more.yaml]
environments:
  prod: {backend: exotel, region: mumbai}
  "staging":
    backend: sandbox
"""
MANIFESTS = {
    "campaigns/block.yaml": """\
kind: VoiceCampaign
metadata:
  # who
  labels: {name: no}
  name: diwali-reminder   # live
spec:
  name: no
""",
    "campaigns/flow.yml": 'kind: SmsCampaign\nmetadata: {labels: , name: "diwali-offer"}\n---\n'
    "kind: SmsCampaign\nmetadata:\n  name: 'holi-offer'\n",
    "campaigns/deep/as.json": '{"apiVersion": "v1",\n "kind": "VoiceCampaign",\n "metadata": {"name": "onam"}}',
    "campaigns/other.yaml": "kind: ConfigMap\nmetadata: {name: not-ours}\n",
    "campaigns/evil.yaml": "kind: VoiceCampaign\nmetadata: {name: diwali-$(touch owned)}\n",
    "campaigns/blank.yaml": "kind: VoiceCampaign\nmetadata: {name: diwali two words}\n",
    "campaigns/odd.yaml": "kind: [VoiceCampaign]\nmetadata: {name: {a: b}}\n---\n"
    "kind: VoiceCampaign\nmetadata: {name: [pongal]}\n---\n[]\n",
    "campaigns/deep.yaml": "[" * 200_000,
    "campaigns/broken.yaml": "kind: VoiceCampaign\nmetadata: [\n",
    "more.yaml": "kind: VoiceCampaign\nmetadata:\n  name: दिवाली\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "campaignctl.yaml").write_text(PROJECT, encoding="utf-8")
    for name, text in MANIFESTS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "campaigns" / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    return tmp_path


def said(words: list[str | Path], cwd: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=cwd, env=environ, capture_output=True, text=True, timeout=30, check=False
    )


def environment() -> dict[str, str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}


@cache
def bash_script() -> str:
    return run("completion", "bash", cwd=Path.cwd()).out


def offered(line: str, cwd: Path) -> list[str]:
    """What bash offers for a line that ends at the cursor; nothing may be said besides."""
    script = f"""{bash_script()}
line={shlex.quote(line)}
read -ra COMP_WORDS <<< "$line"
[[ $line == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
COMP_LINE=$line COMP_POINT=${{#line}} _campaignctl_completion campaignctl
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = said(["bash", "--norc", "-c", script], cwd, environment())
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("campaignctl val", ["validate"]),
        pytest.param("campaignctl comp", ["complete", "completion"], marks=pytest.mark.slow),
        pytest.param("campaignctl sandbox ", ["advance", "reset", "serve"], marks=pytest.mark.slow),
        pytest.param("campaignctl plan --det", ["--detailed-exitcode"], marks=pytest.mark.slow),
        ("campaignctl plan --refresh ", ["auto", "full"]),
        pytest.param("campaignctl completion ", ["bash", "zsh", "fish"], marks=pytest.mark.slow),
        ("campaignctl -e ", ["prod", "sandbox", "staging"]),
        pytest.param("campaignctl plan -e st", ["staging"], marks=pytest.mark.slow),
        ("campaignctl plan --resend ", ["diwali-offer", "diwali-reminder", "holi-offer", "onam", "दिवाली"]),
        pytest.param(
            "campaignctl plan --resend diwali", ["diwali-offer", "diwali-reminder"], marks=pytest.mark.slow
        ),
        ("campaignctl plan --resend sms/d", ["sms/diwali-offer"]),
        pytest.param("campaignctl pause on", ["onam"], marks=pytest.mark.slow),
        pytest.param("campaignctl status on", ["onam"], marks=pytest.mark.slow),
        pytest.param("campaignctl export on", ["onam"], marks=pytest.mark.slow),
        pytest.param("campaignctl export --status ca", ["canceled"], marks=pytest.mark.slow),
        ("campaignctl export --status paused,c", ["paused,canceled", "paused,completed", "paused,created"]),
        pytest.param("campaignctl export --status paused,p", [], marks=pytest.mark.slow),
        pytest.param("campaignctl report --source ", ["auto", "file", "pages"], marks=pytest.mark.slow),
        pytest.param("campaignctl plan --allow e", ["earlier-start"], marks=pytest.mark.slow),
        (
            "campaignctl explain voice.sch",
            ["voice.schedule", "voice.schedule.end_at", "voice.schedule.send_at"],
        ),
        pytest.param("campaignctl schema voi", ["voice-campaign"], marks=pytest.mark.slow),
    ],
)
def test_bash_offers_what_can_stand_there(project: Path, line: str, words: list[str]) -> None:
    assert offered(line, project) == words


@pytest.mark.slow
def test_a_project_is_found_from_below_and_by_its_option(project: Path) -> None:
    assert offered("campaignctl -e p", project / "campaigns" / "deep") == ["prod"]
    (project / "other.yaml").write_text("environments: {elsewhere: {backend: sandbox}}", encoding="utf-8")
    assert offered("campaignctl -c other.yaml -e ", project) == ["elsewhere", "sandbox"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "",
        "][",
        "- a\n",
        "environments: [1]\nmanifests: 3\n",
        "manifests: [nowhere, '\\0', 7]\n",
        "a: " + "[" * 200_000,
    ],
)
def test_whatever_is_wrong_with_a_project_completion_is_silent(tmp_path: Path, text: str) -> None:
    (tmp_path / "campaignctl.yaml").write_text(text, encoding="utf-8")
    assert offered("campaignctl -e ", tmp_path) == ["sandbox"]
    assert offered("campaignctl plan --resend ", tmp_path) == []


def test_nothing_is_offered_without_a_project(tmp_path: Path) -> None:
    assert offered("campaignctl -e ", tmp_path) == ["sandbox"]


def test_a_name_of_somebody_else_never_runs(project: Path) -> None:
    offered("campaignctl plan --resend diwali", project)
    assert not (project / "owned").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed_without_that_shell(tmp_path: Path, shell: str) -> None:
    result = run("completion", shell, cwd=tmp_path, env={"PATH": ""})
    assert (result.code, result.err) == (0, "")
    assert f"_CAMPAIGNCTL_COMPLETE={shell}_complete" in result.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_takes_its_script(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(run("completion", shell, cwd=tmp_path).out, encoding="utf-8")
    done = said([shell, "-n", script], tmp_path, environment())
    assert (done.returncode, done.stderr) == (0, "")


def test_fish_offers_environments(project: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    script = "campaignctl completion fish | source; complete --do-complete 'campaignctl plan -e '"
    environ = {**environment(), "HOME": str(project)}
    done = said(["fish", "--no-config", "-c", script], project, environ)
    assert done.stdout.split() == ["prod", "sandbox", "staging"], done.stderr


def test_zsh_offers_environments(project: Path) -> None:
    """The machinery that zsh calls: it has no way to be asked without a terminal."""
    environ = {**environment(), "COMP_WORDS": "campaignctl plan -e ", "COMP_CWORD": "3"}
    environ["_CAMPAIGNCTL_COMPLETE"] = "zsh_complete"
    done = said([BIN / "campaignctl"], project, environ)
    assert done.stdout.split() == ["plain", "prod", "_", "plain", "sandbox", "_", "plain", "staging", "_"]
