"""Holds a plan as plain data: what `plan` shows, a file keeps and `apply` carries out.

One list of operations for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Final, Protocol

from campaignctl.diagnostics import Diagnostic
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.operations import BEGINNING, STARTING, Op
from campaignctl.kinds.table import Value
from campaignctl.model.approval import approval_of
from campaignctl.model.campaigns import NO_COUNTS, Counts, Desired, Key, Live, Locate, RefreshStrategy
from campaignctl.model.companions import FindText, no_text
from campaignctl.model.gates import Gate
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.overlaps import CapacityOverlap, FindLoad, nothing_beside
from campaignctl.model.reasons import ChangeType, Reason
from campaignctl.model.windows import window_of
from campaignctl.records import dataclass
from campaignctl.tuples import NamedTuple

FORMAT_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Operation:
    """Describes one request that an apply would send.

    `fields` are top-level names: all that are sent with a create, those that change in an update. `sid` is set only
    where it is not the change's own: a twin. `numbers_failed` belongs to a complete, `people` and `requests` to an
    upload. `opt_out`: an update that only takes suppressed people out, or an upload that nothing else needs:
    nothing keeps it back.
    """

    op: Op
    fields: tuple[str, ...] = ()
    sid: str | None = None
    numbers_failed: int | None = None
    people: int | None = None
    requests: int | None = None
    opt_out: bool = field(default=False, compare=False)

    @property
    def sends_to_lists(self) -> bool:
        """Tells whether the operation leads to calls to people of lists, where the campaign has some."""
        return self.op in BEGINNING or (self.op is Op.UPDATE and "lists" in self.fields)

    @property
    def reaches_others(self) -> bool:
        """Tells whether people may be called after it who were not before; an opt-out only takes some out."""
        sends = self.op in BEGINNING or not {"from", "lists"}.isdisjoint(self.fields)
        return sends and not self.opt_out


class OptOuts(NamedTuple):
    """Says how suppressed people are taken out of a live campaign whatever keeps its change back: by an update of these
    fields. Where nobody would be left, so that none can be sent, by what is done `instead`; None where somebody is.
    """

    fields: tuple[str, ...] = ()
    instead: tuple[Operation, ...] | None = None


NO_OPT_OUTS: Final = OptOuts()


def opting_out(fields: tuple[str, ...]) -> Operation:
    """Takes suppressed people out of what a campaign calls, and changes nothing else."""
    return Operation(Op.UPDATE, fields, opt_out=True)


@dataclass(frozen=True, slots=True)
class HeldOperation:
    """Describes one request that an apply would send besides, if it were allowed.

    `since` is the live `date_updated`.
    """

    op: Op
    fields: tuple[str, ...] = ()
    since: str | None = None
    numbers_failed: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Holds a leaf that differs. `field` is dotted; the values are as manifest and account write them."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class ListCount:
    """Holds a contact list that a change sends to, and how many are in it: None where nobody knows.

    `sid` is None for one that is yet to come; `name` where the manifest gives none. `managed`: it is a ContactList
    of the project. `why` says why it is not known.
    """

    sid: str | None
    name: str | None = None
    count: int | None = None
    counted_at: datetime | None = None
    managed: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Holds how many of the declared people are left out, and a keyed mark of each, which betrays nobody."""

    count: int
    marks: tuple[str, ...] = ()


def counts_in(lists: Iterable[ListCount]) -> Counts:
    """Returns the known counts by SID."""
    return {it.sid: it.count for it in lists if it.sid is not None and it.count is not None}


@dataclass(frozen=True, slots=True)
class Change:
    """Says what becomes of one manifest, or of one orphan (`desired` is None then).

    `live` is the match, None when nothing is there or nobody can tell (ambiguous). `resulting` holds the fields as
    they will stand when the operations are done, for what people read and for policies. `lists` are those that it
    will send to, where they are counted. `gates` are those that its create or resume waits for. `managed` is the
    list of the project that it is about, and None of a campaign. `suppressed` says who is left out; `opt_outs` how
    suppressed people can still be taken out of the live campaign.
    """

    key: Key
    type: ChangeType
    reason: Reason
    desired: Desired | None = None
    live: Live | None = None
    operations: tuple[Operation, ...] = ()
    held: tuple[HeldOperation, ...] = ()
    diff: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    resulting: Mapping[str, Value] = field(default_factory=dict)
    fingerprint: str | None = None
    lists: tuple[ListCount, ...] = ()
    gates: tuple[Gate, ...] = ()
    managed: ManagedList | None = None
    suppressed: Suppressed | None = None
    opt_outs: OptOuts = NO_OPT_OUTS

    @property
    def of_list(self) -> bool:
        """Tells whether the change is about a list of the project, and no campaign."""
        return self.managed is not None

    @property
    def counts(self) -> Counts:
        """Returns the known counts of its lists."""
        return counts_in(self.lists) if self.lists else NO_COUNTS

    @property
    def reaches_lists(self) -> bool:
        """Tells whether an apply leads to calls to people of its lists."""
        return any(it.sends_to_lists for it in self.operations if it.sid is None)

    @property
    def starts_something(self) -> bool:
        """Tells whether policies bind the change: its campaign is created, updated or resumed."""
        return any(it.op in STARTING for it in self.operations if it.sid is None)

    @property
    def desired_state(self) -> State | None:
        """Returns the state that the manifest wants; None when its life is not managed."""
        return self.desired.state if self.desired else None


class Reaching(Protocol):
    """Describes whatever reaches people of lists: a change, or one of a saved plan."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Returns the operations that an apply carries out."""

    @property
    def lists(self) -> tuple[ListCount, ...]:
        """Returns the lists that are counted."""


def reached_lists(changes: Iterable[Reaching]) -> tuple[ListCount, ...]:
    """Returns the lists that operations reach, where they are counted, each once, in the order of their SIDs."""
    reaching = (it for it in changes if any(op.sends_to_lists for op in it.operations if op.sid is None))
    lists = {each.sid: each for it in reaching for each in it.lists if each.sid is not None}
    return tuple(lists[sid] for sid in sorted(lists))


@dataclass(frozen=True, slots=True)
class Step:
    """Represents one operation at its place in the order of an apply. `index` counts the operations of its change."""

    change: Change
    operation: Operation
    index: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Says what was selected and how it was filled in, so that an apply of the file can read the same again.

    `vars` are the names of `--var` with a keyed hash of each value.
    """

    paths: tuple[str, ...] = ()
    labels: str = ""
    prune: bool = False
    vars: Mapping[str, str] = field(default_factory=dict)
    resend: tuple[str, ...] = ()
    prune_lists: bool = False


@dataclass(frozen=True, slots=True)
class ManifestsSeal:
    """Holds the keyed digest of the selected manifests, how many they are, and which token keyed it."""

    digest: str
    count: int
    token: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Holds how many requests and how long an apply of the plan will take."""

    requests: int
    seconds: int


@dataclass(frozen=True)
class Plan:
    """Holds a complete plan: environment, account, every change by kind, name and SID, and what was noticed on the
    way.
    """

    environment: str
    account_sid: str
    host: str
    created_at: datetime
    expires_at: datetime
    manifests: ManifestsSeal
    selection: Selection
    allowed: tuple[str, ...]
    changes: tuple[Change, ...]
    refresh_strategy: RefreshStrategy
    refresh_requests: int
    apply: Cost
    unmanaged: int
    notes: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    find_digest: Callable[[], str] = field(default=str, compare=False, repr=False)
    find_overlaps: Callable[[], tuple[CapacityOverlap, ...]] = field(default=tuple, compare=False, repr=False)
    find_load: FindLoad = field(default=nothing_beside, compare=False, repr=False)
    find_registered: FindText = field(default=no_text, compare=False, repr=False)
    locate: Locate | None = field(default=None, compare=False, repr=False)

    @property
    def digest(self) -> str:
        """Returns the digest over what a reviewer approves; empty before the plan is sealed."""
        return self.find_digest()

    @property
    def overlaps(self) -> tuple[CapacityOverlap, ...]:
        """Returns where campaigns that run side by side want more than the account can do."""
        return self.find_overlaps()

    @property
    def approval(self) -> str:
        """Returns what a reviewer approves: `DIGEST@TIME`, and behind it how many people are in each list that is
        reached.
        """
        return approval_of(self.digest, self.expires_at, tuple(it.count for it in self.reached))

    @property
    def reached(self) -> tuple[ListCount, ...]:
        """Returns the lists that operations reach, where they are counted."""
        return reached_lists(self.changes)

    @property
    def operations(self) -> int:
        """Returns how many an apply would carry out."""
        return sum(len(change.operations) for change in self.changes)

    def count(self, kind: ChangeType) -> int:
        """Returns how many changes are of a type."""
        return sum(change.type is kind for change in self.changes)


_NEVER = datetime.max.replace(tzinfo=UTC)


def start_for_order(change: Change) -> datetime:
    """Returns the start that a change will have; one without a start comes last."""
    side = change.live or change.desired
    return (window_of(side.kind, change.resulting).start if side else None) or _NEVER
