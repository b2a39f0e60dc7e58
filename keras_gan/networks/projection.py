"""Residual networks told the class: by conditional normalization, by projection."""

import keras

from keras_gan._halvings import num_halvings
from keras_gan._types import Shape, Tensor
from keras_gan.layers.conditional_batch_normalization import (
    ConditionalBatchNormalization,
)
from keras_gan.layers.projection_head import ProjectionHead
from keras_gan.networks._dcgan_parts import checked_dcgan_shape
from keras_gan.networks._parts import labels_input
from keras_gan.networks._residual_parts import (
    EPSILON,
    MOMENTUM,
    check_residual_arguments,
    glorot,
    grown_residually,
    seed_of,
    shrunk_residually,
)


def projection_generator(
    latent_dim: int,
    num_classes: int,
    image_shape: Shape,
    base_filters: int = 32,
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a residual generator whose normalizations are told the class.

    The partner of `projection_discriminator`, in the published form but for its size:
    a transposed convolution of stride 2 doubles a grid where the published block has
    nearest neighbors and a convolution, and the last doubling is one without a block,
    so that nothing but the image is computed at full size.

        n     = number of times that both sides halve evenly from above 4
        grid  = (height / 2^n, width / 2^n, base_filters 2^(n-1))
        block = h + f(h),  f = cbn, relu, doubling, cbn, relu, convolution
        h     = block_{n-1}(... block_1(dense(z)))
        G     = output_activation(doubling(relu(bn(h))))

    cbn is `keras_gan.layers.ConditionalBatchNormalization`, bn one without classes;
    with n = 1 there is no block, and the last one is a cbn.
    Block i has `base_filters 2^(n-1-i)` filters; its shortcut doubles by nearest
    neighbors and has a convolution of one pixel.

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places, e.g. 28 (to 7), 32 or 64 (to 4).
        base_filters: int, at least 1. Filters of the last layer but one.
            Defaults to `32`.
        output_activation: Keras activation; its range is that of the images.
            Defaults to `"tanh"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from `latents` `[batch, latent_dim]` and integer
        `labels` `[batch]` to float32 images `[batch, height, width, channels]`.

    Raises:
        ValueError: if a number is too small or the image cannot be halved.

    Example:
    >>> projection_generator(128, 10, (28, 28, 1)).count_params()
    451425

    References:
        Miyato and Koyama, cGANs with Projection Discriminator, 2018.
        https://arxiv.org/abs/1802.05637
    """
    check_residual_arguments(
        base_filters, seed, latent_dim=latent_dim, num_classes=num_classes
    )
    latents, labels = keras.Input((latent_dim,), name="latents"), labels_input()

    def of_class(outputs: Tensor, name: str) -> Tensor:
        return ConditionalBatchNormalization(num_classes, MOMENTUM, EPSILON, name=name)(
            outputs, labels
        )

    images = grown_residually(
        latents, image_shape, base_filters, of_class, output_activation, seed
    )
    return keras.Model([latents, labels], images, name=name)


def projection_discriminator(
    image_shape: Shape,
    num_classes: int,
    base_filters: int = 32,
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a residual discriminator that projects its features on the class.

    Every kernel, and the embeddings of the classes, are spectrally normalized. It is
    made for `objective="hinge"`. The published form but for its size: a convolution of
    stride 2 takes the place of the first block, so that nothing is computed at full
    size, another one halves in a block, and no blocks follow the last halving.

        n      = number of times that both sides halve evenly from above 4
        block  = h + f(h),  f = relu, convolution, relu, halving
        phi    = sum over pixels of relu(block_{n-1}(... block_1(halving(x))))
        D(x,c) = psi(phi) + embedding[c] . phi

    The first halving has `base_filters` filters, block i has `base_filters 2^i`; its
    shortcut halves by means of 2x2 pixels and has a convolution of one pixel.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places.
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        base_filters: int, at least 1. Filters of the first layer. Defaults to `32`.
        seed: int, of initial weights and power iterations. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from `images` `[batch, height, width, channels]`
        and integer `labels` `[batch]` to one logit `[batch, 1]`, float32.

    Raises:
        ValueError: if a number is too small or the image cannot be halved.

    Example:
    >>> discriminator = projection_discriminator((28, 28, 1), 10)
    >>> discriminator.get_layer("sums").output.shape
    (None, 64)

    References:
        Miyato and Koyama, cGANs with Projection Discriminator, 2018.
        https://arxiv.org/abs/1802.05637
        Miyato et al., Spectral Normalization for Generative Adversarial Networks, 2018.
        https://arxiv.org/abs/1802.05957
    """
    check_residual_arguments(base_filters, seed)
    height, width, channels = checked_dcgan_shape(image_shape)
    images = keras.Input((height, width, channels), name="images")
    labels = labels_input()
    features = shrunk_residually(images, base_filters, seed)
    count = num_halvings(height, width)
    # The logit stays float32 under mixed precision: losses are computed from it.
    logits = ProjectionHead(
        num_classes,
        kernel_initializer=glorot(seed, count, 0),
        embeddings_initializer=glorot(seed, count, 1),
        seed=seed_of(seed, count, 2),
        dtype="float32",
        name="logits",
    )(features, labels)
    return keras.Model([images, labels], logits, name=name)
