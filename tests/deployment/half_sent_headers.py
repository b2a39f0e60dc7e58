"""The server beside clients that send half a header and wait: others are served.

    python tests/deployment/half_sent_headers.py EXPORTS

Starts examples/deployment/inference_server on a folder of exports, opens `--clients`
connections that send the beginning of a header each and no more, opens another one for
each that the server closes, and asks for the server's health again and again in
between. Prints how many of these requests were answered, and how fast, beside a server
that is left alone. Needs the packages of the server.
"""

import argparse
import contextlib
import http.client
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

SERVE = Path(__file__).parents[2] / "examples/deployment/inference_server/serve.py"
HALF_A_HEADER = b"GET /v2 HTTP/1.1\r\nHost: x\r\n"
PATIENCE = 60  # seconds until the server has its model
NUM_QUIET = 50  # requests before anybody holds back
ASKED_IN_A_TURN, PAUSE = 5, 0.05  # requests, seconds


@contextlib.contextmanager
def server(exports: Path, port: int) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, SERVE, exports, "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while answered(port) is None:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The server did not start.")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait()


def answered(port: int) -> float | None:
    """Seconds until the server said that it is ready; `None` where it did not."""
    began = time.perf_counter()
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(client), contextlib.suppress(OSError):
        client.request("GET", "/v2/health/ready")
        response = client.getresponse()
        response.read()
        if response.status == 200:
            return time.perf_counter() - began
    return None


def held_back(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(HALF_A_HEADER)
    connection.setblocking(False)
    return connection


def is_open(connection: socket.socket) -> bool:
    """Whether the server still waits for the rest."""
    try:
        connection.recv(1000)  # what it says when it closes, or the end
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("exports", type=Path)
    parser.add_argument("--clients", type=int, default=260, help="that hold back")
    parser.add_argument("--seconds", type=float, default=75.0)
    parser.add_argument("--port", type=int, default=8099)
    options = parser.parse_args()
    with server(options.exports, options.port):
        quiet = [answered(options.port) for _ in range(NUM_QUIET)]
        waiting = [held_back(options.port) for _ in range(options.clients)]
        num_opened, times = len(waiting), []
        deadline = time.monotonic() + options.seconds
        while time.monotonic() < deadline:
            for place, connection in enumerate(waiting):
                if not is_open(connection):
                    connection.close()
                    waiting[place] = held_back(options.port)
                    num_opened += 1
            times += [answered(options.port) for _ in range(ASKED_IN_A_TURN)]
            time.sleep(PAUSE)
    served = [one for one in times if one is not None]
    report = {
        "half-sent headers": num_opened,
        "requests": len(times),
        "served": len(served),
        "median_ms": 1e3 * statistics.median(served),
        "worst_ms": 1e3 * max(served),
        "median_ms_alone": 1e3 * statistics.median(filter(None, quiet)),
    }
    print(json.dumps(report, indent=2))
    sys.exit(len(served) < len(times))


if __name__ == "__main__":
    main()
