"""Reads whom manifests leave out, and leaves them out: `suppress` of the project and of its campaigns.

A source that cannot be read is a mistake, never nobody. What sources hold is people's: no message quotes a line of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from campaignctl.diagnostics import Diagnostic, Position, counted, did_you_mean, error, quoted
from campaignctl.kinds.countries import Country
from campaignctl.kinds.manifest import SUPPRESSED_NUMBERS
from campaignctl.manifests.files import UnreadableFileError, read_inside
from campaignctl.manifests.numbers import BadLine, read_numbers
from campaignctl.manifests.places import locate, locate_field, locate_row
from campaignctl.model.campaigns import Desired, by_kind_and_name, given_lists
from campaignctl.model.environment import ProjectFile
from campaignctl.model.suppression import Suppression, SuppressionSource
from campaignctl.model.values import canonical_numbers, texts
from campaignctl.recipients.leaving_out import leave_out
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.contact_lists.contact_list import ContactList

RULE: Final = "suppress"
NEEDS_COUNTRY: Final = "needs-country"
Locate: TypeAlias = Callable[[str], Position]
"""Where a dotted path of a manifest stands."""
Place: TypeAlias = Callable[[int], Position]
Subject: TypeAlias = "Desired | ContactList"
"""Whose people are left out: of a campaign, or of a list."""

_MOST_FAULTS: Final = 20
_PLAIN_FILE: Final = re.compile(r"(?:number\r?\n)?(?:\+[0-9]{7,15}\r?\n)*+(?:\+[0-9]{7,15})?", re.ASCII)
"""One E.164 number a line: most files of a million are, and are taken in one go."""


class People(NamedTuple):
    """Holds whom a source holds, as it writes them, and what is wrong with it.

    `unread`: its file could not be read.
    """

    numbers: Sequence[str] = ()
    faults: tuple[Diagnostic, ...] = ()
    unread: bool = False


class Named(NamedTuple):
    """Holds manifests and lists before anybody is left out, as sources name them."""

    manifests: Sequence[Desired]
    lists: Sequence[ContactList] = ()


class SuppressedManifests(NamedTuple):
    """Holds manifests without those who are left out, what is wrong with each, and with the project's own sources;
    the same of `lists`.

    `complete` is False where a source could not be read.
    """

    desired: Mapping[int, Desired]
    faults: tuple[tuple[Desired, Diagnostic], ...]
    of_project: tuple[Diagnostic, ...]
    complete: bool
    lists: Mapping[int, ContactList] = MappingProxyType({})
    list_faults: tuple[tuple[ContactList, Diagnostic], ...] = ()


def suppress(
    project: ProjectFile,
    manifests: Sequence[Desired],
    country: Country | None,
    complete: bool,
    lists: Sequence[ContactList] = (),
    named: Named | None = None,
) -> SuppressedManifests:
    """Returns, by identity, each manifest with the recipients that are left.

    `complete`: all manifests could be read. `named` is what sources mean that name a campaign, where that was read
    again since; without it they mean these very manifests and lists.
    """
    return _Suppressing(project, manifests, country, complete, lists, named).run()


def suppression_of_project(project: ProjectFile, country: Country | None) -> Suppression | None:
    """Returns whom the project leaves out of every campaign; None where a source of its own cannot be relied on."""
    people, faults = _Suppressing(project, (), country, complete=True).shared()
    return None if faults else Suppression((people,), country, project.suppress)


class _Suppressing:
    """Reads all sources once, each file once."""

    def __init__(
        self,
        project: ProjectFile,
        manifests: Sequence[Desired],
        country: Country | None,
        complete: bool,
        lists: Sequence[ContactList] = (),
        named: Named | None = None,
    ) -> None:
        self.root = Path(project.root).resolve()
        self.project = project
        self.manifests = manifests
        self.country = country
        self.all_read = complete
        self.files: dict[str, People] = {}
        self.complete = True
        named = named or Named(manifests, lists)
        self.by_name = by_kind_and_name(named.manifests)
        self.all_lists, self.lists = lists, {it.name: it for it in named.lists}

    def run(self) -> SuppressedManifests:
        shared, of_project = self.shared()
        found: dict[int, Desired] = {}
        faults: list[tuple[Desired, Diagnostic]] = []
        for desired in self.manifests:
            wrong, own = self._own(desired)
            if (own or shared) and desired.kind.numbers:
                numbers = texts(desired.spec.get("from"))
                wrong += self._in_one_spelling(numbers, partial(self._at_number, desired))
                if not wrong and not of_project:
                    found[id(desired)] = leave_out(desired, self._suppression(desired, shared, own))
            faults += ((desired, each) for each in wrong)
        lists, list_faults = self._of_lists(shared, bool(of_project))
        return SuppressedManifests(
            found, tuple(faults), tuple(of_project), self.complete, lists, tuple(list_faults)
        )

    def _of_lists(
        self, shared: Collection[str], unsure: bool
    ) -> tuple[dict[int, ContactList], list[tuple[ContactList, Diagnostic]]]:
        found: dict[int, ContactList] = {}
        faults: list[tuple[ContactList, Diagnostic]] = []
        for each in self.all_lists:
            wrong, own = self._of_sources(each)
            if own or shared:
                wrong += self._in_one_spelling(each.numbers, partial(locate_row, self.root, each))
                if not wrong and not unsure:
                    from campaignctl.contact_lists.members import without_people

                    suppression = self._suppression(each, shared, own)
                    found[id(each)] = without_people(each, suppression, partial(self._in_order, each))
            faults += ((each, fault) for fault in wrong)
        return found, faults

    def _at_number(self, desired: Desired, place: int) -> Position:
        return locate_field(self.root, desired, f"from.{place}")

    # -- the sources ---------------------------------------------------------------------------------------

    def shared(self) -> tuple[Collection[str], list[Diagnostic]]:
        """Returns the project's own people: an empty file is a mistake there, whatever its header says."""
        people, faults = set[str](), list[Diagnostic]()
        where = Position(self.project.file or "")
        for source in self.project.suppress:
            found = self._read(source, None, lambda path: locate(self.root, where, 0, path))
            if not (found.numbers or found.faults):
                at = locate(self.root, where, 0, source.path)
                found = People(faults=(error(RULE, at, "it holds nobody, so nobody would be left out"),))
            people.update(canonical_numbers(found.numbers, self.country))
            faults += found.faults
            self.complete = self.complete and not found.unread
        return people, faults

    def _suppression(
        self, subject: Subject, shared: Collection[str], own: Mapping[str, Collection[str]]
    ) -> Suppression:
        people = [some for some in (shared, own.get("", ())) if some]
        campaigns = tuple(name for name in own if name)
        sources = (*self.project.suppress, *subject.suppress)
        return Suppression((*people, *(own[name] for name in campaigns)), self.country, sources, campaigns)

    def _in_order(self, subject: Subject) -> Iterator[Sequence[str]]:
        """Returns whom each source holds, in its order and by the country's rule. All of them have been read."""
        for source in (*self.project.suppress, *subject.suppress):
            if source.file is not None:
                numbers = self.files[source.file].numbers
            else:
                other = self.by_name.get(source.campaign or "")
                numbers = self._declared(other) if other else source.numbers
            yield canonical_numbers(numbers, self.country)

    def _own(self, desired: Desired) -> tuple[list[Diagnostic], Mapping[str, Collection[str]]]:
        if desired.suppress and (desired.spec.get("lists") or not texts(desired.spec.get("from"))):
            return [self._without_numbers(desired)], {}
        return self._of_sources(desired)

    def _of_sources(self, subject: Subject) -> tuple[list[Diagnostic], Mapping[str, Collection[str]]]:
        """Returns the people of a subject's own sources: those of each campaign by KIND/NAME, all others under the
        empty name.
        """
        people, faults = dict[str, set[str]](), list[Diagnostic]()
        for source in subject.suppress:
            found = self._read(source, subject, partial(self._at, subject))
            held = people.setdefault(source.campaign or "", set())
            held.update(canonical_numbers(found.numbers, self.country))
            faults += found.faults
            self.complete = self.complete and not found.unread
        return faults, people

    def _without_numbers(self, desired: Desired) -> Diagnostic:
        if desired.spec.get("lists"):
            message = (
                "who is in a list of the account is not known here; declare its people as a ContactList with suppress "
                "of its own, and name that"
            )
        else:
            message = "it stands beside from or from_file, whose people it leaves out"
        return error(RULE, self._at(desired, RULE), f"suppress: {message}")

    def _at(self, subject: Subject, path: str) -> Position:
        return locate(self.root, subject.where, subject.document, path)

    def _read(self, source: SuppressionSource, subject: Subject | None, at: Locate) -> People:
        """Reads whom a source holds, and every mistake: missing people, spellings, numbers that cannot exist."""
        if source.file is not None:
            found = self._of_file(source, at, subject)
        elif source.campaign is not None and subject is not None:
            found = self._of_campaign(source, subject, at)
        else:
            found = self._checked(source.numbers, lambda place: at(f"{source.path}.numbers.{place}"))
        if not found.faults and source.at_least is not None and len(found.numbers) < source.at_least:
            named = f"from_file {quoted(source.file)}: " if source.file is not None else ""
            has = f"it holds {counted(len(found.numbers), 'number')}, and at_least says {source.at_least:,}"
            fault = error(
                RULE, at(source.path), f"{named}{has}: a file that was cut must not be taken for all"
            )
            return found._replace(faults=(fault,))
        return found

    def _of_file(self, source: SuppressionSource, at: Locate, subject: Subject | None) -> People:
        file = source.file or ""
        if file not in self.files:
            self.files[file] = self._file(file, self._home(subject))
        found = self.files[file]
        where = at(f"{source.path}.from_file")
        return found._replace(
            faults=tuple(it if it.where.file else it._replace(where=where) for it in found.faults)
        )

    def _home(self, subject: Subject | None) -> Path:
        """Returns the directory that files must not lead out of.

        A manifest outside of the project was chosen by whoever runs the command.
        """
        outside = subject is not None and subject.where.file.startswith("../")
        return (self.root / subject.where.file).parent if outside and subject else self.root

    def _file(self, file: str, home: Path) -> People:
        """Reads a file. Faults of the complete file have no place yet: each source that names it has its own."""
        nowhere, named = Position(""), f"from_file {quoted(file)}"
        try:
            text = read_inside(self.root / file, home)
        except UnreadableFileError as unreadable:
            fault = error(unreadable.rule, nowhere, f"{named}: {unreadable.message}")
            return People(faults=(fault,), unread=True)
        if not text.strip():
            return People(faults=(error(RULE, nowhere, f"{named}: it is empty, which is not nobody"),))
        if _PLAIN_FILE.fullmatch(text):
            numbers: Sequence[str] = text.removeprefix("number").split()
        else:
            read = read_numbers(SUPPRESSED_NUMBERS, text)
            if read.bad_lines:
                return People(faults=tuple(_at_line(file, bad) for bad in read.bad_lines))
            numbers = read.numbers
        return self._checked(numbers, partial(self._line_of, file))

    def _line_of(self, file: str, place: int) -> Position:
        from campaignctl.manifests.numbers import place_of

        return Position(file, *place_of(self.root / file, place))

    def _of_campaign(self, source: SuppressionSource, subject: Subject, at: Locate) -> People:
        """Returns what that manifest declares, or the lists that it names, before their own suppression."""
        name = source.campaign or ""
        other = self.by_name.get(name)
        declared = self._declared(other) if other else ()
        message = ""
        if other is None:
            unsure = "" if self.all_read else " (or its file has a mistake)"
            message = (
                f"no manifest is called {quoted(name)}{unsure}{did_you_mean(name, self.by_name)}; keep a campaign's "
                "manifest until this one is over"
            )
        elif other is subject:
            message = "it names this very campaign"
        elif self._leads_back(other, subject, set()):
            message = f"{quoted(name)} leaves out people of this one itself: that goes round in a circle"
        elif not declared:
            message = f"{quoted(name)} goes to lists of the account, and who is in them is not known here"
        if message or other is None:
            return People(faults=(error(RULE, at(f"{source.path}.campaign"), f"campaign: {message}"),))
        return self._checked(
            declared, lambda _: at(f"{source.path}.campaign"), partial(self._in_other, other)
        )

    def _declared(self, desired: Desired) -> Sequence[str]:
        """Returns whom a manifest declares: nobody where it goes to a list of the account, too, since who is in
        that is not known here.
        """
        if not desired.spec.get("lists"):
            return texts(desired.declares)
        several = self._lists_of(desired)
        if not several or None in several:
            return ()
        return [*texts(desired.declares), *(number for it in several if it for number in it.numbers)]

    def _in_other(self, desired: Desired, place: int) -> Position:
        """Returns where one of those stands whom `_declared` has."""
        own = len(texts(desired.declares))
        if place < own:
            return self._at_number(desired, place)
        place -= own
        for each in filter(None, self._lists_of(desired)):
            if place < len(each.numbers):
                return locate_row(self.root, each, place)
            place -= len(each.numbers)
        return desired.where

    def _lists_of(self, desired: Desired) -> list[ContactList | None]:
        """Returns the lists that a manifest is sent to; None for one that is not the project's."""
        return [self.lists.get(getattr(it, "name", "")) for it in given_lists(desired)]

    def _leads_back(self, here: Subject, goal: Subject, seen: set[int]) -> bool:
        seen.add(id(here))
        following: list[Subject | None] = [self.by_name.get(it.campaign or "") for it in here.suppress]
        if isinstance(here, Desired) and here.spec.get("lists"):
            following += self._lists_of(here)
        return any(
            it is goal or self._leads_back(it, goal, seen) for it in following if it and id(it) not in seen
        )

    # -- what they hold ------------------------------------------------------------------------------------

    def _checked(self, numbers: Sequence[str], at: Place, spelt_at: Place | None = None) -> People:
        """Checks numbers: one that cannot exist is somebody else's, mistyped, and nobody would be left out for it.

        `spelt_at` is where each number stands, `at` where it is told that there is none such.
        """
        from campaignctl.policy.numbering import flaws  # with the world's numbers

        found = [(place, f"this number cannot exist: {why}") for place, why in flaws(numbers, self.country)]
        faults = [error(RULE, at(place), message) for place, message in found[:_MOST_FAULTS]]
        if len(found) > _MOST_FAULTS:
            place = found[_MOST_FAULTS][0]
            more = counted(len(found) - _MOST_FAULTS, "more number")
            faults.append(error(RULE, at(place), f"{more} cannot exist; this is the first of them"))
        return People(numbers, (*faults, *self._in_one_spelling(numbers, spelt_at or at)))

    def _in_one_spelling(self, numbers: Iterable[str], at: Place) -> list[Diagnostic]:
        """Checks that numbers are in one spelling: without a country nobody can tell that two spellings are one
        person.
        """
        if self.country is not None:
            return []
        first = next((place for place, number in enumerate(numbers) if number[:1] != "+"), None)
        if first is None:
            return []
        message = (
            "without a country a number that does not begin with + may be somebody who is left out, spelt otherwise; "
            "set country in the environment, or write every number with +"
        )
        return [error(NEEDS_COUNTRY, at(first), message)]


def _at_line(file: str, bad: BadLine) -> Diagnostic:
    return error(bad.rule, Position(file, bad.line), bad.message)
