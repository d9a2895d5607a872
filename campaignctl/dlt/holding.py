"""Checks a campaign against its registered template, and a template against what operators ask of it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from campaignctl.diagnostics import Detail, counted, did_you_mean, quoted, shortened, some_of
from campaignctl.dlt.addresses import addresses_in, is_covered
from campaignctl.dlt.difference import FirstDifference, first_difference
from campaignctl.dlt.matching import cut, fits
from campaignctl.dlt.templates import DltTemplates, Template
from campaignctl.dlt.texts import SHOWN, OpenPart, Registered, Value, Written
from campaignctl.dlt.wording import difference_details, difference_message, mismatch
from campaignctl.dlt.words import TAGS, Category, VariableType
from campaignctl.kinds.table import Value as FieldValue
from campaignctl.model import dlt_checks as checks
from campaignctl.tuples import NamedTuple

TEMPLATE_ID, ENTITY_ID, SENDER_ID, SMS_TYPE, TEXT = (
    "dlt_template_id",
    "dlt_entity_id",
    "sender_id",
    "sms_type",
    "template",
)
LOOKED_AT: Final = (TEMPLATE_ID, ENTITY_ID, SENDER_ID, SMS_TYPE, TEXT)
"""The fields of a campaign that are held against its template."""

_LONGEST: Final = 40
_LONG: Final = 30
_MOST_VARIABLES: Final = 2
_NEIGHBOURS: Final = 10
_NO_BRACES: Final = re.compile(r"(?<!\{)#([A-Za-z]+)#(?!\})")


class DltFault(NamedTuple):
    """Holds what a check finds, at a dotted path of the campaign's manifest or of the document.

    `template.17` is the eighteenth character of the text.
    """

    check: str
    path: str
    message: str
    difference: FirstDifference | None = None

    @property
    def details(self) -> tuple[tuple[str, Detail], ...]:
        """Returns what a program gets besides."""
        named: tuple[tuple[str, Detail], ...] = (("check", self.check),)
        return (*named, ("difference", difference_details(self.difference))) if self.difference else named


class _Entry:
    """Holds a template with its document. Its text is taken apart when the first campaign comes."""

    def __init__(self, document: DltTemplates, template: Template) -> None:
        self.document, self.template = document, template

    @cached_property
    def registered(self) -> Registered:
        return Registered(self.template.text, self.template.variables)


class Registry:
    """Holds the templates of an environment by their id."""

    def __init__(self, documents: Iterable[DltTemplates]) -> None:
        self.documents = tuple(documents)
        self._entries = {
            template.id: _Entry(document, template)
            for document in self.documents
            for template in document.templates
        }

    def of_campaign(self, spec: Mapping[str, FieldValue]) -> Iterator[DltFault]:
        """Yields what is at fault with a campaign. A field that `spec` lacks is not looked at."""
        template_id = spec.get(TEMPLATE_ID)
        if not isinstance(template_id, str):
            return
        entry = self._entries.get(template_id)
        if entry is None:
            near = did_you_mean(template_id, self._beside(template_id))
            message = (
                f"{TEMPLATE_ID}: no DltTemplates of this environment has the id {quoted(template_id)}{near}"
            )
            yield DltFault(checks.TEMPLATE_ID, TEMPLATE_ID, message)
            return
        yield from _of_sender(entry, spec)
        text = spec.get(TEXT)
        if isinstance(text, str):
            yield from _of_text(entry, Written(text))

    def _beside(self, template_id: str) -> list[str]:
        """Returns the ids that begin or end as this one does: a slip leaves what is before it, or what is behind
        it.

        Looking at all of a thousand takes longer than everything else.
        """
        turned = _around(self._turned, template_id[::-1])
        return [*_around(self._ids, template_id), *(it[::-1] for it in turned)]

    @cached_property
    def _ids(self) -> list[str]:
        return sorted(self._entries)

    @cached_property
    def _turned(self) -> list[str]:
        return sorted(it[::-1] for it in self._entries)

    def text_of(self, spec: Mapping[str, FieldValue]) -> str:
        """Returns the registered text of a campaign; empty where it has none."""
        entry = self._entries.get(str(spec.get(TEMPLATE_ID)))
        return entry.template.text if entry else ""

    def of_templates(self) -> Iterator[tuple[DltTemplates, DltFault]]:
        """Yields what is at fault with the templates themselves, whatever the campaigns."""
        for entry in self._entries.values():
            for found in _of_template(entry.template, entry.registered):
                yield entry.document, found


def _around(words: Sequence[str], word: str) -> Sequence[str]:
    """Returns the neighbours that a word has among sorted ones."""
    place = bisect(words, word)
    return words[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]


# -- the campaign ----------------------------------------------------------------------------------------------


def _of_sender(entry: _Entry, spec: Mapping[str, FieldValue]) -> Iterator[DltFault]:
    template, entity = entry.template, entry.document.entity
    own = spec.get(ENTITY_ID)
    if isinstance(own, str) and own != entity:
        message = f"{ENTITY_ID}: template {template.id} is registered for the entity {entity}"
        yield DltFault(checks.ENTITY, ENTITY_ID, message)
    sender = spec.get(SENDER_ID)
    if isinstance(sender, str) and sender not in template.headers:
        known = some_of(list(map(quoted, template.headers)), 5)
        mine = f"not with {quoted(sender)}; letter case counts"
        message = f"{SENDER_ID}: template {template.id} is registered with {known}, {mine}"
        yield DltFault(checks.HEADER, SENDER_ID, message)
    sms_type = spec.get(SMS_TYPE)
    if isinstance(sms_type, str):
        promotes, is_promotional = sms_type.lower() == Category.PROMOTIONAL, _is_promotional(template)
        if promotes is not is_promotional:
            registered = f"template {template.id} is registered as {template.category}"
            yield DltFault(checks.CATEGORY, SMS_TYPE, f"{SMS_TYPE}: {registered}, not for {quoted(sms_type)}")


def _is_promotional(template: Template) -> bool:
    return template.category == Category.PROMOTIONAL


def _of_text(entry: _Entry, written: Written) -> Iterator[DltFault]:
    template = entry.template
    values = cut(entry.registered, written)
    if values is None:
        difference = first_difference(entry.registered, written)
        message = f"{TEXT}: {difference_message(difference, template.id)}"
        yield DltFault(checks.TEXT, f"{TEXT}.{difference.offset}", message, difference)
    for value in values or ():
        yield from _of_value(value, written, template)
    if template.urls is not None:
        for address in addresses_in(written):
            if not is_covered(address, template.urls):
                message = (
                    f"{TEXT}: the address {quoted(address.text)} is not whitelisted: none of urls covers it"
                )
                yield DltFault(checks.URL, f"{TEXT}.{address.offset}", message)


def _of_value(value: Value, written: Written, template: Template) -> Iterator[DltFault]:
    """Yields what is at fault with what one variable stands for."""
    path = f"{TEXT}.{written.offsets[value.start]}"
    text = written.text[written.offsets[value.start] : written.offsets[value.end]]
    columns = [place for place in range(value.start, value.end) if place in written.columns]
    literal = "".join(written.line[place] for place in range(value.start, value.end) if place not in columns)
    called = f"{TEXT}: {quoted(shortened(text, SHOWN))} in {value.variable.label}"
    if not fits(value, written):
        yield DltFault(checks.TYPE, path, f"{called} {mismatch(value.variable)}")
    elif value.variable.type is VariableType.ALPHANUMERIC and not all(map(_is_alphanumeric, literal)):
        yield DltFault(
            checks.ALPHANUMERIC,
            path,
            f"{called} is more than letters and digits, which some operators refuse",
        )
    elif _is_unknown_number(value, text, columns, template):
        yield DltFault(checks.CALLBACK, path, f"{called} is not whitelisted: it is none of callback_numbers")
    if len(literal) > _LONGEST:
        yield DltFault(checks.LENGTH, path, f"{called} is {len(literal)} characters long, {_LONGEST} at most")
    elif len(literal) > _LONG:
        yield DltFault(
            checks.LENGTH_30, path, f"{called} is {len(literal)} characters long; some operators take {_LONG}"
        )
    elif columns and literal:
        message = (
            f"{called} is a column with text beside it: what the variable takes may be longer than {_LONG}"
        )
        yield DltFault(checks.LENGTH_30, path, message)


def _is_unknown_number(value: Value, text: str, columns: Sequence[int], template: Template) -> bool:
    known = template.callback_numbers
    return value.variable.type is VariableType.CBN and known is not None and not columns and text not in known


def _is_alphanumeric(sign: str) -> bool:
    """Tells whether a sign is a letter of any script with its marks, or a digit."""
    return unicodedata.category(sign)[0] in "LMN"


# -- the template ----------------------------------------------------------------------------------------------


def _of_template(template: Template, registered: Registered) -> Iterator[DltFault]:
    for check, faults in (
        (checks.HEADER_FORM, _of_headers(template)),
        (checks.UNTAGGED, _untagged(registered.variables)),
        (checks.TAG, _of_tags(template, registered)),
        (checks.VARIABLES, _of_variables(registered)),
    ):
        said = "; ".join(faults)
        if said:
            yield DltFault(check, template.path, f"template {template.id}: {said}")


def _of_headers(template: Template) -> Iterator[str]:
    promotes = _is_promotional(template)
    other = str.isalpha if promotes else str.isdigit
    odd = [quoted(header) for header in template.headers if any(map(other, header))]
    if odd:
        form = "a promotional header is digits" if promotes else f"a header of {template.category} is letters"
        yield f"{form}, not {some_of(odd, 5)}"


def _untagged(variables: Sequence[OpenPart]) -> Iterator[str]:
    places = [str(place) for place, it in enumerate(variables, 1) if it.word == "var" and it.type is None]
    if places:
        them = f"{'variable' if len(places) == 1 else 'variables'} {', '.join(places)}"
        yield f"{{#var#}} says no type ({them}); give it in variables, as it is tagged in the portal"


def _of_tags(template: Template, registered: Registered) -> Iterator[str]:
    for unknown in dict.fromkeys(it for it in registered.variables if it.word not in TAGS):
        yield f"{unknown.label} is no tag that is known{did_you_mean(unknown.word, TAGS)}"
    bare = (it for it in _NO_BRACES.findall(registered.text) if it.lower() in TAGS)
    for word in dict.fromkeys(bare):
        yield f"#{word}# has no braces, so it is fixed text; a variable is {{#{word}#}}"
    if template.is_commented:
        yield '" #" begins a comment behind the text, which may be cut there; put the text in quotes'


def _of_variables(registered: Registered) -> Iterator[str]:
    if len(registered.variables) > _MOST_VARIABLES:
        yield f"{counted(len(registered.variables), 'variable')}, and operators take {_MOST_VARIABLES}"
    between = registered.fixed[1:-1]
    if any(not any(map(_is_alphanumeric, part)) for part in between):
        yield "two variables have nothing but blanks or signs between them"
