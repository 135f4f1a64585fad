"""This machine: the port, the data directory and its disk, the files to read."""

import errno
import http.client
import json
import os
import shutil
import socket

from kasparro.cli.doctor.finding import Finding, ok, problem, warning
from kasparro.cli.printing import size
from kasparro.ingestion.desk import Desk
from kasparro.settings import Settings

LITTLE = 2 * 10**9  # bytes of disk
TOO_LITTLE = 200 * 10**6
SHOWN = 5  # refused files
ASK_SECONDS = 3


def port(settings: Settings) -> list[Finding]:
    """Can the API listen where it should, or does it already?"""
    place = f"{settings.api_host}:{settings.api_port}"
    family = socket.AF_INET6 if ":" in settings.api_host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.api_host, settings.api_port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return [_who_is_there(settings, place)]
            return [problem("port", f"{place}: {error.strerror}", "Set API_HOST or API_PORT")]
    return [ok("port", f"{place} is free")]


def data_directory(settings: Settings) -> list[Finding]:
    """Is there room, and may we use it?"""
    directory = settings.data_dir
    standing = next(place for place in (directory, *directory.parents) if place.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        advice = "Set KASPARRO_DATA_DIR to a directory of your own, or set DATABASE_URL"
        return [problem("data directory", f"{standing} cannot be written to", advice)]
    free = shutil.disk_usage(standing).free
    says = f"{directory}, {size(free)} free"
    advice = "Make room, or move it with KASPARRO_DATA_DIR"
    if free < TOO_LITTLE:
        return [problem("data directory", says, advice)]
    if free < LITTLE:
        return [warning("data directory", says, advice)]
    return [ok("data directory", says)]


def files(desk: Desk) -> list[Finding]:
    """Can the files be read that the CSV source is told to read, and which can not?"""
    missing = [path for path in desk.paths if not path.exists()]
    if missing:
        return [problem("csv files", f"there is no {missing[0]}", "Set CSV_PATH to what is there")]
    datasets, refused = desk.look()
    number = sum(len(dataset.files) for dataset in datasets.values())
    places = ", ".join(map(str, desk.paths))
    found = [
        ok("csv files", f"{places}: {number:,} files of {len(datasets):,} datasets can be read")
    ]
    advice = "Say it with kasparro ingest csv FILE and the option"
    found += [
        warning("csv files", f"{file.path}: {file.reason}", advice) for file in refused[:SHOWN]
    ]
    if len(refused) > SHOWN:
        more = f"{len(refused) - SHOWN:,} more files are refused"
        found.append(
            warning("csv files", more, "kasparro ingest csv DIRECTORY --preview names them all")
        )
    return found


def _who_is_there(settings: Settings, place: str) -> Finding:
    """Is it ourselves that have taken the port?"""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.api_host, settings.api_host)  # noqa: S104  # where to ask
    connection = http.client.HTTPConnection(host, settings.api_port, timeout=ASK_SECONDS)
    try:
        connection.request("GET", "/health")
        health = json.loads(connection.getresponse().read(1 << 20))
    except (OSError, ValueError, http.client.HTTPException):
        health = None
    finally:
        connection.close()
    if isinstance(health, dict) and "etl_status" in health:
        return ok("port", f"kasparro answers on {place}: {health.get('status')}")
    return problem("port", f"another program listens on {place}", "Set API_PORT to a free port")
