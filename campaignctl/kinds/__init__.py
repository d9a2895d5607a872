"""Says what a campaign is: one row for each field, one table of transitions. Data only; everything else is derived.

A kind of campaign is one module here and one name in `KINDS`.
"""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from types import MappingProxyType

from campaignctl.kinds.sms import SMS
from campaignctl.kinds.table import Kind
from campaignctl.kinds.voice import VOICE

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in (VOICE, SMS)})


def kind_of(campaign: str) -> Kind:
    """Returns the kind of a campaign that is written KIND/NAME."""
    short = campaign.partition("/")[0]
    return next(kind for kind in KINDS.values() if kind.short == short)


def _named(name: str) -> Kind:
    return KINDS[name]


copyreg.pickle(Kind, lambda kind: (_named, (kind.name,)))
"""There is one of each, in another process too."""

__all__ = ["KINDS", "SMS", "VOICE", "kind_of"]
