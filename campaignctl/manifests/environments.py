"""Makes the environments of a project file, and checks what the table cannot say about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from posixpath import normpath
from types import MappingProxyType
from typing import Final

from campaignctl.diagnostics import Severity, did_you_mean, quoted
from campaignctl.errors import UsageError
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.kinds.endpoints import SERVICES
from campaignctl.kinds.formats import OF_ENVIRONMENT, SID
from campaignctl.kinds.manifest import SUPPRESS
from campaignctl.kinds.table import Value
from campaignctl.manifests.hosts import RefusedHostError, checked_base_url
from campaignctl.model.environment import (
    ACCOUNT_VARIABLE,
    HOSTS,
    MAX_ATTEMPTS,
    RATE_LIMIT,
    SETTLE_SECONDS,
    TIMEOUT_SECONDS,
    Backend,
    Environment,
    RuleFileSetting,
)
from campaignctl.model.selector import Selector, parse_selector
from campaignctl.model.usage import longest_below_talk
from campaignctl.policy import CLOSING, OPENING, RULES
from campaignctl.policy.own_schemas import OWN_SCHEMAS
from campaignctl.policy.project_file import ENVIRONMENT_ALLOW, SANDBOX
from campaignctl.tuples import NamedTuple

Settings = Mapping[str, Value]
NO_FILES: Final[Mapping[str, Settings]] = MappingProxyType({})


class SettingProblem(NamedTuple):
    """Says what is wrong, at a dotted path of the project file."""

    path: str
    rule: str
    message: str


class EnvironmentBuilder:
    """Makes environments from what the table let through, and collects what is wrong with them."""

    def __init__(
        self, project: Settings, environ: Mapping[str, str], in_files: Mapping[str, Settings] = NO_FILES
    ) -> None:
        """Takes the settings; `in_files` are the environments of files of their own, over the defaults."""
        self.environ = environ
        own = settings_of(project.get("environments"))
        self.named = {**{name: settings_of(it) for name, it in own.items()}, **in_files}
        self.in_files = in_files
        self.accounts_unwritten: set[str] = set()
        self.vars = _texts(project.get("vars"))
        self.policy = _rules(project.get("policy"))
        self.rule_files = _rule_files(project, "policy")
        self.guard = settings_of(project.get("guard"))
        self.usage, self.prices = settings_of(project.get("usage")), settings_of(project.get("prices"))
        self.suppresses = bool(project.get(SUPPRESS))
        self.rules_named: dict[str, str] = {}
        self.problems: list[SettingProblem] = []

    def environments(self) -> dict[str, Environment]:
        """Returns every environment of the file by name, and the sandbox, which is always there."""
        named = {SANDBOX: settings_of({"backend": SANDBOX}), **self.named}
        environments = {name: self._environment(name, settings) for name, settings in named.items()}
        self.problems += _shared_variables(self.named)
        return environments

    def _environment(self, name: str, settings: Settings) -> Environment:
        here = f"environments.{name}"
        credentials = settings_of(settings.get("credentials"))
        backend: Backend = SANDBOX if settings.get("backend") == SANDBOX else "exotel"
        self.problems += _misplaced(here, backend, settings)
        if name in self.in_files and settings.get("backend") is None:
            self.problems.append(SettingProblem(here, "required", f"{here} needs backend"))
        usage = over(self.usage, settings_of(settings.get("usage")))
        prices = over(self.prices, settings_of(settings.get("prices")))
        policy = self._policy(here, settings)
        if name in self.named or not self.named:
            found = _spending_problems(settings, here, usage, prices, policy.get("budget"))
            self.problems += [it for it in found if it not in self.problems]
        return Environment(
            name,
            backend,
            self._account(here, backend, settings),
            base_url=self._base_url(here, backend, settings),
            key_env=_variable(credentials.get("key_env") or "EXOTEL_API_KEY", name),
            token_env=_variable(credentials.get("token_env") or "EXOTEL_API_TOKEN", name),
            collections=_collections(settings),
            create_body={
                kind: str(form) for kind, form in settings_of(settings.get("create_body")).items() if form
            },
            rate_limit=_rate_limit(backend, settings),
            timeout_seconds=self._seconds(here, settings, "timeout_seconds", TIMEOUT_SECONDS, zero=False),
            max_attempts=_integer(settings.get("max_attempts"), MAX_ATTEMPTS),
            settle_seconds=self._seconds(here, settings, "settle_seconds", SETTLE_SECONDS),
            country=COUNTRIES.get(str(settings.get("country"))),
            resume_before_start=str(settings.get("resume_before_start") or "unknown"),
            allow=_words(settings.get("allow")),
            vars={**self.vars, **_texts(settings.get("vars"))},
            policy=policy,
            guard=over(self.guard, settings_of(settings.get("guard"))),
            sandbox_clock=_text(settings.get("clock")),
            usage=usage,
            prices=prices,
            rule_files=self._rule_files(here, settings),
            manifests=_paths(settings.get("manifests")),
            select=self._select(here, _text(settings.get("select"))),
        )

    def _account(self, here: str, backend: str, settings: Settings) -> str:
        """Returns the account; it is empty where nobody says it: only commands that speak to the account need it."""
        written = _text(settings.get("account_sid"))
        if written or backend == SANDBOX:
            return written or SANDBOX
        self.accounts_unwritten.add(here.partition(".")[2])
        account = self.environ.get(ACCOUNT_VARIABLE, "").strip()
        if account and not SID.matches(account):
            self.problems.append(SettingProblem(here, "format", f"{ACCOUNT_VARIABLE} must be {SID.words}"))
        return account

    def _select(self, here: str, written: str | None) -> Selector | None:
        if written is None:
            return None
        try:
            selector = parse_selector(written, "select")
        except UsageError as wrong:
            self.problems.append(SettingProblem(f"{here}.select", "format", str(wrong)))
            return Selector()
        if not selector.requirements:
            message = "select: it is blank, which would take every manifest; write label=value"
            self.problems.append(SettingProblem(f"{here}.select", "format", message))
        return selector

    def _base_url(self, here: str, backend: str, settings: Settings) -> str | None:
        url, region = _text(settings.get("base_url")), _text(settings.get("region"))
        if url is None:
            return HOSTS.get(region or "") if backend != SANDBOX else None
        try:
            return checked_base_url(url, self.environ, sandbox=backend == SANDBOX)
        except RefusedHostError as refused:
            self.problems.append(SettingProblem(f"{here}.base_url", "host", f"base_url: {refused}"))
            return None

    def _seconds(self, here: str, settings: Settings, key: str, default: float, zero: bool = True) -> float:
        written = settings.get(key)
        seconds = default if written is None else float(str(written))
        if not zero and seconds == 0:
            self.problems.append(SettingProblem(f"{here}.{key}", "limit", f"{key}: must be more than 0"))
        return seconds

    def _policy(self, here: str, settings: Settings) -> dict[str, Value]:
        """Puts the environment's rules over the project's, setting by setting."""
        own = _rules(settings.get("policy"))
        merged: dict[str, Value] = {}
        for rule in {**self.policy, **own}:
            both = over(self.policy.get(rule, {}), own.get(rule, {}))
            where = f"{here}.policy.{rule}" if rule in own else f"policy.{rule}"
            self.problems += [it for it in _rule_problems(where, rule, both) if it not in self.problems]
            merged[rule] = both
        if self.suppresses and "level" not in settings_of(merged.get("unsuppressed")):
            merged["unsuppressed"] = {"level": "warn"}
        return merged

    def _rule_files(self, here: str, settings: Settings) -> tuple[RuleFileSetting, ...]:
        """Puts the environment's rule files beside the project's; one for the same file and kind replaces it."""
        own = _rule_files(settings, f"{here}.policy")
        both = {(normpath(it.file), it.kind): it for it in (*self.rule_files, *own)}
        self._refuse_namesakes(both.values())
        return tuple(it for it in both.values() if it.level is not None)

    def _refuse_namesakes(self, settings: Iterable[RuleFileSetting]) -> None:
        """Refuses two rule files of one name: what a finding is called tells which file it is of."""
        for it in settings:
            first = self.rules_named.setdefault(it.rule, it.file)
            problem = SettingProblem(
                f"{it.path}.file",
                "schema",
                f"file: {it.rule} is what {quoted(first)} is called, too; rename one",
            )
            if normpath(first) != normpath(it.file) and problem not in self.problems:
                self.problems.append(problem)


def _rule_files(settings: Settings, path: str) -> list[RuleFileSetting]:
    """Returns the rule files of a project or environment, as they are written; those that are off have no level."""
    entries = settings_of(settings.get("policy")).get(OWN_SCHEMAS.name)
    found = []
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        setting, level = settings_of(entry), settings_of(entry).get("level")
        severity = None if level in (None, "off") else Severity(str(level))
        where = f"{path}.{OWN_SCHEMAS.name}.{place}"
        found.append(RuleFileSetting(str(setting.get("file")), _text(setting.get("kind")), severity, where))
    return found


def over(below: Settings, above: Settings) -> dict[str, Value]:
    """Settings over others, key by key; null takes one away."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = over(settings_of(merged[key]), settings_of(value)) if both else value
    return merged


def _variable(written: Value, environment: str) -> str:
    """Returns the name of a variable, the environment's own put in where that is asked for."""
    return str(written).replace(OF_ENVIRONMENT, _as_part_of_variable(environment))


def _as_part_of_variable(environment: str) -> str:
    return "".join(it if it.isalnum() else "_" for it in environment.upper())


def _shared_variables(named: Mapping[str, Settings]) -> Iterator[SettingProblem]:
    """Environments that would share a key or token because ${ENVIRONMENT} makes one name of theirs."""
    first: dict[str, str] = {}
    for name, settings in named.items():
        if OF_ENVIRONMENT not in "".join(map(str, settings_of(settings.get("credentials")).values())):
            continue
        part = _as_part_of_variable(name)
        other = first.setdefault(part, name)
        if other != name:
            message = (
                f"credentials: {OF_ENVIRONMENT} is {part} for {quoted(other)}, too; rename one of the two"
            )
            yield SettingProblem(f"environments.{name}.credentials", "environments", message)


def _misplaced(here: str, backend: str, settings: Settings) -> Iterator[SettingProblem]:
    """Yields what belongs to the other backend, or excludes something else."""
    if settings.get("backend") is None:
        return
    region, url = settings.get("region"), settings.get("base_url")
    if backend == SANDBOX:
        if region is not None:
            yield SettingProblem(f"{here}.region", "needs", "region: a sandbox has none; remove it")
        return
    if region is None and url is None:
        yield SettingProblem(here, "required", f"{here} needs region or base_url")
    if region is not None and url is not None:
        yield SettingProblem(
            f"{here}.base_url", "needs", "region and base_url exclude each other; remove one"
        )
    if settings.get("clock") is not None:
        yield SettingProblem(f"{here}.clock", "needs", "clock: only a sandbox has one; remove it")
    for word in sorted(_words(settings.get("allow")) - set(ENVIRONMENT_ALLOW)):
        yield SettingProblem(
            f"{here}.allow", "choice", f"allow: {word} is for a sandbox only; ask for it with --allow"
        )


def _rule_problems(where: str, rule: str, settings: Settings) -> Iterator[SettingProblem]:
    level, needed = settings.get("level"), RULES[rule].needs
    if level is None and not RULES[rule].on_by_default:
        yield SettingProblem(where, "required", f"{rule} needs level: error, warn or off")
    if needed and level != "off" and settings.get(needed) is None:
        yield SettingProblem(where, "required", f"{rule} needs {needed}")
    limits = RULES[rule].needs_one_of
    if limits and level != "off" and all(settings.get(limit) is None for limit in limits):
        yield SettingProblem(where, "required", f"{rule} needs {' or '.join(limits)}")
    zone = _text(settings.get("time_zone"))
    if zone is not None:
        yield from _zone_problems(f"{where}.time_zone", zone)
    opening, closing = settings.get("from") or OPENING, settings.get("to") or CLOSING
    if rule == "calling_hours" and str(opening) >= str(closing):
        yield SettingProblem(where, "window", f"calling_hours: {closing} is not after {opening}")


def _spending_problems(
    settings: Settings, here: str, usage: Settings, prices: Settings, budget: Value
) -> Iterator[SettingProblem]:
    """Yields what is wrong with the usage, the prices and the budget of an environment; at its own words where it
    has some.
    """
    if usage:
        above = f"{here}." if settings.get("usage") is not None else ""
        message = longest_below_talk(usage)
        if message:
            yield SettingProblem(f"{above}usage.longest_talk", "limit", message)
    if prices:
        from campaignctl.kinds.spending import currency_problem  # where prices are written: few projects do

        above = f"{here}." if settings.get("prices") is not None else ""
        message = currency_problem(_text(prices.get("currency")))
        if message:
            yield SettingProblem(f"{above}prices.currency", "currency", message)
        for kind, price in (("call", "per_pulse"), ("sms", "per_segment")):
            if prices.get(kind) is not None and settings_of(prices[kind]).get(price) is None:
                yield SettingProblem(f"{above}prices.{kind}", "required", f"{kind} needs {price}")
    level = settings_of(budget).get("level")
    if not prices and level in ("error", "warn"):
        above = f"{here}." if "budget" in settings_of(settings.get("policy")) else ""
        message = f"budget is at {level}, and there are no prices: set prices, or turn it off"
        yield SettingProblem(f"{above}policy.budget", "needs", message)


def _zone_problems(where: str, name: str) -> Iterator[SettingProblem]:
    from campaignctl.zones import zone_names  # where one is written: few projects do

    if name not in zone_names():
        near = did_you_mean(name, zone_names())
        yield SettingProblem(where, "choice", f"time_zone: {quoted(name)} is no IANA time zone{near}")


def _rate_limit(backend: str, settings: Settings) -> int | None:
    """Returns the rate limit. Null is *none*; left out, it is an account's own, and none in a sandbox."""
    if "rate_limit" not in settings:
        return None if backend == SANDBOX else RATE_LIMIT
    limit = settings["rate_limit"]
    return limit if isinstance(limit, int) else None


def _collections(settings: Settings) -> dict[str, str]:
    """Returns the collections by kind name, where a setting chooses one."""
    chosen = {name: settings.get(row.chosen_by) for name, row in SERVICES.items() if row.chosen_by}
    return {name: str(collection) for name, collection in chosen.items() if collection}


def settings_of(value: Value) -> Settings:
    """Returns an object's members; none where it is unset."""
    return value if isinstance(value, Mapping) else {}


def _rules(value: Value) -> dict[str, dict[str, Value]]:
    """Returns policies without what is unset."""
    return {
        rule: {key: it for key, it in settings.items() if it is not None}
        for rule, settings in settings_of(value).items()
        if isinstance(settings, Mapping)
    }


def _texts(value: Value) -> dict[str, str]:
    return {name: str(text) for name, text in settings_of(value).items()}


def _words(value: Value) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset()


def _paths(value: Value) -> tuple[str, ...] | None:
    return tuple(map(str, value)) if isinstance(value, list) else None


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _integer(value: Value, default: int) -> int:
    return value if isinstance(value, int) else default
