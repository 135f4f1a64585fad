"""The image's health check: exits 0 when the API in this container answers /health with 200.

Standard library only and without proxies: it runs every few seconds, and asks this machine alone.
"""

import http.client
import os
import sys

TIMEOUT_SECONDS = 4
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where to ask


def main() -> None:
    """Ask where the settings say the API listens; print what it answers."""
    host = os.environ.get("API_HOST", "")
    port = os.environ.get("API_PORT") or os.environ.get("PORT") or "8000"
    asked = http.client.HTTPConnection(
        EVERYWHERE.get(host, host), int(port), timeout=TIMEOUT_SECONDS
    )
    try:
        asked.request("GET", "/health")
        answer = asked.getresponse()
        said = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"no answer on port {port}: {error}")
    print(said)  # noqa: T201  `docker inspect` shows it
    sys.exit(0 if answer.status == http.client.OK else 1)


if __name__ == "__main__":
    main()
