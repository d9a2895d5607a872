"""What YAML allows and nobody expects: read as the contract says, or one message and no traceback."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from example_counts import examples
from hypothesis import given
from hypothesis import strategies as st
from manifest_projects import PROJECT, VOICE, load, load_one, write

from campaignctl.errors import InputError
from campaignctl.kinds import formats
from campaignctl.manifests import load_project

READ = {
    "a tab after a colon": VOICE.replace("caller_id: ", "caller_id:\t"),
    "CRLF": VOICE.replace("\n", "\r\n"),
    "CR": VOICE.replace("\n", "\r"),
    "lines that end in NEL": VOICE.replace("\n", "\x85"),
    "a version": "%YAML 1.2\n---\n" + VOICE,
    "an end mark": VOICE + "...\n",
    "empty documents around": "---\n---\n" + VOICE + "---\n# nothing\n---\nnull\n",
    "a key in quotes": VOICE.replace("caller_id", '"caller_id"'),
    "a question mark before a key": VOICE.replace("  caller_id: ", "  ? caller_id\n  : "),
    "an alias as a key": VOICE.replace("name: diwali", "&n name: diwali"),
    "flow style": '{apiVersion: campaignctl/v1, kind: VoiceCampaign, metadata: {name: "diwali-reminder"},'
    ' spec: {caller_id: "03349360005", from: ["+919876543210"]}}',
}


@pytest.mark.parametrize("text", READ.values(), ids=list(READ))
def test_the_same_manifest_is_written_in_many_ways(text: str, tmp_path: Path) -> None:
    manifests = load_one(tmp_path, text)
    assert manifests.findings == ()
    (desired,) = manifests.desired
    expected = {"name": "diwali-reminder", "caller_id": "03349360005", "from": ["+919876543210"]}
    assert desired.spec == expected


REFUSED = {
    "a tab that indents": (VOICE.replace("  caller", "\tcaller"), "5:1: not readable as YAML", "indent with blanks"),
    "a byte order mark within": (VOICE + "\ufeff  mode: auto\n", "7:4: not readable as YAML", ""),
    "an end mark alone": ("...\n", "1:1: not readable as YAML", ""),
    "another version": ("%YAML 9.9\n---\n" + VOICE, "1:1: not readable as YAML", "incompatible"),
    "an unknown directive": ("%FOO bar\n---\n" + VOICE, "1:5: not readable as YAML", ""),
    "a tag that a directive gives": ("%TAG ! tag:x,2000:\n---\n!a\n" + VOICE, "3:1: VoiceCampaign: the tag", ""),
    "a line separator in a name": (VOICE.replace("diwali-", "diwali\u2028-"), "3:18: name: ", "control characters"),
    "a NUL": (VOICE + "\0", '7:1: not readable as YAML: the character "\\u0000"', "may not stand in a file"),
    "half a character": (VOICE + '  mode: "\\ud800"\n', "7:12: not readable as YAML", "invalid Unicode"),
    "a document within itself": ("a: &a\n  b: *a\n", "1:1: apiVersion is missing", ""),
    "a list within itself": ("&a [*a]\n", "1:1: this is no mapping", ""),
    "a merge of itself": (VOICE + "  retries: &r\n    <<: *r\n", "7:12: its merge keys expand without bound", ""),
    "a document merged with itself": ("&x\n<<: *x\nkind: VoiceCampaign\n", "1:1: its merge keys expand", ""),
    "a merge of nothing": (VOICE + "  retries: {<<: null}\n", "7:17: << takes a mapping", ""),
    "an alias that repeats a key": (
        VOICE.replace("caller_id:", "&c caller_id:") + "  *c : x\n",
        '5:3: "caller_id" stands twice, first in line 5',
        "",
    ),
    "a key that is null": (VOICE + "  ~: c\n", '7:3: "~" is no key of spec', ""),
    "a key that is a mapping": (VOICE + "  {a: b}: c\n", "7:3: a key of spec must be a word", ""),
    "binary": (VOICE + "  mode: !!binary aGk=\n", "7:9: mode: the tag", "not known here"),
    "a program": (VOICE + "  mode: !!python/object/apply:os.system [x]\n", "7:9: mode: must be a text", ""),
    "a kind that is null": ("apiVersion: campaignctl/v1\nkind:\n", '2:6: kind: "" is none of', ""),
    "one quote": ('"', "1:2: not readable as YAML", "unexpected end of stream"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "place", "words"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_meant_is_one_message_at_its_place(
    text: str, place: str, words: str, tmp_path: Path
) -> None:
    manifests = load_one(tmp_path, text)
    (finding,) = manifests.findings
    assert str(finding).startswith(f"campaigns/a.yaml:{place}")
    assert words in finding.message
    assert not manifests.complete


def test_each_of_many_mistakes_takes_no_longer_than_one(tmp_path: Path) -> None:
    begun = time.process_time()
    manifests = load_one(tmp_path, VOICE + "  mode: auto\n" * 8000)
    assert len(manifests.findings) == 7999
    assert time.process_time() - begun < 4


def test_a_second_name_hides_behind_no_blank_and_no_control_character() -> None:
    for sign in (" ", "\t", "\u00a0", "\u3000", "\ufeff", "\n", "\0", "\x7f", "\x85", "\u2028"):
        assert not formats.NAME.matches(f"{sign}diwali")
        assert not formats.NAME.matches(f"diwali{sign}")
    for sign in ("\t", "\n", "\x1b", "\x7f", "\x9b", "\u2029"):
        assert not formats.NAME.matches(f"di{sign}wali")
    assert formats.NAME.matches("di wali")


SIGNS = "abk:-?#[]{},&*!|>'\"%@`~<\\ \t\n\r\x85\u2028\ufeff\0é🎉1"
WORDS = (
    "<<",
    "---\n",
    "...\n",
    "!!str ",
    "!!null ",
    "&a ",
    "*a",
    "${x}",
    "$${",
    "null",
    "  ",
    "kind: VoiceCampaign\n",
)


@examples(80)
@given(
    st.lists(st.one_of(st.sampled_from(SIGNS), st.sampled_from(WORDS)), max_size=30).map("".join), st.data()
)
def test_nothing_that_is_written_anywhere_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, scrap: str, data: st.DataObject
) -> None:
    root = tmp_path_factory.getbasetemp() / "anywhere"
    for file, text in (("campaigns/a.yaml", VOICE), ("campaigns/n.csv", "number,name\n+919876543210,A\n")):
        place = data.draw(st.integers(0, len(text)))
        write(root, {file: text[:place] + scrap + text[place:]})
    from_file = VOICE.replace("diwali", "second").replace('from: ["+919876543210"]', "from_file: n.csv")
    write(root, {"campaigns/b.yaml": from_file})
    manifests = load(root)
    assert manifests.complete or manifests.findings
    place = data.draw(st.integers(0, len(PROJECT)))
    write(root, {}, PROJECT[:place] + scrap.replace("\0", "") + PROJECT[place:])
    with suppress(InputError):
        load_project(root, None, {})
