"""The SMS endpoint that the environment does not use: nobody knows whether the two list each other's campaigns."""

from __future__ import annotations

from dataclasses import dataclass

from campaignctl.api.kind_reader import KindReader
from campaignctl.api.listing import is_refusal, no_such_part, read_list
from campaignctl.api.newest import newest_page
from campaignctl.api.wire import ALIVE_WORDS
from campaignctl.errors import ApiError
from campaignctl.kinds import SMS
from campaignctl.model.campaigns import Listing, Live
from campaignctl.model.environment import SMS_APIS


@dataclass(frozen=True)
class OtherSms:
    """What stands there: the alive, one page of the newest that are over, and which names that leaves open."""

    alive: tuple[Live, ...] = ()
    finished: tuple[Live, ...] = ()
    unsettled: frozenset[str] = frozenset()

    def settling(self, reader: KindReader) -> Listing:
        """The reader's own list, in which a name that is open there is open too."""
        listing = reader.listing
        if not self.unsettled:
            return listing
        settled = {one.name for one in reader.manifests if one.name and listing.settles(one.name)}
        return Listing(listing.campaigns, False, frozenset(settled - self.unsettled))


def read_other_sms(reader: KindReader, sparing: bool) -> OtherSms:
    """Only where a create may be wanted. A 403 or 404 there means that there is none."""
    names = reader.to_create()
    if not names:
        return OtherSms()
    try:
        there, finished = _read_there(reader, sparing)
        looked = there.searches.look_for(() if there.whole else names)
    except ApiError as error:
        if no_such_part(error):
            return OtherSms()
        raise
    found = {**there.campaigns, **looked.campaigns}.values()
    unsettled = frozenset() if there.whole else frozenset(names) - looked.settled
    return OtherSms(tuple(live for live in found if live.alive), finished, unsettled)


def _read_there(reader: KindReader, sparing: bool) -> tuple[KindReader, tuple[Live, ...]]:
    """By two filtered lists where the filter has proved itself, else as any list is read."""
    other = next(name for name in SMS_APIS if name != reader.client.environment.sms_api)
    there = KindReader(reader.client, SMS, (), other)
    finished = _filtered(there) if sparing and reader.proved else None
    if finished is None:
        there.read(sparing)
        reader.notes.extend(there.notes)
        finished = there.newest_finished()
    return there, finished


def _filtered(there: KindReader) -> tuple[Live, ...] | None:
    """What is over, and the alive into the reader; None where the filter may not be understood there.

    Both empty prove nothing.
    """
    try:
        reading = read_list(there.client, SMS, statuses=ALIVE_WORDS, collection=there.collection)
    except ApiError as error:
        if error.http == 404 or not is_refusal(error):
            raise
        return None
    there.take_alive(reading)
    finished = newest_page(there.client, SMS, there.collection)
    alive_only = all(live.alive for live in reading.campaigns.values())
    return finished if alive_only and (reading.count or finished) else None
