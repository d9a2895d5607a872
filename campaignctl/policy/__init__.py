"""Defines the policies: a row for each rule in `rules`, what each finds in a function of its own, asked by `check`
and its kin.

Pure: the moment is an argument.
"""

from campaignctl.policy.checking import (
    OF_CONTENT,
    LocateCompanion,
    check,
    check_documents,
    check_manifest,
    check_manifests,
    copies_among,
    shared,
    span_of,
    unchecked,
    where_it_begins,
)
from campaignctl.policy.dlt_template import registry_of
from campaignctl.policy.hours import CLOSING, OPENING
from campaignctl.policy.prediction import busiest_minute, declared_end, pace, predicted_end
from campaignctl.policy.rules import LEVELS, RULES, Policies, Rule, level_of
from campaignctl.policy.subject import ALONE, NO_COMPANIONS, Beside, Case, Companions, Subject, Violation

__all__ = [
    "ALONE",
    "CLOSING",
    "LEVELS",
    "NO_COMPANIONS",
    "OF_CONTENT",
    "OPENING",
    "RULES",
    "Beside",
    "Case",
    "Companions",
    "LocateCompanion",
    "Policies",
    "Rule",
    "Subject",
    "Violation",
    "busiest_minute",
    "check",
    "check_documents",
    "check_manifest",
    "check_manifests",
    "copies_among",
    "declared_end",
    "level_of",
    "pace",
    "predicted_end",
    "registry_of",
    "shared",
    "span_of",
    "unchecked",
    "where_it_begins",
]
