"""Two optimizers in one Keras model: each prepared for its network, both reachable."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._layers_of import layers_of
from keras_gan._replicas import num_replicas
from keras_gan.optimizers._wrapped import wrapped
from keras_gan.optimizers.fused_updates import fuse_updates
from keras_gan.training.gradient_sums import keep_updates_in_order


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
    makers: Sequence[keras.Model],
    judges: Sequence[keras.Model],
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
    for player, optimizer in zip(("generator", "discriminator"), players, strict=True):
        _refuse_averages(f"{player}_optimizer", optimizer)
        optimizer.name = player  # callbacks log `learning_rate_<name>`
    # Built now: Keras restores the state of built optimizers only, and slots cannot
    # be made inside the replicas of a strategy.
    return prepared(players[0], makers), prepared(players[1], judges)


def prepared(
    optimizer: Any, networks: Sequence[keras.Model]
) -> keras.optimizers.Optimizer:
    """Returns an optimizer, built, with a loss scaler where float16 needs one."""
    _refuse_accumulation_on_replicas(optimizer)
    layers = [one for network in networks for one in (network, *layers_of(network))]
    in_float16 = any(layer.compute_dtype == "float16" for layer in layers)
    is_scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    if in_float16 and not is_scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, name=optimizer.name)
    try:
        if not optimizer.built:
            variables = [one for part in networks for one in part.trainable_variables]
            optimizer.build(variables)
    except RuntimeError as error:
        raise ValueError(
            "Optimizers of a game on several replicas must be created where the GAN "
            "is, inside `with strategy.scope():`. Received: "
            f"{type(optimizer).__name__} created elsewhere."
        ) from error
    _refuse_another_s(optimizer, networks)
    fuse_updates(optimizer)
    keep_updates_in_order(optimizer)
    return optimizer


def _refuse_another_s(optimizer: Any, networks: Sequence[keras.Model]) -> None:
    """Raises where an optimizer was built for other weights than it shall move."""
    inner = wrapped(optimizer)
    # Keras has no public way to what an optimizer was built for.
    known = {id(variable) for variable in inner._trainable_variables}
    moved = [one for network in networks for one in network.trainable_variables]
    if any(id(variable) not in known for variable in moved):
        raise ValueError(
            "An optimizer holds the state of the weights that it was first compiled "
            f"with. Received: {type(optimizer).__name__} that was built for others; "
            "make a new one."
        )


def _refuse_accumulation_on_replicas(optimizer: Any) -> None:
    inner = wrapped(optimizer)
    if num_replicas() > 1 and inner.gradient_accumulation_steps:
        raise ValueError(
            "`gradient_accumulation_steps` must be None on several replicas: Keras's "
            "optimizers do not accumulate there. Received: gradient_accumulation_steps="
            f"{inner.gradient_accumulation_steps}. Use larger batches."
        )


def _refuse_averages(name: str, optimizer: Any) -> None:
    inner = wrapped(optimizer)
    if inner.use_ema:
        raise ValueError(
            f"`{name}` must not keep averages of its own: Keras would put them in "
            "place of both networks' weights. Received: use_ema=True. Use "
            "GAN(..., ema_half_life=...) instead."
        )
