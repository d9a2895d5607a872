"""Measures how long it takes to price campaigns, to say how long they run beside each other, and which of their numbers
can exist.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from campaignctl.kinds import VOICE
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.kinds.table import Value
from campaignctl.policy import Subject
from campaignctl.policy.costs import PriceList, cost_of
from campaignctl.policy.numbering import flaws
from campaignctl.policy.runs import OtherRuns, forecasts_of, load_beside, other_run

_PRICES: dict[str, Value] = {
    "currency": "INR",
    "call": {"per_pulse": "0.50", "pulse": "60s", "per_attempt": "0.10"},
    "tax": "18%",
}
_RETRIES: Value = {"number_of_retries": 3, "interval_mins": 15, "mechanism": "Exponential"}
_FIRST = datetime.fromisoformat("2030-01-15T09:00:00+05:30")


def _subjects(count: int) -> list[Subject]:
    made = []
    for place in range(count):
        start = _FIRST + timedelta(minutes=7 * place)
        end = start + timedelta(hours=8)
        numbers: Value = [f"+9198{place:05}{number:03}" for number in range(20)]
        schedule: Value = {"send_at": start.isoformat(), "end_at": end.isoformat()}
        spec: dict[str, Value] = {"from": numbers, "retries": _RETRIES, "schedule": schedule}
        made.append(Subject(VOICE, spec, start))
    return made


def seconds_to_price(count: int, turns: int) -> tuple[float, float]:
    """Returns the fastest of several: costs alone, and runs with what each shares the account with."""
    subjects = _subjects(count)
    return min(_priced(subjects) for _ in range(turns)), min(_ranged(subjects) for _ in range(turns))


def microseconds_a_number(count: int, turns: int) -> float:
    """Returns the time for each of many numbers, half without their country's code, one in a hundred wrong."""
    numbers = [f"+9198{place:08d}" if place % 2 else f"098{place:08d}" for place in range(count)]
    numbers[::100] = [f"{number}0" for number in numbers[::100]]
    return min(_looked_at(numbers) for _ in range(turns)) / count * 1_000_000


def _looked_at(numbers: list[str]) -> float:
    began = time.process_time()
    wrong = sum(1 for _ in flaws(numbers, COUNTRIES["IN"]))
    took = time.process_time() - began
    if wrong != len(numbers[::100]):
        raise RuntimeError(f"{wrong} numbers cannot exist, where one in a hundred does not")
    return took


def _priced(subjects: list[Subject]) -> float:
    began = time.perf_counter()
    prices = PriceList.of(_PRICES)
    for subject in subjects:
        cost_of(subject, prices)
    return time.perf_counter() - began


def _ranged(subjects: list[Subject]) -> float:
    began = time.perf_counter()
    others = OtherRuns(
        (other_run(it, (VOICE.name, place)) for place, it in enumerate(subjects)), {VOICE.name: 60}
    )
    for place, subject in enumerate(subjects):
        forecasts_of(subject, load_beside(subject, (VOICE.name, place), others.find_load))
    return time.perf_counter() - began
