"""`pause --all`: an emergency. What calls now is stopped first, and no pause waits for what it does not need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
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
from campaignctl.model.results import ApplyResult, ChangeOutcome, ChangeResult

_CUT_SHORT: Final = "it was cut short: others may go on calling or texting; run it again"
_MOST_SIDS: Final = 10


def seek_all(hand: ManualRun, status: str | None) -> Targets:
    """Everything, for one question that shows it all."""
    sweep = _sweep(hand, status, "; with --auto-approve a pause does not wait for it")
    found = [live for wave in sweep.everything() for live in wave]
    changes = tuple(decide(hand.verb, live, hand.terms) for live in found)
    seen = tuple(sweep.seen.values())
    return Targets(changes, seen, notes=tuple(_notes(hand, sweep)), whole=_is_quiet(sweep))


def stop_in_waves(hand: ManualRun, status: str | None) -> tuple[ApplyResult, Targets]:
    """Each answer is shown, then what it tells of is stopped, then the next one is asked for (`--auto-approve`).

    What the next apply will do about it is said at the end: no pause waits for manifests to be read.
    """
    sweep = _sweep(hand, status)
    results, interrupted = _stop(hand, sweep)
    notes = (*_notes(hand, sweep), *((_CUT_SHORT,) if interrupted else ()))
    if not results:
        hand.show((), notes)
    changes, seen = tuple(result.change for result in results), tuple(sweep.seen.values())
    outlook = hand.outlook(changes, seen)
    told = tuple(
        replace(it, notes=(*it.notes, outlook[it.change.key])) if it.outcome is ChangeOutcome.APPLIED else it
        for it in sorted(results, key=lambda it: it.change.key)
    )
    plan = plan_by_hand(changes, hand.terms, hand.client.requests)
    return ApplyResult(plan, told, interrupted), Targets(changes, seen, (), notes, _is_quiet(sweep))


def _stop(hand: ManualRun, sweep: Sweep) -> tuple[list[ChangeResult], bool]:
    """What became of each, and whether it was cut short: then what was done is told all the same."""
    results: list[ChangeResult] = []
    try:
        for wave in filter(None, sweep.in_waves()):
            terms = hand.terms
            result = hand.carry_out(hand.show(decide(hand.verb, live, terms) for live in wave))
            results.extend(result.results)
            if result.interrupted or hand.carrier.interrupts.asked():  # nothing more is sent, reads neither
                return results, True
    except (KeyboardInterrupt, InterruptedRunError):
        if not results:
            raise
        return results, True
    return results, False


def _sweep(hand: ManualRun, status: str | None, advice: str = "") -> Sweep:
    statuses = CALLING if status is None else {read_status(status)}
    return Sweep(hand.client, statuses, lambda sentence: output.remark(sentence + advice))


def _is_quiet(sweep: Sweep) -> bool:
    """False where others may go on that were not seen, or are out of reach."""
    return not sweep.unread and not sweep.elsewhere


def _notes(hand: ManualRun, sweep: Sweep) -> Iterator[str]:
    """What may go on calling, and what is odd about the clocks."""
    for kind, why in sweep.unread.items():
        because = f" ({why})" if why else ""
        others = f"others may go on {KINDS[kind].stem}ing; run it again"
        yield f"the account's list of {kind} could not be read whole{because}: {others}"
    yield from _out_of_reach(hand, sweep)
    odd = Counter(live.word for live in sweep.seen.values() if live.status is Status.UNKNOWN)
    for word, number in odd.items():
        campaigns = counted(number, "campaign is", "campaigns are")
        yield f"{campaigns} {quoted(word)}, a status that is not known, and left alone"
    yield from hand.client.notes


def _out_of_reach(hand: ManualRun, sweep: Sweep) -> Iterator[str]:
    """What an endpoint shows that the environment does not use."""
    for service in SERVICES.values():
        found = [live for live in sweep.elsewhere if live.kind is service.kind]
        other = hand.client.environment.other_endpoint(service.kind)
        if found and other:
            sids = ", ".join(live.sid for live in found[:_MOST_SIDS])
            campaigns, stem = counted(len(found), "campaign"), service.kind.stem
            yield (
                f"{campaigns} of {other.collection} may go on {stem}ing ({sids}): this environment does not use that "
                f"endpoint; stop them with one of {service.chosen_by}: {other.collection}"
            )
