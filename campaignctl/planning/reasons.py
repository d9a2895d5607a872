"""Why a change is what it is: every code, first the one that wins where several hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ChangeType(StrEnum):
    """What a plan makes of a manifest or an orphan."""

    CREATE = "create"
    UPDATE = "update"
    TRANSITION = "transition"
    NOOP = "noop"
    HELD = "held"
    BLOCKED = "blocked"
    ORPHAN = "orphan"


@dataclass(frozen=True)
class ReasonCode:
    """A row of the table. `change` is what a change with this reason is."""

    code: str
    change: ChangeType
    doc: str


_B, _H, _N = ChangeType.BLOCKED, ChangeType.HELD, ChangeType.NOOP

_ROWS: Final = (
    ReasonCode("sid-not-found", _B, "The pinned campaign is not in the account."),
    ReasonCode("ambiguous-name", _B, "Several alive campaigns bear the name."),
    ReasonCode("unknown-status", _B, "The account gives the campaign a status that is not known."),
    ReasonCode(
        "incomplete-list", _B, "The account's list could not be read whole, so the name may be in use."
    ),
    ReasonCode("unknown-outcome", _B, "An earlier create may still show up."),
    ReasonCode("other-endpoint", _B, "A campaign of the name is alive on the other SMS endpoint."),
    ReasonCode("list-not-found", _B, "No contact list has the name."),
    ReasonCode("list-ambiguous", _B, "Several contact lists have the name."),
    ReasonCode("failed", _N, "The campaign failed or was canceled: nobody was called."),
    ReasonCode("finished", _N, "The campaign is over."),
    ReasonCode(
        "already-ran",
        _B,
        "The campaign is over and the manifest asks for a new start: that needs a new name.",
    ),
    ReasonCode("nothing-to-end", _N, "The campaign is to be ended, and there is none."),
    ReasonCode("window-over", _N, "The campaign's window is over."),
    ReasonCode("start-passed", _B, "The start has passed, or is too near to be set."),
    ReasonCode("unsafe-start", _B, "It would call before it could be paused."),
    ReasonCode("immutable-field", _B, "A field differs that can no longer change."),
    ReasonCode("cannot-send-whole", _B, "An update could lose what neither manifest nor account shows."),
    ReasonCode("policy", _B, "A policy of level error forbids it."),
    ReasonCode("looks-renamed", _H, "An alive campaign that no manifest names looks like this one."),
    ReasonCode("start-now", _H, "It has no schedule: people are called at once."),
    ReasonCode("start-too-near", _H, "It starts too soon to be stopped again."),
    ReasonCode("earlier-start", _H, "The start would move earlier."),
    ReasonCode("needs-allow", _H, "A resume, complete or archive must be asked for."),
    ReasonCode(
        "orphan", ChangeType.ORPHAN, "An alive campaign with the project's prefix that no manifest matches."
    ),
    ReasonCode("not-live", ChangeType.CREATE, "The account has no such campaign."),
    ReasonCode("fields-differ", ChangeType.UPDATE, "Fields differ."),
    ReasonCode("state-differs", ChangeType.TRANSITION, "The state differs."),
    ReasonCode("cannot-compare", _N, "The account does not show the recipients or the content."),
    ReasonCode("in-sync", _N, "The account is as the manifest asks."),
)

REASONS = MappingProxyType({row.code: row for row in _ROWS})
RANK = MappingProxyType({row.code: rank for rank, row in enumerate(_ROWS)})

APPLY_REASONS = MappingProxyType(
    {
        "appeared": "The campaign appeared after the plan was made.",
        "moved": "The campaign is no longer what the plan showed.",
        "lost-race": "Another run created the campaign first; this run's own was stopped.",
        "started-early": "The campaign was in progress ahead of its start and was paused.",
        "field-lost": "A field did not take or was lost.",
        "wrong-name": "The answer bears another name.",
        "refused": "The account refused it.",
        "unreachable": "No connection was made.",
        "interrupted": "The run ended before it.",
    }
)
"""Codes that only the results of an apply carry."""
