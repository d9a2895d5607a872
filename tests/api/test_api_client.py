"""What the client asks for, what it keeps to itself, and what it says when something is wrong."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from api_bench import CREDENTIALS, Bench
from scripted_server import Answer, envelope, in_turn, item, voice

from campaignctl.api.requesting import RequestRecord
from campaignctl.errors import AnswerError, ApiError, CredentialsError
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.operations import Action
from campaignctl.model.results import Done, Refused

VOICE_ANSWER = Answer(body=envelope(item(voice("a", "one"))))
SMS_ANSWER = Answer(body={"response": item({"sid": "a", "name": "one two", "status": "paused"})})
BASIC = "Basic YS1rZXktbm9ib2R5LXNlZXM6YS10b2tlbi1ub2JvZHktc2Vlcw=="


def refusal(status: int, message: str = "no") -> Answer:
    return Answer(status, envelope(item(None, status, {"code": 1, "message": message})))


# what is asked


def test_a_page_is_asked_for_in_the_order_that_moves_least(bench: Bench) -> None:
    client, server = bench.client(in_turn(Answer(body=envelope(total=0))))
    client.list_page(VOICE, offset=499, limit=500, name="diwali", statuses="Created,created")
    client.list_page(SMS, offset=0, limit=50)
    client.list_page(SMS, offset=0, limit=50, collection="sms-campaigns", sort="name:asc")
    assert [request.path for request in server.requests] == [
        "/v2/accounts/acme1/campaigns",
        "/v2/accounts/acme1/message-campaigns",
        "/v2/accounts/acme1/sms-campaigns",
    ]
    assert [request.query for request in server.requests] == [
        {
            "offset": "499",
            "limit": "500",
            "sort_by": "date_created:asc",
            "name": "diwali",
            "status": "Created,created",
        },
        {"channel": "SMS", "offset": "0", "limit": "50", "sort_by": "schedule.start_time:asc"},
        {"offset": "0", "limit": "50", "sort_by": "name:asc"},
    ]


def test_a_page_counts_the_items_that_failed(bench: Bench) -> None:
    items = [item(voice("a", "one")), item(None, 500, {"message": "no"}), item({"id": "c"})]
    client, _ = bench.client(in_turn(Answer(207, envelope(*items, total=3))))
    page = client.list_page(VOICE, offset=0, limit=500)
    assert ([live.sid for live in page.items], page.failed, page.total) == (["a"], 2, 3)
    assert page.entries[1:] == (None, None)


def test_writes_go_to_where_the_documents_say(bench: Bench) -> None:
    client, server = bench.client(in_turn(VOICE_ANSWER))
    client.create(VOICE, {"name": "one"})
    client.update(VOICE, "a", {"name": "one"})
    client.act(VOICE, "a", Action.RESUME)
    assert [(request.method, request.path, request.json) for request in server.requests] == [
        ("POST", "/v2/accounts/acme1/campaigns", {"campaigns": [{"name": "one"}]}),
        ("PUT", "/v2/accounts/acme1/campaigns/a", {"campaigns": [{"name": "one"}]}),
        ("PUT", "/v2/accounts/acme1/campaigns/a", {"campaigns": [{"action": "resume"}]}),
    ]


def test_the_older_sms_endpoint_is_used_where_the_environment_says_so(bench: Bench) -> None:
    client, server = bench.client(
        in_turn(SMS_ANSWER),
        collections={SMS.name: "sms-campaigns"},
        create_body={"voice": "bare", "sms": "wrapped"},
    )
    assert isinstance(client.create(SMS, {"name": "one two", "channel": "SMS"}).answer, Done)
    assert server.requests[0].path == "/v2/accounts/acme1/sms-campaigns"
    assert server.requests[0].json == {"smscampaigns": {"name": "one two"}}


def test_a_single_campaign_may_come_as_an_object_or_in_an_array(bench: Bench) -> None:
    client, _ = bench.client(in_turn(SMS_ANSWER, Answer(body=envelope(SMS_ANSWER.body["response"]))))
    assert client.get(SMS, "a") == client.get(SMS, "a")


def test_every_write_has_a_connection_of_its_own_and_reads_share_one(bench: Bench) -> None:
    client, server = bench.client(in_turn(VOICE_ANSWER))
    for _ in range(3):
        client.get(VOICE, "a")
        client.create(VOICE, {"name": "one"})
    reads = {request.connection for request in server.requests if request.method == "GET"}
    writes = [request for request in server.requests if request.method == "POST"]
    assert len(reads) == 1
    assert len({request.connection for request in writes} - reads) == 3
    assert all(request.headers["connection"] == "close" for request in writes)


@pytest.mark.parametrize("text", ["தீபாவளி", "a\ud800b", "line\nbreak\x00", "🎆"])
def test_any_text_arrives_as_it_is(bench: Bench, text: str) -> None:
    client, server = bench.client(in_turn(VOICE_ANSWER))
    client.create(VOICE, {"name": text})
    assert server.requests[0].json["campaigns"][0]["name"] == text


def test_only_404_is_an_absence(bench: Bench) -> None:
    absent = Answer(207, envelope(item(None, 404, {"message": "not found"})))
    client, _ = bench.client(in_turn(refusal(404), absent, refusal(400)))
    assert client.get(VOICE, "a") is None
    assert client.get(VOICE, "a") is None
    with pytest.raises(AnswerError, match="400"):
        client.get(VOICE, "a")


# what is wrong


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"key": None}, "EXOTEL_API_KEY not set"),
        ({"token": "  "}, "EXOTEL_API_TOKEN not set"),
        ({"key": "", "token": None}, "EXOTEL_API_KEY and EXOTEL_API_TOKEN not set"),
    ],
)
def test_without_credentials_nothing_is_sent(bench: Bench, given: dict[str, Any], named: str) -> None:
    with pytest.raises(CredentialsError, match=f"environment prod: {named}"):
        bench.connect("http://127.0.0.1:1", **given)


def test_credentials_that_are_no_text_are_said_so(bench: Bench) -> None:
    with pytest.raises(CredentialsError, match="holds bytes that are no text"):
        bench.connect("http://127.0.0.1:1", key="a\udcff")


def test_credentials_that_are_not_taken_say_what_to_check(bench: Bench) -> None:
    client, server = bench.client(in_turn(refusal(401, "bad key"), refusal(403, "no")))
    with pytest.raises(CredentialsError, match=r"bad key \(401\); check that EXOTEL_API_KEY and") as caught:
        client.list_page(VOICE, offset=0, limit=1)
    assert caught.value.http == 401
    with pytest.raises(CredentialsError, match="has no access"):
        client.list_page(VOICE, offset=0, limit=1)
    assert len(server.requests) == 2


def test_an_account_that_is_not_there_says_what_to_check(bench: Bench) -> None:
    client, _ = bench.client(in_turn(refusal(404)))
    with pytest.raises(AnswerError, match=r"acme1 .* check account_sid and region"):
        client.list_page(VOICE, offset=0, limit=1)


@pytest.mark.parametrize(
    ("kind", "form", "setting"),
    [
        (VOICE, {"voice": "wrapped", "sms": "bare"}, "create_body: {voice: bare}"),
        (VOICE, {"voice": "bare", "sms": "bare"}, "create_body: {voice: wrapped}"),
        (SMS, {"voice": "wrapped", "sms": "bare"}, "create_body: {sms: wrapped}"),
    ],
)
def test_a_400_on_a_create_names_the_setting(
    bench: Bench, kind: Any, form: dict[str, str], setting: str
) -> None:
    client, _ = bench.client(in_turn(refusal(400, "bad body")), create_body=form)
    answer = client.create(kind, {"name": "one"}).answer
    assert isinstance(answer, Refused)
    assert answer.message.startswith("bad body; nothing was created.")
    assert setting in answer.message
    update = client.update(kind, "a", {"name": "one"}).answer
    assert isinstance(update, Refused)
    assert update.message == "bad body"


def test_secrets_and_numbers_never_show(bench: Bench) -> None:
    said = f"the key {CREDENTIALS['key']} with {CREDENTIALS['token']} called +919876543210"
    client, server = bench.client(in_turn(refusal(400, said), Answer(500, b"<p>a-token-nobody-sees</p>")))
    with pytest.raises(ApiError) as caught:
        client.list_page(VOICE, offset=0, limit=1)
    refused = client.act(VOICE, "a", Action.PAUSE)
    shown = f"{caught.value} {refused} {client!r} {bench.records}"
    assert "the key ••• with ••• called +91••••••••10" in shown
    assert not any(secret in shown for secret in (*CREDENTIALS.values(), "98765432", BASIC))
    assert server.requests[0].headers["authorization"] == BASIC
    assert all(CREDENTIALS["key"] not in request.target for request in server.requests)


# the audit log's view


def test_every_request_is_told_with_its_outcome(bench: Bench) -> None:
    too_many = Answer(429, b"")
    client, _ = bench.client(in_turn(too_many, VOICE_ANSWER, refusal(409), Answer(500, b""), VOICE_ANSWER))
    client.create(VOICE, {"name": "one", "from": ("+919876543210",)})
    client.act(VOICE, "a", Action.PAUSE)
    client.update(VOICE, "a", {"name": "one"})
    client.get(VOICE, "a")
    assert bench.records == [
        RequestRecord("create", "POST", "campaigns", None, 1, 429, "429"),
        RequestRecord("create", "POST", "campaigns", "a", 2, 200, "a readable success"),
        RequestRecord("pause", "PUT", "campaigns", "a", 1, 409, "any other 4xx"),
        RequestRecord("update", "PUT", "campaigns", "a", 1, 500, "5xx"),
        RequestRecord("get", "GET", "campaigns", "a", 1, 200, "a readable success"),
    ]
    assert client.requests == 5


# the clock


def test_now_is_the_clock_of_the_server(bench: Bench) -> None:
    theirs = bench.clock.now() + timedelta(minutes=3)
    dated = Answer(body=VOICE_ANSWER.body, headers={"Date": format_datetime(theirs, usegmt=True)})
    client, _ = bench.client(in_turn(dated))
    assert client.now() == bench.clock.now()
    client.get(VOICE, "a")
    bench.clock.sleep(5)
    assert client.now() == theirs + timedelta(seconds=5)
    assert client.notes == (
        "This machine's clock is 180 seconds behind the account's; now is the account's, and nobody is called unless "
        "it is right by both.",
    )


def test_a_small_skew_is_no_note_and_a_sandbox_may_be_anywhere(bench: Bench) -> None:
    def dated(**ahead: int) -> Answer:
        date = format_datetime(bench.clock.now() + timedelta(**ahead), usegmt=True)
        return Answer(body=VOICE_ANSWER.body, headers={"Date": date})

    client, _ = bench.client(in_turn(dated(seconds=60)))
    client.get(VOICE, "a")
    assert client.notes == ()
    sandbox, _ = bench.client(in_turn(dated(days=900)), backend="sandbox")
    sandbox.get(VOICE, "a")
    assert sandbox.notes == ()
    assert sandbox.now() == bench.clock.now() + timedelta(days=900)


@pytest.mark.parametrize("date", [None, "yesterday", "", "Sun, 99 Jan 2027 06:00:30 GMT"])
def test_without_a_readable_date_now_is_this_machines_clock_and_it_is_noted(bench: Bench, date: Any) -> None:
    client, _ = bench.client(in_turn(Answer(body=VOICE_ANSWER.body, headers={"Date": date})))
    assert client.notes == ()
    client.get(VOICE, "a")
    assert client.now() == bench.clock.now()
    assert client.notes == ("The account's answers carry no readable date: now is this machine's clock.",)


def test_the_estimate_grows_with_the_rate_limit(bench: Bench) -> None:
    client, _ = bench.client(in_turn(VOICE_ANSWER), rate_limit=30)
    assert client.estimate(1) == 1
    assert 60 <= client.estimate(40) <= 75
    client.get(VOICE, "a")
    assert client.estimate(53) == 60
