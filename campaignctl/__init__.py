"""Manages campaigns as code for Exotel voice and SMS.

`load`, `plan`, `apply` and `render` are for programs: see `library`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaignctl.library import Outcome, Project, Proposal, apply, load, plan, render

__version__ = "0.1.0"
__all__ = ["Outcome", "Project", "Proposal", "__version__", "apply", "load", "plan", "render"]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Imports the library when it is first used, so that commands start without it."""
    if name in __all__:
        from campaignctl import library

        return getattr(library, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
