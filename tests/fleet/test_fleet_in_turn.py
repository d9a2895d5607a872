"""Nobody waits for the manifests or the accounts of others without need, and nobody is called wrongly for that."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from example_counts import examples
from fleet_projects import campaign, environment, many, secrets, write_environments
from harness import Desk, Result, live_voice, voice
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from campaignctl.app.accounts_board import AccountsBoard, OtherAccounts
from campaignctl.app.manifests_in_turn import ManifestsInTurn
from campaignctl.app.side_by_side import RequestSlots, Turn
from campaignctl.errors import InterruptedRunError
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.voice import VOICE
from campaignctl.manifests.loading import load_for_each, loading_in_turn
from campaignctl.manifests.project import load_project
from campaignctl.manifests.reading import Manifests
from campaignctl.model.campaigns import Listing, Live, Snapshot
from campaignctl.planning.terms import RunningElsewhere

NAMES = ("east", "north", "south")
LATE = 0.4
"""Seconds that one account's lists take, so that all others are planned before it is read."""


# -- manifests -------------------------------------------------------------------------------------------------


def test_an_environment_is_there_before_the_files_of_the_next_are_read(desk: Desk) -> None:
    many(desk, NAMES)
    for name in NAMES:
        campaign(desk, name, f"survey-{name}")
    project = load_project(desk.root, None, {})
    with loading_in_turn(project, [project.environments[name] for name in NAMES]) as loaded:
        name, _ = next(loaded)
        assert name == "east"
        for path in (desk.root / "campaigns" / "south").iterdir():
            path.write_text(path.read_text().replace("survey-south", "survey-later"))
        left = {name: [it.name for it in read.desired] for name, read in loaded}
    assert left["south"] == ["survey-later"], "an environment of few files is read when its turn has come"


def told(loaded: Manifests) -> Any:
    return loaded._replace(desired=tuple(map(str, loaded.desired)), selected=tuple(map(str, loaded.selected)))


REGIONS = st.sampled_from(["south", "north", "${region}", None])


@examples(30, quick=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    regions=st.lists(REGIONS, min_size=1, max_size=6),
    paths=st.sampled_from([(), ("campaigns/shared",), ("campaigns/own/0.yaml",), ("nowhere",)]),
    broken=st.booleans(),
)
def test_what_is_read_in_turn_is_what_is_read_together(
    desk: Desk, regions: list[str | None], paths: tuple[str, ...], broken: bool
) -> None:
    """Whoever shares files, chooses by labels, has paths of its own or an invalid manifest."""
    many(desk, [])
    write_environments(
        desk,
        environment("south", select="region=south"),
        environment("north", select="region=north"),
        environment("own", manifests=["campaigns/own/"]),
        environment("none", manifests=["campaigns/own/"], select="region=nowhere"),
    )
    for place, region in enumerate(regions):
        labels = {"metadata": {"labels": {"region": region}}} if region else {}
        for folder in ("shared", "own"):
            desk.manifests(voice(f"{folder}-{place}", **labels), file=f"campaigns/{folder}/{place}.yaml")
    desk.write("campaigns/own/broken.yaml", "kind: [\n" if broken else "")
    project = load_project(desk.root, None, {})
    chosen = [project.environments[name] for name in ("north", "none", "own", "south")]
    together = load_for_each(project, chosen, paths, cwd=desk.root)
    with loading_in_turn(project, chosen, paths, cwd=desk.root) as loaded:
        in_turn = dict(loaded)
    assert {name: told(it) for name, it in in_turn.items()} == {
        name: told(it) for name, it in together.items()
    }


def nothing(_name: str) -> Manifests:
    return Manifests((), (), (), True, 0)


def test_whoever_waits_for_manifests_that_are_never_read_ends() -> None:
    def cut_short() -> Any:
        yield "east", nothing("east")
        raise KeyboardInterrupt

    manifests, ended = ManifestsInTurn(NAMES, cut_short()), list[str]()

    def wait() -> None:
        try:
            manifests.of("south")
        except InterruptedRunError as error:
            ended.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        manifests.read_all()
    thread.join(10)
    assert ended == ["the manifests of all were not read; nothing was sent"]
    assert manifests.of("east") == nothing("east")


def test_until_all_are_read_everybody_may_ask_and_nobody_goes_on() -> None:
    slots, all_read, gone_on = RequestSlots(1), threading.Event(), list[int]()

    def ask(place: int) -> None:
        with Turn(slots, (0, place), lambda: False, all_read):
            asked.release()
        gone_on.append(place)

    asked = threading.Semaphore(0)
    threads = [threading.Thread(target=ask, args=(place,)) for place in range(5)]
    for thread in threads:
        thread.start()
    assert all(asked.acquire(timeout=10) for _ in threads), "an answer that waits takes nobody's place"
    assert gone_on == []
    all_read.set()
    for thread in threads:
        thread.join(10)
    assert sorted(gone_on) == list(range(5))


def test_a_variable_that_only_the_last_uses_is_none_that_nobody_uses(desk: Desk) -> None:
    many(desk, NAMES)
    for name in NAMES:
        campaign(desk, name, f"survey-{name}")
    desk.manifests(voice("varied", read_via_text="${text}"), file="campaigns/south/varied.yaml")
    words = ("plan", "--all-environments", "--format", "json", "--var")
    assert desk.run(*words, "text=Hello", env=secrets(*NAMES)).code == 0
    desk.forget()
    assert desk.run(*words, "txet=Hello", env=secrets(*NAMES)).code == 1
    assert desk.requests == []


def test_what_one_takes_that_is_invalid_asks_its_account_nothing(desk: Desk) -> None:
    many(desk, NAMES)
    for name in NAMES:
        campaign(desk, name, f"survey-{name}")
    desk.write("campaigns/east/broken.yaml", "apiVersion: campaignctl/v1\nkind: VoiceCampaign\nmetadata: [\n")
    desk.forget()
    assert desk.run("apply", "--all-environments", "--auto-approve", env=secrets(*NAMES)).code == 1
    assert {it.path.split("/")[3] for it in desk.requests} == {"acc-north", "acc-south"}
    assert {it.path.split("/")[3] for it in desk.writes} == {"acc-north", "acc-south"}


# -- accounts --------------------------------------------------------------------------------------------------


def moved(desk: Desk, **fields: Any) -> str:
    """`survey` stands in the folder of the north now; the account of the south runs it, and answers late."""
    many(desk, NAMES)
    campaign(desk, "north", "survey", **fields)
    for name in ("east", "south"):
        campaign(desk, name, f"other-{name}", **{"from": [f"+91987654329{len(name)}"]})
    [sid] = desk.sandbox.seed("acc-south", "campaigns", [live_voice("survey")])
    desk.sandbox.faults.add("slow", request="list", path="/acc-south/", seconds=LATE, times=None)
    return sid


def outcome(result: Result, name: str) -> list[tuple[str, str, str]]:
    [found] = [it for it in result.json["environments"] if it["environment"] == name]
    return [(it["name"], it["change"], it["reason"]["code"]) for it in found["result"]["changes"]]


def plan(desk: Desk, *words: str) -> Result:
    return desk.run("plan", "--all-environments", "--format", "json", *words, env=secrets(*NAMES))


def test_a_plan_that_was_made_before_the_old_account_was_read_is_made_again(desk: Desk) -> None:
    sid = moved(desk)
    result = plan(desk)
    assert outcome(result, "north") == [("survey", "held", "looks-renamed")]
    [north] = [it for it in result.json["environments"] if it["environment"] == "north"]
    assert f"south holds an alive campaign of this name ({sid})" in str(north["result"]["changes"])
    assert north["result"]["summary"]["operations"] == 0
    assert outcome(result, "east") == [("other-east", "create", "not-live")]


def test_it_is_digested_and_approved_as_it_was_made_at_last(desk: Desk) -> None:
    moved(desk)
    late = plan(desk)
    desk.sandbox.faults.clear()
    assert (late.json["digest"], late.json["totals"]) == (
        plan(desk).json["digest"],
        plan(desk).json["totals"],
    )


def test_an_apply_waits_for_the_old_account_and_creates_nothing_there_is(desk: Desk) -> None:
    moved(desk)
    desk.forget()
    applied = desk.run("apply", "--all-environments", "--auto-approve", env=secrets(*NAMES))
    assert applied.code == 3, applied.all
    assert sorted(it.path.split("/")[3] for it in desk.writes) == ["acc-east", "acc-south"]


def test_no_list_is_counted_for_what_turns_out_to_be_held(desk: Desk) -> None:
    [lst] = desk.sandbox.seed("acc-north", "lists", [{"name": "vip", "numbers": ["+919876543210"]}])
    moved(desk, **{"from": ..., "lists": [lst]})
    desk.forget()
    assert outcome(plan(desk), "north") == [("survey", "held", "looks-renamed")]
    late = sorted(it.path for it in desk.requests if "/acc-north/" in it.path)
    desk.sandbox.faults.clear()
    desk.forget()
    plan(desk)
    assert late == sorted(it.path for it in desk.requests if "/acc-north/" in it.path)
    assert not [path for path in late if "contacts" in path]


def never() -> bool:
    return False


def test_who_was_told_nothing_waits_for_nobody() -> None:
    board = AccountsBoard(NAMES)
    assert OtherAccounts(board, "east", never).held()
    assert not board.is_complete


def running(name: str) -> Snapshot:
    live = Live(VOICE, f"sid-of-{name}", Status.CREATED, "Created", {"name": name})
    return Snapshot(datetime(2026, 12, 1, tzinfo=UTC), {VOICE.name: Listing((live,))})


def test_what_was_told_before_all_were_read_may_turn_out_wrong(desk: Desk) -> None:
    many(desk, NAMES)
    campaign(desk, "north", "survey")
    project = load_project(desk.root, None, {})
    [desired] = load_for_each(project, [project.environments["north"]])["north"].desired
    board = AccountsBoard(NAMES)
    north, apart = OtherAccounts(board, "north", never), OtherAccounts(board, "north", never)
    assert (north(desired), apart(desired)) == (None, None)
    board.put("south", running("survey"), ())
    board.put("south", running("ended-since"), ())  # the first reading counts
    found = north(desired)
    assert found == RunningElsewhere("south", "sid-of-survey")
    board.put("north", running("survey"), ())
    board.leave("east")
    assert not north.held(), "it was told that nobody runs it"
    assert north(desired) == found
    assert north.held(), "what is told of all accounts is true"
    assert not apart.held()
