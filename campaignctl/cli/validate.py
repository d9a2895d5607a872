"""Implements `campaignctl validate`: against every environment, for the same manifests go to each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import click

from campaignctl.app import output
from campaignctl.app.checking import Checked, check, suites_of
from campaignctl.app.options import GlobalOptions
from campaignctl.app.own_rules import loading_rules
from campaignctl.app.workspace import Session
from campaignctl.cli.options import format_option, labels_option, paths_argument, several_environments
from campaignctl.diagnostics import Diagnostic, in_order
from campaignctl.exits import Exit
from campaignctl.model.environment import Environment
from campaignctl.rendering import formats
from campaignctl.rendering.findings import validate_document


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
    session: Session, environments: Sequence[Environment], paths: tuple[str, ...], labels: str
) -> Iterator[Checked]:
    """Checks for each environment what is read for the first that is like it."""
    first: dict[object, Environment] = {}
    for environment in environments:
        first.setdefault(_read_by(environment), environment)
    readings = session.load_each(list(first.values()), paths, labels, loading_rules(environments))
    for environment in environments:
        reading = readings[first[_read_by(environment)].name]
        yield check(session._replace(environment=environment), reading)


def _read_by(environment: Environment) -> object:
    """Returns what makes a difference to what is read: what it takes, its variables, and who is left out by its
    country.
    """
    variables = frozenset(environment.vars.items())
    return variables, environment.country, environment.manifests, environment.select


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
