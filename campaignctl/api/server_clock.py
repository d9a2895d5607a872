"""Keeps the server's clock, by the dates of readable answers, and the clocks that are out of step with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from campaignctl.clock import Clock
from campaignctl.model.clocks import NO_DATE, OUT_OF_STEP, SET_IT, OtherClock, out_of_step, seconds_apart

_RUNNERS: Final = "this machine's"
_EARLIER: Final = "an earlier answer's date"
_FIND_OUT: Final = (
    "find out who else answers in the account's place (a proxy, a cache), or wait until it is right by both"
)


_YEARS: Final = range(1970, 3000)
"""Of others no clock tells; reckoning with their last days ends outside of what a moment can hold."""


def date_of(header: str | None) -> datetime | None:
    """Reads a date of a header as a moment; None where it cannot be read, or is of a year that cannot be."""
    try:
        moment = parsedate_to_datetime(header or "")
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if moment.year in _YEARS else None


class ServerClock:
    """Keeps the server's clock as its distance from the runner's.

    `compared` is False where that distance may be anything: in a sandbox.
    """

    def __init__(self, runner: Clock, *, compared: bool) -> None:
        self._runner = runner
        self._compared = compared
        self._least: timedelta | None = None
        self._most: timedelta | None = None
        self.ahead: timedelta | None = None

    def now(self) -> datetime:
        """Returns the server's time by the last date that was read; without one, the runner's."""
        return self._runner.now() + (self.ahead or timedelta())

    def heed(self, header: str | None, asked_at: datetime) -> None:
        """Takes note of a readable answer's date, which it was given between `asked_at` and now.

        Without a readable date, what an earlier answer said still holds.
        """
        date = date_of(header)
        if date is None:
            return
        least, most = date - self._runner.now(), date - asked_at
        self.ahead = least if self.ahead is None else min(max(self.ahead, least), max(least, most))
        self._least = self.ahead if self._least is None else min(self._least, self.ahead)
        self._most = self.ahead if self._most is None else max(self._most, self.ahead)

    def others(self) -> tuple[OtherClock, ...]:
        """Returns the clocks that differ from the server's by more than a minute: the runner's, and the extremes of
        earlier answers.
        """
        if not self._compared or self.ahead is None:
            return ()
        runner = self._runner.now()
        clocks = [OtherClock(_RUNNERS, runner, SET_IT)] if abs(self.ahead) > OUT_OF_STEP else []
        return (*clocks, *(OtherClock(_EARLIER, runner + it, _FIND_OUT) for it in self._out_of_step()))

    def notes(self) -> Iterator[str]:
        """Yields what is odd about the clocks."""
        if not self._compared:
            return
        if self.ahead is None:
            yield f"{NO_DATE[:1].upper()}{NO_DATE[1:]}: now is this machine's clock."
            return
        if abs(self.ahead) > OUT_OF_STEP:
            said = out_of_step(self.ahead)
            yield (
                f"{said[:1].upper()}{said[1:]}; now is the account's, and nobody is called unless it is right by both."
            )
        if self._out_of_step():
            widest = max(abs(it - self.ahead) for it in self._out_of_step())
            yield (
                f"The dates of the account's answers are up to {seconds_apart(widest)} out of step: "
                "nobody is called unless it is right by all of them."
            )

    def _out_of_step(self) -> list[timedelta]:
        ahead = self.ahead or timedelta()
        seen = (it for it in (self._least, self._most) if it is not None)
        return [it for it in dict.fromkeys(seen) if abs(it - ahead) > OUT_OF_STEP]
