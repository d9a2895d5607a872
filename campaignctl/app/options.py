"""Holds what every command and the library are told: which project, environment and variables, and what may be
shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from campaignctl.clock import Clock, SystemClock
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from random import Random

    from campaignctl.api.transport import Network
    from campaignctl.model.campaigns import RefreshStrategy
    from campaignctl.model.permissions import Address

REFRESHES: Final[tuple[RefreshStrategy, ...]] = ("auto", "full")
"""How the account is read for a plan: what can matter, or all of it."""


class Shard(NamedTuple):
    """Holds `--shard K/N`: one of so many `parts`, counted from 0."""

    part: int
    parts: int


class Choice(NamedTuple):
    """Says which environments a command line names. `written` are the values of its `-e`, as they are."""

    written: tuple[str, ...] = ()
    all_environments: bool = False
    shard: Shard | None = None
    changed_since: str | None = None

    def over(self, earlier: Choice) -> Choice:
        """Puts this side of the command's name over the other: its `-e` replace the earlier ones."""
        return Choice(
            self.written or earlier.written,
            self.all_environments or earlier.all_environments,
            self.shard or earlier.shard,
            earlier.changed_since if self.changed_since is None else self.changed_since,
        )

    @property
    def is_several(self) -> bool:
        """Tells whether several environments are meant.

        It is a property of what was written, never of what that matches: one plain `-e`, or none, means one
        environment.
        """
        narrowed = self.all_environments or self.shard is not None or self.changed_since is not None
        return narrowed or len(self.written) > 1 or not _SEVERAL.isdisjoint("".join(self.written))

    @property
    def names(self) -> tuple[str, ...]:
        """Returns the names and patterns, each for itself."""
        parts = (part.strip() for value in self.written for part in value.split(","))
        return tuple(part for part in parts if part)


_SEVERAL: Final = frozenset("*?,")


class GlobalOptions(NamedTuple):
    """Holds the options given on either side of the command's name; the later one wins, `--var` adds up.

    `choice` says which environments; `parallel` how many requests may be under way to several. `clock`, `network`
    and `random` are no options: whoever calls the command line in its own process may bring them.
    """

    choice: Choice = Choice()
    config: Path | None = None
    variables: Mapping[str, str] = {}
    show_numbers: bool = False
    no_color: bool = False
    quiet: bool = False
    verbose: bool = False
    parallel: int | None = None
    clock: Clock = SystemClock()
    network: Network | None = None
    random: Random | None = None

    def over(self, earlier: GlobalOptions) -> GlobalOptions:
        """Returns these options, and the earlier ones where these are silent."""
        return GlobalOptions(
            choice=self.choice.over(earlier.choice),
            config=self.config or earlier.config,
            variables={**earlier.variables, **self.variables},
            show_numbers=self.show_numbers or earlier.show_numbers,
            no_color=self.no_color or earlier.no_color,
            quiet=self.quiet or earlier.quiet,
            verbose=self.verbose or earlier.verbose,
            parallel=self.parallel or earlier.parallel,
            clock=earlier.clock,
            network=earlier.network,
            random=earlier.random,
        )

    @property
    def environment(self) -> str | None:
        """Returns the one environment that is named; None for the default one, and where several may be meant."""
        return None if self.choice.is_several else next(iter(self.choice.written), None) or None

    def in_environment(self, name: str) -> GlobalOptions:
        """Returns the same options for one environment."""
        return self._replace(choice=Choice((name,)), parallel=None)

    @property
    def address(self) -> Address:
        """Returns what makes a printed command mean the same environment and project as this one."""
        from campaignctl.model.permissions import Address

        environment = ("-e", self.environment) if self.environment else ()
        return Address((*environment, *(("-c", str(self.config)) if self.config else ())))
