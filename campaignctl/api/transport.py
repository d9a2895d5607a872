"""Sends one request and brings back what came of it. Knows HTTP, nothing of campaigns.

The credentials go into one header of requests to one host and nowhere else: no redirect is followed, no message
quotes an exception's own text, loopback never goes through a proxy.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from types import TracebackType
from typing import Final, TypeAlias
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from httpcore import NetworkStream

from campaignctl import __version__
from campaignctl.clock import Clock
from campaignctl.errors import ApiError
from campaignctl.loopback import is_loopback
from campaignctl.records import dataclass

Network: TypeAlias = httpx.BaseTransport
"""What carries requests."""

MAX_ANSWER_BYTES: Final = 50_000_000
MAX_ANSWER_SECONDS: Final = 300.0
"""A server that sends a byte now and then meets every time-out between bytes, so the complete answer has one too."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Holds an answer that came completely. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NotConnected:
    """Says that certainly nothing was sent. `lasting` says that trying again will not help."""

    message: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class NoReply:
    """Says that the request may have been carried out, but no usable answer came.

    `lasting` says that the answer is there and will be no better again.
    """

    message: str
    lasting: bool = False


Answered: TypeAlias = Reply | NotConnected | NoReply
"""What became of a request that was sent, or was to be."""

_TRUST_VARIABLES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_READING_TRUST: Final = threading.Lock()


@lru_cache(maxsize=1)
def _authorities(_file: str | None, _directory: str | None) -> ssl.SSLContext:
    """Reads whom to trust, once for all accounts of a run: it holds nothing of any of them."""
    return httpx.create_ssl_context()


@lru_cache(maxsize=1)
def _nobody() -> ssl.SSLContext:
    """Returns a context that trusts nobody: plain HTTP asks for none."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Transport:
    """Keeps the connections to one host. `base_url` is scheme and host; `timeout_seconds` bounds each wait.

    `network` carries the requests instead of sockets of our own.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        token: str,
        timeout_seconds: float,
        clock: Clock,
        network: Network | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._auth = httpx.BasicAuth(key, token)
        self._timeout = timeout_seconds
        self._clock = clock
        self._network = network
        self.host = urlsplit(base_url).hostname or base_url
        self._tls = self._trust()
        self._streams: list[NetworkStream] = []
        self._follows = self._is_cut_off = False
        self._kept = self._connections(keep=True)
        self._once: httpx.Client | None = None

    def __repr__(self) -> str:
        """Shows no credentials."""
        return f"Transport({self._base_url!r})"

    def __enter__(self) -> Transport:
        """Returns the transport itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes all connections."""
        self.close()

    def close(self) -> None:
        """Closes all connections."""
        self._kept.close()
        if self._once is not None:
            self._once.close()

    def follow_connections(self) -> None:
        """Keeps in mind which connections are open, so that another thread can cut them off."""
        self._follows = True

    def cut_off(self) -> None:
        """Ends what is in flight, from another thread, and every later request: KeyboardInterrupt is raised there, as a
        signal raises it in the main thread.
        """
        self._is_cut_off = True
        for stream in self._streams:
            connection = stream.get_extra_info("socket")
            if isinstance(connection, socket.socket):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _check_cut_off(self) -> None:
        if self._is_cut_off:
            raise KeyboardInterrupt

    def _followed(self, event: str, info: Mapping[str, object]) -> None:
        """Takes note of a connection that was made; of TLS it is the one below."""
        made = info.get("return_value")
        if event == "connection.connect_tcp.complete" and isinstance(made, NetworkStream):
            self._streams[:] = [*self._streams[-1:], made]

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        fresh: bool = False,
    ) -> Answered:
        """Sends one request.

        `fresh` takes a new connection: an idle one that the server closes looks like a lost answer.
        """
        self._check_cut_off()
        client = self._fresh() if fresh else self._kept
        headers = {} if body is None else {"Content-Type": "application/json"}
        url = self._base_url + path + (f"?{urlencode(query)}" if query else "")
        try:
            extensions = {"trace": self._followed} if self._follows else None
            with client.stream(method, url, content=body, headers=headers, extensions=extensions) as response:
                return self._read(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            return self._not_connected(error)
        except httpx.InvalidURL:
            return NotConnected("the address of the request is too long", lasting=True)
        except httpx.TimeoutException:
            return NoReply(f"{self.host} did not answer within {self._timeout:g} seconds")
        except httpx.DecodingError:
            return NoReply(f"the answer of {self.host} is not compressed as it says")
        except httpx.RequestError:
            self._check_cut_off()
            return NoReply(f"the connection to {self.host} was lost before the complete answer had come")

    def _read(self, response: httpx.Response) -> Reply | NoReply:
        """Reads the complete body, as long as it is neither too large nor too slow."""
        chunks, size = [], 0
        until = self._clock.monotonic() + max(MAX_ANSWER_SECONDS, self._timeout)
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > MAX_ANSWER_BYTES:
                return NoReply(f"the answer of {self.host} is larger than 50 MB", lasting=True)
            if self._clock.monotonic() > until:
                return NoReply(f"the answer of {self.host} did not come to an end")
            chunks.append(chunk)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, b"".join(chunks))

    def _not_connected(self, error: httpx.TransportError) -> NotConnected:
        proxy = None if is_loopback(self.host) else proxy_of(self._base_url)
        if isinstance(error, httpx.ProxyError):
            return NotConnected(f"{_told(proxy)} made no connection to {self.host}{_status(error)}")
        to = f"{_told(proxy)}, which {self.host} is reached through" if proxy else self.host
        if isinstance(error, httpx.TimeoutException):
            return NotConnected(f"no connection to {to} within {self._timeout:g} seconds")
        for cause in _causes(error):
            if isinstance(cause, ssl.SSLCertVerificationError):
                return NotConnected(
                    f"the certificate of {self.host} is not trusted ({cause.verify_message}); "
                    "if your network has a certificate authority of its own, name it in SSL_CERT_FILE",
                    lasting=True,
                )
            if isinstance(cause, ssl.SSLError):
                return NotConnected(f"{self.host} does not speak TLS as it should", lasting=True)
            if isinstance(cause, socket.gaierror):
                return NotConnected(
                    f"the host name {f'of {_told(proxy)}' if proxy else self.host} is not known"
                )
        return NotConnected(f"no connection to {to}")

    def _trust(self) -> ssl.SSLContext:
        """Makes the TLS context. Reading the certificate authorities takes 30 ms, which plain HTTP can do without."""
        if self._base_url.startswith("http://"):
            return _nobody()
        try:
            with _READING_TRUST:
                return _authorities(*(os.environ.get(name) for name in _TRUST_VARIABLES))
        except OSError as error:
            raise ApiError(
                f"the certificate authorities cannot be read ({error.strerror or 'damaged'}); "
                "check SSL_CERT_FILE and SSL_CERT_DIR"
            ) from None

    def _fresh(self) -> httpx.Client:
        """Returns what makes a new connection for each request; whoever only reads has none made."""
        if self._once is None:
            self._once = self._connections(keep=False)
        return self._once

    def _connections(self, *, keep: bool) -> httpx.Client:
        limits = httpx.Limits(max_keepalive_connections=None if keep else 0)
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": f"campaignctl/{__version__}",
        } | ({} if keep else {"Connection": "close"})
        try:
            return httpx.Client(
                auth=self._auth,
                headers=headers,
                timeout=self._timeout,
                limits=limits,
                verify=self._tls,
                follow_redirects=False,
                trust_env=not is_loopback(self.host),
                transport=self._network,
            )
        except (ValueError, ImportError, httpx.InvalidURL):
            raise ApiError(
                "the proxy settings (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY) cannot be used: write http://host:port"
            ) from None


def _told(proxy: Proxy | None) -> str:
    return f"the proxy {proxy.place} ({proxy.source})" if proxy else "the proxy"


def _status(error: httpx.ProxyError) -> str:
    """Says which status a proxy answered with, and nothing of its words."""
    status = re.match(r"\d{3}\b", str(error), re.ASCII)
    return f": it answered {status[0]}" if status else ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


_OF_THE_SYSTEM = "the system's settings"


@dataclass(frozen=True, slots=True)
class Proxy:
    """Describes a proxy. `place` is its host and port, `source` the variable that names it."""

    place: str
    source: str


def proxy_of(base_url: str) -> Proxy | None:
    """Returns the proxy that requests go through; None where they go straight."""
    parts = urlsplit(base_url)
    settings = getproxies()
    scheme = next((name for name in (parts.scheme, "all") if settings.get(name)), None)
    if scheme is None or proxy_bypass(parts.hostname or ""):
        return None
    return Proxy(_place(settings[scheme]), _source(scheme))


def _place(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.hostname or ''}{port}"


def _source(scheme: str) -> str:
    """Returns the variable that names the proxy.

    The spelling in small letters wins where both are set, as everywhere.
    """
    name = f"{scheme}_proxy"
    spellings = sorted(it for it in os.environ if it.lower() == name and os.environ[it])
    return name if name in spellings else next(iter(spellings), _OF_THE_SYSTEM)
