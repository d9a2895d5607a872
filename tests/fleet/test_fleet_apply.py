"""One apply to several environments: all planned, all shown, one question, and what was planned is applied."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from fleet_projects import campaign, many, people_of, secrets
from harness import Desk, Result, live_voice, sent
from test_fleet_several import apart, asked

NAMES = ("east", "north", "south-042")


def project(desk: Desk, **defaults: Any) -> None:
    many(desk, NAMES, **defaults)
    desk.configure({"policy": {"duplicate_campaigns": {"level": "off"}}})
    for name in NAMES:
        campaign(desk, name, "survey")


def apply(desk: Desk, *words: str) -> Result:
    return desk.run("apply", *words, env=secrets(*NAMES))


def created(desk: Desk) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for it in desk.writes:
        found.setdefault(it.path.split("/")[3], []).append(
            str(sent(it).get("name") or sent(it).get("action"))
        )
    return found


def test_each_account_is_applied_to_as_it_is_alone(desk: Desk) -> None:
    project(desk)
    desk.sandbox.seed("acc-north", "campaigns", [live_voice("survey", **people_of("north"))])
    campaign(desk, "north", "survey", state="paused")
    desk.forget()
    alone = {
        name: desk.run("apply", "-e", name, "--auto-approve", "--format", "json", env=secrets(*NAMES))
        for name in NAMES
    }
    requests = asked(desk)
    desk.sandbox.reset()
    desk.sandbox.seed("acc-north", "campaigns", [live_voice("survey", **people_of("north"))])
    desk.forget()
    result = apply(desk, "--all-environments", "--auto-approve", "--format", "json")
    together = asked(desk)
    assert {account: [it[0] for it in found] for account, found in together.items()} == {
        account: [it[0] for it in found] for account, found in requests.items()
    }
    for it in result.json["environments"]:
        single = alone[it["environment"]]
        assert it["exit_code"] == single.code
        assert without_sids(it["result"]) == without_sids(single.json)
    assert (result.code, result.json["totals"]["applied"]) == (0, 3)


def without_sids(document: Any) -> Any:
    found = apart(document)
    for it in found["results"]:
        it["sid"] = bool(it["sid"])
    return found


def test_a_second_apply_has_nothing_to_do_and_asks_nothing(desk: Desk) -> None:
    project(desk)
    assert apply(desk, "-e", "*", "--auto-approve").code == 0
    desk.forget()
    again = apply(desk, "-e", "*")
    assert (again.code, desk.writes) == (0, [])
    assert "3 environments: nothing to do" in again.out


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def test_one_question_says_how_many_operations_in_which_environments(desk: Desk) -> None:
    project(desk)
    result = desk.run("apply", "-e", "*", env=secrets(*NAMES), stdin=Terminal("yes\n"))
    assert result.code == 0, result.all
    assert result.all.count("Only yes is taken") == 1
    assert "Apply 3 operations in 3 environments (east, north, south-042)?" in result.all
    assert created(desk) == {f"acc-{name}": ["survey"] for name in NAMES}


def test_any_other_answer_sends_nothing_to_anybody(desk: Desk) -> None:
    project(desk)
    result = desk.run("apply", "-e", "*", env=secrets(*NAMES), stdin=Terminal("no\n"))
    assert (result.code, desk.writes) == (3, [])


def test_without_a_terminal_it_must_be_approved_on_the_command_line(desk: Desk) -> None:
    project(desk)
    result = apply(desk, "-e", "*")
    assert (result.code, desk.writes) == (64, [])


def test_nothing_is_sent_of_one_that_could_not_be_planned_and_all_of_the_others(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add(effect="status", status=500, path="/acc-north/", request="list", times=None)
    result = apply(desk, "-e", "*", "--auto-approve", "--format", "json")
    assert result.code == 1
    assert created(desk) == {"acc-east": ["survey"], "acc-south-042": ["survey"]}
    assert result.json["summary"] == {"environments": 3, "failed": 1, "with_operations": 2}


def test_a_failing_write_of_one_stops_none_of_the_others(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add(effect="status", status=400, path="/acc-north/", request="create", times=None)
    result = apply(desk, "-e", "*", "--auto-approve", "--format", "json")
    assert result.code == 4
    assert [it["exit_code"] for it in result.json["environments"]] == [0, 4, 0]
    assert result.json["totals"] == {"applied": 2, "unchanged": 0, "failed": 1, "unknown": 0, "skipped": 0}


def test_an_unknown_outcome_of_one_wins_over_all(desk: Desk) -> None:
    project(desk)
    desk.sandbox.faults.add(effect="drop", acts=False, path="/acc-north/", request="create", times=None)
    desk.sandbox.faults.add(effect="status", status=400, path="/acc-east/", request="create", times=None)
    result = apply(desk, "-e", "*", "--auto-approve", "--format", "json")
    assert result.code == 5


def test_operations_in_too_many_environments_are_refused_but_for_pauses(desk: Desk) -> None:
    project(desk)
    desk.configure({"max_environments": 1})
    desk.sandbox.seed("acc-north", "campaigns", [live_voice("survey", **people_of("north"))])
    campaign(desk, "north", "survey", state="paused")
    result = apply(desk, "-e", "*", "--auto-approve", "--format", "json")
    assert result.code == 3
    assert created(desk) == {"acc-north": ["pause"]}
    assert "max_environments" in result.all
    assert apply(desk, "-e", "*", "--auto-approve", "--max-environments", "2").code == 0
    assert set(created(desk)) == {f"acc-{name}" for name in NAMES}


def test_one_with_nothing_but_pauses_does_not_count(desk: Desk) -> None:
    project(desk)
    desk.configure({"max_environments": 2})
    desk.sandbox.seed("acc-north", "campaigns", [live_voice("survey", **people_of("north"))])
    campaign(desk, "north", "survey", state="paused")
    assert apply(desk, "-e", "*", "--auto-approve").code == 0


@pytest.mark.slow
def test_ten_environments_are_the_most_where_nobody_says_how_many(desk: Desk) -> None:
    names = [f"account-{place:02}" for place in range(11)]
    many(desk, names)
    desk.configure({"policy": {"duplicate_campaigns": {"level": "off"}, "same_people": {"level": "off"}}})
    for name in names:
        campaign(desk, name, "survey")
    env = secrets(*names)
    result = desk.run("apply", "--all-environments", "--auto-approve", env=env)
    assert (result.code, desk.writes) == (3, [])
    assert "operations besides pauses in 11 environments, and at most 10 are allowed" in result.all
    assert (
        desk.run("apply", "--all-environments", "--auto-approve", "--max-environments", "11", env=env).code
        == 0
    )


def test_max_changes_is_for_each_environment(desk: Desk) -> None:
    project(desk)
    campaign(desk, "north", "survey", "offer")
    result = apply(desk, "-e", "*", "--auto-approve", "--max-changes", "1", "--format", "json")
    assert result.code == 3
    assert created(desk) == {"acc-east": ["survey"], "acc-south-042": ["survey"]}
    assert [it["exit_code"] for it in result.json["environments"]] == [0, 3, 0]


def test_expect_takes_the_approval_over_all(desk: Desk) -> None:
    project(desk)
    plan = desk.run("plan", "-e", "*", "--format", "json", env=secrets(*NAMES)).json
    single = plan["environments"][0]["result"]["approval"]
    assert apply(desk, "-e", "*", "--auto-approve", "--expect", single).code == 3
    assert desk.writes == []
    assert apply(desk, "-e", "*", "--auto-approve", "--expect", plan["approval"]).code == 0
    assert len(desk.writes) == 3


def test_an_approval_of_other_environments_or_another_plan_of_one_is_refused(desk: Desk) -> None:
    project(desk)
    approval = desk.run("plan", "-e", "*", "--format", "json", env=secrets(*NAMES)).json["approval"]
    assert apply(desk, "-e", "east,north", "--auto-approve", "--expect", approval).code == 3
    campaign(desk, "north", "survey", caller_id="03349360006")
    assert apply(desk, "-e", "*", "--auto-approve", "--expect", approval).code == 3
    assert desk.writes == []


def completed(desk: Desk) -> None:
    project(desk)
    for name in NAMES:
        desk.sandbox.seed(
            f"acc-{name}", "campaigns", [live_voice("survey", status="paused", **people_of(name))]
        )
        campaign(desk, name, "survey", state="completed")


def test_a_permission_for_a_campaign_must_say_in_which_environment(desk: Desk) -> None:
    completed(desk)
    result = apply(desk, "-e", "*", "--auto-approve", "--allow", "complete:survey")
    assert (result.code, desk.writes) == (64, [])
    assert "--allow complete:survey@ENVIRONMENT" in result.err
    plan = desk.run(
        "plan", "-e", "*", "--allow", "complete:survey@north", "--format", "json", env=secrets(*NAMES)
    ).json
    allowed = {it["environment"]: it["result"]["allowed"] for it in plan["environments"]}
    assert allowed == {"east": [], "north": ["complete:survey"], "south-042": []}
    assert apply(desk, "-e", "*", "--auto-approve", "--allow", "complete:survey@north").code == 0
    assert created(desk) == {"acc-north": ["complete"]}


def test_a_permission_in_an_environment_that_does_not_exist_is_an_error(desk: Desk) -> None:
    completed(desk)
    result = apply(desk, "-e", "*", "--auto-approve", "--allow", "complete:survey@nroth")
    assert (result.code, desk.writes) == (1, [])
    assert 'did you mean "north"?' in result.err


def test_those_that_pause_go_first_then_by_earliest_start_then_by_name(desk: Desk) -> None:
    project(desk)
    early = {"send_at": "2027-01-14T09:00:00+05:30", "end_at": "2027-01-14T18:00:00+05:30"}
    campaign(desk, "north", "survey", schedule=early)
    desk.sandbox.seed("acc-south-042", "campaigns", [live_voice("survey", **people_of("south-042"))])
    campaign(desk, "south-042", "survey", state="paused")
    assert apply(desk, "-e", "*", "--auto-approve", "--parallel", "1").code == 0
    assert [it.path.split("/")[3] for it in desk.writes] == ["acc-south-042", "acc-north", "acc-east"]


def test_progress_and_trouble_on_standard_error_name_the_environment(desk: Desk) -> None:
    project(desk)
    result = apply(desk, "-e", "*", "--auto-approve")
    assert {line.partition(": ")[0] for line in result.err.splitlines()} == set(NAMES)


def test_the_audit_log_has_every_request_of_every_environment(desk: Desk) -> None:
    project(desk)
    assert apply(desk, "-e", "*", "--auto-approve", "--audit-log", "audit.jsonl").code == 0
    lines = [
        json.loads(line) for line in (desk.root / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(lines) == len(desk.requests)
    assert {it["environment"] for it in lines} == set(NAMES)


@pytest.mark.parametrize("output_format", ["text", "markdown", "html", "github", "json"])
def test_every_format_tells_of_all(desk: Desk, output_format: str) -> None:
    project(desk)
    result = apply(desk, "-e", "*", "--auto-approve", "--format", output_format)
    assert result.code == 0
    assert all(name in result.out for name in NAMES)


@pytest.mark.parametrize("words", [("--max-environments", "3"), ("-e", "east", "--max-environments", "3")])
def test_the_most_environments_go_with_several_alone(desk: Desk, words: tuple[str, ...]) -> None:
    project(desk)
    assert apply(desk, *words).code == 64


def test_one_plan_file_takes_one_environment(desk: Desk) -> None:
    project(desk)
    assert desk.run("plan", "-e", "east", "--out", "plan.json", env=secrets(*NAMES)).code == 0
    result = apply(desk, "plan.json", "-e", "east,north", "--auto-approve")
    assert (result.code, desk.writes) == (64, [])


def test_creates_of_one_account_do_not_use_up_the_rate_of_another(desk: Desk) -> None:
    project(desk, rate_limit=6)
    result = apply(desk, "-e", "*", "--auto-approve", "--format", "json")
    assert (result.code, result.json["totals"]["applied"]) == (0, 3)


def test_a_campaign_of_one_kind_in_one_account_is_no_duplicate_in_another(desk: Desk) -> None:
    project(desk)
    for name in NAMES:
        campaign(desk, name, "survey", "offer")
    assert apply(desk, "-e", "*", "--auto-approve").code == 0
    assert {account: sorted(found) for account, found in created(desk).items()} == {
        f"acc-{name}": ["offer", "survey"] for name in NAMES
    }
