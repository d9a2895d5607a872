"""Holds the answer to a write against what was sent, field by field (rule 9). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import CALLING, Status
from campaignctl.kinds.table import Field, Kind, Role, Type, Value
from campaignctl.planning.compare import UNSEEN, same, shown
from campaignctl.planning.resources import Live
from campaignctl.planning.window import window_of


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a campaign after a write. `dangerous`: it is paused at once."""

    code: str
    message: str
    dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer shows; `unseen` are the sent fields that it says nothing about."""

    problems: tuple[Problem, ...]
    unseen: tuple[str, ...]


def verify(
    sent: Mapping[str, Value], answer: Live, before: Live | None, now: datetime, country: Country | None
) -> Verdict:
    """`before` is the campaign as it was read before an update, None for a create."""
    kind = answer.kind
    problems = [*_not_taken(kind, sent, answer, country)]
    if before is not None:
        problems += _lost(kind, sent, answer, before, country)
    problems += _began(sent, answer, before, now)
    unseen = (path for path, _, _ in _leaves(kind, sent) if shown(answer.spec, path) is UNSEEN)
    return Verdict(tuple(problems), tuple(unseen))


def _leaves(kind: Kind, spec: Mapping[str, Value]) -> Iterator[tuple[str, Field, Value]]:
    for path, field in kind.leaves_and_objects():
        value = shown(spec, path)
        if field.type is not Type.OBJECT and value is not UNSEEN:
            yield path, field, value  # type: ignore[misc]


def _not_taken(
    kind: Kind, sent: Mapping[str, Value], answer: Live, country: Country | None
) -> Iterator[Problem]:
    for path, field, value in _leaves(kind, sent):
        seen = shown(answer.spec, path)
        if seen is UNSEEN or same(field, value, seen, country):  # type: ignore[arg-type]
            continue
        if field.role is Role.END and value is None:
            continue  # an account fills an end in
        if field.role is Role.NAME:
            yield Problem("wrong-name", "the answer bears another name than the one that was sent", True)
        elif field.role is Role.START:
            yield Problem("field-lost", f"{path} did not take: the account has another start", True)
        else:
            yield Problem("field-lost", f"{path} did not take")


def _lost(
    kind: Kind, sent: Mapping[str, Value], answer: Live, before: Live, country: Country | None
) -> Iterator[Problem]:
    """Fields that were not sent and are no longer what they were."""
    for path, field, value in _leaves(kind, before.spec):
        seen = shown(answer.spec, path)
        if shown(sent, path) is not UNSEEN or seen is UNSEEN:
            continue
        if not same(field, value, seen, country):  # type: ignore[arg-type]
            yield Problem("field-lost", f"{path} was lost", dangerous=field.role is Role.START)


def _began(sent: Mapping[str, Value], answer: Live, before: Live | None, now: datetime) -> Iterator[Problem]:
    if before is not None and before.status is Status.PAUSED and answer.status in CALLING:
        yield Problem("started-early", "it was paused and is no longer", True)
        return
    start = window_of(answer.kind, sent).start or window_of(answer.kind, answer.spec).start
    if answer.status is Status.IN_PROGRESS and start is not None and start > now:
        yield Problem("started-early", "it is in progress ahead of its start", True)
