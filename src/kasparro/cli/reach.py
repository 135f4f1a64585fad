"""Says so when other machines can read: whoever reads there is somebody the numbers go on to."""

from ipaddress import ip_address

import structlog

from kasparro.ingestion.sources import BY_NAME

log = structlog.get_logger()


def warn_of_terms(host: str) -> None:
    """Warn if the API listens beyond this machine, naming the sources that may not be shared."""
    if _is_loopback(host):
        return
    log.warning(
        "reading is open to other machines",
        host=host,
        may_not_be_shared=[s.name for s in BY_NAME.values() if not s.terms.redistribution],
        advice="KASPARRO_PUBLIC_READ=off closes it; kasparro terms says what may be shared",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
