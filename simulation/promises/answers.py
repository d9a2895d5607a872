"""Judges what a run makes of the answers to its writes (rule 9): an account that does otherwise than it was told, and
says so, is believed in what it shows and not in having answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulation.account import Truth, seconds
from simulation.ledger import CommandRun, LifeLedger, Write, content_of, people_of, start_of
from simulation.promises.verdict import Findings, outcomes, quiet

REACHED: Mapping[str, tuple[str, ...]] = {
    "pause": ("paused", "completed", "archived", "failed", "canceled", "deleted"),
    "resume": ("created", "in-progress"),
    "complete": ("completed", "archived"),
    "archive": ("archived",),
}
"""Where each action leads: what is over calls nobody either."""
_STOPPING = frozenset(REACHED) - {"resume"}
_TIMES = ("send_at", "end_at", "start_time", "end_time")


def what_was_lost_is_said(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that no create or update is called applied of which something did not take, or was lost."""
    for write in _answered(run, "create", "update"):
        lost = sorted({*_lost(write)})
        if lost and "applied" in outcomes(run, write):
            yield f"{run}: {write}; it is called applied, and the account has another {', '.join(lost)}"


def what_calls_wrongly_is_paused(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what could call somebody wrongly after a create, update or resume is paused by the very next write.

    A pause that is answered and not done is no more than said: `actions_are_seen_done`.
    """
    for place, write in enumerate(run.writes):
        if not quiet(run) or not _took_place(write) or write.after is None or not write.after.going:
            continue
        if write.action in _STOPPING:
            continue
        wrong = ", ".join(_dangers(write, write.after))
        following = run.writes[place + 1 : place + 2]
        sids = {write.sid, *write.sids}
        if wrong and not any(it.action == "pause" and it.sid in sids for it in following):
            yield f"{run}: {write}; it has another {wrong}, and is not paused at once"


def actions_are_seen_done(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that a campaign is read after an action whose answer shows another status, and that nothing is called
    done that was not seen done.
    """
    for write in _answered(run, "action"):
        if write.after is None or write.after.state in REACHED[write.action]:
            continue
        read_at = run.reads.get(write.sid, 0.0)
        if read_at <= write.at:
            yield f"{run}: {write}; it is {write.after.state}, and was not read after that"
            continue
        seen = ledger.at(write.sid, read_at)
        done = seen is not None and seen.state in REACHED[write.action]
        if not done and "applied" in outcomes(run, write):
            yield f"{run}: {write}; it is called applied, and was seen {seen and seen.state}"


def _answered(run: CommandRun, *requests: str) -> Iterator[Write]:
    """Yields writes whose answer came, and said that they were carried out."""
    if quiet(run):
        yield from (it for it in run.writes if it.request in requests and _took_place(it))


def _took_place(write: Write) -> bool:
    """Tells whether the account answered that it did as it was told."""
    return write.acted and write.status is not None and write.status < 300


def _lost(write: Write) -> Iterator[str]:
    """Yields the fields that are not as they were sent, or as they were where nothing was sent; what an account does
    not have at all no answer shows.
    """
    there = write.after.spec if write.after is not None else {}
    before = write.before.spec if write.before is not None and write.request == "update" else {}
    for name, value in {**before, **write.sent}.items():
        if value is not None and name in there and not _alike(name, value, there[name]):
            yield name


def _alike(name: str, sent: Any, there: Any) -> bool:
    """Compares a value with what the account has; of an object what was sent of it. An account fills an end in."""
    if isinstance(sent, Mapping):
        theirs = there if isinstance(there, Mapping) else {}
        return all(_alike(key, value, theirs.get(key)) for key, value in sent.items() if value is not None)
    if name in _TIMES:
        return seconds(sent) == seconds(there)
    return _plain(sent) == _plain(there)


def _plain(value: Any) -> object:
    """Returns a value as it can be compared: numbers are written one by one, or all in one text."""
    written = value if isinstance(value, list | tuple) else str(value).split(",")
    return frozenset(map(str, written))


def _dangers(write: Write, after: Truth) -> Iterator[str]:
    """Yields in what a campaign is otherwise than it was told to be, so that it could call somebody wrongly."""
    before, sent = write.before, write.sent
    waited = before is not None and write.request == "update" and before.state == "paused"
    if waited or (after.state == "in-progress" and after.start is not None and after.start > write.at):
        yield "status"
    pairs = (
        ("name", sent.get("name"), after.name),
        ("caller", sent.get("caller_id"), after.spec.get("caller_id")),
        ("content", content_of(sent), content_of(after.spec)),
        ("recipients", set(people_of(sent)), set(people_of(after.spec))),
    )
    yield from (what for what, mine, theirs in pairs if mine and theirs and mine != theirs)
    if start_of(sent) not in (None, after.start):
        yield "start"
    end = _end_of(sent)
    if end is not None and (after.end is None or after.end > end):
        yield "end"


def _end_of(sent: Mapping[str, Any]) -> float | None:
    schedule = sent.get("schedule") or {}
    return seconds(schedule.get("end_at") or schedule.get("end_time"))
