"""Describes rules of a project's own, as its settings name them."""

from __future__ import annotations

from posixpath import basename, splitext
from typing import NamedTuple

from campaignctl.diagnostics import Severity


class RuleFileSetting(NamedTuple):
    """Holds one entry of `policy.schema`. `kind` is the one that it is for, None for every one; `level` None: it is
    off.

    `path` is where it stands in the project file, dotted.
    """

    file: str
    kind: str | None
    level: Severity | None
    path: str

    @property
    def rule(self) -> str:
        """Returns what findings of this rule file are called."""
        return rule_name(self.file)


def rule_name(file: str) -> str:
    """Names the rule of a file: `schema/naming` for `rules/naming.schema.json`."""
    return f"schema/{splitext(basename(file))[0].removesuffix('.schema')}"
