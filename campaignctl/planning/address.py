"""Commands that messages print, to be pasted: about the same environment and project as the printing one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Address:
    """`words` are the options that say which environment and project are meant; none where they go without saying."""

    words: tuple[str, ...] = ()

    def command(self, verb: str, *words: str) -> str:
        """`campaignctl -e prod complete 046141c8f6`, as a shell takes it."""
        from shlex import join  # most commands print none

        return join(("campaignctl", *self.words, verb, *words))


HERE: Final = Address()
"""Where no option was given."""
