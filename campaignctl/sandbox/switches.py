"""Lists what the documents leave unknown, a row for each: an account might do either.

From a row follow the attribute of `Switches`, what the control API takes and shows, the reference page, and what
the tests draw at random (`SwitchRow.drawn`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TypeAlias, TypeVar, cast

from campaignctl.kinds import KINDS
from campaignctl.kinds.operations import Action
from campaignctl.kinds.table import Type
from campaignctl.sandbox.people import readable_outcomes
from campaignctl.sandbox.shapes import RefusalError, Sent

Position: TypeAlias = "str | int | float | bool | tuple[str, ...] | None"

Word = TypeVar("Word", str, int)

REQUESTS = (
    *("list", "get", "create", "update", "action", "details"),
    *("lists", "contacts", "create_contacts", "create_list", "fill_list", "rename_list", "delete_list"),
)
"""The kinds of request that faults and switches tell apart."""

OMITTED_BY_004 = ("from", "flow_type", "call_status_callback", "status_callback")
"""The keys that [004]'s create answer leaves out although its request sent them."""

EARLIER = ":earlier"
"""After the path of a time: it becomes an hour earlier instead of later."""


@cache
def field_paths() -> tuple[str, ...]:
    """Returns every field that a campaign of either kind is made of, members after their object."""
    return tuple(dict.fromkeys(path for kind in KINDS.values() for path in kind.by_path))


@cache
def _changes() -> tuple[str, ...]:
    rows = [row for kind in KINDS.values() for row in kind.by_path.items()]
    earlier = (f"{path}{EARLIER}" for path, row in rows if row.type is Type.TIME)
    return tuple(dict.fromkeys((*field_paths(), *earlier)))


def _names(known: Callable[[], tuple[str, ...]]) -> Callable[[], tuple[Position, ...]]:
    return lambda: ((), *((name,) for name in known()))


# What a switch takes.


@dataclass(frozen=True)
class SwitchRow:
    """Describes one switch: its `group`, what it `says` to whoever reads, whether a value `fits`, how it is `read`,
    and the positions that tests draw from (none: never drawn). With `of` it says more about another switch, and
    does nothing while that one stands at its default.
    """

    group: str
    says: str
    wants: str
    fits: Callable[[object], bool]
    positions: Callable[[], tuple[Position, ...]]
    read: Callable[[object], Position] = lambda value: cast("Position", value)
    of: str = ""

    @property
    def drawn(self) -> tuple[Position, ...]:
        """Returns the positions that tests draw from."""
        return self.positions()


def _words(group: str, says: str, *positions: Word, of: str = "", drawn: bool = True) -> Word:
    """Makes a switch of one of several words; the first is the default."""
    told = f"one of {', '.join(map(str, positions))}"
    fits = lambda value: not isinstance(value, bool) and value in positions  # noqa: E731
    row = SwitchRow(group, says, told, fits, lambda: positions if drawn else (), of=of)
    return field(default=positions[0], metadata={"row": row})


def _flag(group: str, says: str, *, default: bool = False, drawn: bool = True) -> bool:
    positions = (False, True) if drawn else ()
    row = SwitchRow(group, says, "true or false", lambda value: isinstance(value, bool), lambda: positions)
    return field(default=default, metadata={"row": row})


def _seconds(group: str, says: str, default: float, *drawn: float, least: float = 0.0, of: str = "") -> float:
    fits = lambda value: _is_number(value, least)  # noqa: E731
    told = "seconds, 0 or more" if least == 0 else "seconds"
    row = SwitchRow(group, says, told, fits, lambda: (default, *drawn), of=of)
    return field(default=default, metadata={"row": row})


def _limit(group: str, says: str, *drawn: int) -> int | None:
    fits = lambda value: value is None or (isinstance(value, int) and _is_number(value, 1))  # noqa: E731
    row = SwitchRow(group, says, "requests a minute, or null", fits, lambda: (None, *drawn))
    return field(default=None, metadata={"row": row})


def _strings(
    group: str,
    says: str,
    drawn: Callable[[], tuple[Position, ...]],
    known: Callable[[], tuple[str, ...]] | None = None,
    nullable: bool = False,
    of: str = "",
    each: Callable[[str], bool] = bool,
) -> tuple[str, ...]:
    """Makes a switch of an array of strings, of the `known` ones if there are any; `each` says whether one is
    readable.
    """

    def fits(value: object) -> bool:
        if value is None:
            return nullable
        allowed = None if known is None else known()
        return isinstance(value, list | tuple) and all(
            isinstance(it, str) and each(it) and (allowed is None or it in allowed) for it in value
        )

    row = SwitchRow(
        group,
        says,
        "an array of keys" if known is None else "an array of known names",
        fits,
        drawn,
        lambda value: tuple(value) if isinstance(value, list | tuple) else None,
        of,
    )
    return cast("tuple[str, ...]", field(default=None if nullable else (), metadata={"row": row}))


def _omitted(of: str, drawn: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Makes a switch of keys that are left out.

    Of `drawn` keys each alone is drawn, of none nothing is; as of a campaign's where they are left out.
    """
    positions = _omissions if drawn is None else lambda: ((), *((key,) for key in drawn)) if drawn else ()
    return _strings("answers", f"The keys that an answer to {of} lacks.", positions)


_CONTACT_KEYS = ("sid", "number", "contact_sid", "item.code", "item.status", "envelope.metadata.total")


_SOME_KEYS = (
    *("id", "sid", "name", "status", "schedule", "from", "lists", "url", "template", "caller_id", "retries"),
    *("date_created", "date_updated", "stats", "schedule.end_at", "schedule.send_at", "item.code"),
    *("item.status", "item.error_data", "envelope.http_code", "envelope.metadata", "envelope.metadata.total"),
)


def _omissions() -> tuple[Position, ...]:
    return ((), OMITTED_BY_004, *((key,) for key in _SOME_KEYS))


def _actions() -> tuple[str, ...]:
    return tuple(Action)


@dataclass
class Switches:
    """Holds the positions now.

    They are set from Python or by `POST /_sandbox/switches`. Each field's row says what it does.
    """

    put: str = _words(
        "writes", "What an update does to the fields that it does not send.", "merge", "replace"
    )
    create_body: str = _words("writes", "The bodies that a create takes.", "any", "wrapped", "bare")
    update_body: str = _words(
        "writes", "The bodies that a voice update or action takes.", "any", "wrapped", "bare"
    )
    several_creates: bool = _flag("writes", "A create's array may hold several campaigns.")
    create_drops: tuple[str, ...] = _strings(
        "writes", "Fields that a create loses, though sent.", _names(field_paths), field_paths
    )
    create_changes: tuple[str, ...] = _strings(
        "writes",
        "Fields that a create keeps otherwise than sent; times an hour later, with `:earlier` an hour earlier.",
        _names(_changes),
        _changes,
    )
    update_drops: tuple[str, ...] = _strings(
        "writes", "Fields that an update loses, sent or not.", _names(field_paths), field_paths
    )
    update_changes: tuple[str, ...] = _strings(
        "writes", "Fields that an update changes, sent or not.", _names(_changes), _changes
    )
    fill_schedule: bool = _flag(
        "writes", "A missing start becomes one minute after the create, as [000] shows, instead of at once."
    )
    create_early: bool = _flag("writes", "A create begins to call at once, whatever its start.")
    update_resumes: bool = _flag("writes", "An update of a paused campaign sets it going again.")
    resume_early: bool = _flag(
        "writes", "A resume before the start begins to call at once instead of being created again."
    )
    actions: str = _words(
        "writes",
        "Whether an action that was answered is done: at once, later, or never.",
        "done",
        "later",
        "never",
    )
    actions_met: tuple[str, ...] = _strings(
        "writes", "The actions that `actions` is about; none: all.", _names(_actions), _actions, of="actions"
    )
    action_seconds: float = _seconds(
        "writes", "How much later, where it is done later.", 5.0, 1.0, 60.0, of="actions"
    )
    action_answer: str = _words(
        "writes",
        "Where it is not done at once: the answer shows the status as it is, or as asked.",
        "real",
        "asked",
        of="actions",
    )
    refused_actions: tuple[str, ...] = _strings(
        "writes", "Actions that are refused even where they are allowed.", _names(_actions), _actions
    )
    action_refusal: int = _words("writes", "The status with which an action is refused.", 409, 400, 404)
    at_end: str = _words(
        "writes", "What an unfinished campaign becomes at its end.", "completed", "canceled", "paused"
    )
    paused_at_end: str = _words(
        "writes", "What a paused campaign that was never resumed becomes at its end.", "paused", "canceled"
    )

    outcomes: tuple[str, ...] = _strings(
        "dialling",
        "What tries come to, by a campaign's name, `*` for all others: `canary:failed=30,busy=20`, in hundredths; the "
        "rest are reached.",
        lambda: ((), ("*:completed=100",), ("*:no-answer=100",), ("*:failed=50,failed-dnd=10",)),
        each=readable_outcomes,
    )
    stats: str = _words(
        "dialling",
        "Counters: right, without `failed`, spelt otherwise, some under a word of the account's own, too few by one in "
        "three, or one behind every other minute.",
        *("right", "lacking", "spelled", "strange", "short", "drifting"),
    )

    omit_from_create: tuple[str, ...] = _omitted("a create")
    omit_from_update: tuple[str, ...] = _omitted("an update")
    omit_from_action: tuple[str, ...] | None = _strings(
        "answers",
        "The keys that an answer to an action lacks; null: as for an update.",
        lambda: (None, *_omissions()),
        nullable=True,
    )
    omit_from_get: tuple[str, ...] = _omitted("a get")
    omit_from_list: tuple[str, ...] = _omitted("a list of campaigns")
    omit_from_details: tuple[str, ...] = _omitted("call-details and message-details")
    omit_from_lists: tuple[str, ...] = _omitted("a list of contact lists")
    omit_from_contacts: tuple[str, ...] = _omitted("a list's contacts", _CONTACT_KEYS)
    omit_from_create_contacts: tuple[str, ...] = _omitted("a create of contacts", _CONTACT_KEYS)
    omit_from_create_list: tuple[str, ...] = _omitted("a create of a list", _CONTACT_KEYS)
    omit_from_fill_list: tuple[str, ...] = _omitted("contacts put into a list", _CONTACT_KEYS)
    omit_from_rename_list: tuple[str, ...] = _omitted("a list's new name", ())
    omit_from_delete_list: tuple[str, ...] = _omitted("a list's deletion", ())
    mask: str = _words(
        "answers", "People's numbers are masked: `XXXXXXXX10`, or `98••••10`.", "no", "crosses", "dots"
    )
    mask_in: tuple[str, ...] = _strings(
        "answers",
        "The requests whose answers are masked; none: all.",
        _names(lambda: REQUESTS),
        lambda: REQUESTS,
        of="mask",
    )
    spelling: str = _words(
        "answers",
        "Answers spell what means the same as the documents do, or in the other way.",
        "own",
        "other",
    )
    date: str = _words(
        "answers",
        "The `Date` of answers: right, `date_seconds` off, out of a cache for reads, or missing.",
        *("right", "off", "old", "missing"),
    )
    date_seconds: float = _seconds(
        "answers",
        "By how much it is ahead, below 0 behind.",
        -3600.0,
        3600.0,
        90.0,
        -30.0,
        least=float("-inf"),
        of="date",
    )
    date_on: str = _words("answers", "On which answers it is so.", "all", "errors", of="date")
    rate_limit: int | None = _limit("answers", "Requests a minute and account; null: no limit.", 12, 30)
    limit_shape: str = _words(
        "answers", "The shape of the limit's 429.", "envelope", "rest", "error", "html", of="rate_limit"
    )
    retry_after: str = _words(
        "answers",
        "How the limit's 429 says when to come back.",
        "seconds",
        "date",
        "missing",
        of="rate_limit",
    )

    list_lag_seconds: float = _seconds(
        "lists", "How long a new campaign is missing from lists and searches.", 0.0, 1.0, 9.0
    )
    empty_lists: str = _words(
        "lists",
        "What shows nothing for a while: unfiltered lists, those with a filter or search, or all.",
        *("no", "plain", "asked", "all"),
    )
    empty_seconds: float = _seconds(
        "lists", "For how long, from the first look on.", 30.0, 5.0, 86_400.0, of="empty_lists"
    )
    status_filter: str = _words(
        "lists",
        "The spellings that the filter takes: any, the API's own, lower case with hyphens, the own ones with a 400"
        " for others, of several words the first alone, none (a 400), or it is ignored.",
        *("any", "own", "lower", "refuse", "first", "refuse-all", "ignore"),
    )
    name_search: str = _words(
        "lists",
        "A search is by substring, in this letter case, without odd signs (with any it finds nothing), with `%` and"
        " `_` as wildcards, by the full name, or refused with a 400.",
        *("substring", "case", "odd", "like", "whole", "refuse"),
    )
    list_pages: str = _words(
        "lists",
        "A list of campaigns is cut as it is asked for; `total` is the size of the page; a page has 20 items at most,"
        " or is the first one whatever the offset, and no `total`.",
        *("asked", "counted", "few", "first"),
        drawn=False,
    )
    shared_sms: bool = _flag("lists", "Both SMS endpoints list and take the same campaigns.")
    closed_sms: str = _words(
        "lists", "The SMS endpoint that answers 404.", "none", "message-campaigns", "sms-campaigns"
    )

    contact_lists_lag_seconds: float = _seconds(
        "contacts", "How long a new contact list is missing from `GET lists`.", 0.0, 1.0, 9.0
    )
    duplicate_list: str = _words(
        "contacts", "How a name of a list that is taken is refused.", "item", "status"
    )
    list_members: str = _words(
        "contacts",
        "A contact that is added twice is in the list once, twice, or the second time is an item of 409.",
        *("set", "bag", "once"),
    )
    known_contact: str = _words(
        "contacts",
        "A known number is answered with its contact, another one, or an item of 409 that shows the contact or not.",
        *("same", "another", "conflict-shown", "conflict"),
    )
    contact_order: str = _words(
        "contacts", "The order of the items that a create of contacts answers.", "sent", "reversed"
    )
    contact_spelling: str = _words(
        "contacts", "How contacts' numbers are answered: as sent, or as 0 and ten digits.", "sent", "national"
    )
    refused_numbers: tuple[str, ...] = _strings(
        "contacts", "Numbers that end so are refused as contacts.", lambda: ()
    )
    refused_members: tuple[str, ...] = _strings(
        "contacts", "Contacts whose numbers end so cannot be put into a list.", lambda: ()
    )
    contacts_lag_seconds: float = _seconds(
        "contacts", "How long an added contact is missing from its list.", 0.0, 1.0, 9.0, 90.0
    )
    contacts_lag: str = _words(
        "contacts",
        "They show all at once, or one after the other until then.",
        "together",
        "growing",
        of="contacts_lag_seconds",
    )
    contact_count: str = _words(
        "contacts",
        "The `total` of a list's contacts: right, one too few, the size of its own page, missing, or all is a 403.",
        *("right", "short", "page", "missing", "refused"),
    )

    serve_reports: bool = _flag(
        "reports",
        "A `report_url` leads to this very server; off: to where the live API has it, which loopback never reads.",
        default=True,
        drawn=False,
    )

    def change(self, positions: Sent) -> None:
        """Sets some positions, all or none: the first bad one is a 400 and nothing is changed."""
        checked = {name: _checked(name, value) for name, value in positions.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def omitted(self, request: str) -> tuple[str, ...]:
        """Returns the keys left out of answers to one of `REQUESTS`."""
        found: tuple[str, ...] | None = getattr(self, f"omit_from_{request}")
        return self.omit_from_update if found is None else found


def rows() -> Iterator[tuple[str, SwitchRow, Position]]:
    """Yields each switch's name, row and default, in their order."""
    for it in fields(Switches):
        default: Position = it.default  # type: ignore[assignment]
        yield it.name, it.metadata["row"], default


_ROWS: Mapping[str, SwitchRow] = {name: row for name, row, _ in rows()}


def _checked(name: str, value: object) -> Position:
    row = _ROWS.get(name)
    if row is None:
        raise RefusalError(400, f"There is no switch {name!r}.", f"Switches: {', '.join(_ROWS)}.")
    if not row.fits(value):
        raise RefusalError(400, f"{name} cannot be {value!r}.", f"{name} takes {row.wants}.")
    return row.read(value)


def _is_number(value: object, least: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= least
