"""One request at a time, over real sockets: proxies, certificates, what is too large or never ends."""

from __future__ import annotations

import gzip
import json
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from api_bench import Bench
from scripted_server import Answer, Request, ScriptedServer, envelope, in_turn, item, voice

from campaignctl.api.transport import MAX_ANSWER_BYTES, NoReply, NotConnected, Reply, Transport
from campaignctl.errors import ApiError
from campaignctl.loopback import is_loopback

GOOD = Answer(body=envelope(item(voice("a", "one"))))
_PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The runner's variables, without any proxy of its own."""
    for name in _PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


def transport(bench: Bench, base_url: str) -> Transport:
    made = Transport(base_url, "a-key-nobody-sees", "a-token-nobody-sees", 2.0, bench.clock)
    bench.close_later(made.close)
    return made


def test_a_compressed_answer_is_unpacked(bench: Bench) -> None:
    packed = gzip.compress(json.dumps(GOOD.body).encode())
    server = bench.serve(in_turn(Answer(body=packed, headers={"Content-Encoding": "gzip"})))
    reply = transport(bench, server.base_url).send("GET", "/v2")
    assert isinstance(reply, Reply)
    assert json.loads(reply.body) == GOOD.body


@pytest.mark.slow
def test_an_answer_of_more_than_fifty_megabytes_is_refused_while_it_comes(bench: Bench) -> None:
    packed = gzip.compress(b" " * (MAX_ANSWER_BYTES + 1))
    server = bench.serve(in_turn(Answer(body=packed, headers={"Content-Encoding": "gzip"})))
    reply = transport(bench, server.base_url).send("GET", "/v2")
    assert reply == NoReply("the answer of 127.0.0.1 is larger than 50 MB", lasting=True)


def test_an_answer_that_never_ends_is_left(bench: Bench) -> None:
    class Hurried(type(bench.clock)):  # type: ignore[misc]
        def monotonic(self) -> float:
            self.passed += 200
            return float(self.passed)

    bench.clock = Hurried()
    server = bench.serve(in_turn(Answer(body=b"x" * 500_000)))
    reply = transport(bench, server.base_url).send("GET", "/v2")
    assert reply == NoReply("the answer of 127.0.0.1 did not come to an end")


def test_loopback_never_goes_through_a_proxy(bench: Bench, environment: pytest.MonkeyPatch) -> None:
    proxy, server = bench.serve(in_turn(GOOD)), bench.serve(in_turn(GOOD))
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        environment.setenv(name, proxy.base_url)
    assert isinstance(transport(bench, server.base_url).send("GET", "/v2"), Reply)
    assert (len(server.requests), proxy.requests) == (1, [])


def test_other_hosts_go_through_the_proxy_without_showing_it_the_credentials(
    bench: Bench, environment: pytest.MonkeyPatch
) -> None:
    seen: list[Request] = []

    def refuse(request: Request) -> Answer:
        seen.append(request)
        return Answer(403, b"")

    proxy = bench.serve(refuse)
    environment.setenv("HTTPS_PROXY", proxy.base_url)
    reply = transport(bench, "https://api.in.exotel.com").send("GET", "/v2/accounts/acme1/campaigns")
    place = proxy.base_url.removeprefix("http://")
    assert reply == NotConnected(
        f"the proxy {place} (HTTPS_PROXY) made no connection to api.in.exotel.com: it answered 403"
    )
    assert (seen[0].method, seen[0].target) == ("CONNECT", "api.in.exotel.com:443")
    assert "authorization" not in seen[0].headers


@pytest.mark.parametrize(
    ("name", "proxy", "said"),
    [
        (
            "HTTPS_PROXY",
            "http://user:secret@127.0.0.1:9",
            "no connection to the proxy 127.0.0.1:9 (HTTPS_PROXY)",
        ),
        ("https_proxy", "user:secret@127.0.0.1:9", "no connection to the proxy 127.0.0.1:9 (https_proxy)"),
        (
            "ALL_PROXY",
            "http://user:secret@proxy.invalid:3128",
            "the host name of the proxy proxy.invalid:3128 (ALL_PROXY) is not known",
        ),
    ],
)
def test_a_proxy_that_cannot_be_reached_is_said_to_be_the_proxy(
    bench: Bench, environment: pytest.MonkeyPatch, name: str, proxy: str, said: str
) -> None:
    environment.setenv(name, proxy)
    reply = transport(bench, "https://api.in.exotel.com").send("GET", "/v2")
    assert isinstance(reply, NotConnected)
    assert said in reply.message
    assert "secret" not in reply.message


def test_a_host_that_needs_no_proxy_is_no_fault_of_the_proxy(
    bench: Bench, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    environment.setenv("NO_PROXY", "exotel.invalid")
    reply = transport(bench, "https://api.exotel.invalid").send("GET", "/v2")
    assert reply == NotConnected("the host name api.exotel.invalid is not known")


def test_proxy_settings_that_cannot_be_used_are_named(bench: Bench, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTPS_PROXY", "ftp://user:secret@proxy")
    with pytest.raises(ApiError, match="HTTPS_PROXY") as caught:
        transport(bench, "https://api.in.exotel.com")
    assert "secret" not in str(caught.value)


def test_certificate_authorities_that_cannot_be_read_are_named(
    bench: Bench, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SSL_CERT_FILE", "/nowhere/authorities.pem")
    with pytest.raises(ApiError, match="SSL_CERT_FILE"):
        transport(bench, "https://api.in.exotel.com")


def test_a_host_that_speaks_no_tls_is_said_so_and_not_tried_again(bench: Bench) -> None:
    server: ScriptedServer = bench.serve(in_turn(GOOD))
    reply = transport(bench, server.base_url.replace("http:", "https:")).send("GET", "/v2")
    assert reply == NotConnected("127.0.0.1 does not speak TLS as it should", lasting=True)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of 127.0.0.1 that nobody has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    made = tmp_path / "certificate.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(made), "-out", f"{made}.crt"]
    subprocess.run(["openssl", *options.split(), *names], check=True, capture_output=True)
    made.write_bytes(made.read_bytes() + Path(f"{made}.crt").read_bytes())
    return made


def test_a_certificate_that_is_not_trusted_is_explained_and_not_tried_again(
    bench: Bench, certificate: Path
) -> None:
    server = bench.serve(in_turn(GOOD), tls=_serving(certificate))
    reply = transport(bench, server.base_url.replace("http:", "https:")).send("GET", "/v2")
    assert isinstance(reply, NotConnected)
    assert reply.lasting
    assert reply.message.startswith("the certificate of 127.0.0.1 is not trusted (self-signed certificate)")
    assert "SSL_CERT_FILE" in reply.message


def test_an_authority_of_ones_own_is_named_in_the_environment(
    bench: Bench, certificate: Path, environment: pytest.MonkeyPatch
) -> None:
    server = bench.serve(in_turn(GOOD), tls=_serving(certificate))
    environment.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    reply = transport(bench, server.base_url.replace("http:", "https:")).send("GET", "/v2")
    assert isinstance(reply, Reply)


def _serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", False),
        ("api.exotel.com", False),
        ("10.0.0.1", False),
        ("127.0.0.1.example.com", False),
    ],
)
def test_which_hosts_are_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) == loopback
