"""Makes the classes of the tables' rows."""

from __future__ import annotations

from typing import ClassVar, Self, dataclass_transform


@dataclass_transform(eq_default=False, frozen_default=True)
class Row:
    """Stands for a row of a table, equal to itself alone. A class of rows states its fields as a dataclass does.

    They are frozen for the type checker, which also tells what is missing or misspelt: `dataclass` would compile a
    function for each class, and a start has 250 rows. A field that is left out is read from the class.
    """

    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Notes the fields in the order of the class statement."""
        cls._names = tuple(cls.__annotations__)

    def __init__(self, *values: object, **named: object) -> None:
        """Takes the fields by place or by name."""
        self.__dict__.update(zip(self._names, values, strict=False), **named)
        self._check()

    def _check(self) -> None:
        """Refuses a row that contradicts itself; for a class to say when."""

    def replace(self, **changes: object) -> Self:
        """Returns a row that says something else there."""
        given = {name: self.__dict__[name] for name in self._names if name in self.__dict__}
        return type(self)(**{**given, **changes})
