"""People's numbers on both streams of every command: as a key, in an account's words, in a report, beside a page."""

from __future__ import annotations

import json
import re

import pytest
from harness import Desk, live_voice, voice

from campaignctl.api.envelopes import read_trouble
from campaignctl.report.text import writer

NUMBERS = re.compile(r"98765(?:[\s.\u200b-]|%20)?\)? ?4321\d|9198765")
PAGES = ("markdown", "html", "github")


@pytest.mark.parametrize("output_format", PAGES)
def test_an_apply_for_a_page_shows_no_number_on_either_stream(desk: Desk, output_format: str) -> None:
    desk.seed(live_voice("one", **{"from": ["+919876543215"]}))
    desk.manifests(voice("one"), voice("two", url="http://my.exotel.com/acme1/exoml/start_voice/2"))
    for words in (("plan",), ("apply", "--auto-approve", "-v", "--audit-log", "audit.jsonl")):
        result = desk.run(*words, "--show-numbers", "--format", output_format)
        assert result.code == 0, result.all
        assert not NUMBERS.search(result.all)
    assert "Environment prod" in result.err
    assert not NUMBERS.search((desk.root / "audit.jsonl").read_text())


def test_an_apply_for_people_and_programs_shows_them_where_asked(desk: Desk) -> None:
    desk.manifests(voice("one"))
    result = desk.run("apply", "--auto-approve", "--show-numbers", "--format", "json")
    assert "+919876543210" in result.err


KEYS = ("+919876543210", "98765 43210", "(98765) 43210", "919876543210", "98765-43210")


@pytest.mark.parametrize("key", KEYS)
def test_a_number_that_became_a_key_is_masked_in_every_message(desk: Desk, key: str) -> None:
    """A list without its hyphens."""
    ways = {
        "unknown": f'spec: {{from: ["03349360005"], "{key}": x}}',
        "twice": f'spec: {{"{key}": 1, "{key}": 2}}',
        "a label": f'spec: {{}}\nlabels: {{"{key}": 1}}',
        "a value": f'spec: {{retries: {{mechanism: "{key}", number_of_retries: "{key}"}}}}',
        "top": f'"{key}": 1',
        "an alias": f"spec: {{from: [*{key.replace(' ', '').replace('(', '').replace(')', '')}]}}",
    }
    for text in ways.values():
        desk.write(
            "campaigns/all.yaml",
            f"apiVersion: campaignctl/v1\nkind: VoiceCampaign\nmetadata: {{name: one}}\n{text}\n",
        )
        for words in (("validate",), ("plan",), ("plan", "--format", "json"), ("plan", "--show-numbers")):
            result = desk.run(*words)
            assert result.code == 1, result.all
            assert not NUMBERS.search(result.all), result.all


ELSEWHERE = {
    "a sid": 'metadata: {name: one, sid: "98765 43210"}\nspec: {}',
    "one that it is not": 'metadata: {name: one, distinct_from: ["+919876543210"]}\nspec: {}',
    "an address": 'metadata: {name: one}\nspec: {url: "98765 43210"}',
    "a time": 'metadata: {name: one}\nspec: {schedule: {send_at: "+919876543210"}}',
    "an amount": "metadata: {name: one}\nspec: {throttle: 9876543210}",
}


@pytest.mark.parametrize("text", ELSEWHERE.values(), ids=list(ELSEWHERE))
def test_a_number_in_the_place_of_another_value_is_masked(desk: Desk, text: str) -> None:
    desk.write("campaigns/all.yaml", f"apiVersion: campaignctl/v1\nkind: VoiceCampaign\n{text}\n")
    for words in (("validate",), ("plan", "--format", "json"), ("plan", "--show-numbers")):
        result = desk.run(*words)
        assert result.code == 1, result.all
        assert not NUMBERS.search(result.all.replace(",", "")), result.all


def test_a_caller_is_shown_as_it_is_written(desk: Desk) -> None:
    desk.manifests(voice("one", caller_id="0334-9360005"))
    assert '"0334-9360005" holds blanks or signs' in desk.run("validate").all


WRITTEN = (
    "98765 43210",
    "+91-98765-43210",
    "(98765) 43210",
    "98765.43210",
    "9876543210",
    "+91 (98765) 43210",
    "98765\t43210",
    "98765\n43210",
    "98765\u200b43210",
    "tel:+91%2098765%2043210",
    "number=%2B919876543210",
)


@pytest.mark.parametrize("number", WRITTEN)
def test_a_number_in_an_accounts_words_is_masked_and_the_rest_is_not(number: str) -> None:
    rest = "not before 2027-01-15 09:00:00, see 046141c8f6f3b2a7; caller_id 03349360005"
    data = {"code": 1000, "message": f"{number} is refused", "description": f"{rest}, nor {number}"}
    shown = read_trouble(400, json.dumps({"response": [{"code": 400, "error_data": data}]}).encode()).message
    assert not NUMBERS.search(shown)
    assert rest in shown


@pytest.mark.parametrize("output_format", ["table", "csv", "jsonl"])
def test_a_report_masks_numbers_in_its_texts(output_format: str) -> None:

    row = {
        "sid": "1",
        "number": "+919876543210",
        "status": "failed",
        "note": "98765 43211 was busy",
        "9876543212": "x",
    }
    shown = writer(output_format, show_numbers=False).batch([row])
    assert not NUMBERS.search(shown)
    assert "was busy" in shown
