"""Stands in for threads: what the product runs beside itself goes on in the crew, in an order that the seed gives.

It has as much of `threading` and of `queue` as the product asks for. What is told of signals is told of those of its
run (`simulation/signals.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from queue import Empty
from types import ModuleType, SimpleNamespace
from typing import Any

from simulation.crew import Crew, Task


class CrewThread:
    """Goes on in the crew."""

    def __init__(
        self, crew: Crew, target: Callable[..., object], args: tuple[Any, ...] = (), **_named: object
    ) -> None:
        self._crew, self._work = crew, partial(target, *args)
        self._task: Task | None = None

    def start(self) -> None:
        """Begins, when the others hand over."""
        self._task = self._crew.begin(self._work, is_thread=True)

    def is_alive(self) -> bool:
        """Tells whether it has begun and not ended."""
        return self._task is not None and not self._task.done

    def join(self, timeout: float | None = None) -> None:
        """Waits for its end, for so long at most."""
        self._crew.wait(timeout, lambda: not self.is_alive())


class CrewEvent:
    """Stands for something that is so once it is set."""

    def __init__(self, crew: Crew) -> None:
        self._crew, self._is_set = crew, False

    def is_set(self) -> bool:
        """Tells whether it is."""
        return self._is_set

    def set(self) -> None:
        """Lets whoever waits for it go on."""
        self._is_set = True

    def wait(self, timeout: float | None = None) -> bool:
        """Waits for it, for so long at most; returns whether it is set."""
        self._crew.wait(timeout, self.is_set)
        return self._is_set


class CrewCondition:
    """Lets those that wait look again."""

    def __init__(self, crew: Crew) -> None:
        self._crew, self._changes = crew, 0

    def __enter__(self) -> CrewCondition:
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves it; nobody else has been going on."""

    def notify_all(self) -> None:
        """Lets all go on that wait."""
        self._changes += 1

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until somebody notifies, for so long at most."""
        before = self._changes
        self._crew.wait(timeout, lambda: self._changes != before)
        return self._changes != before


class CrewLock:
    """Stands for what one holds at a time."""

    def __init__(self, crew: Crew) -> None:
        self._crew, self._held = crew, False

    def __enter__(self) -> bool:
        self._crew.wait(None, lambda: not self._held)
        self._held = True
        return True

    def __exit__(self, *_: object) -> None:
        """Leaves it to the next one."""
        self._held = False


class CrewQueue:
    """Hands things over, in their order."""

    def __init__(self, crew: Crew) -> None:
        self._crew, self._items = crew, deque[Any]()

    def put(self, item: Any) -> None:
        """Adds one."""
        self._items.append(item)

    def empty(self) -> bool:
        """Tells whether there is none."""
        return not self._items

    def get(self, timeout: float | None = None) -> Any:
        """Takes the first one, and waits for it, for so long at most. Raises Empty."""
        self._crew.wait(timeout, lambda: bool(self._items))
        if not self._items:
            raise Empty
        return self._items.popleft()


@contextmanager
def in_the_crew(crew: Crew, places: Iterable[tuple[ModuleType, str]]) -> Iterator[None]:
    """Puts the stand-ins where modules have what they stand for, each by its name."""
    made: dict[str, Any] = {
        "Thread": partial(CrewThread, crew),
        "Condition": partial(CrewCondition, crew),
        "Event": partial(CrewEvent, crew),
        "Lock": partial(CrewLock, crew),
        "SimpleQueue": partial(CrewQueue, crew),
    }
    main = object()
    made["threading"] = SimpleNamespace(
        **made, main_thread=lambda: main, current_thread=lambda: crew.thread or main
    )
    made["signal"] = crew.signals
    before = [(module, name, getattr(module, name)) for module, name in places]
    for module, name, _ in before:
        setattr(module, name, made[name])
    try:
        yield
    finally:
        for module, name, was in before:
            setattr(module, name, was)
