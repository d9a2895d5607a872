"""The client at the sandbox: each request and answer as the API has them, under each of its unknowns and faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from api_bench import Bench
from example_counts import crossed
from fakes import FakeClock

from campaignctl.api.client import Client
from campaignctl.api.listing import scan, search
from campaignctl.api.refresh import alive, fetch
from campaignctl.diagnostics import Position
from campaignctl.errors import ApiError
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import Action
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired
from campaignctl.model.results import Done, NotReached, Refused, Unknown
from campaignctl.sandbox.server import Sandbox

VOICE_SPEC: dict[str, Any] = {
    "from": ("+919876543210", "+919876543211"),
    "caller_id": "03349360005",
    "flow_type": "ivr",
    "url": "http://my.exotel.com/acme1/exoml/start_voice/926",
    "name": "January Promo Campaign",
    "retries": {"number_of_retries": 2, "interval_mins": 15, "mechanism": "Linear", "on_status": ("busy",)},
    "schedule": {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"},
}
SMS_SPEC: dict[str, Any] = {
    "name": "CampaignABC",
    "content_type": "static",
    "lists": ("9120d5962d214316b7721de55bb82e03",),
    "channel": "SMS",
    "schedule": {"start_time": "2027-01-15T09:00:00+05:30", "end_time": "2027-01-15T18:00:00+05:30"},
    "dlt_entity_id": "1101428740000012125",
    "dlt_template_id": "1107160086562376233",
    "sender_id": "EXOTEL",
    "sms_type": "transactional",
    "template": "Your balance is now Rs.100. Thank you.",
}
NEW = {VOICE.name: "Created", SMS.name: "scheduled"}
SPECS = {VOICE.name: VOICE_SPEC, SMS.name: SMS_SPEC}
BARE, WRAPPED = dict.fromkeys(("voice", "sms"), "bare"), dict.fromkeys(("voice", "sms"), "wrapped")

kinds = pytest.mark.parametrize("kind", [VOICE, SMS], ids=lambda kind: kind.short)
Connect = Callable[..., Client]


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """One server for the module."""
    with Sandbox(clock=FakeClock(datetime(2027, 1, 10, 6, 0, tzinfo=UTC))) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """As fresh."""
    shared.reset()
    return shared


@pytest.fixture
def connect(bench: Bench, sandbox: Sandbox) -> Connect:
    """A client of it."""
    return lambda **settings: bench.connect(sandbox.url, **settings)


def made(client: Client, kind: Kind, **fields: Any) -> str:
    answer = client.create(kind, SPECS[kind.name] | fields).answer
    assert isinstance(answer, Done), answer
    return answer.live.sid


@kinds
@pytest.mark.parametrize("form", [BARE, WRAPPED], ids=["bare", "wrapped"])
@pytest.mark.parametrize("sms_api", ["message-campaigns", "sms-campaigns"])
def test_what_is_created_is_read_back(
    connect: Connect, kind: Kind, form: Mapping[str, str], sms_api: str
) -> None:
    client = connect(create_body=form, collections={SMS.name: sms_api})
    live = client.get(kind, made(client, kind))
    assert live is not None
    assert (live.status, live.word) == (Status.CREATED, NEW[kind.name])
    wanted = SPECS[kind.name] | ({"channel": None} if sms_api == "sms-campaigns" else {})
    assert {key: live.spec.get(key) for key in wanted if key != "retries"} == {
        key: value for key, value in wanted.items() if key != "retries"
    }
    assert [one.sid for one in scan(client, kind).campaigns] == [live.sid]


@kinds
@pytest.mark.parametrize(("takes", "sent"), [("bare", WRAPPED), ("wrapped", BARE)])
def test_the_wrong_form_of_body_is_refused_and_the_setting_named(
    connect: Connect, sandbox: Sandbox, kind: Kind, takes: str, sent: Mapping[str, str]
) -> None:
    sandbox.switches.create_body = takes
    client = connect(create_body=sent)
    answer = client.create(kind, SPECS[kind.name]).answer
    assert isinstance(answer, Refused)
    assert f"create_body: {{{kind.short}: {takes}}}" in answer.message
    assert scan(client, kind).campaigns == ()


@kinds
def test_a_campaign_is_updated_and_led_through_its_life(connect: Connect, kind: Kind) -> None:
    client = connect()
    sid = made(client, kind)
    updated = client.update(kind, sid, SPECS[kind.name] | {"status_callback": "https://example.com/done"})
    assert isinstance(updated.answer, Done)
    assert updated.answer.live.spec["status_callback"] == "https://example.com/done"
    for action, status in (
        (Action.PAUSE, Status.PAUSED),
        (Action.COMPLETE, Status.COMPLETED),
        (Action.ARCHIVE, Status.ARCHIVED),
    ):
        answer = client.act(kind, sid, action).answer
        assert isinstance(answer, Done)
        assert answer.live.status is status
    refused = client.act(kind, sid, Action.RESUME)
    assert isinstance(refused.answer, Refused)
    assert (refused.answer.http, refused.attempts) == (409, 1)


@kinds
def test_what_is_not_there_is_none_and_an_action_on_it_is_refused(connect: Connect, kind: Kind) -> None:
    client = connect()
    assert client.get(kind, "nowhere") is None
    answer = client.act(kind, "nowhere", Action.PAUSE).answer
    assert isinstance(answer, Refused)
    assert answer.http == 404


def test_now_is_the_sandboxs_clock(connect: Connect, sandbox: Sandbox) -> None:
    client = connect(backend="sandbox")
    scan(client, VOICE)
    assert abs((client.now() - sandbox.now()).total_seconds()) <= 1


def test_an_account_that_says_how_much_is_left_never_has_to_refuse(bench: Bench) -> None:
    with Sandbox(clock=bench.clock) as sandbox:
        sandbox.switches.rate_limit = 30
        client = bench.connect(sandbox.url)
        for _ in range(70):
            scan(client, VOICE)
        assert 429 not in {request.status for request in sandbox.requests}
    assert 60 <= bench.clock.passed <= 180


# faults


@kinds
@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "drop"},
        {"effect": "drop", "acts": False},
        {"effect": "status", "status": 503},
        {"effect": "status", "status": 500, "shape": "html"},
        {"effect": "status", "status": 502, "acts": True},
        {"effect": "cut"},
        {"effect": "html", "acts": True},
        {"effect": "empty"},
        {"effect": "redirect", "location": "http://127.0.0.1:9/"},
        {"effect": "huge", "megabytes": 51},
    ],
    ids=str,
)
def test_of_a_create_that_met_a_fault_nobody_knows_and_it_was_sent_once(
    connect: Connect, sandbox: Sandbox, kind: Kind, fault: dict[str, Any]
) -> None:
    sandbox.faults.add(request="create", **fault)
    client = connect()
    exchange = client.create(kind, SPECS[kind.name])
    assert isinstance(exchange.answer, Unknown)
    assert (exchange.attempts, len(sandbox.requests)) == (1, 1)
    assert len(scan(client, kind).campaigns) <= 1


@kinds
@pytest.mark.parametrize("shape", ["envelope", "rest", "html"])
def test_a_create_that_came_too_fast_is_sent_again_and_made_once(
    bench: Bench, connect: Connect, sandbox: Sandbox, kind: Kind, shape: str
) -> None:
    sandbox.faults.add("status", status=429, shape=shape, retry_after="7", request="create", times=2)
    client = connect()
    exchange = client.create(kind, SPECS[kind.name])
    assert isinstance(exchange.answer, Done)
    assert (exchange.attempts, bench.clock.slept) == (3, [7, 7])
    assert len(scan(client, kind).campaigns) == 1


@kinds
def test_a_create_that_always_comes_too_fast_made_nothing(
    connect: Connect, sandbox: Sandbox, kind: Kind
) -> None:
    sandbox.faults.add("status", status=429, request="create", times=None)
    client = connect(max_attempts=3)
    assert isinstance(client.create(kind, SPECS[kind.name]).answer, NotReached)
    assert scan(client, kind).campaigns == ()


@pytest.mark.parametrize("effect", ["drop", "cut", "html", "empty", "status"])
def test_reads_get_over_a_fault(connect: Connect, sandbox: Sandbox, effect: str) -> None:
    client = connect()
    sid = made(client, VOICE)
    sandbox.faults.add(effect, request=["list", "get"], times=2)
    assert [live.sid for live in scan(client, VOICE).campaigns] == [sid]
    sandbox.faults.add(effect, request="get", times=None)
    with pytest.raises(ApiError):
        client.get(VOICE, sid)


def test_an_item_that_failed_makes_a_list_incomplete(connect: Connect, sandbox: Sandbox) -> None:
    client = connect()
    for name in ("first one", "second one", "third one"):
        made(client, VOICE, name=name)
    sandbox.faults.add("item", index=1, status=500, request="list")
    listing = scan(client, VOICE)
    assert not listing.complete
    assert [live.name for live in listing.campaigns] == ["first one", "third one"]
    assert search(client, VOICE, "second one").complete


def test_a_write_whose_item_failed_with_5xx_is_unknown_and_with_4xx_refused(
    connect: Connect, sandbox: Sandbox
) -> None:
    client = connect()
    sid = made(client, VOICE)
    sandbox.faults.add("item", status=500, request="action")
    assert isinstance(client.act(VOICE, sid, Action.PAUSE).answer, Unknown)
    sandbox.faults.add("item", status=422, request="action")
    assert isinstance(client.act(VOICE, sid, Action.PAUSE).answer, Refused)


@pytest.mark.parametrize("way", ["appear", "disappear"])
def test_pages_that_shift_lose_nothing_that_was_there_all_along(
    connect: Connect, sandbox: Sandbox, way: str
) -> None:
    sandbox.seed("acme1", "message-campaigns", [{"name": f"seeded-{number}"} for number in range(180)])
    client = connect()
    if way == "disappear":
        sandbox.faults.add("shift", appear=7, request="list")
        scan(client, SMS)
    sandbox.faults.add("shift", **{way: 7}, request="list", after=2)
    names = {live.name for live in scan(client, SMS).campaigns}
    assert names >= {f"seeded-{number}" for number in range(180)}


@pytest.mark.parametrize(
    ("how", "complete"), [("asked", True), ("counted", True), ("few", True), ("first", False)]
)
def test_a_list_that_is_cut_or_counted_otherwise_is_read_to_its_end_or_not_believed(
    connect: Connect, sandbox: Sandbox, how: str, complete: bool
) -> None:
    sandbox.seed("acme1", "message-campaigns", [{"name": f"seeded-{number}"} for number in range(110)])
    sandbox.switches.list_pages = how
    listing = scan(connect(), SMS)
    assert listing.complete is complete
    assert (len(listing.campaigns) == 110) is complete


@pytest.mark.slow
def test_a_list_without_end_is_left(connect: Connect, sandbox: Sandbox) -> None:
    sandbox.seed("acme1", "message-campaigns", [{"name": f"seeded-{number}"} for number in range(60)])
    sandbox.faults.add("endless", request="list", times=None)
    assert not scan(connect(), SMS).complete


# reading sparingly


@pytest.mark.parametrize(
    ("status_filter", "name_search"),
    crossed(["any", "own", "lower", "refuse", "ignore"], ["substring", "case", "odd"]),
)
def test_the_alive_and_the_wanted_are_found_however_filter_and_search_are_understood(
    connect: Connect, sandbox: Sandbox, status_filter: str, name_search: str
) -> None:
    sandbox.switches.status_filter, sandbox.switches.name_search = status_filter, name_search
    sandbox.seed(
        "acme1",
        "campaigns",
        [{"name": f"past-{number}", "status": "completed"} for number in range(1600)]
        + [
            {"name": f"Running {status}", "status": status} for status in ("created", "in-progress", "paused")
        ],
    )
    client = connect()
    assert sorted(live.name for live in alive(client, VOICE).campaigns if live.alive) == [
        "Running created",
        "Running in-progress",
        "Running paused",
    ]
    desired = Desired(VOICE, {"name": "past-7", "schedule": VOICE_SPEC["schedule"]}, Position("a.yaml"))
    listing = fetch(client, [desired], refresh="auto").listings[VOICE.name]
    assert listing.settles("past-7")
    assert [live.status for live in listing.campaigns if live.name == "past-7"] == [Status.COMPLETED]
