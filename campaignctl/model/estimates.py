"""Estimates what a campaign says and how often: the characters and segments of a text, the calls of a run.

An SMS is carried in GSM-7 where every character has a place in that alphabet, else in UCS-2 (3GPP TS 23.038); what
does not fit into one is sent, and charged, as several segments. How many people stand in a list that nobody counted
is unknown here, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import STARTING, STOPPING, Op
from campaignctl.kinds.table import Field, Kind, Role, Unit, Value
from campaignctl.model.campaigns import NO_COUNTS, Counts, ListRef
from campaignctl.model.ucs2 import Beyond, beyond
from campaignctl.model.values import count_different, count_texts, texts
from campaignctl.records import dataclass

if TYPE_CHECKING:
    from campaignctl.model.managed_lists import Members
    from campaignctl.model.plan import Change

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""Each is an escape and a character: two places."""

_GSM_7: Final = _BASIC | _EXTENSION

VARIABLE: Final = re.compile(r"@@\w+")
"""Filled from a column of the list [001, 004]."""


class Encoding(StrEnum):
    """Names how the characters of an SMS travel."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


_PLACES: Final[Mapping[Encoding, tuple[int, int]]] = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}
"""Of a message that is one segment, and of each segment where they are several: the rest numbers the parts."""


@dataclass(frozen=True, slots=True)
class TextEstimate:
    """Measures the text of one SMS. `characters` are places: some characters take two. With variables both are the
    least.

    `beyond` is what of it lies outside GSM-7, None in GSM-7.
    """

    encoding: Encoding
    characters: int
    segments: int
    variables: tuple[str, ...] = ()
    beyond: Beyond | None = None

    @property
    def replaced_segments(self) -> int | None:
        """Returns how many segments it would have with all that lies outside GSM-7 replaced; None where something
        has no replacement.
        """
        replaced = self.beyond.replaced if self.beyond else None
        return None if replaced is None else text_estimate(replaced).segments


def text_estimate(text: str) -> TextEstimate:
    """Measures a text as it is sent; its variables count nothing, since nobody knows yet what fills them.

    >>> text_estimate("Your bill is due, @@Name").characters
    18
    """
    fixed = VARIABLE.sub("", text)
    encoding = Encoding.GSM_7 if _GSM_7.issuperset(fixed) else Encoding.UCS_2
    sizes = [_size(character, encoding) for character in fixed]
    variables = tuple(dict.fromkeys(VARIABLE.findall(text)))
    outside = beyond(text, list(_fixed(text)), _GSM_7) if encoding is Encoding.UCS_2 else None
    return TextEstimate(encoding, sum(sizes), _segments(sizes, *_PLACES[encoding]), variables, outside)


def _fixed(text: str) -> Iterator[int]:
    """Yields the offsets of the characters that no variable fills."""
    last = 0
    for variable in VARIABLE.finditer(text):
        yield from range(last, variable.start())
        last = variable.end()
    yield from range(last, len(text))


def _size(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return 2 if character in _EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


def _segments(sizes: Iterable[int], alone: int, each: int) -> int:
    """Counts segments. A character that takes two places is not cut in two: it begins the next segment."""
    sizes = list(sizes)
    if sum(sizes) <= alone:
        return 1
    segments, used = 1, 0
    for size in sizes:
        if used + size > each:
            segments, used = segments + 1, 0
        used += size
    return segments


@dataclass(frozen=True, slots=True)
class Count:
    """Holds a number that may be known in part: at least `known`, and exactly that when it is `complete`.

    `known` is None where nothing is known, `at_most` where nobody knows how many it can be.
    """

    known: int | None
    complete: bool = True
    at_most: int | None = None

    @classmethod
    def exactly(cls, known: int) -> Count:
        """Makes a count that is known: one for all that are as large."""
        return _exactly(known)

    @classmethod
    def at_least(cls, known: int | None) -> Count:
        """Makes a count of which nobody knows how many more there are; None where nothing is known."""
        return cls(known, False)

    def __add__(self, other: Count) -> Count:
        """Adds two counts."""
        return Count.total((self, other))

    @classmethod
    def total(cls, counts: Iterable[Count]) -> Count:
        """Adds counts up. What is unknown in a part is unknown in the sum."""
        known, complete, most = 0, True, 0
        bounded = True
        for each in counts:
            known += each.known or 0
            most += each.at_most or 0
            complete = complete and each.complete
            bounded = bounded and each.at_most is not None
        return cls(known if known or complete else None, complete, most if bounded else None)

    def times(self, factor: int | None) -> Count:
        """Multiplies a count. The factor is None where nobody knows how often; it is at least once then."""
        if self.known is None or factor is None:
            return Count.at_least(self.known)
        most = None if self.at_most is None else self.at_most * factor
        return Count(self.known * factor, self.complete, most)


@lru_cache(maxsize=4096, typed=True)
def _exactly(known: int) -> Count:
    return Count(known, True, known)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Holds a campaign in numbers: whom it reaches, and how many calls or messages that is at most.

    `text` only of a campaign that `texts`, `retries` only of one that calls; None where they are not shown.
    """

    people: Count
    most: Count
    texts: bool
    text: TextEstimate | None = None
    retries: int | None = None


def estimate_of(
    kind: Kind, spec: Mapping[str, Value], *, complete: bool, counts: Counts = NO_COUNTS
) -> Estimate:
    """Estimates a campaign.

    `complete` is False where `spec` is an answer, which may leave things out: what it lacks is not known.
    """
    people = people_of(kind, spec, counts)
    if kind.unit is Unit.MESSAGE:
        return Estimate(people, people, texts=True, text=_text_of(kind, spec))
    return _calls_of(people, _retries(spec, complete))


@lru_cache(maxsize=4096, typed=True)
def _calls_of(people: Count, retries: int | None) -> Estimate:
    """Makes one estimate for all that call as many as often."""
    most = people.times(None if retries is None else 1 + retries)
    return Estimate(people, most, texts=False, retries=retries)


def people_of(kind: Kind, spec: Mapping[str, Value], counts: Counts = NO_COUNTS) -> Count:
    """Counts the people of a campaign; one who stands twice counts once, unless `call_duplicate_numbers` says
    otherwise.

    `counts` are those of lists. Somebody may be in two of them, or in one and among the numbers: then there are as
    many as in the largest at least, and all of them together at most. Who is in lists of the project is known
    exactly.
    """
    numbers = sum(_numbers_of(field, spec) for field in kind.numbers)
    lists = spec.get("lists")
    if numbers and not lists:  # as most have it
        return Count.exactly(numbers)
    own, others = _lists_in(lists)
    parts = [numbers or None] if numbers or not (own or others) else []
    parts += [len(frozenset[str]().union(*(it.people for it in own)))] if own else []
    parts += [counts.get(sid) for sid in others]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return Count.at_least(max(known, default=0) or None)
    return Count(max(known), len(known) == 1, sum(known))


def _lists_in(value: Value) -> tuple[list[Members], list[str]]:
    """Returns the members of the project's lists, and the SIDs of the others, each once."""
    lists = dict.fromkeys(value if isinstance(value, list | tuple) else texts(value))
    members = {it: it.members for it in lists if isinstance(it, ListRef) and it.members is not None}
    return list(members.values()), [str(it) for it in lists if it not in members]


def _numbers_of(field: Field, spec: Mapping[str, Value]) -> int:
    twice = spec.get("call_duplicate_numbers") is True
    return (count_texts if twice else count_different)(spec.get(field.name))


def _text_of(kind: Kind, spec: Mapping[str, Value]) -> TextEstimate | None:
    contents = (spec.get(field.name) for field in kind.in_role(Role.CONTENT))
    return next((text_estimate(text) for text in contents if isinstance(text, str)), None)


def _retries(spec: Mapping[str, Value], complete: bool) -> int | None:
    if "retries" not in spec:
        return 0 if complete else None
    retries = spec["retries"]
    if not isinstance(retries, Mapping):
        return 0
    times = retries.get("number_of_retries")
    return times if isinstance(times, int) else 0 if complete else None


Estimates: TypeAlias = tuple[Estimate | None, Estimate | None]
"""Before and after the operations of a change; None where no campaign is there."""


def estimates(change: Change) -> Estimates:
    """Returns what a change's campaign says now, and what it will say."""
    if change.of_list:
        return None, None
    kind, live = KINDS[change.key.kind], change.live
    counts = change.counts
    before = estimate_of(kind, live.spec, complete=False, counts=counts) if live else None
    after = (
        estimate_of(kind, change.resulting, complete=live is None, counts=counts)
        if change.resulting
        else None
    )
    return before, after


@dataclass(frozen=True, slots=True)
class Reach:
    """Sums what an apply of a plan sets going. `campaigns` is how many they are."""

    campaigns: int
    people: Count
    calls: Count
    messages: Count


def reach_of(told: Iterable[tuple[Change, Estimate | None]]) -> Reach:
    """Sums over what a plan creates, updates or resumes and leaves running.

    What waits, ends or is held reaches nobody. `told` pairs each change with what its campaign will say.
    """
    people: list[Count] = []
    sent: dict[Unit, list[Count]] = {unit: [] for unit in Unit}
    for change, estimate in told:
        if estimate is None or not sets_going(change):
            continue
        people.append(estimate.people)
        sent[KINDS[change.key.kind].unit].append(estimate.most)
    calls, messages = Count.total(sent[Unit.CALL]), Count.total(sent[Unit.MESSAGE])
    return Reach(len(people), Count.total(people), calls, messages)


def sets_going(change: Change) -> bool:
    """Tells whether an apply of the change leads to calls or messages."""
    ops = {operation.op for operation in change.operations if operation.sid is None}
    waits = change.live is not None and change.live.status is Status.PAUSED and Op.RESUME not in ops
    return bool(ops & STARTING) and not ops & STOPPING and not waits
