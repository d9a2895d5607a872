"""Runs `python -m benchmarks`: measures every row, prints the table and writes docs/performance.md.

Takes some minutes. `--only` measures some groups of rows, and leaves the others on the page as they are. `--count`,
`--turns` and `--starts` make it shorter; then, or with `--dry-run`, nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.account import served
from benchmarks.page import line, page, unmeasured
from benchmarks.rows import Benchmark

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
COUNT, TURNS, STARTS = 10_000, 5, 20


def main(arguments: list[str]) -> int:
    """Measures and writes; returns 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="manifests (default: 10,000)")
    parser.add_argument("--turns", type=int, default=TURNS, help="runs of what takes seconds")
    parser.add_argument("--starts", type=int, default=STARTS, help="runs of what is short")
    parser.add_argument("--only", nargs="*", default=(), help="groups of rows, as `Benchmark` names them")
    parser.add_argument("--dry-run", action="store_true", help="write no page")
    given = parser.parse_args(arguments)
    rows = []
    with TemporaryDirectory() as directory, served() as account:
        benchmark = Benchmark(Path(directory), account, given.count, given.turns, given.starts)
        for row in benchmark.rows(given.only):
            rows.append(row)
            print(line(row), flush=True)  # noqa: T201
    if unmeasured():
        print(unmeasured(), file=sys.stderr)  # noqa: T201
    complete = (given.count, given.turns, given.starts) >= (COUNT, TURNS, STARTS)
    if complete and not given.dry_run:
        before = PAGE.read_text(encoding="utf-8") if given.only else ""
        PAGE.write_text(page(rows, before), encoding="utf-8")
    return 0 if all(row.reached for row in rows) else 1


sys.exit(main(sys.argv[1:]))
