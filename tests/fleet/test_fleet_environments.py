"""Environments in files of their own: what they say, over which defaults, and what is wrong with them where."""

from __future__ import annotations

from typing import Any

import pytest
from fleet_projects import CREDENTIALS, campaign, environment, many, secrets, write_environments
from harness import Desk, voice

from campaignctl.errors import InputError
from campaignctl.manifests.project import load_project
from campaignctl.model.environment import ProjectFile


def project_of(desk: Desk) -> ProjectFile:
    return load_project(desk.root, None, {})


def mistakes(desk: Desk) -> list[str]:
    with pytest.raises(InputError) as raised:
        project_of(desk)
    return [f"{it.where} {it.rule}: {it.message}" for it in raised.value.findings]


def test_its_own_settings_lie_over_the_defaults_and_maps_key_by_key(desk: Desk) -> None:
    many(
        desk,
        [],
        vars={"flow_id": "4", "greeting": "hello"},
        policy={"calling_hours": {"level": "warn", "from": "10:00"}},
        allow=["complete"],
    )
    write_environments(
        desk,
        environment(
            "south",
            manifests=["campaigns/"],
            vars={"flow_id": "926"},
            policy={"calling_hours": {"level": "error"}},
            allow=["archive"],
            credentials={"key_env": "EXOTEL_KEY_OF_SOUTH"},
        ),
    )
    south = project_of(desk).environments["south"]
    assert south.account_sid == "acc-south"
    assert south.base_url == desk.sandbox.url
    assert south.vars == {"flow_id": "926", "greeting": "hello"}
    assert south.policy["calling_hours"] == {"level": "error", "from": "10:00"}
    assert south.allow == {"archive"}, "everything else is replaced"
    assert (south.key_env, south.token_env) == ("EXOTEL_KEY_OF_SOUTH", "EXOTEL_API_TOKEN")


def test_rule_files_of_an_environment_add_to_those_of_the_defaults(desk: Desk) -> None:
    many(
        desk,
        [],
        policy={
            "schema": [{"file": "rules/a.json", "level": "warn"}, {"file": "rules/b.json", "level": "warn"}]
        },
    )
    own = {"schema": [{"file": "rules/b.json", "level": "error"}, {"file": "rules/c.json", "level": "warn"}]}
    write_environments(desk, environment("south", manifests=["campaigns/"], policy=own))
    found = {
        it.file: it.level.value if it.level else None
        for it in project_of(desk).environments["south"].rule_files
    }
    assert found == {"rules/a.json": "warn", "rules/b.json": "error", "rules/c.json": "warn"}


def test_defaults_do_not_lie_under_the_environments_of_the_project_file(desk: Desk) -> None:
    many(desk, ["south"], country="IN")
    desk.configure(
        {"environments": {"prod": {"backend": "exotel", "region": "mumbai", "account_sid": "acme1"}}}
    )
    environments = project_of(desk).environments
    assert environments["south"].country is not None
    assert environments["prod"].country is None


def test_the_name_of_a_variable_holds_the_name_of_the_environment(desk: Desk) -> None:
    many(desk, ["south-042"])
    south = project_of(desk).environments["south-042"]
    assert (south.key_env, south.token_env) == ("EXOTEL_API_KEY_SOUTH_042", "EXOTEL_API_TOKEN_SOUTH_042")


def test_environment_is_known_in_the_names_of_variables_alone(desk: Desk) -> None:
    many(desk, ["south"], vars={"who": "${ENVIRONMENT}"})
    assert project_of(desk).environments["south"].vars == {"who": "${ENVIRONMENT}"}
    many(desk, ["south"], credentials={"key_env": "EXOTEL_${REGION}"})
    assert any("key_env" in it for it in mistakes(desk))


def test_values_of_variables_stand_as_they_are_written(desk: Desk) -> None:
    many(desk, [])
    written = {"one": "$${name}", "two": "${name}"}
    write_environments(desk, environment("south", manifests=["campaigns/"], vars=written))
    assert project_of(desk).environments["south"].vars == written


def test_two_names_that_make_one_variable_are_refused(desk: Desk) -> None:
    many(desk, ["south-1", "south_1"])
    (found,) = mistakes(desk)
    assert found.startswith("campaignctl.yaml:"), "the credentials stand in the defaults"
    assert 'credentials: ${ENVIRONMENT} is SOUTH_1 for "south-1", too; rename one of the two' in found


def test_names_are_unique_over_the_project_and_its_files_whatever_the_letter_case(desk: Desk) -> None:
    many(desk, ["south"])
    prod = {"backend": "exotel", "region": "mumbai", "account_sid": "acme1"}
    desk.configure({"environments": {"South": prod}})
    assert "stands twice, whatever the letter case; first in the project file" in mistakes(desk)[0]
    assert mistakes(desk)[0].startswith("accounts/all.yaml:4:9 environments")


def test_one_of_a_file_must_say_which_manifests_it_takes(desk: Desk) -> None:
    many(desk, [])
    write_environments(desk, environment("south"))
    assert mistakes(desk) == [
        "accounts/all.yaml:6:3 environments: spec needs manifests or select: south would take all manifests of the "
        "project, and call everybody once more"
    ]
    write_environments(desk, environment("south", manifests=None))
    assert "spec needs manifests or select" in mistakes(desk)[0]


def test_an_unset_selection_does_not_fall_back_to_everything(desk: Desk) -> None:
    many(desk, [], select="region=south")
    write_environments(desk, environment("south", select=None))
    assert "spec needs manifests or select" in mistakes(desk)[0]


def test_a_pattern_that_matches_no_file_is_a_mistake(desk: Desk) -> None:
    many(desk, ["south"])
    desk.configure({"environments_from": ["accounts/*.yaml", "acounts/*.yaml"]})
    assert any('environments_from: no file matches "acounts/*.yaml"' in it for it in mistakes(desk))


def test_a_file_of_environments_stays_inside_the_project(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "evil.yaml"
    outside.write_text("top: secret", encoding="utf-8")
    many(desk, ["south"])
    (desk.root / "accounts" / "link.yaml").symlink_to(outside)
    found = mistakes(desk)
    assert found == ["accounts/link.yaml:1:1 outside-project: it leads out of the project"]
    assert "secret" not in "".join(found)
    (desk.root / "accounts" / "link.yaml").unlink()
    desk.configure({"environments_from": [str(outside)]})
    assert "outside-project" in "".join(mistakes(desk))


CASES: list[tuple[dict[str, Any], str]] = [
    (
        {"select": "region"},
        'accounts/all.yaml:7:11 format: select: "region" is neither label=value nor label!=value',
    ),
    ({"select": "  "}, "accounts/all.yaml:7:11 format: select: it is blank"),
    ({"manifests": ["x/"], "rate_limit": 0}, "accounts/all.yaml:9:15 limit"),
    (
        {"manifests": ["x/"], "timeout_seconds": 0},
        "accounts/all.yaml:9:20 limit: timeout_seconds: must be more than 0",
    ),
    ({"manifests": ["x/"], "api_key": "sesame"}, "accounts/all.yaml:9:3 secret-in-file"),
    ({"manifests": ["x/"], "regoin": "mumbai"}, 'did you mean "region"?'),
    (
        {"manifests": ["x/"], "backend": None},
        "accounts/all.yaml:6:3 required: environments.south needs backend",
    ),
]


@pytest.mark.parametrize(("spec", "expected"), CASES)
def test_a_mistake_stands_at_its_place_in_the_file(desk: Desk, spec: dict[str, Any], expected: str) -> None:
    many(desk, [])
    write_environments(desk, environment("south", **spec))
    found = mistakes(desk)
    assert any(expected in it for it in found), found
    assert "sesame" not in "".join(found)


def test_a_mistake_in_the_defaults_stands_in_the_project_file(desk: Desk) -> None:
    many(desk, ["south"], timeout_seconds=0)
    (found,) = mistakes(desk)
    assert found.startswith("campaignctl.yaml:")
    assert "timeout_seconds: must be more than 0" in found


def test_a_mistake_in_one_file_stops_every_command_but_a_pause_by_hand_elsewhere(desk: Desk) -> None:
    many(desk, ["south", "north"])
    campaign(desk, "south", "survey")
    campaign(desk, "north", "survey")
    broken = environment("north", manifests=["campaigns/north/"], timeout_seconds=0)
    write_environments(desk, broken, file="accounts/north.yaml")
    write_environments(desk, environment("south", manifests=["campaigns/south/"]))
    env = secrets("south", "north")
    assert desk.run("plan", "-e", "south", env=env).code == 1
    stopped = desk.run("pause", "--all", "-e", "south", "--auto-approve", env=env)
    assert stopped.code == 0, stopped.all
    assert desk.run("pause", "--all", "-e", "north", "--auto-approve", env=env).code == 1


def test_a_key_that_stands_in_a_file_of_environments_is_found_by_its_value(desk: Desk) -> None:
    many(desk, ["south"])
    write_environments(desk, environment("south", manifests=["campaigns/"], vars={"x": "token-of-SOUTH"}))
    with pytest.raises(InputError) as raised:
        load_project(desk.root, None, secrets("south"))
    assert [(it.where.file, it.rule) for it in raised.value.findings] == [
        ("accounts/all.yaml", "secret-in-file")
    ]


def test_several_files_and_documents_are_environments_by_name(desk: Desk) -> None:
    many(desk, [])
    write_environments(
        desk, *(environment(name, manifests=["c/"]) for name in ("b", "a")), file="accounts/x.yaml"
    )
    write_environments(desk, environment("c", manifests=["c/"]), file="accounts/w.yaml")
    (desk.root / "accounts" / "all.yaml").unlink()
    project = project_of(desk)
    assert set(project.declared) == {"a", "b", "c"}
    assert project.places["a"] == ("accounts/x.yaml", 1)
    assert project.max_environments == 10


def test_an_environment_beside_the_manifests_is_no_manifest(desk: Desk) -> None:
    many(desk, ["south"])
    desk.configure({"manifests": ["."]})
    campaign(desk, "south", "survey")
    assert desk.run("validate", "-e", "south").code == 0, desk.run("validate", "-e", "south").all


def test_accounts_that_stand_twice_are_told_unless_their_manifests_are_disjoint(desk: Desk) -> None:
    many(desk, [])
    one = {"account_sid": "acme1"}
    write_environments(
        desk, environment("a", **one, select="region=south"), environment("b", **one, select="region=north")
    )
    assert project_of(desk).findings == ()
    write_environments(
        desk, environment("a", **one, manifests=["x/y"]), environment("b", **one, manifests=["x/z/"])
    )
    assert project_of(desk).findings == ()
    write_environments(
        desk, environment("a", **one, manifests=["x/"]), environment("b", **one, manifests=["x/z"])
    )
    assert [(it.rule, str(it.where)) for it in project_of(desk).findings] == [
        ("same-account", "accounts/all.yaml:6:16"),
        ("same-account", "accounts/all.yaml:15:16"),
    ]


def test_a_variable_that_no_manifest_uses_is_told_at_its_place(desk: Desk) -> None:
    many(desk, [], vars={"above": "1"})
    write_environments(desk, environment("south", manifests=["campaigns/"], vars={"own": "1"}))
    desk.manifests(voice())
    told = desk.run("validate", "-e", "south").all
    assert "accounts/all.yaml:10:10" in told
    assert "campaignctl.yaml:" in told


def test_plan_and_apply_of_one_environment_of_a_file_reach_its_own_account(desk: Desk) -> None:
    many(desk, ["south", "north"])
    campaign(desk, "south", "survey")
    campaign(desk, "north", "offer")
    applied = desk.run("apply", "-e", "south", "--auto-approve", env=secrets("south"))
    assert applied.code == 0, applied.all
    assert "south (account acc-south" in applied.out
    status = desk.run("status", "-e", "south", "--format", "json", env=secrets("south"))
    assert [it["name"] for it in status.json["campaigns"]] == ["survey"]
    assert desk.run("plan", "-e", "north", env=secrets("south")).code == 1, "each has credentials of its own"


def test_the_credentials_of_the_files_are_their_own(desk: Desk) -> None:
    assert set(CREDENTIALS) == {"key_env", "token_env"}
    many(desk, ["south"])
    campaign(desk, "south", "survey")
    told = desk.run("plan", "-e", "south").all
    assert "EXOTEL_API_KEY_SOUTH" in told
