"""Holds the rows of `usage` and `prices`, how people are expected to answer and what that costs, and the currencies.

Data only.
"""

from __future__ import annotations

from typing import Final

from campaignctl.diagnostics import did_you_mean, quoted
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


CURRENCIES: Final = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB
PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER
ZAR ZMW ZWG
"""

_WITHOUT_MINOR_UNIT: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"


def minor_digits(currency: str) -> int:
    """Returns how many digits stand behind the decimal point of an amount."""
    if currency in _WITHOUT_MINOR_UNIT:
        return 0
    return 3 if currency in _WITH_THREE_DIGITS else 2


def currency_problem(currency: str | None) -> str | None:
    """Returns what is wrong with the currency of prices."""
    if currency is None:
        return "prices need a currency, such as INR"
    known = CURRENCIES.split()
    if currency in known:
        return None
    return f"currency: {quoted(currency)} is no code of ISO 4217{did_you_mean(currency, known)}"
