"""Every way to write a manifest wrongly, each a file that says what is to be found in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from manifest_projects import PROJECT, VOICE, expectations, load, load_one, write

from campaignctl.diagnostics import Severity
from campaignctl.errors import InputError
from campaignctl.manifests import load_project

HERE = Path(__file__).parent


def bad_files(directory: str) -> list[Path]:
    return sorted((HERE / directory).glob("*.yaml"))


@pytest.mark.parametrize("path", bad_files("bad"), ids=lambda path: path.stem)
def test_a_mistake_is_told_with_its_place_and_nothing_else_is(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    manifests = load_one(tmp_path, text)
    found = [str(finding).removeprefix("campaigns/a.yaml:") for finding in manifests.findings]
    for expected in expectations(text):
        assert any(expected in message for message in found), found
    places = [line for line in expectations(text) if line[0].isdigit()]
    assert len(found) == max(len(places), 1), found
    assert all(finding.severity is Severity.ERROR for finding in manifests.findings)
    assert "secret" not in "".join(found).replace("secret-in-file", "")


@pytest.mark.parametrize("path", bad_files("bad_projects"), ids=lambda path: path.stem)
def test_a_mistake_in_a_project_file_is_told_with_its_place(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    write(tmp_path, {}, text)
    with pytest.raises(InputError) as raised:
        load_project(tmp_path, None, {})
    (found,) = [str(finding).removeprefix("campaignctl.yaml:") for finding in raised.value.findings]
    for expected in expectations(text):
        assert expected in found
    assert "0123456789abcdef" not in found
    assert "key:token" not in found


BYTES = {
    "UTF-16": (VOICE.encode("utf-16"), "1:1: it is not UTF-8 but UTF-16; save it as UTF-8"),
    "Latin-1": (
        VOICE.replace("diwali", "café").encode("latin-1"),
        "3:21: it is not UTF-8 but another encoding",
    ),
    "a control character": (
        VOICE.encode() + b"  mode: \x07\n",
        '7:9: not readable as YAML: the character "\\u0007"',
    ),
    "100,000 brackets": (
        VOICE.encode() + b"  lists: " + b"[" * 100_000,
        "is nested more than 50 levels deep",
    ),
    "100,000 braces": (b"{a: " * 100_000, "is nested more than 50 levels deep"),
    "10,000 dashes": (b"- " * 10_000, "is nested more than 50 levels deep"),
    "10,000 question marks": (b"? " * 10_000, "is nested more than 50 levels deep"),
    "10,000 lines, each further in": (
        b"".join(b" " * depth + b"a:\n" for depth in range(10_000))[:19_000_000],
        "is nested more than 50 levels deep",
    ),
    "10,000 lines ending in CR": (
        b"".join(b" " * depth + b"a:\r" for depth in range(1_000)),
        "is nested more than 50 levels deep",
    ),
}


@pytest.mark.parametrize(("content", "expected"), BYTES.values(), ids=list(BYTES))
def test_a_file_that_is_no_text_for_yaml_is_one_finding(
    content: bytes, expected: str, tmp_path: Path
) -> None:
    manifests = load(write(tmp_path, {"campaigns/a.yaml": content}))
    (finding,) = manifests.findings
    assert expected in str(finding)
    assert not manifests.complete


def test_aliases_of_aliases_do_not_expand(tmp_path: Path) -> None:
    levels = "\n".join(f"  b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]" for n in range(1, 30))
    manifests = load_one(tmp_path, f"{VOICE}  b0: &b0 [lol]\n{levels}\n")
    assert {finding.rule for finding in manifests.findings} == {"unknown-key"}


def test_merges_of_merges_are_bounded(tmp_path: Path) -> None:
    levels = "\n".join(
        f"  b{n}: &b{n}\n    <<: [{', '.join([f'*b{n - 1}'] * 9)}]\n    k{n}: 1" for n in range(1, 30)
    )
    manifests = load_one(tmp_path, f"{VOICE}  b0: &b0 {{k0: 1}}\n{levels}\n  retries: *b29\n")
    assert "expansion" in {finding.rule for finding in manifests.findings}


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    write(tmp_path, {})
    with (tmp_path / "campaigns" / "a.yaml").open("wb") as file:
        file.truncate(20_000_001)
    (finding,) = load(tmp_path).findings
    assert "it is larger than 20 MB" in finding.message


def test_5001_numbers_are_one_too_many(tmp_path: Path) -> None:
    numbers = ", ".join(f'"+9198765{number:05}"' for number in range(5001))
    (finding,) = load_one(tmp_path, VOICE.replace('"+919876543210"', numbers)).findings
    assert str(finding) == "campaigns/a.yaml:6:9: from: 5,001 items are too many, 5,000 at most [limit]"


def test_2001_characters_of_an_sms_are_one_too_many(tmp_path: Path) -> None:
    text = (HERE / "bad" / "letters-among-digits.yaml").read_text(encoding="utf-8").replace("11O1", "1101")
    (finding,) = load_one(tmp_path, text.replace("Charges have been deducted.", "x" * 2001)).findings
    assert finding.message == "template: 2,001 characters are too many, 2,000 at most"


def test_what_is_quoted_is_cut_and_made_visible(tmp_path: Path) -> None:
    word = "\\e[2J\\u202e" + "x" * 500
    (finding,) = load_one(tmp_path, f'{VOICE}  mode: "{word}"\n').findings
    assert "\x1b" not in finding.message
    assert "\u202e" not in finding.message
    assert len(finding.message) < 150


def test_a_token_that_the_environment_holds_is_found_anywhere_in_the_project_file(tmp_path: Path) -> None:
    write(tmp_path, {}, PROJECT + "# remember: 5ecret5ecret\n")
    with pytest.raises(InputError) as raised:
        load_project(tmp_path, None, {"EXOTEL_API_TOKEN": "5ecret5ecret"})
    (finding,) = raised.value.findings
    assert str(finding.where) == "campaignctl.yaml:5:1"
    assert "5ecret" not in str(finding)
