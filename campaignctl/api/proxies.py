"""Which proxy stands between this machine and a host, and what says so: for messages, without its credentials."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

_OF_THE_SYSTEM = "the system's settings"


@dataclass(frozen=True, slots=True)
class Proxy:
    """`place` is its host and port, `source` the variable that names it."""

    place: str
    source: str


def proxy_of(base_url: str) -> Proxy | None:
    """The one that requests go through; None where they go straight."""
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
    """The spelling in small letters wins where both are set, as everywhere."""
    name = f"{scheme}_proxy"
    spellings = sorted(it for it in os.environ if it.lower() == name and os.environ[it])
    return name if name in spellings else next(iter(spellings), _OF_THE_SYSTEM)
