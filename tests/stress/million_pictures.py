"""Training on a million pictures that lie on disk: memory, time, and where it goes on.

    python tests/stress/million_pictures.py
    python tests/stress/million_pictures.py --num-pictures 20000 --steps 2000

Pictures of 64x64 in color are made as shards are written (12.3 GB for a million). A
small DCGAN learns from them. Printed are the slopes of resident memory over the steps
after `--warm-up` and over the last third of these, for allocators take long to come to
rest; the time that reading a batch takes as a share of a step; and whether a run that
was stopped in the middle of the data ends in the bits of the one that was not.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from memory import resident

SIZE, BATCH_SIZE, STEPS_PER_EPOCH = 64, 64, 100


class MadePictures:
    """Pictures of a colored disc, each another one."""

    data_shape, has_labels = (SIZE, SIZE, 3), False

    def __init__(self, num_pictures: int) -> None:
        self.num_pictures = num_pictures
        self.rows, self.columns = np.mgrid[:SIZE, :SIZE]

    def __len__(self) -> int:
        return self.num_pictures

    def read(self, rows):
        numbers = np.asarray(rows)
        x, y, radius, red, green, blue = (
            (numbers * prime % 251) / 251 for prime in (7, 11, 13, 17, 19, 23)
        )
        distance = np.hypot(
            self.rows - 64 * x[:, None, None], self.columns - 64 * y[:, None, None]
        )
        inside = distance < 4 + 24 * radius[:, None, None]
        color = 255 * np.stack([red, green, blue], axis=1)[:, None, None, :]
        pixels = np.where(inside[..., None], color, 255 - color).astype("uint8")
        return pixels, np.zeros(len(numbers), "int32")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--num-pictures", type=int, default=1_000_000)
    parser.add_argument("--steps", type=int, default=3_000)
    parser.add_argument("--warm-up", type=int, default=1_000, help="steps")
    parser.add_argument("--folder", type=Path, help="for shards; default: temporary")
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras_gan as kg

    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        shards = Path(name, "shards")
        begun = time.monotonic()
        made = kg.datasets.Stream(MadePictures(args.num_pictures))
        kg.datasets.write_shards(made, shards, shard_size=50_000, verbose=0)
        size = sum(path.stat().st_size for path in shards.iterdir()) / 1e9
        print(f"{size:.1f} GB written in {time.monotonic() - begun:.0f} s", flush=True)
        stream = kg.datasets.stream_shards(shards).in_range(-1.0, 1.0)
        step_ms, memory = train(kg, stream, args)
        read_ms = reading(stream)
        slopes = slope_of(memory), slope_of(memory[-len(memory) // 3 :])
        print(f"step {step_ms:.1f} ms, memory in a thousand steps ", end="")
        print("{:+.2f} MB, in the last third {:+.2f} MB".format(*slopes), flush=True)
        print(f"a batch is read in {read_ms:.2f} ms, {read_ms / step_ms:.1%} of a step")
        equal = resumes_bit_equal(kg, stream, Path(name))
    print(f"stopped in the middle of the data and resumed: equal bits {equal}")
    return int(not equal)


def small_gan(kg):
    import keras

    shape = (SIZE, SIZE, 3)
    gan = kg.GAN(
        kg.networks.dcgan_generator(32, shape, base_filters=8, seed=1),
        kg.networks.dcgan_discriminator(shape, base_filters=8, seed=2),
        kg.priors.NormalPrior(32),
    )
    gan.compile(*(keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)))
    return gan


def train(kg, stream, args) -> tuple[float, np.ndarray]:
    """Milliseconds of a step, and MB of memory after each epoch behind the warm-up."""
    import keras

    readings = []

    class Reading(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            readings.append((time.monotonic(), resident()))

    small_gan(kg).fit(
        stream,
        batch_size=BATCH_SIZE,
        steps_per_epoch=STEPS_PER_EPOCH,
        epochs=args.steps // STEPS_PER_EPOCH,
        callbacks=[Reading()],
        verbose=0,
    )
    times, memory = np.array(readings[args.warm_up // STEPS_PER_EPOCH :]).T
    step = np.median(np.diff(times)) / STEPS_PER_EPOCH
    return 1000 * float(step), memory


def slope_of(memory: np.ndarray) -> float:
    """MB that memory grows by in a thousand steps."""
    slope = np.polyfit(np.arange(len(memory)), memory, 1)[0]
    return float(slope) * 1000 / STEPS_PER_EPOCH


def reading(stream, num_batches: int = 300) -> float:
    """Milliseconds that a batch takes where nothing else is done."""
    batches = iter(stream.batches(BATCH_SIZE, 1 + num_batches, seed=1))
    next(batches)  # builds the pipeline
    begun = time.monotonic()
    for _ in batches:
        pass
    return 1000 * (time.monotonic() - begun) / num_batches


def resumes_bit_equal(kg, stream, folder: Path) -> bool:
    arguments = {"batch_size": BATCH_SIZE, "verbose": 0}
    whole, cut = small_gan(kg), small_gan(kg)
    whole.fit(stream, steps_per_epoch=25, epochs=2, **arguments)
    cut.fit(stream, steps_per_epoch=17, epochs=1, **arguments)
    cut.save(folder / "cut.keras")
    resumed = kg.load(folder / "cut.keras")
    resumed.fit(stream, steps_per_epoch=33, epochs=1, **arguments)
    return all(
        np.array_equal(one, other)
        for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True)
        if np.shape(one)  # counters of epochs differ
    )


if __name__ == "__main__":
    sys.exit(main())
