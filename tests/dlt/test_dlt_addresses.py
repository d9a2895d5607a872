"""Which addresses the whitelisted ones cover: a beginning of an address never reaches another host."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.dlt.addresses import WebAddress, is_covered


def covered(text: str, entry: str, *, is_cut: bool = False) -> bool:
    return is_covered(WebAddress(text, 0, is_cut), [entry])


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("https://acme.example", "https://acme.example"),
        ("https://acme.example", "HTTPS://Acme.Example/t/1"),
        ("https://acme.example", "https://acme.example?id=1"),
        ("https://acme.example", "https://acme.example#top"),
        ("https://acme.example", "https://acme.example:8443/t"),
        ("https://acme.example:8443", "https://acme.example:8443/t"),
        ("https://acme.example/t", "https://acme.example/t/1"),
        ("https://acme.example/t", "https://acme.example/tea"),
        ("acme.example", "https://acme.example/t"),
        ("acme.example", "https://acme.example:8443/t"),
    ],
)
def test_an_address_on_the_host_of_an_entry_is_covered(entry: str, address: str) -> None:
    assert covered(address, entry)


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("https://acme.example", "https://acme.example.evil/"),
        ("https://acme.example", "https://acme.example-evil.example"),
        ("https://acme.example", "https://acme.example@evil.example/"),
        ("https://acme.example", "https://acme.example:1@evil.example/"),
        ("https://acme.example", "https://acme.example:secret@evil.example"),
        ("https://acme.example", "https://acme.example\\@evil.example/"),
        ("https://acme.example", "https://acme.example:"),
        ("https://acme.example:8443", "https://acme.example:84430/"),
        ("https://acme.example", "http://acme.example"),
        ("https://acme.example/t", "https://acme.example/T"),
        ("acme.example", "https://acme.example.evil/"),
        ("acme.example", "https://acme.example\\@evil.example/"),
        ("acme.example", "https://evil.example\\@acme.example/"),
        ("acme.example", "https://shop.acme.example/"),
    ],
)
def test_an_address_that_only_begins_like_an_entry_is_not_covered(entry: str, address: str) -> None:
    assert not covered(address, entry)


@pytest.mark.parametrize("address", ["https://acme.example", "https://acme.exa", "https://acme.example/t/"])
def test_an_entry_covers_an_address_that_a_column_cuts(address: str) -> None:
    assert covered(address, "https://acme.example/t/", is_cut=True)


@pytest.mark.parametrize(
    "address", ["https://acme.example.", "https://acme.example:80", "https://acme.example@"]
)
def test_a_column_that_could_bring_another_host_is_not_covered(address: str) -> None:
    assert not covered(address, "https://acme.example", is_cut=True)


@given(st.text(alphabet="abc.-:@/?#\\19", max_size=12))
def test_whatever_follows_a_host_that_is_covered_is_on_that_host(rest: str) -> None:
    """A strict reader ends the host at `/`, `?` or `#`, a browser at a backslash too: both must read the entry's."""
    if covered(f"https://acme.example{rest}", "https://acme.example"):
        for ends in ("/?#", "/?#\\"):
            authority = rest
            for sign in ends:
                authority = authority.partition(sign)[0]
            assert authority == "" or (authority[0] == ":" and authority[1:].isdigit())
