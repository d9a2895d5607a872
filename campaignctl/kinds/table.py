"""Defines the columns of the field tables. `kinds/voice.py` and `kinds/sms.py` hold the rows.

Schema, reading of scalars, comparison, payload, masking and reference all follow from a row. The tables check
themselves when they are imported. A row is equal to itself alone: each is there once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, StrEnum
from functools import cached_property
from typing import Final, TypeAlias

from campaignctl.kinds import formats
from campaignctl.kinds.formats import Format
from campaignctl.kinds.rows import Row

Value: TypeAlias = "str | int | bool | None | Sequence[Value] | Mapping[str, Value]"
"""A field's value as JSON has it; an array is any sequence but a string."""


class Type(Enum):
    """Names how a field is written: the types of values."""

    STRING = "string"
    DIGITS = "digits"  # a string of digits, leading zeros and all
    URL = "url"
    TIME = "time"  # RFC 3339 with an offset, kept as text
    INTEGER = "integer"
    BOOLEAN = "boolean"
    STRINGS = "strings"
    WORDS = "words"  # a list of texts in which one may stand twice
    NUMBERS = "numbers"  # people's phone numbers
    OBJECT = "object"
    OBJECTS = "objects"  # a list of objects of one shape
    AMOUNT = "amount"  # a number, kept as text
    AMOUNTS = "amounts"  # such numbers, one after the other
    TEXT_MAP = "text map"  # texts under names of the user's own
    OBJECT_MAP = "object map"  # objects of one shape under names of the user's own

    __hash__ = object.__hash__  # each is there once; an enumeration's own takes the time of reading a text


class Compare(Enum):
    """Names the ways in which two values can mean the same."""

    EXACT = "exact"
    CASELESS = "caseless"
    INSTANT = "instant"
    NUMBER = "number"  # by the country rule
    NUMBERS = "numbers"  # the same, as a multiset
    SET = "set"
    FLOW_URL = "flow url"  # on Exotel's own host without its scheme
    SMS_TYPE = "sms type"  # `transactional_opt_in` meets `transactional`
    MEMBERS = "members"  # an object: member by member


class Mutability(Enum):
    """Names until when a field may change [002, 001]."""

    BEFORE_START = "before the start"
    ALWAYS = "always"


class Secrecy(Enum):
    """Names what of a value may be shown."""

    OPEN = "open"
    PEOPLE = "people"  # phone numbers of people: masked
    CALLBACK = "callback"  # user info and query values are masked
    SECRET = "secret"  # never shown: somebody may have written a key here


class Role(Enum):
    """Names what a field is to the rules, where its own name does not matter."""

    PLAIN = "plain"
    NAME = "name"
    RECIPIENTS = "recipients"
    CONTENT = "content"
    CALLER = "caller"  # who seems to call or text
    SCHEDULE = "schedule"
    START = "start"
    END = "end"


WHO_IS_CALLED_WITH_WHAT: Final = (Role.RECIPIENTS, Role.CONTENT, Role.CALLER)
"""Where one of these is another, somebody is called wrongly."""


class Unit(StrEnum):
    """Names what a campaign makes one or more of for each recipient; a plan counts them."""

    CALL = "call"
    MESSAGE = "message"


class Bound(StrEnum):
    """Names what `minimum` and `maximum` count, for messages."""

    LENGTH = "characters"
    ITEMS = "items"
    VALUE = ""


_COMPARE_BY_TYPE: Mapping[Type, Compare] = {
    Type.TIME: Compare.INSTANT,
    Type.NUMBERS: Compare.NUMBERS,
    Type.STRINGS: Compare.SET,
    Type.OBJECT: Compare.MEMBERS,
}

_TEXTS = frozenset({Type.STRING, Type.DIGITS, Type.URL, Type.TIME, Type.AMOUNT})

_FORMAT_BY_TYPE: Mapping[Type, Format] = {
    Type.DIGITS: formats.DIGITS,
    Type.URL: formats.URL,
    Type.TIME: formats.TIME,
    Type.NUMBERS: formats.PHONE,
    Type.AMOUNT: formats.AMOUNT,
    Type.AMOUNTS: formats.AMOUNT,
}


class Field(Row):
    """Describes one field.

    `minimum` and `maximum` bound a number's value, a string's characters or an array's items. `default` is the
    documented one: null and it mean the same. `choices` are the words allowed (of each item, in an array);
    `retired` pairs one that is no longer with the sentence that says what to write instead. `aliases` are other
    spellings that an answer may use. `constant` is sent with every create to `only_on`, the one collection of the
    API that knows the field. `source` names the document, as `exotel-api.md` does, or is our own name for what the
    API does not know. `format_by` is how a text must look, or an array's items, where the type does not say it;
    `keys` how the names of a map. A `shorthand` object may be one word, which then stands for each member.
    `by_name`: an item may be given as `{name: …}` instead of its SID. `most_variables` is how many different
    @@Columns a text may name, None where the documents set no bound.
    """

    name: str
    type: Type
    doc: str
    source: str = "campaignctl"
    required: bool = False
    role: Role = Role.PLAIN
    compare_by: Compare | None = None
    mutability: Mutability = Mutability.BEFORE_START
    secrecy: Secrecy = Secrecy.OPEN
    default: Value = None
    choices: tuple[str, ...] = ()
    retired: tuple[tuple[str, str], ...] = ()
    any_case: bool = False
    minimum: int | None = None
    maximum: int | None = None
    fields: tuple[Field, ...] = ()
    aliases: tuple[str, ...] = ()
    constant: str | None = None
    only_on: str | None = None
    format_by: Format | None = None
    keys: Format | None = None
    shorthand: bool = False
    by_name: bool = False
    most_variables: int | None = None

    def _check(self) -> None:
        """Refuses a row that contradicts itself, so that it never gets as far as a user."""
        if bool(self.fields) != (self.type in (Type.OBJECT, Type.OBJECTS, Type.OBJECT_MAP)):
            raise ValueError(f"{self.name}: an object has members, and nothing else has")
        if not self.doc.endswith("."):
            raise ValueError(f"{self.name}: its doc is not a sentence")
        if self.choices and self.type not in (Type.STRING, Type.STRINGS, Type.WORDS):
            raise ValueError(f"{self.name}: only words can be chosen from")
        if isinstance(self.default, str) and self.choices and self.default not in self.choices:
            raise ValueError(f"{self.name}: its default is not among its choices")

    @cached_property
    def compare(self) -> Compare:
        """Returns how two values compare: by the row, else by the type.

        Words to choose from come back in any letter case.
        """
        if self.compare_by is not None:
            return self.compare_by
        if self.choices and self.type is Type.STRING:
            return Compare.CASELESS
        return _COMPARE_BY_TYPE.get(self.type, Compare.EXACT)

    @cached_property
    def bound(self) -> Bound:
        """Returns what the limits count."""
        if self.type is Type.INTEGER:
            return Bound.VALUE
        return Bound.LENGTH if self.type in _TEXTS else Bound.ITEMS

    @cached_property
    def format(self) -> Format | None:
        """Returns the format: by the row, else by the type; None where any text will do."""
        return self.format_by or _FORMAT_BY_TYPE.get(self.type)

    @cached_property
    def members(self) -> Mapping[str, Field]:
        """Returns the members of an object by name."""
        return {member.name: member for member in self.fields}


class Kind(Row):
    """Describes a kind of campaign: its words and its rows, in the order of the reference."""

    name: str  # as `kind:` in a manifest
    short: str  # as in `voice/NAME`
    title: str  # Voice campaigns, SMS campaigns
    verb: str  # calls 1,200 people
    unit: Unit
    fields: tuple[Field, ...]
    per_minute: int  # an account's default capacity
    capacity_setting: str  # of the policies, which says another one
    capacity_doc: str
    one_of: tuple[str, ...] = ()  # at least one of these is required of a create
    start_needs_margin: bool = False  # the API takes no start nearer than the margin
    pause_lifts_margin: bool = False  # a paused one can be changed until its start has passed
    min_window_minutes: int = 0  # between start and end
    doubt_of_lists: str = ""  # what the documents say against lists that are made by the API

    def _check(self) -> None:
        """Checks that names stand once, and that there is exactly one name, schedule, start and end."""
        names = [path for path, _ in self.leaves_and_objects()]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.name}: a field stands twice")
        for role in (Role.NAME, Role.SCHEDULE, Role.START, Role.END):
            if len([path for path, field in self.leaves_and_objects() if field.role is role]) != 1:
                raise ValueError(f"{self.name}: exactly one field is the {role.value}")

    @cached_property
    def stem(self) -> str:
        """Returns the stem of the verb's other forms: call, called, calling."""
        return self.verb.removesuffix("s")

    def leaves_and_objects(self) -> Iterator[tuple[str, Field]]:
        """Yields every row with its dotted path, an object before its members."""
        for field in self.fields:
            yield field.name, field
            for member in field.fields:
                yield f"{field.name}.{member.name}", member

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Returns the top-level rows by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def by_path(self) -> Mapping[str, Field]:
        """Returns all rows by dotted path."""
        return dict(self.leaves_and_objects())

    @cached_property
    def schedule(self) -> Field:
        """Returns the object that holds start and end."""
        return next(field for field in self.fields if field.role is Role.SCHEDULE)

    @cached_property
    def start(self) -> Field:
        """Returns the row of the start in the schedule: `send_at` or `start_time`."""
        return next(field for field in self.schedule.fields if field.role is Role.START)

    @cached_property
    def end(self) -> Field:
        """Returns the row of the end in the schedule: `end_at` or `end_time`."""
        return next(field for field in self.schedule.fields if field.role is Role.END)

    @cached_property
    def numbers(self) -> tuple[Field, ...]:
        """Returns the top-level rows that hold people's numbers."""
        return tuple(field for field in self.fields if field.type is Type.NUMBERS)

    @cached_property
    def given_by_name(self) -> tuple[Field, ...]:
        """Returns the top-level rows whose items may be given by name."""
        return tuple(field for field in self.fields if field.by_name)

    def in_role(self, role: Role) -> tuple[Field, ...]:
        """Returns the top-level rows of a role."""
        return self._by_role[role]

    @cached_property
    def _by_role(self) -> Mapping[Role, tuple[Field, ...]]:
        return {role: tuple(field for field in self.fields if field.role is role) for role in Role}
