"""Says what an apply can do to a campaign or a contact list: a row for each operation, in the order of an apply
(rule 7).

Every list of operations elsewhere follows from these rows, or is held against them when it is imported
(`covering`), or is a match that the type checker holds against `Op`. `docs/how-to/operation.md` adds one step by
step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, TypeVar

from campaignctl.kinds.lifecycle import CALLING, FINISHED, MEETS, State, Status
from campaignctl.tuples import NamedTuple


class Op(StrEnum):
    """Names what an apply can do to a campaign or to a contact list."""

    CREATE = "create"
    UPDATE = "update"
    PAUSE = "pause"
    RESUME = "resume"
    COMPLETE = "complete"
    ARCHIVE = "archive"
    UPLOAD = "upload"  # of a contact list
    DELETE = "delete"

    @property
    def irreversible(self) -> bool:
        """Tells whether the operation cannot be undone."""
        return OPERATIONS[self].irreversible

    @property
    def action(self) -> Action | None:
        """Returns the action that the operation asks for; None for create and update."""
        return Action(self.value) if OPERATIONS[self].allowed_from else None


class Action(StrEnum):
    """Names what can be asked of a live campaign."""

    PAUSE = "pause"
    RESUME = "resume"
    COMPLETE = "complete"
    ARCHIVE = "archive"

    @property
    def op(self) -> Op:
        """Returns the operation that asks for the action."""
        return Op(self.value)


class Permission(StrEnum):
    """Names what can be allowed."""

    RESUME = "resume"
    COMPLETE = "complete"
    ARCHIVE = "archive"
    START_NOW = "start-now"  # for a start that is too near, too
    EARLIER_START = "earlier-start"
    TWIN = "twin"
    ADOPT = "adopt"
    AFTER = "after"
    UNSEEN = "unseen"
    SUPPRESSED = "suppressed"  # a resume that would call suppressed people


Grantor: TypeAlias = Literal["manifest", "environment", "sandbox"]
"""What may give a permission besides `--allow`, which gives each of them."""

Calls: TypeAlias = Literal["begin", "change", "stop", "none"]
"""What an operation does to calls and messages: begins them, changes those that come, stops them, or nothing."""
About: TypeAlias = Literal["campaign", "list"]
"""What an operation is carried out on."""


class OperationRow(NamedTuple):
    """Holds what is to be known of an operation.

    `done` is the past tense, `will` what is said of one that the next apply does. `permission` is what releases it
    where it must be asked for. `read_before`: the campaign is read again right before the write. `repeatable`: sent
    again after an unknown outcome whatever happened in between, since it calls nobody. `if_blocked`: done even
    where the change is blocked. An action is allowed from `allowed_from` and leads to `leads_to`, or to one of
    `or_to`.
    """

    op: Op
    done: str
    will: str
    calls: Calls
    permission: Permission | None
    read_before: bool
    repeatable: bool
    irreversible: bool
    if_blocked: bool
    allowed_from: frozenset[Status] = frozenset()
    leads_to: Status | None = None
    or_to: frozenset[Status] = frozenset()
    about: About = "campaign"


_ROWS: Final = (
    OperationRow(
        Op.PAUSE,
        done="paused",
        will="pauses it",
        calls="stop",
        permission=None,
        read_before=False,
        repeatable=True,
        irreversible=False,
        if_blocked=True,
        allowed_from=CALLING,
        leads_to=Status.PAUSED,
    ),
    OperationRow(
        Op.UPLOAD,
        done="uploaded",
        will="uploads it",
        calls="none",
        permission=None,
        read_before=False,
        repeatable=False,
        irreversible=False,
        if_blocked=False,
        about="list",
    ),
    OperationRow(
        Op.UPDATE,
        done="updated",
        will="updates it",
        calls="change",
        permission=Permission.EARLIER_START,
        read_before=True,
        repeatable=False,
        irreversible=False,
        if_blocked=True,
    ),
    OperationRow(
        Op.RESUME,
        done="resumed",
        will="resumes it",
        calls="begin",
        permission=Permission.RESUME,
        read_before=True,
        repeatable=False,
        irreversible=False,
        if_blocked=False,
        allowed_from=frozenset({Status.PAUSED}),
        leads_to=Status.IN_PROGRESS,
        or_to=frozenset({Status.CREATED}),  # before its start
    ),
    OperationRow(
        Op.CREATE,
        done="created",
        will="creates it again",
        calls="begin",
        permission=Permission.START_NOW,
        read_before=False,
        repeatable=False,
        irreversible=False,
        if_blocked=False,
    ),
    OperationRow(
        Op.COMPLETE,
        done="completed",
        will="completes it",
        calls="stop",
        permission=Permission.COMPLETE,
        read_before=True,
        repeatable=False,
        irreversible=True,
        if_blocked=False,
        allowed_from=frozenset({Status.PAUSED}),
        leads_to=Status.COMPLETED,
        or_to=frozenset({Status.ARCHIVED}),
    ),
    OperationRow(
        Op.ARCHIVE,
        done="archived",
        will="archives it",
        calls="stop",
        permission=Permission.ARCHIVE,
        read_before=False,
        repeatable=True,
        irreversible=True,
        if_blocked=False,
        allowed_from=frozenset({Status.COMPLETED}),
        leads_to=Status.ARCHIVED,
    ),
    OperationRow(
        Op.DELETE,
        done="deleted",
        will="deletes it",
        calls="none",
        permission=None,
        read_before=False,
        repeatable=False,
        irreversible=True,
        if_blocked=False,
        about="list",
    ),
)

_Key = TypeVar("_Key", bound=StrEnum)
_Row = TypeVar("_Row")


def each_of(where: str, listed: Iterable[_Key], wanted: Iterable[_Key]) -> tuple[_Key, ...]:
    """Returns what is listed, once it is known to be all that is wanted and no other. `where` is named in the
    error.

    Raises:
        AssertionError: one is missing or too many: nothing may run before somebody has decided about it.
    """
    found = tuple(listed)
    wrong = {"lacks": {*wanted} - {*found}, "must not have": {*found} - {*wanted}}
    says = [f"{verb} {', '.join(sorted(names))}" for verb, names in wrong.items() if names]
    if says:
        raise AssertionError(f"{where} {' and '.join(says)} (see docs/how-to/operation.md)")
    return found


def covering(where: str, table: Mapping[_Key, _Row], wanted: Iterable[_Key]) -> Mapping[_Key, _Row]:
    """Returns the table, once it is known to have a row for each of those wanted; see `each_of`."""
    each_of(where, table, wanted)
    return MappingProxyType(dict(table))


OPERATIONS: Final[Mapping[Op, OperationRow]] = covering(
    "kinds.operations, OPERATIONS", {row.op: row for row in _ROWS}, Op
)
"""By operation, in the order of an apply."""

GRANTORS: Final[Mapping[Permission, frozenset[Grantor]]] = covering(
    "kinds.operations, GRANTORS",
    {
        Permission.RESUME: frozenset({"environment"}),
        Permission.COMPLETE: frozenset({"manifest", "environment"}),
        Permission.ARCHIVE: frozenset({"manifest", "environment"}),
        Permission.START_NOW: frozenset({"sandbox"}),  # a nightly job on a live account must not have it
        Permission.EARLIER_START: frozenset({"environment"}),
        Permission.TWIN: frozenset(),
        Permission.ADOPT: frozenset(),
        Permission.AFTER: frozenset(),
        Permission.UNSEEN: frozenset(),
        Permission.SUPPRESSED: frozenset(),
    },
    Permission,
)
"""What may give each permission besides `--allow` (rule 5)."""


def given_in(grantor: Grantor) -> tuple[Permission, ...]:
    """Returns the permissions that a grantor may give, in the order of `Permission`."""
    return tuple(permission for permission in Permission if grantor in GRANTORS[permission])


PHASE: Final[Mapping[Op, int]] = MappingProxyType({op: phase for phase, op in enumerate(OPERATIONS)})
"""Rule 7: stopping comes first, what cannot be undone last."""

BEGINNING: Final = frozenset(row.op for row in _ROWS if row.calls == "begin")
"""What may begin to call."""
STARTING: Final = frozenset(row.op for row in _ROWS if row.calls in ("begin", "change"))
"""What leads to calls: what begins them, and what changes those that come."""
STOPPING: Final = frozenset(row.op for row in _ROWS if row.calls == "stop")
ENDING: Final = frozenset(row.op for row in _ROWS if row.leads_to in FINISHED)
"""After these the campaign is over."""
OF_LISTS: Final = frozenset(row.op for row in _ROWS if row.about == "list")
READ_BEFORE: Final = frozenset(row.op for row in _ROWS if row.read_before)

TRANSITIONS: Final[Mapping[Action, tuple[frozenset[Status], Status]]] = covering(
    "kinds.operations, TRANSITIONS",
    {
        Action(row.op.value): (row.allowed_from, row.leads_to)
        for row in _ROWS
        if row.allowed_from and row.leads_to is not None
    },
    Action,
)
"""Action → where it is allowed from, what follows. A resume before the start may answer created again."""


each_of("kinds.lifecycle, MEETS", MEETS, State)


def reached_by(action: Action) -> frozenset[Status]:
    """Returns the statuses that a campaign may have after an action."""
    return OPERATIONS[action.op].or_to | {TRANSITIONS[action][1]}


def shortest_path(status: Status, state: State) -> tuple[Action, ...] | None:
    """Returns the shortest allowed way to a state: () when the state is met, None when there is none."""
    queue: deque[tuple[Status, tuple[Action, ...]]] = deque([(status, ())])
    seen = {status}
    while queue:
        here, path = queue.popleft()
        if here in MEETS[state]:
            return path
        for action, (sources, target) in TRANSITIONS.items():
            if here in sources and target not in seen:
                seen.add(target)
                queue.append((target, (*path, action)))
    return None


def ending_permissions(state: State) -> tuple[Permission, ...]:
    """Returns what must be allowed for the irreversible steps between a campaign that is alive and a state."""
    rows = [OPERATIONS[action.op] for action in shortest_path(Status.CREATED, state) or ()]
    return tuple(row.permission for row in rows if row.irreversible and row.permission)
