"""Gradient of a convolution's kernel: TensorFlow's own operation and a convolution.

Both are timed in turns on maps as games have them; the ratio of medians is that of the
convolution's time to the operation's. Where it is below 1, and only there, should
`keras_gan.layers.small_map_gradients` take the convolution.

    python tests/benchmarks/kernel_gradients.py --output-dir runs/bench
"""

import argparse
import itertools
import statistics
import time
from pathlib import Path
from typing import NamedTuple

import keras
import tensorflow as tf
from _turns import write_record

from keras_gan.layers.small_map_gradients import kernel_gradient


class Convolution(NamedTuple):
    """From a square map of `side` to one `stride` times smaller, padded."""

    kernel: int
    stride: int
    side: int
    channels: int
    filters: int

    def __str__(self) -> str:
        small = -(-self.side // self.stride)
        return (
            f"{self.kernel}x{self.kernel}, {self.side} -> {small}, "
            f"{self.channels} -> {self.filters}"
        )


CONVOLUTIONS = [
    *(Convolution(5, 2, side, 64, 128) for side in (32, 28, 16, 14)),
    *(Convolution(5, 2, side, 128, 256) for side in (16, 8, 7)),
    Convolution(5, 2, 8, 256, 512),
    *(Convolution(4, 2, side, 128, 256) for side in (16, 8)),
    *(Convolution(3, 1, side, 128, 128) for side in (14, 7, 4)),
]


def compared(one: Convolution, dtype: str, batch_size: int, rounds: int) -> list[float]:
    """Median milliseconds of the operation and of the convolution."""
    layer = keras.layers.Conv2D(one.filters, one.kernel, one.stride, "same")
    shape = (batch_size, one.side, one.side, one.channels)
    large = tf.cast(tf.random.normal(shape), dtype)
    small = tf.cast(tf.random.normal(layer.compute_output_shape(shape)), dtype)
    sizes = [one.kernel, one.kernel, one.channels, one.filters]

    def operation() -> tf.Tensor:
        return tf.raw_ops.Conv2DBackpropFilter(
            input=large,
            filter_sizes=sizes,
            out_backprop=small,
            strides=[1, one.stride, one.stride, 1],
            padding="SAME",
        )

    contestants = [
        tf.function(operation),
        tf.function(lambda: kernel_gradient(large, small, layer)),
    ]
    seconds: list[list[float]] = [[], []]
    for _ in range(rounds + 1):  # the first traces
        for play, taken in zip(contestants, seconds, strict=True):
            start = time.perf_counter()
            play()[0, 0, 0, 0].numpy()
            taken.append(time.perf_counter() - start)
    return [1e3 * statistics.median(taken[1:]) for taken in seconds]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    options = parser.parse_args()
    rows = []
    for dtype, one in itertools.product(("bfloat16", "float32"), CONVOLUTIONS):
        operation, convolution = compared(
            one, dtype, options.batch_size, options.rounds
        )
        ratio = convolution / operation
        rows.append(
            {
                "dtype": dtype,
                "convolution": str(one),
                "operation_ms": operation,
                "convolution_ms": convolution,
                "ratio": ratio,
            }
        )
        print(f"{dtype:9} {one!s:26} {operation:8.2f} {convolution:8.2f} {ratio:6.2f}")
    record = {"batch_size": options.batch_size, "rows": rows}
    write_record(options.output_dir / "kernel_gradients.json", record)


if __name__ == "__main__":
    main()
