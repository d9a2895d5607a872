"""Makes up people: who is in a contact list, and what happens when they are called. They are always the same."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from campaignctl.sandbox.collection import DIALLING
from campaignctl.sandbox.shapes import Spec

DEMO_LISTS = ("VIP customers", "All customers", "Lapsed customers", "Delhi branch", "Pune branch")
"""The names that `GET lists` shows in every account."""


Outcomes: TypeAlias = Sequence[tuple[int, str]]
"""Which words tries come to, by rising hundredths: the first below whose number one falls."""

_CHOSEN: Final = re.compile(r"(?P<name>.+):(?P<shares>[a-z-]+=\d+(?:,[a-z-]+=\d+)*)")


def outcome(outcomes: Outcomes, number: str, tries: int) -> str:
    """Returns what the given try at a number comes to; the same try always comes to the same."""
    percent = zlib.crc32(f"{number}/{tries}".encode()) % 100
    return next(word for below, word in outcomes if percent < below)


def readable_outcomes(choice: str) -> bool:
    """Tells whether a text is `NAME:word=hundredths,…`, not more than a hundred of them, in words of either kind."""
    match = _CHOSEN.fullmatch(choice)
    words = {word for row in DIALLING.values() for _, word in row.outcomes}
    shares = _shares(match["shares"]) if match else {}
    return match is not None and shares.keys() <= words and sum(shares.values()) <= 100


def outcomes_of(kind: str, name: str, chosen: Sequence[str]) -> Outcomes:
    """Returns what tries of a campaign come to: as chosen for its name, else for `*`, else as ever.

    The rest are reached.
    """
    by_name = {match["name"]: match["shares"] for match in map(_CHOSEN.fullmatch, chosen) if match}
    shares = by_name.get(name, by_name.get("*"))
    row = DIALLING[kind]
    if shares is None:
        return row.outcomes
    words = {word for _, word in row.outcomes}
    rising, below = list[tuple[int, str]](), 0
    for word, share in _shares(shares).items():
        if word in words:
            below += share
            rising.append((below, word))
    return (*rising, (100, row.reached))


def _shares(text: str) -> dict[str, int]:
    pairs = (it.partition("=") for it in text.split(","))
    return {word: int(share) for word, _, share in pairs}


def list_sid(account: str, name: str) -> str:
    """Returns the SID of a demo list."""
    return hashlib.sha256(f"list {account}/{name}".encode()).hexdigest()[:32]


def contacts(sid: str) -> list[str]:
    """Returns the numbers of a list, 5 to 40 of them: any SID is a list."""
    seed = zlib.crc32(sid.encode())
    return [f"+9199000{(seed + 7919 * place) % 100_000:05d}" for place in range(5 + seed % 36)]


def recipients(spec: Spec, numbers: Callable[[str], list[str]] = contacts) -> list[str]:
    """Returns everybody a campaign calls or texts, in order, and once unless it says otherwise.

    `numbers` says who is in a list.
    """
    people = list(spec.get("from") or ())
    for sid in spec.get("lists") or ():
        people.extend(numbers(sid))
    return people if spec.get("call_duplicate_numbers") else list(dict.fromkeys(people))
