"""How what is written becomes values: scalars by their field's type, unset, anchors, variables, several documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from manifest_projects import VOICE, load, load_one, write

from campaignctl.kinds.lifecycle import State
from campaignctl.model.campaigns import Desired


def spec_of(tmp_path: Path, lines: str, variables: dict[str, str] | None = None) -> dict[str, Any]:
    """The spec of the voice manifest with further lines."""
    manifests = load_one(tmp_path, VOICE + lines, variables)
    assert manifests.findings == ()
    return dict(manifests.desired[0].spec)


AS_WRITTEN = [
    "03345670001",
    "0012345",
    "no",
    "yes",
    "on",
    "22:30",
    "3.10",
    "1e3",
    "0x1F",
    "0o17",
    "2027-01-15",
    "true",
    "1_000",
    "+919876543210",
    ".inf",
    "=",
    "<<",
]


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_plain_text_stays_as_written(text: str, tmp_path: Path) -> None:
    assert spec_of(tmp_path, f"  custom_field: {text}\n")["custom_field"] == text


@pytest.mark.parametrize("text", ["null", "~", "", "Null", "NULL", "!!null ''"])
@pytest.mark.parametrize("field", ["custom_field", "throttle", "schedule", "lists", "call_duplicate_numbers"])
def test_plain_null_is_unset_in_every_field(field: str, text: str, tmp_path: Path) -> None:
    assert spec_of(tmp_path, f"  {field}: {text}\n")[field] is None


@pytest.mark.parametrize("text", ['"null"', "'~'", '""', "!!str null"])
def test_null_in_quotes_is_text(text: str, tmp_path: Path) -> None:
    expected = text.removeprefix("!!str ").strip("\"'")
    assert spec_of(tmp_path, f"  custom_field: {text}\n")["custom_field"] == expected


def test_an_unset_member_is_not_an_undeclared_one(tmp_path: Path) -> None:
    assert spec_of(tmp_path, "  schedule: {send_at: ~}\n")["schedule"] == {"send_at": None}


@pytest.mark.parametrize(
    ("text", "value"), [("7", 7), ("+7", 7), ("007", 7), ("0o17", 15), ("0x1F", 31), ("!!int 7", 7)]
)
def test_a_whole_number_follows_the_core_rules(text: str, value: int, tmp_path: Path) -> None:
    assert spec_of(tmp_path, f"  mode: custom\n  throttle: {text}\n")["throttle"] == value


@pytest.mark.parametrize(("text", "value"), [("true", True), ("TRUE", True), ("False", False)])
def test_a_boolean_follows_the_core_rules(text: str, value: bool, tmp_path: Path) -> None:
    assert spec_of(tmp_path, f"  call_duplicate_numbers: {text}\n")["call_duplicate_numbers"] is value


def test_only_declared_fields_are_there(tmp_path: Path) -> None:
    expected = {"name": "diwali-reminder", "caller_id": "03349360005", "from": ["+919876543210"]}
    assert spec_of(tmp_path, "") == expected


def test_anchors_and_merge_keys_work_and_ones_own_keys_win(tmp_path: Path) -> None:
    lines = """\
  schedule: &when {send_at: "2027-01-15T09:00:00+05:30", end_at: "2027-01-15T18:00:00+05:30"}
  retries: &tries {number_of_retries: 1, interval_mins: 5}
---
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata: {name: second}
spec:
  caller_id: &caller "03349360005"
  custom_field: *caller
  lists: [abc]
  retries: &tries {number_of_retries: 1, interval_mins: 5}
---
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata:
  name: third
  labels: {<<: [&a {x: "1", y: "1"}, {y: "2", z: "2"}], z: "3"}
spec: {caller_id: "1", lists: [abc]}
"""
    manifests = load_one(tmp_path, VOICE + lines)
    assert manifests.findings == ()
    _, second, third = manifests.desired
    assert second.spec["custom_field"] == "03349360005"
    assert third.labels == {"x": "1", "y": "1", "z": "3"}


def test_everything_about_a_campaign_is_read(tmp_path: Path) -> None:
    text = """\
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata:
  name: diwali-reminder
  labels: {team: growth, unset: }
  sid: 046141c8f6
  previous_name: diwali-rem
  ignore: [schedule, retries.interval_mins]
  distinct_from: [046141c8f6, 0a-1]
  allow: [complete, archive]
spec: {state: paused}
"""
    manifests = load_one(tmp_path, text)
    assert manifests.findings == ()
    (desired,) = manifests.desired
    assert desired.labels == {"team": "growth"}
    assert (desired.sid, desired.previous_name, desired.state) == ("046141c8f6", "diwali-rem", State.PAUSED)
    assert desired.ignore == {"schedule", "retries.interval_mins"}
    assert desired.allow == {"complete", "archive"}
    assert desired.distinct_from == {"046141c8f6", "0a-1"}
    assert desired.spec == {"name": "diwali-reminder"}
    assert str(desired.where) == "campaigns/a.yaml:1:1"


@pytest.mark.parametrize("spec", ["", "spec: {}", "spec: {throttle: 5}"])
@pytest.mark.parametrize("kind", ["VoiceCampaign", "SmsCampaign"])
def test_a_pinned_manifest_needs_declare_nothing(kind: str, spec: str, tmp_path: Path) -> None:
    if kind == "SmsCampaign":
        spec = spec.replace("throttle: 5", "content_type: static")
    text = f"apiVersion: campaignctl/v1\nkind: {kind}\nmetadata: {{sid: abc123}}\n{spec}\n"
    manifests = load_one(tmp_path, text)
    assert manifests.findings == ()
    assert manifests.desired[0].name is None


def test_documents_are_counted_with_the_empty_ones(tmp_path: Path) -> None:
    manifests = load_one(tmp_path, f"---\n---\n# nothing\n---\n{VOICE}")
    assert manifests.findings == ()
    assert [desired.document for desired in manifests.desired] == [2]


@pytest.mark.parametrize("text", ["", "# a comment\n", "---\n", "\ufeff", "null\n"])
def test_an_empty_file_is_no_mistake_and_no_manifest(text: str, tmp_path: Path) -> None:
    manifests = load_one(tmp_path, text)
    assert (manifests.findings, manifests.desired, manifests.complete) == ((), (), True)
    assert manifests.empty_paths == ("campaigns/",)


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    manifests = load(write(tmp_path, {"campaigns/a.yaml": b"\xef\xbb\xbf" + VOICE.encode()}))
    assert [desired.name for desired in manifests.desired] == ["diwali-reminder"]


def test_json_is_read_by_the_same_rules(tmp_path: Path) -> None:
    manifest = {
        "apiVersion": "campaignctl/v1",
        "kind": "VoiceCampaign",
        "metadata": {"name": "fête 🎉 day"},
        "spec": {
            "caller_id": "03349360005",
            "from": ["+919876543210"],
            "url": "http://my.exotel.com/a/${flow_id}",
            "custom_field": 'quotes " \\ud83c / \t',
            "throttle": None,
            "retries": {"number_of_retries": 1, "interval_mins": 5},
        },
    }
    for text in (json.dumps(manifest), json.dumps(manifest, indent=1), json.dumps(manifest, indent="\t")):
        manifests = load(write(tmp_path, {"campaigns/a.json": text}))
        assert manifests.findings == ()
        (desired,) = manifests.desired
        assert desired.name == "fête 🎉 day"
        assert desired.spec["custom_field"] == 'quotes " \\ud83c / \t'
        assert desired.spec["url"] == "http://my.exotel.com/a/4"
        assert desired.spec["throttle"] is None
        assert desired.spec["retries"] == {"number_of_retries": 1, "interval_mins": 5}


def test_a_variable_of_the_command_line_goes_over_those_of_the_project(tmp_path: Path) -> None:
    line = "  custom_field: a ${flow_id} $${flow_id} $5 b\n"
    assert spec_of(tmp_path, line)["custom_field"] == "a 4 ${flow_id} $5 b"
    assert spec_of(tmp_path, line, {"flow_id": "9"})["custom_field"] == "a 9 ${flow_id} $5 b"


def test_a_substituted_number_is_read_by_its_field(tmp_path: Path) -> None:
    lines = "  mode: custom\n  throttle: ${flow_id}\n"
    assert spec_of(tmp_path, lines)["throttle"] == 4


@pytest.mark.parametrize(
    "value", ["a: [b", "}{", "*x", "!!int 3", "${flow_id}", "$${flow_id}", "a\n---\nb", "null", ""]
)
def test_what_a_variable_holds_is_text_and_nothing_else(value: str, tmp_path: Path) -> None:
    assert spec_of(tmp_path, "  custom_field: ${x}\n", {"x": value})["custom_field"] == value


def test_keys_are_not_substituted(tmp_path: Path) -> None:
    (finding,) = load_one(tmp_path, VOICE + "  ${key}: x\n", {"key": "mode"}).findings
    assert finding.rule == "unknown-key"


def desired_with_numbers(tmp_path: Path, content: bytes, name: str = "numbers.csv") -> Desired:
    manifests = load(write(tmp_path, {"campaigns/a.yaml": FROM_FILE, f"campaigns/{name}": content}))
    assert manifests.findings == ()
    return manifests.desired[0]


FROM_FILE = VOICE.replace('from: ["+919876543210"]', "from_file: numbers.csv")
NUMBERS = {
    "one a line": b"+919876543210\n09876543211\n",
    "one a line, blank lines, CRLF": b"\r\n+919876543210\r\n\r\n09876543211\r\n  \r\n",
    "with a byte order mark": b"\xef\xbb\xbf+919876543210\n09876543211",
    "a CSV": b"name,number\nAsha,+919876543210\nRavi, 09876543211 \n",
    "a CSV with quotes and line breaks in cells": b'note,"Number"\r\n"a,\nb",+919876543210\r\n,"09876543211"\r\n,\r\n',
    "a CSV of one column": b"\nnumber\n+919876543210\n09876543211\n",
    "semicolons": b"\xef\xbb\xbfnumber;name\n+919876543210;Asha\n09876543211;Ravi\n",
}


@pytest.mark.parametrize("content", NUMBERS.values(), ids=list(NUMBERS))
def test_numbers_stand_in_a_file(content: bytes, tmp_path: Path) -> None:
    desired = desired_with_numbers(tmp_path, content)
    assert desired.spec["from"] == ["+919876543210", "09876543211"]
    assert "from_file" not in desired.spec


BAD_NUMBERS = {
    "a spreadsheet's": (
        b"name,number\nAsha,+919876543299\nRavi,9.19877E+11\n",
        "campaigns/numbers.csv:3:1: it was turned into scientific notation by a spreadsheet",
    ),
    "a decimal": (b"919876543299.0\n", "campaigns/numbers.csv:1:1: it was turned into a decimal number"),
    "none in a row": (b"number,name\n,Asha\n", "campaigns/numbers.csv:2:1: it must be a phone number"),
    "a CSV without the column": (
        b"phone,name\n+919876543299,Asha\n",
        'campaigns/numbers.csv:1:1: no column is called number: the header has "phone", "name"',
    ),
    "nothing": (b"\n\n", 'campaigns/a.yaml:6:14: from_file "numbers.csv": it holds no number'),
    "UTF-16": (
        "+919876543299\n".encode("utf-16"),
        'campaigns/a.yaml:6:14: from_file "numbers.csv": it is not UTF-8 but UTF-16',
    ),
    "5,001": (b"+919876543299\n" * 5001, 'from_file "numbers.csv": 5,001 items are too many, 5,000 at most'),
    "a cell without end": (b'number,x\n"' + b"9" * 200_000, "campaigns/numbers.csv:2:1: a quote opens here"),
}


@pytest.mark.parametrize(("content", "expected"), BAD_NUMBERS.values(), ids=list(BAD_NUMBERS))
def test_a_bad_numbers_file_is_told_without_quoting_it(content: bytes, expected: str, tmp_path: Path) -> None:
    manifests = load(write(tmp_path, {"campaigns/a.yaml": FROM_FILE, "campaigns/numbers.csv": content}))
    said = "\n".join(map(str, manifests.findings))
    assert expected in said
    assert "9876543299" not in said
    assert "9.19877E+11" not in said
    assert "Asha" not in said


def test_a_file_of_junk_is_told_once_and_counted(tmp_path: Path) -> None:
    files = {"campaigns/a.yaml": FROM_FILE, "campaigns/numbers.csv": "+919876543210\n" + "junk\n" * 4000}
    findings = load(write(tmp_path, files)).findings
    assert len(findings) == 51
    assert "3,950 more lines are wrong" in findings[-1].message


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secrets").write_text("+919876543299\n", encoding="utf-8")
    (outside / "c.yaml").write_text(VOICE, encoding="utf-8")
    root = write(tmp_path / "project", {"campaigns/a.yaml": FROM_FILE})
    (root / "campaigns/numbers.csv").symlink_to(outside / "secrets")
    (root / "campaigns/b.yaml").symlink_to(outside / "secrets")
    (root / "campaigns/c").symlink_to(outside)
    findings = load(root).findings
    assert [(finding.where.file, finding.rule) for finding in findings] == [
        ("campaigns/a.yaml", "outside-project"),
        ("campaigns/b.yaml", "outside-project"),
        ("campaigns/c", "outside-project"),
    ]
