"""Fills `${name}` into a text. What it puts in is text and stays text: it is not looked at again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from campaignctl.diagnostics import did_you_mean, quoted
from campaignctl.kinds.formats import VARIABLE
from campaignctl.manifests.scalars import FaultyError


@cache
def _references() -> re.Pattern[str]:
    """Compiles the pattern when the first text has one."""
    return re.compile(rf"\$\$\{{|\$\{{({VARIABLE.pattern})\}}|\$\{{")


class Recorded(dict[str, str]):
    """Remembers which variables were `used`, those that nobody set too: one that is misspelt where it is set is told by
    the name that manifests use.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> str:
        """Returns the value, and notes that it was used."""
        self.used.add(name)
        return super().__getitem__(name)


def named_in(text: str) -> set[str]:
    """Returns the variables that a text names, whatever it is."""
    return {found[1] for found in _references().finditer(text) if found[1]}


def substitute(text: str, variables: Mapping[str, str]) -> str:
    """Replaces every `${name}` in a text, and writes `$${` as a plain `${`.

    Raises:
        FaultyError: an unknown name, or a `${` that names nothing.
    """

    def replaced(reference: re.Match[str]) -> str:
        name = reference[1]
        if reference[0] == "$${":
            return "${"
        if name is None:
            raise FaultyError("substitution", "${ is not followed by a name and }; a plain ${ is written $${")
        try:
            return variables[name]
        except KeyError:
            near = did_you_mean(name, variables) or "; set it in vars or with --var"
            raise FaultyError("unknown-variable", f"there is no variable {quoted(name)}{near}") from None

    return _references().sub(replaced, text)


def origin(text: str, variables: Mapping[str, str], offset: int) -> int:
    """Returns where in a text stands what is at an offset of it once it is filled in: for what a `${…}` makes, its
    beginning. A name that is unknown makes nothing here.
    """
    grown = 0
    for reference in _references().finditer(text):
        before = reference.start() + grown
        if offset < before:
            break
        made = "${" if reference[0] == "$${" else variables.get(reference[1] or "", "")
        if offset < before + len(made):
            return reference.start()
        grown += len(made) - len(reference[0])
    return offset - grown
