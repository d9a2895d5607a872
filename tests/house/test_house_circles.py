"""No module is imported by what it imports: not late, inside a function, and not for types alone."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # parsing all modules takes long

HOUSE = Path(__file__).parents[2] / "campaignctl"


def dotted(file: Path, house: Path) -> str:
    path = file.relative_to(house.parent).with_suffix("")
    return ".".join(path.parts[:-1] if path.name == "__init__" else path.parts)


def imported(file: Path, modules: Container[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (it.name for it in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{file}: imports are written in full"
            inside = (f"{node.module}.{it.name}" for it in node.names)
            yield from (it if it in modules else node.module for it in inside)


def imports(house: Path) -> Mapping[str, set[str]]:
    """The modules that each imports, whenever it does; without the package itself, which only offers what is in it."""
    files = {dotted(file, house): file for file in house.rglob("*.py")}
    files.pop(house.name, None)
    return {name: ({*imported(file, files)} & files.keys()) - {name} for name, file in files.items()}


def test_imports_run_in_no_circle() -> None:
    found = imports(HOUSE)
    assert len(found) > 400, "the house was read"
    TopologicalSorter(found).prepare()


@pytest.mark.parametrize(
    "back",
    [
        "from house import a",
        "import house.a",
        "def f():\n    from house.a import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.a import x",
    ],
    ids=["at once", "by its name", "late", "for types"],
)
def test_a_circle_is_found_whenever_it_closes(tmp_path: Path, back: str) -> None:
    house = tmp_path / "house"
    house.mkdir()
    (house / "a.py").write_text("from house.b import x\n", encoding="utf-8")
    (house / "b.py").write_text(f"{back}\n", encoding="utf-8")
    with pytest.raises(CycleError):
        TopologicalSorter(imports(house)).prepare()
