"""Decides what would change a campaign that is alive (rules 4 and 5), what of that may be done now, and why not.

`assess` gathers the facts, `decide` turns them into operations. A blocked change still does what cannot hurt: the
pause, and the fields that the block leaves free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace

from campaignctl.contact_lists.by_name import goes_elsewhere, lists_without_people, unresolved, without_names
from campaignctl.diagnostics import Diagnostic, Severity, counted
from campaignctl.kinds.counters import NOT_FINAL
from campaignctl.kinds.lifecycle import CALLING, ENDING_STATES, MEETS, State, Status
from campaignctl.kinds.operations import BEGINNING, OPERATIONS, STARTING, Op, Permission, shortest_path
from campaignctl.kinds.table import Mutability, Role, Value
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.gates import Gate
from campaignctl.model.list_refs import LISTS, asks_by_name, texts_or_refs, with_fewer
from campaignctl.model.looks import declared_unseen
from campaignctl.model.naming import as_typed
from campaignctl.model.plan import NO_OPT_OUTS, Difference, HeldOperation, Operation, OptOuts
from campaignctl.model.reasons import RANK, Reason
from campaignctl.model.windows import window_of
from campaignctl.planning.assessment import Assessment, assess, blocking, cannot_send_whole
from campaignctl.planning.compare import top, written_alike
from campaignctl.planning.payload import Spec, update_spec
from campaignctl.planning.phase import Phase, StartMove, as_it_may_be, can_change, phase_of
from campaignctl.planning.terms import Terms
from campaignctl.policy import OF_CONTENT, Subject, check, unchecked
from campaignctl.recipients.leaving_out import (
    NOBODY_EARLIER,
    NUMBERS,
    nobody_left,
    only_its_state,
    still_there,
    suppression_noted,
    told_nobody,
    with_opt_out,
)
from campaignctl.records import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """Holds what becomes of one campaign, before it is listed as a change."""

    reason: Reason
    operations: tuple[Operation, ...] = ()
    held: tuple[HeldOperation, ...] = ()
    diff: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    resulting: Mapping[str, Value] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()
    gates: tuple[Gate, ...] = ()
    opt_outs: OptOuts = NO_OPT_OUTS

    @property
    def ops(self) -> frozenset[Op]:
        """Returns what is done, and what would be once somebody asks for it."""
        return frozenset((*(it.op for it in self.operations), *(it.op for it in self.held)))

    @property
    def calls_at(self) -> int:
        """Returns the place of the operation that begins to call; behind them all where none does."""
        places = (place for place, it in enumerate(self.operations) if it.op in BEGINNING)
        return next(places, len(self.operations))

    def reason_beside(self, reason: Reason) -> Reason:
        """Returns the reason that wins once this one is there too."""
        return first([reason, self.reason]) or reason

    def without_calls(self, reason: Reason) -> Decision:
        """Returns it blocked: without the operation that begins to call, and all after it."""
        kept = self.operations[: self.calls_at]
        return replace(self, operations=kept, held=(), reason=self.reason_beside(reason))


def decide(desired: Desired, live: Live, terms: Terms) -> Decision:
    """Decides what is done, held or blocked, and gives the first reason that holds."""
    if nobody_left(desired) and not desired.ignores(NUMBERS):
        if desired.state in ENDING_STATES:
            return decide(only_its_state(desired), live, terms)
        return _pausing(Reason("no-recipients", told_nobody(desired)), live)
    reason = lists_without_people(desired)
    if reason is not None:
        if desired.state in ENDING_STATES:
            return decide(without_names(desired), live, terms)
        if phase_of(live, terms.now) is not Phase.STARTED or not goes_elsewhere(desired):
            return _pausing(reason, live)
    return decide_in_sync(desired, live, terms) or decide_in_full(desired, live, terms)


def _pausing(reason: Reason, live: Live) -> Decision:
    """Blocks all but the pause of what calls."""
    pause = (Operation(Op.PAUSE),) if live.status in CALLING else ()
    return Decision(reason, pause, resulting=live.spec)


def decide_in_sync(desired: Desired, live: Live, terms: Terms) -> Decision | None:
    """Decides the common case quickly, what plainly is as it is wanted; `decide_in_full` says the same of it.

    None for all else.
    """
    met = desired.state is None or live.status in MEETS[desired.state]
    if not met or not written_alike(desired.spec, live.spec) or terms.resends(desired, live):
        return None
    if asks_by_name([desired]) or _undeclared(desired, live):
        return None  # whom its manifest does not name may be suppressed
    return Decision(_IN_SYNC, notes=tuple(_pause_noted(desired, live)), resulting=live.spec)


def decide_in_full(desired: Desired, live: Live, terms: Terms) -> Decision:
    """Decides as `decide` does, the long way: it gathers the facts first."""
    desired, kept = as_it_may_be(desired, live, terms)
    decision = _decided(desired, live, terms)
    noted = (*kept, *_others_noted(desired, live, terms))
    return replace(decision, notes=(*noted, *decision.notes)) if noted else decision


def update_that_cannot_hurt(
    desired: Desired, live: Live, terms: Terms, reason: Reason
) -> tuple[Operation, ...]:
    """Returns what goes out though nobody may be added: callbacks, a postponement, whoever is suppressed taken out."""
    desired, _ = as_it_may_be(desired, live, terms)
    return tuple(it for it in _decided(desired, live, terms, (reason,)).operations if it.op is Op.UPDATE)


def _decided(desired: Desired, live: Live, terms: Terms, others: tuple[Reason, ...] = ()) -> Decision:
    """Decides; `others` are reasons that block all but what cannot hurt."""
    facts = assess(without_names(desired), live, terms)
    unknown = (*_unknown_lists(desired), *others)
    fields = _harmless(facts) if unknown else facts.free_fields
    blocks = [*unknown, *blocking(facts)]
    unseen = declared_unseen(desired, live, Role.RECIPIENTS) if unknown and fields else ()
    if unseen:
        blocks, fields = [*blocks, _would_bring(unseen)], ()
    spec = update_spec(desired, live, fields, terms) if fields else {}
    unsendable = list(cannot_send_whole(facts, spec)) if fields else []
    if unsendable:
        blocks, fields, spec = [*blocks, *unsendable], (), {}
    return _with_policies(facts, blocks, fields, spec, sendable=not unsendable)


def _would_bring(unseen: Iterable[str]) -> Reason:
    """Blocks what cannot hurt by itself: people who are kept back would go along (rule 4.2)."""
    return Reason(
        "cannot-send-whole",
        f"the account does not show {' and '.join(unseen)}, so an update would bring who is kept back",
    )


def _unknown_lists(desired: Desired) -> tuple[Reason, ...]:
    """Blocks a change where it is not known who is meant, unless the lists are left to others."""
    return () if desired.ignores("lists") else unresolved(desired)


def _harmless(facts: Assessment) -> tuple[str, ...]:
    """Returns the fields that go out though nobody knows who is meant: callbacks, and a postponement (rule 5)."""
    by_name, later = facts.live.kind.by_name, facts.move is StartMove.LATER
    return tuple(
        name
        for name in facts.free_fields
        if by_name[name].mutability is Mutability.ALWAYS or (name == facts.schedule and later)
    )


def resulting_without_update(facts: Assessment) -> Spec:
    """Returns the campaign as it stands; what the account does not show is as the manifest has it."""
    return {**facts.desired.spec, **facts.live.spec}


def _with_policies(
    facts: Assessment, blocks: list[Reason], fields: tuple[str, ...], spec: Spec, sendable: bool
) -> Decision:
    """Asks the policies. They bind updates and resumes, those of a blocked change too; never a pause."""
    done, held = _sequence(facts, fields)
    if blocks:
        done, held = tuple(it for it in done if OPERATIONS[it.op].if_blocked), ()
    opt_outs = facts.opt_outs if sendable or facts.opt_outs.instead is not None else NO_OPT_OUTS
    done = with_opt_out(done, opt_outs)
    resulting = {**resulting_without_update(facts), **spec}
    unseen = frozenset(resulting.keys() - facts.live.spec.keys() - spec.keys())
    findings, unchecked_notes = _held_against_policies(
        facts, done, _as_it_will_stand(facts, resulting, spec), unseen
    )
    policy = forbidden(findings)
    if policy is not None:
        blocks = [*blocks, policy]
        done, held = tuple(it for it in done if it.op is Op.PAUSE), ()
        done = with_opt_out(done, opt_outs)
        resulting = resulting_without_update(facts)
    if LISTS in opt_outs.fields and any(it.opt_out and LISTS in it.fields for it in done):
        resulting = {**resulting, LISTS: with_fewer(facts.live.spec.get(LISTS))}
    reasons = [*blocks, *_held_reasons(facts, held, done), *_done_reasons(facts, done)]
    return Decision(
        reason=first(reasons) or settled(facts),
        operations=done,
        held=held,
        diff=facts.comparison.differences,
        notes=(*_notes(facts), *_who_stays_noted(facts, opt_outs, done), *unchecked_notes),
        resulting=resulting,
        findings=findings,
        opt_outs=opt_outs,
    )


def _held_against_policies(
    facts: Assessment, done: tuple[Operation, ...], resulting: Spec, unseen: frozenset[str]
) -> tuple[tuple[Diagnostic, ...], tuple[str, ...]]:
    """Returns what the policies find, and notes on what they could not look at; `unseen` fields are neither shown
    nor sent.
    """
    terms, exempt = facts.terms, _exempt(facts, done)
    subject = _policy_subject(facts, done, resulting)
    if subject is None:
        return (), ()
    subject = subject._replace(unseen=unseen)
    findings = check(subject, facts.desired, terms.policies, terms.locate, terms.beside, exempt)
    return findings, tuple(unchecked(subject, facts.desired, terms.policies, terms.beside, exempt))


def _exempt(facts: Assessment, done: tuple[Operation, ...]) -> tuple[str, ...]:
    """Returns the policies that are not asked: about hours where these stay, about content that can no longer
    change.
    """
    hours = ("calling_hours",) if _changes_callbacks_alone(facts, done) else ()
    lists = () if any(it.sends_to_lists for it in done) else ("empty_list",)
    return (*hours, *lists) if facts.phase is Phase.OPEN else (*hours, *lists, *OF_CONTENT)


def _policy_subject(facts: Assessment, done: tuple[Operation, ...], resulting: Spec) -> Subject | None:
    """Returns the campaign as policies look at it; None where nothing starts, or it is over."""
    operations = {it.op for it in done if not it.opt_out}
    terms, window = facts.terms, window_of(facts.live.kind, resulting)
    if not operations & STARTING or window.over(terms.now):
        return None
    begins = window.start
    unseen = operations == {Op.RESUME} and not starts_ahead(facts.live, terms)
    if Op.RESUME in operations and (unseen or begins is None or begins <= terms.now):
        begins = terms.now  # it begins to call at once, or nobody sees that it does not
    lead = window.start - terms.now if window.start and _sets_start(facts, done) else None
    ahead = begins - terms.now if begins else None
    return Subject(facts.live.kind, resulting, begins, lead, is_live=True, ahead=ahead)


def _as_it_will_stand(facts: Assessment, resulting: Spec, sent: Spec) -> Spec:
    """Takes out a schedule that is neither sent nor shown: nobody knows it, and the manifest's is not what stands."""
    if facts.schedule in sent or facts.schedule in facts.live.spec:
        return resulting
    return {name: value for name, value in resulting.items() if name != facts.schedule}


def _changes_callbacks_alone(facts: Assessment, done: tuple[Operation, ...]) -> bool:
    """Tells whether callbacks alone change: then it calls nobody at another time than before."""
    if any(it.op is Op.RESUME for it in done):
        return False
    changed = (name for it in done if not it.opt_out for name in it.fields)
    return all(facts.live.kind.by_name[name].mutability is Mutability.ALWAYS for name in changed)


def _sets_start(facts: Assessment, done: tuple[Operation, ...]) -> bool:
    moves = facts.move in (StartMove.LATER, StartMove.EARLIER, StartMove.UNSEEN)
    return moves and any(facts.schedule in it.fields for it in done if it.op is Op.UPDATE)


def _sequence(
    facts: Assessment, fields: tuple[str, ...]
) -> tuple[tuple[Operation, ...], tuple[HeldOperation, ...]]:
    """Returns everything that leads to what is wanted, in order; it is done up to the first operation that must be
    asked for.
    """
    done: list[Operation] = []
    held: list[HeldOperation] = []
    for operation, permission in _wanted(facts, fields):
        if held or (permission is not None and not _may(facts, operation, permission, done)):
            held.append(
                HeldOperation(operation.op, operation.fields, facts.live.updated, operation.numbers_failed)
            )
        else:
            done.append(operation)
    return tuple(done), tuple(held)


def _wanted(facts: Assessment, fields: tuple[str, ...]) -> Iterator[tuple[Operation, Permission | None]]:
    actions = shortest_path(facts.live.status, facts.desired.state) if facts.desired.state else ()
    ops = [action.op for action in actions or ()]
    if Op.PAUSE in ops:
        yield Operation(Op.PAUSE), None
    if fields:
        yield Operation(Op.UPDATE, fields, opt_out=facts.only_opts_out(fields)), None
    if earlier_start_held(facts):
        yield Operation(Op.UPDATE, (facts.schedule,)), Permission.EARLIER_START
    for op in ops:
        if op is not Op.PAUSE:
            yield acting_on(facts.live, op), OPERATIONS[op].permission


def acting_on(live: Live, op: Op) -> Operation:
    """Makes an action on a campaign; a complete says how many numbers it fails."""
    return Operation(op, numbers_failed=numbers_failed(live) if op is Op.COMPLETE else None)


def earlier_start_held(facts: Assessment) -> bool:
    """Tells whether an earlier start is wanted that nobody allowed."""
    return facts.phase is Phase.OPEN and facts.move is StartMove.EARLIER and not facts.earlier_allowed


def _may(facts: Assessment, operation: Operation, permission: Permission, done: list[Operation]) -> bool:
    """Tells whether an operation may be done.

    A resume of what still holds suppressed people must be asked for by a word of its own too.
    """
    also = operation.op is not Op.RESUME or not _calls_suppressed(facts, done)
    return _allowed(facts, permission) and (also or _allowed(facts, Permission.SUPPRESSED))


def _calls_suppressed(facts: Assessment, done: Iterable[Operation]) -> str:
    """Returns the suppressed people whom it calls by numbers or lists that nothing takes them out of before; empty
    for nobody.
    """
    updates = [it for it in done if it.op is Op.UPDATE]
    by_number = frozenset[str]() if updates and facts.phase is not Phase.STARTED else facts.suppressed
    other_lists = any(LISTS in it.fields for it in updates)
    known, unsure = NOBODY_EARLIER if other_lists else facts.in_lists
    people = by_number | known
    if people:
        return counted(len(people), "suppressed person", "suppressed people")
    return "an earlier version of its lists, in which suppressed people may be" if unsure else ""


def _allowed(facts: Assessment, permission: Permission) -> bool:
    return facts.terms.allows(permission, facts.desired, facts.live, starts_ahead(facts.live, facts.terms))


def starts_ahead(live: Live, terms: Terms) -> bool:
    """Tells whether the live start lies ahead. One that is not shown, or none at all, does not."""
    start = window_of(live.kind, live.spec).start
    return start is not None and start > terms.now


def numbers_failed(live: Live) -> int | None:
    """Returns how many numbers a complete would mark failed: those whose outcome is not final. None without stats."""
    return None if live.stats is None else sum(live.stats.get(name, 0) for name in NOT_FINAL)


def _held_reasons(
    facts: Assessment, held: tuple[HeldOperation, ...], done: tuple[Operation, ...]
) -> Iterator[Reason]:
    if any(it.op is Op.UPDATE for it in held):
        message = "the start would move earlier; somebody may have postponed it on purpose"
        yield Reason("earlier-start", message)
    words = [it.op.value for it in held if it.op is not Op.UPDATE]
    people = _calls_suppressed(facts, done) if Op.RESUME in words else ""
    if words:
        unsure = _UNSURE if Op.RESUME in words and _would_wait_if_known(facts) else ""
        flag = f"--allow {Permission.SUPPRESSED}:{as_typed(facts.live.kind, facts.desired.name or facts.live.sid)}"
        would = f"would {facts.live.kind.stem} {people}, which needs {flag}"
        if people and _allowed(facts, Permission.RESUME):
            yield Reason("needs-allow", f"{', '.join(words)} {would} too")
        else:
            calls = f"; it {would} too" if people else ""
            yield Reason("needs-allow", f"{', '.join(words)} must be asked for{unsure}{calls}")


_UNSURE = "; the environment's allow covers a resume only with resume_before_start: waits"


def _would_wait_if_known(facts: Assessment) -> bool:
    """Tells whether the environment allows a resume, but not that it may set the campaign going ahead of its start."""
    environment = facts.terms.environment
    unknown = Permission.RESUME in environment.allow and not environment.resume_waits
    return unknown and starts_ahead(facts.live, facts.terms)


def _done_reasons(facts: Assessment, done: tuple[Operation, ...]) -> Iterator[Reason]:
    for operation in done:
        if operation.op is Op.UPDATE:
            again = "sent again as asked: " if not facts.comparison.fields else "differs: "
            yield Reason("fields-differ", again + ", ".join(operation.fields))
        else:
            yield Reason("state-differs", f"is {facts.live.status}, wanted {facts.desired.state}")


def settled(facts: Assessment) -> Reason:
    """Says why nothing is to be done."""
    hidden = [path for path in facts.comparison.unseen if _matters(facts.live, path)]
    if hidden:
        return Reason("cannot-compare", f"the account does not show {', '.join(hidden)}")
    return _IN_SYNC


_IN_SYNC = Reason("in-sync", "as the manifest asks")


def _matters(live: Live, path: str) -> bool:
    return live.kind.by_name[top(path)].role in (Role.RECIPIENTS, Role.CONTENT)


def held_from(place: int, decision: Decision, reason: Reason, live: Live | None) -> Decision:
    """Holds a decision back: from an operation on, nothing is done unasked."""
    since = live.updated if live else None
    held = (HeldOperation(it.op, it.fields, since, it.numbers_failed) for it in decision.operations[place:])
    return replace(
        decision,
        operations=decision.operations[:place],
        held=(*held, *decision.held),
        reason=decision.reason_beside(reason),
    )


def first(reasons: list[Reason]) -> Reason | None:
    """Returns the reason that wins; the messages of the same code are joined."""
    if not reasons:
        return None
    code = min((reason.code for reason in reasons), key=RANK.__getitem__)
    messages = dict.fromkeys(reason.message for reason in reasons if reason.code == code)
    return Reason(code, "; ".join(messages))


def _pause_noted(desired: Desired, live: Live) -> Iterator[str]:
    """Notes that the campaign is paused: its life is left to others, so nobody would be told that it calls nobody
    (rule 4.6).
    """
    if desired.state is None and live.status is Status.PAUSED:
        yield "it is paused, and stays so: the manifest has no state"


def _others_noted(desired: Desired, live: Live, terms: Terms) -> Iterator[str]:
    """Notes whom a live campaign calls besides those whom its manifest names: by a field that it does not declare, so
    that an update sends it back (rule 9). Somebody may have set it by hand, or the manifest named these before.
    """
    if not any(desired.spec.get(name) for name in (NUMBERS, LISTS)):
        return
    open_still = phase_of(live, terms.now) is not Phase.STARTED
    for name in _undeclared(desired, live):
        if not desired.ignores(name):
            nouns = ("list", "lists") if name == LISTS else ("number", "numbers")
            who = counted(len(texts_or_refs(live.spec[name])), *nouns)
            way_out = f"; `{name}: null` takes them out" if open_still else ""
            yield f"it also {live.kind.stem}s {who} of its {name}, which the manifest does not declare{way_out}"


def _undeclared(desired: Desired, live: Live) -> list[str]:
    """Returns the fields by which a live campaign calls somebody, and which its manifest does not declare."""
    return [it for it in (NUMBERS, LISTS) if live.spec.get(it) and it not in desired.spec]


def _with_suppressed(facts: Assessment) -> str:
    known, unsure = facts.in_lists
    if known:
        return f": {still_there(known)} it"
    return ": suppressed people may be in it" if unsure else ""


def _notes(facts: Assessment) -> Iterator[str]:
    yield from _pause_noted(facts.desired, facts.live)
    if facts.earlier_versions:
        yield f"it calls an earlier version of its lists, which can no longer change{_with_suppressed(facts)}"
    if facts.comparison.unseen:
        yield f"not shown by the account, so not compared: {', '.join(facts.comparison.unseen)}"
    name = facts.desired.name
    if facts.phase is Phase.STARTED and name is not None and name != facts.live.name:
        yield f"is called {facts.live.name} live; a name cannot change after the start"
    if facts.terms.resends(facts.desired, facts.live) and facts.phase is not Phase.OPEN:
        yield f"not sent again: {facts.phase.value}"
    if facts.desired.suppression is not None:
        changes = can_change(NUMBERS, facts.live, facts.phase, facts.move)
        yield from suppression_noted(facts.desired, facts.live, facts.suppressed, not changes)
    if facts.live.status in CALLING and facts.desired.state is State.PAUSED and facts.phase is Phase.NEAR:
        yield "its start is so near that the pause may come too late"


def _who_stays_noted(facts: Assessment, opt_outs: OptOuts, done: tuple[Operation, ...]) -> Iterator[str]:
    """Notes that nobody is left, or who stays in lists that its manifest no longer names."""
    sends_lists = any(it.op is Op.UPDATE and LISTS in it.fields for it in done)
    if facts.in_lists.known and not (facts.earlier_versions or sends_lists):
        yield f"{still_there(facts.in_lists.known)} its lists"
    if opt_outs.instead is not None and not any(it.op is Op.UPDATE for it in done):
        yield f"all people in it are suppressed: nobody is left to {facts.live.kind.stem} until others can be sent"


def forbidden(findings: Iterable[Diagnostic]) -> Reason | None:
    """Says why a change is blocked: the rules of level error that found something. None where none did."""
    rules = sorted({it.rule for it in findings if it.severity is Severity.ERROR})
    return Reason("policy", f"policy forbids it: {', '.join(rules)}") if rules else None
