"""Lists the environment variables that mean something to a command, a row for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Variable:
    """Describes an environment variable."""

    name: str
    doc: str


VARIABLES: Final = (
    Variable("EXOTEL_API_KEY", "The account's API key; another name stands under credentials.key_env."),
    Variable("EXOTEL_API_TOKEN", "The account's API token; another name stands under credentials.token_env."),
    Variable("EXOTEL_ACCOUNT_SID", "The account, where the environment gives no account_sid."),
    Variable(
        "EXOTEL_ALLOWED_HOSTS",
        "Hosts that base_url may name besides Exotel's own and loopback, with commas between them: the runner's to "
        "set, so that a pull request cannot send the credentials elsewhere.",
    ),
    Variable("NO_COLOR", "Not empty: no colour, whatever FORCE_COLOR says."),
    Variable("FORCE_COLOR", "Not empty and not 0: colour even where the output is no terminal."),
    Variable("TERM", "dumb: no colour."),
    Variable("COLUMNS", "The width of the terminal, where it is not the terminal's own."),
    Variable(
        "HTTPS_PROXY",
        "A proxy on the way to the account, as HTTP_PROXY, ALL_PROXY and NO_PROXY; loopback never goes through one.",
    ),
)
