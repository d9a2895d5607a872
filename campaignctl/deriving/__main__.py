"""Writes what follows from tables and documents, or says what is stale: `python -m campaignctl.deriving [--check]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from campaignctl.deriving.json_schema import schemas, written
from campaignctl.deriving.numbering import numbering
from campaignctl.deriving.output_schemas import output_schemas
from campaignctl.deriving.reference import pages
from campaignctl.deriving.writing import bring_up_to_date


def main() -> None:
    """Writes what differs; with `--check` it writes nothing, and fails."""
    parser = argparse.ArgumentParser(prog="python -m campaignctl.deriving", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="only say what is stale; exit 1")
    parser.add_argument("--out", type=Path, default=Path("schemas"), help="default: schemas")
    parser.add_argument(
        "--reference", type=Path, default=Path("docs/reference"), help="default: docs/reference"
    )
    numbers = Path("campaignctl/kinds/numbering.py")
    parser.add_argument("--numbers", type=Path, default=numbers, help=f"default: {numbers}")
    asked = parser.parse_args()
    every = {**schemas(), **output_schemas()}
    texts = {asked.out / f"{name}.schema.json": written(schema) for name, schema in every.items()}
    texts |= {asked.reference / name: text for name, text in pages().items()}
    texts[asked.numbers] = numbering()
    bring_up_to_date(texts, "python -m campaignctl.deriving", check=asked.check)


if __name__ == "__main__":
    main()
