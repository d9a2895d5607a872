"""`-l team=growth,tier!=test`: which manifests are meant, by their labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from campaignctl.diagnostics import quoted
from campaignctl.errors import UsageError
from campaignctl.kinds.formats import LABEL

_REQUIREMENT = rf"\s*(?P<label>{LABEL.pattern})\s*(?P<sign>!=|==|=)\s*(?P<value>.*?)\s*"


class Requirement(NamedTuple):
    """One label's value, or, not `equal`, what it must not be."""

    label: str
    equal: bool
    value: str


class Selector(NamedTuple):
    """All of its requirements must be met. Without any it selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """A label that is not there has no value: it is unequal to every one."""
        return all((labels.get(it.label) == it.value) is it.equal for it in self.requirements)


def parse_selector(text: str) -> Selector:
    """Reads `label=value` and `label!=value`, a comma is *and*. An empty text selects everything.

    Raises:
        UsageError: a part is neither.
    """
    if not text.strip():
        return Selector()
    return Selector(tuple(_requirement(part) for part in text.split(",")))


def _requirement(part: str) -> Requirement:
    match = re.fullmatch(_REQUIREMENT, part)
    if match is None:
        raise UsageError(f"-l: {quoted(part)} is neither label=value nor label!=value")
    return Requirement(match["label"], match["sign"] != "!=", match["value"])
