"""One account that a manifest repeats on, while its rule changes, clocks jump, somebody stops it and runs are killed.

`PYTHONPATH=tests python tests/repeat/repeat_story.py 1000 5000` tells the stories of the seeds 1,000 to 5,999, from the
project's root.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from fakes import FakeClock
from harness import SECRETS, Desk, run
from interposed import Interposed, Killed, die
from repeating import MONDAYS, weekly

from campaignctl.model.dated_names import parsed
from campaignctl.model.recurrence import Recurrence
from campaignctl.repeat.occurrences import occurrence_on
from campaignctl.repeat.rule import rule_of
from campaignctl.sandbox.server import Sandbox

CRONS = ("0 10 * * MON", "0 15 * * MON", "30 9 * * TUE,FRI", "0 11 1-31 * *", "0 16 * * MON-FRI")
LAG = 5
"""Seconds that lists lag: less than settle_seconds, which is what promises rest upon."""
FIRST, LAST = date(2027, 1, 4), date(2027, 6, 28)
TRIED = ("in-progress", "retry", "retrying", "completed")
"""Counters of people who were called: one that was ended before it began has none."""


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
    """One account, one manifest, and the rules that campaigns may follow: the last one that was applied, and those of
    runs since then that were killed.
    """

    def __init__(self, desk: Desk, random: Random) -> None:
        self.desk, self.random = desk, random
        self.applied: list[Recurrence] = []
        self.kills = 0
        self.rule = drawn_rule(random)
        self.seen = set[str]()

    def step(self) -> None:
        """Something happens."""
        self.random.choice(
            (
                self.apply,
                self.apply,
                self.change,
                self.wait,
                self.wait,
                self.stop,
                self.end,
                self.lag,
                self.kill,
            )
        )()

    def apply(self) -> None:
        """Where lists lag a first run may not see what was made a moment ago; one that is not too early does."""
        self.desk.manifests(weekly(rule=self.rule))
        if self.desk.sandbox.switches.list_lag_seconds:
            self._applied()
            self.desk.pass_time(seconds=LAG + 1)
        self._applied()
        self.applied = [self._rule()]
        again = self.desk.run("plan", "--format", "json").json
        assert [it for change in again["changes"] for it in change["operations"]] == []

    def _applied(self) -> None:
        done = self.desk.run("apply", "--auto-approve", "--format", "json")
        assert done.code in (0, 3), done.all

    def _rule(self) -> Recurrence:
        rule = rule_of({**MONDAYS, **self.rule}, ())
        assert rule is not None
        return rule

    def kill(self) -> None:
        """An apply that ends somewhere in its middle."""
        self.desk.manifests(weekly(rule=self.rule))
        clock = Interposed(self.desk.clock, self.random.randrange(1, 120), die)
        try:
            run("apply", "--auto-approve", cwd=self.desk.root, env=SECRETS, clock=clock)
        except Killed:
            self.kills += 1
        self.applied.append(self._rule())

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

    def lag(self) -> None:
        """Lists show late what was made."""
        self.desk.sandbox.switches.change({"list_lag_seconds": self.random.choice((0, LAG))})

    def look(self) -> None:
        """What has begun since the last look began on a date of the rule, and once."""
        begun = [it for it in self.desk.account("campaigns") if any(map(it["stats"].get, TRIED))]
        assert [name for name, count in Counter(it["name"] for it in begun).items() if count > 1] == []
        for it in begun:
            name = parsed(it["name"])
            assert name is not None
            if it["id"] not in self.seen:
                assert any(occurrence_on(rule, name.day) for rule in self.applied), f"{name} began"
        self.seen |= {it["id"] for it in begun}


def tell(desk: Desk, seed: int) -> int:
    """How often a run was killed in it."""
    desk.configure(settle_seconds=2 * LAG)
    story = Story(desk, Random(seed))
    for _ in range(12):
        story.step()
    return story.kills


def main(first: int, count: int) -> None:
    """Many, each on a fresh account of one server; the first that is wrong ends it."""
    kills, clock = 0, FakeClock()
    with Sandbox(clock=clock) as sandbox:
        for seed in range(first, first + count):
            with TemporaryDirectory() as directory:
                try:
                    kills += tell(Desk(Path(directory), sandbox, clock), seed)
                except BaseException:
                    sys.stderr.write(f"seed {seed}\n")
                    raise
            sys.stderr.write(f"{seed - first + 1} sequences, {kills} kills\n")
            clock.rewind()
            sandbox.reset()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
