"""Keeps an inference server busy and checks every answer.

    python load_inference_server.py --clients 200 --seconds 60 --output load.json

Each client sends its next request as soon as its last one is answered, so that as many
requests as there are clients are in flight all the time. Requests name one of a few
seeds; every answer must equal the first one for its seed. Needs aiohttp.
"""

import argparse
import asyncio
import dataclasses
import json
import math
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any


@dataclasses.dataclass
class Load:
    """What is sent, what came back."""

    url: str
    num_samples: int
    output_name: str
    seeds: int
    first_answers: dict[int, Any] = dataclasses.field(default_factory=dict)
    latencies: list[float] = dataclasses.field(default_factory=list)
    errors: Counter[str] = dataclasses.field(default_factory=Counter)
    health_latencies: list[float] = dataclasses.field(default_factory=list)

    def request(self, seed: int) -> dict[str, Any]:
        numbers = {"num_samples": self.num_samples, "seed": seed}
        inputs = [
            {"name": name, "datatype": "INT32", "shape": [1], "data": [number]}
            for name, number in numbers.items()
        ]
        return {"inputs": inputs, "outputs": [{"name": self.output_name}]}

    def check(self, seed: int, status: int, body: bytes) -> str | None:
        """Returns what is wrong with an answer, or `None`."""
        if status != 200:
            return f"status {status}: {body[:200]!r}"
        (output,) = json.loads(body)["outputs"]
        name, shape, data = output["name"], output["shape"], output["data"]
        if name != self.output_name or shape[0] != self.num_samples or len(shape) != 4:
            return f"{name} of shape {shape}"
        if len(data) != math.prod(shape):
            return f"{len(data)} values for the shape {shape}"
        if data != self.first_answers.setdefault(seed, data):
            return f"seed {seed} got another answer than before"
        return None


async def _client(load: Load, session: Any, number: int, deadline: float) -> None:
    import aiohttp

    count = number  # clients begin with different seeds
    while (start := time.perf_counter()) < deadline:
        seed, count = count % load.seeds, count + 1
        try:
            async with session.post(load.url, json=load.request(seed)) as answer:
                wrong = load.check(seed, answer.status, await answer.read())
        except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
            wrong = f"{type(error).__name__}: {error}"
        load.latencies.append(time.perf_counter() - start)
        if wrong:
            load.errors[wrong] += 1


async def _health(load: Load, session: Any, url: str, deadline: float) -> None:
    while (start := time.perf_counter()) < deadline:
        async with session.get(url) as answer:
            if answer.status != 200:
                load.errors[f"health: status {answer.status}"] += 1
        load.health_latencies.append(time.perf_counter() - start)
        await asyncio.sleep(0.5)


async def _run(load: Load, base: str, clients: int, seconds: float) -> float:
    import aiohttp

    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        start = time.perf_counter()
        deadline = start + seconds
        health = f"{base}/v2/health/live"
        await asyncio.gather(
            *(_client(load, session, number, deadline) for number in range(clients)),
            _health(load, session, health, deadline),
        )
        return time.perf_counter() - start


def memory(pid: int | None) -> dict[str, int]:
    """Returns the resident memory of a process in MB, now and at its largest."""
    if pid is None:
        return {}
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    kilobytes = {key: int(fields[key].split()[0]) for key in ("VmRSS", "VmHWM")}
    return {
        "server_rss_mb": kilobytes["VmRSS"] // 1024,
        "server_max_rss_mb": kilobytes["VmHWM"] // 1024,
    }


def _report(load: Load, clients: int, seconds: float) -> dict[str, Any]:
    percentiles = statistics.quantiles(load.latencies, n=100)
    return {
        "clients": clients,
        "seconds": round(seconds, 2),
        "output": load.output_name,
        "num_samples": load.num_samples,
        "requests": len(load.latencies),
        "errors": sum(load.errors.values()),
        "error_messages": dict(load.errors.most_common(5)),
        "seeds_compared": len(load.first_answers),
        "requests_per_second": round(len(load.latencies) / seconds, 1),
        "latency_median_ms": round(1000 * percentiles[49], 1),
        "latency_95_ms": round(1000 * percentiles[94], 1),
        "latency_99_ms": round(1000 * percentiles[98], 1),
        "health_latency_max_ms": round(1000 * max(load.health_latencies), 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--num-samples", type=int, default=1)
    parser.add_argument("--output-name", default="images")
    parser.add_argument("--server-pid", type=int, help="to report its memory")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    args = parser.parse_args()

    infer = f"{args.url}/v2/models/generator/infer"
    load = Load(infer, args.num_samples, args.output_name, args.seeds)
    seconds = asyncio.run(_run(load, args.url, args.clients, args.seconds))
    report = _report(load, args.clients, seconds) | memory(args.server_pid)
    text = json.dumps(report, indent=4) + "\n"
    if args.output:
        args.output.write_text(text)
    sys.stdout.write(text)
    return 1 if load.errors else 0


if __name__ == "__main__":
    sys.exit(main())
