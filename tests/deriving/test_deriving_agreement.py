"""The reader of manifests and the JSON Schemas take and refuse the same values: both follow from one row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from example_counts import examples
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from campaignctl.deriving.json_schema import schemas
from campaignctl.kinds.manifest import DOCUMENTS
from campaignctl.kinds.table import Field, Type
from campaignctl.manifests.fields import FieldReader
from campaignctl.manifests.nodes import documents, json_as_yaml
from campaignctl.policy.project_file import PROJECT


def ecma_pattern(_validator: Any, pattern: str, text: Any, _schema: Any) -> Iterator[ValidationError]:
    """As JSON Schema means it: in ECMA 262 `$` is the very end, in Python a line break may follow."""
    if isinstance(text, str) and not re.search(re.sub(r"\$(?=$|\|)", r"\\Z", pattern), text):
        yield ValidationError(f"{text!r} does not match {pattern!r}")


Validator = extend(Draft202012Validator, {"pattern": ecma_pattern})


def rows(field: Field, schema: dict[str, Any], path: str) -> Iterator[tuple[str, Field, dict[str, Any]]]:
    """Every row below an object, with the schema of its value."""
    for member in field.fields:
        inner = schema["properties"][member.name]
        yield f"{path}.{member.name}", member, inner
        if member.type is Type.OBJECT:
            yield from rows(member, inner, f"{path}.{member.name}")
        if member.type is Type.OBJECT_MAP:
            yield from rows(member, inner["additionalProperties"], f"{path}.{member.name}")


ALL = schemas()
ROWS = [
    *rows(DOCUMENTS["VoiceCampaign"], ALL["voice-campaign"], "voice"),
    *rows(DOCUMENTS["SmsCampaign"], ALL["sms-campaign"], "sms"),
    *rows(PROJECT, ALL["project"], "project"),
]
LEAVES = [row for row in ROWS if row[1].type not in (Type.OBJECT, Type.OBJECT_MAP)]

DAYS = st.integers(0, 400_000).map(lambda days: (date(1900, 1, 1) + timedelta(days)).isoformat())
TIMES = st.builds(
    "{}{}{}{}".format,
    DAYS
    | st.sampled_from(["2027-02-29", "2028-02-29", "2100-02-29", "2000-02-29", "2027-04-31", "2027-13-01"]),
    st.sampled_from(["T", " ", "t"]),
    st.sampled_from(
        ["09:00:00", "23:59:59.123456789", "24:00:00", "09:60:00", "9:00:00", "00:00:00.1234567890"]
    ),
    st.sampled_from(["+05:30", "Z", "-23:59", "", "+24:00", "z", "+0530"]),
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text("0123456789+-.eE ", max_size=20),
    st.from_regex(r"https?://[a-z.:@]{0,9}(/[ -~]{0,9})?", fullmatch=True),
    st.sampled_from(
        ["x\n", " x", "x ", "\u2028x", "x\u202e", "a\tb", "-1234567", "EXOTEL_A", "09:00", "24:00"]
    ),
    st.integers(1990, 2010).map(lambda length: "x" * length),
    TIMES,
)
SCALARS = TEXTS.filter(lambda text: "${" not in text) | st.integers(-(10**9), 10**15) | st.none()


def values_for(field: Field) -> st.SearchStrategy[Any]:
    """Values that are often almost right."""
    near = SCALARS
    if field.choices:
        words = st.sampled_from(field.choices)
        near |= words | words.map(str.upper) | words.map(lambda word: f"{word}\n")
    if field.type is Type.INTEGER:
        near |= st.integers(-2, 70) | st.booleans()
    if field.type is Type.BOOLEAN:
        near |= st.booleans()
    if field.type in (Type.STRINGS, Type.NUMBERS):
        near |= st.lists(near, max_size=7)
    if field.type is Type.TEXT_MAP:
        near |= st.dictionaries(
            st.sampled_from(["a", "team.x", "A/b", "", "a b", "_x", "é", "a\n"]), near, max_size=3
        )
    return near | st.lists(st.none(), max_size=1) | st.dictionaries(st.just("x"), st.just("y"), max_size=1)


def reader_takes(field: Field, value: Any) -> bool:
    """What the reader says of a value as JSON writes it."""
    probe = Field("probe", Type.OBJECT, "One field.", fields=(field,))
    reader = FieldReader(probe, requires=False)
    reader.read(next(documents(json_as_yaml(json.dumps({field.name: value})))))
    return not reader.faults


def has_bare_integer(field: Field, value: Any) -> bool:
    """A text written as an integer: the reader sees its digits, a schema only a number."""
    if field.type in (Type.INTEGER, Type.BOOLEAN, Type.AMOUNT):
        return False
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return any(isinstance(item, int) for item in items)


def agree(path: str, field: Field, schema: dict[str, Any], value: Any) -> None:
    read = reader_takes(field, value)
    valid = Validator(schema, format_checker=FormatChecker()).is_valid(value)
    if has_bare_integer(field, value):
        assert valid or not read
    else:
        assert read == valid, f"{path}: the reader says {read}, the schema {valid}"


@pytest.mark.slow
@pytest.mark.parametrize(("path", "field", "schema"), LEAVES, ids=[path for path, *_ in LEAVES])
def test_the_reader_and_the_schema_agree(path: str, field: Field, schema: dict[str, Any]) -> None:
    @examples(40, database=None, suppress_health_check=list(HealthCheck))
    @given(values_for(field))
    def at_this_row(value: Any) -> None:
        agree(path, field, schema, value)

    at_this_row()


@examples(200, quick=60, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(LEAVES), st.data())
def test_the_reader_and_the_schema_agree_on_any_row(
    row: tuple[str, Field, dict[str, Any]], data: st.DataObject
) -> None:
    """A few of the rows at every save, each time other ones."""
    agree(*row, data.draw(values_for(row[1])))
