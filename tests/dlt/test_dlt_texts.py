"""A campaign's text against its registered one: the match, the cut, the first difference and what was meant."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

import pytest
from dlt_model import best_cut, first_change, random_pair

from campaignctl.dlt.difference import Edit, FirstDifference, first_difference
from campaignctl.dlt.matching import cut
from campaignctl.dlt.texts import Registered, Written
from campaignctl.dlt.wording import difference_details, difference_message
from campaignctl.model.dlt_checks import Slip


def values(registered: str, text: str, *tags: str) -> list[str] | None:
    written = Written(text)
    found = cut(Registered(registered, tags or None), written)
    if found is None:
        return None
    return [text[written.offsets[it.start] : written.offsets[it.end]] for it in found]


def difference(registered: str, text: str) -> FirstDifference:
    assert values(registered, text) is None
    return first_difference(Registered(registered), Written(text))


# -- the match, and the cut ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("registered", "text", "expected"),
    [
        ("Hi {#var#}!", "Hi Asha!", ["Asha"]),
        ("Hi {#var#}!", "Hi !", None),
        ("Hi {#var#}", "Hi Asha, pay now", ["Asha, pay now"]),
        ("Hi {#var#}, pay", "Hi Asha, pay now", None),
        ("Hi", "Hi there", None),
        ("Hi {#VAR#}!", "Hi @@Name!", ["@@Name"]),
        ("Hi {#a#}{#b#}!", "Hi @@Name!", None),
        ("a\r\nb", "a\nb", []),
        ("a\nb{#var#}", "a\r\nbc", ["c"]),
        ("(.*{#var#}+)", "(.*x+)", ["x"]),
        ("{#var#} {#var#}", "a b c", ["a", "b c"]),
        ("{#var#}{#numeric#}", "a12", ["a", "12"]),
        ("{#numeric#}{#var#}", "12a", ["1", "2a"]),
        ("{#var#}-{#numeric#}", "a-b-12", ["a-b", "12"]),
        ("{#numeric#}-{#numeric#}", "a-b-c", ["a", "b-c"]),
        ("#numeric# {#x1#}", "#numeric# {#x1#}", []),
        ("Hi {#var#}", "hi Asha", None),
        (" Hi {#var#}", "Hi Asha", None),
        ("caf\u00e9 {#var#}", "cafe\u0301 x", None),
    ],
)
def test_a_text_is_cut_into_fixed_parts_and_values(
    registered: str, text: str, expected: list[str] | None
) -> None:
    assert values(registered, text) == expected


def test_tags_beside_the_text_choose_the_cut_too() -> None:
    assert values("{#var#}-{#var#}", "a-b-12") == ["a", "b-12"]
    assert values("{#var#}-{#var#}", "a-b-12", "alphanumeric", "numeric") == ["a-b", "12"]


def agree(seed: int, pairs: int) -> None:
    random, matched = Random(seed), 0
    for _ in range(pairs):
        registered, text = random_pair(random)
        expected = best_cut(registered, text)
        assert values(registered, text) == expected, (registered, text)
        matched += expected is not None
    assert pairs / 4 < matched < pairs, "both answers were drawn"


def test_the_match_is_that_of_trying_every_cut() -> None:
    agree(seed=1, pairs=4_000)


@pytest.mark.slow
def test_the_match_is_that_of_trying_every_cut_for_100_000_pairs() -> None:
    agree(seed=2, pairs=100_000)


def test_a_hostile_text_takes_no_more_than_the_product_of_both_lengths() -> None:
    """`{#var#}a` over and over against nothing but `a`: an expression would try for ever."""
    registered, text = "a{#numeric#}" * 60 + "b", "a" * 700
    began = time.process_time()
    assert values(registered, text) is None
    assert values(registered[:-1], text) is not None
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("registered", "text"),
    [
        ("abcd efgh " * 200, "hgfe dcba " * 200),
        ("{#var#}" + "a" * 1990 + "b", "a" * 2000),
        ("{#x#}a" * 333 + "b", "a" * 2000),
        ("b" + "{#x#}" * 399, "a" * 2000),
    ],
)
def test_the_difference_of_the_longest_texts_is_found_at_once(registered: str, text: str) -> None:
    """A thousand campaigns may be wrong at once; this took a second and more for each."""
    began = time.process_time()
    found = difference(registered, text)
    assert time.process_time() - began < 1
    assert found.edit is Edit.REPLACE


# -- the first difference --------------------------------------------------------------------------------------


def differences_agree(seed: int, pairs: int) -> None:
    random, seen = Random(seed), set()
    for _ in range(pairs):
        registered, text = random_pair(random)
        if values(registered, text) is not None:
            continue
        found = difference(registered, text)
        word = found.edit.name.lower().replace("_", " ")
        assert (word, found.offset) == first_change(registered, text), (registered, text)
        seen.add(word)
    assert seen == {"replace", "leave out", "put in"}


def test_the_first_difference_is_that_of_going_every_way() -> None:
    differences_agree(seed=3, pairs=1_500)


@pytest.mark.slow
def test_the_first_difference_is_that_of_going_every_way_for_many_pairs() -> None:
    differences_agree(seed=4, pairs=30_000)


def test_a_character_that_is_changed_is_the_first_difference() -> None:
    random = Random(5)
    for _ in range(300):
        text = "".join(random.choice("abc é\n’") for _ in range(random.randint(1, 80)))
        at = random.randrange(len(text))
        changed = f"{text[:at]}X{text[at + 1 :]}"
        found = difference(text, changed)
        assert (found.offset, found.expected, found.found) == (at, text[at], "X")


@pytest.mark.parametrize(
    ("registered", "text", "details"),
    [
        ("Order is on its way", "Order is on its\u00a0way", (15, "U+0020", "U+00A0", "blank")),
        ("Hi {#var#}", "Hi ", (3, None, None, None)),
        ("Hi Asha", "Hi", (2, "U+0020", None, "blank")),
        ("Hi", "Hi Asha", (2, None, "U+0020", "blank")),
        ("Hi {#var#}, pay", "Hi , pay", (4, "U+002C", None, None)),
        ("Hi Asha!", "Hi @@Name!", (3, "U+0041", None, "column")),
        ("@@Name is x", "@@Name is y", (0, "U+0040", None, "column")),
    ],
)
def test_a_difference_says_where_it_is_and_what_stands_there(
    registered: str, text: str, details: tuple[object, ...]
) -> None:
    found = difference_details(difference(registered, text))
    assert found == tuple(zip(("offset", "expected", "found", "slip"), details, strict=True))


SLIPS = {
    "a letter and its mark": (Slip.NORMAL_FORM, "caf\u00e9 now", "cafe\u0301 now"),
    "syllables of Korean": (Slip.NORMAL_FORM, "\ud55c now", "\u1112\u1161\u11ab now"),
    "a line break at the end": (Slip.LINE_BREAK_AT_END, "Pay now", "Pay now\n"),
    "line breaks at the end": (Slip.LINE_BREAK_AT_END, "Pay now", "Pay now\n\n"),
    "a no-break space": (Slip.BLANK, "Pay now", "Pay\u00a0now"),
    "a line break for a blank": (Slip.BLANK, "Pay now", "Pay\nnow"),
    "two blanks": (Slip.BLANK, "Pay now", "Pay  now"),
    "a curly quote": (Slip.QUOTE, "it's", "it’s"),
    "curly quotes": (Slip.QUOTE, 'a "b', "a “b"),
    "a long dash": (Slip.DASH, "a - b", "a – b"),
    "a zero-width space": (Slip.INVISIBLE, "Paynow", "Pay\u200bnow"),
    "what chooses how a sign looks": (Slip.INVISIBLE, "Pay ☎ now", "Pay ☎\ufe0f now"),
    "a soft hyphen": (Slip.INVISIBLE, "Paynow", "Pay\u00adnow"),
    "a capital": (Slip.CASE, "Pay now", "Pay Now"),
}


@pytest.mark.parametrize("turned", [lambda one, other: (one, other), lambda one, other: (other, one)])
@pytest.mark.parametrize(("slip", "one", "other"), SLIPS.values(), ids=list(SLIPS))
def test_a_slip_is_told_both_ways(
    slip: Slip, one: str, other: str, turned: Callable[[str, str], tuple[str, str]]
) -> None:
    assert difference(*turned(one, other)).slip is slip


def test_no_slip_is_told_where_none_is_near() -> None:
    for one, other in (("Pay now", "Pay later"), ("it's", 'it"s'), ("a", "b"), ("Hi {#var#}.", "Hi Asha")):
        assert difference(one, other).slip is None


def test_a_message_holds_no_more_than_20_characters_of_either_text() -> None:
    column = difference_message(difference("Hi Asha", f"Hi @@{'n' * 1900}"), "1")
    variable = difference_message(difference(f"Hi {{#{'w' * 1900}#}}", "Hi "), "1")
    assert f"the column @@{'n' * 19}…," in column
    assert f"{{#{'w' * 19}…#}}, which needs a value" in variable


@pytest.mark.parametrize(
    ("registered", "text", "words"),
    [
        ("Pay now", "Pay\u00a0now", ["character 4", "U+00A0 NO-BREAK SPACE", "U+0020 SPACE"]),
        ("cafe", "cafe\u0301", ["character 5 stands U+0301 COMBINING ACUTE ACCENT"]),
        ("it's", "it’s", ["’ (U+2019 RIGHT SINGLE QUOTATION MARK)", "' (U+0027 APOSTROPHE)"]),
        ("Pay now", "Pay now\n", ["character 8", "U+000A (a line break)", "by |- instead of |"]),
        ("Hi {#var#}", "Hi ", ["nothing", "{#var#}, which needs a value"]),
        ("Hi Asha", "Hi @@Name", ["the column @@Name", "no variable"]),
        (
            "Hi {#var#}, pay",
            "Hi , pay",
            ["behind character 4 stands nothing", ", (U+002C", "{#var#} before it takes"],
        ),
        ("Hi, pay", "Hi pay", ["behind character 2 stands nothing", ", (U+002C COMMA) there"]),
        ("Hi", "i", ["at the beginning stands nothing", "H (U+0048"]),
    ],
)
def test_a_message_names_both_signs_and_what_to_do(registered: str, text: str, words: list[str]) -> None:
    message = difference_message(difference(registered, text), "1107160086562376233")
    assert [word for word in words if word not in message] == []
    assert message.isprintable()
