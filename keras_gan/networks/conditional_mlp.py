"""The fully connected conditional networks of Mirza and Osindero."""

import math

import keras

from keras_gan._types import FloatArray, Shape, Tensor
from keras_gan._validation import (
    check_fraction,
    check_positive_integer,
    check_positive_integers,
    check_seed,
)
from keras_gan.layers.maxout import Maxout
from keras_gan.networks._parts import (
    bias_of_pixels,
    dropout,
    labels_input,
    logit,
    uniform,
)

# Indices of the layers, for seeds.
_DATA, _LABELS, _JOINT, _OUTPUT = range(4)


def conditional_mlp_generator(
    latent_dim: int,
    num_classes: int,
    image_shape: Shape,
    latent_units: int = 200,
    label_units: int = 1000,
    joint_units: int = 1200,
    dropout_rate: float = 0.5,
    output_activation: str = "sigmoid",
    latent_weight_range: float = 1.5,
    label_weight_range: float = 0.5,
    weight_range: float = 0.05,
    output_bias: FloatArray | None = None,
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a fully connected generator told the class; the defaults are of 2014.

    Latents and the one-hot class get a hidden layer each, then one in common:

        h = [relu(dense(z)), relu(dense(one_hot(c)))]
        G(z, c) = output_activation(dense(relu(dense(h))))

    Dropout acts on every hidden layer. The paper does not say where it acts, nor how
    weights start: here uniform, the last two layers in the range of the unconditional
    paper. In the first two it is wider: numbers of the unit interval vary little, one
    of a one-hot vector moves, and dropout is a noise that the generator would use in
    their place, which samples do not have.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        image_shape: tuple `(height, width, channels)` of one image.
        latent_units: int, at least 1. Defaults to `200`.
        label_units: int, at least 1. Defaults to `1000`.
        joint_units: int, at least 1. Defaults to `1200`.
        dropout_rate: float in [0, 1), share of hidden units dropped. Defaults to `0.5`.
        output_activation: Keras activation; its range is that of the images.
            Defaults to `"sigmoid"`.
        latent_weight_range: float, above 0: weights of the latents start uniform in
            [-latent_weight_range, latent_weight_range]. Defaults to `1.5`.
        label_weight_range: float, above 0, of the class. Defaults to `0.5`.
        weight_range: float, above 0, of the other layers. Defaults to `0.05`.
        output_bias: array with one value for each pixel that the output bias starts at,
            e.g. `pixel_marginal_logits(images)`, or `None` for zeros.
            Defaults to `None`.
        seed: int, of initial weights and dropout masks. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from `latents` `[batch, latent_dim]` and integer
        `labels` `[batch]` to float32 images `[batch, height, width, channels]`.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> conditional_mlp_generator(100, 10, (28, 28, 1)).count_params()
    2413984

    References:
        Mirza and Osindero, Conditional Generative Adversarial Nets, 2014, section 4.1.
        https://arxiv.org/abs/1411.1784
    """
    check_seed("seed", seed)
    check_positive_integer("latent_dim", latent_dim)
    image_shape = check_positive_integers("image_shape", image_shape)
    widths = {
        _DATA: check_positive_integer("latent_units", latent_units),
        _LABELS: check_positive_integer("label_units", label_units),
        _JOINT: check_positive_integer("joint_units", joint_units),
    }
    rate = check_fraction("dropout_rate", dropout_rate)
    ranges = (latent_weight_range, label_weight_range, weight_range, weight_range)

    def hidden(inputs: Tensor, index: int) -> Tensor:
        rows = keras.layers.Dense(
            widths[index],
            activation="relu",
            kernel_initializer=uniform(ranges[index], seed, index),
            name=f"dense_{index}",
        )(inputs)
        return dropout(rate, seed, index)(rows)

    latents, labels = keras.Input((latent_dim,), name="latents"), labels_input()
    rows = _joined(
        hidden(latents, _DATA), hidden(_one_hot(labels, num_classes), _LABELS)
    )
    kernel = uniform(ranges[_OUTPUT], seed, _OUTPUT)
    pixels = _pixels(hidden(rows, _JOINT), image_shape, kernel, output_bias)
    # Images stay float32 under mixed precision, as the data are.
    images = keras.layers.Activation(output_activation, dtype="float32", name="images")
    return keras.Model([latents, labels], images(pixels), name=name)


def _pixels(
    rows: Tensor,
    image_shape: Shape,
    kernel: keras.Initializer,
    bias: FloatArray | None,
) -> Tensor:
    num_pixels = math.prod(image_shape)
    output = keras.layers.Dense(
        num_pixels, kernel_initializer=kernel, name=f"dense_{_OUTPUT}"
    )
    pixels = output(rows)
    if bias is not None:
        output.bias.assign(bias_of_pixels(bias, num_pixels))
    return keras.layers.Reshape(image_shape, name="grid")(pixels)


def conditional_maxout_discriminator(
    image_shape: Shape,
    num_classes: int,
    image_units: int = 240,
    label_units: int = 50,
    joint_units: int = 240,
    image_pieces: int = 5,
    label_pieces: int = 5,
    joint_pieces: int = 4,
    dropout_rate: float = 0.5,
    label_weight_range: float = 0.05,
    weight_range: float = 0.005,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a maxout discriminator that sees the class; the defaults are of 2014.

    The image and the one-hot class get a maxout layer each, then one in common:

        h = [maxout(x), maxout(one_hot(c))]
        D(x, c) = dense(maxout(h))

    Dropout acts on every hidden layer. The paper does not say where it acts, nor how
    weights start: here uniform in the range of the unconditional paper, but wider for
    the one-hot class, of which a single number is not zero.

    Args:
        image_shape: tuple `(height, width, channels)` of one image.
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        image_units: int, at least 1. Defaults to `240`.
        label_units: int, at least 1. Defaults to `50`.
        joint_units: int, at least 1. Defaults to `240`.
        image_pieces: int, at least 1, affine pieces of a unit. Defaults to `5`.
        label_pieces: int, at least 1. Defaults to `5`.
        joint_pieces: int, at least 1. Defaults to `4`.
        dropout_rate: float in [0, 1), share of hidden units dropped. Defaults to `0.5`.
        label_weight_range: float, above 0: weights of the class start uniform in
            [-label_weight_range, label_weight_range]. Defaults to `0.05`.
        weight_range: float, above 0, of the other layers. Defaults to `0.005`.
        seed: int, of initial weights and dropout masks. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from `images` `[batch, height, width, channels]`
        and integer `labels` `[batch]` to one logit `[batch, 1]`, float32.

    Raises:
        ValueError: if an argument lies outside its range.

    Example:
    >>> conditional_maxout_discriminator((28, 28, 1), 10).count_params()
    1224351

    References:
        Mirza and Osindero, Conditional Generative Adversarial Nets, 2014, section 4.1.
        https://arxiv.org/abs/1411.1784
    """
    check_seed("seed", seed)
    image_shape = check_positive_integers("image_shape", image_shape)
    widths = {"image": image_units, "label": label_units, "joint": joint_units}
    pieces = {"image": image_pieces, "label": label_pieces, "joint": joint_pieces}
    sizes = [
        (
            check_positive_integer(f"{part}_units", widths[part]),
            check_positive_integer(f"{part}_pieces", pieces[part]),
        )
        for part in widths
    ]
    rate = check_fraction("dropout_rate", dropout_rate)

    def hidden(inputs: Tensor, index: int) -> Tensor:
        half_width = label_weight_range if index == _LABELS else weight_range
        rows = Maxout(
            *sizes[index],
            kernel_initializer=uniform(half_width, seed, index),
            name=f"maxout_{index}",
        )(inputs)
        return dropout(rate, seed, index)(rows)

    images, labels = keras.Input(image_shape, name="images"), labels_input()
    pixels = keras.layers.Flatten(name="flatten")(images)
    rows = _joined(
        hidden(pixels, _DATA), hidden(_one_hot(labels, num_classes), _LABELS)
    )
    logits = logit(weight_range, seed, _OUTPUT)(hidden(rows, _JOINT))
    return keras.Model([images, labels], logits, name=name)


def _one_hot(labels: Tensor, num_classes: int) -> Tensor:
    num_classes = check_positive_integer("num_classes", num_classes)
    return keras.layers.CategoryEncoding(
        num_classes, output_mode="one_hot", name="one_hot"
    )(labels)


def _joined(rows: Tensor, label_rows: Tensor) -> Tensor:
    return keras.layers.Concatenate(name="joined")([rows, label_rows])
