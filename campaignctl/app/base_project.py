"""Reads a project as it stands in a revision: its file, its environments, the texts that they name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from campaignctl.errors import InputError
from campaignctl.kinds.table import Value
from campaignctl.manifests.files import UnreadableFileError, read_inside
from campaignctl.manifests.loading import load_for_each
from campaignctl.manifests.project import declared_settings, load_project
from campaignctl.manifests.reading import Manifests
from campaignctl.manifests.revision import Files
from campaignctl.model.environment import Environment, ProjectFile
from campaignctl.model.selector import Selector


class BaseProject:
    """Lays out what is needed of a revision, and reads it. `ours` is the project of the work tree."""

    def __init__(self, ours: ProjectFile, files: Files, environ: Mapping[str, str]) -> None:
        self.ours, self.files, self.environ = ours, files, environ
        self.prefix = Path(ours.root).relative_to(files.top).as_posix()
        self.root = files.directory / self.prefix
        self.root.mkdir(parents=True, exist_ok=True)

    @property
    def holds_file(self) -> bool:
        """Tells whether the revision has a project file."""
        return self.ours.file is not None and self.place(self.ours.file) in self.files.paths

    def load(self) -> ProjectFile:
        """Loads the project file and its environments' files. Raises InputError where it is invalid or not there."""
        self.lay_out_settings()
        return load_project(self.root, self.root / (self.ours.file or ""), self.environ)

    def lay_out_settings(self) -> None:
        """Lays out the project file, and the files of environments that it names."""
        assert self.ours.file is not None, "the project has a file"
        self.lay_out_under([self.place(self.ours.file)])
        file = self.root / self.ours.file
        try:
            patterns = declared_settings(file).get("environments_from") or ()
        except InputError:
            return  # reading the project says why
        named = [self.place(str(it)) for it in patterns] if isinstance(patterns, list) else []
        if named:
            self.files.lay_out(lambda path: any(fnmatchcase(path, it) for it in named))

    def declared(self) -> Mapping[str, Value]:
        """Returns what its project file declares, once it is loaded."""
        return declared_settings(self.root / self.ours.file) if self.ours.file is not None else {}

    def rule_files(self, project: ProjectFile) -> Mapping[str, str]:
        """Reads the texts of those that its environments name."""
        named = {self.place(it.file) for each in project.environments.values() for it in each.rule_files}
        if not named:
            return {}
        self.files.lay_out(lambda path: path in named)
        return rule_files_of(project)

    def manifests(
        self,
        project: ProjectFile,
        environments: Sequence[Environment],
        variables: Mapping[str, str],
        places: Sequence[str] = (),
        selector: Selector | None = None,
    ) -> Mapping[str, Manifests]:
        """Reads the manifests of each, first with what the project names and the `places` of PATHS.

        A file of numbers may stand elsewhere in it: then with all of it.
        """
        named = {path for it in environments for path in project.paths_of(it)}
        self.lay_out_under([*map(self.place, named), *places])
        paths = [str(self.files.directory / place) for place in places]
        loaded = load_for_each(project, environments, paths, variables, selector)
        lacking = [it for it in environments if not loaded[it.name].complete]
        if not lacking:
            return loaded
        self.lay_out_all()
        return {**loaded, **load_for_each(project, lacking, paths, variables, selector)}

    def lay_out_under(self, places: Iterable[str]) -> None:
        """Lays out files and directories of the repository."""
        named = frozenset(places)
        under = ("",) if "." in named else tuple(f"{it}/" for it in named)
        self.files.lay_out(lambda path: path in named or path.startswith(under))

    def lay_out_all(self) -> None:
        """Lays out all of the project: a file that a manifest names may stand anywhere in it."""
        self.lay_out_under([self.prefix])

    def place(self, path: str) -> str:
        """Returns where a path of the project stands in the repository."""
        return os.path.normpath(f"{self.prefix}/{path}")


def rule_files_of(project: ProjectFile) -> dict[str, str]:
    """Reads the text of each rule file that an environment names and that can be read, by its name."""
    found = {}
    for setting in (it for environment in project.environments.values() for it in environment.rule_files):
        try:
            found[setting.file] = read_inside(Path(project.root, setting.file), Path(project.root))
        except UnreadableFileError:
            continue  # `validate` says what is wrong with it
    return found
