"""Tells whether the files that a guard goes by have changed: by sizes and times, not contents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from campaignctl.manifests.files import files_under
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import ProjectFile

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]
"""Of each file its path, time of change and size; −1 where it cannot be looked at."""


def stamp_of(project: ProjectFile, paths: Sequence[str], manifests: Iterable[Desired]) -> Stamp:
    """Stamps the project file and those of environments, every manifest under the paths that they name and under
    PATHS, and the files of numbers that manifests name.
    """
    return tuple(sorted(_stamped(path) for path in set(_files(project, paths, manifests))))


def _files(project: ProjectFile, paths: Sequence[str], manifests: Iterable[Desired]) -> Iterator[str]:
    root = Path(project.root)
    if project.file is not None:
        yield str(root / Path(project.file).name)
    yield from (str(root / it.file) for it in project.places.values())
    own = {it for environment in project.environments.values() for it in environment.manifests or ()}
    for path in (*(root / it for it in sorted({*project.manifests, *own})), *map(Path, paths)):
        yield from (found.path for found in files_under(path, root, root))
    yield from (str(root / it.numbers_file) for it in manifests if it.numbers_file)


def _stamped(path: str) -> tuple[str, int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116 – there may be many thousands
    except OSError:
        return path, -1, -1
    return path, status.st_mtime_ns, status.st_size
