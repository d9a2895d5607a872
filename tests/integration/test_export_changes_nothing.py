"""Planning right after an export shows no change, whatever the account holds: documented oddities and worse."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from example_counts import examples
from harness import desk_at, live_sms, live_voice
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

_TEXTS = st.one_of(
    st.sampled_from(
        [
            "no",
            "0123",
            "~",
            "${x}",
            "$${y",
            "- a",
            "# b",
            "a: b",
            "%TAG",
            "'",
            '"\\',
            "null",
            "1e5",
            "=",
            "<<",
        ]
    ),
    st.text(max_size=12),
)
_NAMES = st.one_of(
    st.sampled_from(["camp-one", "camp-ONE", "camp 100%_a", "été ñandú", "../up", "xy", " blank ", "sale"]),
    st.text(min_size=1, max_size=8).filter(lambda it: "\x00" not in it),
)
_OMITTED: Any = ...
_TIMES = (
    "2027-01-08T09:00:00+05:30",
    "2027-01-10T09:05:00.625541789+05:30",
    "2027-01-12T03:30:00Z",
    "2027-02-11T09:00:00+05:30",
    "2027-01-12T03:30:00.1234567891234Z",
    None,
)


def _schedules(start: str, end: str) -> st.SearchStrategy[Any]:
    complete = st.fixed_dictionaries(
        {}, optional={start: st.sampled_from(_TIMES), end: st.sampled_from(_TIMES)}
    )
    return st.one_of(st.sampled_from([None, _OMITTED]), complete)


_URLS = st.sampled_from(
    [_OMITTED, None, "", "https://hooks.example.com/a?k=1&l=${m}", "ftp://x", "http://my.exotel.com/a/b"]
)
_STATUS = st.sampled_from(
    [
        "created",
        "Created",
        "in-progress",
        "InProgress",
        "paused",
        "completed",
        "archived",
        "failed",
        "canceled",
        "odd",
    ]
)
_LISTS = st.sampled_from([_OMITTED, None, [], ["list-3"], ["a", "a"], ["a b"], [f"l{n}" for n in range(7)]])
_DATES = st.sampled_from([f"2027-01-0{day}T09:00:00+05:30" for day in range(1, 8)])

_VOICE = st.fixed_dictionaries(
    {"name": _NAMES, "status": _STATUS, "date_created": _DATES, "lists": _LISTS},
    optional={
        "from": st.sampled_from(
            [_OMITTED, [], ["+919876543210"], ["09876543210"] * 2, ["12"], ["+91 9876543210"]]
        ),
        "caller_id": st.one_of(st.sampled_from([_OMITTED, None, ""]), _TEXTS),
        "campaign_type": st.sampled_from(["static", "Dynamic", "odd", None]),
        "flow_type": st.sampled_from(["ivr", "IVR", "greeting", "odd", None]),
        "url": _URLS,
        "read_via_text": _TEXTS,
        "call_duplicate_numbers": st.sampled_from([True, False, None]),
        "retries": st.one_of(
            st.none(),
            st.fixed_dictionaries(
                {},
                optional={
                    "number_of_retries": st.sampled_from([0, 2, 9]),
                    "interval_mins": st.sampled_from([0, 5]),
                    "mechanism": st.sampled_from(["linear", "Exponential", "odd"]),
                    "on_status": st.sampled_from(
                        [[], ["busy", "busy"], ["Busy"], ["odd"], ["busy", "failed"]]
                    ),
                },
            ),
        ),
        "schedule": _schedules("send_at", "end_at"),
        "status_callback": _URLS,
        "mode": st.sampled_from(["auto", "AUTO", "custom", "odd", None]),
        "throttle": st.sampled_from([None, 0, 30]),
        "custom_field": _TEXTS,
        "repeat_menu_attempts": st.sampled_from([None, 0, 2, -1]),
    },
).map(lambda fields: live_voice(**fields))

_SMS = st.fixed_dictionaries(
    {"name": _NAMES, "status": _STATUS, "date_created": _DATES, "lists": _LISTS},
    optional={
        "content_type": st.sampled_from(["static", "dynamic", "Static", None, _OMITTED]),
        "schedule": _schedules("start_time", "end_time"),
        "dlt_entity_id": st.sampled_from(["0012345", 12345, "x1", None]),
        "sender_id": st.sampled_from(["EXOTEL", "600600", "", None]),
        "sms_type": st.sampled_from(["transactional_opt_in", "Promotional", "transactional", "odd", None]),
        "template": st.one_of(_TEXTS, st.sampled_from(["@@a @@b @@c @@d @@e @@f", "x" * 2001])),
        "status_callback": _URLS,
    },
).map(lambda fields: live_sms(**fields))

_WORDS = st.sampled_from(
    [
        (),
        ("--show-numbers",),
        ("--numbers-to", "people.csv"),
        ("--status", "completed,archived,failed,paused"),
    ]
)


@examples(30, suppress_health_check=list(HealthCheck))
@given(
    voice=st.lists(_VOICE, max_size=4),
    sms=st.lists(_SMS, max_size=3),
    words=_WORDS,
    api=st.sampled_from(["message-campaigns", "sms-campaigns"]),
    omitted=st.lists(
        st.sampled_from(["from", "flow_type", "schedule", "lists", "template", "caller_id"]), max_size=2
    ),
    prefix=st.sampled_from([None, "camp"]),
)
def test_planning_right_after_an_export_shows_no_change(
    voice: list[Any], sms: list[Any], words: tuple[str, ...], api: str, omitted: list[str], prefix: str | None
) -> None:
    with TemporaryDirectory() as directory, desk_at(Path(directory)) as desk:
        prune = {} if prefix is None else {"prune": {"name_prefix": prefix}}
        desk.configure(prune, sms_api=api, country="IN")
        desk.configure(policy={rule: {"level": "off"} for rule in ("duplicate_numbers", "valid_numbers")})
        desk.sandbox.switches.omit_from_list = tuple(omitted)
        desk.sandbox.switches.omit_from_get = tuple(omitted)
        desk.seed(*voice)
        desk.seed(*sms, collection=api)
        exported = desk.run("export", "--out", "campaigns", "--format", "json", *words)
        assert exported.code == 0, exported.all
        written = exported.json["written"]
        for each in written:
            text = (desk.root / each["file"]).read_text(encoding="utf-8")
            assert yaml.safe_load(text)["kind"] == each["kind"]
            assert words or "98765" not in text
        validated = desk.run("validate")
        assert validated.code == 0, validated.all
        for refresh in ("auto", "full"):
            planned = desk.run("plan", "--refresh", refresh, "--format", "json")
            changes = [it for it in planned.json["changes"] if it["change"] != "orphan"]
            assert [it["change"] for it in changes] == ["noop"] * len(written), planned.out
            assert not any(it["operations"] or it["held"] or it["diff"] for it in changes), planned.out
        assert desk.writes == []
