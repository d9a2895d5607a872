"""Makes dataclasses as `dataclasses.dataclass` does, without compiling their methods at each start.

That one writes the text of six functions for each class and compiles it: 1.7 million instructions, and a plan starts
with ninety classes. Here fields are read by it, and nothing else: the methods are closures over their names, and
constructors that have as many fields share their code. What is asked of a class beyond `frozen` and `slots`, or of a
field beyond a default and being compared and shown, is left to `dataclasses`; so is a class over another with fields.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from functools import cache, partial
from operator import attrgetter
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Final, TypeAlias

from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from dataclasses import dataclass

__all__ = ["dataclass"]

_Fields: TypeAlias = "Sequence[Field[object]]"
_Methods: TypeAlias = "Mapping[str, object]"


class _Factory(NamedTuple):
    """Stands for a value that is made when none is given."""

    make: Callable[[], object]


_GLOBALS: Final[dict[str, object]] = {"_set": object.__setattr__, "_Factory": _Factory}


def _made(cls: type, *, frozen: bool, slots: bool) -> type:
    if any(map(dataclasses.is_dataclass, cls.__bases__)):
        return dataclasses.dataclass(frozen=frozen, slots=slots)(cls)
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    own = fields(made)
    methods = {"__init__": _constructor(made, own, frozen), "__repr__": _repr(own), **_compared(own, frozen)}
    if frozen:
        methods |= _frozen(made, own)
        if slots:
            methods |= _pickled(own)
    explicit_hash = cls.__dict__.get("__hash__") is not None
    for name, method in methods.items():
        if name not in cls.__dict__ or (name == "__hash__" and not explicit_hash):
            setattr(made, name, method)
    made.__dataclass_params__.frozen = frozen  # type: ignore[attr-defined]
    return made


def _constructor(made: type, own: _Fields, frozen: bool) -> FunctionType:
    names = [it.name for it in own]
    defaults = [default for it in own if (default := _default(it)) is not MISSING]
    factories = tuple(place for place, it in enumerate(own) if isinstance(_default(it), _Factory))
    code = _code(len(own), frozen, factories, hasattr(made, "__post_init__"))
    placed = {f"_f{place}": name for place, name in enumerate(names)}
    code = code.replace(
        co_name="__init__",
        co_varnames=("self", *names),
        co_names=tuple(placed.get(it, it) for it in code.co_names),
        co_consts=tuple(placed.get(it, it) if isinstance(it, str) else it for it in code.co_consts),
    )
    function = FunctionType(code, _GLOBALS, "__init__", tuple(defaults))
    function.__annotations__ = {**{it.name: it.type for it in own}, "return": None}
    function.__qualname__ = f"{made.__qualname__}.__init__"
    return function


def _default(one: Field[object]) -> object:
    return one.default if one.default_factory is MISSING else _Factory(one.default_factory)


@cache
def _code(count: int, frozen: bool, factories: tuple[int, ...], then: bool) -> CodeType:
    """Returns the code that sets so many fields; a class puts its own names into it."""
    lines = [f"def made(self{''.join(f', _{place}' for place in range(count))}):"]
    for place in range(count):
        value = f"_{place}"
        if place in factories:
            value = f"{value}.make() if {value}.__class__ is _Factory else {value}"
        lines.append(f"    _set(self, '_f{place}', {value})" if frozen else f"    self._f{place} = {value}")
    lines.append("    self.__post_init__()" if then else "    return None")
    space: dict[str, FunctionType] = {}
    exec("\n".join(lines), space)
    return space["made"].__code__


def _repr(own: _Fields) -> Callable[[object], str]:
    shown = [it.name for it in own if it.repr]

    def shows(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{it}={getattr(self, it)!r}' for it in shown)})"

    return shows


def _values(names: Iterable[str]) -> Callable[[object], tuple[object, ...]]:
    """Returns what takes these of a record."""
    several = tuple(names)
    if len(several) > 1:
        return attrgetter(*several)
    return lambda record: tuple(getattr(record, it) for it in several)


def _compared(own: _Fields, frozen: bool) -> _Methods:
    values = _values(it.name for it in own if it.compare)

    def equals(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return {"__eq__": equals, "__hash__": (lambda self: hash(values(self))) if frozen else None}


def _frozen(made: type, own: _Fields) -> _Methods:
    names = frozenset(it.name for it in own)

    def sets(self: object, name: str, value: object) -> None:
        if type(self) is made or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(made, self).__setattr__(name, value)  # type: ignore[arg-type]

    def deletes(self: object, name: str) -> None:
        if type(self) is made or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(made, self).__delattr__(name)  # type: ignore[arg-type]

    return {"__setattr__": sets, "__delattr__": deletes}


def _pickled(own: _Fields) -> _Methods:
    names = [it.name for it in own]
    values = _values(names)

    def restores(self: object, state: Iterable[object]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return {"__getstate__": lambda self: list(values(self)), "__setstate__": restores}


if not TYPE_CHECKING:

    def dataclass(cls=None, /, *, frozen=False, slots=False):
        """Makes a class of the fields that its statement has."""
        if cls is None:
            return partial(dataclass, frozen=frozen, slots=slots)
        return _made(cls, frozen=frozen, slots=slots)
