"""What the rows of tables are: what a dataclass would be, without a function compiled for each class."""

from __future__ import annotations

import gc
from functools import cached_property

import pytest

from campaignctl.kinds.endpoints import Service
from campaignctl.kinds.formats import Format
from campaignctl.kinds.rows import Row
from campaignctl.kinds.table import Field, Kind, Type
from campaignctl.policy.rules import Rule

FIELD = Field("caller_id", Type.STRING, "Whom people see.", required=True)


def test_what_a_row_leaves_out_is_what_its_class_says() -> None:
    assert (FIELD.name, FIELD.type, FIELD.doc) == ("caller_id", Type.STRING, "Whom people see.")
    assert FIELD.required
    assert FIELD.minimum is None
    assert FIELD.fields == ()


def test_a_row_equals_itself_alone() -> None:
    assert Format("[0-9]+", "digits") != Format("[0-9]+", "digits")
    assert {FIELD: 1}[FIELD] == 1


def test_a_replaced_row_keeps_the_rest_and_works_its_own_things_out() -> None:
    table = Field("retries", Type.OBJECT, "How often.", fields=(FIELD,))
    assert set(table.members) == {"caller_id"}
    other = FIELD.replace(name="from")
    again = table.replace(fields=(other,))
    assert (again.name, again.doc, set(again.members)) == ("retries", "How often.", {"from"})
    assert (other.required, FIELD.name) == (True, "caller_id")


def test_a_row_that_contradicts_itself_is_refused_replaced_or_not() -> None:
    with pytest.raises(ValueError, match="not a sentence"):
        Field("name", Type.STRING, "no full stop")
    with pytest.raises(ValueError, match="an object has members"):
        FIELD.replace(type=Type.OBJECT)


def test_each_row_of_the_tables_says_what_its_class_asks_for_and_nothing_else() -> None:
    """A type checker tells that, too; the tables are what stands where it does not look."""
    import campaignctl.deriving.reference  # noqa: F401  # knows all tables

    gc.unfreeze()  # what was there when the tests began is not among its objects
    rows = [it for it in gc.get_objects() if isinstance(it, Row)]
    assert {type(it) for it in rows} >= {Field, Format, Kind, Rule, Service}
    assert len(rows) > 250
    for row in rows:
        names = set(type(row)._names)
        worked_out = {name for name, it in vars(type(row)).items() if isinstance(it, cached_property)}
        assert set(vars(row)) - worked_out <= names, row
        assert {name for name in names if not hasattr(row, name)} == set(), row
