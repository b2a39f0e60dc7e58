"""How time and memory of a training step grow with batch, width, replicas and data.

Speed: the step of the 2014 MNIST pair over batches at width 1200 and over widths at
batch 100, in one process and strictly in turns, beside one bare matrix product of the
generator's middle layer at batch 2048, which says what the machine can do. FLOP/s count
the products of Algorithm 1 alone: two for each entry of a kernel and each row.

Replicas: no strategy and `MirroredStrategy` on two logical CPU devices, in turns in a
fresh process, with one global batch of 200. Both devices are the same cores, and one
replica uses all of them already. So the ratio shows what a second replica costs: the
division of the batch, the sum of the gradients, twice as many kernels of half the size.
It cannot show a gain; for that each replica needs hardware of its own.

Memory: largest resident memory of fresh processes that take 20 steps of `fit` on 60,000
random images. What the peak grows by between the call of `fit` and the first step, in
units of the array's bytes and with the caller's array, is the number of copies of the
data that exist at once, those that soon go among them.

    python tests/benchmarks/scaling.py --output-dir runs/bench
"""

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from _pairs import IMAGE_SHAPE, WIDTH, dcgan_pair, mnist_pair
from _turns import (
    Contestant,
    fitted,
    in_turns,
    print_table,
    ratios,
    stepped,
    write_record,
)

import keras_gan as kg
from keras_gan._files import replacing

BATCH = 100
BATCHES = (32, 64, 128, 256, 512, 1024, 2048)
WIDTHS = (300, 600, 1200, 2400, 4800)
GLOBAL_BATCH = 200
BARE, BARE_ROWS = "bare product", 2048
ONE, TWO = "no strategy, 1 replica", "mirrored, 2 replicas"
UNCOUNTED_STEPS = 3  # of a turn: two to warm up, and one from which the clock runs
MEMORY_STEPS, NUM_IMAGES = 20, 60_000
MEMORY_RUNS = 3  # fresh processes, of which the median counts
QUICK_MEMORY_STEPS = 3


PAIRS = {"mlp": mnist_pair, "dcgan": dcgan_pair}


def random_images(num: int) -> np.ndarray:
    return np.random.default_rng(0).random((num, *IMAGE_SHAPE), dtype="float32")


# ------------------------------------------------------------------------------ speed


def kernel_sizes(network: keras.Model) -> list[int]:
    """Entries of each layer's kernel, from the input on."""
    kernels = [layer.kernel for layer in network.layers if hasattr(layer, "kernel")]
    return [math.prod(kernel.shape) for kernel in kernels]


def flops_per_image(gan: kg.GAN) -> int:
    """Of one alternating step of fully connected networks, for each row of its batch.

    A pass forwards, its gradient by the weights and its gradient by the input take one
    product for each kernel; no gradient by images or latents themselves is needed where
    they are given.
    """
    generator, discriminator = map(kernel_sizes, (gan.generator, gan.discriminator))
    g, d = sum(generator), sum(discriminator)
    for_d = g + 2 * (d + d + (d - discriminator[0]))
    for_g = (g + d) + d + g + (g - generator[0])
    return 2 * (for_d + for_g)


def speed_contestants(
    sizes: dict[str, tuple[int, int]], num_steps: int
) -> tuple[dict[str, Contestant], dict[str, int]]:
    """A game for each `(batch, width)`, and the FLOPs of a step of each."""
    total = num_steps + UNCOUNTED_STEPS
    images = random_images(total * max(batch for batch, _ in sizes.values()))
    rows, kernel = tf.random.normal((BARE_ROWS, WIDTH)), tf.random.normal((WIDTH,) * 2)

    def product(_: int) -> Any:
        return tf.matmul(rows, kernel)[0, 0].numpy()  # waits where a GPU computes

    contestants = {BARE: stepped(product, num_steps)}
    flops = {BARE: 2 * BARE_ROWS * WIDTH**2}
    for name, (batch, width) in sizes.items():
        gan = mnist_pair(width)
        contestants[name] = fitted(gan, images[: total * batch], batch)
        flops[name] = batch * flops_per_image(gan)
    return contestants, flops


def measure_speed(
    batches: tuple[int, ...], widths: tuple[int, ...], rounds: int, num_steps: int
) -> dict[str, Any]:
    sizes = {f"batch {batch}, width {WIDTH}": (batch, WIDTH) for batch in batches}
    sizes |= {f"batch {BATCH}, width {width}": (BATCH, width) for width in widths}
    contestants, flops = speed_contestants(sizes, num_steps)
    seconds = in_turns(contestants, rounds)
    relative = ratios(seconds, BARE)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    steps = [
        {
            "batch": batch,
            "width": width,
            "flops": flops[name],
            "seconds": medians[name],
            "images_per_second": batch / medians[name],
            "flops_per_second": flops[name] / medians[name],
            "share_of_bare_product": flops[name] / flops[BARE] / relative[name],
        }
        for name, (batch, width) in sizes.items()
    ]
    return {
        "steps": steps,
        "bare_flops_per_second": flops[BARE] / medians[BARE],
        "seconds": seconds,
    }


def print_speed(speed: dict[str, Any], rounds: int) -> None:
    print(f"\na training step of the MNIST pair: median of {rounds} rounds")
    heads = ("batch", "width", "ms", "images/s", "GFLOP/s", "/ bare")
    print("".join(f"{head:>10}" for head in heads))
    for step in speed["steps"]:
        print(
            f"{step['batch']:10}{step['width']:10}{1e3 * step['seconds']:10.2f}"
            f"{step['images_per_second']:10,.0f}{step['flops_per_second'] / 1e9:10.1f}"
            f"{step['share_of_bare_product']:10.2f}"
        )
    bare = speed["bare_flops_per_second"] / 1e9
    print(f"{BARE}, {BARE_ROWS} rows by {WIDTH} x {WIDTH}: {bare:.1f} GFLOP/s")


def draw(path: Path, speed: dict[str, Any]) -> None:
    """Milliseconds and GFLOP/s, each over batch and over width."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator, NullFormatter

    figure = Figure(figsize=(9, 4), layout="constrained")
    panels = figure.subplots(1, 2)
    by_batch = [step for step in speed["steps"] if step["width"] == WIDTH]
    by_batch.sort(key=lambda step: step["batch"])
    by_width = [step for step in speed["steps"] if step["batch"] == BATCH]
    curves = (
        ("batch", by_batch, f"over batch, width {WIDTH}"),
        ("width", by_width, f"over width, batch {BATCH}"),
    )
    quantities = (
        ("seconds", 1e3, "ms a step"),
        ("flops_per_second", 1e-9, "GFLOP/s"),
    )
    for axes, (quantity, scale, label) in zip(panels, quantities, strict=True):
        for over, steps, name in curves:
            values = [scale * step[quantity] for step in steps]
            axes.loglog([step[over] for step in steps], values, "o-", label=name)
        axes.set(xlabel="images of a batch, or units of a hidden layer", title=label)
        axes.grid(True, which="both", alpha=0.25)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_major_formatter("{x:g}")
            axis.set_minor_formatter(NullFormatter())
    bare = speed["bare_flops_per_second"] / 1e9
    panels[1].axhline(bare, color="gray", linestyle="--", label=BARE)
    panels[1].legend()
    with replacing(path) as partial:
        figure.savefig(partial, dpi=100)


# --------------------------------------------------------------------------- replicas


def play_on_replicas(rounds: int, num_steps: int) -> dict[str, list[float]]:
    """Seconds of a step without a strategy and on two devices, for this process."""
    tf.config.set_visible_devices([], "GPU")
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * 2,
    )
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        mirrored = mnist_pair()
    images = random_images((num_steps + UNCOUNTED_STEPS) * GLOBAL_BATCH)
    contestants = {
        ONE: fitted(mnist_pair(), images, GLOBAL_BATCH),
        TWO: fitted(mirrored, images, GLOBAL_BATCH),
    }
    return in_turns(contestants, rounds)


# ----------------------------------------------------------------------------- memory


def peak_bytes() -> int:
    """Largest resident memory of this process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class PeakBeforeSteps(keras.callbacks.Callback):
    """Peak when the data are ready and nothing is trained yet."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.peak = peak_bytes()


def use_memory(pair: str, num_steps: int) -> dict[str, int]:
    """Bytes of what this process holds while it trains, and its peaks."""
    imported = peak_bytes()
    images, gan, watch = random_images(NUM_IMAGES), PAIRS[pair](), PeakBeforeSteps()
    if pair == "dcgan":  # whose pixels lie in [-1, 1]; in place, so that nothing grows
        np.subtract(np.multiply(images, 2, out=images), 1, out=images)
    called = peak_bytes()
    gan.fit(
        images,
        batch_size=BATCH,
        steps_per_epoch=num_steps,
        verbose=0,
        callbacks=[watch],
    )
    networks = (gan.generator, gan.discriminator)
    weights = [weight for network in networks for weight in network.weights]
    optimizers = (gan.generator_optimizer, gan.discriminator_optimizer)
    slots = [slot for optimizer in optimizers for slot in optimizer.variables]
    return {
        "peak": peak_bytes(),
        "imports": imported,
        "called": called,
        "prepared": watch.peak,
        "data": images.nbytes,
        "weights": sum(weight.numpy().nbytes for weight in weights),
        "slots": sum(slot.numpy().nbytes for slot in slots),
    }


def in_fresh_process(*arguments: str) -> Any:
    """What this script prints when it is told to measure in a process of its own."""
    command = [sys.executable, __file__, *arguments]
    child = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(child.stdout.splitlines()[-1])


def measure_memory(pair: str, num_steps: int, num_runs: int) -> dict[str, Any]:
    """Bytes of the process with the middle peak, and what they say of the data."""
    command = ("--use-memory", pair, "--steps", str(num_steps))
    runs = [in_fresh_process(*command) for _ in range(num_runs)]
    found = sorted(runs, key=lambda run: run["peak"])[num_runs // 2]
    beyond = (found["peak"] - found["imports"]) / found["data"]
    copies = 1 + (found["prepared"] - found["called"]) / found["data"]
    return {"bytes": found, "beyond_imports": beyond, "copies": copies, "runs": runs}


def print_memory(memory: dict[str, Any]) -> None:
    print(f"\nresident megabytes of a process that trains on {NUM_IMAGES:,} images")
    parts = ("peak", "imports", "data", "weights", "slots")
    heads = (*parts, "(peak - imports) / data", "copies of data")
    print(f"{'':10}" + "".join(f"{head:>{max(9, len(head) + 2)}}" for head in heads))
    for pair, found in memory.items():
        values = "".join(f"{found['bytes'][part] / 1e6:9.0f}" for part in parts)
        shares = f"{found['beyond_imports']:25.2f}{found['copies']:16.2f}"
        print(f"{pair:10}{values}{shares}")


# ------------------------------------------------------------------------------- main


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--quick", action="store_true", help="few sizes, two rounds")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    # How the script starts itself.
    parser.add_argument("--replicas", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--use-memory", choices=PAIRS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 7)
    options.steps = options.steps or (3 if options.quick else 8)
    return options


def main() -> None:
    options = arguments()
    rounds, steps = options.rounds, options.steps
    if options.use_memory:
        print(json.dumps(use_memory(options.use_memory, steps)))
        return
    if options.replicas:
        print(json.dumps(play_on_replicas(rounds, steps)))
        return
    # First, while this process is small: a child's peak begins at that of its parent.
    effort = (QUICK_MEMORY_STEPS, 1) if options.quick else (MEMORY_STEPS, MEMORY_RUNS)
    memory = {pair: measure_memory(pair, *effort) for pair in PAIRS}
    print_memory(memory)
    # Twice the steps: replicas wait for each other, which makes them uneven.
    counts = ("--rounds", str(rounds), "--steps", str(2 * steps))
    replicas = in_fresh_process("--replicas", *counts)
    print_table(f"global batch {GLOBAL_BATCH}", replicas, [ONE])
    sizes = (BATCHES[:-1:2], WIDTHS[:-1:2]) if options.quick else (BATCHES, WIDTHS)
    speed = measure_speed(*sizes, rounds, steps)
    print_speed(speed, rounds)
    record = {
        "rounds": rounds,
        "speed": speed,
        "seconds_on_replicas": replicas,
        "ratios_on_replicas": ratios(replicas, ONE),
        "memory": memory,
    }
    draw(options.output_dir / "scaling.png", speed)
    write_record(options.output_dir / "scaling.json", record)


if __name__ == "__main__":
    main()
