"""How many examples a property tries: all that it asks for in a complete run, a few of them at every save."""

from __future__ import annotations

from typing import Any

from hypothesis import settings


def examples(count: int, **more: Any) -> settings:
    """Settings of a property that tries `count` examples in a complete run, and its share of them at every save."""
    profile = settings.default
    share = 100 if profile is None else profile.max_examples
    return settings(max_examples=max(1, count * share // 100), deadline=None, **more)
