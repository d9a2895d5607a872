"""Reads `-l team=growth,tier!=test`: which manifests are meant, by their labels."""

from __future__ import annotations

import re
from collections.abc import Mapping

from campaignctl.diagnostics import quoted
from campaignctl.errors import UsageError
from campaignctl.kinds.formats import LABEL
from campaignctl.tuples import NamedTuple

_REQUIREMENT = rf"\s*(?P<label>{LABEL.pattern})\s*(?P<sign>!=|==|=)\s*(?P<value>.*?)\s*"


class Requirement(NamedTuple):
    """Holds one label's value or, where it is not `equal`, the value that the label must not have."""

    label: str
    equal: bool
    value: str


class Selector(NamedTuple):
    """Selects by requirements that must all be met; without any it selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tells whether labels meet all requirements.

        A label that is missing has no value: it is unequal to every value.
        """
        return all((labels.get(it.label) == it.value) is it.equal for it in self.requirements)

    def excludes(self, other: Selector) -> bool:
        """Tells whether nothing can fit both: one label would need two values, or a value and not that value."""
        return any(
            mine.label == its.label and _contradict(mine, its)
            for mine in self.requirements
            for its in other.requirements
        )


def _contradict(one: Requirement, other: Requirement) -> bool:
    if one.equal and other.equal:
        return one.value != other.value
    return one.equal is not other.equal and one.value == other.value


def parse_selector(text: str, where: str = "-l") -> Selector:
    """Reads `label=value` and `label!=value`, a comma is *and*. An empty text selects everything.

    `where` is what a message calls it.

    Raises:
        UsageError: a part is neither.
    """
    if not text.strip():
        return Selector()
    return Selector(tuple(_requirement(part, where) for part in text.split(",")))


def _requirement(part: str, where: str) -> Requirement:
    match = re.fullmatch(_REQUIREMENT, part)
    if match is None:
        raise UsageError(f"{where}: {quoted(part)} is neither label=value nor label!=value")
    return Requirement(match["label"], match["sign"] != "!=", match["value"])
