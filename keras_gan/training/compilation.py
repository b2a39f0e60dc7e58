"""Whether XLA compiles the training step, where nobody said.

Measured by tests/benchmarks/train_step.py. With oneDNN, which TensorFlow turns on by
itself with AVX512_VNNI or AMX and `_processor.turn_onednn_on` with AVX2, kernels one by
one are as fast as XLA or faster, and start sooner. Without oneDNN the kernels of moves
that follow each other compete for the cores and its convolutions are slow; there XLA
takes a fifth off the time of larger games. It exchanges the operands of a convolution
whose kernel has more entries than the map, and its code for the result is several times
slower than TensorFlow's kernel. Random floats of Keras's layers take it 30 to 70 times
as long as that kernel (tests/reproductions/xla_random_floats.py), and every such layer,
ours too, a second of compilation a pass: the recipe few_labels, with six of them, took
1.8 s of a core a step and not 0.2 s, and 37 s to begin with and not 6 s.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._layers_of import layers_of
from keras_gan._processor import tensorflow_has_onednn
from keras_gan._replicas import without_strategy
from keras_gan.layers.dropout import Dropout
from keras_gan.terms.term import Term

_DRAWING_FLOATS = (
    keras.layers.AlphaDropout,
    keras.layers.Dropout,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
)
_CONVOLUTIONS = (
    *(keras.layers.Conv1D, keras.layers.Conv1DTranspose, keras.layers.SeparableConv1D),
    *(keras.layers.Conv2D, keras.layers.Conv2DTranspose, keras.layers.SeparableConv2D),
    *(keras.layers.Conv3D, keras.layers.Conv3DTranspose),
    *(keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D),
)
_FEWEST_WEIGHTS = 500_000  # below, a training ends before it has won XLA's time back


def chosen_compilation(
    jit_compile: Any,
    run_eagerly: bool,
    networks: Sequence[keras.Model],
    penalties: Sequence[Term],
    simultaneous: bool,
    strategy: tf.distribute.Strategy,
) -> Any:
    """Returns what Keras is told: `True`, `False`, or `"auto"` on accelerators."""
    if jit_compile != "auto" or run_eagerly:
        return jit_compile
    if not all(part.supports_jit for part in (*penalties, *_layers(networks))):
        return False
    if any(device.device_type != "CPU" for device in tf.config.get_visible_devices()):
        return jit_compile
    return (
        without_strategy(strategy)
        and not simultaneous  # its kernels hardly compete: no gain
        and not tensorflow_has_onednn()
        and sum(network.count_params() for network in networks) >= _FEWEST_WEIGHTS
        and all(network.compute_dtype == "float32" for network in networks)
        and not any(map(_kernel_exceeds_map, _layers(networks)))
        and not any(map(_draws_floats, _layers(networks)))
    )


def _layers(networks: Sequence[keras.Model]) -> Iterator[keras.layers.Layer]:
    for network in networks:
        yield from layers_of(network)


def _draws_floats(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, _DRAWING_FLOATS) and not isinstance(layer, Dropout)


def _kernel_exceeds_map(layer: keras.layers.Layer) -> bool:
    """Whether a convolution's kernel has more entries than the smaller of its maps."""
    if not isinstance(layer, _CONVOLUTIONS):
        return False
    kernel = layer.kernel_size
    built = layer.get_build_config() or {}
    if built.get("input_shape") is None:
        return False
    maps = (built["input_shape"], layer.compute_output_shape(built["input_shape"]))
    first = 2 if layer.data_format == "channels_first" else 1
    spatial = [shape[first : first + len(kernel)] for shape in maps]
    return any(
        math.prod(kernel) > math.prod(sizes) for sizes in spatial if None not in sizes
    )
