"""Which files are read and which manifests are meant; where a field stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from manifest_projects import PROJECT, VOICE, load, write

from campaignctl.diagnostics import Position, Severity
from campaignctl.manifests import choose_environment, load_manifests, load_project, locate
from campaignctl.model.selector import parse_selector


def named(name: str, team: str = "growth") -> str:
    return VOICE.replace("{name: diwali-reminder}", f"{{name: {name}, labels: {{team: {team}}}}}")


FILES = {
    "campaigns/b.yaml": named("bbb"),
    "campaigns/a.yml": named("aaa", "support"),
    "campaigns/deep/er/c.JSON": '{"apiVersion": "campaignctl/v1", "kind": "VoiceCampaign", "metadata": {"sid": "ccc"}}',
    "campaigns/.hidden/d.yaml": "not: a manifest",
    "campaigns/.e.yaml": "not: a manifest",
    "campaigns/readme.md": "no manifest",
    "campaigns/campaignctl.yaml": PROJECT,
}


def test_directories_are_read_recursively_in_order(tmp_path: Path) -> None:
    manifests = load(write(tmp_path, FILES))
    assert manifests.findings == ()
    assert [desired.name for desired in manifests.desired] == ["aaa", "bbb", None]
    assert [desired.where.file for desired in manifests.selected] == [
        "campaigns/a.yml",
        "campaigns/b.yaml",
        "campaigns/deep/er/c.JSON",
    ]


def test_links_in_a_circle_are_followed_once(tmp_path: Path) -> None:
    root = write(tmp_path, FILES)
    (root / "campaigns/deep/loop").symlink_to(root / "campaigns")
    (root / "campaigns/self.yaml").symlink_to(root / "campaigns/self.yaml")
    manifests = load(root)
    assert [desired.name for desired in manifests.desired] == ["aaa", "bbb", None]
    assert [finding.rule for finding in manifests.findings] == ["unreadable"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    root = write(tmp_path, {})
    os.mkfifo(root / "campaigns/a.yaml")
    (finding,) = load(root).findings
    assert finding.message.startswith(
        "it is no plain file: what comes through a pipe is saved to a file first"
    )


def test_what_comes_through_a_pipe_is_told_as_such(tmp_path: Path) -> None:
    read, write_end = os.pipe()
    try:
        (finding,) = load(write(tmp_path, {}), [f"/dev/fd/{read}"]).findings
    finally:
        os.close(read)
        os.close(write_end)
    assert finding.message.startswith(
        "it is no plain file: what comes through a pipe is saved to a file first"
    )


@pytest.mark.parametrize(
    "paths", [["campaigns/b.yaml"], ["./campaigns/../campaigns/b.yaml"], ["campaigns/b.yaml"] * 2]
)
def test_paths_select_and_the_whole_project_is_still_read(paths: list[str], tmp_path: Path) -> None:
    manifests = load(write(tmp_path, FILES), paths)
    assert [desired.name for desired in manifests.selected] == ["bbb"]
    assert len(manifests.desired) == 3


def test_paths_are_relative_to_where_one_stands(tmp_path: Path) -> None:
    root = write(tmp_path, FILES)
    (root / "campaigns/campaignctl.yaml").unlink()
    project = load_project(root / "campaigns/deep", None, {})
    assert project.root == str(root)
    environment = choose_environment(project, None)
    manifests = load_manifests(project, environment, ["er"], cwd=root / "campaigns/deep")
    assert [desired.sid for desired in manifests.selected] == ["ccc"]


def test_a_path_outside_of_the_project_is_read_besides(tmp_path: Path) -> None:
    files = {
        "m.yaml": named("outer").replace('from: ["+919876543210"]', "from_file: n.txt"),
        "n.txt": "+919876543210",
    }
    write(tmp_path / "elsewhere", files, project=None)
    manifests = load(write(tmp_path / "project", FILES), [str(tmp_path / "elsewhere")])
    assert manifests.findings == ()
    assert [str(desired.where) for desired in manifests.selected] == ["../elsewhere/m.yaml:1:1"]
    assert len(manifests.desired) == 4


def test_without_a_project_file_paths_serve_and_the_sandbox(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, FILES, project=None), None, {})
    assert (project.file, project.default_environment, project.environments["sandbox"].is_sandbox) == (
        None,
        "sandbox",
        True,
    )
    manifests = load_manifests(project, project.environments["sandbox"], ["campaigns"], cwd=tmp_path)
    assert len(manifests.selected) == 3


def test_an_invalid_file_outside_the_selection_is_a_warning_and_leaves_orphans_unknown(
    tmp_path: Path,
) -> None:
    root = write(tmp_path, {**FILES, "campaigns/x.yaml": "kind: X"})
    aside = load(root, ["campaigns/b.yaml"])
    assert [(finding.severity, finding.where.file) for finding in aside.findings] == [
        (Severity.WARN, "campaigns/x.yaml")
    ]
    assert not aside.complete
    assert [finding.severity for finding in load(root).findings] == [Severity.ERROR]


def test_what_is_only_odd_outside_the_selection_is_not_told(tmp_path: Path) -> None:
    odd = named("odd1") + "  url: http://my.exotel.com/acme1/exoml/start_voice/\n"
    root = write(tmp_path, {**FILES, "campaigns/x.yaml": odd})
    assert [finding.rule for finding in load(root).findings] == ["no-app-id"]
    assert [finding.rule for finding in load(root, ["campaigns/x.yaml"]).findings] == ["no-app-id"]
    assert load(root, ["campaigns/b.yaml"]).findings == ()


def test_a_name_that_stands_outside_the_selection_too_is_an_error_at_the_selected_one(tmp_path: Path) -> None:
    root = write(tmp_path, {**FILES, "campaigns/x.yaml": named("bbb")})
    found = load(root, ["campaigns/b.yaml"]).findings
    assert [(finding.severity.value, str(finding.where)) for finding in found] == [
        ("error", "campaigns/b.yaml:3:18"),
        ("warn", "campaigns/x.yaml:3:18"),
    ]


def test_labels_select_and_what_they_leave_out_is_only_warned_about(tmp_path: Path) -> None:
    broken = named("broken", "support") + "  nope: 1\n"
    root = write(tmp_path, {**FILES, "campaigns/x.yaml": broken})
    manifests = load(root, selector=parse_selector("team=growth"))
    assert [desired.name for desired in manifests.selected] == ["bbb"]
    assert [finding.severity for finding in manifests.findings] == [Severity.WARN]
    assert has_error(root, "team!=growth")


def has_error(root: Path, labels: str) -> bool:
    findings = load(root, selector=parse_selector(labels)).findings
    return any(finding.severity is Severity.ERROR for finding in findings)


def test_a_path_of_the_project_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    root = write(tmp_path, FILES, PROJECT.replace("[campaigns/]", "[campaigns/, gone/]"))
    manifests = load(root, ["campaigns"])
    (finding,) = manifests.findings
    assert str(finding) == 'campaignctl.yaml:3:12: manifests: "gone/" does not exist [no-such-path]'
    assert not manifests.complete


def test_a_path_of_the_command_line_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    (finding,) = load(write(tmp_path, FILES), ["campaign"]).findings
    assert str(finding) == 'campaign:1:1: "campaign" does not exist [no-such-path]'


def test_a_path_that_can_be_none_does_not_exist(tmp_path: Path) -> None:
    root = write(tmp_path, FILES)
    rules = [finding.rule for path in ("x" * 5000, "a\0b") for finding in load(root, [path]).findings]
    assert rules == ["no-such-path"] * 2


def test_a_project_does_not_lead_out_of_itself(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", {"m.yaml": VOICE}, project=None)
    root = write(tmp_path / "project", {}, PROJECT.replace("campaigns/", "../elsewhere"))
    assert {finding.rule for finding in load(root).findings} == {"outside-project"}


def test_a_name_lacks_the_prefix_of_prune_unless_it_is_pinned(tmp_path: Path) -> None:
    (finding,) = load(write(tmp_path, FILES, PROJECT + "prune: {name_prefix: aa}\n")).findings
    assert (finding.rule, str(finding.where)) == ("name-prefix", "campaigns/b.yaml:3:18")


PLACES = {
    "caller_id": "5:14",
    "from": "6:14",
    "schedule": "7:13",
    "schedule.send_at": "7:23",
    "schedule.end_at": "7:13",
    "retries.interval_mins": "5:3",
    "metadata.name": "3:18",
    "metadata.labels": "3:11",
    "spec": "5:3",
}


@pytest.mark.parametrize(("path", "place"), PLACES.items())
def test_a_field_is_found_again_or_what_is_nearest_above_it(path: str, place: str, tmp_path: Path) -> None:
    text = VOICE.replace('from: ["+919876543210"]', "from_file: numbers.csv")
    text += '  schedule: {send_at: "2027-01-15T09:00:00+05:30"}\n'
    root = write(tmp_path, {"campaigns/a.yaml": "---\n---\n" + text})
    line, column = map(int, place.split(":"))
    found = locate(root, Position("campaigns/a.yaml", 3), 1, path)
    assert found == Position("campaigns/a.yaml", line + 2, column)


def test_a_field_of_a_file_that_is_gone_stands_where_its_document_began(tmp_path: Path) -> None:
    where = Position("campaigns/gone.yaml", 7, 1)
    assert locate(tmp_path, where, 0, "caller_id") == where
