"""Who is suppressed is left out before anything looks at recipients (recipients.md 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from example_counts import crossed
from harness import ACCOUNT, Desk, live_voice, sent, sms, voice
from list_desk import calling, contact_list

ANNA, BELA, CARO, DORA = (f"+9198765432{place}" for place in (10, 11, 12, 13))
APPLY = ("apply", "--auto-approve")
PLAN = "plan.json"


def leaving_out(*sources: dict[str, Any], name: str = "diwali-reminder", **fields: Any) -> dict[str, Any]:
    """A campaign to Anna, Bela and Caro."""
    return voice(name, **{"from": [ANNA, BELA, CARO], "suppress": list(sources), **fields})


def errors(desk: Desk) -> list[tuple[str, int, str, str]]:
    result = desk.run("validate", "--format", "json")
    assert result.code == 1, result.all
    return [(it["file"], it["line"], it["rule"], it["message"]) for it in result.json["findings"]]


def called(desk: Desk) -> list[str]:
    """Who stands in the bodies that were sent."""
    people = []
    for request in desk.writes:
        numbers = sent(request).get("from", [])
        people += numbers.split(",") if isinstance(numbers, str) else numbers
    return people


# ------------------------------------------------------------------------------------------------------ the sources


@pytest.mark.parametrize(
    "source",
    [
        {"numbers": [BELA]},
        {"from_file": "complaints.csv"},
        {"campaign": "voice/canary"},
        {"from_file": "complaints.csv", "at_least": 1},
    ],
)
def test_every_source_leaves_its_people_out_in_order_and_as_written(
    desk: Desk, source: dict[str, Any]
) -> None:
    desk.write("campaigns/complaints.csv", f"name,number\nBela,{BELA}\n")
    desk.manifests(
        leaving_out(source),
        voice("canary", **{"from": [BELA], "url": "http://my.exotel.com/acme1/exoml/start_voice/1"}),
    )
    plan = desk.plan()
    change = plan["changes"][1]
    assert change["suppressed"]["count"] == 1
    assert change["resulting"]["from"] == {"count": 2, "distinct": 2}
    assert "calls 2 people (1 suppressed)" in desk.run("plan").out
    assert desk.run(*APPLY).code == 0
    assert called(desk).count(BELA) == 1  # by the canary
    assert [it for it in called(desk) if it in (ANNA, CARO)] == [ANNA, CARO]


def test_the_project_leaves_people_out_of_every_campaign_and_nothing_lifts_it(desk: Desk) -> None:
    desk.write("do-not-call.csv", f"{BELA}\n{DORA}\n")
    desk.configure({"suppress": [{"from_file": "do-not-call.csv", "at_least": 2}, {"numbers": [CARO]}]})
    desk.manifests(
        leaving_out(name="one"), voice("two", **{"from": [DORA, ANNA]}, read_via_text="Hi", url=...)
    )
    assert desk.run(*APPLY).code == 0
    assert called(desk) == [ANNA, ANNA]


def test_numbers_are_equal_by_the_country_rule(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.manifests(leaving_out({"numbers": ["09876543211"]}))
    assert desk.run(*APPLY).code == 0
    assert called(desk) == [ANNA, CARO]


@pytest.mark.parametrize("side", ["declared", "declared in a file", "source", "file", "campaign"])
def test_without_a_country_every_number_begins_with_a_plus_and_is_told_where_it_does_not(
    desk: Desk, side: str
) -> None:
    national = "09876543211"
    desk.write("campaigns/people.csv", f"number\n{ANNA}\n{national}\n")
    mine: dict[str, Any] = {"from": [ANNA]}
    source: dict[str, Any] = {"numbers": [BELA]}
    match side:
        case "declared":
            mine = {"from": [ANNA, national]}
        case "declared in a file":
            mine = {"from": ..., "from_file": "people.csv"}
        case "source":
            source = {"numbers": [ANNA, national]}
        case "file":
            source = {"from_file": "people.csv"}
        case _:
            source = {"campaign": "voice/canary"}
    desk.manifests(leaving_out(source, **mine), file="campaigns/mine.yaml")
    canary = voice("canary", **{"from": [CARO, national]}, read_via_text="Hi", url=...)
    desk.manifests(canary, file="campaigns/canary.yaml")
    ((file, line, rule, _),) = errors(desk)
    assert rule == "needs-country"
    assert national in (desk.root / file).read_text().split("\n")[line - 1]
    assert desk.run("plan").code == 1


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ({"from_file": "nowhere.csv"}, "cannot be read"),
        ({"from_file": "empty.csv"}, "it is empty"),
        ({"from_file": "blank.csv"}, "it is empty"),
        ({"from_file": "../../outside.csv"}, "leads out of the project"),
        (
            {"from_file": "three.csv", "at_least": 4},
            'three.csv": it holds 3 numbers, and at_least says 4',
        ),
        ({"from_file": "cut.csv"}, "digits"),
        ({"from_file": "impossible.csv"}, "cannot exist"),
        ({"numbers": ["+9109876543210"]}, "cannot exist"),
        ({"campaign": "voice/diwali-remindr"}, "no manifest is called"),
        ({"campaign": "voice/diwali-reminder"}, "this very campaign"),
        ({"campaign": "sms/offer"}, "lists of the account"),
        ({"numbers": [BELA], "campaign": "sms/offer"}, "one of numbers, from_file, campaign"),
        ({}, "one of numbers, from_file, campaign"),
        ({"campaign": "voice/circle"}, "circle"),
    ],
)
def test_a_source_that_nobody_can_rely_on_is_an_error(desk: Desk, source: dict[str, Any], says: str) -> None:
    desk.write("campaigns/empty.csv", "")
    desk.write("campaigns/blank.csv", "\n \n")
    desk.write("campaigns/three.csv", f"{ANNA}\n{BELA}\n{CARO}\n")
    desk.write("campaigns/cut.csv", f"number\n{ANNA}\n+9198\n")
    desk.write("campaigns/impossible.csv", f"{ANNA}\n+9109876543210\n")
    desk.manifests(leaving_out(source), file="campaigns/mine.yaml")
    circle = leaving_out(
        {"campaign": "voice/diwali-reminder"},
        name="circle",
        url="http://my.exotel.com/acme1/exoml/start_voice/1",
    )
    desk.manifests(sms("offer"), *([circle] if "circle" in says else []), file="campaigns/others.yaml")
    found = [it for it in errors(desk) if says in it[3]]
    assert found, errors(desk)
    if source.get("from_file") == "cut.csv":
        assert found[0][:2] == ("campaigns/cut.csv", 3)
    if source.get("from_file") == "impossible.csv":
        assert found[0][:2] == ("campaigns/impossible.csv", 2)
    assert not any(number in it[3] for it in found for number in (BELA, CARO))
    assert desk.run(*APPLY).code == 1
    assert desk.writes == []


def test_a_header_without_rows_is_nobody_but_in_the_project_a_mistake(desk: Desk) -> None:
    desk.write("campaigns/header.csv", "number\n")
    desk.manifests(leaving_out({"from_file": "header.csv"}))
    assert desk.run("validate").code == 0
    desk.configure({"suppress": [{"from_file": "campaigns/header.csv"}]})
    assert any("holds nobody" in message for _, _, _, message in errors(desk))


def test_beside_lists_it_is_an_error_that_names_what_to_use(desk: Desk) -> None:
    desk.manifests(sms("offer", suppress=[{"numbers": [BELA]}]))
    assert any("ContactList" in message for _, _, _, message in errors(desk))


def test_in_an_environment_it_is_no_key(desk: Desk) -> None:
    desk.configure(suppress=[{"numbers": [BELA]}])
    result = desk.run("validate")
    assert (result.code, "suppress" in result.err) == (1, True)


def test_an_invalid_source_of_what_is_not_selected_stops_nobody(desk: Desk) -> None:
    desk.manifests(leaving_out({"from_file": "nowhere.csv"}), file="campaigns/broken.yaml")
    desk.manifests(voice("fine", **{"from": [DORA]}), file="campaigns/fine.yaml")
    assert desk.run("plan", "campaigns/fine.yaml").code == 0
    assert desk.run("plan", "campaigns/broken.yaml").code == 1


# -------------------------------------------------------------------------------- they are checked, compared, counted


def test_rules_look_at_the_recipients_that_are_left(desk: Desk) -> None:
    desk.configure({"policy": {"max_numbers": {"level": "error", "at_most": 2}}})
    desk.manifests(leaving_out({"numbers": [BELA]}))
    assert desk.run("validate").code == 0
    assert desk.run("plan").code == 0


def test_a_number_is_found_at_its_own_place_though_others_are_left_out_before_it(desk: Desk) -> None:
    desk.write("campaigns/numbers.csv", f"{ANNA}\n{BELA}\n+9109876543210\n")
    desk.manifests(leaving_out({"numbers": [ANNA]}, **{"from": ...}, from_file="numbers.csv"))
    found = desk.run("validate", "--format", "json").json["findings"]
    assert [(it["rule"], it["file"], it["line"]) for it in found] == [
        ("valid_numbers", "campaigns/numbers.csv", 3)
    ]


def test_a_campaign_without_the_suppressed_is_in_sync(desk: Desk) -> None:
    desk.manifests(leaving_out({"numbers": [BELA]}))
    assert desk.run(*APPLY).code == 0
    again = desk.plan()
    assert [it["change"] for it in again["changes"]] == ["noop"]
    assert again["changes"][0]["suppressed"] is None


# ------------------------------------------------------------------------------------------------------ nobody left


@pytest.mark.parametrize(
    ("live", "ops"), [(None, []), ("created", ["pause"]), ("in-progress", ["pause"]), ("paused", [])]
)
def test_with_nobody_left_nothing_is_created_and_what_calls_is_paused(
    desk: Desk, live: str | None, ops: list[str]
) -> None:
    if live:
        desk.seed(live_voice(**{"from": [ANNA, BELA, CARO]}, status=live))
    desk.manifests(leaving_out({"numbers": [ANNA, BELA, CARO]}))
    desk.configure({"policy": {"required_labels": {"level": "error", "labels": ["team"]}}})
    result = desk.run("plan", "--format", "json")
    (change,) = result.json["changes"]
    assert (result.code, change["change"], change["reason"]["code"]) == (3, "blocked", "no-recipients")
    assert [it["op"] for it in change["operations"]] == ops
    assert desk.run(*APPLY).code == 3
    assert called(desk) == []


# ------------------------------------------------------------------------------------------------------- an opt-out


def opt_out(desk: Desk, *numbers: str) -> None:
    desk.write("do-not-call.csv", "".join(f"{number}\n" for number in (DORA, *numbers)))


def project_with_opt_outs(desk: Desk, *numbers: str, **fields: Any) -> None:
    opt_out(desk, *numbers)
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    desk.manifests(leaving_out(**fields))


def test_marks_are_keyed_sorted_and_in_the_digest(desk: Desk) -> None:
    project_with_opt_outs(desk, BELA)
    before = desk.plan()
    opt_out(desk, BELA, CARO)
    after = desk.plan()
    marks = after["changes"][0]["suppressed"]["marks"]
    assert marks == sorted(marks)
    assert {*before["changes"][0]["suppressed"]["marks"]} < {*marks}
    assert before["digest"] != after["digest"]
    assert before["manifests"]["digest"] == after["manifests"]["digest"]


def test_after_an_opt_out_a_plan_file_is_carried_out_with_fewer(desk: Desk) -> None:
    project_with_opt_outs(desk, BELA)
    desk.run("plan", "--out", PLAN)
    opt_out(desk, BELA, CARO)
    result = desk.run(*APPLY, PLAN)
    assert result.code == 0, result.all
    assert "1 more person is left out than the plan shows" in result.out
    assert called(desk) == [ANNA]


def test_a_plan_file_that_would_call_somebody_back_is_refused(desk: Desk) -> None:
    project_with_opt_outs(desk, BELA)
    desk.run("plan", "--out", PLAN)
    opt_out(desk, CARO)
    result = desk.run(*APPLY, PLAN)
    assert (result.code, desk.writes) == (3, [])
    assert "whom the plan left out" in result.err


def test_after_an_opt_out_an_approval_is_refused(desk: Desk) -> None:
    project_with_opt_outs(desk, BELA)
    approval = desk.plan()["approval"]
    opt_out(desk, BELA, CARO)
    assert desk.run(*APPLY, "--expect", approval).code == 3
    assert desk.writes == []


def test_nobody_left_by_now_is_skipped_and_the_rest_is_done(desk: Desk) -> None:
    project_with_opt_outs(desk, BELA)
    desk.manifests(
        voice("other", **{"from": ["+919876543299"]}, read_via_text="Hi", url=...), file="campaigns/b.yaml"
    )
    desk.run("plan", "--out", PLAN)
    opt_out(desk, ANNA, BELA, CARO)
    result = desk.run(*APPLY, PLAN)
    assert result.code == 3
    assert called(desk) == ["+919876543299"]


def edits_while_it_waits(desk: Desk, edit: Any) -> None:
    """The create is told to wait once; meanwhile somebody edits the sources."""
    desk.configure(max_attempts=3)
    desk.sandbox.faults.add("status", request="create", status=429, retry_after="5")
    wait, done = desk.clock.sleep, []

    def sleep(seconds: float) -> None:
        if not done and seconds > 0:
            done.append(edit())
        wait(seconds)

    desk.clock.sleep = sleep  # type: ignore[method-assign]


def test_who_opts_out_while_a_create_waits_is_not_in_it(desk: Desk) -> None:
    project_with_opt_outs(desk, BELA)
    edits_while_it_waits(desk, lambda: opt_out(desk, BELA, CARO))
    assert desk.run(*APPLY).code == 0
    assert called(desk)[-1:] == [ANNA]
    assert called(desk).count(CARO) == 1  # of the request that was refused


@pytest.mark.parametrize(("numbers", "code"), [((), "moved"), ((ANNA, BELA, CARO), "no-recipients")])
def test_who_comes_back_while_a_create_waits_stops_it(
    desk: Desk, numbers: tuple[str, ...], code: str
) -> None:
    project_with_opt_outs(desk, BELA)
    edits_while_it_waits(desk, lambda: opt_out(desk, *numbers))
    result = desk.run(*APPLY, "--format", "json")
    assert result.code == 3
    assert result.json["results"][0]["reason"]["code"] == code
    assert desk.account() == []


def test_a_source_that_is_gone_by_now_stops_the_create(desk: Desk) -> None:
    project_with_opt_outs(desk, BELA)
    edits_while_it_waits(desk, (desk.root / "do-not-call.csv").unlink)
    result = desk.run(*APPLY, "--format", "json")
    assert (result.code, result.json["results"][0]["reason"]["code"]) == (3, "moved")
    assert desk.account() == []


CANARY = {"read_via_text": "Hi", "url": ..., "state": "paused"}


def canary(desk: Desk, *numbers: str, how: str = "file") -> None:
    """A campaign that another one leaves out: its people stand in a file, in its manifest or in a list."""
    desk.write("campaigns/canary.csv", "".join(f"{number}\n" for number in numbers))
    people = {"from": ..., "from_file": "canary.csv"} if how == "file" else {"from": list(numbers)}
    written = [voice("canary", **people, **CANARY)]
    if how == "list":
        written = [contact_list("canaries", numbers), calling("canary", "canaries", state="paused")]
    desk.manifests(*written, file="campaigns/canary.yaml")


MOVED: Mapping[tuple[str, ...], tuple[str | None, list[str]]] = {
    (BELA, CARO): (None, [ANNA]),
    (DORA,): ("moved", []),
    (ANNA, BELA, CARO): ("no-recipients", []),
}


@pytest.mark.parametrize(("how", "numbers"), crossed(["file", "manifest", "list"], list(MOVED)))
def test_who_joins_or_leaves_another_campaign_while_a_create_waits_is_seen(
    desk: Desk, how: str, numbers: tuple[str, ...]
) -> None:
    code, left = MOVED[numbers]
    canary(desk, BELA, how=how)
    desk.manifests(leaving_out({"campaign": "voice/canary"}), file="campaigns/mine.yaml")
    edits_while_it_waits(desk, lambda: canary(desk, *numbers, how=how))
    result = desk.run(*APPLY, "campaigns/mine.yaml", "--format", "json")
    found = [it for it in result.json["results"] if it["name"] == "diwali-reminder"]
    assert (found[0]["reason"]["code"] if code else None, result.code) == (code, 3 if code else 0), result.all
    assert [it["from"] for it in desk.account()] == ([left] if left else [])


def test_a_campaign_whose_manifest_is_gone_by_now_stops_what_leaves_its_people_out(desk: Desk) -> None:
    canary(desk, BELA)
    desk.manifests(leaving_out({"campaign": "voice/canary"}), file="campaigns/mine.yaml")
    edits_while_it_waits(desk, (desk.root / "campaigns/canary.yaml").unlink)
    result = desk.run(*APPLY, "campaigns/mine.yaml", "--format", "json")
    assert (result.code, result.json["results"][0]["reason"]["code"]) == (3, "moved")
    assert desk.account() == []


def test_the_people_of_the_one_that_is_sent_are_those_of_the_plan(desk: Desk) -> None:
    """Its own file is no source of it, and gained somebody since."""
    canary(desk, ANNA, BELA)
    opt_out(desk)
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    desk.manifests(leaving_out({"campaign": "voice/canary"}), file="campaigns/mine.yaml")

    def edit() -> None:
        canary(desk, ANNA, BELA, CARO)
        opt_out(desk, BELA)

    edits_while_it_waits(desk, edit)
    desk.run(*APPLY, "campaigns/canary.yaml")
    assert [it["from"] for it in desk.account()] == [[ANNA]]


def test_an_opt_out_of_a_created_campaign_is_an_update(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA, CARO]}))
    project_with_opt_outs(desk, BELA)
    (change,) = desk.plan()["changes"]
    assert [(it["op"], it["fields"]) for it in change["operations"]] == [("update", ["from"])]
    assert desk.run(*APPLY, "--max-changes", "0").code == 0
    assert called(desk) == [ANNA, CARO]


def test_no_policy_keeps_an_opt_out_back_only_the_rest(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA, CARO]}, caller_id="03349360001"))
    project_with_opt_outs(desk, BELA, **{"from": [ANNA, BELA, CARO, "+919876543299"]})
    desk.configure({"policy": {"required_labels": {"level": "error", "labels": ["team"]}}})
    assert desk.run(*APPLY).code == 3
    assert called(desk) == [ANNA, CARO]
    assert sent(desk.writes[0])["caller_id"] == "03349360001"


def test_no_limit_of_changes_keeps_an_opt_out_back_only_the_rest(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA, CARO]}, caller_id="03349360001"))
    project_with_opt_outs(desk, BELA)
    assert desk.run(*APPLY, "--max-changes", "0").code == 3
    assert called(desk) == [ANNA, CARO]
    assert sent(desk.writes[0])["caller_id"] == "03349360001"


def test_an_opt_out_is_done_though_the_plan_file_does_not_show_it(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA, CARO]}))
    project_with_opt_outs(desk)
    desk.run("plan", "--out", PLAN)
    opt_out(desk, BELA)
    assert desk.run(*APPLY, PLAN).code == 0
    assert called(desk) == [ANNA, CARO]


def plan_of(desk: Desk, what: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Something else that is to become of a created campaign of three, and what must be allowed for it."""
    match what:
        case "update":
            return {"caller_id": "03349360001"}, ()
        case "resume":
            desk.by_hand(desk.live("diwali-reminder")["id"], {"action": "pause"})
            return {"state": "active"}, ("--allow", "resume")
        case _:
            return {"state": "paused"}, ()


@pytest.mark.parametrize(("what", "goes_to"), crossed(["update", "resume", "pause"], ["numbers", "list"]))
def test_an_opt_out_makes_no_plan_of_something_else_stale(desk: Desk, what: str, goes_to: str) -> None:
    """It is done with the rest, and said."""

    def manifests(**fields: Any) -> None:
        people = [ANNA, BELA, CARO]
        campaign = voice(**{"from": people}, **fields) if goes_to == "numbers" else calling(**fields)
        desk.manifests(campaign, *([contact_list(numbers=people)] if goes_to == "list" else []))

    def called_now() -> list[str]:
        live = desk.live("diwali-reminder")
        lists = [number for sid in live.get("lists") or () for number in desk.sandbox.numbers(ACCOUNT, sid)]
        return sorted([*live.get("from", []), *lists])

    opt_out(desk)
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    manifests()
    desk.apply()
    fields, words = plan_of(desk, what)
    manifests(**fields)
    desk.run("plan", "--out", PLAN, *words)
    opt_out(desk, BELA)
    done = desk.run(*APPLY, PLAN)
    assert done.code == 0, done.all
    assert called_now() == [ANNA, CARO]
    live = desk.live("diwali-reminder")
    assert live["status"] == ("Paused" if what == "pause" else "Created")
    assert live["caller_id"] == fields.get("caller_id", "03349360005")
    assert desk.plan(*words)["summary"]["operations"] == 0


@pytest.mark.parametrize("goes_to", ["numbers", "list"])
def test_what_nobody_is_left_of_is_paused_though_the_plan_file_does_not_show_it(
    desk: Desk, goes_to: str
) -> None:
    people = [ANNA, BELA]
    campaign = voice(**{"from": people}) if goes_to == "numbers" else calling()
    desk.manifests(campaign, *([contact_list(numbers=people)] if goes_to == "list" else []))
    opt_out(desk)
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    desk.apply()
    desk.run("plan", "--out", PLAN)
    opt_out(desk, ANNA, BELA)
    assert desk.run(*APPLY, PLAN).code == 3
    assert desk.live("diwali-reminder")["status"] == "Paused"


def test_what_calls_nobody_but_suppressed_people_is_paused_while_others_are_kept_back(desk: Desk) -> None:
    """An update that takes all of them out would leave nobody, and no account takes that."""
    project_with_opt_outs(desk)
    desk.manifests(voice(**{"from": [ANNA, BELA]}))
    desk.apply()
    opt_out(desk, ANNA, BELA)
    desk.configure({"policy": {"required_labels": {"level": "error", "labels": ["team"]}}})
    desk.manifests(voice(**{"from": [CARO], "state": "active"}))
    (change,) = desk.plan()["changes"]
    assert [it["op"] for it in change["operations"]] == ["pause"]
    assert change["reason"]["code"] == "policy"
    assert (
        "all people in it are suppressed: nobody is left to call until others can be sent" in change["notes"]
    )
    assert desk.run(*APPLY).code == 3
    assert desk.live("diwali-reminder")["status"] == "Paused"
    written = len(desk.writes)
    assert desk.run(*APPLY, "--allow", "resume").code == 3
    assert len(desk.writes) == written
    desk.configure({"policy": {}})
    assert desk.run(*APPLY, "--allow", "resume").code == 0
    live = desk.live("diwali-reminder")
    assert (live["status"], live["from"]) == ("Created", [CARO])


EMIL = "+919876543214"
ELSEWHERE = "http://my.exotel.com/acme1/exoml/start_voice/1"


@pytest.mark.parametrize(
    ("left_out_then", "manifest"),
    [([], {}), ([ANNA], {}), ([], {"state": "active"}), ([], {"state": "paused"})],
    ids=["nothing of it", "who had opted out by then", "a resume that must be asked for", "its pause"],
)
def test_what_nobody_is_left_of_is_paused_whatever_the_plan_file_shows_while_others_are_kept_back(
    desk: Desk, left_out_then: list[str], manifest: dict[str, Any]
) -> None:
    """Its manifest names others by now, whom a policy keeps back; then everybody who is in it opts out."""
    other = {"from": [EMIL], "url": ELSEWHERE, "metadata": {"labels": {"team": "growth"}}}
    project_with_opt_outs(desk)
    desk.manifests(voice(**{"from": [ANNA, BELA]}), voice("other", **other))
    desk.apply()
    opt_out(desk, *left_out_then)
    desk.configure({"policy": {"required_labels": {"level": "error", "labels": ["team"]}}})
    desk.manifests(voice(**{"from": [CARO], **manifest}), voice("other", caller_id="03349360001", **other))
    desk.run("plan", "--out", PLAN)
    opt_out(desk, ANNA, BELA)
    done = desk.run(*APPLY, PLAN)
    assert done.code == 3, done.all
    assert desk.live("diwali-reminder")["status"] == "Paused"
    assert desk.live("other")["caller_id"] == "03349360001", "the rest of the plan goes on"


def test_what_has_begun_is_paused_where_nobody_is_left_instead_of_what_the_plan_file_shows(
    desk: Desk,
) -> None:
    """Its callback could still change; others can no longer be sent."""
    project_with_opt_outs(desk)
    desk.manifests(voice(**{"from": [ANNA, BELA]}))
    desk.apply()
    desk.pass_time(days=5)
    desk.manifests(voice(**{"from": [CARO], "status_callback": "http://acme.example/hook"}))
    desk.run("plan", "--out", PLAN)
    opt_out(desk, ANNA, BELA)
    assert desk.run(*APPLY, PLAN).code == 3
    assert desk.live("diwali-reminder")["status"] == "Paused"


def test_of_an_update_that_a_plan_file_does_not_show_the_opt_out_is_done_alone(desk: Desk) -> None:
    """The start was too near for others; then somebody paused it, which gives time."""
    project_with_opt_outs(desk)
    desk.manifests(voice(**{"from": [ANNA, BELA]}))
    desk.apply()
    desk.pass_time(days=4, hours=23, minutes=55)
    desk.manifests(voice(**{"from": [BELA, CARO]}))
    desk.run("plan", "--out", PLAN)
    live = desk.live("diwali-reminder")
    desk.by_hand(live["id"], {"action": "pause"})
    opt_out(desk, ANNA)
    desk.run(*APPLY, PLAN)
    assert desk.live("diwali-reminder")["from"] == [BELA]


def test_an_opt_out_after_the_start_is_noted_and_no_difference(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA, CARO]}, status="in-progress"))
    desk.pass_time(days=5)
    project_with_opt_outs(desk, BELA)
    (change,) = desk.plan()["changes"]
    assert (change["change"], change["reason"]["code"]) == ("noop", "in-sync")
    assert any("1 suppressed person is still in it" in note for note in change["notes"])


def test_who_can_no_longer_be_taken_out_when_the_update_goes_out_is_noted(desk: Desk) -> None:
    """It waited for its turn until the start was too near."""
    project_with_opt_outs(desk)
    desk.manifests(voice(**{"from": [ANNA, BELA]}))
    desk.apply()
    desk.configure(max_attempts=3)
    desk.pass_time(days=4, hours=23, minutes=49)
    opt_out(desk, ANNA)
    desk.sandbox.faults.add("status", request="update", status=429, retry_after="120", times=1)
    (result,) = desk.apply()["results"]
    assert result["outcome"] == "unchanged"
    assert any("1 suppressed person is still in it" in note for note in result["notes"])
    assert desk.live("diwali-reminder")["from"] == [ANNA, BELA]


def test_other_people_after_the_start_are_still_a_difference(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA]}, status="in-progress"))
    desk.pass_time(days=5)
    project_with_opt_outs(desk, BELA)
    (change,) = desk.plan()["changes"]
    assert change["reason"]["code"] == "immutable-field"


def test_a_resume_of_what_holds_suppressed_people_has_a_word_of_its_own(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA, CARO]}, status="paused"))
    desk.pass_time(days=5)
    project_with_opt_outs(desk, BELA, state="active")
    (change,) = desk.plan("--allow", "resume")["changes"]
    assert (change["change"], change["reason"]["code"]) == ("held", "needs-allow")
    assert "--allow suppressed:diwali-reminder too" in change["reason"]["message"]
    (change,) = desk.plan("--allow", "resume", "--allow", "suppressed:diwali-reminder")["changes"]
    assert [it["op"] for it in change["operations"]] == ["resume"]
    assert desk.run("plan", "--allow", "suppressed").code == 64


@pytest.mark.parametrize("started", [False, True])
def test_a_resume_of_people_who_are_not_shown_is_noted_and_found(desk: Desk, started: bool) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA, CARO]}, status="paused"))
    desk.sandbox.switches.change({f"omit_from_{answer}": ["from"] for answer in ("get", "list", "update")})
    if started:
        desk.pass_time(days=5)
    project_with_opt_outs(desk, BELA, state="active")
    desk.configure({"policy": {"unsuppressed": {"level": "error"}}})
    plan = desk.plan("--allow", "resume")
    (change,) = plan["changes"]
    assert (change["change"], change["reason"]["code"]) == ("blocked", "policy")
    assert [it["rule"] for it in plan["findings"]] == ["unsuppressed"]
    (note,) = [it for it in change["notes"] if "suppressed ones may be called" in it]
    assert ("--resend diwali-reminder" in note) is not started
    if not started:
        resent = desk.plan("--allow", "resume", "--resend", "diwali-reminder")["changes"][0]
        assert [it["op"] for it in resent["operations"]] == ["update", "resume"]


def test_a_resume_before_the_start_takes_them_out_first(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA, CARO]}, status="paused"))
    project_with_opt_outs(desk, BELA, state="active")
    (change,) = desk.plan("--allow", "resume")["changes"]
    assert [it["op"] for it in change["operations"]] == ["update", "resume"]


def test_live_people_who_are_left_to_others_go_back_without_the_suppressed(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [ANNA, BELA, DORA]}))
    project_with_opt_outs(desk, BELA, metadata={"ignore": ["from"]}, caller_id="03349360001")
    assert desk.run(*APPLY).code == 0
    assert called(desk) == [ANNA]
