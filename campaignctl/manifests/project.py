"""Finds the project file, reads it by its table, and makes environments of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yaml.nodes import CollectionNode, Node

from campaignctl.diagnostics import Diagnostic, Position, did_you_mean, error, in_order, quoted, some_of
from campaignctl.errors import CredentialsError, InputError
from campaignctl.kinds.manifest import SUPPRESS
from campaignctl.kinds.table import Value
from campaignctl.manifests.environments import EnvironmentBuilder, SettingProblem, Settings, settings_of
from campaignctl.manifests.fields import FieldReader
from campaignctl.manifests.files import UnreadableFileError, read_inside
from campaignctl.manifests.nodes import MalformedYamlError, Mark, documents, is_null, mark_of
from campaignctl.manifests.places import nearest
from campaignctl.manifests.remarks import of_project
from campaignctl.manifests.sound import within, without_faulty, without_path
from campaignctl.model.environment import (
    ACCOUNT_VARIABLE,
    MAX_ENVIRONMENTS,
    Environment,
    ProjectFile,
    Prune,
)
from campaignctl.policy.project_file import PROJECT, SANDBOX
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.manifests.environment_files import EnvironmentFiles
    from campaignctl.model.suppression import SuppressionSource

FILE_NAME: Final = "campaignctl.yaml"
_MOST_NAMES: Final = 20


def find_project_file(start: Path) -> Path | None:
    """Returns the project file of the directory or its nearest parent; None where there is none."""
    here = start.resolve()
    return next((it / FILE_NAME for it in (here, *here.parents) if (it / FILE_NAME).is_file()), None)


def load_project(start: Path, config: Path | None, environ: Mapping[str, str]) -> ProjectFile:
    """Loads the project of a directory, or the one that `config` names; without a file, a sandbox and no manifests.

    Raises:
        InputError: the file cannot be read or is wrong; with every finding.
    """
    path = find_project_file(start) if config is None else start / config
    if path is None:
        environments = EnvironmentBuilder({}, environ).environments()
        return ProjectFile(str(start.resolve()), None, (), SANDBOX, environments)
    text, node = _read(path)
    reader = FieldReader(PROJECT)
    values = reader.read(node)
    files = _files(path, node, values)
    findings = [*_findings(path, reader), *(files.findings if files else ())]
    builder = _builder(values, environ, files)
    environments = builder.environments() if not findings else {}
    default = str(values.get("default_environment") or SANDBOX)
    if not findings:
        problems = [*builder.problems, *_unknown_default(default, environments)]
        findings = [error(it.rule, _place(path, node, files, it.path), it.message) for it in problems]
    findings += _faulty_sources(path, node, values.get(SUPPRESS))
    texts = {path.name: text, **(files.texts if files else {})}
    findings += _spilled(texts, environments.values(), environ)
    if findings:
        raise InputError(_summary(path.name, findings), in_order(findings))
    odd = of_project(path.name, texts, node, environments, files)
    return _project(path, values, default, builder, environments, files)._replace(findings=odd)


def _files(path: Path, node: Node, values: Mapping[str, Value]) -> EnvironmentFiles | None:
    """Reads the environments that stand in files of their own; None where the project names no such files."""
    if not values.get("environments_from"):
        return None
    from campaignctl.manifests.environment_files import read_environment_files

    return read_environment_files(path, node, values)


def _builder(
    values: Mapping[str, Value], environ: Mapping[str, str], files: EnvironmentFiles | None
) -> EnvironmentBuilder:
    in_files = {name: it.settings for name, it in files.found.items()} if files else {}
    return EnvironmentBuilder(values, environ, in_files)


def _place(path: Path, node: Node, files: EnvironmentFiles | None, setting: str) -> Position:
    """Returns where a setting stands: in the file of its environment, in the defaults for these, in the project
    file.
    """
    if files is None:
        return Position.at(path.name, mark_of(nearest(node, setting)))
    return files.place(setting) or Position.at(path.name, mark_of(nearest(node, files.in_project(setting))))


def declared_settings(file: Path) -> Mapping[str, Value]:
    """Returns what a project file declares, and its files of environments, as far as they can be read; nothing of
    one that is not there.

    Raises:
        InputError: the project file cannot be read at all.
    """
    if not file.is_file():
        return {}
    node = _read(file)[1]
    values = FieldReader(PROJECT).read(node)
    files = _files(file, node, values)
    if files is None:
        return values
    in_files = {name: it.declared for name, it in files.found.items()}
    return {**values, "environments": {**settings_of(values.get("environments")), **in_files}}


class LenientProject(NamedTuple):
    """Holds a project as far as it can be read, every mistake, and of which environments one is about themselves."""

    project: ProjectFile
    findings: tuple[Diagnostic, ...]
    wrong: frozenset[str]

    def require(self, environment: str) -> None:
        """Raises InputError where an environment is not there or is wrong itself."""
        if environment in self.wrong or environment not in self.project.environments:
            raise InputError(_summary(self.project.file or "", self.findings), self.findings)


def load_project_lenient(
    start: Path, config: Path | None, environ: Mapping[str, str], environment: str | None
) -> tuple[ProjectFile, tuple[Diagnostic, ...]]:
    """Loads the project as far as one environment needs it, and returns the mistakes that stand elsewhere: a
    campaign that calls the wrong people is stopped whatever else is wrong in the file. `environment` is None for
    the default one.

    Policies count as elsewhere: nothing that is stopped is held to them.

    Raises:
        InputError: the file cannot be read, or the environment is wrong; with the findings that are about it.
    """
    if config is None and find_project_file(start) is None:
        return load_project(start, config, environ), ()
    found = load_every_lenient(start, config, environ)
    found.require(environment or found.project.default_environment)
    return found.project, found.findings


def load_every_lenient(start: Path, config: Path | None, environ: Mapping[str, str]) -> LenientProject:
    """Loads the same for each environment that is not wrong itself. Raises InputError for a file that cannot be
    read, or is not there.
    """
    path = find_project_file(start) if config is None else start / config
    if path is None:
        return LenientProject(load_project(start, config, environ), (), frozenset())
    _, node = _read(path)
    reader = FieldReader(PROJECT)
    values = reader.read(node)
    default = str(values.get("default_environment") or SANDBOX)
    if reader.faults:
        values = without_faulty(values, node, [it.mark for it in reader.faults])
    files = _files(path, node, values)
    builder, problems = _sound_builder(values, environ, files)
    environments = builder.environments()
    findings = [
        *_findings(path, reader),
        *(files.findings if files else ()),
        *(error(it.rule, _place(path, node, files, it.path), it.message) for it in problems),
    ]
    places = {(it.where.file, it.where.line - 1) for it in findings}
    wrong = (name for name in environments if places and places & _lines_of(path.name, node, files, name))
    project = _project(path, values, default, builder, environments, files)
    return LenientProject(project, in_order(findings), frozenset(wrong))


def _sound_builder(
    values: Settings, environ: Mapping[str, str], files: EnvironmentFiles | None
) -> tuple[EnvironmentBuilder, Sequence[SettingProblem]]:
    """Returns what makes the environments without the settings that are wrong, and what is wrong."""
    builder = _builder(values, environ, files)
    builder.environments()
    problems, sound = builder.problems, values
    for it in problems:
        sound = without_path(sound, it.path.split("."))
    if sound is values:
        return _builder(values, environ, files), problems
    return _sound_builder(sound, environ, files)[0], problems


def _lines_of(
    file: str, node: Node, files: EnvironmentFiles | None, environment: str
) -> frozenset[tuple[str, int]]:
    """Returns the lines that say what an environment is, counted from 0, without those of its policy."""
    parts: list[tuple[str, Node, tuple[str, ...]]] = [(file, node, ("environments", environment))]
    in_file = files.found.get(environment) if files else None
    if in_file is not None:
        parts = [(in_file.place.file, in_file.node, ("spec",)), (file, node, ("environment_defaults",))]
    return frozenset(
        (where, line)
        for where, top, steps in parts
        for line in _lines(within(top, *steps)) - _lines(within(top, *steps, "policy"))
    )


def _lines(node: Node | None) -> frozenset[int]:
    if node is None:
        return frozenset()
    return frozenset(range(node.start_mark.line, _last_line(node) + 1))


def _last_line(node: Node) -> int:
    """Returns the last line of what is written in a node: libyaml ends a block where the next thing begins."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.line)


def _findings(path: Path, reader: FieldReader) -> list[Diagnostic]:
    return [error(fault.rule, Position.at(path.name, fault.mark), fault.message) for fault in reader.faults]


def _faulty_sources(path: Path, node: Node, value: Value) -> list[Diagnostic]:
    if not value:
        return []
    from campaignctl.model.suppression import read_sources

    faults = read_sources(value, str)[1]
    return [
        error(SUPPRESS, Position.at(path.name, mark_of(nearest(node, place))), message)
        for place, message in faults
    ]


def _unknown_default(default: str, environments: Mapping[str, Environment]) -> Iterator[SettingProblem]:
    if default not in environments:
        near = did_you_mean(default, environments)
        message = f"default_environment: there is no environment {quoted(default)}{near}"
        yield SettingProblem("default_environment", "unknown-environment", message)


def choose_environment(project: ProjectFile, name: str | None) -> Environment:
    """Returns the environment of `-e`, else the default.

    Raises:
        InputError: there is none of that name.
    """
    wanted = project.default_environment if name is None else name
    if wanted not in project.environments:
        raise no_environment(project, wanted)
    return project.environments[wanted]


def no_environment(project: ProjectFile, named: str) -> InputError:
    """Makes the error for a name or pattern that is none of the project's environments."""
    known = some_of(sorted(project.environments), _MOST_NAMES)
    hint = did_you_mean(named, project.environments)
    return InputError(f"there is no environment {quoted(named)}{hint}; the project has {known}")


def require_account(environment: Environment) -> None:
    """Requires an account of whatever speaks to it.

    Raises:
        CredentialsError: nobody says which account.
    """
    if not environment.account_sid:
        raise CredentialsError(
            f"environment {environment.name} has no account: set account_sid in {FILE_NAME}, or {ACCOUNT_VARIABLE}"
        )


def _read(path: Path) -> tuple[str, Node]:
    try:
        text = read_inside(path, _home(path))
        nodes = [node for node in documents(text) if not is_null(node)]
    except UnreadableFileError as unreadable:
        raise _unusable(path, unreadable.rule, Mark(0, 0), unreadable.message) from None
    except MalformedYamlError as unreadable:
        raise _unusable(path, unreadable.rule, unreadable.mark, unreadable.message) from None
    if not nodes:
        raise _unusable(
            path, "required", Mark(0, 0), "the project file is empty; campaignctl init writes one"
        )
    if len(nodes) > 1:
        raise _unusable(path, "syntax", mark_of(nodes[1]), "a project file holds one document")
    return text, nodes[0]


def _home(path: Path) -> Path:
    """Returns the directory of a file; of a link that leads nowhere, where it stands itself: whoever reads it says
    what is wrong.
    """
    try:
        return path.resolve().parent
    except (OSError, RuntimeError):
        return path.parent


def _unusable(path: Path, rule: str, mark: Mark, message: str) -> InputError:
    found = error(rule, Position.at(path.name, mark), message)
    return InputError(_summary(path.name, [found]), [found])


def _summary(name: str, findings: Sequence[Diagnostic]) -> str:
    mistakes = "1 mistake" if len(findings) == 1 else f"{len(findings)} mistakes"
    files = {it.where.file for it in findings} | {name}
    if len(files) > 1:
        return f"{name} and its files of environments have {mistakes}"
    return f"{name} has {mistakes}"


def _spilled(
    texts: Mapping[str, str], environments: Iterable[Environment], environ: Mapping[str, str]
) -> list[Diagnostic]:
    """Finds a key or token that the environment holds and a file, too."""
    names = {"EXOTEL_API_KEY", "EXOTEL_API_TOKEN"}
    names |= {name for it in environments for name in (it.key_env, it.token_env)}
    findings = []
    for name in sorted(names):
        secret = environ.get(name, "")
        for file, text in texts.items() if len(secret) >= 8 else ():
            if secret in text:
                line = text.count("\n", 0, text.index(secret)) + 1
                message = f"the value of {name} must not stand in a file; remove it, and have it replaced"
                findings.append(error("secret-in-file", Position(file, line), message))
    return findings


def _project(
    path: Path,
    values: Mapping[str, Value],
    default: str,
    builder: EnvironmentBuilder,
    environments: Mapping[str, Environment],
    files: EnvironmentFiles | None,
) -> ProjectFile:
    manifests, prune, most = values.get("manifests"), values.get("prune"), values.get("max_changes")
    most_environments = values.get("max_environments")
    return ProjectFile(
        root=str(path.resolve().parent),
        file=path.name,
        manifests=tuple(map(str, manifests)) if isinstance(manifests, list) else (),
        default_environment=default,
        environments=environments,
        max_changes=most if isinstance(most, int) else None,
        prune=Prune(str(prune["name_prefix"])) if isinstance(prune, Mapping) else None,
        declared=tuple(builder.named),
        suppress=_suppress(values.get(SUPPRESS)),
        places={name: it.place for name, it in files.found.items()} if files else {},
        accounts_unwritten=frozenset(builder.accounts_unwritten),
        max_environments=most_environments if isinstance(most_environments, int) else MAX_ENVIRONMENTS,
    )


def _suppress(value: Value) -> tuple[SuppressionSource, ...]:
    if not value:
        return ()
    from campaignctl.model.suppression import read_sources  # most projects leave nobody out

    return read_sources(value, str)[0]
