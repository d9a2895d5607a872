"""What a branch changes beside the campaigns: settings of the project file, and the documents in its manifests."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from git_projects import PROJECT, GitProject, git_project
from harness import sms
from jsonschema import Draft202012Validator

from campaignctl.app.files import schema_text
from campaignctl.diff.settings import project_leaves, setting_changes

TEMPLATES: dict[str, Any] = {
    "apiVersion": "campaignctl/v1",
    "kind": "DltTemplates",
    "metadata": {"name": "shop"},
    "spec": {
        "entity": "0101428740000012125",
        "urls": ["acme.example"],
        "templates": [
            {
                "id": "1107160086562376233",
                "headers": ["EXOTEL"],
                "category": "service_implicit",
                "text": "Hi, your account is activated",
            }
        ],
    },
}


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """One SMS campaign and its registered template on main, and a branch that has changed nothing yet."""
    project = git_project(tmp_path / "work")
    project.write("campaigns/sms.yaml", sms())
    project.write("campaigns/templates.yaml", TEMPLATES)
    project.commit()
    project.git("checkout", "--quiet", "-b", "branch")
    return project


def settings(project: GitProject) -> list[dict[str, Any]]:
    result = project.diff("--format", "json")
    assert result.code == 0, result.all
    document = result.json
    Draft202012Validator(json.loads(schema_text("diff"))).validate(document)
    found: list[dict[str, Any]] = document["settings"]
    return found


def configured(project: GitProject, **changes: Any) -> None:
    file = deepcopy(dict(PROJECT))
    file["environments"]["sandbox"] |= changes.pop("sandbox", {})
    project.write("campaignctl.yaml", {**file, **changes})


def test_nothing_that_changed_is_no_setting(project: GitProject) -> None:
    assert settings(project) == []
    assert "settings" not in project.diff().out


def test_a_leaf_of_the_project_file_has_its_path_and_both_values(project: GitProject) -> None:
    configured(project, max_changes=5, sandbox={"country": "SG", "allow": ["archive"]})
    assert settings(project) == [
        {
            "path": "environments.sandbox.allow",
            "change": "added",
            "before": None,
            "after": ["archive"],
            "added": ["archive"],
            "removed": [],
        },
        {"path": "environments.sandbox.country", "change": "changed", "before": "IN", "after": "SG"},
        {"path": "max_changes", "change": "added", "before": None, "after": 5},
    ]


def test_a_list_says_what_came_and_what_went(project: GitProject) -> None:
    configured(project, sandbox={"allow": ["archive", "complete"]})
    project.commit()
    project.git("branch", "--force", "main")
    configured(project, sandbox={"allow": ["complete", "resume"]})
    (found,) = settings(project)
    assert (found["added"], found["removed"]) == (["resume"], ["archive"])


def test_values_of_variables_are_not_shown(project: GitProject) -> None:
    configured(project, vars={"flow_id": "token-1"}, sandbox={"vars": {"flow_id": "token-2"}})
    found = settings(project)
    assert [(it["path"], it["before"], it["after"], it["masked"]) for it in found] == [
        ("environments.sandbox.vars.flow_id", None, None, True),
        ("vars.flow_id", None, None, True),
    ]
    for words in ((), ("--format", "markdown"), ("--format", "html"), ("--format", "json")):
        assert "token-" not in project.diff(*words).out


def test_the_query_of_an_address_is_not_shown() -> None:
    def leaves(url: str) -> Any:
        return project_leaves({"environments": {"prod": {"base_url": url}}})

    (found,) = setting_changes(leaves("https://a.example"), leaves("https://a.example?key=1"))
    assert (found.before, found.after, found.masked) == (None, None, True)


def test_a_registered_text_is_shown_before_and_after(project: GitProject) -> None:
    changed = deepcopy(TEMPLATES)
    changed["spec"]["templates"][0]["text"] = "Hi, your account is active"
    project.write("campaigns/templates.yaml", changed)
    assert settings(project) == [
        {
            "path": "dlt.1107160086562376233.text",
            "change": "changed",
            "before": "Hi, your account is activated",
            "after": "Hi, your account is active",
        }
    ]
    assert project.changes() == []
    for output_format in ("text", "markdown", "html"):
        out = project.diff("--format", output_format).out
        assert "dlt.1107160086562376233.text" in out
        assert "Hi, your account is active" in out


def test_what_is_said_elsewhere_in_a_document_is_no_change(project: GitProject) -> None:
    moved = deepcopy(TEMPLATES)
    moved["spec"]["templates"][0]["urls"] = moved["spec"].pop("urls")
    project.write("campaigns/templates.yaml", moved)
    assert settings(project) == []


def test_a_template_that_is_gone_is_told_leaf_by_leaf(project: GitProject) -> None:
    other = deepcopy(TEMPLATES)
    other["spec"]["templates"][0]["id"] = "1107160086562376234"
    project.write("campaigns/templates.yaml", other)
    found = {it["path"]: it["change"] for it in settings(project)}
    assert found["dlt.1107160086562376233.text"] == "removed"
    assert found["dlt.1107160086562376234.text"] == "added"
    assert len(found) == 10


def test_a_text_of_a_setting_is_escaped(project: GitProject) -> None:
    changed = deepcopy(TEMPLATES)
    changed["spec"]["templates"][0]["text"] = "<b>bold</b> \u202e"
    project.write("campaigns/templates.yaml", changed)
    assert "<b>bold" not in project.diff("--format", "html").out
    assert "\u202e" not in project.diff().out


def test_a_project_file_that_was_invalid_gives_no_settings(project: GitProject) -> None:
    project.git("checkout", "--quiet", "main")
    project.write("campaignctl.yaml", "kind: [")
    project.commit()
    project.git("checkout", "--quiet", "-b", "fixed")
    configured(project)
    assert settings(project) == []


def test_of_people_who_are_left_out_how_many_there_are_is_shown_and_no_number(project: GitProject) -> None:
    one, other, third = "+919876500001", "+919876500002", "+919876500003"
    (project.root / "do-not-call.csv").write_text("number\n+919876500009\n", encoding="utf-8")
    file = {"from_file": "do-not-call.csv", "at_least": 1}
    configured(project, suppress=[{"numbers": [one, other]}, file])
    project.commit()
    project.git("branch", "--force", "main")
    configured(project, suppress=[{"numbers": [third]}, file])
    (found,) = settings(project)
    assert found["before"] == [{"numbers": {"count": 2}}, file]
    assert found["after"] == [{"numbers": {"count": 1}}, file]
    configured(project, suppress=[{"numbers": [one, third]}, file])
    assert settings(project) == [
        {"path": "suppress", "change": "changed", "before": None, "after": None, "masked": True}
    ]
    for words in [(), *(("--format", it) for it in ("json", "markdown", "html"))]:
        for options in ((), ("--show-numbers",)):
            said = project.diff(*words, *options).all
            assert not any(number[3:] in said for number in (one, other, third))
