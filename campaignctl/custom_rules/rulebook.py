"""Holds the rules of an environment: their files are read once a run, and its manifests checked by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from campaignctl.custom_rules.bounded import LimitExceededError
from campaignctl.custom_rules.checking import LIMIT, FailedKeyword, OwnRule, check_all
from campaignctl.custom_rules.main_thread import in_main_thread
from campaignctl.custom_rules.rule_file import RuleFile, mistakes_in
from campaignctl.custom_rules.values import key_at, node_at
from campaignctl.diagnostics import Diagnostic, Position, error, quoted
from campaignctl.kinds.table import Value
from campaignctl.manifests.files import UnreadableFileError, read_inside
from campaignctl.manifests.nodes import mark_of
from campaignctl.manifests.places import document_node, locate
from campaignctl.model.campaigns import Desired, ListName
from campaignctl.model.environment import RuleFileSetting
from campaignctl.tuples import NamedTuple

LARGEST: Final = 256 * 1024
"""Bytes of a rule file."""
SECONDS_A_RUN: Final = 60.0
MISTAKE: Final = "schema"

ManifestKey = tuple[str, int]
"""A file and which of its documents."""


class RuleFiles:
    """Keeps the rule files of a run: each is read once, however many environments name it."""

    def __init__(self, root: Path, project_file: str) -> None:
        self.root, self.project_file = root, project_file
        self.read: dict[str, RuleFile | tuple[Diagnostic, ...]] = {}
        self.ends: float | None = None

    def rules(self, settings: Sequence[RuleFileSetting]) -> tuple[list[OwnRule], list[Diagnostic]]:
        """Returns the rules that can be used, and what is wrong with the others."""
        rules, findings = list[OwnRule](), list[Diagnostic]()
        for setting in settings:
            file = self.read.get(setting.file) or self._read(setting)
            self.read[setting.file] = file
            if not isinstance(file, RuleFile):
                findings += file
            elif setting.level is not None:
                rules.append(OwnRule(setting.rule, setting.kind, setting.level, file))
        return rules, findings

    def _read(self, setting: RuleFileSetting) -> RuleFile | tuple[Diagnostic, ...]:
        path = self.root / setting.file
        try:
            text = read_inside(path, self.root)
            if path.stat().st_size > LARGEST:
                raise UnreadableFileError("unreadable", f"it is larger than {LARGEST // 1024} KiB")
        except UnreadableFileError as unreadable:
            where = locate(self.root, Position(self.project_file), 0, f"{setting.path}.file")
            return (error(unreadable.rule, where, f"schema: {quoted(setting.file)}: {unreadable.message}"),)
        rule_file = RuleFile(setting.file, text)
        try:
            mistakes = in_main_thread(mistakes_in, rule_file)
        except LimitExceededError as exceeded:
            return (error(MISTAKE, Position(setting.file, 1, 1), str(exceeded)),)
        places = ((it, Position.at(setting.file, it.mark)) for it in mistakes)
        return tuple(error(MISTAKE, where, it.message) for it, where in places) or rule_file

    def end(self) -> float:
        """Returns when the checks of this run must be done; it begins with its first manifest."""
        if self.ends is None:
            self.ends = monotonic() + SECONDS_A_RUN
        return self.ends


class CheckedManifests(NamedTuple):
    """Holds what the rules find of each manifest, and the limits that were met, which end the run."""

    found: Mapping[ManifestKey, tuple[Diagnostic, ...]]
    limits: tuple[Diagnostic, ...]


def check_manifests_by(
    rules: Sequence[OwnRule], manifests: Iterable[Desired], files: RuleFiles
) -> CheckedManifests:
    """Returns what the rules find of each manifest, and at which a limit was met: the run ends then, and never
    passes.
    """
    several = list(manifests)
    if not (several and rules):
        return CheckedManifests({}, ())
    declared = [(it.kind.name, _checked_object(it)) for it in several]
    try:
        checked = in_main_thread(check_all, rules, declared, files.end())
    except LimitExceededError as exceeded:
        return CheckedManifests({}, (_limit(several[0], f"{rules[0].schema.file}: {exceeded}"),))
    pairs = list(zip(several, checked, strict=False))  # after a limit of the run the rest was not looked at
    found = {
        (it.where.file, it.document): tuple(_diagnostics(made.found, it, files.root))
        for it, made in pairs
        if made.found
    }
    return CheckedManifests(found, tuple(_limit(it, made.limit) for it, made in pairs if made.limit))


def _limit(desired: Desired, says: str) -> Diagnostic:
    return error(LIMIT, desired.where, f"its rules could not be checked: {says}")


def _checked_object(desired: Desired) -> Mapping[str, Value]:
    """Returns a manifest as it was declared; a list that is given by name as the object that stands there."""
    declared = {"metadata": {}, "spec": {}, **desired.written}
    spec = declared["spec"]
    named = {
        name: [{"name": str(it)} if isinstance(it, ListName) else it for it in value]
        for name, value in (spec.items() if isinstance(spec, Mapping) else ())
        if isinstance(value, list) and any(it.__class__ is ListName for it in value)
    }
    return {**declared, "spec": {**spec, **named}} if named and isinstance(spec, Mapping) else declared


def _diagnostics(
    failed: Sequence[tuple[OwnRule, FailedKeyword]], desired: Desired, root: Path
) -> Iterator[Diagnostic]:
    document = document_node(root, desired.where, desired.document)
    for rule, it in failed:
        where = desired.where
        if document is not None:
            node = node_at(document, it.steps)
            where = Position.at(where.file, mark_of(node if it.key is None else key_at(node, it.key)))
        yield Diagnostic(rule.level, rule.rule, where, it.message, (("schema", it.schema),))
