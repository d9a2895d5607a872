"""Whatever the account holds and however odd it is, reading sparingly leads to the plan of a full scan (rule 8)."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from api_bench import ENVIRONMENT, Bench
from example_counts import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as some
from listed_account import FAILED, ListedAccount, messages
from scripted_server import Request

from campaignctl.api.refresh import fetch
from campaignctl.diagnostics import Position
from campaignctl.kinds import SMS
from campaignctl.kinds.lifecycle import State
from campaignctl.model.campaigns import Desired, Snapshot
from campaignctl.model.environment import Prune
from campaignctl.model.permissions import Consent
from campaignctl.model.reasons import ChangeType
from campaignctl.planning.planner import make_plan
from campaignctl.planning.terms import Terms

NAMES = ["diwali", "diwali-2027", "Diwali", "50% off_diwali", "text-00003", "o'diwali"]
ODD_NAMES = ["di", "a b c", "தீபாவளி"]
STATUSES = ["scheduled", "in-progress", "Paused", "completed", "completed", "Archived", "Failed", "cancelled"]
SCHEDULES: list[Any] = [
    {"start_time": "2027-01-15T09:00:00+05:30", "end_time": "2027-01-15T18:00:00+05:30"},
    {"start_time": "2027-01-16T09:00:00+05:30"},
    {"start_time": "2026-12-01T09:00:00+05:30", "end_time": "2026-12-01T18:00:00+05:30"},
    {"start_time": "2027-01-09T09:00:00+05:30"},
    None,
]

names = some.integers(0, 30).flatmap(lambda n: some.sampled_from(NAMES if n else ODD_NAMES))
campaigns = some.lists(
    some.fixed_dictionaries(
        {
            "name": names,
            "status": some.integers(0, 30).map(lambda n: STATUSES[n % 8] if n else "Dreaming"),
            "schedule": some.sampled_from(SCHEDULES),
            "lists": some.sampled_from([["l1"], ["l2"]]),
            "template": some.sampled_from(["hello", "goodbye"]),
        }
    ),
    max_size=6,
)
manifests = some.lists(
    some.fixed_dictionaries(
        {
            "name": names,
            "schedule": some.sampled_from(SCHEDULES),
            "state": some.sampled_from([None, *State]),
            "sid": some.sampled_from([None, None, None, "s00003", "x0", "x1", "nowhere"]),
            "previous_name": some.sampled_from([None, None, *NAMES]),
        }
    ),
    max_size=5,
    unique_by=(lambda one: one["name"], lambda one: one["sid"] or one["name"]),
)
accounts = some.fixed_dictionaries(
    {
        "past": some.sampled_from([0, 3, 60, 400, 400, 400]),
        "here": campaigns,
        "there": campaigns,
        "failed": some.sampled_from([None, None, None, None, None, 0, 2, 55]),
        "filter": some.integers(0, 30).map(lambda n: ["ignore", "none", "refuse", "lower", *["any"] * 30][n]),
        "search": some.integers(0, 15).map(
            lambda n: ["whole", "whole", "beginnings", "nothing", *["parts"] * 12][n]
        ),
        "shy": some.integers(0, 10).map(lambda n: n == 0),
        "refuses_search": some.integers(0, 15).map(lambda n: n == 0),
        "there_is_no_other": some.booleans(),
    }
)


def build(drawn: dict[str, Any]) -> ListedAccount:
    def numbered(found: list[dict[str, Any]], letter: str) -> list[Any]:
        return [{**one, "sid": f"{letter}{number}"} for number, one in enumerate(found)]

    here: list[Any] = [*messages(drawn["past"]), *numbered(drawn["here"], "x")]
    if drawn["failed"] is not None:
        here.insert(drawn["failed"], FAILED)
    account = ListedAccount(message_campaigns=here, sms_campaigns=numbered(drawn["there"], "y"))
    account.filter, account.refuses_search = drawn["filter"], drawn["refuses_search"]
    account.search = drawn["search"]
    if drawn["shy"]:
        account.before_page = lambda request: _hide(account, here, request)
    if drawn["there_is_no_other"]:
        account.absent["sms-campaigns"] = 404
    return account


def _hide(account: ListedAccount, here: list[Any], request: Request) -> None:
    """A replica that shows nothing but what is searched for."""
    account.lists["message-campaigns"] = here if "name" in request.query else []


def read(bench: Bench, drawn: dict[str, Any], desired: list[Desired], refresh: str) -> Snapshot:
    client, server = bench.client(build(drawn))
    snapshot = fetch(client, desired, refresh=refresh)
    assert snapshot.requests == len(server.requests)
    return snapshot


def planned(snapshot: Snapshot, desired: list[Desired]) -> list[Any]:
    terms = Terms(
        snapshot.now, ENVIRONMENT, Consent(("archive", "complete")), Prune("diwali"), prune_asked=True
    )
    decisions = make_plan(desired, desired, snapshot, terms)
    return [
        (
            one.key.name,
            one.type,
            [(step.op, step.sid) for step in one.operations],
            [step.op for step in one.held],
            one.diff,
        )
        for one in decisions.changes
        if one.desired or snapshot.listings["SmsCampaign"].complete  # what is not seen is no orphan
    ]


@examples(120, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=accounts, wanted=manifests)
def test_auto_and_full_lead_to_the_same_plan(drawn: dict[str, Any], wanted: list[dict[str, Any]]) -> None:
    desired = [
        Desired(
            kind=SMS,
            spec={"name": one["name"], "schedule": one["schedule"], "lists": ("l1",), "template": "hello"},
            where=Position("a.yaml"),
            state=one["state"],
            sid=one["sid"],
            previous_name=one["previous_name"],
        )
        for one in wanted
    ]
    with ExitStack() as stack:
        bench = Bench(stack)
        auto, full = (read(bench, drawn, desired, refresh) for refresh in ("auto", "full"))
    assert planned(auto, desired) == planned(full, desired)
    if not drawn["shy"]:
        assert not created(auto, desired) & there(drawn, desired)


def created(snapshot: Snapshot, desired: list[Desired]) -> set[str]:
    return {row[0] for row in planned(snapshot, desired) if row[1] is ChangeType.CREATE}


def there(drawn: dict[str, Any], desired: list[Desired]) -> set[str]:
    """What has a name there already, in whatever status; a pinned one is another manifest's."""
    pinned = {one.sid for one in desired}
    return {one["name"] for number, one in enumerate(drawn["here"]) if f"x{number}" not in pinned}
