"""Holds manifests against the settings, rules and policies of one environment, offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from campaignctl.app.own_rules import with_own_rules
from campaignctl.app.workspace import Reading, Session
from campaignctl.diagnostics import Diagnostic, has_errors, in_order
from campaignctl.exits import Exit
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.model.environment import Environment
from campaignctl.rendering.findings import finding_document
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.rendering.suites import ReportedManifest, Suite


class Checked(NamedTuple):
    """Represents what one environment's values make of the manifests."""

    environment: Environment
    reading: Reading
    policies: tuple[Diagnostic, ...]

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Returns all of them."""
        return in_order((*self.reading.findings, *self.policies))

    @property
    def exit_code(self) -> Exit:
        """Returns the exit code that the contract's table has."""
        if has_errors(self.policies):
            return Exit.REFUSED
        return Exit.ERROR if has_errors(self.reading.findings) else Exit.FINE


def check(session: Session, reading: Reading) -> Checked:
    """Returns what was read, held against the settings, rules and policies of one environment."""
    reading = with_own_rules(session, session.remarked(reading))
    return Checked(session.environment, reading, tuple(_policies(session, reading)))


def _policies(session: Session, reading: Reading) -> list[Diagnostic]:
    from campaignctl.policy import check_manifests

    now = session.clock.now()
    reading, of_lists = _with_lists(reading, session.environment)
    found = check_manifests(
        reading.all_manifests,
        reading.selected,
        session.environment,
        now,
        session.locate,
        reading.companions,
        session.locate_companion,
        reading.own_rules,
    )
    return [*found, *of_lists]


def _with_lists(reading: Reading, environment: Environment) -> tuple[Reading, tuple[Diagnostic, ...]]:
    """Adds the people of the project's lists to the manifests, where it has some, and returns what is found in
    these.
    """
    if CONTACT_LIST not in reading.companions:
        return reading, ()
    from campaignctl.app.contact_lists import known_offline
    from campaignctl.policy import RULES, level_of

    return known_offline(reading, environment.country, level_of(RULES["duplicate_numbers"], environment))


def suites_of(checked: Iterable[Checked], session: Session) -> list[Suite]:
    """Returns what each environment says, and of which manifests."""
    from campaignctl.rendering.suites import Suite

    suites = []
    for each in checked:
        told = tuple(map(finding_document, each.findings))
        files = dict.fromkeys(finding.where.file for finding in each.findings)
        suites.append(Suite(each.environment.name, told, tuple(_subjects(each.reading, files, session))))
    return suites


def _subjects(reading: Reading, files: Iterable[str], session: Session) -> Iterator[ReportedManifest]:
    """Yields the manifests that were meant, and what else stands in the files that something is wrong in."""
    from campaignctl.manifests.headings import headings
    from campaignctl.rendering.suites import ReportedManifest

    known = set()
    for it in reading.selected:
        known.add((it.where.file, it.where.line))
        yield ReportedManifest(
            it.kind.name, it.name or it.sid or "", it.where.file, it.where.line, it.numbers_file
        )
    for file in files:
        for heading in headings(Path(session.project.root, file)):
            if (file, heading.line) not in known:
                yield ReportedManifest(heading.kind, heading.name, file, heading.line, is_listed=False)
