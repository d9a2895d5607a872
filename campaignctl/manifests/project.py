"""The project file: found, read by its table, and made into environments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from yaml.nodes import CollectionNode, Node

from campaignctl.diagnostics import Diagnostic, Position, did_you_mean, error, in_order, quoted
from campaignctl.errors import CredentialsError, InputError
from campaignctl.kinds.manifest import SUPPRESS
from campaignctl.kinds.table import Value
from campaignctl.manifests.environments import EnvironmentBuilder, SettingProblem, settings_of
from campaignctl.manifests.fields import FieldReader
from campaignctl.manifests.files import UnreadableFileError, read_inside
from campaignctl.manifests.nodes import MalformedYamlError, Mark, documents, is_null, mark_of, members
from campaignctl.manifests.places import nearest
from campaignctl.manifests.remarks import of_project
from campaignctl.model.environment import ACCOUNT_VARIABLE, Environment, ProjectFile, Prune
from campaignctl.model.suppression import SuppressionSource
from campaignctl.policy.project_file import PROJECT, SANDBOX

FILE_NAME: Final = "campaignctl.yaml"


def find_project_file(start: Path) -> Path | None:
    """The project file of the directory or its nearest parent; None where there is none."""
    here = start.resolve()
    return next((it / FILE_NAME for it in (here, *here.parents) if (it / FILE_NAME).is_file()), None)


def load_project(start: Path, config: Path | None, environ: Mapping[str, str]) -> ProjectFile:
    """The project of a directory, or the one that `config` names; without a file, a sandbox and no manifests.

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
    findings = _findings(path, reader)
    builder = EnvironmentBuilder(values, environ)
    environments = builder.environments() if not findings else {}
    default = str(values.get("default_environment") or SANDBOX)
    if not findings:
        problems = [*builder.problems, *_unknown_default(default, environments)]
        findings = [error(it.rule, _at(path, mark_of(nearest(node, it.path))), it.message) for it in problems]
    findings += _faulty_sources(path, node, values.get(SUPPRESS))
    findings += _spilled(path, text, environments.values(), environ)
    if findings:
        raise InputError(_summary(path.name, findings), in_order(findings))
    odd = of_project(path.name, text, node, environments)
    return replace(_project(path, values, default, environments), findings=odd)


def declared_settings(file: Path) -> Mapping[str, Value]:
    """What a project file declares, as far as it can be read; nothing of one that is not there.

    Raises:
        InputError: it cannot be read at all.
    """
    return FieldReader(PROJECT).read(_read(file)[1]) if file.is_file() else {}


def load_project_lenient(
    start: Path, config: Path | None, environ: Mapping[str, str], environment: str | None
) -> tuple[ProjectFile, tuple[Diagnostic, ...]]:
    """The project as far as one environment needs it, and the mistakes that stand elsewhere: a campaign that calls
    the wrong people is stopped whatever else is wrong in the file. `environment` is None for the default one.

    Policies count as elsewhere: nothing that is stopped is held to them.

    Raises:
        InputError: the file cannot be read, or the environment is wrong; with the findings that are about it.
    """
    path = find_project_file(start) if config is None else start / config
    if path is None:
        return load_project(start, config, environ), ()
    _, node = _read(path)
    reader = FieldReader(PROJECT)
    values = reader.read(node)
    builder = EnvironmentBuilder(values, environ)
    environments = builder.environments()
    default = str(values.get("default_environment") or SANDBOX)
    name = environment or default
    places = [_at(path, mark_of(nearest(node, problem.path))) for problem in builder.problems]
    findings = [
        *_findings(path, reader),
        *(error(it.rule, at, it.message) for it, at in zip(builder.problems, places, strict=True)),
    ]
    own = _lines_of(node, name)
    here = [it for it in findings if it.where.line - 1 in own]
    if here or name not in environments:
        raise InputError(_summary(path.name, findings), in_order(findings))
    return _project(path, values, default, environments), in_order(findings)


def _lines_of(node: Node, environment: str) -> frozenset[int]:
    """The lines that say what an environment is, counted from 0, without those of its policy."""
    lines = _lines(_within(node, "environments", environment))
    return lines - _lines(_within(node, "environments", environment, "policy"))


def _within(node: Node, *steps: str) -> Node | None:
    found: Node | None = node
    for step in steps:
        found = members(found).get(step)
    return found


def _lines(node: Node | None) -> frozenset[int]:
    if node is None:
        return frozenset()
    return frozenset(range(node.start_mark.line, _last_line(node) + 1))


def _last_line(node: Node) -> int:
    """Of what is written in it: libyaml ends a block where the next thing begins."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.line)


def _findings(path: Path, reader: FieldReader) -> list[Diagnostic]:
    return [error(fault.rule, _at(path, fault.mark), fault.message) for fault in reader.faults]


def _faulty_sources(path: Path, node: Node, value: Value) -> list[Diagnostic]:
    if not value:
        return []
    from campaignctl.manifests.sources import read_sources

    faults = read_sources(value, str)[1]
    return [error(SUPPRESS, _at(path, mark_of(nearest(node, place))), message) for place, message in faults]


def _unknown_default(default: str, environments: Mapping[str, Environment]) -> Iterator[SettingProblem]:
    if default not in environments:
        near = did_you_mean(default, environments)
        message = f"default_environment: there is no environment {quoted(default)}{near}"
        yield SettingProblem("default_environment", "unknown-environment", message)


def choose_environment(project: ProjectFile, name: str | None) -> Environment:
    """The environment of `-e`, else the default.

    Raises:
        InputError: there is none of that name.
    """
    wanted = project.default_environment if name is None else name
    if wanted not in project.environments:
        known = ", ".join(sorted(project.environments))
        hint = did_you_mean(wanted, project.environments)
        raise InputError(f"there is no environment {quoted(wanted)}{hint}; the project has {known}")
    return project.environments[wanted]


def require_account(environment: Environment) -> None:
    """For whatever speaks to the account.

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
    """Of a link that leads nowhere where it stands itself: whoever reads it says what is wrong."""
    try:
        return path.resolve().parent
    except (OSError, RuntimeError):
        return path.parent


def _unusable(path: Path, rule: str, mark: Mark, message: str) -> InputError:
    found = error(rule, _at(path, mark), message)
    return InputError(_summary(path.name, [found]), [found])


def _summary(name: str, findings: Sequence[Diagnostic]) -> str:
    mistakes = "1 mistake" if len(findings) == 1 else f"{len(findings)} mistakes"
    return f"{name} has {mistakes}"


def _at(path: Path, mark: Mark) -> Position:
    return Position(path.name, mark.line + 1, mark.column + 1)


def _spilled(
    path: Path, text: str, environments: Iterable[Environment], environ: Mapping[str, str]
) -> list[Diagnostic]:
    """A key or token that the environment holds and the file, too."""
    names = {"EXOTEL_API_KEY", "EXOTEL_API_TOKEN"}
    names |= {name for it in environments for name in (it.key_env, it.token_env)}
    findings = []
    for name in sorted(names):
        secret = environ.get(name, "")
        if len(secret) >= 8 and secret in text:
            line = text.count("\n", 0, text.index(secret)) + 1
            message = f"the value of {name} must not stand in a file; remove it, and have it replaced"
            findings.append(error("secret-in-file", Position(path.name, line), message))
    return findings


def _project(
    path: Path, values: Mapping[str, Value], default: str, environments: Mapping[str, Environment]
) -> ProjectFile:
    manifests, prune, most = values.get("manifests"), values.get("prune"), values.get("max_changes")
    return ProjectFile(
        root=str(path.resolve().parent),
        file=path.name,
        manifests=tuple(map(str, manifests)) if isinstance(manifests, list) else (),
        default_environment=default,
        environments=environments,
        max_changes=most if isinstance(most, int) else None,
        prune=Prune(str(prune["name_prefix"])) if isinstance(prune, Mapping) else None,
        declared=tuple(settings_of(values.get("environments"))),
        suppress=_suppress(values.get(SUPPRESS)),
    )


def _suppress(value: Value) -> tuple[SuppressionSource, ...]:
    if not value:
        return ()
    from campaignctl.manifests.sources import read_sources  # most projects leave nobody out

    return read_sources(value, str)[0]
