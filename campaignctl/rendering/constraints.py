"""Says what a key of a document may hold beside its type.

Only the published schemas are made of it: no run looks at it. A document's type is a `TypedDict`; `python -m
campaignctl.deriving` makes its schema of it. The class's docstring and the string below a key describe both, in the
schema's words: `null`, not None.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from campaignctl.kinds import KINDS
from campaignctl.kinds.formats import CURRENCY
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.tuples import NamedTuple


class Constraint(NamedTuple):
    """Limits a value, each limit under its name in JSON Schema; None says nothing.

    `enum` holds the words of a table.
    """

    minimum: int | None = None
    minLength: int | None = None  # noqa: N815  # JSON Schema's own word
    pattern: str | None = None
    format: str | None = None
    enum: tuple[str, ...] | None = None


Amount: TypeAlias = Annotated[int, Constraint(minimum=0)]
Ordinal: TypeAlias = Annotated[int, Constraint(minimum=1)]
Moment: TypeAlias = Annotated[str, Constraint(format="date-time")]
Money: TypeAlias = Annotated[str, Constraint(pattern=r"^[0-9]+(\.[0-9]+)?$")]
Currency: TypeAlias = Annotated[str, Constraint(pattern=f"^{CURRENCY.pattern}$")]
Date: TypeAlias = Annotated[str, Constraint(format="date")]
Digest: TypeAlias = Annotated[str, Constraint(pattern="^[0-9a-f]{12}$")]
ApprovalText: TypeAlias = Annotated[
    str,
    Constraint(pattern="^[0-9a-f]{12}@[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z(\\+([0-9]+|x))*$"),
]
Version: TypeAlias = Annotated[str, Constraint(pattern=r"^1\.[0-9]+$")]
KindName: TypeAlias = Annotated[str, Constraint(enum=tuple(KINDS))]
ChangedKind: TypeAlias = Annotated[str, Constraint(enum=(*KINDS, CONTACT_LIST))]
"""Of a change: a campaign's kind, or a list of the project."""
