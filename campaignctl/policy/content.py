"""Checks whom a campaign calls, from which number, and what its manifest must carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from campaignctl.diagnostics import counted, did_you_mean, quoted
from campaignctl.kinds.table import Value
from campaignctl.model.values import canonical_number, canonical_numbers, texts
from campaignctl.policy.subject import Case, Subject, Violation, label


def duplicate_numbers(case: Case) -> Iterator[Violation]:
    """Checks that no number stands twice, by the country rule, unless the campaign says that it may."""
    if case.subject.spec.get("call_duplicate_numbers") is True:
        return
    for name, numbers in _numbers(case):
        meant = canonical_numbers(numbers, case.environment.country)
        if len(set(meant)) < len(meant):
            twice = sum(count > 1 for count in Counter(meant).values())
            stand = counted(twice, "number stands", "numbers stand")
            yield Violation(name, f"{stand} more than once; set call_duplicate_numbers if that is meant")


def max_numbers(case: Case) -> Iterator[Violation]:
    """Checks that a campaign has no more numbers than allowed, those of the lists that were counted with its own."""
    most, subject = case.settings.get("at_most"), case.subject
    if not isinstance(most, int):
        return
    allowed = f"at most {counted(most, 'is', 'are')} allowed"
    for name, numbers in _numbers(case):
        if len(numbers) > most:
            yield Violation(
                name, f"it has {counted(len(numbers), 'number')}, and {allowed}; split it into several"
            )
            return
    lists = texts(subject.spec.get("lists"))
    people = _people_of_lists(subject) if lists else None
    if people is not None and people > most:
        bound = "" if len(lists) == 1 and not subject.spec.get("from") else "up to "
        has = f"it has {bound}{counted(people, 'number')} ({counted(len(lists), 'list')})"
        yield Violation("lists", f"{has}, and {allowed}; split it into several")


def _people_of_lists(subject: Subject) -> int | None:
    from campaignctl.policy.prediction import number_count  # where lists are sent to

    return number_count(subject)


def _numbers(case: Case) -> Iterator[tuple[str, Sequence[str]]]:
    for field in case.subject.kind.numbers:
        yield field.name, _all_of(case.subject.spec.get(field.name))


def _all_of(numbers: Value) -> Sequence[str]:
    return numbers if isinstance(numbers, list | tuple) else texts(numbers)


_MOST_TOLD: Final = 20
"""Numbers that are told one by one; one more finding counts the rest."""


def valid_numbers(case: Case) -> Iterator[Violation]:
    """Checks that every number can exist that the manifest declares: one that cannot fails all of the create."""
    from campaignctl.policy.numbering import flaws  # with the world's numbers

    country = case.environment.country
    for field in case.subject.kind.numbers:
        found = list(flaws(_all_of(case.desired.spec.get(field.name)), country))
        for place, flaw in found[:_MOST_TOLD]:
            yield Violation(f"{field.name}.{place}", f"this number cannot exist: {flaw}")
        more = len(found) - _MOST_TOLD
        if more > 0:
            message = (
                f"{counted(more, 'more number')} of this campaign cannot exist; this is the first of them"
            )
            yield Violation(f"{field.name}.{found[_MOST_TOLD][0]}", message, details=(("count", more),))


def duplicate_campaigns(case: Case) -> Iterator[Violation]:
    """Checks that no two manifests call the same people with the same content at the same time."""
    copy = case.beside.copies.of(case.desired)
    if copy is None:
        return
    other, verb = copy.other, case.subject.kind.verb
    shared = counted(copy.people, "recipient")
    message = (
        f"{quoted(label(other))} ({other.where}) {verb} {shared} of this one with the same content at the same time: "
        "remove the one that is a copy, or give it other people, another content or another time"
    )
    yield Violation("metadata.name", message)


def same_people(_case: Case) -> Iterator[Violation]:
    """Finds nothing at a campaign: what other accounts take is looked at once, after reading."""
    return iter(())


def required_labels(case: Case) -> Iterator[Violation]:
    """Checks that every manifest carries the labels; their values are free."""
    missing = [name for name in texts(case.settings.get("labels")) if name not in case.desired.labels]
    if missing:
        noun = "the label" if len(missing) == 1 else "the labels"
        yield Violation("metadata.labels", f"{noun} {', '.join(missing)} must stand in metadata.labels")


def allowed_caller_ids(case: Case) -> Iterator[Violation]:
    """Checks that calls come from these ExoPhones only, by the country rule."""
    caller = case.subject.spec.get("caller_id")
    country = case.environment.country
    only = texts(case.settings.get("only"))
    if isinstance(caller, str) and canonical_number(caller, country) not in {
        canonical_number(it, country) for it in only
    }:
        yield Violation("caller_id", f"caller_id: {quoted(caller)} {_not_allowed(caller, only)}")


def allowed_sender_ids(case: Case) -> Iterator[Violation]:
    """Checks that messages come from these senders only."""
    sender = case.subject.spec.get("sender_id")
    only = texts(case.settings.get("only"))
    if isinstance(sender, str) and sender not in only:
        yield Violation("sender_id", f"sender_id: {quoted(sender)} {_not_allowed(sender, only)}")


def _not_allowed(word: str, only: Sequence[str]) -> str:
    some = ", ".join(map(quoted, only[:5]))
    return f"is not allowed here{did_you_mean(word, only) or f'; allowed: {some}'}"
