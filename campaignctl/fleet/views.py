"""Shows several environments as people and programs read them: what each has to say, and one line for all others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from campaignctl.diagnostics import counted
from campaignctl.errors import RefusedError
from campaignctl.fleet.document import several_document
from campaignctl.fleet.outcomes import Document, EnvironmentOutcome, Several, totals
from campaignctl.model.environment import Environment
from campaignctl.rendering.as_text.findings import finding_lines
from campaignctl.rendering.as_text.parts import headline
from campaignctl.rendering.findings import error_document, finding_document
from campaignctl.rendering.formats import Setting, Where, module_of, render
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.rendering.report import FAILED, Finding, Report, Said, Seal, Tone, findings_of
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.rendering.documents import AnyPlanDocument
    from campaignctl.rendering.finding_documents import FindingDocument
    from campaignctl.rendering.suites import Suite


class SeveralViews(NamedTuple):
    """Represents how a command's document is shown for one environment.

    `text` begins with the line that names it; `report` is what the other formats lay out. `says` tells whether it has
    something to say; `quiet` is what is said of all that have not. `suites` are what `validate` knows besides, by
    environment.
    """

    text: Callable[[Environment, Document, Setting], str]
    report: Callable[[Environment, Document, Setting], Report]
    says: Callable[[Document], bool]
    quiet: str
    suites: Callable[[], Mapping[str, Suite]] = dict


def render_several(several: Several, views: SeveralViews, output_format: str, setting: Setting) -> str:
    """Returns the text of all in a format."""
    if output_format == "text":
        return _text(several, views, setting)
    if output_format == "json":
        from campaignctl.rendering.as_json import written

        return written(cast("Document", several_document(several)))
    if output_format == "gitlab":
        return _gitlab(several, views, setting)
    if output_format == "junit":
        return _junit(several, views, setting)
    module = module_of(output_format)
    sections = [it.under(setting.prefix) for it in _sections(several, views, output_format, setting)]
    front = _front(several, views, output_format, setting)
    laid_out: str = module.several(front, sections)
    return laid_out


# -- text ------------------------------------------------------------------------------------------------------


def _text(several: Several, views: SeveralViews, setting: Setting) -> str:
    pieces = []
    for outcome in several.outcomes:
        if outcome.error is not None:
            pieces.append(_failed_text(outcome, setting))
        elif outcome.told is not None and views.says(document := outcome.told.shown("text")):
            pieces.append(views.text(outcome.environment, document, setting))
    found = finding_lines(map(finding_document, several.findings))
    if several.findings:
        pieces.append(laid_out(found, color=setting.color, width=setting.width))
    lines = [Line(it.text, 0, _STYLES.get(it.tone, Style.PLAIN)) for it in _closing(several, views, "text")]
    pieces.append(laid_out(lines, color=setting.color, width=setting.width))
    return "\n".join(pieces)


_STYLES: Final = {Tone.FAILED: Style.STOP, Tone.GOOD: Style.GOOD, Tone.QUIET: Style.QUIET}


def _failed_text(outcome: EnvironmentOutcome, setting: Setting) -> str:
    error = outcome.error
    assert error is not None, "it failed"
    told = render("error", "text", error_document(error), setting)
    explained = f"{error.explanation}\n" if isinstance(error, RefusedError) and error.explanation else ""
    return under_headline(outcome.environment, f"{told}{explained}", setting)


def under_headline(environment: Environment, told: str, setting: Setting) -> str:
    """Puts the line that names an environment above what is told of it."""
    head = headline(environment.name, _account(environment), environment.backend)
    return f"{laid_out([head], color=setting.color, width=setting.width)}{told}"


def where_of(environment: Environment) -> Where:
    """Names an environment and its account, as reports do."""
    return Where.of(environment.name, _account(environment), environment.backend)


def _account(environment: Environment) -> str:
    return environment.account_sid or "not set"


def _closing(several: Several, views: SeveralViews, output_format: str) -> Iterator[Said]:
    """Says one line for all that have nothing to say, one of totals, and what to approve."""
    told = [it.told.shown(output_format) for it in several.outcomes if it.told is not None]
    quiet = sum(not views.says(document) for document in told)
    if quiet:
        yield Said(f"{counted(quiet, 'environment')}: {views.quiet}", Tone.QUIET)
    sums = ", ".join(f"{value:,} {key.replace('_', ' ')}" for key, value in totals(told).items() if value)
    head = f"In all {counted(len(several.outcomes), 'environment')}"
    yield Said(f"{head}: {sums}." if sums else f"{head}.")
    if several.failed:
        yield Said(f"{counted(several.failed, 'environment')} failed.", Tone.FAILED)
    approval = several.digest_and_approval[1]
    if output_format == "text" and approval is not None:
        yield Said(f"Approve {approval}.")


# -- what is made from reports ---------------------------------------------------------------------------------


def _sections(
    several: Several, views: SeveralViews, output_format: str, setting: Setting
) -> Iterator[Report]:
    for outcome in several.outcomes:
        if outcome.error is not None:
            yield _failed_report(outcome)
        elif outcome.told is not None and views.says(document := outcome.told.shown(output_format)):
            yield views.report(outcome.environment, document, setting._replace(prefix=""))


def _failed_report(outcome: EnvironmentOutcome) -> Report:
    assert outcome.error is not None, "it failed"
    found = error_document(outcome.error)
    said = (Said(found["error"]["message"], Tone.FAILED),)
    where = where_of(outcome.environment)
    return Report(FAILED, "Failed", where, said, findings=findings_of(found["findings"]))


def _front(several: Several, views: SeveralViews, output_format: str, setting: Setting) -> Report:
    approval = several.digest_and_approval[1]
    what = several.command
    return Report(
        what=what,
        title=f"{what[:1].upper()}{what[1:]}: {counted(len(several.outcomes), 'environment')}",
        where=None,
        summary=tuple(_closing(several, views, output_format)),
        findings=tuple(it.under(setting.prefix) for it in _merged(several, output_format)),
        seal=Seal(approval, None) if approval else None,
    )


def _merged(several: Several, output_format: str) -> tuple[Finding, ...]:
    """Returns what is found, each once, for the formats that tell all of it in one list."""
    own = map(finding_document, several.findings)
    if output_format not in ("github", "sarif"):
        return findings_of(own)
    found = once(_findings(several, output_format)).values()
    return findings_of((*own, *(it for findings in found for it in findings)))


def _findings(several: Several, output_format: str) -> dict[str, Sequence[FindingDocument]]:
    """Returns the findings by environment."""
    found: dict[str, Sequence[FindingDocument]] = {}
    for it in several.outcomes:
        if it.error is not None:
            found[it.environment.name] = error_document(it.error)["findings"]
        elif it.told is not None:
            findings = it.told.shown(output_format).get("findings")
            found[it.environment.name] = cast("Sequence[FindingDocument]", findings or ())
    return found


def once(found: Mapping[str, Iterable[FindingDocument]]) -> dict[str, list[FindingDocument]]:
    """Returns each finding where it comes first; one that several environments have says how many."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    first: dict[str, tuple[str, FindingDocument]] = {}
    for name, findings in found.items():
        for finding in findings:
            key = repr(sorted(finding.items()))
            owners[key].append(name)
            first.setdefault(key, (name, finding))
    told: dict[str, list[FindingDocument]] = {name: [] for name in found}
    for key, (name, finding) in first.items():
        several = len(set(owners[key]))
        if several > 1:
            message = f"{finding['message']} (in {counted(several, 'environment')})"
            told[name].append(cast("FindingDocument", {**finding, "message": message}))
        else:
            told[name].append(finding)
    return told


# -- the formats of pipelines ----------------------------------------------------------------------------------


def _gitlab(several: Several, views: SeveralViews, setting: Setting) -> str:
    """Writes one array: what is found, and why an environment came to nothing without a finding."""
    from campaignctl.rendering.as_gitlab import of_error

    found = [finding_document(it) for it in several.findings]
    found += (it for findings in once(_findings(several, "gitlab")).values() for it in findings)
    for it in several.outcomes:
        if it.error is not None and not error_document(it.error)["findings"]:
            found.append(of_error(error_document(it.error), it.environment.name))
    suites = views.suites()
    setting = setting._replace(suites=lambda: tuple(suites.values()))
    return render("validate", "gitlab", {"findings": found}, setting)


def _junit(several: Several, views: SeveralViews, setting: Setting) -> str:
    """Writes a suite for each environment."""
    from campaignctl.rendering.as_junit import SeveralSuite
    from campaignctl.rendering.as_junit import several as several_suites
    from campaignctl.rendering.suites import Suite

    known, told = views.suites(), once(_findings(several, "junit"))
    suites = []
    for it in several.outcomes:
        name = it.environment.name
        if it.error is not None:
            document = error_document(it.error)
            document["findings"] = told[name]
            suites.append(SeveralSuite(name, error=document))
        elif name in known:
            suites.append(SeveralSuite(name, suite=known[name]._replace(findings=tuple(told[name]))))
        elif it.told is not None:
            plan = {**it.told.shown("junit"), "findings": told[name]}
            suites.append(SeveralSuite(name, plan=cast("AnyPlanDocument", plan)))
    if several.findings:
        findings = tuple(map(finding_document, several.findings))
        suites.append(SeveralSuite(several.command, suite=Suite(several.command, findings, ())))
    return several_suites(suites, setting)
