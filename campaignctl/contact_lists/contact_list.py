"""Defines the document `ContactList`: its rows, and what it says once it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from campaignctl.diagnostics import Position, SpecFinding, counted, quoted
from campaignctl.kinds import formats
from campaignctl.kinds.formats import Format
from campaignctl.kinds.manifest import CONTACT_LIST as CONTACT_LIST_KIND
from campaignctl.kinds.manifest import FROM_FILE, LABELS, TAKE, opening, suppress_of_manifest, take
from campaignctl.kinds.table import Field, Secrecy, Type, Value
from campaignctl.model.campaigns import Desired, ListName
from campaignctl.model.companions import Companion, CompanionKind, CompanionPlace
from campaignctl.model.managed_lists import looks_like_a_version

if TYPE_CHECKING:
    from campaignctl.model.suppression import Shown, Suppression, SuppressionSource

KIND: Final = CONTACT_LIST_KIND
NUMBER: Final = "number"
MOST_MEMBERS: Final = 100_000
"""What a static list of the account holds."""

_NAME: Final = Format("[a-z0-9-]{3,40}", "3 to 40 of the letters a to z, digits and hyphens")
_HEADER: Final = formats.NAME


def _column(name: str, doc: str) -> Field:
    return Field(name, Type.STRING, doc, minimum=1, maximum=200, format_by=_HEADER)


_COLUMNS: Final = (
    _column(NUMBER, "The header of the numbers; number where it is left out."),
    _column("first_name", "The header of the first names, @@First_name in a text."),
    _column("last_name", "The header of the last names."),
    _column("company_name", "The header of the companies."),
    _column("email", "The header of the e-mail addresses."),
    _column("tag", "The header of the tags."),
)
NUMBERS: Final = Field(
    "numbers",
    Type.NUMBERS,
    "The people's numbers, instead of from_file.",
    minimum=1,
    maximum=MOST_MEMBERS,
    secrecy=Secrecy.PEOPLE,
)
"""How a number must look, and how many there may be; a file's, too."""

_METADATA: Final = (
    Field(
        "name",
        Type.STRING,
        "What campaigns name it by, unique in a project. The account's list has another name, made of its content.",
        required=True,
        format_by=_NAME,
    ),
    LABELS,
)
_SPEC: Final = (
    Field(
        FROM_FILE,
        Type.STRING,
        "A file beside the manifest: CSV with a header, or one number a line. One of it and numbers is needed.",
        format_by=formats.PATH,
    ),
    NUMBERS,
    Field(
        "columns",
        Type.OBJECT,
        "What of the file is sent: the API's field, and the header of the file's column. The numbers alone where it "
        "is left out.",
        fields=_COLUMNS,
    ),
    suppress_of_manifest(),
    take(),
)
DOCUMENT: Final = Field(
    KIND,
    Type.OBJECT,
    "Who is in a contact list, which an apply uploads where a campaign needs it.",
    fields=(
        *opening(KIND),
        Field("metadata", Type.OBJECT, "What the list is called.", required=True, fields=_METADATA),
        Field("spec", Type.OBJECT, "Who is in it.", required=True, fields=_SPEC),
    ),
)


InOrder: TypeAlias = Callable[[], Iterable[Sequence[str]]]
"""Whom sources hold, each in its order and by the country's rule."""


@dataclass(frozen=True, slots=True)
class ContactList(Companion):
    """Holds one document, read. `columns` map the API's field to the file's header, `number` first.

    `cells` are as they are written, those of a column after the other, in the order of `columns`; `lines` are the
    rows' lines in `file`, as positions name it, or their places among the numbers where there is none. `take` is
    how many of them are taken. `suppress` are the sources that it names, `suppression` whom they and the project's
    hold; where these leave somebody out, `written` is the list before that, `left_out` who is not called, by the
    country's rule, `in_order` whom each of all sources holds, in its order. `shown` is what the account shows of the
    campaigns that `suppress` names.
    """

    name: str
    labels: Mapping[str, str]
    from_file: str | None
    columns: Mapping[str, str]
    cells: tuple[Sequence[str], ...] = field(default=(), repr=False)
    lines: Sequence[int] = field(default=(), repr=False)
    file: str | None = None
    take: int | None = None
    suppress: tuple[SuppressionSource, ...] = ()
    suppression: Suppression | None = field(default=None, repr=False)
    written: ContactList | None = field(default=None, repr=False)
    left_out: frozenset[str] = field(default=frozenset(), repr=False)
    in_order: InOrder = field(default=tuple, repr=False, compare=False)
    shown: Mapping[str, Shown] = field(default_factory=dict, repr=False)

    @property
    def where(self) -> Position:
        """Returns the list's file, line and column."""
        return self.place.where

    @property
    def document(self) -> int:
        """Returns the list's place among the documents of its file."""
        return self.place.document

    @property
    def as_written(self) -> ContactList:
        """Returns the list before anybody was left out."""
        return self.written or self

    @property
    def numbers(self) -> Sequence[str]:
        """Returns the numbers of all rows, as they are written."""
        return self.cells[0] if self.cells else ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns the fields that are sent for each of its people."""
        return tuple(self.columns)


def build(values: Mapping[str, Value], place: CompanionPlace) -> ContactList:
    """Makes the typed document; what a faulty one lacks is empty. What stands in a file comes later."""
    metadata, spec = _object(values.get("metadata")), _object(values.get("spec"))
    declared = {name: str(header) for name, header in _object(spec.get("columns")).items() if header}
    columns = {
        NUMBER: declared.pop(NUMBER, NUMBER),
        **{it.name: declared[it.name] for it in _COLUMNS if it.name in declared},
    }
    name, path, numbers = metadata.get("name"), spec.get(FROM_FILE), spec.get(NUMBERS.name)
    written = [str(number) for number in numbers] if isinstance(numbers, list) else []
    return ContactList(
        place,
        name if isinstance(name, str) else "",
        {key: str(text) for key, text in _object(metadata.get("labels")).items()},
        path if isinstance(path, str) else None,
        columns,
        (written,) if written else (),
        range(1, len(written) + 1),
        take=_people(spec.get(TAKE)),
    )


def _people(taken: Value) -> int | None:
    people = _object(taken).get("people")
    return people if isinstance(people, int) else None


def _object(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def faults(document: Companion) -> Iterator[SpecFinding]:
    """Yields what is wrong with a list: who is in it must be said once, and its name must not be a version's."""
    assert isinstance(document, ContactList)
    if looks_like_a_version(document.name):
        message = "metadata.name looks like a version of a list in the account; take another name"
        yield SpecFinding("metadata.name", "version-name", message)
    if document.from_file is not None and document.numbers and document.file is None:
        message = f"{FROM_FILE} and {NUMBERS.name} exclude each other; remove one"
        yield SpecFinding(FROM_FILE, "from-file", message)
    if document.from_file is None and not document.numbers:
        yield SpecFinding("spec", "required", f"spec needs one of {FROM_FILE}, {NUMBERS.name}")
    if document.from_file is None and len(document.columns) > 1:
        yield SpecFinding("columns", "columns", f"columns are of a file: give {FROM_FILE}, or remove them")


def conflicts(documents: Sequence[Companion]) -> Iterator[tuple[Companion, SpecFinding]]:
    """Yields a name that stands twice, at each document that has it."""
    by_name: dict[str, list[ContactList]] = {}
    for document in documents:
        assert isinstance(document, ContactList)
        by_name.setdefault(document.name, []).append(document)
    for name, several in by_name.items():
        for document in several if name and len(several) > 1 else ():
            other = next(it for it in several if it is not document)
            message = f"the name {quoted(name)} stands in another {KIND} too: {other.place.where}; it must be unique"
            yield document, SpecFinding("metadata.name", "not-unique", message)


def names_lists(desired: Desired) -> bool:
    """Tells whether a campaign gives a list by its name."""
    return any(True for _ in named_lists(desired))


def named_lists(desired: Desired) -> Iterator[tuple[str, ListName]]:
    """Yields the lists that a campaign gives by name, each with its place in the spec."""
    for row in desired.kind.given_by_name:
        items = desired.spec.get(row.name)
        if isinstance(items, Sequence) and not isinstance(items, str):
            for index, item in enumerate(items):
                if isinstance(item, ListName):
                    yield f"{row.name}.{index}", item


def dynamic_faults(desired: Desired, names: frozenset[str]) -> Iterator[SpecFinding]:
    """Finds a campaign that fills a text from a list that it names: it must name the SID, since the API documents
    dynamic lists in two ways.
    """
    if "dynamic" not in (desired.spec.get("campaign_type"), desired.spec.get("content_type")):
        return
    for path, item in named_lists(desired):
        if item.name in names:
            message = f"a dynamic campaign cannot name a {KIND}: give the SID of a list of the account"
            yield SpecFinding(path, "dynamic-list", message)


class _People(str):
    """Shows how many people there are, and is equal to the same people alone."""

    people: frozenset[tuple[str, ...]]

    def __eq__(self, other: object) -> bool:
        """Compares people: others of the same number are told as a difference, though nobody is shown."""
        return isinstance(other, _People) and self.people == other.people

    def __ne__(self, other: object) -> bool:
        """Compares people, too: a text has a comparison of its own, which would look at the words alone."""
        return not self == other

    def __hash__(self) -> int:
        """Hashes the people."""
        return hash(self.people)


def settings(document: Companion) -> Mapping[str, Value]:
    """Returns who is in a list and who is left out, as counts, what is sent of them, and the sources; numbers are
    never shown.
    """
    assert isinstance(document, ContactList)
    values: dict[str, Value] = {
        "people": _people_of(zip(*document.cells, strict=True)),
        "columns": [f"{name}: {header}" for name, header in document.columns.items()],
        "suppress": [_source(it) for it in document.suppress] or None,
        "suppressed": _people_of((it,) for it in document.left_out) if document.left_out else None,
        "take": counted(document.take, "person", "people") if document.take is not None else None,
    }
    return {f"{document.name}.{name}": value for name, value in values.items() if value is not None}


def _source(source: SuppressionSource) -> str:
    return source.said + (f", at least {source.at_least:,}" if source.at_least is not None else "")


def _people_of(rows: Iterable[tuple[str, ...]]) -> _People:
    rows = list(rows)
    people = _People(counted(len(rows), "person", "people"))
    people.people = frozenset(rows)
    return people


_EXAMPLE: Final = """\
apiVersion: campaignctl/v1
kind: ContactList
metadata: {name: vip-customers, labels: {team: growth}}
spec:
  from_file: vip.csv
  columns: {number: phone, first_name: name}
"""

CONTACT_LIST: Final = CompanionKind(
    KIND,
    "contact-list",
    DOCUMENT,
    build,
    faults,
    conflicts,
    names_lists,
    settings,
    _EXAMPLE,
    substitutes=True,
    selectable=True,
)
