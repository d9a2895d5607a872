"""Reads a rule file, checks it by its metaschema, follows every reference and compiles every pattern.

All of that comes before any manifest: a rule that cannot be read is no rule that was met. Nothing is fetched.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Final

from jsonschema.protocols import Validator
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with
from yaml.nodes import Node

from campaignctl.custom_rules.bounded import DIALECTS, Dialect, LimitExceededError, alarm, bounded
from campaignctl.custom_rules.values import Json, key_at, node_at, read_values
from campaignctl.diagnostics import quoted
from campaignctl.manifests.nodes import MalformedYamlError, Mark, mark_of
from campaignctl.tuples import NamedTuple

CHECKED_WITHIN: Final = 10.0
"""Seconds that a rule file may take to be checked itself."""
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_Steps = tuple[str | int, ...]


class RuleMistake(NamedTuple):
    """Says what is wrong in a rule file, and where."""

    mark: Mark
    message: str


class RuleFile(NamedTuple):
    """Holds a rule file as it was read; `file` is its name in messages."""

    file: str
    text: str


class CompiledRules(NamedTuple):
    """Holds a rule file that can be used. `pointers` tell where each of its schemas stands, by its identity."""

    file: str
    validator: Validator
    pointers: Mapping[int, str]

    def pointer(self, schema: object) -> str:
        """Writes where a schema stands: `rules/naming.schema.json#/properties/spec`."""
        return f"{self.file}#{self.pointers.get(id(schema), '')}"


def mistakes_in(rule_file: RuleFile) -> list[RuleMistake]:
    """Returns what is wrong in a rule file; nothing where it can be used."""
    found = compiled(rule_file)
    return found if isinstance(found, list) else []


@lru_cache(maxsize=256)
def compiled(rule_file: RuleFile) -> CompiledRules | list[RuleMistake]:
    """Compiles the rules of a file, or returns what keeps them from being used. Each text is compiled once."""
    file, text = rule_file
    try:
        values, node = read_values(text, is_json=file.lower().endswith(".json"))
        with alarm() as bounds:
            says = f"checking it takes more than {CHECKED_WITHIN:.0f} seconds"
            return bounds.at_most(CHECKED_WITHIN, says, partial(_checked, file, values, node))
    except MalformedYamlError as malformed:
        return [RuleMistake(malformed.mark, malformed.message)]
    except LimitExceededError as exceeded:
        return [RuleMistake(Mark(0, 0), str(exceeded))]


def _checked(file: str, values: Json, node: Node) -> CompiledRules | list[RuleMistake]:
    if not isinstance(values, dict):
        return [RuleMistake(mark_of(node), "a rule file holds one JSON Schema, an object")]
    dialect = _dialect(values.get("$schema"))
    if dialect is None:
        known = ", ".join(it.uri for it in DIALECTS)
        where = mark_of(node_at(node, ["$schema"]))
        return [RuleMistake(where, f"$schema: it is none of {known}")]
    faulty = list(_against_metaschema(values, node, dialect))
    if faulty:
        return faulty
    schema = {key: value for key, value in values.items() if key != "$schema"}
    walk = _Walk(schema, node, dialect)
    mistakes = list(walk.mistakes())
    return mistakes or CompiledRules(file, bounded(dialect)(schema), dict(_pointers(schema)))


def _dialect(uri: Json) -> Dialect | None:
    """Returns the dialect that a file names; 2020-12 where it names none."""
    if uri is None:
        return DIALECTS[0]
    named = uri.rstrip("#") if isinstance(uri, str) else ""
    return next((it for it in DIALECTS if it.uri == named), None)


def _against_metaschema(schema: Json, node: Node, dialect: Dialect) -> Iterator[RuleMistake]:
    metaschema = dialect.validator.META_SCHEMA
    for error in dialect.validator(metaschema).iter_errors(schema):
        steps = list(error.absolute_path)
        name = ".".join(map(str, steps)) or "the schema"
        says = f"{quoted(name)} does not satisfy `{error.validator}` of the metaschema of {dialect.uri}"
        yield RuleMistake(mark_of(node_at(node, steps)), says)


class _Walk:
    """Walks every schema of a file, those that only a reference leads to as well."""

    def __init__(self, schema: dict[str, Json], node: Node, dialect: Dialect) -> None:
        self.node = node
        self.specification = specification_with(dialect.uri)
        self.root = self.specification.create_resource(schema)
        self.resolver = Registry().resolver_with_root(self.root)
        self.places = {id(value): steps for steps, value in _containers(schema)}
        self.seen: set[int] = set()

    def mistakes(self) -> Iterator[RuleMistake]:
        """Yields what no metaschema can say."""
        left = [(self.root, self.resolver)]
        while left:
            resource, resolver = left.pop()
            schema = resource.contents
            if not isinstance(schema, dict) or id(schema) in self.seen:
                continue
            self.seen.add(id(schema))
            here = resolver.in_subresource(resource)
            yield from self._of_patterns(schema)
            if "$schema" in schema:
                yield self._mistake(schema, "$schema", "$schema: it stands at the top of a rule file alone")
            for name in _REFERENCES:
                if name not in schema:
                    continue
                reference = schema[name]
                if not isinstance(reference, str) or not reference.startswith("#"):
                    yield self._mistake(schema, name, f"{name}: it begins with #; nothing is fetched")
                    continue
                try:
                    found = here.lookup(reference)
                except Unresolvable:
                    yield self._mistake(
                        schema, name, f"{name}: {quoted(reference)} leads nowhere in this file"
                    )
                    continue
                target = self.specification.create_resource(found.contents)
                left.append((target, found.resolver))
            for contents in self.specification.subresources_of(schema):
                left.append((self.specification.create_resource(contents), here))

    def _of_patterns(self, schema: Mapping[str, Json]) -> Iterator[RuleMistake]:
        pattern, named = schema.get("pattern"), schema.get("patternProperties")
        if isinstance(pattern, str) and (why := _unreadable(pattern)):
            yield self._mistake(schema, "pattern", f"pattern: Python's re cannot read it: {why}")
        for name in named if isinstance(named, dict) else ():
            if why := _unreadable(name):
                where = key_at(node_at(self.node, [*self.places[id(named)]]), name)
                yield RuleMistake(mark_of(where), f"patternProperties: Python's re cannot read it: {why}")

    def _mistake(self, schema: Mapping[str, Json], key: str, message: str) -> RuleMistake:
        return RuleMistake(mark_of(node_at(self.node, [*self.places.get(id(schema), ()), key])), message)


def _unreadable(pattern: str) -> str | None:
    """Says why a regular expression cannot be compiled."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(pattern)
    except re.error as error:
        return str(error.msg)
    except (OverflowError, RecursionError):
        return "it is too large"
    return None


def _containers(value: Json, steps: _Steps = ()) -> Iterator[tuple[_Steps, Json]]:
    if isinstance(value, dict):
        yield steps, value
        for key, item in value.items():
            yield from _containers(item, (*steps, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _containers(item, (*steps, place))


def _pointers(schema: Json) -> Iterator[tuple[int, str]]:
    for steps, value in _containers(schema):
        escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
        yield id(value), "".join(f"/{step}" for step in escaped)
