"""Serves one WSGI application by HTTP/1.1 with threads and keep-alive, on loopback.

Werkzeug's own development server closes every connection after one answer and writes to standard error; this one
keeps them, so that a client's reuse of connections is part of every test, and says nothing.
"""

from __future__ import annotations

import contextlib
import io
import os
import selectors
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterable
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from campaignctl.sandbox.clock import VirtualClock

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

LOOPBACK = "127.0.0.1"
_TIMEOUT_SECONDS = 10.0
"""Seconds that requests under way are waited for when the server stops."""
_LARGEST_DRAINED = 64_000_000


class Listener(socketserver.TCPServer):
    """Listens. It is bound once made; `OSError` when the port is taken. `start` and `stop` are called once each."""

    allow_reuse_address = os.name != "nt"  # there it would share a port that is in use
    request_queue_size = 128

    def __init__(self, application: WSGIApplication, clock: VirtualClock, port: int) -> None:
        self.application = application
        self.clock = clock
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        super().__init__((LOOPBACK, port), _Exchange)
        self._thread = threading.Thread(target=self._take_connections, daemon=True)
        self._ending, self._end = socket.socketpair()

    @property
    def port(self) -> int:
        """Returns the port it is bound to."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Answers from now on, in threads."""
        self._thread.start()

    def stop(self) -> None:
        """Takes no more, lets requests under way be answered, and closes every connection."""
        self._end.close()
        self._thread.join()
        self._ending.close()
        self.server_close()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            _shut(connection, socket.SHUT_RD)
        for connection, thread in connections.items():
            thread.join(_TIMEOUT_SECONDS)
            _shut(connection, socket.SHUT_RDWR)

    def _take_connections(self) -> None:
        """Takes connections until the other end of `_ending` is closed: these two alone wake it, never a clock."""
        with selectors.DefaultSelector() as selector:
            for waited_for in (self.socket, self._ending):
                selector.register(waited_for, selectors.EVENT_READ)
            while self._ending not in {key.fileobj for key, _ in selector.select()}:
                with contextlib.suppress(OSError):  # the client is gone already
                    self.process_request(*self.get_request())

    def process_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Starts a thread for each connection, which `stop` can end."""
        connection = cast(socket.socket, request)  # TCP, so never the pair that UDP has
        thread = threading.Thread(target=self._converse, args=(connection, client_address), daemon=True)
        with self._lock:
            self._connections[connection] = thread
        thread.start()

    def _converse(self, request: socket.socket, client_address: object) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError:
            pass  # a connection that broke is nobody's concern here
        finally:
            with self._lock:
                del self._connections[request]
            self.shutdown_request(request)


def _shut(connection: socket.socket, how: int) -> None:
    with contextlib.suppress(OSError):  # the client may have been faster
        connection.shutdown(how)


class _Exchange(BaseHTTPRequestHandler):
    """Serves a connection: reads requests, runs the application, writes answers."""

    protocol_version = "HTTP/1.1"
    server_version = "campaignctl-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True  # else headers and body wait for each other's acknowledgement
    server: Listener

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
        """Returns the sandbox's clock, for every answer."""
        return format_datetime(self.server.clock.now(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Logs nothing."""

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        try:
            self._run()
        except ConnectionError:
            self.close_connection = True
            _shut(self.connection, socket.SHUT_RDWR)

    def _run(self) -> None:
        chunks = self.server.application(self._environ(), cast(Any, self._start))
        try:
            self._write(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()

    def _start(
        self, status: str, headers: list[tuple[str, str]], _error: object = None
    ) -> Callable[[bytes], object]:
        code, _, reason = status.partition(" ")
        self._head = (int(code), reason, headers)
        return self.wfile.write

    def _write(self, chunks: Iterable[bytes]) -> None:
        """Writes headers and first piece in one go; nothing at all when the application hangs up before the first."""
        begun = False
        for chunk in chunks:
            if begun:
                self.wfile.write(chunk)
            else:
                self._write_head(chunk)
            begun = True
        if not begun:
            self._write_head(b"")

    def _write_head(self, chunk: bytes) -> None:
        code, reason, headers = self._head
        self.send_response_only(code, reason)
        self.send_header("Server", self.version_string())
        if not any(name.lower() == "date" for name, _ in headers):
            self.send_header("Date", self.date_time_string())
        for name, value in headers:
            if value or name.lower() != "date":  # an empty date stands for none
                self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        head = io.BytesIO()
        wire, self.wfile = self.wfile, cast(io.BufferedIOBase, head)
        try:
            self.end_headers()
        finally:
            self.wfile = wire
        self.wfile.write(head.getvalue() + (b"" if self.command == "HEAD" else chunk))

    def _environ(self) -> dict[str, object]:
        path, _, query = self.path.partition("?")
        environ: dict[str, object] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": LOOPBACK,
            "SERVER_PORT": str(self.server.port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": LOOPBACK,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        body = self._body()
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["CONTENT_TYPE"] = self.headers.get("Content-Type", "")
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
                environ[f"HTTP_{key}"] = value
        return environ

    def _body(self) -> bytes:
        """Reads all of the body, so that the next request on the connection begins where it should."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunked_body()
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdigit() else 0
        if size > _LARGEST_DRAINED:
            self.close_connection = True
            size = _LARGEST_DRAINED
        return self.rfile.read(size)

    def _chunked_body(self) -> bytes:
        parts = []
        while True:
            try:
                size = int(self.rfile.readline(100).split(b";")[0].strip(), 16)
            except ValueError:
                raise ConnectionError("broken chunk") from None
            parts.append(self.rfile.read(size))
            self.rfile.readline(3)
            if size == 0:
                return b"".join(parts)
