"""Checks manifests by a project's own rules. `jsonschema` is imported where one of them has to be asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Final

from campaignctl.custom_rules.limits import SECONDS_A_MANIFEST, LimitExceededError, TooLongTextError, at_most
from campaignctl.custom_rules.rule_file import (
    CheckedManifest,
    DeclaredManifest,
    OwnRule,
    RuleFile,
    RuleMistake,
    plain_check,
)
from campaignctl.kinds.table import Value
from campaignctl.parallel import parallel_map

LIMIT: Final = "schema-limit"
_PORTION: Final = 100
"""Manifests that may take as long together as `jsonschema` may with one."""


def mistakes_in(rule_file: RuleFile) -> list[RuleMistake]:
    """Returns what is wrong in a rule file; nothing where it can be used."""
    if plain_check(rule_file) is not None:
        return []
    from campaignctl.custom_rules.compiling import compiled

    found = compiled(rule_file)
    return found if isinstance(found, list) else []


def check_all(
    rules: Sequence[OwnRule], manifests: Sequence[DeclaredManifest], ends: float
) -> list[CheckedManifest]:
    """Checks each manifest by the rules of its kind: those that do not plainly satisfy them by `jsonschema`, some in
    copies of the process.

    `ends` is when all of them together must be done, by the machine's monotonic clock. After that nothing more is
    looked at.
    """
    checked = list[CheckedManifest]()
    plain = _plain(rules, manifests, ends)
    judged = _judged(rules, [it for it, met in zip(manifests, plain, strict=True) if not met], ends)
    for met in plain:
        made = CheckedManifest(()) if met else next(judged)
        checked.append(made)
        if made.limit is not None and monotonic() >= ends:
            break
    return checked


def _plain(rules: Sequence[OwnRule], manifests: Sequence[DeclaredManifest], ends: float) -> list[bool]:
    """Tells of each manifest whether it plainly satisfies the rules of its kind; nothing is plain any more once some
    took too long.
    """
    told = list[bool]()
    with suppress(LimitExceededError):
        for begin in range(0, len(manifests), _PORTION):
            with at_most(min(SECONDS_A_MANIFEST, ends - monotonic()), "jsonschema says which"):
                for kind, declared in manifests[begin : begin + _PORTION]:
                    told.append(_is_plain(rules, kind, declared))
    return [*told, *(False for _ in manifests[len(told) :])]


def _is_plain(rules: Sequence[OwnRule], kind: str, declared: Mapping[str, Value]) -> bool:
    checks = [plain_check(rule.schema) for rule in rules if rule.kind in (None, kind)]
    try:
        return all(check is not None and check(declared) for check in checks)
    except TooLongTextError:
        return False


def _judged(
    rules: Sequence[OwnRule], manifests: Sequence[DeclaredManifest], ends: float
) -> Iterator[CheckedManifest]:
    if not manifests:
        return
    from campaignctl.custom_rules.judging import judged

    yield from parallel_map(partial(judged, rules, ends), manifests)
