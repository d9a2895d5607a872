"""Says how a command ends: a row for each exit code, the one that wins first."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from campaignctl.tuples import NamedTuple


class Exit(IntEnum):
    """Names the exit codes."""

    FINE = 0
    ERROR = 1
    CHANGES = 2
    REFUSED = 3
    PARTLY = 4
    UNKNOWN = 5
    USAGE = 64
    INTERRUPTED = 130


class ExitCode(NamedTuple):
    """Says when a command ends with an exit code, and what to do about it."""

    code: Exit
    doc: str
    details: str


EXIT_CODES: Final = (
    ExitCode(
        Exit.INTERRUPTED,
        "Interrupted by Ctrl-C or SIGTERM.",
        "The request in flight was finished, nothing more was sent, and what is done is said. Run it again: what is "
        "done is not done twice.",
    ),
    ExitCode(
        Exit.USAGE,
        "The command line is wrong.",
        "An unknown flag; no project file and no PATHS; an apply with something to do, no terminal to ask on and no "
        "--auto-approve; a bare digest for --expect; a NAME that campaigns of both kinds have (write voice/NAME or "
        "sms/NAME); several environments for what takes one, or --allow OP:NAME without @ENVIRONMENT for several.",
    ),
    ExitCode(
        Exit.UNKNOWN,
        "What became of a request is unknown.",
        "It may or may not have been carried out. Apply again: the next run looks before it creates anything.",
    ),
    ExitCode(
        Exit.PARTLY,
        "Applied in part: an operation failed.",
        "The other campaigns were still processed. The results say what failed and why; fix it and apply again.",
    ),
    ExitCode(
        Exit.REFUSED,
        "Refused: something is blocked, forbidden, stale or not approved.",
        "A blocked change; a policy of level error, in validate too; --max-changes, --max-environments or --expect; a "
        "stale, foreign or edited plan; an answer other than yes; an apply that leaves a create or what looks foreign "
        "held, or skips an operation for what it found right before it (start-passed, policy, moved, appeared, "
        "lost-race …). The message says which, and what lifts it.",
    ),
    ExitCode(
        Exit.ERROR,
        "An error: bad input, credentials, the network, or a name that is nowhere.",
        "Nothing can be said about the account, or a manifest cannot be used. Each mistake is told with its place. "
        "Also where all was done, and the result or a line of the audit log could not be written.",
    ),
    ExitCode(
        Exit.CHANGES,
        "There are operations; only with plan --detailed-exitcode.",
        "Held operations do not count. Without the flag such a plan ends with 0.",
    ),
    ExitCode(
        Exit.FINE,
        "Fine.",
        "Warnings, held changes (but in an apply creates and what looks foreign) and findings of level warn do not "
        "change it.",
    ),
)
"""The first wins where several hold."""
