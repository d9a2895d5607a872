"""What is sent and what answers mean, by the documents' own samples."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as some

from campaignctl.api import decoding, encoding, envelopes
from campaignctl.api.envelopes import UnreadableError
from campaignctl.kinds import KINDS
from campaignctl.kinds.endpoints import ENDPOINTS, Endpoint
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import Action
from campaignctl.kinds.table import Field, Type
from campaignctl.manifests.fields import FieldReader
from campaignctl.manifests.nodes import documents, json_as_yaml
from campaignctl.model.campaigns import Live

SAMPLES = Path(__file__).parent / "samples"
VOICE, MESSAGES, SMS = (ENDPOINTS[name] for name in ("campaigns", "message-campaigns", "sms-campaigns"))
BARE, WRAPPED = "bare", "wrapped"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def envelope_of(name: str) -> envelopes.Envelope:
    return envelopes.read_envelope((SAMPLES / f"{name}.json").read_bytes())


def answered(endpoint: Endpoint, name: str) -> list[Live]:
    items = envelope_of(name).items
    assert all(item.trouble is None for item in items)
    return [decoding.decode(endpoint, item.data) for item in items]


def test_no_sample_is_left_out() -> None:
    told = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in SAMPLES.glob("*.json") if f'"{path.stem}"' not in told] == []


# answers


def test_000_lists_three_voice_campaigns_of_138() -> None:
    campaigns = answered(VOICE, "000_list_answer")
    assert envelope_of("000_list_answer").total == 138
    assert [live.status for live in campaigns] == [Status.COMPLETED, Status.CREATED, Status.CREATED]
    first = campaigns[0]
    assert (first.sid, first.name) == (
        "046141c8f6edde79938e69af34e560ef156l",
        "<your_sid>_2021-06-21 22:28:47",
    )
    assert first.spec["from"] == ("9900000017",)
    assert first.spec["schedule"] == {
        "send_at": "2021-06-21T22:29:47+05:30",
        "end_at": "2021-07-21T22:29:47+05:30",
    }
    assert first.spec["custom_field"] == '{"name": "time"}'
    assert first.spec["call_duplicate_numbers"] is True
    assert first.created == datetime(2021, 6, 21, 16, 58, 47, tzinfo=UTC)
    assert first.updated == "2021-06-21T22:35:54+05:30"
    assert first.stats is not None
    assert (first.stats["completed"], first.stats["created"]) == (1, 0)
    assert first.report_url is not None
    assert campaigns[1].report_url is None


@pytest.mark.parametrize(("endpoint", "name"), [(MESSAGES, "001_create_answer"), (SMS, "003_create_answer")])
def test_an_sms_create_answers_with_an_expiry_time(endpoint: Endpoint, name: str) -> None:
    (live,) = answered(endpoint, name)
    assert (live.sid, live.name) == ("909d2a2ba53ce07f3784668b938eb44914bo", "test_campaign")
    assert (live.status, live.word) == (Status.CREATED, "scheduled")
    assert live.spec["schedule"] == {
        "start_time": "2019-01-20T21:15:00+05:30",
        "end_time": "2019-01-20T21:16:00+05:30",
    }
    assert (live.spec["dlt_entity_id"], live.spec["dlt_template_id"]) == ("123478", "098765432")
    assert "sms_status_callback" not in live.spec
    assert live.stats is None
    assert ("channel" in live.spec) == (endpoint is MESSAGES)


def test_001_get_spells_the_entity_id_its_own_way() -> None:
    (live,) = answered(MESSAGES, "001_get_answer")
    assert (live.sid, live.name, live.status) == (
        "af7826e2c40b40faa53d1a1653905879",
        "new camp",
        Status.COMPLETED,
    )
    assert live.spec["dlt_entity_id"] == "1101428740000012125"
    assert live.spec["status_callback"] is None
    assert live.stats is not None
    assert live.stats["sent"] == 2


def test_001_archive_answers_with_one_archived_campaign() -> None:
    (live,) = answered(MESSAGES, "001_archive_answer")
    assert (live.sid, live.name, live.status) == (
        "90dad70b939f469fbf8b801660148272",
        "camp1",
        Status.ARCHIVED,
    )


def test_001_lists_names_that_are_not_unique() -> None:
    campaigns = answered(MESSAGES, "001_list_answer")
    assert len(campaigns) == 20
    assert [live.name for live in campaigns].count("new camp") == 4
    assert {live.status for live in campaigns} == {Status.COMPLETED, Status.ARCHIVED}
    assert "transactional_opt_in" in {live.spec["sms_type"] for live in campaigns}
    assert campaigns[2].spec["template"] == "அன்பே KunalKeshri, இது எக்சோடெல் வழியாக ஒரு சோதனை எஸ்.எம்.எஸ்"
    assert all(live.spec["dlt_entity_id"] == "1101428740000012125" for live in campaigns)


def test_001_message_details_have_a_row_for_each_message() -> None:
    items = envelope_of("001_message_details_answer").items
    rows = [item.data for item in items if isinstance(item.data, dict)]
    assert [row["status"] for row in rows] == ["sent", "failed", "failed_dnd"]


def test_002_update_shows_lists_and_no_numbers() -> None:
    (live,) = answered(VOICE, "002_update_answer")
    assert (live.name, live.status) == ("diwali_campaign", Status.CREATED)
    assert live.spec["lists"] == ("71ee118172044804ac5ed2271167c02b",)
    assert "from" not in live.spec
    assert live.stats is None


def test_004_create_leaves_out_what_its_request_sent() -> None:
    (live,) = answered(VOICE, "004_create_answer")
    sent = sample("004_create_request")
    assert (live.sid, live.name, live.status) == ("camp_abc123", "January Promo Campaign", Status.CREATED)
    assert {key for key in sent if key not in live.spec} == {
        "from",
        "flow_type",
        "call_status_callback",
        "status_callback",
    }
    assert live.stats == {"created": 3, "completed": 0, "failed": 0, "pending": 3}
    assert live.spec["retries"] == sent["retries"] | {"on_status": ("busy", "no-answer")}


class OwnText(str):
    """A text that is none of JSON's own, so that it is read and not taken as it stands."""


class OwnNumber(int):
    """A number likewise."""


def owned(value: Any) -> Any:
    match value:
        case dict():
            return {key: owned(inner) for key, inner in value.items()}
        case list():
            return [owned(inner) for inner in value]
        case str():
            return OwnText(value)
        case int() if not isinstance(value, bool):
            return OwnNumber(value)
    return value


SCALARS: some.SearchStrategy[Any] = some.sampled_from(
    (None, True, False, "true", "True", "", " ", "+919876543210", " a , b,", "Busy", "2030-01-15T10:00:00Z")
) | some.sampled_from((0, 15, -1, 1.0, 1.5, "15", "2030-02-30T10:00:00Z", "custom", 98765432101234567890))
VALUES: some.SearchStrategy[Any] = some.one_of(SCALARS, some.lists(SCALARS, max_size=3))


@settings(deadline=None)
@given(some.data(), some.sampled_from(tuple(ENDPOINTS.values())))
def test_a_value_that_stands_as_it_is_says_what_it_says_when_it_is_read(
    data: some.DataObject, endpoint: Endpoint
) -> None:
    keys = [name for row in endpoint.kind.fields for name in (row.name, *row.aliases)]
    members = [
        name for row in endpoint.kind.fields for inner in row.fields for name in (inner.name, *inner.aliases)
    ]
    inner: some.SearchStrategy[Any] = some.dictionaries(some.sampled_from(members), VALUES, max_size=4)
    item: Any = data.draw(some.dictionaries(some.sampled_from(keys), VALUES | inner, max_size=8))
    item |= {"sid": "s", "name": "a campaign"}
    plain, read = decoding.decode(endpoint, item).spec, decoding.decode(endpoint, owned(item)).spec
    assert plain == read
    assert repr(plain) == repr(read), "in the same order, of the same types"


def nearly(field: Field) -> some.SearchStrategy[Any]:
    """What a manifest may write there, mostly."""
    match field.type:
        case Type.OBJECT:
            inner = {it.name: nearly(it) for it in field.fields}
            return some.fixed_dictionaries({}, optional=inner).map(
                lambda it: {
                    name: value for name, value in it.items() if declared_in(field.members[name], value)
                }
            )
        case Type.NUMBERS:
            return some.lists(
                some.sampled_from(("+919876543210", "09876543210", " 9876543210", "98XXXX3210"))
            )
        case Type.STRINGS:
            return some.lists(some.sampled_from((*field.choices, "a", " a", "")), max_size=3)
        case Type.INTEGER:
            return some.sampled_from((0, 1, 2, 15, True, 1.0, 10**9, 10**12))
        case Type.TIME:
            return some.sampled_from(
                ("2030-01-15T10:00:00Z", "2030-02-29T10:00:00Z", "2030-01-15T10:00:60+05:30")
            )
        case _:
            words = (*field.choices, "https://a.example/b", "0123", "", " a", True, None)
            return some.sampled_from(words) | SCALARS


def declared_in(field: Field, value: Any) -> dict[str, Any]:
    """What a manifest declares that has the value there; nothing where it may not."""
    reader = FieldReader(Field("probe", Type.OBJECT, "One field.", fields=(field,)), requires=False)
    read = reader.read(next(documents(json_as_yaml(json.dumps({field.name: value})))))
    return {} if reader.faults else dict(read)


def otherwise(value: Any) -> Any:
    """The same of another type where Python says that both are equal."""
    if isinstance(value, dict):
        return {key: otherwise(inner) for key, inner in value.items()}
    if isinstance(value, bool):
        return int(value)
    return bool(value) if value in (0, 1) else value


def listed(value: Any) -> Any:
    """A value as it is told apart from others: by its types, too, but arrays are arrays."""
    if isinstance(value, dict):
        return {key: listed(inner) for key, inner in value.items()}
    return [listed(it) for it in value] if isinstance(value, list | tuple) else (type(value), value)


@examples(200)
@given(some.data(), some.sampled_from(tuple(ENDPOINTS.values())))
def test_an_answer_says_beside_its_manifest_what_it_says_alone(
    data: some.DataObject, endpoint: Endpoint
) -> None:
    """Whatever a manifest may declare, and the answer repeats, says in other types, or says otherwise."""
    declared: dict[str, Any] = {"name": "a campaign"}
    item: dict[str, Any] = {"sid": "s", "name": "a campaign"}
    rows = [row for row in endpoint.kind.fields if row.name != "name"]
    objects = some.sampled_from([row for row in rows if row.type is Type.OBJECT])
    for field in data.draw(some.lists(objects | some.sampled_from(rows), max_size=4)):
        mine = declared_in(field, data.draw(nearly(field)))
        declared |= mine
        same = [*mine.values(), *map(otherwise, mine.values())]
        said = data.draw(some.sampled_from(same) | nearly(field) if same else nearly(field))
        item[data.draw(some.sampled_from((field.name, *field.aliases)))] = json.loads(json.dumps(said))
    asked: list[Any] = []

    def of_the_name(name: Any) -> dict[str, Any]:
        asked.append(name)
        return declared

    alone = decoding.decode(endpoint, item)
    beside = decoding.decode(endpoint, item, of_the_name)
    assert beside._replace(spec={}) == alone._replace(spec={})
    assert list(beside.spec) == list(alone.spec), "in the same order"
    assert listed(beside.spec) == listed(alone.spec)
    assert asked == [item["name"]]


def test_what_an_answer_writes_as_the_manifest_does_is_the_manifests_own() -> None:
    declared = {"name": "a", "from": ["+919876543210"], "retries": {"number_of_retries": 2}}
    item: Any = {"id": "s", **json.loads(json.dumps(declared))}
    spec = decoding.decode(VOICE, item, lambda _: declared).spec
    assert all(spec[name] is value for name, value in declared.items())


# requests


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        (VOICE, "004_create_request"),
        (MESSAGES, "001_create_request_bare"),
        (SMS, "003_create_request_bare"),
    ],
)
def test_a_bare_create_is_sent_as_documented(endpoint: Endpoint, name: str) -> None:
    body = sample(name)
    spec = body | ({"from": body["from"].split(",")} if "from" in body else {})
    assert encoding.encode_create(endpoint, spec, BARE) == body


@pytest.mark.parametrize(
    ("endpoint", "name"), [(MESSAGES, "001_create_request_wrapped"), (SMS, "003_create_request_wrapped")]
)
def test_a_wrapped_sms_create_is_sent_as_documented(endpoint: Endpoint, name: str) -> None:
    body = sample(name)
    assert encoding.encode_create(endpoint, body["smscampaigns"], WRAPPED) == body


def test_a_wrapped_voice_create_is_an_array_of_one_with_its_numbers_in_an_array() -> None:
    spec = {"name": "one", "from": ("+919876543210", "+919876543211")}
    body = {"campaigns": [{"from": ["+919876543210", "+919876543211"], "name": "one"}]}
    assert encoding.encode_create(VOICE, spec, WRAPPED) == body


def test_a_voice_update_is_sent_as_documented() -> None:
    body = sample("002_update_request")
    assert encoding.encode_update(VOICE, body["campaigns"][0]) == body


def test_an_sms_update_is_bare() -> None:
    assert encoding.encode_update(MESSAGES, {"sender_id": "EXOTEL"}) == {"sender_id": "EXOTEL"}


def test_a_voice_action_is_an_array_of_one_and_an_sms_action_is_bare() -> None:
    documented = sample("002_pause_request")["campaigns"][0]["action"]
    assert encoding.encode_action(VOICE, Action(documented)) == {"campaigns": [{"action": "pause"}]}
    assert encoding.encode_action(MESSAGES, Action.ARCHIVE) == sample("001_archive_request")


def test_retries_and_schedule_are_sent_as_documented() -> None:
    spec = {
        "retries": sample("004_retries_request_part"),
        "schedule": sample("004_schedule_request_part"),
    }
    assert encoding.encode_update(VOICE, spec) == {"campaigns": [spec]}


def test_the_channel_goes_to_message_campaigns_only() -> None:
    spec = {"name": "camp", "channel": "SMS"}
    assert encoding.encode_create(MESSAGES, spec, BARE) == spec
    assert encoding.encode_create(SMS, spec, BARE) == {"name": "camp"}


def test_a_null_is_sent_as_null() -> None:
    assert encoding.encode_update(MESSAGES, {"status_callback": None}) == {"status_callback": None}


# what is odd


def test_numbers_in_one_text_are_an_array() -> None:
    live = decoding.decode(VOICE, {"id": "a", "name": "n", "from": "+919876543210, +919876543211"})
    assert live.spec["from"] == ("+919876543210", "+919876543211")


@pytest.mark.parametrize(
    "numbers",
    [
        ["XXXXXXXX10"],
        ["+919876543210", "98••••••10"],
        "+919876543210,XXXXXXXXXX",
        ["98******10"],
        ["****"],
        ["+91 98765 xxxxx"],
        ["९८७६५४३२१०"],
        ["9876543210+"],
        ["----------"],
    ],
)
def test_a_masked_number_is_not_shown_and_neither_are_those_beside_it(numbers: Any) -> None:
    live = decoding.decode(
        ENDPOINTS["campaigns"], {"id": "1", "name": "abc", "from": numbers, "url": "http://x"}
    )
    assert live.spec == {"name": "abc", "url": "http://x"}


@pytest.mark.parametrize(
    "number",
    ["+919876543210", "09876543210", "98765 43210", "(022) 4000-1234", "+91-98765.43210", "[98] 7654"],
)
def test_a_number_is_shown_however_it_is_written(number: str) -> None:
    live = decoding.decode(ENDPOINTS["campaigns"], {"id": "1", "name": "abc", "from": [number, 9876543211]})
    assert live.spec["from"] == (number, "9876543211")


PLAIN_NUMBER = some.from_regex(r"\+?[0-9]{1,12}", fullmatch=True)
ANY_NUMBER = (
    PLAIN_NUMBER | some.sampled_from(["", "+", " 1", "1\n", "1\u00a0", "1-2", "X1"]) | some.integers(0, 99)
)


def read_alike_beside_another(numbers: list[Any]) -> bool:
    """Tells whether numbers are read as they are beside one that no account writes plainly."""
    alone, beside = (
        decoding.decode(VOICE, {"id": "a", "name": "n", "from": it}).spec.get("from")
        for it in (numbers, [*numbers, "(1)"])
    )
    return beside == (None if alone is None else (*alone, "(1)"))


@given(some.lists(PLAIN_NUMBER, max_size=4) | some.lists(ANY_NUMBER, max_size=3))
@settings(deadline=None)
def test_numbers_are_read_as_they_are_beside_one_that_is_written_otherwise(numbers: list[Any]) -> None:
    assert read_alike_beside_another(numbers)


@pytest.mark.parametrize("number", ["{}", "{}1", "1{}", "1{}1", "+{}", "+{}1", "+1{}", "+1{}1"])
def test_no_sign_makes_a_number_read_otherwise_than_beside_another(number: str) -> None:
    signs = map(chr, (*range(0x700), *range(0x2000, 0x2100), *range(0xFF00, 0xFF20)))
    assert [sign for sign in signs if not read_alike_beside_another([number.format(sign)])] == []


def test_digits_may_come_as_numbers() -> None:
    data = {"sid": "a", "name": "n", "dlt_template_id": 1107, "lists": [17]}
    assert decoding.decode(MESSAGES, data).spec == {"name": "n", "dlt_template_id": "1107", "lists": ("17",)}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("InProgress", Status.IN_PROGRESS),
        ("in-progress", Status.IN_PROGRESS),
        ("IN_PROGRESS", Status.IN_PROGRESS),
        ("scheduled", Status.CREATED),
        ("Cancelled", Status.CANCELED),
        ("Thinking", Status.UNKNOWN),
        (None, Status.UNKNOWN),
    ],
)
def test_a_status_is_read_in_any_spelling_and_else_unknown(word: str | None, status: Status) -> None:
    live = decoding.decode(VOICE, {"id": "a", "name": "n", "status": word})
    assert (live.status, live.word) == (status, word or "")


def test_a_fraction_of_nine_digits_is_a_moment() -> None:
    live = decoding.decode(
        VOICE, {"id": "a", "name": "n", "date_created": "2020-11-24T23:52:19.625541789+05:30"}
    )
    assert live.created == datetime(2020, 11, 24, 18, 22, 19, 625541, tzinfo=UTC)


def test_the_documented_key_wins_over_its_other_spelling() -> None:
    data = {"sid": "a", "name": "n", "dlt_entitiy_id": "1", "dlt_entity_id": "2"}
    assert decoding.decode(MESSAGES, data).spec["dlt_entity_id"] == "2"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("from", {"no": "list"}),
        ("from", [["9876543210"]]),
        ("retries", "2"),
        ("schedule", ["soon"]),
        ("throttle", "fast"),
        ("throttle", True),
        ("call_duplicate_numbers", "perhaps"),
        ("url", {"href": "x"}),
    ],
)
def test_a_value_that_cannot_be_understood_says_nothing(key: str, value: Any) -> None:
    live = decoding.decode(VOICE, {"id": "a", "name": "n", key: value})
    assert key not in live.spec


def test_a_start_that_is_no_time_is_not_shown_while_the_rest_of_the_schedule_is() -> None:
    data = {
        "id": "a",
        "name": "n",
        "schedule": {"send_at": "tomorrow", "end_at": "2027-01-15T18:00:00+05:30"},
    }
    assert decoding.decode(VOICE, data).spec["schedule"] == {"end_at": "2027-01-15T18:00:00+05:30"}


def test_null_is_shown_as_unset() -> None:
    assert decoding.decode(VOICE, {"id": "a", "name": "n", "schedule": None}).spec["schedule"] is None


@pytest.mark.parametrize(
    "data", [None, [], {"name": "n"}, {"id": "", "name": "n"}, {"id": "a"}, {"id": 1, "name": "n"}]
)
def test_a_campaign_without_a_sid_or_a_name_has_failed(data: Any) -> None:
    with pytest.raises(UnreadableError):
        decoding.decode(VOICE, data)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<html>gone</html>", "HTML"),
        (b'{"response": [', "no JSON"),
        (b"\xff\xfe\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[1, 2]", "no object"),
        (b'"text"', "no object"),
        (b"{}", "no response"),
        (b'{"response": null}', "no response"),
        (b'{"response": "fine"}', "no response"),
    ],
)
def test_an_answer_that_cannot_be_understood_is_said_so(body: bytes, what: str) -> None:
    with pytest.raises(UnreadableError, match=what):
        envelopes.read_envelope(body)


@pytest.mark.parametrize(
    "item",
    [
        {"code": 500, "error_data": {"message": "no"}, "status": "failure", "data": None},
        {"code": 200, "error_data": {"code": 7}, "status": "success", "data": {"id": "a", "name": "n"}},
        {"code": 200, "error_data": None, "status": "failed", "data": {"id": "a", "name": "n"}},
        {"code": 200, "error_data": None, "status": "success", "data": None},
        None,
        "text",
    ],
)
def test_an_item_that_is_no_plain_success_has_failed(item: Any) -> None:
    (read,) = envelopes.read_envelope(json.dumps({"response": [item]}).encode()).items
    assert read.trouble is not None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"response": [{"code": 400, "error_data": {"code": 1, "message": "bad", "description": "name"}}]},
            "bad: name",
        ),
        ({"response": {"code": 400, "error_data": {"message": "bad", "description": "bad"}}}, "bad"),
        ({"response": [{"code": 400, "error_data": None}]}, "no reason given"),
        ({"response": [{"code": 400, "error_data": "bad"}]}, "bad"),
        ({"RestException": {"Status": 400, "Message": "bad", "Code": 34001}}, "bad"),
        ({"message": "bad"}, "bad"),
        ({}, "no reason given"),
        ({"response": []}, "no reason given"),
        ([], "the answer is JSON, but no object"),
    ],
)
def test_an_error_is_read_in_every_shape(body: Any, message: str) -> None:
    assert envelopes.read_trouble(400, json.dumps(body).encode()).message == message


def test_an_error_quotes_no_number_no_page_and_no_line_break() -> None:
    said = envelopes.cleaned(
        "number +919876543210 is\nin DND,\x1b[31m 09876543210 too; +91 98765 43210, at 2027-01-15"
    )
    assert said == "number +91••••••••10 is in DND, [31m •••••••••10 too; +91••••••••10, at 2027-01-15"
    assert envelopes.read_trouble(502, b"<html>token</html>").message == "the answer is an HTML page"
    assert len(envelopes.cleaned("x" * 5000)) == 300


@pytest.mark.parametrize(
    ("sid", "path"),
    [
        ("abc", "/v2/accounts/acme1/campaigns/abc"),
        ("../../other", "/v2/accounts/acme1/campaigns/..%2F..%2Fother"),
        ("..", "/v2/accounts/acme1/campaigns/%2E%2E"),
        ("\ud800", "/v2/accounts/acme1/campaigns/%3F"),
        ("a?b#c", "/v2/accounts/acme1/campaigns/a%3Fb%23c"),
        (None, "/v2/accounts/acme1/campaigns"),
    ],
)
def test_a_sid_stays_one_segment_of_the_path(sid: str | None, path: str) -> None:
    assert encoding.path_of("acme1", "campaigns", sid) == path


def test_an_empty_sid_never_becomes_the_path_of_the_collection() -> None:
    with pytest.raises(ValueError, match="SID"):
        encoding.path_of("acme1", "campaigns", "")


def test_every_kind_has_an_endpoint_whose_filter_words_are_known() -> None:
    assert {endpoint.kind.name for endpoint in ENDPOINTS.values()} == set(KINDS)
    for words, alive in ((encoding.ALIVE_WORDS, True), (encoding.FINISHED_WORDS, False)):
        for word in words.split(","):
            live = decoding.decode(VOICE, {"id": "a", "name": "n", "status": word})
            assert (live.alive, live.finished) == (alive, not alive)
