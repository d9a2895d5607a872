"""A signal reaches all environments at once."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Sequence
from subprocess import Popen

import pytest
from fleet_projects import campaign, many, people_of, secrets
from harness import Desk, live_voice, wait_until

pytestmark = pytest.mark.slow  # real processes
NAMES = ("east", "north", "south-042")
APPLY = ("apply", "--all-environments", "--auto-approve", "--format", "json")


def interrupted(desk: Desk, words: Sequence[str], *numbers: signal.Signals) -> tuple[str, str]:
    """What a process says that is sent these signals once each environment has been written to."""
    with desk.start(*words, env=secrets(*NAMES)) as process:
        wait_until(lambda: len(desk.writes) == len(NAMES), "nothing is sent", 20)
        return ended_by(process, *numbers)


def ended_by(process: Popen[str], *numbers: signal.Signals) -> tuple[str, str]:
    """What a process says that is sent these signals."""
    for place, number in enumerate(numbers):
        time.sleep(0.5 if place else 0)
        process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    return out, err


def project(desk: Desk, **settings: object) -> None:
    many(desk, NAMES, **{"timeout_seconds": 30, **settings})
    desk.configure({"policy": {"duplicate_campaigns": {"level": "off"}, "same_people": {"level": "off"}}})
    for name in NAMES:
        campaign(desk, name, "one", "two")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_requests_in_flight_are_finished_and_nothing_more_is_sent_to_anybody(
    desk: Desk, number: signal.Signals
) -> None:
    project(desk)
    desk.sandbox.faults.add("slow", request="create", seconds=1, times=None)
    out, err = interrupted(desk, APPLY, number)
    assert "Traceback" not in err
    document = json.loads(out)
    assert [it["exit_code"] for it in document["environments"]] == [130, 130, 130]
    assert document["totals"] == {"applied": 3, "unchanged": 0, "failed": 0, "unknown": 0, "skipped": 3}
    assert len(desk.writes) == len(NAMES)


def test_a_wait_of_every_environment_ends(desk: Desk) -> None:
    project(desk, max_attempts=5)
    desk.sandbox.faults.add("status", request="create", status=429, retry_after="60", times=None)
    out, _ = interrupted(desk, APPLY, signal.SIGTERM)
    assert json.loads(out)["totals"]["skipped"] == 6


def test_a_second_signal_ends_at_once_and_what_was_in_flight_is_unknown(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add("slow", request="create", seconds=600, times=None)
    log = ("--audit-log", "audit.jsonl")
    out, _ = interrupted(desk, (*APPLY, *log), signal.SIGTERM, signal.SIGINT)
    document = json.loads(out)
    assert document["totals"] == {"applied": 0, "unchanged": 0, "failed": 0, "unknown": 3, "skipped": 3}
    lines = [
        json.loads(line) for line in (desk.root / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    cut_off = [it["environment"] for it in lines if it["operation"] == "create" and it["status"] is None]
    assert sorted(cut_off) == sorted(NAMES)
    desk.sandbox.faults.clear()
    again = desk.run("apply", "--all-environments", "--auto-approve", env=secrets(*NAMES))
    assert again.code == 0, again.all
    for name in NAMES:
        found = desk.run("status", "-e", name, "--format", "json", env=secrets(*NAMES)).json["campaigns"]
        assert sorted(it["name"] for it in found) == ["one", "two"]


def test_a_second_signal_ends_a_pause_of_several_at_once_too_and_says_what_is_unknown(desk: Desk) -> None:
    many(desk, NAMES, timeout_seconds=30)
    for name in NAMES:
        desk.sandbox.seed(f"acc-{name}", "campaigns", [live_voice("survey", **people_of(name))])
    desk.sandbox.faults.add("slow", method="PUT", seconds=600, times=None)
    words = ("pause", "survey", "-e", "*", "--auto-approve", "--format", "json")
    out, _ = interrupted(desk, words, signal.SIGTERM, signal.SIGINT)
    assert json.loads(out)["totals"]["unknown"] == 3


def test_a_signal_while_plans_are_made_sends_nothing(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add("slow", request="list", seconds=600, times=None)
    desk.forget()
    with desk.start(*APPLY, env=secrets(*NAMES)) as process:
        time.sleep(2)
        out, _ = ended_by(process, signal.SIGINT)
    assert json.loads(out)["error"]["code"] == "interrupted"
    assert desk.writes == []
