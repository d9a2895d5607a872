"""Warns about what is valid, and yet people would hear or read something else than was meant.

Nothing here depends on the clock or on how a manifest is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from campaignctl.diagnostics import SpecFinding, doubt, quoted
from campaignctl.kinds.table import Compare, Field, Kind, Role, Type
from campaignctl.model.campaigns import Desired


def doubts(desired: Desired) -> Iterator[SpecFinding]:
    """Yields what is doubtful about one manifest."""
    spec = desired.spec
    for field in desired.kind.in_role(Role.CONTENT):
        text = spec.get(field.name)
        if isinstance(text, str):
            yield from _of_flow(field, text) if field.compare is Compare.FLOW_URL else _of_text(field, text)


def texts_of(kind: Kind) -> tuple[str, ...]:
    """Returns the fields whose texts people hear or read."""
    return tuple(it.name for it in kind.in_role(Role.CONTENT) if it.type is Type.STRING)


_PLACEHOLDER: Final = r"\{#[^{}\n]*#\}|\{\{[^{}\n]*\}\}|(?<![\w.@/-])@[^\W\d]\w*"
"""Of DLT templates, of other tools, and with one @ where a column needs two. An e-mail address is none."""
_BREAKS: Final = ("\n", "\r", "\x85", "\u2028", "\u2029")


def _of_text(field: Field, text: str) -> Iterator[SpecFinding]:
    if not text[:1].isalnum() and not _visible(text):
        yield doubt(
            field.name, "blank-text", f"{field.name}: it is blank, so people get nothing to hear or read"
        )
        return
    if text.endswith(_BREAKS):
        message = f"{field.name}: it ends in a line break, which is sent; after | or > a hyphen leaves it out: |- or >-"
        yield doubt(field.name, "line-break-at-end", message)
    found = re.search(_PLACEHOLDER, text) if "{" in text or "@" in text else None
    if found:
        column = f"; a list's column is written @{found[0]}" if found[0].startswith("@") else ""
        message = f"{field.name}: the placeholder {quoted(found[0])} stays as it is{column or ', nothing fills it in'}"
        yield doubt(field.name, "placeholder", message)


def _visible(text: str) -> bool:
    return any(sign.isprintable() and not sign.isspace() for sign in text)


_NO_APP: Final = r"/start_voice/*([?#].*)?$"


def _of_flow(field: Field, url: str) -> Iterator[SpecFinding]:
    """Warns about the flow, which is named by what follows `start_voice/`."""
    if re.search(_NO_APP, url):
        yield doubt(
            field.name, "no-app-id", f"{field.name}: no app id follows start_voice/, so it names no flow"
        )


# -- names that look alike -------------------------------------------------------------------------------------


def look_alikes(manifests: Sequence[Desired]) -> Iterator[tuple[Desired, SpecFinding]]:
    """Yields the names that differ and that nobody can tell apart: most likely one of them is a slip."""
    first: dict[tuple[str, str], str] = {}
    shared = {
        key for key, name, _ in _by_looks(manifests) if first.setdefault(key, name) != name
    }  # mostly none: nothing more is then gathered
    groups: dict[tuple[str, str], list[Desired]] = {key: [] for key in shared}
    for key, _, desired in _by_looks(manifests) if shared else ():
        if key in shared:
            groups[key].append(desired)
    for group in groups.values():
        for desired in group:
            other = next(it for it in group if it.name != desired.name)
            what = (
                f"the names {quoted(desired.name or '')} and {quoted(other.name or '')} look alike and differ"
            )
            yield desired, doubt("metadata.name", "look-alike", f"{what}: {other.where}")


def _by_looks(manifests: Iterable[Desired]) -> Iterator[tuple[tuple[str, str], str, Desired]]:
    for desired in manifests:
        name = desired.name
        if name is not None:
            yield (desired.kind.name, looks(name)), name, desired


def looks(name: str) -> str:
    """Returns what is left of a name without what the eye misses: letter case, normal form, invisible signs, double
    blanks.
    """
    if not name.isascii():
        from unicodedata import category, normalize  # most names need no tables

        name = "".join(sign for sign in normalize("NFKC", name) if category(sign) != "Cf")
        name = normalize("NFKC", name.casefold())
    elif "  " not in name and name.isprintable():
        return name.lower().strip()
    return " ".join(name.lower().split())
