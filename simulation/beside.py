"""Plays two pipelines, or a pipeline and somebody who types, that are under way at once, request by request."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from simulation.runs import apply_head, apply_old, apply_saved, apply_to, by_hand, look, plan
from simulation.world import LifeWorld

Play = Callable[[LifeWorld, Random], None]

AFTER_SECONDS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 25.0)
"""After which the second begins: a run takes a few, and twenty where something is waited for."""


def two_at_once(world: LifeWorld, random: Random) -> None:
    """Lets two begin within moments, mostly after a merge that both carry out; each has chances of its own."""
    if world.leaning.happens(random, "commit before two at once", 0.75):
        world.commit(random)
    first = world.leaning.choose(
        random, "first", {"apply": (apply_head, 5), "a saved plan": (apply_saved, 1)}
    )
    second = world.leaning.choose(random, "second", SECOND)
    after, chances = random.choice(AFTER_SECONDS), (Random(random.random()), Random(random.random()))

    def later() -> None:
        world.pass_on(after)
        second(world, chances[1])

    world.clock.crew.play(lambda: first(world, chances[0]), later)


def _apply_calmly(world: LifeWorld, random: Random) -> None:
    """Applies the head, and nothing but the other one meets it."""
    apply_to(world, random, calm=True)


SECOND: dict[str, tuple[Play, float]] = {
    "apply": (apply_head, 6),
    "apply calmly": (_apply_calmly, 6),
    "apply an old commit": (apply_old, 2),
    "a saved plan": (apply_saved, 1),
    "by hand": (by_hand, 2),
    "plan": (plan, 1),
    "look": (look, 1),
}
"""What the second one does."""
