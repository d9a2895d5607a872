"""Implements `campaignctl validate`: against every environment, for the same manifests go to each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.app.own_rules import with_own_rules
from campaignctl.app.workspace import Reading, Session
from campaignctl.cli.options import format_option, labels_option, paths_argument, several_environments
from campaignctl.diagnostics import Diagnostic, has_errors, in_order
from campaignctl.exits import Exit
from campaignctl.model.environment import Environment
from campaignctl.rendering import formats
from campaignctl.rendering.findings import finding_document, validate_document

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


@click.command("validate")
@several_environments
@paths_argument
@labels_option
@format_option(*formats.offered("validate"))
def command(options: GlobalOptions, paths: tuple[str, ...], labels: str, output_format: str) -> int:
    """Check manifests and policies, offline: for every environment, or the one of -e."""
    if options.choice.is_several:
        from campaignctl.cli.several import validate_several

        return validate_several(options, paths, labels, output_format)
    session = Session.open(options)
    environments = (session.environment,) if options.environment else session.project.validated
    checked = tuple(_check_all(session, environments, paths, labels))
    findings = merged({each.environment.name: (*each.reading.findings, *each.policies) for each in checked})
    _write(findings, checked, session, output_format)
    codes = {each.exit_code for each in checked}
    return next((code for code in (Exit.REFUSED, Exit.ERROR) if code in codes), Exit.FINE)


def merged(findings: Mapping[str, Iterable[Diagnostic]]) -> tuple[Diagnostic, ...]:
    """Returns each finding once; one that not all environments have names those that do."""
    owners: defaultdict[Diagnostic, list[str]] = defaultdict(list)
    for name, found in findings.items():
        for finding in dict.fromkeys(found):
            owners[finding].append(name)
    return in_order(
        finding if len(names) == len(findings) else _of(names, finding) for finding, names in owners.items()
    )


def _of(names: Sequence[str], finding: Diagnostic) -> Diagnostic:
    noun = "environment" if len(names) == 1 else "environments"
    return finding._replace(message=f"{finding.message} (in {noun} {', '.join(names)})")


def _check_all(
    session: Session, environments: Iterable[Environment], paths: tuple[str, ...], labels: str
) -> Iterator[Checked]:
    """Checks for each environment what is read for the first that is like it."""
    first: dict[object, Environment] = {}
    like = {it.name: first.setdefault(_read_by(it), it) for it in environments}
    readings = session.load_each(list(first.values()), paths, labels)
    for environment in environments:
        yield check(replace(session, environment=environment), readings[like[environment.name].name])


def _read_by(environment: Environment) -> object:
    """Returns what makes a difference to what is read: what it takes, its variables, and who is left out by its
    country.
    """
    variables = frozenset(environment.vars.items())
    return variables, environment.country, environment.manifests, environment.select


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
    if "ContactList" not in reading.companions:
        return reading, ()
    from campaignctl.app.contact_lists import known_offline
    from campaignctl.policy import RULES, level_of

    return known_offline(reading, environment.country, level_of(RULES["duplicate_numbers"], environment))


def _write(
    findings: tuple[Diagnostic, ...], checked: Sequence[Checked], session: Session, output_format: str
) -> None:
    environments = [each.environment for each in checked]
    accounts = dict.fromkeys(it.account_sid or "not set" for it in environments)
    backends = {it.backend for it in environments}
    names = ", ".join(it.name for it in environments)
    where = formats.Where.of(names, ", ".join(accounts), backends.pop() if len(backends) == 1 else "several")
    manifests = max(len(each.reading.selected) for each in checked)
    setting = output.setting(session.options, session.clock.now(), manifests=manifests)
    setting = setting._replace(where=where, suites=partial(suites_of, checked, session))
    document = validate_document(findings)
    output.result(formats.render("validate", output_format, document, setting), output_format)


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
