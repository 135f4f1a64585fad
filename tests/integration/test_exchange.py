"""What stands between us and a source, a proxy or an authority, is named when it fails."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kasparro.core.errors import ConfigurationError, RetryableError
from kasparro.core.source import Request
from kasparro.ingestion.exchange import Answer, Endpoint, Exchange, new_client
from support.clock import FakeClock
from support.provider import Asked, as_json, provider

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def ask(base_url: str, path: str = "/ping") -> Answer:
    with new_client() as client:
        endpoint = Endpoint(source="coingecko", base_url=base_url)
        return Exchange(client, endpoint, FakeClock()).send(Request(path=path), {})


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_a_source_that_refuses_the_connection_is_named():
    port = free_port()
    with pytest.raises(RetryableError) as refused:
        ask(f"http://127.0.0.1:{port}")
    assert str(refused.value).startswith(f"cannot reach coingecko at 127.0.0.1:{port}: ")
    assert str(refused.value).endswith("Simulated sources need no network: make demo")


@pytest.mark.parametrize("scheme, variable", [("http", "HTTP_PROXY"), ("https", "HTTPS_PROXY")])
def test_a_proxy_that_cannot_be_reached_is_named_without_its_password(
    monkeypatch, scheme, variable
):
    port = free_port()
    monkeypatch.setenv(variable, f"http://someone:hush@127.0.0.1:{port}")
    with pytest.raises(RetryableError) as refused:
        ask(f"{scheme}://source.test/v3")
    told = str(refused.value)
    assert f"source.test through the proxy 127.0.0.1:{port}: " in told
    assert "HTTPS_PROXY" in told
    assert "NO_PROXY" in told
    assert "hush" not in told


def test_a_proxy_that_refuses_is_named(monkeypatch):
    with provider() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(RetryableError, match=r"through the proxy 127\.0\.0\.1:"):
            ask("https://source.test/v3")


def test_a_source_named_in_no_proxy_is_asked_directly_and_no_proxy_is_blamed(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(RetryableError, match="Is this machine online") as refused:
        ask(f"http://127.0.0.1:{free_port()}")
    assert "proxy" not in str(refused.value)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "ftp://127.0.0.1:1"])
def test_a_proxy_of_a_kind_we_cannot_use_refuses_to_start(monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"):
        new_client()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_certificates_that_is_none_refuses_to_start(monkeypatch, tmp_path, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE or SSL_CERT_DIR cannot be used"):
        new_client()


def test_an_authority_of_the_users_own_is_believed_when_ssl_cert_file_names_it(
    monkeypatch, tmp_path
):
    with own_authority(tmp_path) as (url, certificate):
        with pytest.raises(RetryableError, match="set SSL_CERT_FILE to a file"):
            ask(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        answer = ask(url)
    assert (answer.status, answer.body) == (200, b"{}")


def test_a_source_that_drips_is_given_up():
    clock = FakeClock()

    def slow(_: Asked):
        clock.tick(seconds=21)
        return as_json({})

    with provider() as own, new_client() as client:
        own.answer = slow
        endpoint = Endpoint(source="coingecko", base_url=own.url)
        with pytest.raises(RetryableError, match="coingecko sends too slowly"):
            Exchange(client, endpoint, clock).send(Request(path="/ping"), {})


@contextmanager
def own_authority(directory: Path) -> Iterator[tuple[str, Path]]:
    """A source behind TLS, whose certificate only its own file vouches for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    made = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    made += ["-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    made += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener, context))
        thread.start()
        try:
            yield f"https://127.0.0.1:{listener.getsockname()[1]}", certificate
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Answer every request with an empty object; who does not trust us hangs up."""
    while True:
        try:
            visitor, _ = listener.accept()
        except OSError:
            return
        with suppress(OSError), context.wrap_socket(visitor, server_side=True) as secured:
            secured.recv(65_536)
            secured.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
