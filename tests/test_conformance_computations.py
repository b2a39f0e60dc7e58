"""What every public object computes: alike in all modes, with right gradients."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from catalog import (
    COMPLETING,
    NUM_CLASSES,
    copy_of,
    entries_of,
    game_with,
    shape_for,
    tiny_encoder,
)
from games import (
    completing_gan,
    make_tiny_gan,
    tiny_images,
    value_of,
    without_dropout,
)

import keras_gan as kg
from keras_gan.training.round import Round

# --------------------------------------------------------- eager, in a graph, in XLA

SEED = tf.constant([3, 4])
RANDOM = np.random.default_rng(5)
IMAGES = RANDOM.uniform(size=(9, 4, 4, 4)).astype("float32")
ROWS = RANDOM.normal(size=(9, 6)).astype("float32")
LABELS = np.arange(9) % NUM_CLASSES
# XLA makes other floats of a seed than the CPU kernels do. These are therefore compared
# where their draws do not matter: on images that are all alike, and in inference.
DRAWING_PENALTIES = (kg.terms.GradientPenalty, kg.terms.DRAGAN)
DRAWING_LAYERS = (kg.layers.Dropout, kg.layers.GaussianInputNoise)
TOLD_LAYERS = (kg.layers.ConditionalBatchNormalization, kg.layers.ProjectionHead)


def computation(entry):
    """What a new copy of the entry computes, values and gradients, as a function."""
    keras.utils.set_random_seed(0)
    kind = next(kind for kind in COMPUTATIONS if isinstance(entry, kind))
    return COMPUTATIONS[kind](entry)


def with_gradients(function, inputs):
    """Outputs of `function()` and the gradient of a mixture of them."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = function()
        mixture = weighted_sum(outputs)
    zero = tf.UnconnectedGradients.ZERO
    gradients = tape.gradient(mixture, inputs, unconnected_gradients=zero)
    return [outputs, *map(tf.convert_to_tensor, gradients)]  # some are sparse


def weighted_sum(outputs):
    weights = np.cos(np.arange(np.prod(outputs.shape)))
    weights = tf.cast(weights.reshape(outputs.shape), outputs.dtype)
    return tf.reduce_sum(weights * outputs)


def objective_computation(entry):
    real, fake = (tf.constant(ROWS[:, :1] + shift) for shift in (1.0, -0.5))

    def losses():
        return tf.stack(
            [entry.discriminator_loss(real, fake), entry.generator_loss(fake, real)]
        )

    return lambda: with_gradients(losses, [real, fake])


def penalty_computation(entry):
    penalty = copy_of(entry)
    if penalty.trains_encoder:
        return term_of_an_encoder(penalty)
    if isinstance(penalty, COMPLETING):
        return functools.partial(with_gradients, *value_of_completions(penalty))
    if penalty.reads:
        generator, discriminator = players_with_classes(penalty)
    else:
        gan = without_dropout(make_tiny_gan())
        generator, discriminator = gan.generator, gan.discriminator
    penalty.bind(generator, discriminator)
    for variable in penalty.variables:
        variable.assign(variable + 0.5)  # as after some moves
    latents = tf.constant(ROWS[:, :3])
    real = tf.constant(tiny_images(9))
    player = generator if penalty.players[0] == "generator" else discriminator
    weights = player.trainable_variables

    def value():
        fake = made_by(generator, latents)
        if isinstance(entry, DRAWING_PENALTIES):
            ones = tf.ones_like(real)
            return value_of(penalty, discriminator, ones, ones, SEED)
        return value_of(penalty, discriminator, real, fake, SEED, tf.constant(LABELS))

    values = [weight.value for weight in weights]
    return lambda: [
        *with_gradients(value, values),
        *(tf.identity(variable) for variable in penalty.variables),
    ]


def term_of_an_encoder(term):
    gan = game_with([term])
    batch = {"images": tf.constant(tiny_images(9))}
    weights = [
        weight.value
        for network in gan.generator_player.networks
        for weight in network.trainable_variables
    ]

    def value():
        round = Round(gan, batch, ["generator"])
        round.latents = tf.constant(ROWS[:, :3])  # XLA would draw others
        return term(round, "generator")

    return lambda: with_gradients(value, weights)


def value_of_completions(term):
    """The value of a term for lower halves, as a function, and the weights it is of.

    All latents are alike in float32, and so are the two completions of an image.
    """
    prior = kg.priors.NormalPrior(2, mean=0.5, stddev=1e-12)
    gan = completing_gan(prior=prior, terms=[term])
    images = tf.constant(tiny_images(9))
    mask = tf.constant(np.arange(4)[:, None, None] < 2, tf.float32)
    mask = tf.broadcast_to(mask, images.shape)

    def value():
        round = Round(gan, {"images": images}, ["generator"])
        round.context = {"mask": mask, "known": mask * images}
        return term(round, "generator")

    return value, [weight.value for weight in gan.generator.trainable_variables]


def made_by(generator, latents):
    labels = tf.constant(LABELS, tf.int32)
    return generator([latents, labels] if len(generator.inputs) > 1 else latents)


def layer_computation(entry):
    layer = copy_of(entry)
    inputs, labels = tf.constant(inputs_of(entry)), labels_for(entry)
    layer.build(inputs.shape, *(one.shape for one in labels))
    weights = [weight.value for weight in layer.trainable_variables]
    training = not isinstance(entry, DRAWING_LAYERS)
    return lambda: [
        *with_gradients(
            lambda: layer(inputs, *labels, training=training), [inputs, *weights]
        ),
        *(tf.identity(variable) for variable in layer.non_trainable_variables),
    ]


def labels_for(layer):
    """What a layer is called with besides its inputs."""
    told = isinstance(layer, TOLD_LAYERS)
    return [tf.constant(LABELS, tf.int32)] if told else []


def inputs_of(layer):
    shape = shape_for(layer)
    if len(shape) == 1:
        return ROWS
    return IMAGES if len(shape) == 3 else IMAGES.reshape(len(IMAGES), -1, shape[1])


def augmentation_computation(entry):
    images = tf.constant(IMAGES)
    return lambda: with_gradients(lambda: entry(images, SEED), [images])


def schedule_computation(entry):
    steps = tf.constant([0, 1, 2, 5, 20, 1000])
    return lambda: [tf.stack([entry(step) for step in tf.unstack(steps)])]


def optimizer_computation(entry):
    optimizer = copy_of(entry)
    weight = keras.Variable(ROWS)
    optimizer.build([weight])

    def move_twice():
        for gradient in (ROWS, ROWS[::-1]):
            optimizer.apply([tf.constant(gradient.copy())], [weight])
        return [tf.identity(variable) for variable in (weight, *optimizer.variables)]

    return move_twice


COMPUTATIONS = {
    kg.augmentation.DiffAugment: augmentation_computation,
    keras.constraints.Constraint: lambda entry: lambda: [entry(tf.constant(ROWS))],
    keras.Initializer: lambda entry: lambda: [entry((5, 4))],
    keras.layers.Layer: layer_computation,
    kg.games.Mask: lambda entry: lambda: [entry(tf.constant(IMAGES), SEED)],
    kg.objectives.Objective: objective_computation,
    keras.optimizers.Optimizer: optimizer_computation,
    kg.terms.Term: penalty_computation,
    kg.priors.Prior: lambda entry: lambda: [entry.sample(5, seed=SEED)],
    keras.optimizers.schedules.LearningRateSchedule: schedule_computation,
}


DRAWN = (kg.games.Mask, kg.priors.Prior, keras.Initializer)  # XLA draws other numbers


@entries_of(object)
def test_every_entry_computes_something(entry):
    assert isinstance(entry, tuple(COMPUTATIONS))


@pytest.mark.one_in(8)
@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@entries_of(*(kind for kind in COMPUTATIONS if kind not in DRAWN))
def test_graphs_compute_what_eager_code_does(entry, jit_compile):
    eager = computation(entry)()
    compiled = tf.function(computation(entry), jit_compile=jit_compile)()
    is_half = tf.float16 in {one.dtype for one in eager}
    tolerance = 1e-2 if is_half else 1e-5
    for one, other in zip(eager, compiled, strict=True):
        assert one.dtype == other.dtype and one.shape == other.shape
        np.testing.assert_allclose(other, one, rtol=tolerance, atol=tolerance)


@entries_of(*DRAWN)
def test_a_graph_draws_what_eager_code_does(entry):
    draw = computation(entry)
    np.testing.assert_array_equal(tf.function(draw)(), draw())


def stddev_of(law):
    try:
        return law.stddev().numpy()
    except NotImplementedError:  # of laws of whole rows
        return np.sqrt(np.diag(law.covariance()))


@entries_of(kg.priors.Prior)
def test_priors_under_xla_draw_from_their_distribution(entry):
    draw = tf.function(lambda: entry.sample(20_000, seed=SEED), jit_compile=True)
    samples, law = draw().numpy(), entry.distribution
    assert np.isfinite(law.log_prob(samples)).all()
    stddev = stddev_of(law)
    error = 5 * stddev / np.sqrt(len(samples))  # one failure in a million seeds
    assert (np.abs(samples.mean(axis=0) - law.mean()) <= error).all()
    # A standard deviation of n normals has the standard error stddev / sqrt(2 n), one
    # of uniforms less.
    assert (np.abs(samples.std(axis=0) - stddev) <= error).all()


# ---------------------------------------------------- gradients and finite differences


def slope_along(function, start, direction, step):
    """Fourth-order central difference of a function of arrays, in float64."""

    def at(distance):
        moved = [
            one + distance * way for one, way in zip(start, direction, strict=True)
        ]
        return np.float64(function(moved))

    near, far = at(step) - at(-step), at(2 * step) - at(-2 * step)
    return (8 * near - far) / (12 * step)


def assert_gradient_matches(function, variables, step, rtol):
    """`function()` is a scalar of `variables`, here differentiated along some way."""
    start = [variable.numpy() for variable in variables]
    random = np.random.default_rng(8)
    direction = [random.normal(size=one.shape).astype(one.dtype) for one in start]
    with tf.GradientTape() as tape:
        value = function()
    zero = tf.UnconnectedGradients.ZERO
    gradients = tape.gradient(value, variables, unconnected_gradients=zero)
    received = sum(
        np.sum(np.asarray(tf.convert_to_tensor(one), "float64") * way)
        for one, way in zip(gradients, direction, strict=True)
    )

    def moved(values):
        for variable, one in zip(variables, values, strict=True):
            variable.assign(one)
        return function()

    expected = slope_along(moved, start, direction, step)
    assert abs(expected) > 1e-3
    np.testing.assert_allclose(received, expected, rtol=rtol)


@entries_of(kg.objectives.Objective)
@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_gradients_of_objectives_match_differences(entry, player):
    real, fake = (
        tf.Variable(ROWS[:, :1] + shift, dtype=tf.float64) for shift in (1.0, -0.5)
    )
    if player == "discriminator":
        loss, variables = lambda: entry.discriminator_loss(real, fake), [real, fake]
    else:
        loss = lambda: entry.generator_loss(fake, real)  # noqa: E731
        variables = [real, fake] if entry.needs_real_logits else [fake]
    assert loss().dtype == tf.float64
    assert_gradient_matches(loss, variables, step=1e-4, rtol=1e-7)


def smooth_players():
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(16, "tanh"),
            keras.layers.Reshape((4, 4, 1)),
        ]
    )
    layers = [keras.layers.Flatten(), keras.layers.Dense(5, "tanh", name="maxout_0")]
    discriminator = keras.Sequential(
        [keras.Input((4, 4, 1)), *layers, keras.layers.Dense(1)]
    )
    return generator, discriminator


def players_with_classes(term):
    generator, discriminator = labelled_players()
    if "labelled_images" in term.reads:
        generator = smooth_players()[0]  # that is told no class
    return generator, discriminator


def labelled_players():
    latents = keras.Input((3,), name="latents")
    labels = keras.Input((), name="labels", dtype="int32")
    offsets = keras.layers.Embedding(NUM_CLASSES, 16)(labels)
    pixels = keras.layers.Dense(16, "tanh")(latents) + offsets
    generator = keras.Model([latents, labels], keras.layers.Reshape((4, 4, 1))(pixels))
    images = keras.Input((4, 4, 1), name="images")
    features = keras.layers.Dense(5, "tanh")(keras.layers.Flatten()(images))
    said = {
        "logits": keras.layers.Dense(1)(features),
        "classes": keras.layers.Dense(NUM_CLASSES)(features),
    }
    return generator, keras.Model(images, said)


def gradients_of_an_encoder_match(term):
    gan = kg.GAN(
        *smooth_players(),
        kg.priors.UniformPrior(3),
        game=kg.games.Game(tiny_encoder()),
    )
    batch = {"images": tf.constant(3 * tiny_images(9))}

    def value():
        round = Round(gan, batch, ["generator"])
        round.latents = tf.constant(ROWS[:, :3], tf.float32)
        return term(round, "generator")

    variables = [one.value for one in gan.game.encoder.trainable_variables]
    # A short step: absolute distances have kinks.
    assert_gradient_matches(value, variables, step=1e-3, rtol=5e-3)


@entries_of(kg.terms.Term)
def test_gradients_of_penalties_match_differences(entry):
    keras.utils.set_random_seed(1)
    penalty = copy_of(entry)
    if penalty.trains_encoder:
        gradients_of_an_encoder_match(penalty)
        return
    if isinstance(penalty, COMPLETING):
        # A shorter step: absolute distances have kinks.
        assert_gradient_matches(*value_of_completions(penalty), step=1e-3, rtol=5e-3)
        return
    generator, discriminator = (
        players_with_classes(penalty) if penalty.reads else smooth_players()
    )
    penalty.bind(generator, discriminator)
    # As after so many moves that one more leaves a mean of the past where it is.
    past = [
        variable.numpy() + (0.5 if variable.ndim else 1e6)
        for variable in penalty.variables
    ]
    player = generator if penalty.players[0] == "generator" else discriminator

    def value():
        for variable, number in zip(penalty.variables, past, strict=True):
            variable.assign(number)
        fake = made_by(generator, tf.constant(ROWS[:, :3]))
        real = tf.constant(3 * tiny_images(9))
        return value_of(penalty, discriminator, real, fake, SEED, tf.constant(LABELS))

    variables = [variable.value for variable in player.trainable_variables]
    # In float32, whatever the networks are: hence a wide step.
    assert_gradient_matches(value, variables, step=2e-2, rtol=1e-3)


# Layers that compute in float32, whatever their dtype is.
FLOAT32_LAYERS = (
    kg.layers.LogMelSpectrogram,
    kg.layers.MinibatchDiscrimination,
    kg.layers.MinibatchStandardDeviation,
    kg.layers.VirtualBatchNormalization,
)


@entries_of(keras.layers.Layer)
def test_gradients_of_layers_match_differences(entry):
    keras.utils.set_random_seed(1)
    layer, labels = in_float64(entry), labels_for(entry)
    inputs = tf.Variable(inputs_of(entry), dtype=tf.float64)
    for _ in range(50):  # until the power iteration of spectral normalization stands
        layer(inputs, *labels, training=True)
    variables = [inputs, *(weight.value for weight in layer.trainable_variables)]

    def mixture():
        outputs = layer(inputs, *labels, training=False)
        return weighted_sum(tf.cast(outputs, tf.float64))

    in_float32 = isinstance(entry, FLOAT32_LAYERS)
    step, rtol = (1e-3, 2e-3) if in_float32 else (1e-5, 1e-6)
    assert_gradient_matches(mixture, variables, step, rtol)


def in_float64(entry):
    config = entry.get_config() | {"dtype": "float64"}
    if "layer" in config:
        config["layer"]["config"]["dtype"] = "float64"
    return type(entry).from_config(config)


@entries_of(kg.augmentation.DiffAugment)
def test_gradients_of_augmentations_match_differences(entry):
    images = tf.Variable(IMAGES, dtype=tf.float64)
    assert_gradient_matches(
        lambda: weighted_sum(entry(images, SEED)), [images], step=1e-4, rtol=1e-7
    )
