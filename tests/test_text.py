"""Numbers of people within texts: masked however they are written, and nothing else is."""

from __future__ import annotations

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.text import calling_code, without_numbers, without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("98765 43210", "••••••••10"),
        ("98765-43210 is not on the list", "••••••••10 is not on the list"),
        ("to (98765) 43210.", "to ••••••••10."),
        ("+91 (98765) 43210", "+91••••••••10"),
        ("(+91) 98765 43210", "+91••••••••10"),
        ("(+91 98765 43210)", "(+91••••••••10)"),
        ("98.76.54.32.10", "••••••••10"),
        ("[98765] [43210]", "••••••••10]"),
        ("0091 98765 43210", "••••••••••••10"),
        ("+9198765432", "+91••••••32"),
        ("to_9876543210", "to_••••••••10"),
        ("9876543210,9876543211", "••••••••10,••••••••11"),
        ("९८७६५ ४३२१०", "••••••••10"),
        ("9876543210 9876543211", "••••••••••••••••••11"),
        ("1107160086562376233 98765 43210", "1107160086562376233 ••••••••10"),
    ],
)
def test_a_number_within_a_text_shows_its_country_and_two_digits(text: str, shown: str) -> None:
    assert without_numbers(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-15T09:00:00+05:30",
        "from 2027-01-15 09:00:00 to 2027-01-15 18:00:00",
        "2027-01-15 09:00 +05:30, 200 of 5,000",
        "on 2027-01-15, 2027-01-16",
        "2027-01-15 – 2027-01-18",
        "15-01-2027",
        "046141c8f6f3b2a7d1e05b3f9f1e2d3c",
        "12345678901234567890123456789012",
        "dlt_template_id 1107160086562376233",
        "1,200,000 people, 5000000 calls",
        "error 34001: code 400",
        "caller_id 03349360005 is not yours",
        'CallerId: "080 4567 8901"',
        "version 1.2.3.4",
        "a9876543210b",
    ],
)
def test_times_sids_ids_and_counts_stay_readable(text: str) -> None:
    assert without_numbers(text) == text


SEPARATORS = st.sampled_from(["", "", " ", "-", ".", " (", ") ", "[", "] ", "\u00a0", " - ", "–"])


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A number's digits, and one way to write it: no day, which none is taken for."""
    digits = draw(st.from_regex(r"[1-9][0-9]{9,14}", fullmatch=True))
    signs = [digits[0]]
    for digit in digits[1:]:
        signs += [draw(SEPARATORS), digit]
    begin = draw(st.sampled_from(["", "+", "(", "(+", "00"]))
    text = begin + "".join(signs)
    return (f"00{digits}" if begin == "00" else digits), text


@given(
    number=written(),
    before=st.sampled_from(["", "to ", "no: ", "«", "in 2 of 3: "]),
    after=st.sampled_from(["", ".", " is busy", "»"]),
)
def test_however_a_number_is_written_no_more_is_shown_than_the_mask_lets(
    number: tuple[str, str], before: str, after: str
) -> None:
    digits, text = number
    if re.search(r"(19|20)\d\d-\d\d-\d\d|\d\d[-.]\d\d[-.](19|20)\d\d", text):
        return
    shown = without_numbers(f"{before}{text}{after}")
    code = calling_code(digits) if "+" in text else ""
    left = "".join(re.findall(r"\d", shown))
    allowed = "".join(re.findall(r"\d", before)) + code + digits[-2:]
    assert len(left) <= len(allowed), shown


def test_a_callback_that_an_account_repeats_loses_its_secrets() -> None:
    text = "status_callback https://me:pw@hooks.example.com/x?token=abc is not reachable"
    assert without_secrets(text) == "status_callback https://hooks.example.com/x?token=••• is not reachable"


@pytest.mark.parametrize(
    "text",
    [
        "9" * 100_000,
        "9 " * 50_000,
        "(" * 50_000 + "9",
        "2027-01-15 " * 5_000,
        "9-" * 50_000 + "x",
        "caller id " * 9_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    begun = perf_counter()
    without_numbers(text)
    assert perf_counter() - begun < 2
