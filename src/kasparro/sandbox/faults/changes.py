"""Applies the faults that a call meets: to its question first, then to what it is answered."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from itertools import groupby

import msgspec

from kasparro.sandbox.faults.connection import ConnectionFault, Latency
from kasparro.sandbox.faults.documents import decoded, encoded
from kasparro.sandbox.faults.fault import (
    AnswerFault,
    DocumentFault,
    RequestFault,
    Scene,
    apply,
)
from kasparro.sandbox.faults.stage import Met
from kasparro.sandbox.wire import Answer

VALIDATORS = {"etag", "last-modified"}


def asked_instead(params: Mapping[str, str], met: Sequence[Met]) -> Mapping[str, str]:
    """The parameters that are answered."""
    for one in met:
        if isinstance(one.fault, RequestFault):
            params = one.fault.asked(params)
    return params


def wants_a_body(met: Sequence[Met]) -> bool:
    """Whether a fault needs an answer to work on, even where the caller has it already."""
    return any(not isinstance(one.fault, Latency) for one in met)


def changed(answer: Answer, met: Sequence[Met], scene: Scene) -> Answer:
    """The answer with every fault in it; a changed one carries no validator of the right one."""
    for kind, several in groupby(met, lambda one: isinstance(one.fault, DocumentFault)):
        if kind and answer.status == HTTPStatus.OK:
            answer = _rewritten(answer, list(several))
            continue
        for one in several:
            if isinstance(one.fault, AnswerFault):
                answer = one.fault.instead(answer, scene)
    if all(isinstance(one.fault, Latency | ConnectionFault) for one in met):
        return answer
    kept = {name: value for name, value in answer.headers.items() if name.lower() not in VALIDATORS}
    return Answer(status=answer.status, body=answer.body, headers=kept)


def _rewritten(answer: Answer, met: Sequence[Met]) -> Answer:
    """Decoded once for all of them: after the first there may be what nobody can decode."""
    try:
        document = decoded(answer.body)
    except msgspec.DecodeError:  # another fault was here before
        return answer
    for one in met:
        if isinstance(one.fault, DocumentFault):
            document = apply(one.fault, document, one.draws)
    return Answer(status=answer.status, body=encoded(document), headers=answer.headers)
