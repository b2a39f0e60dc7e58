"""How many requests are open at once: python -m pytest --noconftest THIS_FILE."""

import asyncio
import importlib.util
import json
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="comes with mlserver")
ROOT = Path(__file__).parents[2]
PATH = ROOT / "examples/deployment/inference_server/request_guard.py"


def test_requests_beyond_the_bound_are_refused_in_json():
    spec = importlib.util.spec_from_file_location("request_guard", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    scope = {"type": "http", "path": "/v2", "headers": []}

    async def play():
        done = asyncio.Event()

        async def app(scope, receive, send):
            await done.wait()

        async def ask():
            messages = []

            async def send(message):
                messages.append(message)

            await guard(scope, None, send)
            return messages

        guard = module.RequestGuard(app, [], 100, max_requests=2)
        first = [asyncio.create_task(ask()) for _ in range(2)]
        await asyncio.sleep(0)
        start, body = await ask()
        done.set()
        assert await asyncio.gather(*first) == [[], []]
        assert await ask() == []  # there is room again
        return start, body

    start, body = asyncio.run(play())
    assert start["status"] == 503
    assert (b"content-type", b"application/json") in start["headers"]
    assert "at most 2 at once" in json.loads(body["body"])["error"]
