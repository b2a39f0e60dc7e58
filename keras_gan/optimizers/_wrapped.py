"""The optimizer that moves the weights, inside one that scales the loss."""

from typing import Any


def wrapped(optimizer: Any) -> Any:
    """Returns what a `keras.optimizers.LossScaleOptimizer` wraps, or the optimizer.

    Args:
        optimizer: `keras.optimizers.Optimizer`.

    Returns:
        optimizer: the one that holds the state, the rate and the rules of clipping.
    """
    return getattr(optimizer, "inner_optimizer", optimizer)
