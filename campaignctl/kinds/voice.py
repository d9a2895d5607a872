"""Holds the rows of the voice campaign, in the order of [004]."""

from __future__ import annotations

from campaignctl.kinds import formats
from campaignctl.kinds.table import Compare, Field, Kind, Mutability, Role, Secrecy, Type, Unit


def _callback(name: str, doc: str) -> Field:
    return Field(name, Type.URL, doc, "[004, 002]", mutability=Mutability.ALWAYS, secrecy=Secrecy.CALLBACK)


_RETRIES = (
    Field(
        "number_of_retries", Type.INTEGER, "How often a number is tried again.", "[004]", minimum=0, maximum=3
    ),
    Field(
        "interval_mins",
        Type.INTEGER,
        "Minutes between tries; required with number_of_retries.",
        "[004]",
        minimum=1,
    ),
    Field(
        "mechanism",
        Type.STRING,
        "Whether the interval stays or doubles.",
        "[004]",
        choices=("Linear", "Exponential"),
    ),
    Field(
        "on_status",
        Type.STRINGS,
        "The outcomes after which a number is tried again.",
        "[004]",
        choices=("busy", "no-answer", "failed"),
        minimum=1,
        maximum=3,
    ),
)

_SCHEDULE = (
    Field(
        "send_at", Type.TIME, "When the calls start. Without it they start at once.", "[004]", role=Role.START
    ),
    Field(
        "end_at",
        Type.TIME,
        "When the calls end, reached or not; 30 days after the start by default.",
        "[004, 000]",
        role=Role.END,
    ),
)

VOICE = Kind(
    name="VoiceCampaign",
    short="voice",
    title="Voice",
    verb="calls",
    unit=Unit.CALL,
    per_minute=60,
    capacity_setting="calls_per_minute",
    capacity_doc="How many calls a minute the account makes.",
    one_of=("from", "lists"),
    pause_lifts_margin=True,
    fields=(
        Field(
            "from",
            Type.NUMBERS,
            "The numbers to call, at most 5,000; E.164 is best.",
            "[004, 000]",
            role=Role.RECIPIENTS,
            secrecy=Secrecy.PEOPLE,
            minimum=1,
            maximum=5000,
        ),
        Field(
            "lists",
            Type.STRINGS,
            "The contact lists to call, each its SID or {name: …}: up to 5, 1 for a dynamic campaign.",
            "[004]",
            role=Role.RECIPIENTS,
            minimum=1,
            maximum=5,
            format_by=formats.SID,
            by_name=True,
        ),
        Field(
            "caller_id",
            Type.STRING,
            "The ExoPhone that the calls come from.",
            "[004]",
            required=True,
            role=Role.CALLER,
            compare_by=Compare.NUMBER,
            format_by=formats.CALLER,
        ),
        Field(
            "campaign_type",
            Type.STRING,
            "Whether one text serves all or each list row fills its own.",
            "[004]",
            choices=("static", "dynamic"),
            default="static",
        ),
        Field(
            "flow_type",
            Type.STRING,
            "Whether a flow is run or a greeting is read.",
            "[004]",
            choices=("ivr", "greeting"),
        ),
        Field(
            "url",
            Type.URL,
            "The flow: http(s)://my.exotel.com/<sid>/exoml/start_voice/<app_id>.",
            "[004]",
            role=Role.CONTENT,
            compare_by=Compare.FLOW_URL,
        ),
        Field(
            "read_via_text",
            Type.STRING,
            "The greeting's text; @@Column is filled from the list.",
            "[004]",
            role=Role.CONTENT,
            minimum=1,
        ),
        Field(
            "name",
            Type.STRING,
            "The campaign's name, from metadata.name; 3 characters or more.",
            "[004]",
            role=Role.NAME,
            format_by=formats.NAME,
            minimum=3,
        ),
        Field(
            "type", Type.STRING, "The only type there is.", "[004, 000]", choices=("trans",), default="trans"
        ),
        Field(
            "call_duplicate_numbers",
            Type.BOOLEAN,
            "Whether a number that stands twice is called twice.",
            "[004]",
            default=False,
        ),
        Field(
            "retries",
            Type.OBJECT,
            "Whether and when a number that was not reached is tried again.",
            "[004]",
            fields=_RETRIES,
        ),
        Field(
            "schedule", Type.OBJECT, "When the campaign runs.", "[004]", role=Role.SCHEDULE, fields=_SCHEDULE
        ),
        _callback("call_status_callback", "Called by Exotel with the outcome of each call."),
        _callback("call_schedule_callback", "Called by Exotel when all tries of a number are over."),
        _callback("status_callback", "Called by Exotel when the campaign ends."),
        Field(
            "mode",
            Type.STRING,
            "Whether the pace is the account's or throttle's.",
            "[004]",
            choices=("auto", "custom"),
            default="auto",
        ),
        Field(
            "throttle",
            Type.INTEGER,
            "Calls a minute, with mode custom only; below the account's limit.",
            "[004]",
            minimum=1,
        ),
        Field("custom_field", Type.STRING, "Text of your own that comes back with each answer.", "[004]"),
        Field(
            "repeat_menu_attempts",
            Type.INTEGER,
            "How often a menu is repeated, with flow_type ivr only.",
            "[004]",
            minimum=0,
            default=0,
        ),
    ),
)
