"""Gathers what a plan for an environment is made of, by meaning: equal on both sides of what does not touch it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.members import members_of
from campaignctl.diagnostics import has_errors
from campaignctl.kinds.countries import Country
from campaignctl.manifests.companions import companion_kinds
from campaignctl.manifests.reading import Manifests
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment, ProjectFile
from campaignctl.saved_plans.seal import canonical, canonical_list, canonical_manifest
from campaignctl.tuples import NamedTuple

ManifestName: TypeAlias = tuple[str, str]
"""Kind and name."""

_PACE: Final = frozenset(("rate_limit", "timeout_seconds", "max_attempts"))
"""How fast an account is asked, not what."""
_APART: Final = _PACE | {"vars", "rule_files"}
"""Variables count where a manifest names them, rule files by what they say."""


class EnvironmentInputs(NamedTuple):
    """Holds one side of a comparison. `manifests` and `settings` are only ever held against those of the other side.

    `names` are its manifests by kind and name, `size` how many there are, `is_invalid` whether one of them, or a
    document beside them, could not be read.
    """

    account: tuple[str, str]
    manifests: tuple[bytes, ...]
    settings: Mapping[str, object]
    names: frozenset[ManifestName]
    size: int
    is_invalid: bool


class SharedInputs(NamedTuple):
    """Holds what all environments of a project have in common: texts of rule files, whom the project suppresses."""

    rule_files: Mapping[str, str]
    suppressed: Mapping[Country | None, frozenset[str]]


def inputs_of(
    project: ProjectFile, environment: Environment, loaded: Manifests, shared: SharedInputs
) -> EnvironmentInputs:
    """Returns those of an environment whose manifests are read."""
    country = environment.country
    return EnvironmentInputs(
        account=account_of(environment),
        manifests=tuple(sorted((*_manifests(loaded.desired, country), *_beside(loaded, country)))),
        settings=_settings(project, environment, shared),
        names=names_of(loaded.desired),
        size=len(loaded.desired),
        is_invalid=has_errors(loaded.findings),
    )


def account_of(environment: Environment) -> tuple[str, str]:
    """Returns the host and the SID of the account."""
    return environment.host, environment.account_sid


def names_of(manifests: Iterable[Desired]) -> frozenset[ManifestName]:
    """Returns manifests by kind and name; one that is known by its SID alone moves nowhere."""
    return frozenset((it.kind.name, it.name) for it in manifests if it.name)


def _manifests(manifests: Iterable[Desired], country: Country | None) -> Iterable[bytes]:
    for desired in manifests:
        yield canonical_manifest(desired, country)
        beside = {"left_out": sorted(desired.left_out), "usage": dict(desired.usage)}
        if any(beside.values()):
            yield canonical([desired.kind.name, desired.name, desired.sid, beside])


def _beside(loaded: Manifests, country: Country | None) -> Iterable[bytes]:
    """Yields contact lists and registered templates; what a calendar holds stands in the manifests that name it."""
    for kind in companion_kinds() if loaded.companions else ():
        for companion in loaded.companions.get(kind.name, ()):
            if isinstance(companion, ContactList):
                yield from _list(companion, country)
            else:
                yield canonical([kind.name, dict(kind.settings(companion))])


def _list(contact_list: ContactList, country: Country | None) -> Iterable[bytes]:
    """Yields whoever is declared, and, where somebody is left out, whoever is left."""
    suppression = contact_list.suppression
    sources = [it.written(country) for it in suppression.sources] if suppression else []
    name, labels = contact_list.name, contact_list.labels
    yield canonical_list(name, labels, members_of(contact_list.as_written, country), sources)
    if suppression:
        yield canonical_list(name, labels, members_of(contact_list, country))


def _settings(project: ProjectFile, environment: Environment, shared: SharedInputs) -> dict[str, object]:
    """Returns those of the environment, over which the project's lie already, and those that the project alone has."""
    own = {name: value for name, value in environment._asdict().items() if name not in _APART}
    rules = [(it.rule, it.kind, it.level, shared.rule_files.get(it.file)) for it in environment.rule_files]
    sources = [it.written(environment.country) for it in project.suppress]
    return {
        **own,
        "rules": sorted(map(repr, rules)),
        "max_changes": project.max_changes,
        "prune": project.prune,
        "suppress": (sources, shared.suppressed.get(environment.country)),
    }
