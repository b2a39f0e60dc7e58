"""What a network ends in: the activation of its outputs, and the range that it has."""

from collections.abc import Mapping
from typing import Any

import keras

from keras_gan._logits import parts_of
from keras_gan.training.examples import LOGITS

_RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
_RESHAPES = (keras.layers.Reshape, keras.layers.Flatten)
# No discriminator that ends in one of these can say every probability.
_OF_NO_LOGIT = {
    *("elu", "exponential", "gelu", "hard_sigmoid", "hard_tanh", "log_sigmoid"),
    *("log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softmax"),
    *("softplus", "softsign", "tanh"),
}


def reachable_range(generator: Any) -> tuple[float, float] | None:
    """Range of the generator's last activation, `None` where it has no bounds."""
    return _RANGES.get(last_activation(generator) or "")


def last_activation(network: Any) -> str | None:
    """Name of the last activation, `None` where the network does not state its layers.

    It is seen through nested models, wrappers and layers that only reshape.
    """
    if not getattr(network, "inputs", None):
        return None  # a subclass: the order of its layers says nothing
    return _activation_of_output(network.outputs[0])


def check_ends_in_logits(discriminator: Any) -> None:
    """Raises where an activation of the last layer bounds the logits."""
    if not getattr(discriminator, "inputs", None):
        return
    # A `Sequential` has one output, and says what it is only before it is called.
    is_row = isinstance(discriminator, keras.Sequential)
    outputs = discriminator.outputs if is_row else discriminator.output
    logits = outputs[LOGITS] if isinstance(outputs, Mapping) else outputs
    names = [_activation_of_output(one) or "" for one in parts_of(logits)]
    bounded = _OF_NO_LOGIT & {*names}
    if bounded:
        raise ValueError(
            "The discriminator must end in one logit, without an activation: losses "
            "are computed from logits. Received: a last layer with activation "
            f"{', '.join(map(repr, sorted(bounded)))}. End it with "
            "keras.layers.Dense(1)."
        )


def _activation_of_output(output: Any) -> str | None:
    # Keras has no public way from an output to the layer that made it.
    history = getattr(output, "_keras_history", None)
    if history is None:
        return None
    maker = history.operation
    if isinstance(maker, keras.Model):
        outputs = getattr(maker, "outputs", None)  # none where layers are not stated
        return outputs and _activation_of_output(outputs[history.tensor_index])
    if isinstance(maker, _RESHAPES):
        node = maker._inbound_nodes[history.node_index]
        return _activation_of_output(node.input_tensors[0])
    return _name_of(maker)


def _name_of(maker: Any) -> str:
    """An activation's name, whether a layer has it, is it, or wraps one that does."""
    if isinstance(maker, keras.layers.Wrapper):
        return _name_of(maker.layer)
    activation = getattr(maker, "activation", None) or maker
    name: str = getattr(activation, "__name__", type(activation).__name__)
    return name.lower()
