"""Opens what a command works on: the project, an environment, its manifests, its account."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from campaignctl.app.options import GlobalOptions
from campaignctl.clock import Clock
from campaignctl.diagnostics import Diagnostic, Position, has_errors, in_order, quoted
from campaignctl.errors import CredentialsError, InputError, UsageError
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import AccountServer, Environment, ProjectFile
from campaignctl.model.selector import parse_selector
from campaignctl.model.windows import instant
from campaignctl.policy.subject import OwnRules, no_rules
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.api.client import Client
    from campaignctl.api.requesting import RequestRecord
    from campaignctl.app.audit import AuditLog
    from campaignctl.app.interrupts import Interrupts
    from campaignctl.app.side_by_side import SideBySide
    from campaignctl.contact_lists.contact_list import ContactList
    from campaignctl.manifests.reading import Manifests
    from campaignctl.model.checkout import Checkout
    from campaignctl.model.companions import Companion
    from campaignctl.model.suppression import Suppression

T = TypeVar("T")
_SANDBOX_SECRET = "sandbox"
_directory = lru_cache(maxsize=16)(Path)
"""A path is made once for all findings of a project, not for each."""


class Reading(NamedTuple):
    """Holds the project's manifests: all that could be read, and those that were selected.

    `complete` is False when a file outside the selection could not be read. `empty_paths` are the paths of the
    project file that hold no manifest, `used` the variables that manifests name, `companions` the documents beside
    the campaigns by their kind, `selected_companions` where those of them stand that were selected, `own_rules`
    what the project's own rules find of each manifest.
    """

    all_manifests: tuple[Desired, ...]
    selected: tuple[Desired, ...]
    findings: tuple[Diagnostic, ...]
    complete: bool
    empty_paths: tuple[str, ...] = ()
    used: frozenset[str] = frozenset()
    companions: Mapping[str, tuple[Companion, ...]] = MappingProxyType({})
    selected_companions: frozenset[Position] = frozenset()
    own_rules: OwnRules = no_rules

    @property
    def lists(self) -> tuple[ContactList, ...]:
        """Returns the project's contact lists; none where it has none, at no cost."""
        from campaignctl.kinds.manifest import CONTACT_LIST

        if CONTACT_LIST not in self.companions:
            return ()
        from campaignctl.contact_lists.contact_list import ContactList

        return tuple(it for it in self.companions[CONTACT_LIST] if isinstance(it, ContactList))

    @property
    def suppressions(self) -> tuple[Suppression, ...]:
        """Returns who is left out, of each manifest and list that leaves somebody out."""
        manifests = (it.suppression for it in self.all_manifests)
        lists = (it.suppression for it in self.lists)
        return tuple(it for it in (*manifests, *lists) if it is not None)

    def valid(self, prune: bool = False) -> Reading:
        """Returns it where commands may act by it.

        Raises InputError where one of the selected manifests is invalid. With `prune` a path of the project file that
        holds no manifest stops them too: it may have been emptied by mistake, and all of its campaigns would be
        orphans.
        """
        from campaignctl.manifests.reading import NO_MANIFESTS

        if has_errors(self.findings):
            raise InputError("the manifests are not valid; nothing was sent", self.findings)
        if prune and any(it.rule == NO_MANIFESTS for it in self.findings):
            raise InputError("the environment takes no manifest: --prune would end too much", self.findings)
        if prune and self.empty_paths:
            empty = ", ".join(map(quoted, self.empty_paths))
            raise InputError(
                f"no manifest in {empty}, which the project file names: --prune would end too much"
            )
        return self


class Connection(NamedTuple):
    """Holds an open account, and its scheme and host. `settles`: lists may lag, and others may create there too."""

    client: Client
    settles: bool
    base_url: str
    log: AuditLog


def start_of(options: GlobalOptions) -> Path:
    """Returns where the project is looked for.

    One that is named in full needs no working directory, which may be gone.
    """
    config = options.config
    return config.parent if config is not None and config.is_absolute() else Path.cwd()


class Session(NamedTuple):
    """Holds what one command works with: the project, an environment, the clock and the options."""

    options: GlobalOptions
    project: ProjectFile
    environment: Environment
    environ: Mapping[str, str]
    clock: Clock
    shared: dict[type, object]
    """What this run has one of for all environments, by its class."""
    beside: SideBySide | None = None
    """What it is given as one of several environments; None where it is the only one."""

    @classmethod
    def open(cls, options: GlobalOptions) -> Session:
        """Finds and checks the project file, and chooses the environment.

        Raises InputError with every finding, or for an environment that the project does not have.
        """
        from campaignctl.manifests.project import load_project

        environ = dict(os.environ)
        return cls._chosen(options, load_project(start_of(options), options.config, environ), environ)

    @classmethod
    def open_lenient(cls, options: GlobalOptions) -> tuple[Session, tuple[Diagnostic, ...]]:
        """Opens a session for what must not wait for the project file to be fixed; returns the mistakes outside the
        environment, too. Raises InputError where the environment itself is wrong.
        """
        from campaignctl.manifests.project import load_project_lenient

        environ = dict(os.environ)
        project, findings = load_project_lenient(
            start_of(options), options.config, environ, options.environment
        )
        return cls._chosen(options, project, environ), findings

    @classmethod
    def _chosen(cls, options: GlobalOptions, project: ProjectFile, environ: Mapping[str, str]) -> Session:
        from campaignctl.manifests.project import choose_environment

        environment = choose_environment(project, options.environment or None)
        return cls(options, project, environment, environ, options.clock, shared={})

    def read(
        self, paths: Sequence[str], labels: str = "", besides: Sequence[Callable[[], object]] = ()
    ) -> Reading:
        """Reads every manifest of the project, and which of them PATHS and labels select; and what is odd about the
        settings they were read with. `besides` is what is done while copies of the process read. Raises UsageError.
        """
        return self.remarked(self.load(paths, labels, besides))

    def load(
        self, paths: Sequence[str], labels: str = "", besides: Sequence[Callable[[], object]] = ()
    ) -> Reading:
        """Reads the manifests alone."""
        if self.beside is not None:
            return self._reading(self.beside.manifests.of(self.environment.name))
        return self.load_each([self.environment], paths, labels, besides)[self.environment.name]

    def load_each(
        self,
        environments: Sequence[Environment],
        paths: Sequence[str],
        labels: str = "",
        besides: Sequence[Callable[[], object]] = (),
    ) -> Mapping[str, Reading]:
        """Reads the manifests alone of several of the project's environments, by name."""
        from campaignctl.manifests.loading import load_for_each

        if not paths and self.project.file is None:
            raise UsageError("there is no project file here: name the manifests (files or directories)")
        selector, variables = parse_selector(labels), self.options.variables
        loaded = load_for_each(self.project, environments, paths, variables, selector, besides=besides)
        return {name: self._reading(it) for name, it in loaded.items()}

    @staticmethod
    def _reading(loaded: Manifests) -> Reading:
        return Reading(
            all_manifests=loaded.desired,
            selected=loaded.selected,
            findings=in_order(loaded.findings),
            complete=loaded.complete,
            empty_paths=loaded.empty_paths,
            used=loaded.used,
            companions=loaded.companions,
            selected_companions=loaded.selected_companions,
        )

    def remarked(self, reading: Reading) -> Reading:
        """Adds what is odd about the project file and about the variables of this environment."""
        from campaignctl.manifests.remarks import of_variables

        given, elsewhere = self.options.variables, frozenset[str]()
        if given and self.beside is not None:  # they may be meant for others: it waits until all are read
            elsewhere = self.beside.manifests.used
        odd = of_variables(self.project, self.environment, given, reading.used, elsewhere)
        return reading._replace(findings=in_order((*reading.findings, *self.project.findings, *odd)))

    def read_lenient(self, amiss: Sequence[Diagnostic] = ()) -> Reading:
        """Reads every manifest that can be read, for what looks at an account with or without a project.

        `amiss` are the mistakes of the project file that `open_lenient` told of.
        """
        reading = self.read(()) if self.project.file is not None else Reading((), (), (), True)
        return reading._replace(findings=(*amiss, *reading.findings))

    def read_valid(self, paths: Sequence[str], labels: str = "") -> Reading:
        """Reads manifests for commands that act: one invalid manifest among the selected stops them.

        Raises InputError.
        """
        return self.read(paths, labels).valid()

    def one_for_all(self, new: T) -> T:
        """Returns what this run has of a class for all environments: the first that was given."""
        found = self.shared.setdefault(type(new), new)
        assert isinstance(found, type(new)), "it is kept by its class"
        return found

    def seen_from_root(self, path: str) -> str:
        """Returns one of PATHS, relative to the project file: a saved plan may be applied from another directory."""
        return path if self._at_root else Path(os.path.relpath(path, self.project.root)).as_posix()

    def seen_from_here(self, path: str) -> str:
        """Returns a path relative to the project file as seen from the working directory."""
        return path if self._at_root else os.path.relpath(Path(self.project.root, path))

    @property
    def _at_root(self) -> bool:
        return Path.cwd() == Path(self.project.root)

    def checkout(self) -> Checkout | None:
        """Returns the commit that the project's files are of; None outside git, and for a sandbox, whose clock is
        its own.
        """
        if self.environment.is_sandbox:
            return None
        from campaignctl.manifests.revision import checked_out

        return checked_out(Path(self.project.root))

    def locate(self, desired: Desired, path: str) -> Position:
        """Returns where a field of a manifest stands; the file is read once more for it."""
        from campaignctl.manifests.places import locate_field

        variables = {**self.environment.vars, **self.options.variables}
        return locate_field(_directory(self.project.root), desired, path, variables)

    def locate_companion(self, companion: Companion, path: str) -> Position:
        """Returns where a part of a document beside the campaigns stands."""
        from campaignctl.manifests.places import locate

        place = companion.place
        return locate(_directory(self.project.root), place.where, place.document, path)

    @property
    def token(self) -> str:
        """Returns the API token. Raises CredentialsError where it is missing."""
        return self._secret(self.environment.token_env)

    def _secret(self, variable: str) -> str:
        if self.environment.is_sandbox:
            return _SANDBOX_SECRET
        value = self.environ.get(variable, "").strip()
        if not value:
            raise CredentialsError(
                f"environment {self.environment.name} needs its credentials: set {variable} "
                f"(the names stand under credentials: in the project file)"
            )
        return value

    @property
    def state_directory(self) -> Path:
        """Returns the directory of the sandbox's database and the intents of creates."""
        return Path(self.project.root) / ".campaignctl"

    @property
    def sandbox_database(self) -> Path:
        """Returns the file in which the environment's sandbox keeps its state."""
        return self.state_directory / "sandbox.db"

    @property
    def sandbox_start(self) -> datetime | None:
        """Returns the moment at which a fresh sandbox's clock begins; None for the machine's own time."""
        text = self.environment.sandbox_clock
        return instant(text) if text else None

    @contextmanager
    def account(
        self, clock: Clock | None = None, audit_log: Path | None = None, use_reserved_quota: bool = False
    ) -> Iterator[Connection]:
        """Opens the environment's account; a sandbox is started, or the one that runs is used.

        `clock` stands in for the session's own: one whose waits can be interrupted. `use_reserved_quota`: this is
        the pause by hand that requests are kept back for.
        """
        from random import Random

        from campaignctl.api.client import Client
        from campaignctl.api.credentials import Credentials
        from campaignctl.app.audit import audited, said
        from campaignctl.manifests.project import require_account

        require_account(self.environment)
        credentials = Credentials(self._secret(self.environment.key_env), self.token)
        logged = audited(audit_log, self.environment.name, self.environ, self.clock, go_on=use_reserved_quota)
        with self.server() as (base_url, settles), logged as log:

            def observe(record: RequestRecord) -> None:
                log.write(record)
                if self.options.verbose:
                    said(record)

            client = Client(
                self.environment,
                base_url=base_url,
                credentials=credentials,
                clock=self._client_clock(clock),
                random=self.options.random or Random(),
                network=self.options.network,
                observer=observe,
                use_reserved_quota=use_reserved_quota,
            )
            if self.beside is not None:
                client.take_turns(self.beside.turn)
                self.beside.clients.append(client)
            with client:
                yield Connection(client, settles, base_url, log)

    def _client_clock(self, given: Clock | None) -> Clock:
        """Returns a clock whose waits are told where somebody looks on; of several nobody could tell whose they are."""
        from campaignctl.app import terminal

        if self.beside is not None:
            return given or self.beside.interrupts.clock(self.clock)
        return terminal.said(given or self.clock, self.options)

    def interrupts(self) -> Interrupts:
        """Returns who tells that the run is to end."""
        from campaignctl.app.interrupts import Interrupts

        return self.beside.interrupts if self.beside is not None else Interrupts()

    @property
    def host(self) -> str:
        """Returns what tells this account's server from others in an intent."""
        return self.environment.host

    @property
    def intents_directory(self) -> Path:
        """Returns the directory in which creates are noted before they are sent."""
        return self.state_directory / "intents"

    @contextmanager
    def server(self) -> Iterator[AccountServer]:
        """Yields where the environment's account is: for the time of the block a sandbox is there."""
        if not self.environment.is_sandbox:
            assert self.environment.base_url is not None, "an environment of the live API has its host"
            yield AccountServer(self.environment.base_url, settles=True)
            return
        if self.beside is not None and self.beside.sandbox is not None:
            yield self.beside.sandbox
            return
        from campaignctl.sandbox.server import running

        with running(self.sandbox_database, clock=self.clock, start_at=self.sandbox_start) as sandbox:
            yield AccountServer(sandbox.url, settles=not sandbox.owned)
