"""Any manifests and any account, for Hypothesis: every field, every state, what operators leave behind.

Names, numbers and moments come from small sets, so that manifests and campaigns meet, clash and nearly meet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from habits import habits
from hypothesis import reject
from hypothesis import strategies as st

from campaignctl.sandbox import rules
from campaignctl.sandbox.collection import COLLECTIONS
from campaignctl.sandbox.shapes import RefusalError
from campaignctl.sandbox.switches import rows

Fields = dict[str, Any]

NOW = datetime(2027, 1, 10, 3, 30, tzinfo=UTC)
"""Where `FakeClock` stands."""
HOME = timezone(timedelta(hours=5, minutes=30))
ALLOWED = ("resume", "complete", "archive", "start-now", "earlier-start", "twin")
NUMBERS = ("+919876543210", "+919876543211", "09876543210", "+14155550100", "+919876543212")
LISTS = ("9120d5962d214316b7721de55bb82e03", "046141c8f6b4a1", "list-3")
NAMES = ("camp-one", "camp-one-2", "camp-ONE", "camp 100%_a", "été ñandú", "camp-two", "xxxx")
SIDS = tuple(f"5eed{place:028d}" for place in range(9))
_STARTS = (-40 * 1440, -2 * 1440, -60, 5, 9, 11, 30, 1440, 3 * 1440, 40 * 1440)
_LENGTHS = (None, 150, 600, 6 * 1440)
"""Minutes from now to a start, and from the start to an end."""

_LEFT_OUT = object()


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(_LEFT_OUT), strategy)


def _fields(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Fields]:
    return st.fixed_dictionaries(strategies).map(
        lambda fields: {key: value for key, value in fields.items() if value is not _LEFT_OUT}
    )


def _written(minutes: int, offset: timezone) -> str:
    return (NOW + timedelta(minutes=minutes)).astimezone(offset).isoformat()


@st.composite
def schedules(draw: st.DrawFn, start: str, end: str) -> Any:
    """None, a start, or a complete window; times in any offset."""
    if draw(st.integers(0, 7)) == 0:
        return draw(st.sampled_from([_LEFT_OUT, None]))
    begins, length = draw(st.sampled_from(_STARTS)), draw(st.sampled_from(_LENGTHS))
    offset = draw(st.sampled_from([HOME, UTC]))
    ends = {} if length is None else {end: _written(begins + length, offset)}
    return {start: _written(begins, offset), **ends}


_CALLBACK = st.sampled_from(
    [_LEFT_OUT, None, "https://hooks.example.com/a", "https://hooks.example.com/b?k=1"]
)
_RETRIES = st.one_of(
    st.sampled_from([_LEFT_OUT, _LEFT_OUT, None]),
    _fields(
        number_of_retries=st.integers(0, 3),
        interval_mins=st.sampled_from([5, 15]),
        mechanism=_maybe(st.sampled_from(["Linear", "Exponential", None])),
        on_status=_maybe(st.lists(st.sampled_from(["busy", "no-answer", "failed"]), min_size=1, unique=True)),
    ),
)
_RECIPIENTS = st.one_of(
    st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3).map(lambda it: {"from": it}),
    st.lists(st.sampled_from(LISTS), min_size=1, max_size=2, unique=True).map(lambda it: {"lists": it}),
)
_SPEECH = st.sampled_from(
    [
        {"flow_type": "ivr", "url": "http://my.exotel.com/acme1/exoml/start_voice/926"},
        {
            "flow_type": "ivr",
            "url": "https://my.exotel.com/acme1/exoml/start_voice/4",
            "repeat_menu_attempts": 2,
        },
        {"flow_type": "greeting", "read_via_text": "Hello"},
        {"url": "http://my.exotel.com/acme1/exoml/start_voice/926"},
    ]
)
_PACE = st.sampled_from([{}, {"mode": "auto"}, {"mode": "custom", "throttle": 30}, {"mode": "custom"}])


@st.composite
def voice_specs(draw: st.DrawFn) -> Fields:
    """A voice campaign as one may create it."""
    return {
        **draw(_RECIPIENTS),
        **draw(_SPEECH),
        **draw(_PACE),
        **draw(
            _fields(
                caller_id=st.sampled_from(["03349360005", "08012345678"]),
                campaign_type=_maybe(st.just("static")),
                type=_maybe(st.just("trans")),
                call_duplicate_numbers=_maybe(st.sampled_from([True, False, None])),
                retries=_RETRIES,
                schedule=schedules("send_at", "end_at"),
                call_status_callback=_CALLBACK,
                call_schedule_callback=_CALLBACK,
                status_callback=_CALLBACK,
                custom_field=_maybe(st.sampled_from(['a "quoted" text', "b", None])),
            )
        ),
    }


_SENDER = st.sampled_from(
    [
        {"sms_type": "transactional", "sender_id": "EXOTEL"},
        {"sms_type": "Transactional", "sender_id": "ACME"},
        {"sms_type": "promotional", "sender_id": "600600"},
    ]
)
_CONTENT = st.one_of(
    st.lists(st.sampled_from(LISTS), min_size=1, max_size=2, unique=True).map(
        lambda it: {"content_type": "static", "lists": it}
    ),
    st.sampled_from(LISTS).map(lambda it: {"content_type": "dynamic", "lists": [it]}),
)


@st.composite
def sms_specs(draw: st.DrawFn) -> Fields:
    """The same for SMS."""
    return {
        **draw(_CONTENT),
        **draw(_SENDER),
        **draw(
            _fields(
                dlt_entity_id=st.sampled_from(["0101428740000012125", "0012345"]),
                dlt_template_id=st.just("1107160086562376233"),
                template=st.sampled_from(["Hello", "Hi @@Name"]),
                channel=_maybe(st.sampled_from(["SMS", "sms"])),
                schedule=schedules("start_time", "end_time"),
                status_callback=_CALLBACK,
                sms_status_callback=_CALLBACK,
            )
        ),
    }


_IGNORED = {
    "VoiceCampaign": (
        "schedule",
        "schedule.send_at",
        "retries",
        "retries.interval_mins",
        "from",
        "status_callback",
    ),
    "SmsCampaign": ("schedule", "schedule.start_time", "template", "lists"),
}


@st.composite
def manifests(draw: st.DrawFn, kind: str, name: str) -> Fields:
    """One manifest; a pinned one declares only some of its fields."""
    spec = draw(voice_specs() if kind == "VoiceCampaign" else sms_specs())
    metadata = draw(
        _fields(
            previous_name=_maybe(st.sampled_from([it for it in NAMES if it != name])),
            sid=st.one_of(st.just(_LEFT_OUT), st.just(_LEFT_OUT), st.sampled_from(SIDS)),
            ignore=_maybe(st.lists(st.sampled_from(_IGNORED[kind]), min_size=1, max_size=2, unique=True)),
            allow=_maybe(st.just(["complete", "archive", "twin"])),
        )
    )
    if "sid" in metadata:
        metadata.pop("previous_name", None)
        kept = draw(st.sets(st.sampled_from(sorted(spec))))
        spec = {key: value for key, value in spec.items() if key in kept}
    state = draw(st.sampled_from([_LEFT_OUT, "active", "active", "paused", "completed", "archived"]))
    spec |= {} if state is _LEFT_OUT else {"state": state}
    return {
        "apiVersion": "campaignctl/v1",
        "kind": kind,
        "metadata": {"name": name, **metadata},
        "spec": spec,
    }


def _an_account_takes(kind: str, name: str, spec: Fields) -> bool:
    """Whether there could be such a campaign, whenever it was made."""
    collection = COLLECTIONS["campaigns" if kind == "VoiceCampaign" else "sms-campaigns"]
    try:
        complete = rules.accepted(collection, {**spec, "name": name}, creating=True)
        rules.check_complete(collection.kind, complete)
        rules.check_schedule(collection.kind, complete, 0.0, start_sent=False)
    except RefusalError:
        return False
    return True


_STATUSES = (
    "created",
    "created",
    "in-progress",
    "paused",
    "paused",
    "completed",
    "archived",
    "failed",
    "canceled",
)


@st.composite
def live_campaigns(draw: st.DrawFn, kind: str, sid: str, likely: Mapping[str, Fields]) -> Fields:
    """A campaign of the account: often one that a manifest means, with some of its fields changed by hand."""
    name = draw(st.sampled_from(sorted(likely) or list(NAMES)))
    spec = draw(voice_specs() if kind == "VoiceCampaign" else sms_specs())
    if name in likely and draw(st.booleans()):
        asked = {key: value for key, value in likely[name]["spec"].items() if key != "state"}
        spec |= {key: value for key, value in asked.items() if draw(st.integers(0, 5))}
        if "from" in asked or "lists" in asked:
            spec = {key: value for key, value in spec.items() if key not in ("from", "lists") or key in asked}
    if not _an_account_takes(kind, name, spec):
        reject()
    if draw(st.integers(0, 6)) == 0:
        name = draw(st.sampled_from(NAMES))
    status = draw(st.sampled_from((*_STATUSES, "queued")))
    day = draw(st.integers(1, 8))
    channel = {"channel": "SMS"} if kind == "SmsCampaign" else {}
    return {
        **spec,
        **channel,
        "name": name,
        "sid": sid,
        "status": status,
        "date_created": f"2027-01-0{day}T09:00:00+05:30",
    }


_KEYS = (
    "from",
    "flow_type",
    "call_status_callback",
    "status_callback",
    "schedule",
    "lists",
    "url",
    "template",
    "stats",
)
_OMITTED = st.one_of(
    st.just(()), st.just(()), st.lists(st.sampled_from(_KEYS), max_size=3, unique=True).map(tuple)
)


@dataclass(frozen=True)
class Scene:
    """A project, an account, and how the account behaves where the documents are silent."""

    manifests: list[Fields]
    voice: list[Fields]
    sms: list[Fields]
    other_sms: list[Fields]
    switches: Fields
    settings: Fields = field(default_factory=dict)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Up to three manifests and four campaigns of each kind."""
    kinds = ("VoiceCampaign", "SmsCampaign")
    wanted: dict[str, dict[str, Fields]] = {kind: {} for kind in kinds}
    for kind in kinds:
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True)):
            wanted[kind][name] = draw(manifests(kind, name))
    numbers = {kind: draw(st.integers(0, 4)) for kind in kinds}
    live = {
        kind: [
            draw(live_campaigns(kind, SIDS[4 * at + place], wanted[kind])) for place in range(numbers[kind])
        ]
        for at, kind in enumerate(kinds)
    }
    others = (
        [draw(live_campaigns("SmsCampaign", SIDS[8], wanted["SmsCampaign"]))]
        if draw(st.integers(0, 4)) == 0
        else []
    )
    return Scene(
        manifests=[it for kind in kinds for it in wanted[kind].values()],
        voice=live["VoiceCampaign"],
        sms=live["SmsCampaign"],
        other_sms=others,
        switches=draw(switches()),
        settings=draw(_SETTINGS),
    )


DEFAULTS: Fields = {name: default for name, _, default in rows()}
HABITS_ASIDE = (
    *("spelling", "status_filter", "name_search", "mask", "several_creates", "action_refusal"),
    *("at_end", "paused_at_end", "omit_from_details", "omit_from_lists"),
)
"""Habits that are drawn like all others: the rules promise the same with them as without."""


@st.composite
def switches(draw: st.DrawFn) -> Fields:
    """Every switch: those that decide what an update must send are drawn more often than the rest."""
    often = draw(
        _fields(
            put=st.sampled_from(["merge", "replace"]),
            fill_schedule=st.booleans(),
            shared_sms=st.booleans(),
            resume_early=st.sampled_from([False, False, True]),
            status_filter=st.sampled_from(["any", "any", "own", "lower", "refuse", "ignore"]),
            name_search=st.sampled_from(["substring", "substring", "case", "odd"]),
            omit_from_create=_OMITTED,
            omit_from_update=_OMITTED,
            omit_from_get=_OMITTED,
            omit_from_list=_OMITTED,
        )
    )
    return {**DEFAULTS, **often, **draw(habits(HABITS_ASIDE, most=2)).positions}


_SETTINGS = _fields(
    country=st.sampled_from([None, "IN"]),
    create_body=st.sampled_from(["wrapped", "bare", {"voice": "wrapped", "sms": "bare"}]),
    sms_api=st.sampled_from(["message-campaigns", "sms-campaigns"]),
    policy=st.sampled_from(
        [
            {"calling_hours": {"level": "off"}, "duplicate_numbers": {"level": "off"}},
            {"calling_hours": {"level": "warn"}},
        ]
    ),
)
