"""What `doctor` makes of what it was shown: sure, unsure, wrong; without an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaignctl.diagnostics import Diagnostic, Position, Severity
from campaignctl.doctor.diagnosis import CheckOutcome, diagnose, is_wrong
from campaignctl.doctor.facts import AccessProblem, Facts, Leftover
from campaignctl.model.environment import Environment
from campaignctl.model.requests import Budget

PROD = Environment("prod", backend="exotel", account_sid="acme1")
QUIET = Facts(PROD, skew=timedelta(0))
AWAY = AccessProblem("no connection", credentials=False, answered=False)
NO_KEY = AccessProblem("EXOTEL_API_KEY is not set", credentials=True, answered=False)
REFUSED = AccessProblem("401", credentials=True, answered=True)
LEFT = Leftover("VoiceCampaign", "diwali", None, ".campaignctl/intents/diwali.json", timedelta(hours=1))


def outcomes(facts: Facts) -> dict[str, CheckOutcome]:
    return {each.check.name: each.verdict for each in diagnose(facts)}


def fixes(facts: Facts, check: str) -> list[str]:
    (examined,) = (each for each in diagnose(facts) if each.check.name == check)
    return [problem.fix for problem in examined.problems]


def test_nothing_is_wrong_where_nothing_was_found_and_all_was_read() -> None:
    assert set(outcomes(QUIET).values()) == {CheckOutcome.FINE}
    assert not is_wrong(diagnose(QUIET))


def test_an_account_that_cannot_be_read_proves_nothing_about_campaigns() -> None:
    found = outcomes(replace(QUIET, trouble=AWAY))
    assert found["reachability"] is CheckOutcome.WRONG
    assert found["manifests"] is found["intents"] is CheckOutcome.FINE
    unsure = {"credentials", "clock", "budget", "lists", "duplicates", "orphans", "windows", "blocked"}
    assert {found[name] for name in unsure} == {CheckOutcome.UNKNOWN}


@pytest.mark.parametrize(
    ("trouble", "reachable"),
    [(NO_KEY, CheckOutcome.UNKNOWN), (REFUSED, CheckOutcome.FINE)],
    ids=["never asked", "refused"],
)
def test_a_key_that_is_refused_shows_that_the_account_answers(
    trouble: AccessProblem, reachable: CheckOutcome
) -> None:
    found = outcomes(replace(QUIET, trouble=trouble))
    assert (found["credentials"], found["reachability"]) == (CheckOutcome.WRONG, reachable)


def test_lists_that_are_not_complete_leave_open_what_they_may_hide() -> None:
    found = outcomes(replace(QUIET, complete=False))
    assert {found[name] for name in ("duplicates", "orphans", "windows")} == {CheckOutcome.UNKNOWN}
    assert {found[name] for name in ("credentials", "clock", "manifests")} == {CheckOutcome.FINE}


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [(60, CheckOutcome.FINE), (61, CheckOutcome.WRONG), (-61, CheckOutcome.WRONG)],
)
def test_a_clock_may_be_a_minute_off(seconds: int, outcome: CheckOutcome) -> None:
    assert outcomes(replace(QUIET, skew=timedelta(seconds=seconds)))["clock"] is outcome


def test_a_sandbox_keeps_a_time_of_its_own() -> None:
    facts = Facts(PROD._replace(backend="sandbox"), skew=timedelta(days=400))
    assert outcomes(facts)["clock"] is CheckOutcome.FINE


def test_few_requests_left_are_a_warning_and_nothing_wrong() -> None:
    scarce = replace(QUIET, budget=Budget(limit=60, used=10, remaining=3, limit_told=60))
    assert outcomes(scarce)["budget"] is CheckOutcome.WARN
    assert not is_wrong(diagnose(scarce))


def test_warnings_about_manifests_are_no_mistakes() -> None:
    finding = Diagnostic(Severity.WARN, "empty-variable", Position("a.yaml", 1), "it is empty")
    facts = replace(QUIET, findings=(finding,))
    assert outcomes(facts)["manifests"] is CheckOutcome.FINE
    wrong = replace(QUIET, findings=(finding._replace(severity=Severity.ERROR),))
    assert outcomes(wrong)["manifests"] is CheckOutcome.WRONG


def test_a_note_that_nothing_settles_is_removed_and_one_that_may_be_is_applied() -> None:
    assert fixes(replace(QUIET, leftovers=(LEFT,)), "intents")[0].startswith("when no run is under way: rm ")
    for facts in (
        replace(QUIET, leftovers=(replace(LEFT, sid="c1"),)),
        replace(QUIET, leftovers=(replace(LEFT, age=timedelta(seconds=1)),)),
        replace(QUIET, leftovers=(LEFT,), complete=False),
    ):
        assert "campaignctl apply" in fixes(facts, "intents")[0]
