"""Where the time of a training step goes: TensorFlow's profile by kind of operation.

Seconds are summed over threads, so that two operations which run at once both count,
and an operation that shares its work among threads counts once. What matters is the
share of matrix products and convolutions: the rest is what a change of the code can
win. Played is the pair of 2014, or a recipe on noise of the shape of its data.

    python tests/benchmarks/step_profile.py --output-dir runs/bench
    python tests/benchmarks/step_profile.py --recipe dcgan --precision mixed_bfloat16
"""

import argparse
import collections
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from _pairs import IMAGE_SHAPE, mnist_pair
from _recipes import built, noise_for
from _turns import write_record
from tensorflow.tsl.profiler.protobuf import xplane_pb2

import keras_gan as kg

BATCH_SIZE = 100  # of the pair
PRODUCTS = ("MatMul", "Conv2D", "Conv3D", "Einsum")  # and what is fused with them
_WARM_STEPS = 3  # the first ones are traced


class Played(NamedTuple):
    """A game, the rows that it is played on, and how many are a minibatch."""

    gan: kg.GAN
    rows: Any
    batch_size: int


def pair(num_steps: int) -> Played:
    random = np.random.default_rng(0)
    shape = (num_steps * BATCH_SIZE, *IMAGE_SHAPE)
    return Played(mnist_pair(), random.random(shape, dtype="float32"), BATCH_SIZE)


def recipe(name: str, num_steps: int) -> Played:
    asked = kg.recipes.get(name)
    data = noise_for(asked.data, num_steps * asked.batch_size)
    chosen = asked.for_data(data)
    data = chosen.prepared(data)
    return Played(built(chosen, data), data.train, chosen.batch_size)


def profile(played: Played, num_steps: int) -> dict[str, dict[str, float]]:
    """Milliseconds and number of each kind of operation in one step."""
    gan, rows, batch_size = played
    gan.fit(rows, batch_size=batch_size, steps_per_epoch=_WARM_STEPS, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            gan.fit(rows, batch_size=batch_size, steps_per_epoch=num_steps, verbose=0)
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
    parser.add_argument("--recipe", help="default: the pair of 2014")
    parser.add_argument("--precision", default="float32", help="Keras's dtype policy")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    options = parser.parse_args()
    keras.config.set_dtype_policy(options.precision)
    name, num_steps = options.recipe, options.steps
    played = pair(num_steps) if name is None else recipe(name, num_steps)
    operations = profile(played, num_steps)
    total = sum(found["milliseconds"] for found in operations.values())
    print(f"{'operation':32}{'ms a step':>11}{'number':>8}{'share':>8}")
    for kind, found in list(operations.items())[:15]:
        share = found["milliseconds"] / total
        print(
            f"{kind:32}{found['milliseconds']:11.2f}{found['number']:8.1f}{share:8.1%}"
        )
    products = sum(
        found["milliseconds"]
        for kind, found in operations.items()
        if any(product in kind for product in PRODUCTS)
    )
    named = "products and convolutions"
    print(f"{named:32}{products:11.2f}{'':8}{products / total:8.1%}")
    asked = {name: str(getattr(options, name)) for name in ("recipe", "precision")}
    record = {"steps": options.steps, **asked, "operations": operations}
    write_record(options.output_dir / "step_profile.json", record)


if __name__ == "__main__":
    main()
