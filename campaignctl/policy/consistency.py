"""Checks what a manifest's fields say together, and what manifests say to one another: what no schema can check.

Nothing here depends on the clock. A field that a manifest does not declare is checked only where the campaign has
no other source for it: a pinned one keeps what is live.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import timedelta
from functools import cache, partial
from typing import Final

from campaignctl.diagnostics import Severity, SpecFinding, quoted
from campaignctl.kinds import KINDS
from campaignctl.kinds.table import Field, Kind, Role, Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Prune
from campaignctl.model.usage import longest_below_talk
from campaignctl.model.windows import instant
from campaignctl.policy.doubts import doubts, look_alikes

_VARIABLE: Final = r"@@\w+"


def faults(desired: Desired, unread: Set[str] = frozenset()) -> Iterator[SpecFinding]:
    """Yields what is wrong with one manifest, and what is doubtful.

    Nothing is said that rests on the fields that are `unread`, being faulty.
    """
    for check, fields in _checks_of(desired.kind):
        if not unread or unread.isdisjoint(fields):
            yield from check(desired)
    yield from doubts(desired)


def conflicts(manifests: Sequence[Desired], prune: Prune | None) -> Iterator[tuple[Desired, SpecFinding]]:
    """Yields what is wrong with a manifest among all of its project; each of those that clash is named."""
    unpinned = [desired for desired in manifests if desired.sid is None]
    yield from _not_unique(_clashing_names(manifests), "metadata.name", "the name {}")
    yield from _not_unique(_grouped(manifests, lambda it: it.sid), "metadata.sid", "the SID {}")
    yield from _not_unique(
        _grouped(unpinned, lambda it: it.previous_name), "metadata.previous_name", "the previous name {}"
    )
    yield from look_alikes(manifests)
    yield from _still_in_use(manifests)
    if prune is not None:
        for desired in unpinned:
            if not (desired.name or "").startswith(prune.name_prefix):
                prefix = quoted(prune.name_prefix)
                message = f"the name must begin with {prefix}, the prefix of prune, or a sid must pin it"
                yield desired, SpecFinding("metadata.name", "name-prefix", message)


def _still_in_use(manifests: Sequence[Desired]) -> Iterator[tuple[Desired, SpecFinding]]:
    """Yields a previous name that another manifest has, at both: nobody can tell whose campaign that is."""
    renamed = [desired for desired in manifests if desired.previous_name is not None]
    called = _grouped(manifests, lambda it: it.name) if renamed else {}
    for desired in renamed:
        previous = desired.previous_name or ""
        for other in called.get((desired.kind.name, previous), ()):
            if other is desired:
                continue
            message = f"another {desired.kind.name} is called {quoted(previous)}: {other.where}; one of them is wrong"
            yield desired, SpecFinding("metadata.previous_name", "previous-name", message)
            message = (
                f"{quoted(previous)} is the previous_name of another {desired.kind.name}: {desired.where}"
            )
            yield other, SpecFinding("metadata.name", "previous-name", message)


_Groups = Mapping[tuple[str, str], Sequence[Desired]]


def _grouped(manifests: Iterable[Desired], word: Callable[[Desired], str | None]) -> _Groups:
    groups: dict[tuple[str, str], list[Desired]] = {}
    for desired in manifests:
        text = word(desired)
        if text is not None:
            groups.setdefault((desired.kind.name, text), []).append(desired)
    return groups


def _clashing_names(manifests: Iterable[Desired]) -> _Groups:
    """Groups the manifests whose names clash. Among pinned ones a name may repeat: the SIDs tell them apart."""
    return {
        key: group
        for key, group in _grouped(manifests, lambda it: it.name).items()
        if any(desired.sid is None for desired in group)
    }


def _not_unique(groups: _Groups, path: str, what: str) -> Iterator[tuple[Desired, SpecFinding]]:
    for (kind, text), group in groups.items():
        for desired in group if len(group) > 1 else ():
            other = next(it for it in group if it is not desired)
            message = f"{what.format(quoted(text))} stands in another {kind} too: {other.where}"
            yield desired, SpecFinding(path, "not-unique", message)


# -- one manifest ----------------------------------------------------------------------------------------------


_LONG_ENOUGH: Final = timedelta(minutes=max(kind.min_window_minutes for kind in KINDS.values()))
"""For every kind; hardly any window is shorter."""


def _window(desired: Desired) -> Iterator[SpecFinding]:
    """Checks that the end comes after the start, and for SMS two hours after it."""
    kind = desired.kind
    start, end = (
        _member(desired, kind.schedule.name, kind.start.name),
        _member(desired, kind.schedule.name, kind.end.name),
    )
    if not isinstance(start, str) or not isinstance(end, str):
        return
    window = instant(end) - instant(start)
    if window >= _LONG_ENOUGH:
        return
    path = f"{kind.schedule.name}.{kind.end.name}"
    if window <= timedelta(0):
        yield SpecFinding(path, "window", f"{kind.end.name} must be after {kind.start.name}")
    elif window < timedelta(minutes=kind.min_window_minutes):
        hours = kind.min_window_minutes // 60
        yield SpecFinding(
            path, "window", f"{kind.end.name} must be at least {hours} hours after {kind.start.name}"
        )


@cache
def _dynamic_row(kind: Kind) -> Field | None:
    """Returns the row that says whether its texts are filled in for each recipient."""
    return next((it for it in kind.fields if "dynamic" in it.choices), None)


def _dynamic(desired: Desired) -> Iterator[SpecFinding]:
    """Checks that a dynamic campaign fills its text from the rows of exactly one list."""
    row = _dynamic_row(desired.kind)
    field = row.name if row else ""
    if desired.spec.get(field) != "dynamic":
        return
    lists = desired.spec.get("lists")
    if isinstance(lists, Sequence) and len(lists) != 1:
        yield SpecFinding("lists", "dynamic", f"a dynamic campaign takes exactly one list, not {len(lists)}")
    if desired.spec.get("from"):
        yield SpecFinding("from", "dynamic", "a dynamic campaign takes one list and no numbers of its own")
    elif lists is None and desired.sid is None:
        yield SpecFinding(field, "dynamic", "a dynamic campaign takes exactly one list, in lists")


def _variables(desired: Desired) -> Iterator[SpecFinding]:
    """Checks that a text names no more variables than it may, and none where it is the same for all."""
    dynamic = _dynamic_row(desired.kind)
    for field in desired.kind.in_role(Role.CONTENT):
        text = desired.spec.get(field.name)
        if not isinstance(text, str) or "@@" not in text:
            continue
        used = set(re.findall(_VARIABLE, text))
        most = field.most_variables
        if most is not None and len(used) > most:
            yield SpecFinding(field.name, "variables", f"{len(used)} variables are too many, {most} at most")
        if used and dynamic and desired.sid is None and desired.spec.get(dynamic.name) in (None, "static"):
            message = f"{min(used)} stays as it is in a static campaign; {dynamic.name}: dynamic fills it in"
            yield SpecFinding(field.name, "variables", message, Severity.WARN)


def _retries(desired: Desired) -> Iterator[SpecFinding]:
    """Checks that retries come with their interval: the API refuses them without.

    A pinned campaign may have its own.
    """
    retries = desired.spec.get("retries")
    if not isinstance(retries, Mapping) or retries.get("interval_mins") is not None:
        return
    left_to_live = desired.sid is not None and "interval_mins" not in retries
    if retries.get("number_of_retries") is not None and not left_to_live:
        yield SpecFinding("retries", "needs", "number_of_retries needs interval_mins")


_NEEDS: Final = (("throttle", "mode", "custom"), ("repeat_menu_attempts", "flow_type", "ivr"))
"""A field, and the word another one must have with it [004]."""


def _companion(name: str, other: str, word: str, desired: Desired) -> Iterator[SpecFinding]:
    """Finds a field that means something only beside a certain word of another."""
    undeclared = other not in desired.spec and desired.sid is not None
    if desired.spec.get(name) and desired.spec.get(other) != word and not undeclared:
        yield SpecFinding(name, "needs", f"{name} needs {other}: {word}")


_SENDERS: Final = {"transactional": ("[A-Za-z]+", "letters only"), "promotional": ("[0-9]+", "digits only")}
"""What a sender id is made of, by `sms_type` [001, 003]."""


def _sender(desired: Desired) -> Iterator[SpecFinding]:
    sender, sms_type = desired.spec.get("sender_id"), desired.spec.get("sms_type")
    if not isinstance(sender, str) or not isinstance(sms_type, str):
        return
    kind = sms_type.lower().removesuffix("_opt_in")
    pattern, words = _SENDERS.get(kind, (".*", ""))
    if not re.fullmatch(pattern, sender):
        message = f"the sender_id of a {kind} campaign is {words}, not {quoted(sender)}"
        yield SpecFinding("sender_id", "sender", message)


def _renaming(desired: Desired) -> Iterator[SpecFinding]:
    if desired.previous_name is not None and desired.previous_name == desired.name:
        yield SpecFinding(
            "metadata.previous_name", "previous-name", "previous_name is the name itself; remove it"
        )


_TYPES: Final = ("campaign_type", "content_type")


def _usage(desired: Desired) -> Iterator[SpecFinding]:
    message = longest_below_talk(desired.usage) if desired.usage else None
    if message and desired.usage.get("talk") is not None:
        yield SpecFinding("metadata.usage.longest_talk", "limit", message)


_CHECKS: Final[tuple[tuple[Callable[[Desired], Iterator[SpecFinding]], Sequence[str]], ...]] = (
    (_window, ("schedule",)),
    (_dynamic, (*_TYPES, "lists", "from", "from_file")),
    (_variables, (*_TYPES, "template", "read_via_text")),
    (_retries, ("retries",)),
    *((partial(_companion, *row), row[:2]) for row in _NEEDS),
    (_sender, ("sender_id", "sms_type")),
    (_renaming, ()),
    (_usage, ()),
)
"""Each with the fields of the spec that it looks at."""


@cache
def _checks_of(kind: Kind) -> Sequence[tuple[Callable[[Desired], Iterator[SpecFinding]], Sequence[str]]]:
    """Returns those that look at a field of the kind, or at none."""
    return [
        (check, fields)
        for check, fields in _CHECKS
        if not fields or not kind.by_name.keys().isdisjoint(fields)
    ]


def _member(desired: Desired, outer: str, inner: str) -> Value:
    value = desired.spec.get(outer)
    if value.__class__ is not dict and not isinstance(value, Mapping):
        return None
    return value.get(inner)
