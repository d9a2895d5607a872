"""Reads the endpoint that an environment does not use: nobody knows whether a kind's two list each other's
campaigns.
"""

from __future__ import annotations

from campaignctl.api.encoding import ALIVE_WORDS
from campaignctl.api.kind_reader import KindReader
from campaignctl.api.listing import is_refusal, no_such_part, read_list
from campaignctl.api.newest import newest_page
from campaignctl.errors import ApiError
from campaignctl.model.campaigns import Listing, Live
from campaignctl.records import dataclass


@dataclass(frozen=True)
class OtherEndpoint:
    """Holds what stands on the other endpoint: the alive, one page of the newest finished, and the names that these
    leave open.
    """

    alive: tuple[Live, ...] = ()
    finished: tuple[Live, ...] = ()
    unsettled: frozenset[str] = frozenset()

    def settling(self, reader: KindReader) -> Listing:
        """Returns the reader's own list, in which a name that is open there is open too."""
        listing = reader.listing
        if not self.unsettled:
            return listing
        settled = {one.name for one in reader.manifests if one.name and listing.settles(one.name)}
        return Listing(listing.campaigns, False, frozenset(settled - self.unsettled))


def read_other_endpoint(reader: KindReader, sparing: bool) -> OtherEndpoint:
    """Reads the other endpoint, but only where a create may be wanted. A 403 or 404 means that there is none."""
    other = reader.client.environment.other_endpoint(reader.kind)
    names = list(reader.to_create()) if other else []
    if not other or not names:
        return OtherEndpoint()
    try:
        there, finished = _read_there(reader, other.collection, sparing)
        looked = there.searches.look_for(() if there.complete else names, reader.term)
    except ApiError as error:
        if no_such_part(error):
            return OtherEndpoint()
        raise
    found = {**there.campaigns, **looked.campaigns}.values()
    unsettled = frozenset() if there.complete else frozenset(names) - looked.settled
    return OtherEndpoint(tuple(live for live in found if live.alive), finished, unsettled)


def _read_there(reader: KindReader, other: str, sparing: bool) -> tuple[KindReader, tuple[Live, ...]]:
    """Reads it by two filtered lists where the filter has proved itself, else as any list is read."""
    there = KindReader(reader.client, reader.kind, (), other)
    finished = _filtered(there) if sparing and reader.proved else None
    if finished is None:
        there.read(sparing)
        reader.notes.extend(there.notes)
        finished = there.newest_finished()
    return there, finished


def _filtered(there: KindReader) -> tuple[Live, ...] | None:
    """Returns the finished campaigns, and puts the alive into the reader; None where the filter may not be
    understood there. Two empty answers prove nothing.
    """
    try:
        reading = read_list(there.client, there.kind, statuses=ALIVE_WORDS, collection=there.collection)
    except ApiError as error:
        if error.http == 404 or not is_refusal(error):
            raise
        return None
    there.take_alive(reading)
    finished = newest_page(there.client, there.kind, there.collection)
    alive_only = all(live.alive for live in reading.found.values())
    return finished if alive_only and (reading.count or finished) else None
