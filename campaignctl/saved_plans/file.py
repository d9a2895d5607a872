"""Reads a plan file back: what was approved, and how to tell whether it still holds (rule 11). Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from campaignctl.diagnostics import quoted
from campaignctl.errors import InputError, RefusedError
from campaignctl.kinds.operations import Op
from campaignctl.model.campaigns import Key
from campaignctl.model.plan import FORMAT_VERSION, ListCount, Operation, Selection, reached_lists
from campaignctl.model.windows import instant
from campaignctl.records import dataclass
from campaignctl.saved_plans.seal import (
    an_array,
    an_object,
    document_digest,
    document_seal,
    objects,
    same_seal,
    token_name,
)


@dataclass(frozen=True, slots=True)
class SavedChange:
    """Holds one change of a saved plan, as far as an apply needs it. `sid` is None where nothing was there."""

    key: Key
    sid: str | None
    operations: tuple[Operation, ...]
    fingerprint: str | None
    lists: tuple[ListCount, ...] = ()
    marks: frozenset[str] = frozenset()
    gates: tuple[str | None, ...] = ()
    """The SIDs of the campaigns that it waits for."""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """Holds a plan file. `document` is all of it, for `show`."""

    environment: str
    account_sid: str
    host: str
    created_at: datetime
    expires_at: datetime
    digest: str
    manifests_digest: str
    token: str
    seal: str
    selection: Selection
    allowed: tuple[str, ...]
    changes: tuple[SavedChange, ...]
    document: Mapping[str, object]

    @property
    def reached(self) -> tuple[ListCount, ...]:
        """Returns the lists that operations reach, as they were counted."""
        return reached_lists(self.changes)


def looks_like_plan(text: str) -> bool:
    """Tells whether a file is a plan: its JSON holds `format_version`, also where it was cut off after it."""
    if not text.lstrip().startswith("{") or '"format_version"' not in text:
        return False
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return True
    return isinstance(document, dict) and "format_version" in document


_NOTHING: Final = ("", "null", "~", "---", "...")


def holds_nothing(text: str) -> bool:
    """Tells whether a text is blank, or `null`, as YAML may write it: what a redirection leaves behind whose
    command failed.
    """
    lines = text.strip("\ufeff\0 \t\r\n").splitlines()
    return all(line.strip() in _NOTHING for line in lines)


class _TwiceError(ValueError):
    """Names a key that stands twice: some readers take the first and some the last, so people saw another plan."""


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise _TwiceError(next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place])))
    return document


def read_plan(text: str, source: str) -> SavedPlan:
    """Reads a plan.

    Raises InputError for a file that is cut or foreign, RefusedError for one of another version or edited.
    """
    try:
        document = json.loads(text, object_pairs_hook=_each_once)
    except _TwiceError as twice:
        raise RefusedError(
            f"{source} was edited: {quoted(str(twice))} stands twice in one place of it; plan again"
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{source} is not a complete plan file: it is cut off or damaged ({error})"
        ) from error
    if not isinstance(document, dict) or "format_version" not in document:
        raise InputError(f"{source} is not a plan file: it has no format_version")
    _refuse_other_version(document["format_version"], source)
    try:
        saved = _read(document)
        digest = document_digest(document)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"{source} is not a plan file that can be read: {_trouble(error)}") from error
    if digest != saved.digest:
        raise RefusedError(
            f"{source} was edited: it shows digest {saved.digest}, and its content has {digest}; plan again"
        )
    return saved


def require_seal(saved: SavedPlan, token: str, source: str) -> None:
    """Checks that the file is as it was written, by whoever holds this token.

    Raises:
        RefusedError: it was made with another token, or edited.
    """
    if saved.token != token_name(token):
        raise RefusedError(
            f"{source} was made with another API token ({saved.token}, now {token_name(token)}); plan again"
        )
    if not same_seal(saved.seal, document_seal(saved.document, token)):
        raise RefusedError(f"{source} was edited: its seal does not fit what it says; plan again")


def _refuse_other_version(version: object, source: str) -> None:
    major = FORMAT_VERSION.partition(".")[0]
    if str(version).partition(".")[0] != major:
        raise RefusedError(
            f"{source} has format_version {version}; this campaignctl reads {major}.x: plan again with it"
        )


def _trouble(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else "a key has a value of another type"


def _read(document: Mapping[str, object]) -> SavedPlan:
    selection, manifests = an_object(document["selection"]), an_object(document["manifests"])
    return SavedPlan(
        environment=_text(document["environment"]),
        account_sid=_text(document["account_sid"]),
        host=_text(document["host"]),
        created_at=instant(_text(document["created_at"])),
        expires_at=instant(_text(document["expires_at"])),
        digest=_text(document["digest"]),
        manifests_digest=_text(manifests["digest"]),
        token=_text(manifests["token"]),
        seal=_text(document["seal"]),
        selection=Selection(
            paths=_texts(selection["paths"]),
            labels=_text(selection["labels"]),
            prune=selection["prune"] is True,
            vars={_text(name): _text(value) for name, value in an_object(selection["vars"]).items()},
            resend=_texts(selection.get("resend", ())),
            prune_lists=selection.get("prune_lists") is True,
        ),
        allowed=_texts(document["allowed"]),
        changes=tuple(_change(change) for change in objects(document["changes"])),
        document=document,
    )


def _change(change: Mapping[str, object]) -> SavedChange:
    sid = _text_or_null(change["sid"])
    return SavedChange(
        key=Key(_text(change["kind"]), _text(change["name"]), sid or ""),
        sid=sid,
        operations=tuple(_operation(operation) for operation in objects(change["operations"])),
        fingerprint=_text_or_null(change["fingerprint"]),
        lists=tuple(map(_list, objects(change.get("lists", ())))),
        marks=frozenset(_marks(change.get("suppressed"))),
        gates=tuple(_text_or_null(gate["sid"]) for gate in objects(change.get("gates", ()))),
    )


def _marks(suppressed: object) -> Iterator[str]:
    if isinstance(suppressed, Mapping):
        yield from map(_text, suppressed["marks"])


def _list(each: Mapping[str, object]) -> ListCount:
    at, count = _text_or_null(each["counted_at"]), each["count"]
    return ListCount(
        sid=_text_or_null(each["sid"]),
        name=_text_or_null(each["name"]),
        count=count if isinstance(count, int) else None,
        counted_at=None if at is None else instant(at),
        managed=each["managed"] is True,
    )


def _operation(operation: Mapping[str, object]) -> Operation:
    return Operation(
        Op(_text(operation["op"])), _texts(operation["fields"]), _text_or_null(operation.get("sid"))
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _text_or_null(value: object) -> str | None:
    return None if value is None else _text(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, an_array(value)))
