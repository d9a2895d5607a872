"""Nobody is called by canary and rest, by numbers or by lists, whatever is edited, fails or is killed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from example_counts import examples
from fakes import FakeClock
from harness import ACCOUNT, Desk, desk_at, voice
from hypothesis import event, given
from hypothesis import strategies as st
from list_desk import contact_list
from test_gates_property import EDITS, KILLS, LATER, apply

LISTED = st.sampled_from(["", "canary", "rest", "both", "both"])
"""Which of the two calls a list in an edit; the other calls numbers."""


def _edit(desk: Desk, edit: dict[str, Any], listed: str, killed: Any) -> None:
    desk.write("opted-out.csv", "\n".join(["number", *edit["opted_out"]]))
    desk.configure({"suppress": [{"from_file": "opted-out.csv"}]})
    name = "canary-b" if edit["renamed"] else "canary"
    before = {"previous_name": "canary"} if edit["renamed"] else {}
    take = {"take": {"people": edit["take"]}} if edit["take"] else {}
    left = {"suppress": [{"campaign": f"voice/{name}"}]}
    few, many = _people(listed, "canary", edit, take), _people(listed, "rest", edit, left)
    one, other = (
        {"retries": None, "state": state, "schedule": {**LATER, "send_at": f"2027-01-10T{start}:00+05:30"}}
        for state, start in zip(edit["states"], edit["starts"], strict=True)
    )
    flow = {"url": "http://my.exotel.com/acme1/exoml/start_voice/1"}
    desk.manifests(
        *(it for lists, _ in (few, many) for it in lists),
        voice(name, metadata={**before, "labels": {"stage": "canary"}}, **few[1], **one),
        voice("rest", metadata={"labels": {"stage": "rest"}}, **flow, **many[1], **other),
    )
    for fault in edit["faults"]:
        desk.sandbox.faults.add(**fault)
    selected = ("-l", f"stage={edit['alone']}") if edit["alone"] else ()
    asked = ("resume", "earlier-start", f"suppressed:{name}", "suppressed:rest", "complete")
    apply(desk, killed, *selected, *(word for it in asked for word in ("--allow", it)))
    desk.sandbox.faults.clear()


def _people(
    listed: str, stage: str, edit: dict[str, Any], beside: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Lists that are needed, and the fields of a stage that say whom it calls."""
    if listed in (stage, "both"):
        return [contact_list(f"for-{stage}", edit[stage], **beside)], {
            "from": ...,
            "lists": [{"name": f"for-{stage}"}],
        }
    return [], {"from": edit[stage], **beside}


def _called(desk: Desk, live: dict[str, Any]) -> set[str]:
    lists = live.get("lists") or ()
    return {*(live.get("from") or ()), *(it for sid in lists for it in desk.sandbox.numbers(ACCOUNT, sid))}


@pytest.mark.slow
@examples(60)
@given(
    EDITS,
    LISTED,
    st.lists(st.tuples(EDITS, LISTED, KILLS), min_size=1, max_size=4),
    st.sampled_from([0.0, 5.0, 90.0]),
)
def test_nobody_is_called_by_both_by_numbers_or_by_lists(
    first: dict[str, Any], listed: str, edits: list[tuple[dict[str, Any], str, Any]], lag: float
) -> None:
    first = {**first, "faults": [], "alone": "", "minutes": 0}
    with TemporaryDirectory() as directory, desk_at(Path(directory), FakeClock()) as desk:
        desk.configure(settle_seconds=100)
        desk.sandbox.switches.change({"list_lag_seconds": lag})
        renamed = False
        for edit, by_list, killed in ((first, listed, None), *edits):
            renamed = renamed or edit["renamed"]  # nobody takes a name back
            _edit(desk, {**edit, "renamed": renamed}, by_list, killed)
            desk.pass_time(minutes=edit["minutes"])
        desk.sandbox.switches.change({"list_lag_seconds": 0.0})
        desk.pass_time(hours=8)
        called = [it for it in desk.account() if it["status"] == "Completed"]
        rest = {number for it in called if it["name"] == "rest" for number in _called(desk, it)}
        canary = {number for it in called if it["name"] != "rest" for number in _called(desk, it)}
        event("both call" if rest and canary else "one or none calls")
        assert rest.isdisjoint(canary)
