"""What the match and the first difference are, said a second time: by trying everything, for short texts alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from random import Random

PARTS = re.compile(r"\{#([A-Za-z]+)#\}")
TYPES = {
    **dict.fromkeys(("numeric", "number", "num"), "numeric"),
    **dict.fromkeys(("url", "uro", "urlott"), "url"),
    "cbn": "cbn",
    "email": "email",
}
SHAPES = {
    "numeric": re.compile("[0-9]+"),
    "cbn": re.compile("[+]?[0-9]+"),
    "url": re.compile(r"\S+"),
    "email": re.compile(r"[^\s@.]([^\s@]*)@[^\s@.]+(\.[^\s@.]+)+|\.[^\s@]*@[^\s@.]+(\.[^\s@.]+)+"),
}
NEVER = {
    "numeric": {"email", "first_name", "last_name", "company_name"},
    "cbn": {"email", "first_name", "last_name", "company_name"},
    "url": {"email", "first_name", "last_name", "company_name"},
    "email": {"first_name", "last_name", "company_name"},
}
HELD = {
    "numeric": ("7",),
    "cbn": ("7",),
    "url": ("x",),
    "email": (
        "x",
        "x@",
        "x@y",
        "x@y.",
        "x@y.z",
        "@",
        "@y",
        "@y.",
        "@y.z",
        "y",
        "y.",
        "y.z",
        ".",
        ".z",
        "..z",
    ),
}
"""What a column may hold, as far as it makes a difference."""


def places_of(text: str) -> list[str]:
    """A place for each character and each column."""
    return re.findall(r"@@\w+|[\s\S]", text.replace("\r\n", "\n"))


def pieces_of(registered: str) -> list[tuple[str, str]]:
    """`("fixed", "a")` and `("open", "numeric")`, one after the other."""
    pieces: list[tuple[str, str]] = []
    for place, part in enumerate(PARTS.split(registered.replace("\r\n", "\n"))):
        pieces += [("open", part.lower())] if place % 2 else [("fixed", sign) for sign in part]
    return pieces


def every_cut(registered: str, text: str) -> Iterator[list[str]]:
    """All values that the variables may have."""
    pieces, places = pieces_of(registered), places_of(text)

    def rest(piece: int, place: int) -> Iterator[list[str]]:
        if piece == len(pieces):
            if place == len(places):
                yield []
            return
        sort, what = pieces[piece]
        if sort == "fixed":
            if place < len(places) and places[place] == what:
                yield from rest(piece + 1, place + 1)
            return
        for end in range(place + 1, len(places) + 1):
            for values in rest(piece + 1, end):
                yield ["\0".join(places[place:end]), *values]

    yield from rest(0, 0)


@cache
def can_be(value: str, word: str) -> bool:
    """Whether a value, its places joined by NUL, can be of the type of a word."""
    sort = TYPES.get(word)
    if sort is None:
        return True
    choices: list[Sequence[str]] = []
    for place in value.split("\0"):
        is_column = len(place) > 2 and place.startswith("@@")
        if is_column and place[2:] in NEVER[sort]:
            return False
        choices.append(HELD[sort] if is_column else (place,))
    return any(SHAPES[sort].fullmatch("".join(it)) for it in product(*choices))


def best_cut(registered: str, text: str) -> list[str] | None:
    """One in which all fit, else the shortest, the first value before the next."""
    words = [what for sort, what in pieces_of(registered) if sort == "open"]
    cuts = sorted(every_cut(registered, text), key=lambda values: [it.count("\0") for it in values])
    fitting = (it for it in cuts if all(map(can_be, it, words)))
    found = next(fitting, cuts[0] if cuts else None)
    return None if found is None else [it.replace("\0", "") for it in found]


RANKS = {"replace": 3, "leave out": 2, "put in": 1}


def first_change(registered: str, text: str) -> tuple[str, int]:  # noqa: C901 – a way for each edit
    """What the first change is, and at which place: every way of editing is gone once."""
    pieces, places = pieces_of(registered), places_of(text)

    @cache
    def cheapest(piece: int, place: int, taken: bool) -> tuple[int, frozenset[tuple[int, int]]]:
        """How many changes are left, and which may be the first of them."""
        ways: list[tuple[int, frozenset[tuple[int, int]]]] = []

        def change(word: str, then: tuple[int, frozenset[tuple[int, int]]]) -> None:
            ways.append((then[0] + 1, frozenset({(RANKS[word], place)})))

        if piece == len(pieces) and place == len(places):
            return 0, frozenset()
        if place < len(places):
            if not taken:
                change("leave out", cheapest(piece, place + 1, False))
            if piece < len(pieces) and pieces[piece][0] == "open":
                ways.append(cheapest(piece, place + 1, True))
            elif piece < len(pieces):
                then = cheapest(piece + 1, place + 1, False)
                if pieces[piece][1] == places[place]:
                    ways.append(then)
                else:
                    change("replace", then)
        if piece < len(pieces):
            then = cheapest(piece + 1, place, False)
            if taken:
                ways.append(then)
            else:
                change("put in", then)
        least = min(cost for cost, _ in ways)
        return least, frozenset().union(*(firsts for cost, firsts in ways if cost == least))

    rank, place = max(cheapest(0, 0, False)[1])
    return next(word for word, it in RANKS.items() if it == rank), len("".join(places[:place]))


SIGNS = "ab1 @.+\n"
WORDS = ("var", "numeric", "NUM", "alphanumeric", "url", "cbn", "email", "what")
COLUMNS = ("@@A", "@@email", "@@first_name")


def random_pair(random: Random) -> tuple[str, str]:
    """A registered text and one that mostly matches it, or nearly."""
    registered = [_part(random) for _ in range(random.randint(1, 5))]
    text = [_value(random) if it.startswith("{#") else it for it in registered]
    while random.random() < 0.3:
        text[random.randrange(len(text))] += random.choice((*SIGNS, *COLUMNS, ""))
        text[random.randrange(len(text))] = random.choice((*SIGNS, *COLUMNS, ""))
    return "".join(registered), "".join(text)


def _part(random: Random) -> str:
    return f"{{#{random.choice(WORDS)}#}}" if random.random() < 0.45 else random.choice(SIGNS)


def _value(random: Random) -> str:
    drawn = (random.choice(COLUMNS) if random.random() < 0.15 else random.choice(SIGNS) for _ in range(9))
    return random.choice(("1", "11", "a@b.a", "+1", "a a", "".join(drawn)[: random.randint(1, 6)]))
