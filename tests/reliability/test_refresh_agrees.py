"""Whatever an account holds and however it answers, reading sparingly leads to the plan of a full scan (rule 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from fakes import FakeClock
from habits import Habits, habits
from harness import live_sms, live_voice
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from campaignctl.api.client import Client
from campaignctl.api.credentials import Credentials
from campaignctl.api.refresh import fetch
from campaignctl.diagnostics import Position
from campaignctl.errors import ApiError
from campaignctl.kinds import KINDS, SMS, VOICE
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Key, Snapshot
from campaignctl.model.environment import Environment, Prune
from campaignctl.model.permissions import Consent
from campaignctl.model.plan import Change
from campaignctl.planning.planner import make_plan
from campaignctl.planning.terms import Terms
from campaignctl.sandbox.seeding import APPEARED
from campaignctl.sandbox.server import Sandbox

pytestmark = pytest.mark.slow

ENVIRONMENT = Environment("prod", "exotel", "acme1", rate_limit=None)
UNSEEN = "the list was not complete"
UNMANAGED = Key("", "what no manifest names", "")
COLLECTIONS = {VOICE.name: "campaigns", SMS.name: "message-campaigns"}
LONG_AGO = ("2026-06-01T09:00:00+05:30", "2026-06-01T18:00:00+05:30")
PAST_ENOUGH = {VOICE.name: 520, SMS.name: 130}
"""More than a page, so that reading sparingly means something."""

NAMES = [
    "diwali",
    "diwali-2027",
    "Diwali",
    "old-diwali-2027-north",
    "abc",
    "50% off_north",
    'o\'reilly "x"',
    "தீபாவளி",
    "old-00003",
    "a_b_c_d_e_f-north",
]
WORDS = ["created", "in-progress", "paused", "completed", "archived", "failed", "canceled"]
STARTS = [
    ("2027-01-15T09:00:00+05:30", "2027-01-15T18:00:00+05:30"),
    ("2027-01-16T09:00:00+05:30", None),
    ("2026-12-01T09:00:00+05:30", "2026-12-01T18:00:00+05:30"),
    ("2027-01-09T09:00:00+05:30", None),
]


def rarely(value: Any, otherwise: Any, one_in: int) -> some.SearchStrategy[Any]:
    """What most accounts do not do: else every example would end in a full scan."""
    return some.integers(0, one_in - 1).map(lambda n: value if n == 0 else otherwise)


def alike_in_every_answer(drawn: Habits) -> Habits:
    """What a list leaves out or masks a get does too: else one shows what the other does not, and plans may differ."""
    positions = dict(drawn.positions)
    if "mask_in" in positions:
        positions["mask_in"] = ()
    if "omit_from_list" in positions:
        kept = (key for key in positions["omit_from_list"] or () if not key.startswith("envelope."))
        positions["omit_from_list"] = positions["omit_from_get"] = tuple(kept)
    return Habits(positions)


names = some.sampled_from(NAMES)
kinds = some.sampled_from(sorted(KINDS))
campaigns = some.lists(
    some.fixed_dictionaries(
        {
            "kind": kinds,
            "name": names,
            "status": rarely("Dreaming", None, 25).flatmap(
                lambda word: some.just(word) if word else some.sampled_from(WORDS)
            ),
            "start": some.sampled_from(STARTS),
            "content": some.sampled_from(["one", "other"]),
            "elsewhere": rarely(True, False, 10),
        }
    ),
    max_size=7,
)
manifests = some.lists(
    some.fixed_dictionaries(
        {
            "kind": kinds,
            "name": names,
            "state": some.sampled_from([None, *State]),
            "start": some.sampled_from(STARTS),
            "content": some.sampled_from(["one", "other"]),
            "pin": rarely(True, False, 6),
            "previous": rarely(True, False, 4).flatmap(lambda yes: names if yes else some.none()),
        }
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: (one["kind"], one["name"]),
)
accounts = some.fixed_dictionaries(
    {
        "past": some.booleans(),
        "campaigns": campaigns,
        "habits": habits(("status_filter", "name_search", "shared_sms", "closed_sms"), most=2),
        "shown": habits(("mask", "spelling", "omit_from_list"), most=2).map(alike_in_every_answer),
        "fault": some.sampled_from([None, None, None, "item", "appear", "disappear"]),
        "place": some.integers(0, 12),
    }
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """One server for all examples; each begins with a reset."""
    with Sandbox(clock=FakeClock()) as sandbox:
        yield sandbox


def spec_of(kind: Kind, name: str, start: tuple[str, str | None], content: str) -> dict[str, Any]:
    schedule = {kind.start.name: start[0], **({kind.end.name: start[1]} if start[1] else {})}
    if kind is VOICE:
        url = f"http://my.exotel.com/acme1/exoml/start_voice/{content}"
        return live_voice(name, schedule=schedule, url=url)
    return live_sms(name, schedule=schedule, template=content)


def fill(sandbox: Sandbox, drawn: dict[str, Any]) -> dict[str, list[str]]:
    """The account as drawn; the SIDs of what is not past, by kind."""
    sandbox.reset()
    for kind in KINDS.values() if drawn["past"] else ():
        old = {"status": "completed", "date_created": "2026-06-01T09:00:00+05:30"}
        past = (
            {**spec_of(kind, f"old-{number:05}", LONG_AGO, "one"), **old}
            for number in range(PAST_ENOUGH[kind.name])
        )
        sandbox.seed("acme1", COLLECTIONS[kind.name], past)
    sids: dict[str, list[str]] = {name: [] for name in KINDS}
    for number, one in enumerate(drawn["campaigns"]):
        kind = KINDS[one["kind"]]
        there = "sms-campaigns" if one["elsewhere"] and kind is SMS else COLLECTIONS[kind.name]
        live = {
            **spec_of(kind, one["name"], one["start"], one["content"]),
            "status": one["status"],
            "sid": f"sid{number}",
        }
        sandbox.seed("acme1", there, [live])
        sids[kind.name].append(f"sid{number}")
    drawn["habits"].throw(sandbox)
    drawn["shown"].throw(sandbox)
    return sids


def disturb(sandbox: Sandbox, drawn: dict[str, Any]) -> None:
    """One read of this refresh is met: an item that fails, or pages that move."""
    sandbox.faults.clear()
    match drawn["fault"]:
        case "item":
            sandbox.faults.add("item", request="list", index=drawn["place"] * 5, status=500, times=None)
        case "appear":
            sandbox.faults.add("shift", request="list", appear=1 + drawn["place"], after=drawn["place"] % 4)
        case "disappear":
            sandbox.faults.add("shift", request="list", appear=20)
            sandbox.faults.add("shift", request="list", disappear=20, after=1 + drawn["place"] % 3)


def desired(drawn: Sequence[dict[str, Any]], sids: dict[str, list[str]]) -> list[Desired]:
    made, pinned = [], set()
    for number, one in enumerate(drawn):
        kind = KINDS[one["kind"]]
        spec: dict[str, Any] = spec_of(kind, one["name"], one["start"], one["content"])
        mine = [sid for sid in (*sids[kind.name], f"nowhere{number}") if sid not in pinned]
        sid = mine[0] if one["pin"] else None
        pinned.add(sid)
        spec = {key: tuple(value) if isinstance(value, list) else value for key, value in spec.items()}
        where = Position("a.yaml", number + 1)
        made.append(Desired(kind, spec, where, one["state"], sid, None if sid else one["previous"]))
    return made


def planned(
    sandbox: Sandbox, manifests: list[Desired], drawn: dict[str, Any], refresh: str
) -> dict[Key, Any] | str:
    """What is decided about every manifest; about orphans only where everything was seen."""
    disturb(sandbox, drawn)
    secrets = Credentials("key", "token")
    client = Client(
        ENVIRONMENT, base_url=sandbox.url, credentials=secrets, clock=FakeClock(), random=Random(1)
    )
    with client:
        try:
            snapshot = fetch(client, manifests, refresh=refresh)
        except ApiError as error:
            return error.code
    consent = Consent(("resume", "complete", "archive"))
    terms = Terms(snapshot.now, ENVIRONMENT, consent, Prune("old-"), prune_asked=True)
    decisions = make_plan(manifests, manifests, snapshot, terms)
    changes = decisions.changes
    complete = {name for name, listing in snapshot.listings.items() if listing.complete}
    steady = complete >= KINDS.keys() and drawn["fault"] is None
    return {UNMANAGED: (decisions.unmanaged, newest(snapshot)) if steady else UNSEEN} | {
        one.key if one.desired is None else one.key._replace(sid=""): decided(one, one.key.kind in complete)
        for one in changes
        if one.desired or (one.key.kind in complete and APPEARED not in one.key.name)
    }


def newest(snapshot: Snapshot) -> Any:
    """The newest that are over, as far as the account was drawn: its long past is older, and all of one age."""
    pages = {**snapshot.newest_finished, "the other endpoint": snapshot.other_endpoint_finished}
    return {name: {live.sid for live in page if live.sid.startswith("sid")} for name, page in pages.items()}


def decided(change: Change, complete: bool) -> Any:
    if not complete:
        return UNSEEN
    operations = [(it.op, it.fields, it.sid) for it in change.operations]
    return change.type, operations, [(it.op, it.fields) for it in change.held], change.diff


def agree(one: dict[Key, Any] | str, other: dict[Key, Any] | str, disturbed: bool) -> bool:
    """The same; but a fault may meet one of the two reads alone: then it knows that it has not seen everything."""
    if not disturbed or isinstance(one, str) or isinstance(other, str):
        return one == other or disturbed
    both = one.keys() & other.keys()
    return all(one[key] == other[key] or UNSEEN in (one[key], other[key]) for key in both)


@settings(
    deadline=None,
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
@given(account=accounts, wanted=manifests)
def test_auto_and_full_decide_the_same(
    shared: Sandbox, account: dict[str, Any], wanted: list[dict[str, Any]]
) -> None:
    sids = fill(shared, account)
    asked = desired(wanted, sids)
    auto = planned(shared, asked, account, "auto")
    full = planned(shared, asked, account, "full")
    assert agree(auto, full, account["fault"] is not None), (auto, full)
