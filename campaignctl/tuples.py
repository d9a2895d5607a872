"""Makes classes of named tuples as `typing.NamedTuple` does, without reading what their annotations say.

Those are for type checkers, as they are for `typing.NamedTuple` here. At run time that one compiles each annotation
and the text of a function for each class: 0.3 ms for one of five fields, and a start has some sixty classes. This
makes a class in 0.05 ms; its values are made, read, copied and pickled as quickly, for the code is the same.
"""

from __future__ import annotations

import sys
from collections import _tuplegetter  # type: ignore[attr-defined]  # what reads a field of a `namedtuple`
from functools import cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import NamedTuple, Self

__all__ = ["NamedTuple"]

_UNEXPECTED: Final = TypeError if sys.version_info >= (3, 13) else ValueError
_GLOBALS: Final[dict[str, object]] = {"_tuple_new": tuple.__new__}


class _Values(tuple[object, ...]):
    """Has what all named tuples have, as `collections.namedtuple` describes it."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()
    _field_defaults: Mapping[str, object] = {}

    @classmethod
    def _make(cls, values: Iterable[object]) -> Self:
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **changes: object) -> Self:
        made = tuple.__new__(self.__class__, map(changes.pop, self._fields, self))  # as many as it has itself
        if changes:
            raise _UNEXPECTED(f"Got unexpected field names: {list(changes)!r}")
        return made

    def _asdict(self) -> dict[str, object]:
        return dict(zip(self._fields, self, strict=True))

    def __getnewargs__(self) -> tuple[object, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{type(self).__name__}({told})"


class _Maker(type):
    """Makes of a class statement a class of its own fields over `_Values`."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, object]) -> type:
        if not bases:
            return super().__new__(cls, name, bases, namespace)
        annotations = cast("dict[str, object]", namespace.setdefault("__annotations__", {}))
        fields = tuple(annotations)
        defaults = {field: namespace[field] for field in fields if field in namespace}
        code = _code(len(fields)).replace(co_name="__new__", co_varnames=("_cls", *fields))
        make = FunctionType(code, _GLOBALS, "__new__", tuple(defaults.values()))
        make.__annotations__ = annotations
        namespace.update((field, _tuplegetter(place, None)) for place, field in enumerate(fields))
        namespace.update(
            __new__=make, _fields=fields, __match_args__=fields, _field_defaults=defaults, __slots__=()
        )
        return type(name, (_Values, *bases[1:]), namespace)


@cache
def _code(count: int) -> CodeType:
    """Returns the code that makes a tuple of so many fields; a class puts its own names into it."""
    names = "".join(f"_{place}, " for place in range(count))
    code: CodeType = eval(f"lambda _cls, {names}: _tuple_new(_cls, ({names}))").__code__
    return code


if not TYPE_CHECKING:

    class NamedTuple(metaclass=_Maker):
        """Stands before the fields in a class statement."""
