"""What is valid, and would have people hear or read something else than was meant: warnings with their places."""

from __future__ import annotations

import json
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manifest_projects import VOICE, load, load_one, write

from campaignctl.diagnostics import Severity
from campaignctl.manifests import Manifests
from campaignctl.policy.doubts import looks

SMS = """\
apiVersion: campaignctl/v1
kind: SmsCampaign
metadata: {name: order-news}
spec:
  content_type: static
  lists: [abc123]
  dlt_entity_id: "1101428740000012125"
  dlt_template_id: "1107161521235000000"
  sender_id: EXOTEL
  sms_type: transactional
  template: %s
"""


def warned(manifests: Manifests) -> list[str]:
    """Rule and place of each warning; the manifests are valid all the same."""
    assert manifests.complete
    assert {finding.severity for finding in manifests.findings} <= {Severity.WARN}
    return [f"{it.where.line}:{it.where.column} {it.rule}" for it in manifests.findings]


TEMPLATES = {
    "Order #1234 is on its way": ["11:13 cut-short"],
    "Order\t#1234": ["11:13 cut-short"],
    "Order  # is on its way": ["11:13 cut-short"],
    "Order\n    two #1": ["11:13 cut-short"],
    "!!str Order #1": ["11:13 cut-short"],
    "&text Order #1": ["11:13 cut-short"],
    "'Order #1234 is on its way'": [],
    '"Order #1234" # quoted': [],
    "Order#1234 is on its way": [],
    "|-\n    Order #1234": [],
    "| # a remark\n    Order": ["11:13 line-break-at-end"],
    "|\n    Order": ["11:13 line-break-at-end"],
    ">+\n    Order\n\n": ["11:13 line-break-at-end"],
    '"Order\\r\\n"': ["11:13 line-break-at-end"],
    '"Order\\L"': ["11:13 line-break-at-end"],
    '"   "': ["11:13 blank-text"],
    '"\\u200b\\u00a0"': ["11:13 blank-text"],
    '"\\n"': ["11:13 blank-text"],
    "Dear {#var#}": ["11:13 placeholder"],
    "Dear {#alphanumeric#}, hello": ["11:13 placeholder"],
    "Dear {{name}}": ["11:13 placeholder"],
    '"Dear {{ user.name | upper }}"': ["11:13 placeholder"],
    "Dear @Name, hello": ["11:13 placeholder"],
    "Dear @Ämne": ["11:13 placeholder"],
    "|-\n    Dear\n    @Name": ["11:13 placeholder"],
    "Write to care@acme.example or to a.b@acme.example": [],
    "Meet us @ noon, @5 pm": [],
    "Dear {customer}": [],
    "|\n    Dear {{name}}": ["11:13 line-break-at-end", "11:13 placeholder"],
}


@pytest.mark.parametrize(("template", "expected"), TEMPLATES.items())
def test_a_text_that_is_hardly_meant_is_pointed_out(
    template: str, expected: list[str], tmp_path: Path
) -> None:
    manifests = load_one(tmp_path, SMS % template)
    assert warned(manifests) == expected
    assert len(manifests.selected) == 1


def test_the_columns_of_a_dynamic_text_are_no_placeholders(tmp_path: Path) -> None:
    text = (SMS % '"Dear @@Name, @@Other"').replace("static", "dynamic")
    assert warned(load_one(tmp_path, text)) == []


@pytest.mark.parametrize(("template", "expected"), [*TEMPLATES.items()][11:])
def test_a_greeting_is_held_to_the_same(template: str, expected: list[str], tmp_path: Path) -> None:
    manifests = load_one(tmp_path, f"{VOICE}  read_via_text: {template}\n")
    assert warned(manifests) == [place.replace("11:13", "7:18") for place in expected]


def test_a_text_that_begins_with_the_sign_of_a_comment_is_nothing_and_told(tmp_path: Path) -> None:
    assert warned(load_one(tmp_path, VOICE + "  read_via_text: #1 in town\n")) == ["7:17 cut-short"]


def test_json_has_the_same_texts_and_no_comments(tmp_path: Path) -> None:
    spec = {"caller_id": "1", "lists": ["abc"], "read_via_text": "Order #1, {{name}}\n"}
    manifest = {
        "apiVersion": "campaignctl/v1",
        "kind": "VoiceCampaign",
        "metadata": {"name": "json"},
        "spec": spec,
    }
    for indent, line in ((None, 1), (1, 12)):
        root = write(tmp_path, {"campaigns/a.json": json.dumps(manifest, indent=indent)})
        found = [
            place.partition(":")[0] + place.partition(" ")[1] + place.partition(" ")[2]
            for place in warned(load(root))
        ]
        assert found == [f"{line} line-break-at-end", f"{line} placeholder"]


def test_what_a_variable_brings_along_counts(tmp_path: Path) -> None:
    text = VOICE + "  read_via_text: ${greeting}\n"
    assert warned(load_one(tmp_path, text, {"greeting": "Hello {{name}}"})) == ["7:18 placeholder"]
    assert warned(load_one(tmp_path, text, {"greeting": " "})) == ["7:18 blank-text"]


REMARKS = {
    "{name: diwali} # the main one": [],
    "{name: diwali}  ## 1": [],
    "\n  name: diwali # the main one\n  labels: {team: growth} #x": [],
    "\n  name: diwali #2": ["4:9 cut-short"],
    "\n  name: diwali\n  previous_name: holi #2": ["5:18 cut-short"],
    "\n  name: diwali\n  previous_name: holi # as it was": [],
}


@pytest.mark.parametrize(("metadata", "expected"), REMARKS.items())
def test_a_remark_behind_a_name_is_one_unless_it_looks_like_a_word(
    metadata: str, expected: list[str], tmp_path: Path
) -> None:
    text = VOICE.replace("metadata: {name: diwali-reminder}", f"metadata: {metadata}")
    assert warned(load_one(tmp_path, text)) == expected


WHOM = {
    "\n    - name: VIP #2": ["8:7 cut-short"],
    "\n    - name: VIP # two of them": [],
    "\n    - abc123 #2": [],
    "\n    - abc123\n    - {name: VIP}\n    - name: Pune #3": ["10:7 cut-short"],
}


@pytest.mark.parametrize(("lists", "expected"), WHOM.items())
def test_a_list_whose_name_was_cut_short_reaches_other_people(
    lists: str, expected: list[str], tmp_path: Path
) -> None:
    assert warned(load_one(tmp_path, f"{VOICE}  lists:{lists}\n")) == expected


def test_a_file_whose_name_was_cut_short_reaches_other_people(tmp_path: Path) -> None:
    text = (
        "".join(line for line in VOICE.splitlines(True) if "from:" not in line)
        + "  from_file: numbers #2.csv\n"
    )
    root = write(tmp_path, {"campaigns/a.yaml": text, "campaigns/numbers": "+919876543210\n"})
    assert [place.partition(" ")[2] for place in warned(load(root))] == ["cut-short"]


def test_remarks_behind_what_nobody_reads_are_remarks(tmp_path: Path) -> None:
    text = VOICE.replace('caller_id: "03349360005"', "caller_id: 03349360005 #our main number")
    assert warned(load_one(tmp_path, text)) == []


def test_every_document_of_a_file_is_looked_at(tmp_path: Path) -> None:
    one = SMS % "Order #1234"
    assert warned(load_one(tmp_path, f"{one}---\n{one.replace('order-news', 'other-news')}")) == [
        "11:13 cut-short",
        "23:13 cut-short",
    ]


def test_a_doubt_is_told_beside_a_mistake(tmp_path: Path) -> None:
    manifests = load_one(tmp_path, (SMS % "Order #1234").replace("static", "statik"))
    assert [(it.rule, it.severity.value) for it in manifests.findings] == [
        ("choice", "error"),
        ("cut-short", "warn"),
    ]


URLS = {
    "http://my.exotel.com/acme1/exoml/start_voice/": True,
    "https://my.exotel.com/acme1/exoml/start_voice": True,
    "https://my.exotel.com/acme1/exoml/start_voice/?x=1": True,
    "http://my.exotel.com/acme1/exoml/start_voice/${empty}": True,
    "http://my.exotel.com/acme1/exoml/start_voice/926": False,
    "http://my.exotel.com/acme1/exoml/start_voice/926?from=start_voice/": False,
    "https://flows.acme.example/start": False,
}


@pytest.mark.parametrize(("url", "expected"), URLS.items())
def test_a_flow_without_an_app_id_is_pointed_out(url: str, expected: bool, tmp_path: Path) -> None:
    manifests = load_one(tmp_path, f"{VOICE}  url: {url}\n", {"empty": ""})
    assert warned(manifests) == (["7:8 no-app-id"] if expected else [])


ALIKE = {
    "letter case": ("Diwali Sale", "diwali sale"),
    "normal forms": ("caf\u00e9", "cafe\u0301"),
    "a wide letter": ("diwali\uff11", "diwali1"),
    "a sign that cannot be seen": ("diwali", "diwa\u200bli"),
    "a soft hyphen": ("diwali", "diwa\u00adli"),
    "a mark of direction": ("diwali", "diwali\u200e"),
    "a blank that does not break": ("diwali sale", "diwali\u00a0sale"),
    "two blanks": ("diwali sale", "diwali  sale"),
    "a long s": ("Stra\u00dfe", "STRASSE"),
}


@pytest.mark.parametrize("names", ALIKE.values(), ids=list(ALIKE))
def test_names_that_nobody_tells_apart_are_pointed_out_at_both(
    names: tuple[str, str], tmp_path: Path
) -> None:
    one, other = (VOICE.replace("diwali-reminder", json.dumps(name, ensure_ascii=False)) for name in names)
    assert warned(load_one(tmp_path, f"{one}---\n{other}")) == ["3:18 look-alike", "10:18 look-alike"]


def test_a_look_alike_says_which_other_one_and_shows_what_cannot_be_seen(tmp_path: Path) -> None:
    other = VOICE.replace("diwali-reminder", "diwali\u200b-reminder")
    first, _ = load_one(tmp_path, f"{VOICE}---\n{other}").findings
    assert first.message == (
        'the names "diwali-reminder" and "diwali\\u200b-reminder" look alike and differ: campaigns/a.yaml:8:1'
    )


def test_names_of_two_kinds_may_look_alike(tmp_path: Path) -> None:
    sms = (SMS % "Hello").replace("order-news", "Diwali-Reminder")
    assert warned(load_one(tmp_path, f"{VOICE}---\n{sms}")) == []


@given(st.text())
def test_looks_do_not_depend_on_the_normal_form_and_are_their_own(name: str) -> None:
    assert looks(looks(name)) == looks(name)
    assert looks(normalize("NFD", name)) == looks(normalize("NFC", name)) == looks(name)


CALLERS = ["03349360005", "+913349360005", "1", "0801"]


@pytest.mark.parametrize("caller", CALLERS)
def test_a_caller_id_is_digits_with_or_without_a_plus(caller: str, tmp_path: Path) -> None:
    for written in (caller, f'"{caller}"'):
        assert warned(load_one(tmp_path, VOICE.replace('"03349360005"', written))) == []


@pytest.mark.parametrize(
    "caller", ["hello", "0334-936", "+", "++91", "033 4936", "3.349E+10", "٠٣٣٤", '""', '" 0334"']
)
def test_anything_else_is_no_caller_id(caller: str, tmp_path: Path) -> None:
    (finding,) = load_one(tmp_path, VOICE.replace('"03349360005"', caller)).findings
    assert (finding.severity, finding.rule, str(finding.where)) == (
        Severity.ERROR,
        "format",
        "campaigns/a.yaml:5:14",
    )
