"""What a plan remembers of manifests and campaigns without repeating them (rule 11): keyed, so that a number cannot
be found by trying."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring_ascii
from typing import Any

from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Field, Type, Value
from campaignctl.planning.compare import UNSEEN, shown
from campaignctl.planning.normalize import normal
from campaignctl.planning.plan import ManifestsSeal
from campaignctl.planning.resources import Desired, Live

_SCHEME = "hmac-sha256:"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def canonical(document: object) -> bytes:
    """JSON with sorted keys and no blanks."""
    return _CANONICAL.encode(document).encode()


def keyed(token: str, document: object) -> str:
    """`hmac-sha256:…` of a document under the API token."""
    return _keyed(token, canonical(document))


def _keyed(token: str, text: bytes) -> str:
    return _SCHEME + hmac.digest(token.encode(), text, "sha256").hex()


def token_name(token: str) -> str:
    """Which token keyed a plan: a short hash of it, from a domain of its own."""
    return hashlib.sha256(b"campaignctl token\0" + token.encode()).hexdigest()[:8]


def seal_manifests(selected: Iterable[Desired], country: Country | None, token: str) -> ManifestsSeal:
    """The digest of the selected manifests by meaning: comments, order and spelling do not change it."""
    manifests = sorted(canonical(_manifest(desired, country)) for desired in selected)
    whole = b"[" + b",".join(manifests) + b"]"  # what `canonical` makes of them all
    return ManifestsSeal(_keyed(token, whole), len(manifests), token_name(token))


def _manifest(desired: Desired, country: Country | None) -> Mapping[str, object]:
    return {
        "kind": desired.kind.name,
        "spec": _spec(desired.kind.fields, desired.spec, country),
        "state": desired.state,
        "sid": desired.sid,
        "previous_name": desired.previous_name,
        "labels": dict(desired.labels),
        "ignore": sorted(desired.ignore),
        "allow": sorted(desired.allow),
    }


def _spec(fields: Iterable[Field], spec: Mapping[str, Value], country: Country | None) -> dict[str, object]:
    return {field.name: _meaning(field, spec[field.name], country) for field in fields if field.name in spec}


def _meaning(field: Field, value: Value, country: Country | None) -> object:
    if field.type is Type.OBJECT:
        return _spec(field.fields, value, country) if isinstance(value, Mapping) else None
    return _jsonable(normal(field, value, country))


def _jsonable(meaning: Any) -> object:
    if isinstance(meaning, frozenset):
        return sorted((list(it) if isinstance(it, tuple) else it for it in meaning), key=_as_json)
    return meaning if meaning is None or isinstance(meaning, (str, int, bool)) else meaning.isoformat()


def _as_json(item: Any) -> str:
    """What `canonical` makes of a text, or of a text with its count."""
    if isinstance(item, str):
        return encode_basestring_ascii(item)
    text, count = item
    return f"[{encode_basestring_ascii(text)},{count}]"


def fingerprint(live: Live, country: Country | None, token: str, with_updated: bool = False) -> str:
    """A keyed mark per key that the answer shows: status and writable fields, never counters.

    `key=mark` joined by `;`, so that two answers can be held against each other over the keys that both hold.
    `with_updated` adds the time of the last update: where a plan resumes, a stop since then wins.
    """
    marks = {"status": str(live.status if live.status != "unknown" else live.word)}
    for path, field in live.kind.leaves_and_objects():
        value = shown(live.spec, path)
        if field.type is not Type.OBJECT and value is not UNSEEN:
            marks[path] = _jsonable(normal(field, value, country))  # type: ignore[assignment,arg-type]
    if with_updated:
        marks["date_updated"] = str(live.updated)
    return ";".join(f"{key}={keyed(token, [key, mark])[len(_SCHEME) :][:16]}" for key, mark in marks.items())


def same_fingerprint(one: str, other: str, apart_from: frozenset[str] = frozenset()) -> bool:
    """Over the keys that both hold."""
    mine, theirs = (dict(pair.split("=", 1) for pair in side.split(";")) for side in (one, other))
    return all(mine[key] == theirs[key] for key in mine.keys() & theirs.keys() - apart_from)


def document_digest(document: Mapping[str, Any]) -> str:
    """The first twelve hex digits of SHA-256 over what a reviewer approves, as a plan's document shows it.

    Whoever holds the document can reckon it: an edited plan file betrays itself. Numbers stand in it as counts;
    the manifests' digest covers them.
    """
    approved = {
        "environment": document["environment"],
        "account_sid": document["account_sid"],
        "manifests": document["manifests"]["digest"],
        "allowed": document["allowed"],
        "changes": [
            {
                **{key: change[key] for key in ("kind", "name", "sid", "diff")},
                "operations": [_steady(operation) for operation in change["operations"]],
                "held": [_steady(operation) for operation in change["held"]],
            }
            for change in document["changes"]
        ],
    }
    return hashlib.sha256(canonical(approved)).hexdigest()[:12]


def _steady(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what moves on by itself."""
    return {key: value for key, value in operation.items() if key not in ("since", "numbers_failed")}
