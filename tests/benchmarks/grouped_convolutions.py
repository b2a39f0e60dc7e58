"""Slopes of a convolution in groups, beside those of the same without groups.

HiFi-GAN's discriminators of scales have groups, which save nine tenths of the weights.
Both are timed in turns; the ratio of medians is printed.

    python tests/benchmarks/grouped_convolutions.py
"""

import argparse
import statistics
import time
from collections.abc import Callable

import keras
import tensorflow as tf

# Length, channels, filters, kernel, stride, groups: three of the published layers with
# a quarter of the filters.
LAYERS = [
    (4096, 32, 32, 41, 2, 4),
    (2048, 32, 64, 41, 2, 16),
    (512, 128, 256, 41, 4, 16),
]


def slopes_of(layer: keras.layers.Layer, inputs: tf.Tensor) -> Callable[[], object]:
    layer.build(inputs.shape)

    @tf.function
    def slopes() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(tf.square(layer(inputs)))
        return tape.gradient(loss, [inputs, layer.kernel.value])

    slopes()
    return slopes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    for length, channels, filters, kernel_size, stride, groups in LAYERS:
        inputs = tf.random.normal((args.batch_size, length, channels))
        seconds: dict[int, list[float]] = {groups: [], 1: []}
        plays = {
            count: slopes_of(
                keras.layers.Conv1D(filters, kernel_size, stride, "same", groups=count),
                inputs,
            )
            for count in seconds
        }
        for _ in range(args.rounds):
            for count, play in plays.items():
                began = time.perf_counter()
                play()
                seconds[count].append(time.perf_counter() - began)
        grouped, whole = (statistics.median(seconds[count]) for count in (groups, 1))
        print(
            f"{channels} -> {filters}, {kernel_size} taps, {groups} groups: "
            f"{grouped / whole:.1f} times the {whole * 1e3:.0f} ms without groups"
        )


if __name__ == "__main__":
    main()
