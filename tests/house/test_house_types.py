"""Signatures say what they take and give, in the sandbox too. What a function does not use is `object`, never `Any`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import campaignctl

pytestmark = pytest.mark.slow  # parsing all modules takes long

PACKAGE = Path(campaignctl.__file__).parent


def annotations(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            every = (*every, *filter(None, (arguments.vararg, arguments.kwarg)))
            yield from (it for it in (node.returns, *(each.annotation for each in every)) if it is not None)


def crossing(tree: ast.Module) -> Iterator[ast.expr]:
    """What other modules see: the types of a module's tables, its other names for types, the fields of its classes."""
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    for node in (*tree.body, *(member for each in classes for member in each.body)):
        if isinstance(node, ast.Assign):
            yield node.value
        elif isinstance(node, ast.AnnAssign):
            yield from (node.annotation, *([node.value] if node.value else []))


def uses_any(annotation: ast.expr) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "Any")
        or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.search(r"\bAny\]", node.value)
        )
        for node in ast.walk(annotation)
    )


def test_no_signature_field_or_table_says_any() -> None:
    """Inside a function, JSON that somebody else made may be taken apart as `Any`."""
    found = []
    for file in PACKAGE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if "Any" not in text:
            continue  # parsing takes long
        tree = ast.parse(text)
        found += [
            f"{file.relative_to(PACKAGE)}:{it.lineno}"
            for it in (*annotations(tree), *crossing(tree))
            if uses_any(it)
        ]
    assert found == []


def test_an_any_would_be_found() -> None:
    tree = ast.parse(
        "Bag = dict[str, Any]\nOTHER: Bag = list[Any]()\nTABLE: dict[str, Any] = {}\n"
        "class Row:\n    data: Any\ndef one(*a: Any, b: list[Any]) -> Any: ..."
    )
    assert [uses_any(it) for it in (*annotations(tree), *crossing(tree))].count(True) == 7
