"""Says what differs between two plans in sentences: a line for each campaign, what calls or ends something first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, cast

from campaignctl.comparison.plans import ChangePair, Document, PlanComparison
from campaignctl.comparison.trees import Json, Leaf
from campaignctl.diagnostics import counted, some_of
from campaignctl.kinds.operations import BEGINNING, OPERATIONS, Op
from campaignctl.kinds.table import Value
from campaignctl.rendering import words
from campaignctl.rendering.changes import title, written
from campaignctl.rendering.documents import BriefChangeDocument
from campaignctl.rendering.report import Tone
from campaignctl.text import cut, name
from campaignctl.tuples import NamedTuple

_UNSEEN: Final = "The manifests differ, perhaps in what a plan does not show; review them."
_OTHER_TOKEN: Final = "Made with another token: whether the manifests differ cannot be told; review them."
_MOST_VALUES: Final = 5
_LONGEST: Final = 80


class Told(NamedTuple):
    """Holds one line about a campaign, and how it is to be looked at."""

    title: str
    says: str
    tone: Tone


def summary(comparison: PlanComparison) -> str:
    """Sums up the comparison. `No difference` is said of equal digests alone."""
    before, after = (name(str(it["digest"])) for it in (comparison.before, comparison.after))
    if comparison.same:
        return f"No difference: both plans have the digest {after}."
    campaigns = counted(len(comparison.changes), "campaign differs", "campaigns differ")
    return f"Another plan: {before} → {after}; {campaigns}."


def _warning(comparison: PlanComparison) -> str | None:
    """Warns of what no comparison of plans can tell."""
    if comparison.other_token:
        return _OTHER_TOKEN
    return _UNSEEN if comparison.unseen else None


def warnings(comparison: PlanComparison) -> Iterator[str]:
    """Yields what a reviewer must not miss: what no comparison can tell, and who came into lists since."""
    unseen = _warning(comparison)
    if unseen is not None:
        yield unseen
    before, after = _lists(comparison.before), _lists(comparison.after)
    grew = [_grew(label, before[label], after[label]) for label in before if label in after]
    if says := [it for it in grew if it is not None]:
        yield f"More people in {some_of(says, _MOST_VALUES)}."


def _lists(plan: Document) -> dict[str, int | None]:
    """Returns how many are in each list that a plan counts, by name or SID; None where that is unknown."""
    changes = cast("list[Document]", plan["changes"])
    lists = [each for change in changes for each in cast("list[Document]", change.get("lists") or [])]
    return {name(str(it["name"] or it["sid"])): cast("int | None", it["count"]) for it in lists}


def _grew(label: str, before: int | None, after: int | None) -> str | None:
    if before is None or (after is not None and after <= before):
        return None
    return f"{label}: {before:,} → {'unknown' if after is None else f'{after:,}'}"


def told(comparison: PlanComparison, now: datetime) -> list[Told]:
    """Returns the lines, the riskiest first."""
    ranked = sorted((_rank(pair), place) for place, pair in enumerate(comparison.changes))
    return [_told(comparison.changes[place], rank, now) for rank, place in ranked]


def of_plan(comparison: PlanComparison) -> Iterator[str]:
    """Yields what differs over the plans themselves, the first of it."""
    yield from map(_leaf, comparison.leaves[: 2 * _MOST_VALUES])
    if len(comparison.leaves) > 2 * _MOST_VALUES:
        yield f"and {counted(len(comparison.leaves) - 2 * _MOST_VALUES, 'more value')}"


def _rank(pair: ChangePair) -> int:
    """Ranks a pair: new operations that call come first, then what ends something, then the rest."""
    new = set(_operations(pair.after)) - set(_operations(pair.before))
    if new & set(BEGINNING):
        return 0
    return 1 if any(OPERATIONS[op].irreversible for op in new) else 2


_TONES: Final = (Tone.SOON, Tone.FINAL, Tone.CHANGE)


def _told(pair: ChangePair, rank: int, now: datetime) -> Told:
    shown = pair.shown
    return Told(
        title(str(shown["kind"]), str(shown["name"] or shown["sid"] or "")), _says(pair, now), _TONES[rank]
    )


def _says(pair: ChangePair, now: datetime) -> str:
    before, after = pair.before, pair.after
    if after is None:
        assert before is not None, "a pair has a side"
        return f"is no longer part of it (was {_does(before)})"
    if before is None:
        return f"is new: {_with_effect(after, now)}"
    was, now_does = list(_operations(before)), list(_operations(after))
    if was == now_does:
        return _values(pair)
    if was and now_does[: len(was)] == was:
        also = ", then ".join(f"{op}s" for op in now_does[len(was) :])
        return f"now also {also}{_effect(after, now)}"
    return f"was {_does(before)}, now {_with_effect(after, now)}"


def _does(change: Document) -> str:
    """Says what a change does: `pause, then complete`, `nothing to do (in-sync)`, `blocked (policy)`."""
    done = ", then ".join(_operations(change))
    code = name(str(cast("Document", change["reason"])["code"]))
    if done:
        return f"{done} (blocked: {code})" if change["change"] == "blocked" else done
    idle = "nothing to do" if change["change"] == "noop" else str(change["change"])
    return f"{idle} ({code})"


def _with_effect(change: Document, now: datetime) -> str:
    return f"{_does(change)}{_effect(change, now)}"


def _effect(change: Document, now: datetime) -> str:
    """Says what its operations do to people."""
    if not cast("list[Document]", change["operations"]):
        return ""
    return f" ({words.effect(cast('BriefChangeDocument', change), now)})"


def _operations(change: Document | None) -> Iterator[Op]:
    for operation in cast("list[Document]", change["operations"]) if change else ():
        yield Op(str(operation["op"]))


def _values(pair: ChangePair) -> str:
    """Writes values: `retries.interval_mins 10 → 15, was 10 → 20`, then whatever else differs."""
    assert pair.before is not None
    assert pair.after is not None
    before, after = (_diffs(change) for change in (pair.before, pair.after))
    fields = [field for field in {**before, **after} if before.get(field) != after.get(field)]
    says = [f"{name(field)} {_arrow(after.get(field))}, was {_arrow(before.get(field))}" for field in fields]
    says += [_leaf(leaf) for leaf in pair.leaves if not (fields and _follows(leaf))]
    more = f"; and {counted(len(says) - _MOST_VALUES, 'more value')}" if len(says) > _MOST_VALUES else ""
    return "; ".join(says[:_MOST_VALUES]) + more


def _follows(leaf: Leaf) -> bool:
    """Tells whether a leaf is told with the field that differs."""
    return leaf.path.startswith(("diff", "resulting", "message", "run", "cost"))


def _diffs(change: Document) -> dict[str, Document]:
    return {str(it["field"]): it for it in cast("list[Document]", change["diff"])}


def _arrow(difference: Document | None) -> str:
    if difference is None:
        return "no difference"
    return f"{_value(difference['before'])} → {_value(difference['after'])}"


def _leaf(leaf: Leaf) -> str:
    path = name(leaf.path)
    if leaf.change == "added":
        return f"{path} {_value(leaf.after)} is new"
    if leaf.change == "removed":
        return f"{path} is gone (was {_value(leaf.before)})"
    return f"{path} {_value(leaf.before)} → {_value(leaf.after)}"


def _value(value: Json) -> str:
    if isinstance(value, dict) and set(value) <= {"count", "distinct"}:
        return counted(int(value.get("count") or 0), "number")
    return cut(written(cast("Value", value)), _LONGEST)
