"""Our dataclasses are those of `dataclasses`, made without compiling their methods."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignctl import records
from campaignctl.records import dataclass

FIELDS = ["name", "kind", "make", "x", "count", "index", "self_", "fields"]
BODIES = {
    "plain": "",
    "checked": "    def __post_init__(self):\n        object.__setattr__(self, 'seen', 1)\n",
    "told": "    def __repr__(self):\n        return 'told'\n",
    "equal": "    def __eq__(self, other):\n        return True\n",
    "hashed": "    def __hash__(self):\n        return 7\n",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Stands for what a module of ours has."""

    file: str
    line: NotDefinedHere = 1  # type: ignore[name-defined]  # noqa: F821  # at run time nobody reads it
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    file: str
    seen: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def told(self) -> str:
        return f"{self.file}!"


@dataclass
class Count:
    number: int
    seen: list[int] = field(default_factory=list)


def stated(make: object, lines: list[str], body: str, how: dict[str, bool]) -> Any:
    """The class of a statement with these fields, made by one or the other."""
    space: dict[str, Any] = {"make": make, "field": field, "how": how, "__name__": __name__}
    exec("\n".join(["@make(**how)", "class Alike:", "    '''Says something.'''", *lines, body]), space)
    return space["Alike"]


def outcome(act: Callable[[], object]) -> object:
    """What comes of it, or of which kind the error is, and what it says where somebody wrote it."""
    try:
        made = act()
    except dataclasses.FrozenInstanceError as error:
        return type(error), str(error)
    except Exception as error:
        return type(error)
    return made


def written(data: st.DataObject, names: list[str]) -> list[str]:
    """Fields, from a place on with a default each: a value or what makes one, compared and shown or not."""
    first = data.draw(st.integers(0, len(names)))
    lines = []
    for place, name in enumerate(names):
        settings = [it for it in ("compare=False", "repr=False") if data.draw(st.booleans())]
        if place >= first:
            settings.append(data.draw(st.sampled_from(("default=7", "default_factory=list", "default=None"))))
        plain = f"    {name}: int" + (" = 7" if place >= first else "")
        given_so = f"    {name}: int = field({', '.join(settings)})"
        lines.append(given_so if data.draw(st.booleans()) else plain)
    return lines


@given(data=st.data(), names=st.lists(st.sampled_from(FIELDS), unique=True), body=st.sampled_from([*BODIES]))
def test_a_class_is_the_one_that_dataclasses_makes_of_its_statement(
    data: st.DataObject, names: list[str], body: str
) -> None:
    how = {"frozen": data.draw(st.booleans()), "slots": data.draw(st.booleans())}
    lines = written(data, names)
    theirs, ours = (stated(it, lines, BODIES[body], how) for it in (dataclasses.dataclass, dataclass))
    by_place = data.draw(st.lists(st.integers(0, 3), max_size=len(names) + 1))
    other = data.draw(st.lists(st.integers(0, 3), max_size=len(names)))
    by_name = data.draw(st.dictionaries(st.sampled_from([*FIELDS, "unknown"]), st.integers(0, 3)))
    others = () if how["slots"] else ("unknown",)  # whose error depends on the version of Python
    name = data.draw(st.sampled_from([*names, *others] or [""]))
    acts: list[Callable[[Any], object]] = [
        lambda it: repr(it(*by_place, **by_name)),
        lambda it: repr(replace(it(*by_place), **by_name)),
        lambda it: dataclasses.asdict(it(*by_place)),
        lambda it: [getattr(it(*by_place), one) for one in names],
        lambda it: it(*by_place) == it(*other),
        lambda it: it(*by_place) != object(),
        lambda it: hash(it(*by_place)),
        lambda it: name and setattr(it(*by_place), name, 1),
        lambda it: name and delattr(it(*by_place), name),
        lambda it: [getattr(copy.copy(it(*by_place)), one) for one in names],
        lambda it: hasattr(it(*by_place), "__dict__"),
        lambda it: (it.__match_args__, it.__doc__, it.__module__, it.__name__, it.__qualname__),
        lambda it: (it.__dataclass_params__.frozen, [one.name for one in dataclasses.fields(it)]),
        lambda it: [(one.name, one.kind) for one in inspect.signature(it).parameters.values()],
        lambda it: [*it.__init__.__annotations__.items()],
        lambda it: it.__hash__ is None,
    ]
    for act in acts:
        assert outcome(lambda act=act: act(ours)) == outcome(lambda act=act: act(theirs))  # type: ignore[misc]


def test_each_value_has_its_own_of_what_is_made() -> None:
    one, other = Count(1), Count(1)
    one.seen.append(2)
    assert (one.seen, other.seen) == ([2], [])
    assert View("a").seen is not View("a").seen
    assert View("a.yaml").told == "a.yaml!"


def test_a_value_is_copied_and_handed_to_another_process() -> None:
    for value in (Place("a.yaml", 2), View("a.yaml", {"b": 1}), Count(3, [4])):
        for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
            assert other == value
            assert type(other) is type(value)


@pytest.mark.parametrize("make", [dataclass, dataclasses.dataclass])
def test_a_class_may_be_over_another(make: Any) -> None:
    @make(frozen=True)
    class Wider(View):
        more: int = 0

    assert Wider("a", more=2) == Wider("a", {"not": 1}, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Wider("a").file = "b"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["plan", "apply", "validate"])
def test_a_start_loads_no_dataclass_of_another_make(command: str) -> None:
    loading = f"import sys, campaignctl.cli.{command}, campaignctl.api.client\nprint(*sorted(sys.modules))"
    said = subprocess.run((sys.executable, "-c", loading), check=True, capture_output=True, text=True)
    ours = [it for it in said.stdout.split() if it.startswith("campaignctl.")]
    house = Path(records.__file__).parent
    files = (house.joinpath(*it.split(".")[1:]).with_suffix(".py") for it in ours)
    texts = {
        file.name: file.read_text("utf-8") for file in files if file.exists() and file.name != "records.py"
    }
    plain = re.compile(r"^@(dataclasses\.)?dataclass(\((frozen=True)?(, slots=True)?\))?$", re.MULTILINE)
    made = re.compile(r"^from campaignctl\.records import dataclass$", re.MULTILINE)
    assert len(texts) > 40, "modules were read"
    assert [name for name, text in texts.items() if plain.search(text) and not made.search(text)] == []
