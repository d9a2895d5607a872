"""What lives of ten minutes said of the ledger: each judge sees what the rules bind, and nothing that they do not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from simulation_bench import HOUR, Bench, sent

from simulation.commits import Commit
from simulation.dates import Holidays, Repeat
from simulation.ledger import AnotherPlace, CommandRun
from simulation.manifests import AwaitedCampaign, Manifest
from simulation.product import CommandOutcome
from simulation.promises.table import JUDGES
from simulation.repository import DAY, NUMBERS

RESUME = {"action": "resume"}
GATE = AwaitedCampaign("canary", "40%", 8, "95%", 0, 7)
FAILS = {"outcomes": ("*:failed=100",)}


@pytest.fixture
def bench() -> Bench:
    """An account, and a morning in India."""
    return Bench()


def says(run: CommandRun, name: str, code: str, kind: str = "VoiceCampaign") -> None:
    """What the run printed of one campaign that it kept back."""
    row: dict[str, Any] = {"kind": kind, "name": name, "outcome": "skipped", "operations": [], "sid": None}
    run.said = CommandOutcome(
        3, json.dumps({"results": [{**row, "reason": {"code": code, "message": ""}}]}), ""
    )


# ------------------------------------------------------------------------------------------------------------- clocks


@pytest.mark.parametrize(
    ("habits", "skew", "broken"),
    [
        ({}, -400.0, {"in time"}),
        ({"date": "missing", "date_on": "all"}, -400.0, set()),
        ({"date": "missing", "date_on": "errors"}, -400.0, {"in time"}),
        ({"date": "missing", "date_on": "all"}, 0.0, {"in time"}),
        ({"date": "old", "date_on": "all", "date_seconds": 3600.0}, -400.0, set()),
        ({"date": "old", "date_on": "all", "date_seconds": 3600.0}, 0.0, {"in time"}),
        ({"date": "off", "date_on": "all", "date_seconds": -3600.0}, -400.0, set()),
        ({"date": "off", "date_on": "all", "date_seconds": 3600.0}, -400.0, {"in time"}),
    ],
)
def test_a_create_is_in_time_by_each_clock_that_the_run_could_see(
    bench: Bench, habits: dict[str, Any], skew: float, broken: set[str]
) -> None:
    """Its start is four minutes away; where the answers show no date, or a wrong one, the machine's is all there is."""
    bench.ledger.throw(habits)
    one = replace(bench.one, start=bench.now + 240)
    run = bench.run(one)
    run.skew = skew
    bench.creates(run, one)
    assert bench.broken(run) & {"in time"} == broken


def test_an_answer_to_a_write_comes_out_of_no_cache(bench: Bench) -> None:
    """From then on the run has seen the right time."""
    bench.ledger.throw({"date": "old", "date_on": "all", "date_seconds": 3600.0})
    one, near = replace(bench.one, name="holi"), replace(bench.one, start=bench.now + 240)
    run = bench.run(one, near)
    run.skew = -400.0
    bench.creates(run, one)
    bench.clock.sleep(1)
    bench.creates(run, near)
    assert "in time" in bench.broken(run)


# -------------------------------------------------------------------------------------------------------------- gates


def staged(bench: Bench) -> tuple[Manifest, Manifest]:
    """A canary of ten of twenty people, and the rest."""
    canary = replace(bench.one, name="canary", people=NUMBERS[:20], take=10)
    later = bench.one.start + 22 * HOUR
    return canary, replace(canary, name="rest", take=0, rest_of="canary", after=GATE, start=later)


def rest_after_the_canary(bench: Bench, mark: str = "") -> CommandRun:
    """A run that makes the rest, allowed by its name; its canary is over, and was marked otherwise since."""
    canary, rest = staged(bench)
    made = bench.run(canary, rest)
    sid = bench.creates(made, next(it for it in made.commit.manifests if it.name == "canary"))
    bench.clock.sleep(5 * HOUR)
    bench.broken()
    if mark:
        bench.account.mark(sid, mark)
    run = bench.run(canary, rest, allowed=frozenset({"after:rest"}))
    bench.creates(run, next(it for it in run.commit.manifests if it.name == "rest"))
    return run


@pytest.mark.parametrize(
    ("habits", "broken"),
    [
        ({}, {"gates"}),
        ({"stats": "strange"}, set()),
        ({"stats": "lacking"}, set()),
        ({"omit_from_get": ("stats",)}, set()),
    ],
)
def test_a_canary_whose_counters_nobody_can_read_is_undecided(
    bench: Bench, habits: dict[str, Any], broken: set[str]
) -> None:
    """That may be allowed by its name; what can be read and has failed may not."""
    bench.account.stage.switches.change(FAILS)
    bench.ledger.throw(habits)
    assert bench.broken(rest_after_the_canary(bench)) & {"gates"} == broken


@pytest.mark.parametrize("mark", ["failed", "canceled"])
def test_what_was_completed_and_is_said_to_have_failed_later_opens_no_gate(bench: Bench, mark: str) -> None:
    """What is over is looked at again where the account changes its mind, whatever its counters."""
    bench.account.stage.switches.change({"outcomes": ("*:failed=0",)})
    bench.ledger.throw({"stats": "strange"})
    run = rest_after_the_canary(bench, mark)
    assert "gates" in bench.broken(run)
    assert {it.state for it in bench.account.campaigns.values() if it.name == "canary"} == {mark}


@pytest.mark.parametrize(
    ("leaves_out", "broken"),
    [({}, {"stages"}), ({"rest_of": "", "after": None}, set()), ({"name": "renamed"}, {"stages"})],
)
def test_who_hears_two_stages_is_for_the_manifest_that_sent_the_people_last(
    bench: Bench, leaves_out: dict[str, Any], broken: set[str]
) -> None:
    """Somebody takes the earlier stage and all that names it out of the files: then its people are meant."""
    bench.account.stage.switches.change({"outcomes": ("*:failed=0",)})
    canary, rest = staged(bench)
    made = bench.run(canary, rest)
    canary, rest = made.commit.manifests
    bench.creates(made, canary)
    sid = bench.creates(made, rest)
    other = replace(rest, previous_name=rest.name, **leaves_out)
    all_of_them = replace(other, people=NUMBERS[:20], declared=())
    bench.sends(bench.run(canary, other), "PUT", sid, sent(all_of_them))
    bench.clock.sleep(30 * HOUR)
    assert bench.broken() & {"stages"} == broken


def test_a_reason_may_be_that_the_account_changed_its_mind(bench: Bench) -> None:
    """It is said to have failed, and has."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(7 * HOUR)
    bench.broken()
    late = bench.run(bench.one, words="apply --format json")
    says(late, bench.one.name, "failed")
    assert bench.broken(late) & {"reasons"} == {"reasons"}
    bench.account.mark(sid, "failed")
    late = bench.run(bench.one, words="apply --format json")
    says(late, bench.one.name, "failed")
    assert not bench.broken(late) & {"reasons"}


@pytest.mark.parametrize(
    ("habits", "empty_one", "broken"),
    [
        ({}, False, {"gates"}),
        ({"stats": "lacking"}, False, {"gates"}),
        ({}, True, {"gates"}),
        ({"stats": "lacking"}, True, set()),
    ],
)
def test_of_several_canaries_whose_counters_nobody_can_read_nobody_knows_which_one_ran(
    bench: Bench, habits: dict[str, Any], empty_one: bool, broken: set[str]
) -> None:
    """One tried people with another text and failed, one tried nobody: undecided, which may be allowed by its name.

    Where answers show which of them tried somebody, that is the one, and no flag passes it.
    """
    canary, rest = staged(bench)
    other = replace(canary, content="4")
    sid = bench.creates(bench.run(canary, rest), other) if empty_one else ""
    if empty_one:
        bench.operator(sid, {"action": "pause"})
    bench.creates(bench.run(canary, rest), other)
    bench.clock.sleep(7 * HOUR)
    if empty_one:
        bench.operator(sid, RESUME)
    bench.ledger.throw(habits)
    run = bench.run(canary, rest, allowed=frozenset({"after:rest"}))
    bench.creates(run, next(it for it in run.commit.manifests if it.name == "rest"))
    assert bench.broken(run) & {"gates"} == broken


# ------------------------------------------------------------------------------------------------- series and leftovers


@pytest.mark.parametrize(("horizon", "broken"), [(1, set()), (10, {"series"})])
def test_a_date_beyond_the_horizon_that_is_over_stops_no_series(
    bench: Bench, horizon: int, broken: set[str]
) -> None:
    """Of what is over the planned dates are looked up and no others: somebody had made that one by hand before."""
    today = date(2027, 1, 11)
    rule = Repeat(
        (0, 1, 2, 3, 4, 5, 6), 14, 0, "Asia/Kolkata", today, today + timedelta(days=20), horizon=horizon
    )
    daily = replace(bench.one, start=rule.start(today), hours=3.0, repeat=rule)
    first, *_, far = (it for it in daily.occurrences(Holidays()) if it.start < bench.now + 8 * DAY)
    sid = bench.creates(bench.run(daily), far)
    for action in ("pause", "complete"):
        bench.operator(sid, {"action": action})
    bench.clock.sleep(60)
    run = bench.run(daily)
    bench.creates(run, first)
    assert bench.broken(run) & {"series"} == broken


@pytest.mark.parametrize(
    ("killed", "shown", "since", "broken"),
    [
        (True, False, 4, set()),
        (True, True, 4, {"stopped"}),
        (False, False, 4, {"stopped"}),
        (True, False, 0, {"stopped"}),
    ],
    ids=["nobody can tell", "its SID was shown", "it was not killed", "settled since"],
)
def test_of_several_of_a_name_of_which_a_killed_run_made_one_the_younger_ones_are_paused(
    bench: Bench, killed: bool, shown: bool, since: int, broken: set[str]
) -> None:
    """The answer to its create showed no SID, and somebody has made another one for other people since."""
    other = replace(bench.one, people=("+919876500007",), content="4", start=bench.one.start + HOUR)
    if not shown:
        bench.ledger.throw({"omit_from_create": ("id",)})
    maker = bench.run(bench.one)
    first = bench.creates(maker, bench.one)
    bench.request(maker, "PUT", first, sent(bench.one))
    maker.killed, maker.said = killed, None
    bench.clock.sleep(60)
    bench.run(bench.one).said = CommandOutcome(since, "", "")
    bench.operator_creates(sent(other))
    second = next(sid for sid in bench.account.campaigns if sid != first)
    bench.clock.sleep(60)
    run = bench.run(bench.one)
    bench.request(run, "PUT", second, {"action": "pause"})
    assert bench.broken(run) & {"stopped"} == broken


# --------------------------------------------------------------------------------------------- what a run reads again


def read_then_searched(bench: Bench, *wanted: Manifest) -> CommandRun:
    """A run that resumes what waits: it reads that, and looks at a list once more before it does so."""
    paused = replace(wanted[0], state="paused")
    maker = bench.run(paused, *wanted[1:])
    sid = bench.creates(maker, paused)
    bench.sends(maker, "PUT", sid, {"action": "pause"})
    bench.clock.sleep(60)
    run = bench.run(*wanted, allowed=frozenset({"resume"}))
    bench.clock.sleep(0.2)
    bench.request(run, "GET", sid, {})
    bench.clock.sleep(0.2)
    bench.request(run, "GET", "", {})
    bench.clock.sleep(0.2)
    bench.request(run, "PUT", sid, RESUME)
    return run


def test_other_stages_are_looked_at_after_a_stage_was_read_again(bench: Bench) -> None:
    """Of what stands alone nothing is looked at but for the plan: its reading came before that."""
    assert "read again" in bench.broken(read_then_searched(bench, bench.one))
    canary, rest = staged(bench)
    other = Bench()
    assert "read again" not in other.broken(read_then_searched(other, canary, rest))


def test_a_reading_of_long_ago_is_no_reading_though_something_met_the_run(bench: Bench) -> None:
    """A "come again in five minutes" is no reason to write what nobody has looked at since."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    run = bench.run(bench.one)
    bench.request(run, "GET", sid, {})
    bench.clock.sleep(290)
    run.faults = ["status 429 at PUT acme1/campaigns"]
    bench.request(run, "PUT", sid, sent(bench.one))
    assert "read again" in bench.broken(run)


@pytest.mark.parametrize(("twice", "broken"), [(True, set()), (False, {"moved"})])
def test_a_duplicate_of_its_own_is_ended_whatever_became_of_it(
    bench: Bench, twice: bool, broken: set[str]
) -> None:
    """The one irreversible thing that is done unasked."""
    if twice:
        bench.creates(bench.run(bench.one), bench.one)
        bench.clock.sleep(2)
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.operator(sid, {"action": "pause"})
    bench.clock.sleep(60)
    run = bench.run(replace(bench.one, state="completed"), allowed=frozenset({"complete"}))
    bench.clock.sleep(1)
    bench.operator(sid, sent(bench.one) | {"from": ["+919876500002"]})
    bench.clock.sleep(1)
    bench.sends(run, "PUT", sid, {"action": "complete"})
    assert bench.broken(run) & {"moved"} == broken


def test_what_a_run_has_sent_itself_is_no_change_by_somebody(bench: Bench) -> None:
    """Somebody was quicker than its update, which made that good; the campaign is read once more after it."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.sends(bench.run(replace(bench.one, state="paused")), "PUT", sid, {"action": "pause"})
    bench.clock.sleep(60)
    other = replace(bench.one, content="4")
    run = bench.run(other, allowed=frozenset({"resume"}))
    bench.clock.sleep(1)
    bench.request(run, "GET", sid, {})
    bench.clock.sleep(1)
    bench.operator(sid, sent(bench.one) | {"from": ["+919876500002"]})
    bench.clock.sleep(1)
    bench.request(run, "PUT", sid, sent(other))
    bench.clock.sleep(1)
    bench.sends(run, "PUT", sid, RESUME)
    assert "moved" not in bench.broken(run)


# -------------------------------------------------------------------------------------------- what looks like another


@pytest.mark.parametrize(
    ("other", "broken"),
    [
        ({}, set()),
        ({"start": 20 * HOUR}, {"reasons"}),
        ({"content": "4"}, {"reasons"}),
        ({"people": ("+919876500009",)}, {"reasons"}),
    ],
)
def test_what_another_manifest_means_may_stay_and_call_the_same_people(
    bench: Bench, other: dict[str, Any], broken: set[str]
) -> None:
    """Somebody of them, with the same content, in the same hours."""
    two = replace(bench.one, people=("+919876500001", "+919876500002", "+919876500003"))
    start = bench.one.start + other.pop("start", 0.5 * HOUR)
    stays = replace(bench.one, name="holi", **{"start": start, **other})
    bench.creates(bench.run(stays), stays)
    bench.clock.sleep(60)
    run = bench.run(two, replace(stays, start=start + 30 * HOUR), words="apply --format json")
    says(run, two.name, "looks-renamed")
    assert bench.broken(run) & {"reasons"} == broken


@pytest.mark.parametrize(("lists", "broken"), [(("list-1",), set()), (("list-2",), {"reasons"})])
def test_a_list_that_both_have_is_of_the_same_people(
    bench: Bench, lists: tuple[str, ...], broken: set[str]
) -> None:
    """A manifest names the list, and the account shows the campaign's people as well."""
    body = sent(bench.one) | {"name": "holi", "lists": ["list-1"]}
    del body["from"]
    stays = replace(bench.one, name="holi", people=("list-1",))
    bench.request(bench.run(stays), "POST", "", body)
    bench.clock.sleep(60)
    two = replace(bench.one, people=lists)
    run = bench.run(two, replace(stays, people=("list-3",)), words="apply --format json")
    says(run, two.name, "looks-renamed")
    assert bench.broken(run) & {"reasons"} == broken


@pytest.mark.parametrize(
    ("chosen", "meant", "distinct", "broken"),
    [
        (True, False, False, set()),
        (False, False, False, {"reasons"}),
        (True, True, False, {"reasons"}),
        (True, False, True, {"reasons"}),
    ],
)
def test_what_another_account_has_under_that_name_may_be_it(
    bench: Bench, chosen: bool, meant: bool, distinct: bool, broken: set[str]
) -> None:
    """Where the same command looks at it, no manifest means it there, and nobody says that it is another."""
    south = Bench()
    sid = south.creates(south.run(south.one), south.one)
    bench.clock.sleep(60)
    wanted = replace(bench.one, distinct_from=(sid,) if distinct else ())
    run = bench.run(wanted, words="plan --format json")
    theirs = Commit(1, "", {"campaigns/south.yaml": (south.one,) if meant else ()})
    run.elsewhere = (AnotherPlace("south", south.ledger, theirs, chosen),)
    says(run, wanted.name, "looks-renamed")
    assert bench.broken(run) & {"reasons"} == broken


@pytest.mark.parametrize(("hours", "broken"), [(2, {"reasons"}), (30, set())])
def test_a_date_of_long_ago_is_matched_by_nobody(bench: Bench, hours: float, broken: set[str]) -> None:
    """Nobody knows what its campaign does now: another one for half of its people with the same text is held."""
    dated = replace(bench.one, name="daily-2027-01-11", of="daily", people=("+919876500001", "+919876500002"))
    sid = bench.creates(bench.run(dated), dated)
    bench.account.mark(sid, "under-review")
    bench.clock.sleep(hours * HOUR)
    new = replace(bench.one, start=bench.one.start + 60 * HOUR)
    run = bench.run(dated, new, words="apply --format json")
    says(run, new.name, "looks-renamed")
    assert bench.broken(run) & {"reasons"} == broken


@pytest.mark.parametrize(
    ("habits", "broken"), [({}, {"twice"}), ({"update_drops": ("schedule.send_at",)}, set())]
)
def test_what_somebody_renames_while_the_account_loses_its_start_is_another_one(
    bench: Bench, habits: dict[str, Any], broken: set[str]
) -> None:
    """It calls at once, and is over when another text is wanted at the old start: no rule knows it again."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.account.stage.switches.change(habits)
    bench.operator(sid, sent(bench.one) | {"name": "diwali-by-hand"}, "renames")
    bench.clock.sleep(HOUR)
    bench.broken()
    two = replace(bench.one, content="4")
    bench.creates(bench.run(two), two)
    bench.clock.sleep(8 * HOUR)
    assert bench.broken() & {"twice"} == broken


@pytest.mark.parametrize(("by_a_run", "broken"), [(True, set()), (False, {"twice"})])
def test_what_a_run_renames_calls_for_the_manifest_that_pins_it(
    bench: Bench, by_a_run: bool, broken: set[str]
) -> None:
    """Its former name is free, and the manifest of that name has a campaign of its own made. What was made for the one
    that pins it now is nobody's: the plan lists it, and it goes on.
    """
    sid = bench.creates(bench.run(bench.one), bench.one)
    pins = replace(bench.one, name="holi", content="4", sid=sid)
    bench.clock.sleep(60)
    bench.creates(bench.run(replace(pins, sid=None)), pins)
    bench.clock.sleep(60)
    run = bench.run(bench.one, pins)
    if by_a_run:
        bench.sends(run, "PUT", sid, sent(pins))
    else:
        bench.operator(sid, sent(bench.one) | {"name": "holi"}, "renames")
    bench.creates(run, bench.one)
    bench.clock.sleep(8 * HOUR)
    assert bench.broken() & {"twice"} == broken


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("growth-old", set()),
        ("voice/growth-old", set()),
        ("sms/growth-old", {"unasked"}),
        ("growth", {"unasked"}),
    ],
)
def test_what_no_manifest_means_may_be_allowed_by_its_kind_and_name(
    bench: Bench, name: str, broken: set[str]
) -> None:
    """As any other campaign: an orphan is ended where both are allowed for it."""
    orphan = replace(bench.one, name="growth-old")
    sid = bench.creates(bench.run(orphan), orphan)
    bench.operator(sid, {"action": "pause"})
    bench.clock.sleep(60)
    run = bench.run(bench.one, allowed=frozenset({f"complete:{name}", f"archive:{name}"}))
    run.prune = True
    for action in ("complete", "archive"):
        bench.sends(run, "PUT", sid, {"action": action})
    assert bench.broken(run) & {"unasked"} == broken


@pytest.mark.parametrize(
    ("tried", "changed", "broken"), [(1, 0, set()), (0, 1, {"several"}), (None, 0, {"several"})]
)
def test_a_duplicate_that_a_run_tried_to_end_in_vain_is_not_what_the_name_means(
    bench: Bench, tried: int | None, changed: int, broken: set[str]
) -> None:
    """The older one is; where the account refuses to end the younger, the run says so and changes what is meant."""
    two = []
    for _ in range(2):
        two.append(bench.creates(bench.run(bench.one), bench.one))
        bench.operator(two[-1], {"action": "pause"})
        bench.clock.sleep(60)
    bench.account.stage.switches.change({"refused_actions": ["complete"]})
    run = bench.run(replace(bench.one, content="4", state="paused"))
    if tried is not None:
        bench.sends(run, "PUT", two[tried], {"action": "complete"})
    bench.clock.sleep(1)
    bench.sends(run, "PUT", two[changed], sent(replace(bench.one, content="4")))
    assert bench.broken(run) & {"several"} == broken


@pytest.mark.parametrize(
    ("what", "otherwise", "broken"), [("http:", "https:", set()), ("926", "927", {"updates"})]
)
def test_what_is_left_to_others_goes_back_as_it_is_spelt(
    bench: Bench, what: str, otherwise: str, broken: set[str]
) -> None:
    """An account may write the scheme of an address otherwise (seed 1211)."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    run = bench.run(replace(bench.one, ignore=("url",), content="4"))
    url = sent(bench.one)["url"].replace(what, otherwise, 1)
    bench.sends(run, "PUT", sid, sent(bench.one) | {"url": url})
    assert run.writes[-1].acted
    assert bench.broken(run) & {"updates"} == broken


def test_every_promise_of_these_is_in_the_table() -> None:
    """By its name."""
    names = {it.name for it in JUDGES}
    assert {"in time", "gates", "read again", "moved", "reasons", "series", "stopped"} <= names
