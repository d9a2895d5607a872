"""Made-up people: who is in a contact list, and what happens when they are called. Always the same."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from campaignctl.sandbox.collection import DIALLING

DEMO_LISTS = ("VIP customers", "All customers", "Lapsed customers", "Delhi branch", "Pune branch")
"""The names that `GET lists` shows in every account."""


def outcome(kind: str, number: str, tries: int) -> str:
    """What the given try at a number comes to; the same try always comes to the same."""
    percent = zlib.crc32(f"{number}/{tries}".encode()) % 100
    return next(word for below, word in DIALLING[kind].outcomes if percent < below)


def list_sid(account: str, name: str) -> str:
    """The SID of a demo list."""
    return hashlib.sha256(f"list {account}/{name}".encode()).hexdigest()[:32]


def contacts(sid: str) -> list[str]:
    """The numbers of a list, 5 to 40 of them: any SID is a list."""
    seed = zlib.crc32(sid.encode())
    return [f"+9199000{(seed + 7919 * place) % 100_000:05d}" for place in range(5 + seed % 36)]


def recipients(spec: Mapping[str, Any], numbers: Callable[[str], list[str]] = contacts) -> list[str]:
    """Everybody a campaign calls or texts, in order, and once unless it says otherwise.

    `numbers` says who is in a list.
    """
    people = list(spec.get("from") or ())
    for sid in spec.get("lists") or ():
        people.extend(numbers(sid))
    return people if spec.get("call_duplicate_numbers") else list(dict.fromkeys(people))
