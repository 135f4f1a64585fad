"""One request and one answer over HTTP, never for ever; asking again is for others to decide."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2
import structlog

from kasparro import __version__
from kasparro.core.clock import Clock
from kasparro.core.errors import ConfigurationError, FatalError, RetryableError
from kasparro.core.source import Request

USER_AGENT = f"kasparro/{__version__} (self-hosted market data server)"
TIMEOUT = httpx2.Timeout(15, connect=5, pool=5)
ATTEMPT_DEADLINE = timedelta(seconds=20)
LARGEST_BODY = 64 * 2**20
MAX_REDIRECTS = 3
GZIP = 16 + zlib.MAX_WBITS
REDIRECTIONS = {301, 302, 303, 307, 308}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a source is asked and who we say we are; the key goes into a header, nowhere else."""

    source: str
    base_url: str
    simulated: bool = False  # the answers must say so, and only then
    key: str | None = field(default=None, repr=False)
    key_header: str | None = None

    def headers(self) -> dict[str, str]:
        if self.key is None or self.key_header is None:
            return {}
        return {self.key_header: self.key}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whatever it says; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchange:
    """Sends requests to one endpoint; an answer that takes longer than `deadline` is given up."""

    def __init__(
        self,
        client: httpx2.Client,
        endpoint: Endpoint,
        clock: Clock,
        *,
        deadline: timedelta = ATTEMPT_DEADLINE,
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._clock = clock
        self._deadline = deadline

    def send(self, request: Request, headers: Mapping[str, str]) -> Answer:
        """Follows redirects within the host. Raises RetryableError when no answer comes through,
        FatalError when it leads elsewhere or is too large."""
        url = f"{self._endpoint.base_url}{request.path}"
        params: Mapping[str, str] | None = request.params or None
        sent = self._endpoint.headers() | dict(headers)
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._read(url, params, sent)
            if "location" not in answer.headers or answer.status not in REDIRECTIONS:
                return answer
            url, params = self._redirected(url, answer.headers["location"]), None
        raise FatalError(f"{self._endpoint.source} redirects in a circle: {urlsplit(url).path}")

    def _read(
        self, url: str, params: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> Answer:
        began = self._clock.now()
        deadline = began + self._deadline
        at = urlsplit(url)
        log.debug("asking", host=at.hostname, path=at.path, params=dict(params or {}))
        try:
            with self._client.stream("GET", url, params=params, headers=headers) as response:
                body = bytearray()
                for chunk in _unpacked(response):
                    body += chunk
                    if len(body) > LARGEST_BODY:
                        raise FatalError(f"{self._endpoint.source} sent more than 64 MiB: refused")
                    if self._clock.now() > deadline:
                        raise RetryableError(f"{self._endpoint.source} sends too slowly: gave up")
                took = (self._clock.now() - began).total_seconds()
                log.debug("answered", status=response.status_code, bytes=len(body), seconds=took)
                answered = {name.lower(): value for name, value in response.headers.items()}
                return Answer(status=response.status_code, headers=answered, body=bytes(body))
        except httpx2.TransportError as error:
            raise RetryableError(self._unreachable(error)) from error
        except (httpx2.DecodingError, zlib.error, EOFError) as error:
            raise RetryableError(f"{self._endpoint.source} sent a body that is damaged") from error

    def _redirected(self, url: str, location: str) -> str:
        """The key must not follow a redirect to another host."""
        target = str(httpx2.URL(url).join(location))
        if urlsplit(target)[:2] != urlsplit(url)[:2]:
            raise FatalError(
                f"{self._endpoint.source} redirects to another host, {urlsplit(target).netloc}:"
                " not followed, because it would be handed our key"
            )
        return target

    def _unreachable(self, error: Exception) -> str:
        where = f"{self._endpoint.source} at {urlsplit(self._endpoint.base_url).netloc}"
        proxy = _proxy_of(self._endpoint.base_url)
        through = f" through the proxy {proxy}" if proxy is not None else ""
        if isinstance(error, httpx2.TimeoutException):
            return f"{where} did not answer in time{through}"
        reason = str(error) or type(error).__name__
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            advice = (
                " If your network has a certificate authority of its own, set SSL_CERT_FILE to a"
                " file with its certificates"
            )
        elif proxy is not None:
            advice = " Check HTTPS_PROXY, or name this host in NO_PROXY"
        else:
            advice = " Is this machine online? Simulated sources need no network: make demo"
        return f"cannot reach {where}{through}: {reason.rstrip('.')}.{advice}"


def new_client() -> httpx2.Client:
    """One client serves all runs of a process: it is slow to make and safe to share.

    Raises ConfigurationError when the proxy or the certificates that the environment names for
    every program cannot be used.
    """
    try:
        return httpx2.Client(timeout=TIMEOUT, headers={"user-agent": USER_AGENT})
    except OSError as error:
        raise ConfigurationError(
            f"SSL_CERT_FILE or SSL_CERT_DIR cannot be used: {error.strerror or error}"
        ) from error
    except (ValueError, ImportError) as error:
        raise ConfigurationError(
            "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY cannot be used: write http://HOST:PORT"
        ) from error


def _unpacked(response: httpx2.Response) -> Iterator[bytes]:
    """The body as it was before it was packed. Raises EOFError when the packing has no end: the
    client's own decoder takes what there is for all there was."""
    if response.headers.get("content-encoding", "").strip().lower() != "gzip":
        yield from response.iter_bytes()
        return
    unpacking = zlib.decompressobj(GZIP)
    for chunk in response.iter_raw():
        yield unpacking.decompress(chunk)
    if not unpacking.eof and response.status_code != HTTPStatus.NOT_MODIFIED:
        raise EOFError


def _proxy_of(url: str) -> str | None:
    """The proxy that the environment puts between us and this URL, without its password."""
    parts = urlsplit(url)
    if proxy_bypass(parts.netloc):
        return None
    proxies = getproxies()
    chosen = proxies.get(parts.scheme) or proxies.get("all")
    if not chosen:
        return None
    return urlsplit(chosen if "://" in chosen else f"//{chosen}").netloc.rpartition("@")[2]
