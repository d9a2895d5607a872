"""Reads a plan file from disk to `SavedPlan`: complete, of a version we read, of the published shape, not edited."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from campaignctl.app.files import read_file
from campaignctl.errors import InputError, RefusedError, UsageError
from campaignctl.saved_plans.file import SavedPlan, holds_nothing, looks_like_plan, read_plan

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

INDEX: Final = "_plans.json"
"""The index of a directory of saved plans, one for each environment."""


def plan_among(paths: Sequence[str]) -> Path | None:
    """Returns the plan file that PATHS name, whatever its name ends in.

    Raises:
        UsageError: it stands beside other things.
        InputError: a file holds nothing; it may be a plan whose making failed.
    """
    refuse_empty(paths)
    for path in map(Path, paths):
        if path.is_file() and _begin(path).startswith("{") and looks_like_plan(read_file(path)):
            if len(paths) > 1:
                raise UsageError(f"{path} is a plan: apply it alone")
            return path
    return None


def plans_directory_among(paths: Sequence[str]) -> Path | None:
    """Returns the directory of saved plans that PATHS name.

    Raises:
        UsageError: it stands beside other things.
        RefusedError: a directory holds nothing; it may be one of plans whose making failed.
    """
    for path in map(Path, paths):
        if path.is_dir() and not any(path.iterdir()):
            raise RefusedError(f"{path} holds nothing: neither a manifest nor a plan; nothing was sent")
        if path.is_dir() and holds_plans(path):
            if len(paths) > 1:
                raise UsageError(f"{path} holds plans: apply it alone")
            return path
    return None


def holds_plans(directory: Path) -> bool:
    """Tells whether plans were written there: their index, or a plan file without one."""
    if (directory / INDEX).is_file():
        return True
    files = sorted(directory.glob("*.json"))
    return any(it.is_file() and looks_like_plan(read_file(it)) for it in files)


def refuse_empty(paths: Iterable[str]) -> None:
    """Raises InputError for a file that is named and holds nothing: never *nothing to do*."""
    for path in map(Path, paths):
        if path.is_file() and holds_nothing(_begin(path)) and holds_nothing(read_file(path)):
            raise InputError(f"{path} holds nothing: neither a manifest nor a plan")


def _begin(path: Path) -> str:
    """Reads the beginning of a file, blanks left out: enough to know most files for what they are."""
    try:
        with path.open("rb") as file:
            return file.read(256).decode("utf-8-sig", "replace").strip("\0 \t\r\n")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def load_plan(path: Path) -> SavedPlan:
    """Reads a plan file.

    Raises InputError for a file that is cut or foreign, RefusedError for an edited or newer one.
    """
    saved = read_plan(read_file(path), str(path))
    _check_shape(saved, path)
    return saved


def _check_shape(saved: SavedPlan, path: Path) -> None:
    """Checks the shape of a plan file, by which it is shown: a file of another shape is not shown by half."""
    from jsonschema.exceptions import best_match

    error = best_match(_shape().iter_errors(saved.document))
    if error is not None:
        where = ".".join(map(str, error.absolute_path)) or "the document"
        raise InputError(f"{path} is not a plan file that can be read: {where} is not as its schema says")


@cache
def _shape() -> Draft202012Validator:
    """Returns the published shape, which is read once for all plans of a directory."""
    from jsonschema import Draft202012Validator

    from campaignctl.app.files import schema_text

    return Draft202012Validator(json.loads(schema_text("plan")))
