"""Random campaigns that pass the calling hours at `error`, called by the sandbox's dialler with no account between.

`PYTHONPATH=tests:tests/policy python tests/policy/hours_simulation.py 0 48000` makes those of the seeds 0 to 47,999:
one to four a seed, which share an account, from the project's root.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, NamedTuple

from dialled import calls_seen

from campaignctl.diagnostics import Position
from campaignctl.kinds import VOICE
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment
from campaignctl.planning.terms import document_start
from campaignctl.policy import Policies, Subject, check
from campaignctl.policy.runs import OtherRuns, other_run
from campaignctl.policy.subject import Beside
from campaignctl.sandbox.dialler import CampaignRun, DialLine, Retries, settle
from campaignctl.zones import zone

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ZONES = ("Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns")
FIRST = datetime(2027, 1, 1, tzinfo=UTC)
OPENS, CLOSES = 9 * 60, 21 * 60
PACE, NEVER, LOOKS = 60, 30 * DAY, 12
PEOPLE = [f"+9198{number:08}" for number in range(300)]


class Made(NamedTuple):
    """How many campaigns passed, of how many; their calls, and the moments of those that were outside the hours."""

    passed: int
    wished: int
    calls: int
    outside: tuple[float, ...]

    def and_(self, other: Made) -> Made:
        """Adds others."""
        return Made(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))  # type: ignore[arg-type]


@cache
def policies(where: str, bound: str, level: str) -> Policies:
    """Returns calling hours of nine to nine in a zone."""
    settings: Value = {"level": level, "from": "09:00", "to": "21:00", "time_zone": where, "bound": bound}
    return Policies.of(Environment("t", "exotel", "a", policy={"calling_hours": settings}))


def tell(seed: int, level: str = "error") -> Made:
    """Makes the campaigns of an account, calls their people, and pauses and resumes some of them."""
    random = Random(seed)
    where, bound = random.choice(ZONES), random.choice(("end", "end", "worst"))
    there, day = policies(where, bound, level), random.randrange(365)
    wished = [_desired(random, place, where, bound, day) for place in range(random.randint(1, 4))]
    others = OtherRuns((other_run(_subject(it), _key(it)) for it in wished), {VOICE.name: PACE})
    beside = Beside(find_load=others.find_load)
    passing = [it for it in wished if _passes(_subject(it), it, there, beside)]
    with calls_seen() as calls:
        _called(random, passing, there, by_hand=bound == "end")
    outside = tuple(it for it in calls if not _within(it, where))
    return Made(len(passing), len(wished), len(calls), outside)


def _key(desired: Desired) -> tuple[str, object]:
    return desired.kind.name, desired.where


def _subject(desired: Desired) -> Subject:
    return Subject(VOICE, desired.spec, _schedule(desired)[0])


def _schedule(desired: Desired) -> tuple[datetime, datetime | None]:
    schedule = desired.spec["schedule"]
    assert isinstance(schedule, Mapping)
    end = schedule.get("end_at")
    return datetime.fromisoformat(str(schedule["send_at"])), datetime.fromisoformat(str(end)) if end else None


def _passes(subject: Subject, desired: Desired, there: Policies, beside: Beside) -> bool:
    return not any(it.severity == "error" for it in check(subject, desired, there, document_start, beside))


def _desired(random: Random, place: int, where: str, bound: str, day: int) -> Desired:
    midnight = (FIRST + day * DAY).replace(tzinfo=zone(where))
    minute = random.choice((*[random.randint(OPENS, CLOSES)] * 12, random.randint(0, 24 * 60)))
    start = midnight.astimezone(UTC) + minute * MINUTE
    schedule: dict[str, Value] = {"send_at": start.astimezone(zone(where)).isoformat()}
    lasts = _lasts(random, CLOSES - minute, bound)
    if lasts is not None:
        schedule["end_at"] = (start + lasts * MINUTE).isoformat()
    spec: dict[str, Value] = {
        "from": PEOPLE[: random.randint(1, random.choice((5, 20, 60, 300)))],
        "schedule": schedule,
    }
    if random.random() < 0.7:
        interval = random.randint(5, random.choice((20, 60, 240)))
        mechanism = random.choice(("Linear", "Exponential"))
        retries = {
            "number_of_retries": random.randint(1, 3),
            "interval_mins": interval,
            "mechanism": mechanism,
        }
        spec["retries"] = {**retries, "on_status": ["no-answer"]}
    if random.random() < 0.5:
        spec |= {"mode": "custom", "throttle": random.randint(1, 10)}
    return Desired(VOICE, spec, Position("a.yaml", place + 1))


def _lasts(random: Random, left: int, bound: str) -> int | None:
    """Draws the minutes to the end: most within the day, exactly at its end too; some of them never."""
    never = None if random.random() < 0.2 else left
    if bound == "worst":
        return random.choice((left, left + random.randint(1, 600), left + random.randint(1, 600), never))
    within = [random.randint(5, max(left, 5)) for _ in range(6)]
    return random.choice((left, left, *within, random.randint(5, 3000), never))


def _called(random: Random, campaigns: Sequence[Desired], there: Policies, *, by_hand: bool) -> None:
    """Calls everybody, to the end; `by_hand` somebody pauses and resumes, which is held against the hours."""
    runs = [_run(random, it) for it in campaigns]
    paused, line, now = set[int](), DialLine(60 / PACE), min((it.ready for it in runs), default=0.0)
    for _ in range(LOOKS if by_hand else 0):
        now += 60 * random.choice((10, 60, 240, 900))
        line = _settled(runs, paused, line, now)
        place = random.randrange(len(runs)) if runs else 0
        if place in paused and _may_resume(campaigns[place], now, there):
            paused.discard(place)
            runs[place] = replace(runs[place], ready=max(now, runs[place].ready))
        elif place < len(runs) and random.random() < 0.5:
            paused.add(place)
    _settled(runs, paused, line, now + 2 * NEVER.total_seconds())


def _settled(runs: list[CampaignRun], paused: Container[int], line: DialLine, until: float) -> DialLine:
    going = [place for place, it in enumerate(runs) if place not in paused and it.over is None]
    settled, line = settle([runs[place] for place in going], line, until, _nobody)
    for place, run in zip(going, settled, strict=True):
        runs[place] = run
    return line


def _may_resume(desired: Desired, now: float, there: Policies) -> bool:
    start, end = _schedule(desired)
    moment = datetime.fromtimestamp(now, UTC)
    if moment >= (end or start + NEVER):
        return False
    begins = max(moment.astimezone(start.tzinfo), start, key=datetime.timestamp)
    return _passes(Subject(VOICE, desired.spec, begins, is_live=True), desired, there, Beside())


def _run(random: Random, desired: Desired) -> CampaignRun:
    """Makes the campaign as the sandbox runs it; `silent` of 100 calls are not answered."""
    (start, end), spec, silent = (
        _schedule(desired),
        desired.spec,
        random.choice((0, 100, random.randint(0, 100))),
    )
    people, retries, throttle = spec["from"], spec.get("retries"), spec.get("throttle")
    assert isinstance(people, list)
    assert isinstance(retries, Mapping | None)
    assert isinstance(throttle, int | None)
    chances = Random(random.random())
    return CampaignRun(
        sid=str(desired.where),
        people=[str(it) for it in people],
        ready=start.timestamp(),
        ends=(end or start + NEVER).timestamp(),
        gap=60 / throttle if throttle else 0.0,
        retries=_retries(retries) if retries else Retries(),
        outcome=lambda _person, _tries: "no-answer" if chances.random() * 100 < silent else "completed",
    )


def _retries(retries: Mapping[str, Any]) -> Retries:
    number, interval = retries["number_of_retries"], retries["interval_mins"]
    return Retries(number, 60.0 * interval, retries["mechanism"] == "Exponential", frozenset({"no-answer"}))


def _nobody(_person: str, _tries: int) -> str:
    raise AssertionError("each campaign has outcomes of its own")


def _within(moment: float, where: str) -> bool:
    """Tells whether a call may begin in that second; a float of a moment may be off by less than a millionth."""
    local = datetime.fromtimestamp(int(moment), zone(where))
    return OPENS <= local.hour * 60 + local.minute < CLOSES


def main(first: int, count: int) -> None:
    """Makes many; the first on which somebody is called at night ends it."""
    made = Made(0, 0, 0, ())
    for seed in range(first, first + count):
        made = made.and_(tell(seed))
        if made.outside:
            raise SystemExit(f"seed {seed}: a call at {datetime.fromtimestamp(made.outside[0], UTC)}")
        if (seed - first) % 1000 == 999:
            sys.stderr.write(
                f"seed {seed}: {made.passed} of {made.wished} passed, {made.calls} calls, none outside\n"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
