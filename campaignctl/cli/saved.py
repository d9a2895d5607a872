"""A plan file, from disk to `SavedPlan`: whole, of a version we read, of the published shape, not edited."""

from __future__ import annotations

import json
from pathlib import Path

from campaignctl.cli.files import read_file
from campaignctl.errors import InputError
from campaignctl.planning.planfile import SavedPlan, read_plan


def load_plan(path: Path) -> SavedPlan:
    """Raises InputError for a file that is cut or foreign, RefusedError for an edited or newer one."""
    saved = read_plan(read_file(path), str(path))
    _check_shape(saved, path)
    return saved


def _check_shape(saved: SavedPlan, path: Path) -> None:
    """What is shown of a plan is read by its shape: a file of another shape is not shown by half."""
    import jsonschema

    from campaignctl.deriving.published import schema_text

    validator = jsonschema.Draft202012Validator(json.loads(schema_text("plan")))
    error = jsonschema.exceptions.best_match(validator.iter_errors(saved.document))
    if error is not None:
        where = ".".join(map(str, error.absolute_path)) or "the whole"
        raise InputError(f"{path} is not a plan file that can be read: {where} is not as its schema says")
