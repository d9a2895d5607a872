"""Loads as `load_all` does, then fetches the addresses in a file with httpx and decodes the answers with json."""

import json
import sys
from pathlib import Path

import httpx
import yaml

loaded = [
    yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in sorted(Path(sys.argv[1]).iterdir())
]
with httpx.Client(trust_env=False) as client:
    pages = [json.loads(client.get(url).content) for url in Path(sys.argv[2]).read_text().split()]
