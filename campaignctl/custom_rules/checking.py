"""Manifests against a project's own rules: which keyword failed where, and in whose words that is said.

Neither the library's own message nor a manifest's value is ever shown: both quote numbers of people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Final, NamedTuple

from jsonschema.exceptions import ValidationError

from campaignctl.custom_rules.bounded import FailedSchema, LimitExceededError, at_most
from campaignctl.custom_rules.rule_file import RuleFile
from campaignctl.diagnostics import Severity
from campaignctl.kinds.table import Value
from campaignctl.text import without_numbers

LIMIT: Final = "schema-limit"
SECONDS_A_MANIFEST: Final = 2.0
_WORDS: Final = ("errorMessage", "description", "title")


class OwnRule(NamedTuple):
    """A rule file in force: `rule` is what its findings are called, `kind` the one that it is for, None for all."""

    rule: str
    kind: str | None
    level: Severity
    schema: RuleFile


class FailedKeyword(NamedTuple):
    """One keyword that a manifest does not satisfy: the steps to the node, and the key in it that is meant."""

    steps: tuple[str | int, ...]
    key: str | None
    message: str
    schema: str


def check_declared(
    declared: Mapping[str, Value], rules: Sequence[OwnRule], seconds: float
) -> list[tuple[OwnRule, FailedKeyword]]:
    """What a manifest's rules find. `seconds` are left of the run.

    Raises:
        LimitExceededError: a bound was met, of all of its rules together; it names the rule file.
    """
    found, ends = list[tuple[OwnRule, FailedKeyword]](), monotonic() + SECONDS_A_MANIFEST
    for rule in rules:
        left, message = ends - monotonic(), f"it takes more than {SECONDS_A_MANIFEST:.0f} seconds"
        if seconds < left:
            left, message = seconds, "all of them together take more than a minute"
        try:
            with at_most(left, message):
                errors = list(rule.schema.validator.iter_errors(declared))
        except LimitExceededError as exceeded:
            raise LimitExceededError(f"{rule.schema.file}: {exceeded}") from None
        found += [(rule, _failed(it, rule.schema)) for it in errors]
    return found


def _failed(failure: ValidationError, schema: RuleFile) -> FailedKeyword:
    cause = failure.cause if isinstance(failure.cause, FailedSchema) else FailedSchema(())
    steps = tuple(failure.absolute_path)
    named = [*steps, *([cause.key] if cause.key is not None else [])]
    keyword = failure.validator if isinstance(failure.validator, str) else "false"
    pointer = schema.pointer(cause.around[-1] if cause.around else None)
    path = without_numbers(".".join(map(str, named))) or "the manifest"
    message = _own_words(cause.around) or f"{path}: does not satisfy `{keyword}` of {pointer}"
    return FailedKeyword(steps, cause.key, message, pointer)


def _own_words(around: Sequence[object]) -> str | None:
    """Of the schema that failed, else of the nearest around it."""
    for schema in reversed(around):
        if not isinstance(schema, Mapping):
            continue
        for name in _WORDS:
            words = schema.get(name)
            if isinstance(words, str) and words.strip():
                return words
    return None
