"""How long requests take: a histogram of this process, by method, route and kind of answer.

Kept as routes and not as paths, so that nobody makes a new series by asking for what is not there.
"""

from collections.abc import Iterable, Iterator
from time import perf_counter

from prometheus_client import Histogram
from prometheus_client.metrics_core import Metric
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAME = "kasparro_etl_api_request_duration_seconds"
SAYS = "From the arrival of a request to the last byte of its answer."
LABELS = ("method", "route", "status")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"


class RequestTimes:
    """The histogram of one app; counts from zero in each process."""

    def __init__(self, routes: Iterable[Route]) -> None:
        known = list(routes)
        self._fixed = {route.path for route in known if not route.param_convertors}
        self._open = [(route.path_regex, route.path) for route in known if route.param_convertors]
        self._histogram = Histogram(NAME, SAYS, LABELS, registry=None, buckets=BUCKETS)
        self._children: dict[tuple[str, str, str], Histogram] = {}

    def observe(self, method: str, path: str, status: int, seconds: float) -> None:
        key = (method if method in METHODS else OTHER, self.route(path), f"{status // 100}xx")
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._histogram.labels(*key)
        child.observe(seconds)

    def route(self, path: str) -> str:
        """The route that answers for this path, `other` if none does."""
        if path in self._fixed:
            return path
        return next((route for shape, route in self._open if shape.match(path)), OTHER)

    def collect(self) -> Iterator[Metric]:
        """For the exposition; without the times at which series began, which nobody asks for."""
        for family in self._histogram.collect():
            family.samples = [one for one in family.samples if not one.name.endswith("_created")]
            yield family


class RequestTimer:
    """The outermost layer, so that it sees answers from memory and refusals too."""

    def __init__(self, app: ASGIApp, *, times: RequestTimes) -> None:
        self._app = app
        self._times = times

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            seconds = perf_counter() - began
            self._times.observe(scope["method"], scope["path"], status, seconds)
