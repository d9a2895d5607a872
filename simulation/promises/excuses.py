"""Lists habits of an account that make a promise impossible, each with what holds then; docs/simulation.md lists
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulation.ledger import LifeLedger
from simulation.promises.verdict import Excuse, JudgeFinding

_UNREAD = frozenset({"omit_from_rename_list", "omit_from_delete_list"})
"""Answers of which nothing but the status is looked at, or that nobody asks for: what they lack hides nothing."""


def hidden(ledger: LifeLedger, *keys: str) -> bool:
    """Tells whether answers of the account ever lacked one of these."""
    names = [name for name in ledger.had - _UNREAD if name.startswith("omit_from_")]
    values = [key for name in names for key in ledger.seen_positions[name]]
    return any(key.startswith(("item.", "envelope.", *keys)) for key in values)


def _had(*names: str) -> Callable[[LifeLedger, JudgeFinding], bool]:
    return lambda ledger, _fault: bool(ledger.had.intersection(names))


def _begins_early(ledger: LifeLedger, fault: JudgeFinding) -> bool:
    """Excuses an account that sets going what it should not; while the run that did it is at it, or where that was
    killed.
    """
    habits = {"create_early", "resume_early", "update_resumes", "create_drops", "create_changes"}
    habits |= {"update_drops", "update_changes"}
    return bool(habits & ledger.had) and (
        fault.sid in ledger.cut_off or ledger.was_at_work(fault.sid, fault.at)
    )


def _tried_and_said_so(ledger: LifeLedger, fault: JudgeFinding) -> bool:
    """Excuses a run that asked the account to stop one of the two, in vain, and did not end with 0."""
    return any(
        run.said is not None
        and (run.killed or run.said.code in (4, 5, 130))
        and (
            any(
                write.sid in (fault.sid, fault.twin)
                and write.action == "pause"
                and (not write.acted or write.status is None or write.status >= 400)
                for write in run.writes
            )
            or any(f"PUT {where}" in met for met in run.faults for where in _paths(ledger, fault))
        )
        for run in ledger.runs
    )


def _paths(ledger: LifeLedger, fault: JudgeFinding) -> Iterator[str]:
    """Yields the paths of both, as what a run met names them: a request that was lost on its way is no write."""
    for sid in filter(None, (fault.sid, fault.twin)):
        yield f"{ledger.account.name}/{ledger.account.campaigns[sid].collection}/{sid}"


def _lists_lie(ledger: LifeLedger, _fault: JudgeFinding) -> bool:
    """Excuses lists that show nothing, or nothing that can be told apart."""
    return "empty_lists" in ledger.had or not {"id", "sid"}.isdisjoint(
        ledger.seen_positions["omit_from_list"]
    )


def _asked(ledger: LifeLedger, _fault: JudgeFinding) -> bool:
    said, done = ledger.seen_positions["action_answer"], ledger.seen_positions["actions"]
    return "asked" in said or "later" in done


_PLAIN = frozenset(
    (
        *(
            "list_lag_seconds",
            "create_body",
            "put",
            "several_creates",
            "spelling",
            "status_filter",
            "name_search",
        ),
        *("at_end", "paused_at_end", "action_refusal", "rate_limit", "limit_shape", "retry_after"),
        *("omit_from_details", "omit_from_lists", "serve_reports"),
        *_UNREAD,
    )
)
"""What a plan and an apply that nothing met do not come to feel."""


def is_plain(ledger: LifeLedger) -> bool:
    """Tells whether an account hides, loses and refuses nothing."""
    return not ledger.had - _PLAIN


LISTS_LIE = Excuse(
    "lists that show nothing of what is there, for longer than `settle_seconds`: what was created twice is paused by"
    " the first run that sees both; so with lists that show no SIDs, and both runs end with 5",
    _lists_lie,
)
CUT = Excuse(
    "a list that shows its first page whatever is asked for is read as far as it goes, which each run says: what looks"
    " like another campaign is not among it",
    lambda ledger, _: "first" in ledger.seen_positions["list_pages"],
)
PAUSE_FAILS = Excuse(
    "an account that does not carry a pause out cannot be stopped: the run ends with 4 or 5 and says so",
    _had("actions", "refused_actions", "update_body"),
)
UNSEEN = Excuse(
    "what no answer shows is not compared",
    lambda ledger, _: hidden(ledger, "from", "lists", "schedule", "url", "template", "name", "status"),
)
LOST = Excuse(
    "a field that the account loses or changes by itself is seen at the next read at best",
    _had("create_drops", "create_changes", "update_drops", "update_changes"),
)
IN_VAIN = Excuse(
    "the younger of two that runs made at once cannot be ended while the account refuses it: the run ends with 4 or"
    " 5, names it with the command that ends it, and the next run on that machine goes on",
    _tried_and_said_so,
)
EARLY = Excuse(
    "an account that begins to call at once, ahead of the start, is told to pause in the next request: calls until"
    " then were made, or until the next run where this one was killed",
    _begins_early,
)
DATED = Excuse(
    "until when a plan holds is told by the account's clock: where its answers show another time, until then",
    _had("date"),
)
ODD = Excuse(
    "an account with habits of its own: what it hides, loses or refuses is what is said",
    lambda ledger, _: not is_plain(ledger),
)
HIDDEN = Excuse(
    "what an answer to a write leaves out or masks is not compared",
    _had("omit_from_create", "omit_from_update", "mask"),
)
SAYS_AS_ASKED = Excuse(
    "an account that answers an action as it was asked for, and does it later or not, cannot be found out",
    lambda ledger, _: "asked" in ledger.seen_positions["action_answer"],
)
ASKED = Excuse(
    "an account that answers what it was asked for, and does something else or does it later, cannot be found out",
    _asked,
)
