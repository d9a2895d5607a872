"""Says how people answer and talk, as the project expects it.

Rates are whole millionths: no float comes near them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from campaignctl.kinds.table import Value
from campaignctl.tuples import NamedTuple

CERTAIN: Final = 1_000_000
"""The rate of what always happens, in millionths."""


class Usage(NamedTuple):
    """Holds what is expected of those who are called or texted.

    `answer` is, of the people called in the first, second, … attempt, the share who answer, in millionths; the last
    stands for all later ones. Talks are in seconds, `variable` and `longest_variable` in places of a text that a
    column fills.
    """

    answer: tuple[int, ...] = (550_000, 200_000, 100_000, 50_000)
    talk: int = 60
    longest_talk: int = 60
    variable: int = 10
    longest_variable: int = 40

    def answers(self, attempts: int) -> tuple[int, ...]:
        """Returns the share who answer in each of so many attempts."""
        return (self.answer + self.answer[-1:] * attempts)[:attempts]


USUAL: Final = Usage()
"""Where nobody says anything: the vendor's figures, no promise."""


def read_usage(settings: Mapping[str, Value], own: Mapping[str, Value] | None = None) -> Usage:
    """Reads the settings as they are written; `own` are a manifest's, which go over them key by key."""
    if not settings and not own:
        return USUAL
    said = {**settings, **(own or {})}.items()
    return _usage_of(
        tuple((key, tuple(it) if isinstance(it, list) else it) for key, it in said if it is not None)
    )


@lru_cache(maxsize=256)
def _usage_of(written: tuple[tuple[str, Value], ...]) -> Usage:
    """Reads each way of writing it once: most manifests that say how their people answer say the same."""
    said = dict(written)
    talk, variable = _seconds(said.get("talk"), USUAL.talk), _places(said.get("variable"), USUAL.variable)
    rates = said.get("answer")
    return Usage(
        tuple(map(_millionths, rates)) if isinstance(rates, list | tuple) and rates else USUAL.answer,
        talk,
        max(talk, _seconds(said.get("longest_talk"), talk)),
        variable,
        max(variable, _places(said.get("longest_variable"), USUAL.longest_variable)),
    )


def _millionths(rate: Value) -> int:
    whole, _, fraction = str(rate).partition(".")
    return int(whole) * CERTAIN + int(f"{fraction:0<6}"[:6])


def _seconds(length: Value, default: int) -> int:
    return seconds_in(length) if isinstance(length, str) else default


def seconds_in(length: str) -> int:
    """Reads a length such as `60s` in seconds."""
    return int(length.removesuffix("s"))


def _places(count: Value, default: int) -> int:
    return count if isinstance(count, int) else default


def longest_below_talk(settings: Mapping[str, Value]) -> str | None:
    """Returns what is wrong where the longest talk is shorter than the usual one."""
    talk, longest = settings.get("talk"), settings.get("longest_talk")
    if not isinstance(longest, str) or seconds_in(longest) >= _seconds(talk, USUAL.talk):
        return None
    return f"longest_talk: {longest} is below talk, {_seconds(talk, USUAL.talk)}s"
