"""Offers a shell environments, campaigns and topics.

It is quick, and silent whatever is wrong with the project. Names come from files of other people and end up on a
command line: only those that no shell reads anything into are offered. Of a manifest only kind and name are looked
at: completion tells no mistakes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from yaml.nodes import Node

_PROJECT_FILE: Final = "campaignctl.yaml"
_SUFFIXES: Final = (".yaml", ".yml", ".json")
"""Those of `manifests/files.py`, whose folder loads the readers that a key press must not wait for."""
_SECONDS: Final = 0.5
"""How long manifests are searched."""
_MOST_CHARACTERS: Final = 300_000
_LONGEST_PROJECT: Final = 50_000
_SIGNS: Final = frozenset("_.@%+=,-")
"""What no shell reads anything into, besides letters and digits."""


def complete_environments(context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Returns the environments of the project file, and the sandbox, which is always there."""
    root, project = _project(context)
    environments = _mapping(project.get("environments"))
    in_files = _environments_in_files(root, project.get("environments_from"))
    before, comma, last = incomplete.rpartition(",")
    names = {"sandbox", *map(str, environments), *in_files}
    return _offered((f"{before}{comma}{name}" for name in names), f"{before}{comma}{last}")


def _environments_in_files(root: Path | None, patterns: object) -> Iterator[str]:
    """Yields the names that stand in files of environments, as far as they can be read in a moment."""
    from glob import glob

    from campaignctl.manifests.nodes import MalformedYamlError, documents

    until = monotonic() + _SECONDS
    for pattern in patterns if root is not None and isinstance(patterns, list) else ():
        for file in sorted(glob(os.path.join(str(root), str(pattern)))):  # noqa: PTH118, PTH207
            if monotonic() > until:
                return
            with suppress(OSError, ValueError, MalformedYamlError):
                for document in documents(_text(Path(file))):
                    yield _word(_member(_member(document, "metadata"), "name"))


def complete_names(context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Returns the campaigns of the project's manifests; with `voice/` or `sms/` before, those of the kind."""
    root, project = _project(context)
    paths = project.get("manifests")
    if root is None or not isinstance(paths, list):
        return []
    kind, slash, _ = incomplete.partition("/")
    found = {(short, name) for short, name in _names(root, paths) if not slash or short == kind}
    return _offered({f"{short}/{name}" if slash else name for short, name in found}, incomplete)


def complete_topics(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Returns what `explain` knows, by its full name."""
    from campaignctl.deriving.topics import topics

    return _offered((name for topic in topics() for name in topic.names), incomplete.lower())


def complete_schemas(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Returns the schemas that are shipped."""
    from campaignctl.app.files import schema_names

    return _offered(schema_names(), incomplete)


def complete_permissions(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Returns what `--allow` takes."""
    from campaignctl.kinds.operations import Permission

    return _offered(map(str, Permission), incomplete)


def complete_statuses(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Returns the statuses that a campaign can have; after a comma those that were not named before it."""
    from campaignctl.kinds.lifecycle import Status

    named, comma, _ = incomplete.rpartition(",")
    rest = set(Status) - {Status.UNKNOWN} - set(named.split(","))
    return _offered((f"{named}{comma}{word}" for word in rest), incomplete)


def _offered(words: Iterable[str], incomplete: str) -> list[str]:
    return sorted({word for word in words if word.startswith(incomplete) and _is_harmless(word)})


def _is_harmless(word: str) -> bool:
    return bool(word) and not word.startswith("-") and all(map(_is_plain, word.replace("/", "", 1)))


def _is_plain(sign: str) -> bool:
    if sign.isascii():
        return sign.isalnum() or sign in _SIGNS
    return sign.isprintable()


def _project(context: click.Context) -> tuple[Path | None, Mapping[object, object]]:
    """Returns the project's directory and file; nothing where there is none or it cannot be read.

    The slow loader reads it: the quick one cannot read deep nesting.
    """
    import yaml

    try:
        file = _project_file(context)
        if file is None:
            return None, {}
        return file.parent, _mapping(yaml.safe_load(_text(file, _LONGEST_PROJECT)))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return None, {}


def _project_file(context: click.Context) -> Path | None:
    given: object = None
    here: click.Context | None = context
    while here is not None and not given:
        given, here = here.params.get("config"), here.parent
    if given:
        return Path(str(given)).resolve()
    start = Path.cwd()
    return next(
        (it / _PROJECT_FILE for it in (start, *start.parents) if (it / _PROJECT_FILE).is_file()), None
    )


def _names(root: Path, paths: Iterable[object]) -> Iterator[tuple[str, str]]:
    until = monotonic() + _SECONDS
    for path in paths:
        for file in _files(root / str(path)):
            if monotonic() > until:
                return
            try:
                yield from _named(_text(file))
            except (OSError, ValueError):
                continue


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Yields kind and name of each document, up to where a text is no YAML."""
    from campaignctl.kinds import KINDS
    from campaignctl.manifests.nodes import MalformedYamlError, documents

    with suppress(MalformedYamlError):
        for document in documents(text):
            kind = KINDS.get(_word(_member(document, "kind")))
            name = _word(_member(_member(document, "metadata"), "name"))
            if kind is not None and name:
                yield kind.short, name


def _member(node: Node | None, key: str) -> Node | None:
    from yaml.nodes import MappingNode

    pairs = node.value if isinstance(node, MappingNode) else ()
    return next((value for known, value in pairs if known.value == key), None)


def _word(node: Node | None) -> str:
    return node.value if node is not None and isinstance(node.value, str) else ""


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for directory, _, names in os.walk(path):
        yield from (Path(directory, name) for name in names if name.endswith(_SUFFIXES))


def _text(file: Path, most: int = _MOST_CHARACTERS) -> str:
    with file.open(encoding="utf-8-sig") as opened:
        return opened.read(most)


def _mapping(value: object) -> Mapping[object, object]:
    return value if isinstance(value, dict) else {}
