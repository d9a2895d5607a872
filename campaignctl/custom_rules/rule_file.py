"""Says what a rule file is, what may be wrong in it, and what is found by it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from campaignctl.custom_rules.limits import LimitExceededError, at_most
from campaignctl.custom_rules.plain import PlainCheck, plain_check_of
from campaignctl.custom_rules.values import read_values
from campaignctl.diagnostics import Severity
from campaignctl.kinds.table import Value
from campaignctl.manifests.nodes import MalformedYamlError, Mark
from campaignctl.tuples import NamedTuple

CHECKED_WITHIN: Final = 10.0
"""Seconds that a rule file may take to be checked itself."""

DeclaredManifest = tuple[str, Mapping[str, Value]]
"""The kind of a manifest, and what it declares."""


class RuleMistake(NamedTuple):
    """Says what is wrong in a rule file, and where."""

    mark: Mark
    message: str


class RuleFile(NamedTuple):
    """Holds a rule file as it was read; `file` is its name in messages."""

    file: str
    text: str


class OwnRule(NamedTuple):
    """Holds a rule file in force: `rule` is what its findings are called, `kind` the one that it is for, None for
    all.
    """

    rule: str
    kind: str | None
    level: Severity
    schema: RuleFile


class FailedKeyword(NamedTuple):
    """Holds one keyword that a manifest does not satisfy: the steps to the node, and the key in it that is meant."""

    steps: tuple[str | int, ...]
    key: str | None
    message: str
    schema: str


class CheckedManifest(NamedTuple):
    """Holds what the rules find of one manifest: which of them, and the keyword.

    `limit` is set where a bound was met.
    """

    found: tuple[tuple[OwnRule, FailedKeyword], ...]
    limit: str | None = None


@lru_cache(maxsize=256)
def plain_check(rule_file: RuleFile) -> PlainCheck | None:
    """Returns what tells of a manifest whether it satisfies a rule file; None of one that `jsonschema` has to read."""
    try:
        values, _ = read_values(rule_file.text, is_json=rule_file.file.lower().endswith(".json"))
        with at_most(CHECKED_WITHIN, "jsonschema says so"):
            return plain_check_of(values)
    except (MalformedYamlError, LimitExceededError):
        return None
