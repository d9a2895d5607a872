"""Finds people whom several accounts would reach: one manifest taken by two, or two that say the same. Pure.

`same_people` has no look of its own at a campaign: what other accounts take is looked at once, after reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from campaignctl.diagnostics import Position, counted, quoted
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment
from campaignctl.model.values import canonical_numbers, texts
from campaignctl.policy.checking import copies_among
from campaignctl.policy.copies import Copies, PossibleCopy, calls, sharing
from campaignctl.policy.subject import label
from campaignctl.tuples import NamedTuple

RULE = "same_people"


class Elsewhere(NamedTuple):
    """Names another environment, the manifest that it takes, and how many people that shares."""

    environment: str
    manifest: Desired
    people: int


Chosen: TypeAlias = "Mapping[str, tuple[Environment, Sequence[Desired]]]"
"""The environments of one command by name, each with its manifests."""


def separate(one: Environment, other: Environment) -> bool:
    """Tells whether two are accounts of their own, at least one of which says what it takes."""
    live = not (one.is_sandbox or other.is_sandbox)
    accounts = {(it.host, it.account_sid) for it in (one, other)}
    return live and len(accounts) == 2 and (one.has_own_manifests or other.has_own_manifests)


def people_in_common(one: Desired, of_one: Environment, other: Desired, of_other: Environment) -> int:
    """Counts the declared numbers that two manifests have in common, each as its environment's country reads them;
    all of them where both have them of one file.
    """
    mine = set(canonical_numbers(texts(one.declares), of_one.country))
    if one.numbers_file is not None and one.numbers_file == other.numbers_file:
        return len(mine)
    return len(mine.intersection(canonical_numbers(texts(other.declares), of_other.country)))


def of_one_manifest(own: str, found: Sequence[Elsewhere], verb: str) -> str:
    """Says that several accounts take one manifest, in the same words whichever of them is asked."""
    first = found[0]
    more = f" (and {counted(len(found) - 1, 'more environment')})" if len(found) > 1 else ""
    one, other = sorted((own, first.environment))
    people = counted(first.people, "person", "people")
    return (
        f"it {verb} the same {people} from {one} and from {other}{more}: let one account take this manifest, or give "
        "each its own people"
    )


def of_two_manifests(found: Elsewhere, verb: str) -> str:
    """Says that another account's manifest is a copy of one."""
    people = counted(found.people, "recipient")
    return (
        f"{quoted(label(found.manifest))} ({found.manifest.where}) of {found.environment} {verb} {people} of this one "
        "with the same content at the same time, from another account: remove one of them"
    )


# -- two manifests ---------------------------------------------------------------------------------------------


class _TakenManifest(NamedTuple):
    """Names an environment, a manifest that it takes, and the numbers that this reaches."""

    environment: Environment
    copies: Copies
    desired: Desired
    people: frozenset[str]


class _Caller(NamedTuple):
    environment: Environment
    candidate: PossibleCopy


FindCopy: TypeAlias = "Callable[[str, Desired], Elsewhere | None]"
"""Returns, for an environment's name and a manifest of it, the first other account that repeats it."""

CopyKey: TypeAlias = "tuple[str, str, Position]"
"""An environment's name, a kind and the place of a manifest."""


def copy_key(environment: str, desired: Desired) -> CopyKey:
    """Returns what tells an environment's manifest, with all its dates, from all others."""
    return environment, desired.kind.name, desired.where


def copies_between(chosen: Chosen, now: datetime) -> Mapping[CopyKey, Elsewhere]:
    """Returns, for manifests of environments with different accounts, which other account repeats each."""
    found: dict[CopyKey, Elsewhere] = {}
    for group in _alike(chosen, now):
        for one, other in _repeating(group):
            for mine, theirs in ((one, other), (other, one)):
                key = copy_key(mine.environment.name, mine.candidate.desired)
                shared = len(mine.candidate.people & theirs.candidate.people)
                found.setdefault(key, Elsewhere(theirs.environment.name, theirs.candidate.desired, shared))
    return found


def _alike(chosen: Chosen, now: datetime) -> Iterator[Sequence[_Caller]]:
    """Yields what calls somebody with one content, where several accounts reach somebody with it."""
    groups: defaultdict[Hashable, list[tuple[Environment, Copies, Desired]]] = defaultdict(list)
    for environment, manifests in chosen.values():
        copies = copies_among(manifests, environment, now)
        for content, several in copies.by_content().items():
            groups[content] += ((environment, copies, it) for it in several)
    for group in groups.values():
        if len({environment.name for environment, *_ in group}) > 1:
            taken = [_TakenManifest(*it, _numbers(it[2], it[0])) for it in group if calls(it[2], now)]
            yield [
                _Caller(it.environment, candidate)
                for it in _of_several(taken)
                for candidate in it.copies.candidates(it.desired, it.people)
            ]


def _numbers(desired: Desired, environment: Environment) -> frozenset[str]:
    """Returns the numbers that a manifest reaches; a list of one account is no list of another, whatever its name."""
    return frozenset(canonical_numbers(texts(desired.spec.get("from")), environment.country))


def _of_several(taken: Sequence[_TakenManifest]) -> Iterator[_TakenManifest]:
    """Yields those that reach somebody whom another environment reaches, too: dates are worked out for these alone."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for it in taken:
        for person in it.people:
            owners[person].add(it.environment.name)
    shared = {person for person, names in owners.items() if len(names) > 1}
    return (it for it in taken if not shared.isdisjoint(it.people))


def _repeating(group: Sequence[_Caller]) -> Iterator[tuple[_Caller, _Caller]]:
    for places in sharing(it.candidate.people for it in group):
        for at, place in enumerate(places):
            for later in places[at + 1 :]:
                one, other = group[place], group[later]
                if _is_a_copy(one, other):
                    yield one, other


def _is_a_copy(one: _Caller, other: _Caller) -> bool:
    """Tells whether they are two manifests of two accounts at one time; one taken twice is told as such."""
    first, second = one.candidate, other.candidate
    twice = (first.desired.where, first.desired.document) == (second.desired.where, second.desired.document)
    overlap = first.start < second.end and second.start < first.end
    return not twice and overlap and separate(one.environment, other.environment)
