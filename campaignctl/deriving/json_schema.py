"""Turns rows into JSON Schema 2020-12.

An editor reads YAML its own way: what may be all digits also takes an integer, and a text, number or boolean may be
a `${name}`. A plain null is *unset* wherever a field is not required.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, cast

from campaignctl.kinds import KINDS
from campaignctl.kinds.formats import Format
from campaignctl.kinds.manifest import BY_NAME, DOCUMENTS, FROM_FILE, RECIPIENTS
from campaignctl.kinds.table import Bound, Field, Kind, Type
from campaignctl.manifests.companions import companion_kinds
from campaignctl.model.companions import CompanionKind
from campaignctl.policy.project_file import ENVIRONMENT, PROJECT

Schema = dict[str, object]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE: Final = "[$][{]"
"""A text with a `${name}` in it: what it will be is not known yet."""


def schemas() -> Mapping[str, Schema]:
    """Returns every schema that follows from the tables, by its name in `schemas/`."""
    manifests = {f"{kind.short}-campaign": _manifest(kind) for kind in KINDS.values()}
    return {
        **{name: headed(name, schema) for name, schema in manifests.items()},
        "campaign": headed("campaign", _any_kind()),
        **{it.schema: headed(it.schema, _companion(it)) for it in companion_kinds()},
        **{row.name.lower(): _of_settings(row) for row in (PROJECT, ENVIRONMENT)},
    }


def _of_settings(row: Field) -> Schema:
    return headed(row.name.lower(), {"title": row.name, **_Writer(False, True).object(row)})


def _companion(kind: CompanionKind) -> Schema:
    return {"title": kind.name, **_Writer(kind.substitutes, requires=True).object(kind.document)}


def written(schema: Schema) -> str:
    """Writes a schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def headed(name: str, schema: Schema) -> Schema:
    """Adds the dialect and the name."""
    return {"$schema": DIALECT, "$id": f"urn:campaignctl:v1:{name}", **schema}


def _any_kind() -> Schema:
    """Chooses a manifest's schema by its kind, so that a message names the field that is wrong and not the kinds it
    is not.
    """
    return {
        "title": "Campaign",
        "description": "A campaign of any kind, as it is wanted.",
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": {"kind": {"description": "What is described.", "enum": list(KINDS)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for name in KINDS
        ],
        "$defs": {name: _manifest(kind) for name, kind in KINDS.items()},
    }


def _manifest(kind: Kind) -> Schema:
    """Makes the schema of a manifest. What is required of a create is not required where a SID pins the campaign."""
    document = DOCUMENTS[kind.name]
    schema = _Writer(substitutes=True, requires=False).object(document)
    schema["required"] = [name for name in _required(document) if name != "spec"]
    if RECIPIENTS[kind.name]:
        properties = cast("dict[str, Schema]", schema["properties"])
        properties["spec"] |= _numbers_once()
    return {
        "title": kind.name,
        **schema,
        "if": {
            "properties": {
                "metadata": {"required": ["sid"], "properties": {"sid": {"type": ["string", "integer"]}}}
            }
        },
        "else": _requirements(kind, document),
    }


def _numbers_once() -> Schema:
    """Requires that numbers stand in the manifest or beside it, and not both."""
    return {
        "if": {"required": [FROM_FILE], "properties": {FROM_FILE: {"type": "string"}}},
        "then": {"properties": {"from": {"type": "null"}}},
    }


def _requirements(kind: Kind, document: Field) -> Schema:
    members: dict[str, Schema] = {it.name: {"required": _required(it)} for it in document.fields if it.fields}
    schema: Schema = {"required": _required(document), "properties": members}
    if RECIPIENTS[kind.name]:
        members["spec"]["anyOf"] = [
            {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
            for name in RECIPIENTS[kind.name]
        ]
    return schema


def _required(field: Field) -> list[str]:
    return [member.name for member in field.fields if member.required]


class _Writer:
    """Writes one document's rows.

    `substitutes`: its texts may hold `${name}`; `requires`: what is required is so always.
    """

    def __init__(self, substitutes: bool, requires: bool) -> None:
        self.substitutes = substitutes
        self.requires = requires

    def value(self, field: Field) -> Schema:
        """Writes any row; null besides where it is not required."""
        schema = {"description": field.doc, **_BY_TYPE[field.type](self, field)}
        if not field.required:
            _allow_null(schema)
        if field.default is not None:
            schema["default"] = field.default
        return schema

    def object(self, field: Field) -> Schema:
        """Writes an object with its members and no others. A shorthand is one of the words that its members take."""
        schema: Schema = {
            "description": field.doc,
            "type": "object",
            "properties": {member.name: self.value(member) for member in field.fields},
            "additionalProperties": False,
        }
        if self.requires and _required(field):
            schema["required"] = _required(field)
        if field.shorthand:
            words = "|".join(field.fields[0].choices)
            schema |= {"type": ["object", "string"], "pattern": f"^(?:{words})$"}
        return schema

    def objects(self, field: Field) -> Schema:
        """Writes a list of objects of one shape."""
        return {"type": "array", "items": self.object(field), **_limits(field, "minItems", "maxItems")}

    def object_map(self, field: Field) -> Schema:
        """Writes objects under names of the user's own."""
        return {"type": "object", **_names(field), "additionalProperties": self.object(field)}

    def text_map(self, field: Field) -> Schema:
        """Writes texts under names of the user's own."""
        texts = self.text(field)
        _allow_null(texts)
        return {"type": "object", **_names(field), "additionalProperties": texts}

    def items(self, field: Field) -> Schema:
        """Writes a list of texts; of words, each once."""
        item = self.text(field)
        if field.by_name:
            item = {"anyOf": [item, _Writer(self.substitutes, True).object(BY_NAME)]}
        schema: Schema = {"type": "array", "items": item}
        if field.type is Type.STRINGS:
            schema["uniqueItems"] = True
        return schema | _limits(field, "minItems", "maxItems")

    def text(self, field: Field) -> Schema:
        """Writes a text by its choices, format and length."""
        if field.choices and not field.any_case:
            return {"enum": list(field.choices)}
        schema: Schema = {"type": ["string", "integer"] if _may_be_digits(field) else "string"}
        if field.any_case:
            schema["pattern"] = self._pattern("|".join(map(_any_case, field.choices)))
        elif field.format is not None:
            schema |= self._formatted(field.format)
        return schema | (_limits(field, "minLength", "maxLength") if field.bound is Bound.LENGTH else {})

    def _formatted(self, rules: Format) -> Schema:
        schema: Schema = {"pattern": self._pattern(rules.pattern)}
        if rules.matches("1234567") and not rules.matches("-1234567"):
            schema["minimum"] = 0
        return schema

    def _pattern(self, pattern: str) -> str:
        return f"^(?:{pattern})$|{_REFERENCE}" if self.substitutes else f"^(?:{pattern})$"

    def integer(self, field: Field) -> Schema:
        """Writes a whole number within its limits."""
        return self._plain("integer") | _limits(field, "minimum", "maximum")

    def boolean(self, _field: Field) -> Schema:
        """Writes true or false."""
        return self._plain("boolean")

    def amount(self, field: Field) -> Schema:
        """Writes a number that is not negative."""
        matches = field.format.matches if field.format else None
        most = next((most for most in (999_999_999, 999_999, 1) if matches and matches(str(most))), 0)
        return self._plain("number") | {"minimum": 0, "maximum": most}

    def amounts(self, field: Field) -> Schema:
        """Writes a list of such numbers."""
        return {"type": "array", "items": self.amount(field), **_limits(field, "minItems", "maxItems")}

    def _plain(self, word: str) -> Schema:
        """Writes a value that an editor sees as a text while it is a `${name}`."""
        return {"type": [word, "string"], "pattern": _REFERENCE} if self.substitutes else {"type": word}


_BY_TYPE: Final[Mapping[Type, Callable[[_Writer, Field], Schema]]] = MappingProxyType(
    {
        Type.STRING: _Writer.text,
        Type.DIGITS: _Writer.text,
        Type.URL: _Writer.text,
        Type.TIME: _Writer.text,
        Type.AMOUNT: _Writer.amount,
        Type.AMOUNTS: _Writer.amounts,
        Type.INTEGER: _Writer.integer,
        Type.BOOLEAN: _Writer.boolean,
        Type.STRINGS: _Writer.items,
        Type.WORDS: _Writer.items,
        Type.NUMBERS: _Writer.items,
        Type.OBJECT: _Writer.object,
        Type.OBJECTS: _Writer.objects,
        Type.TEXT_MAP: _Writer.text_map,
        Type.OBJECT_MAP: _Writer.object_map,
    }
)


def _allow_null(schema: Schema) -> None:
    if "enum" in schema:
        schema["enum"] = [*cast("list[object]", schema["enum"]), None]
    else:
        types = schema["type"]
        schema["type"] = [*(types if isinstance(types, list) else [types]), "null"]


def _names(field: Field) -> Schema:
    return {"propertyNames": {"pattern": f"^(?:{field.keys.pattern})$"}} if field.keys else {}


def _limits(field: Field, lowest: str, highest: str) -> Schema:
    limits = {lowest: field.minimum, highest: field.maximum}
    return {key: limit for key, limit in limits.items() if limit is not None}


def _may_be_digits(field: Field) -> bool:
    """Tells whether an editor may take the text for a number."""
    return not field.choices and (field.format is None or bool(field.format.matches("1234567")))


def _any_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter.lower()}]" for letter in word)
