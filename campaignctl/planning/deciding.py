"""Decides what becomes of one manifest, by how it was matched: the rules stand in their own modules, here one of them
is chosen.
"""

from __future__ import annotations

from dataclasses import replace

from campaignctl.contact_lists.by_name import without_names
from campaignctl.kinds.lifecycle import State, Status
from campaignctl.model.campaigns import Desired, Live, Snapshot
from campaignctl.model.reasons import Reason
from campaignctl.model.windows import window_of
from campaignctl.planning.absent import decide_absent
from campaignctl.planning.account_view import AccountView
from campaignctl.planning.alive import Decision, decide
from campaignctl.planning.ambiguous import decide_ambiguous, decide_foreign, looks_foreign
from campaignctl.planning.every_clock import decided_by_every_clock
from campaignctl.planning.finished import decide_finished, decide_past_its_end, past_its_end
from campaignctl.planning.match import How, Match
from campaignctl.planning.terms import Terms


def decide_match(match: Match, account: AccountView, terms: Terms) -> Decision:
    """Decides by every clock that there is."""
    if not terms.clocks:
        return _decide_behind_gates(match, account, terms)
    return decided_by_every_clock(
        lambda at: _decide_behind_gates(match, account, at), match.desired, match.live, terms
    )


def _decide_behind_gates(match: Match, account: AccountView, terms: Terms) -> Decision:
    """Decides, and holds back what waits for another's results."""
    desired = match.desired
    decision = (_decided_once if desired.kind_and_name in account.awaited else _decide)(match, account, terms)
    if desired.shown:
        from campaignctl.planning.features.earlier_campaigns import with_earlier

        decision = with_earlier(decision, desired, match.live, terms)
    if not (desired.after or desired.stop_when or terms.environment.guard):
        return decision
    from campaignctl.planning.features.gates import Gatekeeper, gated, unstopped

    decision = unstopped(decision, desired, match.live, terms)
    if not desired.after:
        return decision
    keeper = Gatekeeper(
        account.by_name, account.snapshot.listings, lambda it: _decided_once(it, account, terms)
    )
    live = match.live if match.how is not How.INCOMPLETE else None
    return gated(decision, desired, live, keeper.gates(desired, terms), terms)


def _decided_once(match: Match, account: AccountView, terms: Terms) -> Decision:
    """Decides a campaign that others wait for, once for all of them."""
    key = id(match), terms.now
    if key not in account.decided:
        account.decided[key] = _decide(match, account, terms)
    return account.decided[key]


def _decide(match: Match, account: AccountView, terms: Terms) -> Decision:
    """Applies the rule that follows from how manifest and campaign were matched."""
    desired, live = match.desired, match.live
    match match.how:
        case How.SID_NOT_FOUND:
            return _sid_not_found(desired, account.snapshot, terms)
        case How.AMBIGUOUS:
            return decide_ambiguous(desired, match.candidates, terms)
        case How.INCOMPLETE:
            return _incomplete_list(desired, terms)
        case How.ABSENT:
            pinned = _pinned_elsewhere(desired, account)
            return pinned or decide_absent(desired, account.neighbours, terms)
        case How.NAME:
            assert live is not None, "a name is matched among what is there"
            found = _decide_found(desired, live, terms)
            foreign = desired.occurrence is None and looks_foreign(desired, live, terms)
            return decide_foreign(live, found) if foreign else found
        case How.SID | How.PREVIOUS_NAME | How.HISTORY | How.PREVIOUS_HISTORY | How.UNKNOWN_STATUS:
            assert live is not None, "every match but these brings its campaign"
            return _decide_found(desired, live, terms)


def _sid_not_found(desired: Desired, snapshot: Snapshot, terms: Terms) -> Decision:
    if window_of(desired.kind, desired.spec).over(terms.now):
        return Decision(Reason("window-over", "its window is over, and the pinned campaign is not there"))
    other = snapshot.elsewhere.get(desired.sid or "")
    hint = f"; it is a {other}" if other else ""
    return Decision(Reason("sid-not-found", f"no {desired.kind.name} has the SID {desired.sid}{hint}"))


def _incomplete_list(desired: Desired, terms: Terms) -> Decision:
    if desired.state is not State.ARCHIVED and window_of(desired.kind, desired.spec).over(terms.now):
        return Decision(Reason("window-over", "its window is over"))
    message = "the account's list could not be read completely, so the name may be in use; plan again"
    return Decision(Reason("incomplete-list", message))


def _pinned_elsewhere(desired: Desired, account: AccountView) -> Decision | None:
    """Blocks an occurrence whose campaign another manifest pins: none is created beside it."""
    if desired.occurrence is None:
        return None
    for match in account.matches:
        other = match.live
        if match.how is How.SID and other and (other.kind, other.name) == (desired.kind, desired.name):
            message = (
                f"{other.sid} has its name, and {match.desired.where} pins that one: put the date into except"
            )
            return Decision(Reason("ambiguous-name", message))
    return None


def _decide_found(desired: Desired, live: Live, terms: Terms) -> Decision:
    if desired.occurrence is not None and terms.repeating is not None and live.alive:
        notes = tuple(terms.repeating.notes_on(desired, live))
        if notes:
            decision = _decide_there(desired, live, terms)
            return replace(decision, notes=(*notes, *decision.notes))
    return _decide_there(desired, live, terms)


def _decide_there(desired: Desired, live: Live, terms: Terms) -> Decision:
    if live.status is Status.UNKNOWN:
        return _unknown_status(desired, live, terms)
    if live.finished:
        return decide_finished(without_names(desired), live, terms)
    if past_its_end(desired, live, terms):
        return decide_past_its_end(without_names(desired), live, terms)
    return decide(desired, live, terms)


def _unknown_status(desired: Desired, live: Live, terms: Terms) -> Decision:
    if window_of(desired.kind, desired.spec).over(terms.now):
        return Decision(Reason("window-over", f"its window is over; {live.strange}"))
    message = f"{live.strange}: nothing is done to it"
    return Decision(Reason("unknown-status", message))
