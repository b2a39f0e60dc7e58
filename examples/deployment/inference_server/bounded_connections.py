"""Connections that cannot be held by sending nothing, and errors in one form."""

import asyncio
import json
from http import HTTPStatus
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_WAITING = 256  # connections whose next request is not there yet
HEADER_SECONDS = 10.0


class BoundedConnections(H11Protocol):
    """uvicorn's protocol, which gives a client only so long to say what it wants.

    A connection waits from its beginning, or from the end of an answer, until the whole
    header of its next request is there. After `HEADER_SECONDS` it is closed; where more
    than `MAX_WAITING` wait, the one that has waited longest is. Clients that mean it
    send a header at once, so that those who hold back harm nobody but themselves.

    What uvicorn refuses, it refuses in JSON, as the server's application does.
    """

    # Of the process, with their timers, the longest waiting first.
    _waiting: ClassVar[dict["BoundedConnections", asyncio.TimerHandle]] = {}

    def connection_made(self, transport: Any) -> None:
        """Begins to wait."""
        super().connection_made(transport)
        self._has_begun = False
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Waits no more once a whole header is there."""
        self._has_begun = True
        super().data_received(data)
        if self._is_answering():
            self._wait_no_more()

    def on_response_complete(self) -> None:
        """Begins to wait for the next request."""
        self._has_begun = False
        super().on_response_complete()
        if not self._is_answering() and not self.transport.is_closing():
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Refuses what is no request, in JSON."""
        self._refuse(400, f"`request` must be HTTP/1.1. Received: {msg}")

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._wait_no_more()
        self._waiting[self] = self.loop.call_later(HEADER_SECONDS, self._give_up)
        if len(self._waiting) > MAX_WAITING:
            next(iter(self._waiting))._give_up()

    def _wait_no_more(self) -> None:
        timer = self._waiting.pop(self, None)
        if timer is not None:
            timer.cancel()

    def _give_up(self) -> None:
        self._wait_no_more()
        if self._has_begun:
            self._refuse(408, "`header` must arrive at once. Received: a part of it")
        else:
            self.transport.close()

    def _refuse(self, status: int, sentence: str) -> None:
        body = json.dumps({"error": sentence}).encode()
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "connection: close",
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()
