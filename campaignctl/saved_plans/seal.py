"""Makes what a plan remembers of manifests and campaigns without repeating them (rule 11): keyed, so that a number
cannot be found by trying.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from json.encoder import encode_basestring_ascii
from typing import Final, TypeAlias, TypeVar, cast

from campaignctl.kinds import KINDS
from campaignctl.kinds.countries import Country
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.kinds.table import Compare, Field, Type, Value
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.gates import After
from campaignctl.model.managed_lists import Members
from campaignctl.model.plan import ManifestsSeal
from campaignctl.model.values import UNSEEN, canonical_numbers, normal_of, shown, texts
from campaignctl.model.written import WrittenJson

_SCHEME = "hmac-sha256:"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False)

T = TypeVar("T", bound=Mapping[str, object])


def canonical(document: object) -> bytes:
    """Writes JSON with sorted keys and no blanks."""
    return _CANONICAL.encode(document).encode()


def canonical_pieces(document: Mapping[str, object]) -> Iterator[bytes]:
    """Writes `canonical` bit by bit, of a long array an item each: it takes half the time, and is held nowhere."""
    yield from _member_pieces(document, "{")
    yield b"}" if document else b"{}"


def _member_pieces(document: Mapping[str, object], before: str) -> Iterator[bytes]:
    for key in sorted(document):
        yield f"{before}{_written(key)}:".encode()
        yield from _array_pieces(document[key])
        before = ","


def _array_pieces(value: object) -> Iterator[bytes]:
    if not isinstance(value, list) or not value:
        yield canonical(value)
        return
    before = b"["
    for item in value:
        yield before + (item if isinstance(item, bytes) else canonical(item))
        before = b","
    yield b"]"


def keyed(token: str, document: object) -> str:
    """Writes `hmac-sha256:…` of a document under the API token."""
    return _keyed(token, canonical(document))


def _keyed(token: str, text: bytes) -> str:
    return _SCHEME + hmac.digest(token.encode(), text, "sha256").hex()


def person_mark(number: str, token: str) -> str:
    """Returns what a plan keeps of somebody who is left out: nobody can find the number by trying without the
    token.
    """
    return hmac.digest(token.encode(), number.encode(), "sha256").hex()[:12]


def token_name(token: str) -> str:
    """Returns which token keyed a plan: a short hash of it, from a domain of its own."""
    return hashlib.sha256(b"campaignctl token\0" + token.encode()).hexdigest()[:8]


def seal_manifests(
    selected: Iterable[Desired],
    country: Country | None,
    token: str,
    lists: Iterable[bytes] = (),
    at: datetime | None = None,
) -> ManifestsSeal:
    """Digests the selected manifests by meaning: comments, order and spelling do not change it.

    `lists` are those of people, each as `canonical_list` has it. `at` is the moment as of which what repeats has
    dates: they are what a reviewer approves.
    """
    manifests = sorted((*(canonical_manifest(desired, country, at) for desired in selected), *lists))
    mac = hmac.new(token.encode(), b"[", "sha256")  # of what `canonical` makes of them all, bit by bit
    for place, manifest in enumerate(manifests):
        mac.update(b"," + manifest if place else manifest)
    mac.update(b"]")
    return ManifestsSeal(_SCHEME + mac.hexdigest(), len(manifests), token_name(token))


def canonical_manifest(desired: Desired, country: Country | None, at: datetime | None = None) -> bytes:
    """Returns what `canonical` makes of one manifest by meaning, whatever stands beside it."""
    about = {
        **({"after": [_awaited(after) for after in desired.after]} if desired.after else {}),
        "allow": sorted(desired.allow),
        **({"distinct_from": sorted(desired.distinct_from)} if desired.distinct_from else {}),
        **({"guard": dict(desired.stop_when)} if desired.stop_when else {}),
        "ignore": sorted(desired.ignore),
        "kind": desired.kind.name,
        "labels": dict(desired.labels),
        "previous_name": desired.previous_name,
        **({"repeat": _rule(desired, at)} if desired.repeat is not None else {}),
        "sid": desired.sid,
        **({"some": desired.take} if desired.take is not None else {}),
        **(
            {"sources": [it.written(country) for it in desired.suppression.sources]}
            if desired.suppression
            else {}
        ),
    }
    written = desired.spec if desired.declared is None else {**desired.spec, "from": desired.declared}
    spec = _spec_writer(desired.kind.name, country)(written)
    # `spec` and `state` are the last keys by the alphabet
    return f'{_written(about)[:-1]},"spec":{spec},"state":{_written(desired.state)}}}'.encode()


def _awaited(after: After) -> Mapping[str, object]:
    times = {"wait": after.wait.total_seconds(), "within": after.within.total_seconds()}
    return {**after._asdict(), **times, "limits": dict(after.limits)}


def canonical_list(
    name: str, labels: Mapping[str, str], members: Members, sources: Sequence[Mapping[str, object]] = ()
) -> bytes:
    """Returns what `canonical` makes of a list of people: whoever is declared, in whatever order; of `sources` of
    those who are left out what is written.
    """
    about = {
        "kind": CONTACT_LIST,
        "labels": dict(labels),
        "members": [members.fields, members.cells],
        "name": name,
        **({"sources": list(sources)} if sources else {}),
    }
    return canonical(about)


def _rule(desired: Desired, at: datetime | None) -> object:
    """Writes the rule, the dates and weekdays of its calendars, and what is planned by date."""
    from campaignctl.repeat.manifests import rule_document  # where a manifest repeats

    return rule_document(desired, at)


_Writer: TypeAlias = Callable[[Value], str]
"""From a value to the canonical JSON of what it means."""


@lru_cache
def _spec_writer(kind: str, country: Country | None) -> Callable[[Mapping[str, Value]], str]:
    """Makes closures from the rows of a kind, chosen once."""
    return _object_writer(KINDS[kind].fields, country)


def _object_writer(fields: Iterable[Field], country: Country | None) -> Callable[[Mapping[str, Value]], str]:
    rows = sorted(fields, key=lambda field: field.name)
    members = [(field.name, f"{_written(field.name)}:", _writer(field, country)) for field in rows]

    def write(values: Mapping[str, Value]) -> str:
        inner = [key + written(values[name]) for name, key, written in members if name in values]
        return f"{{{','.join(inner)}}}"

    return write


@cache
def _writer(field: Field, country: Country | None) -> _Writer:
    if field.type is Type.OBJECT:
        write = _object_writer(field.fields, country)
        return lambda value: write(value) if isinstance(value, Mapping) else "null"
    meaning = normal_of(field, country)
    if field.compare is Compare.NUMBERS:
        return lambda value: _plain_numbers(value, country) or _meaning(meaning(value))

    def write_meaning(value: Value) -> str:
        return _meaning(meaning(value))

    if field.compare not in _OF_FEW_VALUES:
        return write_meaning
    known = lru_cache(maxsize=4096)(write_meaning)
    return lambda value: known(value) if value.__class__ is str else write_meaning(value)


_OF_FEW_VALUES: Final = frozenset({Compare.INSTANT, Compare.NUMBER, Compare.CASELESS, Compare.SMS_TYPE})
"""Many manifests have the same start, the same caller and the same words."""


def _plain_numbers(value: Value, country: Country | None) -> str | None:
    """Writes numbers that mean themselves and stand there once each, as `_meaning` does; None for any others."""
    numbers = texts(value)
    if not numbers or canonical_numbers(numbers, country) is not numbers or len(set(numbers)) < len(numbers):
        return None
    each_once = '",1],["'.join(sorted(numbers))
    return f'[["{each_once}",1]]'


def _meaning(meaning: object) -> str:
    """Writes a meaning; sets go in the order of what is written: texts, or each with its count."""
    if isinstance(meaning, frozenset):
        return f"[{','.join(sorted(map(_written, meaning)))}]"
    return _written(meaning.isoformat() if isinstance(meaning, datetime) else meaning)


def _written(item: object) -> str:
    """Writes as `canonical` does, as text, without the detour where it is plain."""
    if isinstance(item, str):
        return encode_basestring_ascii(item)
    if item.__class__ is int:
        return str(item)
    return "null" if item is None else _CANONICAL.encode(item)


def fingerprint(live: Live, country: Country | None, token: str, with_updated: bool = False) -> str:
    """Makes a keyed mark for each key that the answer shows: status and writable fields, never counters.

    `key=mark` joined by `;`, so that two answers can be held against each other over the keys that both hold.
    `with_updated` adds the time of the last update: where a plan resumes, a stop since then wins.
    """
    marks = {"status": _written(str(live.status if live.status != "unknown" else live.word))}
    for path, field in live.kind.leaves_and_objects():
        value = shown(live.spec, path)
        if field.type is not Type.OBJECT and value is not UNSEEN:
            marks[path] = _writer(field, country)(value)  # type: ignore[arg-type]
    if with_updated and live.updated is not None:
        marks["date_updated"] = _written(str(live.updated))
    return ";".join(f"{key}={_mark(token, key, written)}" for key, written in marks.items())


def _mark(token: str, key: str, written: str) -> str:
    return _keyed(token, f"[{_written(key)},{written}]".encode())[len(_SCHEME) :][:16]


def same_fingerprint(one: str, other: str, apart_from: frozenset[str] = frozenset()) -> bool:
    """Compares two fingerprints over the keys that both hold."""
    mine, theirs = (dict(pair.split("=", 1) for pair in side.split(";")) for side in (one, other))
    return all(mine[key] == theirs[key] for key in mine.keys() & theirs.keys() - apart_from)


def an_object(value: object) -> Mapping[str, object]:
    """Returns what a document has there. Raises TypeError where it is no object."""
    if not isinstance(value, Mapping):
        raise TypeError("no object")
    return value


def an_array(value: object) -> Sequence[object]:
    """Returns what a document has there. Raises TypeError where it is no array."""
    if not isinstance(value, list | tuple):
        raise TypeError("no array")
    return value


def objects(value: object) -> list[Mapping[str, object]]:
    """Returns the objects of an array. Raises TypeError where it is none."""
    return [an_object(each) for each in an_array(value)]


def document_digest(document: Mapping[str, object]) -> str:
    """Returns the first twelve hex digits of SHA-256 over what a reviewer approves, as a plan's document shows it.

    Whoever holds the document can compute it. Numbers stand in it as counts; the manifests' digest covers them.
    """
    approved = {
        "environment": document["environment"],
        "host": document["host"],
        "account_sid": document["account_sid"],
        "manifests": an_object(document["manifests"])["digest"],
        "allowed": document["allowed"],
        "changes": [_approved_text(change) for change in objects(document["changes"])],
    }
    digest = hashlib.sha256()
    for piece in canonical_pieces(approved):
        digest.update(piece)
    return digest.hexdigest()[:12]


def _approved_text(change: Mapping[str, object]) -> bytes:
    """Writes `canonical` of what is approved of a change; of one that leaves all as it is, as most do, at once."""
    nothing = all(change[key] == [] for key in ("diff", "held", "operations"))
    if not nothing or change.get("suppressed") is not None:
        return canonical(_approved(change))
    kind, name, sid = (_written(change[key]) for key in ("kind", "name", "sid"))
    return f'{{"diff":[],"held":[],"kind":{kind},"name":{name},"operations":[],"sid":{sid}}}'.encode()


def _approved(change: Mapping[str, object]) -> Mapping[str, object]:
    """Returns a change without what moves on by itself; but of one that resumes with the time of its last update: a
    stop that came in between makes another plan.
    """
    operations, held = objects(change["operations"]), objects(change["held"])
    resumes = any(operation["op"] == "resume" for operation in operations)
    moving = _MOVING - {"since"} if resumes else _MOVING
    suppressed = change.get("suppressed")
    return {
        **{key: change[key] for key in ("kind", "name", "sid", "diff")},
        **({"suppressed": suppressed["marks"]} if isinstance(suppressed, Mapping) else {}),
        "operations": [_without(operation, moving) for operation in operations],
        "held": [_without(operation, moving) for operation in held],
    }


_MOVING: Final = frozenset({"since", "numbers_failed"})


def _without(operation: Mapping[str, object], moving: frozenset[str]) -> Mapping[str, object]:
    return {key: value for key, value in operation.items() if key not in moving}


def document_seal(document: Mapping[str, object], token: str) -> str:
    """Seals all other keys of a plan's document, its expiry too: whoever edits a file cannot seal it again."""
    mac = hmac.new(token.encode(), digestmod="sha256")
    for piece in canonical_pieces({key: value for key, value in document.items() if key != "seal"}):
        mac.update(piece)
    return _SCHEME + mac.hexdigest()


class SealOfChanges:
    """Seals a plan's document as `document_seal` does while its changes are made, so that none is held for it."""

    def __init__(self, head: Mapping[str, object], token: str) -> None:
        """Begins with what stands before the changes by the alphabet; it must not follow from them."""
        self._mac = hmac.new(token.encode(), digestmod="sha256")
        self._before = {key: value for key, value in head.items() if key < _CHANGES}
        self._separator = b"["
        for piece in _member_pieces(self._before, "{"):
            self._mac.update(piece)
        self._mac.update(f",{_written(_CHANGES)}:".encode())

    def take(self, change: WrittenJson) -> bytes:
        """Takes in the next change; returns what of it is still needed."""
        self._mac.update(self._separator + change.canonical)
        self._separator = b","
        return change.printed

    def over(self, document: Mapping[str, object]) -> str:
        """Returns the seal over the document, all of whose changes were taken in."""
        before = {key: value for key, value in document.items() if key < _CHANGES}
        assert before == self._before, "it was sealed before the changes were made"
        after = {key: value for key, value in document.items() if key > _CHANGES and key != "seal"}
        self._mac.update(b"]" if self._separator == b"," else b"[]")
        for piece in _member_pieces(after, ","):
            self._mac.update(piece)
        self._mac.update(b"}")
        return _SCHEME + self._mac.hexdigest()


_CHANGES: Final = "changes"


def same_seal(one: str, other: str) -> bool:
    """Compares two seals in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def sealed(document: T, token: str) -> T:
    """Returns a plan's document as a program or a file gets it: under its seal, keyed with the API token."""
    return cast("T", {**document, "seal": document_seal(document, token)})
