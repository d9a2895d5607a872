"""Cuts environments into the jobs of a pipeline. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

from campaignctl.fleet.touched import Move


def jobs_of(names: Sequence[str], most: int, moved: Iterable[Move] = ()) -> list[list[str]]:
    """Returns as few jobs as `most` allows, of neighbours by name; the longer first.

    Those between which something moves are in one, that of the first: the account that a manifest left has to be
    looked at where it is created.
    """
    ordered = sorted(names)
    jobs = _slices(ordered, most)
    job_of = {name: place for place, job in enumerate(jobs) for name in job}
    first = _first_of_each(ordered, moved)
    gathered: list[list[str]] = [[] for _ in jobs]
    for name in ordered:
        gathered[job_of[first[name]]].append(name)
    return [job for job in gathered if job]


def _slices(names: Sequence[str], most: int) -> list[Sequence[str]]:
    count = min(len(names), most)
    if not count:
        return []
    size, longer = divmod(len(names), count)
    ends = accumulate((size + (place < longer) for place in range(count)), initial=0)
    return [names[begin:end] for begin, end in pairwise(ends)]


def _first_of_each(names: Sequence[str], moved: Iterable[Move]) -> dict[str, str]:
    """Returns each name's first among all that moves tie together."""
    first = {name: name for name in names}

    def root(name: str) -> str:
        while first[name] != name:
            name = first[name]
        return name

    for move in moved:
        if move.source in first and move.target in first:
            one, other = sorted((root(move.source), root(move.target)))
            first[other] = one
    return {name: root(name) for name in names}
