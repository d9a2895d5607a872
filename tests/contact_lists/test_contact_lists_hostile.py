"""Nobody in `suppress` of campaign, list or project is ever dialled: random projects, edits, faults and kills."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from example_counts import examples
from harness import ACCOUNT, SECRETS, Desk, desk_at, run, sent, voice
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from interposed import Interposed, Killed, die
from list_desk import calling, contact_list, texting

PEOPLE = [f"+91987654321{place}" for place in range(9)]
BEYOND = "+919999999999"
"""Stands in every source, so that none is empty, and in no list."""
LISTS = ("vip", "regular")
OF_LISTS = {"by-list": ("vip",), "by-both": ("vip", "regular"), "texts": ("regular",)}
PLAN = "plan.json"


@dataclass
class World:
    """A project: who is declared, and whom each source leaves out. `checked` counts the requests that were looked at,
    `troubles` are what was found in the middle of a run, `planned` who was in the lists when that read them.
    """

    desk: Desk
    members: dict[str, set[str]]
    direct: set[str]
    sources: dict[str, set[str]]
    checked: int = 0
    troubles: list[AssertionError] = field(default_factory=list)
    planned: dict[str, set[str]] = field(default_factory=dict)

    def write(self) -> None:
        """`direct` calls its own people, `rest` everybody else but them."""
        desk = self.desk
        for name, people in self.sources.items():
            folder = "" if name == "project" else "campaigns/"
            desk.write(f"{folder}{name}.csv", "\n".join(("number", BEYOND, *sorted(people), "")))
        for name in LISTS:
            desk.write(
                f"campaigns/{name}-members.csv", "\n".join(("number", *sorted(self.members[name]), ""))
            )
        desk.write("campaigns/direct-people.csv", "\n".join(("number", *sorted(self.direct), "")))
        desk.manifests(*self._manifests())

    def _manifests(self) -> Iterator[dict[str, Any]]:
        for name in LISTS:
            source = {"suppress": [{"from_file": f"{name}.csv"}]}
            yield contact_list(name, numbers=..., from_file=f"{name}-members.csv", **source)
        for place, (name, lists) in enumerate(OF_LISTS.items()):
            url = f"http://my.exotel.com/acme1/exoml/start_voice/{place}"
            yield texting(name, *lists) if name == "texts" else calling(name, *lists, url=url)
        people: dict[str, Any] = {"from": ..., "from_file": "direct-people.csv"}
        url = "http://my.exotel.com/acme1/exoml/start_voice/7"
        yield voice("direct", **people, url=url, suppress=[{"from_file": "direct.csv"}])
        url = "http://my.exotel.com/acme1/exoml/start_voice/8"
        everybody: dict[str, Any] = {"from": PEOPLE, "suppress": [{"campaign": "voice/direct"}]}
        yield voice("rest", **everybody, url=url)

    def left_out_of_list(self, name: str) -> set[str]:
        return self.sources["project"] | self.sources[name]

    def of_list(self, name: str) -> set[str]:
        return self.members[name] - self.left_out_of_list(name)

    def left_out(self, name: str) -> set[str]:
        """Of a campaign to numbers. Whoever `direct` shows in the account is called by it, whatever its file says."""
        return self.sources["project"] | (self.sources["direct"] if name == "direct" else self.direct)

    # -- what was done to the account

    def check(self) -> None:
        """Every body since the last look: nobody who is left out is in it, and lists were just their members."""
        names = self._names()
        sure = [it for place, it in enumerate(self.desk.requests) if place >= self.checked]
        writes = [it for it in sure if it.request in ("create", "update") and "action" not in sent(it)]
        for request in writes:
            body, name = (
                sent(request),
                str(sent(request).get("name") or names[request.path.rpartition("/")[2]]),
            )
            if name in OF_LISTS:
                self._check_lists(name, body)
            elif body.get("from"):
                people = body["from"].split(",") if isinstance(body["from"], str) else body["from"]
                assert not set(people) & self.left_out(name), (name, people)
        self.checked = len(self.desk.requests)

    def _check_lists(self, name: str, body: Any) -> None:
        for sid in body.get("lists") or ():
            people = set(self.desk.sandbox.numbers(ACCOUNT, sid))
            wanted = [self.of_list(it) for it in OF_LISTS[name]]
            wanted += [self.planned[it] - self.left_out_of_list(it) for it in OF_LISTS[name]]
            assert people in wanted, (name, people, self)

    def _names(self) -> dict[str, str]:
        found = {}
        for collection in ("campaigns", "message-campaigns"):
            found |= {it.get("id", it.get("sid")): it["name"] for it in self.desk.account(collection)}
        return found

    def check_account(self) -> None:
        """Nobody who is left out is in what calls or is about to, and each campaign is there once."""
        calling: list[str] = []
        for collection in ("campaigns", "message-campaigns"):
            for live in self.desk.account(collection):
                if live["status"].lower() not in ("created", "scheduled", "in-progress", "inprogress"):
                    continue
                calling.append(live["name"])
                if live["name"] not in OF_LISTS:
                    assert not set(live["from"]) & self.left_out(live["name"]), live
                for sid in live.get("lists") or ():
                    people = set(self.desk.sandbox.numbers(ACCOUNT, sid))
                    assert any(people == self.of_list(it) for it in OF_LISTS[live["name"]]), (live, people)
        assert len(calling) == len(set(calling)), calling

    # -- what happens

    def edit(self, who: str, where: str, comes: bool) -> None:
        """Somebody joins or leaves a source or those who are declared; nobody is the last to leave these."""
        declared = {**self.members, "people": self.direct}
        people = (
            declared[where.removesuffix("-members")]
            if where.endswith(("-members", "people"))
            else self.sources[where]
        )
        if comes:
            people.add(who)
        elif people != {who} or where in self.sources:
            people.discard(who)
        self.write()

    def in_the_middle(self, *edit: Any) -> None:
        """What is being sent at this moment may be on its way already."""
        try:
            self.check()
        except AssertionError as trouble:
            self.troubles.append(trouble)
        self.edit(*edit)
        self.checked = len(self.desk.requests) + 1

    def another_pipeline(self) -> None:
        """Runs the same project on another machine, from its begin to its end."""
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(
                self.desk.root, Path(folder, "checkout"), ignore=shutil.ignore_patterns(".campaignctl")
            )
            run("apply", "--auto-approve", cwd=Path(folder, "checkout"), env=SECRETS, clock=self.desk.clock)

    def run(self, *words: str, clock: Any = None) -> int:
        """One command, whatever becomes of it."""
        code, self.planned = None, {name: set(people) for name, people in self.members.items()}
        with contextlib.suppress(Killed):
            code = run(*words, cwd=self.desk.root, env=SECRETS, clock=clock or self.desk.clock).code
        if self.troubles:
            raise self.troubles[0]
        self.check()
        return -9 if code is None else code


EDITS = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(["project", *LISTS, *(f"{it}-members" for it in LISTS), "direct", "people"]),
    st.booleans(),
)
FAULTS = st.sampled_from(
    [
        ("drop", {"acts": True}),
        ("drop", {"acts": False}),
        ("status", {"status": 503, "acts": True}),
        ("status", {"status": 429, "retry_after": "5"}),
        ("status", {"status": 400}),
    ]
)
REQUESTS = st.sampled_from(["create", "update", "list", "create_contacts", "create_list", "fill_list"])
SWITCHES = st.sampled_from(
    [
        ("contact_count", "short"),
        ("contact_count", "refused"),
        ("contacts_lag_seconds", 9.0),
        ("known_contact", "conflict"),
    ]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), EDITS),
        st.tuples(st.just("fault"), FAULTS, REQUESTS),
        st.tuples(st.just("switch"), SWITCHES),
        st.tuples(st.just("apply"), st.sampled_from([(), ("--max-changes", "0"), ("--max-changes", "2")])),
        st.tuples(st.just("plan"), EDITS),
        st.tuples(st.just("killed"), st.integers(1, 150)),
        st.tuples(st.just("raced"), st.integers(1, 150)),
        st.tuples(st.just("edited"), st.integers(1, 150), EDITS),
    ),
    min_size=2,
    max_size=9,
)
some = st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=6)
few = st.sets(st.sampled_from(PEOPLE), max_size=3)


def take(world: World, step: tuple[Any, ...]) -> None:
    """One thing that happens."""
    desk, apply = world.desk, ("apply", "--auto-approve")
    match step:
        case ("edit", edit):
            world.edit(*edit)
        case ("fault", (effect, rule), request):
            desk.sandbox.faults.add(effect, request=request, times=1, **rule)
        case ("switch", (name, value)):
            desk.sandbox.switches.change({name: value})
        case ("apply", words):
            assert world.run(*apply, *words) in (0, 1, 3, 4, 5)
        case ("plan", edit):
            if world.run("plan", "--out", PLAN) in (0, 3):
                world.edit(*edit)
                assert world.run(*apply, PLAN) in (0, 1, 3, 4, 5)
        case ("killed", after):
            world.run(*apply, clock=Interposed(desk.clock, after, die))
        case ("raced", after):
            world.run(*apply, clock=Interposed(desk.clock, after, world.another_pipeline))
        case ("edited", after, edit):
            world.run(*apply, clock=Interposed(desk.clock, after, lambda: world.in_the_middle(*edit)))


@examples(45, quick=2, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.tuples(some, some), some, st.tuples(few, few, few, few), STEPS)
def test_nobody_who_is_suppressed_is_ever_dialled(
    members: tuple[set[str], set[str]],
    direct: set[str],
    left_out: tuple[set[str], ...],
    steps: list[tuple[Any, ...]],
) -> None:
    """All of it, then a quiet end: nobody is left out in vain, and nothing is left to do."""
    sources = dict(zip(("project", *LISTS, "direct"), left_out, strict=True))
    with tempfile.TemporaryDirectory() as root, desk_at(Path(root)) as desk:
        desk.configure({"suppress": [{"from_file": "project.csv"}]}, max_attempts=2)
        world = World(desk, dict(zip(LISTS, members, strict=True)), direct, sources)
        world.write()
        for step in steps:
            take(world, step)
        desk.sandbox.faults.clear()
        desk.sandbox.switches.change(
            {"contact_count": "right", "contacts_lag_seconds": 0.0, "known_contact": "same"}
        )
        for _ in range(3):
            world.run("apply", "--auto-approve")
        world.check_account()
        assert desk.plan()["summary"]["operations"] == 0
