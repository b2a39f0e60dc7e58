"""Sums of Gaussian kernels over many centres, in tiles of bounded memory.

Distances come from ||x||^2 - 2 x.c + ||c||^2 in float64: one matrix product for a tile,
and at d = 784 the cancellation costs 1e-12 nats, where float32 costs 1e-2.
"""

import tensorflow as tf

from keras_gan._types import Tensor

_ROWS = 1_000  # points in a tile
_CENTRES = 4_000  # centres in a tile: a tile of distances takes 32 MB


def log_kernel_means(points: Tensor, centres: Tensor, bandwidths: Tensor) -> Tensor:
    """Log mean_j exp(-||x - c_j||^2 / (2 h^2)) for all points and bandwidths at once.

    Args:
        points: `[m, d]`, floats.
        centres: `[n, d]`, floats.
        bandwidths: `[num_bandwidths]`, h in data units.

    Returns:
        log_means: float64 tensor `[num_bandwidths, m]`, in nats.
    """
    scales = 0.5 / tf.square(tf.cast(bandwidths, tf.float64))
    return _log_kernel_means(tf.convert_to_tensor(points), centres, scales)


@tf.function(reduce_retracing=True)
def _log_kernel_means(points: Tensor, centres: Tensor, scales: Tensor) -> Tensor:
    num_tiles = -(-tf.shape(points)[0] // _ROWS)
    tiles = tf.TensorArray(
        tf.float64, num_tiles, element_shape=[None, None], infer_shape=False
    )
    for index in tf.range(num_tiles):
        tile = tf.cast(points[index * _ROWS : (index + 1) * _ROWS], tf.float64)
        tiles = tiles.write(index, tf.transpose(_log_sums(tile, centres, scales)))
    log_count = tf.math.log(tf.cast(tf.shape(centres)[0], tf.float64))
    return tf.transpose(tiles.concat()) - log_count


def _log_sums(tile: Tensor, centres: Tensor, scales: Tensor) -> Tensor:
    """Log sum_j of the kernels, `[num_bandwidths, m]`, for one tile of points."""
    num_points = tf.shape(tile)[0]
    # Sums are kept relative to the nearest centre so far: nothing underflows.
    nearest = tf.fill([num_points], tf.constant(float("inf"), tf.float64))
    sums = tf.zeros([tf.shape(scales)[0], num_points], tf.float64)
    for start in tf.range(0, tf.shape(centres)[0], _CENTRES):
        block = tf.cast(centres[start : start + _CENTRES], tf.float64)
        distances = _squared_distances(tile, block)  # [m, n]
        block_nearest = tf.minimum(nearest, tf.reduce_min(distances, axis=1))
        rescale = tf.exp(-scales[:, tf.newaxis] * (nearest - block_nearest))
        excess = distances - block_nearest[:, tf.newaxis]
        sums = sums * rescale + _kernel_sums(excess, scales)
        nearest = block_nearest
    return tf.math.log(sums) - scales[:, tf.newaxis] * nearest


def _squared_distances(tile: Tensor, block: Tensor) -> Tensor:
    products = tf.matmul(tile, block, transpose_b=True)  # [m, n]
    tile_squares = tf.reduce_sum(tile**2, axis=1)[:, tf.newaxis]  # [m, 1]
    return tf.maximum(tile_squares - 2 * products + tf.reduce_sum(block**2, axis=1), 0)


def _kernel_sums(excess: Tensor, scales: Tensor) -> Tensor:
    # One bandwidth after another: their kernels never lie in memory together.
    return tf.map_fn(
        lambda scale: tf.reduce_sum(tf.exp(-scale * excess), axis=1),  # [m]
        scales,
        parallel_iterations=1,
    )
