"""Do the two networks and the data fit together? Answered before any training."""

import math
import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Shape
from keras_gan.priors import Prior
from keras_gan.training.examples import IMAGES, LATENTS, LOGITS, Example
from keras_gan.training.named_inputs import NamedInputs

NOT_FINITE = "Training images must be finite."
FAR_OUT = "Training pixels must lie in the range that generated images have."
SCALE_FIRST = "Scale the images first: x / 255 for 'sigmoid', x / 127.5 - 1 for 'tanh'."

_ACTIVATION_RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}


def check_generator(generator: Any, latent_dim: int) -> NamedInputs:
    """Returns the generator with its inputs named; raises unless it takes latents."""
    check_is_model("generator", generator)
    inputs = NamedInputs(generator, LATENTS)
    if len(inputs.names) > 1 and len(set(inputs.names)) < len(inputs.names):
        raise ValueError(
            "Inputs of the generator must have names of their own. Received: "
            f"{inputs.names}; name them with keras.Input(shape, name=...)."
        )
    return inputs


def made_by(inputs: NamedInputs, latent_dim: int) -> Shape:
    """Shape of what the generator makes of one latent; raises unless it accepts it."""
    example = inputs.zeros(2, {LATENTS: (latent_dim,)})
    what = "the prior's latents"
    outputs = _outputs("generator", inputs, example, (latent_dim,), what)
    return tuple(outputs.shape[1:])


def data_name(discriminator: NamedInputs, generator: NamedInputs) -> str:
    """Name of the entry that is judged, and not only looked at beside it.

    Raises:
        ValueError: if the discriminator names none, or several.
    """
    if len(discriminator.names) == 1:
        return discriminator.names[0]
    others = {LATENTS, *generator.names}
    data = [name for name in discriminator.names if name not in others]
    if IMAGES in data:
        return IMAGES
    if len(data) != 1:
        raise ValueError(
            "The discriminator must name one input for the data, besides conditions "
            f"that the generator names too. Received: inputs {discriminator.names}, "
            f"of the generator {generator.names}."
        )
    return data[0]


def check_discriminator(
    discriminator: Any, generator: NamedInputs, pack_shape: Shape, packing: int
) -> tuple[NamedInputs, str]:
    """Returns its inputs named, and the name of the data among them.

    Raises:
        ValueError: unless it maps (packs of) images to one logit each.
    """
    check_is_model("discriminator", discriminator)
    inputs = NamedInputs(discriminator, IMAGES)
    name = data_name(inputs, generator)
    images = "the generator's images"
    what = images if packing == 1 else f"packs of {packing} of {images}"
    example = inputs.zeros(2, {name: pack_shape})
    outputs = _outputs("discriminator", inputs, example, pack_shape, what)
    if isinstance(outputs, dict) and LOGITS not in outputs:
        raise ValueError(
            f"A discriminator with several outputs must name one of them {LOGITS!r}. "
            f"Received: outputs {sorted(outputs)}."
        )
    logits = outputs[LOGITS] if isinstance(outputs, dict) else outputs
    shape = tuple(logits.shape[1:])
    if shape != (1,):
        raise ValueError(
            "The discriminator must end in one logit, output shape [batch, 1]. "
            f"Received: output shape (None, {', '.join(map(str, shape))}). End it "
            "with keras.layers.Dense(1)."
        )
    if _last_activation(inputs.network) == "sigmoid":
        raise ValueError(
            "The discriminator must end in one logit, without an activation: losses "
            "are computed from logits. Received: a last layer with activation "
            "'sigmoid'. End it with keras.layers.Dense(1)."
        )
    return inputs, name


def check_prior(prior: Any) -> int:
    """Returns the length of one latent vector; raises unless a prior draws them."""
    if not isinstance(prior, Prior) or not hasattr(prior, "latent_dim"):
        raise TypeError(
            f"`prior` must be a keras_gan.priors.Prior. Received: prior={prior!r}"
        )
    return int(prior.latent_dim)


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


def check_is_model(name: str, network: Any) -> None:
    """Raises unless a network is a `keras.Model`."""
    if not isinstance(network, keras.Model):
        raise TypeError(f"`{name}` must be a keras.Model. Received: {name}={network!r}")


def _outputs(
    name: str, inputs: NamedInputs, example: Example, shape: Shape, what: str
) -> Any:
    # A pass over two examples also builds networks that declare no input shape.
    try:
        return inputs(example, training=False)
    except (ValueError, tf.errors.InvalidArgumentError) as error:
        raise ValueError(
            f"The {name} does not accept {what}, shape [batch, "
            f"{', '.join(map(str, shape))}]. Received: "
            f"{name}.input_shape={getattr(inputs.network, 'input_shape', 'unknown')}"
        ) from error


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
