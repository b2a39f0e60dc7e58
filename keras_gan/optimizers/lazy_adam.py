"""Adam's parameters for a lazy term with an optimizer step of its own."""

from keras_gan._validation import (
    check_fraction,
    check_positive,
    check_positive_integer,
)


def lazy_adam_parameters(
    interval: int, learning_rate: float, beta_1: float = 0.9, beta_2: float = 0.999
) -> dict[str, float]:
    """Adam's parameters where a lazy term takes an optimizer step of its own.

    When to use it: to reproduce published settings whose optimizer was corrected in
    this way, such as those of StyleGAN2, or in a loop of your own that gives the lazy
    term a step of its own. A `GAN` does not need it: there a lazy penalty joins every
    `interval`-th move that is made anyway and no step is added, so k moves go k times
    the learning rate in both designs, here with the plain parameters.

    A loop with one more step in every k takes k + 1 steps for k; smaller steps with
    longer memories let Adam move and forget over k minibatches as it would without:

        c = interval / (interval + 1)
        learning_rate <- c * learning_rate
        beta_1 <- beta_1 ** c,   beta_2 <- beta_2 ** c

    Args:
        interval: int, at least 1. The k of the lazy term.
        learning_rate: float, above 0.
        beta_1: float in [0, 1). Defaults to `0.9`.
        beta_2: float in [0, 1). Defaults to `0.999`.

    Returns:
        parameters: dict with `learning_rate`, `beta_1` and `beta_2`, to be passed to
        `keras.optimizers.Adam`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> parameters = lazy_adam_parameters(16, 0.002, beta_1=0.0, beta_2=0.99)
    >>> import keras
    >>> optimizer = keras.optimizers.Adam(**parameters, epsilon=1e-8)
    >>> round(parameters["learning_rate"], 8), round(parameters["beta_2"], 6)
    (0.00188235, 0.990585)

    References:
        Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020,
        appendix B. https://arxiv.org/abs/1912.04958
    """
    interval = check_positive_integer("interval", interval)
    share = interval / (interval + 1)
    return {
        "learning_rate": share * check_positive("learning_rate", learning_rate),
        "beta_1": check_fraction("beta_1", beta_1) ** share,
        "beta_2": check_fraction("beta_2", beta_2) ** share,
    }
