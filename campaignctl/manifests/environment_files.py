"""Environments that stand in files of their own: which files there are, what they say, and where.

Imported where a project file names such files: most do not.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from glob import glob, has_magic
from pathlib import Path
from types import MappingProxyType
from typing import Final

from yaml.nodes import Node

from campaignctl.diagnostics import Diagnostic, Position, error, quoted
from campaignctl.kinds.table import Value
from campaignctl.manifests.environments import Settings, over, settings_of
from campaignctl.manifests.fields import FieldProblem, FieldReader
from campaignctl.manifests.files import UnreadableFileError, read_inside, read_plain, shown_path
from campaignctl.manifests.nodes import MalformedYamlError, documents, is_null, mark_of
from campaignctl.manifests.places import nearest
from campaignctl.manifests.quick import QuickReader
from campaignctl.model.environment import EnvironmentPlace
from campaignctl.policy.own_schemas import OWN_SCHEMAS
from campaignctl.policy.project_file import DEFAULTS, ENVIRONMENT
from campaignctl.tuples import NamedTuple

FILES: Final = "environments_from"
_KEY_BY_KEY: Final = ("vars", "policy", "prices", "usage", "guard")
"""Settings whose own lie over the defaults one by one; every other replaces its default."""


class EnvironmentInFile(NamedTuple):
    """Holds one document. `settings` are its own, over the defaults; `declared` its own alone."""

    settings: Settings
    declared: Settings
    place: EnvironmentPlace
    node: Node


class EnvironmentFiles(NamedTuple):
    """Holds all environments of a project's files, by name; what is wrong with them, and the texts of the files."""

    found: Mapping[str, EnvironmentInFile] = MappingProxyType({})
    findings: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = MappingProxyType({})

    def place(self, path: str) -> Position | None:
        """Returns where a setting of `environments.NAME.…` stands in its file; None where that does not say it."""
        top, _, rest = path.partition(".")
        name, _, setting = rest.partition(".")
        environment = self.found.get(name) if top == "environments" else None
        if environment is None:
            return None
        node, inside = environment.node, _own_path(environment, setting)
        if inside and inside.partition(".")[0] not in environment.declared:
            return None
        return Position.at(
            environment.place.file, mark_of(nearest(node, f"spec.{inside}" if inside else "spec"))
        )

    def in_project(self, path: str) -> str:
        """Returns where in the project file that setting stands: of an environment in a file under the defaults."""
        steps = path.split(".")
        in_file = steps[0] == "environments" and len(steps) > 1 and steps[1] in self.found
        return ".".join((DEFAULTS, *steps[2:])) if in_file else path


def _own_path(environment: EnvironmentInFile, setting: str) -> str:
    """Returns a rule file's place among its own: those of the defaults stand before them."""
    head = f"policy.{OWN_SCHEMAS.name}."
    if not setting.startswith(head):
        return setting
    index, _, rest = setting.removeprefix(head).partition(".")
    before = len(_rule_files(environment.settings)) - len(_rule_files(environment.declared))
    return f"{head}{int(index) - before}.{rest}" if int(index) >= before else ""


def files_named(root: Path, patterns: Iterable[str]) -> Iterator[tuple[int, tuple[Path, ...]]]:
    """Returns the files of each pattern, by its place."""
    for place, pattern in enumerate(patterns):
        target = os.path.normpath(root / pattern)
        found = sorted(glob(target)) if has_magic(pattern) else [target]  # noqa: PTH207 – may be absolute
        yield place, tuple(path for path in map(Path, found) if path.is_file())


def read_environment_files(project: Path, node: Node, values: Settings) -> EnvironmentFiles:
    """Reads every document of the files that a project file names. Nothing is raised for what stands in them."""
    patterns, defaults = _texts(values.get(FILES)), settings_of(values.get(DEFAULTS))
    reading = _FilesReader(project.resolve().parent, defaults, settings_of(values.get("environments")))
    for place, paths in files_named(reading.root, patterns):
        if not paths:
            mark = mark_of(nearest(node, f"{FILES}.{place}"))
            message = f"{FILES}: no file matches {quoted(patterns[place])}"
            reading.findings.append(error("environments", Position.at(project.name, mark), message))
        for path in paths:
            reading.add(path)
    return EnvironmentFiles(reading.found, tuple(reading.findings), reading.texts)


class _FilesReader:
    """Holds the state of one read."""

    def __init__(self, root: Path, defaults: Settings, of_project: Settings) -> None:
        self.root, self.defaults = root, defaults
        self.found: dict[str, EnvironmentInFile] = {}
        self.findings: list[Diagnostic] = []
        self.texts: dict[str, str] = {}
        self.inside: dict[Path, bool] = {}
        self.quick = QuickReader(ENVIRONMENT, {}, requires=True)
        self.names = {name.lower(): "the project file" for name in of_project}

    def add(self, path: Path) -> None:
        """Adds a file that a pattern names; one that two name counts once."""
        shown = shown_path(path, self.root)
        if shown in self.texts:
            return
        try:
            text = self.texts[shown] = self._text(path)
            nodes = [*enumerate(documents(text))]
        except UnreadableFileError as unreadable:
            self.findings.append(error(unreadable.rule, Position(shown), unreadable.message))
            return
        except MalformedYamlError as unreadable:
            self.findings.append(
                error(unreadable.rule, Position.at(shown, unreadable.mark), unreadable.message)
            )
            return
        there = [(place, node) for place, node in nodes if not is_null(node)]
        quick = self.quick if "${" not in text else None  # it would fill in what stands as it is here
        for place, node in there:
            self._read(node, EnvironmentPlace(shown, place), quick)
        if not there:
            message = "the file is empty: it holds an Environment, or several"
            self.findings.append(error("required", Position(shown), message))

    def _text(self, path: Path) -> str:
        """Reads a file inside the project: a directory is looked at once, a link by itself."""
        if path.is_symlink():
            return read_inside(path, self.root)
        parent = path.parent
        if parent not in self.inside:
            self.inside[parent] = parent.resolve().is_relative_to(self.root)
        return read_plain(path) if self.inside[parent] else read_inside(path, self.root)

    def _read(self, node: Node, place: EnvironmentPlace, quick: QuickReader | None) -> None:
        values, faults = _values(node, quick)
        self.findings += (error(it.rule, Position.at(place.file, it.mark), it.message) for it in faults)
        declared = settings_of(values.get("spec"))
        name = str(settings_of(values.get("metadata")).get("name") or "")
        if not name:
            return
        self._check_name(name, node, place)
        settings = _over_defaults(self.defaults, declared)
        if not faults and settings.get("manifests") is None and settings.get("select") is None:
            self._refuse_all(name, node, place)
        self.found[name] = EnvironmentInFile(settings, declared, place, node)

    def _check_name(self, name: str, node: Node, place: EnvironmentPlace) -> None:
        where = Position.at(place.file, mark_of(nearest(node, "metadata.name")))
        first = self.names.setdefault(name.lower(), f"{where.file}:{where.line}")
        if first != f"{where.file}:{where.line}":
            message = (
                f"metadata.name: {quoted(name)} stands twice, whatever the letter case; first in {first}"
            )
            self.findings.append(error("environments", where, message))

    def _refuse_all(self, name: str, node: Node, place: EnvironmentPlace) -> None:
        message = (
            f"spec needs manifests or select: {name} would take all manifests of the project, and call everybody "
            "once more"
        )
        self.findings.append(
            error("environments", Position.at(place.file, mark_of(nearest(node, "spec"))), message)
        )


def _values(node: Node, quick: QuickReader | None) -> tuple[Settings, Sequence[FieldProblem]]:
    """Reads a document the quick way, or the careful one where it is not plainly right."""
    try:
        found = quick.read(node) if quick is not None else None
    except MalformedYamlError:
        found = None
    if found is not None:
        return found, ()
    reader = FieldReader(ENVIRONMENT)
    return reader.read(node), reader.faults


def _over_defaults(defaults: Settings, own: Settings) -> Settings:
    """Puts an environment's own settings over the defaults."""
    merged = {**defaults, **own}
    for key in _KEY_BY_KEY:
        if key in defaults and key in own:
            merged[key] = over(settings_of(defaults[key]), settings_of(own[key]))
    both = [*_rule_files(defaults), *_rule_files(own)]
    if _rule_files(defaults) and _rule_files(own):
        merged["policy"] = {**settings_of(merged["policy"]), OWN_SCHEMAS.name: both}
    return merged


def _rule_files(settings: Settings) -> Sequence[Value]:
    found = settings_of(settings.get("policy")).get(OWN_SCHEMAS.name)
    return found if isinstance(found, list) else ()


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
