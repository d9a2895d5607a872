"""What the API says no with."""

from __future__ import annotations


class RefusalError(Exception):
    """A request that is not carried out: HTTP status, what is wrong, and a hint."""

    def __init__(self, status: int, message: str, description: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.description = description or message
