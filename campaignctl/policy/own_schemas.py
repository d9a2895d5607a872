"""Asks the rules of a project's own (`policy.schema`).

What checks them is imported where there are some (`custom_rules`).
"""

from __future__ import annotations

from typing import Final

from campaignctl.kinds import KINDS, formats
from campaignctl.kinds.table import Field, Type
from campaignctl.policy.rules import LEVELS

NAME: Final = "schema"

OWN_SCHEMAS: Final = Field(
    NAME,
    Type.OBJECTS,
    "Rules of your own: JSON Schemas that manifests must satisfy.",
    fields=(
        Field(
            "file",
            Type.STRING,
            "The rule file, JSON or YAML, relative to this file and inside the project.",
            required=True,
            format_by=formats.PATH,
        ),
        Field(
            "kind",
            Type.STRING,
            "The kind that it is for; every kind where it is left out.",
            choices=tuple(KINDS),
        ),
        Field("level", Type.STRING, "How bad a finding is.", required=True, choices=LEVELS),
    ),
)

DETAILS: Final = (
    "Checked is {apiVersion, kind, metadata, spec} as the manifest declares it, variables filled in, each value by its "
    "field's type: digits are texts, a time is the text that was written, unset is null, from_file is its path. What "
    "must be there is said with required. A finding is called schema/NAME, NAME being the file's without .schema and "
    "extension, and stands at the node that fails. Its message is errorMessage of the schema that failed, else its "
    "description, else its title, else those of the nearest schema around it. An environment's list adds to the "
    "project's; an entry of the same file and kind replaces it. 2020-12, unless $schema names draft 7 or 2019-09; a "
    "$ref begins with # and nothing is fetched; format is not asserted. error blocks what would be created, updated or "
    "resumed, never a pause. Bounds: two seconds a manifest, sixty a run, 64 levels, 4,096 characters before a "
    "pattern; beyond them the run ends with schema-limit. It cannot say: one field against another (an end three hours "
    "after its start), sums, weekdays, two manifests, the account, the clock. For those there are the other policies, "
    "and a golden plan."
)
EXAMPLE: Final = "policy:\n  schema:\n    - {file: rules/naming.schema.json, level: error}\n"
