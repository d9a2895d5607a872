"""The pages about the code name what is there: the drawing of the layers, paths, modules, links."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "campaignctl"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"[\w./-]*\w\.py")
FOLDER = re.compile(rf"(?:campaignctl/)?(?:{'|'.join(sorted(FOLDERS))})/[\w/.-]*")
MODULE = re.compile(r"\bcampaignctl((?:\.\w+)+)")
LINK = re.compile(r"\]\(([^)\s:]+?)(?:#[^)\s]*)?\)")
MADE_UP = re.compile(r"<!-- made up: (.*?) -->")
IN_TREE = re.compile(r"^[├└]── (\w+)(?:/|\.py) ", re.MULTILINE)


def contract_layers() -> list[set[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = (it["layers"] for it in settings["contracts"] if it["type"] == "layers")
    return [{name.strip().removeprefix("campaignctl.") for name in row.split("|")} for row in layers]


def drawn_layers(page: str) -> list[set[str]]:
    drawing = page.split("<!-- layers -->")[1].split("```")[1]
    rows = re.findall(r"^│([^│]*)│", drawing, re.MULTILINE)
    return [{name.strip() for name in row.split("|")} for row in rows]


def test_the_drawing_of_the_layers_is_the_import_contract() -> None:
    assert drawn_layers(ARCHITECTURE.read_text(encoding="utf-8")) == contract_layers()


def test_the_drawing_of_the_house_names_every_folder_and_module_at_the_top() -> None:
    drawn = IN_TREE.findall(ARCHITECTURE.read_text(encoding="utf-8"))
    modules = {path.stem for path in HOUSE.glob("*.py") if not path.stem.startswith("__")}
    assert sorted(drawn) == sorted(FOLDERS | modules)


def test_every_folder_has_a_layer() -> None:
    assert set().union(*contract_layers()) >= FOLDERS


READS = re.compile(
    r"^\s*(?:from|import) "
    r"(?:campaignctl\.(?:api|app|clock|manifests|applying|fleet\.opening)|os|random|threading|time)\b",
    re.MULTILINE,
)


def test_each_module_of_a_feature_that_reads_nothing_is_held_to_that() -> None:
    """A module of rules that the contract forgot could come to read a file or the clock, and nobody would see it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (held,) = (
        it["source_modules"] for it in settings["contracts"] if it["name"].startswith("Rules, documents")
    )
    (features,) = (row for row in contract_layers() if "doctor" in row)
    pure = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for feature in sorted(features)
        for path in sorted((HOUSE / feature).glob("[!_]*.py"))
        if not READS.search(path.read_text(encoding="utf-8"))
    ]
    assert len(pure) > 30
    assert [it for it in pure if it not in held and it.rpartition(".")[0] not in held] == []


def test_every_module_of_planning_stands_beside_its_rule() -> None:
    named = re.findall(r"`(planning/[\w/]+\.py)`", ARCHITECTURE.read_text(encoding="utf-8"))
    modules = {path.relative_to(HOUSE).as_posix() for path in (HOUSE / "planning").rglob("[!_]*.py")}
    assert modules
    assert modules - {*named} == set()


def code_words(page: Path) -> Iterator[str]:
    for span in CODE.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        yield from span.split()


def is_there(path: str) -> bool:
    """From the root, from the package, or a test by its name alone."""
    if "/" not in path and path.startswith("test_"):
        return any((ROOT / "tests").rglob(path))
    return any((base / path).exists() for base in (ROOT, HOUSE))


def is_module(dotted: str) -> bool:
    """`campaignctl.a.b`, or a name that a module has."""
    path = HOUSE
    for part in dotted.strip(".").split("."):
        if path.suffix == ".py" or not path.is_dir():
            return part in path.read_text(encoding="utf-8")
        folder, module, names = path / part, path / f"{part}.py", path / "__init__.py"
        path = folder if folder.is_dir() else module if module.is_file() else names
        if path == names:
            return part in names.read_text(encoding="utf-8")
    return True


def made_up(page: Path) -> list[str]:
    """What a how-to makes as its example, in `<!-- made up: … -->`."""
    return [path for said in MADE_UP.findall(page.read_text(encoding="utf-8")) for path in said.split()]


def broken_names(page: Path) -> list[str]:
    broken, examples = [], tuple(made_up(page))
    for word in code_words(page):
        if examples and word.replace("campaignctl.", "campaignctl/").startswith(examples):
            continue
        if FILE.fullmatch(word) or FOLDER.fullmatch(word):
            broken += [] if is_there(word) else [word]
        elif (module := MODULE.match(word)) and not word.endswith((".yaml", ".json", ".db")):
            broken += [] if is_module(module[1]) else [word]
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_files_folders_and_modules_that_are_there(page: Path) -> None:
    assert broken_names(page) == []


def test_what_a_how_to_makes_up_is_not_there() -> None:
    examples = [path for page in PAGES for path in made_up(page)]
    assert examples
    assert [path for path in examples if (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_only_to_what_is_there(page: Path) -> None:
    targets = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("broken", ["`planning/policy/`", "`cli/session.py`", "`campaignctl.planning.seal`"])
def test_a_name_of_an_earlier_house_is_found(tmp_path: Path, broken: str) -> None:
    (tmp_path / "page.md").write_text(f"See {broken} and `policy/hours.py`.", encoding="utf-8")
    assert broken_names(tmp_path / "page.md") == [broken.strip("`")]


@pytest.mark.parametrize("folder", ["decisions", "how-to"])
def test_the_readme_of_a_folder_links_each_of_its_pages_once(folder: str) -> None:
    directory = ROOT / "docs" / folder
    linked = LINK.findall((directory / "README.md").read_text(encoding="utf-8"))
    for page in sorted(path.name for path in directory.glob("*.md") if path.name != "README.md"):
        assert linked.count(page) == 1, page
