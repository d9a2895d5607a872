"""Says what follows from an answer: whether the request is sent again, and whether it was carried out.

It is one table, rule 9.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import Enum
from random import Random
from types import MappingProxyType
from typing import Final

from campaignctl.api.server_clock import date_of
from campaignctl.clock import backoff_seconds
from campaignctl.records import dataclass

MAX_WAIT_SECONDS: Final = 300.0
"""All waiting for one request."""


class WriteOutcome(Enum):
    """Names what is known of a write: whether it was carried out."""

    DONE = "carried out"
    REFUSED = "refused, so surely not carried out"
    NOT_SENT = "surely not carried out"
    UNKNOWN = "nobody knows"


class ReplyClass(Enum):
    """Names the classes of answers."""

    SUCCESS = "a readable success"
    NO_CONNECTION = "no connection was made"
    NO_TRUST = "no connection was made, and none will be"
    TOO_MANY = "429"
    REFUSAL = "any other 4xx"
    GAVE_UP = "408 or 499, which gateways send"
    SERVER_ERROR = "5xx"
    LOST = "a time-out or a lost connection"
    UNREADABLE = "an answer that cannot be understood"
    TOO_LARGE = "an answer that is larger than we read"
    REDIRECT = "3xx"


@dataclass(frozen=True, slots=True)
class RetryRule:
    """Says whether a read or a write is sent again, and what is known of a write that is not."""

    read_again: bool
    write_again: bool
    outcome: WriteOutcome


TABLE: Mapping[ReplyClass, RetryRule] = MappingProxyType(
    {
        ReplyClass.SUCCESS: RetryRule(False, False, WriteOutcome.DONE),
        ReplyClass.NO_CONNECTION: RetryRule(True, True, WriteOutcome.NOT_SENT),
        ReplyClass.NO_TRUST: RetryRule(False, False, WriteOutcome.NOT_SENT),
        ReplyClass.TOO_MANY: RetryRule(True, True, WriteOutcome.NOT_SENT),
        ReplyClass.REFUSAL: RetryRule(False, False, WriteOutcome.REFUSED),
        ReplyClass.GAVE_UP: RetryRule(True, False, WriteOutcome.UNKNOWN),
        ReplyClass.SERVER_ERROR: RetryRule(True, False, WriteOutcome.UNKNOWN),
        ReplyClass.LOST: RetryRule(True, False, WriteOutcome.UNKNOWN),
        ReplyClass.UNREADABLE: RetryRule(True, False, WriteOutcome.UNKNOWN),
        ReplyClass.TOO_LARGE: RetryRule(False, False, WriteOutcome.UNKNOWN),
        ReplyClass.REDIRECT: RetryRule(False, False, WriteOutcome.UNKNOWN),
    }
)


_GAVE_UP: Final = frozenset({408, 499})
"""Whoever stands in front of the account stopped waiting: the account may go on."""


def classify_status(status: int) -> ReplyClass:
    """Classifies an answer by its HTTP status, or by the code that an item of a 207 has of its own."""
    if 200 <= status < 300:
        return ReplyClass.SUCCESS
    if 300 <= status < 400:
        return ReplyClass.REDIRECT
    if status == 429:
        return ReplyClass.TOO_MANY
    if status in _GAVE_UP:
        return ReplyClass.GAVE_UP
    if 400 <= status < 500:
        return ReplyClass.REFUSAL
    return ReplyClass.SERVER_ERROR if 500 <= status < 600 else ReplyClass.UNREADABLE


def retry_after_seconds(header: str | None, server_now: datetime) -> float | None:
    """Reads `Retry-After` as seconds, or as a date by the server's clock; None when it is neither."""
    if header is None:
        return None
    text = header.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        return float(text) if len(text) < 16 else math.inf
    moment = date_of(text)
    return None if moment is None else max((moment - server_now).total_seconds(), 0.0)


@dataclass
class RetryBudget:
    """Limits how often one request is sent, and how long it may wait in all."""

    max_attempts: int
    random: Random
    attempts: int = 0
    _left: float = field(default=MAX_WAIT_SECONDS)

    def allows(self, seconds: float) -> bool:
        """Tells whether there is time for the wait, and counts it if so."""
        if seconds > self._left:
            return False
        self._left -= seconds
        return True

    def backoff(self, retry_after: float | None) -> float | None:
        """Returns the seconds to wait before the next attempt: what the account says, else exponential with full
        jitter. None when there is no next attempt.
        """
        if self.attempts >= self.max_attempts:
            return None
        seconds = backoff_seconds(self.random, self.attempts - 1) if retry_after is None else retry_after
        return seconds if self.allows(seconds) else None
