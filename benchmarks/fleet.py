"""Writes a project of many accounts, and serves all of them on one port."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.account import LoopbackAccount, answer, serving
from benchmarks.measuring import Command, once
from benchmarks.scale import campaign, listed, manifest

_PROJECT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
default_environment: sandbox
environments_from: [accounts/*.yaml]
max_environments: 1000
environment_defaults:
  backend: exotel
  base_url: {url}
  country: IN
  rate_limit: 100000
  settle_seconds: 0
"""
_ENVIRONMENT = """\
apiVersion: campaignctl/v1
kind: Environment
metadata: {{name: {name}}}
spec: {{account_sid: {name}, manifests: [campaigns/{name}/]}}
"""


def name_of(account: int) -> str:
    """Returns what an account and its environment are called."""
    return f"shop-{account:03d}"


def in_the_middle(accounts: int, each: int) -> str:
    """Returns the account that is neither among the first by name, which are read first, nor among those whose last
    campaign, which is created, starts first: they are let go first.
    """

    def starts(account: int) -> tuple[str, int]:
        return campaign((account + 1) * each - 1)["schedule"]["send_at"], account

    by_start, middle = sorted(range(accounts), key=starts), accounts // 2
    return name_of(min(range(accounts), key=lambda it: abs(it - middle) + abs(by_start.index(it) - middle)))


def write_fleet(directory: Path, accounts: int, each: int, url: str) -> Path:
    """Writes a project of so many accounts, each with manifests of its own, a file each. Returns the directory."""
    (directory / "accounts").mkdir(parents=True)
    (directory / "campaignctl.yaml").write_text(_PROJECT.format(url=url), encoding="utf-8")
    for account in range(accounts):
        name = name_of(account)
        (directory / "accounts" / f"{name}.yaml").write_text(_ENVIRONMENT.format(name=name), encoding="utf-8")
        folder = directory / "campaigns" / name
        folder.mkdir(parents=True)
        for place in range(account * each, (account + 1) * each):
            (folder / f"{place:06d}.yaml").write_text(manifest(place), encoding="utf-8")
    return directory


def change_one(directory: Path) -> None:
    """Commits the project, then changes a manifest of the first account."""
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "all")):
        subprocess.run(["git", *words], cwd=directory, check=True)
    first = next((directory / "campaigns" / name_of(0)).iterdir())
    first.write_text(
        first.read_text(encoding="utf-8").replace("is ready and waits", "waits"), encoding="utf-8"
    )


class ManyAccounts(LoopbackAccount):
    """Serves as many accounts as are asked for, each of which holds what its manifests want.

    `delay` is how many seconds each answer takes, `delays` how many those of an account take, `each` how many
    campaigns an account holds, of which the last `lacking` are not there yet. What is created is held until it is
    forgotten.
    """

    def __init__(self) -> None:
        super().__init__()
        self.each, self.delay, self.delays = 0, 0.0, dict[str, float]()
        self.lacking, self.created = 0, defaultdict[str, list[bytes]](list)

    def items_for(self, path: str) -> Sequence[bytes]:
        """Returns the campaigns of the account in a path, the last of which may lack; no messages."""
        account, collection = path.split("/")[3:5]
        if collection.partition("?")[0] != "campaigns":
            return ()
        first = int(account.rpartition("-")[2]) * self.each
        there = range(first, first + self.each - self.lacking)
        return [*(_live(place) for place in there), *self.created[account]]

    def create(self, path: str, sent: bytes) -> bytes:
        """Holds the campaign that is sent from now on, and answers with it."""
        account = path.split("/")[3]
        self.created[account].append(_held(f"{account}-{len(sent)}", json.loads(sent)["campaigns"][0]))
        self.page.cache_clear()
        return answer("POST", self.created[account][-1:], 1)

    def forget(self, lacking: int) -> None:
        """Holds no longer what was created; `lacking` campaigns of each account are not there yet."""
        self.lacking = lacking
        self.created.clear()
        self.page.cache_clear()

    def wait(self, path: str) -> None:
        """Takes the time that an answer takes."""
        delay = self.delays.get(path.split("/")[3], self.delay)
        if delay:
            time.sleep(delay)


def seconds_to_create(accounts: ManyAccounts, project: Path, command: str, *words: str) -> float:
    """Returns how long an apply takes that creates one campaign in each account that it is for."""
    accounts.forget(1)
    shutil.rmtree(project / ".campaignctl", ignore_errors=True)
    took = once(Command((command, "apply", "--auto-approve", *words), project))
    accounts.forget(0)
    return took


def _live(place: int) -> bytes:
    return _held(f"{place:032x}", campaign(place))


def _held(sid: str, spec: Mapping[str, Any]) -> bytes:
    return listed({"id": sid, **spec, "status": "Created", "date_created": "2026-11-01T00:00:00Z"})


@contextmanager
def many_served() -> Iterator[ManyAccounts]:
    """Yields the accounts while they are needed."""
    with ManyAccounts() as accounts, serving(accounts):
        yield accounts
