"""A canary and the rest of a file, as somebody edits them and runs follow, whatever becomes of these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fakes import FakeClock
from harness import ACCOUNT, SECRETS, Desk, actions, desk_at, run, voice
from hypothesis import event
from hypothesis import strategies as st
from interposed import Interposed, Killed, KilledAfterWrites, die

FAULTS = st.lists(
    st.fixed_dictionaries(
        {
            "effect": st.sampled_from(
                ["drop", "status", "empty", "broken", "strange", "html", "cut", "item"]
            ),
            "request": st.sampled_from(["list", "get", "create", "update", "action"]),
            "after": st.integers(0, 6),
            "times": st.integers(1, 3),
        }
    ),
    max_size=3,
)
KILLS = st.none() | st.integers(1, 60) | st.tuples(st.integers(1, 3))
"""At which question of a run for the time it is killed, or after how many writes."""
Kill = int | tuple[int] | None
EVERYBODY = [f"+9198765{n:05}" for n in range(40)]
PEOPLE = st.lists(st.sampled_from(EVERYBODY), min_size=1, max_size=30, unique=True)
LATER = {"end_at": "2027-01-10T20:00:00+05:30"}
EDITS = st.fixed_dictionaries(
    {
        "canary": PEOPLE,
        "rest": st.just(EVERYBODY) | PEOPLE,
        "opted_out": st.lists(st.sampled_from(EVERYBODY), min_size=1, max_size=3, unique=True),
        "renamed": st.booleans(),
        "take": st.none() | st.integers(1, 10),
        "states": st.sampled_from([*[("active", "active")] * 5, ("paused", "active"), ("active", "paused")]),
        "starts": st.sampled_from(
            [*[("09:25", "11:00")] * 4, ("10:10", "11:00"), ("11:00", "09:25"), ("12:30", "11:00")]
        ),
        "alone": st.sampled_from([*[""] * 6, "canary", "rest"]),
        "minutes": st.sampled_from([0, 0, 0, 1, 1, 5, 15, 60]),
        "faults": st.just([]) | FAULTS,
    }
)
Whom = Callable[[dict[str, Any], str, dict[str, Any]], tuple[list[dict[str, Any]], dict[str, Any]]]
"""Lists that are needed, and the fields of a stage of an edit that say whom it calls: `take` or `suppress` beside."""


def by_numbers(
    edit: dict[str, Any], stage: str, beside: dict[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Both stages call numbers."""
    return [], {"from": edit[stage], **beside}


def apply(desk: Desk, killed: Kill, *words: str) -> None:
    """One run, to its end or until it is killed: at a question for the time, or after so many writes (a tuple)."""
    clock: Any = desk.clock
    if isinstance(killed, tuple):
        clock = KilledAfterWrites(desk, *killed)
    elif killed:
        clock = Interposed(desk.clock, killed, die)
    before = len(desk.writes)
    try:
        run("apply", "--auto-approve", *words, cwd=desk.root, env=SECRETS, clock=clock)
    except Killed:
        written = actions(desk.writes)[before:]
        event(f"killed, last written: {written[-1][0] if written else 'nothing'}")


def _write(desk: Desk, edit: dict[str, Any], whom: Whom) -> None:
    """Files, name, opt-outs, starts, states and how many are taken, as the edit has them."""
    desk.write("opted-out.csv", "\n".join(["number", *edit["opted_out"]]))
    desk.configure({"suppress": [{"from_file": "opted-out.csv"}]})
    before = {"previous_name": "canary"} if edit["renamed"] else {}
    few = whom(edit, "canary", {"take": {"people": edit["take"]}} if edit["take"] else {})
    many = whom(edit, "rest", {"suppress": [{"campaign": f"voice/{_name(edit)}"}]})
    one, other = (
        {"retries": None, "state": state, "schedule": {**LATER, "send_at": f"2027-01-10T{start}:00+05:30"}}
        for state, start in zip(edit["states"], edit["starts"], strict=True)
    )
    flow = {"url": "http://my.exotel.com/acme1/exoml/start_voice/1"}
    desk.manifests(
        *few[0],
        *many[0],
        voice(_name(edit), metadata={**before, "labels": {"stage": "canary"}}, **few[1], **one),
        voice("rest", metadata={"labels": {"stage": "rest"}}, **flow, **many[1], **other),
    )


def _name(edit: dict[str, Any]) -> str:
    return "canary-b" if edit["renamed"] else "canary"


def _edited(desk: Desk, edit: dict[str, Any], killed: Kill, whom: Whom) -> None:
    """One edit, and the run that follows it, whatever becomes of that."""
    _write(desk, edit, whom)
    for fault in edit["faults"]:
        desk.sandbox.faults.add(**fault)
    selected = ("-l", f"stage={edit['alone']}") if edit["alone"] else ()
    asked = ("resume", "earlier-start", f"suppressed:{_name(edit)}", "suppressed:rest", "complete")
    apply(desk, killed, *selected, *(word for it in asked for word in ("--allow", it)))
    desk.sandbox.faults.clear()


def called_by_both(
    first: dict[str, Any],
    edits: Iterable[tuple[dict[str, Any], Kill]],
    lag: float,
    whom: Whom = by_numbers,
) -> set[str]:
    """Whom canary and rest have both called after all edits, of which the first meets nothing."""
    with TemporaryDirectory() as directory, desk_at(Path(directory), FakeClock()) as desk:
        desk.configure(settle_seconds=100)
        desk.sandbox.switches.change({"list_lag_seconds": lag})
        renamed = False
        for edit, killed in (({**first, "faults": [], "alone": "", "minutes": 0}, None), *edits):
            renamed = renamed or edit["renamed"]  # nobody takes a name back
            _edited(desk, {**edit, "renamed": renamed}, killed, whom)
            desk.pass_time(minutes=edit["minutes"])
        desk.sandbox.switches.change({"list_lag_seconds": 0.0})
        desk.pass_time(hours=8)
        called = [it for it in desk.account() if it["status"] == "Completed"]
        rest = {number for it in called if it["name"] == "rest" for number in _called(desk, it)}
        canary = {number for it in called if it["name"] != "rest" for number in _called(desk, it)}
    event("both call" if rest and canary else "one or none calls")
    return rest & canary


def _called(desk: Desk, live: dict[str, Any]) -> set[str]:
    lists = live.get("lists") or ()
    return {*(live.get("from") or ()), *(it for sid in lists for it in desk.sandbox.numbers(ACCOUNT, sid))}
