"""Runs `python -m simulation --seed N --days D` and `python -m simulation years --seconds S`."""

from __future__ import annotations

import sys

from simulation.commands import main

sys.exit(main())
