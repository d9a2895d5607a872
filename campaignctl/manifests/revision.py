"""Finds a revision of the repository that a project stands in, and lays its files out for the reader.

Only git's plumbing is asked, which needs neither network nor credentials. Nothing is checked out, no filter runs,
and the repository is not written to.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Final

from campaignctl.diagnostics import quoted
from campaignctl.errors import InputError
from campaignctl.manifests.files import MAX_BYTES
from campaignctl.model.checkout import Checkout

_DEFAULTS: Final = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)
"""Where the default branch is looked for: as its remote has it, so that what is not pushed yet shows."""
_NO_REPOSITORY: Final = b"not a git repository"
_LINK, _FILES = "120000", ("100644", "100755", "120000")
_FETCH: Final = "actions/checkout fetches the history with fetch-depth: 0"


@dataclass(frozen=True)
class Base:
    """Describes what a branch is compared with. `commit` is None in a repository without commits: nothing was
    there.

    `revision` is as it was asked for. `merge_base`: the commit is where the branch left it.
    """

    revision: str | None
    commit: str | None
    merge_base: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repository:
    """Represents the work tree around a project."""

    top: Path

    @classmethod
    def around(cls, directory: Path) -> Repository:
        """Finds the repository.

        Raises InputError where there is none, or git is not installed or will not read it.
        """
        answer = _git(directory, "rev-parse", "--show-toplevel")
        if answer.returncode == 0:
            return cls(Path(os.fsdecode(answer.stdout).rstrip("\n")))
        if _NO_REPOSITORY in answer.stderr:
            raise InputError(f"{directory} is in no git repository: diff compares with a revision of one")
        raise InputError(f"git cannot read the repository around {directory}: {_one_line(answer.stderr)}")

    def base(self, asked: str | None) -> Base:
        """Returns where the branch left `asked`, by default the default branch; `asked` itself where they have
        nothing in common that is known here. Raises InputError for a revision that does not exist.
        """
        head = self._commit("HEAD")
        if head is None and asked is None:
            return Base(None, None, notes=("the repository has no commit yet: every manifest is new",))
        revision = asked or self._default_branch()
        commit = self._commit(revision)
        if commit is None:
            raise InputError(self._missing(revision))
        fork = self._said("merge-base", commit, head) if head else None
        if fork is None and head is not None:
            return Base(_short(revision), commit, notes=(self._unrelated(revision),))
        return Base(_short(revision), fork or commit, fork is not None)

    def _default_branch(self) -> str:
        found = next((ref for ref in _DEFAULTS if self._commit(ref)), None)
        if found is None:
            tried = ", ".join(map(_short, _DEFAULTS))
            hint = f"; this is a shallow clone: {_FETCH}" if self._is_shallow else ""
            raise InputError(
                f"no default branch is known here ({tried}): name what to compare with, --base REV{hint}"
            )
        return self._said("rev-parse", "--symbolic-full-name", found) or found

    def _commit(self, revision: str) -> str | None:
        if revision.startswith("-"):
            return None
        return self._said("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")

    def _missing(self, revision: str) -> str:
        message = f"the revision {quoted(revision)} does not exist here"
        if self._is_shallow:
            return f"{message}: this is a shallow clone; fetch it first ({_FETCH})"
        return f"{message}: --base takes a branch, a tag or a commit"

    def _unrelated(self, revision: str) -> str:
        why = f"in this shallow clone ({_FETCH})" if self._is_shallow else "at all"
        return (
            f"the branch and {quoted(_short(revision))} have no common commit {why}: compared with that revision "
            "itself, so what it gained in the meantime shows as removed or changed back"
        )

    @property
    def _is_shallow(self) -> bool:
        return self._said("rev-parse", "--is-shallow-repository") == "true"

    def _said(self, *words: str) -> str | None:
        """Returns the one line that git answers; None where it answers none."""
        answer = _git(self.top, *words)
        line = answer.stdout.decode("utf-8", "replace").strip()
        return line if answer.returncode == 0 and line else None


@contextmanager
def base_files(directory: Path, asked: str | None) -> Iterator[tuple[Base, Files]]:
    """Finds what the work tree around a directory is compared with, and has its files at hand for the block.

    Raises InputError as `Repository` does.
    """
    repository = Repository.around(directory)
    base = repository.base(asked)
    with TemporaryDirectory(prefix="campaignctl-base-") as place:
        yield base, Files(repository, base.commit, Path(place))


class Files:
    """Holds a commit's files, laid out under `directory` as they are asked for."""

    def __init__(self, repository: Repository, commit: str | None, directory: Path) -> None:
        self.top = repository.top
        self.directory = directory
        self._waiting = dict(self._listed(commit)) if commit else {}
        self.paths = frozenset(self._waiting)

    def holds(self, path: str) -> bool:
        """Tells whether a path is a file of the commit, or a directory with one."""
        return path == "." or any(it == path or it.startswith(f"{path}/") for it in self.paths)

    def lay_out(self, wanted: Callable[[str], bool]) -> None:
        """Writes what is wanted and not there yet. Links come last, and nothing is written through one.

        Raises InputError where git or the file system refuses.
        """
        chosen = {path: self._waiting.pop(path) for path in sorted(self._waiting) if wanted(path)}
        links: dict[str, bytes] = {}
        try:
            for path, mode, content in self._contents(chosen):
                if mode == _LINK:
                    links[path] = content
                else:
                    self._place(path).write_bytes(content)
            for path, target in links.items():
                self._place(path).symlink_to(os.fsdecode(target))
        except OSError as failed:
            raise InputError(f"the base cannot be laid out in {self.directory}: {failed.strerror}") from None

    def _place(self, path: str) -> Path:
        """Returns where a file goes.

        Raises InputError for one whose directory is a link: no commit of git's own has that.
        """
        place = self.directory / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_symlink() or not place.parent.resolve().is_relative_to(self.directory.resolve()):
            raise InputError(f"the base holds {quoted(path)} twice, once as a link")
        return place

    def _listed(self, commit: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yields path, mode and object of each file; what no file system should be asked to hold is left out."""
        answer = _git(self.top, "ls-tree", "-r", "-z", "--full-tree", commit)
        if answer.returncode != 0:
            raise InputError(f"git cannot list {commit}: {_first_line(answer.stderr)}")
        for entry in answer.stdout.split(b"\0"):
            head, _, name = entry.partition(b"\t")
            path = os.fsdecode(name)
            if not path or {"", ".", ".."} & set(path.split("/")):
                continue
            mode, _, blob = head.decode("ascii").split(" ")
            if mode in _FILES:
                yield path, (mode, blob)

    def _contents(self, chosen: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str, bytes]]:
        """Yields path, mode and content of each file."""
        with TemporaryFile() as asked:
            asked.write("".join(f"{blob}\n" for _, blob in chosen.values()).encode("ascii"))
            asked.seek(0)
            command, pipe = ["git", "cat-file", "--batch"], subprocess.PIPE
            with subprocess.Popen(
                command, cwd=self.top, env=_environment(), stdin=asked, stdout=pipe
            ) as process:
                assert process.stdout is not None, "it was asked for"
                for path, (mode, _) in chosen.items():
                    yield path, mode, _next_object(process.stdout, path)


def _next_object(stream: IO[bytes], path: str) -> bytes:
    """Reads one object of `cat-file --batch`. What the reader would refuse for its size is cut where it refuses."""
    words = stream.readline().split()
    if len(words) != 3:
        raise InputError(
            f"git does not have {quoted(path)} of the base here; fetch it completely (git fetch --refetch)"
        )
    left = int(words[2]) + 1  # the line break after it
    content = stream.read(min(left - 1, MAX_BYTES + 1))
    left -= len(content)
    while left and (piece := stream.read(min(left, 1 << 20))):
        left -= len(piece)
    return content


def checked_out(directory: Path) -> Checkout | None:
    """Returns when the commit was made that is checked out around a directory; None outside git and before a first
    commit.
    """
    if not any((it / ".git").exists() for it in (directory, *directory.parents)):
        return None
    try:
        answer = _git(directory, "rev-list", "--max-count=1", "--timestamp", "HEAD")
    except InputError:
        return Checkout(None, "git is not installed")
    if answer.returncode == 0:
        return Checkout(datetime.fromtimestamp(int(answer.stdout.split()[0]), UTC))
    if any(it in answer.stderr for it in (_NO_REPOSITORY, b"unknown revision", b"bad revision")):
        return None
    return Checkout(None, f"git says: {_one_line(answer.stderr)}")


def _short(ref: str) -> str:
    return ref.removeprefix("refs/remotes/").removeprefix("refs/heads/")


def _one_line(said: bytes) -> str:
    """Joins all that git says on one line: the command that lifts it stands last."""
    words = " ".join(said.decode("utf-8", "replace").split())
    return "".join(it if it.isprintable() else f"\\u{ord(it):04x}" for it in words) or "no reason given"


def _first_line(said: bytes) -> str:
    return quoted(next(iter(said.decode("utf-8", "replace").splitlines()), "no reason given"))


def _git(directory: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", *words], cwd=directory, env=_environment(), capture_output=True, check=False
        )
    except FileNotFoundError:
        raise InputError("git is not installed: diff reads the base from it") from None


_OF_A_HOOK: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git tells its hooks: the repository is the one around the project, also when one of them runs this."""


def _environment() -> dict[str, str]:
    """Returns an environment in which git speaks English, and asks no question on a terminal."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
