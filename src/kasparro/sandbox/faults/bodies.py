"""Bodies that are damaged though the answer arrives whole."""

import gzip
from typing import Literal

from pydantic import Field

from kasparro.sandbox.faults.fault import AnswerFault, Scene, Share
from kasparro.sandbox.wire import Answer


class CutJson(AnswerFault):
    """JSON that ends in the middle, with the length it really has."""

    name: Literal["cut_json"] = "cut_json"
    share: Share = Field(0.5, lt=1)

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del scene
        kept = int(len(answer.body) * self.share)
        return Answer(status=answer.status, body=answer.body[:kept], headers=answer.headers)


class EmptyBody(AnswerFault):
    """Status 200 and not a byte."""

    name: Literal["empty_body"] = "empty_body"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del scene
        return Answer(status=answer.status, body=b"", headers=answer.headers)


class CorruptGzip(AnswerFault):
    """A packed body with bytes in its middle turned over."""

    name: Literal["corrupt_gzip"] = "corrupt_gzip"

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del scene
        packed = bytearray(gzip.compress(answer.body, mtime=0))
        middle = len(packed) // 2
        for place in range(middle, min(middle + 16, len(packed))):
            packed[place] ^= 0xFF
        headers = {**answer.headers, "Content-Encoding": "gzip"}
        return Answer(status=answer.status, body=bytes(packed), headers=headers)


class CutGzip(AnswerFault):
    """A packed body that ends in its middle, with the length it really has."""

    name: Literal["cut_gzip"] = "cut_gzip"
    share: Share = Field(0.5, lt=1)

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        del scene
        packed = gzip.compress(answer.body, mtime=0)
        headers = {**answer.headers, "Content-Encoding": "gzip"}
        kept = packed[: int(len(packed) * self.share)]
        return Answer(status=answer.status, body=kept, headers=headers)
