"""A contact list that a manifest gives by name, as it is read: nobody looked it up yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaignctl.model.plan import Reason


class ListName(str):
    """Stands in a manifest's `lists` for one that is given by name. Its text is as written, which no SID can be.

    `reason` is why it could not be resolved; None where nobody looked yet.
    """

    name: str
    reason: Reason | None

    def __new__(cls, name: str, reason: Reason | None = None) -> ListName:
        """The marker of a name."""
        marker = super().__new__(cls, f"{{name: {name}}}")
        marker.name, marker.reason = name, reason
        return marker
