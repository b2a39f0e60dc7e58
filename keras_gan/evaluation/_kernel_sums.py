"""Sums of Gaussian kernels over many centers, in tiles of bounded memory.

The exponents of a tile come from one matrix product with a bias:

    -||x - c||^2 / 2 = (x.c - ||c||^2 / 2) - ||x||^2 / 2

In float32 its rounding would cost 2e-1 nats at d = 784 and bandwidth 0.01. Two things
bring that to 2e-4: both sides are moved to the mean of the points, so that the numbers
that cancel are small, and the nearest center, which decides the sum of narrow kernels,
gets its distance again in float64. float64 input is multiplied in float64, and so is
float32 input where a GPU would round it to TF32, which has 10 bits, or where it reaches
so many bandwidths that a nat is less than a rounding error.
"""

from typing import NamedTuple

import tensorflow as tf

from keras_gan._types import Tensor

# Numbers in a tile: 10 MB in float32 stay in a processor's cache, a GPU wants more.
_TILE_ENTRIES = {"CPU": 2_500_000, "GPU": 25_000_000}
_BLOCK_ROWS = 500  # rows that are held in float64 at once


class KernelSums(NamedTuple):
    """Sums over the centers seen so far, relative to the nearest of them.

    Args:
        points: `[m, d]`, float32 or float64.
        scales: float64 `[num_bandwidths]`, 1 / h^2.
        exponents: `[m]`, largest x.c - ||c||^2 / 2, of moved points and centers.
        nearest: `[m, d]`, the center that has it.
        sums: float64 `[num_bandwidths, m]`.
        count: float64 scalar, centers seen.
    """

    points: Tensor
    scales: Tensor
    exponents: Tensor
    nearest: Tensor
    sums: Tensor
    count: Tensor


def no_centers(points: Tensor, bandwidths: Tensor) -> KernelSums:
    """Sums of no kernels yet at points `[m, d]`, in the dtype of the products."""
    points = tf.convert_to_tensor(points)
    if _rounds_products():
        points = _exact(points)
    scales = 1 / tf.convert_to_tensor(bandwidths, tf.float64) ** 2
    return KernelSums(
        points=points,
        scales=scales,
        exponents=tf.fill([tf.shape(points)[0]], points.dtype.min),
        nearest=tf.zeros_like(points),
        sums=tf.zeros([tf.shape(scales)[0], tf.shape(points)[0]], tf.float64),
        count=tf.zeros([], tf.float64),
    )


def in_float64(state: KernelSums) -> KernelSums:
    """The same sums, to which centers are added in float64 from now on."""
    return state._replace(
        points=_exact(state.points),
        exponents=_exact(state.exponents),
        nearest=_exact(state.nearest),
    )


@tf.function(reduce_retracing=True)
def add_centers(state: KernelSums, centers: Tensor) -> KernelSums:
    """Sums with those of more centers `[n, d]`, of the points' dtype, added."""
    offset = tf.reduce_mean(state.points, axis=0)
    points, moved = state.points - offset, centers - offset
    biases = tf.cast(-0.5 * _squared_lengths(moved), moved.dtype)  # [n]
    num_entries = _TILE_ENTRIES["GPU" if _has_gpu() else "CPU"]
    width = tf.maximum(1, num_entries // tf.shape(points)[0])
    largest, sums = state.exponents, state.sums
    index = tf.fill([tf.shape(points)[0]], -1)
    for start in tf.range(0, tf.shape(moved)[0], width):
        products = tf.matmul(points, moved[start : start + width], transpose_b=True)
        # TensorFlow computes product and bias in one kernel.
        exponents = tf.nn.bias_add(products, biases[start : start + width])
        tile_index = tf.argmax(exponents, axis=1, output_type=tf.int32)  # [m]
        tile_largest = tf.gather(exponents, tile_index, axis=1, batch_dims=1)
        index = tf.where(tile_largest > largest, start + tile_index, index)
        before, largest = largest, tf.maximum(largest, tile_largest)
        fall = _exact(before) - _exact(largest)
        sums *= tf.exp(state.scales[:, tf.newaxis] * fall)
        sums += _kernel_sums(exponents - largest[:, tf.newaxis], state.scales)
    is_new = index[:, tf.newaxis] >= 0
    return state._replace(
        exponents=largest,
        nearest=tf.where(
            is_new, tf.gather(centers, tf.maximum(index, 0)), state.nearest
        ),
        sums=sums,
        count=state.count + tf.cast(tf.shape(centers)[0], tf.float64),
    )


@tf.function(reduce_retracing=True)
def log_means(state: KernelSums) -> Tensor:
    """Log mean_j exp(-||x - c_j||^2 / (2 h^2)), float64 `[num_bandwidths, m]`."""
    offset = tf.reduce_mean(state.points, axis=0)
    rounded = _exact(state.exponents)
    rounded -= 0.5 * _squared_lengths(state.points - offset)  # [m]
    exact = -0.5 * _squared_lengths(state.points, state.nearest)  # [m]
    scales = state.scales[:, tf.newaxis]
    # The nearest center's kernel is 1 in the sums: its exact one takes its place.
    others = tf.maximum(state.sums - 1, 0)
    # Where kernels are narrow, one of the two may be beyond every exponent.
    largest = scales * tf.where(others > 0, tf.maximum(rounded, exact), exact)
    others *= tf.exp(tf.minimum(scales * rounded - largest, 0))
    sums = others + tf.exp(scales * exact - largest)
    return tf.math.log(sums) + largest - tf.math.log(state.count)


def log_kernel_means(points: Tensor, centers: Tensor, bandwidths: Tensor) -> Tensor:
    """Log mean_j exp(-||x - c_j||^2 / (2 h^2)) for all points and bandwidths at once.

    Args:
        points: `[m, d]`, float32 or float64.
        centers: `[n, d]`, of the same dtype.
        bandwidths: `[num_bandwidths]`, h in data units.

    Returns:
        log_means: float64 tensor `[num_bandwidths, m]`, in nats.
    """
    state = no_centers(points, bandwidths)
    centers = tf.cast(centers, state.points.dtype)
    return log_means(add_centers(state, centers))


def _squared_lengths(rows: Tensor, origins: Tensor | None = None) -> Tensor:
    """Squared length of each row, or distance from its origin, in float64 `[m]`."""
    num_blocks = -(-tf.shape(rows)[0] // _BLOCK_ROWS)
    lengths = tf.TensorArray(tf.float64, num_blocks, infer_shape=False)
    for block in tf.range(num_blocks):
        some = slice(block * _BLOCK_ROWS, (block + 1) * _BLOCK_ROWS)
        vectors = _exact(rows[some])
        if origins is not None:
            vectors -= _exact(origins[some])
        lengths = lengths.write(block, tf.reduce_sum(vectors**2, axis=1))
    return lengths.concat()


def _kernel_sums(excess: Tensor, scales: Tensor) -> Tensor:
    """Sums of exp(scale * excess), float64 `[num_bandwidths, m]`."""
    # One bandwidth after another: their kernels never lie in memory together.
    return tf.map_fn(
        lambda scale: _exact(tf.reduce_sum(tf.exp(scale * excess), axis=1)),
        tf.cast(scales, excess.dtype),
        parallel_iterations=1,
        fn_output_signature=tf.float64,
    )


def _rounds_products() -> bool:
    """Whether float32 products on this machine have the precision of TF32."""
    return _has_gpu() and tf.config.experimental.tensor_float_32_execution_enabled()


def _has_gpu() -> bool:
    return bool(tf.config.list_logical_devices("GPU"))


def _exact(values: Tensor) -> Tensor:
    return tf.cast(values, tf.float64)
