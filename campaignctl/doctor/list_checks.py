"""Checks the lists that the project keeps in the account, for `doctor`. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from campaignctl.diagnostics import Severity, counted, some_of
from campaignctl.doctor.facts import Facts, Problem
from campaignctl.model.campaigns import ListRef, Live, given_refs
from campaignctl.model.managed_lists import ManagedList

_MOST_NAMED: Final = 10


def contact_lists(facts: Facts) -> Iterator[Problem]:
    """Checks that no campaign calls a list that does not hold its people, and that no list is there for nothing."""
    in_use = {ref: live for live in facts.alive for ref in given_refs(live)}
    for managed in facts.lists:
        yield from _other_counts(managed, in_use, facts)
        yield from _left_over(managed, {str(ref) for ref in in_use}, facts)


def _other_counts(managed: ManagedList, in_use: dict[ListRef, Live], facts: Facts) -> Iterator[Problem]:
    """Finds a list that was filled or edited by hand after it was uploaded."""
    for ref, live in in_use.items():
        count = managed.counts.get(str(ref))
        if ref.name == managed.name and ref.current and count is not None and count != len(managed.members):
            yield Problem(
                f"its list {ref} holds {count:,} people, and the ContactList {managed.name} {len(managed.members):,}",
                "somebody changed the list in the account: others are called than the manifest says",
                f"{facts.command('pause', live.sid)}; then `{facts.command('plan')}` uploads another list",
                subject=f"{live.kind.short}/{live.name}",
                sid=live.sid,
            )


def _left_over(managed: ManagedList, in_use: set[str], facts: Facts) -> Iterator[Problem]:
    current = {it.sid for it in managed.candidates}
    abandoned = [it.sid for it in managed.candidates if managed.is_abandoned(it) and it.sid not in in_use]
    unused = [it.sid for it in managed.versions if it.sid not in in_use and it.sid not in current]
    for sids, what in (
        (abandoned, "abandoned, since it does not hold its people"),
        (unused, "used by nothing"),
    ):
        if sids:
            yield Problem(
                f"{counted(len(sids), 'list')} of the ContactList {managed.name} in the account: {what} "
                f"({some_of(sids, _MOST_NAMED)})",
                "nobody is called from it, and it is in the way of whoever looks",
                f"{facts.command('apply', '--prune-lists')} deletes what is a week old",
                Severity.WARN,
                subject=f"list/{managed.name}",
            )
