"""Decides on many manifests, each by itself, some of them in copies of the process; what becomes of one depends on no
decision but those that it asks for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any, Final, TypeAlias, cast

from campaignctl.kinds.table import Value
from campaignctl.model.values import UNSEEN
from campaignctl.parallel import Handing, parallel_map
from campaignctl.planning.account_view import AccountView
from campaignctl.planning.alive import Decision
from campaignctl.planning.compare import written_alike
from campaignctl.planning.deciding import decide_match
from campaignctl.planning.match import Match
from campaignctl.planning.terms import Terms, nowhere_else


def decide_each(meant: Sequence[Match], account: AccountView, terms: Terms) -> Iterator[Decision]:
    """Decides on each by itself, as they are asked for. What was decided once under other terms is decided anew."""
    account.decided.clear()
    decide = partial(_decide, account, terms)
    notes_here = terms.find_elsewhere is not nowhere_else  # what it was asked
    if notes_here:
        return decide(meant)
    return parallel_map(decide, meant, handing=ByReference(), made_soon=_is_as_written)


def _decide(account: AccountView, terms: Terms, matches: Iterable[Match]) -> Iterator[Decision]:
    return (decide_match(match, account, terms) for match in matches)


def _is_as_written(match: Match) -> bool:
    """Tells whether a campaign is there as it is written: that is seen at a glance, and little is decided on it."""
    return match.live is not None and written_alike(match.desired.spec, match.live.spec)


class _From(Enum):
    """Says where a value stands that both processes have."""

    MANIFEST = "manifest"
    ACCOUNT = "account"


_Spec: TypeAlias = "Mapping[str, Value | _From]"
_MANIFEST, _ACCOUNT = _From.MANIFEST, _From.ACCOUNT
_RESULTING: Final = Decision.__slots__.index("resulting")


class ByReference(Handing[Match, Decision]):
    """Hands over of the campaign as it will be nothing that stands in its manifest or in the account."""

    def over(self, match: Match, decision: Decision) -> list[object]:
        """Names where such a value stands."""
        wanted, there = match.desired.spec.get, _spec_of(match).get
        resulting: _Spec = {
            name: _MANIFEST
            if value is wanted(name, UNSEEN)
            else _ACCOUNT
            if value is there(name, UNSEEN)
            else value
            for name, value in decision.resulting.items()
        }
        handed: list[object] = [getattr(decision, name) for name in Decision.__slots__]
        handed[_RESULTING] = resulting
        return handed

    def back(self, match: Match, handed: object) -> Decision:
        """Puts in the values that are named."""
        values = cast("list[Any]", handed)
        wanted, there, resulting = match.desired.spec, _spec_of(match), cast("_Spec", values[_RESULTING])
        values[_RESULTING] = {
            name: wanted[name] if value is _MANIFEST else there[name] if value is _ACCOUNT else value
            for name, value in resulting.items()
        }
        return Decision(*values)


def _spec_of(match: Match) -> Mapping[str, Value]:
    return match.live.spec if match.live else {}
