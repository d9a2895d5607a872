"""Lists every output format, one row each. A new one is one module with `WRITERS`, and one row here.

`WRITERS` of a module maps what is shown (`plan`, `apply`, `validate`, `error`) to a function from its document and
a `Setting` to the text. A format that is made from reports has one function, and `reports.writers` does the rest.
Modules are imported when they are needed: a plan as text loads no page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Final, Literal, TypedDict, TypeVar, overload

from campaignctl.text import name
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.rendering.documents import AnyPlanDocument
    from campaignctl.rendering.finding_documents import ErrorOutputDocument, ValidateDocument
    from campaignctl.rendering.result_documents import ApplyDocument
    from campaignctl.rendering.suites import Suite

Shown = TypeVar("Shown")
"""The document that is shown."""
STAND_IN = "a stand-in: nobody is called or texted"


class Where(NamedTuple):
    """Says which account a text is about.

    A sandbox calls and texts nobody, and is never taken for an account that does.
    """

    environment: str
    account_sid: str
    sandbox: bool

    @classmethod
    def of(cls, environment: str, account_sid: str, backend: str) -> Where:
        """Makes it, cut to what can be read."""
        return cls(name(environment), name(account_sid), backend == "sandbox")


class Setting(NamedTuple):
    """Says where a text will be read. `width` None: whoever shows it wraps it.

    `manifests` is how many were read, `where` the account, for documents that do not say so themselves. `prefix` is
    the project's directory as whoever reads a file's name knows it, with `/` at its end; empty where it is theirs.
    `within` is the environment, where a command shows several, for the flags that it needs there.
    `suites` makes what each environment says, and of which manifests, for the formats of `validate` that tell it.
    """

    now: datetime
    color: bool = False
    width: int | None = None
    manifests: int | None = None
    where: Where | None = None
    prefix: str = ""
    within: str = ""
    suites: Callable[[], Sequence[Suite]] = tuple


Writer = Callable[[Shown, Setting], str]
"""From the document of a command to text."""

if TYPE_CHECKING:

    class Writers(TypedDict, total=False):
        """Maps what a format can show to its writers."""

        plan: Writer[AnyPlanDocument]
        apply: Writer[ApplyDocument]
        validate: Writer[ValidateDocument]
        error: Writer[ErrorOutputDocument]


_COMMANDS: Final = frozenset({"plan", "apply", "validate", "diff"})


class OutputFormat(NamedTuple):
    """Describes one format. `shows` are the commands that offer it.

    `may_show_numbers`: `--show-numbers` reaches it. `tells_errors`: a command that ends early writes its error in
    this format to standard output, because a program reads it there. `brief`: it shows of a plan what
    `as_json.brief_document` holds, and no more. `verbatim`: it is that document itself, written.
    """

    module: str
    shows: frozenset[str] = _COMMANDS
    may_show_numbers: bool = False
    tells_errors: bool = False
    brief: bool = False
    verbatim: bool = False


FORMATS: Final[Mapping[str, OutputFormat]] = MappingProxyType(
    {
        "text": OutputFormat("as_text", may_show_numbers=True, brief=True),
        "json": OutputFormat("as_json", may_show_numbers=True, tells_errors=True, verbatim=True),
        "markdown": OutputFormat("as_markdown", brief=True),
        "html": OutputFormat("as_html"),
        "github": OutputFormat("as_github", tells_errors=True, brief=True),
        "sarif": OutputFormat("as_sarif", shows=frozenset({"validate"}), tells_errors=True),
        "gitlab": OutputFormat("as_gitlab", shows=frozenset({"validate"}), tells_errors=True),
        "junit": OutputFormat(
            "as_junit", shows=frozenset({"validate", "plan"}), tells_errors=True, brief=True
        ),
    }
)


def offered(command: str) -> tuple[str, ...]:
    """Returns the formats of a command, the default first."""
    return tuple(name for name, row in FORMATS.items() if command in row.shows)


@overload
def render(what: Literal["plan"], output_format: str, document: AnyPlanDocument, setting: Setting) -> str: ...
@overload
def render(what: Literal["apply"], output_format: str, document: ApplyDocument, setting: Setting) -> str: ...
@overload
def render(
    what: Literal["validate"], output_format: str, document: ValidateDocument, setting: Setting
) -> str: ...
@overload
def render(
    what: Literal["error"], output_format: str, document: ErrorOutputDocument, setting: Setting
) -> str: ...
def render(what: str, output_format: str, document: object, setting: Setting) -> str:
    """Returns the text of a document in a format. Raises KeyError where a row promises what its module lacks."""
    writers: Mapping[str, Writer[object]] = module_of(output_format).WRITERS
    return writers[what](document, setting)


def module_of(output_format: str) -> ModuleType:
    """Imports the module of a format: what it needs costs nothing where another one is asked for."""
    return import_module(f"campaignctl.rendering.{FORMATS[output_format].module}")
