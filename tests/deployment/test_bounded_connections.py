"""Clients that hold back: python -m pytest --noconftest THIS_FILE, where uvicorn is."""

import contextlib
import http.client
import importlib.util
import json
import socket
import threading
import time
from pathlib import Path

import pytest

uvicorn = pytest.importorskip("uvicorn", reason="comes with mlserver")
pytest.importorskip("h11", reason="comes with uvicorn")
ROOT = Path(__file__).parents[2]
PATH = ROOT / "examples/deployment/inference_server/bounded_connections.py"
SECONDS = 1.0


async def answer(scope, receive, send):
    headers = [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"here"})


@pytest.fixture(scope="module")
def address():
    spec = importlib.util.spec_from_file_location("bounded_connections", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.HEADER_SECONDS, module.MAX_WAITING = SECONDS, 20
    config = uvicorn.Config(
        answer, port=0, http=module.BoundedConnections, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    thread.join(10)


def ask(address):
    with contextlib.closing(http.client.HTTPConnection(*address, timeout=5)) as client:
        client.request("GET", "/")
        return client.getresponse().read()


def read_all(connection):
    connection.settimeout(10)
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(4096):
            parts.append(part)
    return b"".join(parts)


def refusal(content):
    head, _, body = content.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head
    return int(head.split()[1]), json.loads(body)["error"]


def test_half_sent_headers_keep_nobody_out(address):
    with contextlib.ExitStack() as stack:
        for _ in range(60):
            slow = stack.enter_context(socket.create_connection(address))
            slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        began = time.monotonic()
        assert ask(address) == b"here"
        assert time.monotonic() - began < SECONDS


def test_a_header_that_does_not_arrive_is_refused(address):
    with socket.create_connection(address) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        status, sentence = refusal(read_all(slow))
    assert status == 408 and "`header` must arrive at once" in sentence


def test_a_header_that_trickles_is_refused(address):
    with socket.create_connection(address) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - began < 5 * SECONDS:
                slow.sendall(b"X-Y: z\r\n")
                time.sleep(0.1)
        assert time.monotonic() - began < 3 * SECONDS


def test_the_next_request_of_a_connection_has_as_long(address):
    with socket.create_connection(address) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        slow.settimeout(5)
        assert slow.recv(4096).startswith(b"HTTP/1.1 200")
        slow.sendall(b"GET / HT")
        content = read_all(slow)
    status, _ = refusal(content[content.index(b"HTTP/1.1 408") :])
    assert status == 408


def test_a_connection_that_says_nothing_is_closed(address):
    with socket.create_connection(address) as silent:
        assert read_all(silent) == b""


def test_what_is_no_request_is_refused_in_json(address):
    with socket.create_connection(address) as other:
        other.sendall(b"no http at all\r\n\r\n")
        status, sentence = refusal(read_all(other))
    assert status == 400 and "`request` must be HTTP/1.1" in sentence
