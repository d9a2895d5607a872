"""How much is read: all of it, or as little as settles every manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from api_bench import Bench
from listed_account import FAILED, account_of, messages, read, voices
from scripted_server import Request

from campaignctl.api.refresh import alive
from campaignctl.diagnostics import Position
from campaignctl.errors import ApiError, CredentialsError
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Snapshot

SOON = {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"}
OVER = {"send_at": "2026-12-01T09:00:00+05:30", "end_at": "2026-12-01T18:00:00+05:30"}
SMS_SOON = {"start_time": "2027-01-15T09:00:00+05:30", "end_time": "2027-01-15T18:00:00+05:30"}


def manifest(
    name: str | None, kind: Kind = VOICE, schedule: Mapping[str, Any] = SOON, **more: Any
) -> Desired:
    spec = {"schedule": schedule} | ({"name": name} if name else {})
    return Desired(kind=kind, spec=spec, where=Position("a.yaml"), **more)


def sms(name: str, **more: Any) -> Desired:
    return manifest(name, SMS, SMS_SOON, **more)


def names(snapshot: Snapshot, kind: Kind = VOICE) -> list[str]:
    return sorted(live.name for live in snapshot.listings[kind.name].campaigns)


both = pytest.mark.parametrize("refresh", ["auto", "full"])


@both
def test_what_is_alive_is_read_of_both_kinds_whichever_the_manifests_are_of(
    bench: Bench, refresh: str
) -> None:
    client, account = account_of(bench, campaigns=voices(3), message_campaigns=messages(2))
    snapshot = read(client, manifest("one"), refresh=refresh)
    assert (len(names(snapshot)), len(names(snapshot, SMS))) == (3, 2)
    assert account.queries == ["campaigns?0+500", "message-campaigns?0+50"]
    assert (snapshot.requests, snapshot.strategy) == (2, refresh)


@both
@pytest.mark.parametrize("status", [403, 404])
def test_a_kind_that_the_account_does_not_have_and_no_manifest_is_of_holds_nothing(
    bench: Bench, refresh: str, status: int
) -> None:
    client, account = account_of(bench, campaigns=voices(3))
    account.absent["message-campaigns"] = status
    assert read(client, manifest("one"), refresh=refresh).listings.keys() == {"VoiceCampaign"}
    with pytest.raises(ApiError):
        read(client, manifest("one"), sms("two"), refresh=refresh)


@both
@pytest.mark.parametrize("status", [403, 404])
def test_an_account_that_has_neither_kind_cannot_be_read(bench: Bench, refresh: str, status: int) -> None:
    client, account = account_of(bench)
    account.absent |= {"campaigns": status, "message-campaigns": status}
    with pytest.raises(ApiError):
        read(client, refresh=refresh)


@both
def test_a_kind_that_cannot_be_read_is_an_error_though_no_manifest_is_of_it(
    bench: Bench, refresh: str
) -> None:
    client, account = account_of(bench, campaigns=voices(3))
    account.absent["message-campaigns"] = 500
    with pytest.raises(ApiError):
        read(client, manifest("one"), refresh=refresh)


def test_full_reads_everything(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(1200))
    snapshot = read(client, manifest("one"), refresh="full")
    assert len(names(snapshot)) == 1200
    assert len(account.asked("campaigns")) == snapshot.requests - 1 == 3
    assert snapshot.listings["VoiceCampaign"].complete


@both
def test_a_pin_that_no_list_shows_is_read_by_its_sid(bench: Bench, refresh: str) -> None:
    client, account = account_of(bench, campaigns=voices(600))
    account.unlisted = [{"id": "hidden", "name": "hidden one", "status": "Completed"}]
    snapshot = read(client, manifest(None, sid="hidden"), refresh=refresh)
    assert "hidden one" in names(snapshot)
    assert snapshot.elsewhere == {}


@both
def test_a_pin_of_the_other_kind_is_said_to_be_there(bench: Bench, refresh: str) -> None:
    client, account = account_of(bench, campaigns=voices(3), message_campaigns=messages(2))
    snapshot = read(client, manifest(None, sid="s00001"), manifest(None, sid="nowhere"), refresh=refresh)
    assert snapshot.elsewhere == {"s00001": "SmsCampaign"}
    assert [query for query in account.queries if "/" in query] == [
        "campaigns/s00001",
        "campaigns/nowhere",
        "message-campaigns/nowhere",
    ]


@both
def test_an_account_without_the_other_kind_has_no_pin_there(bench: Bench, refresh: str) -> None:
    client, account = account_of(bench, campaigns=[])
    account.absent["message-campaigns"] = 403
    assert read(client, manifest(None, sid="x"), refresh=refresh).elsewhere == {}


@both
def test_a_pin_whose_window_is_over_is_not_looked_for_unless_wanted_archived(
    bench: Bench, refresh: str
) -> None:
    client, account = account_of(bench, campaigns=voices(2))
    read(client, manifest(None, schedule=OVER, sid="x"), refresh=refresh)
    assert len(account.queries) == 2
    read(client, manifest(None, schedule=OVER, sid="x", state=State.ARCHIVED), refresh=refresh)
    assert "campaigns/x" in account.queries[2:]


# an incomplete list


@both
def test_names_that_a_broken_list_leaves_open_get_a_search_of_their_own(bench: Bench, refresh: str) -> None:
    campaigns = [*voices(3, "Created"), FAILED]
    client, account = account_of(bench, campaigns=campaigns)
    found = {"id": "x", "name": "Winter sale-2027", "status": "Completed"}

    def complete_where_searched(request: Request) -> None:
        account.lists["campaigns"] = [found, *voices(3, "Created")] if "name" in request.query else campaigns

    account.before_page = complete_where_searched
    snapshot = read(
        client, manifest("old-00001"), manifest("sale-2027"), manifest("brand-new"), refresh=refresh
    )
    listing = snapshot.listings["VoiceCampaign"]
    assert not listing.complete
    assert listing.searched == {"sale-2027", "brand-new"}
    assert [query for query in account.queries if "name=" in query] == [
        "campaigns?name=sale-2027&0+500",
        "campaigns?name=brand-new&0+500",
        "campaigns?name=ld-00000&0+500",
    ]
    assert "Winter sale-2027" in names(snapshot)
    assert snapshot.notes[0] == "The account's list of campaigns could not be read completely."


@both
def test_a_search_that_is_broken_too_settles_nothing(bench: Bench, refresh: str) -> None:
    client, _ = account_of(bench, campaigns=[*voices(3, "Created"), FAILED])
    listing = read(client, manifest("brand-new"), refresh=refresh).listings["VoiceCampaign"]
    assert not listing.settles("brand-new")


@both
def test_a_name_that_cannot_be_searched_for_is_not_settled_by_a_broken_list(
    bench: Bench, refresh: str
) -> None:
    client, account = account_of(bench, campaigns=[FAILED])
    listing = read(client, manifest("a b c"), refresh=refresh).listings["VoiceCampaign"]
    assert not listing.settles("a b c")
    assert len(account.asked("campaigns")) == 1


@both
def test_a_previous_name_that_a_broken_list_may_hide_must_be_searched_for_too(
    bench: Bench, refresh: str
) -> None:
    campaigns = [*voices(3, "Created"), FAILED]
    client, account = account_of(bench, campaigns=campaigns)

    def complete_for_the_new_name(request: Request) -> None:
        old = request.query.get("name") == "the-old-one"
        account.lists["campaigns"] = [FAILED] if old else campaigns[: 3 if "name" in request.query else 4]

    account.before_page = complete_for_the_new_name
    renamed = manifest("brand-new", previous_name="the-old-one")
    listing = read(client, renamed, refresh=refresh).listings["VoiceCampaign"]
    assert not listing.settles("brand-new")
    assert read(client, manifest("brand-new"), refresh=refresh).listings["VoiceCampaign"].settles("brand-new")


# sparingly


def test_a_small_account_takes_a_request_a_kind_however_many_manifests(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(40))
    snapshot = read(client, *(manifest(f"new-{number:05}") for number in range(5000)))
    assert snapshot.requests == 2
    assert all(snapshot.listings["VoiceCampaign"].settles(f"new-{number:05}") for number in (0, 4999))
    assert account.asked("campaigns") == ["campaigns?0+500"]


def test_only_the_alive_and_what_is_undecided_are_asked_for(bench: Bench) -> None:
    running = voices(5, "InProgress", first=90_000)
    client, account = account_of(bench, campaigns=[*voices(3000), *running])
    snapshot = read(
        client,
        manifest("old-90001"),
        manifest("brand-new"),
        manifest("old-00007"),
        manifest("old-00008", schedule=OVER),
        manifest("old-00009", schedule=OVER, state=State.ARCHIVED),
        manifest("later-name", schedule=OVER, previous_name="old-90002"),
    )
    assert account.asked("campaigns") == [
        "campaigns?0+500",
        "campaigns?alive&0+500",
        "campaigns?finished&0+1",
        "campaigns?name=brand-new&0+500",
        "campaigns?name=old-00007&0+500",
        "campaigns?name=old-00009&0+500",
        "campaigns?name=later-name&0+500",
        "campaigns?name=ld-00000&0+500",
        "campaigns?finished&0+500",
    ]
    assert snapshot.listings["VoiceCampaign"].complete
    assert set(names(snapshot)) == {one["name"] for one in running} | {
        "old-00000",
        "old-00007",
        "old-00009",
    }


@pytest.mark.slow
def test_the_budget_of_an_account_with_a_long_past(bench: Bench) -> None:
    past = [*voices(10_000), *voices(15, "Created", first=90_000)]
    texts = [
        *messages(10_000),
        *({"sid": f"a{number}", "name": f"alive-{number}", "status": "scheduled"} for number in range(15)),
    ]
    desired = [
        *(manifest(f"old-{90_000 + number}") for number in range(15)),
        *(sms(f"alive-{number}") for number in range(15)),
        *(manifest(f"old-{number:05}", schedule=OVER) for number in range(20)),
        *(manifest(f"fresh-voice-{number}") for number in range(5)),
        *(sms(f"fresh-text-{number}") for number in range(5)),
        manifest("old-00500"),
        sms("text-00500"),
    ]
    assert len(desired) == 62
    client, _ = account_of(bench, campaigns=past, message_campaigns=texts)
    assert read(client, *desired).requests <= 26
    full, _ = account_of(bench, campaigns=past, message_campaigns=texts)
    assert read(full, *desired, refresh="full").requests == 227


def test_one_search_serves_all_names_that_share_its_term(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(3000))
    listing = read(client, manifest("diwali a"), manifest("diwali b"), manifest("diwali_c")).listings[
        "VoiceCampaign"
    ]
    assert [query for query in account.queries if "name=" in query] == [
        "campaigns?name=diwali&0+500",
        "campaigns?name=ld-00000&0+500",
    ]
    assert listing.searched == {"diwali a", "diwali b", "diwali_c"}


def test_a_look_up_that_is_broken_settles_nothing(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(3000))

    def broken_where_searched(request: Request) -> None:
        account.lists["campaigns"] = [*voices(1), FAILED] if "name" in request.query else voices(3000)

    account.before_page = broken_where_searched
    listing = read(client, manifest("brand-new")).listings["VoiceCampaign"]
    assert not listing.settles("brand-new")


def test_where_look_ups_would_cost_more_everything_is_read(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(1200))
    snapshot = read(client, *(manifest(f"new-{number:05}") for number in range(20)))
    assert len(names(snapshot)) == 1200
    assert not [query for query in account.queries if "name=" in query]
    assert snapshot.requests <= 7


def test_a_name_without_a_term_makes_everything_be_read(bench: Bench) -> None:
    client, _ = account_of(bench, campaigns=voices(3000))
    assert len(names(read(client, manifest("a b c")))) == 3000


@pytest.mark.parametrize("filter_", ["ignore", "none", "refuse", "swapped"])
def test_a_filter_that_is_not_understood_makes_everything_be_read(bench: Bench, filter_: str) -> None:
    client, account = account_of(bench, campaigns=[*voices(600), *voices(3, "Created", first=90_000)])
    account.filter = filter_
    snapshot = read(client, manifest("brand-new"))
    assert len(names(snapshot)) == 603
    assert snapshot.listings["VoiceCampaign"].complete
    assert "The status filter of campaigns cannot be relied on: everything was read." in snapshot.notes


def test_a_filter_that_is_ignored_shows_it_on_its_first_page(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(3000))
    account.filter = "ignore"
    read(client, manifest("brand-new"))
    assert [query for query in account.queries if "alive" in query] == ["campaigns?alive&0+500"]
    assert len(account.asked("campaigns")) == 8


def test_a_refused_filter_and_a_broken_list_are_no_complete_list(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=[*voices(600), FAILED])
    account.filter = "refuse"
    listing = read(client, manifest("brand-new")).listings["VoiceCampaign"]
    assert not listing.settles("brand-new")


def test_a_status_that_is_not_known_makes_everything_be_read(bench: Bench) -> None:
    odd = {"id": "odd", "name": "odd one", "status": "Dreaming"}
    client, _ = account_of(bench, campaigns=[*voices(600), odd])
    assert "odd one" in names(read(client, manifest("brand-new")))


def test_an_alive_one_that_the_filter_missed_makes_everything_be_read(bench: Bench) -> None:
    """Here it stands for a finished one that the account counts, so that the sum is right."""
    missed = {"id": "m", "name": "brand-new", "status": "Created"}
    client, account = account_of(bench, campaigns=[*voices(600), missed])
    account.filter = "forgetful"
    snapshot = read(client, manifest("brand-new"))
    assert len(names(snapshot)) == 601
    assert [live.sid for live in snapshot.listings["VoiceCampaign"].campaigns if live.alive] == ["m"]


def test_an_alive_one_that_the_first_page_shows_and_the_filter_misses_makes_everything_be_read(
    bench: Bench,
) -> None:
    client, account = account_of(
        bench, campaigns=[*voices(1), *voices(1, "Created", 1), *voices(600, first=2)]
    )
    account.filter = "forgetful"
    assert len(names(read(client, manifest("brand-new")))) == 602
    assert not [query for query in account.queries if "name=" in query]


def test_an_account_that_takes_no_search_is_read_completely(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(3000))
    account.refuses_search = True
    snapshot = read(client, manifest("brand-new"))
    assert len(names(snapshot)) == 3000
    assert snapshot.listings["VoiceCampaign"].settles("brand-new")


def test_the_name_of_a_pinned_campaign_settles_no_other_manifest(bench: Bench) -> None:
    pinned = {"id": "p", "name": "diwali", "status": "Created"}
    client, account = account_of(bench, campaigns=[*voices(3000), pinned])
    read(client, manifest("other", sid="p"), manifest("diwali"))
    assert "campaigns?name=diwali&0+500" in account.queries


def test_the_alive_alone_can_be_read_again(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=[*voices(3000), *voices(2, "Paused", first=90_000)])
    listing = alive(client, VOICE)
    assert sorted(live.sid for live in listing.campaigns) == ["v90000", "v90001"]
    assert listing.complete
    assert len(account.queries) == 3


# the other SMS endpoint


def there(name: str, status: str = "scheduled") -> dict[str, Any]:
    return {"sid": f"other-{name}", "name": name, "status": status}


@both
def test_the_alive_of_the_other_sms_endpoint_are_read_where_a_create_may_be_wanted(
    bench: Bench, refresh: str
) -> None:
    other = [there("brand-new"), there("over", "completed")]
    client, account = account_of(bench, message_campaigns=messages(2), sms_campaigns=other)
    snapshot = read(client, sms("brand-new"), refresh=refresh)
    assert [live.sid for live in snapshot.other_endpoint] == ["other-brand-new"]
    assert account.asked("sms-campaigns") == ["sms-campaigns?0+50"]


@both
@pytest.mark.parametrize(
    "wanted",
    [
        sms("text-00001"),
        sms("gone", state=State.ARCHIVED),
        manifest("late", SMS, {"start_time": "2026-01-15T09:00:00Z", "end_time": "2026-01-15T18:00:00Z"}),
        manifest("mine", SMS, SMS_SOON, sid="s00001"),
    ],
    ids=["it is there", "wanted archived", "window over", "pinned"],
)
def test_the_other_sms_endpoint_is_left_alone_where_nothing_may_be_created(
    bench: Bench, wanted: Desired, refresh: str
) -> None:
    client, account = account_of(bench, message_campaigns=messages(2), sms_campaigns=[])
    read(client, wanted, refresh=refresh)
    assert account.queries == ["campaigns?0+500", "message-campaigns?0+50"]


def test_where_the_filter_has_proved_itself_the_other_endpoint_takes_two_requests(bench: Bench) -> None:
    client, account = account_of(
        bench, message_campaigns=messages(600), sms_campaigns=[*messages(600), there("brand-new", "paused")]
    )
    snapshot = read(client, sms("brand-new"))
    assert account.asked("sms-campaigns") == ["sms-campaigns?alive&0+50", "sms-campaigns?finished&0+50"]
    assert [live.sid for live in snapshot.other_endpoint] == ["other-brand-new"]


def test_where_the_filter_is_not_understood_the_other_endpoint_is_read_completely(bench: Bench) -> None:
    client, account = account_of(
        bench, message_campaigns=messages(120), sms_campaigns=[*messages(120), there("brand-new", "paused")]
    )
    account.filter = "none"
    assert [live.sid for live in read(client, sms("brand-new")).other_endpoint] == ["other-brand-new"]


@both
@pytest.mark.parametrize("status", [403, 404])
def test_an_endpoint_that_is_not_there_holds_nothing(bench: Bench, refresh: str, status: int) -> None:
    client, account = account_of(bench, message_campaigns=[])
    account.absent["sms-campaigns"] = status
    snapshot = read(client, sms("brand-new"), refresh=refresh)
    assert snapshot.other_endpoint == ()
    assert snapshot.listings["SmsCampaign"].settles("brand-new")


@both
def test_an_endpoint_that_cannot_be_read_is_an_error(bench: Bench, refresh: str) -> None:
    client, account = account_of(bench, message_campaigns=[])
    account.absent["sms-campaigns"] = 401
    with pytest.raises(CredentialsError):
        read(client, sms("brand-new"), refresh=refresh)


@both
def test_a_broken_list_there_leaves_a_create_open(bench: Bench, refresh: str) -> None:
    client, _ = account_of(bench, message_campaigns=messages(2), sms_campaigns=[FAILED])
    listing = read(client, sms("brand-new"), sms("text-00001"), refresh=refresh).listings["SmsCampaign"]
    assert not listing.settles("brand-new")
    assert listing.settles("text-00001")
