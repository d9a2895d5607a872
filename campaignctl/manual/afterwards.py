"""Says what the next apply will do about a campaign that somebody changed by hand (rule 12); the planner decides
it.

Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import ENDING, OPERATIONS, TRANSITIONS, Op
from campaignctl.model.campaigns import Desired, Key, Listing, Live, Snapshot
from campaignctl.model.dated_names import dated, parsed
from campaignctl.model.gates import GateVerdict
from campaignctl.model.list_refs import asks_by_name
from campaignctl.model.plan import Change
from campaignctl.model.reasons import ChangeType
from campaignctl.model.suppression import Suppression
from campaignctl.planning.alive import starts_ahead
from campaignctl.planning.match import manifest_of
from campaignctl.planning.planner import make_plan
from campaignctl.planning.terms import Terms
from campaignctl.recipients.leaving_out import leaves_out_of_lists, suppressed_by_hand

if TYPE_CHECKING:
    from campaignctl.contact_lists.contact_list import ContactList


@dataclass(frozen=True)
class KnownManifests:
    """Holds the manifests that could be read; `complete` is False where others could not.

    `suppresses`: the project leaves people out, `suppression` whom; None where that cannot be read, or was not asked.
    `lists` are the project's own.
    """

    all_manifests: tuple[Desired, ...] = ()
    complete: bool = True
    suppresses: bool = False
    suppression: Suppression | None = None
    lists: tuple[ContactList, ...] = ()

    def of(self, live: Live) -> Desired | None:
        """Returns the manifest that a campaign belongs to."""
        return manifest_of(live, self.all_manifests)

    def awaited_by(self, live: Live) -> Iterator[str]:
        """Yields the words by which to look for what a campaign waits for, whom it leaves out and who leaves it out;
        of a date for what its date has to do with.
        """
        manifest, name = self.of(live), parsed(live.name)
        for other in _beside([manifest], self.all_manifests) if manifest is not None else ():
            names = [it for it in (other.name, other.previous_name) if it]
            if other.repeat is not None and name is not None:
                names = [dated(it, name.day) for it in names]
            yield from (f"{other.kind.short}/{it}" for it in (*names, other.sid) if it)

    def left_out(self, desired: Desired | None) -> tuple[bool, Suppression | None]:
        """Tells whether anybody is left out of a campaign, with or without a manifest, and who; None where nobody
        knows.
        """
        if desired is None:
            return self.suppresses, self.suppression
        return self.suppresses or bool(desired.suppress), desired.suppression or self.suppression


def _beside(some: Iterable[Desired], manifests: Iterable[Desired]) -> Iterator[Desired]:
    """Yields the manifests that some wait for or whose people they leave out, and those that leave out theirs."""
    own, named = set[str | None](), set[str | None]()
    for it in some:
        own.add(it.kind_and_name)
        named.update(after.campaign for after in it.after)
        named.update(source.campaign for source in it.suppress)
    for it in manifests:
        if it.kind_and_name in named or any(source.campaign in own for source in it.suppress):
            yield it


def consequences(
    changes: Collection[Change], seen: Iterable[Live], manifests: KnownManifests, terms: Terms
) -> Mapping[Key, str]:
    """Writes a sentence on the next apply for each change that does something.

    `seen` are all campaigns that were read; `terms` those of an apply without any `--allow`.
    """
    coming = _next_changes(changes, seen, manifests.all_manifests, terms)
    return {
        change.key: _sentence(change, coming, manifests, terms) for change in changes if change.operations
    }


def _next_changes(
    changes: Collection[Change], seen: Iterable[Live], all_manifests: Iterable[Desired], terms: Terms
) -> Mapping[tuple[str, str], Change]:
    """Returns what a plan would make of the manifests in question, by kind and SID, or by kind and name."""
    campaigns = {live.sid: live for live in seen}
    campaigns |= {change.key.sid: _done(change, terms) for change in changes if change.live is not None}
    names = {(live.kind.name, live.name) for live in campaigns.values()}
    bases = {(kind, date.base) for kind, name in names if (date := parsed(name))}
    manifests = tuple(all_manifests)
    relevant = [
        one
        for one in manifests
        if one.sid in campaigns or _names(one) & names or (one.repeat is not None and _names(one) & bases)
    ]
    relevant += [it for it in _beside(relevant, manifests) if it not in relevant]
    listings = {
        kind: Listing(tuple(live for live in campaigns.values() if live.kind.name == kind))
        for kind in {live.kind.name for live in campaigns.values()} | {it.kind.name for it in relevant}
    }
    if any(it.suppression is not None and it.suppression.campaigns for it in relevant):
        from campaignctl.planning.features.earlier_campaigns import (
            Earlier,  # where somebody may be called twice
        )

        earlier = Earlier(manifests, listings, terms.now, terms.country, lambda _of: lambda _live: None)
        relevant = [earlier.without_called(it) for it in relevant]
    decisions = make_plan(relevant, relevant, Snapshot(terms.now, listings), terms)
    found: dict[tuple[str, str], Change] = {}
    for change in decisions.changes:
        found[change.key.kind, change.live.sid if change.live else change.key.name] = change
    return found


def _done(change: Change, terms: Terms) -> Live:
    """Returns the campaign as it is once the operations are carried out."""
    live = change.live
    assert live is not None, "only a campaign that is there is changed by hand"
    for operation in change.operations:
        action = operation.op.action
        if action is not None:
            status = TRANSITIONS[action][1]
            if operation.op is Op.RESUME and starts_ahead(live, terms):
                status = Status.CREATED
            live = live._replace(status=status, word=status.value)
    return live


def _names(manifest: Desired) -> set[tuple[str, str | None]]:
    """Returns the names under which a manifest finds its campaign; a pinned one does by its SID alone."""
    if manifest.sid is not None:
        return set()
    return {(manifest.kind.name, manifest.name), (manifest.kind.name, manifest.previous_name)}


def _sentence(
    change: Change, coming: Mapping[tuple[str, str], Change], manifests: KnownManifests, terms: Terms
) -> str:
    following = _following(change, coming)
    told = [*_against(change, coming, manifests, terms), _coming(change, following, manifests, terms)]
    return "; ".join(told)


def _following(change: Change, coming: Mapping[tuple[str, str], Change]) -> Change | None:
    """Returns what a plan makes of the same campaign."""
    key = change.key
    return coming.get((key.kind, key.sid)) or coming.get((key.kind, key.name))


def _coming(change: Change, following: Change | None, manifests: KnownManifests, terms: Terms) -> str:
    """Says what the next apply does about a change."""
    if following is None or following.desired is None:
        return _unmanaged(change, manifests, terms)
    desired = following.desired
    where = f"{desired.where.file}:{desired.where.line}"
    wants = f"{where} wants it {desired.state}" if desired.state else f"{where} does not manage its life"
    if following.type is ChangeType.BLOCKED and not following.operations:
        return f"the next apply does nothing to it: {following.reason.message} ({where})"
    unread = "; its lists are given by name and were not looked up" if _lists_matter(desired, change) else ""
    return f"the next apply {', '.join(_will(following)) or 'leaves it so'} ({wants}{unread})"


def _against(
    change: Change, coming: Mapping[tuple[str, str], Change], manifests: KnownManifests, terms: Terms
) -> Iterator[str]:
    """Yields what a resume by hand is not bound by, and somebody should know before the question."""
    if change.live is None or not any(operation.op is Op.RESUME for operation in change.operations):
        return
    following = _following(change, coming)
    desired = following.desired if following else None
    suppresses, suppression = manifests.left_out(desired)
    if suppresses or leaves_out_of_lists(change.live):
        yield from suppressed_by_hand(change.live, suppression, suppresses)
    if following is None or desired is None:
        return
    if any(it.desired is not None and it.desired.shown for it in coming.values()):
        from campaignctl.planning.features.kept_apart import (
            called_twice_by_hand,  # where one leaves out another's people
        )

        yield from called_twice_by_hand(change.live, desired, coming.values(), terms)
    yield from (gate.message for gate in following.gates if gate.verdict is not GateVerdict.PASSED)
    if desired.stop_when or terms.environment.guard:
        from campaignctl.planning.features.gates import crossing_now

        crossing = crossing_now(desired, change.live, terms)
        if crossing:
            yield crossing.message


def _lists_matter(desired: Desired, change: Change) -> bool:
    """Tells whether lists matter: whom they mean takes requests to learn, and could make the next apply update the
    campaign, or block it.
    """
    return _stays_alive(change) and not desired.ignores("lists") and asks_by_name([desired])


def _stays_alive(change: Change) -> bool:
    return change.operations[-1].op not in ENDING


def _will(change: Change) -> Iterator[str]:
    does = [OPERATIONS[operation.op].will for operation in change.operations]
    if does:
        yield " and ".join(does)
    if change.held:
        yield f"holds {' and '.join(each.op for each in change.held)} back until it is asked for"


def _unmanaged(change: Change, manifests: KnownManifests, terms: Terms) -> str:
    read = "" if manifests.complete else " that could be read"
    if (
        _stays_alive(change)
        and terms.prune is not None
        and change.key.name.startswith(terms.prune.name_prefix)
    ):
        return f"no manifest{read} matches it: an apply leaves it so, and one with --prune would end it"
    return f"no manifest{read} matches it: no apply touches it"
