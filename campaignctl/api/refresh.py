"""Decides how much of an account is read before planning: all of it, or only what can matter (rule 8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice, repeat, zip_longest
from typing import TYPE_CHECKING, Final

from campaignctl.api.client import Client
from campaignctl.api.kind_reader import KindReader
from campaignctl.api.listing import Keep, is_refusal, no_such_part
from campaignctl.api.other_endpoint import read_other_endpoint
from campaignctl.api.paging import as_it_is
from campaignctl.errors import ApiError
from campaignctl.kinds import KINDS
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing, RefreshStrategy, Snapshot

if TYPE_CHECKING:
    from campaignctl.api.awaited import AwaitedCampaigns
    from campaignctl.api.dates import Dates

MOST_DOUBTS: Final = 5
"""How many names an account that shows nothing at all is asked for: an empty answer is no proof."""


def fetch(
    client: Client,
    desired: Sequence[Desired],
    *,
    refresh: RefreshStrategy = "full",
    expand_at: datetime | None = None,
    suppressed_by_lists: Iterable[str] = (),
) -> Snapshot:
    """Reads the account, as far as a plan of these manifests needs it.

    What repeats is expanded as of now, or of the moment given. The alive of both kinds are read, whichever the
    manifests are of; `refresh` is `full` or `auto`. `suppressed_by_lists` are the campaigns, as KIND/NAME, whose
    people lists of the project leave out. Raises `ApiError`: what stays unread is an error, never an
    absence.
    """
    before, sparing = client.requests, refresh == "auto"
    dates = _dates(client, desired, expand_at)
    awaited = _awaited(client, desired, dates, suppressed_by_lists)
    readers = _readers(client, desired, sparing, awaited, dates)
    _doubt_emptiness(readers.values())
    newest = {name: reader.newest_finished() for name, reader in readers.items() if any(reader.to_create())}
    others = {name: read_other_endpoint(reader, sparing) for name, reader in readers.items()}
    listings = {name: others[name].settling(reader) for name, reader in readers.items()}
    if awaited is not None:
        listings = {name: awaited.with_counters(it) for name, it in listings.items()}
    if dates is not None:
        listings = {name: dates.with_counters(it, readers[name].to_create()) for name, it in listings.items()}
    missing = [(reader.kind, sid) for reader in readers.values() for sid in reader.missing]
    elsewhere = {sid: found for kind, sid in missing if (found := _elsewhere(client, kind, sid, listings))}
    return Snapshot(
        now=client.now(),
        listings=listings,
        elsewhere=elsewhere,
        other_endpoint=tuple(live for other in others.values() for live in other.alive),
        newest_finished=newest,
        other_endpoint_finished=tuple(live for other in others.values() for live in other.finished),
        strategy=refresh,
        requests=client.requests - before,
        notes=(*(note for reader in readers.values() for note in reader.notes), *client.notes),
        clocks=client.other_clocks(),
        expanded_at=dates.at if dates is not None else None,
    )


def _dates(client: Client, desired: Sequence[Desired], expand_at: datetime | None) -> Dates | None:
    if not any(it.repeat for it in desired):
        return None
    from campaignctl.api.dates import Dates  # where a manifest repeats

    return Dates(client, expand_at)


def alive(client: Client, kind: Kind, keep: Keep = as_it_is) -> Listing:
    """Reads the alive of a kind with few requests: by status filter where the account understands it, else by
    reading everything. `keep` is given each campaign as it is read.
    """
    reader = KindReader(client, kind, (), keep=keep)
    reader.read_alive()
    return reader.listing


def alive_elsewhere(client: Client) -> Iterator[Listing]:
    """Reads the alive of the endpoints that the environment does not use; an endpoint that does not exist gives
    nothing.
    """
    for kind in KINDS.values():
        other = client.environment.other_endpoint(kind)
        if other is None:
            continue
        reader = KindReader(client, kind, (), other.collection)
        try:
            reader.read_alive()
        except ApiError as error:
            if not no_such_part(error):
                raise
        else:
            yield reader.listing


def _awaited(
    client: Client, desired: Sequence[Desired], dates: Dates | None, of_lists: Iterable[str]
) -> AwaitedCampaigns | None:
    named = frozenset(of_lists)
    if not (named or any(it.after or it.suppress for it in desired)):
        return None
    from campaignctl.api.awaited import AwaitedCampaigns  # where a campaign needs to know of another

    return AwaitedCampaigns(client, desired, dates, named)


def _readers(
    client: Client,
    desired: Sequence[Desired],
    sparing: bool,
    awaited: AwaitedCampaigns | None,
    dates: Dates | None,
) -> dict[str, KindReader]:
    """Makes a reader for each kind, except for kinds that the account does not have and no manifest is of.

    Not all can be such.
    """
    readers: dict[str, KindReader] = {}
    refusals: list[ApiError] = []
    for name, kind in KINDS.items():
        mine = tuple(one for one in desired if one.kind is kind)
        dated = dates if any(it.repeat for it in mine) else None
        reader = KindReader(client, kind, mine, awaited=awaited, dates=dated)
        try:
            reader.read(sparing)
        except ApiError as error:
            if reader.declared or not no_such_part(error):
                raise
            refusals.append(error)
        else:
            readers[name] = reader
    if not readers:
        raise refusals[0]
    return readers


def _doubt_emptiness(readers: Iterable[KindReader]) -> None:
    """Asks by name too for some of what would be created, where a list shows nothing at all."""
    queues = [zip(repeat(reader), reader.to_create()) for reader in readers if reader.shows_nothing]
    in_turn = (pair for pair in chain.from_iterable(zip_longest(*queues)) if pair is not None)
    doubted = list(islice(in_turn, MOST_DOUBTS))
    for reader in {id(reader): reader for reader, _ in doubted}.values():
        reader.doubt(name for other, name in doubted if other is reader)


def _elsewhere(client: Client, kind: Kind, sid: str, listings: Mapping[str, Listing]) -> str | None:
    """Returns the other kind under which a pin is found; None also where the account has nothing of that kind."""
    for other in KINDS.values():
        if other is kind:
            continue
        listing = listings.get(other.name)
        if listing and any(live.sid == sid for live in listing.campaigns):
            return other.name
        try:
            if client.get(other, sid) is not None:
                return other.name
        except ApiError as error:
            if error.http != 403 and not is_refusal(error):
                raise
    return None
