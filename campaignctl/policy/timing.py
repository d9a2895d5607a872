"""Checks whether there is time: before the start, in the window, and beside the other campaigns of the account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from campaignctl.diagnostics import counted, quoted
from campaignctl.model.windows import offset, window_of
from campaignctl.policy import closed_forms
from campaignctl.policy.closed_forms import Workload
from campaignctl.policy.prediction import workload_of
from campaignctl.policy.runs import forecasts_of, load_beside, run_key
from campaignctl.policy.subject import Case, Violation, label

_NAMED = 3
"""How many of the overlapping campaigns a message names."""


def lead_time(case: Case) -> Iterator[Violation]:
    """Checks that a start that is being set lies far enough ahead for somebody to look again."""
    lead, wanted = case.subject.lead, case.settings.get("at_least_minutes")
    if lead is None or not isinstance(wanted, int) or lead / timedelta(minutes=1) >= wanted:
        return
    minutes = max(0, int(lead.total_seconds() // 60))
    message = f"its start is set {counted(minutes, 'minute')} ahead, and it must be {wanted:,} at least; start it later"
    yield Violation(case.subject.start_path, message)


def window_fits(case: Case) -> Iterator[Violation]:
    """Checks that the window is long enough for the run. Where its people are not known nobody can tell."""
    account = case.settings.get(case.subject.kind.capacity_setting)
    subject = case.subject.of_account(account) if isinstance(account, int) else case.subject
    end, workload = window_of(subject.kind, subject.spec).end, workload_of(subject._replace(is_live=False))
    if workload is None or subject.begins is None or end is None:
        return
    window, typical = end - subject.begins, case.settings.get("bound") == "typical"
    run = _typical_run if typical else _worst_run
    minutes, unfinished, fits = run(workload, window)
    if not fits:
        needs = counted(workload.people, "person and its retries need", "people and their retries need")
        pace = f"{counted(minutes, 'minute')} at {counted(workload.per_minute, subject.kind.unit)} a minute"
        how = "typically" if typical else "at worst (if nothing else runs)"
        left = f"{unfinished:,} of {counted(workload.people, 'person', 'people')} not finished"
        message = f"{needs} {pace} {how}, and its window has {_minutes(window)}: {left}"
        yield Violation(subject.end_path, f"{message}; end it later", details=(("unfinished", unfinished),))


def _typical_run(workload: Workload, window: timedelta) -> tuple[int, int, bool]:
    """Returns the typical run and who is left in it.

    Where everybody answers at once nobody is left, and yet the intervals pass.
    """
    unfinished = closed_forms.typical_unfinished(workload, window)
    return closed_forms.typical_minutes(workload), unfinished, closed_forms.fits(workload, window)


def _worst_run(workload: Workload, window: timedelta) -> tuple[int, int, bool]:
    unfinished = closed_forms.worst_unfinished(workload, window)
    return closed_forms.worst_minutes(workload), unfinished, not unfinished


def _minutes(window: timedelta) -> str:
    return counted(max(0, window // timedelta(minutes=1)), "minute")


def capacity(case: Case) -> Iterator[Violation]:
    """Checks that campaigns that overlap do not together want more a minute than the account can do; the worst
    overlap is told.
    """
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
        f"{_longer(case)}"
    )
    yield Violation(subject.start_path, message)


def _longer(case: Case) -> str:
    """Says how much later it may be over than it would be alone; nothing where nobody can tell."""
    load = load_beside(case.subject, run_key(case.desired), case.beside.find_load)
    forecasts = forecasts_of(case.subject, load)
    if forecasts.worst is None or forecasts.shared is None or forecasts.shared.minutes is None:
        return ""
    more = forecasts.shared.minutes - forecasts.worst.minutes
    return f"; it may take {counted(more, 'minute')} longer for it"


def _some(names: Iterable[str]) -> str:
    """Names the first of the names, and how many more there are."""
    ordered = sorted(names)
    shown = [quoted(name) for name in ordered[:_NAMED]]
    if len(ordered) > _NAMED:
        shown.append(f"{len(ordered) - _NAMED:,} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
