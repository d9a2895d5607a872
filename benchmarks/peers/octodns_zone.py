"""Writes a zone of so many records twice, one in a hundred changed, and octoDNS's configuration to plan it."""

import sys
from pathlib import Path

directory, count = Path(sys.argv[1]), int(sys.argv[2])
for name in ("source", "target"):
    (directory / name).mkdir(parents=True)
    records = [
        f"r{place:06d}:\n  type: A\n  value: 192.0.2.{(place % 250) + (name == 'source' and place % 100 == 0)}\n"
        for place in range(count)
    ]
    (directory / name / "example.com.yaml").write_text("---\n" + "".join(records))
(directory / "config.yaml").write_text(
    "providers:\n"
    "  source: {class: octodns.provider.yaml.YamlProvider, directory: source}\n"
    "  target: {class: octodns.provider.yaml.YamlProvider, directory: target}\n"
    "zones:\n  example.com.: {sources: [source], targets: [target]}\n"
)
