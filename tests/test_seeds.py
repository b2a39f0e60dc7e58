"""Seeds are integers in [0, 2^31), whoever takes them: beyond, int32 wraps."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from games import assert_equal_weights, make_tiny_gan, tiny_images

import keras_gan as kg
from keras_gan import evaluation, layers, networks
from keras_gan._seeds import pair_of_seeds
from keras_gan.callbacks import CompletionGrid, EvaluationMonitor, SampleGrid
from keras_gan.datasets import mixtures
from keras_gan.datasets.pipeline import shuffled_batches
from keras_gan.initializers import SparseNormal

LARGEST = 2**31 - 1
PRIOR = kg.priors.UniformPrior(3)
ROWS = np.random.default_rng(0).normal(size=(20, 2)).astype("float32")


def features():
    return {"real": ROWS, "fake": ROWS + 1}


def game(seed):
    parts = make_tiny_gan()
    return kg.GAN(parts.generator, parts.discriminator, parts.prior, seed=seed)


TAKERS = {
    "GAN": game,
    "sample": lambda seed: make_tiny_gan().sample(2, seed=seed),
    "sample_stream": lambda seed: make_tiny_gan().sample_stream(2, seed=seed),
    "prior": lambda seed: PRIOR.sample(2, seed),
    "prior, tensor": lambda seed: PRIOR.sample(2, tf.constant(seed, tf.int64)),
    "ParzenWindow": lambda seed: evaluation.ParzenWindow(1.0).fit(ROWS).sample(2, seed),
    "Evaluator": lambda seed: evaluation.Evaluator(ROWS, ROWS, seed=seed),
    "classifier": lambda seed: evaluation.classifier_two_sample_test(
        **features(), seed=seed
    ),
    "kernel": lambda seed: evaluation.kernel_distance(**features(), seed=seed),
    "bins": lambda seed: evaluation.different_bins(**features(), seed=seed),
    "ms_ssim": lambda seed: evaluation.structural_diversity(
        images=tiny_images(8), num_pairs=2, seed=seed
    ),
    "digits": lambda seed: evaluation.digit_classifier.digit_network(seed),
    "mlp_generator": lambda seed: networks.mlp_generator(3, (4, 4, 1), (2,), seed=seed),
    "maxout": lambda seed: networks.maxout_discriminator((4, 4, 1), (2,), seed=seed),
    "dcgan_generator": lambda seed: networks.dcgan_generator(3, (8, 8, 1), seed=seed),
    "dcgan": lambda seed: networks.dcgan_discriminator((8, 8, 1), seed=seed),
    "deconvolution": lambda seed: networks.deconvolutional_generator(
        3, (32, 32, 3), seed=seed
    ),
    "maxout_convolution": lambda seed: networks.maxout_convolutional_discriminator(
        (32, 32, 3), seed=seed
    ),
    "SparseNormal": lambda seed: SparseNormal(1, seed=seed),
    "Dropout": lambda seed: layers.Dropout(0.5, seed=seed),
    "noise": lambda seed: layers.GaussianInputNoise(0.5, seed=seed),
    "ReferenceBatch": lambda seed: layers.ReferenceBatch(2, seed=seed),
    "spectral": lambda seed: layers.SpectralNormalization(
        keras.layers.Dense(2), seed=seed
    ),
    "batches": lambda seed: shuffled_batches((ROWS,), 2, seed),
    "mixture": lambda seed: mixtures.ring_of_gaussians().sample(2, seed),
    "swiss_roll": lambda seed: mixtures.swiss_roll(2, seed=seed),
    "SampleGrid": lambda seed: SampleGrid("nowhere", seed=seed),
    "CompletionGrid": lambda seed: CompletionGrid(
        "nowhere", ROWS.reshape(10, 2, 2, 1), seed=seed
    ),
    "EvaluationMonitor": lambda seed: EvaluationMonitor(None, seed=seed),
    "recipe": pair_of_seeds,
    "transport": lambda seed: kg.divergences.sliced_wasserstein(ROWS, ROWS, seed=seed),
}


@pytest.mark.parametrize("seed", [2**31, -1])
@pytest.mark.parametrize("taker", TAKERS)
def test_seeds_out_of_range_are_refused(taker, seed):
    told = f"`seed`. Expected an integer from 0 to {LARGEST}. Received: seed={seed}"
    with pytest.raises(ValueError, match=told):
        TAKERS[taker](seed)


def test_the_largest_seed_is_one_of_its_own():
    latents = PRIOR.sample(4, LARGEST).numpy()
    assert (latents != PRIOR.sample(4, 0).numpy()).any()
    np.testing.assert_array_equal(latents, PRIOR.sample(4, tf.constant(LARGEST)))
    gan = game(LARGEST)
    gan.sample_latents(2, gan.seed_of(0))


def test_weights_of_a_recipe_never_share_a_seed():
    seeds = [0, 1, 7, 2**30 - 1, 2**30, 2**30 + 1, LARGEST]
    pairs = [pair_of_seeds(seed) for seed in seeds]
    # As before where they fit: runs that were begun are repeated bit by bit.
    assert pairs[:4] == [(2 * seed, 2 * seed + 1) for seed in seeds[:4]]
    drawn = [seed for pair in pairs for seed in pair]
    assert len(set(drawn)) == len(drawn) and 0 <= min(drawn) <= max(drawn) <= LARGEST


@pytest.mark.exhaustive
@pytest.mark.parametrize("layer", [keras.layers.GRU, keras.layers.LSTM])
def test_a_look_at_samples_changes_no_mask_of_recurrent_layers(layer, tmp_path):
    keras.utils.set_random_seed(0)
    options = {"return_sequences": True, "dropout": 0.3, "recurrent_dropout": 0.2}
    steps = [keras.layers.RepeatVector(4), layer(6, **options)]
    gan = kg.GAN(
        keras.Sequential([keras.Input((3,)), *steps, keras.layers.Dense(2)]),
        keras.Sequential(
            [keras.Input((4, 2)), layer(5, dropout=0.3), keras.layers.Dense(1)]
        ),
        kg.priors.NormalPrior(3),
    )
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.5))
    signals = np.random.default_rng(0).normal(size=(16, 4, 2)).astype("float32")
    gan.fit(signals, batch_size=8, verbose=0)
    gan.save(tmp_path / "gan.keras")
    seen = kg.load(tmp_path / "gan.keras")
    seen.sample(4, seed=0)
    seen.discriminate(signals[:4])
    seen(np.ones((4, 3), "float32"))
    seen.predict(np.ones((4, 3), "float32"), verbose=0)
    for one, held_out in ((gan, None), (seen, signals)):
        one.fit(signals, batch_size=8, validation_data=held_out, verbose=0)
    assert_equal_weights(seen.generator, gan.generator)
    assert_equal_weights(seen.discriminator, gan.discriminator)
