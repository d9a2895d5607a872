"""Decides where credentials may be sent: to Exotel's hosts, this machine, and what the runner allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from campaignctl.loopback import is_loopback
from campaignctl.model.environment import HOSTS
from campaignctl.tuples import NamedTuple

ALLOWED_HOSTS_VARIABLE: Final = "EXOTEL_ALLOWED_HOSTS"
_ORIGIN: Final = r"(https?)://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?"
_BASE_URL: Final = rf"{_ORIGIN}/?"
_WEBHOOK: Final = rf"{_ORIGIN}(?:[/?][!-~]*)?"


class RefusedHostError(Exception):
    """Reports a base_url that may not be used; it says why without quoting it, which may hold a password."""


def checked_base_url(url: str, environ: Mapping[str, str], sandbox: bool) -> str:
    """Returns scheme, host and port, without a slash at the end.

    Raises:
        RefusedHostError: user info, a path or a query; another host; http to another machine.
    """
    match = re.fullmatch(_BASE_URL, url, re.IGNORECASE)
    if match is None:
        raise RefusedHostError("must be scheme and host only, such as https://api.exotel.com")
    origin = _Origin(match[1].lower(), match[2].lower(), match[3] or "")
    if sandbox and not is_loopback(origin.host):
        raise RefusedHostError("a sandbox runs on this machine: 127.0.0.1 or localhost")
    _check(origin, environ)
    return str(origin)


def checked_webhook(url: str, environ: Mapping[str, str]) -> str:
    """Returns the address that messages are posted to, path and query included; the rules of a base_url hold for
    its host.

    Raises:
        RefusedHostError: it is no such address, or its host is not allowed.
    """
    match = re.fullmatch(_WEBHOOK, url, re.IGNORECASE)
    if match is None:
        raise RefusedHostError(
            "must be an address such as https://hooks.example.com/campaigns, without a user"
        )
    _check(_Origin(match[1].lower(), match[2].lower(), match[3] or ""), environ)
    return url


class _Origin(NamedTuple):
    scheme: str
    host: str
    port: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.port}"


def _check(origin: _Origin, environ: Mapping[str, str]) -> None:
    host = origin.host
    if is_loopback(host):
        return
    if origin.scheme != "https":
        raise RefusedHostError("must begin with https://; http is for this machine only")
    allowed = {host, f"{host}{origin.port}"} & _allowed(environ)
    if str(origin) not in HOSTS.values() and not allowed:
        raise RefusedHostError(
            f"its host is none of Exotel's; to use it, whoever runs this sets {ALLOWED_HOSTS_VARIABLE}"
        )


def _allowed(environ: Mapping[str, str]) -> set[str]:
    return set(environ.get(ALLOWED_HOSTS_VARIABLE, "").lower().replace(",", " ").split())
