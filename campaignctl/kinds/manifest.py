"""Says what stands around a campaign in its file: a row for each key. The campaign's own rows come from its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from campaignctl.kinds import KINDS, formats
from campaignctl.kinds.counters import LEAST_TRIED, LIMIT_DOCS, counted_by
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.operations import given_in
from campaignctl.kinds.spending import USAGE
from campaignctl.kinds.table import Field, Kind, Role, Secrecy, Type

API_VERSION = "campaignctl/v1"
CONTACT_LIST = "ContactList"
"""The kind of the documents that hold the project's own lists, and of the changes that they make in a plan."""
FROM_FILE = "from_file"
SUPPRESS = "suppress"

_NO_TWIN = (
    "names nobody and would hold for ever; give the SIDs of the campaigns that this one is not in "
    "metadata.distinct_from"
)


def _state() -> Field:
    return Field(
        "state",
        Type.STRING,
        "What the campaign is to be. Left out, its life is not managed.",
        choices=tuple(State),
    )


def _from_file() -> Field:
    return Field(
        FROM_FILE,
        Type.STRING,
        "A file of numbers beside the manifest, instead of from: CSV whose header has number once, or one a line.",
        role=Role.RECIPIENTS,
        format_by=formats.PATH,
    )


def stop_when(kinds: Iterable[Kind]) -> Field:
    """Makes the row of `stop_when`, with the limits that mean something to one of the kinds."""
    names = (limit for limit in LIMIT_DOCS if any(counted_by(limit, kind.name) for kind in kinds))
    limits = (Field(limit, Type.STRING, LIMIT_DOCS[limit], format_by=formats.PERCENT) for limit in names)
    doc = "How many people must have been tried before a limit is looked at."
    tried = Field("tried", Type.INTEGER, doc, minimum=1, default=LEAST_TRIED)
    doc = "Limits beyond which campaignctl guard pauses it; over those of the project, key by key, null for none."
    return Field("stop_when", Type.OBJECT, doc, fields=(*limits, tried))


def _after() -> Field:
    names = (limit for limit in LIMIT_DOCS if limit != "unreached")
    limits = tuple(Field(it, Type.STRING, LIMIT_DOCS[it], format_by=formats.PERCENT) for it in names)
    return Field(
        "after",
        Type.OBJECTS,
        "The campaigns whose results it waits for: it is created or resumed once all of them have passed.",
        minimum=1,
        fields=(
            Field(
                "campaign", Type.STRING, "KIND/NAME of a manifest.", required=True, format_by=formats.CAMPAIGN
            ),
            Field("limits", Type.OBJECT, "Shares that must be kept.", fields=limits),
            Field(
                "finished", Type.INTEGER, "How many people must have their outcome.", minimum=1, default=50
            ),
            Field(
                "confidence",
                Type.STRING,
                "How sure a result must be.",
                default="95%",
                format_by=formats.CONFIDENCE,
            ),
            Field(
                "wait",
                Type.STRING,
                "How long after its start the result is looked at.",
                default="0m",
                format_by=formats.PERIOD,
            ),
            Field(
                "within",
                Type.STRING,
                "How long after its start the result counts.",
                default="7d",
                format_by=formats.PERIOD,
            ),
        ),
    )


WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
"""As calendars write them, in the order of the week."""


_DATES = (
    Field(
        "cron",
        Type.STRING,
        "Minute, hour, day of month, month, day of week. Minute and hour are one number each, one day is *.",
        required=True,
        minimum=1,
        maximum=200,
    ),
    Field("time_zone", Type.STRING, "The IANA time zone of the hour.", required=True, minimum=1),
    Field("from", Type.STRING, "The first date.", required=True, format_by=formats.DATE),
    Field("until", Type.STRING, "The last date. Either this or count.", format_by=formats.DATE),
    Field("count", Type.INTEGER, "How many dates, skipped ones too. Either this or until."),
    Field(
        "duration",
        Type.STRING,
        "From the start to the end; the end is on the same date.",
        required=True,
        format_by=formats.DURATION,
    ),
)
_HOLIDAYS = (
    Field("except", Type.STRINGS, "Dates that are holidays.", format_by=formats.DATE),
    Field(
        "calendars",
        Type.STRINGS,
        "Files beside the manifest, each a Calendar, whose dates are holidays.",
        format_by=formats.PATH,
    ),
    Field(
        "on_holiday",
        Type.STRING,
        "Whether the occurrence of a holiday is skipped or runs on the next open day, a week on at most.",
        default="skip",
        choices=("skip", "next_open_day"),
    ),
    Field(
        "horizon",
        Type.STRING,
        "How far ahead campaigns are created.",
        default="14d",
        format_by=formats.HORIZON,
    ),
)


def _repeat() -> Field:
    return Field(
        "repeat",
        Type.OBJECT,
        "When it repeats, instead of schedule: each date of the rule is a campaign of its own, named NAME-DATE.",
        fields=(*_DATES, *_HOLIDAYS),
    )


SUPPRESSED_NUMBERS = Field(
    "numbers",
    Type.NUMBERS,
    "People who are left out.",
    minimum=0,
    maximum=10_000_000,
    secrecy=Secrecy.PEOPLE,
)
"""Of one source."""


def suppress(*more: Field) -> Field:
    """Makes the row that says who is left out; `more` are further sources that are possible there."""
    return Field(
        SUPPRESS,
        Type.OBJECTS,
        "Who is not called: sources of numbers, each of one kind.",
        fields=(
            SUPPRESSED_NUMBERS,
            Field(
                FROM_FILE,
                Type.STRING,
                "A file of numbers beside this one: CSV whose header has number once, or one a line.",
                format_by=formats.PATH,
            ),
            Field(
                "at_least",
                Type.INTEGER,
                "Fewer numbers than this are a mistake: the file may have been cut.",
                minimum=1,
                maximum=100_000_000,
            ),
            *more,
        ),
    )


def suppress_of_manifest() -> Field:
    """Makes the row of `suppress` for a manifest, which may name another campaign's people."""
    return suppress(
        Field(
            "campaign",
            Type.STRING,
            "KIND/NAME of a manifest: the people whom that one declares.",
            format_by=formats.CAMPAIGN,
        )
    )


TAKE = "take"


def take() -> Field:
    """Makes the row that takes some of the people who stand beside it."""
    doc = "How many; of fewer than that all are taken."
    people = Field("people", Type.INTEGER, doc, required=True, minimum=1)
    return Field(
        TAKE,
        Type.OBJECT,
        "Only some of the people beside it, always the same ones: for a campaign that tries out another.",
        fields=(people,),
    )


def _name(kind: Kind) -> Field:
    (name,) = kind.in_role(Role.NAME)
    return Field(
        "name",
        Type.STRING,
        "The live campaign's name, unique per kind in a project.",
        name.source,
        required=True,
        role=Role.NAME,
        minimum=name.minimum,
        format_by=name.format,
    )


LABELS = Field(
    "labels",
    Type.TEXT_MAP,
    "Words of your own, for selecting with -l; never sent.",
    keys=formats.LABEL,
    format_by=formats.LABEL_VALUE,
)
_MATCHING = (
    LABELS,
    Field(
        "sid",
        Type.STRING,
        "Pins the live campaign; then no other field is required.",
        format_by=formats.SID,
    ),
    Field(
        "previous_name",
        Type.STRING,
        "The name it had: the campaign of that name is renamed.",
        format_by=formats.NAME,
    ),
)


def _ignore(kind: Kind) -> Field:
    return Field(
        "ignore",
        Type.STRINGS,
        "Fields that are sent with the create and left to others afterwards.",
        choices=tuple(path for path, row in kind.by_path.items() if row.role is not Role.NAME),
    )


_CONSENT = (
    Field(
        "distinct_from",
        Type.STRINGS,
        "The SIDs of campaigns that it looks like and is not.",
        format_by=formats.SID,
    ),
    Field(
        "allow",
        Type.STRINGS,
        "What this manifest itself asks for, where a reviewer reads it.",
        choices=given_in("manifest"),
        retired=(("twin", _NO_TWIN),),
    ),
)


def _metadata(kind: Kind) -> Iterator[Field]:
    yield _name(kind)
    yield from _MATCHING
    yield _ignore(kind)
    yield from _CONSENT
    yield stop_when([kind])
    yield _after()
    yield USAGE


def _spec(kind: Kind) -> Iterator[Field]:
    yield _state()
    for field in kind.fields:
        if field.role is not Role.NAME:
            yield field
        if field.role is Role.SCHEDULE:
            yield _repeat()
        if field.type is Type.NUMBERS:
            yield _from_file()
    yield suppress_of_manifest()
    if kind.numbers:
        yield take()


def opening(kind: str) -> tuple[Field, Field]:
    """Returns the rows with which every file begins: its format, and the kind of what it describes."""
    return (
        Field("apiVersion", Type.STRING, "The format.", required=True, choices=(API_VERSION,)),
        Field("kind", Type.STRING, "What is described.", required=True, choices=(kind,)),
    )


def _document(kind: Kind) -> Field:
    return Field(
        kind.name,
        Type.OBJECT,
        f"A campaign that {kind.verb} people, as it is wanted.",
        fields=(
            *opening(kind.name),
            Field(
                "metadata",
                Type.OBJECT,
                "Which campaign is meant.",
                required=True,
                fields=tuple(_metadata(kind)),
            ),
            Field(
                "spec",
                Type.OBJECT,
                "What the campaign is to be.",
                required=True,
                fields=tuple(_spec(kind)),
            ),
        ),
    )


DOCUMENTS: Mapping[str, Field] = MappingProxyType({kind.name: _document(kind) for kind in KINDS.values()})
"""A complete manifest as one object, by its `kind`."""

BY_NAME = Field(
    "a list",
    Type.OBJECT,
    "A contact list by its name, looked up when planning.",
    fields=(
        Field(
            "name",
            Type.STRING,
            "The list's name, exactly.",
            required=True,
            format_by=formats.NAME,
            minimum=1,
            maximum=500,
        ),
    ),
)
"""An item that is given by its name instead of its SID."""

RECIPIENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        kind.name: tuple(
            field.name for field in _spec(kind) if field.name in kind.one_of or field.name == FROM_FILE
        )
        for kind in KINDS.values()
    }
)
"""The fields of which a new campaign needs one, where the kind has a choice; `from_file` stands for `from`."""
