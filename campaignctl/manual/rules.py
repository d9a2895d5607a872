"""Decides what somebody asks of live campaigns by hand (rule 12): the same operations in the same plan as an
apply's. Pure.

A row per verb; `decide` judges one campaign, `decide_named` what a NAME came to. Nothing here needs a manifest: a
campaign is asked for as a manifest would that names its SID and a state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias, assert_never

from campaignctl.diagnostics import Diagnostic, Position, Severity, some_of
from campaignctl.kinds.lifecycle import ALIVE, FAILURES, State, Status
from campaignctl.kinds.operations import OPERATIONS, TRANSITIONS, Action, covering, shortest_path
from campaignctl.kinds.table import Kind, Role
from campaignctl.model.campaigns import Desired, Key, Live
from campaignctl.model.naming import Found
from campaignctl.model.plan import Change, ManifestsSeal, Operation, Plan, Selection, Step
from campaignctl.model.reasons import ChangeType, Reason
from campaignctl.model.requests import estimate
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import acting_on, starts_ahead
from campaignctl.planning.every_clock import disagreement
from campaignctl.planning.order import steps
from campaignctl.planning.terms import Terms
from campaignctl.policy import Subject, check
from campaignctl.policy.shared_capacity import SharedCapacity

COMMAND_LINE = Position("")
"""The place of what is wanted by hand: no file holds it."""


_OF_MANIFESTS = frozenset({"required_labels", "lead_time", "budget", "sms_segments"})
"""Policies about what a manifest says, not about the campaign that it is of."""


@dataclass(frozen=True, slots=True)
class Verb:
    """Describes a verb.

    `state` is what the campaign then is; `about` are the statuses that tell which one of a name is meant.
    """

    action: Action
    state: State
    about: frozenset[Status]
    doc: str


VERBS: Mapping[Action, Verb] = covering(
    "manual.rules, VERBS",
    {
        verb.action: verb
        for verb in (
            Verb(Action.PAUSE, State.PAUSED, ALIVE, "Stop campaigns; they can be resumed."),
            Verb(Action.RESUME, State.ACTIVE, ALIVE, "Let paused campaigns go on."),
            Verb(Action.COMPLETE, State.COMPLETED, ALIVE, "End campaigns for good."),
            Verb(
                Action.ARCHIVE,
                State.ARCHIVED,
                ALIVE | {Status.COMPLETED},
                "Put completed campaigns away for good.",
            ),
        )
    },
    Action,
)


ManifestOf: TypeAlias = Callable[[Live], Desired | None]
"""The manifest of a campaign; None where it has none."""


def no_manifest(_live: Live) -> Desired | None:
    """Returns None: nobody asks."""
    return None


def decide_named(
    verb: Verb, found: Found, terms: Terms, manifest_of: ManifestOf = no_manifest
) -> tuple[Change, ...]:
    """Decides what becomes of the campaigns that a NAME means. Raises UsageError where it means campaigns of both
    kinds.

    A pause is of all of a name. The others need to know which one, and that there is no other.
    """
    if found.both:
        return _of_sid_and_name(verb, found, terms)
    meant = _meant(verb, found.campaigns)
    found.asked.of_one_kind(live.kind for live in meant)
    if verb.action is not Action.PAUSE and meant:
        if len(meant) > 1:
            return (_undecided(meant[0].kind, found, _ambiguous(meant)),)
        if not found.complete:
            message = (
                "the account's list could not be read completely, so others may have the name; give its SID"
            )
            return (_undecided(meant[0].kind, found, Reason("incomplete-list", message)),)
    return tuple(decide(verb, live, terms, manifest_of(live)) for live in meant)


def _of_sid_and_name(verb: Verb, found: Found, terms: Terms) -> tuple[Change, ...]:
    """Decides on a NAME that can be read in two ways, as the SID of one campaign and the name of others say: only a
    pause is of all of them.
    """
    assert found.both is not None
    own, named = found.both
    if verb.action is Action.PAUSE:
        return tuple(decide(verb, live, terms) for live in (*_meant(verb, own), *_meant(verb, named)))
    found.asked.of_one_kind(live.kind for live in found.campaigns)
    return (
        _undecided(own[0].kind, found, Reason("ambiguous-name", f"{found.told_both}; nobody can tell which")),
    )


def _meant(verb: Verb, namesakes: Sequence[Live]) -> tuple[Live, ...]:
    """Picks the campaigns that the verb is about; else one that nobody understands, else the newest of what is over
    (rule 1.4).
    """
    about = [live for live in namesakes if live.status in verb.about]
    unknown = [live for live in namesakes if live.status is Status.UNKNOWN]
    if about or unknown:
        return tuple(sorted(about or unknown, key=lambda live: live.age_key))
    newest: dict[Kind, Live] = {}
    for live in sorted(namesakes, key=lambda live: live.age_key):
        newest[live.kind] = live
    return tuple(newest.values())


def _ambiguous(meant: Sequence[Live]) -> Reason:
    namesakes = some_of([f"{live.sid} {live.word}" for live in meant])
    return Reason("ambiguous-name", f"{len(meant)} campaigns have the name ({namesakes}); give a SID instead")


def _undecided(kind: Kind, found: Found, reason: Reason) -> Change:
    """Makes a change without a campaign: nobody can tell which one is meant."""
    return Change(Key(kind.name, found.asked.word, ""), ChangeType.BLOCKED, reason)


def decide(verb: Verb, live: Live, terms: Terms, manifest: Desired | None = None) -> Change:
    """Decides on one campaign: what leads to where the verb wants it, or why nothing does."""
    actions = shortest_path(live.status, verb.state)
    if live.status is Status.UNKNOWN:
        message = f"{live.strange}: nothing is done to it"
        return _change(verb, live, ChangeType.BLOCKED, Reason("unknown-status", message))
    if actions == ():
        return _change(verb, live, ChangeType.NOOP, Reason("in-sync", f"it is {live.status} already"))
    if actions is None:
        return _over(verb, live)
    earlier = next((action for action in actions[:-1] if action.op.irreversible), None)
    if earlier is not None:
        command = terms.address.command(earlier, live.sid)
        needed, done = " or ".join(sorted(TRANSITIONS[verb.action][0])), OPERATIONS[verb.action.op].done
        message = f"it is {live.status}, and only what is {needed} can be {done}: `{command}` comes first"
        return _change(verb, live, ChangeType.BLOCKED, Reason("needs-allow", message))
    if verb.action is Action.RESUME:
        return _resume_timely(verb, live, terms, manifest)
    return _carry_out(verb, live, actions)


def _over(verb: Verb, live: Live) -> Change:
    """Says why nothing is done: what is over calls nobody, so a pause and a complete have nothing to do, and the
    others cannot be done.
    """
    code = "failed" if live.status in FAILURES else "finished"
    advice = ""
    match verb.action:
        case Action.PAUSE | Action.COMPLETE:
            message = f"it is {live.status}: there is nothing to {verb.action}"
            return _change(verb, live, ChangeType.NOOP, Reason(code, message))
        case Action.RESUME:
            advice = "; a new run needs a new campaign"
        case Action.ARCHIVE:
            pass
        case _:
            assert_never(verb.action)
    message = f"it is {live.status} and cannot be {OPERATIONS[verb.action.op].done}{advice}"
    return _change(verb, live, ChangeType.BLOCKED, Reason(code, message))


def _resume_timely(verb: Verb, live: Live, terms: Terms, manifest: Desired | None) -> Change:
    """Decides on a resume by every clock that there is."""
    change = _resume(verb, live, terms, manifest)
    for clock in terms.clocks if change.operations else ():
        other = _resume(verb, live, terms.by(clock), manifest)
        if not other.operations:
            reason = disagreement(terms, clock, other.reason.message)
            return _change(verb, live, ChangeType.BLOCKED, reason)
    return change


def _resume(verb: Verb, live: Live, terms: Terms, manifest: Desired | None) -> Change:
    """Decides on a resume.

    It may undo somebody's emergency stop, and after its start it calls at once: the hours are looked at.
    """
    window = window_of(live.kind, live.spec)
    if window.over(terms.now):
        message = f"its window is over; `{terms.address.command('complete', live.sid)}` ends it"
        return _change(verb, live, ChangeType.BLOCKED, Reason("window-over", message))
    begins = window.start if starts_ahead(live, terms) else terms.now
    ahead = begins - terms.now if begins else None
    subject = Subject(live.kind, live.spec, begins, is_live=True, ahead=ahead)
    declared = _declaring(live, verb.state, manifest)
    found = check(subject, declared, terms.policies, terms.locate, terms.beside)
    binding = [finding for finding in found if finding.rule not in _OF_MANIFESTS]
    errors = [finding for finding in binding if finding.severity is Severity.ERROR]
    if errors:
        message = f"policy forbids it: {'; '.join(map(_said, errors))}"
        return _change(verb, live, ChangeType.BLOCKED, Reason("policy", message))
    return _carry_out(verb, live, (Action.RESUME,), tuple(map(_said, binding)))


def _declaring(live: Live, state: State, manifest: Desired | None) -> Desired:
    """Makes what is wanted, with whom its manifest declares and what that leaves to others."""
    wanted = asked_of(live, state)
    if manifest is None:
        return wanted
    people = [row.name for row in live.kind.in_role(Role.RECIPIENTS)]
    declared = {name: manifest.spec[name] for name in people if name in manifest.spec}
    return wanted._replace(spec={**wanted.spec, **declared}, ignore=manifest.ignore)


def _said(finding: Diagnostic) -> str:
    return f"{finding.message} ({finding.rule})"


def _carry_out(verb: Verb, live: Live, actions: Iterable[Action], notes: tuple[str, ...] = ()) -> Change:
    operations = tuple(acting_on(live, action.op) for action in actions)
    reason = Reason("state-differs", f"is {live.status}, wanted {verb.state}")
    return _change(verb, live, ChangeType.TRANSITION, reason, operations, notes)


def _change(
    verb: Verb,
    live: Live,
    kind: ChangeType,
    reason: Reason,
    operations: tuple[Operation, ...] = (),
    notes: tuple[str, ...] = (),
) -> Change:
    return Change(
        key=Key(live.kind.name, live.name, live.sid),
        type=kind,
        reason=reason,
        desired=asked_of(live, verb.state),
        live=live,
        operations=operations,
        notes=notes,
        resulting=live.spec,
    )


def asked_of(live: Live, state: State) -> Desired:
    """Returns what is wanted, as a manifest would say it: this campaign, in this state, its fields as they are."""
    return Desired(live.kind, {"name": live.name}, COMMAND_LINE, state=state, sid=live.sid)


def plan_by_hand(changes: Iterable[Change], terms: Terms, requests: int) -> Plan:
    """Makes a plan of the changes, for rendering and applying. `requests` were made to find the campaigns."""
    ordered = tuple(sorted({change.key: change for change in changes}.values(), key=lambda it: it.key))
    environment = terms.environment
    return Plan(
        environment=environment.name,
        account_sid=environment.account_sid,
        host=environment.host,
        created_at=terms.now,
        expires_at=terms.now + timedelta(hours=1),
        manifests=ManifestsSeal("", 0, ""),
        selection=Selection(),
        allowed=(),
        changes=ordered,
        refresh_strategy="auto",
        refresh_requests=requests,
        apply=estimate(ordered, environment, requests),
        unmanaged=0,
        find_overlaps=SharedCapacity(ordered, (), environment, terms.now).find,
    )


def calling_first(changes: Iterable[Change]) -> tuple[Step, ...]:
    """Puts the operations in the order of an emergency: what is in progress before what only may begin, each by its
    start (rule 12).
    """
    return tuple(sorted(steps(changes), key=lambda step: not _in_progress(step.change)))


def _in_progress(change: Change) -> bool:
    return change.live is not None and change.live.status is Status.IN_PROGRESS
