"""Which function `fit` calls for each step, or for several."""

from collections.abc import Callable
from typing import Any

from keras_gan.training import several_steps, step_function


def train_function(model: Any, by_keras: Callable[[], Any]) -> Any:
    """Returns a function of an iterator over minibatches.

    Args:
        model: compiled `GAN`.
        by_keras: sets `model.train_function` to Keras's own, for several devices,
            several steps and play without a graph.
    """
    if step_function.suits(model):
        return step_function.StepFunction(model.train_step, model.jit_compile)
    by_keras()
    if several_steps.suits(model):
        return several_steps.SeveralSteps(
            model.train_step, model.steps_per_execution, model.train_function
        )
    return model.train_function
