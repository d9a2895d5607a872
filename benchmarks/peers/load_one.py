"""Loads one YAML file, as a click program."""

from pathlib import Path

import click
import yaml


@click.command()
@click.argument("path", type=Path)
def command(path: Path) -> None:
    """Loads a file."""
    yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)


if __name__ == "__main__":
    command()
