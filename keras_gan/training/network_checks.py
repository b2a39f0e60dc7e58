"""Do the two networks and the data fit together? Answered before any training."""

import math
import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Shape

NOT_FINITE = "Training images must be finite."
FAR_OUT = "Training pixels must lie in the range that generated images have."
SCALE_FIRST = "Scale the images first: x / 255 for 'sigmoid', x / 127.5 - 1 for 'tanh'."

_ACTIVATION_RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}


def check_generator(generator: Any, latent_dim: int) -> Shape:
    """Returns the shape of one generated image; raises unless latents are accepted."""
    _check_is_model("generator", generator)
    return _output_shape("generator", generator, (latent_dim,), "the prior's latents")


def check_discriminator(discriminator: Any, pack_shape: Shape, packing: int) -> None:
    """Raises unless the discriminator maps (packs of) images to one logit each."""
    _check_is_model("discriminator", discriminator)
    images = "the generator's images"
    what = images if packing == 1 else f"packs of {packing} of {images}"
    shape = _output_shape("discriminator", discriminator, pack_shape, what)
    if shape != (1,):
        raise ValueError(
            "The discriminator must end in one logit, output shape [batch, 1]. "
            f"Received: output shape (None, {', '.join(map(str, shape))}). End it "
            "with keras.layers.Dense(1)."
        )
    if _last_activation(discriminator) == "sigmoid":
        raise ValueError(
            "The discriminator must end in one logit, without an activation: losses "
            "are computed from logits. Received: a last layer with activation "
            "'sigmoid'. End it with keras.layers.Dense(1)."
        )


def layers_of(network: Any) -> list[keras.layers.Layer]:
    """Every layer of a network, those inside wrappers and nested models included."""
    found = []
    for layer in getattr(network, "layers", []):
        found += [layer, *layers_of(layer)]
        inner = getattr(layer, "layer", None)
        if isinstance(inner, keras.layers.Layer):
            found += [inner, *layers_of(inner)]
    return found


def row_multiple(discriminator: Any) -> int:
    """Rows come in groups of so many, because a layer compares within groups."""
    groups = [getattr(layer, "row_multiple", 1) for layer in layers_of(discriminator)]
    return math.lcm(*groups)


def check_training_images(images: Any, generator: Any, image_shape: Shape) -> None:
    """Raises unless an array of training images is what the generator could make."""
    low, high = finite_range(images, image_shape)
    _warn_of_unreachable_pixels(low, high, generator)


def finite_range(images: Any, image_shape: Shape) -> tuple[float, float]:
    """Least and greatest pixel; raises unless images are finite floats of a shape."""
    check_image_shape(tuple(images.shape[1:]), image_shape)
    dtype = np.dtype(getattr(images.dtype, "as_numpy_dtype", images.dtype))
    if dtype.kind != "f":
        raise TypeError(
            "Training images must be floats in the generator's range. Received: "
            f"dtype={dtype}. Convert and scale them first."
        )
    # TensorFlow would copy a NumPy array, which may be most of the memory.
    least, most = (
        (np.min, np.max)
        if isinstance(images, np.ndarray)
        else (tf.reduce_min, tf.reduce_max)
    )
    low, high = float(least(images)), float(most(images))
    if not np.isfinite(low) or not np.isfinite(high):
        raise ValueError(f"{NOT_FINITE} Received: NaN or infinity.")
    return low, high


def is_near(reachable: tuple[float, float], pixels: Any) -> Any:
    """Whether pixels miss a range by less than its width, as 0 to 255 do not."""
    low, high = reachable
    return abs(pixels - (low + high) / 2) <= 1.5 * (high - low)


def check_batch_size(batch_size: int, multiple: int) -> None:
    """Raises unless packs and groups divide a minibatch."""
    if batch_size % multiple:
        raise ValueError(
            f"`batch_size` must be a multiple of {multiple}: the discriminator takes "
            "images in packs (`packing`) or compares them in groups (`group_size`). "
            f"Received: batch_size={batch_size}; take {batch_size // multiple + 1} * "
            f"{multiple} = {(batch_size // multiple + 1) * multiple}."
        )


def check_image_shape(received: Shape, image_shape: Shape) -> None:
    """Raises unless data and generated images have one shape (None: unknown)."""
    agrees = len(received) == len(image_shape) and all(
        axis is None or axis == expected
        for axis, expected in zip(received, image_shape, strict=True)
    )
    if not agrees:
        raise ValueError(
            f"The generator's output shape {image_shape} must equal the data shape "
            f"{received}. Change the generator's last layer or the dataset."
        )


def reachable_range(generator: Any) -> tuple[float, float] | None:
    """Range of the generator's last activation, `None` where it has no bounds."""
    return _ACTIVATION_RANGES.get(_last_activation(generator) or "")


def _warn_of_unreachable_pixels(low: float, high: float, generator: Any) -> None:
    activation = _last_activation(generator)
    reachable = reachable_range(generator)
    if reachable is None:
        return
    reachable_low, reachable_high = reachable
    covers_range = low >= reachable_low and high <= reachable_high
    uses_sign = reachable_low == 0 or low < 0
    if not (covers_range and uses_sign):
        warnings.warn(
            f"Training pixels lie in [{low:g}, {high:g}], but the generator ends in "
            f"{activation!r} with range [{reachable_low:g}, {reachable_high:g}]. "
            "Rescale the data or change the last activation.",
            stacklevel=4,
        )


def _check_is_model(name: str, network: Any) -> None:
    if not isinstance(network, keras.Model):
        raise TypeError(f"`{name}` must be a keras.Model. Received: {name}={network!r}")


def _output_shape(name: str, network: Any, input_shape: Shape, what: str) -> Shape:
    # A pass over two examples also builds networks that declare no input shape.
    try:
        outputs = network(tf.zeros((2, *input_shape)), training=False)
    except (ValueError, tf.errors.InvalidArgumentError) as error:
        raise ValueError(
            f"The {name} does not accept {what}, shape [batch, "
            f"{', '.join(map(str, input_shape))}]. Received: "
            f"{name}.input_shape={getattr(network, 'input_shape', 'unknown')}"
        ) from error
    return tuple(outputs.shape[1:])


def _last_activation(network: Any) -> str | None:
    """Name of the last activation, seen through layers that only reshape."""
    if not getattr(network, "inputs", None):
        return None  # a subclass: the order of its layers says nothing
    for layer in reversed(network.layers):
        if isinstance(layer, keras.layers.Reshape | keras.layers.Flatten):
            continue
        activation = getattr(layer, "activation", None)
        return getattr(activation, "__name__", None)
    return None
