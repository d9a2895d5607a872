"""Collects everything that can be explained: kinds, fields, project keys, policies, changes, reason and exit codes,
variables. All of it comes from the tables that the code itself works by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from campaignctl.deriving.rows import facts_of, yaml_value
from campaignctl.exits import EXIT_CODES
from campaignctl.kinds import KINDS
from campaignctl.kinds.manifest import DOCUMENTS
from campaignctl.kinds.table import Field, Type
from campaignctl.manifests.companions import companion_kinds
from campaignctl.model.reasons import APPLY_REASONS, CHANGES, REASONS
from campaignctl.model.variables import VARIABLES
from campaignctl.policy import RULES, own_schemas
from campaignctl.policy.examples import EXAMPLES
from campaignctl.policy.project_file import DEFAULTS, PROJECT


class Group(StrEnum):
    """Names the kinds of topics, in the order in which they are listed."""

    KIND = "kind"
    FIELD = "field"
    PROJECT = "project file"
    POLICY = "policy"
    CHANGE = "change of a plan"
    REASON = "reason code"
    EXIT = "exit code"
    VARIABLE = "environment variable"


@dataclass(frozen=True, slots=True)
class Topic:
    """Describes one thing that can be asked for.

    `names` are what it is called in full, `tails` what it may be called where nothing else is; both in lower case.
    `facts` pair a word with its value; `members` are what it holds, each with its sentence; `example` is YAML.
    """

    name: str
    group: Group
    summary: str
    names: frozenset[str]
    tails: frozenset[str] = frozenset()
    facts: tuple[tuple[str, str], ...] = ()
    details: str = ""
    members: tuple[tuple[str, str], ...] = ()
    example: str = ""


@cache
def topics() -> tuple[Topic, ...]:
    """Returns all topics, in the order of the reference."""
    return (
        *_manifest_topics(),
        *_companion_topics(),
        *_project_topics(),
        *_policy_topics(),
        *_own_schema_topics(),
        *_change_topics(),
        *_reason_topics(),
        *_exit_topics(),
        *_variable_topics(),
    )


def _manifest_topics() -> Iterator[Topic]:
    for kind in KINDS.values():
        document = DOCUMENTS[kind.name]
        names = frozenset({kind.name.lower(), kind.short})
        yield Topic(kind.name, Group.KIND, document.doc, names, members=_members(document))
        for path, field in _fields_below(document.fields):
            inner = path.removeprefix("spec.")
            full = {f"{head}.{it}".lower() for head in (kind.name, kind.short) for it in {path, inner}}
            yield _field_topic(f"{kind.name}.{path}", Group.FIELD, field, full | {path.lower()}, inner)


def _companion_topics() -> Iterator[Topic]:
    for kind in companion_kinds():
        document = kind.document
        names = frozenset({kind.name.lower()})
        yield Topic(
            kind.name, Group.KIND, document.doc, names, members=_members(document), example=kind.example
        )
        for path, field in _fields_below(document.fields):
            inner = path.removeprefix("spec.")
            full = {f"{kind.name}.{it}".lower() for it in {path, inner}}
            yield _field_topic(f"{kind.name}.{path}", Group.FIELD, field, full, inner)


def _project_topics() -> Iterator[Topic]:
    yield Topic(PROJECT.name, Group.PROJECT, PROJECT.doc, frozenset({"project"}), members=_members(PROJECT))
    for path, field in _fields_below(PROJECT.fields):
        if path.startswith(("policy.", "environments.*.policy.", f"{DEFAULTS}.")):
            continue  # a policy is a topic of its own, and the defaults are of what an environment takes
        plain = path.replace(".*", "")
        full = {f"project.{it}".lower() for it in (path, plain)} | {path.lower(), plain.lower()}
        yield _field_topic(f"Project.{path}", Group.PROJECT, field, full, plain)


def _policy_topics() -> Iterator[Topic]:
    for rule in RULES.values():
        example = EXAMPLES[rule.name]
        level = str(rule.left_out).replace("`", "")
        found = "validate, plan, apply" if rule.in_validate else "plan, apply"
        yield Topic(
            rule.name,
            Group.POLICY,
            rule.doc,
            frozenset({rule.name, f"policy.{rule.name}", f"project.policy.{rule.name}"}),
            facts=(("default level", level), ("found by", found)),
            details=rule.details,
            members=_members(rule.field),
            example=f"policy:\n  {example.settings}\n",
        )
        for setting in rule.field.fields:
            path = f"policy.{rule.name}.{setting.name}"
            names = frozenset({path, f"{rule.name}.{setting.name}", f"project.{path}"})
            needs = rule.needs == setting.name
            yield _field_topic(path, Group.POLICY, setting, names, path, needed=needs)
        for check in rule.checks:
            path = f"policy.{rule.name}.checks.{check.name}"
            names = frozenset({path, f"{rule.name}.{check.name}", f"project.{path}"})
            facts = (("level", check.level.value), ("source", check.source), ("seen", check.seen))
            yield Topic(path, Group.POLICY, check.finds, names, frozenset({check.name}), facts=facts)


def _own_schema_topics() -> Iterator[Topic]:
    yield Topic(
        own_schemas.NAME,
        Group.POLICY,
        own_schemas.OWN_SCHEMAS.doc,
        frozenset({own_schemas.NAME, f"policy.{own_schemas.NAME}", f"project.policy.{own_schemas.NAME}"}),
        facts=(("default level", "off"), ("found by", "validate, plan, apply")),
        details=own_schemas.DETAILS,
        members=_members(own_schemas.OWN_SCHEMAS),
        example=own_schemas.EXAMPLE,
    )


def _change_topics() -> Iterator[Topic]:
    for change, doc in CHANGES.items():
        reasons = tuple((row.code, row.doc) for row in REASONS.values() if row.change is change)
        yield Topic(change.value, Group.CHANGE, doc, frozenset({change.value}), members=reasons)


def _reason_topics() -> Iterator[Topic]:
    for row in REASONS.values():
        facts = (("change", row.change.value),)
        yield Topic(row.code, Group.REASON, row.doc, frozenset({row.code}), facts=facts, details=row.remedy)
    for late in APPLY_REASONS.values():
        facts = (("only in", "the results of an apply"),)
        yield Topic(
            late.code, Group.REASON, late.doc, frozenset({late.code}), facts=facts, details=late.remedy
        )


def _exit_topics() -> Iterator[Topic]:
    for row in EXIT_CODES:
        code = str(int(row.code))
        names = frozenset({code, f"exit {code}", f"exit-{code}"})
        yield Topic(f"exit {code}", Group.EXIT, row.doc, names, details=row.details)


def _variable_topics() -> Iterator[Topic]:
    for row in VARIABLES:
        yield Topic(row.name, Group.VARIABLE, row.doc, frozenset({row.name.lower()}))


def _fields_below(fields: tuple[Field, ...], prefix: str = "") -> Iterator[tuple[str, Field]]:
    """Yields every row with its dotted path; `*` stands for a name of the user's own."""
    for field in fields:
        path = f"{prefix}{field.name}"
        yield path, field
        inside = f"{path}.*." if field.type is Type.OBJECT_MAP else f"{path}."
        yield from _fields_below(field.fields, inside)


def _field_topic(
    name: str, group: Group, field: Field, names: set[str] | frozenset[str], path: str, needed: bool = False
) -> Topic:
    steps = path.lower().split(".")
    tails = frozenset(".".join(steps[place:]) for place in range(len(steps)))
    return Topic(
        name,
        group,
        field.doc,
        frozenset(names),
        tails - names,
        facts=facts_of(field, needed),
        members=_members(field),
        example=yaml_value(field),
    )


def _members(field: Field) -> tuple[tuple[str, str], ...]:
    return tuple((member.name, member.doc) for member in field.fields)
