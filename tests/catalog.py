"""Every public object that a saved model may hold, with non-default arguments."""

import keras

import keras_gan as kg

SERIALIZABLE = [
    kg.augmentation.DiffAugment("cutout,color", value_range=(0.0, 1.0)),
    kg.constraints.WeightClipping(0.25),
    kg.layers.DropReferenceBatch(7, name="drop"),
    kg.layers.GaussianInputNoise(0.25, seed=3, name="noise"),
    kg.layers.Maxout(
        3,
        num_pieces=2,
        kernel_initializer="he_normal",
        bias_initializer="ones",
        kernel_constraint="max_norm",
        name="hidden",
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
    kg.layers.ReferenceBatch(7, initializer="random_uniform", name="reference"),
    kg.layers.SpectralNormalization(
        keras.layers.Conv2DTranspose(3, 4, dtype="mixed_float16"),
        power_iterations=2,
        epsilon=1e-6,
        seed=3,
        name="normalized",
    ),
    kg.layers.VirtualBatchNormalization(
        7,
        epsilon=1e-3,
        gamma_initializer="ones",
        beta_initializer="random_normal",
        name="virtual",
    ),
    kg.objectives.Hinge(),
    kg.objectives.LeastSquares(-1.0, 1.0, 0.0, label_smoothing=0.1),
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
    kg.penalties.DRAGAN(3.0, scale=0.25, interval=2),
    kg.penalties.FeatureMatching(
        0.5, layer="hidden", distance="mean_absolute", replaces_objective=False
    ),
    kg.penalties.GradientPenalty(3.0, one_sided=True, interval=2),
    kg.penalties.HistoricalAveraging(0.25, player="generator"),
    kg.penalties.MomentMatching(
        0.5, layer="hidden", mean_tolerance=0.1, spread_tolerance=0.2
    ),
    kg.penalties.R1(3.0, interval=16),
    kg.penalties.R2(3.0, interval=4),
    kg.priors.NormalPrior(5, mean=0.5, stddev=2.0),
    kg.priors.UniformPrior(5, low=0.25, high=0.5),
    kg.schedules.FlooredExponentialDecay(0.2, 1.5, 1e-3),
    kg.schedules.LinearPerEpoch(0.4, 0.9, 7, 3),
]
