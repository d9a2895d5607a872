"""Ctrl-C and SIGTERM in every kind of wait, and the audit log's account of what was sent."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from harness import ACCOUNT, KEY, SECRETS, TOKEN, Desk, actions, live_voice, sms, voice, wait_until
from reliable_desk import APPLY, assert_converges, reliable, twins

pytestmark = pytest.mark.slow  # real processes

OTHER_CALLER = "08012345678"
FOR_EVER = 600.0


def two_creates(desk: Desk) -> None:
    desk.manifests(voice("one"), voice("two", **{"from": ["+919876500002"]}))


def update_first(desk: Desk) -> None:
    desk.seed(live_voice("one", caller_id=OTHER_CALLER))
    two_creates(desk)


@dataclass(frozen=True)
class Wait:
    """A run that waits: what makes it, when it has begun, and how its first campaign ends."""

    what: str
    waits: Callable[[Desk], bool]
    outcome: str
    reason: str
    fault: dict[str, Any] = field(default_factory=dict)
    arrange: Callable[[Desk], None] = two_creates
    settings: dict[str, Any] = field(default_factory=dict)
    code: int = 0


def has_failed(desk: Desk) -> bool:
    return any(it.fault for it in desk.requests)


def has_looked(desk: Desk) -> bool:
    return has_failed(desk) and desk.requests[-1].request == "list"


def has_made_both(desk: Desk) -> bool:
    return len(desk.writes) == 2


WAITS = (
    Wait(
        "for a Retry-After",
        has_failed,
        "skipped",
        "interrupted",
        {"effect": "status", "request": "create", "status": 429, "retry_after": "60"},
    ),
    Wait(
        "to look up a create that was lost",
        has_looked,
        "unknown",
        "unknown-outcome",
        {"effect": "drop", "request": "create", "acts": False},
        settings={"settle_seconds": 60},
    ),
    Wait("for its creates to settle", has_made_both, "applied", "not-live", settings={"settle_seconds": 60}),
    Wait(
        "for the next minute",
        lambda desk: len(desk.requests) == 5,
        "applied",
        "not-live",
        settings={"rate_limit": 8},
    ),
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.what)
def test_a_signal_ends_a_wait_and_says_what_is_done(desk: Desk, wait: Wait, number: signal.Signals) -> None:
    reliable(desk, **{"timeout_seconds": 30, **wait.settings})
    wait.arrange(desk)
    if wait.fault:
        desk.sandbox.faults.add(**wait.fault)
    with desk.start(*APPLY) as process:
        wait_until(lambda: wait.waits(desk), "it does not wait")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    document = json.loads(out)
    assert document["interrupted"] is True
    first = next(it for it in document["results"] if it["name"] == "one")
    assert (first["outcome"], first["reason"]["code"]) == (wait.outcome, wait.reason), first
    desk.sandbox.faults.clear()
    desk.configure(rate_limit=None)
    assert_converges(desk)


def test_a_request_that_a_second_signal_cut_off_is_unknown_and_recorded(desk: Desk) -> None:
    reliable(desk, timeout_seconds=30)
    two_creates(desk)
    desk.sandbox.faults.add("slow", request="create", seconds=FOR_EVER)
    with desk.start(*APPLY, "--audit-log", "audit.jsonl") as process:
        wait_until(lambda: desk.writes, "nothing is sent")
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: not _pending(process.pid, signal.SIGTERM), "the signal is not taken")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    first, second = json.loads(out)["results"]
    assert (first["outcome"], first["reason"]["code"]) == ("unknown", "unknown-outcome")
    assert (second["outcome"], second["reason"]["code"]) == ("skipped", "interrupted")
    last = lines(desk)[-1]
    assert (last["operation"], last["status"]) == ("create", None)
    desk.sandbox.faults.clear()
    assert_converges(desk)
    assert sorted(it["name"] for it in desk.account()) == ["one", "two"]


def _pending(pid: int, number: int) -> bool:
    """Whether the signal has not yet been delivered."""
    status = Path(f"/proc/{pid}/status").read_text()
    masks = [
        int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigPnd", "ShdPnd"))
    ]
    return any(mask & (1 << (number - 1)) for mask in masks)


def test_an_update_that_a_signal_finds_in_flight_is_finished_and_nothing_more_is_sent(desk: Desk) -> None:
    reliable(desk, timeout_seconds=30)
    update_first(desk)
    desk.sandbox.faults.add("slow", request="update", seconds=0.5)
    with desk.start(*APPLY) as process:
        wait_until(lambda: desk.writes, "nothing is sent")
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert [word for word, _ in actions(desk.writes)] == ["update"]
    outcomes = {it["name"]: it["outcome"] for it in json.loads(out)["results"]}
    assert outcomes == {"one": "applied", "two": "skipped"}
    assert_converges(desk)


def waiting_one(desk: Desk) -> None:
    """A create that is to wait, and another that comes after it."""
    later = {"send_at": "2028-01-16T09:00:00+05:30", "end_at": "2028-01-16T18:00:00+05:30"}
    desk.manifests(voice("one", state="paused"), voice("two", schedule=later, **{"from": ["+919876500002"]}))


HELD_UP = {
    "the account": {},
    "a 429 to the pause": {"effect": "status", "request": "action", "status": 429, "retry_after": "1"},
    "a 404 to the pause": {"effect": "status", "request": "action", "status": 404},
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("fault", HELD_UP.values(), ids=HELD_UP)
def test_a_signal_between_a_create_and_its_pause_sends_the_pause_and_nothing_more(
    desk: Desk, fault: dict[str, Any], number: signal.Signals
) -> None:
    reliable(desk, timeout_seconds=30)
    waiting_one(desk)
    desk.sandbox.faults.add("slow", request="create", seconds=0.5)
    if fault:
        desk.sandbox.faults.add(**fault)
    with desk.start(*APPLY) as process:
        wait_until(lambda: desk.writes, "nothing is sent")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert {word for word, _ in actions(desk.writes)} == {"create", "pause"}
    assert [(it["name"], it["status"]) for it in desk.account()] == [("one", "Paused")]
    results = {it["name"]: it for it in json.loads(out)["results"]}
    assert results["one"]["outcome"] == "applied"
    assert results["two"]["reason"]["code"] == "interrupted"
    assert_converges(desk)


def test_a_signal_while_a_lost_create_is_looked_up_waits_for_its_pause(desk: Desk) -> None:
    reliable(desk, timeout_seconds=30, settle_seconds=6)
    waiting_one(desk)
    desk.sandbox.switches.change({"list_lag_seconds": 2})
    desk.sandbox.faults.add("drop", request="create", acts=True)
    with desk.start(*APPLY) as process:
        wait_until(lambda: desk.writes and desk.requests[-1].request == "list", "nobody looks for it")
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: not _pending(process.pid, signal.SIGTERM), "the signal is not taken")
        desk.pass_time(seconds=3)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert [word for word, _ in actions(desk.writes)] == ["create", "pause"]
    assert [(it["name"], it["status"]) for it in desk.account()] == [("one", "Paused")]
    results = {it["name"]: it for it in json.loads(out)["results"]}
    assert (results["one"]["outcome"], results["two"]["outcome"]) == ("applied", "skipped")


def test_a_signal_while_a_create_is_answered_that_could_call_wrongly_pauses_it_all_the_same(
    desk: Desk,
) -> None:
    reliable(desk, timeout_seconds=30)
    two_creates(desk)
    desk.sandbox.switches.change({"create_changes": ["caller_id"]})
    desk.sandbox.faults.add("slow", request="create", seconds=0.5)
    desk.sandbox.faults.add("status", request="action", status=429, retry_after="1")
    with desk.start(*APPLY) as process:
        wait_until(lambda: desk.writes, "nothing is sent")
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert [it["status"] for it in desk.account()] == ["Paused"]
    assert "paused at once" in json.loads(out)["results"][0]["reason"]["message"]


def test_a_second_signal_stops_even_the_pause_and_leaves_it_recorded_as_unknown(desk: Desk) -> None:
    reliable(desk, timeout_seconds=30)
    waiting_one(desk)
    desk.sandbox.faults.add("slow", request="create", seconds=0.5)
    desk.sandbox.faults.add("slow", request="action", seconds=FOR_EVER)
    with desk.start(*APPLY, "--audit-log", "audit.jsonl") as process:
        wait_until(lambda: desk.writes, "nothing is sent")
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: len(desk.writes) == 2, "the pause is not sent")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    one, two = json.loads(out)["results"]
    assert [(it["op"], it["outcome"]) for it in one["operations"]] == [
        ("create", "applied"),
        ("pause", "unknown"),
    ]
    assert (one["outcome"], two["outcome"]) == ("unknown", "skipped")
    last = lines(desk)[-1]
    assert (last["operation"], last["status"]) == ("pause", None)


# -------------------------------------------------------------------------------------------------------- the audit


def lines(desk: Desk) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (desk.root / "audit.jsonl").read_text().splitlines()]


NUMBERS = ("9876543210", "9876543211", "9876500002", "3349360005")


def test_every_request_has_its_line_whatever_became_of_it(desk: Desk) -> None:
    reliable(desk)
    desk.manifests(voice(), sms(), voice("third", **{"from": ["+919876500002"]}, state="paused"))
    desk.sandbox.faults.add("status", request="create", body="diwali-reminder", status=429, retry_after="1")
    desk.sandbox.faults.add("drop", request="create", body="diwali-offer")
    desk.sandbox.faults.add("status", request="action", status=503)
    run = desk.run(*APPLY, "--audit-log", "audit.jsonl", "--show-numbers", "-v")
    assert run.code == 0, run.all
    written = lines(desk)
    assert [(it["operation"], it["status"]) for it in written] == [
        (actions([it])[0][0] if it.request == "action" else OPERATIONS.get(it.request, it.request), it.status)
        for it in desk.requests
    ]
    assert [it["attempt"] for it in written if it["operation"] == "create"] == [1, 2, 1, 1]
    assert all(set(it) == set(FIELDS) for it in written)
    text = (desk.root / "audit.jsonl").read_text()
    assert not [secret for secret in (KEY, TOKEN, *NUMBERS) if secret in text]


OPERATIONS = {"contacts": "details"}
"""Where the log's word is another than the sandbox's."""
FIELDS = ("time", "who", "environment", "operation", "sid", "attempt", "status", "outcome")


def test_a_line_is_there_before_the_next_request_is_sent(desk: Desk) -> None:
    """Killed while the second request is in flight, the log holds the first."""
    reliable(desk, timeout_seconds=30)
    two_creates(desk)
    desk.sandbox.faults.add("slow", request="create", seconds=FOR_EVER)
    with desk.start(*APPLY, "--audit-log", "audit.jsonl") as process:
        wait_until(lambda: desk.writes, "nothing is sent")
        process.kill()
        process.communicate()
    assert [it["operation"] for it in lines(desk)] == ["list"] * 4
    desk.sandbox.faults.clear()
    assert desk.run(*APPLY, "--audit-log", "audit.jsonl").code == 0
    assert lines(desk)[0]["operation"] == "list"
    assert len(lines(desk)) == 1 + len(desk.requests) - 2
    assert twins(desk) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_a_log_that_is_full_before_the_first_write_refuses_it(desk: Desk) -> None:
    reliable(desk)
    two_creates(desk)
    run = desk.run(*APPLY, "--audit-log", "/dev/full")
    assert run.code == 1, run.err
    assert (
        "the audit log /dev/full cannot be written (No space left on device): no operation was sent"
        in run.all
    )
    assert not desk.writes
    assert TOKEN not in run.all


@pytest.mark.parametrize("log", ["/dev/full", "nowhere/audit.jsonl", "campaigns"])
@pytest.mark.parametrize("words", [("pause", "--all"), ("pause", "one")], ids=["all", "named"])
def test_no_log_keeps_a_pause_by_hand_back(desk: Desk, words: tuple[str, ...], log: str) -> None:
    desk.seed(live_voice("one"))
    run = desk.run(*words, "--auto-approve", "--audit-log", log)
    assert run.code == 1, run.all
    assert desk.live("one")["status"] == "Paused"
    assert run.err.count("the audit log cannot be written") == len(desk.requests)
    assert '"operation": "pause"' in run.err


@pytest.mark.parametrize(
    ("verb", "before"), [("resume", "paused"), ("complete", "paused"), ("archive", "completed")]
)
def test_the_other_verbs_wait_for_a_log_that_can_be_written(desk: Desk, verb: str, before: str) -> None:
    desk.seed(live_voice("one", status=before))
    run = desk.run(verb, "one", "--auto-approve", "--audit-log", "/dev/full")
    assert run.code == 1, run.all
    assert not desk.writes


def test_a_log_that_nobody_reads_holds_up_no_pause(desk: Desk) -> None:
    """A FIFO whose reader stands still."""
    desk.seed(live_voice("one"))
    os.mkfifo(desk.root / "log")
    reader = os.open(desk.root / "log", os.O_RDONLY | os.O_NONBLOCK)
    filler = os.open(desk.root / "log", os.O_WRONLY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(filler, b"x" * 4096)
    run = desk.run("pause", "--all", "--auto-approve", "--audit-log", "log")
    os.close(reader)
    os.close(filler)
    assert run.code == 1
    assert desk.live("one")["status"] == "Paused"
    assert "the audit log cannot be written (nobody reads it)" in run.err


BLOCKS = 4
"""Of 512 bytes: more than an intent takes."""


def test_a_log_that_ends_in_the_middle_parts_no_create_from_its_pause(desk: Desk) -> None:
    """A limit for the size of files stands for a disk that is full after the first lines."""
    desk.manifests(voice("one", state="paused"))
    assert desk.run("apply", "--audit-log", "reads.jsonl").code == 64  # nobody to ask: it has only read
    reads = (desk.root / "reads.jsonl").stat().st_size
    (desk.root / "audit.jsonl").write_bytes(b" " * (BLOCKS * 512 - reads - 99) + b"\n")
    program = f'ulimit -f {BLOCKS}; exec "$@"'
    command = (
        "sh",
        "-c",
        program,
        "sh",
        sys.executable,
        "-m",
        "campaignctl",
        *APPLY,
        "--audit-log",
        "audit.jsonl",
    )
    run = subprocess.run(
        command,
        cwd=desk.root,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **SECRETS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    assert [word for word, _ in actions(desk.writes)] == ["create", "pause"]
    assert json.loads(run.stdout)["summary"]["applied"] == 1
    assert '"operation": "pause"' in run.stderr
    assert "File too large" in run.stderr


def test_a_log_that_cannot_be_opened_stops_the_run_before_any_request(desk: Desk) -> None:
    two_creates(desk)
    run = desk.run(*APPLY, "--audit-log", "nowhere/audit.jsonl")
    assert run.code == 1
    assert "cannot write the audit log nowhere/audit.jsonl" in run.all
    assert not desk.requests


def test_where_intents_cannot_be_written_nothing_is_created(desk: Desk) -> None:
    two_creates(desk)
    (desk.root / ".campaignctl").write_text("a file where a directory belongs")
    run = desk.run(*APPLY)
    assert run.code == 4, run.all
    assert "nothing was created" in run.all
    assert not desk.writes


def test_an_intent_holds_neither_secret_nor_number(desk: Desk) -> None:
    """It names host, account, kind and campaign."""
    reliable(desk)
    two_creates(desk)
    desk.sandbox.faults.add("drop", request="create", acts=False)
    assert desk.run(*APPLY).code == 5
    (intent,) = (desk.root / ".campaignctl" / "intents").glob("*.json")
    document = json.loads(intent.read_text())
    assert (document["account_sid"], document["kind"], document["name"], document["sid"]) == (
        ACCOUNT,
        "VoiceCampaign",
        "one",
        None,
    )
    assert not [secret for secret in (KEY, TOKEN, *NUMBERS) if secret in intent.read_text()]
