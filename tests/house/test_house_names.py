"""What the code's own words promise a newcomer: a search for a class finds one, and each folder says what it holds."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from campaignctl import errors

pytestmark = pytest.mark.slow  # parsing all modules takes long

HOUSE = Path(__file__).parents[2] / "campaignctl"
BESIDE = ("simulation", "benchmarks")


class Module(NamedTuple):
    """What a module says of itself: its own docstring, its classes, and the docstrings of all that has one."""

    file: str
    says: str
    classes: tuple[tuple[str, int], ...]
    documented: tuple[tuple[str, int, str], ...]


@cache
def modules(folder: Path = HOUSE) -> tuple[Module, ...]:
    """Parsing takes long, and trees are large: what is asked of them is kept instead."""
    return tuple(
        module_of(path.relative_to(folder.parent).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(folder.rglob("*.py"))
    )


def module_of(file: str, tree: ast.Module) -> Module:
    classes = ((it.name, it.lineno) for it in ast.walk(tree) if isinstance(it, ast.ClassDef))
    return Module(file, ast.get_docstring(tree) or "", tuple(classes), tuple(documented(tree)))


def test_a_class_name_stands_once_in_the_project() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for folder in (HOUSE, HOUSE.parent / "simulation"):
        for module in modules(folder):
            for name, line in module.classes:
                places[name].append(f"{module.file}:{line}")
    assert len(places) > 200
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_every_folder_and_module_says_in_its_first_sentence_what_it_holds() -> None:
    silent = [module.file for module in modules() if not module.says.strip()]
    assert silent == []


NOUNS = (
    "Always|As|Besides|Campaigns|Columns|Dates|Faults|Files|Headers|Is|Its|Lines|Manifests|Others|Policies|Rows|"
    "Segments|Sometimes|Texts|This|Times|Values|Versions"
)
VERB = re.compile(rf"(?!({NOUNS})\b)(See|[A-Z][a-z]+s)\b")


def documented(tree: ast.Module) -> Iterator[tuple[str, int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            doc = ast.get_docstring(node)
            if doc is not None and not is_command(node):
                name = "the module" if isinstance(node, ast.Module) else node.name
                yield name, node.body[0].lineno, doc


def is_command(node: ast.AST) -> bool:
    """The docstring of a command is its `--help`: it tells the user what to do."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any(word in ast.unparse(it) for it in decorators for word in ("command", "group"))


def test_every_docstring_is_a_sentence_that_begins_with_its_verb() -> None:
    """`Returns the server's clock.`, not `The server's clock.`: a newcomer need not guess what is said of it."""
    without_verb = [
        f"{module.file}:{line} {name}: {doc.splitlines()[0][:60]}"
        for folder in (HOUSE, *(HOUSE.parent / name for name in BESIDE))
        for module in modules(folder)
        for name, line, doc in module.documented
        if VERB.match(doc) is None
    ]
    assert without_verb == []


def test_every_error_has_its_code_in_the_published_list() -> None:
    kinds = [errors.CampaignctlError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert {kind.code for kind in kinds} == set(errors.ERROR_CODES)


GONE = frozenset(
    [
        "ailment",
        "ailments",
        "barren",
        "carrier",
        "crowd",
        "crowded",
        "crowds",
        "everyone",
        "fate",
        "headway",
        "hush",
        "meanwhile",
        "mend",
        "outlook",
        "patience",
        "reckon",
        "salvage",
        "sought",
        "strangers",
        "symptoms",
        "weigh",
        "whole",
        "wish",
    ]
)
"""Words that were the project's own: names use the field's (docs/architecture.md)."""
CONTRACT = {"ailments", "crowds", "mend", "whole", "cannot_send_whole"}
"""Keys of documents that programs read, and the rule that is named as its reason."""


def named(tree: ast.AST) -> Iterator[str]:
    """What functions, classes, parameters and variables are called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def words_of(name: str) -> set[str]:
    return {it.lower() for it in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_names_are_made_of_the_fields_words() -> None:
    found = {
        f"{path.relative_to(HOUSE)}: {name}"
        for path in HOUSE.rglob("*.py")
        for name in named(ast.parse(path.read_text(encoding="utf-8")))
        if words_of(name) & GONE and name not in CONTRACT
    }
    assert found == set()


def test_a_home_made_word_would_be_found() -> None:
    tree = ast.parse("class StrangersList: ...\ndef weigh_all(crowd): ...\nfate, wholesale = 1, 2")
    names = [name for name in named(tree) if words_of(name) & GONE]
    assert sorted(names) == ["StrangersList", "crowd", "fate", "weigh_all"]
