"""Classifying with a hundred labels: the game of Salimans et al. for MNIST."""

import functools

import keras

from keras_gan._seeds import pair_of_seeds
from keras_gan.datasets.dataset import Dataset
from keras_gan.datasets.hidden_labels import with_few_labels
from keras_gan.gan import GAN
from keras_gan.layers.weight_normalization import initialize_from_data
from keras_gan.networks.few_labels import (
    FEATURES,
    classifying_discriminator,
    softplus_generator,
)
from keras_gan.optimizers import RootEpsilonAdam
from keras_gan.priors import UniformPrior
from keras_gan.recipes.fitting import (
    fully_connected,
    labelled,
    of_images,
    rich_in_each_class,
)
from keras_gan.recipes.listing import LISTED
from keras_gan.recipes.recipe import Recipe
from keras_gan.terms import FeatureMatching, LabelledExamples

_NAME = "few_labels"
_LATENT_DIM = 100
_NUM_PER_CLASS = 10  # 100 labels of ten digits
_NUM_INITIALIZING = 500  # images that set the scales, as in the published code
_LEARNING_RATE, _BETA_1, _EPSILON = 0.003, 0.5, 1e-8
_RATE = 1e-4  # share of each move in the published average of the discriminator
_BATCH_SIZE = 100


def few_labels(data: Dataset, seed: int = 0) -> GAN:
    """Builds the few-label MNIST configuration of Salimans et al., compiled, untrained.

    As the published code: latents uniform in the unit hypercube, 100 of them; softplus
    generator of 500 and 500; weight-normalized, noisy discriminator of 1000, 500 and
    three times 250 with ten classes, initialized from 500 images; the generator matches
    mean features; Adam with rate 0.003 and beta_1 0.5 in minibatches of 100; a running
    average of the discriminator, 1e-4 a step, classifies. The bias of that average is
    corrected here, for runs shorter than the 300 epochs of the paper.

    Args:
        data: `Dataset` with labels, -1 for unknown ones, and pixels in [0, 1]; the
            recipe hides all training labels but ten of each class.
        seed: int, of weights, latents, noise and data order. Defaults to `0`.

    Returns:
        gan: compiled `GAN`; `gan.classify(images)` are its probabilities.

    Raises:
        ValueError: if the data have no labels.

    Example:
    >>> from keras_gan.datasets import load_digits
    >>> gan = few_labels(load_digits(), seed=0)
    >>> gan.discriminator.output["classes"].shape
    (None, 10)

    References:
        Salimans et al., Improved Techniques for Training GANs, 2016, section 5, and the
        published code (train_mnist_feature_matching.py).
        https://arxiv.org/abs/1606.03498
    """
    if data.train.labels is None:
        raise ValueError(
            f"`data` must have labels: {_NAME} learns classes. Received: {data.name}, "
            "which has none"
        )
    generator_seed, discriminator_seed = pair_of_seeds(seed)
    num_classes = int(data.train.labels.max()) + 1
    discriminator = classifying_discriminator(
        data.image_shape, num_classes, seed=discriminator_seed
    )
    initialize_from_data(discriminator, data.train.images[:_NUM_INITIALIZING])
    gan = GAN(
        generator=softplus_generator(
            _LATENT_DIM, data.image_shape, seed=generator_seed
        ),
        discriminator=discriminator,
        prior=UniformPrior(_LATENT_DIM, 0.0, 1.0),
        # 0.5 = (1 - rate) ** (half-life / batch size)
        discriminator_ema_half_life=0.693 / _RATE * _BATCH_SIZE,
        seed=seed,
        name=_NAME,
    )
    # The published loss halves that of real and fake; here all of it counts twice, and
    # squares of its gradients four times.
    gan.compile(
        _adam(),
        _adam(4 * _EPSILON),
        objective="non_saturating",
        terms=[
            LabelledExamples(2.0),
            FeatureMatching(layer=FEATURES, distance="mean_squared"),
        ],
    )
    return gan


def _adam(epsilon: float = _EPSILON) -> keras.optimizers.Optimizer:
    # Keras's own, with epsilon behind the root, lets the generator start more slowly.
    return RootEpsilonAdam(_LEARNING_RATE, beta_1=_BETA_1, epsilon=epsilon)


FEW_LABELS = Recipe(
    *LISTED[_NAME],
    build=few_labels,
    batch_size=_BATCH_SIZE,
    epochs=100,
    prepare=functools.partial(with_few_labels, num_per_class=_NUM_PER_CLASS),
    fits=(
        of_images,
        labelled,
        rich_in_each_class(_NUM_PER_CLASS),
        fully_connected(500 + 1000),
    ),
)
