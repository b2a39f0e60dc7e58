"""Every layer of a network, wherever it lies, and what layers keep beside weights."""

from typing import Any

import keras


def layers_of(network: Any) -> list[keras.layers.Layer]:
    """Every layer of a network, those inside other layers and models included."""
    if network is None:
        return []
    # Keras has no public way to those that a layer made for itself.
    found = network._flatten_layers(include_self=False)
    return [*{id(layer): layer for layer in found}.values()]


def copy_vocabularies(source: Any, target: Any) -> None:
    """Gives the lookups of a copied network the words that the original's learned."""
    for ours, theirs in zip(layers_of(source), layers_of(target), strict=True):
        if hasattr(ours, "set_vocabulary"):
            theirs.set_vocabulary(ours.get_vocabulary(include_special_tokens=False))


def copy_weights(source: Any, target: Any) -> None:
    """Gives a built copy of a network the original's weights, and settles it."""
    target.set_weights(source.get_weights())
    settle(target)


def settle(network: Any) -> None:
    """Lets adapted layers compute anew what they compute from their weights.

    `keras.layers.Normalization` keeps tensors of its mean and variance, which follow
    weights that are loaded from files, and no others.
    """
    for layer in [network, *layers_of(network)]:
        if hasattr(layer, "finalize_state"):
            own: dict[str, Any] = {}
            layer.save_own_variables(own)
            layer.load_own_variables(own)
