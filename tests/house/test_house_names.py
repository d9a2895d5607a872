"""What the code's own words promise a newcomer: a search for a class finds one, and each folder says what it holds."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[2] / "campaignctl"


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(HOUSE.rglob("*.py")):
        yield path.relative_to(HOUSE.parent).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_a_class_name_stands_once_in_the_project() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for file, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{file}:{node.lineno}")
    assert len(places) > 200
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_every_folder_and_module_says_in_its_first_sentence_what_it_holds() -> None:
    silent = [file for file, tree in modules() if not (ast.get_docstring(tree) or "").strip()]
    assert silent == []
