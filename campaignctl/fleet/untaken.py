"""Finds manifests of the project that no account takes: they call nobody, and nobody may have meant that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from campaignctl.diagnostics import Diagnostic, Position, has_errors, in_order, warning
from campaignctl.fleet.choosing import live
from campaignctl.fleet.opening import Fleet
from campaignctl.manifests.files import files_under
from campaignctl.manifests.headings import headings
from campaignctl.manifests.loading import load_for_each
from campaignctl.model.environment import ProjectFile

NO_ENVIRONMENT: Final = "no-environment"
_MESSAGE: Final = (
    "no environment of the live API takes this manifest: neither its path nor its labels fit one"
)


def untaken(fleet: Fleet) -> tuple[Diagnostic, ...]:
    """Returns the campaigns under the project's paths that no declared account takes; none where there is no account.

    What cannot be read is told of as that.
    """
    project, accounts = fleet.project, live(fleet.project)
    if not accounts:
        return ()
    known = dict(fleet.manifests.all)
    others = [it for it in accounts if it.name not in known]
    if others:  # a part of them is looked at
        known = {**known, **load_for_each(project, others, (), fleet.options.variables)}
    taken = {(it.where.file, it.where.line) for read in known.values() for it in read.desired}
    wrong = {it.where.file for read in known.values() for it in read.findings if has_errors((it,))}
    return in_order(
        warning(NO_ENVIRONMENT, where, _MESSAGE)
        for where in _campaigns(project)
        if (where.file, where.line) not in taken and where.file not in wrong
    )


def _campaigns(project: ProjectFile) -> Iterator[Position]:
    root = Path(project.root)
    files = {
        it.shown: it
        for path in project.manifests
        for it in files_under(Path(os.path.normpath(root / path)), root, root)
    }
    for file in files.values():
        for heading in headings(Path(file.path)):
            if heading.kind:
                yield Position(file.shown, heading.line)
