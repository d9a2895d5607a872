"""Runs `jsonschema` within bounds: a hostile rule cannot hang a pipeline, nor be got round by a long text.

Every keyword is counted by depth; a clock of the system ends what takes too long, within a regular expression too.
What goes beyond the bounds raises: it is never taken for a rule that was met.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Final, TypeVar, cast

import jsonschema
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from campaignctl.tuples import NamedTuple

MAX_LEVELS: Final = 64
MAX_TEXT: Final = 4096
"""Characters that a pattern meets."""

_Made = TypeVar("_Made")
_Keyword = Callable[["Validator", object, object, object], "Iterator[ValidationError] | None"]


class LimitExceededError(Exception):
    """Says that a bound was met; the message says which."""


class FailedSchema(Exception):  # noqa: N818 – it rides on `ValidationError.cause`, which takes nothing else
    """Says where an error came from: the schemas around it, the outermost first, and the key that it is about."""

    def __init__(self, around: tuple[object, ...] = (), key: str | None = None) -> None:
        super().__init__()
        self.around, self.key = around, key


class Dialect(NamedTuple):
    """Describes a version of JSON Schema: its metaschema's name, and jsonschema's class for it."""

    uri: str
    validator: type[Validator]


DIALECTS: Final = (
    Dialect("https://json-schema.org/draft/2020-12/schema", jsonschema.Draft202012Validator),
    Dialect("https://json-schema.org/draft/2019-09/schema", jsonschema.Draft201909Validator),
    Dialect("http://json-schema.org/draft-07/schema", jsonschema.Draft7Validator),
)


def bounded(dialect: Dialect) -> type[Validator]:
    """Makes a validator class, every keyword of which keeps the bounds and tells where its errors came from."""
    levels = _Levels()
    ours: dict[str, _Keyword] = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties(dialect.validator.VALIDATORS["patternProperties"]),
        "propertyNames": _property_names,
        "additionalProperties": _additional_properties(dialect.validator.VALIDATORS["additionalProperties"]),
    }
    keywords = {**dialect.validator.VALIDATORS, **ours}
    guarded = {name: levels.guarded(keyword) for name, keyword in keywords.items()}
    return cast("type[Validator]", extend(dialect.validator, guarded))  # type: ignore[no-untyped-call]


class _Levels:
    """Tracks the schemas that are being applied, each within the one before it."""

    def __init__(self) -> None:
        self.around: list[object] = []

    def guarded(self, keyword: _Keyword) -> _Keyword:
        def run(
            validator: Validator, value: object, instance: object, schema: object
        ) -> Iterator[ValidationError]:
            self.around.append(schema)
            try:
                if len(self.around) > MAX_LEVELS:
                    raise LimitExceededError(f"it is nested more than {MAX_LEVELS} levels deep")
                for error in keyword(validator, value, instance, schema) or ():
                    cause = error.cause if isinstance(error.cause, FailedSchema) else FailedSchema()
                    error.cause = cause if cause.around else FailedSchema(tuple(self.around), cause.key)
                    yield error
            finally:
                self.around.pop()

        return run


def _pattern(
    _validator: Validator, pattern: object, instance: object, _schema: object
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and isinstance(pattern, str):
        _require_short(instance)
        if not re.search(pattern, instance):
            yield ValidationError("pattern")


def _pattern_properties(checked: _Keyword) -> _Keyword:
    """Keys are texts that a pattern meets; `additionalProperties` beside it meets the same ones."""

    def run(
        validator: Validator, patterns: object, instance: object, schema: object
    ) -> Iterator[ValidationError]:
        for key in instance if isinstance(instance, Mapping) else ():
            _require_short(key)
        yield from checked(validator, patterns, instance, schema) or ()

    return run


def _require_short(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise LimitExceededError(f"a pattern meets a text of more than {MAX_TEXT:,} characters")


def _property_names(
    validator: Validator, names: object, instance: object, _schema: object
) -> Iterator[ValidationError]:
    """Checks names of keys: jsonschema does not tell which key an error is about."""
    for key in instance if isinstance(instance, Mapping) else ():
        for error in validator.descend(key, names):  # type: ignore[attr-defined]  # not in the protocol
            around = error.cause.around if isinstance(error.cause, FailedSchema) else ()
            error.cause = FailedSchema(around, key)
            yield error


def _additional_properties(checked: _Keyword) -> _Keyword:
    """Checks keys that are too many: the error stands at the first."""

    def run(
        validator: Validator, allowed: object, instance: object, schema: object
    ) -> Iterator[ValidationError]:
        for error in checked(validator, allowed, instance, schema) or ():
            if allowed is False and isinstance(instance, Mapping) and isinstance(schema, Mapping):
                error.cause = FailedSchema(key=_first_extra(instance, schema))
            yield error

    return run


def _first_extra(instance: Mapping[str, object], schema: Mapping[str, object]) -> str | None:
    named, patterns = schema.get("properties"), schema.get("patternProperties")
    known = named if isinstance(named, Mapping) else {}
    allowed = "|".join(patterns) if isinstance(patterns, Mapping) else ""
    extra = (key for key in instance if key not in known and not (allowed and re.search(allowed, key)))
    return next(extra, None)


class Alarm:
    """Ends what takes too long, one thing after the other. See `alarm`."""

    def __init__(self) -> None:
        self._message = ""

    def over(self, _signal: int, _frame: FrameType | None) -> None:
        """Raises LimitExceededError, in whatever the main thread does."""
        raise LimitExceededError(self._message)

    def at_most(self, seconds: float, message: str, work: Callable[[], _Made]) -> _Made:
        """Returns what is made within that time. Raises LimitExceededError with the message."""
        if seconds <= 0:
            raise LimitExceededError(message)
        self._message = message
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            return work()
        except RecursionError:
            raise LimitExceededError(f"it is nested more than {MAX_LEVELS} levels deep") from None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def alarm() -> Iterator[Alarm]:
    """Yields what ends what takes too long. Python and the system hear of it once, however much is looked at: to tell
    them takes half as long as a manifest's rules do. Whatever the program itself waits for comes afterwards.

    In the main thread of a process alone, for there alone a signal ends a regular expression that runs away
    (`in_main_thread`).
    """
    begun, ours = monotonic(), Alarm()
    before, left = signal.signal(signal.SIGALRM, ours.over), signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield ours
    finally:
        signal.signal(signal.SIGALRM, before)
        if left[0]:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, left[0] - (monotonic() - begun)), left[1])
