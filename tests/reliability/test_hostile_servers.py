"""Servers that end nowhere, send elsewhere or prove nothing, met by the command line."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import KEY, TOKEN, Desk, live_sms, live_voice, sms, voice
from reliable_desk import APPLY, assert_converges, reliable, twins
from scripted_server import HANG_UP, ScriptedServer, serving


@pytest.fixture
def elsewhere() -> Iterator[ScriptedServer]:
    """Keeps what it is sent, and answers nothing."""
    with serving(lambda _request: HANG_UP) as server:
        yield server


@pytest.mark.parametrize("request_", ["list", "get", "create", "update", "action"])
def test_a_redirect_is_not_followed_and_takes_no_credentials_along(
    desk: Desk, elsewhere: ScriptedServer, request_: str
) -> None:
    reliable(desk)
    desk.seed(live_voice("changed", caller_id="08012345678"), live_voice("stopped"))
    desk.manifests(voice(**{"from": ["+919876500003"]}), voice("changed"), voice("stopped", state="paused"))
    location = f"http://localhost:{elsewhere.port}/v2/accounts/acme1/campaigns"
    desk.sandbox.faults.add("redirect", request=request_, location=location, times=None)
    run = desk.run(*APPLY)
    assert run.code == {"list": 1, "get": 4}.get(request_, 5), run.all
    assert "redirect" in run.all
    assert elsewhere.connections == 0
    desk.sandbox.faults.clear()
    assert_converges(desk)


@pytest.mark.parametrize("request_", ["list", pytest.param("create", marks=pytest.mark.slow)])
def test_an_answer_of_more_than_fifty_megabytes_is_left(desk: Desk, request_: str) -> None:
    reliable(desk, timeout_seconds=10)
    desk.manifests(voice())
    desk.sandbox.faults.add("huge", request=request_, megabytes=60)
    run = desk.run(*APPLY)
    if request_ == "list":
        assert run.code == 1
        assert "larger than 50 MB" in run.all
    else:
        assert run.code == 0, run.all
    assert len([it for it in desk.writes if it.request == "create"]) <= 1
    assert_converges(desk)


@pytest.mark.slow
@pytest.mark.parametrize("refresh", ["auto", "full"])
def test_pages_without_end_are_left_and_nothing_is_made(desk: Desk, refresh: str) -> None:
    reliable(desk, rate_limit=None)
    desk.seed(*(live_sms(f"offer-{n:03}") for n in range(120)), collection="message-campaigns")
    desk.manifests(sms())
    desk.sandbox.faults.add("endless", request="list", times=None)
    run = desk.run(*APPLY, "--refresh", refresh)
    assert run.code == 3, run.all
    assert "incomplete-list" in run.all
    assert not desk.writes
    assert len(desk.requests) < 400


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def test_loopback_never_goes_through_a_proxy(desk: Desk, elsewhere: ScriptedServer) -> None:
    reliable(desk)
    desk.manifests(voice())
    proxy = f"http://127.0.0.1:{elsewhere.port}"
    assert desk.run(*APPLY, env=dict.fromkeys(PROXIES, proxy)).code == 0
    assert elsewhere.connections == 0


def test_a_proxy_never_sees_the_credentials(desk: Desk, elsewhere: ScriptedServer) -> None:
    """It is asked for a tunnel to Exotel's host; it gives none."""
    reliable(desk, base_url="https://api.in.exotel.com", max_attempts=1)
    desk.manifests(voice())
    run = desk.run(*APPLY, env=dict.fromkeys(PROXIES, f"http://127.0.0.1:{elsewhere.port}"))
    assert run.code == 1
    assert elsewhere.connections == 1
    (heard,) = elsewhere.requests
    assert (heard.method, heard.target) == ("CONNECT", "api.in.exotel.com:443")
    assert not any("authorization" in name for name in heard.headers)
    assert heard.body == b""


@pytest.mark.parametrize("command", [("plan",), APPLY])
def test_a_certificate_that_nobody_signed_is_not_trusted_and_gets_no_credentials(
    desk: Desk, tmp_path: Path, command: tuple[str, ...]
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    made = tmp_path / "made.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(made), "-out", f"{made}.crt"]
    subprocess.run(["openssl", *options.split(), *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{made}.crt", made)
    server = ScriptedServer(lambda _request: HANG_UP, context)
    try:
        reliable(desk, base_url=f"https://127.0.0.1:{server.port}", timeout_seconds=5)
        desk.manifests(voice())
        run = desk.run(*command)
    finally:
        server.close()
    assert run.code == 1
    assert "the certificate of 127.0.0.1 is not trusted" in run.all
    assert "SSL_CERT_FILE" in run.all
    assert (server.connections, server.requests) == (1, [])
    assert KEY not in run.all
    assert TOKEN not in run.all


def test_a_server_that_cannot_be_reached_after_the_plan_leaves_no_intent(desk: Desk) -> None:
    """Surely nothing was created: the next run need not wonder. After two the rest is not tried."""
    reliable(desk, max_attempts=2)
    names = ("one", "two", "three")
    desk.manifests(*(voice(name, **{"from": [f"+91987650000{at}"]}) for at, name in enumerate(names)))
    desk.sandbox.faults.add("status", request="create", status=429, times=None)
    run = desk.run(*APPLY)
    assert run.code == 4, run.all
    outcomes = [(it["outcome"], it["reason"]["code"]) for it in run.json["results"]]
    assert sorted(outcomes) == [
        ("failed", "unreachable"),
        ("failed", "unreachable"),
        ("skipped", "interrupted"),
    ]
    assert not list((desk.root / ".campaignctl" / "intents").glob("*"))
    assert len(desk.writes) == 4
    desk.sandbox.faults.clear()
    assert_converges(desk)
    assert twins(desk) == []
