"""Refusals that waiting does not end, and errors, as the two sources dress them."""

from typing import Literal

from pydantic import Field

from kasparro.sandbox.coingecko import refusals as gecko
from kasparro.sandbox.coinpaprika import refusals as paprika
from kasparro.sandbox.faults.fault import AnswerFault, Scene
from kasparro.sandbox.wire import Answer, as_json

HTML = {"Content-Type": "text/html; charset=UTF-8"}


class QuotaSpent(AnswerFault):
    """402: the month's calls are used up."""

    name: Literal["quota_spent"] = "quota_spent"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer, scene
        return paprika.QUOTA_SPENT


class PlanTooSmall(AnswerFault):
    """402: this plan does not include what was asked for."""

    name: Literal["plan_too_small"] = "plan_too_small"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        return paprika.before_the_plan("daily historical data", scene.now).answer


class KeyMissing(AnswerFault):
    """401 with code 10002 inside: a key is needed."""

    name: Literal["key_missing"] = "key_missing"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        return gecko.key_missing(scene.now).answer


class KeyInvalid(AnswerFault):
    """401 or 403, as the source says it: this key is unknown."""

    name: Literal["key_invalid"] = "key_invalid"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        if scene.source == "coinpaprika":
            return paprika.INVALID_KEY
        return gecko.invalid_key("demo").answer


class OutOfRange(AnswerFault):
    """401 with code 10012, two objects deep: history this plan does not have."""

    name: Literal["out_of_range"] = "out_of_range"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        return gecko.out_of_range(scene.now).answer


class Forbidden(AnswerFault):
    """403 with the page of the wall in front of the source: "error code: 1020"."""

    name: Literal["forbidden"] = "forbidden"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer, scene
        return _page(403, "Access denied", "Error code 1020. This website is using a firewall.")


class ServerError(AnswerFault):
    """A 5xx with a page of HTML."""

    name: Literal["server_error"] = "server_error"
    status: int = Field(502, ge=500, le=599)

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        return _page(self.status, f"Error {self.status}", f"{scene.source} is under repair.")


class ErrorWith200(AnswerFault):
    """An error in JSON, delivered with status 200."""

    name: Literal["error_with_200"] = "error_with_200"
    message: str = "internal error"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del scene
        body = as_json({"error": self.message})
        return Answer(status=200, body=body, headers=answer.headers)


class PageWith200(AnswerFault):
    """A page of HTML with status 200, as a hotel's network answers everything."""

    name: Literal["page_with_200"] = "page_with_200"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer, scene
        return _page(200, "Welcome", "Please log in to use this network.")


class NotFound(AnswerFault):
    """404, as the source says it of an id it does not know."""

    name: Literal["not_found"] = "not_found"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer
        if scene.source == "coinpaprika":
            return paprika.ID_NOT_FOUND
        return gecko.coin_not_found().answer


class MovedElsewhere(AnswerFault):
    """A redirect to another host, where our key has no business."""

    name: Literal["moved_elsewhere"] = "moved_elsewhere"
    location: str = "http://elsewhere.invalid/"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del answer, scene
        return paprika.moved(self.location).answer


def _page(status: int, title: str, text: str) -> Answer:
    body = (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><p>{text}</p></body></html>"
    )
    return Answer(status=status, body=body.encode(), headers=HTML)
