"""Writes `report NAME --usage`: the `usage:` block that a finished campaign's own numbers would give.

Nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from campaignctl.model.campaigns import Live
from campaignctl.model.outcomes import Cell, Row
from campaignctl.policy.prediction import retry_intervals

_ANSWERED = "completed"


class UsageWriter:
    """Counts rows as they come, and writes the block when they have come: no row, and nothing of a person."""

    def __init__(self, live: Live) -> None:
        self.left_out: list[str] = []
        self._attempts = 1 + len(retry_intervals(live.spec.get("retries")))
        self._people = self._answered = 0
        self._talks: list[int] = []

    def batch(self, rows: Sequence[Row]) -> str:
        """Counts rows, and returns nothing; see `Writer`."""
        for row in rows:
            self._people += 1
            if row.get("status") == _ANSWERED:
                self._answered += 1
                self._talks += [seconds for seconds in [_seconds(row.get("duration"))] if seconds is not None]
        return ""

    def end(self) -> str:
        """Writes the block, ready to paste; what the account does not show is left out."""
        if not self._people:
            return "# no recipients: no usage\n"
        lines = ["usage:", f"  answer: [{self._rate()}]{self._remark()}"]
        if self._talks:
            lines.append(f"  talk: {-(-sum(self._talks) // len(self._talks))}s")
            lines.append(f"  longest_talk: {max(self._talks)}s")
        return "".join(f"{line}\n" for line in lines)

    def _rate(self) -> str:
        """Returns the share who answer an attempt, the same in each of them, of which so many answered in the end."""
        rate = 1 - (1 - self._answered / self._people) ** (1 / self._attempts)
        return f"{rate:.4f}".rstrip("0").rstrip(".")

    def _remark(self) -> str:
        several = "  # the same in each attempt: the account does not tell them apart"
        return several if self._attempts > 1 else ""


def _seconds(cell: Cell) -> int | None:
    """Reads a duration as rows have it."""
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        return max(0, int(float(str(cell))))
    except (ValueError, OverflowError):
        return None
