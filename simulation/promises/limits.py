"""Judges what a run must not do more of, or sooner or later than it was told: limits, plan files, order, pace."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from simulation.ledger import KIND_OF, CommandRun, LifeLedger, Write, content_of, local, people_of, start_of
from simulation.manifests import IST, Manifest
from simulation.promises.hours import is_night
from simulation.promises.likeness import ComparedCampaign, looks_like
from simulation.promises.verdict import Findings, JudgeFinding, quiet, results
from simulation.promises.writes import MARGIN, SETTLE, creates, is_opt_out
from simulation.repository import CLOSES

HOUR = 3600.0


def no_more_than_told(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that `--max-changes` keeps back all but pauses."""
    if "--max-changes" not in run.words:
        return
    most = int(run.words[run.words.index("--max-changes") + 1])
    done = [
        it
        for it in run.writes
        if it.action not in ("pause", "complete", "archive") and not is_opt_out(run, it)
    ]
    if len({(it.request, it.sid or it.name) for it in done}) > most:
        yield f"{run} sent {len(done)} creates, updates and resumes, and was told {most} at most"


def edited_plans_do_nothing(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that a plan file that somebody edited is refused, whatever was edited."""
    if run.edited and run.writes:
        yield f"{run} carried out a plan file that was edited: {run.writes[0]}"


def plans_of_other_manifests_do_nothing(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that a saved plan is not carried out over manifests that mean something else."""
    if run.planned_for is None or not run.writes:
        return
    then, now = (_meaning(it.written, run.labels) for it in (run.planned_for, run.commit))
    if then != now:
        yield f"{run} carried out the plan of commit {run.planned_for.number}: {run.writes[0]}"


def _meaning(manifests: tuple[Manifest, ...], labels: str) -> list[Manifest]:
    """Returns what is selected, however it is written and wherever it stands; of a choice those who are chosen."""
    chosen = (it for it in manifests if not labels or labels == f"team={it.team}")
    plain = (
        replace(it, offset=IST, from_file=False, people=tuple(sorted(it.chosen)), team="") for it in chosen
    )
    return sorted(plain, key=lambda it: (it.kind, it.name))


def plans_that_call_at_once_hold_an_hour(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what begins to call at once is approved for an hour."""
    for write in run.writes:
        start = None if write.before is None else write.before.start
        late = run.planned_at < run.began and write.at > run.planned_at + HOUR + 5
        if late and write.action == "resume" and write.acted and start is not None and start < run.planned_at:
            yield f"{run}: {write}; it calls at once, and was planned {local(run.planned_at)}"


def stopping_comes_first(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what a plan pauses is paused before anything is changed or created, and what it ends is ended at
    last.
    """
    if not quiet(run) or run.command != "apply":
        return
    begun: Write | None = None
    own: set[str] = set()
    for write in run.writes:
        mine = write.sid in own
        own |= {*write.sids, *([write.sid] if write.action != "pause" else [])}
        if write.request in ("create", "update") or write.action == "resume":
            begun = begun or write
        elif write.action == "pause" and begun is not None and not mine:
            yield f"{run} paused {write.name} only after {begun}"


def nobody_is_made_twice(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what looks like a campaign of another name that nobody means is not created unless somebody said
    so.
    """
    for write in creates(run):
        wanted = [it for it in run.wants(write.collection, write.name) if it.name == write.name]
        if not write.acted or not wanted or run.may("twin", write.name):
            continue
        named = {(it.kind, it.sid or it.name) for it in run.commit.manifests}
        before = {(it.kind, it.previous_name) for it in run.commit.manifests}
        for other in run.before.values():
            kind = KIND_OF[other.collection]
            known = {(kind, other.name), (kind, other.sid)} & named or (kind, other.name) in before
            own = run.commit.repeating(kind, other.name)
            known = known or (own is not None and own.name == wanted[0].of)
            if known or kind != wanted[0].kind or other.sid in wanted[0].distinct_from:
                continue
            sent = write.sent
            look = ComparedCampaign(kind, start_of(sent), content_of(sent), frozenset(people_of(sent)))
            same = (other.start, other.content) == (look.start, look.content)
            seen = same or "mask" not in ledger.had or not sent.get("from")  # masked numbers are not compared
            if seen and other.created < run.began - SETTLE and looks_like(look, other):
                yield f"{run} created {write.name}, and {other.name} {other.sid[:6]} ({other.state}) looks like it"


def what_stays_is_not_doubled(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that nothing is created that calls as another campaign does, which its own manifest wants at another start
    and which stays where it is.
    """
    cut_short = run.killed or run.endless or run.signalled or run.faults
    if cut_short or run.command != "apply" or run.names_a_plan_file:
        return
    changed = {it.sid for it in run.writes}
    for write in creates(run):
        wanted = [it for it in run.wants(write.collection, write.name) if it.name == write.name]
        if not write.acted or not wanted or run.may("twin", write.name):
            continue
        for other in run.before.values():
            if other.sid in changed or not other.going or ledger.at(other.sid, write.at) != other:
                continue
            same = (other.collection, other.start, other.content) == (
                *(write.collection, start_of(write.sent), content_of(write.sent)),
            )
            own = run.meant(other.collection, other.name, other.sid)
            elsewhere = all(it.start != other.start and not (it.of or it.ignore) for it in own)
            known = other.sid in wanted[0].distinct_from or wanted[0].of or not own
            if same and elsewhere and not known and set(other.aims) & set(people_of(write.sent)):
                yield f"{run} created {write.name}, and {other.name} {other.sid[:6]} stays at that start"


def renamed_is_not_made_anew(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that where a manifest says what its campaign was called, that one is meant, and not created again."""
    for write in creates(run):
        for wanted in run.wants(write.collection, write.name):
            if not write.acted or not wanted.previous_name or wanted.name != write.name:
                continue
            others = {it.name for it in run.commit.manifests if it.kind == wanted.kind and not it.sid}
            for it in run.before.values():
                mine = it.collection == write.collection and it.name == wanted.previous_name
                if (
                    mine
                    and it.name not in others
                    and it.sid not in run.commit.pins
                    and it.created < run.began - SETTLE
                ):
                    yield f"{run} created {write.name}, and {it.sid[:6]} bears its previous name {it.name}"


def ended_is_not_resumed(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what waits past its end is not resumed by a manifest."""
    for write in run.writes:
        end = None if write.before is None else write.before.end
        if write.action == "resume" and not run.by_hand and end is not None and end < write.at - 5:
            yield f"{run} resumed {write.name} {write.sid[:6]}, whose end was {local(end)}"


def begun_is_not_changed(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that from the start on, and the margin before it for what does not wait, only callbacks and later
    starts are sent.
    """
    for write in run.writes:
        before = write.before
        if write.request != "update" or before is None or before.start is None or run.disturbed:
            continue
        begun = before.state == "in-progress" or before.start < write.at - 5
        waits = before.state == "paused" and before.collection == "campaigns"
        near = not waits and before.start < write.at + MARGIN - 5
        same = content_of(write.sent) in ("", before.content) and set(people_of(write.sent)) <= set(
            before.aims
        )
        start = start_of(write.sent)
        if begun and not (same and start in (None, before.start)):
            yield f"{run} changed {before.name} {write.sid[:6]}, which began {local(before.start)}"
        elif near and not begun and not same:
            yield f"{run} changed {before.name} {write.sid[:6]}, which begins {local(before.start)}"


def windows_are_within_hours(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds what is created and begins at night, or would still call at night: its last tries are later by then."""
    for write in creates(run):
        for wanted in run.wants(write.collection, write.name):
            if not write.acted or wanted.name != write.name:
                continue
            begins, ends = (datetime.fromtimestamp(it, IST) for it in (wanted.start, wanted.end))
            closes = begins.replace(hour=CLOSES, minute=0)
            last = begins + timedelta(hours=wanted.retries)
            if is_night(wanted.start) or (ends > closes and last > closes):
                yield f"{run} created {write.name}, from {local(wanted.start)} until {local(wanted.end)}"


def lookalikes_are_spared(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds orphans that are ended though a create is held that may be that very campaign."""
    for wanted, row in results(run):
        if row["reason"]["code"] != "looks-renamed" or not run.prune:
            continue
        for write in run.writes:
            other = run.before.get(write.sid)
            if other is None or KIND_OF[other.collection] != wanted.kind or write.request != "action":
                continue
            alike = (other.start, other.content) == (wanted.start, wanted.spec_content)
            meant = run.meant(other.collection, other.name, other.sid) or write.sid in wanted.distinct_from
            if alike and not meant and set(other.aims) & set(wanted.people):
                yield f"{run}: {write}; it looks like {wanted.name}, which is held"


def several_of_a_name_are_left(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that where several of a name are alive, nobody knowing which is meant, they are paused at most. A
    duplicate of its own that a run first tries to end is not meant, though the account may refuse that.
    """
    for write in run.writes:
        before = run.before.get(write.sid)
        ends = write.action in ("complete", "archive") and ledger.run_made(write.sid) is None
        if (
            before is None
            or run.by_hand
            or not (write.request == "update" or write.action == "resume" or ends)
        ):
            continue
        same = [
            it for it in run.before.values() if (it.name, it.collection) == (before.name, before.collection)
        ]
        old = [it for it in same if it.alive and it.created < run.began - SETTLE]
        wanted = run.meant(write.collection, before.name, write.sid)
        in_vain = {it.sid for it in run.writes if it.action == "complete" and it.at < write.at}
        left = [
            it
            for it in old
            if it.sid not in run.commit.pins and not (it.sid in in_vain and it.created > before.created)
        ]
        if len(left) > 1 and wanted and not wanted[0].sid:
            made = any(ledger.run_made(it.sid) is not None for it in old)
            if made and all(ledger.at(it.sid, run.began + 1) == it for it in old):
                says = f"{run}: {write}; {len(old)} of that name are alive"
                other = next(it.sid for it in old if it.sid != write.sid)
                yield JudgeFinding(says, write.sid, write.at, other)


def keeps_the_pace(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that there are never more requests in a minute than the project says."""
    most = run.rate_limit
    if most is None:
        return
    for earlier, later in zip(run.sent, run.sent[most:], strict=False):
        if later - earlier < 60.0 - 0.5:
            yield f"{run} sent {most + 1} requests in {later - earlier:.0f} s"
            return


def pauses_what_must_wait(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what a run made, and is wanted paused, it paused, or tried to, unless it was killed."""
    if run.killed or run.endless or run.by_hand:
        return
    for write in creates(run):
        wanted = run.wants(write.collection, write.name)
        if {it.state for it in wanted} != {"paused"}:
            continue
        for sid in write.sids:
            truth = ledger.account.campaigns[sid]
            tried = any(it.sid == sid and it.action == "pause" for it in run.writes)
            tried = tried or any(" at PUT " in it and it.endswith(sid) for it in run.faults)
            if truth.going and not tried and not _shows_nowhere(ledger):
                yield f"{run} made {write.name} {sid[:6]}, wanted paused, and never asked for its pause"


def _shows_nowhere(ledger: LifeLedger) -> bool:
    """Tells whether no look shows what was made, its answer being lost."""
    return bool(ledger.had - {"create_body"})
