"""`--changed-since` on a command that reaches accounts: those that the change does not touch are not asked."""

from __future__ import annotations

import subprocess

from fleet_projects import campaign, many, secrets
from harness import Desk

NAMES = ("east", "north")


def committed(desk: Desk) -> None:
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "one")):
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *identity, *words], cwd=desk.root, check=True, capture_output=True)


def test_a_plan_asks_the_accounts_that_changed_alone(desk: Desk) -> None:
    many(desk, NAMES)
    for name in NAMES:
        campaign(desk, name, "survey")
    committed(desk)
    campaign(desk, "north", "survey", url="http://my.exotel.com/acme1/exoml/start_voice/4")
    desk.forget()
    result = desk.run("plan", "--changed-since", "main", "--format", "json", env=secrets(*NAMES))
    assert [it["environment"] for it in result.json["environments"]] == ["north"]
    assert {it.path.split("/")[3] for it in desk.requests} == {"acc-north"}


def test_what_cannot_be_told_is_an_error_and_never_nothing(desk: Desk) -> None:
    many(desk, NAMES)
    for name in NAMES:
        campaign(desk, name, "survey")
    committed(desk)
    desk.forget()
    result = desk.run("plan", "--changed-since", "nowhere", env=secrets(*NAMES))
    assert (result.code, desk.requests) == (1, [])
    assert "fetch-depth: 0" in result.err
