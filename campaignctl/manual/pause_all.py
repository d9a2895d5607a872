"""Pauses everything (`pause --all`) in an emergency.

What calls now is stopped first, and no pause waits for what it does not need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from campaignctl.api.sweep import Sweep
from campaignctl.app import output
from campaignctl.diagnostics import counted, quoted
from campaignctl.errors import InterruptedRunError
from campaignctl.kinds import KINDS
from campaignctl.kinds.endpoints import SERVICES
from campaignctl.kinds.lifecycle import CALLING, Status, read_status
from campaignctl.manual.rules import decide, plan_by_hand
from campaignctl.manual.run import ManualRun, Targets
from campaignctl.model.campaigns import Live
from campaignctl.model.results import ApplyResult, ChangeOutcome, ChangeResult

_CUT_SHORT: Final = "it was cut short: others may go on calling or texting; run it again"
_MOST_SIDS: Final = 10
_DONE: Final = (ChangeOutcome.APPLIED, ChangeOutcome.UNCHANGED)


def seek_all(run: ManualRun, status: str | None) -> tuple[Sweep, Targets]:
    """Finds everything, for one question that shows it all; returns the sweep that found it, too."""
    sweep = _sweep(run, status, "; with --auto-approve a pause does not wait for it")
    found = [live for wave in sweep.everything() for live in wave]
    changes = tuple(decide(run.verb, live, run.terms) for live in found)
    seen = tuple(sweep.seen.values())
    return sweep, Targets(changes, seen, notes=tuple(_notes(run, sweep)), complete=_is_quiet(sweep))


def stop_in_waves(run: ManualRun, status: str | None) -> tuple[ApplyResult, Targets]:
    """Shows each answer, stops what it tells of, then asks for the next one (`--auto-approve`).

    What the next apply will do about it is said at the end: no pause waits for manifests to be read.
    """
    return _until_quiet(run, _sweep(run, status), [])


def go_on(run: ManualRun, sweep: Sweep, result: ApplyResult, targets: Targets) -> tuple[ApplyResult, Targets]:
    """Stops, after the question, what was made or set going meanwhile as well, without another question."""
    if result.interrupted or not result.plan.operations:
        return result, targets
    complete, found = _until_quiet(run, sweep, list(result.results))
    for sentence in found.notes:
        if sentence not in targets.notes:
            output.remark(sentence)
    return complete, found


def _until_quiet(run: ManualRun, sweep: Sweep, results: list[ChangeResult]) -> tuple[ApplyResult, Targets]:
    interrupted = _stop(run, sweep, results)
    results = list({it.change.key: it for it in results}.values())  # of those that were paused twice the last
    restless = _restless(results, sweep)
    notes = (*_notes(run, sweep), *restless, *((_CUT_SHORT,) if interrupted else ()))
    if not results:
        run.show((), notes)
    changes, seen = tuple(result.change for result in results), tuple(sweep.seen.values())
    consequences = run.consequences(changes, seen)
    told = tuple(
        _with_note(it, consequences[it.change.key]) if it.outcome is ChangeOutcome.APPLIED else it
        for it in sorted(results, key=lambda it: it.change.key)
    )
    plan = plan_by_hand(changes, run.terms, run.client.requests)
    return ApplyResult(plan, told, interrupted), Targets(
        changes, seen, (), notes, _is_quiet(sweep) and not restless
    )


def _restless(results: Iterable[ChangeResult], sweep: Sweep) -> tuple[str, ...]:
    """Names what was paused, as the answers say, and still showed as calling in the last look."""
    paused = (it.change.key for it in results if it.outcome in _DONE)
    calling = [
        key.sid for key in paused if _calls(sweep.seen.get(key.sid)) and key.kind not in sweep.troubles
    ]
    if not calling:
        return ()
    campaigns = counted(len(calling), "campaign shows", "campaigns show")
    return (f"{campaigns} as calling though paused ({', '.join(calling[:_MOST_SIDS])}): run it again",)


def _calls(live: Live | None) -> bool:
    return live is not None and live.status in CALLING


def _with_note(result: ChangeResult, note: str) -> ChangeResult:
    """Adds the note, unless the plan said it before the question."""
    return result if note in result.change.notes else replace(result, notes=(*result.notes, note))


def _stop(run: ManualRun, sweep: Sweep, results: list[ChangeResult]) -> bool:
    """Stops all that it finds, and looks again until a look that comes late enough finds nothing new (rule 12).

    Returns True where it was cut short: what became of each until then stands in `results` all the same.
    """
    stopped = -1
    try:
        while len(results) != stopped:
            if results:
                _let_lists_settle(run)
                sweep.look_again()
            stopped = len(results)
            for wave in filter(None, sweep.in_waves()):
                if not _stop_wave(run, wave, results):
                    return True
    except (KeyboardInterrupt, InterruptedRunError):
        if not results:
            raise
        return True
    return False


def _stop_wave(run: ManualRun, wave: Iterable[Live], results: list[ChangeResult]) -> bool:
    """Stops one wave. Returns False where somebody wants it to end: nothing more is sent then, reads neither."""
    terms = run.terms
    result = run.carry_out(run.show(decide(run.verb, live, terms) for live in wave))
    results.extend(result.results)
    return not (result.interrupted or run.runner.interrupts.asked())


def _let_lists_settle(run: ManualRun) -> None:
    """Waits: what somebody creates while others are paused shows in lists only later."""
    seconds = run.session.environment.settle_seconds if run.runner.connection.settles else 0
    if seconds:
        output.remark(
            f"Looking again in {seconds:g} second{'' if seconds == 1 else 's'}.", run.session.options
        )
        run.runner.clock.sleep(seconds)


def _sweep(run: ManualRun, status: str | None, advice: str = "") -> Sweep:
    statuses = CALLING if status is None else {read_status(status)}
    return Sweep(run.client, statuses, lambda sentence: output.remark(sentence + advice))


def _is_quiet(sweep: Sweep) -> bool:
    """Tells whether all is quiet; False where others may go on that were not seen, or are out of reach."""
    return not sweep.unread and not sweep.elsewhere


def _notes(run: ManualRun, sweep: Sweep) -> Iterator[str]:
    """Yields what may go on calling, and what is odd about the clocks."""
    for kind, why in sweep.unread.items():
        because = f" ({why})" if why else ""
        others = f"others may go on {KINDS[kind].stem}ing; run it again"
        yield f"the account's list of {kind} could not be read completely{because}: {others}"
    yield from _out_of_reach(run, sweep)
    odd = Counter(live.word for live in sweep.seen.values() if live.status is Status.UNKNOWN)
    for word, number in odd.items():
        campaigns = counted(number, "campaign is", "campaigns are")
        yield f"{campaigns} {quoted(word)}, a status that is not known, and left alone"
    yield from run.client.notes


def _out_of_reach(run: ManualRun, sweep: Sweep) -> Iterator[str]:
    """Yields what an endpoint shows that the environment does not use."""
    for service in SERVICES.values():
        found = [live for live in sweep.elsewhere if live.kind is service.kind]
        other = run.client.environment.other_endpoint(service.kind)
        if found and other:
            sids = ", ".join(live.sid for live in found[:_MOST_SIDS])
            campaigns, stem = counted(len(found), "campaign"), service.kind.stem
            yield (
                f"{campaigns} of {other.collection} may go on {stem}ing ({sids}): this environment does not use that "
                f"endpoint; stop them with one of {service.chosen_by}: {other.collection}"
            )
