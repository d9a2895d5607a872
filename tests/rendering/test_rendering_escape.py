"""Text from outside cannot act on a terminal or a log."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.text import cut, json_safe, unsafe, visible, without_command

UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_every_control_format_and_separator_character_is_unsafe() -> None:
    everything = map(chr, range(sys.maxunicode + 1))
    missed = [
        it for it in everything if unicodedata.category(it) in UNSAFE_CATEGORIES and not unsafe().match(it)
    ]
    assert missed == []


@pytest.mark.parametrize(
    "text", ["Café – naïve", "दिवाली के लिए", "日本語 😀", "a • b → c", "ordinary, text."]
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.sampled_from("ab•\x7f\n\x85\u115f\u202e\U000e0041é") | st.characters()))
def test_nothing_unsafe_is_left_whatever_stands_beside_it(text: str) -> None:
    assert not unsafe().search(visible(text))
    assert unsafe().search(text) or visible(text) == text


@given(st.text(alphabet=st.characters() | st.sampled_from("\x00\x1f\x7f\x80•\u202e\U000e0041")))
def test_written_json_holds_nothing_unsafe_and_means_the_same(text: str) -> None:
    written = json_safe(json.dumps(text, ensure_ascii=False))
    assert not unsafe().search(written)
    assert json.loads(written) == text


def test_what_is_unsafe_is_spelt_out() -> None:
    assert visible("a\x1b[31m\nb\u202e\U000e0041") == "a\\u001b[31m\\nb\\u202e\\U000e0041"


def test_a_long_text_is_cut_and_says_so() -> None:
    assert cut("a" * 10_000, 5) == "aaaaa… (10,000 characters)"
    assert cut("aaaaa", 5) == "aaaaa"


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("::error::x", "\\u003a:error::x"),
        ("   ::error::x", "   \\u003a:error::x"),
        ("a ##[group]b", "a \\u0023#[group]b"),
        ("##vso[task]", "\\u0023#vso[task]"),
        ("a::b ## c", "a::b ## c"),
    ],
)
def test_no_row_is_a_command_to_a_pipeline(row: str, shown: str) -> None:
    assert without_command(row) == shown


@given(st.lists(st.text(alphabet=st.sampled_from("ab :#[]\x1b\n•é\u202e")).map(str.strip)), st.integers(0, 3))
def test_without_a_width_the_lines_are_those_of_a_terminal_without_end(texts: list[str], indent: int) -> None:
    lines = [Line(text, indent) for text in texts]
    assert laid_out(lines, color=False, width=None) == laid_out(lines, color=False, width=10**6)


def test_a_wrapped_row_is_no_command_either() -> None:
    text = laid_out([Line("word " * 5 + "::error::boo")], color=False, width=24)
    assert not any(row.lstrip().startswith("::") for row in text.splitlines())


def test_lines_are_wrapped_to_the_width_and_commands_are_not() -> None:
    text = laid_out(
        [Line("some words " * 20, 1), Line("a b " * 20, 1, unwrapped=True)], color=False, width=40
    )
    *wrapped, command = text.splitlines()
    assert len(wrapped) > 5
    assert all(len(row) <= 40 for row in wrapped)
    assert command.count("a b") == 20


def test_colour_ends_with_its_line() -> None:
    assert laid_out([Line("x", 1, Style.STOP)], color=True, width=None) == "\x1b[1;31m  x\x1b[0m\n"
    assert laid_out([Line("x", 1, Style.STOP)], color=False, width=None) == "  x\n"
