"""Makes servers and clients over real sockets, with a clock and dice of the test's own."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from random import Random
from typing import Any

from fakes import FakeClock
from scripted_server import Script, ScriptedServer

from campaignctl.api.client import Client
from campaignctl.api.credentials import Credentials
from campaignctl.api.requesting import RequestRecord
from campaignctl.model.environment import Environment

NOON = datetime(2027, 1, 10, 6, 0, tzinfo=UTC)
"""When clocks begin."""
ENVIRONMENT = Environment(
    name="prod", backend="exotel", account_sid="acme1", rate_limit=None, timeout_seconds=2.0
)


class Bench:
    """Makes servers and clients, and closes them."""

    def __init__(self, stack: ExitStack) -> None:
        self.clock = FakeClock(NOON)
        self.records: list[RequestRecord] = []
        self._stack = stack

    def close_later(self, close: Callable[[], None]) -> None:
        self._stack.callback(close)

    def serve(self, script: Script, tls: ssl.SSLContext | None = None) -> ScriptedServer:
        server = ScriptedServer(script, tls)
        self._stack.callback(server.close)
        return server

    def connect(self, base_url: str, *, random: Random | None = None, **settings: Any) -> Client:
        credentials = {name: settings.pop(name, default) for name, default in CREDENTIALS.items()}
        use_reserved_quota = settings.pop("use_reserved_quota", False)
        client = Client(
            ENVIRONMENT._replace(**settings),
            base_url=base_url,
            clock=self.clock,
            random=random or Random(1),
            observer=self.records.append,
            use_reserved_quota=use_reserved_quota,
            credentials=Credentials(**credentials),
        )
        self._stack.callback(client.close)
        return client

    def client(self, script: Script, **settings: Any) -> tuple[Client, ScriptedServer]:
        server = self.serve(script)
        return self.connect(server.base_url, **settings), server


CREDENTIALS = {"key": "a-key-nobody-sees", "token": "a-token-nobody-sees"}
