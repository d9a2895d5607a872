"""Defines what is common to all documents that lie beside the campaigns and are none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from campaignctl.diagnostics import Position, SpecFinding
from campaignctl.kinds.table import Field, Value
from campaignctl.model.campaigns import Desired
from campaignctl.records import dataclass
from campaignctl.tuples import NamedTuple

FindText: TypeAlias = Callable[[Mapping[str, Value]], str]
"""The text that is registered for a campaign of these fields; empty where none is."""


def no_text(_spec: Mapping[str, Value]) -> str:
    """Returns no text: nothing is registered."""
    return ""


class CompanionPlace(NamedTuple):
    """Holds where a companion stands: its file, its place among the file's documents from 0.

    `commented` are the dotted paths of its texts that a comment follows in their line.
    """

    where: Position
    document: int
    commented: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Companion:
    """Represents a document beside the campaigns, read and checked. A kind adds what it says as fields of its own.

    It is never narrowed, counted or applied as a campaign is; only one of a `selectable` kind is ever selected.
    """

    place: CompanionPlace


@dataclasses.dataclass(frozen=True, eq=False)
class CompanionKind:
    """Describes a kind of such documents.

    `name` is its `kind:`, `schema` its name in `schemas/`, `document` the rows of the complete document. `build`
    makes the typed document of values that the rows let through, or of what could be read of a faulty one. `faults`
    are what is wrong with one document between its fields, `conflicts` what is wrong among all of an environment;
    both name a dotted path. `is_needed` tells whether a selected campaign cannot do without: a mistake in a
    document is then an error, else a warning. `settings` are its values by dotted path, as a `diff` names them.
    `example` is one of them in YAML. `substitutes`: whether `${name}` is filled in. `all_or_none`: where one
    document is not valid none counts, since what is missing would be taken for a fault of the campaigns.
    `selectable`: PATHS and labels select such a document as they select campaigns, its name has the prefix of
    `prune`, and a path that holds nothing else holds a manifest.
    """

    name: str
    schema: str
    document: Field
    build: Callable[[Mapping[str, Value], CompanionPlace], Companion]
    faults: Callable[[Companion], Iterator[SpecFinding]]
    conflicts: Callable[[Sequence[Companion]], Iterator[tuple[Companion, SpecFinding]]]
    is_needed: Callable[[Desired], bool]
    settings: Callable[[Companion], Mapping[str, Value]]
    example: str
    substitutes: bool = False
    all_or_none: bool = False
    selectable: bool = False
