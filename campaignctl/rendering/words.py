"""Says what will happen to whom and when, in sentences. All formats share them.

A sentence holds words of ours, counts and dates. The one text from outside is the variables' names; every format
escapes complete sentences all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, assert_never

from campaignctl import diagnostics
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import CALLING, Status
from campaignctl.kinds.operations import OF_LISTS, STARTING, Op, each_of
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.ucs2 import instead, named_sign
from campaignctl.model.values import texts
from campaignctl.rendering.documents import AnyPlanDocument, BriefChangeDocument, HeldDocument
from campaignctl.rendering.measure_documents import (
    CountDocument,
    EstimateDocument,
    MoneyDocument,
    PlanCostDocument,
    ReachDocument,
    RunDocument,
    SharedForecastDocument,
    TextDocument,
)

REVIEW_TIME: Final = timedelta(hours=1)
"""A start nearer than this is pointed out: nobody may look at the plan again before it."""

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

counted: Final = diagnostics.counted


def listed(items: Iterable[str]) -> str:
    """Lists items: `a`, `a and b`, `a, b and c`."""
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def read_moment(text: object) -> datetime | None:
    """Reads a moment with an offset as it was written; None when it is none."""
    return _moment_in(text) if isinstance(text, str) else None


@lru_cache(maxsize=1024)
def _moment_in(text: str) -> datetime | None:
    """Reads a moment once: one sentence after the other asks for the same start."""
    try:
        moment = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        return None
    return moment if moment.utcoffset() is not None else None


def moment(when: datetime) -> str:
    """Writes a moment: `Fri 15 Jan 2027 09:00 +05:30`.

    The weekday is what a reader checks first; it is the same in any locale.
    """
    return _moment_at(when, when.utcoffset())


@lru_cache(maxsize=1024)
def _moment_at(when: datetime, _offset: timedelta | None) -> str:
    """Writes a moment once. One instant is equal to itself at any offset, and so is not all that tells it apart."""
    written = when.isoformat(timespec="seconds")
    clock, offset = written[11 : 19 if when.second else 16], written[19:25]
    return f"{day(when)} {clock} {'UTC' if offset == '+00:00' else offset}"


def day(when: datetime) -> str:
    """Writes a date: `Fri 15 Jan 2027`."""
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year}"


@lru_cache(maxsize=1024)
def distance(when: datetime, now: datetime) -> str:
    """Writes a distance: `in 3 days`, `in 40 minutes`, `2 hours ago`, rounded down: nothing is nearer than it says."""
    length = duration(abs(when - now))
    return f"in {length}" if when > now else f"{length} ago"


def duration(length: timedelta) -> str:
    """Writes a length of time in the largest unit of which there are two, to the minute."""
    return diagnostics.lasting(length) if length // timedelta(minutes=1) else "less than a minute"


def seconds(number: int) -> str:
    """Says how long an apply takes."""
    return counted(number, "second") if number < 120 else f"about {duration(timedelta(seconds=number))}"


def suppressed(change: BriefChangeDocument) -> str:
    """Writes ` (34 suppressed)`; empty where nobody is, and in a file of an earlier version."""
    found = change.get("suppressed")
    return f" ({found['count']:,} suppressed)" if found else ""


def people(resulting: Mapping[str, Value], counts: CountDocument | None = None) -> str:
    """Says whom a campaign reaches. How many are in a list that is not counted is unknown, never 0."""
    lists = len(texts(resulting.get("lists")))
    known = _distinct(resulting.get("from"), resulting.get("call_duplicate_numbers") is True)
    if not lists:
        return _people(known) if known else "an unknown number of people (the account does not show them)"
    counts = counts or {"known": known or None, "whole": False, "at_most": None}
    return f"{_amount(counts, 'person', 'people')} ({counted(lists, 'list')})"


def recipients(resulting: Mapping[str, Value], counts: CountDocument | None = None) -> str:
    """Says the recipients in a few words: `1,200 people`, `1 list, size unknown`."""
    lists = len(texts(resulting.get("lists")))
    if lists and (counts is None or counts["known"] is None):
        return f"{counted(lists, 'list')}, size unknown"
    return people(resulting, counts)


def _people(number: int) -> str:
    return counted(number, "person", "people")


def _distinct(numbers: Value, twice: bool) -> int:
    """Counts people: one who stands twice is called once, unless `call_duplicate_numbers` says otherwise."""
    if not isinstance(numbers, dict):
        return 0
    number = numbers.get("count" if twice else "distinct")
    return number if isinstance(number, int) else 0


def starts(change: BriefChangeDocument) -> datetime | None:
    """Returns when the campaign starts, once the operations are done; None without a start, or one that is not
    shown.
    """
    schedule = _schedule(change)
    if not isinstance(schedule, dict):
        return None
    return read_moment(schedule.get(KINDS[change["kind"]].start.name))


def _schedule(change: BriefChangeDocument) -> Value:
    if change["kind"] not in KINDS:
        return None
    return change["resulting"].get(KINDS[change["kind"]].schedule.name)


def _start_is_hidden(change: BriefChangeDocument) -> bool:
    """Tells whether the start is hidden: a live campaign whose answer lacks the schedule may well have one."""
    kind, schedule = KINDS[change["kind"]], _schedule(change)
    if change["status"]["live"] is None:
        return False
    if kind.schedule.name not in change["resulting"]:
        return True
    return isinstance(schedule, dict) and kind.start.name not in schedule


def when(change: BriefChangeDocument, now: datetime) -> str:
    """Writes `Fri 15 Jan 2027 09:00 +05:30, in 3 days`; `at once` without a start."""
    start, calling = starts(change), change["status"]["live"] == Status.IN_PROGRESS
    if start is None and _start_is_hidden(change):
        return "now" if calling else "at a time that the account does not show"
    if start is None:
        return "now" if calling else "at once"
    begun = "since " if calling else "from "
    local = f" ({change['local_start']})" if "local_start" in change else ""
    return f"{'' if start > now else begun}{moment(start)}{local}, {distance(start, now)}"


def effect(change: BriefChangeDocument, now: datetime) -> str:
    """Says what the operations of a change do to people: `calls 1,200 people Fri 15 Jan 2027 09:00 +05:30, in 3
    days`.
    """
    if change["kind"] not in KINDS:
        return _effect_on_list(change)
    kind = KINDS[change["kind"]]
    ops = {operation["op"] for operation in change["operations"] if "sid" not in operation}
    after = change["message"]["after"]
    counts = after["people"] if after else None
    whom, run = people(change["resulting"], counts) + suppressed(change), when(change, now)
    telling = next((op for op in _TELLING if op in ops), Op.UPDATE)
    match telling:
        case Op.COMPLETE:
            return f"ends for good ({whom}, {run})"
        case Op.ARCHIVE:
            return "is archived for good"
        case Op.PAUSE if "create" in ops:
            return f"paused until resumed; set to {kind.stem} {whom} {run}"
        case Op.PAUSE:
            return (
                f"stops: paused until resumed; recipients: {recipients(change['resulting'], counts)} ({run})"
            )
        case Op.RESUME if not _lies_ahead(change, now):
            return f"{kind.verb} on at once: {whom}"
        case Op.CREATE | Op.RESUME:
            return f"{kind.verb} {whom} {run}"
        case Op.UPDATE:
            return _left_alone(change, kind, f"{whom} {run}")
        case Op.UPLOAD | Op.DELETE:
            raise AssertionError("what is done to a list is told elsewhere")
        case _:
            assert_never(telling)


def _effect_on_list(change: BriefChangeDocument) -> str:
    """Writes `uploads 1,166 people (number, first_name) in 4 requests`."""
    for operation in change["operations"]:
        if operation["op"] == Op.UPLOAD:
            requests = counted(operation.get("requests", 0), "request")
            sent = ", ".join(operation["fields"])
            whom = _people(operation.get("people", 0)) + suppressed(change)
            return f"uploads {whom} ({sent}) in {requests}"
        if operation["op"] == Op.DELETE:
            return f"deletes the list {change['sid']} of the account for good"
    return "nothing is uploaded for it"


_TELLING: Final = each_of(
    "rendering.words, _TELLING",
    (Op.COMPLETE, Op.ARCHIVE, Op.PAUSE, Op.RESUME, Op.CREATE, Op.UPDATE),
    set(Op) - OF_LISTS,
)
"""Of several operations the first says what becomes of a campaign."""


def _left_alone(change: BriefChangeDocument, kind: Kind, run: str) -> str:
    """Says how a campaign stands that nothing starts or stops."""
    live = change["status"]["live"]
    if live is None:
        held = {operation["op"] for operation in change["held"]}
        if "pause" in held:
            return f"would wait, paused, until it is resumed; set to {kind.stem} {run}"
        return f"would {kind.stem} {run}" if held else "nothing is created for it"
    if live == Status.PAUSED:
        return f"stays paused until resumed; set to {kind.stem} {run}"
    if live in CALLING:
        return f"{kind.verb} {run}"
    return f"is {live} and stays so" if live.lower() in set(Status) else "stays as it is"


def _lies_ahead(change: BriefChangeDocument, now: datetime) -> bool:
    start = starts(change)
    return start > now if start else _start_is_hidden(change)


def urgency(change: BriefChangeDocument, now: datetime) -> str | None:
    """Warns `starts in 25 minutes: before the next review could be`, for what the plan starts or could start; else
    None.
    """
    start = starts(change)
    if start is None or not now < start < now + REVIEW_TIME:
        return None
    ops = {operation["op"] for operation in (*change["operations"], *change["held"])}
    if not ops & STARTING or "pause" in {operation["op"] for operation in change["operations"]}:
        return None
    return f"starts {distance(start, now)}: before the next review could be"


def irreversible(op: str, numbers_failed: int | None, kind: Kind | None) -> str:
    """Says what cannot be undone, and to whom it happens; `kind` is that of the campaign, None for a list."""
    if Op(op) is not Op.COMPLETE or kind is None:
        return f"{op} cannot be undone"
    if numbers_failed is None:
        return f"{op} cannot be undone; how many it fails that were not {kind.stem}ed yet is unknown"
    return f"{op} cannot be undone and fails {counted(numbers_failed, 'number')} not {kind.stem}ed yet"


def needs_approval(operations: Sequence[HeldDocument]) -> str:
    """Writes `complete needs approval`, `complete and archive need approval`."""
    verb = "needs" if len(operations) == 1 else "need"
    return f"{listed(each['op'] for each in operations)} {verb} approval"


def held(operation: HeldDocument, kind: Kind | None, now: datetime) -> str:
    """Says which operation waits to be asked for, and since when the campaign has been as it is."""
    op = operation["op"]
    says = irreversible(op, operation["numbers_failed"], kind) if operation["irreversible"] else op
    since = read_moment(operation["since"])
    return f"{says}; as it is since {moment(since)}, {distance(since, now)}" if since else says


def _amount(count: CountDocument, noun: str, plural: str) -> str:
    """Writes `1,200 people`, `at most 2,100 people`, `an unknown number of people`, or a number and an unknown one
    more.
    """
    most = count.get("at_most")  # a file of an earlier version has none
    if not count["whole"] and most is not None:
        return f"at most {counted(most, noun, plural)}"
    return known(count, noun, plural)


def known(count: CountDocument, noun: str, plural: str) -> str:
    """Writes the most that it can be, `1,200 calls`; `an unknown number of calls`, or the one and the other."""
    most = count.get("at_most")
    if most is not None:
        return counted(most, noun, plural)
    if count["known"] is None:
        return f"an unknown number of {plural}"
    text = counted(count["known"], noun, plural)
    return text if count["whole"] else f"{text} and an unknown number more"


def estimate(change: BriefChangeDocument) -> str | None:
    """Writes segments of a text, calls at most: before → after where they differ; None where `effect` says it all.

    What makes a text longer is told of the one that will stand.
    """
    before, after = change["message"]["before"], change["message"]["after"]
    if after is None or change["change"] == "noop":
        return None
    now = _estimate(after, KINDS[change["kind"]])
    then = _estimate(before, KINDS[change["kind"]]) if before else None
    text = after.get("text")
    longer = _longer(text) if text else ""
    return (
        f"{then} → {now}{longer}"
        if then and now and then != now and change["diff"]
        else now and f"{now}{longer}"
    )


def _estimate(estimate: EstimateDocument, kind: Kind) -> str | None:
    if "text" in estimate:
        return _text(estimate["text"]) if estimate["text"] else None
    retries = estimate.get("retries")
    if retries is None:
        return "number of calls unknown: the account does not show the retries"
    if estimate["most"] == estimate["people"]:
        return None
    calls = known(estimate["most"], kind.unit, f"{kind.unit}s")
    return f"at most {calls} ({counted(retries, 'retry', 'retries')} each)"


def run(change: BriefChangeDocument) -> str | None:
    """Writes `calls until 19:58 typically, 20:59 at worst (if nothing else runs; 500 of 5,000 people not
    finished)`.

    None where nobody can tell, and for what does not run.
    """
    run = change["run"]
    if run is None or change["change"] == "noop":
        return None
    return run_words(run, KINDS[change["kind"]])


def run_words(run: RunDocument, kind: Kind) -> str | None:
    """Says how long it runs, by its document; None where nobody can tell."""
    start, shared = read_moment(run["start"]), run.get("shared")
    typical, worst = run.get("typical"), run.get("worst")  # a file of an earlier version has none
    if start is None or typical is None or worst is None:
        return None
    parts = ["if nothing else runs", *_unfinished(worst["unfinished"], run["people"])]
    begun = start.date()
    says = (
        f"{kind.verb} until {_until(typical['end'], begun)} typically, {_until(worst['end'], begun)} at worst"
    )
    says += f" ({'; '.join(parts)})"
    return f"{says}; {_beside(shared, begun, run['people'])}" if shared else says


def cost(change: BriefChangeDocument, currency: str) -> str | None:
    """Writes `costs INR 4,120.00 to 11,800.00 (before 2,100.00 to 6,000.00)`; None without prices."""
    priced = change.get("cost")  # a file of an earlier version has none
    if priced is None or priced["after"] is None or change["change"] == "noop":
        return None
    return f"costs {cost_words(priced['before'], priced['after'], currency)}"


def cost_words(before: MoneyDocument | None, after: MoneyDocument, currency: str) -> str:
    """Writes `INR 4,120.00 to 11,800.00`, with what it was before where that differs; `unknown` where nobody can
    tell.
    """
    now = money(after)
    then = f" (before {money(before)})" if before and before != after else ""
    return f"{currency} {now}{then}" if after["worst"] is not None else f"{now}{then}"


def money(amounts: MoneyDocument) -> str:
    """Writes `4,120.00 to 11,800.00`."""
    typical, worst = amounts["typical"], amounts["worst"]
    if typical is None or worst is None:
        return "unknown"
    return _grouped(worst) if typical == worst else f"{_grouped(typical)} to {_grouped(worst)}"


def _grouped(amount: str) -> str:
    units, point, rest = amount.partition(".")
    return f"{int(units):,}{point}{rest}"


def currency(document: AnyPlanDocument) -> str:
    """Returns the currency of a plan with prices; empty without."""
    priced = document.get("cost")  # a file of an earlier version has none
    return priced["currency"] if priced else ""


def total_cost(document: PlanCostDocument | None, campaigns: int) -> str | None:
    """Writes `This costs INR 4,120.00 to 11,800.00 (before 2,100.00 to 6,000.00), 1 campaign unknown.` None where
    an apply sets nothing going.
    """
    if document is None or not campaigns:
        return None
    before = document["before"]
    was = before if before["worst"] and before["worst"].strip("0.") else None
    unknown = f", {counted(document['unknown'], 'campaign')} unknown" if document["unknown"] else ""
    return f"This costs {cost_words(was, document['after'], document['currency'])}{unknown}."


@lru_cache(maxsize=1024)
def _until(end: str, begun: date) -> str:
    """Writes an end; the clock alone on the day of the start."""
    when = read_moment(end)
    if when is None:
        return end
    clock = when.isoformat()[11:16]
    return clock if when.date() == begun else f"{day(when)} {clock}"


def _unfinished(count: int | None, people: int | None) -> Iterator[str]:
    if count:
        yield f"{count:,} of {counted(people or count, 'person', 'people')} not finished"


def _beside(shared: SharedForecastDocument, begun: date, people: int | None) -> str:
    others = counted(shared["campaigns"], "other campaign")
    if shared["end"] is None:
        return f"beside {others}, which nobody can count, unknown"
    left = "".join(f" ({it})" for it in _unfinished(shared["unfinished"], people))
    return f"beside {others} {_until(shared['end'], begun)} at worst{left}"


def _text(text: TextDocument) -> str:
    least = "at least " if text["variables"] else ""
    size = f"{counted(text['characters'], 'character')}, {least}{counted(text['segments'], 'segment')}"
    filled = f", filled in from the list: {', '.join(text['variables'])}" if text["variables"] else ""
    return f"{text['encoding']}, {least}{size}{filled}"


def _longer(text: TextDocument) -> str:
    """Says what makes a text longer, and how long it would be without; a text in another script is no slip."""
    ucs2 = text.get("ucs2")  # a file of an earlier version has none
    if not ucs2 or ucs2["segments"] is None or ucs2["segments"] >= text["segments"]:
        return ""
    place = f" in line {ucs2['line']}, column {ucs2['column']}" if ucs2["line"] else ""
    others = f" and {counted(ucs2['others'], 'more such character')}" if ucs2["others"] else ""
    sign = named_sign(ucs2["character"], ucs2["code"], ucs2["name"])
    less = counted(ucs2["segments"], "segment")
    anew = "; it stands in the registered template, register it anew" if ucs2.get("registered") else ""
    return f"; that is for {sign}{place}{others}: with {instead(ucs2['replacement'])} instead {less} in GSM-7{anew}"


def lists(changes: Iterable[BriefChangeDocument]) -> str | None:
    """Writes `Lists: VIP customers 1,200 people, 9120d… 5 people.` None where no operation reaches one that is
    counted.
    """
    found: dict[tuple[str | None, str | None], str] = {}
    for change in changes:
        if change["operations"]:
            for each in change.get("lists", ()):
                amount = "unknown" if each["count"] is None else counted(each["count"], "person", "people")
                found[each["sid"], each["sid"] or each["name"]] = f"{each['name'] or each['sid']} {amount}"
    return f"Lists: {diagnostics.some_of([*found.values()], _MOST_LISTS)}." if found else None


_MOST_LISTS: Final = 5


def left_out(changes: Iterable[BriefChangeDocument]) -> str | None:
    """Writes `34 people suppressed.` None where nobody is.

    Those of a list stand at the campaigns that are sent to it.
    """
    of_campaigns = (it for it in changes if it["kind"] in KINDS)
    found = sum(each["count"] for change in of_campaigns if (each := change.get("suppressed")))
    return f"{counted(found, 'person', 'people')} suppressed." if found else None


def reach(document: ReachDocument) -> str | None:
    """Writes `Reaches 3,600 people in 3 campaigns: at most 10,800 calls.` None where an apply sets nothing going."""
    if not document["campaigns"]:
        return None
    counts = {"call": document["calls"], "message": document["messages"]}
    parts = [known(it, noun, f"{noun}s") for noun, it in counts.items() if it["known"]]
    unknown = [f"number of {noun}s unknown" for noun, it in counts.items() if it["known"] is None]
    campaigns = counted(document["campaigns"], "campaign")
    people = _amount(document["people"], "person", "people")
    said = "; ".join((*((f"at most {listed(parts)}",) if parts else ()), *unknown))
    return f"Reaches {people} in {campaigns}{': ' if said else ''}{said}."
