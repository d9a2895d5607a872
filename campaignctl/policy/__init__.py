"""Defines the policies: a row for each rule in `rules`, what each finds in a function of its own, asked by `check`
and its kin.

Pure: the moment is an argument.
"""

from campaignctl.policy.checking import (
    OF_CONTENT,
    LocateCompanion,
    Policies,
    check,
    check_documents,
    check_manifest,
    check_manifests,
    copies_among,
    level_of,
    registered_in,
    unchecked,
    where_it_begins,
)
from campaignctl.policy.rules import CLOSING, LEVELS, OPENING, RULES, Rule
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
    "check",
    "check_documents",
    "check_manifest",
    "check_manifests",
    "copies_among",
    "level_of",
    "registered_in",
    "unchecked",
    "where_it_begins",
]
