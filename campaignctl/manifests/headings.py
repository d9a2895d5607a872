"""Names the documents of a file, invalid ones too: for reports that list what a finding is of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode

from campaignctl.kinds import KINDS
from campaignctl.manifests.files import UnreadableFileError, decoded
from campaignctl.manifests.nodes import MalformedYamlError, documents, json_as_yaml, mark_of, members
from campaignctl.tuples import NamedTuple


class Heading(NamedTuple):
    """Says where a document begins; `kind` is empty for one that is no campaign."""

    kind: str
    name: str
    line: int


def headings(file: Path) -> Iterator[Heading]:
    """Yields the heading of each document as far as the file can be read, names as they are written."""
    try:
        text = decoded(file.read_bytes())
        for node in documents(json_as_yaml(text) if file.suffix.lower() == ".json" else text):
            yield _heading(node)
    except (OSError, ValueError, UnreadableFileError, MalformedYamlError):
        return


def _heading(node: Node) -> Heading:
    line = mark_of(node).line + 1
    try:
        parts = members(node) if isinstance(node, MappingNode) else {}
        kind, called = _word(parts.get("kind")), _word(members(parts.get("metadata")).get("name"))
    except MalformedYamlError:
        return Heading("", "", line)
    return Heading(kind if kind in KINDS else "", called, line)


def _word(node: Node | None) -> str:
    return node.value if isinstance(node, ScalarNode) else ""
