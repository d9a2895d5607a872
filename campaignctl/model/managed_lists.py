"""Describes lists of the project beside those of the account: who is in one, what it is called there, which one it
is.

A live list never changes: its name is made of its content, so all pipelines agree on it. Pure values.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from campaignctl.diagnostics import Position
from campaignctl.kinds.endpoints import LIST_BATCH
from campaignctl.records import dataclass

if TYPE_CHECKING:
    from campaignctl.model.suppression import Shown

_JSON: Final = json.JSONEncoder(check_circular=False, separators=(",", ":"))
_DIGITS: Final = 16
_VERSION: Final = re.compile(r"(?P<name>.+)-(?P<mark>[0-9a-f]{16})(?:-(?P<attempt>[2-9]|[1-9][0-9]+))?")


def _as_json(cells: Sequence[str]) -> str:
    """Writes cells as `_JSON` does: at once where nothing in them is written otherwise in JSON."""
    joined = '","'.join(cells)
    plain = joined.isascii() and joined.isprintable() and "\\" not in joined
    if cells and plain and joined.count('"') == 2 * (len(cells) - 1):
        return f'["{joined}"]'
    return _JSON.encode(cells)


@dataclass(frozen=True)
class Members:
    """Holds the people of a list. `fields` are the API's names of their cells, `number` first; `cells` are those of
    a field after the other, in the order of the people's numbers, each person once.

    `repeated` counts the rows that were left out since their number stands there already, `left_out` are the
    declared people who must not be called.
    """

    fields: tuple[str, ...]
    cells: tuple[Sequence[str], ...] = field(repr=False)
    repeated: int = 0
    left_out: frozenset[str] = field(default=frozenset(), repr=False)

    def __len__(self) -> int:
        """Returns how many people are in the list."""
        return len(self.numbers)

    @property
    def numbers(self) -> Sequence[str]:
        """Returns their numbers, sorted."""
        return self.cells[0]

    @cached_property
    def people(self) -> frozenset[str]:
        """Returns their numbers as a set."""
        return frozenset(self.numbers)

    @cached_property
    def mark(self) -> str:
        """Returns 16 hex digits of SHA-256 over the people with their columns.

        Whoever reads it could guess a short list.
        """
        content = f"[{_JSON.encode(self.fields)},[{','.join(map(_as_json, self.cells))}]]"
        return hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]

    def contacts(self) -> Iterator[dict[str, str]]:
        """Yields each person as the API takes one; what a row leaves empty is not sent."""
        for row in zip(*self.cells, strict=True):
            yield {name: cell for name, cell in zip(self.fields, row, strict=True) if cell}


@dataclass(frozen=True, slots=True)
class AccountList:
    """Holds a contact list of the account, as a listing shows it. `created` is None where the answer does not say."""

    sid: str
    name: str
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListVersion:
    """Holds a list of the account that has the name of a version of `name`; `attempt` counts from 1."""

    sid: str
    name: str
    mark: str = field(repr=False)
    attempt: int = 1
    created: datetime | None = None


def version_name(name: str, mark: str, attempt: int = 1) -> str:
    """Returns what a version is called in the account. No output shows it."""
    return f"{name}-{mark}" if attempt == 1 else f"{name}-{mark}-{attempt}"


def looks_like_a_version(name: str) -> bool:
    """Tells whether a name is made as a version's name is."""
    return _VERSION.fullmatch(name) is not None


def versions_among(lists: Iterable[AccountList], name: str) -> Iterator[ListVersion]:
    """Yields the lists that are named as versions of a list of the project."""
    for it in lists:
        match = _VERSION.fullmatch(it.name)
        if match is not None and match["name"] == name:
            yield ListVersion(it.sid, name, match["mark"], int(match["attempt"] or 1), it.created)


def _no_lines(_numbers: Collection[str]) -> Sequence[int]:
    return ()


def _none_known(_marks: Collection[str]) -> Mapping[str, frozenset[str]]:
    return {}


@dataclass(frozen=True)
class ManagedList:
    """Holds one list of the project beside the account: who is in it, its `versions` there, and its namesakes'
    SIDs.

    `counts` are how many are in a version, by SID, of those that were counted: None where nobody knows. `trouble`
    is why the account's lists could not be read completely, `forbidden` why a policy lets nobody be called from it.
    `lines` says where people stand in `file`, `earlier` of which marks it is known that a version with one holds
    the members and people who are left out by now, and whom of these. `suppresses`: a source says who is left out
    of it; `shown` is what the account shows of the campaigns that it leaves out.
    """

    name: str
    members: Members = field(repr=False)
    where: Position
    file: str | None = None
    lines: Callable[[Collection[str]], Sequence[int]] = field(default=_no_lines, repr=False, compare=False)
    earlier: Callable[[Collection[str]], Mapping[str, frozenset[str]]] = field(
        default=_none_known, repr=False, compare=False
    )
    suppresses: bool = False
    versions: tuple[ListVersion, ...] = ()
    namesakes: tuple[str, ...] = ()
    counts: Mapping[str, int | None] = field(default_factory=dict)
    trouble: str | None = None
    forbidden: str | None = None
    shown: Mapping[str, Shown] = field(default_factory=dict, repr=False)

    @property
    def candidates(self) -> tuple[ListVersion, ...]:
        """Returns the versions of the present content, the least attempt first."""
        mine = (it for it in self.versions if it.mark == self.members.mark)
        return tuple(sorted(mine, key=lambda it: (it.attempt, it.sid)))

    @property
    def wanted(self) -> ListVersion | None:
        """Returns the first version that is not known to be abandoned; None where one must be uploaded."""
        return next((it for it in self.candidates if not self.is_abandoned(it)), None)

    def is_abandoned(self, version: ListVersion) -> bool:
        """Tells whether a version was counted, and is not known to hold just the members."""
        return version.sid in self.counts and self.counts[version.sid] != len(self.members)

    def may_hold_the_members(self, version: ListVersion) -> bool:
        """Tells whether nothing says that a version of the present content holds others: what could not be counted is
        not used, but nobody knows that it is not wanted, either.
        """
        return self.counts.get(version.sid) in (None, len(self.members))

    @property
    def complete(self) -> ListVersion | None:
        """Returns the version that was counted and holds just as many people as there are members."""
        wanted = self.wanted
        return wanted if wanted is not None and wanted.sid in self.counts else None

    @property
    def requests(self) -> int:
        """Returns how many requests an upload takes: the contacts, the list, the contacts into it, and a count."""
        return 2 * -(-len(self.members) // LIST_BATCH) + 2
