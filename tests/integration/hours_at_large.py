"""An account on which hundreds of random campaigns call for a fortnight, all of which passed calling hours at `error`.

`PYTHONPATH=tests python tests/integration/hours_at_large.py 1000 300` tells of the accounts of the seeds 1,000 to
1,299, from the project's root. Every call that the sandbox begins is held against the hours.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from dialled import calls_seen
from fakes import FakeClock
from harness import ACCOUNT, Desk, voice

from campaignctl.sandbox.server import Sandbox

MINUTE = timedelta(minutes=1)
BEGINS = datetime.fromisoformat("2027-01-10T09:00:00+05:30")
"""Where a desk's clock stands."""
OPENS, CLOSES = 9 * 60, 21 * 60
DAYS = 14
LOOKS = 24
"""How often somebody does something to some of them."""


def outside(moment: float) -> bool:
    """Whether no call may begin then: at closing time itself the last one has begun."""
    local = datetime.fromtimestamp(int(moment), BEGINS.tzinfo)
    return not OPENS <= local.hour * 60 + local.minute < CLOSES


class Told(NamedTuple):
    """How many campaigns passed, of how many; the calls that they made, and those that were outside the hours."""

    passed: int
    wished: int
    calls: int
    outside: tuple[float, ...]


def tell(desk: Desk, seed: int, campaigns: int = 300, level: str = "error") -> Told:
    """One account. With `bound: worst` nobody interferes: a pause stretches a run."""
    random = Random(seed)
    bound = random.choice(("end", "end", "worst"))
    desk.sandbox.switches.change({"outcomes": list(_answers(random, campaigns))})
    desk.configure(country="IN", policy={"calling_hours": {"level": level, "bound": bound}})
    desk.manifests(*(_manifest(random, place, bound) for place in range(campaigns)))
    with calls_seen() as calls:
        _done(desk, "apply", "--allow", "resume")
        for _ in range(LOOKS):
            desk.pass_time(minutes=DAYS * 24 * 60 / LOOKS * random.random() * 2)
            if bound == "end":
                _interfere(desk, random)
        desk.pass_time(days=2 * DAYS)
        passed = len(desk.sandbox.campaigns(ACCOUNT))  # who looks makes it dial
    return Told(passed, campaigns, len(calls), tuple(filter(outside, calls)))


def _answers(random: Random, campaigns: int) -> Iterator[str]:
    """From nobody to everybody."""
    for place in range(campaigns):
        yield f"campaign-{place}:no-answer={random.choice((0, 100, random.randint(0, 100)))}"


def _manifest(random: Random, place: int, bound: str) -> dict[str, Any]:
    starts = (
        random.randrange(DAYS) * 24 * 60 + random.randint(OPENS, CLOSES) + random.choice((*[0] * 12, -500))
    )
    start, lasts = BEGINS + (starts - OPENS) * MINUTE, _lasts(random, starts % (24 * 60), bound)
    schedule = {"send_at": start.isoformat()}
    if lasts is not None:
        schedule["end_at"] = (start + lasts * MINUTE).isoformat()
    retries = {
        "number_of_retries": random.randint(1, 3),
        "interval_mins": random.randint(5, random.choice((20, 60, 240))),
        "mechanism": random.choice(("Linear", "Exponential")),
        "on_status": ["busy", "no-answer"],
    }
    return voice(
        f"campaign-{place}",
        schedule=schedule,
        state=random.choice(("active", "active", "active", "paused")) if bound == "end" else "active",
        retries=random.choice((retries, retries, None)),
        **{"from": [f"+91{9_100_000_000 + place * 1000 + it}" for it in range(_people(random))]},
        **random.choice(({}, {"mode": "custom", "throttle": random.randint(1, 10)})),
    )


def _people(random: Random) -> int:
    return random.randint(1, random.choice((5, 20, 60, 200)))


def _lasts(random: Random, minute: int, bound: str) -> int | None:
    """Minutes to the end: most within the day, exactly at its end too; some of them never."""
    left = CLOSES - minute
    if bound == "worst" and left > 0:
        return random.choice((left, random.randint(5, 12 * 60), left + random.randint(1, 600)))
    within = [max(left, 5), max(left, 5), *(random.randint(5, max(left, 5)) for _ in range(6))]
    return random.choice((*within, random.randint(5, 3000), None if random.random() < 0.3 else max(left, 5)))


def _interfere(desk: Desk, random: Random) -> None:
    """Pauses and resumes by hand of what has begun and is alive, and an apply that may resume."""
    verb = random.choice(("pause", "pause", "resume", "resume", "resume", "resume", "apply"))
    now = desk.clock.now().timestamp()
    begun = [it.name for it in desk.sandbox.campaigns(ACCOUNT) if it.alive and it.begins <= now]
    if verb == "apply":
        _done(desk, "apply", "--allow", "resume")
    elif begun:
        _done(desk, verb, *random.sample(begun, min(6, len(begun))))


def _done(desk: Desk, *words: str) -> None:
    done = desk.run(*words, "--auto-approve")
    assert done.code in (0, 1, 3), done.all


def main(first: int, count: int) -> None:
    """Many, each on a fresh account of one server; the first on which somebody is called at night ends it."""
    passed = calls = 0
    clock = FakeClock()
    with Sandbox(clock=clock) as sandbox:
        for seed in range(first, first + count):
            with TemporaryDirectory() as directory:
                told = tell(Desk(Path(directory), sandbox, clock), seed)
            if told.outside:
                raise SystemExit(
                    f"seed {seed}: a call at {datetime.fromtimestamp(told.outside[0], BEGINS.tzinfo)}"
                )
            passed, calls = passed + told.passed, calls + told.calls
            sys.stderr.write(
                f"seed {seed}: {passed} campaigns passed, {calls} calls, none outside the hours\n"
            )
            clock.rewind()
            sandbox.reset()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
