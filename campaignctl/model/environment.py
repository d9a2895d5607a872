"""The settings of one account, as the project file gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from campaignctl.diagnostics import Diagnostic
from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Value

Backend: TypeAlias = Literal["exotel", "sandbox"]

HOSTS: Mapping[str, str] = {"mumbai": "https://api.in.exotel.com", "singapore": "https://api.exotel.com"}
"""By region [001]."""

ACCOUNT_VARIABLE = "EXOTEL_ACCOUNT_SID"
"""Names the account where the environment does not."""

SMS_APIS = ("message-campaigns", "sms-campaigns")
CREATE_BODIES = ("wrapped", "bare")
RESUMES = ("unknown", "waits")
"""What a resume before the start does: whether it waits for it is not known of every account."""


class CreateBody(NamedTuple):
    """How a create is wrapped, by kind: `wrapped` or `bare`."""

    voice: str = "wrapped"
    sms: str = "bare"


@dataclass(frozen=True)
class Environment:
    """A named account and its settings.

    `base_url` is scheme and host without a path, None for a sandbox that the command starts itself.
    `rate_limit` counts requests a minute, None for none. `policy` holds the merged rules as written.
    """

    name: str
    backend: Backend
    account_sid: str
    base_url: str | None = None
    key_env: str = "EXOTEL_API_KEY"
    token_env: str = "EXOTEL_API_TOKEN"
    sms_api: str = "message-campaigns"
    create_body: CreateBody = field(default_factory=CreateBody)
    rate_limit: int | None = 30
    timeout_seconds: float = 30.0
    max_attempts: int = 5
    settle_seconds: float = 10.0
    country: Country | None = None
    resume_before_start: str = "unknown"
    allow: frozenset[str] = frozenset()
    vars: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, Value] = field(default_factory=dict)
    sandbox_clock: str | None = None  # RFC 3339: where a fresh sandbox's clock begins

    @property
    def is_sandbox(self) -> bool:
        """True for the embedded stand-in."""
        return self.backend == "sandbox"

    @property
    def host(self) -> str:
        """What tells this account's server from others: host and port, or the word for the embedded stand-in."""
        return "sandbox" if self.is_sandbox else urlsplit(self.base_url or "").netloc

    @property
    def resume_waits(self) -> bool:
        """Whether a campaign that is resumed before its start is known to wait for it."""
        return self.resume_before_start == "waits"

    def collection(self, kind_name: str) -> str:
        """The API's collection for a kind: `campaigns`, `message-campaigns` or `sms-campaigns`."""
        return "campaigns" if kind_name == "VoiceCampaign" else self.sms_api


class Prune(NamedTuple):
    """Which campaigns can be orphans."""

    name_prefix: str


@dataclass(frozen=True)
class Project:
    """The project file, checked. `root` is its directory; `file` its path as shown in messages, None without one.

    `declared` are the environments that the file names, in its order; `environments` has the sandbox besides.
    `findings` are warnings: what is odd about the file and yet valid.
    """

    root: str
    file: str | None
    manifests: tuple[str, ...]
    default_environment: str
    environments: Mapping[str, Environment]
    max_changes: int | None = None
    prune: Prune | None = None
    declared: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def validated(self) -> tuple[Environment, ...]:
        """Every environment that somebody may plan for: those of the file, and the one that is the default."""
        names = dict.fromkeys((*self.declared, self.default_environment))
        return tuple(self.environments[name] for name in names)
