"""A real headless Chromium, spoken to over the DevTools protocol on a pair of pipes: no port, no driver, no network."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def find() -> str | None:
    """Where the browser is; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def install() -> str | None:
    """Debian's own package, where we may install one. None when that went well, else why not."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return "there is no Chromium, and none can be installed here (that takes apt-get and root)"
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (("update",), ("install", "--yes", "--no-install-recommends", "chromium")):
        ended = subprocess.run(
            ("apt-get", "--quiet", *words), env=environ, capture_output=True, timeout=600, check=False
        )
    return None if ended.returncode == 0 else f"apt-get could not install chromium: {ended.stderr[-200:]!r}"


class Browser:
    """One browser. Every message of the protocol is JSON that ends with a NUL."""

    def __init__(self, to: BinaryIO, back: BinaryIO) -> None:
        self._to, self._back = to, back
        self._number = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """The answer; events that come first are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        self._to.write(
            json.dumps({**message, **({"sessionId": session} if session else {})}).encode() + b"\0"
        )
        self._to.flush()
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def wait(self, method: str, session: str) -> None:
        """Until an event has come that was not waited for before."""
        while True:
            for event in self.events:
                if event.get("method") == method and event.get("sessionId") == session:
                    self.events.remove(event)
                    return
            self.events.append(self._read())

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            chunk = os.read(self._back.fileno(), 1 << 20)
            assert chunk, "the browser is gone"
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message


class Tab:
    """One page of a browser, with everything that it complained of or asked the network for."""

    def __init__(self, browser: Browser, *, script: bool = True) -> None:
        self.browser = browser
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session: str = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Performance"):
            self.ask(f"{domain}.enable")
        if not script:
            self.ask("Emulation.setScriptExecutionDisabled", value=True)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Of this page."""
        return self.browser.ask(method, self.session, **params)

    def open(self, address: str) -> None:
        """Until it is loaded."""
        self.ask("Page.navigate", url=address)
        self.browser.wait("Page.loadEventFired", self.session)

    def run(self, expression: str) -> Any:
        """The value of an expression, in the page."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def settle(self) -> None:
        """Until what is there has been drawn."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def size(self, width: int, height: int) -> None:
        """The window's, in pixels."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def scheme(self, name: str) -> None:
        """`light` or `dark`, as the reader's system has it."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.ask("Emulation.setEmulatedMedia", features=features)

    def press(self, key: str) -> None:
        """A key that is no letter, down and up."""
        codes = {"Tab": 9, "Enter": 13, " ": 32}
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r" if key == "Enter" else key} if kind == "keyDown" and key != "Tab" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=codes[key], **text)

    def picture(self, path: Path) -> None:
        """What is to be seen, as a PNG."""
        data = self.ask("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def complaints(self) -> list[str]:
        """Errors and warnings of console, log and security policy since the page was opened."""
        found = []
        for event in self._own_events():
            method, params = event["method"], event["params"]
            if method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                found.append(json.dumps(params))
            elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
        return found

    def requests(self) -> list[str]:
        """Every address that it asked for."""
        return [
            event["params"]["request"]["url"]
            for event in self._own_events()
            if event["method"] == "Network.requestWillBeSent"
        ]

    def _own_events(self) -> Iterator[dict[str, Any]]:
        self.run("0")
        return (event for event in self.browser.events if event.get("sessionId") == self.session)


_LAUNCH = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4);"
    "os.execv(sys.argv[3], sys.argv[3:])"
)
"""The browser reads its third descriptor and writes its fourth."""


@contextmanager
def running(program: str, profile: Path) -> Iterator[Browser]:
    """A fresh browser with a profile of its own, ended with the block."""
    read_by_child, to = os.pipe()
    back, written_by_child = os.pipe()
    high = [fcntl.fcntl(it, fcntl.F_DUPFD, 10) for it in (read_by_child, written_by_child)]
    process = subprocess.Popen(
        (sys.executable, "-c", _LAUNCH, *map(str, high), program, *FLAGS, f"--user-data-dir={profile}"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=high,
        env={**os.environ, "HOME": str(profile)},
    )
    for descriptor in (read_by_child, written_by_child, *high):
        os.close(descriptor)
    with os.fdopen(to, "wb") as writing, os.fdopen(back, "rb") as reading:
        browser = Browser(writing, reading)
        try:
            yield browser
        finally:
            browser.ask("Browser.close")
            process.wait(timeout=20)
