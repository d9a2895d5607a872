"""What may go wrong while people are uploaded: no campaign ever names a list that does not hold just them."""

from __future__ import annotations

from typing import Any

import pytest
from example_counts import crossed
from harness import Desk
from list_desk import (
    NUMBERS,
    account_lists,
    assert_attached_complete,
    assert_no_digits,
    calling,
    contact_list,
    people,
    result,
)

WRITES = ("create_contacts", "create_list", "fill_list")


def ready(desk: Desk, **spec: Any) -> None:
    desk.configure(settle_seconds=2, max_attempts=3)
    desk.manifests(contact_list(**spec), calling())


@pytest.mark.parametrize(
    ("request_kind", "acts", "effect"),
    crossed(
        [*WRITES, "contacts", "lists", "create"],
        [True, False],
        ["drop", "broken", "empty", "strange", "html"],
        rounds=2,
    ),
)
def test_an_answer_that_is_lost_before_or_after_acting_leads_to_one_complete_list(
    desk: Desk, request_kind: str, acts: bool, effect: str
) -> None:
    ready(desk)
    desk.sandbox.faults.add(effect, request=request_kind, acts=acts, times=1)
    desk.run("apply", "--auto-approve")
    assert_attached_complete(desk, NUMBERS)
    desk.run("apply", "--auto-approve")
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS)]
    assert_attached_complete(desk, NUMBERS)
    assert desk.plan()["summary"]["operations"] == 0


@pytest.mark.parametrize(("request_kind", "status"), crossed(WRITES, [500, 408]))
def test_an_item_of_unknown_outcome_is_no_success(desk: Desk, request_kind: str, status: int) -> None:
    ready(desk)
    desk.sandbox.faults.add("item", request=request_kind, status=status, times=1)
    done = desk.apply()
    assert result(done)["outcome"] == "applied"
    assert_attached_complete(desk, NUMBERS)
    assert (
        len(account_lists(desk)) == (2 if request_kind == "fill_list" else 1) or request_kind == "create_list"
    )


def test_refused_people_are_told_by_their_lines_and_no_list_is_made(desk: Desk) -> None:
    desk.write("campaigns/vip.csv", "number\n" + "".join(f"{it}\n" for it in NUMBERS))
    ready(desk, numbers=..., from_file="vip.csv")
    desk.sandbox.switches.change({"refused_numbers": ["11", "12"]})
    done = desk.run("apply", "--auto-approve", "--format", "json")
    assert done.code == 4
    failed = result(done.json)
    assert (failed["outcome"], failed["error"]["code"]) == ("failed", "numbers-refused")
    assert "lines 3, 4 of campaigns/vip.csv" in failed["error"]["message"]
    skipped = result(done.json, "diwali-reminder")
    assert (skipped["outcome"], skipped["reason"]["code"]) == ("skipped", "list-not-ready")
    assert account_lists(desk) == []
    assert desk.account() == []
    assert all(number not in done.all for number in NUMBERS)


@pytest.mark.parametrize(
    ("position", "order"), crossed(["same", "another", "conflict-shown", "conflict"], ["sent", "reversed"])
)
def test_people_whom_the_account_knows_are_in_the_list_or_nobody_is(
    desk: Desk, position: str, order: str
) -> None:
    outcome = "failed" if position == "conflict" else "applied"
    desk.configure(country="IN")
    ready(desk)
    desk.run("apply", "--auto-approve")
    desk.sandbox.switches.change(
        {"known_contact": position, "contact_order": order, "contact_spelling": "national"}
    )
    desk.manifests(contact_list(numbers=[*NUMBERS, "+919876543213"]), calling())
    done = desk.apply()
    assert result(done)["outcome"] == outcome
    assert_attached_complete(desk, NUMBERS, [*NUMBERS, "+919876543213"])
    if outcome == "failed":
        assert result(done)["error"]["code"] == "numbers-refused"
        assert people(desk, "diwali-reminder") == [sorted(NUMBERS)]


def test_an_item_that_shows_somebody_else_refuses_all(desk: Desk) -> None:
    ready(desk)
    desk.sandbox.faults.add("change", request="create_contacts", data={"number": "+919876500000"})
    done = desk.apply()
    assert result(done)["error"]["code"] == "numbers-refused"
    assert account_lists(desk) == []


@pytest.mark.parametrize("lag", ["together", "growing"])
def test_a_count_that_lags_is_waited_for(desk: Desk, lag: str) -> None:
    ready(desk)
    desk.sandbox.switches.change(
        {"contacts_lag_seconds": 90.0 if lag == "growing" else 40.0, "contacts_lag": lag}
    )
    assert result(desk.apply())["outcome"] == "applied"
    assert len(account_lists(desk)) == 1
    assert_attached_complete(desk, NUMBERS)


@pytest.mark.parametrize("count", ["short", "missing", "refused", "page"])
def test_a_list_whose_count_never_comes_right_is_never_named(desk: Desk, count: str) -> None:
    ready(desk)
    desk.sandbox.switches.contact_count = count
    done = desk.run("apply", "--auto-approve", "--format", "json")
    assert done.code == 4
    assert result(done.json)["error"]["code"] == "list-incomplete"
    assert result(done.json, "diwali-reminder")["reason"]["code"] == "list-not-ready"
    assert desk.account() == []
    assert len(account_lists(desk)) == (3 if count == "short" else 1)
    assert_no_digits(desk, done.all)


def test_a_member_that_is_refused_abandons_the_list_three_times(desk: Desk) -> None:
    ready(desk)
    desk.sandbox.switches.change({"refused_members": ["11"]})
    done = desk.apply()
    assert result(done)["error"]["code"] == "list-incomplete"
    assert len(account_lists(desk)) == 3
    assert sum(it.request == "create_contacts" for it in desk.requests) == 1
    desk.sandbox.switches.change({"refused_members": []})
    assert result(desk.apply())["outcome"] == "applied"
    assert_attached_complete(desk, NUMBERS)


@pytest.mark.parametrize("way", ["item", "status"])
def test_a_list_that_another_run_made_and_filled_is_used(desk: Desk, way: str) -> None:
    ready(desk)
    desk.run("apply", "--auto-approve")
    (name,) = account_lists(desk)
    desk.sandbox.reset()
    desk.sandbox.switches.change({"duplicate_list": way, "contact_lists_lag_seconds": 1.0})
    desk.forget()
    desk.run("plan", "--out", "plan.json")
    (sid,) = desk.seed({"name": name, "numbers": NUMBERS}, collection="lists")
    done = desk.apply("plan.json")
    assert (result(done)["outcome"], result(done)["sid"]) == ("unchanged", sid)
    assert desk.live("diwali-reminder")["lists"] == [sid]


def test_a_list_that_the_account_says_is_there_and_shows_nowhere_is_a_failure(desk: Desk) -> None:
    ready(desk)
    desk.sandbox.faults.add("status", request="create_list", status=409, times=None)
    done = desk.apply()
    assert result(done)["error"]["code"] == "list-incomplete"
    assert desk.account() == []


def test_known_contacts_that_do_not_show_a_column_are_noted_and_refused_where_a_text_uses_it(
    desk: Desk,
) -> None:
    from list_desk import texting

    desk.write("campaigns/vip.csv", "number,name\n" + "".join(f"{it},Asha\n" for it in NUMBERS))
    spec = {"numbers": ..., "from_file": "vip.csv", "columns": {"first_name": "name"}}
    desk.manifests(contact_list("before"), calling("before", "before"))
    desk.run("apply", "--auto-approve")
    desk.sandbox.switches.known_contact = "conflict-shown"
    ready(desk, **spec)
    done = desk.apply()
    assert result(done)["notes"] == [
        "3 contacts were known already, and the account does not show their first_name"
    ]
    desk.write("campaigns/vip.csv", "number,name\n" + "".join(f"{it},Ravi\n" for it in NUMBERS))
    desk.manifests(contact_list(**spec), texting(template="Hi @@First_name, welcome"))
    done = desk.apply()
    assert result(done)["error"]["code"] == "numbers-refused"
    assert "first_name" in result(done)["error"]["message"]


@pytest.mark.slow
def test_two_pipelines_that_upload_the_same_list_end_with_one_complete_list_in_use(desk: Desk) -> None:
    ready(desk)
    desk.sandbox.switches.change({"contacts_lag_seconds": 3.0, "contacts_lag": "growing"})
    done: list[Any] = []

    def pipeline() -> None:
        done.append(desk.run("apply", "--auto-approve", "--format", "json"))

    desk.sandbox.faults.add("slow", request="fill_list", seconds=0.5, times=1)
    other = desk.start("apply", "--auto-approve", "--format", "json")
    pipeline()
    out, err = other.communicate(timeout=120)
    assert other.returncode in (0, 3), out + err
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS)]
    assert_attached_complete(desk, NUMBERS)
    assert desk.plan()["summary"]["operations"] == 0


@pytest.mark.parametrize("place", range(6))
@pytest.mark.slow
def test_a_run_that_is_killed_at_any_request_is_finished_by_the_next(desk: Desk, place: int) -> None:
    """The requests are held one after the other, and the run is killed there."""
    from reliable_kill import kill_at

    ready(desk)
    kill_at(desk, place)
    desk.run("apply", "--auto-approve")
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS)]
    assert_attached_complete(desk, NUMBERS)
    assert desk.plan()["summary"]["operations"] == 0
