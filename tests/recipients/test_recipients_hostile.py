"""Nobody in `suppress` is ever dialled, whatever is edited, lost or killed (recipients.md 3): random projects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from example_counts import mostly_slow, tried
from harness import Desk, desk_at, sent, voice

PEOPLE = [f"+91987654321{place}" for place in range(8)]
NAMES = ("alpha", "beta", "gamma")
PLAN = "plan.json"
SEEDS = mostly_slow(range(tried(60)), every=tried(60) // 2)
FAULTS: Sequence[dict[str, Any]] = (
    {"effect": "drop", "acts": True},
    {"effect": "drop", "acts": False},
    {"effect": "status", "status": 503, "acts": True},
    {"effect": "status", "status": 429, "retry_after": "5"},
)


@dataclass
class World:
    """A project whose sources hold random people. `opted` are those whom each campaign must not call by now."""

    desk: Desk
    random: Random
    project: set[str] = field(default_factory=set)
    own: dict[str, set[str]] = field(default_factory=dict)
    declared: dict[str, list[str]] = field(default_factory=dict)

    def begin(self) -> None:
        self.project = set(self._some(2))
        for name in NAMES:
            self.declared[name] = sorted(self._some(5) | {PEOPLE[0]})
            self.own[name] = set(self._some(2)) - {PEOPLE[0]}
        self.project.discard(PEOPLE[0])
        self.write()

    def _some(self, most: int) -> set[str]:
        return set(self.random.sample(PEOPLE, self.random.randint(1, most)))

    def write(self) -> None:
        """Files of people, and the people of alpha for gamma; PEOPLE[0] is in no file."""
        beyond = "+919999999999"  # so that no source of the project is empty
        self.desk.write("dnc.csv", "\n".join((beyond, *sorted(self.project))) + "\n")
        self.desk.configure({"suppress": [{"from_file": "dnc.csv"}]})
        manifests = []
        for place, name in enumerate(NAMES):
            own = sorted(self.own[name])
            self.desk.write(f"campaigns/{name}.csv", "\n".join(("number", *own)) + "\n")
            sources: list[dict[str, Any]] = [{"from_file": f"{name}.csv"}, {"numbers": [beyond]}]
            sources += [{"campaign": "voice/alpha"}] if name == "gamma" else []
            url = f"http://my.exotel.com/acme1/exoml/start_voice/{place}"
            people = {"from": self.declared[name]}
            manifests.append(voice(name, url=url, suppress=sources, **people))
        self.desk.manifests(*manifests)

    def opted_out(self, name: str) -> set[str]:
        others = set(self.declared["alpha"]) if name == "gamma" else set()
        return self.project | self.own[name] | others

    def opt_out(self) -> None:
        """Somebody more is in a source."""
        into = self.random.choice([self.project, *self.own.values()])
        into.add(self.random.choice(PEOPLE[1:]))
        self.write()

    def opt_in(self) -> bool:
        """Somebody whom a campaign declares is in no source of it any more."""
        held = [who for name in NAMES for who in self.declared[name] if who in self.project | self.own[name]]
        if not held:
            return False
        who = self.random.choice(held)
        self.project.discard(who)
        for people in self.own.values():
            people.discard(who)
        self.write()
        return True

    def fault(self) -> None:
        rule = dict(self.random.choice(FAULTS))
        request = self.random.choice(("create", "update", "list"))
        self.desk.sandbox.faults.add(rule.pop("effect"), request=request, times=1, **rule)


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    with desk_at(tmp_path) as desk:
        world = World(desk, Random(request.param))
        world.begin()
        yield world


def sent_to(desk: Desk) -> list[tuple[str, set[str]]]:
    """Whom each body that was sent would call."""
    names = {it["sid"] if "sid" in it else it["id"]: it["name"] for it in desk.account()}
    found = []
    for request in desk.writes:
        body = sent(request)
        if "from" in body:
            people = body["from"].split(",") if isinstance(body["from"], str) else body["from"]
            name = body.get("name") or names[request.path.rpartition("/")[2]]
            found.append((str(name), set(people)))
    return found


def check(world: World) -> None:
    """Since the last edit nobody who is suppressed was in a body; the bodies are forgotten."""
    for name, people in sent_to(world.desk):
        assert not people & world.opted_out(name), (name, people, world.opted_out(name))
    world.desk.forget()


@pytest.mark.parametrize("world", SEEDS, indirect=True)
def test_nobody_who_is_suppressed_is_in_a_body_that_is_sent(world: World) -> None:
    desk, random, reached = world.desk, world.random, 0
    for _ in range(4):
        if random.random() < 0.6:
            world.fault()
        code = desk.run("apply", "--auto-approve").code
        assert code in (0, 1, 3, 4, 5)
        reached += len(sent_to(desk))
        check(world)
        desk.sandbox.faults.clear()
        (world.opt_in if random.random() < 0.3 else world.opt_out)()
    assert reached, "nothing was sent"
    desk.run("apply", "--auto-approve")
    check(world)
    for live in desk.account():
        calls = live["status"].lower() in ("created", "in-progress")
        assert not calls or not set(live["from"]) & world.opted_out(live["name"]), live["name"]


@pytest.mark.parametrize("world", SEEDS, indirect=True)
def test_a_plan_whose_sources_grew_is_carried_out_with_fewer_and_one_whose_sources_shrank_is_refused(
    world: World,
) -> None:
    desk = world.desk
    assert desk.run("plan", "--out", PLAN).code in (0, 3)
    planned = {name: set(world.declared[name]) - world.opted_out(name) for name in NAMES}
    before = {name: world.opted_out(name) & set(world.declared[name]) for name in NAMES}
    for _ in range(world.random.randint(1, 3)):
        (world.opt_in if world.random.random() < 0.5 else world.opt_out)()
    back = any(before[name] - world.opted_out(name) for name in NAMES)
    result = desk.run("apply", PLAN, "--auto-approve")
    if back:
        assert (result.code, desk.writes) == (3, []), result.all
        return
    assert result.code in (0, 3), result.all
    found = dict(sent_to(desk))
    assert found, result.all
    for name, people in found.items():
        assert people == planned[name] - world.opted_out(name)


@pytest.mark.slow
@pytest.mark.parametrize("world", range(3), indirect=True)
def test_a_run_that_is_killed_leaves_nobody_who_opts_out_meanwhile_in_what_calls(world: World) -> None:
    """The second run is killed at its first write, the third finishes."""
    import time

    desk = world.desk
    for _ in range(2):
        desk.sandbox.faults.add("slow", method="(POST|PUT)", seconds=60.0, times=1)
        process = desk.start("apply", "--auto-approve")
        begun = time.monotonic()
        while not desk.writes and process.poll() is None and time.monotonic() - begun < 60:
            time.sleep(0.02)
        process.kill()
        process.communicate()
        desk.sandbox.faults.clear()
        check(world)
        world.opt_out()
    assert desk.run("apply", "--auto-approve").code in (0, 3)
    check(world)
    for live in desk.account():
        calls = live["status"].lower() in ("created", "in-progress")
        assert not calls or not set(live["from"]) & world.opted_out(live["name"]), live["name"]
