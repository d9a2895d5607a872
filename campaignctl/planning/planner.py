"""Makes a plan: manifests and an account go in, changes come out.

The rules stand in their own modules; here they meet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias

from campaignctl.contact_lists.by_name import names_beside
from campaignctl.contact_lists.counting import with_lists
from campaignctl.contact_lists.versions import all_left_out
from campaignctl.diagnostics import Diagnostic
from campaignctl.kinds.lifecycle import ENDING_STATES, Status
from campaignctl.kinds.operations import Permission
from campaignctl.model.campaigns import Desired, Key, Listing, Live, Snapshot
from campaignctl.model.companions import FindText, no_text
from campaignctl.model.list_refs import LISTS, refs_in
from campaignctl.model.overlaps import CapacityOverlap, FindLoad, nothing_beside
from campaignctl.model.plan import Change, Suppressed
from campaignctl.model.reasons import REASONS
from campaignctl.model.windows import window_of
from campaignctl.planning.absent import nothing_to_do
from campaignctl.planning.account_view import AccountView, Newcomers, view_account
from campaignctl.planning.alive import Decision
from campaignctl.planning.compare import start_of
from campaignctl.planning.deciding_each import decide_each
from campaignctl.planning.match import How, Match
from campaignctl.planning.orphans import decide_orphan, newer_than_checkout, series_left
from campaignctl.planning.payload import as_wanted
from campaignctl.planning.staying import clear_of_what_stays
from campaignctl.planning.terms import Terms
from campaignctl.policy import (
    RULES,
    Beside,
    Subject,
    check_documents,
    copies_among,
    level_of,
    registered_in,
)
from campaignctl.policy.checking import keeps_ledger
from campaignctl.policy.dlt_template import text_registered
from campaignctl.policy.frequency import Frequency, ReachedCampaign
from campaignctl.policy.runs import OtherRuns, other_run, run_key
from campaignctl.policy.shared_capacity import SharedCapacity
from campaignctl.policy.subject import OtherRun
from campaignctl.records import dataclass
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.planning.features.budgets import Budgeted
    from campaignctl.policy.ledger import Ledger


@dataclass(frozen=True)
class Decisions:
    """Holds what is planned, before it is sealed: the changes in their order, findings, and what nobody manages
    here.

    `with_prefix` counts the alive campaigns that have the project's prefix. `notes` stand above those of the
    account. `find_overlaps` tells what wants more than the account can do, `find_load` what runs beside a campaign,
    `find_registered` what text is registered for one. `budgeted` is what a budget must know of lists, None without
    one. `newcomers` knows what was read.
    """

    changes: tuple[Change, ...]
    findings: tuple[Diagnostic, ...]
    unmanaged: int
    with_prefix: int
    notes: tuple[str, ...] = ()
    find_overlaps: Callable[[], tuple[CapacityOverlap, ...]] = field(default=tuple, compare=False, repr=False)
    find_load: FindLoad = field(default=nothing_beside, compare=False, repr=False)
    find_registered: FindText = field(default=no_text, compare=False, repr=False)
    budgeted: Budgeted | None = field(default=None, compare=False, repr=False)
    newcomers: Newcomers | None = field(default=None, compare=False, repr=False)


def make_plan(
    all_manifests: Sequence[Desired], selected: Collection[Desired], snapshot: Snapshot, terms: Terms
) -> Decisions:
    """Makes one change for each selected manifest and each orphan.

    `all_manifests` are all manifests of the project: matches and orphans are decided over them.
    """
    terms, as_written = with_dates(all_manifests, snapshot, terms), all_manifests
    repeats = [it for it in selected if it.repeat is not None]
    if terms.repeating is not None:
        all_manifests, selected = terms.repeating.expand(all_manifests), terms.repeating.expand(selected)
    if terms.consent.flags:
        read = (live for listing in snapshot.listings.values() for live in listing.campaigns)
        terms = replace(terms, consent=terms.consent.among(read))
    account, withdrawn = _without_withdrawn(view_account(all_manifests, snapshot, terms), terms)
    chosen = {id(desired) for desired in selected}
    meant = [match for match in account.matches if id(match.desired) in chosen]
    beside, ledger = _beside(all_manifests, as_written, account, terms)
    terms = replace(terms, beside=beside, names=lambda: account.names)
    orphans, with_prefix, notes = _orphans(account, terms)
    decide = partial(_decide_all, meant, orphans, account)
    found, terms, ledger = _decide_within_budget(decide, account.matches, ledger, terms)
    changes = [*found.changes, *_withdrawn(withdrawn, repeats, terms)]
    listed = {change.live.sid for change in orphans if change.live}
    notes += series_left((live for live in account.unnamed if live.sid not in listed), terms)
    if terms.repeating is not None:
        notes += tuple(terms.repeating.ending_soon(repeats))
    budget, noted = _budget(ledger, as_written, account.matches, changes, terms)
    return Decisions(
        changes=tuple(sorted([*changes, *orphans], key=lambda change: change.key)),
        findings=(
            *found.findings,
            *check_documents(terms.policies, beside, terms.locate_companion),
        ),
        unmanaged=len(account.unnamed),
        with_prefix=with_prefix,
        notes=(*notes, *noted),
        find_overlaps=found.shared.find,
        budgeted=budget,
        find_load=beside.find_load,
        find_registered=lambda spec: text_registered(beside, spec),
        newcomers=Newcomers(snapshot, all_manifests),
    )


def _beside(
    all_manifests: Sequence[Desired], as_written: Sequence[Desired], account: AccountView, terms: Terms
) -> tuple[Beside, Callable[[], Ledger] | None]:
    """Returns what policies compare a campaign with besides itself, each computed when the first of them asks."""
    others = cache(
        lambda: OtherRuns(_other_runs(account.matches, account.unmatched, terms), terms.policies.capacities)
    )
    registered = registered_in(terms.companions)
    keeps = keeps_ledger(terms.environment)
    ledger = cache(lambda: _ledger(as_written, account.matches, terms)) if keeps else None
    limited = level_of(RULES["frequency"], terms.environment) is not None
    beside = Beside(
        copies=copies_among(all_manifests, terms.environment, terms.now),
        find_load=lambda *asked: others().find_load(*asked),
        registered=registered,
        ledger=ledger,
        frequency=Frequency(_contacts(account, terms), terms.country) if limited else None,
        own_rules=terms.own_rules,
    )
    return beside, ledger


def _ledger(as_written: Sequence[Desired], matches: Sequence[Match], terms: Terms) -> Ledger:
    from campaignctl.planning.features.budgets import ledger_of  # where an environment has a budget

    return ledger_of(as_written, matches, terms)


def _budget(
    ledger: Callable[[], Ledger] | None,
    as_written: Sequence[Desired],
    matches: Sequence[Match],
    changes: Sequence[Change],
    terms: Terms,
) -> tuple[Budgeted | None, tuple[str, ...]]:
    """Returns what a budget must know of lists, and what it notes; nothing without one."""
    if ledger is None:
        return None, ()
    from campaignctl.planning.features.budgets import budgeted, unknown_costs_noted

    noted = () if terms.counting else tuple(unknown_costs_noted(ledger(), terms))
    return budgeted(ledger(), as_written, matches, changes, terms), noted


class _Decided(NamedTuple):
    """Holds what becomes of each manifest, what policies find of them, and what all of them share."""

    findings: Sequence[Diagnostic]
    changes: Sequence[Change]
    shared: SharedCapacity


def _decide_within_budget(
    decide: Callable[[Terms], _Decided],
    matches: Sequence[Match],
    ledger: Callable[[], Ledger] | None,
    terms: Terms,
) -> tuple[_Decided, Terms, Callable[[], Ledger] | None]:
    """Decides on all, and anew as long as what was decided leaves more spent than was counted."""
    found = decide(terms)
    if ledger is None:
        return found, terms, None
    from campaignctl.planning.features.budgets import SpentByOthers

    spent = SpentByOthers(ledger(), matches)
    while spent.more(found.changes, terms):
        terms = replace(terms, beside=terms.beside._replace(ledger=spent.find))
        found = decide(terms)
    return found, terms, spent.find


def _decide_all(
    meant: Sequence[Match], orphans: Sequence[Change], account: AccountView, terms: Terms
) -> _Decided:
    """Decides on each by itself; once more where together they want more than the account can do, and a rule
    forbids it.
    """
    findings, changes = _decide_each(meant, account, terms)
    together, alive = [*changes, *orphans], _alive(account.snapshot.listings)
    shared = SharedCapacity(together, alive, terms.environment, terms.now, terms.counts)
    if level_of(RULES["capacity"], terms.environment) is not None and shared.overlaps:
        terms = replace(terms, beside=terms.beside._replace(overlaps=shared.overlaps))
        findings, changes = _decide_each(meant, account, terms)
    return _Decided(findings, changes, shared)


def _decide_each(
    meant: Sequence[Match], account: AccountView, terms: Terms
) -> tuple[list[Diagnostic], list[Change]]:
    """Decides on each by itself, then looks at what they come to together. Where nothing is there to look at, each
    becomes a change as it is decided.
    """
    each: Iterable[Decision] = decide_each(meant, account, terms)
    if any(it.desired.shown for it in account.matches):
        from campaignctl.planning.features.kept_apart import kept_apart

        each = kept_apart(meant, list(each), account, terms)
    if any(it.touched for it in account.matches):
        each = clear_of_what_stays(meant, list(each), account.matches, terms)
    findings, changes = list[Diagnostic](), list[Change]()
    for match, decision in zip(meant, each, strict=True):
        findings += decision.findings
        changes.append(_change(match, decision, terms))
    return findings, changes


def _contacts(account: AccountView, terms: Terms) -> Iterator[ReachedCampaign]:
    """Yields all that called, calls or will, as it will stand.

    What failed, or never was, called nobody; of earlier dates, which are not looked up, nobody knows.
    """
    now = account.snapshot.now
    for desired in terms.repeating.earlier() if terms.repeating is not None else ():
        yield ReachedCampaign(desired, start_of(desired) or now, settled=True, over=True)
    for match in account.matches:
        desired, live = match.desired, match.live
        if live is None:
            window = window_of(desired.kind, desired.spec)
            if not window.over(now):
                yield ReachedCampaign(desired, window.start or now)
        elif live.status not in (Status.FAILED, Status.CANCELED):
            was = window_of(live.kind, live.spec)
            begun = live.finished or (was.start is not None and was.start <= now)
            start = was.start if begun else start_of(desired) or was.start
            yield ReachedCampaign(desired, start or now, settled=True, over=live.finished or was.over(now))


def _other_runs(matches: Iterable[Match], unmatched: Iterable[Live], terms: Terms) -> Iterator[OtherRun]:
    """Yields all that is alive once the plan is carried out, what it holds or blocks too: what waits may be
    resumed.
    """
    counts = terms.counts
    for match in matches:
        desired, live = match.desired, match.live
        if desired.state in ENDING_STATES or (live is not None and live.finished):
            continue
        spec = as_wanted(desired, live, terms)
        yield other_run(Subject(desired.kind, spec, None, counts=counts), run_key(desired))
    for live in unmatched:
        yield other_run(Subject(live.kind, live.spec, None, is_live=True, counts=counts), run_key(live))


def with_dates(
    all_manifests: Sequence[Desired],
    snapshot: Snapshot,
    terms: Terms,
    leave_out: Callable[[Desired], Desired] = lambda dated: dated,
) -> Terms:
    """Adds the manifests that repeat, expanded as of now; whoever expands them as of another moment did so before."""
    if terms.repeating is not None or not any(it.repeat for it in all_manifests):
        return terms
    from campaignctl.repeat.series import Repeating  # where a manifest repeats

    at = snapshot.expanded_at or terms.now
    return replace(terms, repeating=Repeating(all_manifests, snapshot, at, leave_out))


_Withdrawn: TypeAlias = Sequence[tuple[Desired, Live]]
"""What is wanted of dates that a rule does not yield any more, and their campaigns."""


def _without_withdrawn(account: AccountView, terms: Terms) -> tuple[AccountView, _Withdrawn]:
    """Takes withdrawn dates out of what nobody names."""
    if terms.repeating is None:
        return account, ()
    from campaignctl.planning.features.withdrawn_dates import withdrawn_dates

    withdrawn = tuple(withdrawn_dates(terms.repeating, account.unnamed, terms))
    theirs = {(live.kind.name, live.sid) for _, live in withdrawn}
    rest = tuple(live for live in account.unnamed if (live.kind.name, live.sid) not in theirs)
    return replace(account, unnamed=rest), withdrawn


def _withdrawn(withdrawn: _Withdrawn, repeats: Sequence[Desired], terms: Terms) -> Iterator[Change]:
    if not withdrawn:
        return
    from campaignctl.planning.features.withdrawn_dates import decide_withdrawn

    chosen = {(it.kind.name, it.name) for it in repeats}
    for desired, live in withdrawn:
        of = desired.occurrence
        if of is not None and (desired.kind.name, of.manifest) in chosen:
            yield _left_as_it_is(live, decide_withdrawn(desired, live, terms), desired)


def _change(match: Match, decision: Decision, terms: Terms) -> Change:
    desired, live = match.desired, match.live
    known = live if match.how is not How.INCOMPLETE else None
    key = Key(desired.kind.name, desired.name or (known.name if known else ""), known.sid if known else "")
    beside = _said_of_lists(desired) if _changes_lists(decision) else ()
    left_out = all_left_out(desired) if _does_something(decision) else ()
    suppressed = Suppressed(len(left_out)) if left_out else None
    change = Change(
        key=key,
        type=REASONS[decision.reason.code].change,
        reason=decision.reason,
        desired=desired,
        live=known,
        operations=decision.operations,
        held=decision.held,
        diff=decision.diff,
        notes=(*decision.notes, *beside),
        resulting=decision.resulting or (known.spec if known else desired.spec),
        gates=decision.gates,
        suppressed=suppressed,
        opt_outs=decision.opt_outs,
    )
    return (
        with_lists(
            change, terms.lists, terms.now, terms.policies.has("empty_list"), keeps_ledger(terms.environment)
        )
        if terms.lists
        else change
    )


def _said_of_lists(desired: Desired) -> Iterator[str]:
    """Says what each SID is called, and what speaks against lists that this API makes."""
    if desired.list_names:
        yield from names_beside(desired)
    if desired.kind.doubt_of_lists and any(True for _ in refs_in(desired.spec.get(LISTS))):
        yield desired.kind.doubt_of_lists


def _does_something(decision: Decision) -> bool:
    return bool(decision.operations or decision.held) or decision.reason.code == "no-recipients"


def _changes_lists(decision: Decision) -> bool:
    """Tells whether lists are sent or differ: then their names stand beside the SIDs."""
    return (
        any(LISTS in it.fields for it in decision.operations)
        or any(LISTS in it.fields for it in decision.held)
        or any(it.field == LISTS for it in decision.diff)
    )


def _orphans(account: AccountView, terms: Terms) -> tuple[list[Change], int, tuple[str, ...]]:
    """Returns the orphans' changes, how many alive campaigns have the prefix, and a note on each that is newer than
    the checkout.
    """
    if terms.prune is None:
        return [], 0, ()
    prefix = terms.prune.name_prefix
    alive = _alive(account.snapshot.listings)
    orphans = [live for live in account.unnamed if live.name.startswith(prefix)]
    checkout = terms.checked_out() if orphans else None
    newer = {live.sid: checkout.why_not_ended(live) for live in orphans} if checkout else {}
    spared = _maybe_renamed(account, terms)
    changes = [
        _left_as_it_is(live, decide_orphan(live, terms, spared, newer.get(live.sid))) for live in orphans
    ]
    notes = tuple(newer_than_checkout(live, why, terms) for live in orphans if (why := newer.get(live.sid)))
    return changes, sum(live.name.startswith(prefix) for live in alive), notes


def _left_as_it_is(live: Live, decision: Decision, desired: Desired | None = None) -> Change:
    """Makes the change of a campaign that may be stopped, and whose fields stay."""
    return Change(
        key=Key(live.kind.name, live.name, live.sid),
        type=REASONS[decision.reason.code].change,
        reason=decision.reason,
        desired=desired,
        live=live,
        operations=decision.operations,
        held=decision.held,
        notes=decision.notes,
        resulting=live.spec,
    )


def _alive(listings: Mapping[str, Listing]) -> Iterable[Live]:
    return (live for listing in listings.values() for live in listing.campaigns if live.alive)


def _maybe_renamed(account: AccountView, terms: Terms) -> frozenset[str]:
    """Returns the SIDs that a new manifest looks like: none is ended, whichever of them is named and whatever was
    selected.

    One that is not known to be new, since the list is not complete, counts as new here.
    """
    return frozenset(
        twin.sid
        for match in account.matches
        if match.how in (How.ABSENT, How.INCOMPLETE)
        and nothing_to_do(match.desired, window_of(match.desired.kind, match.desired.spec), terms.now) is None
        and not terms.allows(Permission.TWIN, match.desired)
        for twin in account.neighbours.lookalikes.all_alive(match.desired)
    )
