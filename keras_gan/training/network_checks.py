"""Do the two networks and the data fit together? Answered before any training."""

import math
import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._data_names import data_name_of, is_named
from keras_gan._logits import parts_of
from keras_gan._types import Shape
from keras_gan.priors import NoPrior, Prior
from keras_gan.training.examples import IMAGES, LATENTS, LOGITS, Example
from keras_gan.training.named_inputs import NamedInputs

_NAMED_BY_KERAS = "keras_tensor"  # what `keras.Input` without a name is called
_ACTIVATION_RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}


def check_generator(generator: Any, latent_dim: int) -> NamedInputs:
    """Returns the generator with its inputs named.

    Raises:
        TypeError: if it is no `keras.Model`.
        ValueError: unless it takes latents, or, where there are none, conditions alone.
    """
    check_is_model("generator", generator)
    inputs = NamedInputs(generator, LATENTS)
    if not latent_dim:
        return _told_alone(inputs)
    if len(inputs.names) > 1 and len(set(inputs.names)) < len(inputs.names):
        raise ValueError(
            "Inputs of the generator must have names of their own. Received: "
            f"{inputs.names}; name them with keras.Input(shape, name=...)."
        )
    if LATENTS not in inputs.names:
        raise ValueError(
            f"A generator of several inputs must name one of them {LATENTS!r}, for "
            f"what the prior draws. Received: inputs {inputs.names}. Pass prior=None "
            "where it takes no latents."
        )
    return inputs


def _told_alone(inputs: NamedInputs) -> NamedInputs:
    """Inputs of a generator without latents, by the names that they bear."""
    names = inputs.own_names
    unnamed = [name for name in names if name.startswith(_NAMED_BY_KERAS)]
    if not names or unnamed or LATENTS in names or len(set(names)) < len(names):
        raise ValueError(
            "A generator without latents (prior=None) must name what it is told, such "
            'as keras.Input(shape, name="spectrograms"), as the batch does. Received: '
            f"inputs {names or 'of a subclass, without names'}. Pass a prior where it "
            "takes latents."
        )
    return NamedInputs(inputs.network, names[0])


def made_by(inputs: NamedInputs, latent_dim: int) -> Shape:
    """Shape of what the generator makes of one row; raises unless it accepts it."""
    example = inputs.zeros(2, {LATENTS: (latent_dim,)})
    what, shape = "the prior's latents", (latent_dim,)
    if not latent_dim:
        what, shape = "what it is told", tuple(example[inputs.names[0]].shape[1:])
    outputs = _outputs("generator", inputs, example, shape, what)
    return tuple(outputs.shape[1:])


def data_name(
    discriminator: NamedInputs, generator: NamedInputs, data_shape: Shape
) -> str:
    """Name of the entry that is judged, and not only looked at beside it.

    A single input needs no name: its data are images, signals or vectors, by their
    axes, unless it is called by another word for such data, `"waveforms"` or
    `"points"`.

    Raises:
        ValueError: if the discriminator names none, or several.
    """
    if len(discriminator.names) == 1:
        own = discriminator.own_names
        named = bool(own) and is_named(own[0], data_shape)
        return own[0] if named else data_name_of(data_shape)
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
        ValueError: unless it maps (packs of) data to one logit each.
    """
    check_is_model("discriminator", discriminator)
    name = data_name(NamedInputs(discriminator, IMAGES), generator, pack_shape)
    if name in generator.names:
        raise ValueError(
            f"The generator must not be told the data, {name!r}, which it is to make. "
            f"Received: a generator of {generator.names}, a discriminator of "
            f"{NamedInputs(discriminator, name).names}. Give its input another name."
        )
    inputs = NamedInputs(discriminator, name)
    made = f"the generator's {name}"
    what = made if packing == 1 else f"packs of {packing} of {made}"
    example = inputs.zeros(2, {name: pack_shape})
    outputs = _outputs("discriminator", inputs, example, pack_shape, what)
    if isinstance(outputs, dict) and LOGITS not in outputs:
        raise ValueError(
            f"A discriminator with several outputs must name one of them {LOGITS!r}. "
            f"Received: outputs {sorted(outputs)}."
        )
    for logits in parts_of(outputs[LOGITS] if isinstance(outputs, dict) else outputs):
        shape = tuple(logits.shape[1:])
        if shape[-1:] != (1,):
            raise ValueError(
                "The discriminator must end in one logit, output shape [batch, 1], or "
                "in a map of them with one channel. Received: output shape "
                f"{(None, *shape)}. End it with keras.layers.Dense(1)."
            )
    if _last_activation(inputs.network) == "sigmoid":
        raise ValueError(
            "The discriminator must end in one logit, without an activation: losses "
            "are computed from logits. Received: a last layer with activation "
            "'sigmoid'. End it with keras.layers.Dense(1)."
        )
    return inputs, name


def check_encoder(
    encoder: Any, data_name: str, data_shape: Shape, latent_dim: int
) -> None:
    """Raises unless it maps data to latents as a prior draws them."""
    check_is_model("encoder", encoder)
    inputs = NamedInputs(encoder, data_name)
    example = inputs.zeros(2, {data_name: data_shape})
    what = f"the generator's {data_name}"
    outputs = _outputs("encoder", inputs, example, data_shape, what)
    shape = tuple(getattr(outputs, "shape", ()))
    if shape != (2, latent_dim):
        received = f"output shape {(None, *shape[1:])}" if shape else type(outputs)
        raise ValueError(
            f"`encoder` must make latents of shape [batch, {latent_dim}], as the "
            f"prior draws them. Received: {received}."
        )


def check_prior(prior: Any) -> Prior:
    """Returns the prior, that of no latents for `None`; raises unless it is one."""
    prior = NoPrior() if prior is None else prior
    if not isinstance(prior, Prior) or not hasattr(prior, "latent_dim"):
        raise TypeError(
            "`prior` must be a keras_gan.priors.Prior of latents, or None for a "
            f"generator that takes none. Received: prior={prior!r}"
        )
    return prior


def check_has_latents(gan: Any, what: str) -> None:
    """Raises where a generator takes no latents that something could be asked of."""
    if not gan.prior.latent_dim:
        raise ValueError(
            f"{what} latents, and this GAN's generator takes none (prior=None). "
            f"Received: a generator of {', '.join(gan.networks.of_generator.names)}."
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


def check_training_data(
    name: str, values: Any, generator: Any, data_shape: Shape
) -> None:
    """Raises unless an array of training data is what the generator could make."""
    low, high = finite_range(name, values, data_shape)
    _warn_of_unreachable_values(name, low, high, generator)


def finite_range(name: str, values: Any, data_shape: Shape) -> tuple[float, float]:
    """Least and greatest value; raises unless data are finite floats of a shape."""
    check_data_shape(tuple(values.shape[1:]), data_shape)
    check_floats(name, values.dtype)
    # TensorFlow would copy a NumPy array, which may be most of the memory.
    least, most = (
        (np.min, np.max)
        if isinstance(values, np.ndarray)
        else (tf.reduce_min, tf.reduce_max)
    )
    low, high = float(least(values)), float(most(values))
    if not np.isfinite(low) or not np.isfinite(high):
        raise ValueError(f"{not_finite(name)} Received: NaN or infinity.")
    return low, high


def check_floats(name: str, dtype: Any) -> None:
    """Raises unless training data are floats."""
    dtype = tf.as_dtype(dtype)
    if not dtype.is_floating:
        raise TypeError(
            f"Training {name} must be floats in the generator's range. Received: "
            f"dtype={dtype.name}. Convert and scale them first."
        )


def not_finite(name: str) -> str:
    """What is said of data with NaN or infinity."""
    return f"Training {name} must be finite."


def far_out(name: str) -> str:
    """What is said of data that no generator with the last activation could make."""
    return f"Training {name} must lie in the range that generated {name} have."


def scale_first(name: str) -> str:
    """The remedy for data out of range."""
    scaled = "to [0, 1] for 'sigmoid', to [-1, 1] for 'tanh'"
    if name == "images":
        scaled = "x / 255 for 'sigmoid', x / 127.5 - 1 for 'tanh'"
    return f"Scale the {name} first: {scaled}."


def is_near(reachable: tuple[float, float], values: Any) -> Any:
    """Whether values miss a range by less than its width, as 0 to 255 do not."""
    low, high = reachable
    return abs(values - (low + high) / 2) <= 1.5 * (high - low)


def check_batch_size(batch_size: int, multiple: int) -> None:
    """Raises unless packs and groups divide a minibatch."""
    if batch_size % multiple:
        raise ValueError(
            f"`batch_size` must be a multiple of {multiple}: the discriminator takes "
            "rows in packs (`packing`) or compares them in groups (`group_size`). "
            f"Received: batch_size={batch_size}; take {batch_size // multiple + 1} * "
            f"{multiple} = {(batch_size // multiple + 1) * multiple}."
        )


def check_batched(received: Any, data_shape: Shape) -> None:
    """Raises where an element of a dataset is one row of data instead of a batch."""
    if tuple(received) == data_shape:
        raise ValueError(
            "A dataset must come in batches, one for each training step. Received: "
            f"elements of the shape of one row, {data_shape}. Call "
            "dataset.batch(batch_size) first."
        )


def check_data_shape(received: Shape, data_shape: Shape) -> None:
    """Raises unless data and what is generated have one shape (None: unknown)."""
    agrees = len(received) == len(data_shape) and all(
        axis is None or axis == expected
        for axis, expected in zip(received, data_shape, strict=True)
    )
    if not agrees:
        remedy = "Change the generator's last layer or the dataset."
        if (*received, 1) == data_shape:
            remedy = "Give the data an axis of one channel: x[..., None]."
        raise ValueError(
            f"The generator's output shape {data_shape} must equal the data shape "
            f"{received}. {remedy}"
        )


def reachable_range(generator: Any) -> tuple[float, float] | None:
    """Range of the generator's last activation, `None` where it has no bounds."""
    return _ACTIVATION_RANGES.get(_last_activation(generator) or "")


def _warn_of_unreachable_values(
    name: str, low: float, high: float, generator: Any
) -> None:
    activation = _last_activation(generator)
    reachable = reachable_range(generator)
    if reachable is None:
        return
    reachable_low, reachable_high = reachable
    covers_range = low >= reachable_low and high <= reachable_high
    uses_sign = reachable_low == 0 or low < 0
    if not (covers_range and uses_sign):
        warnings.warn(
            f"Training {name} lie in [{low:g}, {high:g}], but the generator ends in "
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
