"""Tools that read what is written for others; one that is not there makes its test say so, and why."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest


def tool(name: str, package: str) -> str:
    """Where a tool is that comes in a package."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} was left out: {package} could not be installed here")
    return found
