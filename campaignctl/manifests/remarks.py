"""What is odd about a project's settings and yet valid: accounts that stand twice, variables that fill in nothing.

A misspelt `--var` fills in nothing while the default calls people: that one is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Final

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
from campaignctl.model.environment import Environment, ProjectFile

COMMAND_LINE: Final = Position("--var")
SAME_ACCOUNT: Final = "same-account"
UNSURE_RESUME: Final = "resume-before-start"
UNUSED: Final = "unused-variable"
EMPTY: Final = "empty-variable"
_IS_EMPTY: Final = "it is empty, so nothing stands where manifests use it"
_MOST_NAMES: Final = 8


# -- the project file alone ------------------------------------------------------------------------------------


def of_project(
    file: str, text: str, node: Node, environments: Mapping[str, Environment]
) -> tuple[Diagnostic, ...]:
    """What is odd about a project file, whatever the manifests say."""
    commented = may_cut(text)
    cut = _cut_short(file, commented, node) if commented else ()
    return in_order((*_same_accounts(file, node, environments), *_resumes(file, node, environments), *cut))


def _same_accounts(file: str, node: Node, environments: Mapping[str, Environment]) -> Iterator[Diagnostic]:
    """Accounts that the file itself names twice; what EXOTEL_ACCOUNT_SID says is one a run."""
    named: dict[tuple[str | None, str], dict[str, Node]] = {}
    for name, settings in members(members(node).get("environments")).items():
        account = members(settings).get("account_sid")
        environment = environments.get(name)
        if account is not None and not is_null(account) and environment and not environment.is_sandbox:
            named.setdefault((environment.base_url, environment.account_sid), {})[name] = account
    for group in named.values():
        for name, account in group.items() if len(group) > 1 else ():
            others = some_of([it for it in group if it != name], _MOST_NAMES)
            what = f"{name} names the same account as {others}: each would run every manifest there"
            yield warning(SAME_ACCOUNT, _at(file, account), what)


def _resumes(file: str, node: Node, environments: Mapping[str, Environment]) -> Iterator[Diagnostic]:
    """`allow: [resume]` where nobody knows what a resume before the start does: it covers nothing (rule 5)."""
    for name, settings in members(members(node).get("environments")).items():
        environment, allow = environments.get(name), members(settings).get("allow")
        if allow is None or environment is None or environment.resume_waits:
            continue
        if "resume" in environment.allow:
            what = "resume is allowed only with resume_before_start: waits, so here it covers nothing"
            yield warning(UNSURE_RESUME, _at(file, allow), f"{name}: {what}")


def _cut_short(file: str, text: str, node: Node) -> Iterator[Diagnostic]:
    environments = members(members(node).get("environments")).values()
    for settings in (node, *environments):
        for name, value in members(members(settings).get("vars")).items():
            if cuts_a_word(value, text):
                yield warning(CUT_SHORT, _at(file, value), f"{name}: {message(value)}")


def _at(file: str, node: Node) -> Position:
    mark = mark_of(node)
    return Position(file, mark.line + 1, mark.column + 1)


# -- variables, beside the manifests ---------------------------------------------------------------------------


def of_variables(
    project: ProjectFile, environment: Environment, given: Mapping[str, str], used: Set[str]
) -> tuple[Diagnostic, ...]:
    """The variables that no manifest names, and the empty ones; `given` are those of the command line."""
    doubtful = {
        name: UNUSED if name not in used else EMPTY
        for name, value in environment.vars.items()
        if name not in used or not value
    }
    found = [*_of_command_line(given, used)]
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
    """Where the project file gives a variable its value, for the environment and for all; of an empty one the first."""
    node = _composed(project)
    own = members(members(node).get("environments")).get(environment.name)
    entries = [members(members(settings).get("vars")).get(name) for settings in (own, node)]
    written = [entry for entry in entries if isinstance(entry, ScalarNode)]
    yield from (_at(project.file or "", entry) for entry in written[: 1 if rule == EMPTY else 2])


def _composed(project: ProjectFile) -> Node | None:
    """The project file once more: one that nothing is odd about is read once."""
    if project.file is None:
        return None
    try:
        text = decoded((Path(project.root) / project.file).read_bytes())
        return next((node for node in documents(text) if not is_null(node)), None)
    except (OSError, UnreadableFileError, MalformedYamlError):
        return None
