"""Habits of an account that make a promise impossible, each with what holds then; docs/reliability.md lists them."""

from __future__ import annotations

from collections.abc import Callable

from simulation.ledger import Ledger
from simulation.promises.verdict import Excuse, Fault


def _hidden(ledger: Ledger, *keys: str) -> bool:
    """Answers lack one of these."""
    names = [name for name in ledger.had if name.startswith("omit_from_")]
    values = [key for name in names for key in ledger.seen_positions[name]]
    return any(key.startswith(("item.", "envelope.", *keys)) for key in values)


def _had(*names: str) -> Callable[[Ledger, Fault], bool]:
    return lambda ledger, _fault: bool(ledger.had.intersection(names))


def _begins_early(ledger: Ledger, fault: Fault) -> bool:
    """The account sets going what it should not; while the run that did it is at it, or where that was killed."""
    habits = {"create_early", "resume_early", "update_resumes"}
    return bool(habits & ledger.had) and (
        fault.sid in ledger.cut_off or ledger.was_at_work(fault.sid, fault.at)
    )


LISTS_LIE = Excuse(
    "lists that show nothing of what is there, for longer than `settle_seconds`: what was created twice is paused by"
    " the first run that sees both",
    _had("empty_lists"),
)
PAUSE_FAILS = Excuse(
    "an account that does not carry a pause out cannot be stopped: the run ends with 4 or 5 and says so",
    _had("actions", "refused_actions", "update_body"),
)
UNSEEN = Excuse(
    "what no answer shows is not compared",
    lambda ledger, _: _hidden(ledger, "from", "lists", "schedule", "url", "template", "name", "status"),
)
LOST = Excuse(
    "a field that the account loses or changes by itself is seen at the next read at best",
    _had("create_drops", "create_changes", "update_drops", "update_changes"),
)
UNREADABLE = Excuse(
    "where no answer to a look by SID shows a status, nobody knows whether the older of two is still there, so neither"
    " is ended: the run ends with 5, and the next plan pauses the younger",
    lambda ledger, _: _hidden(ledger, "status", "id", "sid"),
)
EARLY = Excuse(
    "an account that begins to call at once, ahead of the start, is told to pause in the next request: calls until"
    " then were made, or until the next run where this one was killed",
    _begins_early,
)
