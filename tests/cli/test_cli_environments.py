"""One set of manifests, several accounts: `validate` holds them against each environment's variables and policies."""

from __future__ import annotations

from typing import Any

import pytest
from harness import ACCOUNT, Desk, sent, voice

URL = "http://my.exotel.com/acme1/exoml/start_voice/${flow_id}"
OFF = {"calling_hours": {"level": "off"}}


def environments(desk: Desk, **named: dict[str, Any]) -> None:
    """Besides `prod` of the desk: environments of other accounts on the same server."""
    prod = {
        "backend": "exotel",
        "base_url": desk.sandbox.url,
        "account_sid": ACCOUNT,
        "rate_limit": None,
        "settle_seconds": 0,
    }
    desk.configure(
        {"environments": {name: {**prod, "account_sid": name, **keys} for name, keys in named.items()}}
    )


def messages(desk: Desk, *words: str) -> list[str]:
    return [it["message"] for it in desk.run("validate", "--format", "json", *words).json["findings"]]


def test_every_environment_is_checked_and_one_is_chosen_by_e(desk: Desk) -> None:
    environments(desk, prod={"vars": {"flow_id": "926"}}, test={"vars": {"flow": "4"}})
    desk.manifests(voice(url=URL))
    unused, unknown = messages(desk)
    assert unknown.startswith('url: there is no variable "flow_id"')
    assert unused == "flow: no manifest uses this variable (in environment test)"
    assert unknown.endswith("(in environment test)")
    assert desk.run("validate").code == 1
    assert messages(desk, "-e", "prod") == []
    assert desk.run("validate", "-e", "prod").code == 0
    _, alone = messages(desk, "-e", "test")
    assert "in environment" not in alone
    assert desk.requests == []


def test_a_mistake_everywhere_is_told_once(desk: Desk) -> None:
    environments(desk, prod={"vars": {"flow_id": "926"}}, test={"vars": {"flow_id": "4"}})
    desk.manifests(voice(url=URL, tempalte="x"))
    (said,) = messages(desk)
    assert "in environment" not in said


def test_a_policy_binds_where_it_stands(desk: Desk) -> None:
    most = {**OFF, "max_numbers": {"level": "error", "at_most": 1}}
    environments(desk, prod={"policy": most}, stage={"policy": most}, test={"policy": OFF})
    desk.manifests(voice())
    (said,) = messages(desk)
    assert said.endswith("(in environments prod, stage)")
    assert desk.run("validate").code == 3
    assert desk.run("validate", "-e", "test").code == 0


@pytest.mark.parametrize("output_format", ["markdown", "html"])
def test_a_validation_names_all_environments(desk: Desk, output_format: str) -> None:
    environments(desk, prod={}, test={})
    desk.manifests(voice())
    said = desk.run("validate", "--format", output_format).out
    assert "prod, test" in said
    assert f"{ACCOUNT}" not in said
    assert "SANDBOX" not in said


def test_the_sandbox_that_nobody_named_is_not_checked_unless_it_is_the_default(desk: Desk) -> None:
    environments(desk, prod={"vars": {"flow_id": "926"}})
    desk.manifests(voice(url=URL))
    assert messages(desk) == []
    desk.configure({"default_environment": "sandbox"})
    (said,) = messages(desk)
    assert said.endswith("(in environment sandbox)")


def test_the_same_manifests_go_to_each_account_with_its_own_values(desk: Desk) -> None:
    environments(desk, prod={"vars": {"flow_id": "926"}}, test={"vars": {"flow_id": "4"}})
    desk.manifests(voice(url=URL))
    for name, flow in (("prod", "926"), ("test", "4")):
        desk.forget()
        result = desk.run("apply", "--auto-approve", "-e", name)
        assert result.code == 0, result.all
        (create,) = desk.writes
        assert (create.path.split("/")[3], sent(create)["url"].rpartition("/")[2]) == (name, flow)
