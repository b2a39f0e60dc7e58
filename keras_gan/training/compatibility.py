"""Rules of a game that contradict each other, or are known to fail together."""

import warnings
from typing import Any

import keras

from keras_gan import layers
from keras_gan.training.network_checks import layers_of
from keras_gan.training.rules import Rules


def check_rules_fit(
    rules: Rules, discriminator: keras.Model, jit_compile: Any, replicas: int
) -> None:
    """Raises unless the discriminator, XLA and the replicas can play by the rules."""
    mixing = _mixing_layers(discriminator)
    if rules.fused_discriminator and mixing:
        raise ValueError(
            "`fused_discriminator=True` shows real and generated images in one batch, "
            "which layers with batch statistics would mix. Received: a discriminator "
            f"with {mixing[0]!r}. Set fused_discriminator=False."
        )
    for term in rules.terms:
        name = type(term).__name__
        if jit_compile is True and not term.supports_jit:
            raise ValueError(
                f"The term {name} cannot be compiled by XLA. Received: "
                "jit_compile=True; set it to False."
            )
        if replicas > 1 and not term.supports_replicas:
            raise ValueError(
                f"The term {name} needs the whole batch on one device. Received: a "
                f"strategy with {replicas} replicas; leave one of the two out."
            )


def warn_of_known_failures(rules: Rules, discriminator: keras.Model) -> None:
    """Warns of rules that are legal together but known to fail."""
    limits_gradient = any(term.limits_gradient for term in rules.terms)
    normalised = any(
        isinstance(
            layer, layers.SpectralNormalization | keras.layers.SpectralNormalization
        )
        for layer in layers_of(discriminator)
    )
    unlimited = not (limits_gradient or rules.discriminator_constraint or normalised)
    objective = rules.objective
    if objective.needs_lipschitz and unlimited:
        warnings.warn(
            f"The objective {type(objective).__name__} estimates a distance only for "
            "a discriminator of bounded slope, and nothing bounds this one: its loss "
            "will run away. Add terms=[kg.terms.GradientPenalty()], spectral "
            "normalisation, or discriminator_constraint.",
            stacklevel=3,
        )
    mixing = _mixing_layers(discriminator)
    if limits_gradient and mixing:
        warnings.warn(
            "A gradient penalty bounds the slope for each image by itself, but layer "
            f"{mixing[0]!r} of the discriminator makes a logit depend on the whole "
            "batch: the bound is wrong. Use keras.layers.LayerNormalization or none.",
            stacklevel=3,
        )


def constrain(network: keras.Model, constraint: Any, previous: Any) -> None:
    """Lays one constraint on every trainable variable, in place of `previous`.

    Raises:
        ValueError: if a variable has a constraint of its own.
    """
    for variable in network.trainable_variables:
        if variable.constraint is not None and variable.constraint is previous:
            variable.constraint = None
        if constraint is None:
            continue
        if variable.constraint is not None:
            raise ValueError(
                "`discriminator_constraint` must be the only one. Received: variable "
                f"{variable.path!r} with a constraint of its own; remove either."
            )
        variable.constraint = constraint


def _mixing_layers(discriminator: keras.Model) -> list[str]:
    """Names of the layers that make a row's logit depend on other rows."""
    return [
        layer.name
        for layer in layers_of(discriminator)
        if isinstance(layer, keras.layers.BatchNormalization)
        or getattr(layer, "uses_batch_statistics", False)
    ]
