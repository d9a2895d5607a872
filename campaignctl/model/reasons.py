"""Says why a change is what it is: every code, first the one that wins where several hold."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from campaignctl.records import dataclass


class ChangeType(StrEnum):
    """Names what a plan makes of a manifest or an orphan."""

    CREATE = "create"
    UPDATE = "update"
    TRANSITION = "transition"
    NOOP = "noop"
    HELD = "held"
    BLOCKED = "blocked"
    ORPHAN = "orphan"


CHANGES: Final = MappingProxyType(
    {
        ChangeType.CREATE: "The account has no such campaign: an apply creates it.",
        ChangeType.UPDATE: "An alive campaign differs from its manifest: an apply sends what differs, and may pause, "
        "resume or end it besides.",
        ChangeType.TRANSITION: "Only the state differs: an apply pauses, resumes, completes or archives it.",
        ChangeType.NOOP: "Nothing is to be done.",
        ChangeType.HELD: "It could be done, but must be asked for: with --allow, or in the manifest.",
        ChangeType.BLOCKED: "It cannot be done safely: nothing of it is sent but a pause that is asked for, and plan "
        "and apply exit 3.",
        ChangeType.ORPHAN: "An alive campaign under the prefix of prune that no manifest declares. It stays, "
        "unless --prune and --allow complete are given.",
    }
)
"""What each means to who reads a plan."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Says why: a code of `reasons.REASONS` and a sentence with the particulars."""

    code: str
    message: str


@dataclass(frozen=True)
class ReasonCode:
    """Describes a reason: what a change with it is, what it means, and what to do about it.

    `late` is the remedy where it is found right before a write, and `by_hand` where that was a verb by hand.
    """

    code: str
    change: ChangeType
    doc: str
    remedy: str
    late: str = ""
    by_hand: str = ""


_B, _H, _N = ChangeType.BLOCKED, ChangeType.HELD, ChangeType.NOOP

_ROWS: Final = (
    ReasonCode(
        "sid-not-found",
        _B,
        "The pinned campaign is not in the account.",
        "Check metadata.sid, the account and the kind; without the sid the campaign would be created anew.",
    ),
    ReasonCode(
        "ambiguous-name",
        _B,
        "Several alive campaigns have the name.",
        "End all but one of them (the message names their SIDs), or pin the one that is meant with metadata.sid.",
    ),
    ReasonCode(
        "unknown-status",
        _B,
        "The account gives the campaign a status that is not known.",
        "Nothing is done to it: look at it in the account, and report the word.",
    ),
    ReasonCode(
        "incomplete-list",
        _B,
        "The account's list could not be read completely, so the name may be in use.",
        "Plan again; if it stays so, look at the list in the account.",
    ),
    ReasonCode(
        "unknown-outcome",
        _B,
        "An earlier create may still show up.",
        "Wait and plan again. When it surely does not exist, delete the file that the message names.",
    ),
    ReasonCode(
        "other-endpoint",
        _B,
        "A campaign of the name is alive on the other SMS endpoint, or was until a day before this one's start.",
        "Set sms_api to that endpoint, or use another name.",
    ),
    ReasonCode(
        "list-not-found",
        _B,
        "No contact list has the name.",
        "Create the list, correct its name, or give its SID.",
    ),
    ReasonCode(
        "list-ambiguous",
        _B,
        "Several contact lists have the name.",
        "Give the SID of the one that is meant.",
    ),
    ReasonCode(
        "failed",
        _N,
        "The campaign failed or was canceled: nobody was called or texted.",
        "Find out why in the account, then give the manifest a new name and a new start.",
    ),
    ReasonCode("finished", _N, "The campaign is over.", "Nothing; the manifest can be removed."),
    ReasonCode(
        "already-ran",
        _B,
        "The campaign is over and the manifest asks for a new start: that needs a new name.",
        "Use the name that the message prints, and no metadata.sid.",
    ),
    ReasonCode(
        "nothing-to-end",
        _N,
        "The campaign is to be ended, and there is none.",
        "Nothing; the manifest can be removed.",
    ),
    ReasonCode(
        "window-over",
        _N,
        "The campaign's window is over.",
        "Nothing, or a new name and a new window. One that waits, paused, is ended by the complete that is printed.",
    ),
    ReasonCode(
        "missed",
        _N,
        "An occurrence of a manifest that repeats was not created before its start: nobody is called on its date.",
        "Nothing for this date; see to it that an apply runs often enough. While its window is open, apply exits 3.",
    ),
    ReasonCode(
        "not-used", _N, "No campaign that is not over names the ContactList.", "Nothing; it can be removed."
    ),
    ReasonCode(
        "start-passed",
        _B,
        "The start has passed, or is too near to be set.",
        "Give it a start that lies further ahead.",
        late="Give it a new start, then plan again.",
        by_hand="Run it again if it is to call at once.",
    ),
    ReasonCode(
        "unsafe-start",
        _B,
        "It would call before it could be paused.",
        "Give it a start more than ten minutes ahead.",
    ),
    ReasonCode(
        "clocks-disagree",
        _B,
        "By the account's clock it may be sent, by another one it may not.",
        "Set this machine's clock, or find out who answers in the account's place; the message says both times.",
    ),
    ReasonCode(
        "immutable-field",
        _B,
        "A field differs that can no longer change.",
        "Put the manifest's value back to the live one, or end the campaign and make another under a new name.",
    ),
    ReasonCode(
        "cannot-send-whole",
        _B,
        "An update could lose what neither manifest nor account shows.",
        "Declare the recipients and the start in the manifest; --allow earlier-start sends a start that is not shown.",
    ),
    ReasonCode(
        "no-recipients",
        _B,
        "Everybody whom it would reach is suppressed.",
        "Nothing is created, and one that calls is paused. End it, or declare people who may be called.",
    ),
    ReasonCode(
        "policy",
        _B,
        "A policy of level error forbids it.",
        "The findings say which, at file and line; campaignctl explain RULE says how each looks.",
        late="Change the start or the policy, then plan again.",
        by_hand="Run it again within the hours that the policy allows, or change the policy.",
    ),
    ReasonCode(
        "called-already",
        _B,
        "Somebody who is to be called is in a campaign that it suppresses, or in one that suppresses it.",
        "Plan again, both together: whom the one lets go the other may call; whom it has called, leave out.",
    ),
    ReasonCode(
        "gate-failed",
        _B,
        "What it waits for has failed, or exceeded a limit. No flag passes it.",
        "Find out why; then another campaign to try it with, or other limits, in a pull request.",
        late="Plan again: what it waits for has failed.",
    ),
    ReasonCode(
        "stop-when",
        _B,
        "What it would resume crosses its stop_when: a guard would pause it at its next look.",
        "Find out why; where the limit is too strict, change it in a pull request.",
    ),
    ReasonCode(
        "looks-foreign",
        _H,
        "The alive campaign of the name has other recipients, other content and another start, all three.",
        "Somebody else's campaign may have the name by chance: nothing is done to it, not even a pause, and apply "
        "exits 3. Say --allow adopt:NAME or metadata.sid if it is the one that is meant, else take another name.",
    ),
    ReasonCode(
        "looks-renamed",
        _H,
        "A campaign that no manifest names looks like this one, or runs under its name in another chosen account; or "
        "one that another manifest wants moved or stopped stays, and would call the same people at this start.",
        "Say metadata.previous_name or sid if it is that one; metadata.distinct_from with its SID, or --allow "
        "twin:NAME, if it is another.",
    ),
    ReasonCode(
        "start-now",
        _H,
        "It has no schedule: people are called at once.",
        "Give it a start, or --allow start-now:NAME.",
    ),
    ReasonCode(
        "start-too-near",
        _H,
        "It starts too soon to be stopped again.",
        "Give it a start more than ten minutes ahead, or --allow start-now:NAME.",
    ),
    ReasonCode(
        "earlier-start",
        _H,
        "The start would move earlier.",
        "Somebody may have postponed it: ask, then --allow earlier-start:NAME.",
    ),
    ReasonCode(
        "needs-allow",
        _H,
        "A resume, complete or archive must be asked for.",
        "--allow OP:NAME; complete and archive in metadata.allow too, where a reviewer reads it.",
    ),
    ReasonCode(
        "recipients-unseen",
        _H,
        "A campaign whose people it leaves out has begun, and the account does not show whom it calls.",
        "Look at whom that one called, then --allow unseen:NAME.",
    ),
    ReasonCode(
        "gate-undecided",
        _H,
        "The results of what it waits for do not tell.",
        "Try it with more people, or look at what it waits for, then --allow after:NAME.",
        late="Plan again: the results of what it waits for no longer tell.",
    ),
    ReasonCode(
        "gate-waiting",
        _H,
        "What it waits for has not come to an end.",
        "Apply again once it has: an apply that a scheduler runs creates it. --allow after:NAME does not wait.",
        late="Plan again once what it waits for has come to an end.",
    ),
    ReasonCode(
        "orphan",
        ChangeType.ORPHAN,
        "An alive campaign with the project's prefix that no manifest matches.",
        "It stays and runs. Write a manifest for it, or end it: --prune --allow complete --allow archive.",
    ),
    ReasonCode("not-live", ChangeType.CREATE, "The account has no such campaign.", "Apply creates it."),
    ReasonCode("fields-differ", ChangeType.UPDATE, "Fields differ.", "Apply updates them."),
    ReasonCode("state-differs", ChangeType.TRANSITION, "The state differs.", "Apply leads to the state."),
    ReasonCode(
        "cannot-compare",
        _N,
        "The account does not show the recipients or the content.",
        "Nothing, or --resend NAME to send all that is declared.",
    ),
    ReasonCode("in-sync", _N, "The account is as the manifest asks.", "Nothing."),
)

REASONS = MappingProxyType({row.code: row for row in _ROWS})
RANK = MappingProxyType({row.code: rank for rank, row in enumerate(_ROWS)})


@dataclass(frozen=True)
class ApplyReason:
    """Describes a reason that only the results of an apply carry: what it means, and what to do about it.

    `by_hand` is what to do after a verb by hand; empty where none ends so.
    """

    code: str
    doc: str
    remedy: str
    by_hand: str = ""


_APPLY_ROWS: Final = (
    ApplyReason(
        "appeared",
        "The campaign, or one that looks like it, appeared after the plan was made, alive or over by now; it was left "
        "alone.",
        "Plan again and look at it: a campaign of this name, or one that looks like it, was made in the meantime.",
    ),
    ApplyReason(
        "moved",
        "The campaign is no longer what the plan showed; the rest of its operations was not sent.",
        "Plan again: somebody or something changed the campaign in the meantime.",
        "Look at it, then run it again: somebody changed the campaign in the meantime.",
    ),
    ApplyReason(
        "list-drift",
        "A contact list has grown since the plan was reviewed, or nobody can tell any more how many are in it.",
        "Plan again and look at who came; policy.list_drift says how much a list may grow.",
        "Run it again, and look at how many are in the list now.",
    ),
    ApplyReason(
        "lost-race",
        "Another run created the campaign first, and not as asked; this run's own was ended, or could not be.",
        "Plan again, and let one run at a time apply: another run made this campaign, and not as asked.",
    ),
    ApplyReason(
        "started-early",
        "The campaign was in progress ahead of its start, or no longer paused, and was paused at once.",
        "Look at the campaign in the account, then plan again.",
        "Look at the campaign in the account.",
    ),
    ApplyReason(
        "field-lost",
        "A field did not take or was lost; the message names it. Where somebody could be called wrongly for it, the "
        "campaign was paused at once.",
        "Look at the campaign in the account, then plan again.",
        "Look at the campaign in the account, then run it again.",
    ),
    ApplyReason(
        "wrong-name",
        "The answer has another name.",
        "Look at the campaign in the account, then plan again.",
    ),
    ApplyReason(
        "still-calling",
        "The account answered an action, and the campaign did not become what it leads to: it may go on calling.",
        "Stop it by hand now, with the pause that the message prints or in the account, then plan again.",
        "Stop it in the account now, or run it again.",
    ),
    ApplyReason(
        "list-not-ready",
        "A ContactList that the campaign needs could not be uploaded, so nothing was sent.",
        "See why its upload failed, then apply again.",
    ),
    ApplyReason(
        "list-incomplete",
        "The account's list never held just the people of the ContactList; no campaign names it.",
        "Apply again; if it stays so, look at the list in the account.",
    ),
    ApplyReason(
        "numbers-refused",
        "The account took not all people of a ContactList as contacts, so no list was made.",
        "Correct the lines of the file that the message names.",
    ),
    ApplyReason(
        "refused",
        "The account refused it: surely not carried out.",
        "Fix what the API reported, then apply again.",
        "Fix what the API reported, then run it again.",
    ),
    ApplyReason(
        "unreachable",
        "No connection was made: surely not carried out.",
        "Apply again; what is done stays done.",
        "Run it again; what is done stays done.",
    ),
    ApplyReason(
        "interrupted",
        "The run ended before it.",
        "Apply again; what is done stays done.",
        "Run it again; what is done stays done.",
    ),
)

APPLY_REASONS = MappingProxyType({row.code: row for row in _APPLY_ROWS})
"""Codes that only the results of an apply carry."""
