"""Asks the rules: about one campaign that a plan touches, or about the manifests alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from campaignctl.diagnostics import Diagnostic, Severity
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.table import Kind
from campaignctl.planning.crowds import Crowd, Span, capacity, crowds_by_kind
from campaignctl.planning.environment import Environment
from campaignctl.planning.plan import Reason
from campaignctl.planning.policy.prediction import busiest_minute, predicted_end
from campaignctl.planning.policy.rules import RULES, level_of
from campaignctl.planning.policy.subject import Case, Subject, label
from campaignctl.planning.resources import Desired
from campaignctl.planning.terms import Locate
from campaignctl.planning.window import window_of


def check(
    subject: Subject,
    desired: Desired,
    environment: Environment,
    locate: Locate,
    crowds: Sequence[Crowd] = (),
) -> tuple[Diagnostic, ...]:
    """What every rule that is on finds, at file and line."""
    subject = replace(subject, capacity=capacity(subject.kind, environment))
    findings = []
    for rule in RULES.values():
        level = level_of(rule, environment)
        if level is None:
            continue
        settings = environment.policy.get(rule.name)
        given = settings if isinstance(settings, Mapping) else {}
        for fault in rule.find(Case(subject, desired, environment, given, crowds)):
            severity = fault.level or level
            findings.append(Diagnostic(severity, rule.name, locate(desired, fault.path), fault.message))
    return tuple(findings)


def forbidden(findings: Iterable[Diagnostic]) -> Reason | None:
    """Why a change is blocked: the rules of level error that found something; None where none did."""
    rules = sorted({it.rule for it in findings if it.severity is Severity.ERROR})
    return Reason("policy", f"policy forbids it: {', '.join(rules)}") if rules else None


def check_manifest(
    desired: Desired,
    environment: Environment,
    now: datetime,
    locate: Locate,
    crowds: Sequence[Crowd] = (),
) -> tuple[Diagnostic, ...]:
    """For `validate`: the manifest alone. Nothing binds one whose window is over or that is to be ended."""
    if not _is_bound(desired, now):
        return ()
    start = window_of(desired.kind, desired.spec).start
    return check(Subject(desired.kind, desired.spec, start), desired, environment, locate, crowds)


def check_manifests(
    everyone: Collection[Desired],
    selected: Iterable[Desired],
    environment: Environment,
    now: datetime,
    locate: Locate,
) -> Iterator[Diagnostic]:
    """For `validate`: the selected manifests, which share the account with every other of the project."""
    crowds = shared(_spans(everyone, environment, now), environment)
    for desired in selected:
        yield from check_manifest(desired, environment, now, locate, crowds)


def _spans(
    everyone: Collection[Desired], environment: Environment, now: datetime
) -> Iterator[tuple[Kind, Span]]:
    for desired in everyone:
        if _is_bound(desired, now) and desired.state is not State.PAUSED:
            subject = Subject(desired.kind, desired.spec, window_of(desired.kind, desired.spec).start)
            yield from span_of(subject, label(desired), environment)


def shared(spans: Iterable[tuple[Kind, Span]], environment: Environment) -> tuple[Crowd, ...]:
    """Where campaigns crowd; nowhere while the rule is off."""
    on = level_of(RULES["capacity"], environment) is not None
    return tuple(crowds_by_kind(spans, environment)) if on else ()


def span_of(subject: Subject, name: str, environment: Environment) -> Iterator[tuple[Kind, Span]]:
    """Its predicted run, a minute at least; nothing where nobody can say when it begins."""
    begins = subject.begins
    if begins is None:
        return
    subject = replace(subject, capacity=capacity(subject.kind, environment))
    ends, _ = predicted_end(subject, begins)
    yield subject.kind, Span(begins, max(ends, begins + timedelta(minutes=1)), busiest_minute(subject), name)


def _is_bound(desired: Desired, now: datetime) -> bool:
    over = window_of(desired.kind, desired.spec).over(now)
    return not over and desired.state not in (State.COMPLETED, State.ARCHIVED)
