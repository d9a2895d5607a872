"""Turns a live campaign into the manifest that one would have written for it. Pure: text comes out, nothing is read
or sent.

Whatever is written has been read back by the reader that `validate` uses, value by value: what it does not take, or
takes for something else, becomes a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from campaignctl.diagnostics import Position, Severity, counted
from campaignctl.kinds.manifest import API_VERSION, DOCUMENTS, FROM_FILE
from campaignctl.kinds.table import Compare, Field, Role, Type, Value
from campaignctl.manifests.fields import FieldReader
from campaignctl.manifests.nodes import MalformedYamlError, documents
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.values import normal, texts
from campaignctl.model.windows import window_of
from campaignctl.policy.consistency import faults

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(://[A-Za-z0-9_./?=&%+@-]+)?", re.ASCII)
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"})
"""What some reader of YAML takes for something else than a text."""
_LONGEST_COMMENT: Final = 400

Spec = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Names what becomes of people's numbers: into the manifest, into a file beside it, or left out."""

    shown: bool = False
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Holds a manifest on its way. `left_out` maps dotted paths to what the account has there and no manifest
    takes.

    `numbers` counts the numbers of people that were left out.
    """

    live: Live
    name: str | None
    pinned: bool
    spec: Mapping[str, Value]
    left_out: Mapping[str, Value]
    numbers: int = 0
    from_file: str | None = None


def draft(live: Live, numbers: Numbers, must_pin: bool) -> Draft | None:
    """Drafts the manifest of a campaign; None where only a pin could say which one it is, and its SID is no SID.

    It is pinned where it must be, or where it could not be created from what the account shows.
    """
    loose = None if must_pin else _draft(live, numbers, pinned=False)
    if loose is not None and loose.name is not None and _could_be_created(loose):
        return loose
    return _draft(live, numbers, pinned=True) if _accepted(_metadata(live)["sid"], live.sid) else None


def _draft(live: Live, numbers: Numbers, pinned: bool) -> Draft:
    found, left_out = _values(live)
    name = live.name if _accepted(_metadata(live)["name"], live.name) else None
    if name is None:
        left_out = {"name": live.name, **left_out}
    hidden, from_file = 0, None
    for field in live.kind.fields:
        people = texts(live.spec.get(field.name)) if field.type is Type.NUMBERS else ()
        if people and not (field.name in found and (numbers.shown or numbers.file)):
            found.pop(field.name, None)
            left_out.pop(field.name, None)
            hidden = len(people)
        elif people:
            from_file = numbers.file
    spec = {"name": name, **found} if name else found
    while bad := _faulty(live, spec, pinned):
        left_out[bad] = _taken_out(spec, bad)
    return Draft(live, name, pinned, spec, left_out, hidden, from_file)


def _metadata(live: Live) -> Mapping[str, Field]:
    return DOCUMENTS[live.kind.name].members["metadata"].members


def _could_be_created(one: Draft) -> bool:
    kind, spec = one.live.kind, one.spec
    required = all(field.name in spec for field in kind.fields if field.required)
    return required and not one.numbers and (not kind.one_of or any(name in spec for name in kind.one_of))


def _faulty(live: Live, spec: Spec, pinned: bool) -> str | None:
    """Returns the path of something that does not go with the rest."""
    desired = Desired(live.kind, spec, Position("export"), sid=live.sid if pinned else None)
    errors = (fault.path for fault in faults(desired) if fault.severity is Severity.ERROR)
    return next((path for path in errors if path.partition(".")[0] in spec), None)


def _taken_out(spec: Spec, path: str) -> Value:
    name, _, member = path.partition(".")
    container = spec[name]
    if not member or not isinstance(container, Mapping):
        return spec.pop(name)
    rest = {key: value for key, value in container.items() if key != member}
    spec.pop(name)
    if rest:
        spec[name] = rest
    return container.get(member)


# ------------------------------------------------------------------------------------------------ which values


def _values(live: Live) -> tuple[Spec, Spec]:
    """Returns what a manifest says of a campaign, and by dotted path what none takes; the documented defaults are
    in neither.
    """
    found: Spec = {}
    left_out: Spec = {}
    for field in live.kind.fields:
        value = live.spec.get(field.name)
        if field.role is Role.NAME or value is None:
            continue
        if field.type is Type.OBJECT:
            members = dict(_members(field, _without_default_end(live, field, value), left_out))
            if members:
                found[field.name] = members
        elif normal_or_itself(field, value) is not None:
            _sort_in(field, field.name, value, found, left_out)
    return found, left_out


def _members(field: Field, value: Value, left_out: Spec) -> Iterator[tuple[str, Value]]:
    kept: Spec = {}
    for member in field.fields:
        inner = value.get(member.name) if isinstance(value, Mapping) else None
        if inner is not None and normal_or_itself(member, inner) is not None:
            _sort_in(member, f"{field.name}.{member.name}", inner, kept, left_out)
    for path, inner in kept.items():
        yield path.partition(".")[2], inner


def _sort_in(field: Field, path: str, value: Value, found: Spec, left_out: Spec) -> None:
    written = as_written(field, value)
    if _accepted(field, written):
        found[path] = written
    else:
        left_out[path] = value


def normal_or_itself(field: Field, value: Value) -> object:
    """Returns what a value means, None for the default; what cannot be understood is itself."""
    try:
        return normal(field, value, None)
    except ValueError:
        return value


def _without_default_end(live: Live, field: Field, value: Value) -> Value:
    """Leaves out an end that the account sets by itself."""
    if field.role is not Role.SCHEDULE or not isinstance(value, Mapping):
        return value
    rest = {name: inner for name, inner in value.items() if name != live.kind.end.name}
    same = window_of(live.kind, {field.name: rest}).end == window_of(live.kind, live.spec).end
    return rest if same else value


def as_written(field: Field, value: Value) -> Value:
    """Returns the spelling of the table, where the account uses another that means the same."""
    spelt = {choice.lower(): choice for choice in field.choices}
    if field.type in (Type.STRINGS, Type.NUMBERS):
        items = [spelt.get(item.lower(), item) for item in texts(value)]
        return items if field.type is Type.NUMBERS else list(dict.fromkeys(items))
    if isinstance(value, str) and spelt:
        word = value.lower()
        return spelt.get(word.removesuffix("_opt_in") if field.compare is Compare.SMS_TYPE else word, value)
    return value


def _accepted(field: Field, value: Value) -> bool:
    """Tells whether our own reader reads the value as it is, and nothing else."""
    try:
        (node,) = documents("\n".join(_lines(field.name, value, "")) + "\n")
    except (MalformedYamlError, UnicodeError, ValueError):
        return False
    reader = FieldReader(_alone(field), {}, requires=False)
    return reader.read(node) == {field.name: value} and not reader.faults


@lru_cache(maxsize=256)
def _alone(field: Field) -> Field:
    return Field("spec", Type.OBJECT, "One field.", fields=(field.replace(required=False),))


# ------------------------------------------------------------------------------------------------------ as text


def manifest_text(one: Draft, origin: str) -> str:
    """Writes the manifest as YAML, in the order of the field table. `origin` says where it came from."""
    live = one.live
    lines = [f"# {one_line(origin)}", f"apiVersion: {API_VERSION}", f"kind: {live.kind.name}", "metadata:"]
    if one.name is not None:
        lines += _lines("name", one.name, "  ")
    if one.pinned:
        lines += _lines("sid", live.sid, "  ")
    lines += _spec_lines(one)
    lines += _remarks(one)
    return "\n".join(lines) + "\n"


def _spec_lines(one: Draft) -> Iterator[str]:
    """Writes the lines in the order of the table, whatever was added when; `{}` where nothing is declared."""
    declared = [field for field in one.live.kind.fields if field.name in one.spec and field.name != "name"]
    yield "spec:" if declared else "spec: {}"
    for field in declared:
        if field.type is Type.NUMBERS and one.from_file is not None:
            yield from _lines(FROM_FILE, one.from_file, "  ")
        else:
            yield from _lines(field.name, one.spec[field.name], "  ")


def _remarks(one: Draft) -> Iterator[str]:
    if one.numbers:
        left_out = f"{counted(one.numbers, 'number')}, left out"
        yield f"# from: {left_out} (export --numbers-to FILE or --show-numbers writes them)"
    for path, value in one.left_out.items():
        if path != "from":
            yield f"# not taken by a manifest: {path}: {one_line(_shown(value))}"


def _shown(value: Value) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_shown(inner)}" for key, inner in value.items())
    return value if isinstance(value, str) else ", ".join(texts(value))


def one_line(text: str) -> str:
    """Makes a text fit for a comment: nothing in it ends the line, is invisible or changes the direction."""
    cut = text if len(text) <= _LONGEST_COMMENT else f"{text[:_LONGEST_COMMENT]}…"
    return "".join(it if it.isprintable() else f"\\u{ord(it):04x}" for it in cut)


def _lines(key: str, value: Value, indent: str) -> list[str]:
    if isinstance(value, Mapping):
        inner = [line for name, it in value.items() for line in _lines(name, it, f"{indent}  ")]
        return [f"{indent}{key}:", *inner]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [f"{indent}{key}:", *(f"{indent}  - {_text(str(item))}" for item in value)]
    if isinstance(value, bool):
        return [f"{indent}{key}: {str(value).lower()}"]
    return [f"{indent}{key}: {_text(value) if isinstance(value, str) else value}"]


def _text(text: str) -> str:
    """Writes a text, plain where no reader of YAML takes it for anything else; what looks like a variable is none."""
    text = text.replace("${", "$${")
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    if sign.isprintable():
        return sign
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(sign)
    return short or (f"\\u{ord(sign):04x}" if ord(sign) <= 0xFFFF else f"\\U{ord(sign):08x}")
