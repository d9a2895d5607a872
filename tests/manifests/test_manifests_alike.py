"""A text that is built like an earlier one has the nodes that parsing it gives, or is parsed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from example_counts import examples
from hypothesis import given
from hypothesis import strategies as st
from manifest_projects import load, write
from test_manifests_quick import EXAMPLES, QUICK, SCRAPS
from yaml.nodes import Node

from campaignctl.manifests.alike import AlikeTexts
from campaignctl.manifests.nodes import MalformedYamlError, PlaceUnknownError, documents, mark_of
from campaignctl.manifests.places import locate_field, nearest

BLOCK = """\
# yaml-language-server: $schema=voice-campaign.schema.json
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata:
  name: reminder-1
  labels:
    team: growth
spec:
  caller_id: "03349360005"
  from:
    - "+919876543210"
    - "+919876543211"
    - "+919876543212"
  flow_type: greeting
  read_via_text: "Your order: 1, it waits."
  retries: {number_of_retries: 2, on_status: [busy, no-answer]}
  schedule:
    send_at: "2026-12-27T09:31:00+05:30"
  status_callback: https://hooks.example.com/campaigns?campaign=reminder-1
"""
FLOW = """\
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata: {name: reminder-1, labels: {team: growth}}
spec:
  from: ["+919876543210", "+919876543211"]
  schedule: {send_at: "2026-12-27T09:31:00+05:30", end_at: "2026-12-27T15:31:00+05:30"}
"""
QUOTED_WORD = '"a"'
NO_VALUES = (
    *(
        "# kind: word\n",
        '# say "hi"\n',
        'text: |\n    - "a"\n    - "b"\n',
        "text: >\n  a: word\n",
        "text: one: two\n",
    ),
    *(
        'a: say "hi"\n',
        "a: word\n  goes on\n",
        '? "a"\n: "b"\n',
        '{"a": b}: "c"\n',
        '[{a: "b"}, "c"]\n',
        '!!str "a"\n',
    ),
    *(
        '&a "x"',
        "*a",
        "'it''s \"a\"'",
        "---\n",
        "...\n",
        "\t",
        "\r\n",
        '"a\\"b"',
        '"a\n  b"',
        '"a"',
        "a: word:\n",
    ),
    *(
        '["a", "b": "c"]',
        '{"a", "b"}',
        '- "a"\n',
        '  - "a"\n  - "a"\n',
        "{a: b:c}",
        "{a: http://b}",
        "[a: word, b]",
    ),
)
SIGNS = (
    "",
    "a",
    "a b",
    "# a",
    ": ",
    "a: b,",
    "}",
    "]",
    "नमस्ते",
    "\u200d",
    "\u2028",
    "\x85",
    "\xa0",
    "😀",
    "\\n",
    "\t",
)
TEXTS = (*SIGNS, "x" * 1100, "- ", "${name}", "\ufeff", "a\n  b", "'")
WORDS = (
    "a",
    "null",
    "1",
    "a-b",
    "a.b",
    "https://a.b/c?d=e&f",
    "a:",
    "a:b",
    "a?",
    "x" * 1100,
    "a b",
    "<<",
    "-",
    "?",
    "#a",
    "é",
)


def same(one: Node, other: Node) -> bool:
    """Whether two nodes are alike but for their places, and so all in them."""
    if one.__class__ is not other.__class__ or one.tag != other.tag:
        return False
    if isinstance(one.value, str):
        return bool(one.value == other.value)
    mine, theirs = _inner(one), _inner(other)
    return len(mine) == len(theirs) and all(map(same, mine, theirs))


def _inner(node: Node) -> list[Node]:
    return [inner for item in node.value for inner in (item if isinstance(item, tuple) else (item,))]


def all_in(node: Node) -> Iterator[Node]:
    """A node and all in it."""
    yield node
    if not isinstance(node.value, str):
        for inner in _inner(node):
            yield from all_in(inner)


def check(alike: AlikeTexts, text: str) -> bool:
    """Holds what is known of a text to what parsing says of it; returns whether something was known."""
    try:
        known = alike.node_of(text)
    except MalformedYamlError:
        with pytest.raises(MalformedYamlError):
            list(documents(text))
        return False
    if known is None:
        return False
    node, moved = known
    (parsed,) = documents(text)
    assert same(node, parsed), text
    for mine, right in zip(all_in(node), all_in(parsed), strict=True):
        try:
            place = moved.place(mark_of(mine)) if moved else mark_of(mine)
        except PlaceUnknownError:
            continue
        assert place == mark_of(right), text
    return True


def places_known(alike: AlikeTexts, text: str) -> list[bool]:
    """Whether the places of the keys of a mapping are known, each."""
    node, moved = alike.node_of(text) or pytest.fail("it is known")
    known = []
    for key, _ in node.value:
        try:
            known.append(moved is None or moved.place(mark_of(key)) is not None)
        except PlaceUnknownError:
            known.append(False)
    return known


@pytest.mark.parametrize("text", [BLOCK, FLOW, BLOCK.replace("\n", "\r\n")])
def test_the_third_text_that_is_built_alike_is_not_parsed_whatever_its_values_are(text: str) -> None:
    alike = AlikeTexts()
    assert not check(alike, text)
    assert check(alike, text.replace("reminder-1", "offer.2"))
    one_more = re.sub(r'("\+919876543211")(, |\r?\n    - |)', r'\1\2"+919876543219"\2', text, count=1)
    one_more = one_more.replace('1""', '1", "')
    for other in (text.replace("2026", "2027"), one_more, text.replace("Your", "आपका"), text):
        assert check(alike, other)


def test_a_list_may_be_longer_and_shorter_than_the_first() -> None:
    alike = AlikeTexts()
    texts = [f"from: [{', '.join([QUOTED_WORD] * count)}]\n" for count in (3, 3, 50, 2, 7)]
    assert [check(alike, text) for text in texts] == [False, True, True, True, True]


def test_places_are_known_up_to_a_list_of_another_length() -> None:
    alike = AlikeTexts()
    text = 'a: "1"\nb:\n- "1"\n- "2"\nc: "3"\n'
    for _ in range(2):
        check(alike, text)
    assert places_known(alike, text.replace("1", "other")) == [True, True, True]
    assert places_known(alike, text.replace('- "2"\n', '- "2"\n- "2"\n')) == [True, True, False]


def test_a_key_that_stands_twice_is_no_longer_list() -> None:
    alike = AlikeTexts()
    texts = ['a: "1"\nb: "2"\nc: "3"\n'] * 3 + ['a: "1"\nb: "2"\nb: "2"\nc: "3"\n']
    assert [check(alike, text) for text in texts] == [False, True, True, False]


@pytest.mark.parametrize("text", NO_VALUES)
def test_what_looks_like_a_value_and_is_none_is_parsed(text: str) -> None:
    alike = AlikeTexts()
    for _ in range(4):
        check(alike, text)
        check(alike, f'b: "c"\n{text}')
        check(alike, f"{BLOCK}{text}")


def test_what_was_kept_and_forgotten_is_kept_again() -> None:
    alike = AlikeTexts()
    for _ in range(2):
        for count in range(1, 300):
            text = f"{'a' * count}: word\n"
            check(alike, text)
            assert [check(alike, text) for _ in range(2)] == [True, True]


def edited(data: st.DataObject, text: str) -> str:
    """Puts scraps into a text, between its words."""
    for _ in range(data.draw(st.integers(0, 3))):
        words = re.split(r"( |\n)", text)
        place = data.draw(st.integers(0, len(words) - 1))
        kept = words[place + data.draw(st.integers(0, 1)) :]
        text = "".join([*words[:place], data.draw(st.sampled_from([*SCRAPS, *NO_VALUES, *words])), *kept])
    return text


def with_other_values(data: st.DataObject, text: str) -> str:
    """Writes other values for some that look like values, and lists longer and shorter."""
    other = st.sampled_from(TEXTS)
    text = re.sub(r'"[^"]*"', lambda it: f'"{data.draw(other)}"' if data.draw(st.booleans()) else it[0], text)
    word = st.sampled_from(WORDS)
    text = re.sub(r"(?<=: )[\w-]+", lambda it: data.draw(word) if data.draw(st.booleans()) else it[0], text)
    return re.sub(r'\n *- "[^"\n]*"|, "[^"\n]*"', lambda it: it[0] * data.draw(st.integers(0, 3)), text)


@examples(150)
@given(st.data())
def test_what_is_known_of_a_text_is_what_parsing_it_says(data: st.DataObject) -> None:
    base = edited(data, data.draw(st.sampled_from([*EXAMPLES, QUICK, BLOCK, FLOW])))
    alike = AlikeTexts()
    for text in (base, base, *(with_other_values(data, base) for _ in range(4)), base):
        check(alike, text)


def test_places_of_findings_are_the_same_in_the_first_files_and_where_files_are_built_alike(
    tmp_path: Path,
) -> None:
    texts = {
        f"campaigns/{place:03}.yaml": BLOCK.replace("reminder-1", f"offer-{10 ** (place % 7)}")
        .replace("growth", "sales" if place % 3 else "growth")
        .replace('    - "+919876543211"\n', '    - "+919876543211"\n' * (place % 5))
        for place in range(150)
    }
    loaded = load(write(tmp_path, texts))
    assert len(loaded.desired) == len(texts)
    for path in ("flow_type", "retries.on_status", "from.0", "status_callback", "metadata.labels.team"):
        places = {(it.where.file): locate_field(tmp_path, it, path) for it in loaded.desired}
        for file, place in places.items():
            (node,) = documents(texts[file])
            assert (place.line - 1, place.column - 1) == mark_of(nearest(node, path)), (file, path)
