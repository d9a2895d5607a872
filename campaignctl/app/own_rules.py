"""Looks at what was read once more, by place: by rules of a project's own, and beside what other accounts take.

Anything is imported only where the environment names a rule file, or where environments say what they take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from campaignctl.diagnostics import Diagnostic, in_order
from campaignctl.kinds.lifecycle import ENDING_STATES
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment
from campaignctl.model.windows import window_of

if TYPE_CHECKING:
    from campaignctl.app.workspace import Reading, Session


class OwnFindings:
    """Finds what the rules say of each manifest, by its place; it is asked whenever a policy is."""

    def __init__(self, found: Mapping[tuple[str, int], tuple[Diagnostic, ...]]) -> None:
        self._found = found

    def __call__(self, desired: Desired) -> tuple[Diagnostic, ...]:
        """Returns what was found of one manifest."""
        return self._found.get((desired.where.file, desired.document), ())


def read_for_plan(session: Session, paths: Sequence[str], labels: str = "", prune: bool = False) -> Reading:
    """Reads as `Session.read_valid` does, for what may create: the project's own rules are asked, too.

    Raises InputError.
    """
    rules = loading_rules([session.environment])
    reading = session.read(paths, labels, [*rules, lambda: [*map(import_module, _NEEDED_NEXT)]])
    return with_own_rules(session, reading).valid(prune)


_NEEDED_NEXT: Final = ("campaignctl.api.client", "campaignctl.api.refresh", "campaignctl.rendering.as_json")
"""What a plan loads once manifests are read, the client above all: meanwhile where several processes read them."""


def loading_rules(environments: Iterable[Environment]) -> Sequence[Callable[[], object]]:
    """Returns what loads all that checks by rule files, which takes as long as some hundred manifests do; nothing where
    no environment names one.
    """
    named = any(it.rule_files for it in environments)
    return [lambda: import_module("campaignctl.custom_rules.rulebook")] if named else []


def with_own_rules(session: Session, reading: Reading) -> Reading:
    """Checks what was read against the environment's rule files, and beside what other accounts take."""
    return _with_elsewhere(session, _with_rule_files(session, reading))


def _with_elsewhere(session: Session, reading: Reading) -> Reading:
    environments = session.project.environments
    if session.environment.is_sandbox or not any(it.has_own_manifests for it in environments.values()):
        return reading
    from campaignctl.app.elsewhere import found_elsewhere
    from campaignctl.policy.checking import level_of
    from campaignctl.policy.rules import RULES
    from campaignctl.policy.same_people import RULE

    level = level_of(RULES[RULE], session.environment)
    if level is None:
        return reading
    found = cache(
        lambda: OwnFindings(found_elsewhere(session, reading, level))
    )  # it waits for all to be read
    before = reading.own_rules
    return reading._replace(own_rules=lambda desired: (*before(desired), *found()(desired)))


def _with_rule_files(session: Session, reading: Reading) -> Reading:
    """Checks what was read against the environment's rule files.

    A mistake in a rule file, which keeps all of them from being asked, and a limit that was met are findings like
    those of reading: they end a plan, an apply and a validation (exit 1). What the rules find is a policy's (exit
    3).
    """
    settings = session.environment.rule_files
    if not settings:
        return reading
    from campaignctl.custom_rules.rulebook import RuleFiles, check_manifests_by

    files = session.one_for_all(RuleFiles(Path(session.project.root), session.project.file or ""))
    rules, mistakes = files.rules(settings)
    now = session.clock.now()
    meant = [] if mistakes else [it for it in reading.selected if _binds(it, now)]
    checked = check_manifests_by(rules, meant, files)
    findings = in_order((*reading.findings, *mistakes, *checked.limits))
    return reading._replace(findings=findings, own_rules=OwnFindings(checked.found))


def _binds(desired: Desired, now: datetime) -> bool:
    """Tells whether rules bind a manifest: nothing binds what is over, or is to be ended."""
    return desired.state not in ENDING_STATES and not window_of(desired.kind, desired.spec).over(now)
