"""A server that answers from a script: odd answers, byte for byte, over a real socket."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit


@dataclass
class Request:
    """What the client sent. `connection` counts connections from 0."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def with_query(self, query: Mapping[str, str]) -> Request:
        """The same, asking for something else."""
        return replace(self, target=f"{urlsplit(self.target).path}?{urlencode(query)}")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """`raw` instead of all else goes out as it is. The connection is closed after `cut` bytes of the body.

    A body of bytes, or of pieces that come one by one, goes out as it is; any other as JSON.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: int | None = None
    stall_seconds: float = 0.0

    @property
    def is_last(self) -> bool:
        """Nothing but the end of the connection tells where it ends."""
        return self.raw is not None or self.cut is not None or isinstance(self.body, Iterator)

    def pieces(self) -> Iterator[bytes]:
        """What goes out, in order."""
        if self.raw is not None:
            yield self.raw
        elif isinstance(self.body, Iterator):
            yield self._head({"Connection": "close"})
            yield from self.body
        else:
            body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
            head = self._head({"Content-Type": "application/json", "Content-Length": str(len(body))})
            yield head + (body if self.cut is None else body[: self.cut])

    def _head(self, headers: dict[str, str]) -> bytes:
        lines = ({**headers, **self.headers}).items()
        head = "".join(f"{name}: {value}\r\n" for name, value in lines if value is not None)
        return f"HTTP/1.1 {self.status} X\r\n{head}\r\n".encode()


HANG_UP = Answer(raw=b"")

Script = Callable[[Request], Answer]


class ScriptedServer:
    """Answers each request by `script`; `requests` holds what came, over so many `connections`."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self._tls = tls
        self.requests: list[Request] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._accepted = 0
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        return self._accepted

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._socket.close()
        for connection in self._connections:
            with suppress(OSError):  # closed by the other side
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            number, self._accepted = self._accepted, self._accepted + 1
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, number))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        if self._tls is not None:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:
                return  # the client does not trust it
            self._connections.append(connection)
        with connection.makefile("rb") as incoming, suppress(OSError):  # the client went away
            while (request := _read(incoming, number)) is not None:
                self.requests.append(request)
                answer = self.script(request)
                if answer.stall_seconds:
                    time.sleep(answer.stall_seconds)
                for piece in answer.pieces():
                    connection.sendall(piece)
                if answer.is_last or "close" in request.headers.values():
                    break
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 400 X\r\n\r\n" if not self.requests else b"")
            connection.shutdown(socket.SHUT_RDWR)


def _read(incoming: Any, number: int) -> Request | None:
    first = incoming.read(1)
    if first in (b"", b"\x16"):  # the end, or somebody who speaks TLS
        return None
    first = (first + incoming.readline()).decode("latin-1")
    method, target, _ = first.split(" ", 2)
    headers = {}
    while line := incoming.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = incoming.read(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body, number)


def in_turn(*answers: Answer) -> Script:
    """The answers one after the other, the last one for all that follow."""
    left = list(answers)
    return lambda _request: left.pop(0) if len(left) > 1 else left[0]


def item(data: dict[str, Any] | None, code: int = 200, error: dict[str, Any] | None = None) -> dict[str, Any]:
    """An item of an envelope."""
    status = "success" if code < 400 else "failure"
    return {"code": code, "error_data": error, "status": status, "data": data}


def envelope(*items: Any, total: int | None = None, offset: int = 0, limit: int = 20) -> dict[str, Any]:
    """A success, with metadata where there is a total."""
    body: dict[str, Any] = {"request_id": "r", "method": "GET", "http_code": 200}
    if total is not None:
        body["metadata"] = {"count": len(items), "offset": offset, "total": total, "limit": limit}
    return body | {"response": list(items)}


def voice(sid: str, name: str, status: str = "Created", **more: Any) -> dict[str, Any]:
    """A voice campaign's data."""
    return {"id": sid, "name": name, "status": status, "date_created": "2027-01-01T09:00:00+05:30"} | more


@contextmanager
def serving(script: Script) -> Iterator[ScriptedServer]:
    """A server while the block runs."""
    server = ScriptedServer(script)
    try:
        yield server
    finally:
        server.close()
