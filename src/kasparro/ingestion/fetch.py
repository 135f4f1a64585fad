"""Performs requests over HTTP: within the budget, patient with limits, never for ever."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

import httpx2
import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from kasparro import __version__
from kasparro.core.backoff import pause_after
from kasparro.core.clock import Clock
from kasparro.core.error_bodies import classify
from kasparro.core.errors import FatalError, RateLimitedError, RetryableError
from kasparro.core.source import Cursor, Payload, Request
from kasparro.store.budget import Budget
from kasparro.store.steps import Tally

USER_AGENT = f"kasparro/{__version__} (self-hosted market data server)"
TIMEOUT = httpx2.Timeout(15, connect=5, pool=5)
ATTEMPT_DEADLINE = timedelta(seconds=20)
MAX_ATTEMPTS = 5
GIVE_UP_AFTER = timedelta(seconds=30)  # of trying a source that does not answer
LARGEST_BODY = 64 * 2**20
MAX_REDIRECTS = 3
REDIRECTIONS = {301, 302, 303, 307, 308}
KEPT_HEADERS = ("etag", "last-modified", "age", "date", "x-kasparro-simulated")

log = structlog.get_logger()


class Fetch(Protocol):
    """Perform one request; None: the source says it is what the validators describe."""

    def __call__(
        self, request: Request, cursor: Cursor, validators: Mapping[str, str]
    ) -> Payload | None: ...


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


class HttpFetch:
    """Fetches for one run: `tally` counts its retries and waits, `patience` bounds them."""

    def __init__(
        self,
        client: httpx2.Client,
        endpoint: Endpoint,
        *,
        budget: Budget,
        clock: Clock,
        tally: Tally,
        patience: timedelta,
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._budget = budget
        self._clock = clock
        self._tally = tally
        self._patience = patience
        self._told_to_wait = timedelta()  # by the source itself, for the request under way

    def __call__(
        self, request: Request, cursor: Cursor, validators: Mapping[str, str]
    ) -> Payload | None:
        """Raises RetryableError once patience is over, other errors of `core.errors` at once."""
        self._take_call()
        self._told_to_wait = timedelta()
        began = self._clock.now()
        attempts = Retrying(
            retry=retry_if_exception_type(RetryableError),
            wait=_pause,
            stop=lambda state: self._tired(state, began),
            sleep=self._rest,
            before_sleep=self._note_retry,
            reraise=True,
        )
        return attempts(self._once, request, cursor, validators)

    def _once(
        self, request: Request, cursor: Cursor, validators: Mapping[str, str]
    ) -> Payload | None:
        status, headers, body = self._send(request, validators)
        now = self._clock.now()
        endpoint = self._endpoint
        error = classify(status, headers, body, now, source=endpoint.source, key=endpoint.key)
        if error is not None:
            raise error
        if status == HTTPStatus.NOT_MODIFIED:
            return None
        self._check_simulated(headers)
        kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        return Payload(
            request=request, cursor=cursor, body=body, fetched_at=now, status=status, headers=kept
        )

    def _take_call(self) -> None:
        while (free_at := self._budget.take(self._clock.now())) is not None:
            wait = free_at - self._clock.now()
            if wait > self._patience:
                raise FatalError(
                    f"{self._endpoint.source}: the calls of this plan are used up until"
                    f" {free_at:%Y-%m-%d %H:%M} UTC; the next run after that goes on"
                )
            self._wait(wait.total_seconds(), "call budget")

    def _wait(self, seconds: float, reason: str) -> None:
        self._tally.waits += 1
        self._tally.wait_seconds += seconds
        log.info("waiting", seconds=round(seconds, 1), reason=reason)
        self._clock.sleep(max(seconds, 0.001))

    def _rest(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        self._take_call()

    def _tired(self, state: RetryCallState, began: datetime) -> bool:
        error = state.outcome.exception() if state.outcome is not None else None
        if isinstance(error, RateLimitedError):
            return self._told_to_wait + timedelta(seconds=state.upcoming_sleep) > self._patience
        trying = self._clock.now() - began - self._told_to_wait
        return state.attempt_number >= MAX_ATTEMPTS or trying >= GIVE_UP_AFTER

    def _note_retry(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome is not None else None
        self._tally.retries += 1
        self._tally.waits += 1
        self._tally.wait_seconds += state.upcoming_sleep
        if isinstance(error, RateLimitedError):
            self._told_to_wait += timedelta(seconds=state.upcoming_sleep)
            until = self._clock.now() + timedelta(seconds=state.upcoming_sleep)
            self._budget.pause(until, "the source told us to slow down")
        log.warning(
            "retrying",
            attempt=state.attempt_number,
            seconds=round(state.upcoming_sleep, 1),
            reason=str(error),
        )

    def _send(
        self, request: Request, validators: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        url = f"{self._endpoint.base_url}{request.path}"
        params: Mapping[str, str] | None = request.params or None
        headers = self._endpoint.headers() | conditions(validators)
        for _ in range(MAX_REDIRECTS + 1):
            status, answered, body = self._read(url, params, headers)
            if "location" not in answered or status not in REDIRECTIONS:
                return status, answered, body
            url, params = self._redirected(url, answered["location"]), None
        raise FatalError(f"{self._endpoint.source} redirects in a circle: {urlsplit(url).path}")

    def _read(
        self, url: str, params: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        deadline = self._clock.now() + ATTEMPT_DEADLINE
        try:
            with self._client.stream("GET", url, params=params, headers=headers) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > LARGEST_BODY:
                        raise FatalError(f"{self._endpoint.source} sent more than 64 MiB: refused")
                    if self._clock.now() > deadline:
                        raise RetryableError(f"{self._endpoint.source} sends too slowly: gave up")
                answered = {name.lower(): value for name, value in response.headers.items()}
                return response.status_code, answered, bytes(body)
        except httpx2.TransportError as error:
            raise RetryableError(self._unreachable(error)) from error
        except httpx2.DecodingError as error:
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
        if isinstance(error, httpx2.TimeoutException):
            return f"{where} did not answer in time"
        reason = str(error) or type(error).__name__
        return f"cannot reach {where}: {reason}. Is this machine online?"

    def _check_simulated(self, headers: Mapping[str, str]) -> None:
        if ("x-kasparro-simulated" in headers) is self._endpoint.simulated:
            return
        raise FatalError(
            f"{self._endpoint.source} sends "
            + (
                "live prices into simulated data"
                if self._endpoint.simulated
                else "simulated prices"
            )
            + ": refused, the two never share a database"
        )


def new_client() -> httpx2.Client:
    """One client serves all runs of a process: it is slow to make and safe to share."""
    return httpx2.Client(timeout=TIMEOUT, headers={"user-agent": USER_AGENT})


def conditions(validators: Mapping[str, str]) -> dict[str, str]:
    """The headers that ask only for what has changed since an answer with these headers."""
    names = {"etag": "if-none-match", "last-modified": "if-modified-since"}
    return {names[name]: value for name, value in validators.items() if name in names}


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    retry_after = error.retry_after if isinstance(error, RetryableError) else None
    limited = isinstance(error, RateLimitedError)
    return pause_after(
        state.attempt_number,
        draw=random.random(),  # noqa: S311  # jitter is no secret
        rate_limited=limited,
        retry_after=retry_after,
    ).total_seconds()
