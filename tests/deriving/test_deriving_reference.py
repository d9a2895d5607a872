"""`explain` and the reference: complete, current, and of one mind with the tables."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from harness import run
from jsonschema import Draft202012Validator

from campaignctl.app.files import schema_text
from campaignctl.cli.commands_page import commands_page
from campaignctl.cli.sandbox_page import sandbox_page
from campaignctl.deriving.explained import document, explain, listing, markdown, text
from campaignctl.deriving.reference import pages
from campaignctl.deriving.topics import Group, topics
from campaignctl.errors import CampaignctlError, InputError
from campaignctl.exits import EXIT_CODES, Exit
from campaignctl.kinds import KINDS
from campaignctl.kinds.table import Type
from campaignctl.model.reasons import APPLY_REASONS, CHANGES, REASONS
from campaignctl.policy import RULES
from campaignctl.policy.project_file import PROJECT

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
CONTRACT_ORDER = [130, 64, 5, 4, 3, 1, 2, 0]


ELSEWHERE = {
    "commands.md": (commands_page, "campaignctl.cli.commands_page"),
    "sandbox.md": (sandbox_page, "campaignctl.cli.sandbox_page"),
}


@pytest.mark.parametrize("name", [*pages(), *ELSEWHERE])
def test_a_page_is_what_the_tables_say_now(name: str) -> None:
    made, command = ELSEWHERE.get(name, (lambda: pages()[name], "campaignctl.deriving"))
    assert (REFERENCE / name).read_text(encoding="utf-8") == made(), f"run python -m {command}"


def test_no_page_is_left_over() -> None:
    there = {path.relative_to(REFERENCE).as_posix() for path in REFERENCE.rglob("*.md")}
    assert there == {*pages(), *ELSEWHERE}


def test_every_link_of_the_reference_leads_somewhere() -> None:
    for path in REFERENCE.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


WORDS = {
    **{kind.name: Group.KIND for kind in KINDS.values()},
    **{kind.short: Group.KIND for kind in KINDS.values()},
    **{
        f"{kind.short}.{path}": Group.FIELD
        for kind in KINDS.values()
        for path in kind.by_path
        if path != "name"
    },
    **dict.fromkeys(RULES, Group.POLICY),
    **dict.fromkeys(CHANGES, Group.CHANGE),
    **dict.fromkeys([*REASONS, *APPLY_REASONS], Group.REASON),
    **{f"exit {row.code}": Group.EXIT for row in EXIT_CODES},
    **{str(int(row.code)): Group.EXIT for row in EXIT_CODES},
    **{field.name: Group.PROJECT for field in PROJECT.fields if field.name not in ("apiVersion", "kind")},
    "VoiceCampaign.spec.from": Group.FIELD,
    "voice.schedule.send_at": Group.FIELD,
    "VOICE.Schedule.Send_At": Group.FIELD,
    "schedule.send_at": Group.FIELD,
    "send_at": Group.FIELD,
    "spec.state": Group.FIELD,
    "metadata.ignore": Group.FIELD,
    "metadata.labels": Group.FIELD,
    "environments.prod.region": Group.PROJECT,
    "environments.prod.credentials.key_env": Group.PROJECT,
    "project.prune.name_prefix": Group.PROJECT,
    "calling-hours": Group.POLICY,
    "policy.calling_hours.time_zone": Group.POLICY,
    "max_numbers.at_most": Group.POLICY,
    "EXOTEL_API_KEY": Group.VARIABLE,
    "NO_COLOR": Group.VARIABLE,
}


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_explained(word: str) -> None:
    assert WORDS[word] in {topic.group for topic in explain(word)}


def test_what_is_the_same_for_both_kinds_is_told_once() -> None:
    (labels,) = explain("metadata.labels")
    assert labels.name == "VoiceCampaign.metadata.labels, SmsCampaign.metadata.labels"
    assert len(explain("metadata.ignore")) == 2, "each kind has fields of its own"


@pytest.mark.parametrize(
    ("word", "near"),
    [("voice.shedule", "voice.schedule"), ("caling_hours", "calling_hours"), ("ned-allow", "needs-allow")],
)
def test_a_misspelt_word_names_the_nearest(word: str, near: str) -> None:
    with pytest.raises(InputError, match=f'did you mean "{near}"'):
        explain(word)


def test_a_word_that_is_nowhere_is_shown_harmlessly() -> None:
    with pytest.raises(InputError) as raised:
        explain("\x1b[2J\u202e" * 100)
    assert "campaignctl explain" in str(raised.value)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 700


def test_every_topic_is_a_sentence_and_is_found_by_its_own_name() -> None:
    for topic in topics():
        assert topic.summary.endswith("."), topic.name
        assert topic.name in {name for found in explain(topic.name) for name in found.name.split(", ")}


def test_every_reason_and_exit_code_says_what_to_do() -> None:
    assert all(row.remedy.endswith(".") for row in [*REASONS.values(), *APPLY_REASONS.values()])
    assert all(row.details.endswith(".") for row in EXIT_CODES)
    assert [int(row.code) for row in EXIT_CODES] == CONTRACT_ORDER


def test_every_error_ends_with_a_code_of_the_table() -> None:
    classes = [CampaignctlError]
    for each in classes:
        classes += each.__subclasses__()
        assert each.exit_code in set(Exit), each


def test_every_type_of_field_has_its_words() -> None:
    shown = {dict(topic.facts).get("type") for topic in topics()}
    assert {"phone" in (words or "") for words in shown} == {True, False}
    assert len(Type) >= 12


def test_the_json_form_is_as_its_schema_says() -> None:
    schema = Draft202012Validator(json.loads(schema_text("explain")))
    schema.validate(document(topics()))
    assert len(document(explain("voice"))["topics"][0]["members"]) == 4


@pytest.mark.parametrize("width", [1, 40, 80, 300, None])
def test_text_fits_the_terminal(width: int | None) -> None:
    columns = max(40, min(width or 100, 100))
    for word in ("metadata.ignore", "capacity", "from", "environments"):
        for line in text(explain(word), width).splitlines():
            long = max(line.split(), key=len, default="")
            assert len(line) <= columns or line.startswith("    ") or len(long) > columns // 2, line
    assert "needs-allow" in listing(width)


def test_markdown_closes_what_it_opens() -> None:
    written = markdown(topics())
    assert written.count("```") % 2 == 0
    assert "## `calling_hours`" in written


def test_the_command_explains_lists_and_refuses(tmp_path: Path) -> None:
    assert run("explain", "voice.from", cwd=tmp_path).out.startswith("VoiceCampaign.spec.from (field)")
    listed = run("explain", cwd=tmp_path)
    assert (listed.code, listed.err) == (0, "")
    assert "reason code:" in listed.out
    assert run("explain", "3", "--format", "json", cwd=tmp_path).json["topics"][0]["name"] == "exit 3"
    assert run("explain", "policy", "--format", "markdown", cwd=tmp_path).out.count("\n## ") == 1
    wrong = run("explain", "voice.form", "--format", "json", cwd=tmp_path)
    assert wrong.code == 1
    assert 'did you mean "voice.from"' in wrong.json["error"]["message"]


def test_explain_needs_no_project_that_is_right(tmp_path: Path) -> None:
    (tmp_path / "campaignctl.yaml").write_text("][", encoding="utf-8")
    assert run("explain", "voice", cwd=tmp_path).code == 0
