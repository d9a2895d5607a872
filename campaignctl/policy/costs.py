"""Computes what a campaign costs, in the decimals of its prices: exact until it is rounded, once, half up.

Nothing imports this where no prices are set.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Final

from campaignctl.kinds.spending import minor_digits
from campaignctl.kinds.table import Role, Unit, Value
from campaignctl.model.estimates import VARIABLE, text_estimate
from campaignctl.model.usage import CERTAIN, Usage, seconds_in
from campaignctl.policy.amounts import EXACT, UNKNOWN, Amounts, product, sum_of
from campaignctl.policy.closed_forms import Workload
from campaignctl.policy.prediction import workload_of
from campaignctl.policy.subject import Subject
from campaignctl.tuples import NamedTuple

_ROUNDED: Final = Context(prec=200)
_PULSE: Final = "60s"


class PriceList(NamedTuple):
    """Holds the prices of an environment. `call` and `sms` are None where what they cost is not known."""

    currency: str
    call: CallPrice | None
    segment: Decimal | None
    tax: Decimal

    @classmethod
    def of(cls, prices: Mapping[str, Value]) -> PriceList:
        """Reads prices as the project file writes them, never through a float: those of an environment once."""
        held = _READ.get(id(prices))
        if held is None or held[0] is not prices:
            if len(_READ) == _MOST_READ:
                _READ.clear()
            held = _READ[id(prices)] = prices, cls._read(prices)
        return held[1]

    @classmethod
    def _read(cls, prices: Mapping[str, Value]) -> PriceList:
        call, sms = prices.get("call"), prices.get("sms")
        return cls(
            str(prices.get("currency")),
            CallPrice.of(_texts(call)) if isinstance(call, Mapping) else None,
            Decimal(_texts(sms)["per_segment"]) if isinstance(sms, Mapping) else None,
            1 + Decimal(str(prices.get("tax") or "0%").removesuffix("%")).scaleb(-2),
        )

    @property
    def unit(self) -> Decimal:
        """Returns the least amount of the currency."""
        return Decimal(1).scaleb(-minor_digits(self.currency))

    def charged(self, amount: Decimal) -> Decimal:
        """Adds tax to an amount and rounds it half up."""
        taxed = EXACT.multiply(amount, self.tax)
        return taxed.quantize(self.unit, ROUND_HALF_UP, _ROUNDED)

    def written(self, amount: Decimal | None) -> str | None:
        """Writes an amount: `4120.00`."""
        return None if amount is None else f"{amount.quantize(self.unit, ROUND_HALF_UP, _ROUNDED):f}"


def _texts(settings: Mapping[str, Value]) -> Mapping[str, str]:
    return {name: str(it) for name, it in settings.items() if it is not None}


_MOST_READ: Final = 256
_READ: Final[dict[int, tuple[Mapping[str, Value], PriceList]]] = {}
"""Who is asked what campaigns cost is asked of each; what is held here is no other object meanwhile."""


class CallPrice(NamedTuple):
    """Holds the price of a call: for each pulse that is begun, in seconds, and for each attempt."""

    per_pulse: Decimal
    pulse: int
    per_attempt: Decimal

    @classmethod
    def of(cls, prices: Mapping[str, str]) -> CallPrice:
        """Reads the price as the project file writes it."""
        pulse = seconds_in(prices.get("pulse") or _PULSE)
        return cls(Decimal(prices["per_pulse"]), pulse, Decimal(prices.get("per_attempt") or "0"))

    def talk(self, seconds: int) -> Decimal:
        """Returns the price of an answered call."""
        return -(-seconds // self.pulse) * self.per_pulse


def cost_of(subject: Subject, prices: PriceList) -> Amounts:
    """Returns what the complete campaign costs, also where half of it is done; its end cuts nothing."""
    workload = workload_of(subject)
    if workload is None:
        return UNKNOWN
    if subject.kind.unit is Unit.CALL:
        return UNKNOWN if prices.call is None else _calls(workload, subject.usage, prices.call, prices)
    text = _text_of(subject)
    if prices.segment is None or text is None:
        return UNKNOWN
    return _messages(workload.people, text, subject.usage, prices.segment, prices)


@lru_cache(maxsize=4096)
def _calls(workload: Workload, usage: Usage, price: CallPrice, prices: PriceList) -> Amounts:
    """Prices the calls.

    Typically as many answer as are expected to; at worst everybody is called each time and answers the last. Many
    campaigns of a project call as many, and each is asked for a sum and for a limit.
    """
    called = workload.called
    answered = sum(count * answer for count, answer in zip(called, workload.answers, strict=True))
    attempts, talks = _shares(sum(called), workload.unit), _shares(answered, workload.unit * CERTAIN)
    typical = sum_of(product(attempts, price.per_attempt), product(talks, price.talk(usage.talk)))
    worst = sum_of(
        product(Decimal(workload.most_attempts), price.per_attempt),
        product(Decimal(workload.people), price.talk(usage.longest_talk)),
    )
    return Amounts(prices.charged(typical), prices.charged(worst))


def _shares(count: int, parts: int) -> Decimal:
    """Turns parts of people into people; `parts` is a power of ten."""
    return Decimal(count).scaleb(1 - len(str(parts)), EXACT)


def _messages(people: int, text: str, usage: Usage, segment: Decimal, prices: PriceList) -> Amounts:
    amounts = (
        _segments_charged(people * _segments(text, places), segment, prices)
        for places in (usage.variable, usage.longest_variable)
    )
    return Amounts(*amounts)


@lru_cache(maxsize=4096)
def _segments_charged(count: int, segment: Decimal, prices: PriceList) -> Decimal:
    return prices.charged(product(Decimal(count), segment))


@lru_cache(maxsize=4096)
def _segments(text: str, places: int) -> int:
    """Counts the segments of a text whose columns fill so many places each."""
    return text_estimate(VARIABLE.sub("x" * places, text)).segments


def _text_of(subject: Subject) -> str | None:
    contents = (subject.spec.get(field.name) for field in subject.kind.in_role(Role.CONTENT))
    return next((text for text in contents if isinstance(text, str)), None)
