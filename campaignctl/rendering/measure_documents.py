"""Defines the types of what a plan says in numbers: people, texts, runs, gates, costs, overlaps; see `documents`."""

from typing import Annotated, NotRequired, TypedDict

from campaignctl.kinds.counters import LimitName
from campaignctl.model.estimates import Encoding
from campaignctl.model.gates import GateVerdict, LimitWord
from campaignctl.rendering.constraints import (
    Amount,
    Constraint,
    Currency,
    KindName,
    Moment,
    Money,
    Ordinal,
)


class CountDocument(TypedDict):
    """Counts what may be known in part: at least known, and just that when it is complete; known is null where
    nothing is known.
    """

    known: Amount | None
    whole: bool
    at_most: Amount | None
    """No more than that, whoever is in two lists; null where a part is unknown."""


class Ucs2Document(TypedDict):
    """Describes the first character of a text outside GSM-7."""

    character: str
    code: Annotated[str, Constraint(pattern="^U\\+[0-9A-F]{4,6}$")]
    name: str
    """Unicode's; the code where it has none."""
    line: Ordinal | None
    """Of the character in the manifest's file, or of the escape or the variable that makes it; null for a live text."""
    column: Ordinal | None
    replacement: str | None
    """What could stand instead, nothing for what nobody sees; null where there is none. It is never put in."""
    others: Amount
    """How many more such characters there are."""
    segments: Ordinal | None
    """How many it would be with all of them replaced; null where one has no replacement."""
    registered: NotRequired[bool]
    """true where the campaign's registered template holds the character, which must then be registered anew."""


class TextDocument(TypedDict):
    """Describes the text of one SMS.

    With variables, which nobody can count, characters and segments are the least.
    """

    encoding: Encoding
    characters: Amount
    """Places: some characters take two."""
    segments: Ordinal
    variables: list[str]
    ucs2: Ucs2Document | None
    """What makes it UCS-2; null in GSM-7."""


class EstimateDocument(TypedDict):
    """Describes a campaign in numbers.

    retries only of a voice, text only of an SMS campaign; null where the account does not show them.
    """

    people: CountDocument
    most: CountDocument
    """Calls or messages at most."""
    retries: NotRequired[Amount | None]
    text: NotRequired[TextDocument | None]


class MessageDocument(TypedDict):
    """Holds what a campaign says, before and after its operations; null where none is there."""

    before: EstimateDocument | None
    after: EstimateDocument | None


class ListDocument(TypedDict):
    """Describes a contact list that a campaign will send to."""

    sid: str | None
    """null: known after apply."""
    name: str | None
    """As the manifest names it; null where it gives the SID."""
    count: Amount | None
    """How many are in it; null where nobody knows."""
    counted_at: Moment | None
    managed: bool
    """It is a ContactList of the project."""


class SuppressedDocument(TypedDict):
    """Holds how many of the declared people are left out."""

    count: Ordinal
    marks: list[Annotated[str, Constraint(pattern="^[0-9a-f]{12}$")]]
    """Of each of them twelve hex digits of its HMAC under the API token."""


class ForecastDocument(TypedDict):
    """Holds how long a run takes, alone on its account and never paused."""

    minutes: Amount
    """Whole, rounded up, not cut at the end."""
    end: Moment
    """The start plus them, cut at the end."""
    unfinished: Amount
    """How many people are not done with at the end."""


class SharedForecastDocument(TypedDict):
    """Describes the run beside others of the account, all of whose calls may come first; null where one of them is
    unknown.
    """

    minutes: Amount | None
    end: Moment | None
    unfinished: Amount | None
    campaigns: Ordinal
    """How many others overlap it."""


class RunDocument(TypedDict):
    """Says when the campaign runs, as far as anybody can tell."""

    start: Moment
    end: Moment | None
    """The declared one."""
    predicted_end: Moment | None
    """That of typical."""
    per_minute: Ordinal
    """Calls or messages."""
    goes: bool
    """false: it waits, paused or held."""
    people: Amount | None
    """How many it calls at most; null where nobody can tell."""
    typical: ForecastDocument | None
    """Where people answer as usage has it; null where their number, or how the account calls them, is not known."""
    worst: ForecastDocument | None
    """Where nobody answers, if nothing else runs."""
    shared: SharedForecastDocument | None
    """null where no other campaign overlaps it."""


class GatePeopleDocument(TypedDict):
    """Counts people of a campaign that is waited for."""

    all: Amount
    open: Amount
    finished: Amount
    never_tried: Amount


class GateLimitDocument(TypedDict):
    """Describes a share that must be kept; count is null where the counters cannot be read."""

    of: LimitName
    limit: str
    count: Amount | None
    verdict: LimitWord


class GateDocument(TypedDict):
    """Describes a campaign whose results another waits for."""

    campaign: str
    """KIND/NAME."""
    sid: str | None
    status: str | None
    """null where it is not there."""
    verdict: GateVerdict
    message: str
    people: GatePeopleDocument | None
    """null where its counters cannot be read."""
    limits: list[GateLimitDocument]


class MoneyDocument(TypedDict):
    """Holds what it costs with tax, in the currency's minor units; null where nobody can tell."""

    typical: Money | None
    """Where people answer and talk as usage has it."""
    worst: Money | None
    """Where everybody is called each time and answers the last, and columns are as long as they get."""


class ChangeCostDocument(TypedDict):
    """Holds what the complete campaign costs, also where half of it is done; null where none is or will be."""

    before: MoneyDocument | None
    after: MoneyDocument | None


class PlanCostDocument(TypedDict):
    """Holds what all that an apply sets going costs; what is not there, or not known, is 0 in it."""

    currency: Currency
    before: MoneyDocument
    after: MoneyDocument
    unknown: Amount
    """How many campaigns there are of which nobody can tell."""


class ReachDocument(TypedDict):
    """Says what an apply sets going, all together: people reached, calls and messages at most."""

    campaigns: Amount
    people: CountDocument
    calls: CountDocument
    messages: CountDocument


class HoursDocument(TypedDict):
    """Says when people may be called."""

    opening: str
    closing: str
    time_zone: str | None
    """null: in each start's own offset."""


class OverlapDocument(TypedDict):
    """Says when the campaigns of a kind together want more a minute than the account's capacity."""

    kind: KindName
    start: Moment
    end: Moment
    campaigns: Amount
    wanted: Amount
    capacity: Amount
