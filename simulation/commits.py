"""Describes one commit of a team's repository: its manifests, whom each of them means, and the files as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import starmap

from simulation.dates import NO_HOLIDAYS, Holidays, dated
from simulation.manifests import Manifest, list_document

SUPPRESSED = "do-not-call.csv"
CALENDAR = "calendars/in.yaml"
ACCOUNTS = "accounts/all.yaml"
ACCOUNT_OF = {"north": "acme1", "south": "acme2", "east": "acme3"}
"""The accounts of environments, where there are several."""


@dataclass(frozen=True)
class Commit:
    """Holds files by path, each with its documents.

    `broken` are files that nobody can read, as they stand; `suppressed` are those whom the project calls no more;
    `selects` says of each of several environments which regions it takes; `dated` is when it was made by its
    author's machine, None where nobody uses git.
    """

    number: int
    says: str
    files: Mapping[str, tuple[Manifest, ...]] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    suppressed: frozenset[str] = frozenset()
    holidays: Holidays = NO_HOLIDAYS
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    selects: Mapping[str, str] = field(default_factory=dict)
    dated: float | None = None

    @property
    def written(self) -> tuple[Manifest, ...]:
        """Returns all manifests, in the order of their files."""
        return tuple(one for path in sorted(self.files) for one in self.files[path])

    @cached_property
    def manifests(self) -> tuple[Manifest, ...]:
        """Returns the same, each to those whom it may call, and of what repeats each date."""
        return tuple(
            replace(it, people=tuple(who for who in it.people if who not in self.suppressed))
            for one in map(self._chosen, self.written)
            for it in one.occurrences(self.holidays)
        )

    @cached_property
    def pins(self) -> frozenset[str]:
        """Returns the SIDs that its manifests pin."""
        return frozenset(it.sid for it in self.written if it.sid)

    def of(self, environment: str) -> Commit:
        """Returns what of it is of one environment; all of it where there is but one."""
        if environment not in self.selects:
            return self
        if environment not in self._views:
            taken = {
                path: tuple(it for it in them if selects(self.selects[environment], it.region))
                for path, them in self.files.items()
            }
            self._views[environment] = replace(self, files=taken, selects={})
        return self._views[environment]

    @cached_property
    def _views(self) -> dict[str, Commit]:
        return {}

    def _chosen(self, one: Manifest) -> Manifest:
        """Returns a manifest for those of its people whom it takes, without those whom another one does."""
        if one.list_name:
            return replace(one, people=self.lists.get(one.list_name, ()))
        if not one.take and not one.rest_of:
            return one
        others = (it for it in self.written if (it.kind, it.name) == ("voice", one.rest_of))
        theirs = {who for it in others for who in it.chosen}
        people = tuple(who for who in one.chosen if who not in theirs)
        return replace(one, people=people, declared=one.people)

    def repeating(self, kind: str, name: str) -> Manifest | None:
        """Returns the manifest that a name with a date is reserved to: its own names, and those that it had."""
        found = dated(name)
        mine = (it for it in self.written if it.repeat is not None and it.kind == kind)
        return found and next((it for it in mine if found[0] in (it.name, it.previous_name)), None)

    def texts(self) -> dict[str, str]:
        """Returns every file as it is written; a list of numbers beside each manifest that has one."""
        texts = dict(self.broken)
        if self.suppressed:
            texts[SUPPRESSED] = "number\n" + "".join(f"{it}\n" for it in sorted(self.suppressed))
        if self.selects:
            texts[ACCOUNTS] = "---\n".join(starmap(environment_document, self.selects.items()))
        for name, people in self.lists.items():
            texts[f"campaigns/list-{name}.yaml"] = list_document(name, people)
        for path, manifests in self.files.items():
            documents = []
            for place, one in enumerate(manifests):
                numbers = f"{path.removesuffix('.yaml')}-{place}.csv"
                up = "../" * path.count("/")
                documents.append(one.document(numbers.rpartition("/")[2], up + CALENDAR))
                if one.repeat is not None and one.repeat.calendar:
                    texts[CALENDAR] = self.holidays.document()
                if one.from_file:
                    texts[numbers] = "number\n" + "".join(f"{it}\n" for it in one.people)
            texts[path] = "---\n".join(documents)
        return texts


def selects(selector: str, region: str) -> bool:
    """Tells whether an environment takes what is of a region: `region=north`, or `region!=north`."""
    unequal = "!=" in selector
    return (selector.rpartition("=")[2] == region) is not unequal


def environment_document(environment: str, selector: str) -> str:
    """Writes an environment in a file of its own."""
    return (
        f"apiVersion: campaignctl/v1\nkind: Environment\nmetadata: {{name: {environment}}}\n"
        f'spec: {{account_sid: {ACCOUNT_OF[environment]}, select: "{selector}"}}\n'
    )
