"""Two optimizers in one Keras model: each prepared for its network, both reachable."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._network_checks import layers_of
from keras_gan._replicas import num_replicas
from keras_gan._types import Tensor


class PlayerOptimizers:
    """What Keras's callbacks find as `model.optimizer`.

    `LearningRateScheduler` and `ReduceLROnPlateau` walk `optimizers`, `TensorBoard`
    reads `iterations`, `summary` counts `variables`. Training uses it nowhere.
    """

    built = True

    def __init__(self, generator_optimizer: Any, discriminator_optimizer: Any) -> None:
        self.optimizers = [generator_optimizer, discriminator_optimizer]

    @property
    def iterations(self) -> keras.Variable:
        """Moves of the generator."""
        return self.optimizers[0].iterations

    @property
    def variables(self) -> list[keras.Variable]:
        """State of both."""
        return [*self.optimizers[0].variables, *self.optimizers[1].variables]


def prepare_optimizers(
    generator_optimizer: Any,
    discriminator_optimizer: Any,
    generator: keras.Model,
    discriminator: keras.Model,
) -> tuple[keras.optimizers.Optimizer, keras.optimizers.Optimizer]:
    """Returns both optimizers, built, with a loss scaler where float16 needs one.

    Raises:
        ValueError: if both are one object or one keeps averages of its own.
    """
    players = (
        keras.optimizers.get(generator_optimizer),
        keras.optimizers.get(discriminator_optimizer),
    )
    if players[0] is players[1]:
        raise ValueError(
            "`generator_optimizer` and `discriminator_optimizer` must be two objects, "
            "each with the state of one network. Received: one object."
        )
    _refuse_averages("generator_optimizer", players[0])
    _refuse_averages("discriminator_optimizer", players[1])
    _tell_apart(*players)
    # Built now: Keras restores the state of built optimizers only, and slots cannot
    # be made inside the replicas of a strategy.
    return _prepared(players[0], generator), _prepared(players[1], discriminator)


def _prepared(optimizer: Any, network: keras.Model) -> keras.optimizers.Optimizer:
    in_float16 = any(layer.compute_dtype == "float16" for layer in layers_of(network))
    is_scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    if in_float16 and not is_scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, name=optimizer.name)
    if not optimizer.built:
        optimizer.build(network.trainable_variables)
    return optimizer


def _refuse_averages(name: str, optimizer: Any) -> None:
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if inner.use_ema:
        raise ValueError(
            f"`{name}` must not keep averages of its own: Keras would put them in "
            "place of both networks' weights. Received: use_ema=True. Use "
            "GAN(..., ema_half_life=...) instead."
        )


def _tell_apart(generator_optimizer: Any, discriminator_optimizer: Any) -> None:
    # Callbacks log `learning_rate_<name>`: two optimizers of one class share a name.
    if generator_optimizer.name == discriminator_optimizer.name:
        generator_optimizer.name = f"generator_{generator_optimizer.name}"
        discriminator_optimizer.name = f"discriminator_{discriminator_optimizer.name}"


def share_of(loss: Tensor, optimizer: Any) -> Tensor:
    """What a replica minimises: optimizers sum over replicas, and scale for float16."""
    return optimizer.scale_loss(loss / num_replicas())


def move(
    optimizer: Any, gradients: Sequence[Tensor | None], variables: Sequence[Any]
) -> None:
    """Applies the gradients of a share of the loss, on every replica or on none."""
    is_scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    if is_scaled and num_replicas() > 1:
        gradients = _lost_together(gradients)
    optimizer.apply(gradients, variables)


def _lost_together(gradients: Sequence[Tensor | None]) -> list[Tensor | None]:
    # Keras asks the first replica alone whether float16 overflowed, and would add the
    # overflow of another replica to the weights.
    finite = [
        tf.reduce_all(tf.math.is_finite(one)) for one in gradients if one is not None
    ]
    lost = tf.cast(tf.logical_not(tf.reduce_all(finite)), tf.float32)
    context = tf.distribute.get_replica_context()
    anywhere = context.all_reduce(tf.distribute.ReduceOp.SUM, lost) > 0
    return [
        None if one is None else tf.where(anywhere, _nan(one.dtype), one)
        for one in gradients
    ]


def _nan(dtype: tf.DType) -> Tensor:
    return tf.constant(float("nan"), dtype)
