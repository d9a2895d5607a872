"""Reads a file of manifests for whoever takes it: it is parsed once, and each document read as each environment has
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from yaml.nodes import Node, ScalarNode

from campaignctl.diagnostics import Diagnostic, error
from campaignctl.kinds import KINDS
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.manifests.documents import Document, DocumentReader
from campaignctl.manifests.files import ManifestFile, Source, UnreadableFileError
from campaignctl.manifests.nodes import (
    MalformedYamlError,
    Mark,
    PlaceUnknownError,
    documents,
    mark_of,
    members,
    yaml_of,
)
from campaignctl.manifests.scalars import FaultyError
from campaignctl.manifests.substitution import named_in, substitute
from campaignctl.manifests.unquoted import may_cut
from campaignctl.model.selector import Selector
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.manifests.alike import AlikeTexts

RULE: Final = "environments"
"""What a mistake is called that makes it unclear which environment takes what."""
_MANIFESTS: Final = frozenset((*KINDS, CONTACT_LIST))
"""The kinds that `select` is about."""


class Taking(NamedTuple):
    """Says how one environment reads a document, and which it takes. `select` is None for all of them.

    `labels_are_plain`: somewhere in the project labels decide who takes a manifest, so none may be filled in.
    """

    reader: DocumentReader
    select: Selector | None = None
    labels_are_plain: bool = False


class PassedOver(NamedTuple):
    """Holds a manifest whose labels do not fit. `list_name` is what a contact list is called, as it is written."""

    document: int
    list_name: str

    def name_for(self, taking: Taking) -> str:
        """Returns what the list is called with the variables filled in; nothing where that cannot be told."""
        try:
            return substitute(self.list_name, taking.reader.variables)
        except FaultyError:
            return ""


Taken: TypeAlias = "Document | PassedOver"


def taken(
    file: ManifestFile, takers: Mapping[int, Taking], alike: AlikeTexts | None = None
) -> Iterator[tuple[int, Taken]]:
    """Yields a file's documents for each that takes them; a file that cannot be read gives one without a campaign.

    `alike` knows how the files before were built, where there are many.
    """
    try:
        text = file.text()
    except UnreadableFileError as unreadable:
        where = Source(file, 0).at(_end_of(unreadable.before))
        broken = Document(None, (error(unreadable.rule, where, unreadable.message),), {})
        yield from ((taker, broken) for taker in takers)
        return
    json, text = yaml_of(text, file.shown)
    try:
        commented = may_cut(text)
        known = _known(file, text, takers, alike) if alike and not json and not commented else []
        if known:
            yield from known
            return
        for index, node in enumerate(documents(text)):
            yield from _of_each(node, Source(file, index, commented, json), takers)
    except MalformedYamlError as unreadable:
        where = Source(file, 0, json=json).at(unreadable.mark)
        malformed = (error(unreadable.rule, where, unreadable.message),)
        broken = Document(None, malformed, {}, used=frozenset(named_in(text)))
        yield from ((taker, broken) for taker in takers)


def _of_each(node: Node, source: Source, takers: Mapping[int, Taking]) -> Iterator[tuple[int, Taken]]:
    """Yields what a document is for each that takes it; those that are alike share it."""
    known: dict[tuple[int, Selector | None], Taken | None] = {}
    for taker, taking in takers.items():
        reads = id(taking.reader), taking.select
        if reads not in known:
            known[reads] = _found(node, source, taking)
        found = known[reads]
        if found is not None:
            yield taker, found


def _known(
    file: ManifestFile, text: str, takers: Mapping[int, Taking], alike: AlikeTexts
) -> list[tuple[int, Taken]]:
    """Returns what is found in a text that need not be parsed; nothing where it must be.

    Documents beside the campaigns tell places of their own.
    """
    node = alike.node_of(text)
    if node is None:
        return []
    try:
        found = list(_of_each(node[0], Source(file, 0, moved=node[1]), takers))
    except PlaceUnknownError:
        return []
    return [] if any(isinstance(it, Document) and it.beside for _, it in found) else found


def read_one(file: ManifestFile, document: int, taking: Taking) -> Document:
    """Reads a document that was passed over at first."""
    json, text = yaml_of(file.text(), file.shown)
    node = next(islice(documents(text), document, None))
    found = taking.reader.read(node, Source(file, document, may_cut(text), json))
    assert found is not None, "it was a manifest before"
    return found


def _found(node: Node, source: Source, taking: Taking) -> Taken | None:
    if not taking.labels_are_plain:
        return taking.reader.read(node, source)
    heading = _heading(node)
    if heading is None:
        return taking.reader.read(node, source)
    faults = tuple(error(RULE, source.at(mark), _FILLED_IN) for mark in heading.filled_in)
    if not faults and taking.select is not None and not taking.select.matches(heading.labels):
        return PassedOver(source.document, heading.list_name)
    found = taking.reader.read(node, source)
    return _refused(found, faults) if found is not None and faults else found


_FILLED_IN: Final = (
    "metadata.labels: ${…} may not stand in a label, for an environment selects its manifests by labels as they are "
    "written"
)


def _refused(found: Document, faults: tuple[Diagnostic, ...]) -> Document:
    """Refuses a manifest that nobody may take; a document beside the campaigns keeps what it is."""
    if found.beside is not None:
        return found._replace(findings=(*found.findings, *faults))
    return Document(None, (*found.findings, *faults), found.labels, used=found.used)


class _Heading(NamedTuple):
    """Holds a heading; `filled_in` are the labels with a `${`, and where they stand."""

    labels: Mapping[str, str]
    list_name: str
    filled_in: tuple[Mark, ...]


def _heading(node: Node) -> _Heading | None:
    """Reads the heading of a manifest whose labels can be told; of any other it is None, and everybody takes it."""
    try:
        parts = members(node)
        metadata = members(parts.get("metadata"))
        written = members(metadata.get("labels"))
    except MalformedYamlError:
        return None
    if _word(parts.get("kind")) not in _MANIFESTS or not all(
        isinstance(it, ScalarNode) for it in written.values()
    ):
        return None
    labels = {name: _word(it) for name, it in written.items()}
    filled_in = tuple(mark_of(it) for it in written.values() if "${" in _word(it))
    is_list = _word(parts.get("kind")) == CONTACT_LIST
    return _Heading(labels, _word(metadata.get("name")) if is_list else "", filled_in)


def _word(node: Node | None) -> str:
    return node.value if isinstance(node, ScalarNode) else ""


def _end_of(text: str) -> Mark:
    return Mark(text.count("\n"), len(text) - text.rfind("\n") - 1)
