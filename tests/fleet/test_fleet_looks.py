"""`status`, `doctor` and `diff` of several environments: each as it is alone."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from fleet_projects import campaign, environment, many, people_of, secrets, write_environments
from harness import Desk, live_voice, voice
from test_fleet_several import apart

NAMES = ("east", "north", "south-042")


def project(desk: Desk) -> None:
    many(desk, NAMES)
    for name in NAMES:
        campaign(desk, name, "survey")
        desk.sandbox.seed(f"acc-{name}", "campaigns", [live_voice("survey", **people_of(name))])


def still(document: Any) -> Any:
    """A document without moments and requests."""
    if isinstance(document, dict):
        return {
            key: still(it) for key, it in apart(document).items() if key not in ("at", "requests", "detail")
        }
    return [still(it) for it in document] if isinstance(document, list) else document


@pytest.mark.parametrize("command", ["status", "doctor"])
def test_each_is_as_it_is_alone(desk: Desk, command: str) -> None:
    project(desk)
    desk.sandbox.faults.add(effect="status", status=500, path="/acc-north/", times=None)
    alone = {name: desk.run(command, "-e", name, "--format", "json", env=secrets(*NAMES)) for name in NAMES}
    result = desk.run(command, "--all-environments", "--format", "json", env=secrets(*NAMES))
    for it in result.json["environments"]:
        single = alone[it["environment"]]
        assert it["exit_code"] == single.code
        found = it["result"] or {"error": it["error"], "findings": it["findings"]}
        assert still(found) == still(single.json)
    assert result.code == 1
    text = desk.run(command, "--all-environments", env=secrets(*NAMES))
    assert "Environment north (account acc-north)" in text.out


def test_watching_takes_one_environment(desk: Desk) -> None:
    project(desk)
    assert desk.run("status", "-e", "*", "--watch", env=secrets(*NAMES)).code == 64


def test_a_mistake_in_one_environment_keeps_nobody_from_looking_at_the_others(desk: Desk) -> None:
    project(desk)
    write_environments(
        desk,
        *(environment(name, manifests=[f"campaigns/{name}/"]) for name in ("east", "south-042")),
        environment("north", manifests=["campaigns/north/"], timeout_seconds=0),
    )
    result = desk.run("status", "-e", "*", "--format", "json", env=secrets(*NAMES))
    codes = {it["environment"]: (it["error"] or {}).get("code") for it in result.json["environments"]}
    assert codes == {"east": None, "north": "invalid-input", "south-042": None}


def committed(desk: Desk) -> None:
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "one")):
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *identity, *words], cwd=desk.root, check=True, capture_output=True)


@pytest.mark.parametrize("command", [("validate",), ("diff", "--base", "main")])
def test_what_looks_at_no_account_starts_no_sandbox(desk: Desk, command: tuple[str, ...]) -> None:
    sandboxes = {name: {"backend": "sandbox", "account_sid": name} for name in ("one", "two")}
    desk.configure({"environments": sandboxes, "default_environment": "one"})
    desk.manifests(voice("survey"))
    committed(desk)
    assert desk.run(*command, "-e", "one,two").code == 0
    assert not (desk.root / ".campaignctl").exists()


def test_diff_says_of_each_what_it_says_alone_and_what_moves_between_them(desk: Desk) -> None:
    many(desk, [])
    write_environments(desk, *(environment(name, select=f"region={name}") for name in ("north", "south")))
    desk.manifests(voice("survey", metadata={"labels": {"region": "north"}}))
    committed(desk)
    desk.manifests(voice("survey", metadata={"labels": {"region": "south"}}))
    alone = {
        name: desk.run("diff", "--base", "main", "-e", name, "--format", "json")
        for name in ("north", "south")
    }
    result = desk.run("diff", "--base", "main", "-e", "*", "--format", "json")
    assert result.code == 0, result.all
    for it in result.json["environments"]:
        assert apart(it["result"]) == apart(alone[it["environment"]].json)
    assert result.json["moved"] == [
        {"kind": "VoiceCampaign", "name": "survey", "from": "north", "to": "south"}
    ]
    assert result.code == 0
    assert "moves from north to south" in desk.run("diff", "--base", "main", "-e", "*").all


def test_diff_says_what_moves_to_an_environment_that_is_new(desk: Desk) -> None:
    many(desk, [])
    write_environments(desk, environment("north", select="team=growth"))
    desk.manifests(voice("survey", metadata={"labels": {"team": "growth", "region": "south"}}))
    committed(desk)
    write_environments(
        desk, environment("north", select="region=north"), environment("south", select="region=south")
    )
    result = desk.run("diff", "--base", "main", "-e", "*", "--format", "json")
    assert result.code == 0, result.all
    assert result.json["moved"] == [
        {"kind": "VoiceCampaign", "name": "survey", "from": "north", "to": "south"}
    ]


def test_diff_names_a_changed_account_with_both_values(desk: Desk) -> None:
    many(desk, [])
    write_environments(desk, environment("north", select="region=north"))
    desk.manifests(voice("survey", metadata={"labels": {"region": "north"}}))
    committed(desk)
    write_environments(desk, environment("north", account_sid="other", select="region=north"))
    document = desk.run("diff", "--base", "main", "-e", "north", "--format", "json").json
    changed = {it["path"]: (it["before"], it["after"]) for it in document["settings"]}
    assert changed == {"environments.north.account_sid": ("acc-north", "other")}


@pytest.mark.parametrize("output_format", ["markdown", "html", "github", "text"])
def test_diff_of_several_is_one_document_in_every_format(desk: Desk, output_format: str) -> None:
    project(desk)
    committed(desk)
    campaign(desk, "north", "survey", "offer")
    result = desk.run("diff", "--base", "main", "-e", "*", "--format", output_format)
    assert result.code == 0
    assert "north" in result.out
    assert "offer" in result.out
