"""Names everything that ends a command early. Each class owns its exit code.

CampaignctlError                1
├── InputError                  1   manifests, project file, plan file: a list of findings or one sentence
├── UsageError                  64  the command line itself
├── RefusedError                3   nothing was sent: too many changes, not confirmed
│   └── StalePlanError          3   a saved plan that no longer holds
├── ApiError                    1   the account could not be read
│   ├── CredentialsError        1   missing or not accepted
│   ├── UnreachableError        1   no connection was made
│   └── AnswerError             1   an answer that cannot be understood, or a refusal of a read
└── InterruptedRunError         130 Ctrl-C or SIGTERM

A mistake in a file is a `diagnostics.Diagnostic`: collected, so that all are told at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from campaignctl.diagnostics import Diagnostic
from campaignctl.exits import Exit


class CampaignctlError(Exception):
    """Ends a command with one sentence for the user. `code` is what `--format json` calls it."""

    exit_code: ClassVar[int] = Exit.ERROR
    code: ClassVar[str] = "error"


class InputError(CampaignctlError):
    """Says that what the user wrote cannot be used. `findings` are the single mistakes, all of them."""

    code = "invalid-input"

    def __init__(self, message: str, findings: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class UsageError(CampaignctlError):
    """Says that the command line is wrong."""

    exit_code = Exit.USAGE
    code = "usage"


class RefusedError(CampaignctlError):
    """Says that nothing was sent, on purpose."""

    exit_code = Exit.REFUSED
    code = "refused"
    comparison: Mapping[str, object] | None = None
    """Of a reviewed plan: what differs from it now, as a document."""
    explanation: str = ""
    """The same in words, told after the sentence."""


class StalePlanError(RefusedError):
    """Says that a saved plan no longer holds. `only_expired` is True where nothing else is against it."""

    def __init__(self, message: str, *, only_expired: bool) -> None:
        super().__init__(message)
        self.only_expired = only_expired


class ApiError(CampaignctlError):
    """Says that the account could not be read. `http` is the status, None where no answer came."""

    code = "api"

    def __init__(self, message: str, http: int | None = None) -> None:
        super().__init__(message)
        self.http = http


class CredentialsError(ApiError):
    """Says that the key or token is missing, or that the account does not take them."""

    code = "credentials"


class UnreachableError(ApiError):
    """Says that no connection was made, so that certainly nothing was carried out."""

    code = "unreachable"


class AnswerError(ApiError):
    """Says that an answer cannot be understood, or that a read was refused."""

    code = "bad-answer"


class InterruptedRunError(CampaignctlError):
    """Says that Ctrl-C or SIGTERM ended the run."""

    exit_code = Exit.INTERRUPTED
    code = "interrupted"


ERROR_CODES: Final = (
    CampaignctlError.code,
    InputError.code,
    UsageError.code,
    RefusedError.code,
    ApiError.code,
    CredentialsError.code,
    UnreachableError.code,
    AnswerError.code,
    InterruptedRunError.code,
)
"""Every `code` that the document of an error can have."""
