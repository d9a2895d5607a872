"""Says what counts of people tell about a rate: whether a limit is kept, exceeded or crossed.

Shares are whole basis points (1 is 0.01 %), so that nothing is rounded before it is compared. Sums are those of the
binomial distribution itself, no approximation: in floating point where that is enough to tell, in whole numbers
where a sum comes within a millionth of what it is held against.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import ceil, comb, exp, fsum, lgamma, log, log1p
from typing import Final

BASIS_POINTS: Final = 10_000
"""100 % in basis points."""
_NEAR: Final = 1e-6
_EVIDENCE: Final = log(100)
"""How often the sequential test may stop what keeps its limit: one time in a hundred."""


def kept(count: int, finished: int, limit: int, confidence: int) -> bool:
    """Returns True when so few of the finished would hardly be seen at the limit: P(X ≤ count) ≤ 1 − confidence.

    >>> [kept(7, 50, 2_500, 9_500), kept(8, 50, 2_500, 9_500)]
    [True, False]
    """
    return _at_most(range(count + 1), finished, limit, BASIS_POINTS - confidence)


def exceeded(count: int, people: int, limit: int, confidence: int) -> bool:
    """Returns True when so many of all people would hardly be seen at the limit: P(X ≥ count) ≤ 1 − confidence.

    `people` are all of them, the open ones too: even if all who are open were reached.

    >>> [exceeded(19, 50, 2_500, 9_500), exceeded(18, 50, 2_500, 9_500)]
    [True, False]
    """
    return _at_most(range(count, people + 1), people, limit, BASIS_POINTS - confidence)


def crossed(count: int, tried: int, limit: int) -> bool:
    """Returns True when the count speaks a hundred to one for a rate well above the limit rather than at it.

    A sequential test (Wald 1945) of p against min(2p, (1 + p) / 2), which may be looked at after every person: what
    stays at its limit is ever stopped with a chance of one in a hundred at most.

    >>> [crossed(32, 50, 4_000), crossed(31, 50, 4_000)]
    [True, False]
    """
    p = limit / BASIS_POINTS
    q = min(2 * p, (1 + p) / 2)
    return count * log(q / p) + (tried - count) * (log1p(-q) - log1p(-p)) >= _EVIDENCE


@lru_cache(maxsize=1024)
def fewest(limit: int, confidence: int) -> int:
    """Returns the fewest finished people of whom nobody counts that keep a limit.

    >>> [fewest(500, 9_500), fewest(100, 9_500), fewest(50, 9_500)]
    [59, 299, 598]
    """
    guess = ceil(log((BASIS_POINTS - confidence) / BASIS_POINTS) / log1p(-limit / BASIS_POINTS))
    return next(
        people for people in range(max(guess - 1, 1), guess + 2) if kept(0, people, limit, confidence)
    )


@lru_cache(maxsize=1024)
def power(finished: int, limit: int, confidence: int) -> float:
    """Returns the chance that a gate passes whose true rate is half its limit.

    >>> [power(111, 2_500, 9_500) < 0.95, power(112, 2_500, 9_500) >= 0.95]
    [True, True]
    """
    most = _most_kept(finished, limit, confidence)
    return fsum(_chances(range(most + 1), finished, limit / 2 / BASIS_POINTS))


def _most_kept(finished: int, limit: int, confidence: int) -> int:
    """Returns the largest count that keeps the limit; −1 where none does."""
    low, high = -1, finished
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if kept(middle, finished, limit, confidence) else (low, middle - 1)
    return low


def _at_most(counts: range, people: int, limit: int, share: int) -> bool:
    """Tells whether the chance of any of the counts is at most the share, both in basis points."""
    chance, bound = fsum(_chances(counts, people, limit / BASIS_POINTS)), share / BASIS_POINTS
    if abs(chance - bound) > _NEAR * bound:
        return chance < bound
    ways = sum(comb(people, k) * limit**k * (BASIS_POINTS - limit) ** (people - k) for k in counts)
    return bool(ways * BASIS_POINTS <= share * BASIS_POINTS**people)


def _chances(counts: range, people: int, p: float) -> Iterator[float]:
    """Yields, for each count, the chance that so many of the people count, each by itself with the chance p."""
    counts_in, not_in, ways = log(p), log1p(-p), lgamma(people + 1)
    for k in counts:
        ways_of_it = ways - lgamma(k + 1) - lgamma(people - k + 1)
        yield exp(ways_of_it + k * counts_in + (people - k) * not_in)
