"""What a training step costs besides its arithmetic: data, tracing, Python.

Data: one pass over 60,000 MNIST-sized images in one graph, beside the usual `tf.data`
chain and what Keras makes of arrays; and `fit` on those images beside `fit` on one
batch that stays in memory, for the 2014 MNIST pair. The difference of the two is the
part of the pipeline that the training has to wait for.

Tracing: how often the Python function `train_step` is called over three epochs whose
last batch is short, and over another `fit`. XLA compiles anew for each size of a batch,
which is no trace and is not counted.

Python: a game whose networks have a handful of weights, played for many steps by `fit`
and by one graph that loops over the same data. The difference is what `fit` adds to
each step, with this package's step function and with Keras's own.

All times are taken in one process and strictly in turns. The script fails where
something is traced after the second step.

    python tests/benchmarks/pipeline.py --output-dir runs/bench
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from _pairs import IMAGE_SHAPE, mnist_pair
from _turns import (
    Contestant,
    StepClock,
    in_turns,
    print_table,
    ratios,
    write_record,
)

import keras_gan as kg
from keras_gan.datasets.pipeline import shuffled_batches

BATCH = 100
NUM_IMAGES, NUM_BATCHES = 60_000, 600
TINY_SHAPE, TINY_BATCH = (1, 1, 1), 2

OURS = "shuffled_batches"
ARRAYS, HELD, HELD_BARE = (
    "fit on 60,000 images",
    "fit on one batch, as a dataset",
    "Model.fit on one batch",
)
LOOP, FIT = "one graph that loops", "fit"
STEPS_PER_EXECUTION = 10
TARGET_OVERHEAD = 1.0  # milliseconds a step

TRACED = {
    "alternating": {},
    "simultaneous": {"simultaneous": True},
    "two discriminator steps": {"discriminator_steps": 2},
    "two steps an execution": {"steps_per_execution": 2},
    "XLA": {"jit_compile": True},
}
TRACED_EPOCHS = 3
TRACED_IMAGES, TRACED_BATCH = 55, 10  # a short batch ends each epoch in every case


class EpochTimer(keras.callbacks.Callback):
    """Seconds of the last epoch. A hook for batches would take time of its own."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._begin = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds = time.perf_counter() - self._begin


class CountedGAN(kg.GAN):
    """Counts the calls of the Python function, of which each is a trace."""

    num_traces = 0

    def train_step(self, data: Any) -> dict[str, Any]:
        self.num_traces += 1
        return super().train_step(data)


class KerasStepGAN(kg.GAN):
    """A GAN whose step `fit` calls through Keras's own function."""

    make_train_function = keras.Model.make_train_function


class TraceClock(keras.callbacks.Callback):
    """Number of traces at the end of each call of the step function."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.counts: list[int] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.counts.append(self.model.num_traces)


# ------------------------------------------------------------------------------- data


def pipelines(images: Any) -> dict[str, tf.data.Dataset]:
    """Three ways from an array to shuffled batches."""
    # What `fit` makes of arrays in Keras; there is no public way to it.
    from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

    plain = tf.data.Dataset.from_tensor_slices(images).shuffle(NUM_IMAGES)
    adapter = ArrayDataAdapter(images, batch_size=BATCH, shuffle=True)
    return {
        OURS: shuffled_batches((images,), BATCH, seed=0),
        "tf.data: slices, shuffle, batch, prefetch": plain.batch(BATCH).prefetch(
            tf.data.AUTOTUNE
        ),
        "Keras's adapter of arrays": adapter.get_tf_dataset(),
    }


def looped(
    step: Callable[[Any], Any], dataset: tf.data.Dataset, num_steps: int
) -> Contestant:
    """`num_steps` steps of one pass, all in one graph; the mean of a step."""

    @tf.function
    def loop(iterator: Any) -> None:
        for _ in tf.range(num_steps):
            step(next(iterator))

    def turn() -> list[float]:
        start = time.perf_counter()
        loop(iter(dataset))
        return [(time.perf_counter() - start) / num_steps]

    return turn


def fits(images: Any, num_steps: int) -> dict[str, Contestant]:
    """`fit` of the MNIST pair on shuffled images, and on one batch again and again."""
    held = tf.data.Dataset.from_tensors(images[:BATCH]).repeat()

    def fitted(fit: Callable[..., Any], data: Any, **arguments: Any) -> Contestant:
        gan = mnist_pair()

        def turn() -> list[float]:
            clock = StepClock()
            arguments.update(steps_per_epoch=num_steps, verbose=0, callbacks=[clock])
            fit(gan, data, **arguments)
            return clock.seconds()

        return turn

    return {
        ARRAYS: fitted(kg.GAN.fit, images, batch_size=BATCH),
        HELD: fitted(kg.GAN.fit, held),
        HELD_BARE: fitted(keras.Model.fit, held, shuffle=False),
    }


def shares_of_data(seconds: dict[str, list[float]]) -> list[float]:
    """Share of a step that goes when the data stay in memory, one for each round."""
    pairs = zip(seconds[ARRAYS], seconds[HELD_BARE], strict=True)
    return [1 - held / arrays for arrays, held in pairs]


def measure_data(rounds: int, num_steps: int) -> dict[str, Any]:
    random = np.random.default_rng(0)
    images = tf.constant(random.random((NUM_IMAGES, *IMAGE_SHAPE), dtype="float32"))
    passes = {
        name: looped(lambda element: element, dataset, NUM_BATCHES)
        for name, dataset in pipelines(images).items()
    }
    alone = in_turns(passes, rounds)
    steps = in_turns(fits(images, num_steps), rounds)
    shares = shares_of_data(steps)
    print_table(f"a batch of {BATCH} of {NUM_IMAGES:,} images", alone, [OURS])
    print_table("a training step of the MNIST pair", steps, [HELD_BARE])
    bound = statistics.median(alone[OURS]) / statistics.median(steps[ARRAYS])
    print(
        f"waited for data: {100 * statistics.median(shares):.1f} % of a step "
        f"(rounds: {100 * min(shares):.1f} to {100 * max(shares):.1f}); "
        f"the pipeline alone takes {100 * bound:.1f} % of a step's time"
    )
    return {
        "seconds_per_batch": alone,
        "ratios_of_batches": ratios(alone, OURS),
        "seconds_per_step": steps,
        "shares_waited": shares,
        "share_of_pipeline_alone": bound,
    }


# ---------------------------------------------------------------------------- tracing


def tiny_gan(kind: type[kg.GAN] = kg.GAN, **rules: Any) -> kg.GAN:
    """A game with five weights, whose graph takes next to nothing."""
    gan = kind(
        kg.networks.mlp_generator(1, TINY_SHAPE, hidden_units=()),
        kg.networks.maxout_discriminator(TINY_SHAPE, (1,), 1, 0.0, 0.0),
        kg.priors.UniformPrior(1),
    )
    gan.compile(keras.optimizers.SGD(1e-3), keras.optimizers.SGD(1e-3), **rules)
    return gan


def tiny_images(num: int) -> np.ndarray:
    return np.random.default_rng(0).random((num, *TINY_SHAPE), dtype="float32")


def traces(rules: dict[str, Any]) -> dict[str, int]:
    """How often `train_step` is traced in all, late, and when `fit` is called again."""
    gan, clock = tiny_gan(CountedGAN, **rules), TraceClock()
    images = tiny_images(TRACED_IMAGES)
    arguments: dict[str, Any] = {"batch_size": TRACED_BATCH, "verbose": 0}
    gan.fit(images, epochs=TRACED_EPOCHS, callbacks=[clock], **arguments)
    gan.fit(images, **arguments)
    return {
        "all": clock.counts[-1],
        "after the second step": clock.counts[-1] - clock.counts[1],
        "in another fit": gan.num_traces - clock.counts[-1],
    }


def measure_traces() -> dict[str, dict[str, int]]:
    found = {name: traces(rules) for name, rules in TRACED.items()}
    columns = list(next(iter(found.values())))
    print(f"\ntraces of `train_step` in {TRACED_EPOCHS} epochs; target: none late")
    print(f"{'':44}" + "".join(f"{column:>24}" for column in columns))
    for name, counts in found.items():
        print(f"{name:44}" + "".join(f"{counts[column]:24}" for column in columns))
    return found


# ----------------------------------------------------------------------------- Python


def fitted_whole(gan: kg.GAN, images: np.ndarray) -> Contestant:
    """The mean step of one epoch of `fit`, which no hook for batches disturbs."""

    def turn() -> list[float]:
        timer = EpochTimer()
        gan.fit(images, batch_size=TINY_BATCH, verbose=0, callbacks=[timer])
        return [timer.seconds * TINY_BATCH / len(images)]

    return turn


def measure_python(rounds: int, num_steps: int) -> dict[str, Any]:
    images = tiny_images(num_steps * TINY_BATCH)
    batches = shuffled_batches((images,), TINY_BATCH, seed=0)
    contestants = {LOOP: looped(tiny_gan().train_step, batches, num_steps)}
    for label, kind in ((FIT, kg.GAN), ("Keras's step function", KerasStepGAN)):
        for steps in (1, STEPS_PER_EXECUTION):
            gan = tiny_gan(kind, steps_per_execution=steps)
            name = f"{label}, {steps} an execution" if steps > 1 else label
            contestants[name] = fitted_whole(gan, images)
    seconds = in_turns(contestants, rounds)
    print_table(f"a tiny game, {num_steps} steps a turn", seconds, [LOOP])
    overheads = {
        name: [
            1e3 * (value - loop)
            for value, loop in zip(values, seconds[LOOP], strict=True)
        ]
        for name, values in seconds.items()
        if name != LOOP
    }
    print(f"\n{'Python around a step':44}{'ms':>9}{'min':>9}{'max':>9}")
    for name, values in overheads.items():
        figures = (statistics.median(values), min(values), max(values))
        target = f"   target {TARGET_OVERHEAD}" if name == FIT else ""
        print(f"{name:44}" + "".join(f"{value:9.3f}" for value in figures) + target)
    return {"seconds_per_step": seconds, "milliseconds_of_python": overheads}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--steps", type=int, help="of a tiny game in a turn")
    parser.add_argument("--quick", action="store_true", help="three rounds, few steps")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 9)
    record = {
        "rounds": rounds,
        "traces": measure_traces(),
        "python": measure_python(
            rounds, options.steps or (300 if options.quick else 1_000)
        ),
        "data": measure_data(rounds, num_steps=20 if options.quick else 60),
    }
    write_record(options.output_dir / "pipeline.json", record)
    late = [
        name
        for name, counts in record["traces"].items()
        if counts["after the second step"]
    ]
    if late:
        raise SystemExit(f"Traced after the second step: {', '.join(late)}")


if __name__ == "__main__":
    main()
