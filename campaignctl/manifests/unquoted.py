"""Finds texts that a ` #` cut short: without quotes the rest of the line is a comment, and nobody hears or reads
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from yaml.nodes import Node, ScalarNode, SequenceNode

from campaignctl.diagnostics import SpecFinding, doubt, quoted
from campaignctl.kinds.table import Kind
from campaignctl.manifests.nodes import members
from campaignctl.policy.doubts import texts_of

RULE: Final = "cut-short"
_COMMENT: Final = re.compile(r"[ \t]+#([^\n\r]?)")


def may_cut(text: str) -> str:
    """Returns the text itself where a comment may stand behind a value, else nothing: most files are done with
    here.
    """
    return text if text.find("#", 1) > 0 and (" #" in text or "\t#" in text) else ""


def cut_short(kind: Kind, parts: Mapping[str, Node], text: str) -> Iterator[SpecFinding]:
    """Yields the texts of a manifest that a comment follows; and where that is hardly meant as one, its names, and
    what says whom it reaches: a file, a list.
    """
    spec, metadata = members(parts.get("spec")), members(parts.get("metadata"))
    for name in texts_of(kind):
        if name in spec and _follows(spec[name], text) is not None:
            yield doubt(name, RULE, f"{name}: {message(spec[name])}")
    named: list[tuple[str, str, Node | None]] = [
        *((f"metadata.{name}", name, metadata.get(name)) for name in ("name", "previous_name")),
        ("from_file", "from_file", spec.get("from_file")),
        *(
            (f"lists.{place}", f"item {place + 1} of lists", node)
            for place, node in enumerate(_list_names(spec))
        ),
    ]
    for path, called, node in named:
        if node is not None and cuts_a_word(node, text):
            yield doubt(path, RULE, f"{called}: {message(node)}")


def _list_names(spec: Mapping[str, Node]) -> Iterator[Node | None]:
    lists = spec.get("lists")
    for item in lists.value if isinstance(lists, SequenceNode) else ():
        yield members(item).get("name")


def cuts_a_word(node: Node, text: str) -> bool:
    """Tells whether what follows is `#1234` rather than a remark, which has a blank after its sign."""
    return (_follows(node, text) or " ").strip(" \t#!") != ""


def message(node: Node) -> str:
    """Says what happened, and what to do."""
    rest = f"ends at {quoted(node.value[-20:])}" if node.value else "is empty"
    return f'" #" begins a comment, so the text {rest}; put the text in quotes'


def is_cut(node: Node, text: str) -> bool:
    """Tells whether a comment follows a text without quotes in its line."""
    return _follows(node, text) is not None


def _follows(node: Node, text: str) -> str | None:
    """Returns the sign after the `#` that follows a text without quotes in its line; None where none does."""
    if not isinstance(node, ScalarNode) or node.style:
        return None
    found = _COMMENT.match(text, node.end_mark.index)
    return found[1] if found else None
