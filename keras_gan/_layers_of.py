"""Every layer of a network, wherever it lies."""

from typing import Any

import keras


def layers_of(network: Any) -> list[keras.layers.Layer]:
    """Every layer of a network, those inside other layers and models included."""
    if network is None:
        return []
    # Keras has no public way to those that a layer made for itself.
    found = network._flatten_layers(include_self=False)
    return [*{id(layer): layer for layer in found}.values()]
