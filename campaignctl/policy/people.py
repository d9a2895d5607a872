"""Checks who is reached: nobody of an empty list, others than were reviewed, somebody too often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from campaignctl.diagnostics import Severity, counted, quoted
from campaignctl.model.campaigns import ListRef
from campaignctl.model.values import texts
from campaignctl.model.windows import period_of
from campaignctl.policy.rules import WITHIN
from campaignctl.policy.subject import Case, Violation

_RECIPIENTS: Final = ("from", "lists")
_TIME_TO_FILL: Final = timedelta(hours=24)


def empty_list(case: Case) -> Iterator[Violation]:
    """Checks that no counted list is empty; it is a warning where there is time to fill it."""
    ahead = case.subject.ahead
    level = Severity.WARN if ahead is not None and ahead > _TIME_TO_FILL else None
    for sid in dict.fromkeys(texts(case.subject.spec.get("lists"))):
        if case.subject.counts.get(sid) == 0:
            yield Violation("lists", f"the list {sid} holds nobody; fill it, or give another", level)


def unsuppressed(case: Case) -> Iterator[Violation]:
    """Finds whom nobody can leave out: people of the account's own lists, of others' numbers, or who are not seen."""
    desired, spec = case.desired, case.subject.spec
    ignored = [name for name in _RECIPIENTS if name in desired.ignore]
    hidden = [
        it for it in _RECIPIENTS if it in desired.spec and (it in case.subject.unseen or it not in spec)
    ]
    named = spec.get("lists")
    lists = (
        [it for it in named if not isinstance(it, ListRef)]
        if isinstance(named, list | tuple)
        else texts(named)
    )
    if ignored:
        yield Violation(
            "metadata.ignore", f"{' and '.join(ignored)} left to others: suppressed people may be in it"
        )
    elif lists:
        message = f"{counted(len(lists), 'list')} of the account: suppressed people may be in it, and nobody can tell"
        yield Violation("lists", message)
    elif hidden:
        yield Violation(hidden[0], "the account does not show its people: suppressed ones may be among them")
    elif "from" not in desired.spec and not named:
        shown = (
            "are not declared here"
            if spec.get("from")
            else "are neither declared here nor shown by the account"
        )
        yield Violation("metadata", f"its people {shown}: suppressed ones may be among them")


def list_drift(_case: Case) -> Iterator[Violation]:
    """Finds nothing, since no plan breaks the rule: lists are counted again right before a write."""
    yield from ()


def frequency(case: Case) -> Iterator[Violation]:
    """Checks that nobody is reached by more campaigns within the time than is allowed."""
    at_most, written = case.settings.get("at_most"), str(case.settings.get("within") or WITHIN)
    if not isinstance(at_most, int) or case.beside.frequency is None:
        return
    found = case.beside.frequency.of(case.desired, at_most, period_of(written))
    if found is None:
        return
    people = counted(found.people, "person of it is", "people of it are")
    message = (
        f"{people} in more than {counted(at_most, 'campaign')} that start within {written}, with "
        f"{', '.join(map(quoted, found.names))}: start it later, or leave them out with suppress"
    )
    place = "from" if case.desired.spec.get("from") else "lists"
    yield Violation(place, message, details=(("people", found.people),))
