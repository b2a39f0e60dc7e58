"""The functions that every artefact holds, as graphs."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import tensorflow as tf

from export.contract.conditions import Condition
from export.contract.guards import bounded, of_classes, with_rows, with_rows_or_drawn
from export.contract.names import (
    LATENTS,
    NUM_SAMPLES,
    PROBABILITIES,
    SEED,
    check_input_name,
)
from export.contract.pixels import PixelFormat
from export.contract.signature import GeneratorSignature
from keras_gan._logits import probability
from keras_gan._types import Tensor
from keras_gan._validation import MAX_SEED
from keras_gan.gan import GAN
from keras_gan.training.conditions import draw_condition
from keras_gan.training.examples import as_stated, each
from keras_gan.training.view import DiscriminatorView

_FLOATS = PixelFormat()


def generate_function(
    gan: GAN,
    signature: GeneratorSignature,
    pixels: PixelFormat = _FLOATS,
    to_prior: Callable[[Tensor], Tensor] | None = None,
) -> Any:
    """`generate(latents, …)`: what the evaluation generator makes, under its name.

    A generator without latents is told conditions alone.

    Args:
        gan: `GAN`.
        signature: `GeneratorSignature`; its conditions follow the latents.
        pixels: `PixelFormat`. Defaults to floats.
        to_prior: function that scales given latents to the prior, or `None` where they
            are its own. Defaults to `None`.
    """

    def generate(**given: Tensor) -> dict[str, Tensor]:
        num_rows = tf.shape(next(iter(given.values())))[0]
        told = told_rows(signature.conditions, given, num_rows)
        if signature.latent_dim:
            latents = given[LATENTS]
            told[LATENTS] = latents if to_prior is None else to_prior(latents)
        return {signature.data_name: pixels(gan.generate(told))}

    return graph_of(generate, signature.generate)


def sample_function(
    gan: GAN,
    signature: GeneratorSignature,
    pixels: PixelFormat = _FLOATS,
) -> Any:
    """`sample(num_samples, seed, …)`: the rows of `gan.sample`, the prior included.

    Args:
        gan: `GAN`.
        signature: `GeneratorSignature`; its conditions follow, a row for each sample,
            or no row where the GAN has a prior to draw them from.
        pixels: `PixelFormat`. Defaults to floats.
    """

    def sample(
        num_samples: Tensor, seed: Tensor, **conditions: Tensor
    ) -> dict[str, Tensor]:
        drawn = _draw(gan, signature, num_samples, seed)
        latents = drawn.pop(LATENTS)
        num_rows = tf.shape(latents)[0]
        told = told_rows(signature.conditions, conditions, num_rows, drawn)
        made = pixels(gan.generate({LATENTS: latents, **told}))
        return {signature.data_name: made}

    return graph_of(sample, signature.sample)


def prior_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """`prior(num_samples, seed)`: the latents of `gan.sample`, and the conditions.

    Conditions without a prior are left out.
    """

    def prior(num_samples: Tensor, seed: Tensor) -> dict[str, Tensor]:
        return _draw(gan, signature, num_samples, seed)

    return tf.function(prior, input_signature=signature.draw, autograph=False)


def discriminate_function(gan: GAN, signature: GeneratorSignature) -> Any:
    """`discriminate(images)`, or other data: probabilities of `gan.discriminate`."""
    view = DiscriminatorView(gan.packing)

    def discriminate(**data: Tensor) -> dict[str, Tensor]:
        logits = gan.judge(each(view.pack, data))["logits"]
        return {PROBABILITIES: probability(logits)}  # [batch / packing]

    return graph_of(discriminate, [signature.data])


def graph_of(function: Callable[..., Any], specs: Sequence[tf.TensorSpec]) -> Any:
    """A `tf.function` whose arguments have the names of their specs.

    Raises:
        ValueError: if one cannot be the name of an argument in every runtime.
    """
    names = [spec.name for spec in specs]
    for name in names:
        check_input_name(name)

    def graph(*values: Tensor) -> dict[str, Tensor]:
        return function(**dict(zip(names, values, strict=True)))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(name, kind) for name in names]
    graph.__name__ = function.__name__
    graph.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return tf.function(graph, input_signature=specs, autograph=False)


def told_rows(
    conditions: Iterable[Condition],
    given: Mapping[str, Tensor],
    num_rows: Tensor,
    drawn: Mapping[str, Tensor] | None = None,
) -> dict[str, Tensor]:
    """Conditions as a network gets them, each checked.

    Args:
        conditions: `Condition` objects.
        given: tensors by name, these among them.
        num_rows: int32 scalar, how many rows each must have.
        drawn: by name, for those that may come without any row. Defaults to `None`:
            there are none.
    """
    told = {}
    for one in conditions:
        name, values = one.name, given[one.name]
        if drawn is not None and name in drawn:
            values = with_rows_or_drawn(name, values, num_rows, drawn[name])
        else:
            values = with_rows(name, values, num_rows)
        if one.num_classes is not None:
            values = of_classes(name, values, one.num_classes)
        told[name] = values
    return told


def _draw(
    gan: GAN, signature: GeneratorSignature, num_samples: Tensor, seed: Tensor
) -> dict[str, Tensor]:
    """Latents, and every condition that has a prior: those of `gan.sample`."""
    num_samples = bounded(NUM_SAMPLES, num_samples, 1, signature.max_samples)
    seed = bounded(SEED, seed, 0, MAX_SEED)
    drawn = {LATENTS: gan.prior.sample(num_samples, seed=seed)}
    for index, one in enumerate(signature.conditions):
        if one.prior is not None:
            values = draw_condition(one.prior, index, num_samples, seed)
            drawn[one.name] = as_stated(tf.cast(values, one.dtype), one.shape)
    return drawn
