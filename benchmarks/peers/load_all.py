"""Loads every file of a directory with PyYAML's fastest safe loader, and nothing else. Keeps what it loaded."""

import sys
from pathlib import Path

import yaml

loaded = [
    yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in sorted(Path(sys.argv[1]).iterdir())
]
