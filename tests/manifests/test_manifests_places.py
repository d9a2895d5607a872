"""Where a field stands in one of many files: as parsing that file says, however many are built alike."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from example_counts import examples
from hypothesis import given
from hypothesis import strategies as st
from test_manifests_alike import BLOCK, FLOW, edited, with_other_values
from test_manifests_quick import EXAMPLES, QUICK
from yaml.nodes import Node

from campaignctl.diagnostics import Position
from campaignctl.manifests import places
from campaignctl.manifests.nodes import MalformedYamlError, documents, mark_of

PATHS = (
    "schedule.send_at",
    "schedule.end_at",
    "from.1",
    "from.40",
    "caller_id",
    "retries.on_status.0",
    "metadata.labels.team",
    "no_such_key",
)


@pytest.fixture(autouse=True)
def as_in_a_fresh_process() -> Iterator[None]:
    places._of_text.cache_clear()
    places._alike_texts.cache_clear()
    yield
    places._of_text.cache_clear()
    places._alike_texts.cache_clear()


def parsed(text: str) -> list[Node]:
    """The documents up to where the text stops being YAML."""
    found = list[Node]()
    with suppress(MalformedYamlError):
        found.extend(documents(text))
    return found


def check(directory: Path, number: int, text: str) -> None:
    """Holds the places in a file to those that parsing it says."""
    where = Position(f"{number}.yaml", 7, 7)
    (directory / where.file).write_bytes(text.encode("utf-8", "surrogatepass"))
    nodes = parsed(text)
    for document in range(2):
        for path in PATHS:
            right = where
            with suppress(MalformedYamlError, IndexError):
                right = Position.at(where.file, mark_of(places.nearest(nodes[document], path)))
            assert places.locate(directory, where, document, path) == right, (text, path)


@pytest.mark.parametrize("text", [BLOCK, FLOW, BLOCK + "---\n" + BLOCK, BLOCK.replace("\n", "\r\n")])
def test_each_of_many_files_has_its_own_places(tmp_path: Path, text: str) -> None:
    for number in range(30):
        check(
            tmp_path,
            number,
            text.replace("reminder-1", "x" * number).replace("caller_id", "callee" * (number % 3)),
        )


def test_of_files_built_alike_few_are_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    composed = []

    def recording(text: str) -> Iterator[Node]:
        composed.append(text)
        yield from documents(text)

    monkeypatch.setattr(places, "documents", recording)
    for number in range(50):
        where = Position(f"{number}.yaml")
        (tmp_path / where.file).write_text(BLOCK.replace("reminder-1", "x" * number), encoding="utf-8")
        place = places.locate(tmp_path, where, 0, "schedule.send_at")
        assert (place.line, place.column) == (18, 14)
    assert 0 < len(composed) < 25


@examples(60)
@given(st.data())
def test_a_place_is_the_one_that_parsing_says_whatever_the_files_before_were(data: st.DataObject) -> None:
    base = edited(data, data.draw(st.sampled_from([*EXAMPLES, QUICK, BLOCK, FLOW])))
    texts = [base, base, *(with_other_values(data, base) for _ in range(4)), base]
    places._alike_texts.cache_clear()
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "_FEW", -1)
        for number, text in enumerate(texts):
            check(Path(directory), number, text)


@pytest.fixture
def threads_that_give_way_soon() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.slow
@pytest.mark.usefixtures("threads_that_give_way_soon")
def test_several_environments_may_ask_at_once_for_places_in_the_same_files(tmp_path: Path) -> None:
    texts = ["---\n".join([BLOCK] * 60), *(BLOCK.replace("reminder-1", f"r-{it}") for it in range(30))]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.yaml").write_text(text)
    asked = [
        (number, document, path)
        for number in range(len(texts))
        for document in ((0, 30, 59) if number == 0 else (0,))
        for path in ("from.1", "schedule.send_at")
    ]

    def tell(_: int) -> list[Position]:
        return [
            places.locate(tmp_path, Position(f"{number}.yaml"), document, path)
            for number, document, path in asked
        ]

    right = [
        Position.at(f"{number}.yaml", mark_of(places.nearest(nodes[document], path)))
        for number, document, path in asked
        for nodes in [parsed(texts[number])]
    ]
    with ThreadPoolExecutor(4) as threads:
        assert all(found == right for found in threads.map(tell, range(12)))
