"""YAML as tests read and write it: by the loader and the dumper that are made in C, which take a tenth of the time."""

from __future__ import annotations

from typing import Any

import yaml


class TextLoader(yaml.CSafeLoader):
    """YAML as editors and the tool read it: dates and times stay texts."""


TextLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def loaded(text: str) -> Any:
    """The one document of a text."""
    return yaml.load(text, TextLoader)


def dumped(*documents: Any) -> str:
    """Documents as a person would write them, keys in their order."""
    return str(yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False))
