"""Finds what a plan says that another does not: over the plans themselves, then campaign by campaign.

What moves on by itself, what only one run has, and places and messages are left out. People's numbers and their
marks are never looked into: they are counted, as everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, cast

from campaignctl.comparison.trees import Json, Leaf, differences
from campaignctl.tuples import NamedTuple

Document = Mapping[str, Json]

_OF_A_RUN: Final = frozenset(
    (
        *("created_at", "expires_at", "approval", "seal", "campaignctl_version", "refresh", "apply", "notes"),
        *("digest", "changes"),  # told by `same`, and one by one
    )
)
_MOVING: Final = frozenset(
    ("fingerprint", "numbers_failed", "counted_at", "manifest", "line", "column", "notes", "message")
)
_NUMBERS: Final = frozenset(("from", "marks", "members"))


class ChangePair(NamedTuple):
    """Holds one campaign in both plans; None on the side where it has none."""

    before: Document | None
    after: Document | None
    leaves: tuple[Leaf, ...] = ()

    @property
    def shown(self) -> Document:
        """Returns the later side, else the one that is gone."""
        found = self.after if self.after is not None else self.before
        assert found is not None, "a pair has a side"
        return found


class PlanComparison(NamedTuple):
    """Compares one plan with another.

    `same`: their digests are equal. `unseen`: the manifests differ, perhaps in what no plan shows; `other_token`:
    even that cannot be told.
    """

    before: Document
    after: Document
    same: bool
    unseen: bool
    other_token: bool
    leaves: tuple[Leaf, ...]
    changes: tuple[ChangePair, ...]


def compare_plans(before: Document, after: Document) -> PlanComparison:
    """Compares two plans, given as documents with numbers masked."""
    one, other = (cast("Document", it["manifests"]) for it in (before, after))
    pairs = _pairs(_changes(before), _changes(after))
    return PlanComparison(
        before,
        after,
        same=before["digest"] == after["digest"],
        unseen=one["digest"] != other["digest"],
        other_token=one["token"] != other["token"],
        leaves=differences(_head(before), _head(after)),
        changes=tuple(found for pair in pairs if (found := _compared(pair)) is not None),
    )


def _changes(plan: Document) -> Sequence[Document]:
    return cast("Sequence[Document]", plan["changes"])


def _head(plan: Document) -> Document:
    manifests = cast("Document", plan["manifests"])
    told = {name: value for name, value in manifests.items() if name not in ("token", "digest")}
    kept = {name: _stripped(value) for name, value in plan.items() if name not in _OF_A_RUN}
    return {**kept, "manifests": told}


def _compared(pair: ChangePair) -> ChangePair | None:
    """Compares a pair; None where both say the same."""
    before, after = pair.before, pair.after
    if before is None or after is None:
        return pair
    if before == after:
        return None
    leaves = (*differences(_told(before), _told(after)), *_marks(before, after))
    return pair._replace(leaves=leaves) if leaves else None


def _marks(before: Document, after: Document) -> Iterator[Leaf]:
    """Yields marks that were taken out, by how many: where as many others are, that alone shows it."""
    one, other = ([*map(str, _marks_of(change))] for change in (before, after))
    if sorted(one) != sorted(other) and len(one) == len(other):
        count = {"count": len(one)}
        yield Leaf("suppressed.marks", "changed", count, count)


def _marks_of(change: Document) -> Sequence[Json]:
    suppressed = change.get("suppressed")
    marks = suppressed.get("marks") if isinstance(suppressed, Mapping) else None
    return marks if isinstance(marks, list | tuple) else ()


def _told(change: Document) -> Document:
    """Returns a change without what moves; one that resumes with the time of its last update: a stop since then is
    another plan.
    """
    operations = cast("Sequence[Document]", change["operations"])
    resumes = any(it["op"] == "resume" for it in operations)
    apart = _MOVING if resumes else _MOVING | {"since"}
    return {name: _stripped(value, apart) for name, value in change.items() if name not in apart}


def _stripped(value: Json, apart: frozenset[str] = _MOVING) -> Json:
    if isinstance(value, Mapping):
        if value.get("field") == "from":
            return {name: _counted(it) for name, it in value.items()}
        kept = {name: it for name, it in value.items() if name not in apart}
        return {name: _counted(it) if name in _NUMBERS else _stripped(it, apart) for name, it in kept.items()}
    if isinstance(value, list | tuple):
        return [_stripped(item, apart) for item in value]
    return value


def _counted(value: Json) -> Json:
    """Counts numbers; what they are is never compared here."""
    if isinstance(value, list | tuple):
        return {"count": len(value)}
    if isinstance(value, Mapping):
        return {name: it for name, it in value.items() if name != "examples"}
    return value


# -- pairs -----------------------------------------------------------------------------------------------------


def _pairs(before: Sequence[Document], after: Sequence[Document]) -> Iterator[ChangePair]:
    """Pairs campaigns by kind and name, within one name by SID; what is left by SID alone, for a campaign may have
    been renamed.
    """
    rest = _Unpaired(before)
    later = []
    for change in after:
        found = rest.take_named(change)
        if found is None:
            later.append(change)
        else:
            yield ChangePair(found, change)
    for change in later:
        yield ChangePair(rest.take_sid(change), change)
    yield from (ChangePair(change, None) for change in rest.left())


class _Unpaired:
    """Holds the changes of a plan that nothing was paired with yet."""

    def __init__(self, changes: Iterable[Document]) -> None:
        self.named: defaultdict[tuple[Json, Json], list[Document]] = defaultdict(list)
        for change in changes:
            self.named[change["kind"], change["name"]].append(change)
        self.by_sid: dict[tuple[Json, Json], Document] | None = None

    def take_named(self, change: Document) -> Document | None:
        """Takes, of several of one name, the one with its SID, else the first."""
        several = self.named.get((change["kind"], change["name"]))
        if not several:
            return None
        found = next((it for it in several if it["sid"] == change["sid"]), several[0])
        several.remove(found)
        return found

    def take_sid(self, change: Document) -> Document | None:
        if change["sid"] is None:
            return None
        if self.by_sid is None:
            self.by_sid = {(it["kind"], it["sid"]): it for it in self.left() if it["sid"] is not None}
        found = self.by_sid.pop((change["kind"], change["sid"]), None)
        if found is not None:
            self.named[found["kind"], found["name"]].remove(found)
        return found

    def left(self) -> Iterator[Document]:
        for several in self.named.values():
            yield from several
