"""Checks right before a write whom the campaigns that it suppresses have called by now (gates.md 3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from campaignctl.api.client import Client
from campaignctl.api.lookup import find
from campaignctl.applying.port import TooLateError
from campaignctl.clock import Clock
from campaignctl.kinds.countries import Country
from campaignctl.model.campaigns import Desired
from campaignctl.model.naming import AskedName
from campaignctl.model.suppression import Shown
from campaignctl.planning.earlier import called_already, shown_by

_YOUNG_SECONDS = 60.0
"""How long one reading serves."""


@dataclass
class EarlierWatch:
    """Asks the account for each campaign once a minute, and only where somebody is about to be called."""

    client: Client
    manifests: Sequence[Desired]
    clock: Clock
    country: Country | None
    seen: dict[str, tuple[float, Shown]] = field(default_factory=dict)

    def checked(self, desired: Desired) -> Desired:
        """Returns the manifest itself, once nobody in it was called by now.

        Raises:
            TooLateError: somebody in it was called by now.
        """
        shown = {name: self._shown(name) for name in desired.shown}
        reason = called_already(desired, shown)
        if reason is not None:
            raise TooLateError(reason)
        return desired

    def _shown(self, name: str) -> Shown:
        """Reads what a campaign shows. Raises `ApiError` where it cannot be read: then nothing is sent."""
        at, known = self.seen.get(name, (0.0, None))
        now = self.clock.monotonic()
        if known is None or now - at > _YOUNG_SECONDS:
            found = [find(self.client, AskedName.read(word)) for word in self._words(name)]
            campaigns = {live.sid: live for each in found for live in each.campaigns}
            known = shown_by(campaigns.values(), True, self.client.now(), self.country)
            self.seen[name] = (now, known)
        return known

    def _words(self, name: str) -> Iterable[str]:
        """Returns the words by which a manifest's campaigns are looked for: its name, its pin, its previous name."""
        kind, _, _ = name.partition("/")
        other = next((it for it in self.manifests if it.kind_and_name == name), None)
        words = (
            [name, *(f"{kind}/{it}" for it in (other.sid, other.previous_name) if it)] if other else [name]
        )
        return dict.fromkeys(words)
