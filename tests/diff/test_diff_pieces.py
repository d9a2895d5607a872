"""What changed within a text or a list."""

from __future__ import annotations

from pathlib import Path

from git_projects import PROJECT, git_project
from harness import sms
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.diff.pieces import is_list, only_in, text_pieces

TEXTS = st.text("ab \n\t•", max_size=30)


@given(TEXTS, TEXTS)
def test_the_parts_of_a_text_rebuild_both_sides(before: str, after: str) -> None:
    pieces = text_pieces(before, after)
    assert "".join(it["text"] for it in pieces if it["op"] != "insert") == before
    assert "".join(it["text"] for it in pieces if it["op"] != "delete") == after


def test_a_long_text_is_not_compared_word_by_word() -> None:
    pieces = text_pieces("a " * 10_000, "b " * 10_000)
    assert [it["op"] for it in pieces] == ["delete", "insert"]


def test_what_came_and_went_of_a_list_counts_what_stands_twice() -> None:
    assert only_in(["a", "a", "b"], ["a"]) == ["a", "b"]
    assert only_in(None, ["a"]) == []
    assert is_list(None, ["a"])
    assert not is_list(None, None)
    assert not is_list("a", ["a"])


def test_a_diff_tells_words_and_items(tmp_path: Path) -> None:
    project = git_project(tmp_path)
    lists = ["9120d5962d214316b7721de55bb82e03", "9120d5962d214316b7721de55bb82e04"]
    project.write("campaigns/sms.yaml", sms("text-to-all", lists=lists, template="Your order is ready"))
    project.commit()
    project.git("checkout", "--quiet", "-b", "branch")
    changed = sms("text-to-all", lists=[lists[1], "0" * 32], template="Your parcel is ready")
    project.write("campaigns/sms.yaml", changed)
    [change] = project.diff("--format", "json").json["changes"]
    diff = {it["field"]: it for it in change["diff"]}
    assert (diff["lists"]["added"], diff["lists"]["removed"]) == (["0" * 32], [lists[0]])
    assert [it for it in diff["template"]["text"] if it["op"] != "equal"] == [
        {"op": "delete", "text": "order"},
        {"op": "insert", "text": "parcel"},
    ]
    for output_format in ("text", "markdown", "html", "github"):
        assert project.diff("--format", output_format).code == 0


def test_a_changed_rule_file_is_named(tmp_path: Path) -> None:
    project = git_project(tmp_path)
    entry = {"file": "rules/one.yaml", "level": "warn"}
    project.write("campaignctl.yaml", {**PROJECT, "policy": {"schema": [entry]}})
    project.write("rules/one.yaml", "description: One.\n")
    project.write("campaigns/sms.yaml", sms("text-to-all"))
    project.commit()
    assert project.diff("--format", "json").json["settings"] == []
    project.write("rules/one.yaml", "description: Another.\n")
    result = project.diff("--format", "json")
    assert [(it["path"], it["change"]) for it in result.json["settings"]] == [("rules/one.yaml", "changed")]
    assert "rules/one.yaml: changed" in project.diff().out
