"""`export`: live campaigns as manifests, which validate and change nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from harness import Desk, live_sms, live_voice, voice
from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[2] / "schemas" / "export.schema.json"
NUMBER = "+919876543210"


def export(desk: Desk, *words: str) -> Any:
    """The document, as the published schema has it."""
    result = desk.run("export", "--out", "campaigns", "--format", "json", *words)
    assert result.code == 0, result.all
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(result.json)
    return result.json


def text(desk: Desk, file: str) -> str:
    return (desk.root / file).read_text(encoding="utf-8")


def files(desk: Desk) -> list[str]:
    return sorted(it.name for it in (desk.root / "campaigns").iterdir())


def changes_nothing(desk: Desk) -> None:
    assert desk.run("validate").code == 0, desk.run("validate").all
    plan = desk.plan()
    assert [it["change"] for it in plan["changes"]] == ["noop"] * len(plan["changes"])


def test_a_campaign_is_written_as_one_would_have_written_it(desk: Desk) -> None:
    (sid,) = desk.seed(live_sms(sms_type="transactional_opt_in"), collection="message-campaigns")
    (written,) = export(desk)["written"]
    assert (written["file"], written["pinned"]) == ("campaigns/diwali-offer.yaml", False)
    lines = text(desk, "campaigns/diwali-offer.yaml").splitlines()
    assert lines[0].startswith("# From account acme1 (environment prod): scheduled, SID " + sid)
    document = yaml.safe_load("\n".join(lines))
    assert list(document["spec"]) == [
        "content_type",
        "lists",
        "schedule",
        "dlt_entity_id",
        "dlt_template_id",
        "sender_id",
        "sms_type",
        "template",
    ]
    assert document["spec"]["sms_type"] == "transactional"
    assert document["spec"]["dlt_entity_id"] == "0101428740000012125"
    changes_nothing(desk)


def test_numbers_are_left_out_counted_and_the_campaign_is_pinned(desk: Desk) -> None:
    (sid,) = desk.seed(live_voice())
    (written,) = export(desk)["written"]
    assert (written["pinned"], written["numbers_left_out"]) == (True, 2)
    said = text(desk, written["file"])
    assert NUMBER not in said
    assert "# from: 2 numbers, left out" in said
    assert yaml.safe_load(said)["metadata"]["sid"] == sid
    changes_nothing(desk)


@pytest.mark.parametrize(
    "asked",
    [(), ("--name", "nowhere"), ("--kind", "sms"), ("--status", "archived"), ("--status", "paused,failed")],
)
@pytest.mark.parametrize("empty", [True, False])
def test_an_export_that_matches_nothing_says_so_and_what_was_looked_at(
    desk: Desk, empty: bool, asked: tuple[str, ...]
) -> None:
    if not empty:
        desk.seed(live_voice(status="completed"))
    document = export(desk, *asked)
    assert (document["written"], document["skipped"]) == ([], [])
    said = desk.run("export", "--out", "campaigns", *asked).out
    over = "completed,archived,failed,canceled,deleted"
    alive_only = f"only what is alive was looked at, --status {over} looks at the rest"
    assert document["notes"] == [f"nothing matched{'' if '--status' in asked else f': {alive_only}'}"]
    assert said == f"Environment prod (account acme1)\n\nNote: {document['notes'][0]}\n"
    assert not list((desk.root / "campaigns").iterdir())


def test_one_that_was_deleted_is_written_with_the_account_s_own_word_for_it(desk: Desk) -> None:
    (sid,) = desk.seed(live_voice(status="deleted"))
    (written,) = export(desk, "--status", "deleted")["written"]
    assert (written["sid"], written["status"]) == (sid, "Deleted")
    changes_nothing(desk)


def test_the_words_that_it_says_look_at_the_rest(desk: Desk) -> None:
    desk.seed(live_voice(status="completed"))
    words = export(desk)["notes"][0].split("looked at, ")[1].split()[:2]
    assert len(export(desk, *words)["written"]) == 1


def test_a_single_number_is_spoken_of_as_one(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": [NUMBER]}))
    said = desk.run("export", "--out", "campaigns").out
    assert "(1 number left out)" in said
    assert "# from: 1 number, left out" in text(desk, "campaigns/diwali-reminder.yaml")


def test_numbers_go_to_a_file_of_their_own_or_into_the_manifest_when_asked_for(desk: Desk) -> None:
    desk.seed(live_voice())
    (written,) = export(desk, "--numbers-to", "people/numbers.csv")["written"]
    assert (written["pinned"], written["numbers_file"]) == (False, "people/numbers.csv")
    assert NUMBER not in text(desk, written["file"])
    assert text(desk, "people/numbers.csv").splitlines() == ["number", NUMBER, "+919876543211"]
    changes_nothing(desk)
    (written,) = export(desk, "--show-numbers", "--force")["written"]
    assert not written["pinned"]
    assert f'- "{NUMBER}"' in text(desk, written["file"])
    changes_nothing(desk)


@pytest.mark.parametrize(
    "words",
    [("--out", "-"), ("--out", "new", "--numbers-to", "-"), ("--out", "new", "--numbers-to", "campaigns")],
    ids=" ".join,
)
def test_what_is_no_directory_or_no_file_is_refused_before_anything_is_written(
    desk: Desk, words: tuple[str, ...]
) -> None:
    desk.seed(live_voice())
    result = desk.run("export", *words)
    assert (result.code, "must be a file" in result.err or "takes a directory" in result.err) == (1, True)
    assert sorted(it.name for it in desk.root.glob("*") if it.name[0] != ".") == [
        "campaignctl.yaml",
        "campaigns",
    ]


def test_several_campaigns_have_a_file_of_numbers_each(desk: Desk) -> None:
    desk.seed(live_voice("one-call"), live_voice("two-call", **{"from": [NUMBER]}))
    written = export(desk, "--numbers-to", "numbers.csv")["written"]
    assert [it["numbers_file"] for it in written] == ["numbers-one-call.csv", "numbers-two-call.csv"]
    changes_nothing(desk)


def test_numbers_stay_within_the_project(desk: Desk) -> None:
    desk.seed(live_voice())
    result = desk.run("export", "--out", "campaigns", "--numbers-to", "../numbers.csv")
    assert (result.code, "must stand within" in result.err) == (1, True)
    assert files(desk) == []
    assert desk.run("export", "--out", "x", "--numbers-to", "n.csv", "--show-numbers").code == 64


NAMES = [
    ("../../etc/passwd", "etc-passwd.yaml"),
    ("été / 100%", "ete-100.yaml"),
    ("दिवाली", "voice-campaign.yaml"),
    ("-rf", "rf.yaml"),
    ("nul", "voice-nul.yaml"),
    ("x" * 300, "x" * 60 + ".yaml"),
    (".hidden", "hidden.yaml"),
]


@pytest.mark.parametrize(("name", "file"), NAMES)
def test_no_name_leads_anywhere(desk: Desk, name: str, file: str) -> None:
    desk.seed(live_voice(name))
    export(desk)
    assert files(desk) == [file]
    changes_nothing(desk)


def test_names_that_clash_are_numbered_and_pinned(desk: Desk) -> None:
    desk.seed(*(live_voice(name, **{"from": ..., "lists": ["list-3"]}) for name in ("Sale", "Sale", "sale")))
    written = export(desk)["written"]
    assert [(it["file"], it["pinned"]) for it in written] == [
        ("campaigns/Sale.yaml", True),
        ("campaigns/Sale-2.yaml", True),
        ("campaigns/sale-3.yaml", True),
    ]
    changes_nothing(desk)


def test_what_breaks_a_rule_that_a_pin_is_spared_is_pinned(desk: Desk) -> None:
    """Copies, and calls at night: an account may hold them, and validate accepts what an export writes."""
    desk.configure(country="IN")
    night = {"send_at": "2027-01-15T20:00:00+05:30", "end_at": "2027-01-15T22:00:00+05:30"}
    people = [{"from": ..., "lists": [f"list-{number}"]} for number in range(3)]
    desk.seed(live_voice("one-call", **people[0]), live_voice("two-call", **people[0]))
    desk.seed(live_voice("late", schedule=night, **people[1]), live_voice("plain", **people[2]))
    written = export(desk)["written"]
    assert [(it["name"], it["pinned"]) for it in written] == [
        ("late", True),
        ("one-call", True),
        ("plain", False),
        ("two-call", True),
    ]
    changes_nothing(desk)


def test_what_lacks_the_prefix_or_a_required_field_is_pinned(desk: Desk) -> None:
    desk.configure({"prune": {"name_prefix": "growth-"}})
    lists = {"from": ..., "lists": ["list-3"]}
    desk.seed(live_voice("growth-a", **lists), live_voice("other", **{**lists, "lists": ["list-4"]}))
    desk.seed(live_voice("growth-b", caller_id=..., **{**lists, "lists": ["list-5"]}))
    assert [it["pinned"] for it in export(desk)["written"]] == [False, True, True]
    changes_nothing(desk)


ODD = [
    {"read_via_text": "a ${flow_id} and $${x}"},
    {"custom_field": 'q"uo\\ted\n# comment: x\u2028---\n\x85"'},
    {"custom_field": "no"},
    {"custom_field": "0123"},
    {"custom_field": "2027-01-15"},
    {"custom_field": " : #"},
    {"custom_field": "\U0001f600\u202e\x00\ud800"},
    {"retries": {"number_of_retries": 9, "interval_mins": 5}},
    {"retries": {"number_of_retries": 2}},
    {"schedule": {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-14T09:00:00+05:30"}},
    {"status_callback": "javascript:alert(1)\nspec: {}"},
    {"mode": "AUTO", "throttle": 20},
    {"mode": "odd", "throttle": 20},
    {"flow_type": "IVR", "repeat_menu_attempts": -1},
    {"lists": ["a b", "ok-1"]},
    {"from": ["+91 98765 43210", NUMBER]},
]


@pytest.mark.parametrize("fields", ODD, ids=str)
def test_whatever_an_account_holds_validates_and_changes_nothing(desk: Desk, fields: Any) -> None:
    desk.seed(live_voice(**fields))
    (written,) = export(desk, "--show-numbers")["written"]
    said = text(desk, written["file"])
    assert len(list(yaml.safe_load_all(said))) == 1
    assert all(sign.isprintable() or sign == "\n" for sign in said)
    changes_nothing(desk)


def test_what_no_manifest_takes_is_a_comment(desk: Desk) -> None:
    desk.seed(live_voice(status_callback="ftp://x\nstate: archived"))
    (written,) = export(desk)["written"]
    assert written["left_out"] == ["status_callback"]
    assert "# not taken by a manifest: status_callback: ftp://x\\u000astate: archived\n" in text(
        desk, written["file"]
    )


def test_nothing_is_written_over_without_force(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice("another"))
    desk.write("campaigns/diwali-reminder.yaml", "# mine\n")
    result = desk.run("export", "--out", "campaigns")
    assert (result.code, "--force" in result.err) == (3, True)
    assert files(desk) == ["diwali-reminder.yaml"]
    export(desk, "--force")
    assert "VoiceCampaign" in text(desk, "campaigns/diwali-reminder.yaml")
    changes_nothing(desk)


FILTERS = [
    ((), ["diwali-offer", "a-call", "b-call"]),
    (("--kind", "sms"), ["diwali-offer"]),
    (("--name", "A-C"), ["a-call"]),
    (("--status", "paused"), ["b-call"]),
    (("--status", "archived,paused"), ["b-call", "old-call"]),
    (("a-call", "sms/diwali-offer"), ["a-call", "diwali-offer"]),
    (("old-call",), ["old-call"]),
]


@pytest.mark.parametrize(("words", "names"), FILTERS)
def test_filters_choose(desk: Desk, words: tuple[str, ...], names: list[str]) -> None:
    desk.seed(live_voice("a-call"), live_voice("b-call", status="paused"))
    desk.seed(live_voice("old-call", status="archived"), live_voice("odd-call", status="Dreaming"))
    desk.seed(live_sms(), collection="message-campaigns")
    assert [it["name"] for it in export(desk, *words)["written"]] == names
    changes_nothing(desk)


def test_a_name_of_both_kinds_needs_its_kind_though_both_are_over(desk: Desk) -> None:
    desk.seed(live_voice("promo", status="completed"))
    desk.seed(live_sms("promo", status="completed"), collection="message-campaigns")
    assert desk.run("export", "promo", "--out", "campaigns").code == 64
    assert [it["kind"] for it in export(desk, "sms/promo")["written"]] == ["SmsCampaign"]


@pytest.mark.parametrize("narrower", [("--kind", "sms"), ("--status", "completed")])
def test_a_name_that_only_others_bear_is_said_to_be_of_another_kind_or_status(
    desk: Desk, narrower: tuple[str, ...]
) -> None:
    desk.seed(live_voice())
    result = desk.run("export", "diwali-reminder", "--out", "campaigns", *narrower)
    assert (result.code, "is of the kind and status asked for" in result.err) == (1, True)


def test_a_name_that_is_nowhere_and_a_status_that_is_none_are_said(desk: Desk) -> None:
    assert desk.run("export", "nowhere", "--out", "campaigns").code == 1
    assert desk.run("export", "--status", "dreaming", "--out", "campaigns").code == 64


def test_what_has_a_manifest_elsewhere_is_not_written_again(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice("another"))
    desk.manifests(voice())
    result = desk.run("export", "--out", "campaigns/new", "--format", "json")
    assert [it["name"] for it in result.json["written"]] == ["another"]
    assert "campaigns/all.yaml:1" in result.json["skipped"][0]["reason"]
    changes_nothing(desk)


def test_another_export_leaves_each_campaign_the_one_file_it_has(desk: Desk) -> None:
    lists = {"from": ..., "lists": ["list-3"]}
    desk.seed(*(live_voice("Sale", **lists) for _ in range(3)))
    over, renamed, third = (it["sid"] for it in export(desk)["written"])
    assert files(desk) == ["Sale-2.yaml", "Sale-3.yaml", "Sale.yaml"]
    for action in ("pause", "complete"):
        desk.by_hand(over, {"campaigns": [{"action": action}]})
    (desk.root / "campaigns/Sale-2.yaml").rename(desk.root / "campaigns/again.yaml")
    (new,) = desk.seed(live_voice("Sale", **lists))
    document = export(desk, "--force")
    assert {it["sid"]: it["file"] for it in document["written"]} == {
        new: "campaigns/Sale-2.yaml",
        third: "campaigns/Sale-3.yaml",
    }
    assert [(it["sid"], it["reason"]) for it in document["skipped"]] == [
        (renamed, "campaigns/again.yaml:2 is its manifest")
    ]
    assert over in text(desk, "campaigns/Sale.yaml")
    changes_nothing(desk)


def test_a_file_of_several_manifests_is_left_alone(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice("another"))
    desk.manifests(voice(), voice("another"), file="campaigns/diwali-reminder.yaml")
    document = export(desk, "--force")
    assert (document["written"], len(document["skipped"])) == ([], 2)


def test_what_a_manifest_is_about_to_rename_has_its_manifest(desk: Desk) -> None:
    """Written again under its old name, it would leave the manifest to create a second one."""
    desk.seed(live_voice("old-name"), live_voice("gone-on"), live_voice("freed-name"))
    desk.manifests(
        voice("new-name", metadata={"previous_name": "old-name"}),
        voice("gone-on", metadata={"previous_name": "freed-name"}),
    )
    document = json.loads(desk.run("export", "--out", "new", "--format", "json").out)
    assert [it["name"] for it in document["written"]] == ["freed-name"]
    assert [it["name"] for it in document["skipped"]] == ["gone-on", "old-name"]


def test_manifests_that_cannot_be_read_are_said_to_be_passed_over(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.write("campaigns/mine/a.yaml", "kind: Voice\n")
    (note,) = export(desk)["notes"]
    assert note.startswith("manifests that are not valid were passed over")


@pytest.mark.parametrize("file", ["campaigns/diwali-reminder.yaml", "people/numbers.JSON"])
def test_numbers_are_not_written_to_what_would_be_read_as_a_manifest(desk: Desk, file: str) -> None:
    desk.seed(live_voice())
    result = desk.run("export", "--out", "campaigns", "--numbers-to", file)
    assert (result.code, "would be read as a manifest" in result.err) == (1, True)
    assert files(desk) == []


def test_one_campaign_with_numbers_among_those_written_has_the_very_file(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice("another"))
    desk.manifests(voice())
    result = desk.run("export", "--out", "new", "--numbers-to", "numbers.csv", "--format", "json")
    assert [it["numbers_file"] for it in result.json["written"]] == ["numbers.csv"]


def test_an_sms_campaigns_account_is_exported_too(desk: Desk) -> None:
    desk.configure(sms_api="sms-campaigns")
    desk.seed(live_sms(), collection="sms-campaigns")
    assert len(export(desk)["written"]) == 1
    changes_nothing(desk)


def test_people_read_a_line_for_each_below_whose_account_it_is(desk: Desk) -> None:
    others = {"from": ["+919000000001"]}
    desk.seed(live_voice(), live_voice("another", **others), live_voice("x" * 500, caller_id=...))
    desk.manifests(voice())
    said = desk.run("export", "--out", "new", "--numbers-to", "n.csv").out.splitlines()
    assert said[:3] == [
        "Environment prod (account acme1)",
        "",
        "+ new/another.yaml: voice/another, created (numbers in n-another.csv)",
    ]
    assert said[3].startswith(f"+ new/{'x' * 60}.yaml: voice/{'x' * 80}")
    assert "x" * 300 not in said[3]
    assert said[5].startswith("- voice/diwali-reminder (")
    assert said[5].endswith(") is not written: campaigns/all.yaml:1 is its manifest")
    assert said[-1] == "2 written, 1 not."


def test_names_from_outside_reach_no_terminal(desk: Desk) -> None:
    desk.seed(live_voice("x\x1b[31mred\u202egnp\n::error::x"))
    said = desk.run("export", "--out", "campaigns").all
    assert not {"\x1b", "\u202e"} & set(said)
    assert "\n::error::" not in said
    changes_nothing(desk)
