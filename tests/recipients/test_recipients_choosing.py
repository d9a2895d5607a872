"""`take`: some of a file's people, the same ones on every machine, before anybody is left out (gates.md 3.1)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from harness import Desk, sent, voice
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.kinds.countries import COUNTRIES
from campaignctl.recipients.choosing import choose

PEOPLE = [f"+9198765{n:05}" for n in range(200)]
NUMBERS = st.lists(st.sampled_from(PEOPLE), max_size=60)


def test_the_least_of_the_hashes_are_taken_in_the_order_of_the_file() -> None:
    by_hash = sorted(PEOPLE, key=lambda it: sha256(f"canary\n{it}".encode()).digest())[:10]
    taken = [PEOPLE[place] for place in choose("canary", PEOPLE, None, 10).places]
    assert taken == sorted(by_hash)


def test_a_spelling_does_not_change_the_choice() -> None:
    home = [f"0{number[3:]}" for number in PEOPLE]
    assert choose("canary", home, COUNTRIES["IN"], 10) == choose("canary", PEOPLE, None, 10)


@given(NUMBERS, st.integers(1, 60), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nobody(numbers: list[str], people: int, random: Any) -> None:
    other = [*numbers, *numbers[: len(numbers) // 2]]
    random.shuffle(other)
    one = {numbers[place] for place in choose("canary", numbers, None, people).places}
    assert one == {other[place] for place in choose("canary", other, None, people).places}


@given(NUMBERS, st.integers(1, 60), st.integers(0, 59))
def test_whoever_goes_makes_room_for_one_more_and_moves_nobody_out(
    numbers: list[str], people: int, place: int
) -> None:
    before = {numbers[it] for it in choose("canary", numbers, None, people).places}
    gone = numbers[place % len(numbers)] if numbers else ""
    left = [number for number in numbers if number != gone]
    after = {left[it] for it in choose("canary", left, None, people).places}
    assert before - {gone} <= after


def test_a_canary_and_its_rest_call_nobody_twice(desk: Desk) -> None:
    desk.write("campaigns/diwali.csv", "number\n" + "\n".join(PEOPLE) + "\n")
    other = "http://my.exotel.com/acme1/exoml/start_voice/1"
    desk.manifests(
        voice("canary", **{"from": ..., "from_file": "diwali.csv", "take": {"people": 20}}),
        voice(
            "rest",
            url=other,
            **{"from": ..., "from_file": "diwali.csv", "suppress": [{"campaign": "voice/canary"}]},
        ),
    )
    result = desk.run("apply", "--auto-approve")
    assert result.code == 0, result.all
    called = {sent(it)["name"]: sent(it)["from"] for it in desk.writes}
    assert (len(called["canary"]), len(called["rest"])) == (20, 180)
    assert set(called["canary"]).isdisjoint(called["rest"])
    assert set(called["canary"]) | set(called["rest"]) == set(PEOPLE)
    assert desk.plan()["summary"]["operations"] == 0


@pytest.mark.parametrize(
    ("fields", "rule", "code"),
    [
        ({"take": {"people": 0}}, "limit", 1),
        ({"take": {"people": 3}, "lists": ["a1b2c3"], "from": ...}, "take", 1),
        ({"take": {"people": 1}, "from": ["09876543210", "+919876543211"]}, "needs-country", 1),
        ({"take": {"people": 3}}, "take-all", 0),
        ({"take": {}}, "required", 1),
    ],
)
def test_a_choice_that_cannot_be_made_is_told_at_its_place(
    desk: Desk, fields: dict[str, Any], rule: str, code: int
) -> None:
    desk.manifests(voice(**fields))
    result = desk.run("validate", "--format", "json")
    assert (result.code, rule in {it["rule"] for it in result.json["findings"]}) == (code, True), result.out


@pytest.mark.parametrize("in_file", [True, False])
def test_without_a_country_the_number_that_lacks_a_plus_is_told_where_it_stands(
    desk: Desk, in_file: bool
) -> None:
    people = ["+919876543211", "+919876543212", "09876543210"]
    desk.write("campaigns/people.csv", "\n".join(("number", *people, "")))
    source = {"from": ..., "from_file": "people.csv"} if in_file else {"from": people}
    desk.manifests(voice(**{**source, "take": {"people": 1}}))
    (found,) = desk.run("validate", "--format", "json").json["findings"]
    assert found["rule"] == "needs-country"
    text = (desk.root / found["file"]).read_text().split("\n")
    assert "09876543210" in text[found["line"] - 1]


def test_a_limit_on_numbers_counts_those_who_are_taken(desk: Desk) -> None:
    desk.configure(policy={"max_numbers": {"level": "error", "at_most": 20}})
    desk.manifests(voice(**{"from": PEOPLE, "take": {"people": 20}}))
    assert desk.run("validate").code == 0
