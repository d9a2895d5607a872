"""The project file: what its keys become, and where credentials may go."""

from __future__ import annotations

from pathlib import Path

import pytest
from manifest_projects import PROJECT, write

from campaignctl.errors import CredentialsError, InputError
from campaignctl.kinds import KINDS
from campaignctl.manifests import choose_environment, load_project, require_account
from campaignctl.manifests.hosts import RefusedHostError, checked_base_url
from campaignctl.model.environment import Environment, ProjectFile, Prune

FULL = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
default_environment: prod
environments:
  sandbox: {backend: sandbox, clock: "2030-01-07T10:00:00+05:30", allow: [start-now]}
  prod:
    backend: exotel
    region: singapore
    account_sid: acme1
    credentials: {key_env: EXOTEL_PROD_KEY, token_env: EXOTEL_PROD_TOKEN}
    sms_api: sms-campaigns
    create_body: {sms: wrapped}
    rate_limit: null
    timeout_seconds: 2.5
    max_attempts: 3
    settle_seconds: 0
    country: IN
    allow: [resume, complete]
    vars: {flow_id: 926}
    policy: {calling_hours: {level: off}, max_numbers: {at_most: 10}}
vars: {flow_id: "4", other: "x"}
max_changes: 50
prune: {name_prefix: growth-}
policy:
  calling_hours: {from: "10:00", time_zone: Asia/Kolkata}
  max_numbers: {level: warn, at_most: 1000}
"""


def project_of(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> ProjectFile:
    return load_project(write(tmp_path, {}, text), None, environ or {})


def test_every_key_arrives(tmp_path: Path) -> None:
    project = project_of(tmp_path, FULL)
    assert (project.max_changes, project.prune, project.file) == (50, Prune("growth-"), "campaignctl.yaml")
    prod = choose_environment(project, None)
    assert (prod.name, prod.base_url, prod.account_sid) == ("prod", "https://api.exotel.com", "acme1")
    assert (prod.key_env, prod.token_env) == ("EXOTEL_PROD_KEY", "EXOTEL_PROD_TOKEN")
    assert (prod.collection("SmsCampaign"), prod.collection("VoiceCampaign")) == (
        "sms-campaigns",
        "campaigns",
    )
    assert [prod.create_form(kind) for kind in KINDS.values()] == ["wrapped", "wrapped"]
    assert (prod.rate_limit, prod.timeout_seconds, prod.max_attempts, prod.settle_seconds) == (
        None,
        2.5,
        3,
        0.0,
    )
    assert prod.country is not None
    assert prod.allow == {"resume", "complete"}
    assert prod.vars == {"flow_id": "926", "other": "x"}


def test_an_environment_overlays_the_policy_setting_by_setting(tmp_path: Path) -> None:
    assert project_of(tmp_path, FULL).environments["prod"].policy == {
        "calling_hours": {"from": "10:00", "time_zone": "Asia/Kolkata", "level": "off"},
        "max_numbers": {"level": "warn", "at_most": 10},
    }


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    text = PROJECT + "environments: {live: {backend: exotel, region: mumbai}}\n"
    project = project_of(tmp_path, text, {"EXOTEL_ACCOUNT_SID": "acme1"})
    variables = {"flow_id": "4", "flow_name": "a: [b"}
    assert project.environments["live"] == Environment(
        "live", "exotel", "acme1", base_url="https://api.in.exotel.com", vars=variables
    )
    assert project.environments["sandbox"] == Environment(
        "sandbox", "sandbox", "sandbox", rate_limit=None, vars=variables
    )


def test_the_account_of_the_environment_variable_is_trimmed_as_key_and_token_are(tmp_path: Path) -> None:
    text = PROJECT + "environments: {live: {backend: exotel, region: mumbai}}\n"
    project = project_of(tmp_path, text, {"EXOTEL_ACCOUNT_SID": " acme1\n"})
    assert project.environments["live"].account_sid == "acme1"


def test_one_word_is_the_create_body_of_both_kinds(tmp_path: Path) -> None:
    text = PROJECT + "environments: {live: {backend: exotel, region: mumbai, create_body: bare}}\n"
    assert project_of(tmp_path, text).environments["live"].create_body == {"voice": "bare", "sms": "bare"}


def test_an_account_is_missed_only_where_it_is_used(tmp_path: Path) -> None:
    project = project_of(tmp_path, PROJECT + "environments: {live: {backend: exotel, region: mumbai}}\n")
    require_account(project.environments["sandbox"])
    with pytest.raises(CredentialsError, match="EXOTEL_ACCOUNT_SID"):
        require_account(project.environments["live"])


def test_an_unknown_environment_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='there is no environment "prd"; did you mean "prod"'):
        choose_environment(project_of(tmp_path, FULL), "prd")


def test_a_named_project_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        load_project(tmp_path, Path("other.yaml"), {})
    assert "it cannot be read: No such file or directory" in str(raised.value.findings[0])


ALLOWED = {
    "https://api.exotel.com": "https://api.exotel.com",
    "https://API.in.exotel.com/": "https://api.in.exotel.com",
    "http://127.0.0.1:8080": "http://127.0.0.1:8080",
    "http://127.9.9.9": "http://127.9.9.9",
    "http://[::1]:8080/": "http://[::1]:8080",
    "https://localhost": "https://localhost",
    "https://proxy.acme.example": "https://proxy.acme.example",
    "https://other.acme.example:8443": "https://other.acme.example:8443",
}


@pytest.mark.parametrize(("url", "expected"), ALLOWED.items())
def test_credentials_go_to_exotel_this_machine_and_what_the_runner_allows(url: str, expected: str) -> None:
    environ = {"EXOTEL_ALLOWED_HOSTS": "proxy.acme.example, other.acme.example:8443"}
    assert checked_base_url(url, environ, sandbox=False) == expected


REFUSED = [
    "http://api.exotel.com",
    "https://api.exotel.com:8443",
    "https://api.exotel.com.",
    "https://evil.exotel.com",
    "https://api.exotel.com.evil.example",
    "https://api.exotel.com@evil.example",
    "https://api.exotel.com%2eevil.example",
    "https://localhost.evil.example",
    "http://localhost.evil.example",
    "http://127.1",
    "http://0x7f000001",
    "http://2130706433",
    "http://0.0.0.0",
    "http://[::ffff:7f00:1]",
    "http://10.0.0.1",
    "https://other.acme.example",
    "https://api.exotel.com/?x=1",
    "https://api.exotel.com#x",
    "https://\u0430pi.exotel.com",
    "https://api.exotel.com\n",
    "ftp://api.exotel.com",
]


@pytest.mark.parametrize("url", REFUSED)
def test_credentials_go_nowhere_else(url: str) -> None:
    with pytest.raises(RefusedHostError):
        checked_base_url(url, {"EXOTEL_ALLOWED_HOSTS": "other.acme.example:8443"}, sandbox=False)
