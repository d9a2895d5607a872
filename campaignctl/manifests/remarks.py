"""Warns about what is odd about a project's settings and yet valid: accounts that stand twice, variables that fill
in nothing. A misspelt `--var` fills in nothing while the default calls people: that one is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING, Final

from yaml.nodes import Node, ScalarNode

from campaignctl.diagnostics import (
    Diagnostic,
    Position,
    did_you_mean,
    error,
    in_order,
    quoted,
    some_of,
    warning,
)
from campaignctl.manifests.files import UnreadableFileError, decoded
from campaignctl.manifests.nodes import MalformedYamlError, documents, is_null, mark_of, members
from campaignctl.manifests.unquoted import RULE as CUT_SHORT
from campaignctl.manifests.unquoted import cuts_a_word, may_cut, message
from campaignctl.model.environment import Environment, EnvironmentPlace, ProjectFile
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.manifests.environment_files import EnvironmentFiles

COMMAND_LINE: Final = Position("--var")
SAME_ACCOUNT: Final = "same-account"
UNSURE_RESUME: Final = "resume-before-start"
UNUSED: Final = "unused-variable"
EMPTY: Final = "empty-variable"
_IS_EMPTY: Final = "it is empty, so nothing stands where manifests use it"
_MOST_NAMES: Final = 8


# -- the project file alone ------------------------------------------------------------------------------------


def of_project(
    file: str,
    texts: Mapping[str, str],
    node: Node,
    environments: Mapping[str, Environment],
    files: EnvironmentFiles | None = None,
) -> tuple[Diagnostic, ...]:
    """Warns about what is odd about a project file and the files of its environments, whatever the manifests say;
    `texts` are theirs.
    """
    own = members(members(node).get("environments")).items()
    written = [_Written(name, file, settings) for name, settings in own]
    for name, it in files.found.items() if files else ():
        written.append(_Written(name, it.place.file, members(it.node)["spec"]))
    defaults = members(node).get("environment_defaults")
    tops = [_Written("", file, node), *([_Written("", file, defaults)] if defaults is not None else ())]
    commented = {name: text for name, found in texts.items() if (text := may_cut(found))}
    cut = _cut_short([*tops, *written], commented) if commented else ()
    return in_order((*_same_accounts(written, environments), *_resumes(written, environments), *cut))


class _Written(NamedTuple):
    """Holds what a file says of an environment; of no name what it says of all of them."""

    name: str
    file: str
    settings: Node


def _same_accounts(
    written: Iterable[_Written], environments: Mapping[str, Environment]
) -> Iterator[Diagnostic]:
    """Accounts that the files themselves name twice; what EXOTEL_ACCOUNT_SID says is one a run."""
    named: dict[tuple[str | None, str], dict[str, tuple[str, Node]]] = {}
    for name, file, settings in written:
        account = members(settings).get("account_sid")
        environment = environments.get(name)
        if account is not None and not is_null(account) and environment and not environment.is_sandbox:
            named.setdefault((environment.base_url, environment.account_sid), {})[name] = file, account
    for group in named.values():
        for name, (file, account) in group.items() if len(group) > 1 else ():
            others = [it for it in group if it != name and _may_share(environments[it], environments[name])]
            if others:
                some = some_of(others, _MOST_NAMES)
                what = f"{name} names the same account as {some}: each would run every manifest there"
                yield warning(SAME_ACCOUNT, _at(file, account), what)


def _may_share(one: Environment, other: Environment) -> bool:
    """Tells whether a manifest may be taken by both, as far as their settings tell."""
    if one.select is not None and other.select is not None and one.select.excludes(other.select):
        return False
    if one.manifests is None or other.manifests is None:
        return True
    return any(_overlap(mine, its) for mine in one.manifests for its in other.manifests)


def _overlap(one: str, other: str) -> bool:
    """Tells whether one path lies in the other."""
    mine, its = (tuple(it for it in normpath(path).split("/") if it != ".") for path in (one, other))
    least = min(len(mine), len(its))
    return mine[:least] == its[:least]


def _resumes(written: Iterable[_Written], environments: Mapping[str, Environment]) -> Iterator[Diagnostic]:
    """Warns about `allow: [resume]` where nobody knows what a resume before the start does: it covers nothing (rule
    5).
    """
    for name, file, settings in written:
        environment, allow = environments.get(name), members(settings).get("allow")
        if allow is None or environment is None or environment.resume_waits:
            continue
        if "resume" in environment.allow:
            what = "resume is allowed only with resume_before_start: waits, so here it covers nothing"
            yield warning(UNSURE_RESUME, _at(file, allow), f"{name}: {what}")


def _cut_short(written: Iterable[_Written], texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    for _, file, settings in written:
        text = texts.get(file)
        for name, value in members(members(settings).get("vars")).items() if text else ():
            if cuts_a_word(value, text or ""):
                yield warning(CUT_SHORT, _at(file, value), f"{name}: {message(value)}")


def _at(file: str, node: Node) -> Position:
    return Position.at(file, mark_of(node))


# -- variables, beside the manifests ---------------------------------------------------------------------------


def of_variables(
    project: ProjectFile,
    environment: Environment,
    given: Mapping[str, str],
    used: Set[str],
    elsewhere: Set[str] = frozenset(),
) -> tuple[Diagnostic, ...]:
    """Returns the variables that no manifest names, and the empty ones.

    `given` are those of the command line, which may be meant for the manifests of other environments that are chosen:
    they use those of `elsewhere`.
    """
    doubtful = {
        name: UNUSED if name not in used else EMPTY
        for name, value in environment.vars.items()
        if name not in used or not value
    }
    found = [*_of_command_line(given, used | elsewhere)]
    for name, rule in doubtful.items():
        if name not in given:
            found += (
                warning(rule, where, f"{name}: {_WORDS[rule]}")
                for where in _places(project, environment, name, rule)
            )
    return in_order(found)


_WORDS: Final = {UNUSED: "no manifest uses this variable", EMPTY: _IS_EMPTY}


def _of_command_line(given: Mapping[str, str], used: Set[str]) -> Iterator[Diagnostic]:
    for name, value in given.items():
        if name not in used:
            near = did_you_mean(name, used) or f"; they use {some_of(sorted(used), _MOST_NAMES) or 'none'}"
            yield error(UNUSED, COMMAND_LINE, f"--var {quoted(name)}: no manifest uses this variable{near}")
        elif not value:
            yield warning(EMPTY, COMMAND_LINE, f"--var {quoted(name)}: {_IS_EMPTY}")


def _places(project: ProjectFile, environment: Environment, name: str, rule: str) -> Iterator[Position]:
    """Yields where the files give a variable its value, for the environment and for all; of an empty one the first."""
    node = _composed(project, EnvironmentPlace(project.file or "", 0))
    settings = [(project.file or "", members(members(node).get("environments")).get(environment.name))]
    place = project.places.get(environment.name)
    if place is not None:
        spec, defaults = (
            members(_composed(project, place)).get("spec"),
            members(node).get("environment_defaults"),
        )
        settings = [(place.file, spec), (project.file or "", defaults)]
    settings.append((project.file or "", node))
    entries = ((file, members(members(each).get("vars")).get(name)) for file, each in settings)
    written = [_at(file, entry) for file, entry in entries if isinstance(entry, ScalarNode)]
    yield from written[: 1 if rule == EMPTY else 2]


def _composed(project: ProjectFile, place: EnvironmentPlace) -> Node | None:
    """Composes a document of the project file or of one of environments once more: what nothing is odd about is
    read once.
    """
    if project.file is None:
        return None
    try:
        text = decoded((Path(project.root) / place.file).read_bytes())
        there = (node for index, node in enumerate(documents(text)) if index >= place.document)
        return next((node for node in there if not is_null(node)), None)
    except (OSError, UnreadableFileError, MalformedYamlError):
        return None
