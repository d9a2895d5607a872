"""Writes generated files where they differ, or finds them stale."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
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


def write_page(file: str, command: str, made: Callable[[], str]) -> None:
    """Runs the command that makes one page of the reference: it writes the page where it differs.

    With `--check` it writes nothing, and fails.
    """
    parser = argparse.ArgumentParser(prog=command, description=f"Writes {file} where it differs.")
    parser.add_argument("--check", action="store_true", help="only say whether it is stale; exit 1")
    parser.add_argument(
        "--reference", type=Path, default=Path("docs/reference"), help="default: docs/reference"
    )
    asked = parser.parse_args()
    bring_up_to_date({asked.reference / file: made()}, command, check=asked.check)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
