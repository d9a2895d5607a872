"""Makes the classes of the tables' rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def row(cls: type[T]) -> type[T]:
    """Makes a class of rows, each equal to itself alone.

    They are frozen for the type checker. What would refuse it at run time, too, is compiled from text by every start
    and called for every field of every row, which takes as long as all else that a table does.
    """
    return dataclass(eq=False, repr=False, match_args=False)(cls)
