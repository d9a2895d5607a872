"""The policies: a row per rule in `rules`, what each finds in a function of its own, asked by `check` and its kin.

Pure: the moment is an argument.
"""

from campaignctl.policy.beside import ALONE, Beside
from campaignctl.policy.checking import check, check_manifest, check_manifests, copies_among, shared, span_of
from campaignctl.policy.hours import CLOSING, OPENING
from campaignctl.policy.prediction import busiest_minute, declared_end, pace, predicted_end
from campaignctl.policy.rules import LEVELS, RULES, Policies, Rule, level_of
from campaignctl.policy.subject import Case, Subject, Violation

__all__ = [
    "ALONE",
    "CLOSING",
    "LEVELS",
    "OPENING",
    "RULES",
    "Beside",
    "Case",
    "Policies",
    "Rule",
    "Subject",
    "Violation",
    "busiest_minute",
    "check",
    "check_manifest",
    "check_manifests",
    "copies_among",
    "declared_end",
    "level_of",
    "pace",
    "predicted_end",
    "shared",
    "span_of",
]
