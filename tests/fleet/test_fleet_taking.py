"""Which of the project's manifests an environment takes: by paths of its own, by labels as they are written."""

from __future__ import annotations

import json

from fleet_projects import campaign, environment, many, secrets, write_environments
from harness import Desk, voice

from campaignctl.manifests.loading import load_for_each, load_manifests
from campaignctl.manifests.project import load_project
from campaignctl.manifests.reading import Manifests


def taken(desk: Desk, name: str, *paths: str) -> Manifests:
    project = load_project(desk.root, None, {})
    return load_manifests(project, project.environments[name], paths, cwd=desk.root)


def names(desk: Desk, name: str, *paths: str) -> list[str | None]:
    return [it.name for it in taken(desk, name, *paths).selected]


def labelled(name: str, **labels: str) -> dict[str, object]:
    return voice(name, metadata={"labels": labels})


def two_regions(desk: Desk) -> None:
    many(desk, [])
    desk.configure({"policy": {"duplicate_campaigns": {"level": "off"}}, "vars": {"region": "south"}})
    write_environments(
        desk,
        environment("south", select="region=south"),
        environment("north", select="region!=south,tier=gold"),
        environment("own", manifests=["campaigns/own/"]),
        environment("both", manifests=["campaigns/own/"], select="region=south"),
    )
    desk.manifests(
        labelled("aaa", region="south"),
        labelled("bbb", region="north", tier="gold"),
        labelled("ccc", tier="gold"),
    )
    desk.manifests(labelled("ddd", region="south"), labelled("eee"), file="campaigns/own/all.yaml")


def test_paths_replace_the_projects_labels_choose_among_them_and_both_hold(desk: Desk) -> None:
    two_regions(desk)
    assert names(desk, "south") == ["aaa", "ddd"]
    assert names(desk, "north") == ["bbb", "ccc"]
    assert names(desk, "own") == ["ddd", "eee"]
    assert names(desk, "both") == ["ddd"]
    assert names(desk, "sandbox") == ["aaa", "bbb", "ccc", "ddd", "eee"], (
        "one of the project file without either takes all"
    )


def test_paths_and_labels_of_the_command_line_narrow_what_it_takes_and_never_widen_it(desk: Desk) -> None:
    two_regions(desk)
    assert names(desk, "south", "campaigns/own") == ["ddd"]
    assert names(desk, "own", "campaigns/all.yaml") == []
    assert names(desk, "sandbox", "campaigns/own") == ["ddd", "eee"]
    plan = desk.run("plan", "-e", "own", "campaigns/all.yaml", "--format", "json", env=secrets("own"))
    assert plan.code == 0
    assert plan.json["changes"] == []


def test_an_environment_of_the_project_file_chooses_in_the_same_way(desk: Desk) -> None:
    desk.configure(select="region=south")
    desk.manifests(labelled("aaa", region="south"), labelled("bbb"))
    assert names(desk, "prod") == ["aaa"]


def test_what_one_takes_is_what_is_unique_pinned_and_orphaned(desk: Desk) -> None:
    two_regions(desk)
    desk.manifests(labelled("same", region="south"), file="campaigns/own/one.yaml")
    desk.manifests(labelled("same", region="north", tier="gold"), file="campaigns/own/two.yaml")
    assert not taken(desk, "south").findings
    assert not taken(desk, "north").findings
    assert any(it.rule == "unique-name" or "same" in it.message for it in taken(desk, "own").findings)


def test_a_label_that_is_filled_in_is_an_error_where_labels_choose_anywhere(desk: Desk) -> None:
    two_regions(desk)
    desk.manifests(labelled("xxx", region="${region}"), file="campaigns/own/x.yaml")
    for name in ("south", "own", "sandbox"):
        found = [
            (str(it.where), it.rule) for it in taken(desk, name).findings if it.severity.value == "error"
        ]
        assert found == [("campaigns/own/x.yaml:7:14", "environments")], name


def test_a_label_may_be_filled_in_where_no_environment_chooses_by_labels(desk: Desk) -> None:
    many(desk, ["south"], vars={"region": "south"})
    desk.manifests(labelled("xxx", region="${region}"), file="campaigns/south/x.yaml")
    assert taken(desk, "south").findings == ()


def test_an_invalid_manifest_stops_only_those_that_take_it(desk: Desk) -> None:
    two_regions(desk)
    desk.manifests(labelled("bad", region="south") | {"spec": {"caller_id": "x"}}, file="campaigns/bad.yaml")
    env = secrets("south", "north")
    assert desk.run("plan", "-e", "south", env=env).code == 1
    assert desk.run("plan", "-e", "north", env=env).code == 0


def test_what_no_label_can_be_told_of_is_taken_by_all(desk: Desk) -> None:
    two_regions(desk)
    desk.write("campaigns/broken.yaml", "apiVersion: campaignctl/v1\nkind: VoiceCampaign\nmetadata: [\n")
    assert all(taken(desk, name).findings for name in ("south", "north"))


def contact_list(name: str, **labels: str) -> dict[str, object]:
    return {
        "apiVersion": "campaignctl/v1",
        "kind": "ContactList",
        "metadata": {"name": name, "labels": labels},
        "spec": {"numbers": ["+919876543210"]},
    }


def test_a_contact_list_comes_with_the_campaign_that_names_it_whatever_its_labels(desk: Desk) -> None:
    many(desk, [])
    write_environments(
        desk, environment("south", select="region=south"), environment("north", select="region=north")
    )
    fields = {"from": ..., "lists": [{"name": "vip-customers"}], "metadata": {"labels": {"region": "south"}}}
    desk.manifests(
        contact_list("vip-customers", region="north-east"), contact_list("nobodys"), voice("aaa", **fields)
    )
    lists = {
        name: [it.name for it in taken(desk, name).companions.get("ContactList", ())]
        for name in ("south", "north")
    }
    assert lists == {"south": ["vip-customers"], "north": []}


def test_one_that_takes_nothing_is_warned_of_and_never_prunes(desk: Desk) -> None:
    many(desk, ["south"])
    desk.configure({"prune": {"name_prefix": "su"}})
    (desk.root / "campaigns" / "south").mkdir()
    found = taken(desk, "south").findings
    assert [(str(it.where), it.severity.value, it.rule) for it in found] == [
        ("accounts/all.yaml:8:3", "warn", "no-manifests")
    ]
    env = secrets("south")
    assert desk.run("plan", "-e", "south", env=env).code == 0
    assert desk.run("plan", "-e", "south", "--prune", env=env).code == 1
    write_environments(desk, environment("south", select="region=south"))
    campaign(desk, "south", "survey")
    assert [it.rule for it in taken(desk, "south").findings] == ["no-manifests"]
    assert desk.run("plan", "-e", "south", "--prune", env=env).code == 1


def test_a_path_of_an_environment_that_does_not_exist_is_an_error_where_it_is_written(desk: Desk) -> None:
    many(desk, ["south"])
    found = taken(desk, "south").findings
    assert [(str(it.where), it.rule) for it in found] == [("accounts/all.yaml:8:3", "no-such-path")]


def test_reading_for_several_is_reading_for_each(desk: Desk) -> None:
    two_regions(desk)
    write_environments(
        desk, environment("filled", manifests=["campaigns/"], vars={"flow_id": "7"}), file="accounts/b.yaml"
    )
    desk.manifests(
        voice("vvv", url="http://my.exotel.com/acme1/exoml/start_voice/${flow_id}"),
        file="campaigns/own/v.yaml",
    )
    project = load_project(desk.root, None, {})
    environments = [project.environments[name] for name in sorted(project.environments)]
    together = load_for_each(project, environments)
    for environment_ in environments:
        alone = load_manifests(project, environment_)
        assert together[environment_.name] == alone, environment_.name
    filled = next(it for it in together["filled"].desired if it.name == "vvv")
    assert filled.spec["url"].endswith("/7"), json.dumps(filled.spec["url"])
    assert not any(it.name == "vvv" for it in together["own"].desired), "its flow_id is not known there"
