"""Where credentials may be sent: Exotel's hosts, this machine, and what the runner allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from campaignctl.loopback import is_loopback
from campaignctl.model.environment import HOSTS

ALLOWED_HOSTS_VARIABLE: Final = "EXOTEL_ALLOWED_HOSTS"
_BASE_URL = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?/?", re.IGNORECASE)


class RefusedHostError(Exception):
    """A base_url that may not be used; says why without quoting it: it may hold a password."""


def checked_base_url(url: str, environ: Mapping[str, str], sandbox: bool) -> str:
    """Scheme, host and port, without a slash at the end.

    Raises:
        RefusedHostError: user info, a path or a query; another host; http to another machine.
    """
    match = _BASE_URL.fullmatch(url)
    if match is None:
        raise RefusedHostError("must be scheme and host only, such as https://api.exotel.com")
    scheme, host, port = match[1].lower(), match[2].lower(), match[3] or ""
    if is_loopback(host):
        return f"{scheme}://{host}{port}"
    if sandbox:
        raise RefusedHostError("a sandbox runs on this machine: 127.0.0.1 or localhost")
    if scheme != "https":
        raise RefusedHostError("must begin with https://; http is for this machine only")
    if f"https://{host}{port}" not in HOSTS.values() and not {host, f"{host}{port}"} & _allowed(environ):
        raise RefusedHostError(
            f"its host is none of Exotel's; to use it, whoever runs this sets {ALLOWED_HOSTS_VARIABLE}"
        )
    return f"{scheme}://{host}{port}"


def _allowed(environ: Mapping[str, str]) -> set[str]:
    return set(environ.get(ALLOWED_HOSTS_VARIABLE, "").lower().replace(",", " ").split())
