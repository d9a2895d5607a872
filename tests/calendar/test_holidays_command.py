"""`campaignctl holidays`: a country's holidays as a Calendar that manifests may name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from harness import Desk, desk_at
from repeating import weekly


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    with desk_at(tmp_path) as desk:
        yield desk  # type: ignore[misc]


def test_what_it_prints_is_a_calendar_with_estimates_marked(desk: Desk) -> None:
    pytest.importorskip("holidays")
    out = desk.run("holidays", "IN", "2027").out
    assert "covers: {from: 2027-01-01, until: 2027-12-31}" in out
    assert '{date: 2027-01-26, reason: "Republic Day"}' in out
    assert "estimated: true" in out
    desk.write("calendars/in.yaml", out)
    desk.manifests(weekly(rule={"calendars": ["../calendars/in.yaml"]}))
    done = desk.run("validate")
    assert done.code == 0, done.all


@pytest.mark.slow
def test_a_part_of_a_country_and_several_years(desk: Desk) -> None:
    pytest.importorskip("holidays")
    out = desk.run("holidays", "in-tn", "2028", "2027").out
    assert "covers: {from: 2027-01-01, until: 2028-12-31}" in out
    assert "Pongal" in out
    assert desk.run("holidays", "IN", "2027", "2029").code == 64


@pytest.mark.parametrize("country", ["XX", "IN-XX"])
def test_a_country_that_is_not_known_is_told(country: str, desk: Desk) -> None:
    pytest.importorskip("holidays")
    done = desk.run("holidays", country, "2027")
    assert (done.code, "does not know" in done.err) == (1, True)


def test_a_file_that_is_there_is_not_written_over_unless_it_is_asked_for(desk: Desk) -> None:
    pytest.importorskip("holidays")
    file = desk.write("in.yaml", "mine\n")
    refused = desk.run("holidays", "IN", "2027", "--out", "in.yaml")
    assert (refused.code, file.read_text()) == (3, "mine\n")
    assert "--force" in refused.err
    assert desk.run("holidays", "IN", "2027", "--out", "in.yaml", "--force").code == 0
    assert "kind: Calendar" in file.read_text(encoding="utf-8")
    assert desk.run("holidays", "IN", "2027", "--out", "new.yaml").code == 0


def test_it_writes_through_links_and_devices_and_takes_a_hyphen_for_standard_output(desk: Desk) -> None:
    """As `plan --out` does: a link stays one, a device stays one."""
    pytest.importorskip("holidays")
    (desk.root / "link.yaml").symlink_to("target.yaml")
    assert desk.run("holidays", "IN", "2027", "--out", "link.yaml").code == 0
    assert (desk.root / "link.yaml").is_symlink()
    assert "kind: Calendar" in (desk.root / "target.yaml").read_text(encoding="utf-8")
    assert desk.run("holidays", "IN", "2027", "--out", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()
    assert "kind: Calendar" in desk.run("holidays", "IN", "2027", "--out", "-").out
    assert not (desk.root / "-").exists()
    directory = desk.run("holidays", "IN", "2027", "--out", ".", "--force")
    assert (directory.code, "it is a directory" in directory.err) == (1, True)


def test_without_the_package_the_command_that_installs_it_is_printed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    done = desk.run("holidays", "IN", "2027", "--out", "in.yaml")
    assert done.code == 1
    assert "pip install 'campaignctl[holidays]'" in done.err
    assert not (desk.root / "in.yaml").exists()
