"""Every public object with non-default arguments, and a game that each takes part in.

A public name that has no entry here, and no reason in `EXEMPT`, fails a test.
"""

import itertools

import keras
import numpy as np
import pytest
from games import make_tiny_gan

import keras_gan as kg

LATENT_DIM, IMAGE_SHAPE = 3, (4, 4, 1)  # those of `make_tiny_gan`
REFERENCE_SIZE = 7
NUM_CLASSES = 3


def features_of_images():
    """Of the tiny game, smooth: what a term compares in the place of images."""
    return keras.Sequential(
        [
            keras.Input(IMAGE_SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(
                5, "tanh", kernel_initializer=keras.initializers.GlorotNormal(seed=3)
            ),
        ],
        name="features",
    )


COMPLETING = (kg.terms.MeanReconstruction, kg.terms.PairedFeatureMatching)
"""Terms of generators that are told something of the data."""

SERIALIZABLE = [
    kg.augmentation.DiffAugment("cutout,color", value_range=(0.0, 1.0)),
    kg.constraints.WeightClipping(0.25),
    kg.games.BlockMask([2, 3]),
    kg.games.HalfMask(),
    kg.games.MaskMixture([kg.games.PixelMask(0.2, 0.4), kg.games.BlockMask(2)]),
    kg.games.PixelMask(0.2, 0.4),
    kg.initializers.SparseNormal(2, stddev=0.5, seed=3),
    kg.layers.CeilMaxPooling2D(3, 2, name="pool"),
    kg.layers.ConditionalBatchNormalization(
        NUM_CLASSES,
        momentum=0.75,
        epsilon=1e-2,
        gamma_initializer="random_uniform",
        beta_initializer="random_normal",
        synchronized=True,
        name="of_class",
    ),
    kg.layers.DropReferenceBatch(REFERENCE_SIZE, name="drop"),
    kg.layers.GaussianInputNoise(0.25, seed=3, name="noise"),
    kg.layers.Dropout(0.3, noise_shape=(None, 1, 1, None), seed=3, name="thinned"),
    kg.layers.LogMelSpectrogram(
        num_bands=5,
        window_length=8,
        hop_length=4,
        sampling_rate=100.0,
        min_frequency=5.0,
        max_frequency=45.0,
        name="frames",
    ),
    kg.layers.Maxout(
        3,
        num_pieces=2,
        kernel_initializer="he_normal",
        bias_initializer="ones",
        kernel_constraint="max_norm",
        name="hidden",
    ),
    kg.layers.MaxoutConv2D(
        3,
        (2, 3),
        num_pieces=2,
        strides=2,
        padding="same",
        kernel_initializer="he_normal",
        bias_initializer="ones",
        name="convolved",
    ),
    kg.layers.MinibatchDiscrimination(
        3,
        kernel_dim=2,
        include_self=False,
        kernel_initializer="he_normal",
        name="closeness",
    ),
    kg.layers.MinibatchStandardDeviation(
        8, num_channels=2, epsilon=1e-6, name="variety"
    ),
    kg.layers.PhaseShuffle(3, seed=3, name="shuffled"),
    kg.layers.ProjectionHead(
        NUM_CLASSES,
        kernel_initializer="he_normal",
        embeddings_initializer="random_normal",
        seed=3,
        name="projected",
    ),
    kg.layers.ProjectionHead(NUM_CLASSES, spectral_normalization=False),
    kg.layers.ReferenceBatch(REFERENCE_SIZE, seed=5, name="reference"),
    kg.layers.ReferenceBatch(REFERENCE_SIZE, initializer="random_uniform"),
    kg.layers.SpectralNormalization(
        keras.layers.Conv2DTranspose(3, 4, dtype="mixed_float16"),
        power_iterations=2,
        epsilon=1e-6,
        seed=3,
        name="normalized",
    ),
    kg.layers.UntiedBias("ones", name="offsets"),
    kg.layers.FourierFeatures(3, wavelength=2.0, decay=0.5, name="octaves"),
    kg.layers.VirtualBatchNormalization(
        REFERENCE_SIZE,
        epsilon=1e-3,
        gamma_initializer="ones",
        beta_initializer="random_normal",
        name="virtual",
    ),
    kg.layers.WeightNormalization(
        keras.layers.Conv2D(3, 2, padding="same"),
        trainable_scale=False,
        name="weight_normalized",
    ),
    kg.objectives.Hinge(),
    kg.objectives.LeastSquares(-1.0, 2.0, 0.5, label_smoothing=0.1),
    kg.objectives.Minimax(label_smoothing=0.1),
    kg.objectives.NonSaturating(label_smoothing=0.25),
    kg.objectives.RelativisticPairing(),
    kg.objectives.Wasserstein(),
    kg.optimizers.MomentumSGD(
        kg.schedules.FlooredExponentialDecay(0.2, 1.5, 1e-3),
        kg.schedules.LinearPerEpoch(0.4, 0.9, 7, 3),
        name="mover",
    ),
    kg.optimizers.MomentumSGD(0.25, momentum=0.75),
    kg.optimizers.RootEpsilonAdam(0.0625, 0.5, 0.75, epsilon=0.125, name="rooted"),
    kg.terms.AuxiliaryClassifier(0.5, generator_weight=0.25, judges="real"),
    kg.terms.DRAGAN(3.0, scale=0.25, interval=2),
    kg.terms.FeatureMatching(
        0.5, layer="maxout_0", distance="mean_absolute", replaces_objective=False
    ),
    kg.terms.GradientPenalty(3.0, one_sided=True, interval=2),
    kg.terms.HistoricalAveraging(0.25, player="generator"),
    kg.terms.LabelledExamples(0.5),
    kg.terms.LatentRegression(0.5, generator_learns=True),
    kg.terms.MeanReconstruction(3.0),
    kg.terms.MomentMatching(
        0.5, layer="maxout_0", mean_tolerance=0.01, spread_tolerance=0.02
    ),
    kg.terms.PairedFeatureMatching(3.0),
    kg.terms.Reconstruction(3.0, distance="absolute", features=features_of_images()),
    kg.terms.R1(3.0, interval=16),
    kg.terms.R1(
        3.0, schedule=keras.optimizers.schedules.CosineDecay(1.0, 7, alpha=0.1)
    ),
    kg.terms.R2(
        3.0,
        interval=4,
        schedule=keras.optimizers.schedules.CosineDecay(1.0, 7, alpha=0.1),
    ),
    kg.priors.CategoricalPrior(NUM_CLASSES, (0.5, 0.25, 0.25)),
    kg.priors.ConstantPrior((LATENT_DIM,), value=0.5),
    kg.priors.EmpiricalPrior([[0.5, 1.0, -1.0], [0.25, 0.0, 2.0], [0.0, 3.0, 0.5]]),
    kg.priors.GaussianMixturePrior(
        [[0.5] * LATENT_DIM, [-1.0] * LATENT_DIM], stddev=0.25
    ),
    kg.priors.NoPrior(),
    kg.priors.NormalPrior(LATENT_DIM, mean=0.5, stddev=2.0),
    kg.priors.SphericalPrior(LATENT_DIM),
    kg.priors.TruncatedNormalPrior(LATENT_DIM, bound=1.5),
    kg.priors.UniformPrior(LATENT_DIM, low=0.25, high=0.5),
    kg.schedules.CriticHeadStart(0.2, steps=3, first=2, interval=7),
    kg.schedules.FlooredExponentialDecay(0.2, 1.5, 1e-3),
    kg.schedules.LinearPerEpoch(0.4, 0.9, 7, 3),
]

# Builders of one network of a game; small, whatever their images and latents are.
NETWORKS = {
    "networks.acgan_discriminator": lambda: kg.networks.acgan_discriminator(
        (12, 20, 2),
        NUM_CLASSES,
        base_filters=2,
        kernel_size=4,
        normalization="layer",
        seed=3,
        name="judge",
    ),
    "networks.classifying_discriminator": lambda: kg.networks.classifying_discriminator(
        IMAGE_SHAPE,
        NUM_CLASSES,
        hidden_units=(5, 4),
        input_noise=0.25,
        hidden_noise=0.125,
        seed=3,
        name="judge",
    ),
    "networks.bigan_discriminator": lambda: kg.networks.bigan_discriminator(
        LATENT_DIM, IMAGE_SHAPE, hidden_units=5, seed=3, name="judge"
    ),
    "networks.bigan_encoder": lambda: kg.networks.bigan_encoder(
        LATENT_DIM, IMAGE_SHAPE, hidden_units=5, seed=3, name="reader"
    ),
    "networks.bigan_generator": lambda: kg.networks.bigan_generator(
        LATENT_DIM,
        IMAGE_SHAPE,
        hidden_units=5,
        output_activation="tanh",
        seed=3,
        name="painter",
    ),
    "networks.conditional_dcgan_discriminator": lambda: (
        kg.networks.conditional_dcgan_discriminator(
            (12, 20, 2),
            NUM_CLASSES,
            base_filters=2,
            kernel_size=4,
            normalization="layer",
            seed=3,
            name="judge",
        )
    ),
    "networks.conditional_dcgan_generator": lambda: (
        kg.networks.conditional_dcgan_generator(
            LATENT_DIM,
            NUM_CLASSES,
            (12, 20, 2),
            embedding_dim=2,
            base_filters=2,
            kernel_size=4,
            normalization="layer",
            output_activation="sigmoid",
            seed=3,
            name="painter",
        )
    ),
    "networks.conditional_maxout_discriminator": lambda: (
        kg.networks.conditional_maxout_discriminator(
            IMAGE_SHAPE,
            NUM_CLASSES,
            image_units=5,
            label_units=4,
            joint_units=3,
            image_pieces=2,
            label_pieces=3,
            joint_pieces=2,
            dropout_rate=0.25,
            label_weight_range=0.75,
            weight_range=0.5,
            seed=3,
            name="judge",
        )
    ),
    "networks.conditional_mlp_generator": lambda: kg.networks.conditional_mlp_generator(
        LATENT_DIM,
        NUM_CLASSES,
        IMAGE_SHAPE,
        latent_units=7,
        label_units=6,
        joint_units=5,
        dropout_rate=0.25,
        output_activation="tanh",
        latent_weight_range=0.75,
        label_weight_range=0.25,
        weight_range=0.5,
        output_bias=np.linspace(-1.0, 1.0, 16, dtype="float32"),
        seed=3,
        name="painter",
    ),
    "networks.dcgan_discriminator": lambda: kg.networks.dcgan_discriminator(
        (12, 20, 2),
        base_filters=2,
        kernel_size=4,
        normalization="layer",
        seed=3,
        name="judge",
    ),
    "networks.dcgan_generator": lambda: kg.networks.dcgan_generator(
        LATENT_DIM,
        (12, 20, 2),
        base_filters=2,
        kernel_size=4,
        normalization="layer",
        output_activation="sigmoid",
        seed=3,
        name="painter",
    ),
    "networks.deconvolutional_generator": lambda: kg.networks.deconvolutional_generator(
        LATENT_DIM,
        IMAGE_SHAPE,
        hidden_units=5,
        grid=(2, 2, 3),
        kernel_size=2,
        strides=2,
        weight_range=0.5,
        seed=3,
        name="painter",
    ),
    "networks.hifigan_discriminator": lambda: kg.networks.hifigan_discriminator(
        64,
        periods=(3, 5),
        num_scales=2,
        base_filters=2,
        grouped=False,
        seed=3,
        name="judge",
    ),
    "networks.hifigan_generator": lambda: kg.networks.hifigan_generator(
        num_bands=5,
        upsampling=(2, 4),
        base_filters=4,
        kernel_sizes=(5,),
        dilations=(2,),
        seed=3,
        name="speaker",
    ),
    "networks.inpainting_discriminator": lambda: kg.networks.inpainting_discriminator(
        (12, 20, 2), base_filters=2, num_blocks=2, seed=3, name="judge"
    ),
    "networks.inpainting_generator": lambda: kg.networks.inpainting_generator(
        LATENT_DIM,
        (12, 20, 2),
        base_filters=2,
        num_blocks=2,
        output_activation="sigmoid",
        seed=3,
        name="painter",
    ),
    "networks.maxout_convolutional_discriminator": lambda: (
        kg.networks.maxout_convolutional_discriminator(
            IMAGE_SHAPE,
            blocks=[kg.networks.MaxoutBlock(2, 3, 2, 3, 2, num_pieces=3)],
            hidden_units=4,
            num_pieces=2,
            input_dropout=0.1,
            hidden_dropout=0.25,
            weight_range=0.5,
            seed=3,
            name="judge",
        )
    ),
    "networks.maxout_discriminator": lambda: kg.networks.maxout_discriminator(
        IMAGE_SHAPE,
        hidden_units=(5, 4),
        num_pieces=2,
        input_dropout=0.1,
        hidden_dropout=0.25,
        weight_range=0.5,
        max_column_norm=0.75,
        seed=3,
        name="judge",
    ),
    "networks.mlp_generator": lambda: kg.networks.mlp_generator(
        LATENT_DIM,
        IMAGE_SHAPE,
        hidden_units=(7, 6),
        hidden_activation=("softplus", "sigmoid"),
        output_activation="tanh",
        weight_range=0.5,
        hidden_bias=(0.25, -0.5),
        output_initializer=kg.initializers.SparseNormal(2),
        max_column_norm=0.75,
        output_bias=np.linspace(-1.0, 1.0, 16, dtype="float32"),
        seed=3,
        name="painter",
    ),
    "networks.projection_discriminator": lambda: kg.networks.projection_discriminator(
        (12, 20, 2), NUM_CLASSES, base_filters=2, seed=3, name="judge"
    ),
    "networks.projection_generator": lambda: kg.networks.projection_generator(
        LATENT_DIM,
        NUM_CLASSES,
        (12, 20, 2),
        base_filters=2,
        output_activation="sigmoid",
        seed=3,
        name="painter",
    ),
    "networks.r3gan_discriminator": lambda: kg.networks.r3gan_discriminator(
        (12, 20, 2), base_filters=2, num_blocks=2, seed=3, name="judge"
    ),
    "networks.r3gan_generator": lambda: kg.networks.r3gan_generator(
        LATENT_DIM,
        (12, 20, 2),
        base_filters=2,
        num_blocks=2,
        output_activation="sigmoid",
        seed=3,
        name="painter",
    ),
    "networks.residual_discriminator": lambda: kg.networks.residual_discriminator(
        (12, 20, 2), base_filters=2, seed=3, name="judge"
    ),
    "networks.residual_generator": lambda: kg.networks.residual_generator(
        LATENT_DIM,
        (12, 20, 2),
        base_filters=2,
        output_activation="sigmoid",
        seed=3,
        name="painter",
    ),
    "networks.softplus_generator": lambda: kg.networks.softplus_generator(
        LATENT_DIM, IMAGE_SHAPE, hidden_units=(7, 6), seed=3, name="painter"
    ),
    "networks.stacked_digits_discriminator": lambda: (
        kg.networks.stacked_digits_discriminator(
            filters=(2, 3),
            kernel_size=5,
            first_normalized=False,
            negative_slope=0.2,
            seed=3,
            name="judge",
        )
    ),
    "networks.stacked_digits_generator": lambda: kg.networks.stacked_digits_generator(
        LATENT_DIM,
        filters=(4, 3),
        kernel_size=5,
        last_stride=2,
        seed=3,
        name="painter",
    ),
    "networks.wavegan_discriminator": lambda: kg.networks.wavegan_discriminator(
        (68, 2), base_filters=2, kernel_size=9, max_shift=1, seed=3, name="judge"
    ),
    "networks.wavegan_generator": lambda: kg.networks.wavegan_generator(
        LATENT_DIM,
        (68, 2),
        base_filters=2,
        kernel_size=9,
        output_activation="sigmoid",
        seed=3,
        name="painter",
    ),
}

# A generator and a discriminator of equal images, and an encoder, for one game.
PAIRS_OF_NETWORKS = [
    (
        "networks.bigan_generator",
        "networks.bigan_discriminator",
        "networks.bigan_encoder",
    ),
    ("networks.hifigan_generator", "networks.hifigan_discriminator"),
    ("networks.inpainting_generator", "networks.inpainting_discriminator"),
    ("networks.conditional_dcgan_generator", "networks.acgan_discriminator"),
    (
        "networks.conditional_dcgan_generator",
        "networks.conditional_dcgan_discriminator",
    ),
    (
        "networks.conditional_mlp_generator",
        "networks.conditional_maxout_discriminator",
    ),
    ("networks.projection_generator", "networks.projection_discriminator"),
    ("networks.dcgan_generator", "networks.dcgan_discriminator"),
    (
        "networks.deconvolutional_generator",
        "networks.maxout_convolutional_discriminator",
    ),
    ("networks.mlp_generator", "networks.maxout_discriminator"),
    ("networks.r3gan_generator", "networks.r3gan_discriminator"),
    ("networks.residual_generator", "networks.residual_discriminator"),
    ("networks.softplus_generator", "networks.classifying_discriminator"),
    ("networks.stacked_digits_generator", "networks.stacked_digits_discriminator"),
    ("networks.wavegan_generator", "networks.wavegan_discriminator"),
]

# Callbacks by name, from a folder that they may write to. They watch a game and leave
# it as it is.
CALLBACKS = {
    "callbacks.CollapseMonitor": lambda folder: kg.callbacks.CollapseMonitor(),
    "callbacks.NaNGuard": lambda folder: kg.callbacks.NaNGuard(),
    "callbacks.OptimizerSchedule": lambda folder: kg.callbacks.OptimizerSchedule(
        discriminator=lambda epoch, rate: rate
    ),
    "callbacks.EvaluationMonitor": lambda folder: kg.callbacks.EvaluationMonitor(
        kg.evaluation.Evaluator(
            np.random.default_rng(0).uniform(size=(8, *IMAGE_SHAPE)),
            np.random.default_rng(1).uniform(size=(8, *IMAGE_SHAPE)),
            measures=["parzen", "precision_recall"],
        ),
        num_samples=8,
        interval=2,
        seed=3,
    ),
    "callbacks.RunRecord": lambda folder: kg.callbacks.RunRecord(folder / "run"),
    "callbacks.SampleGrid": lambda folder: kg.callbacks.SampleGrid(
        folder,
        num_samples=4,
        value_range=(-1.0, 1.0),
        seed=3,
        tensorboard_dir=folder / "board",
    ),
    "callbacks.SaveBestEpoch": lambda folder: kg.callbacks.SaveBestEpoch(
        folder / "best.keras", monitor="d_loss", mode="min", best=3.0
    ),
    "callbacks.SaveEachEpoch": lambda folder: kg.callbacks.SaveEachEpoch(
        folder / "gan.keras"
    ),
}

_ARRAYS = "arrays in, arrays or numbers out; no saved model holds it"

# Why a public name, or a whole room, has no entry.
EXEMPT = {
    "GAN": "every entry takes part in one",
    "__version__": "a string",
    "callbacks.ClassificationMonitor": "played in test_labelled_examples",
    "callbacks.CompletionGrid": "played in test_inpainting",
    "datasets": _ARRAYS,
    "divergences": _ARRAYS,
    "evaluation": _ARRAYS,
    "export": "formats that files have; tests of their own write and play them",
    "games.Bidirectional": "played, saved and resumed in test_bidirectional",
    "games.DerivedConditions": "played, saved and resumed in test_derived_conditions",
    "games.Inpainting": "played, saved and resumed in test_inpainting",
    "games.Mask": "the base of all families of masks",
    "games.Game": "every entry takes part in one, which is saved with the GAN",
    "layers.initialize_from_data": "a function of a network and arrays",
    "inference": "arrays in, arrays out, by a GAN; tests of their own",
    "load": "every game is loaded with it",
    "networks.pixel_marginal_logits": _ARRAYS,
    "networks.CIFAR10_BLOCKS": "numbers",
    "networks.MaxoutBlock": "numbers",
    "objectives.Objective": "abstract",
    "objectives.get": "a look-up of the entries by name",
    "optimizers.lazy_adam_parameters": "numbers in, numbers out",
    "terms.SlopePenalty": "abstract",
    "terms.Term": "abstract",
    "terms.squared_gradient_norms": "the function within R1 and its relatives",
    "priors.Prior": "abstract",
    "recipes": "GANs made of entries; tests of their own play them",
    "runs": "folders on disk and what lies in them",
    "sound": _ARRAYS,
    "visualization": _ARRAYS,
}


def entries_of(*kinds):
    """Runs a test for every entry of these kinds, as its argument `entry`."""
    chosen = [entry for entry in SERIALIZABLE if isinstance(entry, kinds)]
    return pytest.mark.parametrize("entry", chosen, ids=name_of)


def name_of(*entries):
    """The classes of the entries."""
    return "-".join(type(entry).__name__ for entry in entries)


def copy_of(entry):
    """A new object from the entry's configuration."""
    config = keras.saving.serialize_keras_object(entry)
    return keras.saving.deserialize_keras_object(config)


def teams():
    """Lists of entries that play in one game, every entry in one of them."""
    kinds = (kg.objectives.Objective, kg.terms.Term, keras.layers.Layer)
    labelled = [entry for entry in SERIALIZABLE if isinstance(entry, _LABELLED)]
    few_labels = [entry for entry in SERIALIZABLE if isinstance(entry, _FEW_LABELS)]
    completing = [entry for entry in SERIALIZABLE if _completes(entry)]
    unlabelled = [
        entry
        for entry in SERIALIZABLE
        if not isinstance(entry, (*_LABELLED, *_FEW_LABELS)) and not _completes(entry)
    ]
    objectives, penalties, layers = (
        [entry for entry in unlabelled if isinstance(entry, kind)] for kind in kinds
    )
    others = [entry for entry in unlabelled if not isinstance(entry, kinds)]
    rows = itertools.zip_longest(objectives, penalties, others)
    rules = [[entry for entry in row if entry is not None] for row in rows]
    references = [one for one in layers if type(one) is kg.layers.ReferenceBatch]
    # Virtual batch normalization is three layers, of use together alone.
    partners = [one for one in layers if type(one) in _REFERENCE_PARTNERS]
    rest = [one for one in layers if one not in references + partners]
    shapes = dict.fromkeys(map(shape_for, rest))
    stacks = [
        stack[start : start + _STACKED]
        for shape in shapes
        for stack in [[one for one in rest if shape_for(one) == shape]]
        for start in range(0, len(stack), _STACKED)
    ]
    of_references = [[reference, *partners] for reference in references]
    return rules + stacks + of_references + [completing, labelled, few_labels]


def _completes(entry):
    return isinstance(entry, COMPLETING)


def game_with(team):
    """A compiled game in which copies of the entries play their parts."""
    copies = [copy_of(entry) for entry in team]
    if isinstance(copies[0], _LABELLED):
        return _labelled_game(copies)
    if isinstance(copies[0], _FEW_LABELS):
        return game_of_networks(*_FEW_LABEL_NETWORKS, terms=copies)
    if _completes(copies[0]):
        networks = [NETWORKS[name]() for name in _COMPLETING_NETWORKS]
        networks[1] = _handing_out_features(networks[1])
        return game_of(*networks, terms=copies)
    base = make_tiny_gan()
    prior = base.prior
    networks = [base.generator, base.discriminator]
    if any(isinstance(one, _REFERENCE_PARTNERS) for one in copies):
        networks[0] = _generator_with_reference(*copies)
    elif isinstance(copies[0], keras.layers.Layer):
        networks[1] = _discriminator_with(copies)
    for one in copies:
        # Another one, of a condition, plays in games of networks that complete, and
        # none in test_without_latents.
        prior = one if getattr(one, "latent_dim", 0) else prior
    needs_encoder = any(getattr(one, "trains_encoder", False) for one in copies)
    game = kg.games.Game(tiny_encoder()) if needs_encoder else None
    gan = kg.GAN(*networks, prior, game=game)
    gan.compile(**_rules_with(copies))
    return gan


def tiny_encoder():
    """From images of the tiny game to latents."""
    images = keras.Input(IMAGE_SHAPE)
    rows = keras.layers.Flatten()(images)
    return keras.Model(images, keras.layers.Dense(LATENT_DIM, "tanh")(rows))


def game_of_networks(*names, terms=None):
    """A compiled game of two or three of `NETWORKS`."""
    return game_of(*(NETWORKS[name]() for name in names), terms=terms)


def _handing_out_features(discriminator):
    logits = discriminator.output  # as HiFi-GAN's are among its features
    return keras.Model(discriminator.inputs, {"logits": logits, "features": [logits]})


def game_of(generator, discriminator, *encoder, terms=None):
    """A compiled game of two networks, or of three."""
    game, conditions, prior = None, {}, kg.priors.UniformPrior(LATENT_DIM)
    told = {tensor.name: tuple(tensor.shape[1:]) for tensor in generator.inputs}
    if encoder:
        game = kg.games.Bidirectional(*encoder)
    if "mask" in told:
        game = kg.games.Inpainting()
        conditions = {
            name: kg.priors.ConstantPrior(told[name]) for name in ("known", "mask")
        }
    if "labels" in told:
        conditions = {"labels": kg.priors.CategoricalPrior(NUM_CLASSES)}
    if "frames" in told:
        game, prior = spectra_of_waveforms(), None
        frames = np.random.default_rng(0).normal(size=(3, 8, 5))
        conditions = {"frames": kg.priors.EmpiricalPrior(frames)}
        terms = [kg.terms.PairedFeatureMatching()]
    gan = kg.GAN(
        generator,
        discriminator,
        prior,
        game=game,
        conditions=conditions,
    )
    if terms is None and isinstance(discriminator.output, dict):
        terms = [
            kg.terms.AuxiliaryClassifier()
            if "labels" in told
            else kg.terms.LabelledExamples()
        ]
    gan.compile(**_rules_with(terms or []))
    return gan


def spectra_of_waveforms():
    """A game that tells five bands of every eight samples."""
    waveforms = keras.Input((None, 1), name="waveforms")
    bands = kg.layers.LogMelSpectrogram(5, 16, 8, sampling_rate=100.0)(waveforms)
    return kg.games.DerivedConditions({"frames": keras.Model(waveforms, bands)})


def data_for(gan, num_rows):
    """What a game is played on: its own images, with labels where it reads them."""
    images = gan.sample(num_rows, seed=9)  # of the generator's range
    if "labels" not in gan.entries.needed:
        return images
    entries = {"images": images, "labels": np.arange(num_rows) % NUM_CLASSES}
    if "labelled_images" in gan.entries.needed:
        entries["labelled_images"] = images
    return entries


def _rules_with(copies):
    rules = dict.fromkeys(_PLAYERS, keras.optimizers.SGD(0.05))
    for one in copies:
        if isinstance(one, keras.optimizers.schedules.LearningRateSchedule):
            rules |= dict.fromkeys(_PLAYERS, keras.optimizers.SGD(one))
        elif isinstance(one, keras.optimizers.Optimizer):
            rules |= dict.fromkeys(_PLAYERS, one)
        elif isinstance(one, kg.terms.Term):
            rules["terms"] = [one]
        elif isinstance(one, keras.constraints.Constraint):
            rules["discriminator_constraint"] = one
        elif isinstance(one, kg.objectives.Objective):
            rules["objective"] = one
            if one.needs_lipschitz:
                bound = kg.constraints.WeightClipping(0.5)
                rules.setdefault("discriminator_constraint", bound)
        elif isinstance(one, kg.augmentation.DiffAugment):
            rules["augmentation"] = one
        elif not isinstance(one, _PART_OF_NETWORKS):
            raise TypeError(f"no part in a game for {one!r}")
    return {
        name: copy_of(rule) if name in _PLAYERS else rule
        for name, rule in rules.items()
    }


# Masks play in test_inpainting, with networks that are told of them.
_PART_OF_NETWORKS = (
    keras.layers.Layer,
    kg.priors.Prior,
    kg.games.Mask,
    keras.Initializer,
)
_PLAYERS = ("generator_optimizer", "discriminator_optimizer")


_STACKED = 4  # layers of one discriminator: a game takes seconds to trace


def shape_for(layer):
    """How 64 numbers are shown to a layer: as an image, a sound or a row."""
    if isinstance(layer, kg.layers.LogMelSpectrogram):
        return (64, 1)
    if isinstance(layer, kg.layers.PhaseShuffle):
        return (16, 4)
    spec = layer.input_spec
    return (64,) if spec is not None and spec.ndim == 2 else (4, 4, 4)


def _discriminator_with(layers):
    return keras.Sequential(
        [
            keras.Input(IMAGE_SHAPE),
            keras.layers.Dense(4),  # channels
            keras.layers.Reshape(shape_for(layers[0])),
            *layers,
            keras.layers.Flatten(),
            keras.layers.Dense(1, dtype="float32"),
        ]
    )


_REFERENCE_PARTNERS = (
    kg.layers.DropReferenceBatch,
    kg.layers.VirtualBatchNormalization,
)


_LABELLED = (
    kg.layers.ConditionalBatchNormalization,
    kg.layers.ProjectionHead,
    kg.priors.CategoricalPrior,
    kg.terms.AuxiliaryClassifier,
)


_FEW_LABELS = (kg.terms.LabelledExamples,)
_FEW_LABEL_NETWORKS = (
    "networks.softplus_generator",
    "networks.classifying_discriminator",
)
_COMPLETING_NETWORKS = (
    "networks.inpainting_generator",
    "networks.inpainting_discriminator",
)


def _labelled_game(copies):
    """The layers that are told the class, one network each; the others beside them."""
    (prior,), terms, normalizations, heads = (
        [one for one in copies if isinstance(one, kind)]
        for kind in (
            kg.priors.Prior,
            kg.terms.Term,
            kg.layers.ConditionalBatchNormalization,
            kg.layers.ProjectionHead,
        )
    )
    latents = keras.Input((LATENT_DIM,), name="latents")
    labels = keras.Input((), name="labels", dtype="int32")
    outputs = keras.layers.Dense(16)(latents)
    for normalization in normalizations:
        outputs = normalization(outputs, labels)
    images = keras.layers.Reshape(IMAGE_SHAPE)(outputs)
    generator = keras.Model([latents, labels], images)
    images = keras.Input(IMAGE_SHAPE, name="images")
    features = keras.layers.Dense(5)(keras.layers.Flatten()(images))
    logits = keras.layers.Add()([head(features, labels) for head in heads])
    said = {"logits": logits, "classes": keras.layers.Dense(NUM_CLASSES)(features)}
    gan = kg.GAN(
        generator,
        keras.Model([images, labels], said),
        kg.priors.UniformPrior(LATENT_DIM),
        conditions={"labels": prior},
    )
    gan.compile(**_rules_with(terms))
    return gan


def _generator_with_reference(reference, drop, virtual):
    inputs = keras.Input((LATENT_DIM,))
    outputs = keras.layers.Dense(16)(reference(inputs))
    outputs = drop(virtual(outputs))
    return keras.Model(inputs, keras.layers.Reshape(IMAGE_SHAPE)(outputs))
