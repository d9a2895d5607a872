"""Implements `campaignctl export`: live campaigns as manifests that one would have written oneself."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from campaignctl.app import output
from campaignctl.app.files import STANDARD_OUTPUT, write_file
from campaignctl.app.options import GlobalOptions
from campaignctl.app.workspace import Reading, Session
from campaignctl.cli.options import format_option, global_options, offering
from campaignctl.diagnostics import has_errors, quoted, some_of
from campaignctl.errors import InputError, RefusedError, UsageError
from campaignctl.export.rules import Candidate, Wanted, candidates, must_pin, places, spared
from campaignctl.export.writing import Draft, Numbers, draft, manifest_text
from campaignctl.kinds import KINDS
from campaignctl.kinds.formats import PATH
from campaignctl.kinds.lifecycle import Status, read_status
from campaignctl.manifests.files import SUFFIXES, shown_path
from campaignctl.model.naming import AskedName, meant
from campaignctl.model.values import texts
from campaignctl.planning.match import is_of_series

if TYPE_CHECKING:
    from campaignctl.api.client import Client
    from campaignctl.export.document import Exported
    from campaignctl.model.campaigns import Desired, Live

_KNOWN = tuple(status.value for status in Status if status is not Status.UNKNOWN)


@dataclass(frozen=True)
class _ExportOptions:
    """Holds what the command line asks for. `numbers_to` is absolute."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    wanted: Wanted
    directory: Path
    numbers_to: Path | None
    show_numbers: bool
    force: bool


@dataclass(frozen=True)
class _Writing:
    """Holds a manifest about to be written, and the file for its numbers."""

    draft: Draft
    file: Path
    numbers_file: Path | None


def _statuses(_context: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> frozenset[Status]:
    words = [word for value in values for word in value.split(",") if word]
    for word in words:
        if read_status(word) is Status.UNKNOWN:
            raise click.BadParameter(f"{quoted(word)} is none of {', '.join(_KNOWN)}")
    return frozenset(map(read_status, words))


class _Asked(TypedDict):
    """Holds what the command line says, an option each."""

    directory: Path
    statuses: frozenset[Status]
    part: str
    kinds: tuple[str, ...]
    force: bool
    numbers_to: Path | None


@click.command("export")
@global_options
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=offering("names"))
@click.option("--out", "directory", required=True, type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    callback=_statuses,
    metavar="STATUS",
    shell_complete=offering("statuses"),
    help="Only campaigns of this status; repeatable. Without it, the alive.",
)
@click.option("--name", "part", default="", metavar="TEXT", help="Only campaigns whose names hold this.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice([kind.short for kind in KINDS.values()]))
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.option(
    "--numbers-to",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write people's numbers to a file of their own, which can stay out of git.",
)
@format_option("text", "json")
def command(
    options: GlobalOptions, names: tuple[str, ...], output_format: str, **asked: Unpack[_Asked]
) -> int:
    """Write live campaigns as manifests. Planning right after shows no change."""
    export_options = _export_options(options, names, asked)
    session = Session.open(options)
    _check_places(session, export_options)
    reading = session.read_lenient()
    with session.account() as connection:
        found, notes = _found(connection.client, export_options)
        origin = f"{session.environment.account_sid} (environment {session.environment.name})"
        when = connection.client.now().isoformat(timespec="seconds")
    if has_errors(reading.findings):
        notes = (*notes, "manifests that are not valid were passed over: what they mean may be written again")
    writings, skipped = _planned(found, reading, session, export_options)
    _refuse_to_overwrite(writings, export_options)
    for writing in writings:
        live = writing.draft.live
        _write(writing, f"From account {origin}: {live.word}, SID {live.sid}, exported {when}.")
    exported = [*(_told(writing, session) for writing in writings), *skipped]
    notes = notes if exported else (*notes, export_options.wanted.nothing)
    _show(exported, notes, session, output_format)
    return 0


def _export_options(
    options: GlobalOptions,
    names: tuple[str, ...],
    asked: _Asked,
) -> _ExportOptions:
    """Reads the options. Raises UsageError for what excludes itself, InputError for what cannot be written to so."""
    numbers_to = asked["numbers_to"]
    if asked["directory"] == STANDARD_OUTPUT:
        raise InputError("--out takes a directory: export writes a file for each campaign")
    if numbers_to is not None and (numbers_to == STANDARD_OUTPUT or numbers_to.is_dir()):
        raise InputError(f"--numbers-to {quoted(str(numbers_to))} must be a file")
    if numbers_to is not None and options.show_numbers:
        raise UsageError("--numbers-to and --show-numbers exclude each other")
    return _ExportOptions(
        names=tuple(dict.fromkeys(names)),
        kinds=asked["kinds"] or tuple(kind.short for kind in KINDS.values()),
        wanted=Wanted(asked["statuses"], asked["part"]),
        directory=_absolute(asked["directory"]),
        numbers_to=None if numbers_to is None else _absolute(numbers_to),
        show_numbers=options.show_numbers,
        force=asked["force"],
    )


def _absolute(path: Path) -> Path:
    """Makes a path absolute. Links are left as they are: what the user named is what is written."""
    return Path(os.path.normpath(Path.cwd() / path))


def _check_places(session: Session, export_options: _ExportOptions) -> None:
    """Checks that numbers go to a place that a manifest may read: within its project. Raises InputError."""
    if export_options.numbers_to is None:
        return
    root = Path(session.project.root)
    home = root if export_options.directory.resolve().is_relative_to(root) else export_options.directory
    if not export_options.numbers_to.resolve().is_relative_to(home.resolve()):
        raise InputError(
            f"--numbers-to {quoted(str(export_options.numbers_to))} must stand within {home}: from_file does"
        )
    if export_options.numbers_to.suffix.lower() in SUFFIXES:
        raise InputError(
            f"--numbers-to {quoted(str(export_options.numbers_to))} would be read as a manifest: name it .csv or .txt"
        )
    if not PATH.matches(os.path.relpath(export_options.numbers_to, export_options.directory)):
        raise InputError(f"--numbers-to {quoted(str(export_options.numbers_to))} must be {PATH.words}")


# --------------------------------------------------------------------------------------------------- what is there


def _found(client: Client, export_options: _ExportOptions) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """Finds the campaigns.

    Raises `ApiError` where the account cannot be read, InputError for a NAME that is nowhere.
    """
    from campaignctl.api.listing import scan
    from campaignctl.api.lookup import each_kind
    from campaignctl.api.refresh import alive

    if export_options.names:
        named = [
            it
            for name in export_options.names
            for it in _named(client, AskedName.typed(name), export_options)
        ]
        return tuple({it.live.sid: it for it in named}.values()), client.notes
    kinds = [kind for kind in KINDS.values() if kind.short in export_options.kinds]
    read = scan if export_options.wanted.past else alive
    listings = each_kind(kinds, lambda kind: read(client, kind))
    lacking = [KINDS[name].short for name, listing in listings.items() if not listing.complete]
    notes = [
        f"the account's list of {kind} campaigns could not be read completely: some may be missing"
        for kind in lacking
    ]
    return candidates(listings, export_options.wanted), (*notes, *client.notes)


def _named(client: Client, asked: AskedName, export_options: _ExportOptions) -> Iterator[Candidate]:
    """Yields the alive campaigns of a name, else the newest that is over; with --status, those of the statuses."""
    from campaignctl.api.lookup import find

    kinds = tuple(kind for kind in asked.kinds if kind.short in export_options.kinds)
    found = find(client, replace(asked, kinds=kinds))
    namesakes = [
        it for it in found.campaigns if not export_options.wanted.statuses or export_options.wanted.takes(it)
    ]
    if not found.campaigns and kinds == asked.kinds:
        raise InputError(found.nowhere(client.environment.name))
    if not namesakes:
        raise InputError(f"no campaign called {quoted(asked.written)} is of the kind and status asked for")
    campaigns = namesakes if export_options.wanted.statuses else meant(namesakes)
    asked.of_one_kind(live.kind for live in campaigns)
    for live in campaigns:
        yield Candidate(live, found.complete and live.name in asked.names and len(found.campaigns) == 1)


# ------------------------------------------------------------------------------------------------ what is written


def _planned(
    found: Sequence[Candidate], reading: Reading, session: Session, export_options: _ExportOptions
) -> tuple[list[_Writing], list[Exported]]:
    """Returns each campaign's manifest, or why there is none."""
    from campaignctl.export.document import Exported

    spots = list(
        places(
            [it.live for it in found],
            reading.all_manifests,
            _manifests_here(reading, session, export_options),
        )
    )
    rewritten = {id(spot.manager) for spot in spots if spot.rewritten}
    taken = {(it.kind.name, it.name or "") for it in reading.all_manifests if id(it) not in rewritten}
    writing_numbers = sum(bool(_people(spot.live)) and spot.elsewhere is None for spot in spots)
    at_fault = spared((it.live for it in found), session.environment, session.clock.now())
    writings: list[_Writing] = []
    skipped: list[Exported] = []
    for candidate, spot in zip(found, spots, strict=True):
        live, mine = spot.live, spot.elsewhere
        if mine is not None:
            skipped.append(Exported(live, skipped=f"{mine.where.file}:{mine.where.line} is its manifest"))
            continue
        if (repeating := _repeating(live, reading)) is not None:
            where = f"{repeating.where.file}:{repeating.where.line}"
            skipped.append(Exported(live, skipped=f"{where} repeats it: its name is reserved to that"))
            continue
        if live.status is Status.UNKNOWN:
            skipped.append(Exported(live, skipped=live.strange))
            continue
        file = _numbers_file(export_options, Path(spot.file).stem if writing_numbers > 1 else "")
        beside = None if file is None else Path(os.path.relpath(file, export_options.directory)).as_posix()
        pinned = live.sid in at_fault or must_pin(candidate, session.project.prune, taken)
        one = draft(live, Numbers(export_options.show_numbers, beside), pinned)
        if one is None:
            skipped.append(Exported(live, skipped="only its SID tells it apart, and no manifest takes that"))
        else:
            writings.append(
                _Writing(one, export_options.directory / spot.file, file if one.from_file else None)
            )
    return writings, skipped


def _repeating(live: Live, reading: Reading) -> Desired | None:
    """Returns the manifest that repeats to which a campaign's name is reserved."""
    repeating = (it for it in reading.all_manifests if it.repeat is not None and it.kind is live.kind)
    return next((it for it in repeating if is_of_series(it, live.name)), None)


def _manifests_here(
    reading: Reading, session: Session, export_options: _ExportOptions
) -> Mapping[str, Sequence[Desired]]:
    """Returns the manifests of the project in each file of the directory that is written to."""
    root, directory = Path(session.project.root), export_options.directory.resolve()
    here: defaultdict[str, list[Desired]] = defaultdict(list)
    for desired in reading.all_manifests:
        file = (root / desired.where.file).resolve()
        if file.parent == directory:
            here[file.name].append(desired)
    return here


def _people(live: Live) -> Sequence[str]:
    return texts(live.spec.get("from"))


def _numbers_file(export_options: _ExportOptions, stem: str) -> Path | None:
    """Returns the file that was asked for; where several campaigns have numbers, one for each, named after its
    manifest.
    """
    file = export_options.numbers_to
    return file if file is None or not stem else file.with_name(f"{file.stem}-{stem}{file.suffix}")


def _refuse_to_overwrite(writings: Sequence[_Writing], export_options: _ExportOptions) -> None:
    """Refuses to overwrite files, before anything is written. Raises RefusedError."""
    files = [file for it in writings for file in (it.file, it.numbers_file) if file is not None]
    there = [quoted(str(file)) for file in files if os.path.lexists(file)]
    if there and not export_options.force:
        raise RefusedError(f"{some_of(there, 5)} would be written over: use --force, or another --out")


def _write(writing: _Writing, origin: str) -> None:
    for file in (writing.file, writing.numbers_file):
        if file is not None:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"cannot make {file.parent}: {error.strerror}") from error
    if writing.numbers_file is not None:
        lines = ["number", *_people(writing.draft.live)]
        write_file(writing.numbers_file, "\n".join(lines) + "\n")
    write_file(writing.file, manifest_text(writing.draft, origin))


def _told(writing: _Writing, session: Session) -> Exported:
    from campaignctl.export.document import Exported

    one, root = writing.draft, Path(session.project.root)
    return Exported(
        one.live,
        file=shown_path(writing.file, root),
        pinned=one.pinned,
        numbers_file=shown_path(writing.numbers_file, root) if writing.numbers_file else None,
        numbers_left_out=one.numbers,
        left_out=tuple(one.left_out),
    )


def _show(exported: Sequence[Exported], notes: Sequence[str], session: Session, output_format: str) -> None:
    from campaignctl.export.document import export_document
    from campaignctl.export.text import export_text
    from campaignctl.rendering.as_json import written

    document = export_document(session.environment, exported, notes)
    if output_format == "json":
        output.done(written(document), "json")
    else:
        color, width = output.wants_color(session.options), output.width()
        output.done(export_text(document, color=color, width=width))
