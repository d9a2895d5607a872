"""Variables that fill in nothing, and accounts that stand twice: told before anybody is called by a default."""

from __future__ import annotations

from typing import Any

import pytest
from harness import ACCOUNT, SECRETS, Desk, voice

URL = "http://my.exotel.com/acme1/exoml/start_voice/${flow_id}"


def findings(desk: Desk, *words: str) -> list[tuple[str, str, str]]:
    """Severity, rule and place of each finding of `validate`."""
    found = desk.run("validate", "--format", "json", *words).json["findings"]
    return [(it["severity"], it["rule"], f"{it['file']}:{it['line']}:{it['column']}") for it in found]


def message(desk: Desk, *words: str) -> str:
    (found,) = desk.run("validate", "--format", "json", *words).json["findings"]
    return str(found["message"])


def using_flow(desk: Desk, **project: Any) -> None:
    desk.configure({"vars": {"flow_id": "4"}, **project})
    desk.manifests(voice(url=URL))


@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve")])
def test_a_misspelt_variable_stops_everything_before_any_request(
    command: tuple[str, ...], desk: Desk
) -> None:
    using_flow(desk)
    result = desk.run(*command, "--var", "flwo_id=926")
    assert result.code == 1
    assert '--var "flwo_id": no manifest uses this variable; did you mean "flow_id"?' in result.all
    assert list(desk.requests) == []


def test_validate_tells_it_too_and_which_ones_are_used_where_none_is_near(desk: Desk) -> None:
    using_flow(desk)
    assert findings(desk, "--var", "flwo_id=926") == [("error", "unused-variable", "--var:1:1")]
    assert desk.run("validate", "--var", "flwo_id=926").code == 1
    assert message(desk, "--var", "x=1") == '--var "x": no manifest uses this variable; they use flow_id'
    desk.manifests(voice())
    desk.configure({"vars": {}})
    assert message(desk, "--var", "x=1").endswith("; they use none")


def test_where_nothing_is_set_it_is_told_by_the_name_that_manifests_use(desk: Desk) -> None:
    using_flow(desk)
    desk.configure({"vars": {}})
    told = desk.run("validate", "--var", "flwo_id=926").all
    assert '--var "flwo_id": no manifest uses this variable; did you mean "flow_id"?' in told
    assert 'there is no variable "flow_id"; did you mean "flwo_id"?' in told


def test_a_variable_that_a_manifest_outside_the_selection_uses_is_no_slip(desk: Desk) -> None:
    using_flow(desk)
    others = {"from": ["+919000000001"]}
    desk.manifests(voice("other-one", **others), file="campaigns/other.yaml")
    assert findings(desk, "campaigns/other.yaml", "--var", "flow_id=926") == []


def test_a_file_that_is_not_readable_may_name_it(desk: Desk) -> None:
    using_flow(desk)
    desk.write("campaigns/broken.yaml", "spec: {url: ${app_id}\n")
    assert [it[:2] for it in findings(desk, "campaigns/all.yaml", "--var", "app_id=1")] == [
        ("warn", "syntax")
    ]


def test_a_dollar_written_twice_and_a_remark_use_nothing(desk: Desk) -> None:
    desk.manifests(voice(custom_field="$${flow_id}"))
    desk.write("campaigns/remark.yaml", "# ${flow_id}\n")
    assert findings(desk, "--var", "flow_id=926") == [("error", "unused-variable", "--var:1:1")]


def test_an_entry_of_the_project_file_that_nothing_uses_is_a_warning_at_its_place(desk: Desk) -> None:
    using_flow(desk, vars={"flow_id": "4", "flwo_id": "926"})
    desk.configure(vars={"other.one": "1", "flow_id": "5"})
    assert findings(desk) == [
        ("warn", "unused-variable", "campaignctl.yaml:15:18"),
        ("warn", "unused-variable", "campaignctl.yaml:19:12"),
    ]
    assert desk.run("validate").code == 0
    planned = desk.plan()
    assert [it["rule"] for it in planned["findings"]] == ["unused-variable"] * 2
    assert planned["summary"]["create"] == 1


def test_an_entry_that_is_used_by_no_environment_is_told_for_each(desk: Desk) -> None:
    own = {"backend": "exotel", "region": "mumbai"}
    desk.configure(
        {
            "environments": {
                name: {**own, "account_sid": name, "vars": {"slip": "1"}} for name in ("one", "two")
            },
            "default_environment": "one",
        }
    )
    desk.manifests(voice())
    assert len(findings(desk)) == 2
    assert len(findings(desk, "-e", "two")) == 1


def test_an_empty_variable_and_the_address_that_comes_of_it_are_warnings(desk: Desk) -> None:
    using_flow(desk)
    assert findings(desk, "--var", "flow_id=") == [
        ("warn", "empty-variable", "--var:1:1"),
        ("warn", "no-app-id", "campaigns/all.yaml:13:10"),
    ]
    desk.configure({"vars": {"flow_id": ""}})
    assert [it[:2] for it in findings(desk)] == [("warn", "empty-variable"), ("warn", "no-app-id")]
    assert findings(desk, "--var", "flow_id=926") == []


def test_two_environments_of_one_account_are_pointed_out_at_both(desk: Desk) -> None:
    prod = {"backend": "exotel", "region": "mumbai", "account_sid": ACCOUNT}
    desk.configure(
        {"environments": {"prod": prod, "old": dict(prod), "far": {**prod, "region": "singapore"}}}
    )
    desk.manifests(voice())
    assert findings(desk) == [
        ("warn", "same-account", "campaignctl.yaml:10:18"),
        ("warn", "same-account", "campaignctl.yaml:14:18"),
    ]
    assert ACCOUNT not in "".join(
        it["message"] for it in desk.run("validate", "--format", "json").json["findings"]
    )


def test_an_account_that_the_runner_names_stands_once(desk: Desk) -> None:
    own = {"backend": "exotel", "region": "mumbai"}
    desk.configure({"environments": {"prod": own, "staging": dict(own)}})
    desk.manifests(voice())
    result = desk.run("validate", env={**SECRETS, "EXOTEL_ACCOUNT_SID": ACCOUNT})
    assert "same-account" not in result.all


def test_a_variable_that_a_comment_cut_short_is_told_and_a_remark_is_left_alone(desk: Desk) -> None:
    desk.manifests(voice(url=URL, custom_field="${order}"))
    head = "apiVersion: campaignctl/v1\nkind: Project\nmanifests: [campaigns/]\n"
    desk.write(
        "campaignctl.yaml", f"{head}vars:\n  flow_id: 926 # the flow of January\n  order: Order #1234\n"
    )
    assert findings(desk) == [("warn", "cut-short", "campaignctl.yaml:6:10")]


def test_a_variable_with_two_values_is_wrong_usage_and_the_same_value_twice_is_not(desk: Desk) -> None:
    """Nobody knows which flow is meant; the last one would be called."""
    using_flow(desk)
    result = desk.run("plan", "--var", "flow_id=926", "--var", "flow_id=4")
    assert (result.code, list(desk.requests)) == (64, [])
    assert "flow_id is given twice, with two values: give it once" in result.all
    assert desk.run("validate", "--var", "flow_id=926", "--var", "flow_id=926").code == 0
