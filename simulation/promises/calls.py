"""Judges who is called: what the account did, whoever made it do so."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.account import Call, Truth
from simulation.ledger import CommandRun, LifeLedger, Origin, local
from simulation.promises.hours import is_night
from simulation.promises.verdict import Findings, JudgeFinding


def by_runs(ledger: LifeLedger) -> Iterator[tuple[Call, Truth, Origin, CommandRun]]:
    """Yields the new calls of campaigns that runs made, with the campaign and how it came to be."""
    for call in ledger.new_calls:
        origin = ledger.origins[call.sid]
        if origin.run is not None:
            yield call, ledger.account.campaigns[call.sid], origin, origin.run


def called_twice(ledger: LifeLedger) -> Findings:
    """Checks that nobody is called twice for one manifest and start, by two campaigns that runs made.

    What somebody renamed and edited by hand is another campaign; one that was paused beside its twin is resumed once
    the twin is over where somebody asks for that.
    """
    for call, truth, origin, run in by_runs(ledger):
        name, start = ledger.became.get(call.sid, (origin.name, origin.start))
        key = (truth.collection, name, start, call.number)
        first = ledger.reached.setdefault(key, call.sid)
        said = _said_to_be_others(ledger, call.sid, first) or _said_to_be_others(ledger, first, call.sid)
        another = {"renames", "edits"} <= (ledger.touched[first] | ledger.touched[call.sid])
        if first != call.sid and not said and not another and not _resumed_as_asked(ledger, call.sid):
            says = (
                f"{call.number} for {name} by {call.sid[:6]} ({run}), "
                f"and before by {first[:6]} ({ledger.origins[first].run})"
            )
            yield JudgeFinding(says, call.sid, call.at, first)


def called_by_lookalikes(ledger: LifeLedger) -> Findings:
    """Checks that nobody is called by two campaigns of different names that runs made with one start and one
    content.
    """
    for call, truth, origin, run in by_runs(ledger):
        if origin.start is None or ledger.touched.get(call.sid):
            continue
        key = (truth.collection, truth.content, origin.start, call.number)
        first = ledger.alike.setdefault(key, call.sid)
        other = ledger.origins[first]
        if first == call.sid or other.name == origin.name or ledger.touched.get(first):
            continue
        if _said_to_be_others(ledger, call.sid, first) or _said_to_be_others(ledger, first, call.sid):
            continue
        written = any(it.name == other.name for it in run.commit.manifests)
        if written and not _was_left_there(ledger, origin, run, first):
            continue  # both are written down at one start: that is for `duplicate_campaigns`
        if other.run is not None and other.run.ended > run.began and other.at < run.ended:
            continue  # runs that met: what another run makes at that moment is looked for by name alone
        yield (
            f"{call.number} by {origin.name} {call.sid[:6]} ({run}), and before by {other.name} {first[:6]} "
            f"({other.run}): one start, one content"
        )


def _was_left_there(ledger: LifeLedger, origin: Origin, run: CommandRun, first: str) -> bool:
    """Tells whether a campaign was about to call when the other was made, at a start where no manifest wanted it."""
    then = ledger.at(first, origin.at)
    wanted = (it for it in run.commit.manifests if it.name == ledger.origins[first].name)
    stood = then is not None and then.going and then.start == origin.start
    return stood and all(it.start != origin.start for it in wanted)


def _said_to_be_others(ledger: LifeLedger, sid: str, other: str) -> bool:
    """Tells whether whoever made one of them said that it is not the other, or allowed twins."""
    origin = ledger.origins[sid]
    run = origin.run
    if run is None:
        return False
    return run.may("twin", origin.name) or any(
        other in it.distinct_from for it in run.commit.manifests if it.name == origin.name
    )


def _resumed_as_asked(ledger: LifeLedger, sid: str) -> bool:
    """Tells whether somebody resumed a campaign by hand, or a run that was told that it may."""
    return bool(ledger.touched[sid] & {"resume", "resumes"}) or any(
        write.sid == sid
        and write.action == "resume"
        and write.acted
        and run.may("resume", write.name, sid, start_ahead=False)
        for run in ledger.runs
        for write in run.writes
    )


def called_out_of_hours(ledger: LifeLedger) -> Findings:
    """Checks that nobody is called outside the hours of a policy of level error, by what runs made and nobody else
    touched.
    """
    for call, _, origin, run in by_runs(ledger):
        if is_night(call.at) and not ledger.touched.get(call.sid):
            says = f"{call.number} at {local(call.at)} by {origin.name} {call.sid[:6]} ({run})"
            yield JudgeFinding(says, call.sid, call.at)


def called_after_a_stop(ledger: LifeLedger) -> Findings:
    """Checks that nobody is called after a stop that nobody lifted."""
    for call in ledger.new_calls:
        stopped = ledger.stopped.get(call.sid)
        if stopped is not None and call.at > stopped + 1.0 and not _is_just_resumed(ledger, call.sid):
            yield f"{call.number} at {local(call.at)} by {call.sid[:6]}, stopped {local(stopped)}"


def _is_just_resumed(ledger: LifeLedger, sid: str) -> bool:
    """Tells whether a run that is still at it resumed a campaign: once it has ended `stops_hold` judges that."""
    at_it = (run for run in ledger.runs if not run.ended)
    return any(it.sid == sid and it.action == "resume" and it.acted for run in at_it for it in run.writes)


def called_ahead(ledger: LifeLedger) -> Findings:
    """Checks that nobody is called ahead of the start that the campaign has, unless somebody resumed it by hand."""
    for call, truth, _, _ in by_runs(ledger):
        if truth.start is None or ledger.touched.get(call.sid):
            continue
        if call.at < truth.start - 1.0:
            by = f"{truth.name} {call.sid[:6]}, whose start is {local(truth.start)}"
            yield JudgeFinding(f"{call.number} at {local(call.at)} by {by}", call.sid, call.at)
