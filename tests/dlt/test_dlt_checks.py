"""Each check of `dlt_template`: a mutant of a valid pair that it finds, and no other check does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from harness import Desk, sms

from campaignctl.model.dlt_checks import CHECKS, CheckLevel

TEMPLATE = {
    "id": "1107160086562376233",
    "headers": ["EXOTEL"],
    "category": "service_implicit",
    "text": "Dear {#alphanumeric#}, see {#url#} now.",
    "urls": ["https://acme.example/t/", "go.example"],
    "callback_numbers": ["18001234567"],
}
CAMPAIGN = {"template": "Dear Asha, see https://acme.example/t/1 now."}
Pair = tuple[dict[str, Any], dict[str, Any]]


def documents(template: Mapping[str, Any], campaign: Mapping[str, Any]) -> list[dict[str, Any]]:
    spec = {"entity": "0101428740000012125", "templates": [dict(template)]}
    templates = {
        "apiVersion": "campaignctl/v1",
        "kind": "DltTemplates",
        "metadata": {"name": "shop"},
        "spec": spec,
    }
    return [templates, sms(**campaign)]


def validated(desk: Desk, *documents: Mapping[str, Any]) -> list[dict[str, Any]]:
    desk.manifests(*documents)
    result = desk.run("validate", "--format", "json")
    found: list[dict[str, Any]] = result.json["findings"]
    assert {it["rule"] for it in found} <= {"dlt_template"}, found
    errors = any(it["severity"] == "error" for it in found)
    assert result.code == (3 if errors else 0)
    return found


def indian(desk: Desk, **policy: Any) -> None:
    desk.configure({"policy": {"dlt_template": policy}} if policy else {}, country="IN")


NUMBERS = {"text": "Call {#cbn#} for {#numeric#} days."}
CALL = {"template": "Call 18001234567 for 3 days."}
MUTANTS: dict[str, tuple[str, Mapping[str, Any], Mapping[str, Any]]] = {
    "an id that is not registered": ("template-id", {}, {"dlt_template_id": "1107160086562376234"}),
    "an id with a zero before it": ("template-id", {}, {"dlt_template_id": "01107160086562376233"}),
    "another entity": ("entity", {}, {"dlt_entity_id": "101428740000012125"}),
    "another header": ("header", {}, {"sender_id": "EXOTLE"}),
    "a header in lower case": ("header", {}, {"sender_id": "exotel"}),
    "a promotional template": ("category", {"category": "promotional"}, {}),
    "letters in a promotional header": (
        "header-form",
        {"category": "promotional", "headers": ["123456", "EXOTEL"]},
        {"sender_id": "123456", "sms_type": "promotional"},
    ),
    "digits in a header of service": ("header-form", {"headers": ["EXOTEL", "123456"]}, {}),
    "a comma less": ("text", {}, {"template": "Dear Asha see https://acme.example/t/1 now."}),
    "two blanks": ("text", {}, {"template": "Dear Asha,  see https://acme.example/t/1 now."}),
    "letters in a number": ("type", NUMBERS, {"template": "Call 18001234567 for three days."}),
    "a blank in a callback number": ("type", NUMBERS, {"template": "Call 1800 1234567 for 3 days."}),
    "an address with a blank": ("type", {}, {"template": "Dear Asha, see the shop now."}),
    "an e-mail column in a number": (
        "type",
        NUMBERS,
        {"template": "Call @@email for 3 days.", "content_type": "dynamic"},
    ),
    "a name in an e-mail address": (
        "type",
        {"text": "Write to {#email#} now."},
        {"template": "Write to @@first_name now.", "content_type": "dynamic"},
    ),
    "a sign in a word": ("alphanumeric", {}, {"template": "Dear A/B, see https://acme.example/t/1 now."}),
    "41 characters": (
        "length",
        {},
        {"template": f"Dear {'a' * 41}, see https://acme.example/t/1 now."},
    ),
    "31 characters": (
        "length-30",
        {},
        {"template": f"Dear {'a' * 31}, see https://acme.example/t/1 now."},
    ),
    "a column beside a text": (
        "length-30",
        {},
        {"template": "Dear x@@Name, see https://acme.example/t/1 now.", "content_type": "dynamic"},
    ),
    "an address elsewhere": ("url", {}, {"template": "Dear Asha, see https://acme.example/x now."}),
    "a host that begins like a whitelisted one": (
        "url",
        {"urls": ["https://acme.example"]},
        {"template": "Dear Asha, see https://acme.example.evil/ now."},
    ),
    "a host below": ("url", {}, {"template": "Dear Asha, see https://a.go.example/ now."}),
    "another callback number": ("callback", NUMBERS, {"template": "Call 18001234568 for 3 days."}),
    "a variable without a type": (
        "untagged",
        {"text": "Dear {#var#}, see {#url#} now."},
        {},
    ),
    "an unknown word": ("tag", {"text": "Dear {#name#}, see {#url#} now."}, {}),
    "a tag without braces": (
        "tag",
        {"text": "Dear #numeric#, see {#url#} now."},
        {"template": "Dear #numeric#, see https://acme.example/t/1 now."},
    ),
    "three variables": (
        "variables",
        {"text": "Dear {#alphanumeric#}, see {#url#} now {#num#}"},
        {"template": "Dear Asha, see https://acme.example/t/1 now 5"},
    ),
    "two variables side by side": (
        "variables",
        {"text": "Dear {#alphanumeric#} - {#alphanumeric#}!"},
        {"template": "Dear Asha - Rao!"},
    ),
}
"""What it is, the check that finds it, what differs in the template and in the campaign."""


def pair_of(mutant: str) -> Pair:
    _, template, campaign = MUTANTS[mutant]
    numbers = template is NUMBERS
    return {**TEMPLATE, **template}, {**(CALL if numbers else CAMPAIGN), **campaign}


def test_every_check_has_a_mutant() -> None:
    assert {check for check, _, _ in MUTANTS.values()} == set(CHECKS)


@pytest.mark.parametrize(
    ("template", "campaign"),
    [
        ({}, {}),
        (NUMBERS, CALL),
        ({"variables": ["alp", "URL"]}, {}),
        ({"text": "Dear {#var#}, see {#var#} now.", "variables": ["alphanumeric", "url"]}, {}),
        ({}, {"template": "Dear @@Name, see https://acme.example/t/@@Id now.", "content_type": "dynamic"}),
        ({}, {"template": "Dear Asha, see HTTPS://Acme.Example/t/1 now."}),
        ({}, {"template": "Dear Asha, see https://go.example/any now."}),
        ({}, {"template": "Dear आशा, see https://go.example now."}),
        ({"text": "See {#url#} for {#numeric#}", "urls": None}, {"template": "See https://x.example for 12"}),
        ({"text": "Write to {#email#}."}, {"template": "Write to help@acme.example."}),
        ({"text": "Write to {#email#}."}, {"template": "Write to @@email.", "content_type": "dynamic"}),
        (
            {"category": "promotional", "headers": ["123456"]},
            {"sender_id": "123456", "sms_type": "promotional"},
        ),
    ],
)
def test_nothing_is_found_with_a_valid_pair(
    desk: Desk, template: Mapping[str, Any], campaign: Mapping[str, Any]
) -> None:
    indian(desk)
    one_list = {"lists": ["9120d5962d214316b7721de55bb82e03"]}
    found = validated(desk, *documents({**TEMPLATE, **template}, {**CAMPAIGN, **one_list, **campaign}))
    length = [it for it in found if it["check"] == "length-30"]
    assert found == (length if "@@Id" in str(campaign) else [])


OF_TEMPLATES = {"header-form", "untagged", "tag", "variables"}
"""Checks of a registered template itself, whatever the campaigns."""


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_found_by_its_check_alone(desk: Desk, mutant: str) -> None:
    indian(desk, **({"checks": {"header-form": "off"}} if MUTANTS[mutant][0] == "category" else {}))
    (found,) = validated(desk, *documents(*pair_of(mutant)))
    check = CHECKS[MUTANTS[mutant][0]]
    assert found["check"] == check.name
    assert found["severity"] == ("error" if check.level is CheckLevel.POLICY else "warn")
    assert ("difference" in found) is (check.name == "text")
    line = (desk.root / "campaigns/all.yaml").read_text(encoding="utf-8").splitlines()[found["line"] - 1]
    at = line[found["column"] - 1 :]
    if check.name in OF_TEMPLATES:
        assert line.strip() == "{", "the template's own line"
    else:
        assert at.strip(), line


@pytest.mark.parametrize("mutant", ["an id that is not registered", "a sign in a word", "three variables"])
def test_a_check_has_a_level_of_its_own(desk: Desk, mutant: str) -> None:
    check = MUTANTS[mutant][0]
    for level, severities in (("error", ["error"]), ("warn", ["warn"]), ("off", [])):
        indian(desk, checks={check: level})
        found = validated(desk, *documents(*pair_of(mutant)))
        assert [it["severity"] for it in found] == severities


def test_an_environment_says_the_level_of_one_more_check(desk: Desk) -> None:
    policy = {"dlt_template": {"checks": {"length": "warn"}}}
    desk.configure({"policy": policy}, country="IN", policy={"dlt_template": {"checks": {"url": "off"}}})
    template, campaign = pair_of("41 characters")
    campaign["template"] = campaign["template"].replace("acme", "other")
    (found,) = validated(desk, *documents(template, campaign))
    assert (found["check"], found["severity"]) == ("length", "warn")


@pytest.mark.parametrize(
    ("country", "level"),
    [("IN", "error"), ("SG", "warn"), (None, "warn")],
    ids=["India", "elsewhere", "none"],
)
def test_the_level_that_is_left_out_follows_the_country(desk: Desk, country: str | None, level: str) -> None:
    desk.configure({"policy": {"start_offset": {"level": "off"}}}, country=country)
    (found,) = validated(desk, *documents(*pair_of("two blanks")))
    assert found["severity"] == level


def test_without_documents_nothing_is_held_against_anything(desk: Desk) -> None:
    indian(desk, level="error")
    assert validated(desk, documents(TEMPLATE, CAMPAIGN)[1]) == []


def test_all_findings_come_at_once(desk: Desk) -> None:
    indian(desk)
    campaign = {
        "template": "Dear A/B,  see https://evil.example now.",
        "sender_id": "OTHER",
        "dlt_entity_id": "1",
    }
    found = validated(desk, *documents(TEMPLATE, campaign))
    assert sorted(it["check"] for it in found) == ["entity", "header", "text", "url"]


def test_a_template_is_found_at_fault_once_whatever_the_campaigns(desk: Desk) -> None:
    indian(desk)
    template, campaign = pair_of("three variables")
    first, second = documents(template, campaign)
    third = deepcopy(second)
    third["metadata"]["name"] = "another-offer"
    third["spec"]["lists"] = ["aaaa5962d214316b7721de55bb82e03"]
    assert len(validated(desk, first, second, third)) == 1
    assert len(validated(desk, first)) == 1


def test_a_text_that_a_comment_may_have_cut_is_told(desk: Desk) -> None:
    """Both texts are cut at the same place, so that they are equal, and wrong."""
    indian(desk)
    (templates, campaign) = documents({**TEMPLATE, "text": "CUT"}, {"template": "Order"})
    text = json.dumps(templates).replace('"CUT"', "Order #{#var#}\n")
    text = f"""\
apiVersion: campaignctl/v1
kind: DltTemplates
metadata: {{name: shop}}
spec:
  entity: "0101428740000012125"
  templates:
    - id: "1107160086562376233"
      headers: [EXOTEL]
      category: service_implicit
      text: Order #{{#var#}}
---
{json.dumps(campaign)}
"""
    desk.write("campaigns/all.yaml", text)
    (found,) = desk.run("validate", "--format", "json").json["findings"]
    assert (found["check"], found["severity"], found["line"]) == ("tag", "warn", 7)
    assert "put the text in quotes" in found["message"]


STYLES = {
    "plain": "  template: Dear Asha and all\n    of you{} there\n",
    "single": "  template: 'Dear Asha''s and all of you{} there'\n",
    "double": '  template: "Dear \\u0041sha and all of you{} there"\n',
    "literal": "  template: |-\n    Dear Asha\n    and all of you{} there\n",
    "folded": "  template: >-\n    Dear Asha\n    and all of you{} there\n",
    "a variable before it": "  template: Dear ${{name}} and all of you{} there\n",
}


@pytest.mark.parametrize("style", STYLES)
def test_a_finding_stands_at_the_character_in_every_style_of_scalar(desk: Desk, style: str) -> None:
    desk.configure({"vars": {"name": "Asha of acme"}} if "variable" in style else {}, country="IN")
    right, wrong = STYLES[style].format(""), STYLES[style].format("X")
    text = {"single": "Dear Asha's and all of you there", "literal": "Dear Asha\nand all of you there"}
    filled = "Dear Asha of acme and all of you there"
    meant = filled if "variable" in style else text.get(style, "Dear Asha and all of you there")
    (templates, campaign) = documents({**TEMPLATE, "text": meant, "urls": None}, CAMPAIGN)
    del campaign["spec"]["template"]
    head = yaml.safe_dump(campaign, sort_keys=False)
    desk.write("campaigns/templates.json", json.dumps(templates))
    desk.write("campaigns/all.yaml", head + right)
    assert desk.run("validate", "--format", "json").json["findings"] == []
    desk.write("campaigns/all.yaml", head + wrong)
    (found,) = desk.run("validate", "--format", "json").json["findings"]
    line = (head + wrong).splitlines()[found["line"] - 1]
    assert line[found["column"] - 1 :] == line[line.index("X") :]
    assert found["difference"]["found"] == "U+0058"


@pytest.mark.parametrize(
    "style", ["", "'", '"', "|", ">"], ids=["plain", "single", "double", "literal", "folded"]
)
def test_a_character_that_is_changed_anywhere_is_where_the_finding_stands(desk: Desk, style: str) -> None:
    """No text without variables is right but for one sign and found wrong elsewhere."""
    indian(desk)
    random, pairs = Random(f"{style} changed"), []
    for number in range(12):
        words = ["".join(random.choices("abcé’–\U0001f600", k=random.randint(1, 9))) for _ in range(30)]
        right = "".join(f"{word}{random.choice((' ', ' ', chr(10)))}" for word in words).strip()
        at = random.randrange(len(right))
        template_id = f"11071600865623762{number:02d}"
        template, campaign = documents(
            {**TEMPLATE, "id": template_id, "text": right}, {"dlt_template_id": template_id}
        )
        template["metadata"]["name"] = campaign["metadata"]["name"] = f"number-{number}"
        campaign["spec"]["lists"] = [f"9120d5962d214316b7721de55bb82e{number:02d}"]
        campaign["spec"]["template"] = f"{right[:at]}⌘{right[at + 1 :]}"
        desk.write(f"campaigns/{number:02d}.json", json.dumps(template))
        pairs.append((at, right[at], campaign))
    text = yaml.dump_all((it for *_, it in pairs), default_style=style or None, width=40, allow_unicode=True)
    desk.write("campaigns/all.yaml", text)
    found = desk.run("validate", "--format", "json").json["findings"]
    assert [(it["check"], it["difference"]["offset"]) for it in found] == [("text", at) for at, *_ in pairs]
    lines = text.split("\n")
    assert {lines[it["line"] - 1][it["column"] - 1] for it in found} == {"⌘"}
    assert [it["difference"]["expected"] for it in found] == [f"U+{ord(sign):04X}" for _, sign, _ in pairs]


def test_a_finding_stands_at_the_character_in_json(desk: Desk) -> None:
    indian(desk)
    (templates, campaign) = documents({**TEMPLATE, "text": "A\U0001f600 b"}, {"template": "A\U0001f600 c"})
    desk.write("campaigns/templates.json", json.dumps(templates))
    file = desk.write("campaigns/all.json", json.dumps(campaign))
    (found,) = desk.run("validate", "--format", "json").json["findings"]
    text = Path(file).read_text(encoding="utf-8")
    assert text[found["column"] - 1] == "c"
    assert found["difference"]["offset"] == 3


def test_a_character_that_makes_an_sms_longer_is_registered_anew_where_the_template_holds_it(
    desk: Desk,
) -> None:
    """Replaced in the campaign alone, the text would be none that is registered."""
    desk.configure({"policy": {"sms_segments": {"level": "warn", "at_most": 1}}}, country="IN")
    text = f"It’s here. {'Please come and take it with you. ' * 3}"
    text = f"{text}Bye"
    desk.manifests(*documents({**TEMPLATE, "text": text}, {"template": text}))
    (found,) = desk.run("validate", "--format", "json").json["findings"]
    assert "it stands in the registered template, register it anew" in found["message"]
    desk.manifests(documents(TEMPLATE, {"template": text})[1])
    (found,) = desk.run("validate", "--format", "json").json["findings"]
    assert "anew" not in found["message"]
