"""The addresses in a text, and which of them are whitelisted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from campaignctl.dlt.texts import Written

_BEGINNING: Final = re.compile(r"https?://|(?<![^\W_])www\.", re.IGNORECASE)
_LAST: Final = ".,)!?"
_END_OF_HOST: Final = re.compile(r"[/?#\\]")


class WebAddress(NamedTuple):
    """One in a campaign's text: where it begins there, and whether a column cuts it."""

    text: str
    offset: int
    is_cut: bool


def addresses_in(written: Written) -> Iterator[WebAddress]:
    """Each up to a blank, a column or the end, without a sign that ends a sentence."""
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
    """An entry with a scheme covers what begins with it, one without covers its host alone.

    An address that a column cuts is covered by an entry that begins with it, too.
    """
    return any(_covers(entry, address) for entry in entries)


def _covers(entry: str, address: WebAddress) -> bool:
    if "://" in entry:
        one, other = _plain(entry), _plain(address.text)
        return other.startswith(one) or (address.is_cut and one.startswith(other))
    host, ends = _host(address.text)
    known = entry.lower()
    return host == known or (address.is_cut and not ends and known.startswith(host))


def _plain(address: str) -> str:
    """Scheme and host in lower case; the rest of an address counts letter by letter."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        scheme, rest = "", address
    end = _END_OF_HOST.search(rest)
    at = end.start() if end else len(rest)
    return f"{scheme.lower()}{separator}{rest[:at].lower()}{rest[at:]}"


def _host(address: str) -> tuple[str, bool]:
    """The host in lower case, and whether something follows that ends it."""
    _, separator, rest = address.partition("://")
    network = rest if separator else address
    end = _END_OF_HOST.search(network)
    network = network[: end.start()] if end else network
    host = network.rpartition("@")[2]
    name, port, _ = host.partition(":")
    return name.lower(), end is not None or bool(port)
