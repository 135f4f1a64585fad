"""Performs requests over HTTP: within the budget, patient with limits, never for ever."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

import httpx2
import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from kasparro.core.backoff import pause_after
from kasparro.core.clock import Clock
from kasparro.core.error_bodies import classify
from kasparro.core.errors import FatalError, RateLimitedError, RetryableError
from kasparro.core.source import Cursor, Payload, Request
from kasparro.ingestion.exchange import Answer, Endpoint, Exchange
from kasparro.store.budget import Budget
from kasparro.store.steps import Tally

MAX_ATTEMPTS = 5
GIVE_UP_AFTER = timedelta(seconds=30)  # of trying a source that does not answer
LONGEST_PAUSE = timedelta(days=1)  # that a source can ask of the runs to come
MOST_TIMES_TOLD = 10  # to slow down, for one request: each of them is a call of the month's
NO_ANSWER = "none"
KEPT_HEADERS = ("etag", "last-modified", "age", "date", "x-kasparro-simulated")

log = structlog.get_logger()


class Fetch(Protocol):
    """Perform one request; None: the source says it is what the validators describe."""

    def __call__(
        self, request: Request, cursor: Cursor, validators: Mapping[str, str]
    ) -> Payload | None: ...


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
        self._exchange = Exchange(client, endpoint, clock)
        self._endpoint = endpoint
        self._budget = budget
        self._clock = clock
        self._tally = tally
        self._patience = patience
        self._told_to_wait = timedelta()  # by the source itself, in this run

    def __call__(
        self, request: Request, cursor: Cursor, validators: Mapping[str, str]
    ) -> Payload | None:
        """Raises RetryableError once patience is over, other errors of `core.errors` at once."""
        self._take_call()
        began = self._clock.now() - self._told_to_wait
        attempts = Retrying(
            retry=retry_if_exception_type(RetryableError),
            wait=_pause,
            stop=lambda state: self._tired(state, began),
            sleep=self._rest,
            before_sleep=self._note_retry,
            reraise=True,
        )
        try:
            return attempts(self._once, request, cursor, validators)
        except RetryableError as error:
            if error.retry_after is not None:
                until = self._clock.now() + min(error.retry_after, LONGEST_PAUSE)
                self._budget.pause(until, "the source told us to wait")
            if not isinstance(error, RateLimitedError):
                raise
            waited = f"{self._told_to_wait.total_seconds():.0f} s"
            most = f"{self._patience.total_seconds():.0f} s"
            raise RateLimitedError(
                f"{error} This run gave up after {waited} of waiting; KASPARRO_MAX_WAIT_SECONDS"
                f" allows {most}. The next one goes on from here."
            ) from error

    def _once(
        self, request: Request, cursor: Cursor, validators: Mapping[str, str]
    ) -> Payload | None:
        answer = self._send(request, conditions(validators))
        now = self._clock.now()
        error = classify(
            answer.status,
            answer.headers,
            answer.body,
            now,
            source=self._endpoint.source,
            key=self._endpoint.key,
        )
        if error is not None:
            raise error
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return None
        self._check_simulated(answer.headers)
        return Payload(
            request=request,
            cursor=cursor,
            body=answer.body,
            fetched_at=now,
            status=answer.status,
            headers={name: value for name, value in answer.headers.items() if name in KEPT_HEADERS},
        )

    def _send(self, request: Request, headers: Mapping[str, str]) -> Answer:
        try:
            answer = self._exchange.send(request, headers)
        except RetryableError:
            self._tally.answers[NO_ANSWER] += 1
            raise
        self._tally.answers[str(answer.status)] += 1
        return answer

    def _take_call(self) -> None:
        while (free_at := self._budget.take(self._clock.now())) is not None:
            wait = free_at - self._clock.now()
            if wait > self._patience:
                raise FatalError(
                    f"{self._endpoint.source} may not be asked before {free_at:%Y-%m-%d %H:%M} UTC:"
                    " the calls of this plan are used up, or it told us to wait; the next run"
                    " after that goes on"
                )
            self._wait(wait.total_seconds(), "call budget")
        self._tally.calls += 1

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
        coming = timedelta(seconds=state.upcoming_sleep)
        if isinstance(error, RateLimitedError):
            told_enough = state.attempt_number >= MOST_TIMES_TOLD
            return told_enough or self._told_to_wait + coming > self._patience
        trying = self._clock.now() - began - self._told_to_wait
        return state.attempt_number >= MAX_ATTEMPTS or trying + coming >= GIVE_UP_AFTER

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


def conditions(validators: Mapping[str, str]) -> dict[str, str]:
    """The headers that ask only for what has changed since an answer with these headers."""
    names = {"etag": "if-none-match", "last-modified": "if-modified-since"}
    return {
        names[name]: value
        for name, value in validators.items()
        if name in names and value.isascii()  # no other text can be sent back
    }


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
