"""Which layer does an operator come from that a format lacks?"""

import keras

from keras_gan._layers_of import layers_of


def describe_operator(operation: str, path: str, network: keras.Model) -> str:
    """Says where an operator comes from: `Op 'Erfinv' of layer 'dense_3'`.

    Args:
        operation: str, type of the operator.
        path: str, its name in the graph, which Keras builds from names of layers.
        network: `keras.Model` that the operator is from.
    """
    names = {layer.name for layer in layers_of(network)}
    parts = [part for part in path.split("/") if part in names]
    # Keras numbers scopes that come again: dense, dense_1 and so on.
    parts = parts or [
        part
        for part in (piece.rpartition("_")[0] for piece in path.split("/"))
        if part in names
    ]
    where = f"layer {parts[-1]!r}" if parts else f"no layer's scope ({path})"
    return f"{operation!r} of {where}"
