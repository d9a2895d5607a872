"""Posts a message to an address of the user's own. None of the account's credentials goes there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx

from campaignctl import __version__
from campaignctl.api.transport import Network
from campaignctl.loopback import is_loopback

TIMEOUT_SECONDS: Final = 10.0


class Webhook:
    """Posts to one address, which is a secret: no message shows more of it than its host."""

    def __init__(self, url: str, network: Network | None = None) -> None:
        self._url = url
        self._network = network
        self.host = urlsplit(url).hostname or ""

    def __repr__(self) -> str:
        """Shows no address."""
        return f"Webhook({self.host!r})"

    def post(self, body: Mapping[str, object]) -> str | None:
        """Posts a JSON object once. Returns None where it was taken, else why not. No redirect is followed."""
        client = httpx.Client(
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=not is_loopback(self.host),
            transport=self._network,
            headers={"User-Agent": f"campaignctl/{__version__}"},
        )
        with client:
            try:
                answer = client.post(
                    self._url,
                    content=json.dumps(body, ensure_ascii=False).encode(),
                    headers={"Content-Type": "application/json"},
                )
            except (httpx.HTTPError, httpx.InvalidURL):
                return f"{self.host} did not take it"
        return None if answer.is_success else f"{self.host} answered {answer.status_code}"
