"""Writes the table of docs/performance.md, and where it was measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.rows import Row

_PACKAGES = ("click", "PyYAML", "httpx", "jsonschema", "check-jsonschema", "octodns", "rich", "Pygments")

_PEERS = ("check-jsonschema", "octodns")
"""Beside which rows are measured where they are installed."""

_HEAD = """\
# How fast it is

Written by `python -m benchmarks`, which measures every row; do not edit the table. The commands of a row run in
turns on one machine, so ratios count and seconds do not: a ratio is that of the fastest run of each side. A manifest
is about 1.1 kB and names 20 numbers; the account is a server on the same machine that answers without delay. Processor
time is that of all processes of a side, and the one to go by where others worked on the machine: see its load.

{where}

| what | beside | to reach | measured | | made of |
|---|---|---|---|---|---|
"""


def page(rows: Sequence[Row], before: str = "") -> str:
    """Writes the complete page. `before` is one whose rows stay that were not measured now."""
    lines = {_what(it): it for it in before.splitlines() if it.startswith("| ")}
    lines = {what: it for what, it in lines.items() if what != "what"}
    lines |= {row.what: line(row) for row in rows}
    return _HEAD.format(where=_where()) + "".join(f"{it}\n" for it in lines.values())


def unmeasured() -> str:
    """Says beside which programs nothing is measured, for they are not installed; nothing where all of them are."""
    lacking = ", ".join(name for name in _PEERS if _version(name) is None)
    return (
        f"Not measured, since it is not installed (`pip install -e '.[bench]'`): {lacking}."
        if lacking
        else ""
    )


def _what(written: str) -> str:
    return written[2:].partition(" | ")[0]


def line(row: Row) -> str:
    """Writes a row of the table."""
    sign = "≥" if row.at_least else "≤"
    digits = ".2f" if row.target < 10 else ".0f"
    verdict = "reached" if row.reached else "**missed**"
    cells = (
        row.what,
        row.beside or "–",
        f"{sign} {row.target:g} {row.unit}",
        f"{row.figure:{digits}} {row.unit}",
        verdict,
        row.detail,
    )
    return f"| {' | '.join(cells)} |"


def _where() -> str:
    today = datetime.now(UTC).date().isoformat()
    versions = ", ".join(f"{name} {found}" for name in _PACKAGES if (found := _version(name)))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, load {os.getloadavg()[2]:.1f}"
    return f"Measured {today} on {machine}; {python}; {versions}. {unmeasured()}".rstrip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    """Returns what the kernel calls the processor; the architecture where it does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (each.partition(":")[2].strip() for each in lines if each.startswith("model name"))
    return next(named, platform.machine())
