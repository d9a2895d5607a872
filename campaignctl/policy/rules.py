"""Lists the policies, a row for each rule: what it finds, its settings, what it says of itself.

The project file's table, the checks and the reference follow from a row. `examples.py` breaks each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from campaignctl.diagnostics import Severity
from campaignctl.kinds import KINDS, formats
from campaignctl.kinds.rows import Row
from campaignctl.kinds.table import Field, Kind, Type, Value
from campaignctl.model.dlt_checks import CHECKS, DltCheck
from campaignctl.model.environment import Environment
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

    from campaignctl.dlt.holding import Registry
    from campaignctl.model.companions import Companion
    from campaignctl.policy.subject import Case, Companions, Violation

Find: TypeAlias = "Callable[[Case], Iterator[Violation]]"
FindInDocuments: TypeAlias = (
    "Callable[[Registry, Mapping[str, Value]], Iterator[tuple[Companion, Violation]]]"
)
NotLookedAt: TypeAlias = "Callable[[Case], tuple[str, ...]]"

OPENING, CLOSING = "09:00", "21:00"
"""India's hours for commercial calls and promotional SMS, and the default everywhere."""
BOUNDS: Final = ("end", "worst")
"""What must lie within the hours: the end, or else the longest run."""
RUN_BOUNDS: Final = ("worst", "typical")
"""Which run a window must be long enough for."""
UNKNOWNS: Final = ("block", "allow")
"""What a campaign of unknown cost is to a budget."""
WITHIN: Final = "7d"
DLT_TEMPLATES: Final = "DltTemplates"
"""The kind of the documents that hold the registered templates."""

LEVELS: Final = ("error", "warn", "off")

_LEVEL: Final = Field("level", Type.STRING, "How bad a finding is.", choices=LEVELS)


class LeftOut(NamedTuple):
    """Says how bad a finding is where the project does not say: with a country, and without one. None: the rule is
    off.

    `country` is the one that counts, None for any. `document` is the kind of a document beside the campaigns: where
    the environment has none the rule is off.
    """

    with_country: Severity | None = None
    without: Severity | None = None
    country: str | None = None
    document: str | None = None

    def of(self, environment: Environment, companions: Companions) -> Severity | None:
        """Returns the level in an environment with these documents."""
        if self.document is not None and not companions.get(self.document):
            return None
        own = environment.country
        counts = own is not None and self.country in (None, own.code)
        return self.with_country if counts else self.without

    def __str__(self) -> str:
        """Writes the level as the reference says it."""
        with_country, without = (f"`{it}`" if it else "`off`" for it in (self.with_country, self.without))
        if with_country == without:
            return with_country
        if self.document is not None:
            country = f"`country: {self.country}`" if self.country else "a `country`"
            documents = f"where the environment has `{self.document}`"
            return f"{with_country} {documents} and {country}, {without} with these alone, else `off`"
        return f"{with_country} where the environment has a `country`, else {without}"


_OFF: Final = LeftOut()
_STRICT: Final = LeftOut(Severity.ERROR, Severity.WARN)


class Rule(Row):
    """Describes one rule. `doc` is what it asks for, `details` how it looks and what to do; `needs` a setting it
    must have, `needs_one_of` several of which it must have one.

    What finds is the function of the rule's name in that `module` of the package, imported when it is first asked.

    `in_validate` and `in_plan` say where it finds anything at all. `spares_adopted`: of a campaign that a manifest
    pins it is a warning at most where no plan is made. `of_content`: it is about what can no longer change once the
    start is near, and is not asked then. With `has_documents` the module finds what documents beside the campaigns
    are at fault with, too, at their own places: that blocks no change. With `needs_fields` it names the fields of a
    live campaign that it would have to see and nobody shows. `checks` are what it looks at one by one.
    """

    name: str
    doc: str
    module: str
    details: str
    settings: tuple[Field, ...] = ()
    needs: str | None = None
    needs_one_of: tuple[str, ...] = ()
    left_out: LeftOut = _OFF
    in_validate: bool = True
    in_plan: bool = True
    spares_adopted: bool = False
    of_content: bool = False
    has_documents: bool = False
    needs_fields: bool = False
    checks: tuple[DltCheck, ...] = ()

    def _check(self) -> None:
        """Refuses a rule without the setting it needs, which could never find anything."""
        missing = {*self.needs_one_of} - {field.name for field in self.settings}
        if missing:
            raise ValueError(f"{self.name}: it has no setting {missing.pop()}")
        if self.needs is not None and self.needs not in {field.name for field in self.settings}:
            raise ValueError(f"{self.name}: it has no setting {self.needs}")

    @property
    def on_by_default(self) -> bool:
        """Tells whether the rule is on anywhere without being named."""
        return self.left_out != _OFF

    @property
    def _module(self) -> ModuleType:
        return import_module(f"campaignctl.policy.{self.module}")

    @cached_property
    def find(self) -> Find:
        """Returns what finds where a campaign breaks the rule."""
        found: Find = getattr(self._module, self.name)
        return found

    @cached_property
    def find_in_documents(self) -> FindInDocuments | None:
        """Returns what finds where documents do."""
        found: FindInDocuments | None = self._module.in_documents if self.has_documents else None
        return found

    @cached_property
    def not_looked_at(self) -> NotLookedAt | None:
        """Returns what names the fields that nobody shows."""
        found: NotLookedAt | None = self._module.not_looked_at if self.needs_fields else None
        return found

    @cached_property
    def field(self) -> Field:
        """Returns the rule as a key of `policy` in the project file."""
        return Field(self.name, Type.OBJECT, self.doc, fields=(_LEVEL, *self.settings))


def _pace(kind: Kind) -> Field:
    name, doc = kind.capacity_setting, kind.capacity_doc
    return Field(name, Type.INTEGER, doc, minimum=1, maximum=1_000_000, default=kind.per_minute)


_PACES: Final = {kind.capacity_setting: _pace(kind) for kind in KINDS.values()}
_PACES_OF_NUMBERS: Final = tuple(_PACES[kind.capacity_setting] for kind in KINDS.values() if kind.numbers)
"""Of the kinds whose people can be counted."""

_ROWS: Final = (
    Rule(
        "calling_hours",
        "Nobody is called or texted outside these hours.",
        "hours",
        "The hours are those of the start's date: it begins within them, and its end is no later. The end is the one "
        "that will stand: the manifest's, else the live one; where there is none, or the account does not show it, 30 "
        "days after the start. How many people there are and how fast they are called plays no part: a pause, another "
        "campaign or a full account stretches every run, and nothing stretches an end. The finding prints the latest "
        "end that may be declared. What begins at once, a resume after the start too, begins now; so one over several "
        "days is at fault, for it calls through the night: plan one a day. With bound: worst a voice campaign may end "
        "later where its longest run ends within the hours, all calls of the campaigns that overlap it made first; "
        "that has to be known, so the people of all of them must be numbers of their own. An update of callbacks alone "
        "is not looked at.",
        settings=(
            Field("from", Type.STRING, "When they begin.", default=OPENING, format_by=formats.TIME_OF_DAY),
            Field("to", Type.STRING, "When they end.", default=CLOSING, format_by=formats.TIME_OF_DAY),
            Field(
                "time_zone",
                Type.STRING,
                "An IANA time zone; else the country's if it has one, else the start's own offset.",
                minimum=1,
            ),
            Field(
                "bound",
                Type.STRING,
                "What must lie within them: the end, or for voice else the longest run.",
                choices=BOUNDS,
                default="end",
            ),
        ),
        left_out=_STRICT,
        spares_adopted=True,
    ),
    Rule(
        "start_offset",
        "A start is written in an offset that its country has then.",
        "hours",
        "09:00 with the offset of another country is another hour for the people who are called. Looks at the start "
        "that a manifest declares, by the zones of the environment's country, else by that of the calling hours. Write "
        "the start as clocks there show it.",
        left_out=LeftOut(with_country=Severity.WARN),
    ),
    Rule(
        "duplicate_numbers",
        "No number stands twice in one campaign.",
        "content",
        "Numbers are compared by the country's rule, so that 0987… and +91987… are one. Remove one of them, or set "
        "call_duplicate_numbers where somebody is to be called twice.",
        left_out=_STRICT,
    ),
    Rule(
        "valid_numbers",
        "Every number can exist.",
        "content",
        "One that cannot fails all of the create, perhaps after the window. The digits after the calling code must fit "
        "a general pattern of a country of that code; a number that merely belongs to nobody passes. Looks at from and "
        "from_file, each number at its own line, and says why: too short or long, a calling code of no country, a "
        "trunk prefix after the calling code, or no such number. With a country one without + counts as the country's "
        "rule reads it; without one it is not looked at.",
        left_out=_STRICT,
    ),
    Rule(
        "duplicate_campaigns",
        "No two manifests call the same people with the same content at the same time.",
        "content",
        "A copied file calls everybody twice. Looks at manifests of one kind, neither over nor wanted paused, "
        "completed or archived, that have a recipient (a number by the country's rule, a list), the content and a "
        "moment of their windows in common; an end left out counts here as the end of the start's date. Remove the "
        "copy, or give it other people, another content or another time.",
        left_out=LeftOut(Severity.ERROR, Severity.ERROR),
        spares_adopted=True,
    ),
    Rule(
        "same_people",
        "No two accounts call the same people by one manifest, or by a copy of it.",
        "content",
        "Looks at exotel environments with different accounts, of which one at least has manifests or select of its "
        "own. A manifest that two of them take may not name a number in both, nor the same from_file, once variables "
        "are filled in; of environments that one command chooses neither may two manifests that duplicate_campaigns "
        "would find in one. Not looked at is what is wanted paused, completed or archived, or over. Give each account "
        "its own people, by select, manifests or a variable in from_file.",
        left_out=LeftOut(Severity.ERROR, Severity.ERROR),
    ),
    Rule(
        "max_numbers",
        "No campaign calls more numbers than this.",
        "content",
        "Counts the numbers of from and from_file, and in a plan those of the lists that it counts: all of them "
        "together, since nobody knows who is in two. A list that is not counted is not found. Split the campaign into "
        "several, or raise the limit in the project file, where it is reviewed.",
        settings=(Field("at_most", Type.INTEGER, "The most numbers of one campaign.", minimum=1),),
        needs="at_most",
    ),
    Rule(
        "frequency",
        "Nobody is called or texted by too many campaigns within a time.",
        "people",
        "Looks over all manifests of the environment, of both kinds, whose numbers are known, after suppression, but "
        "those wanted paused, completed or archived. What is created already, or over, comes first, then by start, "
        "kind and name: whatever goes above is at fault, at its recipients, with how many people and up to three of "
        "the other campaigns. What is over is never at fault. Start it later, or leave out who was called already: "
        "suppress: [{campaign: voice/NAME}].",
        settings=(
            Field("at_most", Type.INTEGER, "The most campaigns of one person.", minimum=1, maximum=10_000),
            Field(
                "within",
                Type.STRING,
                "How far apart their starts are at least that do not count together: 7d, 36h.",
                default=WITHIN,
                format_by=formats.DAYS_OR_HOURS,
            ),
        ),
        needs="at_most",
    ),
    Rule(
        "unsuppressed",
        "Nobody is reached whom the project could not leave out.",
        "people",
        "Where the project has suppress, finds what is created, updated or resumed to a list that is not managed here, "
        "with from or lists in metadata.ignore, or with people that are not declared or not shown. Declare the people, "
        "as from, from_file or a ContactList. On at warn where the project has suppress, else off.",
    ),
    Rule(
        "list_drift",
        "A list does not grow between review and apply.",
        "people",
        "Right before a create, a resume or an update with lists, a count that is older than a minute is read again. "
        "Where it has grown by more than `percent` and by more than ten people since the plan that was reviewed, or is "
        "no longer known, the change is skipped (list-drift) and apply exits 3: plan again and look at who came. Fewer "
        "is no drift. At warn it is sent and noted.",
        settings=(
            Field(
                "percent", Type.INTEGER, "By how much it may grow.", minimum=0, maximum=1_000_000, default=10
            ),
        ),
        left_out=LeftOut(Severity.ERROR, Severity.ERROR),
        in_validate=False,
        in_plan=False,
    ),
    Rule(
        "empty_list",
        "No list that is counted holds nobody.",
        "people",
        "A plan counts the lists of what it creates, resumes or gives other lists, and of what starts within a day. An "
        "empty one means that nobody would be called: fill it, or give another. Where the start is more than a day "
        "ahead it is a warning; of a campaign that is created already it is noted. Where a list is empty right before "
        "a write, that is not sent.",
        left_out=LeftOut(Severity.ERROR, Severity.ERROR),
        in_validate=False,
    ),
    Rule(
        "required_labels",
        "Every manifest carries these labels.",
        "content",
        "Their values are free. Add what is missing to metadata.labels.",
        settings=(Field("labels", Type.STRINGS, "The labels' names.", minimum=1, format_by=formats.LABEL),),
        needs="labels",
    ),
    Rule(
        "allowed_caller_ids",
        "Calls come from these ExoPhones only.",
        "content",
        "Compared by the country's rule. Use one of those, or add the ExoPhone to the project file.",
        settings=(Field("only", Type.STRINGS, "The ExoPhones.", minimum=1, format_by=formats.NAME),),
        needs="only",
    ),
    Rule(
        "allowed_sender_ids",
        "Messages come from these senders only.",
        "content",
        "Compared letter by letter. Use one of those, or add the sender to the project file.",
        settings=(Field("only", Type.STRINGS, "The sender ids.", minimum=1, format_by=formats.NAME),),
        needs="only",
    ),
    Rule(
        "lead_time",
        "A start that is set lies this far ahead.",
        "timing",
        "Binds creates and moved starts only, so it is looked at in a plan, never by validate: an update of a campaign "
        "whose start draws near stays free. What starts at once is 0 minutes ahead. Give it a later start.",
        settings=(Field("at_least_minutes", Type.INTEGER, "Minutes from the plan to the start.", minimum=0),),
        needs="at_least_minutes",
        in_validate=False,
    ),
    Rule(
        "window_fits",
        "The window is long enough for its people and retries.",
        "timing",
        "The longest run, where nobody answers and nothing else runs, must fit between start and end: all attempts ÷ "
        "calls per minute (throttle where that is less), the retries' intervals, and two minutes for each retry. "
        "Whoever is not reached by then is never called, and the finding says how many that may be. With bound: "
        "typical it is the run where people answer as usage has it. Where its people are not known it is not found. "
        "End it later, split it, or retry less.",
        settings=(
            *_PACES_OF_NUMBERS,
            Field("bound", Type.STRING, "Which run must fit.", choices=RUN_BOUNDS, default="worst"),
        ),
    ),
    Rule(
        "capacity",
        "Campaigns that overlap share the account's capacity.",
        "timing",
        "In no minute may the campaigns of a kind that run then want more calls or messages than the account does: "
        "each at its throttle, else at the full pace, yet no more than it has people, for as long as it runs at worst. "
        "One whose people are not known runs to its declared end. What goes beyond ends later: the finding says how "
        "much longer it may take where all calls of the others come first. In validate the project's manifests "
        "share; in a plan all that is alive in the account, whoever made it. Only campaigns that the plan creates, "
        "updates or resumes are found at fault. Start one later, or throttle it (mode: custom).",
        settings=tuple(_PACES.values()),
    ),
    Rule(
        "dlt_template",
        "An SMS to India is its registered template.",
        "dlt_template",
        "Holds each campaign with a dlt_template_id against the template of that id in the environment's DltTemplates: "
        "entity, header, category, and the text, character by character, with what its variables stand for. What is no "
        "registered text reaches nobody. Where sources contradict each other a check is a warning whatever the level; "
        "checks gives one a level of its own. A campaign whose text can no longer change is not looked at. The text "
        "must come from the portal: one that was copied from the manifest repeats its mistakes.",
        settings=(
            Field(
                "checks",
                Type.OBJECT,
                "A level of its own for one check.",
                fields=tuple(
                    Field(check.name, Type.STRING, check.finds, choices=LEVELS) for check in CHECKS.values()
                ),
            ),
        ),
        left_out=LeftOut(Severity.ERROR, Severity.WARN, country="IN", document=DLT_TEMPLATES),
        of_content=True,
        has_documents=True,
        needs_fields=True,
        checks=tuple(CHECKS.values()),
    ),
    Rule(
        "budget",
        "No campaign, and no month, costs more than this.",
        "spending",
        "Compared with tax, by the prices of the environment. The month is that of the start, in the time zone of the "
        "calling hours; in it all manifests of the environment are summed up, selected or not, every date of one that "
        "repeats, but those wanted paused, completed or archived. What is created already, or over, comes first, then "
        "by start, kind and name: "
        "whatever goes above the limit is at fault, and what is over never is. Campaigns that no manifest names do not "
        "count. It is no cap on what the account charges. A campaign of unknown cost (people in a list that nobody "
        "could count, a price that is left out) is at fault in a plan, unless unknown: allow counts it as 0. Raise the "
        "limit, call fewer people, or move a campaign to another month.",
        settings=(
            Field("per_campaign", Type.AMOUNT, "The most of one campaign.", format_by=formats.PRICE),
            Field("per_month", Type.AMOUNT, "The most of one month.", format_by=formats.PRICE),
            Field("bound", Type.STRING, "Which cost counts.", choices=RUN_BOUNDS, default="worst"),
            Field(
                "unknown",
                Type.STRING,
                "What a campaign of unknown cost is.",
                choices=UNKNOWNS,
                default="block",
            ),
        ),
        needs_one_of=("per_campaign", "per_month"),
    ),
    Rule(
        "sms_segments",
        "No SMS takes more segments than this.",
        "spending",
        "Columns count nothing. The finding stands at the first character outside GSM-7, if there is one, which makes "
        "a segment hold 70 characters instead of 160, and says what could stand instead; it is never put in. Shorten "
        "the text.",
        settings=(Field("at_most", Type.INTEGER, "The most segments.", minimum=1),),
        needs="at_most",
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _ROWS})
