"""Defines the project file, a row for each key: what `campaignctl.yaml` may say."""

from __future__ import annotations

from typing import Final

from campaignctl.kinds import KINDS, formats
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.kinds.endpoints import CREATE_FORMS, SERVICES, Service
from campaignctl.kinds.manifest import opening, stop_when, suppress
from campaignctl.kinds.operations import given_in
from campaignctl.kinds.spending import PRICES, USAGE
from campaignctl.kinds.table import Field, Secrecy, Type
from campaignctl.model.environment import (
    HOSTS,
    MAX_ATTEMPTS,
    MAX_ENVIRONMENTS,
    RATE_LIMIT,
    RESUMES,
    SETTLE_SECONDS,
    TIMEOUT_SECONDS,
)
from campaignctl.policy import RULES
from campaignctl.policy.own_schemas import OWN_SCHEMAS

PROJECT_KIND = "Project"
ENVIRONMENT_KIND: Final = "Environment"
DEFAULTS: Final = "environment_defaults"
"""Settings that lie under every environment of a file of its own."""
SANDBOX: Final = "sandbox"
"""A backend, and the environment that is always there."""
BACKENDS = (SANDBOX, "exotel")

ENVIRONMENT_ALLOW = given_in("environment")
"""What an environment may ask for once and for all (rule 5)."""
SANDBOX_ALLOW = (*ENVIRONMENT_ALLOW, *given_in("sandbox"))


POLICY = (*(rule.field for rule in RULES.values()), OWN_SCHEMAS)
_POLICY_FIELD = Field("policy", Type.OBJECT, "The rules that campaigns must keep.", fields=POLICY)
_VARS = Field(
    "vars",
    Type.TEXT_MAP,
    "What ${name} in a manifest stands for.",
    keys=formats.VARIABLE,
)

_SPENDING = (USAGE, PRICES)
_GUARD = Field(
    "guard",
    Type.OBJECT,
    "What campaignctl guard does besides what manifests say; an environment's lies over the project's.",
    fields=(
        stop_when(KINDS.values()),
        Field(
            "unmanaged",
            Type.BOOLEAN,
            "Whether it looks at campaigns too that no manifest names.",
            default=False,
        ),
        Field(
            "notify",
            Type.OBJECT,
            "Where it tells of what it pauses.",
            fields=(
                Field(
                    "url_env",
                    Type.STRING,
                    "The environment variable that holds the address a message is posted to.",
                    required=True,
                    format_by=formats.ENVIRONMENT_VARIABLE,
                    secrecy=Secrecy.SECRET,
                ),
            ),
        ),
    ),
)

_CREDENTIALS = Field(
    "credentials",
    Type.OBJECT,
    "The names of the environment variables that hold the account's key and token.",
    fields=(
        Field(
            "key_env",
            Type.STRING,
            "The variable that holds the API key.",
            default="EXOTEL_API_KEY",
            format_by=formats.CREDENTIALS_VARIABLE,
            secrecy=Secrecy.SECRET,
        ),
        Field(
            "token_env",
            Type.STRING,
            "The variable that holds the API token.",
            default="EXOTEL_API_TOKEN",
            format_by=formats.CREDENTIALS_VARIABLE,
            secrecy=Secrecy.SECRET,
        ),
    ),
)


def _endpoint(service: Service) -> Field:
    """Makes the setting that chooses one of a kind's endpoints."""
    return Field(
        service.chosen_by or "",
        Type.STRING,
        f"Which of the two {service.kind.title} endpoints is used.",
        default=service.default.collection,
        choices=tuple(endpoint.collection for endpoint in service.endpoints),
    )


def _create_form(service: Service) -> Field:
    doc = f"{service.kind.title} campaigns."
    return Field(service.kind.short, Type.STRING, doc, choices=CREATE_FORMS, default=service.create_form)


_ENVIRONMENT = (
    Field(
        "backend",
        Type.STRING,
        "The live API, or the embedded stand-in.",
        required=True,
        choices=BACKENDS,
    ),
    Field("region", Type.STRING, "Which of Exotel's hosts.", choices=tuple(HOSTS)),
    Field(
        "base_url",
        Type.URL,
        "Scheme and host, instead of region: one of Exotel's, loopback, or in EXOTEL_ALLOWED_HOSTS.",
        secrecy=Secrecy.SECRET,
    ),
    Field(
        "account_sid",
        Type.STRING,
        "The account; else EXOTEL_ACCOUNT_SID says it.",
        format_by=formats.SID,
        secrecy=Secrecy.SECRET,
    ),
    _CREDENTIALS,
    *map(_endpoint, (it for it in SERVICES.values() if it.chosen_by)),
    Field(
        "create_body",
        Type.OBJECT,
        "How a create is wrapped: one word, or one for each kind.",
        shorthand=True,
        fields=tuple(map(_create_form, SERVICES.values())),
    ),
    Field(
        "rate_limit",
        Type.INTEGER,
        f"Requests a minute, null for none; {RATE_LIMIT} by default, none in a sandbox.",
        minimum=1,
        maximum=100_000,
    ),
    Field("timeout_seconds", Type.AMOUNT, "How long an answer may take.", default=f"{TIMEOUT_SECONDS:g}"),
    Field(
        "max_attempts",
        Type.INTEGER,
        "How often a request is tried.",
        default=MAX_ATTEMPTS,
        minimum=1,
        maximum=100,
    ),
    Field(
        "settle_seconds",
        Type.AMOUNT,
        "How long a created campaign may take to show in lists.",
        default=f"{SETTLE_SECONDS:g}",
    ),
    Field(
        "country",
        Type.STRING,
        "Lets a number with and without its country code compare equal, and sets calling hours.",
        choices=tuple(COUNTRIES),
    ),
    Field(
        "resume_before_start",
        Type.STRING,
        "What a resume does while the start lies ahead: waits for it, or nobody knows. "
        "Only where it waits does allow: [resume] hold.",
        default="unknown",
        choices=RESUMES,
    ),
    Field(
        "allow",
        Type.STRINGS,
        "What is done here without being asked for each time; start-now in a sandbox only.",
        choices=SANDBOX_ALLOW,
    ),
    Field(
        "manifests",
        Type.STRINGS,
        "Files and directories with the manifests of this account, instead of the project's.",
        minimum=1,
        format_by=formats.PATH,
    ),
    Field(
        "select",
        Type.STRING,
        "Labels of the manifests that this account takes, as they are written: region=south, region!=south; "
        "a comma means and.",
        minimum=1,
        maximum=1024,
    ),
    _VARS,
    _POLICY_FIELD,
    _GUARD,
    *_SPENDING,
    Field(
        "clock",
        Type.TIME,
        "Where a fresh sandbox's clock begins; the present by default. In a sandbox only.",
    ),
)

_BACKEND, *_OTHER_SETTINGS = _ENVIRONMENT
_PART_OF_ENVIRONMENT: Final = (_BACKEND.replace(required=False), *_OTHER_SETTINGS)
"""What may be said in two places: in a file of environments, and in the defaults for all of them."""

ENVIRONMENT: Final = Field(
    ENVIRONMENT_KIND,
    Type.OBJECT,
    "An environment in a file of its own, which environments_from of the project file names.",
    fields=(
        *opening(ENVIRONMENT_KIND),
        Field(
            "metadata",
            Type.OBJECT,
            "What it is called.",
            required=True,
            fields=(
                Field(
                    "name",
                    Type.STRING,
                    "Unique over the project and its files, whatever the letter case.",
                    required=True,
                    format_by=formats.ENVIRONMENT,
                ),
            ),
        ),
        Field(
            "spec",
            Type.OBJECT,
            "Its settings, over environment_defaults. One of manifests and select is needed.",
            required=True,
            fields=_PART_OF_ENVIRONMENT,
        ),
    ),
)

PROJECT = Field(
    PROJECT_KIND,
    Type.OBJECT,
    "A project: where its manifests are, and the accounts they are for.",
    fields=(
        *opening(PROJECT_KIND),
        Field(
            "manifests",
            Type.STRINGS,
            "Files and directories with manifests, relative to this file.",
            required=True,
            minimum=1,
            format_by=formats.PATH,
        ),
        Field(
            "default_environment",
            Type.STRING,
            "The environment without -e.",
            default=SANDBOX,
            format_by=formats.ENVIRONMENT,
        ),
        Field(
            "environments",
            Type.OBJECT_MAP,
            "The accounts by name; sandbox is always there.",
            keys=formats.ENVIRONMENT,
            fields=_ENVIRONMENT,
        ),
        Field(
            "environments_from",
            Type.STRINGS,
            "Files of environments, relative to this file; * stands for any part of a name.",
            minimum=1,
            format_by=formats.PATH,
        ),
        Field(
            DEFAULTS,
            Type.OBJECT,
            "What lies under every environment of these files.",
            fields=_PART_OF_ENVIRONMENT,
        ),
        Field(
            "max_environments",
            Type.INTEGER,
            "The most environments that one apply may write to.",
            default=MAX_ENVIRONMENTS,
            minimum=1,
        ),
        _VARS,
        Field(
            "max_changes",
            Type.INTEGER,
            "The most operations of one apply, pauses not counted; none by default.",
            minimum=0,
        ),
        Field(
            "prune",
            Type.OBJECT,
            "Which campaigns may be ended when no manifest names them.",
            fields=(
                Field(
                    "name_prefix",
                    Type.STRING,
                    "The beginning of their names.",
                    required=True,
                    minimum=1,
                    format_by=formats.PREFIX,
                ),
            ),
        ),
        _POLICY_FIELD,
        _GUARD,
        *_SPENDING,
        suppress(),
    ),
)
