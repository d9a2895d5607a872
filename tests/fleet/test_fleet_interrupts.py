"""A signal reaches all environments at once."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable

import pytest
from fleet_projects import campaign, many, people_of, secrets
from harness import Desk, live_voice

pytestmark = pytest.mark.slow  # real processes
NAMES = ("east", "north", "south-042")
APPLY = ("apply", "--all-environments", "--auto-approve", "--format", "json")


def wait_until(seen: Callable[[], object], otherwise: str) -> None:
    until = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < until, otherwise
        time.sleep(0.005)


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
    with desk.start(*APPLY, env=secrets(*NAMES)) as process:
        wait_until(lambda: len(desk.writes) == len(NAMES), "nothing is sent")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    document = json.loads(out)
    assert [it["exit_code"] for it in document["environments"]] == [130, 130, 130]
    assert document["totals"] == {"applied": 3, "unchanged": 0, "failed": 0, "unknown": 0, "skipped": 3}
    assert len(desk.writes) == len(NAMES)


def test_a_wait_of_every_environment_ends(desk: Desk) -> None:
    project(desk, max_attempts=5)
    desk.sandbox.faults.add("status", request="create", status=429, retry_after="60", times=None)
    with desk.start(*APPLY, env=secrets(*NAMES)) as process:
        wait_until(lambda: len(desk.writes) == len(NAMES), "nothing is sent")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert json.loads(out)["totals"]["skipped"] == 6


def test_a_second_signal_ends_at_once_and_what_was_in_flight_is_unknown(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add("slow", request="create", seconds=600, times=None)
    log = ("--audit-log", "audit.jsonl")
    with desk.start(*APPLY, *log, env=secrets(*NAMES)) as process:
        wait_until(lambda: len(desk.writes) == len(NAMES), "nothing is sent")
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
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
    with desk.start(*words, env=secrets(*NAMES)) as process:
        wait_until(lambda: len(desk.writes) == len(NAMES), "nothing is sent")
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert json.loads(out)["totals"]["unknown"] == 3


def test_a_signal_while_plans_are_made_sends_nothing(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add("slow", request="list", seconds=600, times=None)
    desk.forget()
    with desk.start(*APPLY, env=secrets(*NAMES)) as process:
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert json.loads(out)["error"]["code"] == "interrupted"
    assert desk.writes == []
