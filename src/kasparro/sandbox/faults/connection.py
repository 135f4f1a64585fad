"""Faults of the connection: what a client sees of a broken network."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, TypeAlias

from pydantic import Field

from kasparro.sandbox.faults.fault import Fault, Share
from kasparro.sandbox.wire import Answer

Ending: TypeAlias = Literal["close", "reset", "hang"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The bytes that reach the client, and how the connection ends after them."""

    sent: bytes
    ending: Ending
    shut_seconds: float = 0  # how long nobody is let in afterwards


class Latency(Fault):
    """The right answer, later."""

    name: Literal["latency"] = "latency"
    seconds: float = Field(1.0, gt=0, le=600)


class ConnectionFault(Fault):
    """Lets an answer arrive in part, or not at all."""

    def delivery(self, answer: Answer) -> Delivery:
        raise NotImplementedError


class Hang(ConnectionFault):
    """No byte, for as long as the client cares to wait."""

    name: Literal["hang"] = "hang"

    def delivery(self, answer: Answer) -> Delivery:
        del answer
        return Delivery(sent=b"", ending="hang")


class Refuse(ConnectionFault):
    """The connection is closed without an answer."""

    name: Literal["refuse"] = "refuse"

    def delivery(self, answer: Answer) -> Delivery:
        del answer
        return Delivery(sent=b"", ending="close")


class ClosedPort(ConnectionFault):
    """The same, and nobody listens for a while: connections are refused, whatever they ask."""

    name: Literal["closed_port"] = "closed_port"
    seconds: float = Field(1.0, gt=0, le=600)

    def delivery(self, answer: Answer) -> Delivery:
        del answer
        return Delivery(sent=b"", ending="reset", shut_seconds=self.seconds)


class ResetInBody(ConnectionFault):
    """A part of the body, then the connection is reset."""

    name: Literal["reset_in_body"] = "reset_in_body"
    share: Share = Field(0.5, lt=1)

    def delivery(self, answer: Answer) -> Delivery:
        return Delivery(sent=_head(answer) + _part(answer.body, self.share), ending="reset")


class TruncatedBody(ConnectionFault):
    """A part of the body, then the connection is closed in good order."""

    name: Literal["truncated_body"] = "truncated_body"
    share: Share = Field(0.5, lt=1)

    def delivery(self, answer: Answer) -> Delivery:
        return Delivery(sent=_head(answer) + _part(answer.body, self.share), ending="close")


class WrongLength(ConnectionFault):
    """A Content-Length that is not the length of the body: more bytes, or fewer, than there are."""

    name: Literal["wrong_length"] = "wrong_length"
    by: int = 100

    def delivery(self, answer: Answer) -> Delivery:
        return Delivery(sent=_head(answer, self.by) + answer.body, ending="close")


def _head(answer: Answer, off_by: int = 0) -> bytes:
    """Status line and headers; the length they promise may be off."""
    length = max(0, len(answer.body) + off_by)
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        *(f"{name}: {value}" for name, value in answer.headers.items()),
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _part(body: bytes, share: float) -> bytes:
    return body[: int(len(body) * share)]
