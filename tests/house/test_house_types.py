"""Signatures say what they take and give. What a function must not care about is `object`, never `Any`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import campaignctl

PACKAGE = Path(campaignctl.__file__).parent


def annotations(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            every = (*every, *filter(None, (arguments.vararg, arguments.kwarg)))
            yield from (it for it in (node.returns, *(each.annotation for each in every)) if it is not None)


def aliases(tree: ast.Module) -> Iterator[ast.expr]:
    """What stands at the top of a module may be a type's other name."""
    yield from (node.value for node in tree.body if isinstance(node, ast.Assign))


def uses_any(annotation: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(annotation))


def test_no_signature_outside_the_sandbox_says_any() -> None:
    found = []
    for file in PACKAGE.rglob("*.py"):
        if file.is_relative_to(PACKAGE / "sandbox"):
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found += [
            f"{file.relative_to(PACKAGE)}:{it.lineno}"
            for it in (*annotations(tree), *aliases(tree))
            if uses_any(it)
        ]
    assert found == []


def test_an_any_would_be_found() -> None:
    tree = ast.parse("Bag = dict[str, Any]\ndef one(*a: Any, b: list[Any]) -> Any: ...")
    assert [uses_any(it) for it in (*annotations(tree), *aliases(tree))] == [True] * 4
