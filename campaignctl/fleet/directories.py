"""Keeps the saved plans of several environments: a directory with a plan file for each, and an index that is last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TypedDict, cast

from campaignctl.app.files import STANDARD_OUTPUT, read_file, write_file
from campaignctl.app.plan_files import INDEX, load_plan
from campaignctl.diagnostics import quoted, some_of
from campaignctl.errors import CampaignctlError, InputError, RefusedError, UsageError
from campaignctl.fleet.outcomes import digest_of
from campaignctl.rendering.constraints import ApprovalText, Digest, Version
from campaignctl.saved_plans.file import SavedPlan
from campaignctl.tuples import NamedTuple

KIND: Final[Literal["Plans"]] = "Plans"
FORMAT_VERSION: Final = "1.0"


class PlanEntryDocument(TypedDict):
    """Names one plan file."""

    environment: str
    file: str
    digest: Digest


class PlansDocument(TypedDict):
    """Describes the index of a directory of saved plans."""

    format_version: Version
    kind: Literal["Plans"]
    digest: Digest | None
    """Over the plans; null without one."""
    approval: ApprovalText | None
    plans: list[PlanEntryDocument]
    """By environment."""


class PlansDirectory(NamedTuple):
    """Holds what a directory of saved plans holds, checked: each plan by its environment, and the approval of all."""

    path: Path
    digest: str | None
    approval: str | None
    plans: Mapping[str, SavedPlan]

    def file(self, environment: str) -> str:
        """Returns the path of a plan, as messages give it."""
        return str(self.path / f"{environment}.json")


def clear_out(directory: Path) -> None:
    """Takes away what an earlier run left where plans are to be written: one that fails leaves nothing to apply.

    Raises:
        UsageError: it is a file, or standard output.
        RefusedError: it holds something that no index of plans names.
        InputError: it cannot be written to.
    """
    if directory == STANDARD_OUTPUT or (directory.exists() and not directory.is_dir()):
        raise UsageError(f"--out {directory}: with several environments it takes a directory")
    earlier = _named(directory)
    strange = sorted(set(_names_in(directory)) - {INDEX, *earlier})
    if strange:
        raise RefusedError(
            f"{directory} holds {some_of(strange)}, which no index of plans names: nothing in it is replaced; "
            "name another directory, or empty this one"
        )
    try:
        (directory / INDEX).unlink(missing_ok=True)
        for name in earlier:
            (directory / name).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {directory}: {error.strerror}") from error


def write_plans(directory: Path, texts: Mapping[str, str], index: PlansDocument) -> None:
    """Writes a plan file for each environment, and last the index. Raises InputError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {directory}: {error.strerror}") from error
    for environment, text in sorted(texts.items()):
        write_file(directory / f"{environment}.json", text)
    write_file(directory / INDEX, json.dumps(index, indent=2) + "\n")


def index_of(digests: Mapping[str, str], approval: str | None) -> PlansDocument:
    """Makes the index of the plans with these digests, by environment."""
    entries = sorted(digests.items())
    return {
        "format_version": FORMAT_VERSION,
        "kind": KIND,
        "digest": _digest_of_all(digests),
        "approval": approval,
        "plans": [
            {"environment": name, "file": f"{name}.json", "digest": digest} for name, digest in entries
        ],
    }


def _digest_of_all(digests: Mapping[str, str]) -> str | None:
    return digest_of(digests.items()) if digests else None


def read_plans(directory: Path) -> PlansDirectory:
    """Reads every plan of a directory.

    Raises RefusedError where there is no index, or a file is missing, unnamed, edited or of another digest.
    """
    index = _index(directory)
    if index is None:
        raise RefusedError(
            f"{directory} has no index of plans ({INDEX}): its plans are not complete; plan again"
        )
    named = {entry["file"] for entry in index["plans"]}
    unnamed = sorted(set(_names_in(directory)) - {INDEX, *named})
    if unnamed:
        raise RefusedError(f"{directory} holds {some_of(unnamed)}, which its index does not name; plan again")
    plans = {entry["environment"]: _plan(directory, entry) for entry in index["plans"]}
    if _digest_of_all({name: saved.digest for name, saved in plans.items()}) != index["digest"]:
        raise RefusedError(f"the index of {directory} has another digest than its plans; plan again")
    return PlansDirectory(directory, index["digest"], index["approval"], plans)


def _plan(directory: Path, entry: PlanEntryDocument) -> SavedPlan:
    name, file = entry["environment"], entry["file"]
    if file != f"{name}.json" or not (directory / file).is_file():
        raise RefusedError(f"{directory} lacks {quoted(file)}, which its index names; plan again")
    try:
        saved = load_plan(directory / file)
    except RefusedError:
        raise
    except CampaignctlError as error:
        raise RefusedError(f"{error}; nothing was sent") from error
    if saved.digest != entry["digest"] or saved.environment != name:
        raise RefusedError(f"{directory / file} is another plan than its index names; plan again")
    return saved


def _names_in(directory: Path) -> list[str]:
    try:
        return [it.name for it in directory.iterdir()] if directory.is_dir() else []
    except OSError as error:
        raise InputError(f"cannot read {directory}: {error.strerror}") from error


def _named(directory: Path) -> list[str]:
    """Returns the files that the index names, as far as it can be read; no path leads out of the directory."""
    index = _index(directory)
    return [it["file"] for it in index["plans"] if it["file"] == f"{it['environment']}.json"] if index else []


def _index(directory: Path) -> PlansDocument | None:
    """Returns the index; None where there is none that can be read."""
    if not (directory / INDEX).is_file():
        return None
    try:
        found = json.loads(read_file(directory / INDEX))
    except (ValueError, RecursionError, InputError):
        return None
    if not _is_index(found):
        return None
    version = found["format_version"]
    if str(version).partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise RefusedError(
            f"{directory / INDEX} has format_version {version}, which this version does not read"
        )
    return cast("PlansDocument", found)


def _is_index(found: object) -> bool:
    if not isinstance(found, dict) or not PlansDocument.__annotations__.keys() <= found.keys():
        return False
    plans = found["plans"]
    return found["kind"] == KIND and isinstance(plans, list) and all(map(_is_entry, plans))


def _is_entry(found: object) -> bool:
    if not isinstance(found, dict):
        return False
    texts = all(isinstance(found.get(key), str) for key in PlanEntryDocument.__annotations__)
    return texts and not {"/", "\\"} & set(found["file"])
