"""Searches for names, and believes a search only once one has found what is known to be there (rule 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from enum import Enum

from campaignctl.api.client import Client
from campaignctl.api.listing import RUN, SHORTEST_TERM, is_refusal, search_term, term_of
from campaignctl.api.paging import ListReading
from campaignctl.errors import ApiError
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live
from campaignctl.records import dataclass


class Trust(Enum):
    """Names what the searches of a list are known to find."""

    PARTS = "names that hold what is searched for"
    FULL_NAMES = "names that are what is searched for"
    NOTHING = "nothing that is known to be there"


@dataclass(frozen=True)
class Looked:
    """Holds what searches found.

    `settled` are the names whose campaigns are all among `campaigns`; of the `unanswered` only a complete scan can
    tell.
    """

    campaigns: Mapping[str, Live]
    settled: frozenset[str]
    unanswered: frozenset[str]


@dataclass
class Searches:
    """Makes the searches of one list, each once.

    `known` are campaigns that were read without any, `seen` what they showed, by SID.
    """

    client: Client
    kind: Kind
    collection: str | None = None
    known: Mapping[str, Live] = field(default_factory=dict)
    seen: dict[str, Live] = field(default_factory=dict)
    _made: dict[str, ListReading[Live] | None] = field(default_factory=dict)
    _trust: Trust | None = None
    _signs: frozenset[str] = frozenset()

    def learn(self, known: Mapping[str, Live]) -> None:
        """Takes note of campaigns that are certainly there: searches that were not proved may be now."""
        self.known = known
        self._trust = None if self._trust is Trust.NOTHING else self._trust

    def look_for(self, names: Iterable[str], term_by: Callable[[str], str | None] = term_of) -> Looked:
        """Searches for each name by its term; by the full name too where searches do not find parts.

        Raises `ApiError`.
        """
        terms = {name: term_by(name) for name in names}
        for term in terms.values():
            self.made(term)
        settled, unanswered = set[str](), set[str]()
        for name, term in terms.items():
            readings = [self.made(text) for text in self._queries(name, term, terms)]
            if not readings or None in readings:
                unanswered.add(name)
            elif all(reading and reading.complete for reading in readings):
                settled.add(name)
        return Looked(self.seen, frozenset(settled), frozenset(unanswered))

    def made(self, text: str | None) -> ListReading[Live] | None:
        """Makes a search, once, and returns what it shows; None where the account takes no such search."""
        if text is None:
            return None
        if text not in self._made:
            self._made[text] = reading = search_term(self.client, self.kind, text, self.collection)
            self.seen |= reading.found if reading else {}
        return self._made[text]

    def _queries(self, name: str, term: str | None, wanted: Iterable[str]) -> tuple[str, ...]:
        """Returns what must be searched for, so that a name is settled; nothing where no search can settle it.

        How a search for a full name treats other signs is unknown, except for those of a known campaign that was
        found.
        """
        if term is None or self.made(term) is None:
            return ()
        trust = self._trusted(wanted)
        if trust is Trust.FULL_NAMES and _signs(name) <= self._signs:
            return term, name
        return (term,) if trust is Trust.PARTS else ()

    def _trusted(self, wanted: Iterable[str]) -> Trust:
        """Returns how far searches are trusted.

        Where the searches that were wanted anyway do not show it, one more asks for a known campaign.
        """
        if self._trust is None:
            made = [(text, reading) for text, reading in self._made.items() if reading is not None]
            if any(self._shows_part(text, reading.found.values()) for text, reading in made):
                self._trust = Trust.PARTS
            else:
                self._trust = self._asked_for_part() or self._asked_for_full_name(wanted) or Trust.NOTHING
        return self._trust

    def _asked_for_part(self) -> Trust | None:
        part = max((_part_of(live.name) for live in self.known.values()), key=_worth, default="")
        return Trust.PARTS if part and self._shows_part(part, self._first_page(part)) else None

    def _asked_for_full_name(self, wanted: Iterable[str]) -> Trust | None:
        signs = frozenset[str]().union(*map(_signs, wanted))
        names = (live.name for live in self.known.values())
        name = max(names, key=lambda it: (len(_signs(it) & signs), _worth(it)), default="")
        if not name or not any(live.sid in self.known for live in self._first_page(name)):
            return None
        self._signs = _signs(name)
        return Trust.FULL_NAMES

    def _shows_part(self, text: str, found: Iterable[Live]) -> bool:
        """Tells whether a search for part of a name found a known campaign; a difference in letter case makes no
        part.
        """
        folded = text.casefold()
        names = (live.name.casefold() for live in found if live.sid in self.known)
        return any(folded in name and folded != name for name in names)

    def _first_page(self, text: str) -> tuple[Live, ...]:
        """Reads the first page of a search.

        One request is enough: known campaigns are the oldest, which come first, and the few alive.
        """
        limit = self.client.endpoint(self.kind, self.collection).page_limit
        try:
            page = self.client.list_page(
                self.kind, offset=0, limit=limit, name=text, collection=self.collection
            )
        except ApiError as error:
            if is_refusal(error):
                return ()
            raise
        self.seen |= {live.sid: live for live in page.items}
        return page.items


def _signs(name: str) -> frozenset[str]:
    """Returns the characters of a name that a search may mangle."""
    return frozenset(RUN.sub("", name))


def _part_of(name: str) -> str:
    """Returns a part of a name that few other names hold: its longest run without the first letter.

    It is empty where that is too short.
    """
    run = max(RUN.findall(name), key=len, default="")[1:].strip("-")
    return run if len(run) >= SHORTEST_TERM else ""


def _worth(text: str) -> tuple[bool, bool, int]:
    """Ranks texts to search for: plain letters, which no search mangles, come first, then long ones, which few
    names hold.
    """
    return text.isascii(), not _signs(text), len(text)
