"""Writes GitLab Code Quality: findings for the widget of a merge request. Only `validate` has it: a plan is no
finding.

A fingerprint tells GitLab whether a finding was there before. It holds no line, so that one that moved is the same
one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from campaignctl.rendering.finding_documents import ErrorOutputDocument, FindingDocument, ValidateDocument
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.report import Place
from campaignctl.rendering.suites import Owner, owner_among
from campaignctl.text import message, name, visible

if TYPE_CHECKING:
    from campaignctl.rendering.formats import Writers

_SEVERITIES: Final[Mapping[str, str]] = {"error": "critical", "warn": "minor"}
_PLACES: Final = r"(\bline |\.(?:ya?ml|json|csv|txt):)\d+(?::\d+)?"
"""Lines that a message tells of."""


def validate(document: ValidateDocument, setting: Setting) -> str:
    """Writes an object for each finding."""
    return _written(document["findings"], setting)


def error(document: ErrorOutputDocument, setting: Setting) -> str:
    """Writes a command that ended early: what was found, else why it ended, for an empty report says that all is
    well.
    """
    return _written(document["findings"] or [_ending(document)], setting)


WRITERS: Final[Writers] = {"validate": validate, "error": error}


def of_error(document: ErrorOutputDocument, environment: str) -> FindingDocument:
    """Returns why one of several environments came to nothing."""
    finding = _ending(document)
    finding["message"] = f"{environment}: {finding['message']}"
    return finding


def _ending(document: ErrorOutputDocument) -> FindingDocument:
    code, says = document["error"]["code"], document["error"]["message"]
    where = {"file": "campaignctl.yaml", "line": 1, "column": 1}
    return {"rule": code, "severity": "error", "message": says, **where}  # type: ignore[typeddict-item]


def _written(findings: Iterable[FindingDocument], setting: Setting) -> str:
    subjects = (subject for suite in setting.suites() for subject in suite.subjects)
    issues = list(_issues(findings, owner_among(dict.fromkeys(subjects)), setting.prefix))
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issues(findings: Iterable[FindingDocument], owner: Owner, prefix: str) -> Iterator[Mapping[str, object]]:
    """Yields the findings in their order; of those that only their line tells apart each has its number."""
    seen: Counter[tuple[str, ...]] = Counter()
    for finding in findings:
        subject = owner(finding)
        path = Place(finding["file"]).under(prefix or "./").file
        whose = (subject.kind, subject.name) if subject else ("", "")
        meant = (finding["rule"], path, *whose, re.sub(_PLACES, r"\1", finding["message"]))
        seen[meant] += 1
        yield {
            "description": visible(message(finding["message"])),
            "check_name": visible(name(finding["rule"])),
            "fingerprint": _fingerprint(*meant, str(seen[meant])),
            "severity": _SEVERITIES[finding["severity"]],
            "location": {"path": visible(path), "lines": {"begin": finding["line"]}},
        }


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
