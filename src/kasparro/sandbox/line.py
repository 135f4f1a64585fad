"""The connection of a request, within reach of whoever answers it: to cut it, to let it hang."""

import os
import socket
import struct
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from kasparro.sandbox.faults.connection import Delivery

EXTENSION = "kasparro.line"
AT_ONCE = struct.pack(
    "hh" if os.name == "nt" else "ii", 1, 0
)  # SO_LINGER: a close that throws away and resets


class Line:
    """One connection; `shut` closes the port for some seconds."""

    def __init__(self, protocol: H11Protocol, shut: Callable[[float], None]) -> None:
        self._protocol = protocol
        self._shut = shut
        self.hanging = False

    async def deliver(self, delivery: Delivery, receive: Receive) -> None:
        """Send these bytes and no others, end as told, and return when the client is gone."""
        transport = self._protocol.transport
        transport.write(delivery.sent)
        if delivery.shut_seconds:
            self._shut(delivery.shut_seconds)
        if delivery.ending == "reset":
            own: socket.socket = transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            transport.abort()
        elif delivery.ending == "close":
            transport.close()
        else:
            self.hanging = True
        message: Message = {"type": ""}
        while message["type"] != "http.disconnect":
            message = await receive()


def protocol_with_line(shut: Callable[[float], None]) -> type[H11Protocol]:
    """uvicorn's own protocol, whose application finds its line among the scope's extensions."""

    class LineProtocol(H11Protocol):
        def connection_made(self, transport: object) -> None:
            super().connection_made(transport)  # type: ignore[arg-type]
            self.line = Line(self, shut)
            self.app = _within_reach(self.app, self.line)

        def shutdown(self) -> None:
            """Whoever hangs is let go when the server stops."""
            super().shutdown()
            if self.line.hanging:
                self.transport.close()

    return LineProtocol


def _within_reach(app: ASGIApp, line: Line) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[EXTENSION] = line
        await app(scope, receive, send)

    return application
