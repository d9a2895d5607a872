"""Makes of the documents of an environment's files what a command works on: which of them are meant, and what is wrong,
with its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from campaignctl.diagnostics import (
    Diagnostic,
    Position,
    Severity,
    SpecFinding,
    error,
    has_errors,
    in_order,
    quoted,
    warning,
)
from campaignctl.kinds.countries import Country
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.manifests.documents import Document
from campaignctl.manifests.files import ManifestFile, files_under, shown_path
from campaignctl.manifests.places import locate, locate_field, locate_row
from campaignctl.manifests.taking import PassedOver, Taken, Taking, read_one
from campaignctl.model.campaigns import Desired, ListName, given_lists
from campaignctl.model.environment import Environment, ProjectFile
from campaignctl.model.selector import Selector
from campaignctl.parallel import parallel_map
from campaignctl.policy.consistency import conflicts
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.contact_lists.contact_list import ContactList
    from campaignctl.model.companions import Companion

NO_MANIFESTS: Final = "no-manifests"
"""What a warning is called about an environment that takes no manifest."""


class Manifests(NamedTuple):
    """Holds what a command works on.

    `desired` is all that could be read, of the complete project and under the paths; `selected` what was meant.
    `findings` are errors inside the selection and warnings outside. `complete` is False when something of the
    project could not be read: who is an orphan is then not known. `files` counts the files read; `empty_paths` are
    the paths of `manifests:` that hold no manifest, `used` the variables that manifests name. `companions` are the
    documents beside the campaigns, by their kind: all of the paths of `manifests:`, whatever is selected; of PATHS
    where there is no project file. `selected_companions` is where those of them stand that were meant, of the kinds
    that can be.
    """

    desired: tuple[Desired, ...]
    selected: tuple[Desired, ...]
    findings: tuple[Diagnostic, ...]
    complete: bool
    files: int
    empty_paths: tuple[str, ...] = ()
    used: frozenset[str] = frozenset()
    companions: Mapping[str, tuple[Companion, ...]] = MappingProxyType({})
    selected_companions: frozenset[Position] = frozenset()


class Loading:
    """Holds the state of one load: files found, documents read, findings."""

    def __init__(self, root: Path, taking: Taking, selector: Selector, environment: Environment) -> None:
        self.root, self.country = root.resolve(), environment.country
        self.taking, self.environment = taking, environment
        self.selector = selector
        self.passed_over: list[tuple[ManifestFile, PassedOver]] = []
        self.files: dict[str, ManifestFile] = {}
        self.held: dict[str, list[Taken]] = {}
        self.selected_files: set[str] = set()
        self.project_paths: list[tuple[str, frozenset[str]]] = []
        self.findings: list[Diagnostic] = []
        self.desired: list[Desired] = []
        self.faults: list[tuple[Desired, SpecFinding]] = []
        self.selected: dict[Position, Desired] = {}
        self.fruitful: set[str] = set()
        self.used: set[str] = set()
        self.complete = True
        self.companions: dict[str, list[tuple[Companion, bool]]] = {}
        self.beside: list[tuple[str, tuple[Diagnostic, ...]]] = []
        self.selected_companions: set[Position] = set()

    def add_project_path(self, path: str, project: ProjectFile) -> None:
        """Adds a path of `manifests:`. Whoever edits the project file must not lead out of the project."""
        target = Path(os.path.normpath(self.root / path))
        if not _is_there(target):
            where = self._setting(project, "manifests") if project.file else Position(path)
            self.findings.append(error("no-such-path", where, f"manifests: {quoted(path)} does not exist"))
            self.complete = False
            return
        self.project_paths.append((path, self._add(target, self.root)))

    def _setting(self, project: ProjectFile, name: str) -> Position:
        """Returns where one of the settings stands that say which manifests these are."""
        environment = self.environment
        if getattr(environment, name) is None:
            return locate(self.root, Position(project.file or ""), 0, name)
        place = project.places.get(environment.name)
        if place is None:
            return locate(
                self.root, Position(project.file or ""), 0, f"environments.{environment.name}.{name}"
            )
        return locate(self.root, Position(place.file), place.document, f"spec.{name}")

    def add_selected_path(self, path: str, cwd: Path) -> None:
        """Adds a path of the command line. It may lie outside of the project: whoever runs the command chose it."""
        target = Path(os.path.normpath(cwd / path))
        if not _is_there(target):
            message = f"{quoted(path)} does not exist"
            self.findings.append(error("no-such-path", Position(shown_path(target, self.root)), message))
            return
        inside = target.resolve()
        if self.environment.has_own_manifests:
            found = {it.path for it in files_under(inside, self.root, self.root)}
            self.selected_files |= found & self.files.keys()
        elif inside.is_relative_to(self.root):
            self.selected_files |= self._add(inside, self.root)
        else:
            self.selected_files |= self._add(target, inside if inside.is_dir() else inside.parent)

    def _add(self, target: Path, home: Path) -> frozenset[str]:
        found = {file.path: file for file in files_under(target, self.root, home)}
        self.files = {**found, **self.files}
        return frozenset(found)

    def hold(self, file: ManifestFile, found: Taken) -> None:
        """Keeps what became of a document of a file until all files are read."""
        self.held.setdefault(file.path, []).append(found)

    def _take_held(self, everything: bool) -> None:
        """Takes the documents of all files, in the order of their paths."""
        for file in sorted(self.files.values(), key=lambda it: it.shown):
            for found in self.held.pop(file.path, ()):
                self._take_found(found, file, everything or file.path in self.selected_files)
        self._take_named_lists(everything)

    def _take_found(self, found: Taken, file: ManifestFile, inside: bool) -> None:
        if isinstance(found, PassedOver):
            self.fruitful.add(file.path)
            if found.list_name:
                self.passed_over.append((file, found))
        else:
            self._take(found, file.path, inside)

    def _take_named_lists(self, everything: bool) -> None:
        """Takes the contact lists whose own labels do not fit, and that a campaign names."""
        if not self.passed_over:
            return
        given = (it for desired in self.desired for it in given_lists(desired))
        named = {it.name for it in given if isinstance(it, ListName)}
        for file, passed_over in self.passed_over:
            if passed_over.name_for(self.taking) in named:
                inside = everything or file.path in self.selected_files
                self._take(read_one(file, passed_over.document, self.taking), file.path, inside)

    def _take(self, document: Document, path: str, inside: bool) -> None:
        self.used |= document.used
        if document.beside is not None:
            self._take_beside(document.beside, document, path, inside)
            return
        desired = document.desired
        if desired is not None:
            self.desired.append(desired)
            self.faults += ((desired, fault) for fault in document.faults)
            self.fruitful.add(path)
            if inside and self.selector.matches(desired.labels):
                self.selected[desired.where] = desired
            return
        self.complete = False
        meant = inside and (not document.labels or self.selector.matches(document.labels))
        self.findings += document.findings if meant else _aside(document.findings)

    def _take_beside(self, kind: str, document: Document, path: str, inside: bool) -> None:
        """Takes a document that is no campaign, and notes whether it is valid.

        Those of the project count, whatever PATHS and labels select.
        """
        from campaignctl.manifests.companions import COMPANIONS

        if COMPANIONS[kind]().selectable:
            self._take_selectable(document, path, inside)
        else:
            self.beside.append((kind, document.findings))
        ours = not self.project_paths or any(path in files for _, files in self.project_paths)
        if document.companion is not None and ours:
            valid = not has_errors(document.findings)
            self.companions.setdefault(kind, []).append((document.companion, valid))

    def _take_selectable(self, document: Document, path: str, inside: bool) -> None:
        """Takes a document that is selected as a campaign is; what is wrong with one that is not is told as needed,
        like that of the others.
        """
        companion = document.companion
        meant = inside and self.selector.matches(document.labels)
        self.fruitful.add(path)
        if meant and companion is not None:
            self.selected_companions.add(companion.place.where)
        if meant:
            self.findings += document.findings
        elif document.findings:
            self.beside.append((document.beside or "", document.findings))
        self.complete = self.complete and not has_errors(document.findings)

    def _add_companions_findings(self, project: ProjectFile) -> None:
        """Adds what is wrong with companions: it stops a selection that needs them, and is a warning to any other."""
        from campaignctl.manifests.companions import COMPANIONS, conflicts_among

        found = list(self.beside)
        for kind, companion, fault in conflicts_among(_companions(self.companions), project.prune):
            if companion.place.where in self.selected_companions:
                self.findings.append(self._of_companion(companion, fault))
                continue
            found.append((kind, (self._of_companion(companion, fault),)))
        needed = {name: any(map(COMPANIONS[name]().is_needed, self.selected.values())) for name, _ in found}
        for name, findings in found:
            self.findings += findings if needed[name] else map(_at_most_warned, findings)
            if has_errors(findings) and COMPANIONS[name]().all_or_none:
                self.companions.pop(name, None)

    def _of_companion(self, companion: Companion, fault: SpecFinding) -> Diagnostic:
        place = companion.place
        where = locate(self.root, place.where, place.document, fault.path)
        return Diagnostic(fault.severity, fault.rule, where, fault.message)

    def _of_list(self, contact_list: ContactList, fault: SpecFinding) -> Diagnostic:
        """Places a finding about one of a list's people at their row, wherever that stands."""
        place = fault.path.removeprefix("numbers.")
        if not place.isdigit():
            return self._of_companion(contact_list, fault)
        where = locate_row(self.root, contact_list, int(place))
        return Diagnostic(fault.severity, fault.rule, where, fault.message)

    def _between(self, project: ProjectFile) -> Iterator[tuple[Desired, SpecFinding]]:
        """Yields what is wrong between campaigns, and between them and the documents beside them."""
        yield from conflicts(self.desired, project.prune)
        if CONTACT_LIST in self.companions:
            from campaignctl.contact_lists.contact_list import dynamic_faults

            names = frozenset(it.name for it in self._lists())
            yield from ((it, fault) for it in self.desired for fault in dynamic_faults(it, names))

    def declaring(self) -> Iterator[Desired | ContactList]:
        """Yields whatever declares people."""
        yield from self.desired
        yield from self._lists()

    def choose(self) -> None:
        """Takes some of the people where a manifest asks for it, before anybody is left out."""
        from campaignctl.manifests.taken_people import chosen  # where somebody is chosen

        found = {id(it): chosen(it, self.country) for it in self.desired if it.take is not None}
        self.faults += [
            (it, fault) for it in self.desired if id(it) in found for fault in found[id(it)].faults
        ]
        self._replace({key: it.desired for key, it in found.items()})
        if some := [it for it in self._lists() if it.take is not None]:
            self._choose_in(some)

    def _choose_in(self, lists: Sequence[ContactList]) -> None:
        from campaignctl.manifests.taken_people import chosen_of_list

        taken = {id(it): chosen_of_list(it, self.country) for it in lists}
        faults = [(it.where, self._of_list(it, fault)) for it in lists for fault in taken[id(it)].faults]
        self._replace_lists({key: it.contact_list for key, it in taken.items()}, faults)

    def suppress(self, project: ProjectFile, country: Country | None) -> None:
        """Leaves out whom the project's and the manifests' own sources hold, before anything looks at recipients."""
        from campaignctl.manifests.suppression import suppress  # where somebody is left out

        found = suppress(project, self.desired, country, self.complete, self._lists())
        self.complete = self.complete and found.complete
        self.findings += found.of_project
        for desired, fault in found.faults:
            self.findings += [fault] if desired.where in self.selected else _aside([fault])
        wrong = [(it.where, fault) for it, fault in found.list_faults]
        self._replace_lists(found.lists, wrong)
        self._replace(found.desired)

    def _replace(self, by_identity: Mapping[int, Desired]) -> None:
        """Puts others in the place of some manifests."""
        self.desired = [by_identity.get(id(it), it) for it in self.desired]
        self.faults = [(by_identity.get(id(it), it), fault) for it, fault in self.faults]
        self.selected = {where: by_identity.get(id(it), it) for where, it in self.selected.items()}

    def _lists(self) -> list[ContactList]:
        """Returns the project's own lists; none where it has none, at no cost."""
        if CONTACT_LIST not in self.companions:
            return []
        from campaignctl.contact_lists.contact_list import ContactList

        return [it for it, _ in self.companions[CONTACT_LIST] if isinstance(it, ContactList)]

    def _replace_lists(
        self, by_identity: Mapping[int, Companion], faults: Sequence[tuple[Position, Diagnostic]]
    ) -> None:
        """Puts others in the place of some lists.

        What is wrong with one stands where it is selected, else it is told as needed, and the list is not valid.
        """
        invalid = {where for where, fault in faults if fault.severity is Severity.ERROR}
        for where, fault in faults:
            if where in self.selected_companions:
                self.findings.append(fault)
            else:
                self.beside.append((CONTACT_LIST, (fault,)))
        if CONTACT_LIST in self.companions:
            self.companions[CONTACT_LIST] = [
                (by_identity.get(id(it), it), valid and it.place.where not in invalid)
                for it, valid in self.companions[CONTACT_LIST]
            ]

    def finished(self, project: ProjectFile, everything: bool) -> Manifests:
        """Returns what was read, once people were chosen and left out, and what manifests say to one another was
        checked. `everything`: no PATHS select among its files.
        """
        self._take_held(everything)
        if any(it.take is not None for it in self.declaring()):
            self.choose()
        if project.suppress or any(it.suppress for it in self.declaring()):
            self.suppress(project, self.country)
        takes_none = (
            not self.desired and CONTACT_LIST not in self.companions and not has_errors(self.findings)
        )
        if self.environment.has_own_manifests and takes_none:
            name = "manifests" if self.environment.select is None else "select"
            message = f"{self.environment.name} takes no manifest of the project"
            self.findings.append(warning(NO_MANIFESTS, self._setting(project, name), f"{name}: {message}"))
        return self._result(project)

    def _result(self, project: ProjectFile) -> Manifests:
        if self.beside or self.companions:
            self._add_companions_findings(project)
        faults = [
            *self.faults,
            *self._between(project),
            *self._gate_faults(),
            *self._conflicts_of_dates(),
        ]
        for (desired, fault), where in zip(faults, parallel_map(self._places, faults), strict=True):
            found = Diagnostic(fault.severity, fault.rule, where, fault.message, fault.details)
            self.findings += [found] if desired.where in self.selected else _aside([found])
        return Manifests(
            tuple(self.desired),
            tuple(self.selected.values()),
            in_order(self.findings),
            self.complete,
            len(self.files),
            tuple(path for path, files in self.project_paths if not files & self.fruitful),
            frozenset(self.used),
            _companions(self.companions, only_valid=True),
            frozenset(self.selected_companions),
        )

    def _gate_faults(self) -> Iterable[tuple[Desired, SpecFinding]]:
        """Returns what is wrong with what manifests wait for."""
        if not any(desired.after for desired in self.desired):
            return ()
        from campaignctl.manifests.gates import faults_of_gates  # where something waits for another

        return faults_of_gates(self.desired, self._lists(), self.country)

    def _conflicts_of_dates(self) -> Iterator[tuple[Desired, SpecFinding]]:
        if not any(it.repeat for it in self.desired):
            return iter(())
        from campaignctl.repeat.manifests import conflicts as conflicts_of_dates

        return conflicts_of_dates(self.desired)

    def _places(self, faults: Iterable[tuple[Desired, SpecFinding]]) -> list[Position]:
        return [locate_field(self.root, desired, fault.path) for desired, fault in faults]


def _is_there(path: Path) -> bool:
    """Tells whether a path is there; False too for what cannot be a path, or is too long for one."""
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def _companions(
    found: Mapping[str, Sequence[tuple[Companion, bool]]], only_valid: bool = False
) -> Mapping[str, tuple[Companion, ...]]:
    return {
        kind: tuple(it for it, valid in several if valid or not only_valid) for kind, several in found.items()
    }


def _at_most_warned(finding: Diagnostic) -> Diagnostic:
    return finding._replace(severity=Severity.WARN)


def _aside(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Turns findings outside the selection into warnings; what is only odd is not told."""
    return (it._replace(severity=Severity.WARN) for it in findings if it.severity is Severity.ERROR)
