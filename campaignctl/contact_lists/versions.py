"""Plans the lists that the project keeps: which version a campaign names, and what must be uploaded for it. Pure.

A campaign gives such a list by its name. The name stands for the version of the members that the manifest has now,
or for one to come; what is live names other versions too, which are marked so that the rules know them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from campaignctl.contact_lists.by_name import incomplete_list
from campaignctl.diagnostics import quoted, some_of
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import (
    Desired,
    Key,
    Listing,
    ListName,
    ListRef,
    Live,
    Snapshot,
    given_lists,
    given_refs,
    with_refs,
)
from campaignctl.model.dated_names import parsed
from campaignctl.model.list_refs import left_by_people, refs_in
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.plan import Change, ListCount, Operation, Suppressed
from campaignctl.model.reasons import REASONS, ChangeType, Reason
from campaignctl.model.windows import window_of
from campaignctl.tuples import NamedTuple

Lists = Mapping[str, ManagedList]
"""By name."""

_MOST_NAMESAKES: Final = 10
_OVER: Final = frozenset({"finished", "failed", "already-ran", "nothing-to-end", "window-over", "missed"})


def named_by(desired: Desired) -> Iterator[str]:
    """Yields the names by which a campaign gives lists, the project's and others."""
    return (it.name for it in given_lists(desired) if isinstance(it, ListName | ListRef))


def names_in_use(manifests: Iterable[Desired], snapshot: Snapshot) -> frozenset[str]:
    """Returns the lists named by campaigns that are not over, as far as that is known before they are planned."""
    finished = _finished(snapshot)
    return frozenset(
        name
        for desired in manifests
        if not window_of(desired.kind, desired.spec).over(snapshot.now)
        and (desired.kind.name, desired.sid or desired.name or "") not in finished
        for name in named_by(desired)
    )


def may_be_meant(manifests: Iterable[Desired], snapshot: Snapshot) -> Iterator[Live]:
    """Yields what is alive and has a name or a SID that manifests have, as far as that is known before they are
    planned.
    """
    names = {name for it in manifests for name in (it.name, it.previous_name, it.sid) if name}
    for live in alive_ones(snapshot):
        day = parsed(live.name)
        if not names.isdisjoint((live.name, live.sid, day.base if day else "")):
            yield live


def alive_ones(snapshot: Snapshot) -> Iterator[Live]:
    """Yields what is not over, whoever means it."""
    return (it for listing in snapshot.listings.values() for it in listing.campaigns if not it.finished)


def have_others(campaigns: Iterable[Live], manifests: Iterable[Desired], lists: Lists) -> bool:
    """Tells whether campaigns have a list that is no version of these, and that no manifest gives by its SID: it may be
    one of the project's that a manifest named before.
    """
    known = {str(it) for desired in manifests for it in given_lists(desired)}
    known.update(it.sid for managed in lists.values() for it in managed.versions)
    return any(not known.issuperset(map(str, given_lists(live))) for live in campaigns)


def names_awaited(manifests: Sequence[Desired], snapshot: Snapshot) -> frozenset[str]:
    """Returns the lists of campaigns for whose results others wait: how many are in them tells whether all were
    counted.
    """
    waiting = [it for it in manifests if it.after and not window_of(it.kind, it.spec).over(snapshot.now)]
    campaigns = {after.campaign for it in waiting for after in it.after}
    return frozenset(
        name for it in manifests if campaigns and it.kind_and_name in campaigns for name in named_by(it)
    )


def _finished(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    """Returns kind and SID of what is over, and kind and name where all campaigns of the name are."""
    over: set[tuple[str, str]] = set()
    alive: set[tuple[str, str]] = set()
    for kind, listing in snapshot.listings.items():
        for live in listing.campaigns:
            (over if live.finished else alive).update({(kind, live.sid), (kind, live.name)})
    return frozenset(over - alive)


def resolve_lists(desired: Desired, lists: Lists) -> Desired:
    """Puts versions for the names of the project's lists; a name that cannot be used keeps the reason."""
    if not any(name in lists for name in named_by(desired)):
        return desired
    spec = {field: _resolved(value, lists) for field, value in desired.spec.items()}
    refs = [ref for value in spec.values() for ref in refs_in(value)]
    names = {ref.sid: ref.name for ref in refs if ref.sid is not None}
    return desired._replace(spec=spec, list_names={**desired.list_names, **names})


def _resolved(value: Value, lists: Lists) -> Value:
    if not isinstance(value, list | tuple):
        return value
    return list(dict.fromkeys(_known(item, lists) for item in value))


def _known(item: Value, lists: Lists) -> Value:
    if not isinstance(item, ListName | ListRef) or item.name not in lists:
        return item
    return _version(item, lists[item.name])


def _version(item: ListName | ListRef, managed: ManagedList) -> ListRef | ListName:
    reason = why_blocked(managed)
    if reason is not None:
        return ListName(item.name, reason)
    wanted = managed.wanted
    return ListRef(item.name, wanted.sid if wanted else None, managed.members)


def why_blocked(managed: ManagedList) -> Reason | None:
    """Says why nobody knows which list is meant, or that nobody is in it."""
    if managed.namesakes:
        shown = some_of(managed.namesakes, _MOST_NAMESAKES)
        message = (
            f"{quoted(managed.name)} is a {CONTACT_LIST} of the project, and the account has a list of that very "
            f"name ({shown}): rename the {CONTACT_LIST}, or give the SID if that one is meant"
        )
        return Reason("list-ambiguous", message)
    if managed.trouble is not None:
        return incomplete_list(managed.name, managed.trouble)
    if managed.forbidden is not None:
        return Reason("policy", managed.forbidden)
    if not len(managed.members):
        return Reason("no-recipients", f"nobody is left in the {CONTACT_LIST} {managed.name}")
    return None


def marked(snapshot: Snapshot, lists: Lists) -> Snapshot:
    """Marks the versions of the project's lists wherever a campaign of the account has them, which tells them from
    other lists.
    """
    refs = refs_by_sid(lists, (it for listing in snapshot.listings.values() for it in listing.campaigns))
    if not refs:
        return snapshot
    listings = {
        kind: listing._replace(campaigns=tuple(with_refs(live, refs) for live in listing.campaigns))
        for kind, listing in snapshot.listings.items()
    }
    newest = {
        kind: tuple(with_refs(live, refs) for live in campaigns)
        for kind, campaigns in snapshot.newest_finished.items()
    }
    leaving = tuple(with_refs(live, refs) for live in snapshot.leaving)
    return snapshot._replace(listings=listings, newest_finished=newest, leaving=leaving)


def refs_by_sid(lists: Lists, campaigns: Iterable[Live]) -> Mapping[str | None, ListRef]:
    """Returns the marks of the project's lists among SIDs. Who is in an earlier version matters where one of the
    campaigns has it that is not over.
    """
    alive = campaigns if any(it.suppresses for it in lists.values()) else ()
    named = frozenset(str(it) for live in alive if not live.finished for it in given_lists(live))
    return {ref.sid: ref for managed in lists.values() for ref in _refs(managed, named)}


def _refs(managed: ManagedList, named: Collection[str]) -> Iterator[ListRef]:
    """Marks the lists among SIDs; `named` are those of which it matters who is in an earlier version."""
    mark, newest = managed.members.mark, _version(ListName(managed.name), managed)
    earlier = managed.earlier({it.mark for it in managed.versions if it.sid in named} - {mark})
    for version in managed.versions:
        current = version.mark == mark
        yield ListRef(
            managed.name,
            version.sid,
            managed.members if current else None,
            current=current,
            besides=earlier.get(version.mark),
            newest=None if current else newest,
            suppresses=managed.suppresses,
        )


def counts_of(lists: Lists, now: datetime) -> dict[str, ListCount]:
    """Returns what was already counted of the project's lists, by SID."""
    return {
        sid: ListCount(sid, managed.name, count, now, managed=True)
        for managed in lists.values()
        for sid, count in managed.counts.items()
        if count is not None
    }


# -- what the plan makes of them -------------------------------------------------------------------------------


def sends_lists(change: Change, operation: Operation) -> bool:
    """Tells whether an operation sends the campaign's lists: a create, or an update of them or of what is not
    shown.
    """
    if operation.op is Op.CREATE:
        return True
    if operation.op is not Op.UPDATE or change.desired is None:
        return False
    fields = [it.name for it in change.desired.kind.given_by_name]
    unseen = change.live is not None and any(it not in change.live.spec for it in fields)
    return unseen or any(it in operation.fields for it in fields)


def lists_needed(change: Change, operation: Operation) -> tuple[str, ...]:
    """Returns the names of the project's lists that an operation sends."""
    if change.desired is None or not sends_lists(change, operation):
        return ()
    live = change.live
    if operation.opt_out and live is not None:
        values = (live.spec.get(it.name) for it in live.kind.given_by_name)
        return tuple(ref.name for value in values for ref in left_by_people(value).values())
    return tuple(dict.fromkeys(ref.name for ref in given_refs(change.desired)))


def left_out_of(change: Change) -> frozenset[str]:
    """Returns the declared people who are left out: of a list, or of a campaign and the lists that it is sent to."""
    if change.managed is not None:
        return change.managed.members.left_out
    return all_left_out(change.desired) if change.desired is not None else frozenset()


def all_left_out(desired: Desired) -> frozenset[str]:
    """Returns everybody left out of a campaign and of the project's lists that it is sent to."""
    members = (it.members for it in given_refs(desired))
    return desired.left_out.union(*(it.left_out for it in members if it is not None))


def used_lists(changes: Iterable[Change], *, opt_outs: bool = True) -> frozenset[str]:
    """Returns the names of the lists that an operation would use, one that is no opt-out where these do not count."""
    return frozenset(
        name
        for change in changes
        for it in change.operations
        if opt_outs or not it.opt_out
        for name in lists_needed(change, it)
    )


def list_changes(
    lists: Lists, selected: Collection[str], campaigns: Collection[Change], in_use: Collection[str]
) -> tuple[Change, ...]:
    """Makes one change for each list that is selected, or named by a campaign that is."""
    used, otherwise = used_lists(campaigns), used_lists(campaigns, opt_outs=False)
    named = {name for change in campaigns if change.desired for name in named_by(change.desired)}
    over = {
        name
        for change in campaigns
        if change.desired and change.reason.code in _OVER
        for name in named_by(change.desired)
    }
    alive = {
        name
        for change in campaigns
        if change.desired and change.reason.code not in _OVER
        for name in named_by(change.desired)
    }
    wanted = (set(in_use) - over) | alive | used
    return tuple(
        _list_change(
            managed, _Use(name in used, name in wanted, name not in otherwise), _live_sid(name, campaigns)
        )
        for name, managed in sorted(lists.items())
        if name in selected or name in named or name in used
    )


def _live_sid(name: str, campaigns: Iterable[Change]) -> str | None:
    """Returns the current version that a live campaign has already: it was complete when it was named."""
    for change in campaigns:
        for ref in given_refs(change.live) if change.live else ():
            if ref.name == name and ref.current:
                return ref.sid
    return None


class _Use(NamedTuple):
    """Says whether an operation would use a list, whether a campaign names it that is not over, and whether only
    opt-outs use it.
    """

    now: bool
    at_all: bool
    for_opt_outs: bool


def _list_change(managed: ManagedList, use: _Use, live_sid: str | None) -> Change:
    reason, operations = _decided(managed, use)
    complete = managed.complete
    sid = complete.sid if complete else live_sid
    return Change(
        key=Key(CONTACT_LIST, managed.name, sid or ""),
        type=REASONS[reason.code].change,
        reason=reason,
        operations=operations,
        notes=tuple(_notes(managed)),
        managed=managed,
        suppressed=Suppressed(len(left_out)) if (left_out := managed.members.left_out) else None,
    )


def _decided(managed: ManagedList, use: _Use) -> tuple[Reason, tuple[Operation, ...]]:
    blocked = why_blocked(managed)
    if blocked is not None and use.at_all:
        return blocked, ()
    if use.now and managed.complete is None:
        return Reason("not-live", "the account has no complete list of these people"), (
            _upload(managed, use),
        )
    if not use.at_all:
        return Reason("not-used", "no campaign that is not over names it"), ()
    if use.now:
        return Reason("in-sync", "the account has a complete list of these people"), ()
    return Reason("in-sync", "no campaign of this plan needs another list than it has"), ()


def _upload(managed: ManagedList, use: _Use) -> Operation:
    members = managed.members
    return Operation(
        Op.UPLOAD,
        members.fields,
        people=len(members),
        requests=managed.requests,
        opt_out=use.for_opt_outs,
    )


def _notes(managed: ManagedList) -> Iterator[str]:
    abandoned = [it.sid for it in managed.candidates if managed.is_abandoned(it)]
    if abandoned:
        counts = ", ".join(f"{sid} has {_count(managed.counts[sid])}" for sid in abandoned)
        yield f"abandoned, since they do not hold its {len(managed.members):,} people: {counts}"


def _count(count: int | None) -> str:
    return "an unknown number" if count is None else f"{count:,}"


# -- what is no longer wanted ----------------------------------------------------------------------------------


def named_by_campaigns(listings: Iterable[Listing]) -> frozenset[str] | None:
    """Returns the lists named by all campaigns that are not finished; None where one does not show its lists, or
    not all campaigns are known.
    """
    found: set[str] = set()
    for listing in listings:
        if not listing.complete:
            return None
        for live in listing.campaigns:
            named = set(map(str, given_lists(live)))
            if (
                not live.finished
                and not named
                and not any(live.spec.get(it.name) for it in live.kind.numbers)
            ):
                return None
            found |= set() if live.finished else named
    return frozenset(found)


def still_needed(sid: str, listings: Iterable[Listing]) -> Reason | None:
    """Says why a version is not deleted after all: a campaign names it by now, or nobody can tell."""
    named = named_by_campaigns(listings)
    if named is None:
        return Reason(
            "moved", "not all campaigns show their lists by now, so nobody can tell whether one names it"
        )
    return Reason("moved", "a campaign names it by now; plan again") if sid in named else None


def deletable(managed: ManagedList, keeps: Collection[str], older_than: datetime) -> Iterator[Change]:
    """Yields a change for each version that nothing needs any more.

    `keeps` are the SIDs named by campaigns that are not finished.
    """
    wanted = {it.sid for it in managed.candidates if managed.may_hold_the_members(it)}
    for version in sorted(managed.versions, key=lambda it: it.sid):
        old = version.created is not None and version.created <= older_than
        if old and version.sid not in wanted and version.sid not in keeps:
            yield Change(
                key=Key(CONTACT_LIST, managed.name, version.sid),
                type=ChangeType.ORPHAN,
                reason=Reason("orphan", "a version that no manifest wants and no campaign names"),
                operations=(Operation(Op.DELETE),),
                managed=managed,
            )
