"""An opt-out leads to a list of fewer people, not to a stale plan; nobody comes back (recipients.md 3.5 and 5.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness import ACCOUNT, Desk, sent, voice
from list_desk import NAME, NUMBERS, calling, change, contact_list, people, result

ANNA, BELA, CARO = NUMBERS
APPLY = ("apply", "--auto-approve")
PLAN = "plan.json"


def opt_out(desk: Desk, *numbers: str) -> None:
    desk.write("do-not-call.csv", "\n".join(("number", *numbers, "")))


@pytest.fixture(name="project")
def _project(desk: Desk) -> Desk:
    """A list of three whom the project's file leaves out, and a campaign to it."""
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    desk.manifests(contact_list(), calling())
    opt_out(desk, BELA)
    return desk


def uploaded(desk: Desk) -> list[str]:
    bodies: list[Any] = [sent(it) for it in desk.requests if it.request == "create_contacts"]
    return [item["number"] for body in bodies for item in body["contacts"]]


def test_list_and_campaign_say_how_many_are_left_out(project: Desk) -> None:
    plan = project.plan()
    for name in (NAME, "diwali-reminder"):
        suppressed = change(plan, name)["suppressed"]
        assert (suppressed["count"], len(suppressed["marks"])) == (1, 1)
    text = project.run("plan").out
    assert "uploads 2 people (1 suppressed)" in text
    assert "1 person suppressed." in text
    assert BELA not in text


def test_after_an_opt_out_a_plan_file_uploads_fewer(project: Desk) -> None:
    project.run("plan", "--out", PLAN)
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY, PLAN)
    assert done.code == 0, done.all
    assert "1 more person is left out than the plan shows" in done.out
    assert (uploaded(project), people(project, "diwali-reminder")) == ([ANNA], [[ANNA]])


def test_a_plan_file_that_would_call_somebody_back_is_refused(project: Desk) -> None:
    project.run("plan", "--out", PLAN)
    opt_out(project, CARO)
    refused = project.run(*APPLY, PLAN)
    assert (refused.code, project.writes) == (3, [])
    assert "whom the plan left out" in refused.err


def test_after_an_opt_out_an_approval_is_refused(project: Desk) -> None:
    approval = project.plan()["approval"]
    opt_out(project, BELA, CARO)
    assert project.run(*APPLY, "--expect", approval).code == 3
    assert project.writes == []


def test_an_upload_that_an_opt_out_made_necessary_is_done_though_the_plan_file_has_none(
    project: Desk,
) -> None:
    project.apply()
    project.manifests(calling("second", url=..., read_via_text="Hi"), file="campaigns/second.yaml")
    project.run("plan", "--out", PLAN)
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY, PLAN)
    assert done.code == 0, done.all
    assert people(project, "second") == [[ANNA]]
    assert people(project, "diwali-reminder") == [[ANNA]], "it was there, and only lost somebody"


def test_an_upload_for_any_other_reason_is_not_done_where_the_plan_file_has_none(project: Desk) -> None:
    project.apply()
    project.manifests(calling("second", url=..., read_via_text="Hi"), file="campaigns/second.yaml")
    project.run("plan", "--out", PLAN)
    project.sandbox.switches.contact_count = "short"
    before = len(project.writes)
    assert project.run(*APPLY, PLAN).code == 3
    assert len(project.writes) == before


def edits_before(desk: Desk, request: str, edit: Callable[[], Any]) -> None:
    """The request is told to wait once; meanwhile somebody edits the sources."""
    desk.configure(max_attempts=3)
    desk.sandbox.faults.add("status", request=request, status=429, retry_after="5")
    wait, done = desk.clock.sleep, []

    def sleep(seconds: float) -> None:
        if not done and seconds > 0:
            done.append(edit())
        wait(seconds)

    desk.clock.sleep = sleep  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("numbers", "code"), [((CARO, BELA), "moved"), ((), "moved"), (NUMBERS, "no-recipients")]
)
def test_whoever_opts_out_or_comes_back_before_the_create_stops_it(
    project: Desk, numbers: tuple[str, ...], code: str
) -> None:
    edits_before(project, "create", lambda: opt_out(project, *numbers))
    done = project.run(*APPLY, "--format", "json")
    assert done.code == 3
    assert result(done.json, "diwali-reminder")["reason"]["code"] == code
    assert project.account() == []
    project.sandbox.faults.clear()
    if code == "moved" and numbers:
        assert project.run(*APPLY).code == 0
        assert people(project, "diwali-reminder") == [[ANNA]]


def test_who_opts_out_after_the_manifests_were_read_is_not_uploaded(project: Desk) -> None:
    edits_before(project, "list", lambda: opt_out(project, BELA, CARO))
    done = project.run(*APPLY)
    assert done.code == 0, done.all
    assert "1 more person was left out than planned" in done.all
    assert (uploaded(project), people(project, "diwali-reminder")) == ([ANNA], [[ANNA]])


def test_a_source_that_is_gone_by_now_stops_the_upload(project: Desk) -> None:
    edits_before(project, "create_contacts", (project.root / "do-not-call.csv").unlink)
    done = project.run(*APPLY, "--format", "json")
    assert done.code != 0
    assert project.account() == []


def test_a_campaign_whose_list_holds_nobody_any_more_is_paused(project: Desk) -> None:
    assert project.run(*APPLY).code == 0
    opt_out(project, ANNA, BELA, CARO)
    told = change(project.plan(), "diwali-reminder")
    assert (told["change"], told["reason"]["code"]) == ("blocked", "no-recipients")
    assert [it["op"] for it in told["operations"]] == ["pause"]
    assert project.run(*APPLY).code == 3
    assert project.live("diwali-reminder")["status"] == "Paused"


# ----------------------------------------------------------------------------- whatever keeps the rest back, it is done


def blocked_by_policy(desk: Desk) -> tuple[str, ...]:
    desk.configure({"policy": {"required_labels": {"level": "error", "labels": ["team"]}}})
    return ()


def at_most_none(_desk: Desk) -> tuple[str, ...]:
    return ("--max-changes", "0")


def beside_another_change(desk: Desk) -> tuple[str, ...]:
    desk.manifests(contact_list(), calling(caller_id="03349360001"))
    return ("--max-changes", "0")


def beside_a_list_to_come(desk: Desk) -> tuple[str, ...]:
    desk.manifests(
        contact_list(), contact_list("new", ["+919876543288"]), calling("diwali-reminder", NAME, "new")
    )
    return blocked_by_policy(desk)


def beside_a_start_that_has_passed(desk: Desk) -> tuple[str, ...]:
    late = {"send_at": "2026-01-10T10:00:00+05:30", "end_at": "2027-02-09T09:00:00+05:30"}
    desk.manifests(contact_list(), calling(schedule=late))
    return ()


@pytest.mark.parametrize(
    "keep_back",
    [
        blocked_by_policy,
        at_most_none,
        beside_another_change,
        beside_a_start_that_has_passed,
        beside_a_list_to_come,
    ],
)
def test_an_opt_out_from_a_list_is_always_done_and_only_the_rest_kept_back(
    project: Desk, keep_back: Callable[[Desk], tuple[str, ...]]
) -> None:
    project.apply()
    before = project.live("diwali-reminder")
    words = keep_back(project)
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY, *words)
    assert people(project, "diwali-reminder") == [[ANNA]], done.all
    after = project.live("diwali-reminder")
    changed = {key for key in after if after[key] != before[key]} - {"date_updated", "stats", "summary"}
    assert changed == {"lists"}
    nothing_else = keep_back in (blocked_by_policy, at_most_none)
    assert done.code == (0 if nothing_else else 3), done.all


OTHERS = "others"
DORA, EMIL = "+919876543288", "+919876543289"


def names(what: str) -> dict[str, Any]:
    """A campaign that names its people in one way or another."""
    match what:
        case "numbers":
            return voice(**{"from": [ANNA, CARO]})
        case "numbers and other lists":
            return voice(**{"from": [ANNA, CARO], "lists": [{"name": OTHERS}]})
        case "other numbers":
            return voice(**{"from": [EMIL]})
        case "the list":
            return calling()
        case "the list and a number":
            return voice(**{"from": [EMIL], "lists": [{"name": NAME}]})
        case _:
            return calling("diwali-reminder", OTHERS)


def called(desk: Desk) -> list[str]:
    """Whom the one campaign calls, by numbers and lists."""
    live = desk.live("diwali-reminder")
    lists = [number for sid in live.get("lists") or () for number in desk.sandbox.numbers(ACCOUNT, sid)]
    return sorted([*live.get("from", []), *lists])


@pytest.mark.parametrize("file", [False, True], ids=["planned anew", "by a plan file from before"])
@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        ("numbers", "other lists", [ANNA]),
        ("numbers", "numbers and other lists", [ANNA]),
        ("the list", "other lists", [ANNA]),
        ("the list", "other numbers", [ANNA]),
        ("the list and a number", "other lists", [ANNA, EMIL]),
    ],
)
def test_an_opt_out_is_done_whomever_the_manifest_names_by_now_and_these_are_kept_back(
    project: Desk, before: str, after: str, left: list[str], file: bool
) -> None:
    lists = contact_list(), contact_list(OTHERS, [DORA])
    project.manifests(*lists, names(before))
    project.apply()
    assert called(project) == sorted([*left, CARO])
    words = blocked_by_policy(project)
    project.manifests(*lists, names(after))
    if file:
        project.run("plan", "--out", PLAN)
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY, *([PLAN] if file else []), *words)
    assert called(project) == left, done.all
    assert project.plan()["summary"]["operations"] == 0


@pytest.mark.parametrize("file", [False, True], ids=["planned anew", "by a plan file from before"])
def test_what_goes_to_a_list_that_has_lost_everybody_is_paused_whatever_its_manifest_names_by_now(
    project: Desk, file: bool
) -> None:
    lists = contact_list(), contact_list(OTHERS, [DORA])
    project.manifests(*lists, calling())
    project.apply()
    blocked_by_policy(project)
    project.manifests(*lists, names("other lists"))
    if file:
        project.run("plan", "--out", PLAN)
    opt_out(project, *NUMBERS)
    done = project.run(*APPLY, *([PLAN] if file else []))
    assert project.live("diwali-reminder")["status"] == "Paused", done.all


def test_a_campaign_that_is_chosen_alone_loses_them_too(project: Desk) -> None:
    project.manifests(contact_list(), contact_list(OTHERS, [DORA]), file="lists/all.yaml")
    project.configure({"manifests": ["lists/", "campaigns/"]})
    project.manifests(calling())
    project.apply()
    blocked_by_policy(project)
    project.manifests(names("other lists"))
    opt_out(project, BELA, CARO)
    project.run(*APPLY, "campaigns/all.yaml")
    assert called(project) == [ANNA]


def test_who_resumes_by_hand_is_told_of_suppressed_people_in_a_list_that_its_manifest_names_no_more(
    project: Desk,
) -> None:
    project.manifests(contact_list(), contact_list(OTHERS, [DORA]), calling())
    project.apply()
    project.run("pause", "diwali-reminder", "--auto-approve")
    project.manifests(contact_list(), contact_list(OTHERS, [DORA]), names("other lists"))
    opt_out(project, BELA, CARO)
    told = project.run("resume", "diwali-reminder")
    assert "it would call 1 suppressed person" in told.all


@pytest.mark.parametrize("after", ["the list", "other lists"])
def test_an_opt_out_is_done_where_no_search_shows_the_list_that_a_campaign_has(
    project: Desk, after: str
) -> None:
    lists = contact_list(), contact_list(OTHERS, [DORA])
    project.manifests(*lists, calling())
    project.apply()
    project.sandbox.switches.name_search = "whole"
    blocked_by_policy(project)
    project.manifests(*lists, names(after))
    opt_out(project, BELA, CARO)
    project.run(*APPLY)
    assert called(project) == [ANNA]
    project.run("pause", "diwali-reminder", "--auto-approve")
    opt_out(project, ANNA, BELA, CARO)
    assert "it would call 1 suppressed person" in project.run("resume", "diwali-reminder").all


def test_another_list_that_cannot_be_used_stays_as_it_is_live(project: Desk) -> None:
    others = ["+919876543298", "+919876543297"]
    project.manifests(
        contact_list(), contact_list("others", others), calling("diwali-reminder", NAME, "others")
    )
    project.apply()
    assert people(project, "diwali-reminder") == [[ANNA, CARO], sorted(others)]
    project.seed({"name": "others", "numbers": ["+919876543290"]}, collection="lists")
    opt_out(project, BELA, CARO)
    assert project.run(*APPLY).code == 3
    assert people(project, "diwali-reminder") == [[ANNA], sorted(others)]


def test_whoever_joins_a_list_meanwhile_makes_it_no_opt_out(project: Desk) -> None:
    project.apply()
    opt_out(project, BELA, CARO)
    project.manifests(contact_list(numbers=[*NUMBERS, "+919876543299"]), calling())
    project.configure({"policy": {"required_labels": {"level": "error", "labels": ["team"]}}})
    before = people(project, "diwali-reminder")
    assert project.run(*APPLY).code == 3
    assert people(project, "diwali-reminder") == before


def test_repeated_rows_forbid_no_opt_out(project: Desk) -> None:
    project.manifests(contact_list(numbers=[*NUMBERS, ANNA]), calling())
    project.configure({"policy": {"duplicate_numbers": {"level": "off"}}})
    project.apply()
    project.configure({"policy": {"duplicate_numbers": {"level": "error"}}})
    opt_out(project, BELA, CARO)
    project.run(*APPLY)
    assert people(project, "diwali-reminder") == [[ANNA]]


def test_a_plan_counts_an_opt_out_from_a_list_as_an_update_and_an_upload(project: Desk) -> None:
    project.apply()
    opt_out(project, BELA, CARO)
    plan = project.plan()
    assert [it["op"] for it in change(plan)["operations"]] == ["upload"]
    assert change(plan, "diwali-reminder")["operations"] == [
        {"op": "update", "fields": ["lists"], "irreversible": False}
    ]
    assert project.run(*APPLY).code == 0
    assert project.plan()["summary"]["operations"] == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [((6,), (6, 2, 5)), ((6,), (4, 6)), ((1, 6), (0, 1, 3, 6, 8)), ((), (9, 8, 7))],
    ids=["added at the end", "put in its place", "three put in their places", "the first ones"],
)
def test_who_has_opted_out_since_is_found_in_whatever_order_the_sources_are(
    desk: Desk, before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    numbers = [f"+9198765432{place:02}" for place in range(10)]
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    desk.manifests(contact_list(numbers=numbers), calling())
    opt_out(desk, "+919876543299", *(numbers[place] for place in before))
    desk.apply()
    opt_out(desk, "+919876543299", *(numbers[place] for place in after))
    assert desk.run(*APPLY, "--max-changes", "0").code == 0
    assert people(desk, "diwali-reminder") == [sorted({*numbers} - {numbers[place] for place in after})]


# -------------------------------------------------------------------------- a resume of what still has them in its list


def started(desk: Desk) -> None:
    """Paused after its start, so that its list can no longer change."""
    desk.apply()
    desk.pass_time(days=5)
    assert desk.run("pause", "diwali-reminder", "--auto-approve").code == 0


def test_a_resume_on_an_earlier_version_with_suppressed_people_has_a_word_of_its_own(project: Desk) -> None:
    project.manifests(contact_list(), calling(state="active"))
    started(project)
    allowed = ("--allow", "resume")
    assert [it["op"] for it in change(project.plan(*allowed), "diwali-reminder")["operations"]] == ["resume"]
    opt_out(project, BELA, CARO)
    held = change(project.plan(*allowed), "diwali-reminder")
    assert (held["change"], held["reason"]["code"], held["operations"]) == ("held", "needs-allow", [])
    needs = "resume would call 1 suppressed person, which needs --allow suppressed:diwali-reminder too"
    assert held["reason"]["message"] == needs
    assert any("1 suppressed person is still in it" in note for note in held["notes"])
    with_it = change(project.plan(*allowed, "--allow", "suppressed:diwali-reminder"), "diwali-reminder")
    assert [it["op"] for it in with_it["operations"]] == ["resume"]


def test_so_has_one_on_a_version_of_which_nobody_knows_who_is_in_it(project: Desk) -> None:
    project.manifests(contact_list(), calling(state="active"))
    started(project)
    project.manifests(contact_list(numbers=[ANNA, BELA]), calling(state="active"))
    held = change(project.plan("--allow", "resume"), "diwali-reminder")
    assert (held["change"], held["operations"]) == ("held", [])
    assert "in which suppressed people may be" in held["reason"]["message"]


def test_a_resume_on_the_version_of_now_says_nothing_of_suppressed_people(project: Desk) -> None:
    project.manifests(contact_list(), calling(state="active"))
    started(project)
    found = change(project.plan("--allow", "resume"), "diwali-reminder")
    assert not any("suppressed" in note for note in found["notes"])


def test_where_nobody_is_suppressed_an_earlier_version_is_resumed(desk: Desk) -> None:
    desk.manifests(contact_list(), calling(state="active"))
    started(desk)
    desk.manifests(contact_list(numbers=[ANNA, BELA]), calling(state="active"))
    found = change(desk.plan("--allow", "resume"), "diwali-reminder")
    assert [it["op"] for it in found["operations"]] == ["resume"]


def test_before_the_start_a_resume_takes_them_out_of_the_list_first(project: Desk) -> None:
    project.manifests(contact_list(), calling(state="paused"))
    project.apply()
    opt_out(project, BELA, CARO)
    project.manifests(contact_list(), calling(state="active"))
    found = change(project.plan("--allow", "resume"), "diwali-reminder")
    assert [it["op"] for it in found["operations"]] == ["update", "resume"]
