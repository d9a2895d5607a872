"""Whatever an account is like, nothing is created or resumed whose gate has not passed by the account's own record."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from example_counts import examples
from fakes import FakeClock
from habits import Habits, habits
from harness import SECRETS, Desk, actions, desk_at, live_voice, run, voice
from hypothesis import event, given
from hypothesis import strategies as st
from interposed import Interposed, Killed

from campaignctl.sandbox.switches import Switches

CANARY = {"send_at": "2027-01-10T09:20:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
REST = {"send_at": "2027-01-10T18:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
FEW = {"from": [f"+9198765{n:05}" for n in range(200)], "retries": None}
MANY = {"from": [f"+9198764{n:05}" for n in range(50)], "retries": None}
OUTCOMES = ["failed=0", "failed=10", "failed=25", "failed=60", "failed=5,failed-dnd=5", "no-answer=100"]
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
MOST_KEPT, OPEN = 39, ("created", "in-progress", "retry", "retrying", "paused", "failed-no-attempt")


def die() -> None:
    """`kill -9`."""
    raise Killed


class KilledAfterWrites(Interposed):
    """The shared clock, as a run sees it that is killed at its first question after its nth write."""

    def __init__(self, desk: Desk, writes: int) -> None:
        super().__init__(desk.clock, -1, die)
        self._desk, self._last = desk, len(desk.writes) + writes

    def _asked(self) -> None:
        if len(self._desk.writes) >= self._last:
            die()


def apply(desk: Desk, killed: int | tuple[int] | None, *words: str) -> None:
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


def passes(canary: dict[str, Any]) -> bool:
    """What the page says of 200 people at 25%, by the true counters: 39 failed at most, nobody open or never tried."""
    stats = canary["stats"]
    failed = stats["failed"] + stats["failed-dnd"] + stats["invalid"]
    over = canary["status"] in ("Completed", "Archived")
    return over and not any(stats[word] for word in OPEN) and failed <= MOST_KEPT


@examples(80, quick=4)
@given(
    st.sampled_from(OUTCOMES),
    habits(),
    FAULTS,
    st.lists(st.tuples(st.integers(1, 40), KILLS), min_size=2, max_size=5),
    st.sampled_from(["", "pause", "complete"]),
    st.booleans(),
)
def test_nothing_is_sent_whose_gate_has_not_passed(
    outcomes: str,
    drawn: Habits,
    faults: list[dict[str, Any]],
    runs: list[tuple[int, int | tuple[int] | None]],
    by_hand: str,
    resumes: bool,
) -> None:
    with TemporaryDirectory() as directory, desk_at(Path(directory), FakeClock()) as desk:
        _stage(desk, outcomes, resumes)
        drawn.without("outcomes").throw(desk.sandbox)
        for fault in faults:
            desk.sandbox.faults.add(**fault)
        for wait, killed_at in runs:
            desk.pass_time(minutes=wait)
            apply(desk, killed_at, "--allow", "resume:rest")
            begun = [it for it in actions(desk.writes) if it[0] == "resume" or it == ("create", "rest")]
            if begun:
                event(begun[0][0])
                assert passes(_canary(desk)), (begun, _canary(desk)["stats"])
                return
            if by_hand:
                desk.run(by_hand, "canary", "--auto-approve")


def _stage(desk: Desk, outcomes: str, resumes: bool) -> None:
    """A canary that begins in twenty minutes, and the rest, which is not there, or is there and paused."""
    gate = {"campaign": "voice/canary", "limits": {"failed": "25%"}}
    desk.manifests(
        voice("canary", schedule=CANARY, **FEW),
        voice("rest", schedule=REST, state="active", metadata={"after": [gate]}, **MANY),
    )
    desk.sandbox.switches.change({"outcomes": [f"*:{outcomes}"]})
    desk.seed(live_voice("canary", schedule=CANARY, **FEW))
    if resumes:
        (sid,) = desk.seed(live_voice("rest", schedule=REST, **MANY))
        desk.by_hand(sid, {"action": "pause"})


def _canary(desk: Desk) -> dict[str, Any]:
    """The canary as it truly is: what the account shows once it has no habits any more."""
    defaults = {it.name: it.default for it in fields(Switches) if it.name != "outcomes"}
    desk.sandbox.switches.change(defaults)
    desk.sandbox.faults.clear()
    return desk.live("canary")


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


def _disjoint(desk: Desk, edit: dict[str, Any]) -> None:
    """A canary and the rest of a file, as somebody edits them: files, name, opt-outs, starts, states and how many are
    taken.
    """
    desk.write("opted-out.csv", "\n".join(["number", *edit["opted_out"]]))
    desk.configure({"suppress": [{"from_file": "opted-out.csv"}]})
    name = "canary-b" if edit["renamed"] else "canary"
    before = {"previous_name": "canary"} if edit["renamed"] else {}
    take = {"take": {"people": edit["take"]}} if edit["take"] else {}
    one, other = (
        {"retries": None, "state": state, "schedule": {**LATER, "send_at": f"2027-01-10T{start}:00+05:30"}}
        for state, start in zip(edit["states"], edit["starts"], strict=True)
    )
    desk.manifests(
        voice(
            name,
            metadata={**before, "labels": {"stage": "canary"}},
            **{"from": edit["canary"]},
            **take,
            **one,
        ),
        voice(
            "rest",
            url="http://my.exotel.com/acme1/exoml/start_voice/1",
            metadata={"labels": {"stage": "rest"}},
            **{"from": edit["rest"], "suppress": [{"campaign": f"voice/{name}"}]},
            **other,
        ),
    )
    for fault in edit["faults"]:
        desk.sandbox.faults.add(**fault)


@examples(100, quick=2)
@given(EDITS, st.lists(st.tuples(EDITS, KILLS), min_size=1, max_size=4), st.sampled_from([0.0, 5.0, 90.0]))
def test_nobody_is_called_by_both(
    first: dict[str, Any], edits: list[tuple[dict[str, Any], int | tuple[int] | None]], lag: float
) -> None:
    """Whatever is edited, fails, lags, or is killed, and though no run follows that would mend it."""
    with TemporaryDirectory() as directory, desk_at(Path(directory), FakeClock()) as desk:
        desk.configure(settle_seconds=100)
        desk.sandbox.switches.change({"list_lag_seconds": lag})
        renamed = False
        for edit, killed_at in (({**first, "faults": [], "alone": "", "minutes": 0}, None), *edits):
            renamed = renamed or edit["renamed"]  # nobody takes a name back
            _edited(desk, {**edit, "renamed": renamed}, killed_at)
            desk.pass_time(minutes=edit["minutes"])
        desk.sandbox.switches.change({"list_lag_seconds": 0.0})
        desk.pass_time(hours=8)
        called = [it for it in desk.account() if it["status"] == "Completed"]
        rest = {number for it in called if it["name"] == "rest" for number in it["from"]}
        canary = {number for it in called if it["name"] != "rest" for number in it["from"]}
        event("both call" if rest and canary else "one or none calls")
        assert rest.isdisjoint(canary)


def _edited(desk: Desk, edit: dict[str, Any], killed: int | tuple[int] | None) -> None:
    """One edit, and the run that follows it, whatever becomes of that."""
    _disjoint(desk, edit)
    selected = ("-l", f"stage={edit['alone']}") if edit["alone"] else ()
    name = "canary-b" if edit["renamed"] else "canary"
    asked = ("resume", "earlier-start", f"suppressed:{name}", "suppressed:rest", "complete")
    apply(desk, killed, *selected, *(word for it in asked for word in ("--allow", it)))
    desk.sandbox.faults.clear()
