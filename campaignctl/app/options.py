"""What every command and the library are told: which project, environment and variables, and what may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from campaignctl.clock import Clock, SystemClock

if TYPE_CHECKING:
    from random import Random

    from campaignctl.api.transport import Network
    from campaignctl.model.campaigns import RefreshStrategy
    from campaignctl.model.permissions import Address

REFRESHES: Final[tuple[RefreshStrategy, ...]] = ("auto", "full")
"""How the account is read for a plan: what can matter, or all of it."""


@dataclass(frozen=True, eq=False, repr=False)
class GlobalOptions:
    """As given on either side of the command's name; the later one wins, `--var` adds up.

    `clock`, `network` and `random` are no options: whoever calls the command line in its own process may bring them.
    """

    environment: str | None = None
    config: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    show_numbers: bool = False
    no_color: bool = False
    quiet: bool = False
    verbose: bool = False
    clock: Clock = field(default_factory=SystemClock)
    network: Network | None = None
    random: Random | None = None

    def over(self, earlier: GlobalOptions) -> GlobalOptions:
        """These, and the earlier ones where these are silent."""
        return GlobalOptions(
            environment=self.environment or earlier.environment,
            config=self.config or earlier.config,
            variables={**earlier.variables, **self.variables},
            show_numbers=self.show_numbers or earlier.show_numbers,
            no_color=self.no_color or earlier.no_color,
            quiet=self.quiet or earlier.quiet,
            verbose=self.verbose or earlier.verbose,
            clock=earlier.clock,
            network=earlier.network,
            random=earlier.random,
        )

    @property
    def address(self) -> Address:
        """What makes a printed command mean the same environment and project as this one."""
        from campaignctl.model.permissions import Address

        environment = ("-e", self.environment) if self.environment else ()
        return Address((*environment, *(("-c", str(self.config)) if self.config else ())))
