"""Speaks HTTP, and nothing else does.

`encoding`, `decoding` and `envelopes` know the shapes, by the rows of `kinds.endpoints`; `transport` sends one request,
`pacing` says when, `retry` what follows from an answer; `client` is what the other packages use. `listing` reads
pages, `refresh` decides how much of an account is read.
"""

from __future__ import annotations

import sys

# With rich installed, httpx loads a command line of its own, a third of its time: as if that were not there.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
