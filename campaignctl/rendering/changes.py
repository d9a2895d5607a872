"""Says what a change and its result say of themselves, in a few words, before any format lays them out."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Final

from campaignctl.kinds import KINDS
from campaignctl.kinds.operations import OPERATIONS, Op, Permission
from campaignctl.kinds.table import Value
from campaignctl.model.permissions import IN_MANIFEST
from campaignctl.model.reasons import APPLY_REASONS, REASONS
from campaignctl.rendering import words
from campaignctl.rendering.documents import BriefChangeDocument, HeldDocument
from campaignctl.text import message, name, unsafe
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from campaignctl.rendering.documents import AnyPlanDocument
    from campaignctl.rendering.result_documents import OperationResultDocument, ResultDocument

SHOWS_ITSELF: Final = frozenset({"not-live", "fields-differ", "state-differs"})
"""Reasons that the rest of a change says better."""

_GATES: Final = ("gate-waiting", "gate-undecided")
_ASKED_OF_CREATE: Final = {
    "looks-renamed": Permission.TWIN,
    "needs-allow": Permission.RESUME,
    **dict.fromkeys(_GATES, Permission.AFTER),
}
"""What releases a held create, by reason; the others ask for a start that is near or at once."""
_ASKED_OF_ALL: Final = {"looks-foreign": Permission.ADOPT}
"""What a complete change waits for, whatever it would do."""


def title(kind: str, campaign: str) -> str:
    """Names a campaign: `voice/diwali-reminder`. One that is pinned and not there has no name to show."""
    short = KINDS[kind].short if kind in KINDS else "list"
    return f"{short}/{name(campaign) if campaign else '(no name)'}"


class Telling(NamedTuple):
    """Holds with what each change of a plan is told: the moment, the currency of its costs and how many changes have
    each name.

    `within` is the environment, where the command took several: there a name alone is no permission.
    """

    now: datetime
    currency: str
    names: Counter[str]
    within: str = ""

    @classmethod
    def of(cls, document: AnyPlanDocument, now: datetime, within: str = "") -> Telling:
        """Makes it for all changes of a plan."""
        return cls(
            now, words.currency(document), Counter(change["name"] for change in document["changes"]), within
        )


def does(change: BriefChangeDocument) -> str:
    """Says the operations in their order, and what is not done."""
    done = [operation["op"] for operation in change["operations"] if "sid" not in operation]
    twins = sum("sid" in operation for operation in change["operations"])
    pauses = (f"pause of {words.counted(twins, 'twin')}",) if twins else ()
    acts = ", then ".join((*done, *pauses))
    kind = change["change"]
    if kind == "blocked":
        return f"blocked, but {acts}" if acts else "blocked"
    if kind == "orphan":
        return f"orphan, {acts}" if acts else "orphan, left as it is"
    if not change["held"]:
        return acts or kind
    waits = _waits(change)
    return f"{acts} now; {waits}" if acts else waits


def _waits(change: BriefChangeDocument) -> str:
    """Says what waits: `create needs approval`; `create waits` for what time alone brings."""
    if change["reason"]["code"] == "gate-waiting":
        return f"{words.listed(each['op'] for each in change['held'])} waits"
    return words.needs_approval(change["held"])


_JSON: Final = json.JSONEncoder(ensure_ascii=False)


def written(value: Value) -> str:
    """Writes a value as JSON does, so that a blank at an end and a digit string are seen as such; `unset` for null."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value.__class__ is int:
        return str(value)
    if value.__class__ is list and {*map(type, value)} == {str}:
        return f"[{', '.join(map(encode_basestring, value))}]"
    return "unset" if value is None else _JSON.encode(value)


def number_count(value: Value) -> str:
    """Counts numbers: `1,200 numbers`."""
    return words.counted(value, "number") if isinstance(value, int) else "numbers"


@dataclass(frozen=True, slots=True)
class Asking:
    """Says how what is held is asked for: flags to paste, and words that the manifest itself may hold instead."""

    flags: str
    in_manifest: str | None


def asking(change: BriefChangeDocument, telling: Telling) -> Asking | None:
    """Returns how it is asked for; None where nothing is held."""
    for_all = _ASKED_OF_ALL.get(change["reason"]["code"])
    if not change["held"] and for_all is None:
        return None
    asked = [for_all] if for_all else [_permission(operation, change) for operation in change["held"]]
    if change["reason"]["code"] in _GATES:
        asked.append(Permission.AFTER)
    permissions = list(dict.fromkeys(permission for permission in asked if permission))
    pattern = _pattern(change, namesake=telling.names[change["name"]] > 1)
    pattern += f"@{telling.within}" if pattern and telling.within else ""
    flags = " ".join(f"--allow {shlex.quote(permission + pattern)}" for permission in permissions)
    allowed = ", ".join(permission for permission in permissions if permission in IN_MANIFEST)
    return Asking(flags, f"metadata.allow: [{allowed}]" if allowed and change["manifest"] else None)


def _permission(operation: HeldDocument, change: BriefChangeDocument) -> Permission | None:
    """Returns what releases an operation: its own word, or that of what is asked of a start or a name.

    None for a pause, which waits only because what comes before or after it does.
    """
    op = Op(operation["op"])
    permission = OPERATIONS[op].permission
    return _ASKED_OF_CREATE.get(change["reason"]["code"], permission) if op is Op.CREATE else permission


def _pattern(change: BriefChangeDocument, *, namesake: bool) -> str:
    """Writes `:NAME` as a shell takes it; a name that cannot be typed is given by SID, else every campaign is
    allowed. `namesake`: another change has the same name; one of both kinds is allowed with its kind.
    """
    campaign = change["name"]
    if unsafe().search(campaign) or name(campaign) != campaign or not campaign:
        return f":{change['sid']}" if change["sid"] and not unsafe().search(change["sid"]) else ""
    return f":{title(change['kind'], campaign)}" if namesake else f":{campaign}"


DONE: Final[Mapping[str, str]] = {op.value: row.done for op, row in OPERATIONS.items()}
_NEXT_BY_OUTCOME: Final[Mapping[str, str]] = {
    "unknown": "apply again: it looks before it repeats anything",
    "failed": "plan again to see what is left to do",
}
_NEXT_BY_HAND_BY_OUTCOME: Final[Mapping[str, str]] = {
    "unknown": "run it again: it looks before it repeats anything",
    "failed": "run it again to see what is left to do",
}


def ending(outcome: str) -> str:
    """Says how an operation ended that was not applied."""
    return {"failed": "failed", "skipped": "not sent"}.get(outcome, "sent, outcome unknown")


def done(operations: Iterable[OperationResultDocument]) -> str:
    """Says what was done: `created, pause failed`, `its twin 0461… paused`; whose it is, is said where it is not
    the change's own.
    """
    return ", ".join(
        (f"its twin {name(each['sid'])} " if "sid" in each else "") + _did(each) for each in operations
    )


def _did(operation: OperationResultDocument) -> str:
    op, outcome = operation["op"], operation["outcome"]
    if outcome == "unchanged":
        return f"{op} not needed"
    return DONE[op] if outcome == "applied" else f"{op} {ending(outcome)}"


def may_go_on_calling(result: ResultDocument) -> bool:
    """Tells whether a campaign was to be stopped and was not seen to be: that is told above everything else."""
    if result["outcome"] not in ("failed", "unknown"):
        return False
    lost = any(it["op"] == "pause" and it["outcome"] in ("failed", "unknown") for it in result["operations"])
    return lost or result["reason"]["code"] == "still-calling"


def troubles(result: ResultDocument) -> tuple[str | None, str | None]:
    """Returns the error and the reason; the error alone where one quotes the other."""
    error, reason = result["error"], result["reason"]
    shows_itself = reason["code"] in SHOWS_ITSELF
    why = None if shows_itself else f"{message(reason['message'])} [{reason['code']}]"
    if error is None:
        return None, why
    told_twice = error["message"] in reason["message"]
    says = reason["message"] if told_twice else error["message"]
    http = f", HTTP {error['http']}" if error["http"] else ""
    return f"{message(says)} [{error['code']}{http}]", None if told_twice else why


def following(result: ResultDocument, *, by_hand: bool = False) -> str | None:
    """Says what a person does now who applied or gave a verb by hand; what is blocked or held said so in its
    reason.
    """
    outcome = result["outcome"]
    if outcome in ("applied", "unchanged"):
        return None
    by_outcome = _NEXT_BY_HAND_BY_OUTCOME if by_hand else _NEXT_BY_OUTCOME
    remedy = None if outcome == "unknown" else _remedy(result["reason"]["code"], by_hand)
    return remedy or by_outcome.get(outcome)


def _remedy(code: str, by_hand: bool) -> str | None:
    """Returns the remedy as its row says it, as a clause; None for what the reason itself tells."""
    late = REASONS.get(code)
    if late is not None:
        sentence = late.by_hand if by_hand else late.late
    else:
        row = APPLY_REASONS.get(code)
        sentence = "" if row is None else row.by_hand if by_hand else row.remedy
    return sentence[:1].lower() + sentence[1:].removesuffix(".") or None
