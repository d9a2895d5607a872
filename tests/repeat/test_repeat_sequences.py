"""Whatever is changed, stopped and awaited in whatever order: at most one campaign of a name and date begins, none on a
date that the last applied rule does not yield, and a plan right after an apply has no operation."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from harness import Desk, desk_at
from repeating import MONDAYS, weekly

from campaignctl.model.dated_names import parsed
from campaignctl.model.recurrence import Recurrence
from campaignctl.repeat.occurrences import occurrence_on
from campaignctl.repeat.rule import rule_of

CRONS = ("0 10 * * MON", "0 15 * * MON", "30 9 * * TUE,FRI", "0 11 1-31 * *", "0 16 * * MON-FRI")
FIRST, LAST = date(2027, 1, 4), date(2027, 6, 28)
BEGUN = ("in-progress", "inprogress", "completed", "archived")


def drawn_rule(random: Random) -> dict[str, Any]:
    """Another rule: days, hour, holidays, horizon."""
    days = random.sample(range((LAST - FIRST).days), random.randrange(6))
    return {
        "cron": random.choice(CRONS),
        "except": [(FIRST + timedelta(days=it)).isoformat() for it in days],
        "horizon": random.choice(("1d", "3d", "7d")),
        "on_holiday": random.choice(("skip", "next_open_day")),
    }


class Story:
    """One account, one manifest, and the rule that was applied last."""

    def __init__(self, desk: Desk, random: Random) -> None:
        self.desk, self.random = desk, random
        self.applied: Recurrence | None = None
        self.rule = drawn_rule(random)
        self.seen: dict[str, str] = {}

    def step(self) -> None:
        """Something happens."""
        self.random.choice(
            (self.apply, self.apply, self.change, self.wait, self.wait, self.stop, self.end, self.lag)
        )()

    def apply(self) -> None:
        self.desk.manifests(weekly(rule=self.rule))
        done = self.desk.run("apply", "--auto-approve", "--format", "json")
        assert done.code in (0, 3), done.all
        self.applied = rule_of({**MONDAYS, **self.rule}, ())
        again = self.desk.run("plan", "--format", "json").json
        assert [it for change in again["changes"] for it in change["operations"]] == []

    def change(self) -> None:
        self.rule = drawn_rule(self.random)

    def wait(self) -> None:
        """The clock jumps, up to thirty days."""
        self.desk.pass_time(hours=self.random.choice((1, 5, 24, 48, 24 * 30)))
        self.look()

    def stop(self) -> None:
        """Everything of it, by hand; nothing may be there."""
        self.desk.run("pause", "weekly", "--auto-approve")

    def end(self) -> None:
        """One that is paused or created, by hand and for good."""
        alive = [it for it in self.desk.account("campaigns") if it["status"].lower() in ("created", "paused")]
        if alive:
            self.desk.run("complete", self.random.choice(alive)["name"], "--auto-approve")
        self.seen = self.statuses()

    def lag(self) -> None:
        """Lists show late what was made."""
        self.desk.sandbox.switches.change({"list_lag_seconds": self.random.choice((0, 5))})

    def statuses(self) -> dict[str, str]:
        return {it["id"]: it["status"].lower() for it in self.desk.account("campaigns")}

    def look(self) -> None:
        """What has begun since the last look began on a date of the rule, and once."""
        campaigns = self.desk.account("campaigns")
        begun = [it for it in campaigns if it["status"].lower() in BEGUN]
        assert [name for name, count in Counter(it["name"] for it in begun).items() if count > 1] == []
        for it in begun:
            name = parsed(it["name"])
            assert name is not None
            if self.seen.get(it["id"]) not in BEGUN:
                assert self.applied is not None
                assert occurrence_on(self.applied, name.day) is not None, f"{it['name']} began"
        self.seen = self.statuses()


def tell(root: Path, seed: int) -> None:
    with desk_at(root) as desk:
        story = Story(desk, Random(seed))
        for _ in range(12):
            story.step()


@pytest.mark.parametrize("seed", range(4))
def test_a_few_sequences_call_nobody_twice_or_on_another_date(seed: int, tmp_path: Path) -> None:
    tell(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_sequences_call_nobody_twice_or_on_another_date(seed: int, tmp_path: Path) -> None:
    tell(tmp_path, seed)
