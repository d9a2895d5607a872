"""The numbers that manifest and account write alike are kept once: they are what is large about a campaign."""

from __future__ import annotations

from campaignctl.planning.resources import Desired, Live


def sharing(live: Live, desired: Desired) -> Live:
    """The campaign, with the manifest's own numbers where they are written alike; it says what it said."""
    for field in live.kind.numbers:
        theirs, mine = live.spec.get(field.name), desired.spec.get(field.name)
        if isinstance(theirs, tuple) and isinstance(mine, list) and theirs == tuple(mine):
            live = live.showing({**live.spec, field.name: mine})
    return live
