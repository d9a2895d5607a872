"""Checks an account for `doctor`: a function for each check, from what was looked at to what is wrong. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from campaignctl.diagnostics import Severity, counted, has_errors, quoted, some_of
from campaignctl.doctor.facts import Facts, Problem
from campaignctl.kinds.lifecycle import FAILURES, Status
from campaignctl.kinds.operations import covering
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live
from campaignctl.model.plan import Change
from campaignctl.model.reasons import ChangeType
from campaignctl.model.windows import instant, window_of
from campaignctl.planning.orphans import TO_END

RECENT: Final = timedelta(days=30)
"""Nothing that can be done makes a failed campaign another one: what is older than this is history, not news."""
_MOST_NAMED: Final = 10
"""Of what may be many campaigns. What more there are is counted."""
_ENDED: Final = covering(
    "doctor.account_checks, _ENDED",
    {Status.FAILED: "it failed", Status.CANCELED: "it was canceled"},
    FAILURES,
)
_TOLD: Final = frozenset(
    {"already-ran", "ambiguous-name", "incomplete-list", "unknown-outcome", "unknown-status"}
)
"""Reasons for being blocked that a check of its own tells of."""
_UNREACHED: Final = "those whom it should have reached were not reached"
_WAITS: Final = "it waits, paused, and its window is over"


def lists(facts: Facts) -> Iterator[Problem]:
    """Checks that the account's lists could be read completely, and that its filters can be relied on."""
    for note in facts.notes:
        yield Problem(
            note.rstrip("."),
            "reading takes more requests, or a name may be in use that was not seen",
            facts.command("plan", "--refresh", "full"),
            Severity.WARN,
        )
    strange: defaultdict[str, list[str]] = defaultdict(list)
    for live in facts.campaigns:
        if live.status is Status.UNKNOWN:
            strange[live.word].append(live.sid)
    for word, sids in sorted(strange.items()):
        status = f"the status {quoted(word)}, which is not known" if word else "no status"
        yield Problem(
            f"the account shows {status}, of {counted(len(sids), 'campaign')} ({some_of(sids)})",
            "nobody can tell whether people are called or texted: nothing is done there, whatever a manifest wants",
            f"{facts.command('status', *sids[:_MOST_NAMED])}; or look there in the dashboard, and for a newer "
            "campaignctl",
            Severity.WARN,
        )


def duplicates(facts: Facts) -> Iterator[Problem]:
    """Checks that no two alive campaigns have one name.

    Where a manifest pins each of them, somebody has looked at that.
    """
    pinned = {it.live.sid for it in facts.changes if it.live and it.desired and it.desired.sid}
    namesakes: defaultdict[tuple[str, str], list[Live]] = defaultdict(list)
    for live in facts.alive:
        namesakes[live.kind.short, live.name].append(live)
    for (short, name), campaigns in sorted(namesakes.items()):
        if len(campaigns) > 1:
            sids = [live.sid for live in sorted(campaigns, key=lambda live: live.age_key)]
            meant = pinned.issuperset(sids)
            then = "each is pinned by its manifest" if meant else "a manifest of the name is blocked"
            yield Problem(
                f"{len(sids)} alive campaigns have the name ({', '.join(sids)})",
                f"people may be called or texted by each of them, and {then}",
                f"{facts.command('pause', *sids)}; then `{facts.command('complete')} SID` for what should not be "
                "there, or pin the right one with metadata.sid",
                Severity.WARN if meant else Severity.ERROR,
                subject=f"{short}/{name}",
            )


def new_runs(facts: Facts) -> Iterator[Problem]:
    """Checks that no manifest asks something new of a campaign that is over."""
    for change in _with_reason(facts, "already-ran"):
        yield _of_change(
            change,
            change.reason.message,
            "the run that the manifest asks for will not come: what is finished stays finished",
            f"change metadata.name in {_place(change)}, then {facts.command('plan')}",
        )


def failed(facts: Facts) -> Iterator[Problem]:
    """Checks that no campaign failed or was canceled: neither a manifest's nor, lately, any other."""
    for change in _with_reason(facts, "failed"):
        sid = change.live.sid if change.live else change.key.name
        yield _of_change(
            change,
            change.reason.message,
            _UNREACHED,
            f"{facts.command('report', sid)} says why; for a new run change metadata.name in {_place(change)}",
        )
    others = sorted(filter(lambda live: _failed_lately(live, facts.now), facts.unmanaged), key=_newest)
    for live in others[:_MOST_NAMED]:
        yield _of_live(
            live,
            f"{_ENDED[live.status]}, and no manifest names it",
            _UNREACHED,
            f"{facts.command('report', live.sid)} says why; for a new run "
            f"{facts.command('export', live.sid, '--out', facts.folder)}, with a new name and a new start there",
        )
    if len(others) > _MOST_NAMED:
        more = counted(len(others) - _MOST_NAMED, "more campaign")
        yield Problem(
            f"{more} that no manifest names failed of late",
            _UNREACHED,
            facts.command("export", "--status", "failed,canceled", "--out", "failed"),
            Severity.WARN,
        )


def _failed_lately(live: Live, now: datetime | None) -> bool:
    """Tells whether a campaign failed lately; without a date that can be read it may have been today."""
    ended = _ended(live)
    return live.status in _ENDED and (ended is None or now is None or now - ended < RECENT)


def _ended(live: Live) -> datetime | None:
    try:
        return instant(live.updated) if live.updated else live.created
    except ValueError:
        return live.created


def _newest(live: Live) -> tuple[float, str]:
    ended = _ended(live)
    return (-ended.timestamp() if ended else float("-inf"), live.sid)


def orphans(facts: Facts) -> Iterator[Problem]:
    """Checks that every alive campaign with the project's prefix has its manifest."""
    for change in facts.changes:
        if change.type is ChangeType.ORPHAN and has_errors(facts.findings):
            yield _of_change(
                change,
                "no manifest that could be read matches it",
                "it may be the campaign of a manifest that is not valid",
                facts.command("validate"),
                Severity.WARN,
            )
        elif change.type is ChangeType.ORPHAN:
            sid = change.key.sid
            allowed = [word for op in TO_END for word in ("--allow", f"{op}:{sid}")]
            yield _of_change(
                change,
                "no manifest of the project matches it",
                "it stays and runs, and nobody reviews it",
                f"write its manifest: {facts.command('export', sid, '--out', facts.folder)}; or end it: "
                f"{facts.command('apply', '--prune', *allowed)}",
            )


def windows(facts: Facts) -> Iterator[Problem]:
    """Checks that nothing waits past its end, and nothing missed its start."""
    for change in facts.changes:
        code, place = change.reason.code, _place(change)
        if code == "window-over" and change.live is not None and change.live.alive:
            yield _of_change(
                change, _WAITS, _waiting(change.live), facts.command("complete", change.live.sid)
            )
        elif _missed_its_start(change):
            yield _of_change(
                change,
                "its start has passed and it was never created",
                "nobody is reached until it has a new start",
                f"change its start in {place}, then {facts.command('apply')}",
            )
        elif code == "window-over" and change.live is None:
            yield _of_change(
                change,
                "its window is over, and no campaign that is alive is its",
                "it ran, or it never did; nothing is done about it any more",
                f"remove {place}, or give it a new name and a new start",
                Severity.WARN,
            )
    for live in facts.unmanaged:
        if live.status is Status.PAUSED and facts.now and window_of(live.kind, live.spec).over(facts.now):
            yield _of_live(live, _WAITS, _waiting(live), facts.command("complete", live.sid))


def blocked(facts: Facts) -> Iterator[Problem]:
    """Checks that no manifest is blocked for a reason that no other check looks at: a plan says more of each."""
    codes = Counter(
        change.reason.code
        for change in facts.changes
        if change.type is ChangeType.BLOCKED
        and change.reason.code not in _TOLD
        and not _missed_its_start(change)
    )
    if codes:
        yield Problem(
            f"{counted(codes.total(), 'manifest is', 'manifests are')} blocked: {', '.join(sorted(codes))}",
            "the account does not become what they ask for until that is fixed",
            f"{facts.command('plan')} says why, and what to do",
        )


def _missed_its_start(change: Change) -> bool:
    return change.reason.code == "start-passed" and change.live is None


def _waiting(live: Live) -> str:
    return f"it {live.kind.verb} nobody any more, and those not reached stay unreached"


def _with_reason(facts: Facts, code: str) -> Iterator[Change]:
    return (change for change in facts.changes if change.reason.code == code)


def _of_change(
    change: Change, message: str, meaning: str, fix: str, severity: Severity = Severity.ERROR
) -> Problem:
    kind = change.live.kind if change.live else change.desired.kind if change.desired else None
    subject = _subject(kind, change.key.name) if kind is not None else change.key.name
    return Problem(message, meaning, fix, severity, subject, change.live.sid if change.live else None)


def _of_live(live: Live, message: str, meaning: str, fix: str) -> Problem:
    """Makes the problem of a campaign that no manifest names: it is told, and makes nothing wrong."""
    return Problem(message, meaning, fix, Severity.WARN, _subject(live.kind, live.name), live.sid)


def _subject(kind: Kind, name: str) -> str:
    return f"{kind.short}/{name}"


def _place(change: Change) -> str:
    return f"{change.desired.where.file}:{change.desired.where.line}" if change.desired else "its manifest"
