"""Rules 1 to 7 sentence by sentence. The cases are data: `cases/*.yaml`, a file per rule."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from planning_cases import Case, label, load_cases

from campaignctl.kinds.operations import Op
from campaignctl.model.plan import Change, HeldOperation, Operation
from campaignctl.model.reasons import REASONS
from campaignctl.planning.order import steps
from campaignctl.planning.payload import create_spec, update_spec
from campaignctl.planning.terms import Terms

CASES = load_cases()


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_case_is_planned_as_its_name_says(case: Case) -> None:
    decisions = case.plan()
    changes = {_find(case, change): change for change in decisions.changes}
    assert changes.keys() == case.data["expect"].keys()
    assert len(changes) == len(decisions.changes), "two changes answer to one name"
    for name, expected in case.data["expect"].items():
        _check(changes[name], expected, case.terms)
    if "unmanaged" in case.data:
        assert decisions.unmanaged == case.data["unmanaged"]
    if "findings" in case.data:
        found = [f"{it.rule} {it.severity}: {it.message}" for it in decisions.findings]
        assert len(found) == len(case.data["findings"]), found
        assert all(map(operator.contains, found, case.data["findings"])), found
    if "plan_notes" in case.data:
        assert list(decisions.notes) == case.data["plan_notes"]
    if "noted" in case.data:
        assert len(decisions.notes) == len(case.data["noted"]), decisions.notes
        assert all(map(operator.contains, decisions.notes, case.data["noted"])), decisions.notes
    if "order" in case.data:
        done = [
            f"{step.operation.op} {step.operation.sid or step.change.key.name}"
            for step in steps(decisions.changes)
        ]
        assert done == case.data["order"]


def test_every_name_of_a_case_is_its_own() -> None:
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []


def test_every_reason_that_a_plan_can_carry_has_a_case() -> None:
    later = {"list-not-found", "called-already", "recipients-unseen"}
    shown = {expected["code"] for case in CASES for expected in case.data["expect"].values()}
    assert shown == REASONS.keys() - later


def test_a_plan_lists_its_changes_by_kind_name_and_sid() -> None:
    for case in CASES:
        keys = [change.key for change in case.plan().changes]
        assert keys == sorted(keys)


def test_every_change_has_a_sentence_for_its_reason() -> None:
    for case in CASES:
        assert all(change.reason.message for change in case.plan().changes)


def _find(case: Case, change: Change) -> str:
    names = [name for name in case.data["expect"] if name in label(change)]
    assert len(names) == 1, f"the case says nothing of {change.key}: {change.reason}"
    return str(names[0])


def _check(change: Change, expected: Mapping[str, Any], terms: Terms) -> None:
    """What the case states, and always type, reason and operations."""
    assert (change.type, change.reason.code) == (expected["change"], expected["code"]), change.reason.message
    _same_operations(change.operations, expected.get("operations", []))
    _same_operations(change.held, expected.get("held", [str(it.op) for it in change.held]))
    _same_words(change, expected)
    shown = {"name": change.key.name, "sid": change.key.sid or None, "live": _live_status(change)}
    if "diff" in expected:
        shown["diff"] = [_difference(it.field, it.before, it.after, expected) for it in change.diff]
    if "sends" in expected:
        shown["sends"] = _plain(_payload(change, terms))
    stated = {key: expected[key] for key in expected.keys() & shown.keys()}
    assert {key: shown[key] for key in stated} == stated


def _same_words(change: Change, expected: Mapping[str, Any]) -> None:
    """Fragments of the reason's message and of the notes, and what must not stand there."""
    notes = "\n".join(change.notes)
    for key, text in (("message", change.reason.message), ("notes", notes)):
        assert [it for it in expected.get(key, []) if it not in text] == [], text
        assert [it for it in expected.get(f"no_{key}", []) if it in text] == [], text


def _live_status(change: Change) -> str | None:
    return str(change.live.status) if change.live else None


def _difference(field: str, before: object, after: object, expected: Mapping[str, Any]) -> object:
    """As the case writes it: the field alone, or with its values."""
    if all(isinstance(it, str) for it in expected["diff"]):
        return field
    return {"field": field, "before": _plain(before), "after": _plain(after)}


def _same_operations(
    found: Sequence[Operation | HeldOperation], expected: Sequence[str | Mapping[str, Any]]
) -> None:
    assert [_as_written(it, wanted) for it, wanted in zip(found, expected, strict=False)] == list(
        expected[: len(found)]
    )
    assert [str(it.op) for it in found] == [it if isinstance(it, str) else it["op"] for it in expected]


def _as_written(operation: Operation | HeldOperation, wanted: str | Mapping[str, Any]) -> object:
    if isinstance(wanted, str):
        return str(operation.op)
    return {key: _plain(getattr(operation, key)) for key in wanted}


def _payload(change: Change, terms: Terms) -> object:
    """What the change's create or update sends."""
    assert change.desired is not None
    if any(it.op is Op.CREATE for it in (*change.operations, *change.held)):
        return create_spec(change.desired, terms.environment.collection(change.key.kind))
    update = next(it for it in (*change.operations, *change.held) if it.op is Op.UPDATE)
    assert change.live is not None
    return update_spec(change.desired, change.live, update.fields, terms)


def _plain(value: object) -> object:
    """Tuples as lists, words as texts: as a case writes them."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
