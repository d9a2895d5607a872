"""Asks `jsonschema` of manifests: which keyword failed where, and in whose words that is said.

Neither the library's own message nor a manifest's value is ever shown: both quote numbers of people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Final

from jsonschema.exceptions import ValidationError

from campaignctl.custom_rules.bounded import FailedSchema
from campaignctl.custom_rules.compiling import CompiledRules, compiled
from campaignctl.custom_rules.limits import SECONDS_A_MANIFEST, LimitExceededError, at_most
from campaignctl.custom_rules.rule_file import CheckedManifest, DeclaredManifest, FailedKeyword, OwnRule
from campaignctl.kinds.table import Value
from campaignctl.text import without_numbers

_WORDS: Final = ("errorMessage", "description", "title")


def judged(
    rules: Sequence[OwnRule], ends: float, manifests: Sequence[DeclaredManifest]
) -> Iterator[CheckedManifest]:
    """Yields what the rules of its kind find of each manifest."""
    for kind, declared in manifests:
        own = [rule for rule in rules if rule.kind in (None, kind)]
        try:
            yield CheckedManifest(tuple(_check(declared, own, ends)))
        except LimitExceededError as exceeded:
            yield CheckedManifest((), str(exceeded))


def _check(
    declared: Mapping[str, Value], rules: Sequence[OwnRule], run_ends: float
) -> Iterator[tuple[OwnRule, FailedKeyword]]:
    """Raises LimitExceededError where a bound was met, of all rules together; it names the rule file."""
    ends = monotonic() + SECONDS_A_MANIFEST
    for rule in rules:
        schema = compiled(rule.schema)
        assert isinstance(schema, CompiledRules), "a rule file with a mistake makes no rule"
        message = f"it takes more than {SECONDS_A_MANIFEST:.0f} seconds"
        if run_ends < ends:
            message = "all of them together take more than a minute"
        try:
            with at_most(min(ends, run_ends) - monotonic(), message):
                errors = list(schema.validator.iter_errors(declared))
        except LimitExceededError as exceeded:
            raise LimitExceededError(f"{schema.file}: {exceeded}") from None
        yield from ((rule, _failed(it, schema)) for it in _one_each(errors))


def _one_each(errors: Iterable[ValidationError]) -> Iterable[ValidationError]:
    """Keeps one failure for each keyword that fails at a node: of `required` jsonschema tells each key that is
    missing.
    """
    first: dict[object, ValidationError] = {}
    for it in errors:
        first.setdefault((tuple(it.absolute_path), tuple(it.absolute_schema_path), _key(it)), it)
    return first.values()


def _key(failure: ValidationError) -> str | None:
    return failure.cause.key if isinstance(failure.cause, FailedSchema) else None


def _failed(failure: ValidationError, schema: CompiledRules) -> FailedKeyword:
    cause = failure.cause if isinstance(failure.cause, FailedSchema) else FailedSchema(())
    steps = tuple(failure.absolute_path)
    named = [*steps, *([cause.key] if cause.key is not None else [])]
    keyword = failure.validator if isinstance(failure.validator, str) else "false"
    pointer = schema.pointer(cause.around[-1] if cause.around else None)
    path = without_numbers(".".join(map(str, named))) or "the manifest"
    message = _own_words(cause.around) or f"{path}: does not satisfy `{keyword}` of {pointer}"
    return FailedKeyword(steps, cause.key, message, pointer)


def _own_words(around: Sequence[object]) -> str | None:
    """Returns the words of the schema that failed, else of the nearest around it."""
    for schema in reversed(around):
        if not isinstance(schema, Mapping):
            continue
        for name in _WORDS:
            words = schema.get(name)
            if isinstance(words, str) and words.strip():
                return words
    return None
