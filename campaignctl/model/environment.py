"""Holds the settings of one account, as the project file gives them."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import basename, splitext
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from campaignctl.diagnostics import Diagnostic, Severity
from campaignctl.kinds.countries import Country
from campaignctl.kinds.endpoints import SERVICES, Endpoint
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.usage import Usage, read_usage
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.model.selector import Selector
    from campaignctl.model.suppression import SuppressionSource

Backend: TypeAlias = Literal["exotel", "sandbox"]

HOSTS: Mapping[str, str] = {"mumbai": "https://api.in.exotel.com", "singapore": "https://api.exotel.com"}
"""By region [001]."""

ACCOUNT_VARIABLE = "EXOTEL_ACCOUNT_SID"
"""Names the account where the environment does not."""

TIMEOUT_SECONDS: Final = 30.0
MAX_ATTEMPTS: Final = 5
SETTLE_SECONDS: Final = 10.0
RATE_LIMIT: Final = 30
"""Requests a minute. These are the settings of an environment that does not say them."""
MAX_ENVIRONMENTS: Final = 10
"""How many environments one apply may write to."""
RESUMES = ("unknown", "waits")
"""What a resume before the start does: whether it waits for it is not known of every account."""


class RuleFileSetting(NamedTuple):
    """Holds one entry of `policy.schema`. `kind` is the one that it is for, None for every one; `level` None: it is
    off.

    `path` is where it stands in the project file, dotted.
    """

    file: str
    kind: str | None
    level: Severity | None
    path: str

    @property
    def rule(self) -> str:
        """Returns what findings of this rule file are called."""
        return rule_name(self.file)


def rule_name(file: str) -> str:
    """Names the rule of a file: `schema/naming` for `rules/naming.schema.json`."""
    return f"schema/{splitext(basename(file))[0].removesuffix('.schema')}"


class AccountServer(NamedTuple):
    """Holds scheme and host of an account. `settles`: somebody else may create there at the same time."""

    base_url: str
    settles: bool


class Environment(NamedTuple):
    """Holds a named account and its settings.

    `base_url` is scheme and host without a path, None for a sandbox that the command starts itself. `collections`
    name the endpoint of a kind that has several, by kind name, and `create_body` how a create is wrapped, by the
    kind's short name; where they do not, its own row says it. `rate_limit` counts requests a minute, None for none.
    `policy` holds the merged rules as written, `guard` the merged settings of the guard, `usage` how people are
    expected to answer, `prices` what they cost: nothing without any. `rule_files` are the rules of the project's
    own that are on. `manifests` are the paths of its own, None for those of the project; of them it takes what
    `select` fits, None for all.
    """

    name: str
    backend: Backend
    account_sid: str
    base_url: str | None = None
    key_env: str = "EXOTEL_API_KEY"
    token_env: str = "EXOTEL_API_TOKEN"
    collections: Mapping[str, str] = {}
    create_body: Mapping[str, str] = {}
    rate_limit: int | None = RATE_LIMIT
    timeout_seconds: float = TIMEOUT_SECONDS
    max_attempts: int = MAX_ATTEMPTS
    settle_seconds: float = SETTLE_SECONDS
    country: Country | None = None
    resume_before_start: str = "unknown"
    allow: frozenset[str] = frozenset()
    vars: Mapping[str, str] = {}
    policy: Mapping[str, Value] = {}
    guard: Mapping[str, Value] = {}
    sandbox_clock: str | None = None  # RFC 3339: where a fresh sandbox's clock begins
    usage: Mapping[str, Value] = {}
    prices: Mapping[str, Value] = {}
    rule_files: tuple[RuleFileSetting, ...] = ()
    manifests: tuple[str, ...] | None = None
    select: Selector | None = None

    @property
    def is_sandbox(self) -> bool:
        """Tells whether this is the embedded stand-in."""
        return self.backend == "sandbox"

    @property
    def has_own_manifests(self) -> bool:
        """Tells whether it says which of the project's manifests it takes."""
        return self.manifests is not None or self.select is not None

    @property
    def host(self) -> str:
        """Returns what tells this account's server from others: host and port, or the word for the embedded
        stand-in.
        """
        return "sandbox" if self.is_sandbox else urlsplit(self.base_url or "").netloc

    @property
    def resume_waits(self) -> bool:
        """Tells whether a campaign that is resumed before its start is known to wait for it."""
        return self.resume_before_start == "waits"

    def usage_of(self, own: Mapping[str, Value]) -> Usage:
        """Returns how people are expected to answer; `own` is what a manifest says of its own."""
        return read_usage(self.usage, own)

    def collection(self, kind_name: str) -> str:
        """Returns the API's collection for a kind: `campaigns`, `message-campaigns` or `sms-campaigns`."""
        return self.collections.get(kind_name) or SERVICES[kind_name].default.collection

    def other_endpoint(self, kind: Kind) -> Endpoint | None:
        """Returns the endpoint of a kind that is not used here; None where the kind has one alone."""
        return SERVICES[kind.name].other(self.collection(kind.name))

    def create_form(self, kind: Kind) -> str:
        """Returns how the body of a create is wrapped: `wrapped` or `bare`."""
        return self.create_body.get(kind.short) or SERVICES[kind.name].create_form


class Prune(NamedTuple):
    """Says which campaigns can be orphans."""

    name_prefix: str


class EnvironmentPlace(NamedTuple):
    """Says which file an environment has, as messages show it, and which of the file's documents it is, from 0."""

    file: str
    document: int


class ProjectFile(NamedTuple):
    """Holds the project file, checked. `root` is its directory; `file` its path as shown in messages, None without
    one.

    `declared` are the environments that the file and the files of environments name, in their order; `environments`
    has the sandbox besides. `findings` are warnings: what is odd about the file and yet valid. `suppress` are the
    sources of people whom no campaign calls. `places` says of each environment that has a file of its own where;
    `accounts_unwritten` are those whose account nobody wrote down. `max_environments` may be written to in one
    apply.
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
    suppress: tuple[SuppressionSource, ...] = ()
    places: Mapping[str, EnvironmentPlace] = {}
    accounts_unwritten: frozenset[str] = frozenset()
    max_environments: int = MAX_ENVIRONMENTS

    def paths_of(self, environment: Environment) -> tuple[str, ...]:
        """Returns the files and directories that hold what an environment may take."""
        return self.manifests if environment.manifests is None else environment.manifests

    @property
    def selects(self) -> bool:
        """Tells whether an environment chooses its manifests by their labels."""
        return any(it.select is not None for it in self.environments.values())

    @property
    def validated(self) -> tuple[Environment, ...]:
        """Returns every environment that somebody may plan for: those of the file, and the one that is the default."""
        names = dict.fromkeys((*self.declared, self.default_environment))
        return tuple(self.environments[name] for name in names)
