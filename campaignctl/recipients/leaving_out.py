"""Applies suppression to one campaign beside its manifest (recipients.md 3). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from typing import TYPE_CHECKING, Final

from campaignctl.diagnostics import counted
from campaignctl.kinds.lifecycle import State, Status
from campaignctl.kinds.operations import ENDING, STOPPING, Op
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired, ListRef, Live, given_lists, given_refs
from campaignctl.model.dated_names import dated
from campaignctl.model.list_refs import LISTS
from campaignctl.model.naming import as_typed
from campaignctl.model.suppression import EarlierCampaign, Suppression
from campaignctl.model.values import number_changes, texts
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.model.plan import Operation, OptOuts

NUMBERS = "from"


def leave_out(desired: Desired, suppression: Suppression) -> Desired:
    """Returns the manifest with the recipients that are left, in order and as they are written."""
    numbers = texts(desired.spec.get(NUMBERS))
    held = suppression.held(numbers)
    if not held:
        return desired._replace(suppression=suppression)
    places = suppression.places_left(numbers, held)
    return desired._replace(
        spec={**desired.spec, NUMBERS: [numbers[place] for place in places]},
        suppression=suppression,
        declared=numbers,
        places=tuple(desired.places[place] for place in places) if desired.places else tuple(places),
        left_out=held,
    )


def as_written(desired: Desired) -> Desired:
    """Returns the manifest before anybody was left out."""
    if desired.declared is None:
        return desired._replace(suppression=None) if desired.suppression else desired
    spec = {**desired.spec, "from": desired.declared}
    return desired._replace(spec=spec, suppression=None, declared=None, places=(), left_out=frozenset())


def earlier_campaign(other: Desired, subject: Desired | None) -> EarlierCampaign:
    """Returns what the manifest `other` stands for in the sources of `subject`; None is a list, without a date."""
    names, written = frozenset(it for it in (other.name, other.previous_name) if it), other.kind_and_name
    if other.repeat is None:
        return EarlierCampaign(written, names, other.sid)
    occurrence = subject.occurrence if subject is not None else None
    if occurrence is None:
        return EarlierCampaign(written, names, series=True)
    return EarlierCampaign(written, frozenset(dated(it, occurrence.day) for it in names))


def nobody_left(desired: Desired) -> bool:
    """Tells whether everybody is left out whom the manifest declares."""
    return bool(desired.left_out) and not desired.spec.get(NUMBERS)


def only_its_state(desired: Desired) -> Desired:
    """Returns the manifest as if it declared nothing but its state: what is to be over, and for nobody, needs no
    update, and none could be sent.
    """
    return desired._replace(spec={}, left_out=frozenset())


def still_in(desired: Desired, live: Live) -> frozenset[str]:
    """Returns the people of a live campaign who are left out by now, by the country's rule; none where it shows
    nobody.
    """
    seen = live.spec.get(NUMBERS)
    if desired.suppression is None or not seen:
        return frozenset()
    return desired.suppression.held(texts(seen))


def emptied(desired: Desired, live: Live, suppressed: frozenset[str], begun: bool) -> str | None:
    """Returns the field of a live campaign whose people are all left out by now, so that no update can merely take
    them out: one of its lists, or its numbers where it has no list. None where somebody is left: once it has begun
    it goes on with these.
    """
    lists, numbers = list(given_lists(live)), texts(live.spec.get(NUMBERS))
    lost = [it for it in given_refs(live) if it.besides and it.lost_everybody]
    without_numbers = suppressed.issuperset(numbers)
    if lost and not desired.ignores(LISTS) and (not begun or (without_numbers and len(lost) == len(lists))):
        return LISTS
    return NUMBERS if suppressed and without_numbers and not (lists or desired.ignores(NUMBERS)) else None


class EarlierPeople(NamedTuple):
    """Holds the suppressed people of earlier versions of the project's lists; `unsure`: there may be others in
    them.
    """

    known: frozenset[str] = frozenset()
    unsure: bool = False


NOBODY_EARLIER: Final = EarlierPeople()


def in_earlier_versions(live: Live) -> EarlierPeople:
    """Returns who is in the lists that a live campaign has, though left out by now."""
    refs = [it for it in given_refs(live) if not it.current]
    known = frozenset[str]().union(*(it.besides or () for it in refs))
    return EarlierPeople(known, any(it.suppresses and it.besides is None for it in refs))


def without_suppressed(desired: Desired, value: Value) -> Value:
    """Returns live numbers that are sent back, without those who are left out."""
    if desired.suppression is None or not value:
        return value
    numbers = texts(value)
    left = desired.suppression.without(numbers)
    return value if left is numbers else list(left)


def only_fewer(desired: Desired, live: Live, suppressed: frozenset[str]) -> bool:
    """Tells whether its people differ from the live ones only by those who are left out by now."""
    if not suppressed or desired.suppression is None:
        return False
    left: Sequence[str] = desired.suppression.without(texts(live.spec.get(NUMBERS)))
    gone, come = number_changes(left, texts(desired.spec.get(NUMBERS)), desired.suppression.country)
    return not gone and not come


def told_nobody(desired: Desired) -> str:
    """Says why nothing is created, and what calls is paused."""
    people = len(desired.left_out)
    who = "its one person is" if people == 1 else f"all of its {people:,} people are"
    return f"nobody is left to {desired.kind.stem}: {who} suppressed"


def still_there(people: Sized) -> str:
    """Begins to say in what suppressed people still are."""
    return f"{counted(len(people), 'suppressed person is', 'suppressed people are')} still in"


def suppression_noted(desired: Desired, live: Live, suppressed: frozenset[str], stays: bool) -> Iterator[str]:
    """Notes suppressed people who stay in a live campaign, where its recipients `stay` as they are, or may be in
    it.
    """
    if suppressed and stays:
        yield f"{still_there(suppressed)} it, and can no longer be taken out"
    unseen = (
        desired.suppression is not None
        and NUMBERS not in live.spec
        and not any(True for _ in given_lists(live))
    )
    if unseen and desired.state is State.ACTIVE and live.status is Status.PAUSED:
        name = as_typed(live.kind, desired.name or live.sid)
        resend = f"; --resend {name} sends those who are left" if not stays else ""
        yield f"the account does not show its people: suppressed ones may be called{resend}"


def leaves_out_of_lists(live: Live) -> bool:
    """Says whether a source leaves people out of a list of the project that a live campaign has."""
    return any(it.suppresses for it in given_refs(live))


def suppressed_by_hand(live: Live, suppression: Suppression | None, suppresses: bool) -> Iterator[str]:
    """Yields what somebody who resumes a campaign by hand is told before the question.

    `suppresses`: a source leaves people out of it, besides those of its lists; without `suppression` it is unreadable.
    """
    verb, numbers = live.kind.stem, texts(live.spec.get(NUMBERS))
    known, unsure = in_earlier_versions(live)
    if suppresses and suppression is None and not _of_project_alone(live):
        yield f"who is suppressed cannot be read: it may {verb} suppressed people"
        return
    people = known.union(suppression.held(numbers) if suppression is not None else ())
    if people:
        yield f"it would {verb} {counted(len(people), 'suppressed person', 'suppressed people')}"
    elif unsure:
        yield f"it may {verb} suppressed people: it goes to an earlier version of its list"
    elif not numbers and not _of_project_alone(live):
        yield f"the account does not show its people: it may {verb} suppressed ones"


def _of_project_alone(live: Live) -> bool:
    """Tells whether it goes to the project's own lists and nobody else."""
    items = list(given_lists(live))
    return not live.spec.get(NUMBERS) and bool(items) and all(isinstance(it, ListRef) for it in items)


def opt_out_alone(
    operations: tuple[Operation, ...], opt_outs: OptOuts, pauses: tuple[Operation, ...] = ()
) -> tuple[Operation, ...]:
    """Returns, behind `pauses`, what takes suppressed people out, where planned operations do that: nothing else."""
    instead = opt_outs.instead or ()
    goes_out = any(it.op is Op.UPDATE or it in instead for it in operations)
    return with_opt_out(pauses, opt_outs) if goes_out else pauses


def with_opt_out(operations: tuple[Operation, ...], opt_outs: OptOuts) -> tuple[Operation, ...]:
    """Takes suppressed people out whatever keeps the rest back, right after the pause.

    Any update takes them out of numbers, and one of lists out of these. Where nobody would be left, only one that
    brings others can be sent: without it the campaign is paused, and nothing of it goes on.
    """
    updates = [it for it in operations if it.op is Op.UPDATE]
    sent = {name for it in updates for name in it.fields}
    if opt_outs.instead is not None:
        if not sent.isdisjoint((*opt_outs.fields, LISTS)):
            return operations
        stops = tuple(it for it in operations if it.op in STOPPING | ENDING)
        return stops if any(it.op is Op.PAUSE for it in stops) else (*opt_outs.instead, *stops)
    done = {NUMBERS, *sent} if updates else sent
    left = tuple(name for name in opt_outs.fields if name not in done)
    if not left:
        return operations
    from campaignctl.model.plan import opting_out  # where a plan is made

    pauses = tuple(it for it in operations if it.op is Op.PAUSE)
    return (*pauses, opting_out(left), *operations[len(pauses) :])
