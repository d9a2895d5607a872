"""Reads the report file of a finished campaign: a CSV on another host, read as a stream and without credentials.

Its address comes out of an answer, so it is trusted with nothing: https only (on loopback where the account itself
is there, and only there), no user info, three redirects under the same rule, bounded in size, time and length of
line.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from types import MappingProxyType
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx

from campaignctl import __version__
from campaignctl.api.transport import Network
from campaignctl.clock import Clock
from campaignctl.errors import AnswerError
from campaignctl.loopback import is_loopback
from campaignctl.model.outcomes import Batch, Row

MAX_BYTES: Final = 512_000_000
MAX_SECONDS: Final = 1800.0
MAX_LINE: Final = 1_000_000
MAX_REDIRECTS: Final = 3
MAX_COLUMNS: Final = 200
_BATCH: Final = 500
_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("call_sid", "callsid", "sms_sid", "smssid", "message_sid", "id"), "sid"),
        **dict.fromkeys(
            ("to", "to_number", "phone", "phone_number", "mobile", "mobile_number", "contact"), "number"
        ),
        **dict.fromkeys(("call_status", "sms_status", "message_status", "delivery_status"), "status"),
        **dict.fromkeys(("status_detail", "status_details", "detail_status"), "detailed_status"),
    }
)
"""How the columns of a report are spelt is not documented: what they could be, by what the API calls them."""


class NoReportError(Exception):
    """Reports that there is no report file that could be read; the message says why.

    The pages of the API are still there.
    """


def may_read(url: str, base_url: str) -> bool:
    """Returns True for an address that a report of this account may be at."""
    try:
        parts, own = urlsplit(url), urlsplit(base_url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    here = is_loopback(own.hostname or "")
    return is_loopback(host) == here and parts.scheme in (("https", "http") if here else ("https",))


def rows(
    url: str, base_url: str, timeout: float, clock: Clock, network: Network | None = None
) -> Generator[Row, None, None]:
    """Yields the rows of a report. `network` carries the requests instead of sockets of our own.

    Raises NoReportError before the first one, AnswerError where it breaks off later.
    """
    trust = not is_loopback(urlsplit(base_url).hostname or "")
    headers = {"Accept": "text/csv", "User-Agent": f"campaignctl/{__version__}"}
    with ExitStack() as stack:
        try:
            http = stack.enter_context(
                httpx.Client(timeout=timeout, headers=headers, trust_env=trust, transport=network)
            )
            response = _answer(stack, http, url, base_url)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, ImportError, OSError):
            raise NoReportError("its report cannot be fetched") from None
        yield from _rows(_lines(_text(response, clock)))


def _answer(stack: ExitStack, http: httpx.Client, url: str, base_url: str) -> httpx.Response:
    """Follows the redirects and returns the answer at their end."""
    for _ in range(1 + MAX_REDIRECTS):
        if not may_read(url, base_url):
            raise NoReportError("its report is at an address that is not to be trusted")
        response = stack.enter_context(http.stream("GET", url))
        if response.is_success:
            return response
        if not response.has_redirect_location:
            raise NoReportError(f"the host of its report answers {response.status_code}")
        url = urljoin(url, response.headers["location"])
    raise NoReportError("its report is redirected too often")


def batches(source: Iterable[Row], since: int) -> Iterator[Batch]:
    """Yields the rows from `since` on, in batches."""
    place, held = 0, list[Row]()
    for place, row in enumerate(source, 1):
        if place > since:
            held.append(row)
        if len(held) == _BATCH:
            yield Batch(tuple(held), place)
            held = []
    yield Batch(tuple(held), max(place, since))


def _text(response: httpx.Response, clock: Clock) -> Iterator[str]:
    """Yields the body as text. Raises AnswerError where it is too large or too slow."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    size, until = 0, clock.monotonic() + MAX_SECONDS
    try:
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > MAX_BYTES or clock.monotonic() > until:
                raise AnswerError("the campaign's report does not come to an end")
            yield decoder.decode(chunk)
    except httpx.HTTPError:
        raise AnswerError("the connection was lost before the complete report had come") from None
    yield decoder.decode(b"", final=True)


def _lines(texts: Iterator[str]) -> Iterator[str]:
    left = ""
    for text in texts:
        *complete, left = (left + text).split("\n")
        yield from (f"{line}\n" for line in complete)
        if len(left) > MAX_LINE:
            raise AnswerError("the campaign's report has a line that is longer than any row")
    if left:
        yield left


def _rows(lines: Iterator[str]) -> Iterator[Row]:
    """Yields each row by the names of the header. Raises NoReportError where the first line is no header."""
    reader = csv.reader(lines)
    names = _header(lambda: next(reader, []))

    def read() -> Iterator[Row]:
        try:
            for cells in reader:
                if cells:
                    yield dict(zip(names, cells, strict=False))
        except csv.Error:
            raise AnswerError("the campaign's report is not CSV to its end") from None

    return read()


def _header(first: Callable[[], list[str]]) -> tuple[str, ...]:
    try:
        cells = first()
    except (csv.Error, AnswerError):
        cells = []
    plain = ["_".join(cell.split()).lower().replace("-", "_") for cell in cells[:MAX_COLUMNS]]
    names = tuple(_NAMES.get(name, name) if _NAMES.get(name) not in plain else name for name in plain)
    if not {"number", "status"} <= set(names) or len(set(names)) < len(names):
        raise NoReportError("its report has other columns than expected")
    return names
