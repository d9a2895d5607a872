"""Encodings, segments, people and worst cases: the numbers a reviewer decides by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.table import Value
from campaignctl.model.estimates import Count, Encoding, estimate_of, people_of, text_estimate

GSM, UCS = Encoding.GSM_7, Encoding.UCS_2


@pytest.mark.parametrize(
    ("text", "encoding", "characters", "segments"),
    [
        ("", GSM, 0, 1),
        ("a" * 160, GSM, 160, 1),
        ("a" * 161, GSM, 161, 2),
        ("a" * 306, GSM, 306, 2),
        ("a" * 307, GSM, 307, 3),
        ("€" * 80, GSM, 160, 1),
        ("€" * 81, GSM, 162, 2),
        ("a" * 152 + "€" + "a" * 7, GSM, 161, 2),
        ("a" * 152 + "€" + "a" * 151, GSM, 305, 2),
        ("a" * 152 + "€" + "a" * 152, GSM, 306, 3),
        ("@£$ Ñ à\n", GSM, 8, 1),
        ("[x] {y} ~|^\\", GSM, 20, 1),
        ("₹500", UCS, 4, 1),
        ("ç", UCS, 1, 1),
        ("`", UCS, 1, 1),
        ("अ" * 70, UCS, 70, 1),
        ("अ" * 71, UCS, 71, 2),
        ("अ" * 134, UCS, 134, 2),
        ("अ" * 135, UCS, 135, 3),
        ("😀" * 35, UCS, 70, 1),
        ("😀" * 36, UCS, 72, 2),
        ("अ" * 66 + "😀" + "अ" * 66, UCS, 134, 3),
    ],
)
def test_a_text_is_counted_as_the_network_counts_it(
    text: str, encoding: Encoding, characters: int, segments: int
) -> None:
    estimate = text_estimate(text)
    assert (estimate.encoding, estimate.characters, estimate.segments) == (encoding, characters, segments)
    assert estimate.variables == ()


def test_variables_are_named_once_and_count_nothing() -> None:
    estimate = text_estimate("Dear @@Name, @@Amount is due. Bye, @@Name!")
    assert estimate.variables == ("@@Name", "@@Amount")
    assert estimate.characters == len("Dear ,  is due. Bye, !")


@given(st.text(max_size=500), st.text(max_size=50))
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert text_estimate(text + " " + more).segments >= text_estimate(text).segments or "@@" in text + more


NUMBERS: Value = ["+919800000001", "+919800000002", "+919800000001"]
RETRIES: Value = {"number_of_retries": 2, "interval_mins": 15}


@pytest.mark.parametrize(
    ("spec", "complete", "people", "most", "retries"),
    [
        ({"from": NUMBERS, "retries": RETRIES}, True, Count.exactly(2), Count.exactly(6), 2),
        ({"from": NUMBERS}, True, Count.exactly(2), Count.exactly(2), 0),
        ({"from": NUMBERS, "retries": None}, False, Count.exactly(2), Count.exactly(2), 0),
        (
            {"from": NUMBERS, "call_duplicate_numbers": True, "retries": RETRIES},
            True,
            Count.exactly(3),
            Count.exactly(9),
            2,
        ),
        ({"from": NUMBERS}, False, Count.exactly(2), Count.at_least(2), None),
        (
            {"from": NUMBERS, "retries": {"interval_mins": 5}},
            False,
            Count.exactly(2),
            Count.at_least(2),
            None,
        ),
        ({"lists": ["a"], "retries": RETRIES}, True, Count.at_least(None), Count.at_least(None), 2),
        ({"from": NUMBERS, "lists": ["a"]}, True, Count.at_least(2), Count.at_least(2), 0),
        ({}, False, Count.at_least(None), Count.at_least(None), None),
    ],
)
def test_a_voice_campaign_in_numbers(
    spec: dict[str, Value], complete: bool, people: Count, most: Count, retries: int | None
) -> None:
    estimate = estimate_of(VOICE, spec, complete=complete)
    assert (estimate.people, estimate.most, estimate.retries) == (people, most, retries)


def test_the_people_of_a_list_are_unknown_and_never_none() -> None:
    estimate = estimate_of(SMS, {"lists": ["a", "b"], "template": "Hi @@Name"}, complete=True)
    assert estimate.people == estimate.most == Count.at_least(None)
    assert estimate.text is not None
    assert estimate.text.variables == ("@@Name",)


def test_a_text_that_the_account_does_not_show_has_no_sense() -> None:
    assert estimate_of(SMS, {"lists": ["a"]}, complete=False).text is None


def test_what_is_unknown_in_a_part_is_unknown_in_the_sum() -> None:
    assert Count.exactly(5) + Count.exactly(3) == Count.exactly(8)
    assert Count.exactly(5) + Count.at_least(None) == Count.at_least(5)
    assert Count.exactly(0) + Count.at_least(None) == Count.at_least(None)


@pytest.mark.parametrize(
    ("spec", "counts", "people"),
    [
        ({"lists": ["a"]}, {"a": 1200}, Count.exactly(1200)),
        ({"lists": ["a"]}, {"a": 0}, Count.exactly(0)),
        ({"lists": ["a"]}, {"b": 7}, Count.at_least(None)),
        ({"lists": ["a", "a"]}, {"a": 7}, Count.exactly(7)),
        ({"lists": ["a", "b"]}, {"a": 1200, "b": 900}, Count(1200, False, 2100)),
        ({"lists": ["a", "b"]}, {"a": 1200}, Count.at_least(1200)),
        ({"lists": ["a"], "from": NUMBERS}, {"a": 1200}, Count(1200, False, 1202)),
        ({"lists": ["a"], "from": NUMBERS}, {}, Count.at_least(2)),
    ],
)
def test_of_several_lists_the_largest_is_the_least_and_all_together_the_most(
    spec: dict[str, Value], counts: dict[str, int], people: Count
) -> None:
    assert people_of(SMS if "from" not in spec else VOICE, spec, counts) == people


def test_the_most_of_a_sum_is_unknown_where_that_of_a_part_is() -> None:
    assert Count(1200, False, 2100) + Count.exactly(5) == Count(1205, False, 2105)
    assert Count(1200, False, 2100) + Count.at_least(3) == Count.at_least(1203)
    assert Count(1200, False, 2100).times(3) == Count(3600, False, 6300)
