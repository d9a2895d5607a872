"""A comment about several environments fits into a pull request: first sections are cut, from the end, then rows."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from campaignctl.rendering.as_markdown import MOST_CHARACTERS, several
from campaignctl.rendering.formats import Where
from campaignctl.rendering.report import Entry, Later, Report, Said, Seal, Tone

FRONT = Report(
    "plan", "Plan of several environments", None, (Said("300 environments"),), seal=Seal("approve-me", None)
)
CUT = re.compile(
    r"\*\*Cut, to fit into a comment: (?:([\d,]+) sections?)?(?:, )?(?:([\d,]+) rows?)? left out, from the end"
)


def section(number: int, campaigns: int) -> Report:
    """What one environment has to say: so many campaigns, each with a sentence."""
    entries = tuple(
        Entry(f"voice/c{number}-{place}", "create", Tone.CREATE, Later(lambda: [Said("calls 20 people")]))
        for place in range(campaigns)
    )
    where = Where(f"shop-{number:05d}", f"acc{number}", sandbox=False)
    return Report("plan", "Plan", where, (Said(f"{campaigns} to create", Tone.CREATE),), entries)


def cut(page: str) -> tuple[int, int]:
    """How many sections and rows the page says that it leaves out."""
    found = CUT.search(page)
    sections, rows = found.groups() if found else (None, None)
    return int((sections or "0").replace(",", "")), int((rows or "0").replace(",", ""))


def rows_of(page: str) -> list[int]:
    """Which environments have a row in the first table."""
    return [int(it) for it in re.findall(r"^\| \S* \| `shop-(\d+)` \|", page, re.MULTILINE)]


def sections_of(page: str) -> list[int]:
    """Which environments have a section."""
    return [int(it) for it in re.findall(r"^### Plan · `shop-(\d+)`", page, re.MULTILINE)]


@given(st.lists(st.integers(0, 600), max_size=40))
def test_sections_are_cut_from_the_end_and_counted_and_every_row_stays(sizes: list[int]) -> None:
    page = several(FRONT, [section(number, size) for number, size in enumerate(sizes)])
    assert len(page) <= MOST_CHARACTERS
    assert rows_of(page) == list(range(len(sizes)))
    left, rows = cut(page)
    assert (sections_of(page), rows) == (list(range(len(sizes) - left)), 0)
    assert "approve-me" in page, "what a reviewer approves is never cut"


def test_where_rows_alone_are_too_many_they_are_cut_from_the_end_and_no_section_is_told() -> None:
    many = 3_000
    page = several(FRONT, [section(number, 1) for number in range(many)])
    assert len(page) <= MOST_CHARACTERS
    sections, rows = cut(page)
    assert 0 < rows < many
    assert rows_of(page) == list(range(many - rows))
    assert (sections_of(page), sections) == ([], many)
    assert "approve-me" in page


def test_what_fits_is_not_cut() -> None:
    page = several(FRONT, [section(number, 2) for number in range(20)])
    assert cut(page) == (0, 0)
    assert sections_of(page) == list(range(20))
