"""Holds the two sides of a plan: what manifests ask for, and what the account holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from campaignctl.diagnostics import Position
from campaignctl.kinds.endpoints import SERVICES, ListedBy
from campaignctl.kinds.lifecycle import ALIVE, FINISHED, State, Status
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.values import UNSEEN, items_of, shown
from campaignctl.model.windows import window_of
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.model.clocks import OtherClock
    from campaignctl.model.gates import After
    from campaignctl.model.managed_lists import Members
    from campaignctl.model.reasons import Reason
    from campaignctl.model.recurrence import OccurrenceOf, Recurrence
    from campaignctl.model.suppression import Shown, Suppression, SuppressionSource

RefreshStrategy: TypeAlias = Literal["auto", "full"]
"""How an account is read for a plan: what can matter, or all of it."""


class Key(NamedTuple):
    """Holds what a change is listed under: kind, name, SID."""

    kind: str
    name: str
    sid: str


class Desired(NamedTuple):
    """Holds one manifest, read, substituted and checked.

    `spec` holds the declared fields of the kind's table, `name` among them, `from_file` resolved into `from`; None
    means *must be unset*, a missing key *not managed*. Texts stay as written. `ignore` holds dotted paths, `allow`
    the operations that the manifest itself asks for, `distinct_from` the SIDs of campaigns that it is not, whatever
    it looks like. `document` counts a file's documents from 0. A list that is given by name stands in the spec as a
    `ListName` until it is resolved; then `list_names` maps its SID to that name. `numbers_file` is the file that
    `from` was read from, as positions name files. `stop_when` holds the limits of a guard as written, `usage` how
    its people are expected to answer, too. `after` is what it waits for. `written` is the document by its fields'
    types, kept only where rules of the project's own ask. One that repeats has the rule in `repeat` and no
    schedule: it means no campaign, each `occurrence` of it does. `suppress` are the sources that it names,
    `suppression` whom they and the project's hold. Where these leave somebody out, `from` holds the others:
    `declared` are all, `places` those of the others among them, `left_out` who is not called, by the country's
    rule. `shown` is what the account shows of the campaigns that `suppress` names.
    """

    kind: Kind
    spec: Mapping[str, Value]
    where: Position
    state: State | None = None
    sid: str | None = None
    previous_name: str | None = None
    labels: Mapping[str, str] = {}
    ignore: frozenset[str] = frozenset()
    allow: frozenset[str] = frozenset()
    distinct_from: frozenset[str] = frozenset()
    document: int = 0
    list_names: Mapping[str, str] = {}
    numbers_file: str | None = None
    suppress: tuple[SuppressionSource, ...] = ()
    suppression: Suppression | None = None
    declared: Sequence[str] | None = None
    places: Sequence[int] = ()
    take: int | None = None
    left_out: frozenset[str] = frozenset()
    shown: Mapping[str, Shown] = {}
    stop_when: Mapping[str, Value] = {}
    usage: Mapping[str, Value] = {}
    after: tuple[After, ...] = ()
    repeat: Recurrence | None = None
    occurrence: OccurrenceOf | None = None
    written: Mapping[str, Value] = {}

    @property
    def name(self) -> str | None:
        """Returns the name; None only where a SID is pinned and the name is not managed."""
        name = self.spec.get("name")
        return name if isinstance(name, str) else None

    @property
    def kind_and_name(self) -> str:
        """Returns KIND/NAME, as other manifests name it."""
        return f"{self.kind.short}/{self.name}"

    @property
    def declares(self) -> Value:
        """Returns the numbers that the manifest declares, before anybody is left out."""
        return self.spec.get("from") if self.declared is None else self.declared

    def ignores(self, path: str) -> bool:
        """Tells whether a path is ignored, itself or within an ignored object."""
        ignore = self.ignore
        return bool(ignore) and (path in ignore or path.partition(".")[0] in ignore)


def by_kind_and_name(manifests: Iterable[Desired]) -> Mapping[str, Desired]:
    """Returns manifests by KIND/NAME, as others name them."""
    return {it.kind_and_name: it for it in manifests if it.name}


Locate: TypeAlias = Callable[[Desired, str], Position]
"""Where a field of a manifest stands, by its dotted path in `spec`; `from.3` is the fourth number, wherever it is."""


class Live(NamedTuple):
    """Holds one campaign of the account.

    `spec` holds the writable fields that the answer showed, under the table's names; a key it lacks says
    nothing. `word` is the account's own status. `stats` is None when the answer has none, and
    `stats_cut` whether some of them were no whole numbers and are left out; `estimated_cost` is the account's own, as
    it wrote it.
    """

    kind: Kind
    sid: str
    status: Status
    word: str
    spec: Mapping[str, Value]
    created: datetime | None = None
    updated: str | None = None
    stats: Mapping[str, int] | None = None
    report_url: str | None = None
    estimated_cost: str | float | None = None
    stats_cut: bool = False

    @property
    def name(self) -> str:
        """Returns the name; it is empty when the answer has none."""
        name = self.spec.get("name")
        return name if isinstance(name, str) else ""

    @property
    def status_word(self) -> str:
        """Returns the status as documents carry it: the account's own word where it is none of theirs."""
        return self.word if self.status in (Status.UNKNOWN, Status.DELETED) else self.status.value

    @property
    def strange(self) -> str:
        """Describes a status that is not known, for a message."""
        if not self.word:
            return "the account does not show its status"
        return f"the account calls its status {self.word}, which is not known"

    @property
    def alive(self) -> bool:
        """Tells whether the campaign is created, in progress or paused."""
        return self.status in ALIVE

    @property
    def finished(self) -> bool:
        """Tells whether the campaign is completed, archived, failed, canceled or deleted."""
        return self.status in FINISHED

    @property
    def listed_at(self) -> datetime | None:
        """Returns the moment that the account orders the campaign by, its creation or its start; None where that is
        not shown.
        """
        if SERVICES[self.kind.name].default.listed_by is ListedBy.CREATED:
            return self.created
        return window_of(self.kind, self.spec).start

    def showing(self, spec: Mapping[str, Value]) -> Live:
        """Returns the same campaign with these fields instead of its own."""
        return Live._make((*self[:_SPEC], spec, *self[_SPEC + 1 :]))

    @property
    def age_key(self) -> tuple[bool, float, str]:
        """Returns a key that sorts the oldest first, then by SID; unknown dates come last."""
        return (self.created is None, self.created.timestamp() if self.created else 0.0, self.sid)


_SPEC: Final = Live._fields.index("spec")


class Listing(NamedTuple):
    """Holds what reading an account gave for one kind.

    `complete` is False when an item failed or pages could not be followed: then a name that is not seen is absent
    only if it stands in `searched`, the names that a complete search of their own was made for.
    """

    campaigns: tuple[Live, ...] = ()
    complete: bool = True
    searched: frozenset[str] = frozenset()

    def settles(self, name: str) -> bool:
        """Tells whether a campaign of this name that is not in `campaigns` certainly does not exist."""
        return self.complete or name in self.searched


class Snapshot(NamedTuple):
    """Holds the account at one moment, by the server's clock; `clocks` are those that are out of step with it.

    `listings` by kind name. `elsewhere` maps the SID of a pin that was not found to the kind it was found as.
    `other_endpoint` are the alive campaigns of the endpoint that the environment does not use. Of a kind that a
    create may be wanted of, `newest_finished` holds one page of what is over, by kind name;
    `other_endpoint_finished` of that endpoint. `expanded_at` is the moment as of which dates of what repeats were
    looked up. `leaving` is what the next apply ends before anything else, and is in no listing.
    """

    now: datetime
    listings: Mapping[str, Listing]
    elsewhere: Mapping[str, str] = {}
    other_endpoint: tuple[Live, ...] = ()
    newest_finished: Mapping[str, tuple[Live, ...]] = {}
    other_endpoint_finished: tuple[Live, ...] = ()
    strategy: RefreshStrategy = "full"
    requests: int = 0
    notes: tuple[str, ...] = ()
    clocks: tuple[OtherClock, ...] = ()
    expanded_at: datetime | None = None
    leaving: tuple[Live, ...] = ()


def sharing(live: Live, desired: Desired) -> Live:
    """Returns the campaign with the manifest's own objects where both are written alike, which saves memory, and time
    for who compares them, and changes nothing.
    """
    if desired.spec.items() <= live.spec.items():
        return live  # a page is read beside the manifests
    there, shared = live.spec.get, dict[str, Value]()
    for name, mine in desired.spec.items():
        if mine.__class__ is str:
            theirs = there(name)
            if theirs.__class__ is str and theirs == mine:
                shared[name] = mine
        elif isinstance(mine, dict) and _same_inside(mine, there(name)):
            shared[name] = mine
    for row in live.kind.numbers:
        numbers = desired.spec.get(row.name)
        if isinstance(numbers, list) and _same_items(numbers, there(row.name)):
            shared[row.name] = numbers
    return live.showing({**live.spec, **shared})


def _same_items(mine: list[Value], theirs: Value) -> bool:
    """Tells whether an answer, whose arrays are tuples, has the same texts."""
    return theirs.__class__ is tuple and theirs == tuple(mine)


def _same_inside(mine: dict[str, Value], theirs: Value) -> bool:
    """Tells whether an object has the same members, and none besides."""
    if not isinstance(theirs, dict) or len(theirs) != len(mine):
        return False
    for name, value in mine.items():
        other = theirs.get(name, UNSEEN)
        if isinstance(value, list):
            if not _same_items(value, other):
                return False
        elif other.__class__ is not value.__class__ or other != value:
            return False
    return True


def given_lists(side: Desired | Live) -> Sequence[Value]:
    """Returns the contact lists that a manifest or a campaign gives: SIDs and names, marked where they are known."""
    spec = side.spec
    given = [spec[row.name] for row in side.kind.given_by_name if row.name in spec]
    return [it for value in given for it in items_of(value)] if given else ()  # most give none


def given_refs(side: Desired | Live) -> Iterator[ListRef]:
    """Yields the project's lists among them."""
    return (it for it in given_lists(side) if isinstance(it, ListRef))


def with_refs(live: Live, refs: Mapping[str | None, ListRef]) -> Live:
    """Marks the project's lists, by SID, where a campaign of the account gives them."""
    for row in live.kind.given_by_name:
        items = items_of(live.spec.get(row.name))
        if any(it in refs for it in items):
            marked: Value = [refs.get(str(it), str(it)) for it in items]
            live = live.showing({**live.spec, row.name: marked})
    return live


def knowing_lists(live: Live, before: Live) -> Live:
    """Adds to a campaign that was just read what was known of its lists: which are the project's, in what version."""
    return with_refs(live, {str(it): it for it in given_refs(before)})


class ListRef(str):
    """Marks a list of the project in a spec: its text is the SID of the account's list, which is a version of it.

    Of one that is yet to be uploaded `sid` is None, and the text one that no SID can be. `current` is whether the
    version is of the content that the manifest has now; `members` are its people where that is so. `besides` are people
    of an earlier version who are left out by now, where it holds the members and nobody else besides; None where nobody
    knows who is in it. `newest` is the version of now beside such a one, or the list's name and why it cannot be used.
    `suppresses`: a source says who is left out of the list.
    """

    name: str
    sid: str | None
    current: bool
    members: Members | None
    besides: frozenset[str] | None
    newest: ListRef | ListName | None
    suppresses: bool

    def __new__(
        cls,
        name: str,
        sid: str | None,
        members: Members | None = None,
        *,
        current: bool = True,
        besides: frozenset[str] | None = None,
        newest: ListRef | ListName | None = None,
        suppresses: bool = False,
    ) -> ListRef:
        """Makes the marker of a list."""
        ref = super().__new__(cls, f"{{name: {name}}}" if sid is None else sid)
        ref.name, ref.sid, ref.current, ref.members = name, sid, current, members
        ref.besides, ref.newest, ref.suppresses = besides, newest, suppresses
        return ref

    def __getnewargs__(self) -> tuple[str, str | None]:  # type: ignore[override]
        """Returns what a copy is made from, so that its text is the same."""
        return self.name, self.sid

    @property
    def meaning(self) -> tuple[str, bool]:
        """Returns what two markers are compared by: versions of one content mean the same."""
        return self.name, self.current

    @property
    def lost_everybody(self) -> bool:
        """Tells whether it is an earlier version whose people are all left out by now."""
        reason = getattr(self.newest, "reason", None)
        return reason is not None and reason.code == "no-recipients"

    def uploaded(self, ready: Mapping[str, str]) -> ListRef:
        """Returns it where lists were uploaded since, by name: with the SIDs of what was yet to come."""
        newest = self.newest.uploaded(ready) if isinstance(self.newest, ListRef) else self.newest
        return ListRef(
            self.name,
            ready.get(self.name, self.sid) if self.current else self.sid,
            self.members,
            current=self.current,
            besides=self.besides,
            newest=newest,
            suppresses=self.suppresses,
        )


class ListName(str):
    """Stands in a manifest's `lists` for a contact list that is given by name, until the list is looked up.

    Its text is as written, which no SID can be. `reason` is why it could not be resolved; None where nobody looked
    yet.
    """

    name: str
    reason: Reason | None

    def __new__(cls, name: str, reason: Reason | None = None) -> ListName:
        """Makes the marker of a name."""
        marker = super().__new__(cls, f"{{name: {name}}}")
        marker.name, marker.reason = name, reason
        return marker

    def __getnewargs__(self) -> tuple[str]:
        """Returns what a copy is made from, so that its text is the same."""
        return (self.name,)


Counts: TypeAlias = Mapping[str, int]
"""How many people a contact list has, by its SID. A list that is not there is unknown, never empty."""

NO_COUNTS: Final[Counts] = MappingProxyType({})


def start_is_shown(live: Live) -> bool:
    """Tells whether the answer shows the schedule and its start."""
    return shown(live.spec, f"{live.kind.schedule.name}.{live.kind.start.name}") is not UNSEEN
