"""What the ledger says of contact lists: who is in them when a campaign is sent to them, and which may be deleted."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from simulation_bench import HEADERS, HOUR, Bench, sent

from simulation.account import NAME, Truth
from simulation.commits import Commit
from simulation.ledger import CommandRun, people_of
from simulation.manifests import Manifest
from simulation.product import CommandOutcome
from simulation.promises.likeness import ComparedCampaign, looks_like
from simulation.repository import NUMBERS

PEOPLE = NUMBERS[:3]


@pytest.fixture
def bench() -> Bench:
    """An account whose contact lists somebody fills, and a morning in India."""
    return Bench.with_lists()


def version(bench: Bench, *people: str) -> str:
    """The SID of a list of the account."""
    return bench.account.stage.seed(
        NAME, "lists", [{"name": "people-0123456789abcdef", "numbers": list(people)}]
    )[0]


def to_the_list(bench: Bench) -> Manifest:
    """A campaign to the list of the project."""
    return replace(bench.one, people=(), list_name="people")


def apply(bench: Bench, words: str = "apply") -> CommandRun:
    """A run of a checkout that has the list."""
    run = bench.run(to_the_list(bench), words=words)
    run.commit = replace(run.commit, lists={"people": PEOPLE})
    run.prune_lists = "--prune-lists" in run.words
    return run


def sends(bench: Bench, run: CommandRun, sid: str) -> None:
    """Creates the campaign, to a list of the account."""
    body = sent(bench.one)
    del body["from"]
    bench.sends(run, "POST", "", {**body, "lists": [sid]})


def asks(bench: Bench, run: CommandRun, method: str, path: str, body: object) -> None:
    """One request about lists, as it would reach the account."""
    data = json.dumps(body).encode()
    bench.account.exchange(method, f"/v2/accounts/{NAME}/{path}", HEADERS, data)
    for entry in bench.account.stage.journal.entries():
        bench.ledger.saw(run, entry)
    bench.account.stage.journal.clear()


def deletes(bench: Bench, run: CommandRun, sid: str) -> None:
    """Deletes a list."""
    asks(bench, run, "DELETE", f"lists/{sid}", {})


def test_a_campaign_to_a_list_is_sent_to_its_members(bench: Bench) -> None:
    """Neither to some of them nor to anybody else, and to each once; later they are called."""
    run = apply(bench)
    sends(bench, run, version(bench, *PEOPLE))
    assert not bench.broken(run)
    bench.clock.sleep(5 * HOUR)
    assert not bench.broken()
    assert {call.number for call in bench.ledger.calls} == set(PEOPLE)


@pytest.mark.parametrize("people", [PEOPLE[:2], (*PEOPLE, NUMBERS[9]), NUMBERS[5:8]])
def test_a_list_of_others_is_not_sent(bench: Bench, people: tuple[str, ...]) -> None:
    """Whatever bears the name."""
    run = apply(bench)
    sends(bench, run, version(bench, *people))
    assert bench.broken(run) == {"members"}


@pytest.mark.parametrize("people", [PEOPLE, PEOPLE[:2], (*PEOPLE, NUMBERS[9])])
def test_what_is_called_in_sync_holds_the_members_of_now(bench: Bench, people: tuple[str, ...]) -> None:
    """Whoever has joined the list since is not left out without a word, and whoever has left it is not called."""
    made = apply(bench)
    sends(bench, made, version(bench, *people))
    looked = says_in_sync(bench, made.writes[-1].sids[0])
    assert bench.broken(looked) == (set() if people == PEOPLE else {"in sync"})


def says_in_sync(bench: Bench, sid: str, *notes: str) -> CommandRun:
    """A plan to which the campaign is as its manifest says."""
    looked = apply(bench, "plan --format json")
    row = {"kind": "VoiceCampaign", "name": bench.one.name, "sid": sid, "notes": notes}
    said = {"changes": [{**row, "reason": {"code": "in-sync"}, "operations": []}]}
    looked.said = CommandOutcome(0, json.dumps(said), "")
    return looked


@pytest.mark.parametrize("told", [True, False])
def test_numbers_that_somebody_put_beside_a_list_are_told(bench: Bench, told: bool) -> None:
    """The manifest does not declare them, so that they stay."""
    made = apply(bench)
    sends(bench, made, version(bench, *PEOPLE))
    (sid,) = made.writes[-1].sids
    bench.account.by_hand("PUT", "campaigns", sid, {**sent(bench.one), "from": [NUMBERS[9]]})
    note = "it also calls 1 number of its from, which the manifest does not declare"
    looked = says_in_sync(bench, sid, *([note] if told else []))
    assert bench.broken(looked) == (set() if told else {"in sync"})


def test_no_list_is_deleted_that_somebody_uses(bench: Bench) -> None:
    """Nor without being asked, nor one that the checkout still wants."""
    run = apply(bench)
    used, wanted, other = version(bench, *PEOPLE), version(bench, *PEOPLE), version(bench, NUMBERS[9])
    sends(bench, run, used)
    unasked = apply(bench)
    deletes(bench, unasked, other)
    assert bench.broken(unasked) == {"in use"}
    for sid, broken in ((used, {"in use"}), (wanted, {"in use"}), (version(bench, NUMBERS[8]), set[str]())):
        pruning = apply(bench, "apply --prune-lists")
        deletes(bench, pruning, sid)
        assert bench.broken(pruning) == broken


def test_what_only_looks_makes_no_list(bench: Bench) -> None:
    """Planning writes nothing to the account."""
    run = apply(bench, "plan")
    asks(bench, run, "POST", "lists", {"lists": [{"name": "a"}]})
    assert bench.broken(run) == {"in use"}


def test_a_list_is_written_beside_the_campaigns() -> None:
    """And they name it."""
    one = Manifest("sms", "diwali", 0.0, 2.0, (), "1", list_name="people")
    texts = Commit(1, "", {"campaigns/a.yaml": (one,)}, lists={"people": PEOPLE}).texts()
    assert "lists: [{name: people}]" in texts["campaigns/a.yaml"]
    assert f'numbers: ["{PEOPLE[0]}"' in texts["campaigns/list-people.yaml"]


@pytest.mark.parametrize(("others", "looks"), [((), True), ((NUMBERS[9],), False)])
def test_a_campaign_to_another_list_of_the_same_people_looks_like_it(
    others: tuple[str, ...], looks: bool
) -> None:
    """A list stands for its members (rule 3), in messages too."""
    mine = ComparedCampaign("sms", 9.0, "Hello", frozenset(PEOPLE))
    assert looks_like(mine, one_of(lists=["a list"], people=(*PEOPLE, *others)), by_members=True) == looks


def test_a_campaign_aims_at_its_list_and_at_numbers_beside_it() -> None:
    beside = one_of(lists=["a list"], people=(*PEOPLE, NUMBERS[9]), **{"from": [NUMBERS[9]]})
    assert beside.aims == people_of(beside.spec) == ("a list", NUMBERS[9])
    mine = ComparedCampaign("voice", 9.0, "Hello", frozenset(["a list"]))
    assert not looks_like(mine, beside)


def one_of(people: tuple[str, ...], **spec: list[str]) -> Truth:
    """A paused campaign at another start, with another text."""
    return Truth("a1", "message-campaigns", "other", "paused", 1.0, 5.0, 5.0, 6.0, people, "Bye", spec)
