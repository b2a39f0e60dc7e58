"""Do the networks of a game fit together? Answered before any training."""

import math
import re
from typing import Any

import keras
import tensorflow as tf

from keras_gan._data_names import data_name_of, is_named
from keras_gan._layers_of import layers_of
from keras_gan._logits import parts_of
from keras_gan._rebuilding import check_rebuilds, warn_unless_saved
from keras_gan._types import Shape
from keras_gan.priors import NoPrior, Prior
from keras_gan.training.examples import IMAGES, LATENTS, LOGITS, Example
from keras_gan.training.last_activations import check_ends_in_logits
from keras_gan.training.named_inputs import NamedInputs

_DECORATION = re.compile(r"\x1b\[\d+m|\{\{function_node [^}]*\}\}")
_ARGUMENTS = {"num_samples", "seed", "batch_size"}
_NAMED_BY_KERAS = "keras_tensor"  # what `keras.Input` without a name is called


def check_generator(generator: Any, latent_dim: int) -> NamedInputs:
    """Returns the generator with its inputs named.

    Raises:
        TypeError: if it is no `keras.Model`.
        ValueError: unless it takes latents, or, where there are none, conditions alone.
    """
    check_is_model("generator", generator)
    warn_unless_saved("generator", generator)
    inputs = NamedInputs(generator, LATENTS)
    names = inputs.names if latent_dim else inputs.own_names
    taken = sorted(_ARGUMENTS & {*names})
    if taken:
        raise ValueError(
            f"Inputs of the generator cannot be named {taken}: `sample` has arguments "
            f"of that name. Received: inputs {names}."
        )
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


def made_by(inputs: NamedInputs, latent_dim: int) -> tuple[Shape, Shape]:
    """Shape of what the generator makes of one row, and that of one trial.

    In the first the axes are `None` whose sizes what the generator is told decides.

    Raises:
        ValueError: unless it accepts what it should, and makes channels in a number
            that is known.
    """
    example = inputs.zeros(2, {LATENTS: (latent_dim,)})
    what, shape = "the prior's latents", (latent_dim,)
    if not latent_dim:
        what, shape = "what it is told", tuple(example[inputs.names[0]].shape[1:])
    outputs = _outputs("generator", inputs, example, shape, what)
    if isinstance(outputs, dict | list | tuple):
        names = sorted(outputs) if isinstance(outputs, dict) else len(outputs)
        raise ValueError(
            "The generator must have one output, the data that it makes. Received: "
            f"outputs {names}; return one tensor, and stack what belongs together."
        )
    tried = made = tuple(outputs.shape[1:])
    if any(None in shape for shape in inputs.row_shapes().values()):
        made = tuple(inputs.network.output_shape[1:])
    if made[-1:] == (None,):
        raise ValueError(
            "The generator's last axis must have a size, whatever it is told. "
            f"Received: output shape {(None, *made)}."
        )
    return made, tried


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


def judge_of(
    discriminator: Any, generator: NamedInputs, data_shape: Shape
) -> tuple[NamedInputs, str]:
    """Returns a discriminator with its inputs named, and the data's name among them.

    Raises:
        TypeError: if it is no `keras.Model`.
        ValueError: if it names no data, or the generator is told them.
    """
    check_is_model("discriminator", discriminator)
    warn_unless_saved("discriminator", discriminator)
    name = data_name(NamedInputs(discriminator, IMAGES), generator, data_shape)
    if name in generator.names:
        raise ValueError(
            f"The generator must not be told the data, {name!r}, which it is to make. "
            f"Received: a generator of {generator.names}, a discriminator of "
            f"{NamedInputs(discriminator, name).names}. Give its input another name."
        )
    return NamedInputs(discriminator, name), name


def check_discriminator(
    inputs: NamedInputs, name: str, pack_shape: Shape, packing: int
) -> None:
    """Raises unless a discriminator maps (packs of) data to logits."""
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
    check_ends_in_logits(inputs.network)


def check_encoder(
    encoder: Any, data_name: str, data_shape: Shape, latent_dim: int
) -> None:
    """Raises unless it maps data to latents as a prior draws them."""
    check_is_model("encoder", encoder)
    warn_unless_saved("encoder", encoder)
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
    check_rebuilds("prior", prior)
    return prior


def check_has_latents(gan: Any, what: str) -> None:
    """Raises where a generator takes no latents that something could be asked of."""
    if not gan.prior.latent_dim:
        raise ValueError(
            f"{what} latents, and this GAN's generator takes none (prior=None). "
            f"Received: a generator of {', '.join(gan.networks.of_generator.names)}."
        )


def check_apart(**networks: Any) -> None:
    """Raises where two networks share weights: each player moves its own."""
    owners: dict[int, str] = {}
    for name, network in networks.items():
        for weight in getattr(network, "weights", []):
            owner = owners.setdefault(id(weight), name)
            if owner != name:
                raise ValueError(
                    f"The {owner} and the {name} must share no layer with weights: "
                    "each player moves its own, and Keras would save them once. "
                    f"Received: {weight.path!r} in both. Give each one of its own."
                )


def held_layers(owner: Any, private: bool = True) -> dict[str, keras.layers.Layer]:
    """Layers and models that an object holds, by attribute, alone or in lists.

    What it holds twice has its first name.

    Args:
        owner: any object.
        private: bool, whether attributes with names of `_` count, in which Keras keeps
            what it tracks. Defaults to `True`.
    """
    held: dict[int, tuple[str, keras.layers.Layer]] = {}
    for name, value in vars(owner).items():
        for place, one in enumerate(keras.tree.flatten(value)):
            if isinstance(one, keras.layers.Layer):
                named = (name if one is value else f"{name}[{place}]", one)
                if private or not name.startswith("_"):
                    held.setdefault(id(one), named)
    return dict(held.values())


def models_of(owner: Any) -> dict[str, keras.layers.Layer]:
    """What a game or a term has been given of them, by the names of attributes."""
    return held_layers(owner, private=False)


def row_multiple(discriminator: Any) -> int:
    """Rows come in groups of so many, because a layer compares within groups."""
    groups = [getattr(layer, "row_multiple", 1) for layer in layers_of(discriminator)]
    return math.lcm(*groups)


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
        integers = [one for one, rows in example.items() if rows.dtype.is_integer]
        beside = f" with zeros for {', '.join(integers)}" if integers else ""
        raise ValueError(
            f"The {name} does not accept {what}, shape [batch, "
            f"{', '.join(map(str, shape))}]{beside}. Received: {name}.input_shape="
            f"{getattr(inputs.network, 'input_shape', 'unknown')}; it says: "
            f"{_reason(error)}"
        ) from error


def _reason(error: Exception) -> str:
    """What a layer complained of, without Keras's headline and colors."""
    lines = [_DECORATION.sub("", one).strip() for one in str(error).splitlines()]
    told = [one for one in lines if one and not one.startswith("Exception encounter")]
    return told[0] if told else type(error).__name__
