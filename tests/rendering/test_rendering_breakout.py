"""Text from outside, in every field and every format that marks things up: it is shown, and nothing of it acts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import unescape
from html.parser import HTMLParser

import plans
import pytest
from example_counts import crossed
from markdown_it import MarkdownIt
from markdown_it.token import Token
from plans import plan_document
from test_rendering_hostile import results_of

from campaignctl.errors import InputError
from campaignctl.rendering.as_json import apply_document
from campaignctl.rendering.as_markdown import MOST_CHARACTERS
from campaignctl.rendering.findings import error_document, validate_document
from campaignctl.rendering.formats import FORMATS, Setting, Where, render
from campaignctl.text import name, unsafe, visible

SETTING = Setting(plans.NOW)
NAMES = list(plans.HOSTILE)


@cache
def outputs(output_format: str, text: str) -> tuple[str, ...]:
    """Everything that a format can show, with the text in every place."""
    plan, environment = plans.hostile(text), plans.PROD._replace(name=text, account_sid=text)
    shown = {
        "plan": plan_document(plan, environment),
        "apply": apply_document(results_of(plan, text), environment),
        "validate": validate_document(plan.findings),
        "error": error_document(InputError(text, plan.findings)),
    }
    row = FORMATS[output_format]
    made = [what for what in shown if what in row.shows or (what == "error" and row.tells_errors)]
    setting = SETTING._replace(where=Where.of(text, text, "exotel"))
    written = [render(what, output_format, shown[what], setting) for what in made]
    if "plan" in row.shows:
        runs = plans.hostile_runs(text)
        written.append(render("plan", output_format, plan_document(runs, environment), setting))
    return tuple(written)


MARKING_UP = ("markdown", "html", "github", "sarif", "gitlab", "junit")


@pytest.mark.parametrize(("output_format", "text_name"), crossed(MARKING_UP, NAMES, rounds=2))
def test_no_control_or_invisible_character_comes_through(output_format: str, text_name: str) -> None:
    for output in outputs(output_format, plans.HOSTILE[text_name]):
        assert set(unsafe().findall(output)) <= {"\n"}
        output.encode("utf-8")


# -------------------------------------------------------------------------------------------------------- Markdown


def gfm() -> MarkdownIt:
    """As GitHub reads a comment; it makes no link of a bare domain."""
    reader = MarkdownIt("gfm-like")
    assert reader.linkify is not None
    reader.linkify.set({"fuzzy_link": False})
    return reader


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


PLAIN = {
    "heading_open", "heading_close", "inline", "text", "softbreak", "hardbreak", "paragraph_open",
    "paragraph_close", "code_inline", "strong_open", "strong_close", "table_open", "table_close", "thead_open",
    "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open",
    "td_close", "html_inline", "html_block", "fence", "bullet_list_open", "bullet_list_close", "list_item_open",
    "list_item_close", "blockquote_open", "blockquote_close", "text_special", "em_open", "em_close",
}  # fmt: skip
OURS = re.compile(
    r"<!-- campaignctl \w+( environment=[\w%.~]*)? -->|</?details>|</?summary>|</?code>|<br>|</?sub>"
)


@cache
def comments(text: str) -> tuple[tuple[Token, ...], ...]:
    """Each comment that shows a text, as it is read."""
    return tuple(tuple(flat(gfm().parse(output))) for output in outputs("markdown", text))


@pytest.mark.parametrize("text_name", NAMES)
def test_a_comment_holds_no_markup_but_ours(text_name: str) -> None:
    for tokens in comments(plans.HOSTILE[text_name]):
        assert {token.type for token in tokens} <= PLAIN
        for token in tokens:
            if token.type == "html_inline":
                assert OURS.fullmatch(token.content)
            if token.type == "html_block":
                assert "<" not in OURS.sub("", token.content)


@pytest.mark.parametrize("text_name", [it for it in NAMES if it not in ("nothing", "length")])
def test_a_comment_has_the_same_shape_whatever_it_shows(text_name: str) -> None:
    """As many headings, rows, cells, lists and folds as with a harmless text, and none more."""
    counted = (
        "heading_open",
        "tr_open",
        "td_open",
        "list_item_open",
        "fence",
        "blockquote_open",
        "table_open",
    )

    def shape(text: str) -> list[Counter[str]]:
        return [
            Counter(
                token.content.strip() if token.type == "html_block" else token.type
                for token in tokens
                if token.type in counted or token.content.strip() == "</details>"
            )
            for tokens in comments(text)
        ]

    hostile, harmless = shape(plans.HOSTILE[text_name]), shape("xxx")
    assert hostile == harmless


def outside_of_code(output: str) -> str:
    without_fences = re.sub(r"^(`{3,})[^\n]*\n.*?^\1$", "", output, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|<code>.*?</code>", "", without_fences)


def test_no_mention_reference_or_link_stands_outside_of_code() -> None:
    proses = [
        unescape(outside_of_code(output.partition("\n")[2]))
        for output in outputs("markdown", plans.HOSTILE["mentions and links"])
    ]
    assert "everyone" in proses[0]
    for prose in proses:
        assert not re.search(r"@\w|#\d|GH-\d|://|www\.", prose)


@pytest.mark.parametrize("text_name", [pytest.param("length", marks=pytest.mark.slow), "mentions and links"])
def test_a_comment_is_never_too_long_and_says_what_is_missing(text_name: str) -> None:
    text = plans.HOSTILE[text_name]
    changes = [
        plans.change(plans.VOICE, f"{number}{text}", "policy", text, notes=(text,)) for number in range(900)
    ]
    document = plan_document(plans.plan(*changes, notes=(text,)), plans.PROD)
    output = render("plan", "markdown", document, SETTING)
    assert len(output) <= MOST_CHARACTERS < 65_536
    assert "✂️ **Cut, to fit into a comment: " in output
    assert "Approve `9f2c41aa07be@2027-01-13T03:30Z`, expires" in output
    assert output.count("<details>") == output.count("</details>")


def test_a_bot_finds_its_own_comment_by_the_first_line() -> None:
    document = plan_document(plans.plan(), plans.PROD)
    assert render("plan", "markdown", document, SETTING).startswith(
        "<!-- campaignctl plan environment=prod -->\n"
    )
    hostile = outputs("markdown", "--><b>")[0].splitlines()[0]
    assert hostile == "<!-- campaignctl plan environment=%2D%2D%3E%3Cb%3E -->"


# ------------------------------------------------------------------------------------------------------------ HTML


class Elements(HTMLParser):
    """Tags with the names of their attributes, and all text outside of script and style."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.texts: list[str] = []
        self.odd: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.tags[tag, tuple(key for key, _ in attrs)] += 1

    def handle_data(self, data: str) -> None:
        if self._inside not in ("script", "style"):
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)


@cache
def elements(output: str) -> Elements:
    parser = Elements()
    parser.feed(output)
    parser.close()
    return parser


@pytest.mark.parametrize("text_name", [it for it in NAMES if it != "nothing"])
def test_a_page_has_the_same_elements_whatever_it_shows(text_name: str) -> None:
    text = plans.HOSTILE[text_name]
    for hostile, harmless in zip(outputs("html", text), outputs("html", "xxx"), strict=True):
        mine = elements(hostile)
        assert mine.tags == elements(harmless).tags
        assert mine.odd == []


@pytest.mark.parametrize("text_name", [it for it in NAMES if it != "nothing"])
def test_a_page_shows_what_it_was_given(text_name: str) -> None:
    text = plans.HOSTILE[text_name]
    assert visible(name(text)) in "".join(elements(outputs("html", text)[0]).texts)


def test_only_the_page_s_own_style_and_script_are_in_it() -> None:
    for output in outputs("html", plans.HOSTILE["attributes"]):
        tags = elements(output).tags
        assert sum(count for (tag, _), count in tags.items() if tag in ("script", "style")) == 2
        attributes = {attribute for _, names in tags for attribute in names}
        assert not [it for it in attributes if it.startswith("on") or it in ("style", "src", "srcset")]
        assert re.findall(r'href="([^"]*)"', output) in ([], ["#changes"])


# ---------------------------------------------------------------------------------------------- GitHub and SARIF

COMMAND = re.compile(
    r"::(error|warning|notice) title=[^:,]+(,file=[^:,]+,line=\d+(,col=\d+)?)?::(?P<data>.+)"
)


@pytest.mark.parametrize("text_name", [it for it in NAMES if it != "nothing"])
def test_every_line_is_one_annotation(text_name: str) -> None:
    for output in outputs("github", plans.HOSTILE[text_name]):
        for line in output.splitlines():
            assert COMMAND.fullmatch(line)


@pytest.mark.parametrize("text_name", NAMES)
def test_the_lines_of_an_annotation_are_as_many_as_with_a_harmless_text(text_name: str) -> None:
    def lines(text: str) -> list[int]:
        return [output.count("\n") for output in outputs("github", text)]

    assert lines(plans.HOSTILE[text_name]) == lines("xxx")


@pytest.mark.parametrize("text_name", NAMES)
def test_sarif_is_json_without_links_from_outside(text_name: str) -> None:
    for output in outputs("sarif", plans.HOSTILE[text_name]):
        [run] = json.loads(output)["runs"]
        texts = [result["message"]["text"] for result in run["results"]]
        assert not [text for text in texts if "](" in text]
