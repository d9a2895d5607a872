"""Holds the account as the rules look at it: who means what, and what nobody means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from campaignctl.kinds.countries import Country
from campaignctl.model.campaigns import Desired, Live, Snapshot
from campaignctl.planning.absent import Neighbours
from campaignctl.planning.alive import Decision
from campaignctl.planning.lookalikes import Lookalikes
from campaignctl.planning.match import Match, by_name_and_sid, match_all
from campaignctl.planning.newest import newest_finished, on_other_endpoint
from campaignctl.planning.orphans import unmatched, unnamed
from campaignctl.planning.terms import Terms
from campaignctl.recipients.between import WhoLeavesOut


@dataclass(frozen=True)
class AccountView:
    """Holds the account as the rules look at it.

    `all_manifests` are the project's; `unmatched` are the campaigns that none of them means, alive or of unknown
    status; `unnamed` those of the alive ones that none names either. `withdrawn` are dates that a rule does not
    yield.
    """

    all_manifests: Sequence[Desired]
    snapshot: Snapshot
    country: Country | None
    matches: tuple[Match, ...]
    unmatched: tuple[Live, ...]
    unnamed: tuple[Live, ...]
    withdrawn: tuple[tuple[Desired, Live], ...] = ()
    decided: dict[tuple[int, datetime], Decision] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def neighbours(self) -> Neighbours:
        """Returns what stands beside whatever is created."""
        lookalikes = Lookalikes(
            self.unmatched, self.country, newest_finished(self.snapshot, self.all_manifests)
        )
        listings = self.snapshot.listings.items()
        alive = {kind: {it.name: it for it in listing.campaigns if it.alive} for kind, listing in listings}
        return Neighbours(lookalikes, on_other_endpoint(self.snapshot), alive)

    @cached_property
    def by_name(self) -> Mapping[str, Match]:
        """Returns what each manifest that has a name means, by KIND/NAME."""
        return {it.desired.kind_and_name: it for it in self.matches if it.desired.name}

    @cached_property
    def by_word(self) -> Mapping[tuple[str, str], Sequence[Live]]:
        """Returns the campaigns that were read, by kind and name or SID."""
        return by_name_and_sid(self.snapshot.listings)

    @cached_property
    def leaving_out(self) -> WhoLeavesOut[Match]:
        """Returns what finds those that leave out the people of another."""
        return WhoLeavesOut(self.matches, lambda it: it.desired)

    @cached_property
    def awaited(self) -> frozenset[str]:
        """Returns KIND/NAME of the campaigns that others wait for."""
        return frozenset(after.campaign for it in self.all_manifests for after in it.after)

    @cached_property
    def names(self) -> frozenset[str]:
        """Returns all names that stand in the account or in a manifest."""
        live = (it.name for listing in self.snapshot.listings.values() for it in listing.campaigns)
        return frozenset((*live, *(manifest.name for manifest in self.all_manifests if manifest.name)))


def view_account(all_manifests: Sequence[Desired], snapshot: Snapshot, terms: Terms) -> AccountView:
    """Matches the manifests with the campaigns that were read, kind by kind."""
    matches: list[Match] = []
    unmanaged: list[Live] = []
    for kind_name, listing in sorted(snapshot.listings.items()):
        mine = match_all((it for it in all_manifests if it.kind.name == kind_name), listing)
        matches += mine
        unmanaged += unmatched(mine, (live for live in listing.campaigns if not live.finished))
    nobodys = unnamed((live for live in unmanaged if live.alive), all_manifests)
    withdrawn = _withdrawn_dates(nobodys, terms)
    if withdrawn:
        theirs = {(live.kind.name, live.sid) for _, live in withdrawn}
        nobodys = tuple(live for live in nobodys if (live.kind.name, live.sid) not in theirs)
    return AccountView(
        all_manifests, snapshot, terms.country, tuple(matches), tuple(unmanaged), nobodys, withdrawn
    )


def _withdrawn_dates(nobodys: Sequence[Live], terms: Terms) -> tuple[tuple[Desired, Live], ...]:
    if terms.repeating is None:
        return ()
    from campaignctl.planning.withdrawn import withdrawn_dates

    return tuple(withdrawn_dates(terms.repeating, nobodys, terms))
