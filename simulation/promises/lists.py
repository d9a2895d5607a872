"""Judges contact lists: a campaign is sent to exactly the members of its list, and no list in use is deleted."""

from __future__ import annotations

from simulation.ledger import CommandRun, LifeLedger
from simulation.promises.verdict import Findings, JudgeFinding


def lists_hold_their_members(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that whatever version a campaign is given holds the members of the checkout's list, each once; or of the
    one that it goes to, where the checkout's is kept back and people opted out.
    """
    for write in run.writes:
        lists = write.sent.get("lists")
        if not write.acted or run.by_hand or not lists or write.request == "action":
            continue
        was = None if write.before is None else write.before.spec.get("lists")
        left = set(write.before.people if write.before else ()) - run.commit.suppressed
        for one in run.wants(write.collection, write.name, write.sid):
            if (
                one.list_name
                and list(lists) != list(was or ())
                and sorted(write.members) not in (sorted(one.people), sorted(left))
            ):
                yield f"{run}: {write}; its list holds {len(write.members)} people, wanted are {len(one.people)}"


def members_are_called(ledger: LifeLedger) -> Findings:
    """Checks that whoever is called by a campaign to a list was in the list when that was sent."""
    for call in ledger.new_calls:
        meant = ledger.meant.get(call.sid)
        if meant is not None and call.number not in meant and not ledger.touched.get(call.sid):
            yield JudgeFinding(
                f"{call.number} by {ledger.origins[call.sid].name}, who was not in its list",
                call.sid,
                call.at,
            )


def lists_in_use_stay(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that lists are made by an apply alone, and deleted where that was asked for and nobody uses them."""
    for write in run.list_writes:
        if run.command != "apply":
            yield f"{run}: {' '.join(run.words)} sent {write.request} of a list"
        elif write.request == "delete_list" and not run.prune_lists:
            yield f"{run} deleted the list {write.sid[:6]}, and nobody asked for it"
        elif write.request == "delete_list" and (write.used_by or write.wanted):
            yield f"{run} deleted the list {write.sid[:6]}, which {write.used_by or write.wanted} uses"
