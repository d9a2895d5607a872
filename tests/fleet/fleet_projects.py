"""Projects of many accounts: files of environments beside manifests, and a sandbox that plays all of the accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

from harness import Desk, voice
from yaml_text import dumped

CREDENTIALS = {
    "key_env": "EXOTEL_API_KEY_${ENVIRONMENT}",
    "token_env": "EXOTEL_API_TOKEN_${ENVIRONMENT}",
}


def secrets(*names: str) -> dict[str, str]:
    """A key and a token for each environment, as `CREDENTIALS` names them."""
    parts = [name.upper().replace("-", "_") for name in names]
    return {
        f"EXOTEL_API_{word}_{part}": f"{word.lower()}-of-{part}"
        for part in parts
        for word in ("KEY", "TOKEN")
    }


def environment(name: str, **spec: Any) -> dict[str, Any]:
    """A document of a file of environments."""
    return {
        "apiVersion": "campaignctl/v1",
        "kind": "Environment",
        "metadata": {"name": name},
        "spec": {"account_sid": f"acc-{name}", **spec},
    }


def write_environments(desk: Desk, *documents: Mapping[str, Any], file: str = "accounts/all.yaml") -> None:
    """They are the documents of a file."""
    desk.write(file, dumped(*documents))


def many(desk: Desk, names: Sequence[str], **defaults: Any) -> None:
    """A project whose environments stand in a file of their own, each with a folder of manifests under its name."""
    settings = {
        "backend": "exotel",
        "base_url": desk.sandbox.url,
        "credentials": CREDENTIALS,
        "rate_limit": None,
        "settle_seconds": 0,
        "max_attempts": 1,
        **defaults,
    }
    desk.configure(
        {
            "environments": {},
            "default_environment": "sandbox",
            "environments_from": ["accounts/*.yaml"],
            "environment_defaults": settings,
        }
    )
    write_environments(desk, *(environment(name, manifests=[f"campaigns/{name}/"]) for name in names))


def campaign(desk: Desk, name: str, *campaigns: str, **fields: Any) -> None:
    """The manifests of one environment, for people of its own."""
    desk.manifests(
        *(voice(it, **{**people_of(name), **fields}) for it in campaigns), file=f"campaigns/{name}/all.yaml"
    )


def people_of(name: str) -> dict[str, Any]:
    """Whom the campaigns of an environment call: nobody else's do."""
    return {"from": [f"+9198{crc32(name.encode()) % 10**8:08d}"]}
