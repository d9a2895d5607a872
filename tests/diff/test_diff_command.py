"""`diff` over real repositories: what a branch changes, and everything that a repository can be instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from git_projects import PROJECT, GitProject, git_project
from harness import sms, voice
from jsonschema import Draft202012Validator
from repeating import weekly

from campaignctl.app.files import schema_text

BROKEN = (
    "apiVersion: campaignctl/v1\nkind: VoiceCampaign\nmetadata: {name: diwali-reminder}\nspec: {caller: 1}\n"
)


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """Two campaigns on main, and a branch that has changed nothing yet."""
    project = git_project(tmp_path / "work")
    project.write("campaigns/voice.yaml", voice())
    project.write("campaigns/sms.yaml", sms())
    project.commit()
    project.git("checkout", "--quiet", "-b", "branch")
    return project


def test_a_branch_that_changes_nothing_says_so(project: GitProject) -> None:
    result = project.diff()
    assert result.code == 0
    assert "No campaign changes; 2 manifests mean the same." in result.out
    assert "No campaign changes; 1 manifest means the same." in project.diff("campaigns/sms.yaml").out


def test_an_empty_base_is_refused_and_not_taken_for_the_default(project: GitProject) -> None:
    """An unset variable of a pipeline would compare with the wrong revision unnoticed."""
    run = project.diff("--base", "")
    assert (run.code, run.out) == (64, "")
    assert "the argument after --base is empty" in run.err


def test_comments_order_and_another_spelling_of_a_time_are_no_change(project: GitProject) -> None:
    project.write(
        "campaigns/voice.yaml",
        """\
# the same campaign, written by somebody else
kind: VoiceCampaign
apiVersion: campaignctl/v1
spec:
  schedule: {end_at: "2027-01-15T12:30:00Z", send_at: 2027-01-15T03:30:00+00:00}
  from: ["+919876543211", "09876543210"]
  url: https://my.exotel.com/acme1/exoml/start_voice/926
  status_callback: "https://hooks.example.com/campaign?token=in-the-query"
  retries: {on_status: [busy], mechanism: Linear, interval_mins: 15, number_of_retries: 2}
  flow_type: ivr
  caller_id: "03349360005"
metadata: {name: diwali-reminder}
""",
    )
    assert project.changes() == []


def test_a_renamed_file_is_no_change(project: GitProject) -> None:
    project.git("mv", "campaigns/voice.yaml", "campaigns/moved.yaml")
    project.commit()
    assert project.changes() == []


def test_fields_are_shown_before_and_after_with_numbers_masked(project: GitProject) -> None:
    moved = {"send_at": "2027-01-15T10:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"}
    project.write(
        "campaigns/voice.yaml", voice(schedule=moved, **{"from": ["+919876543210", "+919876543299"]})
    )
    [change] = project.changes()
    assert change["change"] == "changed"
    assert change["diff"] == [
        {
            "field": "from",
            "before": {"count": 2},
            "after": {"count": 2},
            "added": {"count": 1, "examples": ["+91••••••••99"]},
            "removed": {"count": 1, "examples": ["+91••••••••11"]},
        },
        {
            "field": "schedule.send_at",
            "before": "2027-01-15T09:00:00+05:30",
            "after": "2027-01-15T10:00:00+05:30",
        },
    ]
    for output_format in ("text", "json", "markdown", "github"):
        said = project.diff("--format", output_format).all
        assert "98765432" not in said
        assert "in-the-query" not in said
    assert "+919876543299" in project.diff("--show-numbers").out
    assert "98765432" not in project.diff("--show-numbers", "--format", "markdown").out


def test_of_a_removed_manifest_it_says_that_its_campaign_stays_and_runs_and_how_to_end_it(
    project: GitProject,
) -> None:
    project.git("rm", "--quiet", "campaigns/voice.yaml")
    result = project.diff()
    assert result.code == 0
    assert "- voice/diwali-reminder: removed  (was campaigns/voice.yaml:1)" in result.out
    assert "its campaign stays and runs" in result.out
    assert "state: archived" in result.out
    assert "campaignctl complete voice/diwali-reminder" in result.out
    assert "--prune" not in result.out


def test_what_could_be_pruned_says_that_prune_ends_it(project: GitProject) -> None:
    project.write("campaignctl.yaml", {**PROJECT, "prune": {"name_prefix": "diwali-"}})
    project.commit()
    project.git("branch", "--force", "main")
    project.git("rm", "--quiet", "campaigns/voice.yaml")
    assert "--prune --allow complete --allow archive" in project.diff().out


def test_another_name_looks_renamed_until_the_manifest_says_what_it_is(project: GitProject) -> None:
    project.write("campaigns/voice.yaml", voice("diwali-call"))
    [change] = project.changes()
    assert change["change"] == "looks-renamed"
    assert change["previous"]["name"] == "diwali-reminder"
    assert "the plan holds this one (looks-renamed)" in change["notes"][0]
    assert "1 that looks renamed" in project.diff().out

    project.write("campaigns/voice.yaml", voice("diwali-call", metadata={"previous_name": "diwali-reminder"}))
    [change] = project.changes()
    assert change["change"] == "renamed"
    [name] = [it for it in change["diff"] if it["field"] == "name"]
    assert (name["before"], name["after"]) == ("diwali-reminder", "diwali-call")

    project.write("campaigns/voice.yaml", voice("diwali-call", metadata={"distinct_from": ["046141c8f6"]}))
    assert [change["change"] for change in project.changes()] == ["added", "removed"]


def test_numbers_in_a_file_elsewhere_in_the_project_are_read_on_both_sides(project: GitProject) -> None:
    manifest = voice(**{"from": ...}, from_file="../people/numbers.csv")
    project.write("people/numbers.csv", "number\n+919876543210\n+919876543211\n")
    project.write("campaigns/voice.yaml", manifest)
    project.commit()
    project.git("branch", "--force", "main")
    assert project.changes() == []
    project.write("people/numbers.csv", "number\n+919876543211\n+919876543210\n+919876543212\n")
    [change] = project.changes()
    assert change["diff"][0]["added"]["count"] == 1


def test_each_side_is_read_with_its_own_variables(project: GitProject) -> None:
    project.write("campaignctl.yaml", {**PROJECT, "vars": {"text": "one"}})
    project.write("campaigns/sms.yaml", sms(template="${text}"))
    project.commit()
    project.git("branch", "--force", "main")
    project.write("campaignctl.yaml", {**PROJECT, "vars": {"text": "two"}})
    result = project.diff()
    assert 'template: "one" → "two"' in result.out
    assert "campaignctl.yaml changes for environment sandbox: vars" in result.out
    assert project.changes("--var", "text=same") == []


def test_what_the_default_branch_gained_in_the_meantime_does_not_show(project: GitProject) -> None:
    project.git("checkout", "--quiet", "main")
    project.write("campaigns/later.yaml", voice("later", **{"from": ["+919876543299"]}))
    project.commit()
    project.git("checkout", "--quiet", "branch")
    assert project.changes("--base", "main") == []
    result = project.diff("--base", "main", "--format", "json").json
    assert result["base"]["merge_base"] is True


def test_the_default_base_is_the_default_branch_of_the_remote(project: GitProject, tmp_path: Path) -> None:
    clone = GitProject(tmp_path / "clone")
    project.git("checkout", "--quiet", "main")
    project.git("clone", "--quiet", ".", str(clone.root))
    clone.write("campaigns/new.yaml", voice("new-one", **{"from": ["+919876543299"]}))
    clone.commit()
    result = clone.diff("--format", "json").json
    assert result["base"]["revision"] == "origin/main"
    assert [change["name"] for change in result["changes"]] == ["new-one"]


def test_paths_and_labels_select_as_elsewhere(project: GitProject) -> None:
    project.write(
        "campaigns/voice.yaml", voice(caller_id="03349360006", metadata={"labels": {"team": "growth"}})
    )
    project.write("campaigns/sms.yaml", sms(template="Hello"))
    assert len(project.changes()) == 2
    assert [it["name"] for it in project.changes("campaigns/sms.yaml")] == ["diwali-offer"]
    assert [it["name"] for it in project.changes("-l", "team=growth")] == ["diwali-reminder"]
    assert "sms/diwali-offer" in project.diff("sms.yaml", cwd="campaigns").out


def test_a_path_that_only_the_base_has_was_removed(project: GitProject) -> None:
    project.git("rm", "--quiet", "campaigns/voice.yaml")
    assert [it["change"] for it in project.changes("campaigns/voice.yaml")] == ["removed"]
    assert project.diff("campaigns/nowhere.yaml").code == 1


def test_a_path_outside_of_the_repository_is_refused(project: GitProject, tmp_path: Path) -> None:
    result = project.diff(str(tmp_path / "elsewhere"))
    assert result.code == 1
    assert "outside of the repository" in result.err


def test_a_project_in_a_directory_of_the_repository(tmp_path: Path) -> None:
    project = git_project(tmp_path, prefix="services/calls/")
    project.write("services/calls/campaigns/voice.yaml", voice())
    project.commit()
    project.git("checkout", "--quiet", "-b", "branch")
    project.write("services/calls/campaigns/voice.yaml", voice(caller_id="03349360006"))
    as_in_a_hook = {"GIT_DIR": ".git", "GIT_PREFIX": "services/calls/"}
    result = project.diff("campaigns/voice.yaml", cwd="services/calls", env=as_in_a_hook)
    assert 'caller_id: "03349360005" → "03349360006"' in result.out


# -- bad input -------------------------------------------------------------------------------------------------


def test_a_manifest_that_is_broken_on_the_branch_is_a_finding(project: GitProject) -> None:
    project.write("campaigns/voice.yaml", BROKEN)
    result = project.diff()
    assert result.code == 1
    assert "campaigns/voice.yaml:4:8" in result.err
    assert project.diff("--format", "json").json["error"]["code"] == "invalid-input"
    assert project.diff("campaigns/sms.yaml").code == 0


def test_a_manifest_that_was_broken_on_the_base_and_is_fixed_now_is_said(project: GitProject) -> None:
    project.write("campaigns/voice.yaml", BROKEN)
    project.commit()
    project.git("branch", "--force", "main")
    project.write("campaigns/voice.yaml", voice())
    result = project.diff()
    assert result.code == 0
    assert "+ voice/diwali-reminder: added" in result.out
    assert "its file was invalid on the base" in result.out
    assert "Note: campaigns/voice.yaml was invalid on the base, line 4: " in result.out


def test_a_project_file_that_is_new_or_was_broken_is_said(project: GitProject) -> None:
    project.write("campaignctl.yaml", "kind: Project\nmanifest: [campaigns/]\n")
    broken = project.commit()
    project.git("rm", "--quiet", "campaignctl.yaml")
    absent = project.commit()
    project.write("campaignctl.yaml", PROJECT)
    assert "campaignctl.yaml was invalid on the base" in project.diff("--base", broken).out
    result = project.diff("--base", absent)
    assert "campaignctl.yaml is not there on the base" in result.out
    assert "2 manifests mean the same" in result.out


@pytest.mark.parametrize("revision", ["no-such-branch", "--all", "main..branch", "HEAD:campaigns", "0" * 40])
def test_a_revision_that_does_not_exist_is_a_clear_message(project: GitProject, revision: str) -> None:
    result = project.diff(f"--base={revision}")
    assert result.code == 1
    assert f'Error: the revision "{revision}" does not exist here' in result.err
    assert result.out == ""


def test_a_repository_without_commits_shows_everything_as_new(tmp_path: Path) -> None:
    project = git_project(tmp_path)
    project.write("campaigns/voice.yaml", voice())
    result = project.diff()
    assert result.code == 0
    assert "1 added" in result.out
    assert "the repository has no commit yet: every manifest is new" in result.out
    assert project.diff("--base", "main").code == 1


def test_no_repository_is_a_clear_message(tmp_path: Path) -> None:
    project = GitProject(tmp_path)
    project.write("campaignctl.yaml", PROJECT)
    project.write("campaigns/voice.yaml", voice())
    result = project.diff()
    assert result.code == 1
    assert "is in no git repository" in result.err


def test_without_git_that_is_said(project: GitProject, tmp_path: Path) -> None:
    result = project.diff(env={"PATH": str(tmp_path / "empty")})
    assert result.code == 1
    assert "git is not installed" in result.err


def test_without_a_default_branch_it_asks_for_one(project: GitProject) -> None:
    project.git("branch", "--move", "main", "trunk")
    result = project.diff()
    assert result.code == 1
    assert "name what to compare with, --base REV" in result.err
    assert project.diff("--base", "trunk").code == 0


def shallow(project: GitProject, tmp_path: Path) -> GitProject:
    """The branch alone, its last commit alone, as a pipeline clones it."""
    project.write("campaigns/new.yaml", voice("new-one", **{"from": ["+919876543299"]}))
    project.commit()
    project.git("checkout", "--quiet", "main")
    clone = GitProject(tmp_path / "shallow")
    project.git("clone", "--quiet", "--depth=1", "--branch=branch", f"file://{project.root}", str(clone.root))
    return clone


def test_a_shallow_clone_that_lacks_the_base_says_what_to_fetch(project: GitProject, tmp_path: Path) -> None:
    clone = shallow(project, tmp_path)
    missing = project.git("rev-parse", "main")
    for words in (("--base", missing), ("--base", "origin/main"), ()):
        result = clone.diff(*words)
        assert result.code == 1
        assert "this is a shallow clone" in result.err
        assert "fetch-depth: 0" in result.err


def test_a_shallow_clone_compares_with_the_base_alone_where_it_has_it(
    project: GitProject, tmp_path: Path
) -> None:
    clone = shallow(project, tmp_path)
    clone.git("fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    result = clone.diff("--format", "json").json
    assert [change["name"] for change in result["changes"]] == ["new-one"]
    assert result["base"]["merge_base"] is False
    assert "have no common commit in this shallow clone" in result["notes"][0]


def test_links_on_the_base_that_lead_out_are_not_followed(project: GitProject, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("kind: something of this machine\n", encoding="utf-8")
    (project.root / "campaigns" / "link.yaml").symlink_to(secret)
    (project.root / "campaigns" / "inside.yaml").symlink_to("voice.yaml")
    (project.root / "up").symlink_to("..")
    project.commit()
    project.git("branch", "--force", "main")
    for link in ("campaigns/link.yaml", "campaigns/inside.yaml", "up"):
        (project.root / link).unlink()
    result = project.diff()
    assert result.code == 0, result.err
    assert "campaigns/link.yaml was invalid on the base, line 1: it leads out of the project" in result.out
    assert "something of this machine" not in result.all


def test_nothing_is_left_behind_and_the_repository_is_not_written_to(
    project: GitProject, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = project.git("status", "--porcelain"), project.git("count-objects", "-v"), project.git("reflog")
    assert project.diff(env={"TMPDIR": str(temporary)}).code == 0
    assert list(temporary.iterdir()) == []
    assert before == (
        project.git("status", "--porcelain"),
        project.git("count-objects", "-v"),
        project.git("reflog"),
    )
    assert not (project.root / ".campaignctl").exists()


def test_names_of_files_and_campaigns_are_harmless_in_every_format(project: GitProject) -> None:
    hostile = "::error::<img src=x> $(reboot) `@all` \u202e"
    project.write("campaigns/a\n::error::b.yaml", voice(hostile, **{"from": ["+919876543299"]}))
    project.commit()
    project.git("branch", "--force", "main")
    project.git("rm", "--quiet", "campaigns/*b.yaml")
    for output_format in ("text", "json", "markdown", "github"):
        result = project.diff("--format", output_format)
        assert result.code == 0
        assert "\u202e" not in result.out
        assert not any(line.startswith("::error") for line in result.out.splitlines())
    assert "campaignctl complete NAME" in project.diff().out


def test_a_diff_is_what_its_schema_says(project: GitProject) -> None:
    project.git("rm", "--quiet", "campaigns/sms.yaml")
    pinned = voice(
        metadata={"sid": "0f" * 16, "labels": {"team": "growth"}, "ignore": ["schedule"]}, state="paused"
    )
    project.write("campaigns/voice.yaml", pinned)
    project.write("campaigns/new.yaml", voice("new-one", **{"from": ["+919876543299"]}))
    schema = json.loads(schema_text("diff"))
    Draft202012Validator.check_schema(schema)
    document = project.diff("--format", "json").json
    Draft202012Validator(schema).validate(document)
    assert document["summary"] == {
        "added": 1,
        "removed": 1,
        "renamed": 0,
        "looks_renamed": 0,
        "changed": 1,
        "unchanged": 0,
    }


def test_a_manifest_that_repeats_costs_what_all_its_dates_do_that_are_not_over(project: GitProject) -> None:
    """Two people of two calls each at one rupee; it is Sunday 10 January, one Monday of January is over."""
    prices = {"currency": "INR", "call": {"per_pulse": 0, "per_attempt": 1}, "tax": "0%"}
    project.write("campaignctl.yaml", {**PROJECT, "prices": prices})
    once = {"number_of_retries": 1, "interval_mins": 15, "mechanism": "Linear", "on_status": ["busy"]}
    project.write("campaigns/weekly.yaml", weekly(rule={"until": "2027-01-25"}, retries=once))
    project.commit()
    project.write("campaigns/weekly.yaml", weekly(rule={"until": "2027-02-22"}, retries=once))
    (change,) = project.changes("--base", "HEAD")
    assert change["occurrences"]["added"]["count"] == 4
    assert (change["cost"]["before"]["worst"], change["cost"]["after"]["worst"]) == ("12.00", "28.00")
    document = project.diff("--base", "HEAD", "--format", "json").json
    assert document["cost"]["after"] == change["cost"]["after"]
    text = project.diff("--base", "HEAD").out
    assert "to 28.00 (before" in text
    assert ", all dates that are not over together" in text
