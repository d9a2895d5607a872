"""Says what is put beside what, and what is to be reached."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.account import LoopbackAccount
from benchmarks.capabilities import write_capabilities
from benchmarks.fleet import change_one, in_the_middle, many_served, name_of, seconds_to_create, write_fleet
from benchmarks.measuring import ENVIRONMENT, Command, Taken, in_turns, ratio
from benchmarks.members import seconds_to_read, write_members
from benchmarks.pipelines import seconds_to_compare, write_ruled
from benchmarks.pricing import microseconds_a_number, seconds_to_price
from benchmarks.recipients import write_suppressing, write_to_lists
from benchmarks.registered import seconds_of_a_difference, write_registered
from benchmarks.repeating import earlier_dates, write_repeating, write_series
from benchmarks.scale import live_items, write_project
from benchmarks.sizes import write_late, write_long, write_misspelt, write_small
from benchmarks.stages import staged_items, write_staged

if TYPE_CHECKING:
    from campaignctl.sandbox.server import Sandbox

OF_AN_UPLOAD = ("create_contacts", "create_list", "fill_list", "contacts")
PEERS = Path(__file__).parent / "peers"
BIN = Path(sys.executable).parent
OURS = str(BIN / "campaignctl")
_LATE: Final = 5
"""Seconds: an account that takes longer than the machine needs for all the others."""
_FINE, _FOUND = frozenset({0}), frozenset({1, 3})
"""The exit codes of `validate` that are expected."""


@dataclass(frozen=True)
class Row:
    """Holds one line of the table. `figure` is compared with `target`; `detail` says what it was made of."""

    what: str
    beside: str
    target: float
    figure: float
    unit: str
    detail: str
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """Tells whether the target is met."""
        return self.figure >= self.target if self.at_least else self.figure <= self.target


class Benchmark:
    """Makes the rows.

    There are `count` manifests, `turns` of each command that takes seconds, `starts` of each short one.
    """

    def __init__(
        self, directory: Path, account: LoopbackAccount, count: int, turns: int, starts: int
    ) -> None:
        self.directory, self.account = directory, account
        self.count, self.turns, self.starts = count, turns, starts
        self.large = write_project(directory / "large", count, account.url)
        self.tenth = write_project(directory / "tenth", count // 10, account.url)
        self.one = write_project(directory / "one", 1, account.url)

    def rows(self, only: Collection[str] = ()) -> Iterator[Row]:
        """Yields every row of the table that can be made here, as it is made; `only` names some of the groups."""
        for name, group in self._groups.items():
            if not only or name in only:
                yield from group()

    @property
    def _groups(self) -> Mapping[str, Callable[[], Iterator[Row]]]:
        return {
            "start-up": self._start_up,
            "one-manifest": self._one_manifest,
            "new": self._new,
            "sizes": self._sizes,
            "findings": self._findings,
            "capabilities": self._capabilities,
            "against-live": self._against_live,
            "numbers": self._numbers,
            "rendering": self._rendering,
            "registered": self._registered,
            "repeating": self._repeating,
            "pricing": self._pricing,
            "suppressing": self._suppressing,
            "frequency": self._frequency,
            "gates": self._gates,
            "lists": self._lists,
            "members": self._members,
            "own-rules": self._own_rules,
            "comparing": self._comparing,
            "fleet": self._fleet,
            "check-jsonschema": self._check_jsonschema,
            "octodns": self._octodns,
        }

    def _ours(self, directory: Path, *words: str) -> Command:
        return Command((OURS, *words), directory)

    def _peer(self, name: str, *words: str, directory: Path | None = None) -> Command:
        return Command((sys.executable, str(PEERS / f"{name}.py"), *words), directory or self.directory)

    def _start_up(self) -> Iterator[Row]:
        completion = Command(
            (OURS,),
            self.one,
            environ={
                "_CAMPAIGNCTL_COMPLETE": "bash_complete",
                "COMP_WORDS": "campaignctl pl",
                "COMP_CWORD": "1",
            },
        )
        script = self._ours(self.one, "completion", "bash")
        commands = [self._peer("empty", "--help"), self._ours(self.one, "--help")]
        commands += [self._ours(self.one, "--version"), completion, script]
        empty, *ours = in_turns(commands, self.starts)
        for name, taken in zip(
            ("--help", "--version", "completing a word", "completion bash"), ours, strict=True
        ):
            yield _beside(f"`campaignctl {name}`", "an empty click program's `--help`", 1.1, taken, empty)

    def _one_manifest(self) -> Iterator[Row]:
        path = str(next((self.one / "campaigns").iterdir()))
        ours, peer = in_turns([self._ours(self.one, "validate"), self._peer("load_one", path)], self.starts)
        yield _beside(
            "`validate` of one manifest", "a click program that loads it with PyYAML", 1.5, ours, peer
        )

    def _new(self) -> Iterator[Row]:
        self.account.holds(())
        validate, plan = ("validate",), ("plan", "--format", "json")
        loading = self._peer("load_all", str(self.large / "campaigns"))
        commands = [loading, self._ours(self.large, *validate), self._ours(self.large, *plan)]
        commands += [self._ours(self.tenth, *validate), self._ours(self.tenth, *plan)]
        loaded, validated, planned, few_validated, few_planned = in_turns(commands, self.turns)
        loader, many = "`CSafeLoader` loading the files", f"{self.count:,} manifests"
        yield _beside(f"`validate` of {many}", loader, 0.5, validated, loaded)
        yield _memory(f"`validate` of {many}, peak memory", 160, validated)
        yield _beside(f"`plan --format json` of {many}, all new", loader, 1.0, planned, loaded)
        yield _memory(f"`plan --format json` of {many}, all new, peak memory", 160, planned)
        for name, all_of_them, few in (
            ("validate", validated, few_validated),
            ("plan", planned, few_planned),
        ):
            least = all_of_them.least / few.least / 10
            detail = (
                f"{1e3 * all_of_them.least / self.count:.3f} ms beside {1e4 * few.least / self.count:.3f} ms"
            )
            what = f"`{name}`, cost per manifest at {self.count:,}"
            yield Row(what, f"at {self.count // 10:,}", 1.2, least, "×", detail)

    def _sizes(self) -> Iterator[Row]:
        small = write_small(self.directory / "small", self.count, self.account.url)
        loading = self._peer("load_all", str(small / "campaigns"))
        ours = [self._ours(small, "validate"), self._ours(small, "plan", "--format", "json")]
        loaded, validated, planned = in_turns([loading, *ours], self.turns)
        loader, many = "`CSafeLoader` loading the files", f"{self.count:,} manifests of 0.6 kB"
        yield _beside(f"`validate` of {many}", loader, 0.6, validated, loaded)
        yield _beside(f"`plan --format json` of {many}, all new", loader, 1.2, planned, loaded)
        long = write_long(self.directory / "long", self.count, self.account.url)
        loading = self._peer("load_all", str(long / "campaigns"))
        loaded, validated = in_turns([loading, self._ours(long, "validate")], max(self.turns // 2, 1))
        yield _beside(f"`validate` of {self.count:,} manifests of 5 kB", loader, 0.5, validated, loaded)

    def _findings(self) -> Iterator[Row]:
        count, url = self.count // 2, self.account.url
        commands = [
            Command((OURS, "validate"), write(self.directory / write.__name__, count, url), fine)
            for write, fine in ((write_project, _FINE), (write_misspelt, _FOUND), (write_late, _FOUND))
        ]
        right, misspelt, late = in_turns(commands, self.turns)
        for finding, taken in (("an unknown key", misspelt), ("an end beyond the calling hours", late)):
            what = f"`validate` of {count:,} manifests with {finding} each"
            yield _beside(what, "`validate` of as many without", 1.5, taken, right)

    def _capabilities(self) -> Iterator[Row]:
        count = self.count // 10
        with_it, without = (
            write_capabilities(self.directory / name, count, self.account.url, used=name == "used")
            for name in ("used", "unused")
        )
        words = (("validate",), ("plan", "--format", "json", "--no-count-lists"))
        commands = [self._ours(it, *each) for each in words for it in (with_it, without)]
        validated, plain_validated, planned, plain_planned = in_turns(commands, self.turns)
        beside = "the same without"
        for name, taken, plain in (
            ("validate", validated, plain_validated),
            ("plan --format json", planned, plain_planned),
        ):
            what = f"`{name}` of {count:,} manifests of a project that uses every capability"
            yield _beside(what, beside, 1.5, taken, plain)

    def _against_live(self) -> Iterator[Row]:
        self.account.holds(list(live_items(self.count)))
        ours = self._ours(self.large, "plan")
        in_turns([ours], 0)
        urls = self.directory / "urls"
        urls.write_text("\n".join(self.account.url + path for path in self.account.asked))
        pages = len(self.account.asked)
        peer = self._peer("load_and_fetch", str(self.large / "campaigns"), str(urls))
        planned, floor = in_turns([ours, peer], self.turns)
        what = f"`plan` of {self.count:,} against {self.count:,} live, 1% changed"
        beside = f"`CSafeLoader` loading the files + httpx and `json` on the same {pages} answers"
        yield _beside(what, beside, 0.7, planned, floor)
        yield _memory(f"{what}, peak memory", 160, planned)

    def _numbers(self) -> Iterator[Row]:
        told, listed = map(float, _said(self._peer("compare_numbers")).split())
        detail = f"{listed:.2f} × with what differs listed too"
        what = "comparing 5,000 numbers in another order, one changed"
        yield Row(what, "Python's set difference on the same", 4.0, told, "×", detail)

    def _rendering(self) -> Iterator[Row]:
        self.account.holds(())
        peer = self._peer("rendering", directory=self.large)
        turns = [json.loads(_said(peer)) for _ in range(self.turns)]
        least = {name: min(turn[name] for turn in turns) for name in turns[0]}
        for name in ("text", "json", "markdown"):
            detail = f"{least[name]:.2f} s beside {least['plan']:.2f} s"
            share = 100 * least[name] / least["plan"]
            yield Row(
                f"a plan of {self.count:,} changes as {name}", "making the plan", 25, share, "%", detail
            )

    def _registered(self) -> Iterator[Row]:
        count = self.count // 10
        without = write_registered(self.directory / "unregistered", count, registered=False)
        with_it = write_registered(self.directory / "registered", count, registered=True)
        few, all_of_them = in_turns([self._ours(it, "validate") for it in (without, with_it)], self.turns)
        each = (min(all_of_them.busy) - min(few.busy)) / count * 1000
        detail = f"processor time, {_told(min(all_of_them.busy))} to {_told(min(few.busy))}"
        what = f"`validate` of {count:,} SMS campaigns with as many registered templates, what each adds"
        yield Row(what, "without them", 0.2, each, " ms", detail)
        took = seconds_of_a_difference(300, self.turns) * 1000
        what = "the first difference of two texts of 300 characters"
        yield Row(what, "nothing in common", 100, took, " ms", "the fastest of several")

    def _repeating(self) -> Iterator[Row]:
        count = self.count // 10
        once, daily = (
            write_repeating(self.directory / name, count, self.account.url, daily=name == "daily")
            for name in ("once", "daily")
        )
        ordinary, repeating = in_turns([self._ours(it, "validate") for it in (once, daily)], self.turns)
        what = f"`validate` of {count:,} manifests that repeat daily for two years"
        yield _beside(what, "`validate` of as many ordinary ones", 2.0, repeating, ordinary)

        what = "requests of a plan of ten daily series with three years behind them"
        asked, campaigns = self._asked_of_series(days=min(1095, self.count))
        yield Row(what, "whatever lies behind", 40, asked, "", f"{campaigns:,} campaigns in the account")

    def _asked_of_series(self, days: int) -> tuple[int, int]:
        from campaignctl.sandbox.server import Sandbox

        today = date.today()  # noqa: DTZ011  # the sandbox's clock is the machine's
        with Sandbox() as sandbox:
            sandbox.seed("acme1", "message-campaigns", list(earlier_dates(today, days)))
            project = write_series(self.directory / "series", sandbox.url, today + timedelta(days=1))
            _said(self._ours(project, "apply", "--auto-approve", "--format", "json"))
            sandbox.advance(timedelta(days=1))
            plan = json.loads(_said(self._ours(project, "plan", "--format", "json")))
            return plan["refresh"]["requests"], len(sandbox.campaigns("acme1"))

    def _pricing(self) -> Iterator[Row]:
        priced, ranged = seconds_to_price(self.count, self.turns)
        what = f"pricing {self.count:,} voice campaigns, typically and at worst"
        yield Row(
            what, "in processor time of one core", self.count / 10_000, priced, " s", "the fastest of several"
        )
        what = f"the typical, worst and shared runs of {self.count:,} campaigns that overlap"
        yield Row(what, "the same", 3 * self.count / 10_000, ranged, " s", "the fastest of several")
        each = microseconds_a_number(10 * self.count, self.turns)
        what = "whether a number can exist, each of a list in which some cannot"
        yield Row(what, "in processor time of one core", 2, each, " µs", "the fastest of several")

    def _suppressing(self) -> Iterator[Row]:
        people, left_out = 10 * self.count, 100 * self.count
        without = write_suppressing(self.directory / "all-called", people, 0)
        with_it = write_suppressing(self.directory / "some-left-out", people, left_out)
        every, some = in_turns([self._ours(it, "validate") for it in (without, with_it)], self.turns)
        took = min(some.busy) - min(every.busy)
        what = f"leaving {left_out:,} people out of a list of {people:,}"
        detail = (
            f"processor time, {_told(min(some.busy))} to {_told(min(every.busy))}; {some.megabytes:.0f} MB"
        )
        yield Row(what, "`validate` without them", 2 * self.count / 10_000, took, " s", detail)

    def _frequency(self) -> Iterator[Row]:
        campaigns, people = max(1, 300 * self.count // 10_000), 10 * self.count
        peer = self._peer("frequency", str(campaigns), str(people))
        read, reckoned, megabytes = map(float, _said(peer).split())
        what = f"`frequency` over {campaigns:,} manifests of {people:,} numbers each"
        detail = f"processor time, {_told(reckoned)} beside {_told(read)}"
        yield Row(what, "reading their files", 1.5, reckoned / read, "×", detail)
        yield Row(what, "memory", 500, megabytes, " MB", "of the process, its files and texts in it")

    def _gates(self) -> Iterator[Row]:
        gates, words = max(1, self.count // 10), ("plan", "--format", "json")
        self.account.holds(tuple(staged_items(gates)))
        with_them, without = (
            write_staged(self.directory / name, gates, self.account.url, waiting=waiting)
            for name, waiting in (("gates", True), ("no-gates", False))
        )
        ours, theirs = in_turns([self._ours(it, *words) for it in (with_them, without)], self.turns)
        yield _beside(
            f"`plan` of {gates:,} gates, in {2 * gates:,} manifests", "the same without", 1.2, ours, theirs
        )

    def _lists(self) -> Iterator[Row]:
        from campaignctl.sandbox.server import Sandbox

        with Sandbox() as sandbox:
            lists = [{"numbers": [f"+9198{place:08d}", f"+9197{place:08d}"]} for place in range(50)]
            sids = sandbox.seed("acme1", "lists", lists)
            project = write_to_lists(self.directory / "to-lists", sandbox.url, sids)
            commands = [
                self._ours(project, "plan", "--format", "json", *it) for it in ((), ("--no-count-lists",))
            ]
            with_it, without = (json.loads(_said(it))["refresh"]["requests"] for it in commands)
        what = "requests of a plan that sends to 50 lists"
        yield Row(what, "the same with --no-count-lists", 50, with_it - without, " more", f"{with_it} in all")

    def _members(self) -> Iterator[Row]:
        from campaignctl.sandbox.server import Sandbox

        people = 10 * self.count
        theirs, ours = seconds_to_read(people, self.turns)
        what = f"{people:,} members with a second column, read and named"
        detail = f"processor time, {_told(ours)} beside {_told(theirs)}"
        yield Row(what, "reading their file with `csv`", 3, ours / theirs, "×", detail)
        with Sandbox() as sandbox:
            project = write_members(self.directory / "members", sandbox.url, people)
            command = self._ours(project, "plan", "--format", "json")
            (taken,) = in_turns([command], 1)
            sandbox.forget_requests()
            _said(self._ours(project, "apply", "--auto-approve"))
            asked = [it.request for it in sandbox.requests if it.request in OF_AN_UPLOAD]
            called = sum(len(sandbox.numbers("acme1", sid)) for sid in _lists_called(sandbox))
        yield Row(f"planning a list of {people:,}", "memory", 200, taken.megabytes, " MB", "of the process")
        what = f"requests that an apply takes to upload a list of {people:,}"
        limit, detail = 2 * -(-people // 5_000) + 2, f"{called:,} people in the list of the campaign then"
        yield Row(what, "5,000 people each", limit, len(asked), "", detail)

    def _own_rules(self) -> Iterator[Row]:
        count = max(1_000, self.count // 10)
        without, ruled = (
            write_ruled(self.directory / name, count, self.account.url, ruled=name == "ruled")
            for name in ("unruled", "ruled")
        )
        few, all_of_them = in_turns([self._ours(it, "validate") for it in (without, ruled)], self.turns)
        each = (min(all_of_them.busy) - min(few.busy)) / count * 1000
        detail = f"processor time, {_told(min(all_of_them.busy))} to {_told(min(few.busy))}, imports included"
        what = f"`validate` of {count:,} by a rule file of ten keywords, what it adds to each"
        yield Row(what, "without it", 0.5, each, " ms", detail)

    def _comparing(self) -> Iterator[Row]:
        took = seconds_to_compare(self.count, 10, self.turns)
        what = f"comparing two plans of {self.count:,} changes, ten of them unlike"
        yield Row(what, "in processor time of one core", 1, took, " s", "the fastest of several")

    def _fleet(self) -> Iterator[Row]:
        count, each = max(3, 300 * self.count // 10_000), 40
        with many_served() as accounts:
            accounts.each = each
            project = write_fleet(self.directory / "fleet", count, each, accounts.url)
            alone = write_fleet(self.directory / "fleet-of-one", 1, each, accounts.url)
            every = self._ours(project, "plan", "--all-environments")
            one = [self._ours(it, "plan", "-e", name_of(0)) for it in (project, alone)]
            plain, single, all_of_them = in_turns([*one, every], max(1, self.turns // 2))
            accounts.asked.clear()
            _said(every)
            requests = len(accounts.asked)
            accounts.delay = 0.2
            (slow,) = in_turns([every], 1)
            accounts.delay = 0.0
            takes = partial(seconds_to_create, accounts, project, OURS)
            at_once, slowest = takes("--all-environments"), in_the_middle(count, each)
            accounts.delays[slowest] = _LATE
            late, all_with_it = takes("-e", slowest), takes("--all-environments")
            accounts.delays.clear()
            accounts.delays[name_of(count - 1)] = _LATE
            all_with_last = takes("--all-environments")
            accounts.delays.clear()
            change_one(project)
            accounts.asked.clear()
            _said(self._ours(project, "plan", "--changed-since", "HEAD"))
            touched = {path.split("/")[3] for path in accounts.asked}
        yield from fleet_rows(count, each, single, all_of_them)
        what = f"`plan` of {count} accounts, nothing to do"
        asked = f"{requests:,} requests: two an account, as each alone"
        yield Row(f"{what}: requests", "each account alone", 2 * count, requests, "", asked)
        detail = f"{_told(slow.least)} beside {_told(all_of_them.least)}; 16 requests in flight"
        slower = slow.least - all_of_them.least
        yield Row(f"{what}, each answer 0.2 s late", "none late", 10, slower, " s more", detail)
        what = f"accounts that `plan --changed-since` asks, one of {count} changed"
        yield Row(what, "the one", 1, len(touched), "", ", ".join(sorted(touched)))
        yield _beside(f"`plan -e` of one of {count} accounts", "a project of one", 1.3, plain, single)
        what = f"`apply` of {count} accounts with a create each, one of which answers {_LATE} s late"
        detail = (
            f"{all_with_it:.1f} s beside {late:.1f} s, where it is in the middle by name and by start; "
            f"{all_with_last:.1f} s where it is the last by both, {at_once:.1f} s where none is late"
        )
        yield Row(what, "that account alone", 1.1, all_with_it / late, "×", detail)

    def _check_jsonschema(self) -> Iterator[Row]:
        if find_spec("check_jsonschema") is None:
            return
        schema = self.directory / "schema.json"
        schema.write_text(_said(self._ours(self.large, "schema", "voice-campaign")))
        files = [str(path) for path in sorted((self.large / "campaigns").iterdir())]
        words = (str(BIN / "check-jsonschema"), "--schemafile", str(schema), *files)
        ours = [self._ours(self.large, "validate")] * self.turns  # for one of theirs, which takes long
        theirs, *taken = in_turns([Command(words, self.large), *ours], 1)
        least = min(each.least for each in taken)
        factor = theirs.least / least
        detail = f"{theirs.least:.1f} s beside {least:.2f} s"
        what = f"the same {self.count:,} files through check-jsonschema with our schema"
        yield Row(what, "`validate`", 20, factor, "× ours", detail, at_least=True)

    def _octodns(self) -> Iterator[Row]:
        if find_spec("octodns") is None:
            return
        zone = self._peer("octodns_zone", str(self.directory / "zone"), str(self.count))
        _said(zone)
        words = (str(BIN / "octodns-sync"), "--config-file", str(self.directory / "zone" / "config.yaml"))
        plan = self._ours(self.large, "plan")
        self.account.holds(list(live_items(self.count)))
        theirs, ours = in_turns([Command(words, self.directory / "zone"), plan], max(self.turns // 2, 1))
        what = f"`plan` of {self.count:,}, files to plan"
        beside = f"octoDNS planning {self.count:,} two-line records, YamlProvider to YamlProvider"
        yield _beside(what, beside, 1.0, ours, theirs)
        detail = f"{ours.megabytes:.0f} MB beside {theirs.megabytes:.0f} MB"
        yield Row(f"{what}, memory", beside, 1.0, ours.megabytes / theirs.megabytes, "×", detail)


def _lists_called(sandbox: Sandbox) -> Iterator[str]:
    return (sid for live in sandbox.campaigns("acme1") for sid in live.spec.get("lists") or ())


def fleet_rows(count: int, each: int, single: Taken, every: Taken) -> Iterator[Row]:
    """Yields what one machine carries of many accounts."""
    what = f"`plan` of {count} accounts × {each} manifests, nothing to do"
    minute = 60 / every.least
    detail = (
        f"{_told(every.least)} beside {count} × {_told(single.least)}; a minute carries {count * minute:,.0f} "
        f"accounts, {count * each * minute:,.0f} manifests"
    )
    ratio_of_all = every.least / (count * single.least)
    yield Row(what, "one command for each, one after the other", 0.35, ratio_of_all, "×", detail)
    yield _memory(f"{what}, peak memory", 400, every)


def _beside(what: str, beside: str, target: float, ours: Taken, theirs: Taken) -> Row:
    least, middle = ratio(ours, theirs)
    busy = min(ours.busy) / min(theirs.busy)
    detail = (
        f"{_told(ours.least)} beside {_told(theirs.least)}; median of the turns {middle:.2f} ×; "
        f"processor time {busy:.2f} ×"
    )
    return Row(what, beside, target, least, "×", detail)


def _memory(what: str, target: int, taken: Taken) -> Row:
    return Row(what, "", target, taken.megabytes, "MB", "of all its processes, the interpreter included")


def _told(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.0f} ms"


def _said(command: Command) -> str:
    environ = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(
        command.words, cwd=command.directory, env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout
