"""The newest that are over: one page, whatever the account makes of the question."""

from __future__ import annotations

import pytest
from api_bench import Bench
from listed_account import account_of, messages, voices

from campaignctl.api.account import Account
from campaignctl.api.newest import newest_finished
from campaignctl.errors import AnswerError
from campaignctl.kinds import SMS, VOICE


def test_one_request_brings_the_newest_page_of_what_is_over(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=[*voices(700), *voices(3, "Created", 900)])
    found = newest_finished(client, VOICE)
    assert [found[0].sid, found[-1].sid, len(found)] == ["v00699", "v00200", 500]
    assert account.queries == ["campaigns?finished&0+500"]


def test_text_messages_come_in_pages_of_fifty(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(120))
    assert len(newest_finished(client, SMS)) == 50
    assert account.queries == ["message-campaigns?finished&0+50"]


def test_an_order_that_the_account_does_not_know_is_left_to_its_default(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(120))
    account.refused_order = "schedule.start_time:desc"
    assert len(newest_finished(client, SMS)) == 50
    assert account.queries == ["message-campaigns?finished&0+50"] * 2


@pytest.mark.parametrize("how", ["ignore", "none", "refuse", "swapped", "forgetful"])
def test_a_filter_that_is_not_understood_costs_a_look_at_the_newest_end_of_the_list(
    bench: Bench, how: str
) -> None:
    client, account = account_of(bench, campaigns=[*voices(1200), *voices(3, "Created", 5000)])
    account.filter = how
    found = newest_finished(client, VOICE)
    assert found[0].finished
    assert {live.sid for live in found} >= {f"v{number:05}" for number in range(800, 1200)}
    assert all(live.finished for live in found)
    assert len(account.queries) <= 4


def test_an_account_without_a_past_has_none(bench: Bench) -> None:
    client, _ = account_of(bench, campaigns=voices(3, "Created"))
    assert newest_finished(client, VOICE) == ()


def test_what_cannot_be_read_is_an_error(bench: Bench) -> None:
    client, account = account_of(bench)
    account.absent["campaigns"] = 404
    with pytest.raises(AnswerError):
        newest_finished(client, VOICE)


def test_what_a_manifest_pins_is_no_candidate_for_another(bench: Bench) -> None:
    client, _ = account_of(bench, campaigns=voices(3))
    found = Account(client, frozenset({"v00001"})).newest_finished(VOICE)
    assert [live.sid for live in found] == ["v00002", "v00000"]
