"""What may be seen of a recipient's row."""

from __future__ import annotations

from typing import Any

import pytest

from campaignctl.report.text import masked, writer

CELLS: list[tuple[str, Any, Any]] = [
    ("number", "09876543210", "•••••••••10"),
    ("number", 919876543210, "••••••••••10"),
    ("number", 919876543210.0, "••••••••••10"),
    ("number", None, None),
    ("to", "+91 98765 00001", "+91••••••••01"),
    ("to", 919876500001, "••••••••••01"),
    ("digits", "12", "12"),
    ("duration", 30, 30),
    ("cost", 0.17, 0.17),
    ("answered", True, True),
    ("caller_id", "03349360005", "03349360005"),
    ("date_created", "20270110", "20270110"),
    ("sid", "12345678901234567890", "12345678901234567890"),
    ("body", "your code is 4711", "your code is 4711"),
    (
        "leg",
        {"to": "+919876500001", "legs": [{"number": "+919876500002"}]},
        {"to": "+91••••••••01", "legs": [{"number": "+91••••••••02"}]},
    ),
]


@pytest.mark.parametrize(("key", "value", "shown"), CELLS)
def test_numbers_of_people_are_hidden_and_nothing_else(key: str, value: Any, shown: Any) -> None:
    assert masked({key: value}) == {key: shown}


@pytest.mark.parametrize("spelling", ["+919876543210", "919876543210", "9876543210"])
def test_a_recipients_own_number_is_hidden_wherever_it_stands(spelling: str) -> None:
    row = {"number": "+919876543210", "recording_url": f"https://r.example.com/{spelling}.mp3"}
    assert "98765432" not in str(masked(row))


def test_a_column_that_comes_late_is_named_where_it_is_left_out() -> None:
    table = writer("csv", show_numbers=False)
    assert table.batch([{"number": "1"}]) + table.batch([{"digits": "5"}]) + table.end() == (
        "sid,number,status,detailed_status\n,•••,,\n,,,\n"
    )
    assert table.left_out == ["digits"]
    lines = writer("jsonl", show_numbers=False)
    assert '"digits": "5"' in lines.batch([{"number": "1"}]) + lines.batch([{"digits": "5"}])
    assert lines.left_out == []
