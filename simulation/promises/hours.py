"""Says when nobody is to be called: the hours of a policy of level error, which every project here has."""

from __future__ import annotations

from datetime import datetime

from simulation.manifests import IST
from simulation.repository import CLOSES, OPENS


def is_night(moment: float) -> bool:
    """Tells whether a moment is outside calling hours."""
    return not OPENS <= datetime.fromtimestamp(moment, IST).hour < CLOSES
