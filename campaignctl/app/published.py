"""Reads the schemas that are shipped with the package: those of files and those of outputs."""

from __future__ import annotations

from importlib.resources import files

from campaignctl.diagnostics import did_you_mean, quoted
from campaignctl.errors import InputError

_SUFFIX = ".schema.json"


def names() -> list[str]:
    """Returns the names in order: `voice-campaign`, `plan` and so on."""
    found = (file.name for file in (files("campaignctl") / "schemas").iterdir())
    return sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX))


def schema_text(name: str) -> str:
    """Returns a schema as it stands in its file.

    Raises:
        InputError: there is none of that name.
    """
    known = names()
    wanted = name.removesuffix(_SUFFIX)
    if wanted not in known:
        longer = next((it for it in known if wanted and it.startswith(wanted)), wanted)
        hint = did_you_mean(longer, known) or f"; there are {', '.join(known)}"
        raise InputError(f"there is no schema {quoted(name)}{hint}")
    return (files("campaignctl") / "schemas" / f"{wanted}{_SUFFIX}").read_text(encoding="utf-8")
