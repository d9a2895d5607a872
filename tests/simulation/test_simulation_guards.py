"""What the ledger says of guards: they only pause, and only what crossed a limit or is outside the hours."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import httpx
import pytest
from simulation_bench import HOUR, Bench, sent

from simulation.ledger import CommandRun
from simulation.manifests import Manifest
from simulation.network import HOOK, NotifyHook
from simulation.product import CommandOutcome
from simulation.project import TeamProject
from simulation.repository import NUMBERS
from simulation.steps import Steps

LIMITS = (("failed", "10%"), ("tried", "4"))


@pytest.fixture
def bench() -> Bench:
    """An account, and a morning in India."""
    return Bench()


def calling(bench: Bench, outcomes: str, minutes: float = 12) -> tuple[Manifest, str]:
    """A campaign that has called one person a minute for so long; each call came to that."""
    bench.account.stage.switches.change({"outcomes": (outcomes,)})
    one = replace(bench.one, people=NUMBERS[:20], stop_when=LIMITS)
    made = bench.run(one)
    slow = {"mode": "custom", "throttle": 1}
    bench.sends(made, "POST", "", {**sent(one), **slow})
    bench.clock.sleep(2 * HOUR + minutes * 60)
    bench.ledger.look()
    return one, made.writes[-1].sids[0]


def guard(bench: Bench, *wanted: Manifest, words: str = "guard --once", code: int = 0) -> CommandRun:
    """A guard that has looked."""
    run = bench.run(*wanted, words=words)
    run.said = CommandOutcome(code, "", "")
    return run


def test_a_guard_pauses_what_crossed_its_limits(bench: Bench) -> None:
    """And does not leave it calling."""
    one, sid = calling(bench, "*:failed=100")
    assert bench.broken(guard(bench, one)) == {"guarded"}
    run = guard(bench, one, code=3)
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert not bench.broken(run)


def test_a_guard_pauses_nothing_that_crossed_no_limit(bench: Bench) -> None:
    """Nor what it is told to leave alone, nor what nobody means."""
    one, sid = calling(bench, "*:failed=0")
    assert not bench.broken(guard(bench, one))
    run = guard(bench, one)
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert bench.broken(run) == {"at fault"}


def test_a_guard_pauses_nothing_that_no_manifest_means(bench: Bench) -> None:
    """Unless it watches everybody's campaigns, by the project's limits."""
    one, sid = calling(bench, "*:failed=100")
    run = guard(bench, replace(one, name="other"), code=3)
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert bench.broken(run) == {"at fault"}
    run.unmanaged, run.stop_when = True, LIMITS
    assert not bench.broken(run)


def test_a_guard_does_nothing_but_pause(bench: Bench) -> None:
    """With `--dry-run` not even that."""
    one, sid = calling(bench, "*:failed=100")
    dry = guard(bench, one, words="guard --once --dry-run", code=3)
    bench.sends(dry, "PUT", sid, {"action": "pause"})
    assert "only pauses" in bench.broken(dry)
    run = guard(bench, one)
    bench.sends(run, "PUT", sid, {"action": "complete"})
    assert "only pauses" in bench.broken(run)


def test_what_crosses_a_limit_is_not_resumed(bench: Bench) -> None:
    """Until a pull request writes another limit."""
    one, sid = calling(bench, "*:failed=100")
    bench.operator(sid, {"action": "pause"})
    for limits, broken in ((LIMITS, {"crossed"}), ((("failed", "99%"), ("tried", "50")), set[str]())):
        run = bench.run(replace(one, stop_when=limits), allowed=frozenset({"resume"}))
        bench.sends(run, "PUT", sid, {"action": "resume"})
        assert bench.broken(run) & {"crossed"} == broken
        bench.operator(sid, {"action": "pause"})


def test_a_step_may_be_met_again_and_again(tmp_path: object) -> None:
    """As long as the event says after how many more; a guard is met at each of its waits."""
    met: list[str] = []

    def event(what: str) -> int | None:
        met.append(what)
        return 2 if len(met) < 3 else None

    steps = Steps(tmp_path, 1, event, "GET")  # type: ignore[arg-type]
    for place in range(9):
        steps.take(f"GET {place}")
    assert met == ["GET 0", "GET 2", "GET 4"]


def test_a_guarded_project_says_what_its_guard_watches() -> None:
    """In the file that the product reads."""
    project = TeamProject.drawn(Random(1), {}).guarded(Random(2))
    assert f"unmanaged: {str(project.unmanaged).lower()}" in project.text
    assert all(f"{key}: {value}" in project.text for key, value in project.stop_when)


def told(bench: Bench, *events: dict[str, object], mood: str = "takes") -> CommandRun:
    """A guard that paused a campaign and posted these events."""
    one, sid = calling(bench, "*:failed=100")
    run = guard(bench, one, code=3)
    bench.sends(run, "PUT", sid, {"action": "pause"})
    run.hook = NotifyHook(bench.clock, Random(1), mood)
    for event in events:
        body = {"text": "A guard", "event": {"name": one.name, "sid": sid, "outcome": "paused", **event}}
        try:
            run.hook.handle_request(httpx.Request("POST", HOOK, json=body))
        except httpx.ConnectError:
            continue
    return run


@pytest.mark.parametrize(
    ("events", "mood", "broken"),
    [
        (({"event": "pause"}, {"event": "stopped", "sid": None, "outcome": None}), "takes", False),
        ((), "takes", True),
        ((), "fails", False),
        (({"event": "pause"},), "is away", False),
        (({"event": "pause"}, {"event": "look"}), "takes", True),
        (({"event": "pause"}, {"event": "pause", "sid": "another"}), "takes", True),
        (({"event": "pause"}, {"event": "pause", "sid": "another", "outcome": "unchanged"}), "takes", False),
        (({"event": "pause", "reason": "+919876500001 did not answer"},), "takes", True),
    ],
)
def test_a_guard_tells_of_what_it_paused_and_of_nothing_else(
    bench: Bench, events: tuple[dict[str, object], ...], mood: str, broken: bool
) -> None:
    """Whoever is told may be away; no number is told."""
    assert ("tells" in bench.broken(told(bench, *events, mood=mood))) is broken


def test_nobody_is_told_of_what_others_do(bench: Bench) -> None:
    """Only guards tell."""
    run = told(bench, {"event": "pause"})
    run.words = ("apply",)
    assert "tells" in bench.broken(run)
