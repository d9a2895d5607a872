"""Judges guards: their only write is a pause, on nothing that did not cross and was not outside the hours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from simulation.account import Truth
from simulation.ledger import KIND_OF, CommandRun, LifeLedger, Write
from simulation.manifests import Manifest
from simulation.promises.hours import is_night
from simulation.promises.tallies import PeopleTally, limits
from simulation.promises.verdict import Findings, quiet
from simulation.promises.words import secrets_in


def guards_only_pause(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that a guard sends nothing else, and with `--dry-run` nothing."""
    if run.command != "guard":
        return
    for write in run.writes:
        if write.action != "pause" or "--dry-run" in run.words:
            yield f"{run}: {' '.join(run.words)} sent {write}"


def guards_pause_what_is_at_fault(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what a guard paused called, and crossed a limit or was outside calling hours; whatever it looked at
    is its business.
    """
    if run.command != "guard":
        return
    for write in run.writes:
        before = write.before
        if not write.acted or before is None or not before.going:
            continue
        if before.state != "in-progress":
            yield f"{run}: {write}; it was {before.state}"
        elif not _watched(run, before):
            yield f"{run}: {write}; no manifest of its checkout means it"
        elif not _is_late(write.at) and not _crossed(run, write):
            yield f"{run}: {write}; it crossed nothing: {dict(before.stats)}"


def _watched(run: CommandRun, one: Truth) -> bool:
    return run.unmanaged or any(True for _ in _meaning(run, one))


def _meaning(run: CommandRun, one: Truth) -> Iterator[Manifest]:
    """Yields the manifests of any checkout that it read that mean a campaign."""
    kind = KIND_OF[one.collection]
    for commit in (run.commit, *run.commits):
        named = (it for it in commit.manifests if it.kind == kind and it.means(one.name, one.sid))
        dated = commit.repeating(kind, one.name)
        namesakes = (it for it in commit.manifests if (it.kind, it.name) == (kind, one.name))
        yield from (it for it in (*named, *namesakes, *((dated,) if dated else ())) if run.selects(it))


def _is_late(moment: float) -> bool:
    return is_night(moment) or is_night(moment - 5.0)


def _crossed(run: CommandRun, write: Write) -> bool:
    """Tells whether it crossed its limits when it was read or when it was paused."""
    assert write.before is not None, "a pause is of what is there"
    seen = [*run.tallies[write.sid], write.before.stats, *([write.after.stats] if write.after else [])]
    wanted = list(_meaning(run, write.before))
    each = [it.stop_when for it in wanted] or [()]
    return any(PeopleTally(stats).crosses(limits(run.stop_when, own)) for stats in seen for own in each)


def guards_see_what_crosses(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that after a look that nothing met nothing goes on that crossed its limits all the while."""
    if run.command != "guard" or not quiet(run) or "--dry-run" in run.words or "--once" not in run.words:
        return
    if run.said is None or run.said.code not in (0, 3):
        return
    for before in run.before.values():
        now = ledger.account.campaigns[before.sid]
        if (
            before.state != "in-progress"
            or now.state != "in-progress"
            or ledger.now > (now.end or ledger.now) - 90
        ):
            continue
        wanted = {it.stop_when for it in _meaning(run, before) if it.sid is None and it.name == before.name}
        if len(wanted) != 1 or before.sid in run.commit.pins:
            continue
        least = limits(run.stop_when, wanted.pop())
        if PeopleTally(before.stats).crosses(least) and PeopleTally(now.stats).crosses(least):
            yield f"{run} left {now.name} {now.sid[:6]} calling, which crosses {dict(least)}: {dict(now.stats)}"


def what_crosses_is_not_resumed(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that no plan resumes what crosses a limit: that is a pull request."""
    for write in run.writes:
        if write.action != "resume" or not write.acted or run.by_hand or write.before is None:
            continue
        for one in run.wants(write.collection, write.name, write.sid):
            if PeopleTally(write.before.stats).crosses(limits(run.stop_when, one.stop_when)):
                yield f"{run}: {write}; it crosses {dict(limits(run.stop_when, one.stop_when))}"


TOLD = ("pause", "blind", "stopped")
"""The events that somebody is told of."""


def _told(run: CommandRun) -> list[Mapping[str, Any]]:
    """Returns the events that were posted, as often as they were."""
    return [json.loads(it.content)["event"] for it in (run.hook.posted if run.hook else ())]


def guards_tell_what_they_did(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that a guard tells of what it paused and of nothing else, to nobody else: no number, no secret, and no
    credentials of the account.
    """
    told, hook = _told(run), run.hook
    if hook is None:
        return
    if told and run.command != "guard":
        yield f"{run} tells of {told[0]['event']}"
    for request in hook.posted:
        found = secrets_in(request.content.decode())
        if found or "Authorization" in request.headers:
            yield f"{run} posts {found or 'credentials'}"
    done = {write.sid for write in run.writes if write.action == "pause"}
    for it in told:
        mine = it["sid"] in done or it["outcome"] in ("unchanged", "would-pause")
        if it["event"] not in TOLD or (it["event"] == "pause" and not mine):
            yield f"{run} tells of {it['event']} of {it['name']} {it['outcome']}"
    if run.command == "guard" and hook.mood == "takes" and not run.killed and not run.endless:
        for sid in done - {it["sid"] for it in told}:
            yield f"{run} paused {sid[:6]} and told nobody"
