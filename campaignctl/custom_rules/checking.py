"""Checks manifests by a project's own rules: which keyword failed where, and in whose words that is said.

Neither the library's own message nor a manifest's value is ever shown: both quote numbers of people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Final

from jsonschema.exceptions import ValidationError

from campaignctl.custom_rules.bounded import Alarm, FailedSchema, LimitExceededError, alarm
from campaignctl.custom_rules.rule_file import CompiledRules, RuleFile, compiled
from campaignctl.diagnostics import Severity
from campaignctl.kinds.table import Value
from campaignctl.parallel import parallel_map
from campaignctl.text import without_numbers
from campaignctl.tuples import NamedTuple

LIMIT: Final = "schema-limit"
SECONDS_A_MANIFEST: Final = 2.0
DeclaredManifest = tuple[str, Mapping[str, Value]]
"""The kind of a manifest, and what it declares."""
_WORDS: Final = ("errorMessage", "description", "title")


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


def check_all(
    rules: Sequence[OwnRule], manifests: Sequence[DeclaredManifest], ends: float
) -> list[CheckedManifest]:
    """Checks each manifest by the rules of its kind, some of them in copies of the process.

    `ends` is when all of them together must be done, by the machine's monotonic clock. After that nothing more is
    looked at.
    """
    checked = list[CheckedManifest]()
    for made in parallel_map(partial(_check_each, rules, ends), manifests):
        checked.append(made)
        if made.limit is not None and monotonic() >= ends:
            break
    return checked


def _check_each(
    rules: Sequence[OwnRule], ends: float, manifests: Sequence[DeclaredManifest]
) -> Iterator[CheckedManifest]:
    with alarm() as bounds:
        for kind, declared in manifests:
            own = [rule for rule in rules if rule.kind in (None, kind)]
            try:
                yield CheckedManifest(tuple(_check(declared, own, ends, bounds)))
            except LimitExceededError as exceeded:
                yield CheckedManifest((), str(exceeded))


def _check(
    declared: Mapping[str, Value], rules: Sequence[OwnRule], run_ends: float, bounds: Alarm
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
            within = min(ends, run_ends) - monotonic()
            ask = partial(list[ValidationError], schema.validator.iter_errors(declared))
            errors = bounds.at_most(within, message, ask)
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
