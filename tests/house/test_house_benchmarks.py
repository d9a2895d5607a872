"""The benchmarks, which no test runs, name what is there: else whoever renames something breaks them unseen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def named(file: Path) -> Iterator[tuple[str, str]]:
    """What a file imports of the product: the module, and the name in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("campaignctl"):
            yield from ((node.module or "", it.name) for it in node.names)


def is_there(module: str, name: str) -> bool:
    try:
        exec(f"from {module} import {name}", {})
    except ImportError:
        return False
    return True


def test_what_the_benchmarks_import_of_the_product_is_there() -> None:
    imported = {(file.name, *it) for file in BENCHMARKS.rglob("*.py") for it in named(file)}
    assert len(imported) > 20, "they were read"
    assert [it for it in sorted(imported) if not is_there(*it[1:])] == []


def test_a_name_that_is_gone_is_found() -> None:
    assert not is_there("campaignctl.policy.runs", "outlooks_of")
