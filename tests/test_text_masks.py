"""What may be seen of a phone number and of a callback."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaignctl.text import HIDDEN, calling_code, mask_number, mask_url, without_secrets


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+919876543210", "+91••••••••10"),
        ("+91 98765-43210", "+91••••••••10"),
        ("+12025550123", "+1••••••••23"),
        ("+971501234567", "+971•••••••67"),
        ("+6591234567", "+65••••••67"),
        ("09876543210", "•••••••••10"),
        ("9876543210", "••••••••10"),
        ("12345", "•••45"),
        ("1234", "••••"),
        ("", "•••"),
        ("+", "•••"),
        ("no number", "•••"),
    ],
)
def test_a_number_shows_its_country_and_two_digits(number: str, shown: str) -> None:
    assert mask_number(number) == shown


@given(st.from_regex(r"\+?[0-9]{6,15}", fullmatch=True))
def test_no_number_shows_more_than_its_country_and_two_digits(number: str) -> None:
    code = calling_code(number[1:]) if number.startswith("+") else ""
    assert len(re.sub(r"\D", "", mask_number(number))) <= len(code) + 2


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/hook?token=abc", "https://example.com/hook?token=•••"),
        ("https://me:pw@example.com:8443/hook?a=1&b", "https://example.com:8443/hook?a=•••&•••"),
        ("https://token@example.com/hook", "https://example.com/hook"),
        ("https://a@b@example.com/hook", "https://example.com/hook"),
        ("https://example.com/hook#secret", "https://example.com/hook#•••"),
        ("https://example.com/hook", "https://example.com/hook"),
        ("me:pw@example.com/hook", "•••"),
        ("https:/me:pw@example.com/hook", "•••"),
        ("https://[broken/?token=abc", "•••"),
        ("", "•••"),
    ],
)
def test_a_callback_loses_user_info_and_query_values(url: str, shown: str) -> None:
    assert mask_url(url) == shown


@given(st.from_regex(r"(https?|HTTP|ftp)?:?/{0,3}[a-z.:@%&\[\]/?#= \n]{0,20}", fullmatch=True))
@example("https://a?")
@example("https://a?b")
@example("http://a:/?b=c?d=e&&=f")
@example("https://a/b;c?d\n")
@example("https://a./../b//?c==d")
def test_what_a_glance_tells_of_a_callback_is_what_its_parts_tell(url: str) -> None:
    assert mask_url(url) == by_its_parts(url)


def by_its_parts(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    if not parts.scheme or not parts.netloc:
        return HIDDEN
    pairs = [part.partition("=") for part in parts.query.split("&")] if parts.query else []
    query = "&".join(f"{name}={HIDDEN}" if equals else HIDDEN for name, equals, _ in pairs)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, query, HIDDEN if parts.fragment else ""))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('the list "vip-customers-01ab23cd45ef67a8" exists', 'the list "vip-customers-•••" exists'),
        ("vip-customers-0123456789012345-2 is taken", "vip-customers-•••-2 is taken"),
        ("VIP-0123456789ABCDEF is taken", "VIP-••• is taken"),
        ("8116a0b423ab210e5fc45c162931c1d5 is taken", "8116a0b423ab210e5fc45c162931c1d5 is taken"),
    ],
)
def test_what_an_account_says_does_not_repeat_the_digits_of_a_lists_version(said: str, shown: str) -> None:
    """They are made of the people: those of a list of one could be guessed."""
    assert without_secrets(said) == shown
