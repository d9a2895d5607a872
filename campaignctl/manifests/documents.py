"""Reads one YAML document into one `Desired`, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING, Final

from yaml.nodes import MappingNode, Node, ScalarNode

from campaignctl.diagnostics import Diagnostic, Position, SpecFinding, did_you_mean, error, quoted
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.manifest import API_VERSION, DOCUMENTS, FROM_FILE, RECIPIENTS, SUPPRESS, TAKE
from campaignctl.kinds.table import Field, Kind, Value
from campaignctl.manifests.fields import FieldProblem, FieldReader
from campaignctl.manifests.files import ManifestFile, Source, UnreadableFileError, read_inside, shown_path
from campaignctl.manifests.nodes import MalformedYamlError, Mark, is_null, mark_of, members
from campaignctl.manifests.places import keys_at_fault, nearest
from campaignctl.manifests.quick import QuickReader
from campaignctl.manifests.substitution import Recorded
from campaignctl.manifests.unquoted import cut_short
from campaignctl.model.campaigns import Desired
from campaignctl.policy import consistency as validate
from campaignctl.policy.project_file import ENVIRONMENT_KIND, PROJECT_KIND
from campaignctl.text import without_numbers
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.manifests.repeats import RepeatReader
    from campaignctl.model.companions import Companion
    from campaignctl.model.gates import After
    from campaignctl.model.suppression import SuppressionSource

_NO_MANIFEST: Final = f"a manifest has apiVersion: campaignctl/v1 and kind: {' or '.join(KINDS)}"


class Document(NamedTuple):
    """Holds what became of a document. `labels` are known of a faulty one too, where they could be read.

    `findings` are why there is no campaign; `faults` what is wrong with one all the same, between its fields.
    `used` are the variables that it names. `beside` is the kind of a document that is no campaign, `companion` what
    it says, as far as it could be read.
    """

    desired: Desired | None
    findings: tuple[Diagnostic, ...]
    labels: Mapping[str, str]
    faults: tuple[SpecFinding, ...] = ()
    used: frozenset[str] = frozenset()
    beside: str | None = None
    companion: Companion | None = None


class DocumentReader:
    """Reads the documents of a project. `variables` fill in `${name}`; `keeps_declared`: they are kept as declared."""

    def __init__(self, variables: Mapping[str, str], keeps_declared: bool = False) -> None:
        self.variables, self.keeps_declared = Recorded(variables), keeps_declared
        self._quick: dict[tuple[str, bool], QuickReader] = {}
        self._repeats: RepeatReader | None = None

    def read(self, node: Node, source: Source) -> Document | None:
        """Reads a document; None for what is no manifest and no mistake: an empty document, a project file, an
        environment.
        """
        used = self.variables.used
        used.clear()
        document = _read_document(node, source, self)
        return document._replace(used=frozenset(used)) if used and document is not None else document

    def quick(self, kind: Kind, pinned: bool) -> QuickReader:
        """Returns the quick reader of a kind, made when the first of its documents comes."""
        reader = self._quick.get((kind.name, pinned))
        if reader is None:
            reader = QuickReader(DOCUMENTS[kind.name], self.variables, requires=not pinned)
            self._quick[kind.name, pinned] = reader
        return reader

    @property
    def repeats(self) -> RepeatReader:
        """Returns the reader of rules, made when the first manifest repeats."""
        if self._repeats is None:
            from campaignctl.manifests.repeats import RepeatReader

            self._repeats = RepeatReader()
        return self._repeats


def _read_document(node: Node, source: Source, reader: DocumentReader) -> Document | None:
    if is_null(node):
        return None
    try:
        parts = members(node)
        api_version, word = _word(parts.get("apiVersion")), _word(parts.get("kind"))
        if word in (PROJECT_KIND, ENVIRONMENT_KIND) and api_version == API_VERSION:
            return None
        unsupported = _unsupported(node, parts, api_version, word)
        if unsupported is None:
            kind = KINDS.get(word or "")
            return (
                _read(node, parts, kind, source, reader)
                if kind
                else _read_beside(node, word or "", source, reader)
            )
    except MalformedYamlError as unreadable:
        unsupported = FieldProblem(unreadable.rule, unreadable.mark, unreadable.message)
    return Document(None, _told([unsupported], source), {})


def _word(node: Node | None) -> str | None:
    return node.value if isinstance(node, ScalarNode) else None


def _unsupported(
    node: Node, parts: Mapping[str, Node], api_version: str | None, word: str | None
) -> FieldProblem | None:
    """Says why a document is no manifest; None for one."""
    if not isinstance(node, MappingNode):
        return FieldProblem("not-a-manifest", mark_of(node), f"this is no mapping; {_NO_MANIFEST}")
    if "format_version" in parts and word is None:
        return FieldProblem("not-a-manifest", mark_of(node), f"this looks like a plan; {_NO_MANIFEST}")
    if api_version is None or word is None:
        missing = "apiVersion" if api_version is None else "kind"
        return FieldProblem("not-a-manifest", mark_of(node), f"{missing} is missing; {_NO_MANIFEST}")
    if api_version != API_VERSION:
        message = f"apiVersion: {quoted(without_numbers(api_version))} is not {API_VERSION}"
        return FieldProblem("api-version", mark_of(parts["apiVersion"]), message)
    return None if word in KINDS else _unknown_kind(word, parts["kind"])


def _unknown_kind(word: str, node: Node) -> FieldProblem | None:
    """Says that a kind is not known; None for a document that lies beside the campaigns."""
    from campaignctl.manifests.companions import COMPANIONS  # where there is one: most projects have none

    if word in COMPANIONS:
        return None
    known = (*KINDS, *COMPANIONS)
    message = (
        f"kind: {quoted(without_numbers(word))} is none of {', '.join(known)}{did_you_mean(word, known)}"
    )
    return FieldProblem("kind", mark_of(node), message)


def _read_beside(node: Node, word: str, source: Source, reader: DocumentReader) -> Document:
    from campaignctl.manifests.companions import COMPANIONS, read_companion

    companion, findings = read_companion(COMPANIONS[word](), node, source, reader.variables)
    labels = getattr(companion, "labels", {})
    return Document(None, findings, labels, beside=word, companion=companion)


def _read(
    node: Node, parts: Mapping[str, Node], kind: Kind, source: Source, reader: DocumentReader
) -> Document:
    pin = members(parts.get("metadata")).get("sid")
    pinned = pin is not None and not is_null(pin)
    values, faults = reader.quick(kind, pinned).read(node), list[FieldProblem]()
    if values is None:
        careful = FieldReader(DOCUMENTS[kind.name], reader.variables, requires=not pinned)
        values, faults = careful.read(node), careful.faults
    metadata, spec = _object(values, "metadata"), dict(_object(values, "spec"))
    repeat = spec.pop("repeat", None)
    findings = _told(faults, source) if faults else ()
    spec_node = parts.get("spec")
    numbers_file = _numbers_file(spec, source)
    unread = keys_at_fault(spec_node, (it.mark for it in faults)) if faults else set[str]()
    sources, strange = _sources(spec, spec_node, source) if SUPPRESS in spec else ((), ())
    findings += strange
    if spec_node is not None and "spec" in values and unread.isdisjoint((*RECIPIENTS[kind.name], FROM_FILE)):
        findings += _recipients(kind, spec, spec_node, source, pinned)
    labels = {intern(str(name)): intern(str(text)) for name, text in _object(metadata, "labels").items()}
    desired = _desired(kind, metadata, spec, labels, source, mark_of(node), numbers_file, sources)
    commented = tuple(cut_short(kind, parts, source.text)) if source.text else ()
    if isinstance(repeat, Mapping) and "repeat" not in unread:
        repeated = reader.repeats.read(desired, repeat, node, source)
        desired, findings, commented = (
            repeated.desired,
            findings + repeated.findings,
            (*repeated.faults, *commented),
        )
    if findings:
        besides = (*validate.faults(desired, unread), *commented)
        return Document(None, findings + _besides(besides, node, source), labels)
    if reader.keeps_declared:
        desired = desired._replace(written=values)
    return Document(desired, (), labels, (*validate.faults(desired), *commented))


def _besides(faults: Iterable[SpecFinding], node: Node, source: Source) -> tuple[Diagnostic, ...]:
    """Returns what is wrong besides with a manifest that will not be taken: everything is told at once."""
    return tuple(
        Diagnostic(
            fault.severity,
            fault.rule,
            source.at(mark_of(nearest(node, fault.path))),
            fault.message,
            fault.details,
        )
        for fault in faults
    )


_NOTHING: Final[Mapping[str, Value]] = {}
_NO_WORDS: Final = frozenset[str]()
"""What most manifests have, in one object for all: an empty set takes 216 bytes."""


def _object(values: Mapping[str, Value], name: str) -> Mapping[str, Value]:
    value = values.get(name)
    return value if value.__class__ is dict or isinstance(value, Mapping) else _NOTHING


def _desired(
    kind: Kind,
    metadata: Mapping[str, Value],
    spec: dict[str, Value],
    labels: Mapping[str, str],
    source: Source,
    mark: Mark,
    numbers_file: str | None,
    sources: tuple[SuppressionSource, ...] = (),
) -> Desired:
    state, take = spec.pop("state", None), spec.pop(TAKE, None)
    name = metadata.get("name")
    return Desired(
        kind,
        spec if name is None else {"name": name, **spec},
        source.at(mark),
        state=None if state is None else State(str(state)),
        sid=_text(metadata.get("sid")),
        previous_name=_text(metadata.get("previous_name")),
        labels=labels,
        ignore=_words(metadata.get("ignore")),
        allow=_words(metadata.get("allow")),
        distinct_from=_words(metadata.get("distinct_from")),
        document=source.document,
        numbers_file=numbers_file,
        suppress=sources,
        take=_people(take),
        stop_when=_object(metadata, "stop_when"),
        after=_after(metadata),
        usage=_object(metadata, "usage"),
    )


def _people(take: Value) -> int | None:
    people = take.get("people") if isinstance(take, Mapping) else None
    return people if isinstance(people, int) else None


def _after(metadata: Mapping[str, Value]) -> tuple[After, ...]:
    if "after" not in metadata:
        return ()
    from campaignctl.gates.limits import after_of  # where something waits for another

    return after_of(metadata["after"])


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _words(value: Value) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list) else _NO_WORDS


def _recipients(
    kind: Kind, spec: dict[str, Value], node: Node, source: Source, pinned: bool
) -> tuple[Diagnostic, ...]:
    """Reads who is meant: `from_file` becomes `from`, and a new campaign must have somebody."""
    choices = RECIPIENTS[kind.name]
    if choices and not pinned and all(spec.get(name) is None for name in choices):
        message = f"spec needs one of {', '.join(choices)}"
        return (error("required", source.at(mark_of(node)), message),)
    if FROM_FILE not in spec:
        return ()
    path = spec.pop(FROM_FILE)
    field = kind.numbers[0]
    where = source.at(mark_of(members(node)[FROM_FILE]))
    if spec.get(field.name) is not None and path is not None:
        return (error("from-file", where, f"{FROM_FILE} and {field.name} exclude each other; remove one"),)
    if path is None:
        spec.setdefault(field.name, None)
        return ()
    return _numbers(field, str(path), spec, where, source.file)


def _sources(
    spec: dict[str, Value], node: Node | None, source: Source
) -> tuple[tuple[SuppressionSource, ...], tuple[Diagnostic, ...]]:
    """Reads who is left out, as it is written.

    The sources are read later, with the project's own; see `suppression`.
    """
    from campaignctl.model.suppression import read_sources  # most manifests leave nobody out

    def shown(path: str) -> str:
        return shown_path(_beside(source.file, path), source.file.root)

    sources, faults = read_sources(spec.pop(SUPPRESS), shown)
    places = ((path, nearest(node, path) if node is not None else None) for path, _ in faults)
    marks = [mark_of(place) if place is not None else Mark(0, 0) for _, place in places]
    return sources, tuple(
        error(SUPPRESS, source.at(mark), message) for mark, (_, message) in zip(marks, faults, strict=True)
    )


def _numbers_file(spec: Mapping[str, Value], source: Source) -> str | None:
    path = spec.get(FROM_FILE)
    return None if path is None else shown_path(_beside(source.file, str(path)), source.file.root)


def _beside(file: ManifestFile, path: str) -> Path:
    return Path(file.path).parent / path


def _numbers(
    field: Field, path: str, spec: dict[str, Value], where: Position, file: ManifestFile
) -> tuple[Diagnostic, ...]:
    """Puts the file's numbers into the spec; what is wrong stands at the line of the numbers file."""
    from campaignctl.manifests.numbers import read_numbers  # with what reads CSV: most manifests name no file

    target = _beside(file, path)
    try:
        found = read_numbers(field, read_inside(target, file.home))
    except UnreadableFileError as unreadable:
        return (error(unreadable.rule, where, f"{FROM_FILE} {quoted(path)}: {unreadable.message}"),)
    shown = shown_path(target, file.root)
    findings = [error(bad.rule, Position(shown, bad.line), bad.message) for bad in found.bad_lines]
    if found.fault is not None:
        rule, message = found.fault
        findings.append(error(rule, where, f"{FROM_FILE} {quoted(path)}: {message}"))
    spec[field.name] = list(found.numbers)
    return tuple(findings)


def _told(faults: Iterable[FieldProblem], source: Source) -> tuple[Diagnostic, ...]:
    return tuple(error(fault.rule, source.at(fault.mark), fault.message) for fault in faults)
