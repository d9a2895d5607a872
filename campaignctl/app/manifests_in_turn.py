"""Gives each of several environments its manifests as soon as its own are read, while those of others still are."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from campaignctl.errors import CampaignctlError, InterruptedRunError
from campaignctl.manifests.reading import Manifests


class ManifestsInTurn:
    """Holds what is read so far; whoever asks for more waits. One thread reads: the main one."""

    def __init__(self, names: Iterable[str], loading: Iterable[tuple[str, Manifests]]) -> None:
        self._loading = iter(loading)
        self._read: dict[str, Manifests] = {}
        self._is_there = {name: threading.Event() for name in names}
        self._ended: CampaignctlError | None = None
        self.all_read = threading.Event()

    def read_all(self) -> None:
        """Reads those of all. Where that is cut short, whoever waits for more ends."""
        try:
            for name, manifests in self._loading:
                self._read[name] = manifests
                self._is_there[name].set()
        except BaseException:
            self._ended = InterruptedRunError("the manifests of all were not read; nothing was sent")
            raise
        finally:
            for it in (*self._is_there.values(), self.all_read):
                it.set()

    def of(self, name: str) -> Manifests:
        """Returns those of one environment."""
        self._is_there[name].wait()
        if name not in self._read and self._ended is not None:
            raise self._ended
        return self._read[name]

    @property
    def all(self) -> Mapping[str, Manifests]:
        """Returns those of all, by name."""
        return {name: self.of(name) for name in self._is_there}

    @property
    def used(self) -> frozenset[str]:
        """Returns the variables that the manifests of all name."""
        return frozenset[str]().union(*(it.used for it in self.all.values()))
