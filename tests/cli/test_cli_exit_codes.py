"""Every exit code in every situation that the contract lists: a row each."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness import Desk, actions, live_voice, run, sms, voice

PAST = {"send_at": "2027-01-09T09:00:00+05:30", "end_at": "2027-02-09T09:00:00+05:30"}
NIGHT = {"send_at": "2090-01-15T23:00:00+05:30"}
APPLY = ("apply", "--auto-approve")
ANOTHER = "0123456789ab@2027-01-11T00:00Z"


@dataclass(frozen=True)
class Case:
    """What the desk holds, what is run, what it comes to and what it says."""

    what: str
    code: int
    words: tuple[str, ...]
    arrange: Callable[[Desk], object] = lambda desk: desk.manifests(voice())
    says: str = ""


def nothing(text: str) -> Callable[[Desk], object]:
    """What a redirection leaves behind whose command failed."""
    return lambda desk: desk.write("tfplan", text)


def held_resume(desk: Desk) -> None:
    desk.seed(live_voice(status="paused"))
    desk.manifests(voice(state="active"))


def in_sync(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.manifests(voice())


def no_start(desk: Desk) -> None:
    desk.manifests(voice(schedule=...))


def passed(desk: Desk) -> None:
    desk.manifests(voice("late", schedule=PAST), sms())


def at_night(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.manifests(voice(schedule=NIGHT))


def misspelt(desk: Desk) -> None:
    desk.manifests(voice(caler_id="1"), sms())


def at_night_and_misspelt(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.manifests(voice("night", schedule=NIGHT), sms(tempalte="x"))


def wide_project(desk: Desk) -> None:
    desk.configure({"max_changes": 1})
    desk.manifests(voice(), sms())


def without_base_url(desk: Desk) -> None:
    desk.manifests(voice())
    desk.write("campaignctl.yaml", "apiVersion: campaignctl/v1\nkind: Project\nmanifest: [campaigns/]\n")


def closed_port(desk: Desk) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        desk.configure(base_url=f"http://127.0.0.1:{free.getsockname()[1]}")
    desk.manifests(voice())


def without_account(desk: Desk) -> None:
    desk.configure(account_sid=None)
    desk.manifests(voice())


def fault(effect: str, **rule: object) -> Callable[[Desk], None]:
    def arrange(desk: Desk) -> None:
        desk.manifests(voice(), sms())
        desk.sandbox.faults.add(effect, **rule)

    return arrange


def moved(desk: Desk) -> None:
    """Somebody changed it after the plan was made."""
    desk.seed(live_voice(caller_id="08012345678"))
    desk.manifests(voice())
    desk.sandbox.faults.add("change", request="get", data={"url": "http://my.exotel.com/a/other"})


def too_slow(desk: Desk) -> None:
    """A day goes by at the account while the first campaign is made."""
    days = {"first": "2027-01-11T10:00:00+05:30", "second": "2027-01-11T10:30:00+05:30"}
    people = {"first": ["+919876543210"], "second": ["+919876543211"]}
    desk.manifests(
        *(voice(name, schedule={"send_at": start}, **{"from": people[name]}) for name, start in days.items())
    )
    desk.sandbox.faults.add("later", request="create", seconds=26 * 3600.0)


def refused_and_unknown(desk: Desk) -> None:
    desk.manifests(voice(), sms(), voice("late", schedule=PAST, **{"from": ["+919876543299"]}))
    desk.sandbox.faults.add("status", request="create", path="message", status=422)
    desk.sandbox.faults.add("drop", request="create", path="/campaigns", acts=False)


FAILING = fault("status", request="create", path="message", status=422)
UNKNOWN = fault("drop", request="create", path="/campaigns", acts=False)

CASES = (
    Case("a plan that creates", 0, ("plan",), says="1 to create"),
    Case("a plan with nothing to do", 0, ("plan",), in_sync, "Nothing to do"),
    Case("nothing to do, asked in detail", 0, ("plan", "--detailed-exitcode"), in_sync),
    Case("what is only held is no operation", 0, ("plan", "--detailed-exitcode"), held_resume, "held"),
    Case("a held create in a plan", 0, ("plan",), no_start, "start-now"),
    Case("warnings", 0, ("plan",), lambda desk: desk.manifests(voice(schedule=NIGHT)), "calling_hours"),
    Case("valid manifests", 0, ("validate",), says="nothing wrong"),
    Case("an apply", 0, APPLY, says="1 applied"),
    Case("an apply with nothing to do asks nothing", 0, ("apply",), in_sync),
    Case("an apply that holds a resume", 0, APPLY, held_resume),
    Case("nothing selected", 0, ("plan", "-l", "team=nobody"), says="no manifest is selected"),
    Case("an invalid manifest in validate", 1, ("validate",), misspelt, "caller_id"),
    Case("an invalid manifest in plan", 1, ("plan",), misspelt, "caller_id"),
    Case("an invalid manifest in apply", 1, APPLY, misspelt, "nothing was sent"),
    Case("a path that is not there", 1, ("plan", "nowhere.yaml"), says="nowhere.yaml"),
    Case("a mistake in the project file", 1, ("plan",), without_base_url, "manifests"),
    Case("no account named", 1, ("plan",), without_account, "account_sid"),
    Case("credentials that are not taken", 1, ("plan",), fault("status", status=401, times=None), "401"),
    Case("no access", 1, ("plan",), fault("status", status=403, times=None), "403"),
    Case("an account that is not there", 1, ("plan",), fault("status", status=404, times=None), "account"),
    Case("an unreachable host", 1, ("plan",), closed_port, "no connection to 127.0.0.1"),
    Case("an unreachable host in apply", 1, APPLY, closed_port, "no connection to 127.0.0.1"),
    Case("an HTML page for an answer", 1, ("plan",), fault("html", times=None), "HTML"),
    Case("an empty answer", 1, ("plan",), fault("empty", times=None), "empty"),
    Case("half an answer", 1, ("plan",), fault("cut", times=None), "lost"),
    Case("a dropped connection", 1, ("plan",), fault("drop", times=None), "lost"),
    Case("a server error", 1, ("plan",), fault("status", times=None), "503"),
    Case("a plan file that is not there", 1, ("show", "plan.json"), says="plan.json"),
    Case("a plan with operations", 2, ("plan", "--detailed-exitcode"), says="1 to create"),
    Case("a blocked change in a plan", 3, ("plan",), passed, "start-passed"),
    Case("blocked is worse than changed", 3, ("plan", "--detailed-exitcode"), passed),
    Case("a blocked change in an apply", 3, APPLY, passed, "start-passed"),
    Case("a policy in validate", 3, ("validate",), at_night, "calling_hours"),
    Case("a policy in a plan", 3, ("plan",), at_night, "calling_hours"),
    Case("a policy in an apply", 3, APPLY, at_night, "calling_hours"),
    Case("a policy is worse than a mistake", 3, ("validate",), at_night_and_misspelt, "tempalte"),
    Case("too many changes", 3, (*APPLY, "--max-changes", "0"), says="max"),
    Case("too many changes for the project", 3, APPLY, wide_project, "max_changes"),
    Case("another plan than the reviewed one", 3, (*APPLY, "--expect", ANOTHER), says="approved"),
    Case("a bare digest", 64, (*APPLY, "--expect", "0123456789ab"), says="DIGEST@TIME"),
    Case("a held create in an apply", 3, APPLY, no_start, "start-now"),
    Case("a campaign that moved", 3, APPLY, moved, "moved"),
    Case("a start that passed during the apply", 3, APPLY, too_slow, "start-passed"),
    Case("one campaign refused", 4, APPLY, FAILING, "1 applied"),
    Case("an outcome that is unknown", 5, APPLY, UNKNOWN, "unknown"),
    Case("unknown is worse than refused and blocked", 5, APPLY, refused_and_unknown, "unknown"),
    Case("an unknown command", 64, ("aply",), says="aply"),
    Case("an unknown flag", 64, ("plan", "--colour"), says="--colour"),
    Case("an unknown format", 64, ("plan", "--format", "xml"), says="xml"),
    Case("an unknown permission", 64, ("plan", "--allow", "delete"), says="delete"),
    Case("a permission whose name was not filled in", 64, ("plan", "--allow", "complete:"), says="complete:"),
    Case("a label selector that is none", 64, ("plan", "-l", "team"), says="team"),
    Case("a variable without a value", 64, ("plan", "--var", "flow_id"), says="NAME=VALUE"),
    *(
        Case(f"a file that holds {text!r}", 1, ("plan", "tfplan"), nothing(text), "holds nothing")
        for text in ("", " \n", "null\n", "---\n", "---\nnull\n...\n", "~")
    ),
    Case("an unknown environment", 1, ("plan", "-e", "prud"), says="prod"),
    Case("something to do and nobody to ask", 64, ("apply",), says="--auto-approve"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.what}")
def test_every_situation_has_its_exit_code(desk: Desk, case: Case) -> None:
    case.arrange(desk)
    result = desk.run(*case.words)
    assert result.code == case.code, result.all
    assert case.says in result.all
    assert "Traceback" not in result.all


@pytest.mark.parametrize(
    "case", [it for it in CASES if it.code in (1, 64) and it.words[0] != "aply"], ids=lambda case: case.what
)
def test_an_error_in_json_is_one_object(desk: Desk, case: Case) -> None:
    case.arrange(desk)
    words = [word for word in case.words if word not in ("--format", "xml")]
    if words[:1] == ["validate"] or len(words) < len(case.words):
        return  # findings are the result of `validate`; another format is no JSON
    document = desk.run(*words, "--format", "json").json
    assert set(document) == {"error", "findings"}
    assert document["error"]["code"]
    assert document["error"]["message"]


def test_neither_project_nor_paths_is_wrong_usage(tmp_path: Path) -> None:
    for command in ("validate", "plan", "apply"):
        result = run(command, cwd=tmp_path)
        assert result.code == 64
        assert "name the manifests" in result.err


def test_paths_serve_without_a_project(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(voice()))
    assert run("validate", "one.json", cwd=tmp_path).code == 0


@pytest.mark.parametrize("missing", ["EXOTEL_API_KEY", "EXOTEL_API_TOKEN"])
@pytest.mark.parametrize("value", ["", "  "])
def test_missing_credentials_are_named_and_nothing_is_asked(desk: Desk, missing: str, value: str) -> None:
    desk.manifests(voice())
    for words in (("plan",), APPLY):
        result = desk.run(*words, env={missing: value})
        assert result.code == 1
        assert missing in result.err
    assert not desk.requests


def test_an_invalid_manifest_stops_the_run_before_any_request(desk: Desk) -> None:
    misspelt(desk)
    for words in (("plan",), APPLY):
        desk.run(*words)
    assert not desk.requests


@pytest.mark.parametrize(
    ("arrange", "words"),
    [
        (no_start, APPLY),
        (wide_project, APPLY),
        (in_sync, ("apply",)),
        (lambda desk: desk.manifests(voice()), ("apply",)),
        (lambda desk: desk.manifests(voice()), (*APPLY, "--max-changes", "0")),
        (lambda desk: desk.manifests(voice()), (*APPLY, "--expect", ANOTHER)),
        (lambda desk: desk.manifests(voice()), ("plan", "--out", "plan.json")),
    ],
)
def test_what_is_refused_or_only_shown_sends_nothing(
    desk: Desk, arrange: Callable[[Desk], object], words: tuple[str, ...]
) -> None:
    arrange(desk)
    desk.run(*words)
    assert not desk.writes


def test_a_blocked_plan_still_writes_its_file(desk: Desk) -> None:
    passed(desk)
    assert desk.run("plan", "--out", "plan.json").code == 3
    assert desk.run("show", "plan.json").code == 0


def test_an_apply_does_what_is_not_blocked(desk: Desk) -> None:
    passed(desk)
    desk.run(*APPLY)
    assert actions(desk.writes) == [("create", "diwali-offer")]


def test_a_campaign_that_the_account_refuses_does_not_stop_the_others(desk: Desk) -> None:
    FAILING(desk)
    results = {it["name"]: it for it in desk.apply()["results"]}
    assert results["diwali-reminder"]["outcome"] == "applied"
    assert results["diwali-offer"]["outcome"] == "failed"
    assert results["diwali-offer"]["reason"]["code"] == "refused"
    assert results["diwali-offer"]["error"]["http"] == 422
    assert [it["attempts"] for it in results["diwali-offer"]["operations"]] == [1]


def test_the_reviewed_plan_is_carried_out(desk: Desk) -> None:
    desk.manifests(voice())
    approval = desk.plan()["approval"]
    assert desk.run(*APPLY, "--expect", approval).code == 0


def test_pauses_are_not_counted_as_changes(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.manifests(voice(state="paused"))
    assert desk.run(*APPLY, "--max-changes", "0").code == 0


def test_the_command_line_says_how_many_whatever_the_project_says(desk: Desk) -> None:
    wide_project(desk)
    assert desk.run(*APPLY, "--max-changes", "2").code == 0
