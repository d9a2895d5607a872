"""Finds which manifest a finding is of: formats that list manifests, or name findings for good, must know.

A finding has a place and nothing else; of one file's manifests it is of the last that begins at or above it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeAlias

from campaignctl.rendering.finding_documents import FindingDocument
from campaignctl.tuples import NamedTuple


class ReportedManifest(NamedTuple):
    """Describes a document of a file. `kind` is empty for one that is no campaign: it only ends the one above it.

    `numbers_file` holds its recipients: what is wrong there is wrong with it. `is_listed`: it was meant, so that it
    is told of where nothing is wrong with it, too.
    """

    kind: str
    name: str
    file: str
    line: int
    numbers_file: str | None = None
    is_listed: bool = True


class Suite(NamedTuple):
    """Holds what one environment makes of the manifests."""

    environment: str
    findings: tuple[FindingDocument, ...]
    subjects: tuple[ReportedManifest, ...]


Owner: TypeAlias = Callable[[FindingDocument], ReportedManifest | None]
"""The manifest that a finding is of; None where it is of none, or nobody can tell."""


def owner_among(subjects: Iterable[ReportedManifest]) -> Owner:
    """Makes a function that finds the owner of a finding among these documents; of two at one place the first
    counts.
    """
    by_file: defaultdict[str, list[ReportedManifest]] = defaultdict(list)
    by_numbers: dict[str, ReportedManifest] = {}
    for subject in subjects:
        by_file[subject.file].append(subject)
        if subject.numbers_file is not None:
            by_numbers.setdefault(subject.numbers_file, subject)
    for several in by_file.values():
        several.sort(key=lambda it: it.line)

    def owner(finding: FindingDocument) -> ReportedManifest | None:
        several = by_file.get(finding["file"])
        if several is None:
            return by_numbers.get(finding["file"])
        above = bisect_right(several, finding["line"], key=lambda it: it.line)
        found = several[above - 1] if above else None
        return found if found and found.kind else None

    return owner
