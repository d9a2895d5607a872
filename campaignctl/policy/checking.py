"""Asks the policies that are on in an environment: about one campaign that a plan touches, or the manifests alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Final, TypeAlias

from campaignctl.diagnostics import Diagnostic, Position, Severity
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import ENDING_STATES, STOPPED_STATES, State
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import NO_COUNTS, Counts, Desired, Locate
from campaignctl.model.environment import Environment
from campaignctl.model.windows import Window, window_of
from campaignctl.parallel import parallel_map
from campaignctl.policy.capacity import Span, capacity, overlaps_by_kind
from campaignctl.policy.copies import Copies
from campaignctl.policy.hours import zone_name
from campaignctl.policy.rules import RULES, Rule
from campaignctl.policy.subject import (
    ALONE,
    NO_COMPANIONS,
    Beside,
    Case,
    Companions,
    OtherRun,
    OwnRules,
    Subject,
    label,
    no_rules,
)
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.dlt.holding import Registry
    from campaignctl.model.companions import Companion
    from campaignctl.model.overlaps import CapacityOverlap, FindLoad
    from campaignctl.policy.frequency import Frequency, ReachedCampaign
    from campaignctl.policy.ledger import Ledger
    from campaignctl.policy.runs import OtherRuns

LocateCompanion: TypeAlias = "Callable[[Companion, str], Position]"
"""Where a part of a document beside the campaigns stands, by its dotted path."""


class InForce(NamedTuple):
    """Holds a rule that is on: how bad what it finds is, and its settings as the project writes them."""

    rule: Rule
    level: Severity
    settings: Mapping[str, Value]


class Policies(NamedTuple):
    """Holds what binds the campaigns of an environment, looked up once for all of them.

    `capacities` is what the account does a minute, by the kind's name; `counts` what is known of lists.
    """

    environment: Environment
    rules: tuple[InForce, ...]
    capacities: Mapping[str, int]
    counts: Counts = NO_COUNTS

    @classmethod
    def of(
        cls, environment: Environment, companions: Companions = NO_COMPANIONS, counts: Counts = NO_COUNTS
    ) -> Policies:
        """Looks up the policies of one environment, with the documents beside its campaigns."""
        capacities = {kind.name: capacity(kind, environment) for kind in KINDS.values()}
        return cls(environment, tuple(_in_force(environment, companions)), capacities, counts)

    @property
    def offline(self) -> Policies:
        """Returns the same without the rules that find nothing where no plan is made."""
        return self._replace(rules=tuple(it for it in self.rules if it.rule.in_validate))

    def has(self, name: str) -> bool:
        """Tells whether a rule is on."""
        return any(it.rule.name == name for it in self.rules)


def _in_force(environment: Environment, companions: Companions) -> Iterator[InForce]:
    for rule in RULES.values():
        level = level_of(rule, environment, companions)
        if level is not None:
            settings = environment.policy.get(rule.name)
            yield InForce(rule, level, settings if isinstance(settings, Mapping) else {})


def level_of(rule: Rule, environment: Environment, companions: Companions = NO_COMPANIONS) -> Severity | None:
    """Returns the level that the project sets; else the rule's own where it is left out. None: it is off."""
    settings = environment.policy.get(rule.name)
    level = settings.get("level") if isinstance(settings, Mapping) else None
    if level is not None:
        return None if level == "off" else Severity(str(level))
    return rule.left_out.of(environment, companions)


def where_it_begins(companion: Companion, _path: str) -> Position:
    """Returns where a companion begins, for checks that need no finer place."""
    return companion.place.where


def check(
    subject: Subject,
    desired: Desired,
    policies: Policies,
    locate: Locate,
    beside: Beside = ALONE,
    exempt: Collection[str] = (),
) -> tuple[Diagnostic, ...]:
    """Returns what every rule that is on finds, at file and line; rules that are `exempt` are not asked."""
    usage = policies.environment.usage_of(desired.usage)
    subject = subject._replace(
        capacity=policies.capacities[subject.kind.name], usage=usage, counts=policies.counts
    )
    findings, plain = [], Case(subject, desired, policies.environment, {}, beside)
    for it in policies.rules:
        if it.rule.name in exempt:
            continue
        for fault in it.rule.find(plain._replace(settings=it.settings) if it.settings else plain):
            severity, where = fault.level or it.level, locate(desired, fault.path)
            findings.append(Diagnostic(severity, it.rule.name, where, fault.message, fault.details))
    return (*findings, *beside.own_rules(desired))


def check_manifest(
    desired: Desired,
    policies: Policies,
    now: datetime,
    locate: Locate,
    beside: Beside = ALONE,
    exempt: Collection[str] = (),
) -> tuple[Diagnostic, ...]:
    """Checks one manifest alone, for `validate`.

    Nothing binds one whose window is over or that is to be ended. What a pin adopted may be as it is: an account's
    own campaign is no mistake of its manifest.
    """
    window = window_of(desired.kind, desired.spec)
    if not _is_bound(desired, window, now):
        return ()
    subject = Subject(desired.kind, desired.spec, window.start, is_live=desired.sid is not None)
    exempt = (*exempt, *OF_CONTENT) if window.soon(now) else exempt
    found = check(subject, desired, policies, locate, beside, exempt)
    return found if desired.sid is None else tuple(map(_of_adopted, found))


def _of_adopted(finding: Diagnostic) -> Diagnostic:
    spared = finding.rule in RULES and RULES[finding.rule].spares_adopted
    return finding._replace(severity=Severity.WARN) if spared else finding


def check_manifests(
    all_manifests: Collection[Desired],
    selected: Iterable[Desired],
    environment: Environment,
    now: datetime,
    locate: Locate,
    companions: Companions = NO_COMPANIONS,
    locate_companion: LocateCompanion = where_it_begins,
    own_rules: OwnRules = no_rules,
) -> Iterator[Diagnostic]:
    """Checks the selected manifests for `validate`, beside every other of the project, with which they share the
    account; and the documents beside them.
    """
    policies = Policies.of(environment, companions).offline
    known = members_known(companions, environment)
    all_manifests, selected = tuple(map(known, all_manifests)), tuple(map(known, selected))
    overlaps = _shared(all_manifests, environment, now)
    copies = copies_among(all_manifests, environment, now)
    registered = registered_in(companions)
    frequency = _frequency(all_manifests, environment, now)
    ledger = cache(lambda: _ledger(all_manifests, environment, now)) if keeps_ledger(environment) else None
    others = manifests_beside(all_manifests, policies, now)
    beside = Beside(overlaps, copies, others, registered, ledger, frequency, own_rules)
    asked = partial(_check_each, policies, now, locate, beside)
    for found in parallel_map(asked, selected):
        yield from found
    yield from check_documents(policies, beside, locate_companion)


def _check_each(
    policies: Policies, now: datetime, locate: Locate, beside: Beside, manifests: Iterable[Desired]
) -> list[tuple[Diagnostic, ...]]:
    """Checks each by itself: what is found of one depends on no finding of another."""
    return [
        check_manifest(desired, policies, now, locate, beside)
        if desired.repeat is None
        else tuple(_check_dates(desired, policies, now, locate, beside))
        for desired in manifests
    ]


def members_known(companions: Companions, environment: Environment) -> Callable[[Desired], Desired]:
    """Makes of a manifest one that knows who is in the project's own lists, where there are any."""
    if CONTACT_LIST not in companions:
        return lambda desired: desired
    from campaignctl.contact_lists.offline import knowing_members

    return knowing_members(companions, environment.country)


def check_documents(policies: Policies, beside: Beside, locate: LocateCompanion) -> Iterator[Diagnostic]:
    """Yields what the documents beside the campaigns are at fault with, each at its own place: it blocks no change."""
    registry = beside.registered()
    if registry is None:
        return
    for it in policies.rules:
        find = it.rule.find_in_documents
        for document, fault in find(registry, it.settings) if find else ():
            where = locate(document, fault.path)
            yield Diagnostic(fault.level or it.level, it.rule.name, where, fault.message, fault.details)


def unchecked(
    subject: Subject, desired: Desired, policies: Policies, beside: Beside, exempt: Collection[str]
) -> Iterator[str]:
    """Notes what could not be checked by a rule, since the account does not show it."""
    for it in policies.rules:
        if it.rule.not_looked_at is None or it.rule.name in exempt:
            continue
        fields = it.rule.not_looked_at(Case(subject, desired, policies.environment, it.settings, beside))
        if fields:
            yield f"not shown by the account, so {it.rule.name} did not look at it: {', '.join(fields)}"


OF_CONTENT: Final = tuple(rule.name for rule in RULES.values() if rule.of_content)
"""The rules about what can no longer change once the start is near."""


def registered_in(companions: Companions) -> Callable[[], Registry | None]:
    """Returns what gives the registered templates among these documents; they are gone through once, when somebody
    asks.
    """
    if not companions:
        return lambda: None
    from campaignctl.policy.dlt_template import registry_of

    return cache(lambda: registry_of(companions))


def manifests_beside(all_manifests: Collection[Desired], policies: Policies, now: datetime) -> FindLoad:
    """Returns what the manifests of an environment ask of its account; they are gone through once, when somebody
    asks.
    """

    @cache
    def others() -> OtherRuns:
        from campaignctl.policy.runs import OtherRuns

        return OtherRuns(_others(_standing(all_manifests, now), now), policies.capacities)

    return lambda *asked: others().find_load(*asked)


def keeps_ledger(environment: Environment) -> bool:
    """Tells whether a budget binds what the manifests cost together."""
    return bool(environment.prices) and level_of(RULES["budget"], environment) is not None


def _ledger(all_manifests: Collection[Desired], environment: Environment, now: datetime) -> Ledger:
    """Sums what the manifests cost; nobody knows here what is created already."""
    from campaignctl.policy.budget import spendings
    from campaignctl.policy.ledger import Ledger

    spending = (it for it in all_manifests if it.state not in STOPPED_STATES)
    entries = (entry for it in spending for entry in spendings(it, environment, now))
    return Ledger(entries, zone_name(environment), now, in_plan=False, as_declared=True)


def _check_dates(
    desired: Desired, policies: Policies, now: datetime, locate: Locate, beside: Beside
) -> Iterator[Diagnostic]:
    from campaignctl.policy.dates import check_dates  # where a manifest repeats

    def ask(one: Desired, place: Locate, exempt: Collection[str]) -> tuple[Diagnostic, ...]:
        return check_manifest(one, policies, now, place, beside, exempt)

    return check_dates(desired, ask, beside, policies.environment, now, locate)


def _planned(all_manifests: Collection[Desired], now: datetime) -> Iterable[Desired]:
    """Puts the occurrences that are planned by their date in place of what repeats."""
    if not any(it.repeat for it in all_manifests):
        return all_manifests
    from campaignctl.repeat.manifests import planned_manifests

    return (it for manifest in all_manifests for it in planned_manifests(manifest, now))


def _standing(all_manifests: Collection[Desired], now: datetime) -> Iterable[Desired]:
    """Puts all occurrences that are not over in place of what repeats."""
    if not any(it.repeat for it in all_manifests):
        return all_manifests
    from campaignctl.repeat.manifests import standing_manifests

    return (it for manifest in all_manifests for it in standing_manifests(manifest, now))


def _dated(all_manifests: Collection[Desired]) -> Iterable[Desired]:
    """Puts all occurrences, over or not, in place of what repeats."""
    if not any(it.repeat for it in all_manifests):
        return all_manifests
    from campaignctl.repeat.manifests import dated_manifests

    return (it for manifest in all_manifests for it in dated_manifests(manifest))


def copies_among(all_manifests: Collection[Desired], environment: Environment, now: datetime) -> Copies:
    """Indexes the manifests of an environment, to be asked which of them repeats another."""
    return Copies(all_manifests, environment.country, zone_name(environment), now)


def _frequency(
    all_manifests: Collection[Desired], environment: Environment, now: datetime
) -> Frequency | None:
    if level_of(RULES["frequency"], environment) is None:
        return None
    from campaignctl.policy.frequency import Frequency

    return Frequency(_contacts(all_manifests, now), environment.country)


def _contacts(all_manifests: Collection[Desired], now: datetime) -> Iterator[ReachedCampaign]:
    """Yields, offline, the campaigns that reach people: what is over may have called, and nobody knows what is
    created.
    """
    from campaignctl.policy.frequency import ReachedCampaign

    for desired in _dated(all_manifests):
        window = window_of(desired.kind, desired.spec)
        over = window.over(now)
        yield ReachedCampaign(desired, window.start or now, settled=over, over=over)


def _others(all_manifests: Iterable[Desired], now: datetime) -> Iterator[OtherRun]:
    from campaignctl.policy.runs import other_run, run_key

    for desired in all_manifests:
        window = window_of(desired.kind, desired.spec)
        if _is_bound(desired, window, now):
            pinned = desired.sid is not None
            subject = Subject(desired.kind, desired.spec, None, is_live=pinned)
            yield other_run(subject, run_key(desired))


def _spans(
    all_manifests: Iterable[Desired], environment: Environment, now: datetime
) -> Iterator[tuple[Kind, Span]]:
    from campaignctl.policy.prediction import span_of

    for desired in all_manifests:
        window = window_of(desired.kind, desired.spec)
        if _is_bound(desired, window, now) and desired.state is not State.PAUSED:
            subject = Subject(desired.kind, desired.spec, window.start)
            yield from span_of(subject, label(desired), environment)


def _shared(
    all_manifests: Collection[Desired], environment: Environment, now: datetime
) -> tuple[CapacityOverlap, ...]:
    """Returns where campaigns overlap beyond the capacity; nothing while the rule is off."""
    if level_of(RULES["capacity"], environment) is None:
        return ()
    return tuple(overlaps_by_kind(_spans(_planned(all_manifests, now), environment, now), environment))


def _is_bound(desired: Desired, window: Window, now: datetime) -> bool:
    return not window.over(now) and desired.state not in ENDING_STATES
