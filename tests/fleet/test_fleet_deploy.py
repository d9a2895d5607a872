"""What `deploy/kubernetes` runs: the arguments of its container, index by index, as the controller fills them in."""

from __future__ import annotations

from pathlib import Path

import yaml
from fleet_projects import campaign, many, secrets
from harness import Desk

CRONJOB = Path(__file__).parents[2] / "deploy" / "kubernetes" / "cronjob.yaml"
NAMES = [f"shop-{number}" for number in range(6)]


def test_the_shards_of_the_job_apply_each_account_once(desk: Desk) -> None:
    job = yaml.safe_load(CRONJOB.read_text())["spec"]["jobTemplate"]["spec"]
    [container] = job["template"]["spec"]["containers"]
    many(desk, NAMES)
    for name in NAMES:
        campaign(desk, name, f"survey-{name}")
    for index in range(job["completions"]):
        args = [it.replace("$(JOB_COMPLETION_INDEX)", str(index)) for it in container["args"]]
        done = desk.run(*args, env=secrets(*NAMES))
        assert done.code == 0, done.all
    assert sorted(it.path.split("/")[3] for it in desk.writes) == [f"acc-{name}" for name in NAMES]
