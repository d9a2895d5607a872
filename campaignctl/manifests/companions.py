"""Reads documents beside the campaigns, and lists their kinds.

It is imported when the first of them comes: a project without any does not pay for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from yaml.nodes import Node, ScalarNode, SequenceNode

from campaignctl.diagnostics import Diagnostic, Severity, SpecFinding, quoted
from campaignctl.kinds.table import Field, Type, Value
from campaignctl.manifests.fields import FieldProblem, FieldReader
from campaignctl.manifests.nodes import mark_of, members
from campaignctl.manifests.places import nearest
from campaignctl.manifests.unquoted import is_cut
from campaignctl.model.companions import Companion, CompanionKind, CompanionPlace
from campaignctl.model.environment import Prune

if TYPE_CHECKING:
    from campaignctl.manifests.files import Source


def _dlt_templates() -> CompanionKind:
    from campaignctl.dlt.templates import DLT_TEMPLATES

    return DLT_TEMPLATES


def _contact_list() -> CompanionKind:
    from campaignctl.contact_lists.contact_list import CONTACT_LIST

    return CONTACT_LIST


def _calendar() -> CompanionKind:
    from campaignctl.repeat.calendar_document import CALENDAR

    return CALENDAR


COMPANIONS: Final[Mapping[str, Callable[[], CompanionKind]]] = MappingProxyType(
    {"DltTemplates": _dlt_templates, "ContactList": _contact_list, "Calendar": _calendar}
)
"""By `kind:`. Each is imported when the first of its documents comes."""


def companion_kinds() -> tuple[CompanionKind, ...]:
    """Returns all kinds of companions, for what is derived."""
    return tuple(row() for row in COMPANIONS.values())


def read_companion(
    kind: CompanionKind, node: Node, source: Source, variables: Mapping[str, str]
) -> tuple[Companion, tuple[Diagnostic, ...]]:
    """Reads a typed document, as far as it could be read, and what is wrong with it or doubtful."""
    reader = FieldReader(kind.document, variables if kind.substitutes else None)
    values = reader.read(node)
    commented = frozenset(_commented(kind.document, node, "", source.text)) if source.text else frozenset()
    companion = kind.build(values, CompanionPlace(source.at(mark_of(node)), source.document, commented))
    in_file: tuple[Diagnostic, ...] = ()
    if kind.name in _FILES and all(it.rule == "unknown-key" for it in reader.faults):
        companion, in_file = _FILES[kind.name](companion, node, source, values)
    findings = [
        *(Diagnostic(Severity.ERROR, it.rule, source.at(it.mark), it.message) for it in reader.faults),
        *in_file,
        *(_placed(it, node, source) for it in kind.faults(companion) if _is_known(it, node, reader.faults)),
    ]
    return companion, tuple(findings)


Read: TypeAlias = "tuple[Companion, tuple[Diagnostic, ...]]"
Files: TypeAlias = "Callable[[Companion, Node, Source, Mapping[str, Value]], Read]"


def _members(companion: Companion, node: Node, source: Source, values: Mapping[str, Value]) -> Read:
    from campaignctl.manifests.member_files import with_members, with_sources

    companion, in_file = with_members(companion, node, source)
    companion, in_sources = with_sources(companion, node, source, values)
    return companion, (*in_file, *in_sources)


_FILES: Final[Mapping[str, Files]] = MappingProxyType({"ContactList": _members})
"""By `kind:`, what reads the files that a document names."""


def _placed(fault: SpecFinding, node: Node, source: Source) -> Diagnostic:
    where = source.at(mark_of(nearest(node, fault.path)))
    return Diagnostic(fault.severity, fault.rule, where, fault.message, fault.details)


def _is_known(fault: SpecFinding, node: Node, mistakes: Sequence[FieldProblem]) -> bool:
    """Tells whether a fault is known: it is not where what it is about holds a mistake of its own."""
    about = fault.about or (fault.path.rpartition(".")[0] or fault.path,)
    return not any(_holds(nearest(node, path), mistake) for path in about for mistake in mistakes)


def _holds(node: Node, mistake: FieldProblem) -> bool:
    begin, end = node.start_mark, node.end_mark
    return (begin.line, begin.column) <= mistake.mark < (end.line, end.column)


def _commented(field: Field, node: Node | None, path: str, text: str) -> Iterator[str]:
    """Yields the dotted paths of the texts that a comment follows, along the rows."""
    if isinstance(node, ScalarNode):
        if is_cut(node, text):
            yield path
    elif field.type is Type.OBJECTS and isinstance(node, SequenceNode):
        item = field.replace(type=Type.OBJECT)
        for place, each in enumerate(node.value):
            yield from _commented(item, each, f"{path}.{place}", text)
    elif field.fields:
        inside = members(node)
        for member in field.fields:
            yield from _commented(member, inside.get(member.name), f"{path}.{member.name}".lstrip("."), text)


def conflicts_among(
    companions: Mapping[str, Sequence[Companion]], prune: Prune | None = None
) -> Iterator[tuple[str, Companion, SpecFinding]]:
    """Yields what is wrong among all documents of a kind; they are given, and named, by it."""
    for name, several in companions.items():
        kind = COMPANIONS[name]()
        yield from ((name, *conflict) for conflict in kind.conflicts(several))
        if prune is not None and kind.selectable:
            yield from ((name, it, _without_prefix(prune)) for it in several if _lacks(it, prune))


def _lacks(companion: Companion, prune: Prune) -> bool:
    name = getattr(companion, "name", "")
    return bool(name) and not name.startswith(prune.name_prefix)


def _without_prefix(prune: Prune) -> SpecFinding:
    message = f"the name must begin with {quoted(prune.name_prefix)}, the prefix of prune"
    return SpecFinding("metadata.name", "name-prefix", message)
