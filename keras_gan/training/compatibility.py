"""Rules of a game that contradict each other, or are known to fail together."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_gan import layers
from keras_gan._layers_of import layers_of
from keras_gan.games.game import Game, makers_of
from keras_gan.terms.term import Term
from keras_gan.training.compilation import chosen_compilation
from keras_gan.training.examples import LATENTS
from keras_gan.training.last_activations import last_activation, reachable_range
from keras_gan.training.network_checks import check_apart, models_of
from keras_gan.training.regularization import check_no_activity_regularizer
from keras_gan.training.rules import Rules

_OF_GAME = "_constraint_is_of_game"  # mark of a variable: not its layer's own


def checked_compilation(
    gan: Any, rules: Rules, jit_compile: Any, of_keras: Mapping[str, Any]
) -> Any:
    """Returns whether XLA compiles a game by these rules.

    Args:
        gan: the `GAN`.
        rules: those of the game to come.
        jit_compile: as `GAN.compile` takes it.
        of_keras: what else of it is Keras's business.

    Raises:
        ValueError: if the rules contradict each other, the networks, the game or the
            replicas.
    """
    for term in rules.terms:
        term.check(gan)
        _check_held_apart(gan, term)
    strategy = gan.distribute_strategy
    jit_compile = chosen_compilation(
        jit_compile,
        of_keras.get("run_eagerly", False),
        (gan.generator, gan.discriminator),
        rules.terms,
        rules.simultaneous,
        strategy,
    )
    check_constraints(gan.discriminator, rules)
    for network in (*makers_of(gan, rules.terms), gan.discriminator):
        check_no_activity_regularizer(network)
    gan.networks.check_averages()
    _check_what_is_judged(gan)
    _check_who_learns(gan.game, rules)
    replicas = strategy.num_replicas_in_sync
    _check_steps_of_execution(of_keras.get("steps_per_execution"), replicas)
    _check_rules_fit(rules, gan.discriminator, jit_compile, replicas)
    _warn_of_known_failures(rules, gan.discriminator)
    _warn_of_another_range(rules.augmentation, gan.generator)
    _warn_of_the_frozen(
        generator=makers_of(gan, rules.terms), discriminator=[gan.discriminator]
    )
    return jit_compile


def _warn_of_the_frozen(**players: Sequence[keras.Model]) -> None:
    for name, networks in players.items():
        if not any(one.trainable_variables for one in networks):
            warnings.warn(
                f"The {name} has no trainable weights, and will learn nothing. Only "
                "the player that moves is changed here: neither needs trainable=False.",
                stacklevel=5,
            )


def _check_held_apart(gan: Any, term: Any) -> None:
    players = {"generator": gan.generator, "discriminator": gan.discriminator}
    # `bind` hands a term the players, which it may keep.
    binds = type(term).bind is not Term.bind
    held = {
        f"{name} of {type(term).__name__}": one
        for name, one in models_of(term).items()
        if not (binds and any(one is player for player in players.values()))
    }
    check_apart(**players, encoder=gan.game.encoder, **held)


def _check_rules_fit(
    rules: Rules, discriminator: keras.Model, jit_compile: Any, replicas: int
) -> None:
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


def _check_steps_of_execution(steps: Any, replicas: int) -> None:
    # Keras 3.15.1 ends in an error of TensorFlow about a placeholder that is not fed.
    if replicas > 1 and steps not in (None, 1):
        raise ValueError(
            "`steps_per_execution` must be 1 on several replicas, where Keras plays no "
            f"several steps at once. Received: {steps!r} on {replicas} replicas."
        )


def _check_what_is_judged(gan: Any) -> None:
    """Raises where a discriminator of latents would see data that have none."""
    sees_latents = LATENTS in gan.networks.of_discriminator.names
    if sees_latents and type(gan.game).real is Game.real:
        raise ValueError(
            f"A discriminator of {LATENTS!r} judges pairs, and this game has none for "
            f"data. Received: a {type(gan.game).__name__}. Make the GAN with "
            "game=keras_gan.games.Bidirectional(encoder), or leave that input out."
        )


def _check_who_learns(game: Any, rules: Rules) -> None:
    """Raises where an encoder would learn by the objective that a term replaces."""
    replacing = [
        type(term).__name__
        for term in rules.terms
        if term.replaces_objective and "generator" in term.players
    ]
    trained = any(term.trains_encoder for term in rules.terms)
    if replacing and game.makes_real and not trained:
        raise ValueError(
            f"The encoder of a {type(game).__name__} game learns by the objective, "
            f"which {replacing[0]} replaces. Received: no other term that trains it; "
            "set replaces_objective=False."
        )


def _warn_of_known_failures(rules: Rules, discriminator: keras.Model) -> None:
    limits_gradient = any(term.limits_gradient for term in rules.terms)
    normalized = any(
        isinstance(
            layer, layers.SpectralNormalization | keras.layers.SpectralNormalization
        )
        for layer in layers_of(discriminator)
    )
    unlimited = not (limits_gradient or rules.discriminator_constraint or normalized)
    objective = rules.objective
    if objective.needs_lipschitz and unlimited:
        warnings.warn(
            f"The objective {type(objective).__name__} estimates a distance only for "
            "a discriminator of bounded slope, and nothing bounds this one: its loss "
            "will run away. Add terms=[kg.terms.GradientPenalty()], spectral "
            "normalization, or discriminator_constraint.",
            stacklevel=5,
        )
    mixing = _mixing_layers(discriminator)
    if limits_gradient and mixing:
        warnings.warn(
            "A gradient penalty bounds the slope for each image by itself, but layer "
            f"{mixing[0]!r} of the discriminator makes a logit depend on the whole "
            "batch: the bound is wrong. Use keras.layers.LayerNormalization or none.",
            stacklevel=5,
        )


def _warn_of_another_range(augmentation: Any, generator: keras.Model) -> None:
    reachable = reachable_range(generator)
    expected: Any = getattr(augmentation, "value_range", None)
    is_range = isinstance(expected, list | tuple) and len(expected) == 2
    if reachable is not None and is_range and tuple(expected) != reachable:
        warnings.warn(
            f"The augmentation is for images in {tuple(expected)}, but the generator "
            f"ends in {last_activation(generator)!r} with range {reachable}: images "
            f"would change by other amounts. Pass value_range={reachable} to "
            f"{type(augmentation).__name__}.",
            stacklevel=5,
        )


def check_constraints(network: keras.Model, rules: Rules) -> None:
    """Raises where the rules constrain a variable that has a constraint of its own."""
    if rules.discriminator_constraint is None:
        return
    for variable in network.trainable_variables:
        if variable.constraint is not None and not getattr(variable, _OF_GAME, False):
            raise ValueError(
                "`discriminator_constraint` must be the only one. Received: variable "
                f"{variable.path!r} with a constraint of its own; remove either."
            )


def constrain(network: keras.Model, rules: Rules) -> None:
    """Lays the rules' constraint on every variable, in place of that of before.

    Also of another game before, with the same network: its mark is on the variable.
    """
    constraint = rules.discriminator_constraint
    for variable in network.trainable_variables:
        if getattr(variable, _OF_GAME, False):
            variable.constraint = None
        if constraint is not None:
            variable.constraint = constraint
        setattr(variable, _OF_GAME, constraint is not None)


def _mixing_layers(discriminator: keras.Model) -> list[str]:
    """Names of the layers that make a row's logit depend on other rows."""
    return [
        layer.name
        for layer in layers_of(discriminator)
        if isinstance(layer, keras.layers.BatchNormalization)
        or getattr(layer, "uses_batch_statistics", False)
    ]
