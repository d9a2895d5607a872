"""What holds after a run whatever the account's habits: held against the account as it is, not as it answers.

`broken_promises` says in words which does not. Where a habit makes a promise impossible, `EXCUSED` says which one, and
what holds instead: nothing is left out in silence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from habits import Habits
from harness import ACCOUNT, Desk, RecordedRequest, Result, sent

from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.lifecycle import CALLING, Status
from campaignctl.sandbox.campaign import Campaign

CODES = (0, 1, 3, 4, 5)
LONGEST_LAG = 10.0
"""`settle_seconds` of the tests."""
CONTENT = ("url", "read_via_text", "template")
RECIPIENTS = ("from", "lists")


@dataclass(frozen=True)
class Excuse:
    """Which promise a habit makes impossible, and what holds then."""

    promise: str
    holds: str
    where: Callable[[Habits], bool]


def _lists_lie(habits: Habits) -> bool:
    """What is there is not shown for longer than `settle_seconds`."""
    empty = habits.positions.get("empty_lists", "no") != "no"
    return empty and float(habits.positions["empty_seconds"] or 0) > LONGEST_LAG


def _shows_nothing_to_anybody(habits: Habits) -> bool:
    """Neither a list nor a search by name does; where a search is refused, only lists are left."""
    empty, searched = habits.positions.get("empty_lists"), habits.positions.get("name_search")
    return empty == "all" or (empty == "plain" and searched == "refuse")


def _cannot_be_stopped(habits: Habits) -> bool:
    met = habits.positions.get("actions_met") or ("pause",)
    undone = habits.positions.get("actions", "done") != "done" and "pause" in met
    refused = "pause" in (habits.positions.get("refused_actions") or ())
    return undone or refused or habits.positions.get("update_body") == "bare"


def _says_what_is_not_so(habits: Habits) -> bool:
    return habits.positions.get("actions", "done") != "done" and habits.positions["action_answer"] == "asked"


def _hides(*keys: str) -> Callable[[Habits], bool]:
    names = ("omit_from_create", "omit_from_update", "omit_from_get", "omit_from_list", "omit_from_action")

    def where(habits: Habits) -> bool:
        hidden = {key for name in names for key in habits.positions.get(name) or ()}
        return any(key.startswith(("item.", "envelope.", *keys)) for key in hidden)

    return where


def _loses_unseen(habits: Habits) -> bool:
    """A field that is gone from the account is gone from its answers; only a member is shown as null."""
    lost = (*(habits.positions.get("create_drops") or ()), *(habits.positions.get("update_drops") or ()))
    return any("." not in path and path != "schedule" for path in lost)


EVERYTHING_HOLDS = (
    *("put", "several_creates", "fill_schedule", "action_refusal", "at_end", "paused_at_end", "spelling"),
    *("rate_limit", "list_lag_seconds", "status_filter", "name_search", "shared_sms", "mask"),
    *("omit_from_details", "omit_from_lists"),
)
"""Habits under which a run comes to 0 and the next one has nothing to do, as with an account that has none."""

EXCUSED = (
    Excuse(
        "one",
        "the run does not end with 0: what it made does not show, and that is said (5)",
        _lists_lie,
    ),
    Excuse(
        "not-again",
        "what was created again is found and ended by the run that made it, or the run does not end with 0",
        _shows_nothing_to_anybody,
    ),
    Excuse(
        "stopped",
        "the run ends with 4 or 5 and says that it could not be paused",
        _cannot_be_stopped,
    ),
    Excuse(
        "as-sent",
        "what is not shown is not compared: a field that no answer shows may have been lost unseen",
        _hides("from", "lists", "schedule", "url", "template", "name", "caller_id", "status"),
    ),
    Excuse(
        "as-sent",
        "the same: no answer shows the field that was lost",
        _loses_unseen,
    ),
    Excuse(
        "found",
        "what was made without an answer, and cannot be found, is told as unknown (5)",
        _lists_lie,
    ),
    Excuse(
        "as-said",
        "an answer that shows the status that was asked for is what was seen",
        _says_what_is_not_so,
    ),
)


def excused(promise: str, habits: Habits) -> bool:
    """Whether the habits make it impossible."""
    return any(it.promise == promise and it.where(habits) for it in EXCUSED)


@dataclass(frozen=True)
class Seen:
    """The account before a run, as it is, and how many requests there were."""

    campaigns: Mapping[str, Campaign]
    requests: int


def look(desk: Desk) -> Seen:
    """Before a run."""
    return Seen({it.sid: it for it in desk.sandbox.campaigns(ACCOUNT)}, len(desk.requests))


def broken_promises(
    desk: Desk, before: Seen, result: Result, habits: Habits, allowed: Sequence[str] = ()
) -> list[str]:
    """Every promise that this run broke, in words."""
    after = {it.sid: it for it in desk.sandbox.campaigns(ACCOUNT)}
    asked = desk.requests[before.requests :]
    return [
        *_ended_orderly(result),
        *_nothing_sent_again(asked),
        *_one_of_each_name(before.campaigns, after, result, habits),
        *_made_once(before.campaigns, asked, habits),
        *_nobody_called_otherwise(before.campaigns, after, asked, result, habits),
        *_said_what_is(after, result, habits),
        *_nothing_unasked(before.campaigns, after, asked, allowed),
    ]


def _ended_orderly(result: Result) -> Iterator[str]:
    if result.code not in CODES:
        yield f"exit {result.code}"
    if "Traceback" in result.all:
        yield "a traceback"


# --------------------------------------------------------------------------------- what is sent, and how many times


def _nothing_sent_again(asked: Sequence[RecordedRequest]) -> Iterator[str]:
    last: dict[tuple[str, str, str], int] = {}
    for place, it in enumerate(asked):
        key = (it.method, it.path, repr(it.body))
        if it.method != "GET":
            if key in last and not _may_be_sent_again(asked, last[key], place):
                yield f"{it.method} {it.path} {it.body} was sent again after {asked[last[key]].status}"
            last[key] = place


def _may_be_sent_again(asked: Sequence[RecordedRequest], first: int, again: int) -> bool:
    """Surely not carried out (429), or looked at in between; never a create, nor what was refused.

    But for an action on what this very run made: an account may not know it yet.
    """
    it = asked[first]
    if it.status == 429 or asked[again].fault == "slow":
        return True  # what is slow is recorded when it was carried out, after what was sent later
    if sent(it).get("action") == "pause" and it.status is not None and it.status < 300:
        return True  # of a duplicate that is to be ended, whatever status it has by then
    sid = it.path.rpartition("/")[2]
    if it.request == "action" and it.status in (404, 409):
        return any(other.request == "create" for other in asked[:first])
    if it.request == "create" or (
        it.status is not None and 400 <= it.status < 500 and it.status not in (408, 499)
    ):
        return False
    return any(other.method == "GET" and other.path.endswith(sid) for other in asked[first + 1 : again])


# -------------------------------------------------------------------------------------------------- nobody called twice


def _one_of_each_name(
    before: Mapping[str, Campaign], after: Mapping[str, Campaign], result: Result, habits: Habits
) -> Iterator[str]:
    names: dict[tuple[str, str], list[Campaign]] = defaultdict(list)
    for it in after.values():
        names[(it.collection, it.name)].append(it)
    for (_, name), namesakes in names.items():
        calling = [it for it in namesakes if it.state in CALLING]
        were = [it for it in before.values() if it.name == name and it.state in CALLING]
        if len(calling) <= max(1, len(were)):
            continue
        if not excused("one", habits):
            yield f"{len(calling)} campaigns called {name} call, exit {result.code}"
        elif result.code == 0:
            yield f"{len(calling)} campaigns called {name} call, and the run ended with 0"


def _made_once(
    before: Mapping[str, Campaign], asked: Sequence[RecordedRequest], habits: Habits
) -> Iterator[str]:
    """Nothing is created that is there, even where it would be found and ended afterwards."""
    there = {it.name for it in before.values() if it.alive}
    for it in asked:
        if it.request == "create" and sent(it)["name"] in there and not excused("not-again", habits):
            yield f"{sent(it)['name']} was created although it was there"


# ---------------------------------------------------------------------------------------- nobody called otherwise


def _nobody_called_otherwise(
    before: Mapping[str, Campaign],
    after: Mapping[str, Campaign],
    asked: Sequence[RecordedRequest],
    result: Result,
    habits: Habits,
) -> Iterator[str]:
    """What a create or update left otherwise than it was sent calls nobody, or it is said at the top of one's voice."""
    for it, sid in _written(asked, before, after):
        wrong = [*_differs(sent(it), after[sid])]
        if not wrong or after[sid].state not in CALLING or excused("as-sent", habits):
            continue
        if excused("found", habits) and result.code == 5:
            continue
        if excused("stopped", habits) and result.code in (4, 5) and sid in result.all:
            continue
        yield f"{after[sid].name} calls though {', '.join(wrong)} is not as it was sent; exit {result.code}"


def _written(
    asked: Sequence[RecordedRequest], before: Mapping[str, Campaign], after: Mapping[str, Campaign]
) -> Iterator[tuple[RecordedRequest, str]]:
    """The creates and updates that were carried out, each with the campaign it made or changed."""
    made = [it for it in after.values() if it.sid not in before]
    for it in asked:
        if it.acted and it.request == "create" and (it.status is None or it.status < 400 or it.fault):
            if made:
                yield it, made.pop(0).sid
        elif it.acted and it.request == "update" and (it.status is None or it.status < 400 or it.fault):
            yield it, it.path.rpartition("/")[2]


def _differs(wanted: Mapping[str, Any], is_now: Campaign) -> Iterator[str]:
    kind = VOICE if is_now.collection == "campaigns" else SMS
    if not set(wanted) - {"status_callback", "call_status_callback", "call_schedule_callback"}:
        return
    for key in ("name", "caller_id", *CONTENT):
        if wanted.get(key) is not None and wanted[key] != is_now.spec.get(key):
            yield key
    for key in RECIPIENTS:
        if wanted.get(key) is not None and sorted(_array(wanted[key])) != sorted(is_now.spec.get(key) or ()):
            yield key
    schedule, now = wanted.get("schedule") or {}, is_now.spec.get("schedule") or {}
    start, end = kind.start.name, kind.end.name
    if schedule.get(start) is not None and _instant(schedule[start]) != _instant(now.get(start)):
        yield "the start"
    elif (
        schedule.get(start) is not None
        and is_now.begins < datetime.fromisoformat(schedule[start]).timestamp()
    ):
        yield "the moment it begins"
    if schedule.get(end) is not None and not _ends_by(now.get(end), schedule[end]):
        yield "the end"


def _array(value: Any) -> list[str]:
    return value.split(",") if isinstance(value, str) else list(value)


def _instant(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()


def _ends_by(now: str | None, wanted: str) -> bool:
    return now is not None and datetime.fromisoformat(now) <= datetime.fromisoformat(wanted)


# ------------------------------------------------------------------------------------------------- what a run says


LEADS_TO = {
    "pause": (Status.PAUSED,),
    "complete": (Status.COMPLETED,),
    "archive": (Status.ARCHIVED,),
    "resume": (Status.CREATED, Status.IN_PROGRESS),
}


def _said_what_is(after: Mapping[str, Campaign], result: Result, habits: Habits) -> Iterator[str]:
    """Nothing is called paused, ended or going that is not."""
    if result.code not in (0, 3, 4, 5) or excused("as-said", habits):
        return
    for one in result.json["results"]:
        done = [it["op"] for it in one["operations"] if it["outcome"] == "applied"]
        of = [it.get("sid") or one["sid"] for it in one["operations"] if it["outcome"] == "applied"]
        live = after.get(of[-1] or "") if of and "create" not in done else None
        if live is None or not done or done[-1] not in LEADS_TO:
            continue
        if live.state not in LEADS_TO[done[-1]]:
            yield f"{one['name']}: {done[-1]} is said to be done, and it is {live.status}"


def _nothing_unasked(
    before: Mapping[str, Campaign],
    after: Mapping[str, Campaign],
    asked: Sequence[RecordedRequest],
    allowed: Sequence[str],
) -> Iterator[str]:
    for sid, was in before.items():
        by_us = [
            str(sent(it).get("action")) for it in asked if it.path.endswith(sid) and it.request == "action"
        ]
        for word in ("resume", "complete", "archive"):
            if word in by_us and word not in allowed:
                yield f"{word} of {was.name}, which was there before, and nobody allowed it"
        if sid not in after:
            yield f"{was.name} is gone"
