"""Finds what appeared between plan and create (rules 10.5, 10.6): a look that is older than a minute is renewed
first. A look shows what has come under another name, too: nobody has held it against the manifests yet (rule 3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from campaignctl.applying.creating import Creator, namesakes
from campaignctl.applying.port import AccountPort, Hooks
from campaignctl.applying.recent_readings import is_old
from campaignctl.errors import AnswerError
from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.planning.lookalikes import Lookalikes
from campaignctl.tuples import NamedTuple


class _Look(NamedTuple):
    began: float
    listing: Listing
    over: tuple[Live, ...]
    come: Lookalikes


@dataclass
class Looks:
    """Holds the newest look at each kind that this run creates.

    `planned_at` is when the plan's own began; None: long ago.
    """

    account: AccountPort
    creator: Creator
    hooks: Hooks
    planned_at: float | None
    country: Country | None = None
    _looks: dict[str, _Look] = field(default_factory=dict)

    def is_old(self, kind: Kind) -> bool:
        """Tells whether a look is so old that somebody may have made or ended a campaign since, unseen."""
        look = self._looks.get(kind.name)
        began = look.began if look else self.planned_at
        return is_old(began, self.hooks.clock)

    def renew(self, kind: Kind) -> None:
        """Looks now. Raises ApiError: what stays unread is no absence."""
        began = self.hooks.clock.monotonic()
        alive, over = self.account.alive(kind), self.account.newest_finished(kind)
        new = self.hooks.newcomers
        come = Lookalikes(new(alive.campaigns), self.country, new(over))
        self._looks[kind.name] = _Look(began, alive, over, come)

    def seen(self, kind: Kind) -> Callable[[Live], Live | None] | None:
        """Returns a function that says how each campaign stands by the newest look, None for one that is alive no
        more. It is None where the plan's own look is the newest.
        """
        look = self._looks.get(kind.name)
        if look is None:
            return None
        by_sid = {live.sid: live for live in (*look.over, *look.listing.campaigns)}
        return lambda live: by_sid.get(live.sid)

    def alive(self, kind: Kind) -> Sequence[Live]:
        """Returns what is alive by the newest look; nothing where that is the plan's own."""
        look = self._looks.get(kind.name)
        return [it for it in look.listing.campaigns if it.alive] if look is not None else ()

    def appeared(self, desired: Desired) -> Live | None:
        """Returns the campaign of a manifest's name that is there by now, alive or over. Raises ApiError."""
        kind, name = desired.kind, desired.name or ""
        look = self._looks.get(kind.name)
        if look is None:
            return None  # the plan has just looked
        listing = self.creator.settling(kind, name, look.listing)
        seen = tuple(live for live in (*listing.campaigns, *look.over) if live.name == name)
        found = next(iter(namesakes(seen, name)), next(iter(seen), None))
        if found is None and not listing.complete:
            raise AnswerError(
                "the account's list could not be read completely: it may have appeared meanwhile"
            )
        return found

    def resembling(self, desired: Desired) -> Live | None:
        """Returns a campaign that came since the plan, that no manifest names, and that looks like this one."""
        look = self._looks.get(desired.kind.name)
        return look.come.oldest(desired) or look.come.newest_finished(desired) if look is not None else None
