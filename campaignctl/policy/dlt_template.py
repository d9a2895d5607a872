"""Checks an SMS campaign against its registered template.

What that takes is imported where there are such documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from campaignctl.diagnostics import Severity
from campaignctl.kinds.table import Value
from campaignctl.model.dlt_checks import CHECKS, CheckLevel
from campaignctl.policy.rules import DLT_TEMPLATES
from campaignctl.policy.subject import Beside, Case, Companions, Violation

if TYPE_CHECKING:
    from campaignctl.dlt.holding import DltFault, Registry
    from campaignctl.model.companions import Companion


def registry_of(companions: Companions) -> Registry | None:
    """Returns the templates of an environment; None where it has no such document."""
    documents = companions.get(DLT_TEMPLATES)
    if not documents:
        return None
    from campaignctl.dlt.holding import Registry
    from campaignctl.dlt.templates import DltTemplates

    return Registry(document for document in documents if isinstance(document, DltTemplates))


def dlt_template(case: Case) -> Iterator[Violation]:
    """Yields what is wrong with the campaign, by the fields as they will stand."""
    registry = case.beside.registered()
    if registry is None:
        return
    seen = {name: value for name, value in case.subject.spec.items() if name not in case.subject.unseen}
    for found in registry.of_campaign(seen):
        yield from _violation(found, case.settings)


def in_documents(registry: Registry, settings: Mapping[str, Value]) -> Iterator[tuple[Companion, Violation]]:
    """Yields what is wrong with the templates themselves."""
    for document, found in registry.of_templates():
        for violation in _violation(found, settings):
            yield document, violation


def _violation(found: DltFault, settings: Mapping[str, Value]) -> Iterator[Violation]:
    own = settings.get("checks")
    word = own.get(found.check) if isinstance(own, Mapping) else None
    if word == "off":
        return
    level = Severity.WARN if CHECKS[found.check].level is CheckLevel.WARN else None
    level = level if word is None else Severity(str(word))
    yield Violation(found.path, f"{found.message} ({found.check})", level, found.details)


def registered_anew(case: Case, character: str) -> str:
    """Says of a character that the registered template holds it: replaced in the campaign alone, the text would be
    none that is registered.
    """
    is_registered = character in text_registered(case.beside, case.subject.spec)
    return "; it stands in the registered template, register it anew" if is_registered else ""


def text_registered(beside: Beside, spec: Mapping[str, Value]) -> str:
    """Returns the text that is registered for a campaign; empty where none is."""
    registry = beside.registered()
    return registry.text_of(spec) if registry else ""


def not_looked_at(case: Case) -> tuple[str, ...]:
    """Returns the fields that the account does not show, so that nobody can hold them against a template."""
    if case.beside.registered() is None:
        return ()
    from campaignctl.dlt.holding import LOOKED_AT

    fields = (name for name in LOOKED_AT if name in case.subject.kind.by_name)
    return tuple(
        name
        for name in fields
        if name in case.subject.unseen or (case.subject.is_live and case.subject.spec.get(name) is None)
    )
