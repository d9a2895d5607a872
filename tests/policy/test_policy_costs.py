"""What a campaign costs: held against fractions, rounded once."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.table import Value
from campaignctl.model.usage import read_usage
from campaignctl.policy import Subject
from campaignctl.policy.amounts import UNKNOWN, Amounts, total
from campaignctl.policy.costs import PriceList, cost_of

PRICES: dict[str, Value] = {
    "currency": "INR",
    "call": {"per_pulse": "0.50", "pulse": "60s", "per_attempt": "0"},
    "sms": {"per_segment": "0.18"},
    "tax": "18%",
}


def numbers(count: int) -> Value:
    return [f"+9198{place:08}" for place in range(count)]


def retried(times: int, interval: int = 15) -> Value:
    return {"number_of_retries": times, "interval_mins": interval, "mechanism": "Linear"}


def calls(people: int, retries: int = 0, usage: dict[str, Value] | None = None) -> Subject:
    spec: dict[str, Value] = {"from": numbers(people), "retries": retried(retries)}
    return Subject(VOICE, spec, None, usage=read_usage(usage or {}))


def texts(text: str, usage: dict[str, Value] | None = None, people: int = 100) -> Subject:
    spec: dict[str, Value] = {"from": numbers(people), "template": text}
    return Subject(SMS, spec, None, usage=read_usage(usage or {}))


def written(subject: Subject, prices: dict[str, Value]) -> tuple[str | None, str | None]:
    read = PriceList.of(prices)
    cost = cost_of(subject, read)
    return read.written(cost.typical), read.written(cost.worst)


@pytest.mark.parametrize(
    ("subject", "prices", "cost"),
    [
        (calls(5000, 3, {"talk": "70s"}), PRICES, ("4083.98", "5900.00")),
        (calls(100), PRICES, ("32.45", "59.00")),
        (calls(100, 0, {"answer": ["0"]}), PRICES, ("0.00", "59.00")),
        (calls(100, 1, {"answer": ["1"]}), PRICES, ("59.00", "59.00")),
        (calls(100), {**PRICES, "call": {"per_pulse": "0", "per_attempt": "0.25"}}, ("29.50", "29.50")),
        (calls(100, 2), {**PRICES, "call": {"per_pulse": "0", "per_attempt": "0.10"}}, ("21.36", "35.40")),
        (calls(1, 0, {"answer": ["0.7"]}), {"currency": "JPY", "call": {"per_pulse": "0.5"}}, ("0", "1")),
        (
            calls(1, 0, {"answer": ["1"]}),
            {"currency": "KWD", "call": {"per_pulse": "0.0005"}},
            ("0.001", "0.001"),
        ),
        (calls(1, 0, {"talk": "0s"}), PRICES, ("0.00", "0.00")),
        (calls(1, 0, {"talk": "60s", "longest_talk": "181s"}), PRICES, ("0.32", "2.36")),
        (calls(3), {"currency": "INR", "sms": {"per_segment": "1"}}, (None, None)),
        (texts("Hello"), PRICES, ("21.24", "21.24")),
        (texts("Hello @@Name " + "x" * 140), PRICES, ("21.24", "42.48")),
        (texts("Hello @@Name " + "x" * 140, {"variable": 41}), PRICES, ("42.48", "42.48")),
        (texts("’" + "x" * 62 + " @@Name", {"variable": 8}), PRICES, ("42.48", "42.48")),
        (texts("Hello"), {"currency": "INR", "call": {"per_pulse": "1"}}, (None, None)),
    ],
)
def test_a_campaign_costs_what_the_page_says(
    subject: Subject, prices: dict[str, Value], cost: tuple[str | None, str | None]
) -> None:
    assert written(subject, prices) == cost


def test_what_nobody_can_count_costs_nobody_knows_what() -> None:
    prices = PriceList.of(PRICES)
    listed = Subject(VOICE, {"lists": ["a"], "retries": None}, None)
    assert cost_of(listed, prices) == UNKNOWN
    assert written(listed._replace(counts={"a": 100}), PRICES) == ("32.45", "59.00")
    hidden = Subject(VOICE, {"from": numbers(1)}, None, is_live=True)
    assert cost_of(hidden, prices) == UNKNOWN
    assert cost_of(Subject(SMS, {"from": numbers(1)}, None, is_live=True), prices) == UNKNOWN


def test_a_sum_adds_what_was_rounded_and_nothing_for_what_is_unknown() -> None:
    prices = PriceList.of({"currency": "INR", "call": {"per_pulse": "0.004"}, "tax": "0%"})
    each = cost_of(calls(1, 0, {"answer": ["1"]}), prices)
    assert prices.written(each.worst) == "0.00"
    assert prices.written(total([each, each, None, UNKNOWN]).worst) == "0.00"


def _rounded(amount: Fraction, digits: int) -> Fraction:
    """Half up."""
    return Fraction(math.floor(amount * 10**digits + Fraction(1, 2)), 10**digits)


decimals = some.decimals(0, 1000, places=6, allow_nan=False, allow_infinity=False).map(lambda it: f"{it:f}")
rates = some.integers(0, 1_000_000).map(lambda it: f"{it // 1_000_000}.{it % 1_000_000:06}")


@given(
    some.integers(1, 400),
    some.lists(rates, min_size=1, max_size=5),
    some.integers(0, 3),
    some.tuples(decimals, decimals),
    some.tuples(some.integers(0, 600), some.integers(0, 600), some.integers(1, 90)),
    some.sampled_from(["0%", "18%", "5.5%", "0.000001%"]),
    some.sampled_from([("INR", 2), ("JPY", 0), ("BHD", 3)]),
)
def test_costs_are_what_fractions_make_of_them(
    people: int,
    answers: list[str],
    retries: int,
    price: tuple[str, str],
    seconds: tuple[int, int, int],
    tax: str,
    currency: tuple[str, int],
) -> None:
    per_pulse, per_attempt = price
    talk, more, pulse = seconds
    usage: dict[str, Value] = {"answer": answers, "talk": f"{talk}s", "longest_talk": f"{talk + more}s"}
    prices: dict[str, Value] = {
        "currency": currency[0],
        "call": {"per_pulse": per_pulse, "pulse": f"{pulse}s", "per_attempt": per_attempt},
        "tax": tax,
    }
    left, spent = Fraction(people), Fraction(0)
    for attempt in range(retries + 1):
        answer = Fraction((answers + answers[-1:] * 4)[attempt])
        spent += left * Fraction(per_attempt) + left * answer * -(-talk // pulse) * Fraction(per_pulse)
        left *= 1 - answer
    worst = people * (
        (retries + 1) * Fraction(per_attempt) + -(-(talk + more) // pulse) * Fraction(per_pulse)
    )
    taxed = 1 + Fraction(tax.removesuffix("%")) / 100
    cost = cost_of(calls(people, retries, usage), PriceList.of(prices))
    assert cost.typical is not None
    assert cost.worst is not None
    assert Fraction(cost.typical) == _rounded(spent * taxed, currency[1])
    assert Fraction(cost.worst) == _rounded(worst * taxed, currency[1])
    assert cost.typical <= cost.worst


def test_no_rate_goes_through_a_float() -> None:
    """0.1 × 3 is 0.3, and three people in a thousand are three."""
    usage = read_usage({"answer": ["0.1"]})
    assert usage.answer == (100_000,)
    assert written(calls(1000, 0, {"answer": ["0.003"]}), PRICES) == ("1.77", "590.00")


def test_amounts_of_one_another_add_up_exactly() -> None:
    prices = PriceList.of(PRICES)
    cost = cost_of(calls(100), prices)
    assert total([cost] * 3) == Amounts(cost.typical * 3, cost.worst * 3)  # type: ignore[operator]
