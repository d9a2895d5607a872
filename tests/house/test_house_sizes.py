"""What is short is read: modules, and functions even more."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

pytestmark = pytest.mark.slow  # parsing all modules takes long

ROOT = Path(__file__).parents[2]
HOUSES = ("campaignctl", "simulation")
MOST_LINES, MOST_OF_A_FUNCTION = 500, 60
MOST_OF_NINE_IN_TEN = 17


def lines_of_functions(text: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1, node.name


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    files = (it for house in HOUSES for it in (ROOT / house).rglob("*.py"))
    return {it.relative_to(ROOT).as_posix(): it.read_text(encoding="utf-8") for it in files}


def test_no_module_is_too_long_to_be_read_at_once(texts: dict[str, str]) -> None:
    assert len(texts) > 300
    assert {file: n for file, text in texts.items() if (n := text.count("\n")) > MOST_LINES} == {}


def test_functions_are_short_and_none_is_long(texts: dict[str, str]) -> None:
    found = [(lines, name, file) for file, text in texts.items() for lines, name in lines_of_functions(text)]
    lengths = [lines for lines, _, _ in found]
    assert [it for it in found if it[0] > MOST_OF_A_FUNCTION] == []
    assert median(lengths) < 15
    assert quantiles(lengths, n=10)[-1] <= MOST_OF_NINE_IN_TEN
