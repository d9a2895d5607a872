"""`python -m campaignctl.deriving [--check]`: writes the schemas into the source tree, or says which are stale."""

from __future__ import annotations

import argparse
from pathlib import Path

from campaignctl.deriving.json_schema import schemas, written


def main() -> None:
    """Writes what differs; with `--check` nothing, and fails."""
    parser = argparse.ArgumentParser(prog="python -m campaignctl.deriving", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="only say what is stale; exit 1")
    parser.add_argument("--out", type=Path, default=Path("schemas"), help="default: schemas")
    asked = parser.parse_args()
    texts = {asked.out / f"{name}.schema.json": written(schema) for name, schema in schemas().items()}
    stale = {path: text for path, text in texts.items() if not _holds(path, text)}
    if asked.check and stale:
        raise SystemExit(f"stale, run python -m campaignctl.deriving: {', '.join(map(str, stale))}")
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8", newline="\n")


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
