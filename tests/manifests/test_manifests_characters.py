"""A character of a text is found in its file, in whatever style the text is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from example_counts import examples
from hypothesis import given
from hypothesis import strategies as st
from yaml.nodes import MappingNode, ScalarNode

from campaignctl.diagnostics import Position
from campaignctl.manifests.characters import place_in_json, place_of_character
from campaignctl.manifests.nodes import MalformedYamlError, Mark, documents, json_as_yaml
from campaignctl.manifests.places import locate_character


def _scalar(text: str) -> ScalarNode:
    (node, *_) = documents(text)
    assert isinstance(node, MappingNode)
    found = node.value[0][1]
    assert isinstance(found, ScalarNode)
    return found


def _sought(text: str, character: str, variables: dict[str, str] | None = None) -> str:
    """What stands in the file where the character is said to stand, to the end of the line."""
    node = _scalar(text)
    value = node.value if variables is None else _filled(node.value, variables)
    mark = place_of_character(text, node, value.index(character), variables)
    return text.split("\n")[mark.line][mark.column :]


def _filled(text: str, variables: dict[str, str]) -> str:
    for name, value in variables.items():
        text = text.replace(f"${{{name}}}", value)
    return text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("t: It’s due\n", "’s due"),
        ("t: It is\n  what it’s\n  called\n", "’s"),
        ("t:  It   is\n\n\n  what it’s\n", "’s"),
        ("t: 'It''s what it’s'\n", "’s'"),
        ("t: 'It is\n\n  what it’s'\n", "’s'"),
        ('t: "It\\tis \\u0041 it’s"\n', '’s"'),
        ('t: "It\\u2019s"\n', '\\u2019s"'),
        ('t: "It\\x41 \\\n   goes on, it’s"\n', '’s"'),
        ('t: "It\n\n  goes on, it’s"\n', '’s"'),
        ("t: |\n  one\n\n    two\n  it’s\n", "’s"),
        ("t: |-\n  it’s\n", "’s"),
        ("t: |2\n    it’s\n", "’s"),
        ("t: | # said\n  it’s\n", "’s"),
        ("t: >\n  one\n  two\n\n  three\n    four\n  it’s\n", "’s"),
        ("t: >+\n\n  one\n  it’s\n\n\nu: 1\n", "’s"),
        ("t: !!str &it\n  'it’s'\n", "’s'"),
        ("u: &a it’s\nt: *a\n", "’s"),
        ("# a comment with ’\nt: it’s\n", "’s"),
    ],
)
def test_a_character_stands_where_the_file_has_it(text: str, rest: str) -> None:
    assert _sought(text, "’") == rest


def test_what_a_variable_makes_stands_at_the_variable() -> None:
    text = "t: Dear ${who}, your ${what} is due\n"
    variables = {"who": "customers of acme", "what": "bill’s end"}
    assert _sought(text, "’", variables) == "${what} is due"
    assert _sought(text, "u", variables) == "${who}, your ${what} is due"
    assert _sought(text, "y", variables) == "your ${what} is due"


def test_a_dollar_that_is_written_twice_moves_nothing() -> None:
    text = "t: $${a} it’s\n"
    node = _scalar(text)
    assert place_of_character(text, node, "${a} it’s".index("’"), {}) == Mark(0, text.index("’"))


def test_behind_the_end_is_a_place_too() -> None:
    assert place_of_character("t: abc\n", _scalar("t: abc\n"), 3) == Mark(0, 6)
    assert place_of_character('t: "ab\\n"\n', _scalar('t: "ab\\n"\n'), 3) == Mark(0, 8)
    assert place_of_character("t: ''\n", _scalar("t: ''\n"), 0) == Mark(0, 3)


def test_a_place_in_json_counts_both_halves_of_what_lies_beyond() -> None:
    text = json.dumps({"t": "\U0001f600 \U0001f600 it’s"})
    read = json_as_yaml(text)
    node = _scalar(read)
    mark = place_of_character(read, node, node.value.index("’"))
    assert place_in_json(text, mark) == Mark(0, text.index("\\u2019"))
    first = place_of_character(read, node, 0)
    assert place_in_json(text, first) == Mark(0, text.index("\\ud83d"))


_TEXTS = st.text(st.sampled_from("ab’ \n\t'\"\\#:-é$\U0001f600"), min_size=1, max_size=40)


@pytest.mark.parametrize("style", [None, "'", '"', "|", ">"])
@examples(150)
@given(value=_TEXTS, width=st.sampled_from((10, 1000)), unicode=st.booleans())
def test_each_character_of_any_text_is_found_in_every_style(
    style: str | None, value: str, width: int, unicode: bool
) -> None:
    text = yaml.dump(
        {"t": value, "u": 1}, default_style=style, width=width, allow_unicode=unicode, sort_keys=False
    )
    try:
        node = _scalar(text)
    except MalformedYamlError:  # a tab may not stand everywhere
        return
    before = Mark(-1, -1)
    lines = text.split("\n")
    for offset, character in enumerate(node.value):
        mark = place_of_character(text, node, offset)
        assert mark > before, "each stands behind the one before it"
        before = mark
        there = (lines[mark.line] + "\n")[mark.column]
        assert there in (character, "\\") or (there, character) == ("\n", " "), (text, offset)


@pytest.mark.parametrize(
    ("name", "text", "line", "column"),
    [
        ("a.yaml", "---\nspec: {a: 1}\n---\nspec:\n  template: |\n    it’s\n", 6, 7),
        ("a.json", '\ufeff{"spec": {\n  "template": "\\ud83d\\ude00 it’s"}}', 2, 31),
    ],
)
def test_a_character_of_a_file_has_line_and_column(
    tmp_path: Path, name: str, text: str, line: int, column: int
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    document, offset = (1, 2) if name == "a.yaml" else (0, 4)
    found = locate_character(tmp_path, Position(name), document, "spec.template", offset)
    assert found == Position(name, line, column)


def test_a_file_that_is_gone_gives_the_place_that_is_known(tmp_path: Path) -> None:
    where = Position("a.yaml", 3, 1)
    assert locate_character(tmp_path, where, 0, "spec.template", 2) == where
