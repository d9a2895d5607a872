"""Serves an account on loopback that answers without delay: nothing but lists, each page encoded once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class LoopbackAccount(ThreadingHTTPServer):
    """Serves campaigns that are all alive, under the path of their kind. `asked` are the lists that were asked for,
    path and query.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.items: Sequence[bytes] = ()
        self.asked: list[str] = []
        self.page = cache(self._page)

    def holds(self, items: Sequence[bytes]) -> None:
        """Sets what the account holds from now on."""
        self.items = items
        self.asked.clear()
        self.page.cache_clear()

    @property
    def url(self) -> str:
        """Returns scheme, host and port."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def items_for(self, path: str) -> Sequence[bytes]:
        """Returns what is listed at a path: no voice campaign is listed among the SMS."""
        return self.items if path.endswith("/campaigns") else ()

    def wait(self, _path: str) -> None:
        """Answers at once."""

    def create(self, path: str, sent: bytes) -> bytes:
        """Returns the answer to a create; here there is none to be made."""
        raise NotImplementedError(path, sent)

    def _page(self, path: str, offset: int, limit: int, finished: bool) -> bytes:
        items = () if finished else self.items_for(path)
        return answer("GET", items[offset : offset + limit], len(items))


def answer(method: str, items: Sequence[bytes], total: int) -> bytes:
    """Returns an answer of the API that holds some items of all."""
    head = f'{{"request_id": "0", "method": "{method}", "http_code": 200, "metadata": {{"total": {total}}}, '
    return head.encode() + b'"response": [' + b",".join(items) + b"]}"


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LoopbackAccount

    def do_GET(self) -> None:
        """Answers with a page of the list."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        finished = "completed" in query.get("status", "").lower()
        path = urlsplit(self.path).path
        body = self.server.page(path, int(query.get("offset", 0)), int(query.get("limit", 20)), finished)
        self._send(body)

    def do_POST(self) -> None:
        """Answers with what was created."""
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self._send(self.server.create(urlsplit(self.path).path, sent))

    def _send(self, body: bytes) -> None:
        self.server.wait(self.path)
        self.server.asked.append(self.path)
        head = f"HTTP/1.1 200 OK\r\nDate: {self.date_time_string()}\r\nContent-Type: application/json\r\n"
        self.wfile.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002
        """Keeps quiet."""


@contextmanager
def served() -> Iterator[LoopbackAccount]:
    """Yields an account while it is needed."""
    with LoopbackAccount() as account, serving(account):
        yield account


@contextmanager
def serving(account: LoopbackAccount) -> Iterator[None]:
    """Serves while the block runs."""
    thread = threading.Thread(target=account.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        account.shutdown()
        thread.join()
