"""Defines what a reviewer approves (rule 11): a plan's digest, the moment until which it holds, and how many people
are in the lists that it reaches. An approval is as old as the plan that was read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from campaignctl.diagnostics import some_of
from campaignctl.errors import RefusedError, UsageError
from campaignctl.tuples import NamedTuple

_FORMAT: Final = "%Y-%m-%dT%H:%MZ"
_WRITTEN: Final = re.compile(
    r"(?P<digest>[0-9a-f]{12})@(?P<until>\d{4}-\d\d-\d\dT\d\d:\d\dZ)(?P<counts>(?:\+(?:\d{1,9}|x))*)",
    re.ASCII,
)
_UNKNOWN: Final = "x"
MOST_COUNTS: Final = 10
"""Of one approval: of more lists nobody reads them, and a plan file is needed."""
_EXAMPLE: Final = "9f2c41aa07be@2027-01-15T03:20Z"


def approval_of(digest: str, expires_at: datetime, counts: Sequence[int | None] = ()) -> str:
    """Writes `DIGEST@TIME+COUNT…`: the time in UTC to the minute, rounded down, and a count for each list, `x`
    where it is unknown.
    """
    counts = counts if len(counts) <= MOST_COUNTS else ()
    told = "".join(f"+{_UNKNOWN if count is None else count}" for count in counts)
    return f"{digest}@{expires_at.astimezone(UTC).strftime(_FORMAT)}{told}"


def _count(text: str) -> int | None:
    return None if text == _UNKNOWN else int(text)


_MOST_NAMED: Final = 3


class Approval(NamedTuple):
    """Holds the approval that `--expect` was given."""

    digest: str
    until: datetime
    counts: tuple[int | None, ...] = ()

    @classmethod
    def read(cls, text: str) -> Approval:
        """Reads an approval. Raises UsageError for a text that is shorter than one or is none."""
        found = _WRITTEN.fullmatch(text.strip())
        try:
            if found is not None:
                until = datetime.strptime(found["until"], _FORMAT).replace(tzinfo=UTC)
                counts = found["counts"].split("+")[1:]
                return cls(found["digest"], until, tuple(map(_count, counts)))
        except ValueError:  # such as a 13th month
            pass
        raise UsageError(
            f"--expect takes the complete approval, DIGEST@TIME such as {_EXAMPLE} and what follows it: give what "
            "`plan` and `show` print after Approve, and the JSON as `approval`"
        )

    def hold_against(self, digest: str, now: datetime, came: Sequence[str] = ()) -> None:
        """Refuses a plan that is another, or whose moment has passed, with RefusedError.

        `came` are dates that the plan has gained since midnight.
        """
        if self.until <= now:
            raise RefusedError(
                f"the approval expired at {self.until.isoformat()}; plan again and review that plan"
            )
        if self.digest != digest:
            dates = f" (since midnight it has {some_of(came, _MOST_NAMED)})" if came else ""
            raise RefusedError(
                f"this plan has digest {digest}{dates}, and {self.digest} was approved; review it again"
            )
