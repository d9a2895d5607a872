"""`kill -9` at every request of a run and in its waits: the next run converges, and nobody is there twice.

The first run is a process of its own, held at a request by a slow answer, so that the moment of its end is certain.
The second is this process, whose clock the account shares, so that lags and waits take no time.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeClock
from harness import Desk, actions, desk_at, live_voice, voice, wait_until
from reliable_desk import APPLY, alive_by_name, assert_converges, reliable, twins

pytestmark = pytest.mark.slow  # real processes

FOR_EVER = 600.0
ALLOW = ("--allow", "complete", "--allow", "archive")
SETTLE = 1
OTHER_CALLER = "08012345678"


class HastyClock(FakeClock):
    """Runs as the machine's clock does, and waiting moves it on at once."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))
        self._begun = time.monotonic()

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=time.monotonic() - self._begun)

    def monotonic(self) -> float:
        return super().monotonic() + time.monotonic() - self._begun


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Desk]:
    """The account's clock shows what the machine's does."""
    with desk_at(tmp_path, HastyClock()) as desk:
        yield reliable(desk, settle_seconds=SETTLE, timeout_seconds=60)


def schedule(desk: Desk, days: int = 5) -> Mapping[str, str]:
    start = (desk.clock.now() + timedelta(days=days)).replace(hour=5, minute=0, second=0, microsecond=0)
    return {"send_at": start.isoformat(), "end_at": (start + timedelta(hours=4)).isoformat()}


@dataclass(frozen=True)
class Wanted:
    """What the manifests ask for, by name: the status that each campaign shall have."""

    name: str
    status: str


EVERYTHING = (
    Wanted("first", "Created"),
    Wanted("second", "Created"),
    Wanted("waiting", "Paused"),
    Wanted("changed", "Created"),
    Wanted("over", "Archived"),
)


def everything(desk: Desk) -> None:
    """Creates, a create that is to wait, an update, and the entire way to the archive: each kind of request."""
    plan, other = schedule(desk), ["+919876500001"]
    earlier = (desk.clock.now() - timedelta(hours=1)).isoformat()
    desk.seed(
        live_voice("changed", caller_id=OTHER_CALLER, schedule=plan, date_created=earlier),
        live_voice("over", **{"schedule": plan, "from": other}, status="created", date_created=earlier),
    )
    desk.manifests(
        voice("first", **{"schedule": plan, "from": ["+919876500002"]}),
        voice("second", **{"schedule": plan, "from": ["+919876500003"]}),
        voice("waiting", **{"schedule": plan, "from": ["+919876500004"]}, state="paused"),
        voice("changed", schedule=plan),
        voice("over", **{"schedule": plan, "from": other}, state="archived"),
    )


def killed_at(desk: Desk, place: int, words: tuple[str, ...] = (*APPLY, *ALLOW), **rule: Any) -> bool:
    """Runs until the request at `place`, and kills. False when the run was over before it.

    With `acts` it was carried out when the process died, otherwise it never is.
    """
    desk.sandbox.faults.add("slow", seconds=FOR_EVER, after=place, **rule)
    with desk.start(*words) as process:
        wait_until(lambda: _held(desk) or process.poll() is not None, "the run hangs", 30)
        held = _held(desk)
        process.kill()
        process.communicate()
    desk.sandbox.faults.clear()
    return held


def _held(desk: Desk) -> bool:
    """The fault has been taken, and, where it acts first, has acted."""
    rule = next(iter(desk.sandbox.faults))
    return rule.times == 0 and (
        not rule.carried_out or any(it.fault == "slow" for it in desk.sandbox.requests)
    )


def assert_as_wanted(desk: Desk, wanted: tuple[Wanted, ...] = EVERYTHING) -> None:
    for one in wanted:
        assert desk.live(one.name)["status"] == one.status, one.name


READS, WRITES = (0, 1, 3, 9, 12), (2, 4, 5, 6, 7, 8, 10, 11)
"""The places of a run of `everything`."""
PLACES = [(place, acts) for place in READS + WRITES for acts in (False, True) if acts or place in WRITES]


def test_the_places_are_all_that_a_run_has(machine: Desk) -> None:
    everything(machine)
    assert machine.run(*APPLY, *ALLOW).code == 0
    methods = [it.method for it in machine.requests]
    assert tuple(place for place, method in enumerate(methods) if method == "GET") == READS
    assert tuple(place for place, method in enumerate(methods) if method != "GET") == WRITES
    assert_as_wanted(machine)


@pytest.mark.parametrize(
    ("place", "acts"), PLACES, ids=[f"{'after' if acts else 'before'} {place}" for place, acts in PLACES]
)
def test_killed_at_any_request_the_next_run_converges(machine: Desk, place: int, acts: bool) -> None:
    everything(machine)
    if (place + acts) % 2:
        machine.sandbox.switches.change({"list_lag_seconds": SETTLE})
    assert killed_at(machine, place, acts=acts)
    assert twins(machine) == []
    assert_converges(machine, *ALLOW)
    assert_as_wanted(machine)


@pytest.mark.parametrize(("place", "acts"), [*((place, True) for place in WRITES), (4, False), (9, False)])
def test_killed_at_any_write_the_same_plan_finishes_what_it_began(
    machine: Desk, place: int, acts: bool
) -> None:
    everything(machine)
    assert machine.run("plan", "--out", "plan.json", *ALLOW).code == 0
    machine.forget()
    assert killed_at(machine, place, (*APPLY, "plan.json"), acts=acts)
    again = machine.run(*APPLY, "plan.json")
    assert again.code == 0, again.all
    assert_as_wanted(machine)
    assert_converges(machine, *ALLOW)
    done = machine.run(*APPLY, "plan.json")
    assert done.code == 0, done.all


def one(desk: Desk, **fields: Any) -> None:
    desk.manifests(voice("first", schedule=schedule(desk), **fields))


def intents(desk: Desk) -> list[dict[str, Any]]:
    directory = desk.root / ".campaignctl" / "intents"
    return [json.loads(path.read_text()) for path in directory.glob("*.json")]


CREATES = {"before it acts": {"acts": False}, "after it acted": {"acts": True}}


@pytest.mark.parametrize("rule", CREATES.values(), ids=CREATES)
def test_without_intents_the_name_alone_does_when_lists_do_not_lag(machine: Desk, rule: Any) -> None:
    one(machine)
    assert killed_at(machine, 0, request="create", **rule)
    assert len(intents(machine)) == 1
    shutil.rmtree(machine.root / ".campaignctl")
    assert_converges(machine)
    assert_as_wanted(machine, (Wanted("first", "Created"),))


def test_killed_while_it_waits_for_its_creates_to_settle(machine: Desk) -> None:
    one(machine)
    machine.sandbox.switches.change({"list_lag_seconds": SETTLE})
    with machine.start(*APPLY) as process:
        wait_until(lambda: any(it["sid"] for it in intents(machine)), "nothing was created")
        process.kill()
        process.communicate()
    assert_converges(machine)
    assert_as_wanted(machine, (Wanted("first", "Created"),))
    assert not intents(machine)


def test_a_create_that_lands_after_its_run_was_killed_is_found(machine: Desk) -> None:
    one(machine)
    machine.sandbox.switches.change({"list_lag_seconds": SETTLE})
    machine.sandbox.faults.add("slow", request="create", seconds=0.3, acts=False)
    with machine.start(*APPLY) as process:
        wait_until(lambda: next(iter(machine.sandbox.faults)).times == 0, "nothing was sent")
        process.kill()
        process.communicate()
    wait_until(lambda: any(it.request == "create" for it in machine.requests), "it never lands")
    again = machine.run(*APPLY)
    assert again.code == 0
    assert "an earlier run was cut off; it had created" in again.err
    assert [it["name"] for it in machine.account()] == ["first"]


ENDING = ("pause", "complete", "archive")


@pytest.mark.parametrize("acts", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("action", ENDING)
def test_killed_while_it_ends_its_own_duplicate_the_next_run_ends_it(
    machine: Desk, action: str, acts: bool
) -> None:
    """Another run made the older one, which shows only now."""
    one(machine)
    with machine.start(*APPLY) as process:
        wait_until(lambda: any(it["sid"] for it in intents(machine)), "nothing was created")
        older = (machine.clock.now() - timedelta(seconds=30)).isoformat()
        (winner,) = machine.seed(live_voice("first", schedule=schedule(machine), date_created=older))
        machine.sandbox.faults.add("slow", request="action", body=action, seconds=FOR_EVER, acts=acts)
        wait_until(lambda: _held(machine), "it did not end its own")
        process.kill()
        process.communicate()
    machine.sandbox.faults.clear()
    assert_converges(machine)
    assert alive_by_name(machine, ["campaigns"]) == {"first": [winner]}
    assert not intents(machine)
    (loser,) = (it["status"] for it in machine.account() if it["id"] != winner)
    assert loser == "Archived"


def test_where_two_are_found_all_but_the_oldest_are_paused_and_it_is_unknown(machine: Desk) -> None:
    """Nobody can tell which one the killed run made."""
    one(machine)
    assert killed_at(machine, 0, request="create", acts=False)
    moments = [(machine.clock.now() - timedelta(seconds=age)).isoformat() for age in (60, 30, 90)]
    sids = machine.seed(
        *(live_voice("first", schedule=schedule(machine), date_created=moment) for moment in moments)
    )
    run = machine.run(*APPLY)
    assert run.code == 5, run.all
    assert "all but the oldest" in run.err
    status = {it["id"]: it["status"] for it in machine.account()}
    assert [status[sid] for sid in sids] == ["Paused", "Paused", "Created"]
    assert not [it for it in machine.writes if it.request == "create" and it.fault is None]
    assert not intents(machine)


def test_an_intent_is_kept_while_no_complete_list_shows_that_there_is_no_twin(machine: Desk) -> None:
    """The item that failed could be another run's campaign of the same name."""
    one(machine)
    assert killed_at(machine, 0, request="create", acts=True)
    other = live_voice("second", schedule=schedule(machine), date_created="2026-01-01T10:00:00+05:30")
    machine.seed(other)
    machine.sandbox.faults.add("item", request="list", index=0, status=500, times=None)
    machine.run(*APPLY)
    assert intents(machine)
    machine.sandbox.faults.clear()
    assert machine.run(*APPLY).code == 0
    assert not intents(machine)
    assert len(alive_by_name(machine, ["campaigns"])["first"]) == 1


@pytest.mark.parametrize(
    ("words", "says", "planned"),
    [
        (("--expect", "000000000000@2099-01-01T00:00Z"), "was approved", []),
        (("--max-changes", "0"), "at most 0 are allowed", ["pause"]),
        (("stale.json",), "no longer holds", []),
    ],
    ids=["another approval", "too many changes", "a stale plan"],
)
def test_nothing_is_written_for_an_earlier_run_before_everything_that_refuses_has_passed(
    machine: Desk, words: tuple[str, ...], says: str, planned: list[str]
) -> None:
    """Too many changes keep back no pause of the plan: the younger of two of one name is stopped."""
    one(machine)
    assert machine.run("plan", "--out", "stale.json").code == 0
    assert killed_at(machine, 0, request="create", acts=False)
    machine.manifests(
        voice("first", schedule=schedule(machine)),
        voice("another", schedule=schedule(machine), **{"from": ["+919876500009"]}),
    )
    machine.seed(
        live_voice("first", schedule=schedule(machine)), live_voice("first", schedule=schedule(machine))
    )
    machine.forget()
    run = machine.run(*APPLY, *words)
    assert run.code == 3, run.all
    assert says in run.all
    assert [word for word, _ in actions(machine.writes)] == planned
    assert len(intents(machine)) == 1
    assert machine.run(*APPLY).code == 5
    assert sorted(it["status"] for it in machine.account() if it["name"] == "first") == ["Created", "Paused"]


def test_a_plan_reads_what_an_earlier_run_left_and_neither_waits_nor_removes_it(machine: Desk) -> None:
    """Its own duplicate, and the older one: a plan sees the one that stays, an apply ends the other."""
    one(machine)
    with machine.start(*APPLY) as process:
        wait_until(lambda: any(it["sid"] for it in intents(machine)), "nothing was created")
        process.kill()
        process.communicate()
    older = (machine.clock.now() - timedelta(seconds=30)).isoformat()
    (winner,) = machine.seed(live_voice("first", schedule=schedule(machine), date_created=older))
    machine.clock.slept.clear()
    planned = machine.run("plan", "--format", "json")
    assert (planned.code, planned.json["summary"]["operations"]) == (0, 0), planned.all
    assert planned.json["changes"][0]["sid"] == winner
    assert any("is ended by the next apply" in note for note in planned.json["notes"])
    assert not machine.clock.slept
    assert len(intents(machine)) == 1
    run = machine.run(*APPLY)
    assert run.code == 0, run.all
    assert "was paused, completed, archived" in run.err
    assert alive_by_name(machine, ["campaigns"]) == {"first": [winner]}


def test_what_an_earlier_run_made_and_no_list_shows_is_not_made_again(machine: Desk) -> None:
    one(machine)
    with machine.start(*APPLY) as process:
        wait_until(lambda: any(it["sid"] for it in intents(machine)), "nothing was created")
        process.kill()
        process.communicate()
    machine.sandbox.switches.change({"list_lag_seconds": 86_400})
    assert machine.run("plan", "--format", "json").json["summary"]["operations"] == 0
    machine.forget()
    assert machine.run(*APPLY).code == 5, (
        "what it does by now is as unknown as it was to the run that was killed"
    )
    assert not machine.writes
    assert len(machine.account()) == 0  # no list shows it still
    assert len(intents(machine)) == 1


def test_an_unknown_create_is_not_repeated_where_its_twin_could_not_be_stopped(machine: Desk) -> None:
    """Within the margin the next run waits for a person; with the intent removed it goes on."""
    near = machine.clock.now() + timedelta(minutes=5)
    window = {"send_at": near.isoformat(), "end_at": (near + timedelta(hours=4)).isoformat()}
    machine.manifests(voice("first", schedule=window))
    assert killed_at(machine, 0, (*APPLY, "--allow", "start-now"), request="create", acts=False)
    run = machine.run(*APPLY, "--allow", "start-now")
    assert run.code == 3, run.all
    (result,) = run.json["results"]
    assert (result["outcome"], result["reason"]["code"]) == ("skipped", "unknown-outcome")
    (path,) = (machine.root / ".campaignctl" / "intents").glob("*.json")
    assert path.name in result["reason"]["message"]
    path.unlink()
    assert machine.run(*APPLY, "--allow", "start-now").code == 0
    assert_as_wanted(machine, (Wanted("first", "Created"),))
