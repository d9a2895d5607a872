"""Judges what a run may do to an account: what it sent, compared with what its manifests want and what it was
allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulation.account import Truth
from simulation.ledger import KIND_OF, CommandRun, LifeLedger, Write, content_of, local, people_of, start_of
from simulation.manifests import Manifest
from simulation.promises.verdict import Findings
from simulation.repository import DAY, PREFIX

MARGIN = 600.0
SETTLE = 12.0
"""Seconds until what was created is sure to show: `settle_seconds`, and two."""


def created_though_there(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that nothing is created under a name that is, or was, there when the run began: beside what another
    manifest pins no date either.
    """
    for write in creates(run):
        dated = any(it.of for it in run.wants(write.collection, write.name))
        there = [
            it
            for it in namesakes(ledger, write.collection, write.name)
            if (dated or it.sid not in run.commit.pins)
            and it.sid not in write.sids
            and it.created < run.began - (0.0 if _remembers(ledger, run, it.sid) else SETTLE)
        ]
        if there and write.acted:
            shown = ", ".join(f"{it.sid[:6]} {it.state}" for it in there)
            yield f"{run} created {write.name}, and there was {shown}"


def created_once(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that no create is sent again, but after a 429: of everything else nobody knows, or it was refused for
    a reason.
    """
    sent: dict[tuple[str, str], int | None] = {}
    for write in creates(run):
        key = (write.collection, write.name)
        if key in sent and sent[key] != 429:
            yield f"{run} created {write.name} again, after {sent[key] or 'no answer'}"
        sent[key] = write.status


def created_after_a_look(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds creates whose last look is older than a minute, and than the pace and the request itself may take."""
    if any(not it.startswith("meanwhile, at wait") for it in run.met) or any(
        " at POST " in it for it in run.faults
    ):
        return  # it stood still in between, or did not reach the account at first
    tried: set[str] = set()
    for write in creates(run):
        if write.name not in tried and write.at - write.listed_at > 60.0 + 60.0 + 15.0:
            yield f"{run} created {write.name}, and had last looked {write.at - write.listed_at:.0f} s before"
        tried.add(write.name)


def _remembers(ledger: LifeLedger, run: CommandRun, sid: str) -> bool:
    """Tells whether the machine made it itself, and its disk still says so."""
    maker = ledger.run_made(sid)
    return (
        maker is not None
        and maker.machine == run.machine
        and ledger.wiped.get(run.machine, 0.0) < maker.began
    )


def created_as_wanted(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that only what a manifest of the checkout wants is created, and as it says."""
    for write in creates(run):
        wanted = [it for it in run.wants(write.collection, write.name) if it.name == write.name]
        if not wanted:
            yield f"{run} created {write.name}, which no manifest of its checkout wants"
        elif all(it.state in ("completed", "archived") for it in wanted):
            yield f"{run} created {write.name}, which is wanted {wanted[0].state}"
        elif not any(_says_the_same(write.sent, it) for it in wanted):
            yield f"{run} created {write.name} otherwise than its manifest says"


def _says_the_same(sent: Mapping[str, Any], wanted: Manifest) -> bool:
    retries = sent.get("retries") or {}
    return (
        start_of(sent) == wanted.start
        and len(set(people_of(sent))) == len(people_of(sent))
        and wanted.calls(people_of(sent))
        and content_of(sent) == wanted.spec_content
        and retries.get("number_of_retries", 0) == wanted.retries
        and (wanted.kind == "sms" or "status_callback" in sent)
    )


def created_in_time(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that no create is sent whose start has passed; none that calls at once unless start-now is allowed.

    By each clock that the run could see.
    """
    for write in creates(run):
        start = start_of(write.sent)
        now = write.at + max(_clocks(ledger, run, write))
        if start is None or start > now + MARGIN - 5.0:
            continue
        asked = run.may("start-now", write.name) and KIND_OF[write.collection] == "voice"
        waits = {it.state for it in run.wants(write.collection, write.name)} == {"paused"}
        if start < now - 5.0 or not asked or waits:
            yield f"{run} created {write.name} at {local(now)}, whose start is {local(start)}"


def _clocks(ledger: LifeLedger, run: CommandRun, write: Write) -> tuple[float, ...]:
    """Returns by how much the clocks were off that a run had seen before a write: that of the answers, and the
    machine's where it is out of step with it or there is no other.
    """
    habits = ledger.habits
    word = str(habits.get("date", "right")) if habits.get("date_on", "all") == "all" else "right"
    off = float(str(habits.get("date_seconds", 90.0)))
    shown = {"right": [0.0], "off": [off], "old": [-abs(off)], "missing": []}[word]
    if word == "old" and any(it.at < write.at and it.status is not None for it in run.writes):
        shown.append(0.0)  # what writes are answered comes out of no cache
    return (*shown, *(() if shown and abs(run.skew - shown[0]) <= 65.0 else (run.skew,)))


def updated_as_wanted(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that only what a manifest means is updated, with what it says or what is there; no start is moved
    earlier unless that is allowed, none to the past.
    """
    for write in run.writes:
        if write.request != "update" or write.before is None or not write.acted:
            continue
        name, sent = write.before.name, write.sent
        known = run.before.get(write.sid)
        names = [known.name if known else name, name, str(sent.get("name"))]
        wanted = next(filter(None, (run.wants(write.collection, it, write.sid) for it in names)), ())
        if not wanted:
            yield f"{run} updated {name}, which no manifest of its checkout means"
        elif not run.disturbed:
            found = _sent_otherwise(write, wanted[0], run.commit.suppressed)
            yield from (f"{run} updated {name}: {it}" for it in found)
        read = (
            ledger.at(write.sid, write.read_at) or write.before
        )  # somebody may have been quicker than the write
        start, was = start_of(sent), read.start
        earlier = start is not None and was is not None and start < was
        if (
            start is not None
            and was is not None
            and earlier
            and not run.may("earlier-start", name, write.sid)
        ):
            yield f"{run} moved {name} from {local(was)} to {local(start)}, and nobody allowed it"
        if start is not None and start != was and start < write.at + MARGIN - 5.0:
            yield f"{run} set the start of {name} to {local(start)} at {local(write.at)}"


def _sent_otherwise(write: Write, wanted: Manifest, suppressed: frozenset[str]) -> Iterator[str]:
    """Yields what is sent otherwise than as the manifest has it, or as it is; as it is where the manifest leaves it
    to others.
    """
    before, sent = write.before, write.sent
    assert before is not None, "an update is of what is there"
    fields = (
        (("schedule",), start_of(sent), wanted.start, before.start),
        (("from", "lists"), set(people_of(sent)) or None, set(wanted.people), set(before.aims)),
        (("url", "template"), content_of(sent) or None, wanted.spec_content, before.content),
        (("name",), sent.get("name"), wanted.name, before.name),
    )
    for names, value, mine, theirs in fields:
        known = [theirs] if wanted.ignores(*names) else [mine, theirs]
        if names == ("url", "template"):
            known.append(before.content.replace("http:", "https:", 1))  # what stays goes back as it is spelt
        if names == ("from", "lists"):
            known.append(set(before.aims) - suppressed)
            known += [value] if wanted.calls(people_of(sent)) else []
        if value is not None and value not in known:
            yield f"its {names[0]} is neither as its manifest says nor as it was"


def updated_completely(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that an update before the start sends the whole campaign: a PUT that replaces must lose neither people
    nor start.
    """
    for write in run.writes:
        before = write.before
        if write.request != "update" or before is None or before.start is None:
            continue
        if before.state == "in-progress" or before.start < write.at + MARGIN:
            continue
        for what, there in (
            ("recipients", people_of(write.sent)),
            ("start", start_of(write.sent)),
            ("content", content_of(write.sent)),
        ):
            if not there:
                yield f"{run} sent an update of {before.name} {write.sid[:6]} without its {what}"


def planned_look(run: CommandRun, write: Write) -> float:
    """Returns when a run last looked before it read a campaign again. Right before a write to a stage it looks at the
    other stages too, after that reading.
    """
    mine = run.wants(write.collection, write.name, write.sid)
    staged = any(it.names or any(it.name in other.names for other in run.commit.manifests) for it in mine)
    return max((it for it in run.looks if it <= write.read_at or not staged), default=run.looked_at)


def moved_is_left_alone(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what somebody changed after the plan was made is neither changed, nor resumed, nor ended by it."""
    for write in run.writes:
        if (
            not write.acted
            or run.by_hand
            or not (write.request == "update" or write.action in ("resume", "complete"))
        ):
            continue
        if any(write.sid in it.sids for it in run.writes) or _is_own_duplicate_of(ledger, run, write):
            continue  # what it made itself it need not look at; a duplicate is ended whatever became of it
        own = [it for it in run.writes if it is not write and write.sid in (it.sid, *it.sids)]
        sent = [it.at for it in own if it.request == "update" and it.acted and it.at < write.at]
        if sent and write.read_at <= max(sent):
            continue  # one reading serves for both, and what came before the first is judged there
        looked = max([planned_look(run, write), *sent])
        seen = write.read_at if write.read_at > looked else write.at - 0.001
        hands = [when for when in ledger.hands[write.sid] if looked < when < seen]
        was, now = ledger.at(write.sid, looked), ledger.at(write.sid, seen)
        if hands and was is not None and now is not None and _differ(was, now, with_state=not own):
            yield f"{run}: {write}; somebody changed it {local(hands[0])}, after the run had looked"


def _differ(one: Truth, other: Truth, with_state: bool) -> bool:
    fields = ("start", "end", "people", "content", "name", *(("state",) if with_state else ()))
    return any(getattr(one, it) != getattr(other, it) for it in fields)


def strangers_are_left_alone(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that the one campaign of a name that has other people, content and start is not touched, unless it is
    meant.
    """
    for write in run.writes:
        before = run.before.get(write.sid)
        if before is None or not write.acted or run.by_hand or ledger.hands[write.sid][-1:] > [run.began]:
            continue
        wanted = [it for it in run.wants(write.collection, before.name, write.sid) if it.name == before.name]
        maker = ledger.run_made(write.sid)
        alone = sum(it.name == before.name and it.alive for it in run.before.values()) == 1
        if not wanted or wanted[0].sid or not alone or (maker is not None and maker.machine == run.machine):
            continue
        one = wanted[0]
        foreign = not (one.of or one.list_name) and (
            set(before.aims).isdisjoint(one.people)
            and before.content != one.spec_content
            and before.start != one.start
        )
        if foreign and not run.may("adopt", before.name, write.sid):
            yield f"{run}: {write}; it has other people, content and start than the manifest of its name"


def only_looks(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what is there to look with never writes."""
    if run.command not in ("apply", "guard", "pause", "resume", "complete", "archive") and run.writes:
        yield f"{run}: {' '.join(run.words)} sent {run.writes[0]}"


def acted_as_allowed(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that nothing is resumed, completed or archived that nobody asked for."""
    for write in run.writes:
        if write.action not in ("resume", "complete", "archive") or not write.acted:
            continue
        name = write.name
        known = run.before.get(write.sid)
        names = {name, write.sid, known.name if known else name}
        if run.by_hand and run.command == write.action and names & set(run.words):
            continue
        if write.action != "resume" and is_own_duplicate(ledger, run, write):
            continue
        start = None if write.before is None else write.before.start
        ahead = start is not None and start > write.at - 5.0
        both = {name, _name_as_read(ledger, write)}
        if not any(run.may(write.action, it, write.sid, start_ahead=ahead) for it in both):
            yield f"{run}: {write.action} of {name} {write.sid[:6]}, and nobody allowed it"
        elif not _is_asked_for(ledger, run, write):
            yield f"{run}: {write.action} of {name} {write.sid[:6]}, and no manifest asks for it"


def is_own_duplicate(ledger: LifeLedger, run: CommandRun, write: Write) -> bool:
    """Tells whether it is the one irreversible thing done unasked: on what this machine made after another one."""
    maker, mine = ledger.run_made(write.sid), ledger.account.campaigns[write.sid]
    return (
        maker is not None
        and maker.machine == run.machine
        and any(_age(it) < _age(mine) for it in namesakes(ledger, mine.collection, write.name))
    )


def _age(one: Truth) -> tuple[int, str]:
    """Returns the age as answers show it: by the second, then by SID."""
    return int(one.created), one.sid


def _is_asked_for(ledger: LifeLedger, run: CommandRun, write: Write) -> bool:
    """Tells whether a manifest asks for it, by the name that it bears or bore when the run read it."""
    names = {write.name, _name_as_read(ledger, write)}
    states = {it.state for name in names for it in run.wants(write.collection, name, write.sid)}
    if write.action == "resume":
        return "active" in states
    wanted = {"complete": {"completed", "archived"}, "archive": {"archived"}}[write.action]
    gone = write.before is not None and run.withdraws(write.before) and write.sid in run.before
    return bool(states & wanted) or _is_pruned(run, write) or (gone and _is_long_withdrawn(run, write))


def _is_long_withdrawn(run: CommandRun, write: Write) -> bool:
    """Tells whether a date that is no more was paused before this run, and its start has passed."""
    was = run.before[write.sid]
    return was.state not in ("created", "in-progress") and (was.start or 0.0) < write.at + 5.0


def _is_pruned(run: CommandRun, write: Write) -> bool:
    """Tells whether an orphan may be ended: without both permissions not even its pause is sent."""
    both = all(run.may(word, write.name, write.sid) for word in ("complete", "archive"))
    return run.prune and both and is_orphan(run, write)


def is_orphan(run: CommandRun, one: Write | Truth) -> bool:
    """Tells whether it is an orphan of all manifests of its checkout, whatever was selected."""
    reserved = run.commit.repeating(KIND_OF[one.collection], one.name) is not None
    mine = not reserved and one.name.startswith(PREFIX)
    return mine and not run.meant(one.collection, one.name, one.sid)


def paused_as_wanted(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds pauses that nothing asks for; those of stages are judged beside what they wait for."""
    for write in unasked_pauses(ledger, run):
        if not any(it.names for it in run.wants(write.collection, write.name, write.sid)):
            yield f"{run} paused {write.name} {write.sid[:6]}, and nothing asks for it"


def unasked_pauses(ledger: LifeLedger, run: CommandRun) -> Iterator[Write]:
    """Yields pauses of what no manifest wants so or for nobody, and is no twin, no orphan, and not of this run."""
    wrote: set[str] = set()
    for write in run.writes:
        if write.action != "pause":
            wrote |= {write.sid, *write.sids}
            continue
        if not write.acted or write.before is None or not write.before.going or run.by_hand:
            continue
        if run.command == "guard":
            continue  # it has reasons of its own
        name, maker = _name_as_read(ledger, write), ledger.run_made(write.sid)
        wanted = run.wants(write.collection, name, write.sid)
        states = {it.state for it in wanted}
        named = namesakes(ledger, write.collection, name)
        twins = [it for it in named if _could_be_one(ledger, it, write.before)]
        due = (
            bool(states & {"paused", "completed", "archived"})
            or any(not it.people for it in wanted)
            or (wanted and not set(write.before.people) - run.commit.suppressed)
            or len(twins) > 1
            or _is_pruned(run, write)
            or run.withdraws(write.before)
            or write.sid in wrote
            or (maker is not None and maker.machine == run.machine and maker.killed)
            or _may_be_its_duplicate(ledger, run, write)
            or (wanted and _may_be_what_was_lost(run, write))
        )
        if not due:
            yield write


def _may_be_what_was_lost(run: CommandRun, write: Write) -> bool:
    """Tells whether something met a create of the run, and this appeared since: nobody can tell whose it is."""
    appeared = write.before is not None and write.before.created >= run.began
    return appeared and any(" at POST " in it and it.endswith(f"/{write.collection}") for it in run.faults)


def _may_be_its_duplicate(ledger: LifeLedger, run: CommandRun, write: Write) -> bool:
    """Tells whether it is the younger of several of a name of which an earlier run on this machine made one and was
    killed before it knew its SID: nobody can tell which one, until a run has ended well.
    """
    them = [it for it in namesakes(ledger, write.collection, write.name) if it.alive]
    if write.before is None or write.before.created <= min((it.created for it in them), default=write.at):
        return False
    for earlier in reversed(ledger.runs):
        if earlier is run or earlier.machine != run.machine or earlier.command != "apply":
            continue
        if earlier.said is not None and earlier.said.code == 0:
            return False
        mine = [it for it in creates(earlier) if (it.collection, it.name) == (write.collection, write.name)]
        if mine and earlier.killed:
            untold = not ledger.seen_positions["omit_from_create"].isdisjoint({"id", "sid"})
            return untold or mine[-1] is earlier.writes[-1]
    return False


def _name_as_read(ledger: LifeLedger, write: Write) -> str:
    """Returns the name that a campaign bore when the run last saw it: a pause is not read again before it."""
    seen = ledger.at(write.sid, max(write.read_at, write.listed_at))
    return write.name if seen is None else seen.name


def _could_be_one(ledger: LifeLedger, one: Truth, other: Truth) -> bool:
    """Tells whether two of a name call the same people at the same time, or runs made both."""
    made = ledger.run_made(one.sid) is not None and ledger.run_made(other.sid) is not None
    return made or (one.start == other.start and (set(one.aims) == set(other.aims) or bool(ledger.had)))


def old_plans_do_nothing(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that a plan is worth nothing after a day, nor where somebody changed a campaign since."""
    for write in run.writes:
        if (
            write.acted
            and run.planned_at < run.began
            and run.began > min(run.planned_at + DAY, run.good_until)
        ):
            yield f"{run}: {write}; its plan is of {local(run.planned_at)} and said how long it holds"
        when = ledger.changed_by_hand.get(write.sid, 0.0)
        if write.request == "update" and write.acted and run.planned_at < when < run.began:
            yield f"{run}: {write}; somebody changed it {local(when)}, after its plan of {local(run.planned_at)}"


def is_opt_out(run: CommandRun, write: Write) -> bool:
    """Tells whether an update only takes out those who are called no more: nothing keeps it back."""
    before, sent = write.before, set(write.members or people_of(write.sent))
    return (
        write.request == "update"
        and before is not None
        and sent == set(before.people) - run.commit.suppressed
    )


def done_as_shown(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds what a plan that was approved did not show and what makes good nothing that went wrong."""
    if run.shown is None or run.command != "apply":
        return
    for write in run.writes:
        done = write.action or write.request
        if (
            not write.acted
            or done == "pause"
            or is_opt_out(run, write)
            or _is_own_duplicate_of(ledger, run, write)
        ):
            continue
        known = run.before.get(write.sid)
        names = {write.name, write.sid, known.name if known else write.name}
        names |= {it.name for it in run.wants(write.collection, write.name, write.sid)}
        if not any((done, it) in run.shown for it in names):
            yield f"{run}: {write}; the plan that was approved did not show it"


def _is_own_duplicate_of(ledger: LifeLedger, run: CommandRun, write: Write) -> bool:
    return write.action in ("complete", "archive") and is_own_duplicate(ledger, run, write)


def stops_hold(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that a stop that came after the plan was made is not undone by it."""
    for write in run.writes:
        if write.action != "resume" or not write.acted:
            continue
        stopped = ledger.stopped.get(write.sid)
        seen = write.read_at if write.read_at > run.knew_at else write.at - 2.0
        if stopped is not None and run.knew_at < stopped < seen and not run.by_hand:
            yield (
                f"{run} resumed {write.name} {write.sid[:6]}, stopped {local(stopped)}; "
                f"its plan is of {local(run.planned_at)}"
            )
        elif write.after is not None and write.after.going:
            ledger.stopped.pop(write.sid, None)


def creates(run: CommandRun) -> Iterator[Write]:
    """Yields its creates, whatever became of them."""
    return (write for write in run.writes if write.request == "create")


def namesakes(ledger: LifeLedger, collection: str, name: str) -> Iterator[Truth]:
    """Yields every campaign of a collection that bears a name."""
    return (it for it in ledger.account.campaigns.values() if (it.collection, it.name) == (collection, name))
