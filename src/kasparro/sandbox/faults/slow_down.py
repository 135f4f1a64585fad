"""Every dressing of "too many requests" that the two sources have been seen to use."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Literal

from pydantic import Field

from kasparro.sandbox.coingecko import refusals as gecko
from kasparro.sandbox.coinpaprika import refusals as paprika
from kasparro.sandbox.faults.fault import AnswerFault, Scene
from kasparro.sandbox.wire import Answer

PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


class RateLimited(AnswerFault):
    """429 with the source's own body, and nothing that says for how long."""

    name: Literal["rate_limited"] = "rate_limited"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        return _too_many(scene)


class RateLimitedSeconds(AnswerFault):
    """429 with Retry-After in seconds."""

    name: Literal["rate_limited_seconds"] = "rate_limited_seconds"
    seconds: int = Field(7, ge=0, le=1_000_000)

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        return _too_many(scene, **{"Retry-After": str(self.seconds)})


class RateLimitedDate(AnswerFault):
    """429 with Retry-After as a date."""

    name: Literal["rate_limited_date"] = "rate_limited_date"
    seconds: int = Field(7, ge=0, le=1_000_000)

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        until = scene.now + timedelta(seconds=self.seconds)
        named = format_datetime(until.replace(microsecond=0), usegmt=True)
        return _too_many(scene, **{"Retry-After": named})


class RateLimitedReset(AnswerFault):
    """429 with x-ratelimit-reset, a moment, and no Retry-After."""

    name: Literal["rate_limited_reset"] = "rate_limited_reset"
    seconds: int = Field(7, ge=0, le=1_000_000)

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        until = scene.now + timedelta(seconds=self.seconds)
        return _too_many(scene, **{"x-ratelimit-reset": f"{until:%Y-%m-%d %H:%M:%S} +0000"})


class Throttled(AnswerFault):
    """429 that says nothing but "Throttled", in plain text."""

    name: Literal["throttled"] = "throttled"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer, scene
        return Answer(status=429, body=b"Throttled", headers=PLAIN)


class CloudflareLimited(AnswerFault):
    """429 of the wall in front of the source: "error code: 1015"."""

    name: Literal["cloudflare_limited"] = "cloudflare_limited"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer, scene
        return Answer(status=429, body=b"error code: 1015", headers=PLAIN)


class RateLimitedWith200(AnswerFault):
    """The body of a 429, delivered with status 200."""

    name: Literal["rate_limited_with_200"] = "rate_limited_with_200"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        refused = _too_many(scene)
        return Answer(status=200, body=refused.body, headers=refused.headers)


def _too_many(scene: Scene, **headers: str) -> Answer:
    own = paprika.RATE_LIMITED if scene.source == "coinpaprika" else gecko.CREDITS_SPENT
    return Answer(status=429, body=own.body, headers={**own.headers, **headers})
