"""Where the time of a training step goes: TensorFlow's profile by kind of operation.

Seconds are summed over threads, so that two operations which run at once both count,
and an operation that shares its work among threads counts once. What matters is the
share of the matrix products: the rest is what a change of the code can win.

    python tests/benchmarks/step_profile.py --output-dir runs/bench
"""

import argparse
import collections
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf
from _pairs import IMAGE_SHAPE, mnist_pair
from _turns import write_record
from tensorflow.tsl.profiler.protobuf import xplane_pb2

import keras_gan as kg

BATCH_SIZE = 100
PRODUCTS = ("MatMul", "_FusedMatMul")


def profile(gan: kg.GAN, num_steps: int) -> dict[str, dict[str, float]]:
    """Milliseconds and number of each kind of operation in one step."""
    random = np.random.default_rng(0)
    images = random.random((num_steps * BATCH_SIZE, *IMAGE_SHAPE), dtype="float32")
    gan.fit(images[: 3 * BATCH_SIZE], batch_size=BATCH_SIZE, verbose=0)  # traces
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            gan.fit(images, batch_size=BATCH_SIZE, verbose=0)
        (path,) = Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
    totals: dict[str, list[float]] = collections.defaultdict(list)
    for plane in space.planes:
        for event in (event for line in plane.lines for event in line.events):
            name = plane.event_metadata[event.metadata_id].name
            if _is_operation(name):
                totals[name.rpartition(":")[2]].append(event.duration_ps / 1e9)
    return {
        kind: {
            "milliseconds": sum(found) / num_steps,
            "number": len(found) / num_steps,
        }
        for kind, found in sorted(totals.items(), key=lambda item: -sum(item[1]))
    }


def _is_operation(name: str) -> bool:
    """Whether an event is one operation of the graph, which ends in `:Kind`."""
    return ":" in name and "::" not in name and not name.startswith("Eager")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    options = parser.parse_args()
    operations = profile(mnist_pair(), options.steps)
    total = sum(found["milliseconds"] for found in operations.values())
    print(f"{'operation':32}{'ms a step':>11}{'number':>8}{'share':>8}")
    for kind, found in list(operations.items())[:15]:
        share = found["milliseconds"] / total
        print(
            f"{kind:32}{found['milliseconds']:11.2f}{found['number']:8.1f}{share:8.1%}"
        )
    products = sum(
        operations[kind]["milliseconds"] for kind in PRODUCTS if kind in operations
    )
    print(f"{'matrix products':32}{products:11.2f}{'':8}{products / total:8.1%}")
    record = {"steps": options.steps, "operations": operations}
    write_record(options.output_dir / "step_profile.json", record)


if __name__ == "__main__":
    main()
