"""Whether there is time: before the start, in the window, and beside the other campaigns of the account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from campaignctl.diagnostics import counted, quoted
from campaignctl.model.windows import offset, window_of
from campaignctl.policy.prediction import number_count, pace, predicted_minutes
from campaignctl.policy.subject import Case, Violation, label

_NAMED = 3
"""How many of the overlapping campaigns a message names."""


def lead_time(case: Case) -> Iterator[Violation]:
    """A start that is being set lies far enough ahead for somebody to look again."""
    lead, wanted = case.subject.lead, case.settings.get("at_least_minutes")
    if lead is None or not isinstance(wanted, int) or lead / timedelta(minutes=1) >= wanted:
        return
    minutes = max(0, int(lead.total_seconds() // 60))
    message = f"its start is set {counted(minutes, 'minute')} ahead, and it must be {wanted:,} at least; start it later"
    yield Violation(case.subject.start_path, message)


def window_fits(case: Case) -> Iterator[Violation]:
    """The window is long enough for its numbers and retries. What is in lists nobody counts."""
    account = case.settings.get(case.subject.kind.capacity_setting)
    subject = case.subject.of_account(account) if isinstance(account, int) else case.subject
    end = window_of(subject.kind, subject.spec).end
    minutes = predicted_minutes(subject)
    if minutes is None or subject.begins is None or end is None:
        return
    window = (end - subject.begins).total_seconds() / 60
    if minutes > window:
        numbers = number_count(subject) or 0
        needing = counted(numbers, "number and its retries need", "numbers and their retries need")
        needs = f"{needing} {_minutes(minutes)} at {counted(pace(subject), subject.kind.unit)} a minute"
        yield Violation(subject.end_path, f"{needs}, and its window has {_minutes(window)}; end it later")


def _minutes(amount: float) -> str:
    return counted(max(0, -int(-amount // 1)), "minute")


def capacity(case: Case) -> Iterator[Violation]:
    """Campaigns that overlap do not together want more a minute than the account can do; the worst overlap is told."""
    subject, name = case.subject, label(case.desired)
    mine = [it for it in case.beside.overlaps if it.kind == subject.kind.name and name in it.names]
    if not mine or subject.begins is None:
        return
    worst = max(mine, key=lambda it: (it.wanted, -it.start.timestamp()))
    zone = subject.begins.tzinfo
    start, end = worst.start.astimezone(zone), worst.end.astimezone(zone)
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%a %d %b %H:%M}"
    message = (
        f"with {_some(worst.names - {name})} it can want {counted(worst.wanted, subject.kind.unit)} a minute "
        f"from {start:%a %d %b %H:%M} to {last} {offset(start)}, and the account does {worst.capacity:,}"
    )
    yield Violation(subject.start_path, message)


def _some(names: Iterable[str]) -> str:
    """The first of the names, and how many more there are."""
    ordered = sorted(names)
    shown = [quoted(name) for name in ordered[:_NAMED]]
    if len(ordered) > _NAMED:
        shown.append(f"{len(ordered) - _NAMED:,} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
