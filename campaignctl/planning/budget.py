"""What is left of the requests that an account takes a minute."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """Requests of the current minute. `limit` is the project's; `limit_told` and `remaining` are the account's own.

    None where there is no limit, or the account says nothing.
    """

    limit: int | None
    used: int
    limit_told: int | None = None
    remaining: int | None = None
