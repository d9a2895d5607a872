"""Races the real code against a simulated account until enough different interleavings were seen.

    python benchmarks/races.py [HOW MANY]

Prints every broken promise with its seed, and ends with 1 when there is one. The scenarios and what must hold after
them are those of `tests/reliability/race_scenarios.py`; `docs/decisions/0010-races.md` holds the last result.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "reliability"))

from race_scenarios import faults_of, race


def main(wanted: int) -> int:
    """Runs seed after seed; returns the exit code."""
    begun, seen, ends, broken, seed = time.perf_counter(), set[int](), Counter[str](), 0, 0
    while len(seen) < wanted:
        run = race(seed)
        seen.add(hash(run.interleaving))
        ends.update(
            "killed" if it.code is None else f"exit {it.code}" for m in run.machines for it in m.attempts
        )
        for fault in faults_of(run):
            broken += 1
            print(f"seed {seed}: {fault}")  # noqa: T201
        seed += 1
    seconds = time.perf_counter() - begun
    told = [
        f"{len(seen):,} different interleavings of {seed:,} scenarios in {seconds:.0f} s",
        f"runs: {', '.join(f'{count:,} {end}' for end, count in sorted(ends.items()))}",
        f"broken promises: {broken}",
    ]
    print("\n".join(told))  # noqa: T201
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
