"""Reads and checks all manifests of one environment, or of several: each file once, whoever takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from campaignctl.manifests.documents import DocumentReader
from campaignctl.manifests.files import ManifestFile
from campaignctl.manifests.reading import Loading, Manifests
from campaignctl.manifests.taking import Taken, Taking, taken
from campaignctl.model.environment import Environment, ProjectFile
from campaignctl.model.selector import Selector
from campaignctl.parallel import in_turn, parallel_map

if TYPE_CHECKING:
    from campaignctl.manifests.alike import AlikeTexts

_Wanted: TypeAlias = tuple[ManifestFile, list[int]]
"""A file, and the places of the environments that take it."""
_Read: TypeAlias = list[tuple[int, Taken]]
"""What became of a file's documents, for each that takes them."""
_MANY: Final = 50
"""Files from which on it pays to look for those that are built alike."""
_PART: Final = 50
"""Files that are read together where environments are wanted one by one."""


def load_manifests(
    project: ProjectFile,
    environment: Environment,
    paths: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    selector: Selector | None = None,
    cwd: Path | None = None,
) -> Manifests:
    """Reads an environment's manifests, and those under `paths`, which are relative to `cwd`.

    `variables` are those of the command line; they go over the environment's. Without paths all are selected.
    Nothing is raised for what people wrote: every mistake is a finding.
    """
    return load_for_each(project, [environment], paths, variables, selector, cwd)[environment.name]


def load_for_each(
    project: ProjectFile,
    environments: Sequence[Environment],
    paths: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    selector: Selector | None = None,
    cwd: Path | None = None,
    besides: Sequence[Callable[[], object]] = (),
) -> Mapping[str, Manifests]:
    """Loads for several environments, by name. Each file is read and parsed once, whoever takes it.

    `besides` is what this process does while its copies read.
    """
    loadings = _begun(project, environments, paths, variables or {}, selector or Selector(), cwd)
    files = _wanted(loadings)
    read_part = partial(_read, loadings, _alike_texts(len(files)))
    for (file, _), read in zip(files, parallel_map(read_part, files, besides), strict=True):
        for place, found in read:
            loadings[place].hold(file, found)
    return {it.environment.name: it.finished(project, everything=not paths) for it in loadings}


@contextmanager
def loading_in_turn(
    project: ProjectFile,
    environments: Sequence[Environment],
    paths: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    selector: Selector | None = None,
    cwd: Path | None = None,
) -> Iterator[Iterator[tuple[str, Manifests]]]:
    """Begins to load the same. Each environment is yielded as soon as the last of its files has been read."""
    loadings = _begun(project, environments, paths, variables or {}, selector or Selector(), cwd)
    files = _wanted(loadings)
    parts, read_part = list(_parts(files)), partial(_read, loadings, _alike_texts(len(files)))
    with in_turn(read_part, parts, len(files)) as read:
        complete = _in_turn(loadings, zip(parts, read, strict=True))
        yield ((it.environment.name, it.finished(project, everything=not paths)) for it in complete)


def _parts(files: Sequence[_Wanted]) -> Iterator[Sequence[_Wanted]]:
    """Cuts them where another environment comes first to take them, and where they are many."""
    for _, several in groupby(files, key=lambda it: it[1][0]):
        own = list(several)
        yield from (own[begin : begin + _PART] for begin in range(0, len(own), _PART))


def _in_turn(
    loadings: Sequence[Loading], parts: Iterable[tuple[Sequence[_Wanted], Sequence[_Read]]]
) -> Iterator[Loading]:
    """Hands what is read to whoever takes it, and yields each that has all of it."""
    left = [len(it.files) for it in loadings]
    yield from (it for it in loadings if not it.files)
    for files, several in parts:
        for (file, takers), read in zip(files, several, strict=True):
            for place, found in read:
                loadings[place].hold(file, found)
            for place in takers:
                left[place] -= 1
                if not left[place]:
                    yield loadings[place]


def _begun(
    project: ProjectFile,
    environments: Sequence[Environment],
    paths: Sequence[str],
    variables: Mapping[str, str],
    selector: Selector,
    cwd: Path | None,
) -> list[Loading]:
    """Finds the files of each; environments of equal variables share a reader."""
    own_rules, selects = any(it.rule_files for it in project.environments.values()), project.selects
    here = (cwd or Path.cwd()).resolve() if paths else Path()
    readers: dict[frozenset[tuple[str, str]], DocumentReader] = {}
    loadings = []
    for environment in environments:
        filled_in = {**environment.vars, **variables}
        reader = readers.setdefault(frozenset(filled_in.items()), DocumentReader(filled_in, own_rules))
        loading = Loading(
            Path(project.root), Taking(reader, environment.select, selects), selector, environment
        )
        for path in project.paths_of(environment):
            loading.add_project_path(path, project)
        for path in paths:
            loading.add_selected_path(path, here)
        loadings.append(loading)
    return loadings


def _wanted(loadings: Sequence[Loading]) -> list[_Wanted]:
    """Returns every file with the places of those that take it: what the first takes first, each in the order of
    their paths.
    """
    wanted: dict[str, _Wanted] = {}
    for place, loading in enumerate(loadings):
        for path, file in loading.files.items():
            wanted.setdefault(path, (file, []))[1].append(place)
    return sorted(wanted.values(), key=lambda it: (it[1][0], it[0].shown))


def _alike_texts(count: int) -> AlikeTexts | None:
    """Returns what knows how files are built that are read one after the other, where there are enough of them."""
    if count < _MANY:
        return None
    from campaignctl.manifests.alike import AlikeTexts

    return AlikeTexts()


def _read(loadings: Sequence[Loading], alike: AlikeTexts | None, files: Sequence[_Wanted]) -> list[_Read]:
    return [list(taken(file, {it: loadings[it].taking for it in takers}, alike)) for file, takers in files]
