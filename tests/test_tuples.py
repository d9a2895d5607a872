"""Our named tuples are those of `typing`, made without reading annotations."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from hypothesis import given
from hypothesis import strategies as st

import campaignctl
from campaignctl.tuples import NamedTuple

HOUSE = Path(campaignctl.__file__).parent
T = TypeVar("T")
FIELDS = ["name", "kind", "where", "x", "count", "index", "fields"]


class Place(NamedTuple):
    """Stands for what a module of ours has."""

    file: str
    line: NotDefinedHere = 1  # type: ignore[name-defined]  # noqa: F821  # at run time nobody reads it
    column: int | None = None

    @property
    def told(self) -> str:
        return f"{self.file}:{self.line}"

    def down(self) -> Place:
        return self._replace(line=self.line + 1)


class Pair(NamedTuple, Generic[T]):
    one: T
    other: T


def stated(base: object, fields: list[str], defaults: dict[str, int]) -> Any:
    """The class of a statement with these fields, over one base or the other."""
    lines = (f"    {name}: int" + (f" = {defaults[name]}" if name in defaults else "") for name in fields)
    space: dict[str, Any] = {"NamedTuple": base, "__name__": __name__}
    exec("\n".join(["class Alike(NamedTuple):", "    '''Says something.'''", *lines]), space)
    return space["Alike"]


def outcome(act: Callable[[], object]) -> object:
    """What comes of it, or of which kind the error is; a value of a class is told by its text and what it holds."""
    try:
        made = act()
    except Exception as error:
        return type(error)
    return (repr(made), tuple(made)) if isinstance(made, tuple) else made


@given(data=st.data(), fields=st.lists(st.sampled_from(FIELDS), unique=True))
def test_a_class_is_the_one_that_typing_makes_of_its_statement(
    data: st.DataObject, fields: list[str]
) -> None:
    defaults = dict.fromkeys(fields[data.draw(st.integers(0, len(fields))) :], 7)
    theirs, ours = (stated(base, fields, defaults) for base in (typing.NamedTuple, NamedTuple))
    by_place = data.draw(st.lists(st.integers(0, 3), max_size=len(fields) + 1))
    by_name = data.draw(st.dictionaries(st.sampled_from([*FIELDS, "unknown"]), st.integers(0, 3)))
    acts: list[Callable[[Any], object]] = [
        lambda it: it(*by_place, **by_name),
        lambda it: it(*by_place)._replace(**by_name),
        lambda it: it(*by_place)._asdict(),
        lambda it: it._make(by_place),
        lambda it: [getattr(it(*by_place), name) for name in fields],
        lambda it: it(*by_place) == tuple(by_place),
        lambda it: (
            it._fields,
            it._field_defaults,
            it.__match_args__,
            it.__doc__,
            it.__slots__,
            it.__module__,
        ),
        lambda it: (it.__name__, it.__qualname__, list(it.__annotations__)),
        lambda it: [(one.name, one.kind, one.default) for one in inspect.signature(it).parameters.values()],
        lambda it: list(it.__new__.__annotations__),
        lambda it: hasattr(it(*by_place), "__dict__"),
    ]
    for act in acts:
        assert outcome(lambda act=act: act(ours)) == outcome(lambda act=act: act(theirs))  # type: ignore[misc]


def test_methods_and_properties_are_those_of_the_statement() -> None:
    assert Place("a.yaml").down() == Place("a.yaml", 2)
    assert Place("a.yaml", 3).told == "a.yaml:3"
    match Place("a.yaml", column=4):
        case Place(file, line, column):
            assert (file, line, column) == ("a.yaml", 1, 4)


def test_a_value_is_copied_and_handed_to_another_process() -> None:
    place = Place("a.yaml", 2)
    for other in (copy.copy(place), copy.deepcopy(place), pickle.loads(pickle.dumps(place))):
        assert other == place
        assert type(other) is Place


def test_a_class_may_be_generic() -> None:
    pair: Pair[int] = Pair(1, 2)
    assert pair.one + pair.other == 3
    assert typing.get_args(Pair[int]) == (int,)


def test_no_module_has_named_tuples_of_another_make() -> None:
    other = re.compile(r"from typing import .*\bNamedTuple\b|typing\.NamedTuple|\bnamedtuple\(")
    files = [file for file in HOUSE.rglob("*.py") if file.name != "tuples.py"]
    assert len(files) > 400, "the house was read"
    assert [file for file in files if other.search(file.read_text(encoding="utf-8"))] == []
