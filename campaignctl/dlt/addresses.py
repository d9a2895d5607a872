"""Finds the addresses in a text, and says which of them are whitelisted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from campaignctl.dlt.texts import Written
from campaignctl.tuples import NamedTuple

_BEGINNING: Final = re.compile(r"https?://|(?<![^\W_])www\.", re.IGNORECASE)
_LAST: Final = ".,)!?"
_END_OF_HOST: Final = re.compile(r"[/?#\\]")


class WebAddress(NamedTuple):
    """Holds one address of a campaign's text: where it begins there, and whether a column cuts it."""

    text: str
    offset: int
    is_cut: bool


def addresses_in(written: Written) -> Iterator[WebAddress]:
    """Yields each address of a text.

    It reaches up to a blank, a column or the end, without a sign that ends a sentence.
    """
    line, behind = written.line, 0
    for found in _BEGINNING.finditer(line):
        if found.start() < behind:
            continue
        behind = found.end()
        while behind < len(line) and behind not in written.columns and not line[behind].isspace():
            behind += 1
        is_cut = behind in written.columns
        text = line[found.start() : behind]
        yield WebAddress(text if is_cut else text.rstrip(_LAST), written.offsets[found.start()], is_cut)


def is_covered(address: WebAddress, entries: Iterable[str]) -> bool:
    """Tells whether one of the whitelisted entries covers the address.

    An entry with a scheme covers what begins with it and is on its host; an entry without one covers its host alone.
    An entry also covers an address that a column cuts, where the entry begins with what stands before the column.
    """
    return any(_covers(entry, address) for entry in entries)


def _covers(entry: str, address: WebAddress) -> bool:
    if "://" in entry:
        one, other = _plain(entry), _plain(address.text)
        begins = other.startswith(one) and _is_same_host(one, other[len(one) :], address.is_cut)
        return begins or (address.is_cut and one.startswith(other))
    host, ends = _host(address.text)
    known = entry.lower()
    return host == known or (address.is_cut and not ends and known.startswith(host))


def _is_same_host(entry: str, rest: str, is_cut: bool) -> bool:
    """Tells whether the host of an entry ends where the entry does, or before; `rest` follows it in an address.

    Without this `https://acme.example` would cover `https://acme.example.evil/` and `https://acme.example:1@evil/`.
    """
    authority = entry.partition("://")[2]
    if _END_OF_HOST.search(authority):
        return True
    port = "" if ":" in authority else "(:[0-9]+)?"
    end = "[/?#]" if is_cut else "[/?#]|$"
    return re.match(f"{port}({end})", rest) is not None


def _plain(address: str) -> str:
    """Writes scheme and host in lower case; the rest of an address counts letter by letter."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        scheme, rest = "", address
    end = _END_OF_HOST.search(rest)
    at = end.start() if end else len(rest)
    return f"{scheme.lower()}{separator}{rest[:at].lower()}{rest[at:]}"


def _host(address: str) -> tuple[str, bool]:
    """Reads the host, in lower case, and whether something follows that ends it.

    A host that a backslash ends is empty, so that no entry covers it: a browser ends it there, others at an `@` behind.
    """
    _, separator, rest = address.partition("://")
    network = rest if separator else address
    end = _END_OF_HOST.search(network)
    if end and end.group() == "\\":
        return "", True
    network = network[: end.start()] if end else network
    host = network.rpartition("@")[2]
    name, port, _ = host.partition(":")
    return name.lower(), end is not None or bool(port)
