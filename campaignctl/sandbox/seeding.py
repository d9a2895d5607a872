"""Puts campaigns there unchecked: for tests, benchmarks, and pages that shift while they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from campaignctl.kinds.lifecycle import FINISHED, Status, read_status
from campaignctl.sandbox import rules
from campaignctl.sandbox.campaign import Campaign
from campaignctl.sandbox.collection import COLLECTIONS, DIALLING, Collection
from campaignctl.sandbox.queries import read_search
from campaignctl.sandbox.shapes import RefusalError, Sent, Spec, as_spec
from campaignctl.sandbox.world import World, fresh_stats

APPEARED = "appeared-"
"""How the names begin of the campaigns that `shift` makes come and go."""

_DECADE = 10 * 365 * 86_400.0


def seed(world: World, account: str, collection: Collection, campaigns: Iterable[Sent]) -> list[str]:
    """Puts campaigns into the account as they are, and returns their SIDs.

    Each mapping holds fields as the API spells them. Besides: `sid`, `status` (any word), `date_created`,
    `date_updated` (RFC 3339) and `stats`. Left out: a made-up SID and name, created, now.
    """
    number = world.store.last_number()
    made = [
        _seeded(world, account, collection, sent, number + place)
        for place, sent in enumerate(campaigns, start=1)
    ]
    world.store.insert(made)
    return [campaign.sid for campaign in made]


def _seeded(world: World, account: str, collection: Collection, sent: Sent, number: int) -> Campaign:
    fields: dict[str, Any] = dict(sent)
    sid = fields.pop("sid", None) or hashlib.sha256(f"seed {account}/{number}".encode()).hexdigest()[:32]
    word = fields.pop("status", Status.CREATED.value)
    created = moment(fields.pop("date_created", None), world.now())
    updated = moment(fields.pop("date_updated", None), created)
    stats = fields.pop("stats", None)
    if isinstance(fields.get("from"), str):
        fields["from"] = fields["from"].split(",")
    fields.setdefault("name", f"seeded-{number}")
    spec = as_spec(fields)
    begins, ends = rules.window(collection.kind, spec, created)
    state = read_status(word)
    return Campaign(
        account=account,
        collection=collection.name,
        sid=sid,
        name=spec["name"],
        status=word if state is Status.UNKNOWN else state.value,
        created=created,
        updated=updated,
        begins=begins,
        ends=ends,
        spec=spec,
        stats=_stats(world, account, collection, spec, state) if stats is None else stats,
    )


def moment(text: str | None, default: float) -> float:
    """Reads an RFC 3339 time as epoch seconds."""
    try:
        return default if text is None else rules.seconds(text)
    except ValueError:
        raise RefusalError(400, f"{text!r} is no RFC 3339 time.") from None


def _stats(world: World, account: str, collection: Collection, spec: Spec, state: Status) -> dict[str, int]:
    """Makes counters; of a finished campaign everybody was reached."""
    stats = fresh_stats(collection.kind, len(world.recipients(account, spec)))
    if state in FINISHED:
        first = next(iter(stats))
        stats[DIALLING[collection.kind.name].reached], stats[first] = stats[first], 0
    return stats


def shift(
    world: World,
    account: str,
    collection: Collection,
    query: Mapping[str, str],
    *,
    appear: int,
    disappear: int,
) -> None:
    """Makes campaigns come or go at the front of the order in which a list is being read.

    With a status filter they are paused ones, as the filter for what is alive shows; without, archived ones.
    """
    search = read_search(collection, query, world.switches, account, world.now())
    if search is None:
        return
    status = Status.PAUSED if search.states is not None else Status.ARCHIVED
    number = world.store.last_number()
    back = -1.0 if search.descending else 1.0
    made = []
    for place in range(number + 1, number + 1 + appear):
        name = f"{APPEARED}{place}"
        campaign = _seeded(world, account, collection, {"name": name, "status": status.value}, place)
        at = world.now() - back * (_DECADE + place)
        made.append(replace(campaign, created=at, begins=at, ends=at + 2 * _DECADE))
    world.store.insert(made)
    mine = replace(search, term=APPEARED, column="name")
    for campaign in world.store.page(mine, 0, disappear):
        world.store.remove(campaign)


def collection_named(name: str) -> Collection:
    """Finds a collection by its name in a path."""
    if name not in COLLECTIONS:
        raise RefusalError(
            404, f"There is no collection {name!r}.", f"Collections: {', '.join(COLLECTIONS)}."
        )
    return COLLECTIONS[name]
