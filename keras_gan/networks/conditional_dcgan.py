"""The networks of DCGAN, told the class of an image, or telling it."""

import keras

from keras_gan._halvings import num_halvings
from keras_gan._seeds import derived_seed
from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_positive_integer
from keras_gan.networks._dcgan_parts import (
    check_dcgan_arguments,
    checked_dcgan_shape,
    dense_output,
    grown_images,
    shrunk_features,
)
from keras_gan.networks._parts import labels_input

_EMBEDDING = 2**16  # index of the embedding's seed: no layer of the others has it


def conditional_dcgan_generator(
    latent_dim: int,
    num_classes: int,
    image_shape: Shape,
    embedding_dim: int = 50,
    base_filters: int = 64,
    kernel_size: int = 5,
    normalization: str | None = "batch",
    output_activation: str = "tanh",
    seed: int = 0,
    name: str = "generator",
) -> keras.Model:
    """Builds a DCGAN generator that is told the class of the image to make.

    It is `dcgan_generator` on latents to which a learned vector of the class is joined.
    Radford et al. join the class, one-hot, to every layer of their MNIST networks; one
    vector at the beginning is this package's choice.

        G(z, c) = dcgan_generator([z, embedding[c]]),     embedding ~ N(0, 1) at first

    Args:
        latent_dim: int, at least 1. Length of one latent vector.
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places, e.g. 28 (to 7), 32 or 64 (to 4).
        embedding_dim: int, at least 1. Length of a class's vector. Defaults to `50`.
        base_filters: int, at least 1. Filters of the last layer but one.
            Defaults to `64`.
        kernel_size: int, at least 2. Defaults to `5`.
        normalization: `"batch"`, `"layer"` or `None`, as in `dcgan_generator`.
            Defaults to `"batch"`.
        output_activation: Keras activation; its range is that of the images.
            Defaults to `"tanh"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"generator"`.

    Returns:
        generator: `keras.Model` from `latents` `[batch, latent_dim]` and integer
        `labels` `[batch]` to float32 images `[batch, height, width, channels]`.

    Raises:
        ValueError: if a number is too small, `normalization` is unknown, or the image
            cannot be halved.

    Example:
    >>> generator = conditional_dcgan_generator(100, 10, (28, 28, 1))
    >>> generator.count_params()  # dcgan_generator(150, ...) and 10 vectors of 50
    1173045

    References:
        Mirza and Osindero, Conditional Generative Adversarial Nets, 2014.
        https://arxiv.org/abs/1411.1784
        Radford et al., Unsupervised Representation Learning with Deep Convolutional
        Generative Adversarial Networks, 2016. https://arxiv.org/abs/1511.06434
    """
    check_dcgan_arguments(base_filters, kernel_size, normalization, seed)
    check_positive_integer("latent_dim", latent_dim)
    check_positive_integer("embedding_dim", embedding_dim)
    latents, labels = keras.Input((latent_dim,), name="latents"), labels_input()
    vectors = _embedded(labels, num_classes, embedding_dim, seed)
    images = grown_images(
        keras.layers.Concatenate(name="latents_and_class")([latents, vectors]),
        image_shape,
        base_filters,
        kernel_size,
        normalization,
        output_activation,
        seed,
    )
    return keras.Model([latents, labels], images, name=name)


def conditional_dcgan_discriminator(
    image_shape: Shape,
    num_classes: int,
    base_filters: int = 64,
    kernel_size: int = 5,
    normalization: str | None = "batch",
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a DCGAN discriminator that judges an image together with its class.

    It is `dcgan_discriminator` on images that have one more channel: a learned map of
    the class, of the image's size, N(0, 1) at first. (Radford et al. give each layer
    of their MNIST networks the class as constant one-hot channels.)

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places.
        num_classes: int, at least 1. Labels are 0 to `num_classes - 1`.
        base_filters: int, at least 1. Filters of the first layer. Defaults to `64`.
        kernel_size: int, at least 2. Defaults to `5`.
        normalization: `"batch"`, `"layer"` or `None`, as in `dcgan_discriminator`.
            Defaults to `"batch"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from `images` `[batch, height, width, channels]`
        and integer `labels` `[batch]` to one logit `[batch, 1]`, float32.

    Raises:
        ValueError: if a number is too small, `normalization` is unknown, or the image
            cannot be halved.

    Example:
    >>> discriminator = conditional_dcgan_discriminator((28, 28, 1), 10)
    >>> discriminator.count_params()  # 213249 + 10 * 28 * 28 + 5 * 5 * 64
    222689

    References:
        Mirza and Osindero, Conditional Generative Adversarial Nets, 2014.
        https://arxiv.org/abs/1411.1784
    """
    check_dcgan_arguments(base_filters, kernel_size, normalization, seed)
    height, width, channels = checked_dcgan_shape(image_shape)
    images = keras.Input((height, width, channels), name="images")
    labels = labels_input()
    maps = _embedded(labels, num_classes, height * width, seed)
    maps = keras.layers.Reshape((height, width, 1), name="map_of_class")(maps)
    judged = keras.layers.Concatenate(name="image_and_class")([images, maps])
    features = shrunk_features(judged, base_filters, kernel_size, normalization, seed)
    index = num_halvings(height, width)
    logits = dense_output(features, 1, seed, index, name="logits")
    return keras.Model([images, labels], logits, name=name)


def acgan_discriminator(
    image_shape: Shape,
    num_classes: int,
    base_filters: int = 64,
    kernel_size: int = 5,
    normalization: str | None = "batch",
    seed: int = 0,
    name: str = "discriminator",
) -> keras.Model:
    """Builds a DCGAN discriminator that also says which class an image is of.

    For `keras_gan.terms.AuxiliaryClassifier`: it is `dcgan_discriminator` with a second
    dense layer beside the logit's.

    Args:
        image_shape: tuple `(height, width, channels)` of one image; both sides halve,
            as often, to a grid of at most 625 places.
        num_classes: int, at least 1.
        base_filters: int, at least 1. Filters of the first layer. Defaults to `64`.
        kernel_size: int, at least 2. Defaults to `5`.
        normalization: `"batch"`, `"layer"` or `None`, as in `dcgan_discriminator`.
            Defaults to `"batch"`.
        seed: int, of the initial weights. Defaults to `0`.
        name: str. Defaults to `"discriminator"`.

    Returns:
        discriminator: `keras.Model` from `images` `[batch, height, width, channels]` to
        a dict of `logits` `[batch, 1]` and `classes` `[batch, num_classes]`, both
        without an activation, float32.

    Raises:
        ValueError: if a number is too small, `normalization` is unknown, or the image
            cannot be halved.

    Example:
    >>> discriminator = acgan_discriminator((28, 28, 1), 10)
    >>> discriminator.count_params()  # 213249 + 10 * (7 * 7 * 128 + 1)
    275979

    References:
        Odena et al., Conditional Image Synthesis With Auxiliary Classifier GANs, 2017.
        https://arxiv.org/abs/1610.09585
    """
    check_dcgan_arguments(base_filters, kernel_size, normalization, seed)
    check_positive_integer("num_classes", num_classes)
    height, width, channels = checked_dcgan_shape(image_shape)
    images = keras.Input((height, width, channels), name="images")
    features = shrunk_features(images, base_filters, kernel_size, normalization, seed)
    index = num_halvings(height, width)
    outputs = {
        "logits": dense_output(features, 1, seed, index, name="logits"),
        "classes": dense_output(features, num_classes, seed, index + 1, name="classes"),
    }
    return keras.Model(images, outputs, name=name)


def _embedded(labels: Tensor, num_classes: int, width: int, seed: int) -> Tensor:
    return keras.layers.Embedding(
        check_positive_integer("num_classes", num_classes),
        width,
        embeddings_initializer=keras.initializers.RandomNormal(
            0.0, 1.0, seed=derived_seed(seed, _EMBEDDING)
        ),
        name="class_embedding",
    )(labels)
