"""Compares what an account shows after a create or update with what was sent, field by field (rule 9). Pure.

The answer to a write and the look-up after one whose answer was lost are judged here alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import CALLING, Status
from campaignctl.kinds.table import WHO_IS_CALLED_WITH_WHAT, Field, Kind, Role, Type, Value
from campaignctl.model.campaigns import Live
from campaignctl.model.values import UNSEEN, shown
from campaignctl.model.windows import instant, window_of
from campaignctl.planning.compare import same

_DANGEROUS: Final = (Role.START, Role.NAME, *WHO_IS_CALLED_WITH_WHAT)
"""Where one of these is another, somebody could be called wrongly: the campaign is paused at once."""


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Says what is wrong with a campaign after a write. `dangerous`: it is paused at once."""

    code: str
    message: str
    dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Holds what an answer shows; `unseen` are the sent fields that it says nothing about."""

    problems: tuple[AnswerProblem, ...]
    unseen: tuple[str, ...]

    @property
    def dangerous(self) -> bool:
        """Tells whether somebody could be called wrongly."""
        return any(problem.dangerous for problem in self.problems)

    @property
    def took(self) -> bool:
        """Tells whether all that was sent is seen to be there."""
        return not self.problems and not self.unseen


def verify(
    sent: Mapping[str, Value],
    answer: Live,
    before: Live | None,
    now: datetime,
    country: Country | None,
    left: Collection[str] = (),
) -> Verdict:
    """Compares an answer with what was sent.

    `before` is the campaign as it was read before an update, None for a create. `left` are fields that stay as they
    are, and that nothing showed before.
    """
    kind = answer.kind
    problems = [*_not_taken(kind, sent, answer, country)]
    problems += _added(sent, answer, before, left)
    if before is not None:
        problems += _lost(kind, sent, answer, before, country)
    problems += _began(sent, answer, before, now)
    unseen = (path for path, _, _ in _leaves(kind, sent) if shown(answer.spec, path) is UNSEEN)
    return Verdict(tuple(problems), tuple(unseen))


def hides_a_danger(sent: Mapping[str, Value], answer: Live, before: Live) -> bool:
    """Tells whether an answer to an update lacks what could call somebody wrongly, and what a read shows."""
    if before.status is Status.PAUSED and not answer.word:
        return True
    return any(
        field.role in (*_DANGEROUS, Role.END)
        and shown(answer.spec, path) is UNSEEN
        and shown(before.spec, path) is not UNSEEN
        for path, field, _ in _leaves(answer.kind, sent)
    )


def only_these(sent: Mapping[str, Value], paths: Iterable[str]) -> Mapping[str, Value]:
    """Returns what was sent at these dotted paths, and nothing else."""
    found: dict[str, Value] = {}
    for path in paths:
        name, _, member = path.partition(".")
        value, there = sent[name], found.get(name)
        if member and isinstance(value, Mapping):
            value = {**(there if isinstance(there, Mapping) else {}), member: value[member]}
        found[name] = value
    return found


def completed(answer: Live, read: Live) -> Live:
    """Returns an answer with what it lacks as it was read right after it."""
    of = answer if answer.word else read
    return answer._replace(spec=overlaid(read.spec, answer.spec), status=of.status, word=of.word)


def overlaid(known: Mapping[str, Value], shown_now: Mapping[str, Value]) -> Mapping[str, Value]:
    """Lays what is shown over what is known, inside objects too."""
    spec = {**known, **shown_now}
    for name, value in shown_now.items():
        there = known.get(name)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            spec[name] = {**there, **value}
    return spec


def _leaves(kind: Kind, spec: Mapping[str, Value]) -> Iterator[tuple[str, Field, Value]]:
    for path, field in kind.leaves_and_objects():
        value = shown(spec, path)
        if field.type is not Type.OBJECT and value is not UNSEEN:
            yield path, field, value  # type: ignore[misc]


def _not_taken(
    kind: Kind, sent: Mapping[str, Value], answer: Live, country: Country | None
) -> Iterator[AnswerProblem]:
    for path, field, value in _leaves(kind, sent):
        if _differs(field, value, shown(answer.spec, path), country):
            yield _problem(path, field, value, shown(answer.spec, path), "did not take")


def _lost(
    kind: Kind, sent: Mapping[str, Value], answer: Live, before: Live, country: Country | None
) -> Iterator[AnswerProblem]:
    """Yields fields that were not sent and are no longer what they were."""
    for path, field, value in _leaves(kind, before.spec):
        seen = shown(answer.spec, path)
        if shown(sent, path) is UNSEEN and _differs(field, value, seen, country):
            yield _problem(path, field, value, seen, "was lost")


def _added(
    sent: Mapping[str, Value], answer: Live, before: Live | None, left: Collection[str]
) -> Iterator[AnswerProblem]:
    """Yields whom it calls with what, beside the lists, numbers or content that were sent; not what was there before,
    or is left as it is.
    """
    for role in WHO_IS_CALLED_WITH_WHAT:
        rows = answer.kind.in_role(role)
        for row in rows if any(sent.get(row.name) for row in rows) else ():
            known = row.name in sent or row.name in left or (before is not None and row.name in before.spec)
            if not known and answer.spec.get(row.name):
                yield AnswerProblem("field-lost", f"{row.name} was not sent, and the account has one", True)


def _differs(field: Field, value: Value, seen: object, country: Country | None) -> bool:
    if seen is UNSEEN or same(field, value, seen, country):  # type: ignore[arg-type]
        return False
    return not (field.role is Role.END and value is None)  # an account fills an end in


def _problem(path: str, field: Field, value: Value, seen: object, what: str) -> AnswerProblem:
    if field.role is Role.NAME:
        return AnswerProblem("wrong-name", "the account shows another name than the one it should have", True)
    if field.role is Role.END:
        return _end_problem(path, value, seen, what)
    if field.role is Role.START:
        what += ": the account has " + ("none" if seen is None else "another start")
    return AnswerProblem("field-lost", f"{path} {what}", field.role in _DANGEROUS)


def _end_problem(path: str, value: Value, seen: object, what: str) -> AnswerProblem:
    """Makes the problem of a wrong end: calls that go on for longer than anybody agreed to are as wrong as those
    that begin at another time.
    """
    if seen is None:
        return AnswerProblem("field-lost", f"{path} {what}: the account has no end", True)
    later = instant(str(seen)) > instant(str(value))
    return AnswerProblem("field-lost", f"{path} {what}: it ends {'later' if later else 'earlier'}", later)


def _began(
    sent: Mapping[str, Value], answer: Live, before: Live | None, now: datetime
) -> Iterator[AnswerProblem]:
    if before is not None and before.status is Status.PAUSED and answer.status in CALLING:
        yield AnswerProblem("started-early", "it was paused and is no longer", True)
    elif started_early(answer, now, sent, answer.spec, before.spec if before else {}):
        yield EARLY


EARLY: Final = AnswerProblem("started-early", "it is in progress ahead of its start", True)


def started_early(live: Live, now: datetime, *specs: Mapping[str, Value]) -> bool:
    """Tells whether it calls before its start; the first of `specs` that shows a start counts."""
    starts = (window_of(live.kind, spec).start for spec in specs)
    start = next((start for start in starts if start is not None), None)
    return live.status is Status.IN_PROGRESS and start is not None and start > now
