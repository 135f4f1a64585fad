"""Loads, shows and clears a fault script over HTTP, for whoever is on this machine."""

from ipaddress import ip_address
from typing import Any

from starlette.requests import Request

from kasparro.core.errors import BadRequestError
from kasparro.sandbox.faults.reading import read_script
from kasparro.sandbox.faults.stage import Stage
from kasparro.sandbox.wire import Answer, as_json

CONTROL = "/faults"
LARGEST = 1_000_000  # bytes of a script


async def controlled(request: Request, stage: Stage) -> Answer:
    """PUT a script in TOML or JSON, GET what is loaded, DELETE it."""
    if not _is_here(request):
        return _json(403, {"error": "faults are loaded from the machine the sandbox runs on"})
    match request.method:
        case "PUT":
            return await _load(request, stage)
        case "DELETE":
            stage.clear()
        case "GET":
            pass
        case _:
            return _json(405, {"error": "PUT a script, GET it, or DELETE it"})
    return _json(200, _shown(stage))


async def _load(request: Request, stage: Stage) -> Answer:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return _json(413, {"error": f"a script of more than {LARGEST:,} bytes"})
    try:
        stage.load(read_script(body.decode()))
    except UnicodeDecodeError:
        return _json(422, {"error": "the fault script is not UTF-8"})
    except BadRequestError as error:
        return _json(422, {"error": str(error)})
    return _json(200, _shown(stage))


def _shown(stage: Stage) -> dict[str, Any]:
    act = stage.act
    rules = [
        rule.model_dump(mode="json", exclude_defaults=True)
        | {"fault": rule.fault.model_dump(mode="json"), "asked": act.asked[n], "met": act.met[n]}
        for n, rule in enumerate(act.script.rules)
    ]
    return {"seed": act.script.seed, "rules": rules}


def _is_here(request: Request) -> bool:
    host = request.client.host if request.client is not None else ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _json(status: int, document: Any) -> Answer:
    headers = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    return Answer(status=status, body=as_json(document), headers=headers)
