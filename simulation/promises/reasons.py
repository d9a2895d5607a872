"""Judges whether the reason why something is not done is true: nobody is left out for a reason that does not hold.

It looks at runs that nothing met, on accounts that show what there is; what a reason claims is compared with the
account itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from simulation.account import Truth
from simulation.ledger import KIND_OF, CommandRun, LifeLedger, local
from simulation.manifests import ENDING, IST, Manifest
from simulation.promises.accounts import unmeant
from simulation.promises.hours import is_night
from simulation.promises.likeness import ComparedCampaign, looks_like
from simulation.promises.stages import verdict
from simulation.promises.tallies import PeopleTally, limits
from simulation.promises.verdict import Findings, document, quiet, results
from simulation.promises.writes import MARGIN, SETTLE

_ALIVE = ("created", "paused", "in-progress")


class ReasonCase(NamedTuple):
    """Holds one manifest, what the run says of it, and the campaigns of its kind that it may mean."""

    ledger: LifeLedger
    run: CommandRun
    wanted: Manifest
    row: Mapping[str, Any]
    them: tuple[Truth, ...]

    @property
    def one(self) -> Truth | None:
        """Returns the campaign that it names."""
        return next((it for it in self.them if it.sid == self.row.get("sid")), None)

    @property
    def near(self) -> float:
        """Returns the moment up to which starts are too near, or have passed."""
        return self.run.ended + MARGIN


def _named(case: ReasonCase, *states: str) -> bool:
    return any(it.state in states for it in case.them)


def _borne_by_another(case: ReasonCase) -> bool:
    """Tells whether what another manifest pins bears the name of a date, or bore it when the run began."""
    pinned = case.run.commit.pins - {case.wanted.sid}
    them = (*case.run.before.values(), *case.ledger.account.campaigns.values())
    return bool(case.wanted.of) and any(
        it.sid in pinned and (KIND_OF[it.collection], it.name) == (case.wanted.kind, case.wanted.name)
        for it in them
    )


def _start_passed(case: ReasonCase) -> bool:
    return case.wanted.start < case.near


def _over(case: ReasonCase) -> bool:
    ended = case.one is not None and case.one.end is not None and case.one.end < case.run.ended + 1
    return case.wanted.end < case.run.ended + 1 or ended


def _ran(case: ReasonCase) -> bool:
    """Tells whether it is over, or waits past its end; and another start is wanted."""
    one = case.one
    over = one is not None and (not one.alive or _over(case)) and one.start != case.wanted.start
    return over and not case.wanted.of


def _asks_for_another_run(case: ReasonCase) -> bool:
    one, wanted = case.one, case.wanted
    ending = wanted.state in ENDING or wanted.ignores("schedule") or wanted.of
    return (
        one is not None
        and not ending
        and wanted.start > case.run.ended
        and one.start not in (None, wanted.start)
    )


def _differs(one: Truth, wanted: Manifest) -> bool:
    """Tells whether it does in something that the manifest does not leave to others."""
    retries = (one.spec.get("retries") or {}).get("number_of_retries", 0)
    fields: tuple[tuple[tuple[str, ...], Any, Any], ...] = (
        (("schedule",), (one.start, one.end), (wanted.start, wanted.end)),
        (("url", "template"), one.content, wanted.spec_content),
        (("name",), one.name, wanted.name),
        (("from", "lists"), set(one.aims), set(wanted.people)),
        (("retries",), retries, wanted.retries),
    )
    differs = any(mine != theirs and not wanted.ignores(*names) for names, mine, theirs in fields)
    return differs or bool(wanted.rest_of or wanted.list_name)


def _cannot_change(case: ReasonCase) -> bool:
    """Tells whether it cannot change now, or could not when the run began: it may have been postponed."""
    them = [it for it in (case.one, case.run.before.get(str(case.row.get("sid")))) if it is not None]
    return not them or any(
        it.state == "in-progress" or it.start is None or it.start < case.near for it in them
    )


def _earlier(case: ReasonCase) -> bool:
    return case.one is not None and case.one.start is not None and case.wanted.start < case.one.start


def _others(case: ReasonCase) -> Iterator[Truth]:
    """Yields the campaigns that no manifest is called like, and none pins. A date of long ago is nobody's any more."""
    meant = (it for it in case.run.commit.manifests if not it.of or it.end > case.run.began)
    taken = {(it.kind, it.sid or it.name) for it in meant}
    for it in case.ledger.account.campaigns.values():
        kind = KIND_OF[it.collection]
        own = case.run.commit.repeating(kind, it.name)
        if own is not None and own.name == case.wanted.of:
            continue
        if kind == case.wanted.kind and not {(kind, it.name), (kind, it.sid)} & taken:
            yield it


def _looks_renamed(case: ReasonCase) -> bool:
    known, wanted = case.wanted.distinct_from, case.wanted
    if case.run.may("twin", wanted.name):
        return False
    named = any(it.name == wanted.name for it in case.them)
    before = None if named else wanted.previous_name  # that one is meant, and is no other's
    look = ComparedCampaign(wanted.kind, wanted.start, wanted.spec_content, frozenset(wanted.people))
    return (
        _is_called_by_what_stays(case)
        or _was_moved_here(case)
        or any(it.sid not in known and it.name != before and _may_be(case, look, it) for it in _others(case))
    )


def _was_moved_here(case: ReasonCase) -> bool:
    """Tells whether another account that the same command looks at has one of its name, which nobody means there."""
    run, wanted = case.run, case.wanted
    return any(
        it.sid not in wanted.distinct_from
        for other in run.elsewhere
        if other.chosen
        for at in (run.began, run.ended)
        for it in unmeant(wanted.kind, wanted.name, other, at)
    )


def _may_be(case: ReasonCase, look: ComparedCampaign, one: Truth) -> bool:
    """Tells whether it looks like one that is there, as it is or as it was when the run began."""
    then, by_members = case.run.before.get(one.sid), bool(case.wanted.list_name)
    return any(looks_like(look, it, by_members=by_members) for it in (one, then) if it is not None)


def _is_called_by_what_stays(case: ReasonCase) -> bool:
    """Tells whether a campaign that another manifest means calls somebody of this one with the same content in the
    same hours: it may be that it cannot be moved, or is not to be.
    """
    wanted = case.wanted
    return any(
        KIND_OF[it.collection] == wanted.kind
        and it.going
        and it.sid not in wanted.distinct_from
        and any(other.name != wanted.name for other in case.run.meant(it.collection, it.name, it.sid))
        and it.content == wanted.spec_content
        and not {*it.aims, *it.people}.isdisjoint(wanted.people)
        and (it.start or it.begins) < wanted.end
        and wanted.start < (it.end or wanted.end)
        for it in case.ledger.account.campaigns.values()
    )


def _foreign(case: ReasonCase) -> bool:
    one = case.one
    if one is not None and case.wanted.list_name:
        return True
    return one is None or (
        set(one.aims).isdisjoint(case.wanted.people)
        and one.content != case.wanted.spec_content
        and one.start != case.wanted.start
    )


def _clocks_differ(case: ReasonCase) -> bool:
    return abs(case.run.skew) > 55 or bool({"date", "date_seconds", "date_on"} & case.ledger.had)


def _out_of_hours(case: ReasonCase) -> bool:
    """Tells whether its window is not within calling hours, or it would call at once and it is night."""
    moments = [case.wanted.start, case.wanted.end - 1, case.run.began, case.run.ended]
    if case.one is not None:
        moments += [it for it in (case.one.start, case.one.end and case.one.end - 1) if it]
    days = {datetime.fromtimestamp(it, IST).date() for it in moments[:2]}
    return any(map(is_night, moments)) or len(days) > 1


def _not_allowed(case: ReasonCase) -> bool:
    one, wanted = case.one, case.wanted
    name = one.name if one is not None else wanted.name
    ahead = one is not None and one.start is not None and one.start > case.run.ended
    words = [str(it["op"]) for it in case.row.get("held", ()) if it["op"] != "update"]
    if "create" in words:
        return _is_stopped_by_people(case) and not case.run.may("resume", wanted.name)
    if "resume" in words and _would_call_suppressed(case):
        return True
    return bool(words) and not all(
        case.run.may(word, name, case.row.get("sid") or "", start_ahead=ahead) for word in words
    )


def _would_call_suppressed(case: ReasonCase) -> bool:
    """Tells whether a resume calls somebody suppressed whom it is too late to take out: that has a permission of its
    own.
    """
    one, run = case.one, case.run
    if (
        one is None
        or one.start is None
        or one.start > case.near
        or not run.commit.suppressed & set(one.people)
    ):
        return False
    return not run.may("suppressed", one.name, one.sid)


def _is_stopped_by_people(case: ReasonCase) -> bool:
    """Tells whether nothing goes of what is ahead of a series, or of its last date: then, or when the run began."""
    run, wanted = case.run, case.wanted
    dates = [it for it in run.commit.manifests if it.of and (it.of, it.kind) == (wanted.of, wanted.kind)]
    for them in (run.before, case.ledger.account.campaigns):
        mine = [it for it in them.values() if KIND_OF[it.collection] == wanted.kind]
        series = [it for it in mine if any(one.means(it.name, it.sid) for one in dates)]
        ahead = [it for it in series if (it.start or it.begins) > run.began]
        told = ahead or sorted(series, key=lambda it: it.start or it.begins)[-1:]
        if told and not any(it.going for it in told):
            return True
    return False


TRUE: Mapping[str, Callable[[ReasonCase], bool]] = {
    "finished": lambda case: case.one is None or (not case.one.alive and not _asks_for_another_run(case)),
    "fields-differ": lambda case: (
        (before := case.run.before.get(str(case.row.get("sid")))) is None
        or (_differs(before, case.wanted) and not _too_late_to_change(case))
    ),
    "failed": lambda case: _named(case, "failed", "canceled"),
    "unknown-status": lambda case: any(it.sid in case.ledger.strange for it in case.them),
    "ambiguous-name": lambda case: len(case.them) > 1 or _borne_by_another(case),
    "sid-not-found": lambda case: not any(it.sid == case.wanted.sid for it in case.them),
    "nothing-to-end": lambda case: (
        case.wanted.state in (("paused", *ENDING) if case.wanted.of else ENDING) and not _named(case, *_ALIVE)
    ),
    "window-over": _over,
    "missed": lambda case: bool(case.wanted.of) and _start_passed(case),
    "already-ran": _ran,
    "start-passed": _start_passed,
    "unsafe-start": lambda case: case.wanted.state == "paused" and _start_passed(case),
    "start-too-near": _start_passed,
    "immutable-field": _cannot_change,
    "earlier-start": _earlier,
    "looks-renamed": _looks_renamed,
    "looks-foreign": _foreign,
    "clocks-disagree": _clocks_differ,
    "policy": lambda case: "calling_hours" not in case.row["reason"]["message"] or _out_of_hours(case),
    "needs-allow": _not_allowed,
    "cannot-compare": lambda _case: False,  # only an account of odd habits hides something of what it has
    "cannot-send-whole": lambda case: bool(case.ledger.had),
    "incomplete-list": lambda case: bool(case.ledger.had),
    "other-endpoint": lambda case: case.wanted.kind == "sms",
    "no-recipients": lambda case: not case.wanted.people or bool(case.wanted.rest_of),
    "stop-when": lambda case: (
        case.one is None
        or PeopleTally(case.one.stats).crosses(limits(case.run.stop_when, case.wanted.stop_when))
        or bool(case.ledger.had)
    ),
    "gate-waiting": lambda case: _gate(case) != {"passed"},
    "gate-undecided": lambda case: _gate(case) != {"passed"},
    "gate-failed": lambda case: _gate(case) != {"passed"},
    "not-live": lambda case: (not _named(case, *_ALIVE) or _made_now(case)) and not _too_late_to_create(case),
}
"""Where one of these codes is given, this must be so."""


def _gate(case: ReasonCase) -> set[str]:
    """Returns what a gate says by the account's own record, when the run began and when it ended."""
    moments = (case.run.began, case.run.ended)
    return {verdict(case.ledger, case.run, case.wanted, it) for it in moments if case.wanted.after}


def _planned(case: ReasonCase, op: str) -> bool:
    return case.run.command == "plan" and any(it["op"] == op for it in case.row.get("operations", ()))


def _too_late_to_create(case: ReasonCase) -> bool:
    """Tells whether it is: what is to wait, and SMS, is made no nearer to its start than the margin."""
    due = case.wanted.kind == "sms" or case.wanted.state == "paused"
    return due and _planned(case, "create") and case.wanted.start < case.run.began + MARGIN - 5


def _too_late_to_change(case: ReasonCase) -> bool:
    """Tells whether it is: what goes and is within the margin gets no other content and no other people."""
    one = case.one
    if one is None or one.start is None or not _planned(case, "update"):
        return False
    waits = one.state == "paused" and case.wanted.kind == "voice" and one.start > case.run.ended
    only = one.content == case.wanted.spec_content and set(one.aims) == set(case.wanted.people)
    return one.start < case.run.began + MARGIN - 5 and not waits and not only


def _made_now(case: ReasonCase) -> bool:
    return any(it.created >= case.run.began - 1 for it in case.them)


def reasons_are_true(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what is said of each manifest is so."""
    if not quiet(run) or run.names_a_plan_file:
        return
    for wanted, row in results(run):
        case = ReasonCase(ledger, run, wanted, row, _candidates(ledger, run, wanted))
        code = str(row["reason"]["code"])
        holds = TRUE.get(code)
        if holds is not None and not holds(case):
            them = ", ".join(
                f"{it.sid[:6]} {it.state} from {it.start and local(it.start)}" for it in case.them
            )
            yield f"{run} says {code} of {wanted.name} ({row['reason']['message']}); there is {them or 'none'}"


def _candidates(ledger: LifeLedger, run: CommandRun, wanted: Manifest) -> tuple[Truth, ...]:
    """Returns what a manifest may mean; what another one pins is none of it."""
    pinned = run.commit.pins - {wanted.sid}
    return tuple(
        it
        for it in ledger.account.campaigns.values()
        if KIND_OF[it.collection] == wanted.kind and wanted.means(it.name, it.sid) and it.sid not in pinned
    )


def stops_are_made(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what is wanted paused or ended does not go on calling after an apply that nothing met."""
    if not whole_apply(run):
        return
    for wanted, row in results(run):
        if wanted.state not in ("paused", *ENDING) or row["reason"]["code"] in _NOBODY_KNOWS:
            continue
        for it in _candidates(ledger, run, wanted):
            if row["reason"]["code"] in _MET_LATE and it.created >= run.began - SETTLE:
                continue  # no list needed to show it; it is said, and left to the run that made it
            if it.going and it.created < run.began and (wanted.sid or it.name == wanted.name):
                yield f"{run} left {it.name} {it.sid[:6]} {it.state}, wanted {wanted.state} ({row['reason']['code']})"


def twins_are_paused(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds several of a name that go on calling the same people at the same time."""
    if not whole_apply(run):
        return
    for wanted in filter(run.selects, run.commit.manifests):
        same = [
            it
            for it in run.before.values()
            if it.name == wanted.name and it.sid not in run.commit.pins and it.going
        ]
        same = [
            it for it in same if KIND_OF[it.collection] == wanted.kind and it.created < run.began - SETTLE
        ]
        for one in same:
            twins = [it for it in same if (it.start, set(it.aims)) == (one.start, set(one.aims))]
            still = [it for it in twins if ledger.account.campaigns[it.sid].going]
            if len(still) > 1 and not wanted.sid:
                yield f"{run} left {len(still)} of the name {wanted.name} calling the same people"
                break


def whole_apply(run: CommandRun, of_a_file: bool = False) -> bool:
    """Tells whether a run did all that there was to do, or that its plan file says, and nothing met it."""
    ended = run.said is not None and run.said.code in (0, 3)
    kept_back = (run.names_a_plan_file and not of_a_file) or {"--max-changes", "--expect"} & set(run.words)
    return quiet(run) and run.command == "apply" and ended and not kept_back and document(run) is not None


_MET_LATE = ("lost-race", "appeared")

_NOBODY_KNOWS = ("looks-foreign", "unknown-status", "incomplete-list", "sid-not-found")


def applied_is_there(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what is called applied stands in the account as the manifest has it."""
    if not quiet(run) or run.command != "apply" or run.names_a_plan_file:
        return
    for wanted, row in results(run):
        ops = [it["op"] for it in row.get("operations", ()) if it["outcome"] == "applied"]
        truth = ledger.account.campaigns.get(row.get("sid") or "")
        if row["outcome"] != "applied" or truth is None or "create" not in ops:
            continue
        if truth.begins > run.ended and not truth.alive:
            yield f"{run} says that {wanted.name} is applied, and it is {truth.state}"
        if wanted.kind == "voice" and not wanted.calls(truth.aims):
            yield f"{run} says that {wanted.name} is applied, and it calls others"


def nobody_waits_unseen(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that after an apply of exit 0 that nothing met a campaign of each manifest that is wanted active is
    there, or it is said why not.
    """
    if not quiet(run) or run.command != "apply" or not run.said or run.said.code != 0:
        return
    if run.names_a_plan_file or "--expect" in run.words:
        return
    for wanted, row in results(run):
        held = row["reason"]["code"] in (
            "needs-allow",
            "earlier-start",
            "start-now",
            "window-over",
            "cannot-compare",
            "gate-waiting",
            "gate-undecided",
            "recipients-unseen",
        )
        if wanted.state != "active" or wanted.start < run.ended + MARGIN or held:
            continue
        them = _candidates(ledger, run, wanted)
        if not any(it.going or not it.alive for it in them):
            yield f"{run} ended with 0, {wanted.name} is wanted active and there is none ({row['reason']['code']})"
