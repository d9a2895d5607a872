"""Says whether a campaign that another waits for has passed, by what the account shows of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from campaignctl.diagnostics import counted
from campaignctl.gates.counters import Counters, counters_of
from campaignctl.gates.limits import StopWhen
from campaignctl.gates.statistics import exceeded, kept
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Role
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.gates import After, Gate, GateLimit, GatePeople, GateVerdict, LimitWord, percent
from campaignctl.model.values import normal
from campaignctl.model.windows import after as later
from campaignctl.model.windows import window_of
from campaignctl.tuples import NamedTuple


class GateCampaign(NamedTuple):
    """Holds the campaign that is waited for, as far as anybody can tell.

    `live` is None where it is not there; `doubt` says why nobody can tell which one it is, why its manifest is blocked
    or why it never will be there, empty where none of these holds. `certain` is False where `live` may be another one
    than is meant. `stop_when` are the limits of a guard on it, `members` how many people its contact lists hold.
    """

    live: Live | None
    doubt: str
    stop_when: StopWhen
    members: int | None = None
    certain: bool = True


def judge(
    after: After, found: GateCampaign, desired: Desired, now: datetime, country: Country | None
) -> Gate:
    """Judges one entry of a manifest: failed, undecided, waiting or passed, the first that holds."""
    live = found.live
    counters = counters_of(live, country, found.members) if live else None
    limits = tuple(_limits(after, counters))
    case = _Case(after, found, counters, limits, desired, now, country)
    verdict, message = _verdict(case)
    return Gate(
        after.campaign,
        live.sid if live else None,
        live.status_word if live else None,
        verdict,
        message,
        _people(counters) if counters else None,
        limits,
    )


class _Case(NamedTuple):
    after: After
    found: GateCampaign
    counters: Counters | None
    limits: tuple[GateLimit, ...]
    desired: Desired
    now: datetime
    country: Country | None


def _verdict(case: _Case) -> tuple[GateVerdict, str]:
    for verdict, reasons in (
        (GateVerdict.FAILED, _failed(case)),
        (GateVerdict.UNDECIDED, _undecided(case)),
    ):
        reason = next(reasons, None)
        if reason is not None:
            return verdict, f"{case.after.campaign} {reason}"
    waits = next(_waiting(case), None)
    if waits is not None:
        return GateVerdict.WAITING, f"waits for {case.after.campaign}: {waits}"
    return GateVerdict.PASSED, f"{case.after.campaign} passed: {_progress(case.counters)}"


_OVER_BADLY = frozenset({Status.FAILED, Status.CANCELED, Status.DELETED})
_ENDED = frozenset({Status.COMPLETED, Status.ARCHIVED})


def _failed(case: _Case) -> Iterator[str]:
    live, counters = case.found.live, case.counters
    if live is None or not case.found.certain:
        return
    if live.status in _OVER_BADLY:
        yield f"is {live.status_word}"
    for limit in case.limits:
        if limit.verdict == "exceeded":
            yield f"exceeds its limit: {limit.of} {limit.counted:,} (limit {percent(limit.limit)})"
    crossing = case.found.stop_when.crossed_by(counters) if counters else None
    if crossing:
        yield f"crosses its stop_when: {crossing}"
    other = _other_content(case, live)
    if other:
        yield f"ran with another {other}: this one was never tried"


def _other_content(case: _Case, live: Live) -> str | None:
    """Returns the content that both campaigns show and that differs, once the awaited one has begun: then its
    results say nothing about this one.
    """
    desired = case.desired
    if live.kind is not desired.kind or not _begun(case, live):
        return None
    for field in desired.kind.in_role(Role.CONTENT):
        mine, theirs = desired.spec.get(field.name), live.spec.get(field.name)
        both = field.name in desired.spec and field.name in live.spec
        if both and normal(field, mine, case.country) != normal(field, theirs, case.country):
            return field.name
    return None


def _begun(case: _Case, live: Live) -> bool:
    tried = case.counters is not None and case.counters.tried > 0
    waits = live.status in (Status.CREATED, Status.PAUSED)  # one that was stopped ahead of its start, too
    return tried or not waits or window_of(live.kind, live.spec).begun(case.now)


def _undecided(case: _Case) -> Iterator[str]:
    live, counters = case.found.live, case.counters
    if case.found.doubt:
        yield case.found.doubt
    if live is None:
        return
    if live.status is Status.UNKNOWN:
        yield live.strange
    if live.status is Status.PAUSED:
        yield "is paused"
    if live.status in _ENDED:
        yield from _not_good_enough(case, live, counters)


def _not_good_enough(case: _Case, live: Live, counters: Counters | None) -> Iterator[str]:
    """Yields what a finished campaign lacks for a pass."""
    after = case.after
    if counters is None:
        yield f"is {live.status_word}, and its counters cannot be read"
        return
    left = counters.open + counters.never_tried
    if left:
        yield f"is {live.status_word}, and {counted(left, 'person was', 'people were')} never tried to the end"
    if counters.finished < after.finished:
        yield f"is {live.status_word} with {counters.finished:,} finished, fewer than {after.finished:,}"
    for limit in case.limits:
        if limit.verdict != "kept":
            share = f"{limit.of} {limit.counted or 0:,} of {counters.finished:,}"
            yield f"is {live.status_word}: {share} does not show that it keeps {percent(limit.limit)}"
    begins = _begins(live)
    if begins is None:
        yield "shows neither when it starts nor when it was created"
    elif later(begins, after.within) < case.now:
        yield "ran too long ago to tell"


def _waiting(case: _Case) -> Iterator[str]:
    live = case.found.live
    if live is None:
        yield "it is not there yet"
        return
    if live.status is Status.CREATED:
        yield "it has not begun"
    if live.status is Status.IN_PROGRESS:
        yield _progress(case.counters)
    begins = _begins(live)
    if case.after.wait > timedelta(0) and (begins is None or later(begins, case.after.wait) > case.now):
        yield f"{_progress(case.counters)}, and it is waited for longer"


def _begins(live: Live) -> datetime | None:
    return window_of(live.kind, live.spec).start or live.created


def _progress(counters: Counters | None) -> str:
    if counters is None:
        return "its counters cannot be read"
    failed = counters.counted("failed")
    return f"{counters.finished:,} of {counters.people:,} finished, {failed:,} failed"


def _people(counters: Counters) -> GatePeople:
    return GatePeople(counters.people, counters.open, counters.finished, counters.never_tried)


def _limits(after: After, counters: Counters | None) -> Iterator[GateLimit]:
    for name, limit in after.limits.items():
        if counters is None:
            yield GateLimit(name, limit, None, "unknown")
            continue
        count = counters.counted(name)
        yield GateLimit(name, limit, count, _word(after, counters, count, limit))


def _word(after: After, counters: Counters, count: int, limit: int) -> LimitWord:
    if exceeded(count, counters.people, limit, after.confidence):
        return "exceeded"
    settled = counters.finished > 0 and counters.open == 0
    return "kept" if settled and kept(count, counters.finished, limit, after.confidence) else "unknown"
