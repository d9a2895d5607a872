"""Holds what a check of manifests finds. It is said by dotted path, since good manifests keep no places."""

from __future__ import annotations

from typing import NamedTuple

from campaignctl.diagnostics import Detail, Severity


class SpecFinding(NamedTuple):
    """Says what is wrong at a dotted path: of `spec`, or beginning with `metadata`. `details` are a program's, by
    key.

    `about` are the paths of what it was concluded from: where one holds a mistake of its own, it is not known.
    Empty: the object around.
    """

    path: str
    rule: str
    message: str
    severity: Severity = Severity.ERROR
    details: tuple[tuple[str, Detail], ...] = ()
    about: tuple[str, ...] = ()


def doubt(path: str, rule: str, message: str) -> SpecFinding:
    """Makes a finding that leaves the input valid and is to be looked at."""
    return SpecFinding(path, rule, message, Severity.WARN)
