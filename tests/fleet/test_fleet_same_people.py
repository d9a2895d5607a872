"""Nobody is called from two accounts: by one manifest that both take, or by a copy of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
import yaml
from fleet_projects import environment, many, secrets, write_environments
from harness import Desk, Result, sms, voice

from campaignctl.manifests.loading import load_for_each
from campaignctl.manifests.project import load_project
from campaignctl.model.environment import Environment
from campaignctl.policy.same_people import copies_between

NORTH, SOUTH = "north", "south"


def two(desk: Desk, north: dict[str, Any], south: dict[str, Any], *manifests: dict[str, Any]) -> None:
    """A project of two accounts, and the manifests that both may take."""
    many(desk, [])
    write_environments(desk, environment(NORTH, **north), environment(SOUTH, **south))
    for number, manifest in enumerate(manifests):
        desk.manifests(manifest, file=f"campaigns/m{number}.yaml")


def labelled(name: str = "survey", **fields: Any) -> dict[str, Any]:
    return voice(name, metadata={"labels": {"region": "all"}}, **fields)


def found(result: Result) -> list[dict[str, Any]]:
    return [it for it in result.json["findings"] if it["rule"] == "same_people"]


def validate(desk: Desk, *words: str) -> Result:
    return desk.run("validate", "--format", "json", *words)


BOTH = {"select": "region=all"}


def test_one_manifest_of_two_accounts_is_an_error_that_names_both_and_how_many(desk: Desk) -> None:
    two(desk, BOTH, BOTH, labelled(**{"from": ["+919876543210", "+919876543211"]}))
    result = validate(desk)
    assert result.code == 3
    [finding] = found(result)
    assert "from north and from south" in finding["message"]
    assert "the same 2 people" in finding["message"]
    assert (finding["file"], finding["severity"]) == ("campaigns/m0.yaml", "error")
    lines = (desk.root / "campaigns/m0.yaml").read_text().splitlines()
    assert '"from"' in lines[finding["line"] - 1]


def test_a_plan_of_one_of_them_is_blocked_and_asks_nothing_more(desk: Desk) -> None:
    two(desk, BOTH, {"select": "region=west"}, labelled())
    env = secrets(NORTH, SOUTH)
    alone = desk.run("plan", "-e", NORTH, "--format", "json", env=env)
    assert (alone.code, [it["change"] for it in alone.json["changes"]]) == (0, ["create"])
    write_environments(desk, environment(NORTH, **BOTH), environment(SOUTH, **BOTH))
    both = desk.run("plan", "-e", NORTH, "--format", "json", env=env)
    assert both.code == 3
    assert [(it["change"], it["reason"]["code"]) for it in both.json["changes"]] == [("blocked", "policy")]
    assert both.json["refresh"]["requests"] == alone.json["refresh"]["requests"]
    assert desk.run("apply", "-e", NORTH, "--auto-approve", env=env).code == 3
    assert desk.writes == []


def test_the_other_need_have_nothing_of_its_own(desk: Desk) -> None:
    """An environment of the project file takes all: a new one with a selection would call some of them once more."""
    two(desk, BOTH, {"select": "region=west"}, labelled())
    live = {"backend": "exotel", "base_url": desk.sandbox.url, "account_sid": "first"}
    desk.configure({"environments": {"first": live}})
    [finding] = found(validate(desk, "-e", "first"))
    assert "from first and from north" in finding["message"]


def test_two_that_say_nothing_of_their_own_are_as_they_were(desk: Desk) -> None:
    live = {"backend": "exotel", "base_url": desk.sandbox.url}
    environments = {name: {**live, "account_sid": name} for name in ("one", "two")}
    desk.configure({"environments": environments, "default_environment": "one"})
    desk.manifests(labelled())
    assert found(validate(desk)) == []


def test_two_names_of_one_account_are_no_two_accounts(desk: Desk) -> None:
    two(desk, {**BOTH, "account_sid": "same"}, {**BOTH, "account_sid": "same"}, labelled())
    assert found(validate(desk)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "paused"},
        {"state": "completed"},
        {"state": "archived"},
        {"schedule": {"send_at": "2026-01-15T09:00:00+05:30", "end_at": "2026-01-15T18:00:00+05:30"}},
    ],
    ids=["paused", "completed", "archived", "over"],
)
def test_what_calls_nobody_is_not_looked_at(desk: Desk, fields: dict[str, Any]) -> None:
    two(desk, BOTH, BOTH, labelled(**fields))
    assert found(validate(desk)) == []


PEOPLE = {"north.csv": ["+919876543210", "+919876543211"], "south.csv": ["+919876543212"]}


def with_files(desk: Desk, files: dict[str, Sequence[str]], **vars_of: str) -> None:
    """One manifest, whose file of numbers each account names by a variable."""
    manifest = labelled(**{"from": ..., "from_file": "../people/${people}.csv"})
    vars_of = {NORTH: "north", SOUTH: "south", **vars_of}
    one, other = ({**BOTH, "vars": {"people": vars_of[name]}} for name in (NORTH, SOUTH))
    two(desk, one, other, manifest)
    for name, numbers in files.items():
        desk.write(f"people/{name}", "\n".join(["number", *numbers]) + "\n")


def test_each_with_people_of_its_own_is_how_it_is_meant(desk: Desk) -> None:
    with_files(desk, PEOPLE)
    assert found(validate(desk)) == []


def test_somebody_who_stands_in_both_files_is_counted(desk: Desk) -> None:
    with_files(desk, {**PEOPLE, "south.csv": ["+919876543211", "+919876543212"]})
    [finding] = found(validate(desk))
    assert "the same 1 person" in finding["message"]


def test_one_file_for_both_is_found(desk: Desk) -> None:
    with_files(desk, PEOPLE, south="north")
    [finding] = found(validate(desk))
    assert "the same 2 people" in finding["message"]


def test_numbers_are_read_as_each_accounts_country_reads_them(desk: Desk) -> None:
    """One manifest, two countries: the digits are one, the people are not."""
    manifest = labelled(caller_id="+913349360005", **{"from": ["09876543210"]})
    two(desk, {**BOTH, "country": "IN"}, {**BOTH, "country": "IN"}, manifest)
    assert len(found(validate(desk))) == 1
    two(desk, {**BOTH, "country": "IN"}, {**BOTH, "country": "AE"}, manifest)
    assert found(validate(desk)) == []


def test_a_variable_in_the_numbers_themselves_counts(desk: Desk) -> None:
    manifest = labelled(**{"from": ["${number}"]})
    for number, expected in (("+919876543299", 0), ("+919876543210", 1)):
        one, other = ({**BOTH, "vars": {"number": it}} for it in ("+919876543210", number))
        two(desk, one, other, manifest)
        assert len(found(validate(desk))) == expected


def test_the_command_lines_variable_is_one_for_all(desk: Desk) -> None:
    with_files(desk, PEOPLE)
    [finding] = found(validate(desk, "--var", "people=north"))
    assert "2 people" in finding["message"]


def test_people_of_a_list_as_code_that_both_upload_are_counted(desk: Desk) -> None:
    manifest = sms("offer", metadata={"labels": {"region": "all"}}, lists=[{"name": "customers"}])
    two(desk, BOTH, BOTH, manifest)
    contacts = {
        "apiVersion": "campaignctl/v1", "kind": "ContactList", "metadata": {"name": "customers"},
        "spec": {"numbers": ["+919876543210", "+919876543211", "+919876543212"]},
    }  # fmt: skip
    desk.write("campaigns/list.yaml", yaml.safe_dump(contacts))
    result = validate(desk)
    assert found(result), result.all
    [finding] = found(result)
    assert "the same 3 people" in finding["message"]


def test_paths_tell_who_takes_a_manifest_too(desk: Desk) -> None:
    two(desk, {"manifests": ["campaigns/m0.yaml"]}, {"manifests": ["campaigns/"]}, labelled())
    assert len(found(validate(desk))) == 1
    two(desk, {"manifests": ["campaigns/m0.yaml"]}, {"manifests": ["campaigns/m"]}, labelled())
    desk.manifests(labelled("other"), file="campaigns/m/other.yaml")
    assert found(validate(desk)) == [], found(validate(desk))[0]["message"]


@pytest.mark.parametrize("chosen", [NORTH, SOUTH])
def test_a_link_to_a_manifest_is_that_manifest(desk: Desk, chosen: str) -> None:
    two(desk, {"manifests": ["campaigns/"]}, {"manifests": ["link/"]}, labelled())
    (desk.root / "link").symlink_to(desk.root / "campaigns", target_is_directory=True)
    assert len(found(validate(desk, "-e", chosen))) == 1


LINKS = {
    "a folder in the folders of both": [("one/shared", "common"), ("two/deep/shared", "common")],
    "a file in the folder of one, the other's is the file's": [("one/m.yaml", "common/m0.yaml"), ("two/x", "common")],
    "a link behind a link": [("one/shared", "common"), ("two/more", "between"), ("between/last", "common")],
    "a loop beside it": [("one/shared", "common"), ("two/shared", "common"), ("two/again", "two")],
}  # fmt: skip


@pytest.mark.parametrize("chosen", [NORTH, SOUTH])
@pytest.mark.parametrize("links", LINKS.values(), ids=LINKS)
def test_links_below_the_folders_of_both_lead_to_one_manifest(
    desk: Desk, links: Sequence[tuple[str, str]], chosen: str
) -> None:
    two(desk, {"manifests": ["one/"]}, {"manifests": ["two/"]})
    desk.manifests(labelled(), file="common/m0.yaml")
    for link, target in links:
        (desk.root / link).parent.mkdir(parents=True, exist_ok=True)
        (desk.root / link).symlink_to(desk.root / target)
    assert len(found(validate(desk, "-e", chosen))) == 1


def test_what_a_link_leads_out_of_the_project_to_nobody_takes(desk: Desk) -> None:
    """Nothing is read through it, and it is not walked either: it may lead to the root of the machine."""
    two(desk, {"manifests": ["one/"]}, {"manifests": ["two/"]})
    desk.manifests(labelled(), file="one/m0.yaml")
    (desk.root / "two").mkdir()
    (desk.root / "two" / "up").symlink_to(desk.root.parent)
    assert found(validate(desk, "-e", NORTH)) == []


def test_each_environment_is_held_against_its_own_manifests(desk: Desk) -> None:
    """Not against those of the first one with the same variables."""
    two(desk, {"manifests": ["campaigns/m0.yaml"]}, {"manifests": ["other/"]}, labelled())
    desk.manifests(voice("reminder", caller_id=[1]), file="other/m.yaml")
    assert {it["file"] for it in validate(desk).json["findings"]} == {"other/m.yaml"}


def test_many_are_told_in_one_finding(desk: Desk) -> None:
    two(desk, BOTH, BOTH, labelled())
    write_environments(desk, *(environment(f"a{number}", **BOTH) for number in range(6)))
    [finding] = found(validate(desk, "-e", "a3"))
    assert "from a0 and from a3 (and 4 more environments)" in finding["message"]


def test_it_can_be_a_warning_or_off(desk: Desk) -> None:
    two(desk, BOTH, BOTH, labelled())
    desk.configure({"policy": {"same_people": {"level": "warn"}}})
    result = validate(desk)
    assert (result.code, [it["severity"] for it in found(result)]) == (0, ["warn"])
    desk.configure({"policy": {"same_people": {"level": "off"}}})
    assert found(validate(desk)) == []


def test_what_is_wrong_with_anothers_manifests_holds_nobody_up(desk: Desk) -> None:
    two(desk, BOTH, {"manifests": ["other/", "campaigns/"]}, labelled())
    desk.write("other/broken.yaml", "kind: [")
    result = validate(desk, "-e", NORTH)
    assert (result.code, len(found(result))) == (3, 1)


# -- two manifests of two accounts -----------------------------------------------------------------------------

NOW = datetime.fromisoformat("2027-01-10T09:00:00+05:30")


def copies(desk: Desk) -> dict[str, tuple[str, int]]:
    project = load_project(desk.root, None, {})
    environments: list[Environment] = [it for it in project.environments.values() if not it.is_sandbox]
    loaded = load_for_each(project, environments)
    chosen = {it.name: (it, loaded[it.name].desired) for it in environments}
    return {name: (it.environment, it.people) for (name, *_), it in copies_between(chosen, NOW).items()}


def folders(desk: Desk, north: dict[str, Any], south: dict[str, Any]) -> None:
    many(desk, [NORTH, SOUTH])
    desk.manifests(north, file="campaigns/north/one.yaml")
    desk.manifests(south, file="campaigns/south/one.yaml")


def test_a_copied_file_in_anothers_folder_is_found_in_both(desk: Desk) -> None:
    folders(desk, voice("survey"), voice("survey-too"))
    assert copies(desk) == {NORTH: (SOUTH, 2), SOUTH: (NORTH, 2)}


@pytest.mark.parametrize(
    "other",
    [
        {"from": ["+919876543299"]},
        {"url": "http://my.exotel.com/acme1/exoml/start_voice/4"},
        {"schedule": {"send_at": "2027-02-15T09:00:00+05:30", "end_at": "2027-02-15T18:00:00+05:30"}},
        {"state": "paused"},
    ],
    ids=["people", "content", "time", "paused"],
)
def test_what_is_no_copy_in_one_environment_is_none_in_two(desk: Desk, other: dict[str, Any]) -> None:
    folders(desk, voice("survey"), voice("survey-too", **other))
    assert copies(desk) == {}


def test_lists_of_one_name_in_two_accounts_are_two_lists(desk: Desk) -> None:
    folders(
        desk, sms("offer", lists=[{"name": "customers"}]), sms("offer-too", lists=[{"name": "customers"}])
    )
    assert copies(desk) == {}


def test_copies_within_one_hide_none_of_another(desk: Desk) -> None:
    many(desk, [NORTH, SOUTH])
    desk.manifests(voice("survey-a"), voice("survey-b"), file="campaigns/north/one.yaml")
    desk.manifests(voice("survey-c"), file="campaigns/south/one.yaml")
    project = load_project(desk.root, None, {})
    environments = [it for it in project.environments.values() if not it.is_sandbox]
    loaded = load_for_each(project, environments)
    chosen = {it.name: (it, loaded[it.name].desired) for it in environments}
    assert len(copies_between(chosen, NOW)) == 3
