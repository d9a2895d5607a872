"""What a look at an account does not believe before it has been shown (rule 8)."""

from __future__ import annotations

from typing import Any

import pytest
from api_bench import Bench
from listed_account import FAILED, ListedAccount, account_of, messages, read, voices
from scripted_server import Request

from campaignctl.api.client import Client
from campaignctl.api.lookup import find
from campaignctl.diagnostics import Position
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing
from campaignctl.model.naming import AskedName

SOON = {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"}
SMS_SOON = {"start_time": "2027-01-15T09:00:00+05:30", "end_time": "2027-01-15T18:00:00+05:30"}

both = pytest.mark.parametrize("refresh", ["auto", "full"])


def manifest(name: str, kind: Kind = VOICE, **more: Any) -> Desired:
    spec = {"name": name, "schedule": SOON if kind is VOICE else SMS_SOON}
    return Desired(kind=kind, spec=spec, where=Position("a.yaml"), **more)


def voice_list(client: Client, *manifests: Desired, refresh: str = "auto") -> Listing:
    return read(client, *manifests, refresh=refresh).listings[VOICE.name]


def searches(account: ListedAccount, collection: str = "campaigns") -> list[str]:
    found = (query.partition("name=")[2] for query in account.asked(collection))
    return [text.partition("&")[0] for text in found if text]


# an account that shows nothing at all


@both
def test_an_empty_account_is_asked_by_name_too_for_five_names_at_most(bench: Bench, refresh: str) -> None:
    client, account = account_of(bench, campaigns=[])
    wanted = [manifest(f"diwali-{number}") for number in range(20)]
    listing = voice_list(client, *wanted, refresh=refresh)
    assert searches(account) == [f"diwali-{number}" for number in range(5)]
    assert all(listing.settles(one.name or "") for one in wanted)


@both
def test_both_kinds_together_are_asked_for_five_names(bench: Bench, refresh: str) -> None:
    client, account = account_of(bench)
    wanted = [manifest(f"{kind.short}-{number}", kind) for kind in (VOICE, SMS) for number in range(4)]
    read(client, *wanted, refresh=refresh)
    assert searches(account) == ["voice-0", "voice-1", "voice-2"]
    assert searches(account, "message-campaigns") == ["sms-0", "sms-1"]


@both
def test_what_would_not_be_created_is_not_asked_for(bench: Bench, refresh: str) -> None:
    client, account = account_of(bench, campaigns=[])
    read(client, manifest("diwali", state=State.ARCHIVED), refresh=refresh)
    assert searches(account) == []


@both
def test_what_an_empty_list_hides_and_a_search_shows_is_there_and_leaves_the_rest_open(
    bench: Bench, refresh: str
) -> None:
    client, account = account_of(bench)
    hidden = {"id": "x", "name": "diwali-3", "status": "Created"}

    def shown_by_search(request: Request) -> None:
        account.lists["campaigns"] = [hidden] if "name" in request.query else []

    account.before_page = shown_by_search
    account.search = "whole"
    listing = voice_list(client, *(manifest(f"diwali-{number}") for number in range(8)), refresh=refresh)
    assert [live.sid for live in listing.campaigns] == ["x"]
    assert not listing.complete
    assert "diwali-7" in searches(account)


@both
def test_a_pin_that_is_there_though_the_list_is_empty_shows_that_the_list_is_incomplete(
    bench: Bench, refresh: str
) -> None:
    client, account = account_of(bench, campaigns=[])
    account.unlisted = [{"id": "x", "name": "pinned", "status": "Created"}]
    listing = voice_list(client, manifest("other", sid="x"), manifest("brand-new"), refresh=refresh)
    assert not listing.settles("brand-new")


# a search is believed only once it has found what is known to be there


def test_a_search_that_finds_a_known_one_by_a_part_of_its_name_proves_itself(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(3000))
    assert voice_list(client, manifest("a old-0")).settles("a old-0")
    assert set(searches(account)) == {"old-0"}  # finds `old-00000`, which the first page showed


def test_one_request_more_proves_the_searches_of_a_kind(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=[*voices(3000), *voices(1, "Created", 90_000)])
    voice_list(client, manifest("brand-new"), manifest("other-new"), manifest("third-new"))
    assert searches(account) == ["brand-new", "other-new", "third-new", "ld-00000"]


def test_where_no_manifest_is_open_nothing_is_searched_for(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=[*voices(3000), *voices(1, "Created", 90_000)])
    assert voice_list(client, manifest("old-90000")).complete
    assert searches(account) == []


def test_a_search_for_full_names_alone_is_asked_by_full_names(bench: Bench) -> None:
    there = {"id": "x", "name": "Diwali offer", "status": "Completed"}
    first = {"id": "y", "name": "Holi offer", "status": "Completed"}
    client, account = account_of(bench, campaigns=[first, *voices(3000), there])
    account.search = "whole"
    listing = voice_list(client, manifest("Diwali offer"), manifest("brand-new"))
    assert {live.name for live in listing.campaigns} >= {"Diwali offer"}
    assert listing.complete
    assert len(listing.campaigns) < 10
    assert searches(account) == ["Diwali", "brand-new", "ld-00000", "Holi offer", "Diwali offer"]


def test_a_sign_that_no_known_one_was_found_by_makes_everything_be_read(bench: Bench) -> None:
    there = {"id": "x", "name": "50% offer", "status": "Completed"}
    client, account = account_of(bench, campaigns=[*voices(3000), there])
    account.search = "whole"
    listing = voice_list(client, manifest("50% offer"))
    assert len(listing.campaigns) == 3001


@pytest.mark.parametrize("search", ["beginnings", "nothing"])
def test_a_search_that_misses_what_is_there_is_not_believed(bench: Bench, search: str) -> None:
    hidden = {"id": "x", "name": "a_diwali-2027", "status": "Completed"}
    client, account = account_of(bench, campaigns=[*voices(3000), hidden])
    account.search = search
    assert any(live.sid == "x" for live in voice_list(client, manifest("a_diwali-2027")).campaigns)


@both
def test_a_broken_list_with_a_search_that_finds_nothing_known_settles_no_name(
    bench: Bench, refresh: str
) -> None:
    client, account = account_of(bench, campaigns=[*voices(3, "Created"), FAILED])
    account.before_page = lambda request: account.lists.update(
        campaigns=[] if "name" in request.query else [*voices(3, "Created"), FAILED]
    )
    assert not voice_list(client, manifest("brand-new"), refresh=refresh).settles("brand-new")


def test_an_alive_one_that_the_proof_shows_and_the_filter_missed_makes_everything_be_read(
    bench: Bench,
) -> None:
    missed = {"id": "m", "name": "cold-00000", "status": "Created"}
    client, account = account_of(bench, campaigns=[*voices(3000), missed])
    account.filter = "forgetful"
    assert len(voice_list(client, manifest("brand-new")).campaigns) == 3001


# what a manifest was called before


@both
@pytest.mark.parametrize("past", [40, 3000])
def test_what_is_over_is_found_by_the_name_that_it_had_before(bench: Bench, past: int, refresh: str) -> None:
    over = {"id": "x", "name": "diwali-2026", "status": "Completed"}
    client, account = account_of(bench, campaigns=[*voices(past), over])
    listing = voice_list(client, manifest("diwali-2027", previous_name="diwali-2026"), refresh=refresh)
    assert "x" in {live.sid for live in listing.campaigns}
    if refresh == "auto" and past == 3000:
        assert searches(account)[:2] == ["diwali-2027", "ld-00000"]
        assert "diwali-2026" in searches(account)


def test_what_bears_the_name_is_not_looked_for_by_the_name_before(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(3000))
    voice_list(client, manifest("old-02000", previous_name="diwali-2026"))
    assert "diwali-2026" not in searches(account)


def test_a_previous_name_that_no_search_can_find_makes_everything_be_read(bench: Bench) -> None:
    client, _ = account_of(bench, campaigns=voices(3000))
    assert len(voice_list(client, manifest("diwali-2027", previous_name="a b c")).campaigns) == 3000


# the newest that are over


@both
@pytest.mark.parametrize("past", [40, 1200])
def test_where_a_create_is_wanted_the_newest_that_are_over_are_read(
    bench: Bench, past: int, refresh: str
) -> None:
    client, account = account_of(bench, campaigns=dated(past), message_campaigns=messages(3))
    snapshot = read(client, manifest("brand-new"), refresh=refresh)
    newest = [live.sid for live in snapshot.newest_finished[VOICE.name]]
    assert newest == [f"v{number:05}" for number in range(past)][::-1][:500]
    assert snapshot.newest_finished.keys() == {VOICE.name}
    sparing = refresh == "auto" and past == 1200
    assert account.asked("campaigns").count("campaigns?finished&0+500") == sparing


def dated(count: int) -> list[dict[str, Any]]:
    """Voice campaigns of the past, created one second after the other."""
    moments = (f"2026-06-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}+05:30" for n in range(count))
    return [{**one, "date_created": moment} for one, moment in zip(voices(count), moments, strict=True)]


def test_what_is_over_under_a_wanted_name_and_no_search_found_is_there(bench: Bench) -> None:
    hidden = {"id": "x", "name": "brand-new", "status": "Completed"}
    client, account = account_of(bench, campaigns=[*voices(3000), hidden])

    def unseen_by_search(request: Request) -> None:
        account.lists["campaigns"] = voices(3000) if "name" in request.query else [*voices(3000), hidden]

    account.before_page = unseen_by_search
    assert "x" in {live.sid for live in voice_list(client, manifest("brand-new")).campaigns}


@both
@pytest.mark.parametrize("past", [3, 600])
def test_the_newest_of_the_other_sms_endpoint_are_read_too(bench: Bench, past: int, refresh: str) -> None:
    over = {"sid": "o", "name": "brand-new", "status": "completed"}
    client, _ = account_of(bench, message_campaigns=messages(past), sms_campaigns=[over])
    snapshot = read(client, manifest("brand-new", SMS), refresh=refresh)
    assert [live.sid for live in snapshot.other_endpoint_finished] == ["o"]
    assert snapshot.other_endpoint == ()


def test_two_empty_answers_of_the_other_endpoint_are_no_proof(bench: Bench) -> None:
    there = {"sid": "o", "name": "brand-new", "status": "scheduled"}
    client, account = account_of(bench, message_campaigns=messages(600), sms_campaigns=[there])
    account.before_page = lambda request: account.lists.update(
        {"sms-campaigns": [] if "status" in request.query else [there]}
    )
    assert [live.sid for live in read(client, manifest("brand-new", SMS)).other_endpoint] == ["o"]


# somebody asks for a campaign by its name


@pytest.mark.parametrize("how", ["whole", "beginnings", "nothing"])
def test_a_campaign_that_is_alive_is_found_by_its_name_whatever_searches_find(bench: Bench, how: str) -> None:
    calling = {"id": "x", "name": "the Diwali offer", "status": "InProgress"}
    client, account = account_of(bench, campaigns=[*voices(40), calling])
    account.search = how
    assert [live.sid for live in find(client, AskedName.read("the Diwali offer")).campaigns] == ["x"]
