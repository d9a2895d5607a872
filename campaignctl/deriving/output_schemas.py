"""Turns the types of documents into JSON Schema 2020-12: what each command prints with `--format json`.

A key's limits stand in its `Constraint`, what it means in the string below it; a class's docstring describes the
object. Other keys may be there besides: a `1.x` only ever adds some.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from inspect import getsource
from itertools import pairwise
from types import MappingProxyType, NoneType, UnionType
from typing import (
    Annotated,
    Final,
    Literal,
    NotRequired,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from campaignctl.calendar.document import DaysDocument
from campaignctl.deriving.explained import ExplainDocument
from campaignctl.deriving.json_schema import Schema, headed
from campaignctl.diff.document import DiffDocument
from campaignctl.doctor.document import DoctorDocument
from campaignctl.export.document import ExportDocument
from campaignctl.fleet.directories import PlansDocument
from campaignctl.fleet.document import SeveralDocument
from campaignctl.fleet.matrix import MatrixDocument
from campaignctl.guard.lines import GuardLineDocument
from campaignctl.rendering.comparison_documents import ComparisonDocument
from campaignctl.rendering.constraints import Constraint
from campaignctl.rendering.documents import PlanDocument
from campaignctl.rendering.finding_documents import ErrorOutputDocument, ValidateDocument
from campaignctl.rendering.result_documents import ApplyDocument
from campaignctl.status.document import StatusOverview

OUTPUTS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "apply": ApplyDocument,
        "comparison": ComparisonDocument,
        "days": DaysDocument,
        "diff": DiffDocument,
        "doctor": DoctorDocument,
        "error": ErrorOutputDocument,
        "explain": ExplainDocument,
        "export": ExportDocument,
        "guard": GuardLineDocument,
        "matrix": MatrixDocument,
        "plan": PlanDocument,
        "plans": PlansDocument,
        "several": SeveralDocument,
        "status": StatusOverview,
        "validate": ValidateDocument,
    }
)
"""Every output that programs read, by its name in `schemas/`."""

_PLAIN: Final[Mapping[object, str]] = MappingProxyType(
    {str: "string", int: "integer", float: "number", bool: "boolean"}
)
_NAMES: Final = {"Sequence": Sequence, "Mapping": Mapping, "Value": object}
"""What the alias `Value` is written with: it names itself, and a module that uses it need not know the others."""


def output_schemas() -> Mapping[str, Schema]:
    """Returns every schema of an output."""
    return {name: headed(name, output_schema(name, shape)) for name, shape in OUTPUTS.items()}


def output_schema(name: str, shape: type) -> Schema:
    """Returns a document's type as a schema; what it holds stands under `$defs`."""
    writer = _OutputWriter()
    top = writer.shape(shape)
    return {"title": f"campaignctl {name}", **top, "$defs": writer.definitions}


class _OutputWriter:
    """Writes one output; `definitions` collects the types that it meets."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def shape(self, shape: type) -> Schema:
        """Writes the keys of a `TypedDict`, and any others."""
        hints = get_type_hints(shape, localns=_NAMES, include_extras=True)
        docs = dict(_docs(shape))
        return {
            "description": _in_one_line(shape.__doc__ or ""),
            "type": "object",
            "required": [key for key, hint in hints.items() if get_origin(hint) is not NotRequired],
            "properties": {key: docs.get(key, {}) | self.value(hint) for key, hint in hints.items()},
            "additionalProperties": True,
        }

    def value(self, hint: object) -> Schema:
        """Writes any type of a key. Raises TypeError for one that no schema says."""
        if hint in _PLAIN:
            return {"type": _PLAIN[hint]}
        if isinstance(hint, type) and is_typeddict(hint):
            return self._reference(hint)
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return {"enum": [word.value for word in hint]}
        if hint is object or Sequence[object] in get_args(hint):  # `Value`
            return {}
        return self._composed(get_origin(hint), *get_args(hint))

    def _composed(self, origin: object, *parts: object) -> Schema:
        if origin is NotRequired:
            return self.value(parts[0])
        if origin is Annotated and isinstance(parts[1], Constraint):
            return self._limited(parts[0], parts[1])
        if origin in (Union, UnionType) and len(parts) == 2 and parts[1] is NoneType:
            return _or_null(self.value(parts[0]))
        if origin in (Union, UnionType) and all(part in (str, int, float, NoneType) for part in parts):
            return {"type": ["null" if part is NoneType else self.value(part)["type"] for part in parts]}
        if origin in (Union, UnionType):
            return {"anyOf": [self.value(part) for part in parts]}
        if origin is Literal:
            return {"enum": list(parts)}
        if origin is list:
            return {"type": "array", "items": self.value(parts[0])}
        if origin is dict:
            values = self.value(parts[1])
            return {"type": "object"} | ({"additionalProperties": values} if values else {})
        raise TypeError(f"no schema says {origin} of {parts}")

    def _limited(self, hint: object, constraint: Constraint) -> Schema:
        if constraint.enum is not None:
            return {"enum": list(constraint.enum)}
        limits = {key: limit for key, limit in constraint._asdict().items() if limit is not None}
        return self.value(hint) | limits

    def _reference(self, shape: type) -> Schema:
        name = shape.__name__.removesuffix("Document")
        name = name[0].lower() + name[1:]
        if name not in self.definitions:
            self.definitions[name] = {}  # its place: before what it holds
            self.definitions[name] = self.shape(shape)
        return {"$ref": f"#/$defs/{name}"}


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [{"type": "null"}, schema]}
    if "enum" in schema:
        return {**schema, "enum": [*cast("list[object]", schema["enum"]), None]}
    return {**schema, "type": [schema["type"], "null"]}


def _docs(shape: type) -> Iterator[tuple[str, Schema]]:
    """Yields the string that stands below a key, where there is one.

    A base of a private name holds a key that no class can: a word of the language.
    """
    (definition,) = ast.parse(getsource(shape)).body
    assert isinstance(definition, ast.ClassDef), "a type of a document is a class"
    for base in definition.bases:
        if isinstance(base, ast.Name) and base.id != "TypedDict" and not base.id.startswith("_"):
            yield from _docs(getattr(import_module(shape.__module__), base.id))
    for key, below in pairwise(definition.body):
        match key, below:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                yield name, {"description": _in_one_line(text)}


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
