"""Defines the command line of the simulation."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from time import perf_counter

from simulation import years
from simulation.seeds import play, shrink


def main(arguments: list[str] | None = None) -> int:
    """Runs it; returns 0 where nothing was broken, 1 where something was."""
    words = sys.argv[1:] if arguments is None else arguments
    command = {"years": _years, "mutants": _mutants, "drawn": _drawn}.get(words[0] if words else "")
    return command(words[1:]) if command else _one(words)


def _one(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m simulation", description="Plays one seed and tells its story."
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=years.DAYS)
    parser.add_argument("--only", type=_numbers, help="the events that happen; all by default")
    parser.add_argument("--plain", type=_words, default=[], help="habits that the account does not have")
    parser.add_argument("--shrink", action="store_true", help="tell only what it takes to break the promise")
    given = parser.parse_args(words)
    began = perf_counter()
    outcome = play(given.seed, given.days, given.only, given.plain)
    if given.shrink and outcome.violations:
        years.tell(shrink(outcome))
        return 1
    sys.stdout.write("\n".join(outcome.story) + "\n")
    took = perf_counter() - began
    sys.stderr.write(
        f"{outcome.runs} runs, {outcome.killed} killed, {outcome.requests} requests, {outcome.calls} calls; "
        f"{len(outcome.violations)} violations; {took:.1f} s\n"
    )
    return 1 if outcome.violations else 0


def _years(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m simulation years", description="Plays many seeds side by side."
    )
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seeds", type=int, help="how many, instead of for how long")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--days", type=int, default=years.DAYS, help="of each seed's life")
    parser.add_argument("--workers", type=int, default=years.cores())
    parser.add_argument("--until-broken", action="store_true", help="only say which promise is broken first")
    parser.add_argument("--about", default="", help="with --until-broken: only lives about this")
    parser.add_argument("--habit", default="", help="with --until-broken: only accounts that have this habit")
    given = parser.parse_args(words)
    if given.until_broken:
        broken, took = years.until_broken(
            given.seconds or 60.0, given.first, given.days, given.about, given.habit
        )
        says = f"broken: {broken}" if broken else "nothing was broken"
        sys.stdout.write(f"{says} in {took:.1f} s\n")
        return 1 if broken else 0
    seconds = given.seconds if given.seconds or given.seeds else 60.0
    return years.report(years.live(seconds, given.first, given.seeds, given.days, given.workers))


def _mutants(words: list[str]) -> int:
    from simulation.mutants import LivesAsTheyAre, MutantOutcome, hunt, mutants, table_of

    parser = argparse.ArgumentParser(
        prog="python -m simulation mutants", description="Looks for known mistakes."
    )
    parser.add_argument("names", nargs="*", help="some of mutants.yaml; all by default")
    parser.add_argument("--seconds", type=float, default=120.0, help="of a core, for each")
    parser.add_argument("--workers", type=int, default=years.cores())
    parser.add_argument("--first", type=int, default=1, help="the first life in which it is looked for")
    parser.add_argument(
        "--table", action="store_true", help="print the rows of docs/simulation.md at the end"
    )
    given = parser.parse_args(words)
    chosen = [it for it in mutants() if not given.names or it.name in given.names]
    outcomes: list[MutantOutcome] = []
    with closing(LivesAsTheyAre()) as lives:
        for found in hunt(chosen, given.seconds, given.workers, lives, given.first):
            sys.stdout.write(f"{found}\n")
            sys.stdout.flush()
            outcomes.append(found)
    missed = sum(it.judge is None for it in outcomes)
    took, longest = sum(it.seconds for it in outcomes), max((it.seconds for it in outcomes), default=0.0)
    sys.stdout.write(
        f"{len(chosen) - missed} of {len(chosen)} found, in {took:.0f} s of a core, {longest:.0f} s at most, and "
        f"{lives.seconds:.0f} s for what of their lives was played without a mistake\n"
    )
    if given.table:
        sys.stdout.write("".join(f"{row}\n" for row in table_of(outcomes)))
    return 1 if missed else 0


def _drawn(_words: list[str]) -> int:
    from simulation.unknowns import listed

    sys.stdout.write("".join(f"{line}\n" for line in listed()))
    return 0


def _numbers(text: str) -> list[int]:
    return [int(it) for it in text.split(",") if it]


def _words(text: str) -> list[str]:
    return [it for it in text.split(",") if it]
