"""No module needs itself to be imported: whoever reads one can begin at the bottom."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

HOUSE = Path(__file__).parents[2] / "campaignctl"
MODULES = {
    ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in HOUSE.rglob("*.py")
}


def imported(tree: ast.Module) -> Iterator[str]:
    """What is imported with the module itself: neither for types alone nor when a function runs."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def edges() -> Mapping[str, set[str]]:
    return {
        name: {it for it in imported(ast.parse(path.read_text(encoding="utf-8"))) if it in MODULES}
        for name, path in MODULES.items()
    }


def test_no_module_needs_itself_to_be_imported() -> None:
    """A `CycleError` names the modules that need each other."""
    assert set(TopologicalSorter(edges()).static_order()) == MODULES.keys()
