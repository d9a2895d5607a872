"""What the ledger says of stages: gates by the account's own record, people who are in two of them, or in none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from simulation_bench import HOUR, Bench, sent

from simulation import stages
from simulation.commits import Commit
from simulation.dates import Repeat
from simulation.ledger import CommandRun
from simulation.manifests import IST, AwaitedCampaign, Manifest
from simulation.promises.tallies import PeopleTally, at_least, at_most
from simulation.repository import DAY, NUMBERS, TeamRepository

GATE = AwaitedCampaign("canary", "40%", 8, "95%", 0, 7)


@pytest.fixture
def bench() -> Bench:
    """An account where everybody is reached, and a morning in India."""
    bench = Bench()
    answers(bench, "*:failed=0")
    return bench


def answers(bench: Bench, *outcomes: str) -> None:
    """What calls come to."""
    bench.account.stage.switches.change({"outcomes": outcomes})


def staged(bench: Bench, **fields: object) -> tuple[Manifest, Manifest]:
    """A canary of ten of twenty people, and the rest."""
    canary = replace(bench.one, name="canary", people=NUMBERS[:20], take=10)
    rest = replace(
        bench.one,
        name="rest",
        people=NUMBERS[:20],
        rest_of="canary",
        after=GATE,
        start=bench.one.start + 22 * HOUR,
    )
    return canary, replace(rest, **fields)  # type: ignore[arg-type]


def as_sent(run: CommandRun, name: str) -> Manifest:
    """A manifest as its checkout means it."""
    return next(it for it in run.commit.manifests if it.name == name)


def after_the_canary(bench: Bench, hours: float = 5.0) -> str:
    """The SID of a canary that a run made, some hours later."""
    made = bench.run(*staged(bench))
    sid = bench.creates(made, as_sent(made, "canary"))
    assert not bench.broken(made)
    bench.clock.sleep(hours * HOUR)
    bench.broken()
    return sid


def test_the_rest_goes_when_its_canary_has_passed(bench: Bench) -> None:
    """By the account's own record."""
    after_the_canary(bench)
    run = bench.run(*staged(bench))
    bench.creates(run, as_sent(run, "rest"))
    assert not bench.broken(run)


def test_a_canary_that_is_not_there_opens_no_gate(bench: Bench) -> None:
    """Its manifest alone is no result."""
    run = bench.run(*staged(bench))
    bench.creates(run, as_sent(run, "rest"))
    assert bench.broken(run) == {"gates"}


def test_a_canary_that_has_not_begun_opens_no_gate(bench: Bench) -> None:
    """Unless it was allowed by the name of what waits."""
    after_the_canary(bench, 1.0)
    early = bench.run(*staged(bench))
    bench.creates(early, as_sent(early, "rest"))
    assert bench.broken(early) == {"gates"}
    early.allowed = frozenset({"after:rest"})
    assert "gates" not in bench.broken(early)


@pytest.mark.parametrize("outcome", ["*:failed=100", "*:failed=50"])
def test_a_canary_whose_calls_failed_opens_no_gate(bench: Bench, outcome: str) -> None:
    """And where it surely did no flag passes it."""
    answers(bench, outcome)
    after_the_canary(bench)
    run = bench.run(*staged(bench), allowed=frozenset({"after:rest"} if outcome.endswith("100") else ()))
    bench.creates(run, as_sent(run, "rest"))
    assert bench.broken(run) == {"gates"}


def test_a_text_that_the_canary_did_not_try_is_not_sent(bench: Bench) -> None:
    """Whatever its results."""
    after_the_canary(bench)
    run = bench.run(*staged(bench, content="927"), allowed=frozenset({"after:rest"}))
    bench.creates(run, as_sent(run, "rest"))
    assert bench.broken(run) == {"gates"}


def test_nobody_hears_two_stages(bench: Bench) -> None:
    """Though the file, the name or the number of people changed since: whom the account shows is left out."""
    after_the_canary(bench)
    canary, rest = staged(bench)
    run = bench.run(replace(canary, take=5), rest)
    bench.creates(run, as_sent(run, "rest"))
    assert bench.broken(run) == {"stages"}
    bench.clock.sleep(24 * HOUR)
    assert bench.broken() == {"stages"}


def test_whom_somebody_has_just_put_into_an_earlier_stage_nobody_could_know(bench: Bench) -> None:
    """What was read serves for a minute, and who was left out by it is noted; later both are known."""
    canary, rest = (replace(it, after=None) for it in staged(bench))
    canary = replace(canary, start=bench.one.start + 12 * HOUR)
    made = bench.run(canary, rest)
    sid = bench.creates(made, as_sent(made, "canary"))
    bench.clock.sleep(HOUR)
    run = bench.run(canary, rest)
    wanted = as_sent(run, "rest")
    bench.operator(sid, sent(replace(canary, people=wanted.people[:3])))
    bench.creates(run, wanted)
    assert "stages" not in bench.broken(run)
    bench.clock.sleep(120)
    late = bench.run(canary, rest)
    bench.creates(late, replace(wanted, name="rest"))
    assert "stages" in bench.broken(late)
    fewer = bench.run(canary, rest)
    bench.operator(sid, sent(replace(canary, people=canary.people[:10])))
    bench.creates(fewer, replace(wanted, people=wanted.people[3:]))
    assert "rest" not in bench.broken(fewer)


@pytest.mark.parametrize(
    ("pinned_by", "broken"), [("others", set()), ("rest", {"stages"}), ("new", {"stages"})]
)
def test_what_another_manifest_pins_leaves_out_the_stages_of_that_one(
    bench: Bench, pinned_by: str, broken: set[str]
) -> None:
    """It is that manifest's campaign then, with its people; one that leaves the same stage out, whatever the stage is
    called by now, still does (seed 30015).
    """
    heard = after_the_canary(bench)
    made = bench.run(*staged(bench))
    sid = bench.creates(made, as_sent(made, "rest"))
    canary, rest = staged(bench)
    if pinned_by == "new":
        canary = replace(canary, name="new-canary", sid=heard)
        rest = replace(rest, rest_of=canary.name, after=replace(GATE, campaign=canary.name))
    others = replace(canary, name="other-canary", start=bench.one.start + DAY, sid=None)
    theirs = replace(
        rest, name="theirs", rest_of=others.name, after=replace(GATE, campaign=others.name), sid=sid
    )
    run = bench.run(canary, others, theirs if pinned_by == "others" else replace(rest, sid=sid))
    bench.sends(run, "PUT", sid, sent(replace(theirs, people=NUMBERS[:20])))
    bench.clock.sleep(30 * HOUR)
    assert bench.broken() & {"stages"} == broken


def test_nobody_is_left_out_of_all_stages(bench: Bench) -> None:
    """Who is in none of them would wait for ever."""
    after_the_canary(bench)
    run = bench.run(*staged(bench))
    wanted = as_sent(run, "rest")
    bench.creates(run, replace(wanted, people=wanted.people[:-1]))
    assert bench.broken(run) == {"rest"}


def test_a_stage_is_paused_where_its_gate_fails_and_no_sooner(bench: Bench) -> None:
    """What was created stays until then."""
    after_the_canary(bench)
    made = bench.run(*staged(bench))
    sid = bench.creates(made, as_sent(made, "rest"))
    bench.clock.sleep(60)
    paused = bench.run(*staged(bench))
    bench.sends(paused, "PUT", sid, {"action": "pause"})
    assert bench.broken(paused) == {"goes on"}
    paused.commit = replace(paused.commit, files={"campaigns/a.yaml": staged(bench, content="927")})
    assert "goes on" not in bench.broken(paused)


def test_a_choice_goes_by_name_and_number_alone() -> None:
    """A line that comes or goes moves nobody else in or out."""
    one = Manifest("voice", "canary", 0.0, 2.0, NUMBERS[:20], "926", take=10)
    assert len(one.chosen) == 10
    without = replace(one, people=tuple(it for it in one.people if it != one.chosen[0]))
    assert set(one.chosen[1:]) < set(without.chosen)
    assert replace(one, name="other").chosen != one.chosen


def test_what_waits_is_made_valid_again_after_an_edit() -> None:
    """It waits for what is there, begins after it, and follows its name."""
    canary = Manifest("voice", "canary", 0.0, 2.0, NUMBERS[:20], "926", take=5)
    rest = replace(canary, name="rest", take=0, rest_of="canary", after=GATE)
    files = {"a.yaml": (canary, rest)}
    stages.mended(files)
    assert files["a.yaml"][1].start > canary.end
    assert files["a.yaml"][1].after == replace(GATE, finished=5)
    assert rest.naming("canary", "first").names == ("first", "first")
    alone = {"a.yaml": (rest,)}
    stages.mended(alone)
    assert alone["a.yaml"][0].names == ()


def series(bench: Bench) -> tuple[Manifest, Manifest]:
    """One that repeats in the afternoon of today and tomorrow, and another one that waits for it, date by date."""
    today = datetime.fromtimestamp(bench.now, IST).date()
    rule = Repeat(tuple(range(7)), 14, 0, "Asia/Kolkata", today, today + timedelta(days=1))
    canary = replace(bench.one, name="canary", hours=2.0, people=NUMBERS[:10], repeat=rule)
    rest = replace(canary, name="rest", people=NUMBERS[10:20], after=GATE, repeat=replace(rule, hour=18))
    return canary, rest


def test_each_date_of_what_repeats_waits_for_its_own(bench: Bench) -> None:
    """That of today is over; that of tomorrow says nothing yet."""
    made = bench.run(*series(bench))
    today, tomorrow = (it.name.removeprefix("canary") for it in made.commit.manifests[:2])
    bench.creates(made, as_sent(made, f"canary{today}"))
    assert not bench.broken(made)
    bench.clock.sleep(6 * HOUR)
    for day, broken in ((today, set[str]()), (tomorrow, {"gates"})):
        run = bench.run(*series(bench))
        bench.creates(run, as_sent(run, f"rest{day}"))
        assert bench.broken(run) & {"gates"} == broken


def test_what_repeats_waits_for_what_repeats_at_its_dates(bench: Bench) -> None:
    """Whoever edits the one is told by its checks, and mends the other; where no time is left on the day it waits no
    more, nor for what does not repeat.
    """
    canary, rest = series(bench)
    rule = canary.repeat
    assert rule is not None, "it repeats"
    for changed, hour in (
        (replace(canary, repeat=replace(rule, hour=12, days=(0, 2))), 15),
        (replace(canary, repeat=replace(rule, hour=17)), None),
        (replace(canary, repeat=None), None),
    ):
        files = {"a.yaml": (changed, rest)}
        stages.mended(files)
        mended = files["a.yaml"][1]
        assert mended.repeat is not None, "it repeats still"
        assert mended.after == (None if hour is None else GATE)
        assert hour is None or (mended.repeat.hour, mended.repeat.days) == (hour, (0, 2))


def test_messages_wait_for_messages(bench: Bench) -> None:
    """Each to a list of its own; after an edit they do still."""
    repository = TeamRepository()
    canary, rest = stages.add_messages(repository, bench.now, Random(1))
    text = "".join(repository.head.texts().values())
    assert f"after: [{{campaign: sms/{canary.name}, " in text
    assert canary.people != rest.people
    files = dict(repository.head.files)
    stages.mended(files)
    assert files == repository.head.files


def test_documents_say_what_waits_for_what() -> None:
    """As the guide writes them."""
    canary = Manifest(
        "voice", "canary", 0.0, 2.0, NUMBERS[:20], "926", take=5, stop_when=(("failed", "10%"),)
    )
    rest = replace(canary, name="rest", take=0, stop_when=(), rest_of="canary", after=GATE)
    text = Commit(1, "", {"campaigns/a.yaml": (canary, rest)}).texts()["campaigns/a.yaml"]
    assert "take: {people: 5}" in text
    assert "stop_when: {failed: 10%}" in text
    assert 'after: [{campaign: voice/canary, limits: {failed: "40%"}, finished: 8, confidence: "95%"' in text
    assert "suppress: [{campaign: voice/canary}]" in text


def test_limits_are_kept_and_exceeded_where_the_rules_say() -> None:
    """At 25% and 95%: of 50 kept up to 7, exceeded from 19; of 200 up to 39, and from 61."""
    doubt = Fraction(5, 100)
    for people, most, least in ((50, 7, 19), (100, 17, 33), (200, 39, 61)):
        assert at_most(most, people, "25%") <= doubt < at_most(most + 1, people, "25%")
        assert at_least(least, people, "25%") <= doubt < at_least(least - 1, people, "25%")


@pytest.mark.parametrize(
    ("limit", "failed", "tried"), [("40%", 32, 50), ("80%", 49, 50), ("80%", 177, 200), ("1%", 8, 50)]
)
def test_limits_are_crossed_where_the_rules_say(limit: str, failed: int, tried: int) -> None:
    """And with one failure less they are not."""
    stop_when = (("failed", limit),)
    assert PeopleTally({"failed": failed, "completed": tried - failed}).crosses(stop_when)
    assert not PeopleTally({"failed": failed - 1, "completed": tried - failed + 1}).crosses(stop_when)


def test_a_plan_holds_where_the_file_of_a_stage_changed_and_the_choice_did_not(bench: Bench) -> None:
    """Who left was not chosen (`other plan`, seed 6027); where somebody comes who is, it is another plan."""
    canary, _ = staged(bench)
    planned, run = bench.run(canary), bench.run(canary)
    run.planned_for = planned.commit
    for people, broken in (
        (without_one(canary, chosen=False), False),
        (without_one(canary, chosen=True), True),
    ):
        run.commit = replace(run.commit, files={"campaigns/a.yaml": (replace(canary, people=people),)})
        run.writes.clear()
        bench.creates(run, replace(canary, name="any", people=NUMBERS[30:31]))
        assert ("other plan" in bench.broken(run)) is broken


def without_one(canary: Manifest, *, chosen: bool) -> tuple[str, ...]:
    """Its file without somebody who is chosen, or who is not."""
    gone = next(it for it in canary.people if (it in canary.chosen) is chosen)
    return tuple(it for it in canary.people if it != gone)
