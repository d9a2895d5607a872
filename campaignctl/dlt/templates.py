"""Defines the document `DltTemplates`: its rows, and what it says once it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from campaignctl.diagnostics import SpecFinding, counted, quoted
from campaignctl.dlt.words import PLACEHOLDER, TAGS, Category
from campaignctl.kinds import formats
from campaignctl.kinds.formats import Format
from campaignctl.kinds.manifest import opening
from campaignctl.kinds.table import Field, Type, Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.companions import Companion, CompanionKind, CompanionPlace

KIND: Final = "DltTemplates"
TEMPLATE_ID: Final = "dlt_template_id"
"""The field of a campaign that names its template: a campaign that has it is held against these documents."""

_BLANKS: Final = r" \t\n\r\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff"
_HEADER: Final = Format(
    rf"(?!.*-[PSTG]$)[^{_BLANKS}]+",
    "a header as it was registered, without blanks",
    slips=(
        (
            ".*-[PSTG]",
            "ends in a suffix that operators add when they deliver; leave it out, as the header was registered without",
        ),
    ),
)
_ADDRESS: Final = Format(
    rf"[Hh][Tt][Tt][Pp][Ss]?://[^{_BLANKS}]+|[^{_BLANKS}/:?#@]+",
    "an address that begins with http:// or https://, or a host alone",
    slips=((rf"[^{_BLANKS}]+", "is more than a host; write https:// before it, or the host alone"),),
)

_URLS: Final = Field(
    "urls",
    Type.STRINGS,
    "The addresses that are whitelisted: with a scheme a beginning on its host, without one a host.",
    format_by=_ADDRESS,
)
_CALLBACK_NUMBERS: Final = Field(
    "callback_numbers",
    Type.STRINGS,
    "The callback numbers that are whitelisted.",
    format_by=formats.CALLER,
)
_INSTEAD: Final = "Instead of the document's."
_TEMPLATE: Final = (
    Field(
        "id",
        Type.DIGITS,
        "The template's id, digits with their leading zeros; once in an environment.",
        required=True,
    ),
    Field(
        "headers",
        Type.STRINGS,
        "The headers it is registered with, without the -P, -S, -T or -G that operators add; letter case counts.",
        required=True,
        minimum=1,
        format_by=_HEADER,
    ),
    Field(
        "category",
        Type.STRING,
        "What it is registered as.",
        required=True,
        choices=tuple(Category),
    ),
    Field(
        "text",
        Type.STRING,
        "The text as the portal shows it, character by character; its variables are {#word#}.",
        required=True,
        minimum=1,
        maximum=2000,
    ),
    Field(
        "variables",
        Type.WORDS,
        "The tags of its variables in their order, where the portal keeps them beside the text.",
        choices=tuple(TAGS),
        any_case=True,
    ),
    Field("urls", Type.STRINGS, f"{_URLS.doc} {_INSTEAD}", format_by=_ADDRESS),
    Field("callback_numbers", Type.STRINGS, f"{_CALLBACK_NUMBERS.doc} {_INSTEAD}", format_by=formats.CALLER),
)

DOCUMENT: Final = Field(
    KIND,
    Type.OBJECT,
    "Texts as they are registered with an operator in India: SMS campaigns are held against them.",
    fields=(
        *opening(KIND),
        Field(
            "metadata",
            Type.OBJECT,
            "What the document is called.",
            required=True,
            fields=(
                Field(
                    "name",
                    Type.STRING,
                    "Its name, unique among these documents.",
                    required=True,
                    minimum=1,
                    format_by=formats.NAME,
                ),
            ),
        ),
        Field(
            "spec",
            Type.OBJECT,
            "What is registered.",
            required=True,
            fields=(
                Field(
                    "entity",
                    Type.DIGITS,
                    "The principal entity of all templates here, digits with their leading zeros.",
                    required=True,
                ),
                _URLS,
                _CALLBACK_NUMBERS,
                Field(
                    "templates",
                    Type.OBJECTS,
                    "The registered templates.",
                    required=True,
                    minimum=1,
                    fields=_TEMPLATE,
                ),
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Template:
    """Holds one registered text. `variables` are the tags beside the text, None where there are none.

    `urls` and `callback_numbers` are what holds for it, None where nothing is said. `path` is its place in `spec`;
    `is_commented`: a comment follows its text, which may have been cut there.
    """

    id: str
    headers: tuple[str, ...]
    category: str
    text: str
    variables: tuple[str, ...] | None
    urls: tuple[str, ...] | None
    callback_numbers: tuple[str, ...] | None
    path: str
    is_commented: bool


@dataclass(frozen=True, slots=True)
class DltTemplates(Companion):
    """Holds one document, read."""

    name: str
    entity: str
    urls: tuple[str, ...] | None
    callback_numbers: tuple[str, ...] | None
    templates: tuple[Template, ...]


# -- reading ---------------------------------------------------------------------------------------------------


def build(values: Mapping[str, Value], place: CompanionPlace) -> DltTemplates:
    """Makes the typed document; what a faulty one lacks is empty."""
    metadata, spec = _object(values.get("metadata")), _object(values.get("spec"))
    urls, numbers = _texts(spec.get("urls")), _texts(spec.get("callback_numbers"))
    items = spec.get("templates")
    templates = tuple(
        _template(_object(item), urls, numbers, f"templates.{index}", place)
        for index, item in enumerate(items if isinstance(items, list) else ())
    )
    return DltTemplates(place, _text(metadata, "name"), _text(spec, "entity"), urls, numbers, templates)


def _template(
    item: Mapping[str, Value],
    urls: tuple[str, ...] | None,
    numbers: tuple[str, ...] | None,
    path: str,
    place: CompanionPlace,
) -> Template:
    own_urls, own_numbers = _texts(item.get("urls")), _texts(item.get("callback_numbers"))
    return Template(
        _text(item, "id"),
        _texts(item.get("headers")) or (),
        _text(item, "category"),
        _text(item, "text"),
        _texts(item.get("variables")),
        urls if own_urls is None else own_urls,
        numbers if own_numbers is None else own_numbers,
        path,
        f"spec.{path}.text" in place.commented,
    )


def _object(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _text(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _texts(value: Value) -> tuple[str, ...] | None:
    return tuple(map(str, value)) if isinstance(value, list) else None


# -- what is wrong with them -----------------------------------------------------------------------------------


def faults(document: Companion) -> Iterator[SpecFinding]:
    """Yields what is wrong with one document between its fields."""
    assert isinstance(document, DltTemplates)
    for template in document.templates:
        yield from _of_template(template)


def _of_template(template: Template) -> Iterator[SpecFinding]:
    if not template.text:
        return
    text, tags = f"{template.path}.text", f"{template.path}.variables"
    if not PLACEHOLDER.sub("", template.text):
        message = (
            "text: it is nothing but variables, and would fit everything; it must have a fixed character"
        )
        yield SpecFinding(text, "text", message, about=(text,))
    if template.variables is None:
        return
    words = [word.lower() for word in PLACEHOLDER.findall(template.text)]
    if len(words) != len(template.variables):
        named = counted(len(template.variables), "tag")
        message = f"variables: {named} for {counted(len(words), 'variable')} of the text; give one for each"
        yield SpecFinding(tags, "variables", message, about=(text, tags))
        return
    for index, (word, tag) in enumerate(zip(words, template.variables, strict=True)):
        one, other = TAGS.get(word), TAGS[tag.lower()]
        if one is not None and other is not None and one is not other:
            message = (
                f"variables: {quoted(tag)} contradicts {{#{word}#}}, the variable {index + 1} of the text"
            )
            yield SpecFinding(f"{tags}.{index}", "variables", message, about=(text, tags))


def conflicts(documents: Sequence[Companion]) -> Iterator[tuple[Companion, SpecFinding]]:
    """Yields what is wrong among all documents of an environment: a name or an id that stands twice, at each."""
    names: dict[str, list[tuple[DltTemplates, str]]] = {}
    ids: dict[str, list[tuple[DltTemplates, str]]] = {}
    for document in documents:
        assert isinstance(document, DltTemplates)
        names.setdefault(document.name, []).append((document, "metadata.name"))
        for template in document.templates:
            ids.setdefault(template.id, []).append((document, f"{template.path}.id"))
    yield from _twice(names, "the name {}")
    yield from _twice(ids, "the id {}")


def _twice(
    found: Mapping[str, Sequence[tuple[DltTemplates, str]]], what: str
) -> Iterator[tuple[Companion, SpecFinding]]:
    for word, several in found.items():
        for document, path in several if word and len(several) > 1 else ():
            other = next(it for it in several if it != (document, path))
            elsewhere = (
                "in this document" if other[0] is document else f"in another {KIND}: {other[0].place.where}"
            )
            message = (
                f"{what.format(quoted(word))} stands {elsewhere} too; it must be unique in an environment"
            )
            yield document, SpecFinding(path, "not-unique", message)


def settings(document: Companion) -> Mapping[str, Value]:
    """Returns what holds for each template, by its id; where in the document it is said makes no difference."""
    assert isinstance(document, DltTemplates)
    leaves: dict[str, Value] = {}
    for it in document.templates:
        values: dict[str, Value] = {
            "entity": document.entity,
            "headers": list(it.headers),
            "category": it.category,
            "text": it.text,
        }
        for name in ("variables", "urls", "callback_numbers"):
            items = getattr(it, name)
            if items is not None:
                values[name] = list(items)
        leaves |= {f"dlt.{it.id}.{name}": value for name, value in values.items()}
    return leaves


def _is_needed(desired: Desired) -> bool:
    return TEMPLATE_ID in desired.kind.by_name


_EXAMPLE: Final = """\
apiVersion: campaignctl/v1
kind: DltTemplates
metadata: {name: acme}
spec:
  entity: "1101428740000012125"
  urls: [https://acme.example/t/, acme.example]
  callback_numbers: ["18001234567"]
  templates:
    - id: "1107160086562376233"
      headers: [EXOTEL]
      category: service_implicit
      text: "Hi {#var#}, your visit is on {#alphanumeric#}. See {#url#} -Acme"
      variables: [alphanumeric, alphanumeric, url]
"""

DLT_TEMPLATES: Final = CompanionKind(
    KIND,
    "dlt-templates",
    DOCUMENT,
    build,
    faults,
    conflicts,
    _is_needed,
    settings,
    _EXAMPLE,
    all_or_none=True,
)
