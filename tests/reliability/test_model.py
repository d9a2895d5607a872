"""Manifests come and go, operators step in, runs race, fail and are killed: nobody is called wrongly.

`HYPOTHESIS_PROFILE=long` looks for minutes instead of seconds.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from example_counts import tried
from fakes import FakeClock
from habits import Habits, habits
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from interposed import Interposed, Killed, die
from model_machine import (
    COLLECTIONS,
    KINDS_OF,
    SETTLE_SECONDS,
    Campaign,
    Company,
    Runner,
    Wanted,
    apply,
    check_account,
    cut_off,
)

from campaignctl.kinds.lifecycle import MARGIN, Status
from campaignctl.sandbox.server import Sandbox

pytestmark = pytest.mark.slow

PROFILES = {"default": (tried(60), 12), "long": (600, 25)}
EXAMPLES, STEPS = PROFILES.get(os.environ.get("HYPOTHESIS_PROFILE", "default"), PROFILES["default"])

HABITS = (
    *(
        "spelling",
        "status_filter",
        "name_search",
        "mask",
        "action_refusal",
        "several_creates",
        "fill_schedule",
    ),
    *("at_end", "paused_at_end", "omit_from_details", "rate_limit", "date"),
)
"""Beside those that are drawn by name. What makes an account do otherwise than it was told is met by
`test_any_habits.py`: here operators' own doings have to come out as they meant them."""

names = some.sampled_from(sorted(KINDS_OF))
states = some.sampled_from(["active", "active", "active", "active", None, "paused", "completed", "archived"])
minutes_ahead = some.sampled_from([45, 120, 1500, 15, 5])
contents = some.sampled_from(["926", "4"])
runners = some.integers(0, 1)
places = some.integers(1, 80)
ALL = frozenset({"resume", "complete", "archive", "earlier-start", "start-now"})
permissions = some.sampled_from(
    [
        frozenset[str](),
        frozenset({"resume"}),
        frozenset({"complete", "archive"}),
        ALL - {"resume", "earlier-start"},
        ALL - {"complete", "archive"},
        ALL,
    ]
)
faults = some.fixed_dictionaries(
    {
        "request": some.sampled_from(["create", "create", "update", "action", "get", "list"]),
        "effect": some.sampled_from(["drop", "status", "cut", "html", "empty", "item"]),
        "acts": some.sampled_from([None, True, False]),
        "status": some.sampled_from([429, 500, 503]),
        "after": some.integers(0, 3),
        "times": some.sampled_from([1, 1, 2, 20]),
    }
).map(lambda fault: {**fault, "acts": False} if fault["status"] == 429 else fault)


class CompanyOverTime(RuleBasedStateMachine):
    """Its rules are what may happen; its invariant is what must hold after each."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.clock = FakeClock()
        root = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        sandbox = self.stack.enter_context(Sandbox(clock=self.clock))
        self.company = Company(root, sandbox, self.clock)

    def teardown(self) -> None:
        self.stack.close()

    @initialize(
        lag=some.sampled_from([0, 0, SETTLE_SECONDS]),
        put=some.sampled_from(["merge", "replace"]),
        early=some.sampled_from([False, False, True]),
        omitted=some.sampled_from([(), (), ("status_callback", "flow_type")]),
        minutes=some.sampled_from([45, 120, 1500]),
        begun=some.booleans(),
        others=habits(HABITS, most=2),
    )
    def account(
        self,
        lag: int,
        put: str,
        early: bool,
        omitted: tuple[str, ...],
        minutes: int,
        begun: bool,
        others: Habits,
    ) -> None:
        """How the account does what the documents leave unknown; and a project, applied already or not."""
        others.throw(self.company.sandbox)
        self.company.sandbox.switches.change(
            {
                "list_lag_seconds": lag,
                "put": put,
                "resume_early": early,
                "omit_from_create": omitted,
                "omit_from_update": omitted,
            }
        )
        for name in KINDS_OF:
            self.company.wanted[name] = Wanted(self._in(minutes), "active", "926")
        self.company.write_manifests()
        if begun:
            apply(self.company, self._runner(0), ())

    # manifests

    @rule(name=names, minutes=minutes_ahead, state=states, content=contents)
    def write(self, name: str, minutes: int, state: str | None, content: str) -> None:
        """A manifest appears, or is written anew."""
        self.company.wanted[name] = Wanted(self._in(minutes), state, content)
        self.company.write_manifests()

    @rule(name=names, state=states, content=contents)
    def edit(self, name: str, state: str | None, content: str) -> None:
        """The start stays."""
        if name in self.company.wanted:
            self.company.wanted[name].state, self.company.wanted[name].content = state, content
            self.company.write_manifests()

    @precondition(lambda self: len(self.company.wanted) == len(KINDS_OF))
    @rule(name=names)
    def remove(self, name: str) -> None:
        """Its campaign stays."""
        del self.company.wanted[name]
        self.company.write_manifests()

    # time and operators

    @rule(minutes=some.sampled_from([1, 12, 40, 180]))
    def wait(self, minutes: int) -> None:
        """Campaigns begin and end by themselves."""
        self.clock.advance(timedelta(minutes=minutes))

    @rule(data=some.data())
    def operator_pauses(self, data: Any) -> None:
        """An emergency stop, perhaps."""
        campaign = self._one(data, Status.CREATED, Status.IN_PROGRESS)
        if campaign is not None:
            self.company.by_hand(campaign, {"action": "pause"})

    @rule(data=some.data(), action=some.sampled_from(["resume", "complete"]))
    def operator_acts(self, data: Any, action: str) -> None:
        """By hand nobody is asked; but what waits as a twin is not resumed, nor what would begin ahead of its start."""
        campaign = self._one(data, Status.PAUSED)
        early = self.company.sandbox.switches.resume_early
        if campaign is not None and (action == "complete" or (self._alone(campaign) and not early)):
            self.company.by_hand(campaign, {"action": action})

    @rule(data=some.data(), minutes=some.sampled_from([60, 600, 3000]))
    def operator_postpones(self, data: Any, minutes: int) -> None:
        """To a later start, before the one it has."""
        campaign = self._one(data, Status.CREATED, Status.PAUSED)
        if campaign is not None and campaign.start - self.company.sandbox.now() > MARGIN:
            self.company.postpone(campaign, campaign.start + timedelta(minutes=minutes))

    @precondition(lambda self: self.company.sandbox.switches.put == "merge")
    @rule(data=some.data())
    def operator_edits(self, data: Any) -> None:
        """What people hear or read. Where a PUT replaces, one field sent by hand loses the rest: no fault of ours."""
        campaign = self._one(data, Status.CREATED, Status.PAUSED)
        if campaign is not None and campaign.start - self.company.sandbox.now() > MARGIN:
            url = {"url": "http://my.exotel.com/acme1/exoml/start_voice/77"}
            self.company.by_hand(
                campaign, url if campaign.collection == "campaigns" else {"template": "By hand"}
            )

    # runs

    @rule(number=runners, allowed=permissions)
    def apply(self, number: int, allowed: frozenset[str]) -> None:
        """Nothing goes wrong."""
        apply(self.company, self._runner(number), allowed)

    @rule(number=runners, allowed=permissions, fault=faults)
    def apply_among_faults(self, number: int, allowed: frozenset[str], fault: dict[str, Any]) -> None:
        """The account misbehaves, until the run is over."""
        self.company.sandbox.faults.add(**{key: value for key, value in fault.items() if value is not None})
        try:
            apply(self.company, self._runner(number), allowed)
        finally:
            self.company.sandbox.faults.clear()

    @rule(number=runners, allowed=permissions, place=places)
    def apply_is_killed(self, number: int, allowed: frozenset[str], place: int) -> None:
        """Between two requests, or after one was answered."""
        try:
            apply(self.company, self._runner(number), allowed, Interposed(self.clock, place, die))
        except Killed:
            cut_off(self.company)

    @rule(number=runners, allowed=permissions, place=places)
    def two_apply(self, number: int, allowed: frozenset[str], place: int) -> None:
        """Another machine's run begins and ends in the middle of this one."""

        def other() -> None:
            apply(self.company, self._runner(1 - number), allowed)

        apply(self.company, self._runner(number), allowed, Interposed(self.clock, place, other))

    @rule(number=runners, data=some.data(), place=places, allowed=permissions)
    def operator_pauses_during_a_run(
        self, number: int, data: Any, place: int, allowed: frozenset[str]
    ) -> None:
        """A stop in the middle of a run is not undone, unless the run was told to resume and planned after the stop."""
        stopped: list[str] = []

        def stop() -> None:
            campaign = self._one(data, Status.CREATED, Status.IN_PROGRESS)
            if campaign is not None:
                self.company.by_hand(campaign, {"action": "pause"})
                stopped.append(campaign.sid)

        apply(self.company, self._runner(number), allowed, Interposed(self.clock, place, stop))
        account = self.company.account()
        undone = any(account[sid].calling for sid in stopped)
        assert not undone or "resume" in allowed, "a stop by hand was undone"

    @rule(allowed=permissions)
    def everybody_applies(self, allowed: frozenset[str]) -> None:
        """Twice each, so that what was left is settled; then there is nothing left to do."""
        codes = []
        for number in (0, 1, 0, 1):
            self.clock.advance(timedelta(seconds=2 * SETTLE_SECONDS))
            codes.append(apply(self.company, self._runner(number), allowed))
        assert set(codes[2:]) <= {0, 3} or self.company.sandbox.switches.resume_early, codes
        flags = [word for operation in sorted(allowed) for word in ("--allow", operation)]
        for runner in self.company.runners:
            planned = runner.desk.run("plan", "--format", "json", *flags)
            assert planned.json["summary"]["operations"] == 0 or 4 in codes, planned.out

    # what must hold

    @invariant()
    def nobody_is_called_wrongly(self) -> None:
        """See `model_machine.check_account`."""
        check_account(self.company)

    # the words above

    def _in(self, minutes: int) -> Any:
        return (self.company.sandbox.now() + timedelta(minutes=minutes)).replace(microsecond=0)

    def _alone(self, campaign: Campaign) -> bool:
        return len(self.company.namesakes(campaign.name)) == 1

    def _runner(self, number: int) -> Runner:
        return self.company.runners[number]

    def _one(self, data: Any, *statuses: Status) -> Campaign | None:
        """A campaign that an operator finds in such a status, if there is any."""
        account = self.company.account().values()
        found = sorted((it for it in account if it.status in statuses), key=lambda it: it.sid)
        assert all(it.collection in COLLECTIONS for it in found)
        return data.draw(some.sampled_from(found)) if found else None


TestCompanyOverTime = CompanyOverTime.TestCase
TestCompanyOverTime.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
