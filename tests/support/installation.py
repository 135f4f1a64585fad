"""kasparro as its users have it: real processes with a data directory of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kasparro.store import embedded

PATIENCE = 60.0


class Answer:
    """One HTTP answer."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        return json.loads(self.body)


class Installation:
    """A data directory, an environment, a port, and the processes started with them."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.data_dir = home / "data"
        self.port = _free_port()
        kept = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONPATH", "TMPDIR")
        self.environment = (
            {name: os.environ[name] for name in kept if name in os.environ}
            | {
                "HOME": str(home),
                "KASPARRO_DATA_DIR": str(self.data_dir),
                "API_PORT": str(self.port),
                "KASPARRO_ADMIN_KEY": "a-key-for-the-test",
            }
            | environment
        )
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start `kasparro <command>`; its output goes to `log`."""
        with (self.home / "log").open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "kasparro", *command],
                cwd=self.home,
                env=self.environment | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(started)
        return started

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `kasparro <command>` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "kasparro", *command],
            cwd=self.home,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, headers)

    def post(self, path: str, **headers: str) -> Answer:
        return self._ask("POST", path, {name.replace("_", "-"): v for name, v in headers.items()})

    def wait_for(self, claim: Callable[[], bool], what: str) -> None:
        """Wait until the claim holds; an API that is not there yet does not count against it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(OSError, KeyError, TypeError):  # not there yet, or not all of it
                if claim():
                    return
            time.sleep(0.05)
        raise AssertionError(f"waited {PATIENCE:g} s in vain for {what}; log:\n{self.log()}")

    def stopped(self, process: subprocess.Popen[bytes], number: signal.Signals) -> int:
        """Send a signal and wait for the end; returns the exit code."""
        process.send_signal(number)
        return process.wait(PATIENCE)

    def close(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()
        embedded.stop(self.data_dir)

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> Answer:
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, method=method, headers=headers)  # http, ours
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  # same
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


@contextmanager
def installation(home: Path, **environment: str) -> Iterator[Installation]:
    home.mkdir(parents=True, exist_ok=True)
    own = Installation(home, **environment)
    try:
        yield own
    finally:
        own.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
