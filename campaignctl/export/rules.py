"""Decides which live campaigns an export writes, which of them a name alone would not find again, and in which
files.

Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from campaignctl.diagnostics import Position, Severity
from campaignctl.kinds.lifecycle import ALIVE, FINISHED, Status
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.model.environment import Environment, Prune
from campaignctl.planning.terms import document_start
from campaignctl.policy import RULES, Beside, Policies, check_manifest, copies_among

_LONGEST_STEM: Final = 60
_STRANGE: Final = re.compile(r"[^A-Za-z0-9_-]+")
_RESERVED: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Names that Windows keeps for devices."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Says what is exported: campaigns of these statuses, without any the alive; whose names hold a text, in any
    letter case.
    """

    statuses: frozenset[Status] = frozenset()
    part: str = ""

    @property
    def past(self) -> bool:
        """Tells whether more than the alive must be read."""
        return not self.statuses <= ALIVE

    def takes(self, live: Live) -> bool:
        """Tells whether the campaign is meant."""
        statuses = self.statuses or ALIVE
        return live.status in statuses and self.part.casefold() in live.name.casefold()

    @property
    def nothing(self) -> str:
        """Says that no campaign is meant, and where others may be."""
        if self.statuses:
            return "nothing matched"
        rest = ",".join(status for status in Status if status in FINISHED)
        return f"nothing matched: only what is alive was looked at, --status {rest} looks at the rest"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Holds a campaign to export. `alone` says that its name certainly means it and no other."""

    live: Live
    alone: bool


def candidates(listings: Mapping[str, Listing], wanted: Wanted) -> tuple[Candidate, ...]:
    """Returns the candidates by kind, name and age.

    In a list that is not complete nobody knows whether a name is alone.
    """
    found = []
    for _, listing in sorted(listings.items()):
        namesakes = Counter(live.name for live in listing.campaigns)
        mine = sorted(
            (it for it in listing.campaigns if wanted.takes(it)), key=lambda it: (it.name, it.age_key)
        )
        found += [Candidate(live, listing.complete and namesakes[live.name] == 1) for live in mine]
    return tuple(found)


def must_pin(candidate: Candidate, prune: Prune | None, taken: Collection[tuple[str, str]]) -> bool:
    """Tells whether a pin is needed where the name does not do: it is not alone, lacks the project's prefix, or
    another manifest has it.
    """
    live = candidate.live
    prefixed = prune is None or live.name.startswith(prune.name_prefix)
    return not candidate.alone or not prefixed or (live.kind.name, live.name) in taken


def spared(campaigns: Iterable[Live], environment: Environment, now: datetime) -> frozenset[str]:
    """Returns the SIDs of those that break a rule which a pin is spared: what an export writes is what `validate`
    accepts.
    """
    policies = Policies.of(environment)
    manifests = {live.sid: Desired(live.kind, live.spec, Position(live.sid)) for live in campaigns}
    beside = Beside(copies=copies_among(manifests.values(), environment, now))
    return frozenset(
        sid
        for sid, desired in manifests.items()
        for finding in check_manifest(desired, policies, now, document_start, beside)
        if RULES[finding.rule].spares_adopted and finding.severity is Severity.ERROR
    )


@dataclass(frozen=True, slots=True)
class TargetFile:
    """Says in which file a campaign's manifest is to stand.

    `manager` is the manifest that means it already; it is `rewritten` where that file holds it and nothing else.
    """

    live: Live
    file: str
    manager: Desired | None
    rewritten: bool

    @property
    def elsewhere(self) -> Desired | None:
        """Returns the manifest that means the campaign elsewhere: another would be a second one."""
        return None if self.rewritten else self.manager


def places(
    campaigns: Sequence[Live], manifests: Sequence[Desired], here: Mapping[str, Sequence[Desired]]
) -> Iterator[TargetFile]:
    """Yields a file for each, named after it: letters, digits and hyphens, so that it leads nowhere; equal names
    are numbered.

    `here` has the manifests of each file that the directory holds now. What means another campaign keeps its file,
    and a campaign keeps the number that its own file has. Letter case does not tell files apart on every machine.
    """
    used = {file.lower() for file in here}
    own = {id(held[0]): file for file, held in here.items() if len(held) == 1}
    managers = _managers(campaigns, manifests)
    last = Counter[str]()
    for live in campaigns:
        kind = live.kind.name
        manager = managers.get((kind, "sid", live.sid)) or managers.get((kind, "name", live.name))
        stem, kept = file_stem(live), own.get(id(manager), "")
        if re.fullmatch(rf"{re.escape(stem)}(-\d+)?\.yaml", kept):
            yield TargetFile(live, kept, manager, rewritten=True)
        else:
            yield TargetFile(live, _free(stem, used, last), manager, rewritten=False)


def _managers(campaigns: Iterable[Live], manifests: Iterable[Desired]) -> dict[tuple[str, str, str], Desired]:
    """Returns the manifests by kind and SID, else by kind and name: the name that they had, where none has theirs
    yet.
    """
    taken = {(live.kind.name, live.name) for live in campaigns}
    managers: dict[tuple[str, str, str], Desired] = {}
    for it in manifests:
        kind, name = it.kind.name, it.name or ""
        old = it.previous_name if (kind, name) not in taken else None
        managers.setdefault((kind, "sid", it.sid) if it.sid else (kind, "name", old or name), it)
    return managers


def _free(stem: str, used: set[str], last: Counter[str]) -> str:
    """Returns the next file of that name which nothing has; `last` are the numbers that are used up."""
    while True:
        last[stem.lower()] += 1
        number = last[stem.lower()]
        file = f"{stem}.yaml" if number == 1 else f"{stem}-{number}.yaml"
        if file.lower() not in used:
            used.add(file.lower())
            return file


def file_stem(live: Live) -> str:
    """Makes a file's stem: `Diwali/offer 100%` becomes `Diwali-offer-100`."""
    plain = unicodedata.normalize("NFKD", live.name).encode("ascii", "ignore").decode()
    stem = _STRANGE.sub("-", plain).strip("-_")[:_LONGEST_STEM].rstrip("-_")
    if not stem or stem.lower() in _RESERVED:
        return f"{live.kind.short}-{stem or 'campaign'}"
    return stem
