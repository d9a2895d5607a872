"""The manifest of a list: every mistake at its place, all at once, and its file read the same way fast or slowly."""

from __future__ import annotations

import json

import pytest
from harness import Desk, voice
from hypothesis import given
from hypothesis import strategies as st
from list_desk import NUMBERS, calling, contact_list

from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.members import members_of
from campaignctl.diagnostics import Position
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.manifests.member_files import _careful_rows, read_member_rows
from campaignctl.model.companions import CompanionPlace
from campaignctl.model.managed_lists import _as_json

HEAD = "apiVersion: campaignctl/v1\nkind: ContactList\n"
FILE = "phone,name\n+919876543210,Asha\n+919876543211,Ravi\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("metadata: {name: vip}\nspec: {from_file: vip.csv, columns: {number: phone, age: name}}", "4:53: "),
        ("metadata: {name: vip}\nspec: {from_file: vip.csv, columns: {number: phone, tag: group}}", "4:58: "),
        ("metadata: {name: vip}\nspec: {from_file: vip.csv, columns: {number: mobile}}", "vip.csv:1:1: "),
        (
            "metadata: {name: vip}\nspec: {from_file: vip.csv, numbers: ['+919876543210']}",
            "4:19: from_file and numbers",
        ),
        (
            "metadata: {name: vip}\nspec: {columns: {number: phone}}",
            "4:7: spec needs one of from_file, numbers",
        ),
        (
            "metadata: {name: vip}\nspec: {numbers: ['+919876543210'], columns: {tag: x}}",
            "4:45: columns are of a file",
        ),
        ("metadata: {name: vip}\nspec: {from_file: none.csv}", "4:19: from_file"),
        ("metadata: {name: vip}\nspec: {numbers: ['98-76']}", "4:18: item 1 of numbers"),
        ("metadata: {name: VIP}\nspec: {numbers: ['+919876543210']}", "3:18: name: "),
        ("metadata: {name: vi}\nspec: {numbers: ['+919876543210']}", "3:18: name: "),
        (
            "metadata: {name: vip-0123456789abcdef}\nspec: {numbers: ['+919876543210']}",
            "3:18: metadata.name looks like",
        ),
        ("metadata: {name: vip, sid: abc}\nspec: {numbers: ['+919876543210']}", '3:23: "sid" is no key'),
        ("metadata: {name: vip}\nspec: {numbers: []}", "4:17: numbers: 0 items are too few"),
    ],
)
def test_a_mistake_stands_at_its_place(desk: Desk, text: str, said: str) -> None:
    desk.write("campaigns/vip.csv", FILE)
    desk.write("campaigns/list.yaml", f"{HEAD}{text}\n")
    found = desk.run("validate")
    assert found.code == 1
    assert any(said in line for line in found.out.splitlines()), found.out


def test_all_mistakes_are_told_at_once(desk: Desk) -> None:
    desk.write("campaigns/vip.csv", "phone,name\n+919876543210,Asha\nnobody,Ravi\n12,X\n")
    desk.manifests(
        contact_list("vip", numbers=..., from_file="vip.csv", columns={"number": "phone"}),
        contact_list("vip"),
        contact_list("vip-0123456789abcdef"),
    )
    found = desk.run("validate").out
    for said in ("vip.csv:3:1: ", "vip.csv:4:1: ", "looks like a version"):
        assert said in found
    desk.manifests(contact_list("vip"), contact_list("vip"))
    assert desk.run("validate").out.count("[not-unique]") == 2


def test_every_column_that_the_file_lacks_is_told_beside_other_mistakes(desk: Desk) -> None:
    desk.write("campaigns/vip.csv", "number,town\n+919876543210,Pune\n")
    columns = {"first_name": "name", "email": "mail", "street": "road"}
    desk.manifests(contact_list(numbers=..., from_file="vip.csv", columns=columns))
    found = desk.run("validate", "--format", "json").json["findings"]
    assert [(it["rule"], it["message"].split(":")[0]) for it in found] == [
        ("columns", "first_name"),
        ("columns", "email"),
        ("unknown-key", '"street" is no key of columns'),
    ]
    assert len({it["line"] for it in found}) == 3


def test_a_list_of_more_than_a_hundred_thousand_is_an_error(desk: Desk) -> None:
    desk.write("campaigns/vip.txt", "".join(f"+9198{place:08d}\n" for place in range(100_001)))
    desk.manifests(contact_list(numbers=..., from_file="vip.txt"))
    found = desk.run("validate")
    assert found.code == 1
    assert "100,001" in found.out or "100001" in found.out


def test_a_dynamic_campaign_that_names_a_list_is_an_error(desk: Desk) -> None:
    desk.manifests(contact_list(), calling(campaign_type="dynamic"))
    found = desk.run("validate")
    assert found.code == 1
    assert "[dynamic-list]" in found.out


def test_with_prune_a_list_has_the_prefix(desk: Desk) -> None:
    desk.configure({"prune": {"name_prefix": "growth-"}})
    desk.manifests(contact_list())
    assert "[name-prefix]" in desk.run("validate").out
    desk.manifests(contact_list("growth-vip"))
    assert desk.run("validate").code == 0


def test_a_list_with_a_mistake_that_no_selected_campaign_names_is_a_warning(desk: Desk) -> None:
    desk.manifests(contact_list("vi"), file="campaigns/list.yaml")
    desk.manifests(voice(), file="campaigns/one.yaml")
    found = desk.run("validate", "campaigns/one.yaml")
    assert (found.code, "warning: " in found.out) == (0, True)
    desk.manifests(calling(), file="campaigns/one.yaml")
    assert desk.run("plan", "campaigns/one.yaml").code == 1


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
NUMBER = st.one_of(st.from_regex(r"\+?[0-9]{7,15}", fullmatch=True), CELLS)


@given(
    st.lists(st.tuples(NUMBER, CELLS), max_size=6),
    st.sampled_from(["number,name", "name,number", "number", "phone;number", "+919876543210", ""]),
    st.sampled_from([",", ";", "\n"]),
    st.booleans(),
)
def test_the_quick_way_reads_a_file_as_the_careful_one_does(
    rows: list[tuple[str, str]], header: str, delimiter: str, swapped: bool
) -> None:
    lines = [header, *(delimiter.join(reversed(row) if swapped else row) for row in rows)]
    text = "\n".join(lines)
    quick, careful = read_member_rows(text, ("number",), "x"), _careful_rows(text, ("number",), "x")
    assert [list(column) for column in quick.cells] == [list(column) for column in careful.cells]
    assert (list(quick.lines), quick.bad) == (list(careful.lines), careful.bad)


PEOPLE = st.lists(st.sampled_from([*NUMBERS, "09876543210", "9876543211", "+4915112345678"]), min_size=1)


@given(PEOPLE, st.randoms())
def test_a_list_is_named_by_who_is_in_it_alone(numbers: list[str], random: object) -> None:
    def members(written: list[str]) -> object:
        place = CompanionPlace(Position("a.yaml"), 0)
        cells, lines = (written,), range(1, len(written) + 1)
        document = ContactList(place, "vip", {}, None, {"number": "number"}, cells, lines)
        return members_of(document, COUNTRIES["IN"])

    shuffled = list(numbers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = members(numbers), members(shuffled)
    assert one.mark == other.mark  # type: ignore[attr-defined]
    assert len(one) + one.repeated == len(numbers)  # type: ignore[attr-defined, arg-type]
    fewer = members([*numbers, "+919876500001"])
    assert fewer.mark != one.mark  # type: ignore[attr-defined]


@given(st.lists(st.text(st.sampled_from('a",\\[]é\x7f\n 0+'), max_size=4), max_size=5))
def test_what_stands_in_a_list_is_written_as_json_however_fast(cells: list[str]) -> None:
    assert _as_json(cells) == json.dumps(cells, separators=(",", ":"))
