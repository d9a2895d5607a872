"""Holds the rows of `usage` and `prices`: how people are expected to answer, and what that costs. Data only."""

from __future__ import annotations

from campaignctl.kinds import formats
from campaignctl.kinds.table import Field, Type

USAGE = Field(
    "usage",
    Type.OBJECT,
    "How people are expected to answer and talk; over what stands above it, key by key.",
    fields=(
        Field(
            "answer",
            Type.AMOUNTS,
            "Of the people called in the first, second, … attempt, the share who answer, from 0 to 1; the last stands "
            "for all later ones. By default 0.55, 0.20, 0.10, 0.05.",
            minimum=1,
            maximum=20,
            format_by=formats.RATE,
        ),
        Field(
            "talk",
            Type.STRING,
            "How long who answers talks, in seconds; 60s by default.",
            format_by=formats.SECONDS,
        ),
        Field(
            "longest_talk",
            Type.STRING,
            "How long at worst; as talk by default.",
            format_by=formats.SECONDS,
        ),
        Field(
            "variable",
            Type.INTEGER,
            "How many places of an SMS a column fills.",
            default=10,
            minimum=0,
            maximum=2_000,
        ),
        Field(
            "longest_variable",
            Type.INTEGER,
            "How many at worst.",
            default=40,
            minimum=0,
            maximum=2_000,
        ),
    ),
)

PRICES = Field(
    "prices",
    Type.OBJECT,
    "What calls and messages cost, without tax; without them no cost is computed.",
    fields=(
        Field(
            "currency",
            Type.STRING,
            "The currency by its code of ISO 4217, such as INR.",
            format_by=formats.CURRENCY,
        ),
        Field(
            "call",
            Type.OBJECT,
            "Of calls; left out, what they cost is unknown.",
            fields=(
                Field("per_pulse", Type.AMOUNT, "Of each pulse begun.", format_by=formats.PRICE),
                Field(
                    "pulse",
                    Type.STRING,
                    "How long a pulse is.",
                    default="60s",
                    format_by=formats.PULSE,
                ),
                Field(
                    "per_attempt",
                    Type.AMOUNT,
                    "Of each attempt, answered or not.",
                    default="0",
                    format_by=formats.PRICE,
                ),
            ),
        ),
        Field(
            "sms",
            Type.OBJECT,
            "Of messages; left out, what they cost is unknown.",
            fields=(Field("per_segment", Type.AMOUNT, "Of each segment.", format_by=formats.PRICE),),
        ),
        Field("tax", Type.STRING, "What is added to all of it, such as 18%.", format_by=formats.TAX),
    ),
)
