"""Decides on many manifests, each by itself, some of them in copies of the process; what becomes of one depends on no
decision but those that it asks for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Final, TypeAlias, cast

from campaignctl.kinds.table import Value
from campaignctl.model.values import UNSEEN
from campaignctl.parallel import Handing, parallel_map
from campaignctl.planning.account_view import AccountView
from campaignctl.planning.alive import Decision
from campaignctl.planning.deciding import decide_match
from campaignctl.planning.match import Match
from campaignctl.planning.terms import Terms, nowhere_else


def decide_each(meant: Sequence[Match], account: AccountView, terms: Terms) -> list[Decision]:
    """Decides on each by itself. What was decided once under other terms is decided anew."""
    account.decided.clear()
    decide = partial(_decide, account, terms)
    if terms.find_elsewhere is not nowhere_else:  # it notes here what it was asked
        return list(decide(meant))
    return list(parallel_map(decide, meant, handing=ByReference()))


def _decide(account: AccountView, terms: Terms, matches: Iterable[Match]) -> Iterator[Decision]:
    return (decide_match(match, account, terms) for match in matches)


class _From(Enum):
    """Says where a value stands that both processes have."""

    MANIFEST = "manifest"
    ACCOUNT = "account"


_Spec: TypeAlias = "Mapping[str, Value | _From]"
_OTHERS: Final = tuple(name for name in Decision.__slots__ if name != "resulting")


class ByReference(Handing[Match, Decision]):
    """Hands over of the campaign as it will be nothing that stands in its manifest or in the account."""

    def over(self, match: Match, decision: Decision) -> tuple[object, ...]:
        """Names where such a value stands."""
        wanted, there = match.desired.spec, _spec_of(match)

        def told(name: str, value: Value) -> Value | _From:
            if value is wanted.get(name, UNSEEN):
                return _From.MANIFEST
            return _From.ACCOUNT if value is there.get(name, UNSEEN) else value

        resulting: _Spec = {name: told(name, value) for name, value in decision.resulting.items()}
        return resulting, *(getattr(decision, name) for name in _OTHERS)

    def back(self, match: Match, handed: object) -> Decision:
        """Puts in the values that are named."""
        resulting, *others = cast("tuple[_Spec, object]", handed)
        sources = {_From.MANIFEST: match.desired.spec, _From.ACCOUNT: _spec_of(match)}
        spec = {
            name: sources[value][name] if isinstance(value, _From) else value
            for name, value in resulting.items()
        }
        return Decision(resulting=spec, **dict(zip(_OTHERS, others, strict=True)))  # type: ignore[arg-type]


def _spec_of(match: Match) -> Mapping[str, Value]:
    return match.live.spec if match.live else {}
