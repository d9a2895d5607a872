"""Keeps commits as git does, so that git finds them: objects in one place, a checkout's head beside its files.

No process of git writes here. The date of a commit is what its author's machine shows.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from simulation.commits import Commit

_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"


class GitObjects:
    """Holds the objects of a repository: files, directories, and commits, each after the one before it.

    `texts` are the files of a commit, `commits` all that there are.
    """

    def __init__(
        self,
        root: Path,
        commits: Callable[[], Sequence[Commit]],
        texts: Callable[[Commit], Mapping[str, str]],
    ) -> None:
        self._objects, self._commits, self._texts = root / "objects", commits, texts
        self._known: dict[int, tuple[Commit, str]] = {}

    def name(self, commit: Commit) -> str:
        """Returns the name of a commit, which is kept then, and all before it; one that was amended is another one."""
        parent = ""
        for it in (*self._commits()[: commit.number], commit):
            known = self._known.get(it.number)
            if known is None or known[0] is not it:
                self._known[it.number] = it, self._kept(it, parent)
            parent = self._known[it.number][1]
        return parent

    def _kept(self, commit: Commit, parent: str) -> str:
        when = f"{int(commit.dated or 0)} +0530"
        lines = [f"tree {self._tree(self._texts(commit))}", *([f"parent {parent}"] if parent else [])]
        lines += [f"{who} A Person <person@example.com> {when}" for who in ("author", "committer")]
        return self._keep("commit", "\n".join((*lines, "", commit.says, "")).encode())

    def _tree(self, files: Mapping[str, str]) -> str:
        folders: dict[str, dict[str, str]] = {}
        entries: dict[str, tuple[str, str]] = {}
        for path, text in files.items():
            first, _, rest = path.partition("/")
            if rest:
                folders.setdefault(first, {})[rest] = text
            else:
                entries[first] = "100644", self._keep("blob", text.encode())
        entries |= {name: ("40000", self._tree(inside)) for name, inside in folders.items()}
        ordered = sorted(entries, key=lambda it: f"{it}/" if entries[it][0] == "40000" else it)
        written = (f"{entries[it][0]} {it}\0".encode() + bytes.fromhex(entries[it][1]) for it in ordered)
        return self._keep("tree", b"".join(written))

    def _keep(self, kind: str, content: bytes) -> str:
        whole = f"{kind} {len(content)}\0".encode() + content
        name = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        place = self._objects / name[:2] / name[2:]
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(zlib.compress(whole, 1))
        return name

    def check_out(self, root: Path, commit: Commit) -> None:
        """Makes a directory a checkout of a commit, which knows where the default branch is at the remote."""
        git = root / ".git"
        if not git.exists():
            (git / "objects" / "info").mkdir(parents=True)
            (git / "refs" / "remotes" / "origin").mkdir(parents=True)
            (git / "config").write_text(_CONFIG, encoding="utf-8")
            (git / "objects" / "info" / "alternates").write_text(f"{self._objects}\n", encoding="utf-8")
        branch = self.name(self._commits()[-1])
        (git / "HEAD").write_text(f"{self.name(commit)}\n", encoding="utf-8")
        (git / "refs" / "remotes" / "origin" / "main").write_text(f"{branch}\n", encoding="utf-8")
