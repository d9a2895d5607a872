"""A made-up kind: messages on a channel of their own."""

from __future__ import annotations

from campaignctl.kinds import formats
from campaignctl.kinds.table import Field, Kind, Role, Type, Unit

RCS = Kind(
    name="RcsCampaign",
    short="rcs",
    title="RCS",
    verb="pings",
    unit=Unit.MESSAGE,
    per_minute=600,
    capacity_setting="rcs_per_minute",
    capacity_doc="How many RCS messages a minute the account sends.",
    fields=(
        Field("name", Type.STRING, "The campaign's name.", role=Role.NAME, format_by=formats.NAME, minimum=2),
        Field(
            "lists",
            Type.STRINGS,
            "Whom it reaches.",
            required=True,
            role=Role.RECIPIENTS,
            minimum=1,
            by_name=True,
        ),
        Field("card", Type.STRING, "What it says.", required=True, role=Role.CONTENT, most_variables=1),
        Field(
            "schedule",
            Type.OBJECT,
            "When it runs.",
            role=Role.SCHEDULE,
            fields=(
                Field("begins_at", Type.TIME, "When it begins.", role=Role.START),
                Field("ends_at", Type.TIME, "When it ends.", role=Role.END),
            ),
        ),
    ),
)
