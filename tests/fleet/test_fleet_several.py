"""Several environments in one command: what each comes to is what it comes to alone."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from example_counts import examples
from fleet_projects import campaign, environment, many, secrets, write_environments
from harness import Desk, Result, live_voice, voice
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaignctl.sandbox.journal import RecordedRequest

NAMES = ("east", "north", "south-042")
MOVING = {"created_at", "expires_at", "approval", "seal", "refresh", "apply", "counted_at"}
"""Time stamps and request counts."""


def apart(document: Any) -> Any:
    """A document without what moves on by itself."""
    if isinstance(document, dict):
        return {key: apart(value) for key, value in document.items() if key not in MOVING}
    return [apart(it) for it in document] if isinstance(document, list) else document


def asked(desk: Desk) -> dict[str, list[tuple[str, str, Any]]]:
    """What was asked of each account, in its order."""
    found: dict[str, list[tuple[str, str, Any]]] = {}
    for it in desk.sandbox.requests:
        account = it.path.split("/")[3]
        found.setdefault(account, []).append(_request(it))
    return found


def _request(it: RecordedRequest) -> tuple[str, str, Any]:
    return it.method, it.path, json.dumps(it.query, sort_keys=True, default=str)


def several(desk: Desk, *words: str) -> Result:
    return desk.run(*words, env=secrets(*NAMES))


def project(desk: Desk) -> None:
    many(desk, NAMES)
    desk.configure({"policy": {"duplicate_campaigns": {"level": "off"}}})
    for name in NAMES:
        campaign(desk, name, "survey")


LIVE = st.sampled_from(["created", "in-progress", "paused", "completed"])


@pytest.mark.slow
@examples(12, quick=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wanted=st.fixed_dictionaries({name: st.integers(0, 2) for name in NAMES}),
    there=st.fixed_dictionaries({name: st.lists(LIVE, max_size=2) for name in NAMES}),
    faulty=st.sampled_from([None, *NAMES]),
)
def test_several_plans_are_the_single_ones_result_for_result_and_request_for_request(
    desk: Desk, wanted: dict[str, int], there: dict[str, list[str]], faulty: str | None
) -> None:
    """Names and people are each account's own: what two have in common is held against each other (rule 8)."""
    desk.sandbox.reset()
    project(desk)
    for name in NAMES:
        campaign(desk, name, *(f"{name}-{place}" for place in range(wanted[name])))
        live = [live_voice(f"{name}-{place}", status=status) for place, status in enumerate(there[name])]
        desk.sandbox.seed(f"acc-{name}", "campaigns", live)
    fault = {"effect": "status", "status": 500, "path": f"/acc-{faulty}/", "times": None}
    alone: dict[str, Result] = {}
    desk.forget()
    if faulty:
        desk.sandbox.faults.add(**fault)
    for name in NAMES:
        alone[name] = several(desk, "plan", "-e", name, "--format", "json")
    requests = asked(desk)
    desk.forget()
    together = several(desk, "plan", "--all-environments", "--format", "json")
    assert asked(desk) == requests
    document = together.json
    for it in document["environments"]:
        single = alone[it["environment"]]
        assert it["exit_code"] == single.code
        if it["result"] is None:
            assert {"error": it["error"], "findings": it["findings"]} == single.json
        else:
            assert apart(it["result"]) == apart(single.json)
    assert [it["environment"] for it in document["environments"]] == sorted(NAMES)
    assert document["exit_code"] == together.code


def test_the_document_adds_up_what_the_environments_say(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add(effect="status", status=500, path="/acc-north/", times=None)
    result = several(desk, "plan", "-e", "*", "--format", "json")
    document = result.json
    assert (document["command"], document["exit_code"], result.code) == ("plan", 1, 1)
    assert document["summary"] == {"environments": 3, "failed": 1, "with_operations": 2}
    assert (document["totals"]["create"], document["totals"]["operations"]) == (2, 2)
    digest, plans = document["digest"], [it["result"] for it in document["environments"] if it["result"]]
    assert digest not in {plan["digest"] for plan in plans}
    assert document["approval"] == f"{digest}@{min(plan['approval'].partition('@')[2] for plan in plans)}"


def test_the_digest_is_over_pairs_of_environment_and_digest(desk: Desk) -> None:
    from hashlib import sha256

    project(desk)
    document = several(desk, "plan", "--all-environments", "--format", "json").json
    pairs = [[it["environment"], it["result"]["digest"]] for it in document["environments"]]
    text = json.dumps(pairs, separators=(",", ":"))
    assert document["digest"] == sha256(text.encode()).hexdigest()[:12]


def test_a_missing_credential_or_an_invalid_manifest_is_the_environments_own(desk: Desk) -> None:
    project(desk)
    desk.write("campaigns/east/bad.yaml", "kind: Nothing\n")
    result = desk.run("plan", "--all-environments", "--format", "json", env=secrets("south-042", "east"))
    codes = {it["environment"]: (it["error"] or {}).get("code") for it in result.json["environments"]}
    assert codes == {"east": "invalid-input", "north": "credentials", "south-042": None}
    east = result.json["environments"][0]
    assert [it["file"] for it in east["findings"]] == ["campaigns/east/bad.yaml"]
    assert result.code == 1


def test_the_worst_exit_code_wins_by_the_order_that_exists(desk: Desk) -> None:
    project(desk)
    campaign(desk, "east", "survey", schedule={"send_at": "2027-01-15T03:00:00+05:30"})
    desk.configure({"policy": {"calling_hours": {"level": "error"}, "duplicate_campaigns": {"level": "off"}}})
    desk.sandbox.faults.add(effect="status", status=500, path="/acc-north/", times=None)
    document = several(desk, "plan", "--all-environments", "--format", "json").json
    assert [it["exit_code"] for it in document["environments"]] == [3, 1, 0]
    assert document["exit_code"] == 3


def test_text_has_a_section_for_each_that_has_something_to_say_and_a_line_for_all_others(desk: Desk) -> None:
    project(desk)
    for name in ("east", "north"):
        (desk.root / "campaigns" / name / "all.yaml").unlink()
        desk.manifests(voice("survey", state="completed"), file=f"campaigns/{name}/all.yaml")
    result = several(desk, "plan", "--all-environments")
    assert result.out.startswith("Environment south-042 (account acc-south-042)\n")
    assert "2 environments: nothing to do\nIn all 3 environments: 1 create" in result.out
    assert "Environment east" not in result.out


@pytest.mark.parametrize("output_format", ["markdown", "html", "github", "junit"])
def test_every_format_of_a_plan_is_one_document_that_names_each_environment(
    desk: Desk, output_format: str
) -> None:
    project(desk)
    desk.sandbox.faults.add(effect="status", status=500, path="/acc-north/", times=None)
    result = several(desk, "plan", "--all-environments", "--format", output_format)
    assert result.code == 1
    for name in NAMES:
        assert name in result.out, name
    if output_format == "junit":
        from xml.etree import ElementTree

        root = ElementTree.fromstring(result.out)
        assert [it.get("name") for it in root] == sorted(NAMES)
        assert root.get("failures") == "1"
    if output_format == "github":
        assert "::error title=campaignctl error::Failed: environment north" in result.out


@pytest.mark.parametrize("output_format", ["sarif", "gitlab", "github", "junit", "markdown", "text", "html"])
def test_a_finding_that_is_equal_in_several_environments_stands_once_with_their_number(
    desk: Desk, output_format: str
) -> None:
    project(desk)
    write_environments(
        desk, *(environment(name, manifests=["campaigns/east/"], country="IN") for name in NAMES)
    )
    desk.configure({"policy": {"same_people": {"level": "off"}}})
    desk.write("campaigns/east/bad.yaml", "apiVersion: campaignctl/v1\nkind: Nothing\n")
    result = several(desk, "validate", "--all-environments", "--format", output_format)
    assert result.code == 1
    if output_format in ("sarif", "gitlab", "github", "junit"):
        assert result.out.count("Nothing") == 1, result.out
        assert "(in 3 environments)" in result.out


def test_validate_of_several_is_that_of_each(desk: Desk) -> None:
    project(desk)
    desk.write("campaigns/east/bad.yaml", "kind: Nothing\n")
    alone = {name: several(desk, "validate", "-e", name, "--format", "json") for name in NAMES}
    document = several(desk, "validate", "--all-environments", "--format", "json").json
    for it in document["environments"]:
        single = alone[it["environment"]]
        assert (it["result"], it["exit_code"]) == (single.json, single.code)


def test_a_manifest_that_no_account_takes_is_told_by_validate_of_all(desk: Desk) -> None:
    project(desk)
    desk.manifests(voice("nobodys"), file="campaigns/elsewhere.yaml")
    document = several(desk, "validate", "--all-environments", "--format", "json").json
    found = [(it["file"], it["line"], it["severity"], it["rule"]) for it in document["findings"]]
    assert found == [("campaigns/elsewhere.yaml", 1, "warn", "no-environment")]
    assert document["exit_code"] == 0
    assert "no-environment" in several(desk, "validate", "--all-environments").out
    assert "no-environment" not in several(desk, "validate", "-e", "*").out


def test_nothing_left_is_an_empty_report(desk: Desk) -> None:
    project(desk)
    results = [
        several(desk, "plan", "-e", "east", "--shard", f"{part}/2", "--format", "json") for part in range(2)
    ]
    assert {result.code for result in results} == {0}
    assert sorted(len(result.json["environments"]) for result in results) == [0, 1]


def test_two_environments_that_are_one_account_are_refused_before_any_request(desk: Desk) -> None:
    project(desk)
    write_environments(
        desk, *(environment(name, account_sid="acc1", manifests=[f"campaigns/{name}/"]) for name in NAMES)
    )
    desk.forget()
    result = several(desk, "plan", "--all-environments")
    assert (result.code, desk.requests) == (1, [])
    assert "are one account (acc1" in result.err
    assert several(desk, "plan", "-e", "east").code == 0


def test_an_account_that_only_a_variable_names_is_refused(desk: Desk) -> None:
    project(desk)
    write_environments(
        desk,
        environment("east", account_sid=None, manifests=["campaigns/east/"]),
        environment("north", select="a=b"),
    )
    result = desk.run("plan", "-e", "*", env={**secrets(*NAMES), "EXOTEL_ACCOUNT_SID": "acme1"})
    assert result.code == 1
    assert "account_sid is not written for east" in result.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("report", "survey", "-e", "*"), "takes one environment"),
        (("resume", "survey", "-e", "east", "-e", "north"), "takes one environment"),
        (("export", "-e", "east,", "--out", "x"), "takes one environment"),
        (("plan", "--parallel", "4"), "--parallel goes with several"),
        (("plan", "-e", "east", "--parallel", "4"), "--parallel goes with several"),
        (("plan", "--shard", "2/2"), "K/N"),
        (("plan", "--shard", "-1/2"), "K/N"),
        (("plan", "-e", ","), "names no environment"),
        (("plan", "-e", "*", "--parallel", "257"), "--parallel"),
    ],
)
def test_what_takes_one_environment_refuses_several(desk: Desk, words: tuple[str, ...], says: str) -> None:
    project(desk)
    result = several(desk, *words)
    assert (result.code, says in result.err) == (64, True), result.err


def test_a_name_that_matches_none_is_an_error_that_names_the_nearest(desk: Desk) -> None:
    project(desk)
    result = several(desk, "plan", "-e", "east,suoth-042")
    assert result.code == 1
    assert 'there is no environment "suoth-042"; did you mean "south-042"?' in result.err


def test_environments_after_the_command_replace_those_before_it(desk: Desk) -> None:
    project(desk)
    document = several(desk, "-e", "east", "-e", "north", "plan", "-e", "south-042", "--format", "json").json
    assert document["environment"] == "south-042"


def test_a_variable_is_wrong_only_where_no_chosen_environment_uses_it(desk: Desk) -> None:
    project(desk)
    campaign(desk, "east", "survey", url="http://my.exotel.com/acme1/exoml/start_voice/${flow}")
    assert several(desk, "plan", "-e", "*", "--var", "flow=926").code == 0
    assert several(desk, "plan", "-e", "north", "--var", "flow=926").code == 1
    wrong = several(desk, "plan", "-e", "north,south-042", "--var", "flow=926")
    assert wrong.code == 1


def test_what_is_told_on_standard_error_names_whose_it_is(desk: Desk) -> None:
    project(desk)
    result = several(desk, "-v", "plan", "--all-environments")
    assert result.err
    assert {line.partition(": ")[0] for line in result.err.splitlines()} == set(NAMES)


def test_sandboxes_share_one_server_and_each_account_is_a_world_of_its_own(desk: Desk) -> None:
    names = ("a-sandbox", "b-sandbox")
    many(desk, [])
    desk.configure({"environment_defaults": {"backend": "sandbox"}})
    write_environments(desk, *(environment(name, manifests=[f"campaigns/{name}/"]) for name in names))
    for name in names:
        campaign(desk, name, name)
    document = several(desk, "plan", "-e", "*", "--format", "json").json
    assert [it["error"] for it in document["environments"]] == [None, None]
    assert document["totals"]["create"] == 2


def test_a_connection_carries_the_credentials_of_its_own_account_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(desk)
    seen: list[tuple[str, str]] = []
    send = httpx.HTTPTransport.handle_request

    def recorded(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        said = base64.b64decode(request.headers["authorization"].split()[1]).decode()
        seen.append((request.url.path.split("/")[3], said))
        return send(transport, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", recorded)
    several(desk, "plan", "--all-environments", "--parallel", "2")
    parts = {f"acc-{name}": name.upper().replace("-", "_") for name in NAMES}
    assert set(seen) == {(account, f"key-of-{part}:token-of-{part}") for account, part in parts.items()}
