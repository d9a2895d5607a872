"""Writes SARIF 2.1.0 (OASIS): findings for code scanning and editors.

Only `validate` has it: a plan is no finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from campaignctl import __version__
from campaignctl.policy import RULES
from campaignctl.rendering.finding_documents import ErrorOutputDocument
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.report import FAILED, Finding, Place, Report, errors_first, findings_of
from campaignctl.rendering.reports import writers
from campaignctl.text import message, visible

if TYPE_CHECKING:
    from campaignctl.rendering.formats import Writers

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT: Final = "PROJECTROOT"


def sarif(report: Report) -> str:
    """Writes one run of the tool, with a rule for each kind of finding."""
    return _log(errors_first(report.findings), successful=True)


def error(document: ErrorOutputDocument, setting: Setting) -> str:
    """Writes a `validate` that ended early, so that an upload has its file: what was found, and why it ended."""
    notification = {"level": "error", "message": {"text": _text(document["error"]["message"])}}
    found = [finding.under(setting.prefix) for finding in errors_first(findings_of(document["findings"]))]
    return _log(found, successful=False, notifications=[notification])


def several(front: Report, sections: Sequence[Report]) -> str:
    """Writes all findings, each once; why an environment came to nothing is told beside them."""
    told = [
        {
            "level": "error",
            "message": {"text": _text(f"{it.where.environment if it.where else ''}: {said.text}")},
        }
        for it in sections
        if it.what == FAILED
        for said in it.summary
    ]
    return _log(
        errors_first(front.findings), successful=not told, **({"notifications": told} if told else {})
    )


WRITERS: Final[Writers] = {"validate": writers(sarif)["validate"], "error": error}


def _log(findings: Iterable[Finding], **invocation: object) -> str:
    found = list(findings)
    rules = sorted({finding.rule for finding in found})
    ended = {"executionSuccessful": invocation["successful"]}
    if "notifications" in invocation:
        ended["toolExecutionNotifications"] = invocation["notifications"]
    run = {
        "tool": {"driver": _driver(rules)},
        "invocations": [ended],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The directory of the project file."}}},
        "results": [_result(finding, rules) for finding in found],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _driver(rules: Iterable[str]) -> Mapping[str, object]:
    return {
        "name": "campaignctl",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: str) -> Mapping[str, object]:
    policy = RULES.get(rule)
    says = policy.doc if policy else f"The manifest or project file keeps the rule {visible(rule)}."
    return {
        "id": visible(rule),
        "shortDescription": {"text": says},
        "help": {"text": f"`campaignctl explain {visible(rule)}` says more." if policy else says},
        "properties": {"tags": ["policy" if policy else "manifest"]},
    }


def _result(finding: Finding, rules: list[str]) -> Mapping[str, object]:
    return {
        "ruleId": visible(finding.rule),
        "ruleIndex": rules.index(finding.rule),
        "level": "error" if finding.error else "warning",
        "message": {"text": _text(finding.message)},
        "locations": [{"physicalLocation": _location(finding.place)}],
    }


def _location(place: Place) -> Mapping[str, object]:
    region = {"startLine": place.line, **({"startColumn": place.column} if place.column else {})}
    uri = quote(place.file.encode("utf-8", "surrogatepass"), safe="/")
    return {"artifactLocation": {"uri": uri, "uriBaseId": _ROOT}, "region": region}


def _text(sentence: str) -> str:
    """Writes plain text in which nothing is an embedded link: that is `[text](target)` (§3.11.6)."""
    return visible(message(sentence)).replace("](", "]\\u0028")
