"""The command line as a user has it: a project in a directory, an account on a socket, and what a command said.

`Desk.run` calls the command in this process, with its own streams, directory and environment; `Desk.start` starts a
real one. The account is a `Sandbox` that the project knows only by its URL, so that faults and switches can be set.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

import httpx
from fakes import FakeClock
from yaml_text import dumped

from campaignctl.cli.main import run as run_command
from campaignctl.clock import Clock
from campaignctl.sandbox.journal import RecordedRequest
from campaignctl.sandbox.server import Sandbox

KEY, TOKEN = "key-0a1b2c3d4e5f", "token-f5e4d3c2b1a0"
"""Recognisable, so that a test can look for them in everything that was written."""
ACCOUNT = "acme1"
SECRETS = {"EXOTEL_API_KEY": KEY, "EXOTEL_API_TOKEN": TOKEN}

VOICE = {
    "caller_id": "03349360005",
    "from": ["+919876543210", "+919876543211"],
    "url": "http://my.exotel.com/acme1/exoml/start_voice/926",
    "flow_type": "ivr",
    "retries": {"number_of_retries": 2, "interval_mins": 15, "mechanism": "Linear", "on_status": ["busy"]},
    "schedule": {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"},
    "status_callback": "https://hooks.example.com/campaign?token=in-the-query",
}
SMS = {
    "content_type": "static",
    "lists": ["9120d5962d214316b7721de55bb82e03"],
    "schedule": {"start_time": "2027-01-15T10:00:00+05:30", "end_time": "2027-01-15T18:00:00+05:30"},
    "dlt_entity_id": "0101428740000012125",
    "dlt_template_id": "1107160086562376233",
    "sender_id": "EXOTEL",
    "sms_type": "transactional",
    "template": "Hi, your account is activated",
}


@dataclass(frozen=True)
class Result:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)

    @property
    def all(self) -> str:
        """Everything that was said."""
        return self.out + self.err


def run(
    *words: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    stdin: TextIO | None = None,
) -> Result:
    """One command in this process, without a terminal; its environment holds `env` and nothing of ours.

    With a clock of its own its waits take no time. `stdin` may be somebody who answers.
    """
    out, err = io.StringIO(), io.StringIO()
    before = dict(os.environ), sys.stdin
    os.environ.clear()
    os.environ.update(_environment(env))
    sys.stdin = stdin or io.StringIO()
    try:
        with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run_command(list(words), clock)
    finally:
        os.environ.clear()
        os.environ.update(before[0])
        sys.stdin = before[1]
    return Result(code, out.getvalue(), err.getvalue())


_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")


def _environment(env: Mapping[str, str] | None) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "LOGNAME": "tester", **(env or {})}


class Answer(io.StringIO):
    """Somebody at a terminal who says yes, after something has happened."""

    def __init__(self, before: Callable[[], None]) -> None:
        super().__init__()
        self.before = before

    def isatty(self) -> bool:
        """As a terminal is."""
        return True

    def readline(self, _size: int | None = -1, /) -> str:
        """The answer."""
        self.before()
        return "yes\n"


def voice(name: str = "diwali-reminder", **fields: Any) -> dict[str, Any]:
    """A voice manifest; a keyword is a field of `spec`, `...` leaves it out, `metadata` adds to metadata."""
    return _manifest("VoiceCampaign", name, VOICE, fields)


def sms(name: str = "diwali-offer", **fields: Any) -> dict[str, Any]:
    """The same for SMS."""
    return _manifest("SmsCampaign", name, SMS, fields)


def _manifest(kind: str, name: str, defaults: Mapping[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, **fields.pop("metadata", {})}
    spec = {key: value for key, value in {**defaults, **fields}.items() if value is not ...}
    return {"apiVersion": "campaignctl/v1", "kind": kind, "metadata": metadata, "spec": spec}


def live_voice(name: str = "diwali-reminder", **fields: Any) -> dict[str, Any]:
    """The same campaign as an account holds it, for `Desk.seed`."""
    return {"name": name, **_fields(VOICE, fields)}


def live_sms(name: str = "diwali-offer", **fields: Any) -> dict[str, Any]:
    """The same for SMS."""
    return {"name": name, "channel": "SMS", **_fields(SMS, fields)}


def _fields(defaults: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**defaults, **fields}.items() if value is not ...}


@dataclass
class Desk:
    """A project directory whose default environment is `prod`: a live account as far as the command can tell."""

    root: Path
    sandbox: Sandbox
    clock: FakeClock
    settings: dict[str, Any] = field(default_factory=dict)
    project: dict[str, Any] = field(default_factory=dict)
    not_ours: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        (self.root / "campaigns").mkdir(exist_ok=True)
        self.configure()

    def configure(self, project: Mapping[str, Any] | None = None, **settings: Any) -> None:
        """Writes the project file: keys of the file, and settings of `prod`, over those of before."""
        self.project |= project or {}
        self.settings |= settings
        prod = {
            "backend": "exotel",
            "base_url": self.sandbox.url,
            "account_sid": ACCOUNT,
            "rate_limit": None,
            "settle_seconds": 0,
            "max_attempts": 1,
            **self.settings,
        }
        document = {
            "apiVersion": "campaignctl/v1",
            "kind": "Project",
            "manifests": ["campaigns/"],
            "default_environment": "prod",
            "environments": {"prod": prod},
            **self.project,
        }
        self.write("campaignctl.yaml", dumped(document))

    def write(self, path: str, text: str) -> Path:
        """A file of the project."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def manifests(self, *documents: Mapping[str, Any], file: str = "campaigns/all.yaml") -> None:
        """All the manifests there are in a file."""
        self.write(file, "---\n".join(json.dumps(document, indent=1) + "\n" for document in documents))

    def run(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        cwd: str = ".",
        stdin: TextIO | None = None,
    ) -> Result:
        """One command in the project, with the account's key and token."""
        environ = {**SECRETS, **(env or {})}
        return run(*words, cwd=self.root / cwd, env=environ, clock=self.clock, stdin=stdin)

    def apply(self, *words: str) -> Any:
        """The results of `apply --auto-approve --format json`."""
        return self.run("apply", "--auto-approve", "--format", "json", *words).json

    def plan(self, *words: str) -> Any:
        """The plan as JSON."""
        return self.run("plan", "--format", "json", *words).json

    def start(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        run: Sequence[str] = ("-m", "campaignctl"),
        via: Sequence[str] = (),
        **options: Any,
    ) -> subprocess.Popen[str]:
        """A process of its own, both of its outputs in pipes. `run` is what Python is told, `via` what runs it."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(
            [*via, sys.executable, *run, *words],
            cwd=self.root,
            env=_environment({**SECRETS, **(env or {})}),
            text=True,
            **{**pipes, **options},
        )

    # the account

    def seed(self, *campaigns: Mapping[str, Any], collection: str = "campaigns") -> list[str]:
        """Campaigns that are simply there."""
        return self.sandbox.seed(ACCOUNT, collection, campaigns)

    def by_hand(self, sid: str, body: Mapping[str, Any], collection: str = "campaigns") -> None:
        """What an operator does to a campaign; it is not part of `requests`."""
        answer = self._as_operator("PUT", f"{collection}/{sid}", json=dict(body))
        assert answer.status_code == 200, answer.text

    def _as_operator(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request that does not count as the command's."""
        self.not_ours.add(len(self.sandbox.requests))
        credentials = ("operator", "operator")
        with httpx.Client(
            base_url=self.sandbox.url, auth=credentials, trust_env=False, verify=False
        ) as client:
            return client.request(method, f"/v2/accounts/{ACCOUNT}/{path}", **options)

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """What commands asked of the account, oldest first."""
        return [it for place, it in enumerate(self.sandbox.requests) if place not in self.not_ours]

    @property
    def writes(self) -> list[RecordedRequest]:
        """Those that were to change something."""
        return [it for it in self.requests if it.method != "GET"]

    def forget(self) -> None:
        """Starts `requests` anew."""
        self.sandbox.forget_requests()
        self.not_ours.clear()

    def live(self, name: str, collection: str = "campaigns") -> dict[str, Any]:
        """The campaign of a name as the account shows it; there must be exactly one."""
        found = [it for it in self.account(collection) if it["name"] == name]
        assert len(found) == 1, f"{len(found)} campaigns are called {name}"
        return found[0]

    def account(self, collection: str = "campaigns") -> list[dict[str, Any]]:
        """Every campaign of a collection as the account shows it."""
        answer = self._as_operator("GET", collection, params={"limit": "50", "channel": "SMS"})
        assert answer.is_success, answer.text
        return [item["data"] for item in answer.json()["response"]]

    def pass_time(self, **amount: float) -> None:
        """Moves the account's clock on: `hours=2`."""
        self.clock.advance(timedelta(**amount))


@contextlib.contextmanager
def desk_at(root: Path, clock: FakeClock | None = None) -> Iterator[Desk]:
    """A desk whose account lives as long as the block; its clock stands at 2027-01-10 09:00 +05:30."""
    clock = clock or FakeClock()
    with Sandbox(clock=clock) as sandbox:
        yield Desk(root, sandbox, clock)


def wait_until(seen: Callable[[], object], otherwise: str, seconds: float = 10.0) -> None:
    """What another thread or process does is waited for, in real time."""
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until, otherwise
        time.sleep(0.005)


def actions(requests: Sequence[RecordedRequest]) -> list[tuple[str, str]]:
    """What each write asked for, and of whom: the name of a create, else the last part of the path."""
    return [(_word(it), _whom(it)) for it in requests]


def _word(request: RecordedRequest) -> str:
    return str(sent(request).get("action", request.request))


def _whom(request: RecordedRequest) -> str:
    return str(sent(request)["name"]) if request.request == "create" else request.path.rpartition("/")[2]


def sent(request: RecordedRequest) -> Mapping[str, Any]:
    """The campaign in a body, out of its wrapper."""
    body = request.body
    for wrapper in ("campaigns", "smscampaigns"):
        if isinstance(body, Mapping) and wrapper in body:
            body = body[wrapper]
    found = body[0] if isinstance(body, list) else body
    return found if isinstance(found, Mapping) else {}
