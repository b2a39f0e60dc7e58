"""What a network ends in: the activation of its outputs, and the range that it has."""

from collections.abc import Mapping
from typing import Any

import keras

from keras_gan._logits import parts_of
from keras_gan.training.class_counts import RESHAPING
from keras_gan.training.examples import LOGITS

_RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
# No discriminator that ends in one of these can say every probability. Operations are
# called as the functions are, without underscores.
_OF_NO_LOGIT = {
    *("elu", "exponential", "gelu", "hardsigmoid", "hardtanh", "logsigmoid"),
    *("logsoftmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softmax"),
    *("softplus", "softsign", "tanh"),
}
_KNOWN = ("keras.", "keras_gan.")  # whose layers end in their activation


def reachable_range(generator: Any) -> tuple[float, float] | None:
    """Range of the generator's last activation, `None` where it has no bounds."""
    return _RANGES.get(last_activation(generator) or "")


def last_activation(network: Any) -> str | None:
    """Name of the last activation, `None` where nothing says what it is.

    It is seen through nested models, wrappers and whatever only reshapes.
    """
    outputs = keras.tree.flatten(stated_outputs(network))
    return _activation_of_output(outputs[0]) if outputs else None


def stated_outputs(network: Any) -> Any:
    """Symbolic outputs of a network, `None` of a subclass, which states no layers."""
    if not getattr(network, "inputs", None):
        return None
    # What a `Sequential` calls its output is that of its last call, flattened.
    return (getattr(network, "_functional", None) or network).output


def check_ends_in_logits(discriminator: Any) -> None:
    """Raises where an activation of the last layer bounds the logits."""
    outputs = stated_outputs(discriminator)
    if outputs is None:
        return
    logits = outputs[LOGITS] if isinstance(outputs, Mapping) else outputs
    names = [_activation_of_output(one) or "" for one in parts_of(logits)]
    bounded = [name for name in names if name.replace("_", "") in _OF_NO_LOGIT]
    if bounded:
        raise ValueError(
            "The discriminator must end in one logit, without an activation: losses "
            "are computed from logits. Received: a last layer with activation "
            f"{', '.join(map(repr, sorted({*bounded})))}. End it with "
            "keras.layers.Dense(1)."
        )


def _activation_of_output(output: Any) -> str | None:
    # Keras has no public way from an output to the layer that made it.
    history = getattr(output, "_keras_history", None)
    if history is None:
        return None
    maker = history.operation
    if isinstance(maker, keras.Model):
        inner = keras.tree.flatten(stated_outputs(maker))
        return _activation_of_output(inner[history.tensor_index]) if inner else None
    name = _name_of(maker)
    passes = type(maker).__name__ in RESHAPING or name in ("cast", "linear")
    if passes and not getattr(maker, "weights", None):
        node = maker._inbound_nodes[history.node_index]
        return _activation_of_output(node.input_tensors[0])
    return name


def _name_of(maker: Any) -> str | None:
    """An activation's name, whether a layer has it, is it, or wraps one that does."""
    call = getattr(type(maker), "call", None)
    if not str(getattr(call, "__module__", "")).startswith(_KNOWN):
        return None  # somebody's own: what it does with an activation is not known
    if isinstance(maker, keras.layers.Wrapper):
        return _name_of(maker.layer)
    activation = getattr(maker, "activation", None) or maker
    name: str = getattr(activation, "__name__", type(activation).__name__)
    return name.lower()
