"""Looks at the account beside the manifests, for `status`: how each campaign stands, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from campaignctl.app.planning import PlanBasis, PlanOptions, look
from campaignctl.app.workspace import Reading, Session
from campaignctl.contact_lists.counting import MOST_LISTS
from campaignctl.diagnostics import did_you_mean
from campaignctl.errors import InputError
from campaignctl.model.campaigns import Desired, Key, Listing, Live, Snapshot
from campaignctl.model.naming import AskedName, Found, meant
from campaignctl.model.plan import Change, ListCount, counts_in
from campaignctl.model.reasons import ChangeType, Reason
from campaignctl.planning.planner import make_plan
from campaignctl.status.overview import (
    Sight,
    campaign_status,
    chosen,
    lists_to_count,
    unmanaged,
    unmanaged_status,
)
from campaignctl.status.progress import ProgressSample

if TYPE_CHECKING:
    from campaignctl.api.client import Client
    from campaignctl.status.document import Overview


@dataclass(frozen=True)
class StatusOptions:
    """Holds what the command line asks to see."""

    names: tuple[str, ...]
    show_all: bool


def look_once(
    session: Session,
    reading: Reading,
    client: Client,
    status_options: StatusOptions,
    earlier: Mapping[str, ProgressSample],
    lists: dict[str, ListCount],
) -> Overview:
    """Looks once.

    Raises ApiError where the account cannot be read, InputError for a NAME that is nowhere. `lists` keeps what was
    counted: once a run.
    """
    from campaignctl.status.document import Overview

    before = client.requests
    found = look(session, reading, client, PlanOptions(count_lists=False))
    listings, changes = found.snapshot.listings, found.decisions.changes
    nobodys = _unmanaged(found, listings)
    orphans = {change.key.sid: change for change in changes if change.desired is None}
    mine = tuple(change for change in changes if change.desired)
    shown = nobodys if status_options.show_all else ()
    if status_options.names:
        mine, shown = _asked_for(list(map(AskedName.typed, status_options.names)), found, reading, client)
    read = [live for listing in listings.values() for live in listing.campaigns]
    told = tuple(_told_both(status_options.names, {live.sid: live for live in (*read, *shown)}.values()))
    _count(lists, (*(change.live for change in mine), *shown), client)
    counts = counts_in(lists.values())
    sight = Sight(
        client.now(), session.environment, earlier, counts
    )  # the account's clock, once anything was read
    rows = tuple(campaign_status(change, sight) for change in mine)
    rows += tuple(unmanaged_status(live, orphans.get(live.sid), sight) for live in shown)
    return Overview(
        at=sight.now,
        environment=sight.environment,
        campaigns=rows,
        unmanaged=None if status_options.names else len(nobodys),
        requests=client.requests - before,
        notes=(*found.snapshot.notes, *told),
        findings=reading.findings,
    )


def _asked_for(
    asked: list[AskedName], found: PlanBasis, reading: Reading, client: Client
) -> tuple[tuple[Change, ...], tuple[Live, ...]]:
    """Returns what NAME… mean: changes of manifests, and campaigns that no manifest describes."""
    listings, changes = found.snapshot.listings, found.decisions.changes
    mine = tuple(change for each in asked for change in _managed(each, changes, client))
    last = tuple(change for each in asked for change in _last_dates(each, found, client))
    mine += tuple(it for it in last if it.key[:2] not in {change.key[:2] for change in mine})
    others = (each for each in asked if not any(_is_asked(it, each) for it in mine))
    names = [it.name for it in reading.all_manifests if it.name]
    shown = tuple(live for each in others for live in _campaigns(each, listings, client, names))
    shown += _meant_by_sid(asked, listings, (*shown, *(it.live for it in mine if it.live)))
    return mine, shown


def _unmanaged(found: PlanBasis, listings: Mapping[str, Listing]) -> tuple[Live, ...]:
    """Returns the campaigns that no manifest names.

    A date of one that repeats is named, also one that its rule does not yield any more.
    """
    manifests, repeating = found.reading.all_manifests, found.terms.repeating
    if repeating is None:
        return unmanaged(manifests, listings)
    nobodys = unmanaged(repeating.expand(manifests), listings)
    from campaignctl.planning.features.withdrawn_dates import withdrawn_dates

    withdrawn = {live.sid for _, live in withdrawn_dates(repeating, nobodys, found.terms)}
    return tuple(live for live in nobodys if live.sid not in withdrawn)


def _count(lists: dict[str, ListCount], shown: Iterable[Live | None], client: Client) -> None:
    wanted = [sid for sid in lists_to_count(shown) if sid not in lists][: MOST_LISTS - len(lists)]
    if wanted:
        from campaignctl.api.counting import count_lists

        lists |= count_lists(client, wanted)


def _managed(asked: AskedName, changes: tuple[Change, ...], client: Client) -> Iterator[Change]:
    """Yields the manifests that a NAME means, with what is over beside them."""
    for change in chosen(changes, asked):
        yield replace(change, live=_past(change, client)) if _unread(change) else change


def _is_asked(change: Change, asked: AskedName) -> bool:
    return bool(chosen([change], asked))


def _last_dates(asked: AskedName, found: PlanBasis, client: Client) -> Iterator[Change]:
    """Yields, of a manifest that repeats, the last date before today: by its name, and as missed where nothing has
    that.
    """
    repeating = found.terms.repeating
    for manifest in found.reading.all_manifests if repeating is not None else ():
        if repeating is None or manifest.repeat is None or manifest.kind not in asked.kinds:
            continue
        if manifest.name in asked.names:
            from campaignctl.repeat.manifests import last_manifest_before

            last = last_manifest_before(manifest, repeating.at)
            if last is not None:
                yield _last_date(last, found, client)


def _last_date(desired: Desired, found: PlanBasis, client: Client) -> Change:
    from campaignctl.api.lookup import find

    word = desired.name or ""
    there = find(client, AskedName(word, word, (desired.kind,))).campaigns
    if not there:
        reason = Reason("missed", "nothing has its name: nobody was reached on that date")
        return Change(
            Key(desired.kind.name, word, ""), ChangeType.NOOP, reason, desired, resulting=desired.spec
        )
    snapshot = Snapshot(found.terms.now, {desired.kind.name: Listing(there)})
    (change,) = make_plan([desired], [desired], snapshot, found.terms).changes
    return change


def _unread(change: Change) -> bool:
    """Tells whether a campaign is unread: a plan does not look for what is over, but who asks for it by name wants
    to see it.
    """
    return change.live is None and change.reason.code == "window-over"


def _past(change: Change, client: Client) -> Live | None:
    from campaignctl.api.lookup import find

    assert change.desired is not None, "only a manifest has a window that is over and no campaign"
    word = change.desired.sid or change.key.name
    namesakes = find(client, AskedName(word, word, (change.desired.kind,))).campaigns
    return max(namesakes, key=lambda live: live.age_key, default=None)


def _meant_by_sid(
    asked: Iterable[AskedName], listings: Mapping[str, Listing], shown: Iterable[Live]
) -> tuple[Live, ...]:
    """Returns the campaign that a NAME is the SID of, where it is also shown as the name of another."""
    words, there = {each.word for each in asked}, {live.sid for live in shown}
    read = (live for listing in listings.values() for live in listing.campaigns)
    return tuple(live for live in read if live.sid in words and live.sid not in there)


def _told_both(names: Iterable[str], seen: Collection[Live]) -> Iterator[str]:
    """Notes each NAME that is the SID of one campaign and the name of another."""
    for asked in map(AskedName.typed, names):
        meant_so = (live for live in seen if asked.may_mean(live.kind, live.name, live.sid))
        found = Found(asked, tuple(meant_so))
        if found.both:
            yield found.told_both


def _campaigns(
    asked: AskedName, listings: Mapping[str, Listing], client: Client, names: Iterable[str]
) -> tuple[Live, ...]:
    """Returns the campaigns of a NAME that no manifest has; `names` are the manifests'.

    Raises InputError where it is nowhere.
    """
    return _listed(asked, listings) or _found(asked, client, names)


def _listed(asked: AskedName, listings: Mapping[str, Listing]) -> tuple[Live, ...]:
    """Returns the alive campaigns of a name, where what was read already holds all that are alive."""
    read = [listings.get(kind.name) for kind in asked.kinds]
    if not all(listing and listing.complete for listing in read):
        return ()
    alive = (live for listing in read if listing for live in listing.campaigns if live.alive)
    campaigns = tuple(live for live in alive if asked.may_mean(live.kind, live.name, live.sid))
    asked.of_one_kind(live.kind for live in campaigns)
    return campaigns


def _found(asked: AskedName, client: Client, names: Iterable[str]) -> tuple[Live, ...]:
    """Returns the alive campaigns of a name, else the newest that is over. Raises InputError where it is nowhere."""
    from campaignctl.api.lookup import find

    found = find(client, asked)
    if not found.campaigns:
        nowhere = found.nowhere(client.environment.name)
        raise InputError(f"{nowhere}; no manifest is called that{did_you_mean(asked.word, names)}")
    campaigns = meant(found.campaigns)
    asked.of_one_kind(live.kind for live in campaigns)
    return campaigns
