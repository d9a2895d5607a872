"""Blocks what differs and can no longer change or be sent (rules 4.4, 4.5 and 9), and names the way out."""

from __future__ import annotations

from collections.abc import Iterator

from campaignctl.kinds.lifecycle import Status
from campaignctl.model.reasons import Reason
from campaignctl.planning.assessment import Assessment
from campaignctl.planning.compare import start_of
from campaignctl.planning.payload import Spec, contradictions, lost_by_sending
from campaignctl.planning.phase import Phase, StartMove, can_change


def blocking(facts: Assessment) -> Iterator[Reason]:
    """Yields what differs and can no longer change (rules 4.4 and 4.5), and once it has begun the way out."""
    reasons = [*_too_late(facts)]
    yield from reasons
    if facts.phase is Phase.STARTED:
        yield from (Reason(code, _way_out(facts)) for code in dict.fromkeys(it.code for it in reasons))


def _too_late(facts: Assessment) -> Iterator[Reason]:
    if facts.move is StartMove.TOO_LATE or (facts.phase is Phase.STARTED and _own_start_passed(facts)):
        yield Reason("start-passed", _start_passed_message(facts))
    if _unseen_start_blocks(facts):
        yield Reason("cannot-send-whole", _unseen_message(("the start",), facts))
    differing = facts.comparison.fields
    for name in facts.live.kind.by_name:
        if name not in differing or (name == facts.schedule and facts.move is StartMove.TOO_LATE):
            continue
        if not can_change(name, facts.live, facts.phase, facts.move):
            yield Reason("immutable-field", _immutable_message(facts, name))


def _way_out(facts: Assessment) -> str:
    """Describes both steps: what ends this campaign, and a new run for what is still wanted."""
    desired, live = facts.desired, facts.live
    ends, name = facts.terms.address.command("complete", live.sid), desired.name or live.name
    pin = " and no metadata.sid" if desired.sid else ""
    return f"`{ends}` ends this one, and what is still wanted needs a new name{pin}: {facts.terms.free_name(name)}"


def _own_start_passed(facts: Assessment) -> bool:
    """Tells whether a schedule differs after the start, and its own start has passed too."""
    start = start_of(facts.desired)
    return facts.schedule in facts.comparison.fields and start is not None and start <= facts.terms.now


def _unseen_start_blocks(facts: Assessment) -> bool:
    """Tells whether the start blocks a schedule that differs in its end alone: it cannot be sent without the start,
    which nobody sees.
    """
    differs = facts.phase is Phase.OPEN and facts.schedule in facts.comparison.fields
    return differs and facts.move is StartMove.UNSEEN and not facts.unseen_start_may_be_set


def _start_passed_message(facts: Assessment) -> str:
    start = start_of(facts.desired)
    passed = start is not None and start <= facts.terms.now
    if passed and facts.phase is Phase.STARTED:
        return "its start has passed: the schedule stays as it is live"
    why = "has passed" if passed else "is less than 10 minutes away"
    later = "" if facts.phase is Phase.STARTED else "; give it a later start"
    return f"the start it asks for {why}: the schedule stays as it is live{later}"


def _immutable_message(facts: Assessment, name: str) -> str:
    live = facts.live
    if facts.phase is Phase.STARTED:
        why = "is in progress" if live.status is Status.IN_PROGRESS else "has passed its start"
        return f"{name} can no longer change: the campaign {why}"
    advice = ""
    if live.kind.pause_lifts_margin and live.status is Status.CREATED:
        advice = f"; `{facts.terms.address.command('pause', live.sid)}` gives time"
    return f"{name} can no longer change: the start is less than 10 minutes away{advice}"


def cannot_send_whole(facts: Assessment, spec: Spec) -> Iterator[Reason]:
    """Refuses an update that would lose the recipients or the start, or send a schedule that is none (rule 9)."""
    if facts.phase is Phase.STARTED:
        return
    lost = lost_by_sending(facts.desired, facts.live, spec)
    if lost:
        yield Reason("cannot-send-whole", _unseen_message(lost, facts))
    for message in contradictions(facts.desired, facts.live, spec):
        yield Reason("cannot-send-whole", message)


def _unseen_message(lost: tuple[str, ...], facts: Assessment) -> str:
    hint = " (allow earlier-start to set the manifest's)" if facts.move is StartMove.UNSEEN else ""
    return f"the account does not show {' and '.join(lost)}, so an update could lose them{hint}"
