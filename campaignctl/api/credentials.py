"""Checks that API key and token are both there, and says what to look at where the account does not take them."""

from __future__ import annotations

from campaignctl.errors import CredentialsError
from campaignctl.model.environment import Environment
from campaignctl.tuples import NamedTuple


class Credentials(NamedTuple):
    """Holds API key and token, None where one is not set."""

    key: str | None
    token: str | None

    def __repr__(self) -> str:
        """Shows neither of them."""
        return "Credentials(…)"


def require(environment: Environment, credentials: Credentials) -> tuple[str, str]:
    """Returns API key and token. Raises an error that names the variables that are not set."""
    key, token = credentials
    names = {environment.key_env: key, environment.token_env: token}
    missing = [name for name, value in names.items() if not (value or "").strip()]
    if missing or key is None or token is None:
        raise CredentialsError(
            f"environment {environment.name}: {' and '.join(missing)} not set; "
            "set to the API key and token from the API settings page of the Exotel dashboard"
        )
    try:
        f"{key}{token}".encode()
    except UnicodeEncodeError:
        raise CredentialsError(
            f"environment {environment.name}: {environment.key_env} or {environment.token_env} holds bytes that "
            "are no text; copy them again from the API settings page of the Exotel dashboard"
        ) from None
    return key.strip(), token.strip()


def advice(environment: Environment, status: int) -> str:
    """Says what to look at after a 401 or 403."""
    if status == 401:
        return (
            f"check that {environment.key_env} and {environment.token_env} hold the key and token of the account "
            f"{environment.account_sid}, and the region"
        )
    return f"the key in {environment.key_env} has no access to this part of the account {environment.account_sid}"
