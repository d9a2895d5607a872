"""Files of numbers: whoever stands in one is called, or the file is refused at the line that would leave them out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifest_projects import VOICE, load, write

from campaignctl.diagnostics import Position
from campaignctl.kinds import VOICE as VOICE_KIND
from campaignctl.manifests.numbers import place_of, read_numbers
from campaignctl.manifests.places import locate_field

FROM_FILE = VOICE.replace('from: ["+919876543210"]', "from_file: numbers.csv")
NUMBERS = VOICE_KIND.by_name["from"]
A, B, C, D = (f"+91812345678{last}" for last in range(4))


def found(content: str | bytes, tmp_path: Path) -> list[str]:
    """What is said of a file of numbers; it holds nobody's number or name."""
    manifests = load(write(tmp_path, {"campaigns/a.yaml": FROM_FILE, "campaigns/numbers.csv": content}))
    said = [str(finding) for finding in manifests.findings]
    assert not [hint for hint in ("81234", "Asha", "E+11") if hint in "".join(said)]
    return said


def called(content: str) -> list[str]:
    """Who is called by a file that nothing is wrong with."""
    read = read_numbers(NUMBERS, content)
    assert (read.bad_lines, read.fault) == ((), None)
    return list(read.numbers)


LEFT_OUT = {
    "a quote that never closes": (f'number,name\n{A},A\n{B},"B\n{C},C\n{D},D\n', 3, "a quote opens here"),
    "a quote that closes at another row's": (
        f'number,name\n{A},"A\n{B},B\n{C},C"\n',
        2,
        "takes in what looks like rows",
    ),
    "a quote that another row's closes badly": (
        f'number,name\n{A},"A\n{B},"B\n{C},C\n',
        2,
        "a quote opens here",
    ),
    "a quote before the number": (f'name,number\n"A,{A}\nB",{B}\n', 2, "takes in what looks like rows"),
    "rows that a spreadsheet spoilt": (
        'number;name\n+918123456780;"A\n9.19877E+11;B"\n',
        2,
        "takes in what looks like rows",
    ),
    "an open quote in the header": (f'number,"name\n{A},A\n', 1, "a quote opens here"),
    "two columns of the name": (f"number,name,Number\n{A},A,{B}\n", 1, "2 columns are called number"),
    "more cells than the header": (f"number\n{A},{B}\n", 2, "it has 2 cells and the header 1"),
    "two delimiters": (f"number,x;number\n{A},1;{B}\n", 1, "the header can be cut at commas and semicolons"),
    "another name": (f"Mobile\n{A}\n{B}\n", 1, 'the header has "Mobile"; rename the one to call'),
    "another name of two words": (f"Phone Number;Name\n{A};A\n", 1, 'the header has "Phone Number", "Name"'),
    "a name in quotes": (f'"Mobile No.","Full Name"\n{A},A\n', 1, 'the header has "Mobile No.", "Full Name"'),
    "many names": (",".join(f"c{n}" for n in range(30)) + f"\n{A}\n", 1, '"c7" and 22 more'),
    "no header": (f"{A},Asha\n{B},Asha\n", 1, "it has 2 cells and no header"),
    "no header, the name first": ("Asha 81234 56780,x\n", 1, "it has 2 cells and no header"),
    "no header, digits of another script": ("Asha,\u096e\u0967\u0968\u0969\u096a\u096b\n", 1, "no header"),
    "a line for Excel": (f"sep=;\nnumber;name\n{A};A\n", 1, "this line is for Excel alone; remove it"),
    "NUL bytes": (f"{A}\n{B}\0\n", 2, "it holds NUL bytes"),
    "a header between numbers": (f"{A}\nnumber\n{B}\n", 2, "it must be a phone number"),
    "no number in a row": (f"number,name\n{A},A\n,B\n", 3, "it must be a phone number"),
    "a number from a spreadsheet": (f"number\n{A}\n9.19877E+11\n", 3, "turned into scientific notation"),
    "one from a spreadsheet first": (f"9.19877E+11\n{A}\n", 1, "turned into scientific notation"),
    "one with a decimal comma first": (f"9,19877E+11\n{A}\n", 1, "turned into scientific notation"),
    "one with a decimal comma": (f"number;x\n9,19877E+11;\n{A};\n", 2, "turned into scientific notation"),
}


@pytest.mark.parametrize(("content", "line", "expected"), LEFT_OUT.values(), ids=list(LEFT_OUT))
def test_what_would_leave_people_out_is_one_error_at_its_line(
    content: str, line: int, expected: str, tmp_path: Path
) -> None:
    (said,) = found(content, tmp_path)
    assert said.startswith(f"campaigns/numbers.csv:{line}:1: ")
    assert expected in said


SECRET = {
    "variables": "EXOTEL_API_TOKEN=81234abcd\nEXOTEL_API_KEY=1\n",
    "settings": "token: 81234abcd\nkey: x\n",
    "a token alone": "ghp_81AbCd9xYz\n",
    "a key": "-----BEGIN 81234 PRIVATE KEY-----\nabc\n",
    "a long word": "81234" + "abcdefgh" * 8 + "\n",
    "an address": "asha81234@example.com,x\n",
}


@pytest.mark.parametrize("content", SECRET.values(), ids=list(SECRET))
def test_a_first_line_that_holds_no_plain_words_is_not_quoted(content: str, tmp_path: Path) -> None:
    """A file that somebody named by mistake, or to have its secrets told in a pipeline's log."""
    (said,) = found(content, tmp_path)
    assert said.startswith("campaigns/numbers.csv:1:1: no column is called number: the header has ")
    assert "no plain words" in said
    assert not [hint for hint in ("AbCd", "abcd") if hint in said]


HEADINGS = ("Mobile no. (WhatsApp)", "phone_number", "Tel/Fax", "मोबाइल नंबर", "Téléphone 2", "phone2")


@pytest.mark.parametrize("heading", HEADINGS)
def test_what_a_column_is_called_is_told(heading: str, tmp_path: Path) -> None:
    (said,) = found(f"Name,{heading}\nAsha,{A}\n", tmp_path)
    assert 'the header has "Name", ' in said
    assert said.endswith('"; rename the one to call [from-file]')


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_said_to_be_that(encoding: str, tmp_path: Path) -> None:
    (said,) = found(f"number\n{A}\n".encode(encoding), tmp_path)
    assert "UTF-16" in said
    assert "UTF-8" in said


def test_an_open_quote_before_5000_rows_calls_nobody(tmp_path: Path) -> None:
    rows = "".join(f"+9198765{number:05},x\n" for number in range(5000))
    (said,) = found(f'number,name\n{A},"A\n{rows}', tmp_path)
    assert said.startswith("campaigns/numbers.csv:2:1: a quote opens here")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"campaigns/a.yaml": FROM_FILE})
    with (tmp_path / "campaigns/numbers.csv").open("wb") as file:
        file.truncate(20_000_001)
    (finding,) = load(tmp_path).findings
    assert str(finding).startswith('campaigns/a.yaml:6:14: from_file "numbers.csv": it is larger than 20 MB')


RIGHT = {
    "a cell of two lines": f'number,address\n{A},"12 MG Road\nBengaluru 560001"\n{B},x\n',
    "a cell of two lines with the delimiter in it": f'address,number\n"12, MG Road,\nBengaluru, 560001",{A}\n,{B}\n',
    "quotes doubled in a cell": f'number,name\n{A},"the ""A"" one"\n{B},B\n',
    "a quote within a cell": f'number,size\n{A},5" pipe\n{B},B\n',
    "tabs": f"name\tNumber\nA, or B\t{A}\nC\t{B}\n",
    "blank lines and rows above and between": f"\n\n number , name\n\n{A},A\n , \n{B}\n",
    "empty cells beyond the header": f"number,name\n{A},A,,\n{B},B,\n",
    "CR alone": f"number\r{A}\r{B}\r",
    "a single column in quotes": f'"number"\n"{A}"\n"{B}"\n',
}


@pytest.mark.parametrize("content", RIGHT.values(), ids=list(RIGHT))
def test_what_can_be_read_in_one_way_is_read(content: str) -> None:
    assert called(content) == [A, B]


TEXTS = st.text(st.sampled_from('ab ,;\t"\n\r'), max_size=8)


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=12), st.sampled_from(",;\t"), st.booleans())
def test_what_a_spreadsheet_writes_is_read_to_the_last_row(
    notes: list[str], delimiter: str, first: bool
) -> None:
    rows = [(f"+91987654{place:04}", note) for place, note in enumerate(notes)]
    table = io.StringIO()
    writer = csv.writer(table, delimiter=delimiter)
    writer.writerows(row if first else row[::-1] for row in [("number", "note"), *rows])
    assert called(table.getvalue()) == [number for number, _ in rows]


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(0, 11))
def test_a_quote_put_anywhere_leaves_nobody_out(names_quoted: list[bool], place: int) -> None:
    names = {True: '"A"', False: "A"}
    rows = [f"+91987654{at:04},{names[quote]}" for at, quote in enumerate(names_quoted)]
    spoilt = place % len(rows)
    rows[spoilt] = rows[spoilt].replace(",", ',"', 1)
    read = read_numbers(NUMBERS, "\n".join(["number,name", *rows]))
    everybody = len(read.numbers) == len(rows)
    assert everybody != any(bad.line == spoilt + 2 for bad in read.bad_lines)


def test_the_place_of_a_number_is_found_again(tmp_path: Path) -> None:
    content = f'note,number\n"two\nlines",{A}\n\n,{B}\n'
    root = write(tmp_path, {"campaigns/a.yaml": FROM_FILE, "campaigns/numbers.csv": content})
    path = root / "campaigns/numbers.csv"
    assert [place_of(path, index) for index in (0, 1, 2)] == [(3, 8), (5, 2), (1, 1)]
    (desired,) = load(root).desired
    assert locate_field(root, desired, "from.1") == Position("campaigns/numbers.csv", 5, 2)
    assert locate_field(root, desired, "from") == Position("campaigns/a.yaml", 6, 14)
    path.unlink()
    assert locate_field(root, desired, "from.1") == Position("campaigns/numbers.csv", 1)


def test_the_place_of_a_number_in_a_manifest_is_its_item(tmp_path: Path) -> None:
    root = write(tmp_path, {"campaigns/a.yaml": VOICE.replace("]", f', "{B}"]', 1)})
    (desired,) = load(root).desired
    assert locate_field(root, desired, "from.1") == Position("campaigns/a.yaml", 6, 27)
