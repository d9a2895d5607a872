"""What is printed, where, and what never is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness import ACCOUNT, KEY, TOKEN, Desk, live_sms, live_voice, run, sms, voice
from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[2] / "schemas"
APPLY = ("apply", "--auto-approve")
NUMBERS = ("+919876543210", "+919876543211", "9876543210", "9876543211", "5550001234")
GREEN = "\x1b["


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))


def busy(desk: Desk) -> None:
    """Something of everything: create, update, transition, held, blocked, no-op, orphan."""
    desk.configure({"prune": {"name_prefix": "diwali-"}})
    desk.seed(
        live_voice("diwali-update", caller_id="08012345678", **{"from": ["+919876543210", "+15550001234"]}),
        live_voice("diwali-pause"),
        live_voice("diwali-held", status="paused", **{"from": ["+919000000002"]}),
        live_voice("diwali-orphan", url="http://my.exotel.com/acme1/exoml/start_voice/1"),
        live_voice("diwali-done", status="completed"),
    )
    desk.seed(live_sms("diwali-same"), collection="message-campaigns")
    desk.manifests(
        voice("diwali-create", **{"from": ["+919000000001"]}),
        voice("diwali-update"),
        voice("diwali-pause", state="paused"),
        voice("diwali-held", state="active", **{"from": ["+919000000002"]}),
        voice("diwali-done", state="archived"),
        voice(
            "diwali-blocked",
            schedule={"send_at": "2027-01-01T09:00:00+05:30"},
            **{"from": ["+919000000003"]},
        ),
        sms("diwali-same"),
    )


# ------------------------------------------------------------------------------------------------------------ JSON


def test_every_json_output_is_as_its_schema_says(desk: Desk) -> None:
    busy(desk)
    schema("validate").validate(desk.run("validate", "--format", "json").json)
    plan = desk.run("plan", "--format", "json", "--out", "plan.json").json
    schema("plan").validate(plan)
    assert {it["change"] for it in plan["changes"]} >= {
        "create",
        "update",
        "held",
        "blocked",
        "noop",
        "orphan",
    }
    schema("plan").validate(desk.run("show", "plan.json", "--format", "json").json)
    schema("plan").validate(json.loads((desk.root / "plan.json").read_text(encoding="utf-8")))
    results = desk.run(*APPLY, "--format", "json").json
    schema("apply").validate(results)
    assert results["summary"]["applied"] == 3


def test_findings_and_errors_are_as_their_schemas_say(desk: Desk) -> None:
    desk.manifests(voice(caler_id="1"))
    findings = desk.run("validate", "--format", "json").json
    schema("validate").validate(findings)
    assert findings["findings"][0]["file"] == "campaigns/all.yaml"
    error = desk.run("plan", "--format", "json").json
    schema("error").validate(error)
    assert error["error"]["code"] == "invalid-input"
    assert error["findings"] == findings["findings"]


@pytest.mark.parametrize(
    ("words", "code"),
    [(("plan", "--format=json", "--colour"), "usage"), (("--colour", "plan", "--format", "json"), "usage")],
)
def test_wrong_usage_is_told_in_json_too(desk: Desk, words: tuple[str, ...], code: str) -> None:
    document = desk.run(*words).json
    schema("error").validate(document)
    assert document["error"]["code"] == code


def test_json_results_of_failures_are_as_their_schema_says(desk: Desk) -> None:
    desk.manifests(voice(), sms(), voice("no-start", schedule=...))
    desk.sandbox.faults.add("status", request="create", path="message", status=422)
    desk.sandbox.faults.add("drop", request="create", path="/campaigns", acts=False)
    results = desk.run(*APPLY, "--format", "json").json
    schema("apply").validate(results)
    outcomes = {it["name"]: it["outcome"] for it in results["results"]}
    assert outcomes == {"diwali-reminder": "unknown", "diwali-offer": "failed", "no-start": "skipped"}


@pytest.mark.parametrize(
    "name", ["plan", "apply", "validate", "error", "project", "campaign", "voice-campaign"]
)
def test_a_schema_is_printed_as_it_is_published(tmp_path: Path, name: str) -> None:
    printed = run("schema", name, cwd=tmp_path)
    assert printed.json == json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def test_an_unknown_schema_is_one_clear_message(tmp_path: Path) -> None:
    result = run("schema", "campain", cwd=tmp_path)
    assert result.code in (1, 64)
    assert "campaign" in result.err
    assert not result.out


# ------------------------------------------------------------------------------------------- standard output, error


def test_the_name_of_a_saved_file_is_told_on_one_line(desk: Desk) -> None:
    desk.manifests(voice())
    told = desk.run("plan", "--out", "plan\nAll is well.json")
    assert told.err == "saved to plan\\nAll is well.json\n"


def test_the_result_goes_to_standard_output_and_the_rest_to_standard_error(desk: Desk) -> None:
    desk.manifests(voice())
    plan = desk.run("plan", "--out", "plan.json")
    assert "1 to create" in plan.out
    assert plan.err == "saved to plan.json\n"
    applied = desk.run(*APPLY)
    assert "1 applied" in applied.out
    assert "[1/1] voice/diwali-reminder: created" in applied.err
    assert "[1/1]" not in applied.out


def test_the_first_line_names_environment_and_account(desk: Desk) -> None:
    desk.manifests(voice())
    for words in (("plan",), APPLY):
        assert desk.run(*words).out.splitlines()[0] == f"Environment prod (account {ACCOUNT})"


def test_quiet_leaves_only_the_result(desk: Desk) -> None:
    desk.manifests(voice())
    assert desk.run("-q", "plan", "--out", "plan.json").err == ""
    applied = desk.run(*APPLY, "-q")
    assert applied.err == ""
    assert "1 applied" in applied.out


def test_verbose_says_each_request(desk: Desk) -> None:
    desk.manifests(voice())
    result = desk.run("plan", "-v")
    assert len(re.findall(r"GET (message-)?campaigns → 20[07] ", result.err)) == len(desk.requests)
    assert "GET" not in result.out


def test_an_error_leaves_standard_output_empty(desk: Desk) -> None:
    desk.manifests(voice(caler_id="1"))
    result = desk.run("plan")
    assert result.out == ""
    assert result.err.startswith("campaigns/all.yaml:")


# ---------------------------------------------------------------------------------------------------------- colour


@pytest.mark.parametrize(
    ("words", "env", "colored"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        (("--no-color",), {"FORCE_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": ""}, False),
    ],
)
def test_colour_is_as_asked(desk: Desk, words: tuple[str, ...], env: dict[str, str], colored: bool) -> None:
    busy(desk)
    for command in (("validate",), ("plan",), APPLY):
        assert (GREEN in desk.run(*command, *words, env=env).out) is colored


def test_json_has_no_colour(desk: Desk) -> None:
    desk.manifests(voice())
    assert GREEN not in desk.run("plan", "--format", "json", env={"FORCE_COLOR": "1"}).out


# -------------------------------------------------------------------------------------------------- global options


@pytest.mark.parametrize(
    "words",
    [
        ("-e", "other", "-c", "elsewhere.yaml", "--var", "flow=77", "plan", "--format", "json"),
        ("plan", "--format", "json", "-e", "other", "-c", "elsewhere.yaml", "--var", "flow=77"),
        (
            "-e",
            "x",
            "--var",
            "flow=1",
            "plan",
            "-e",
            "other",
            "-c",
            "elsewhere.yaml",
            "--var=flow=77",
            "--format=json",
        ),
    ],
    ids=["before", "after", "the later one wins"],
)
def test_global_options_stand_before_or_after_the_command(desk: Desk, words: tuple[str, ...]) -> None:
    desk.manifests(voice(url="http://my.exotel.com/acme1/exoml/start_voice/${flow}"))
    text = (desk.root / "campaignctl.yaml").read_text().replace("prod:", "other:").replace("prod", "other")
    desk.write("elsewhere.yaml", text)
    plan = desk.run(*words).json
    assert plan["environment"] == "other"
    assert plan["changes"][0]["resulting"]["url"].endswith("/77")


def test_an_unknown_variable_is_a_mistake_at_its_place(desk: Desk) -> None:
    desk.manifests(voice(url="http://my.exotel.com/acme1/exoml/start_voice/${flow}"))
    result = desk.run("plan")
    assert result.code == 1
    assert "flow" in result.err
    assert "campaigns/all.yaml:" in result.err


def test_the_version_is_printed(tmp_path: Path) -> None:
    result = run("--version", cwd=tmp_path)
    assert (result.code, result.out) == (0, "campaignctl 0.1.0\n") or result.out.startswith("campaignctl ")


@pytest.mark.parametrize(
    "command", [(), ("validate",), ("plan",), ("apply",), ("show",), ("schema",), ("sandbox",)]
)
def test_every_command_explains_itself(tmp_path: Path, command: tuple[str, ...]) -> None:
    result = run(*command, "--help", cwd=tmp_path)
    assert result.code == 0
    assert "Usage: campaignctl" in result.out


# ------------------------------------------------------------------------------------------------------- selecting


def test_labels_select_and_a_mistake_elsewhere_is_a_warning(desk: Desk) -> None:
    desk.manifests(voice("ours", metadata={"labels": {"team": "growth"}}), file="campaigns/ours.yaml")
    desk.manifests(
        voice("theirs", caler_id="1", metadata={"labels": {"team": "ops"}}), file="campaigns/theirs.yaml"
    )
    plan = desk.run("plan", "--format", "json", "-l", "team=growth")
    assert plan.code == 0, plan.all
    assert [it["name"] for it in plan.json["changes"]] == ["ours"]
    assert desk.run("plan", "-l", "team!=growth").code == 1


def test_paths_select_and_a_mistake_elsewhere_is_a_warning(desk: Desk) -> None:
    desk.manifests(voice("ours"), file="campaigns/ours.yaml")
    desk.manifests(voice("theirs", caler_id="1"), file="campaigns/theirs.yaml")
    assert desk.run("plan", "campaigns/ours.yaml").code == 0
    assert desk.run("plan", "ours.yaml", cwd="campaigns").code == 0
    assert desk.run("plan").code == 1


def test_prune_is_refused_where_a_path_of_the_project_holds_nothing(desk: Desk) -> None:
    busy(desk)
    desk.configure({"manifests": ["campaigns/", "more/"]})
    desk.write("more/README", "none yet")
    assert desk.run("plan").code == 3
    result = desk.run("plan", "--prune", "--allow", "complete", "--allow", "archive")
    assert result.code == 1
    assert "more/" in result.err


# --------------------------------------------------------------------------------------------------------- secrecy


def everything_written(desk: Desk) -> str:
    """Every file below the project but the manifests themselves."""
    files = [it for it in desk.root.rglob("*") if it.is_file() and it.parent.name != "campaigns"]
    return "\n".join(it.read_text(encoding="utf-8", errors="replace") for it in files)


def said_everything(desk: Desk, *options: str) -> str:
    """All that the commands say, each in every format, with the request log on standard error."""
    words: list[tuple[str, ...]] = [
        ("validate",),
        ("validate", "--format", "json"),
        ("plan", "--out", "plan.json"),
        ("plan", "--format", "json"),
        ("show", "plan.json"),
        ("show", "plan.json", "--format", "json"),
        (*APPLY, "--audit-log", "audit.jsonl"),
        (*APPLY, "--format", "json", "--audit-log", "audit.jsonl"),
    ]
    return "".join(desk.run(*it, "-v", *options).all for it in words)


def test_numbers_of_people_are_masked_everywhere(desk: Desk) -> None:
    busy(desk)
    said = said_everything(desk) + everything_written(desk)
    assert [number for number in NUMBERS if number in said] == []
    assert "+91••••••••1" in said


def test_numbers_are_shown_where_asked_and_never_written(desk: Desk) -> None:
    busy(desk)
    said = said_everything(desk, "--show-numbers")
    assert "+919876543211" in said
    written = everything_written(desk)
    assert "plan.json" in [it.name for it in desk.root.iterdir()]
    assert [number for number in NUMBERS if number in written] == []


def test_no_secret_is_said_or_written_anywhere(desk: Desk) -> None:
    busy(desk)
    said = said_everything(desk, "--show-numbers") + everything_written(desk)
    for arrange in (wrong_answers, echoing, no_connection):
        arrange(desk)
        said += "".join(desk.run(*it, "-v", "--audit-log", "audit.jsonl").all for it in (APPLY,))
        said += "".join(desk.run(*it, "-v").all for it in (("plan",), ("plan", "--format", "json")))
    said += everything_written(desk)
    assert [secret for secret in (KEY, TOKEN, "in-the-query") if secret in said] == []


def wrong_answers(desk: Desk) -> None:
    desk.sandbox.faults.add("status", status=401, times=None)


def echoing(desk: Desk) -> None:
    """An account that quotes what it was sent, credentials and all."""
    desk.sandbox.faults.clear()
    desk.sandbox.faults.add("change", data={"name": TOKEN, "status": TOKEN}, request="create", times=None)


def no_connection(desk: Desk) -> None:
    desk.sandbox.faults.clear()
    desk.configure(base_url="http://127.0.0.1:9")


@pytest.mark.parametrize("secret_in", ["account_sid", "credentials", "vars"])
def test_a_secret_in_the_project_file_is_never_quoted(desk: Desk, secret_in: str) -> None:
    settings: dict[str, Any] = {
        "account_sid": f"{TOKEN}:{KEY}@x",
        "credentials": {"token_env": TOKEN},
        "vars": {"api_token": TOKEN},
    }
    desk.configure(**{secret_in: settings[secret_in]})
    desk.manifests(voice())
    result = desk.run("plan")
    assert result.code == 1
    assert "campaignctl.yaml:" in result.err
    assert TOKEN not in result.all


def test_the_value_of_a_variable_does_not_reach_the_plan_file(desk: Desk) -> None:
    desk.manifests(voice(custom_field="plain", **{"from": ["${number}"]}))
    assert desk.run("plan", "--var", "number=+919876543210", "--out", "plan.json").code == 0
    written = (desk.root / "plan.json").read_text(encoding="utf-8")
    assert "9876543210" not in written
    assert "hmac-sha256:" in json.loads(written)["selection"]["vars"]["number"]


def test_the_audit_log_holds_a_line_for_each_request(desk: Desk) -> None:
    desk.manifests(voice(), sms(state="paused"))
    desk.run(*APPLY, "--audit-log", "audit.jsonl", env={"GITHUB_ACTOR": "octocat"})
    lines = [json.loads(line) for line in (desk.root / "audit.jsonl").read_text().splitlines()]
    assert len(lines) == len(desk.requests)
    assert {line["who"] for line in lines} == {"octocat"}
    assert {line["environment"] for line in lines} == {"prod"}
    writes = [line for line in lines if line["operation"] not in ("list", "get", "details")]
    assert [line["operation"] for line in writes] == ["create", "create", "pause"]
    assert {line["status"] for line in writes} == {200}
    assert all(set(line) >= {"time", "sid", "attempt", "outcome"} for line in lines)


# ---------------------------------------------------------------------------------------------- text from outside

HOSTILE = "\x1b[31mred\x1b]8;;http://evil\x07\u202egnp\n::error::x <b>|"


def test_what_an_account_says_cannot_reach_the_terminal(desk: Desk) -> None:
    desk.configure({"prune": {"name_prefix": "diwali-"}})
    desk.seed(live_voice(f"diwali-{HOSTILE}", status=HOSTILE), live_voice(f"diwali-x{HOSTILE}"))
    desk.manifests(voice("diwali-new", url="http://my.exotel.com/acme1/exoml/start_voice/2"))
    desk.sandbox.faults.add("status", request="create", status=400)
    said = desk.run("plan", "-v").all + desk.run(*APPLY).all
    assert not {"\x1b", "\x07", "\u202e"} & set(said)
    assert "\n::error::" not in said


CASES: list[tuple[str, Callable[[Desk], None]]] = [
    ("a directory for a manifest file", lambda desk: (desk.root / "campaigns/x.yaml").mkdir()),
    (
        "bytes that are no text",
        lambda desk: (desk.root / "campaigns/x.yaml").write_bytes(b"\xff\xfe\x00a") and None,
    ),
    ("a YAML that ends early", lambda desk: desk.write("campaigns/x.yaml", "a: [1, 2") and None),
    ("5,001 numbers", lambda desk: desk.manifests(voice(**{"from": [f"+91987{n:07}" for n in range(5001)]}))),
    ("2,001 characters", lambda desk: desk.manifests(sms(template="x" * 2001))),
    ("a key that nobody knows", lambda desk: desk.manifests(voice(priority=1))),
    (
        "a time without an offset",
        lambda desk: desk.manifests(voice(schedule={"send_at": "2027-01-15T09:00:00"})),
    ),
    ("a project file that is a list", lambda desk: desk.write("campaignctl.yaml", "- a\n") and None),
    ("an empty project file", lambda desk: desk.write("campaignctl.yaml", "") and None),
    ("a host that is nobody's", lambda desk: desk.configure(base_url="https://exotel.example.com")),
]


@pytest.mark.parametrize(("what", "arrange"), CASES, ids=[what for what, _ in CASES])
def test_bad_input_is_one_clear_message_and_sends_nothing(
    desk: Desk, what: str, arrange: Callable[[Desk], None]
) -> None:
    desk.manifests(voice())
    arrange(desk)
    for command in ("validate", "plan", "apply"):
        result = desk.run(command)
        if what != "a directory for a manifest file":
            assert result.code == 1, result.all
            assert len(result.all) < 1000
        assert "Traceback" not in result.all
    assert not desk.writes
