"""Stands before MLServer and bounds what a request may cost."""

import asyncio
import json
import reprlib
from collections.abc import Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Refusal(Exception):
    """A status and a sentence for the client."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class RequestGuard:
    """Lets through what the server is for, a few bounded requests at a time.

    MLServer reads bodies of any length, unpacks gzip to any length, remembers every
    model name it is asked for, and lets anybody unload a model.

    Args:
        app: the ASGI application behind the guard.
        model_names: models that may be asked.
        max_body_bytes: int, longest body.
        max_running: int, how many inference requests the application sees at once;
            the others wait, as bytes.
        body_seconds: float, how long a client may take to send a body.
        max_requests: int, how many requests may be open at once, those that are read
            and those that wait included; more are refused.
    """

    def __init__(
        self,
        app: ASGIApp,
        model_names: Sequence[str],
        max_body_bytes: int,
        max_running: int = 4,
        body_seconds: float = 30.0,
        max_requests: int = 256,
    ) -> None:
        self._app = app
        self._questions = {"/v2", "/v2/health/live", "/v2/health/ready"}
        for name in model_names:
            self._questions |= {f"/v2/models/{name}", f"/v2/models/{name}/ready"}
        self._inferences = {f"/v2/models/{name}/infer" for name in model_names}
        self._max_body_bytes = max_body_bytes
        self._running = asyncio.Semaphore(max_running)
        self._body_seconds = body_seconds
        self._max_requests = max_requests
        self._num_open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or hands it on."""
        if scope["type"] != "http":
            return
        self._num_open += 1
        try:
            if self._num_open > self._max_requests:
                raise Refusal(
                    503,
                    f"`requests` must be at most {self._max_requests} at once. "
                    "Received: one more; ask again later",
                )
            await self._guard(scope, receive, send)
        except Refusal as refusal:
            await _answer(send, refusal.status, str(refusal))
        finally:
            self._num_open -= 1

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in self._questions:
            await self._app(scope, receive, send)
            return
        if scope["path"] not in self._inferences:
            raise Refusal(
                404,
                f"`path` must be one of {sorted(self._questions | self._inferences)}. "
                f"Received: {reprlib.repr(scope['path'])}",
            )
        self._check_headers({key.lower(): value for key, value in scope["headers"]})
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await self._read(receive)
        except TimeoutError as error:
            raise Refusal(
                408,
                f"`body` must arrive within {self._body_seconds:.0f} seconds. "
                "Received: a part of it",
            ) from error
        if body is None:
            return
        async with self._running:
            await self._app(scope, _replay(body, receive), send)

    def _check_headers(self, headers: dict[bytes, bytes]) -> None:
        if b"inference-header-content-length" in headers:
            raise Refusal(
                415,
                "`data` must stand in the JSON: the binary tensor extension is not "
                "spoken here. Received: a header Inference-Header-Content-Length",
            )
        content_type = headers.get(b"content-type", b"application/json")
        if content_type.split(b";")[0].strip().lower() != b"application/json":
            raise Refusal(
                415,
                "`Content-Type` must be application/json. "
                f"Received: {reprlib.repr(content_type)}",
            )
        if b"content-encoding" in headers:
            raise Refusal(
                415,
                "`Content-Encoding` must be left out: send the body unpacked. "
                f"Received: {reprlib.repr(headers[b'content-encoding'])}",
            )
        self._check_length(int(headers.get(b"content-length", b"0")))

    def _check_length(self, num_bytes: int) -> None:
        if num_bytes > self._max_body_bytes:
            raise Refusal(
                413,
                f"`body` must have at most {self._max_body_bytes} bytes. "
                f"Received: {num_bytes} or more",
            )

    async def _read(self, receive: Receive) -> bytes | None:
        """Returns the body, or `None` when the client has gone."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            self._check_length(len(body))
            if not message.get("more_body", False):
                return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


async def _answer(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"error": sentence}).encode()
    headers: list[Any] = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
