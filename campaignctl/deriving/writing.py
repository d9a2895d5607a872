"""Writes generated files where they differ, or finds them stale."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def stale_files(texts: Mapping[Path, str]) -> list[Path]:
    """Returns the files that do not hold what they should."""
    return [path for path, text in texts.items() if not _holds(path, text)]


def bring_up_to_date(texts: Mapping[Path, str], command: str, *, check: bool) -> None:
    """Writes what differs; with `check` it writes nothing, and raises SystemExit that names the command to run."""
    stale = stale_files(texts)
    if check and stale:
        raise SystemExit(f"stale, run {command}: {', '.join(map(str, stale))}")
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8", newline="\n")


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
