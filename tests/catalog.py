"""Every public object that a saved model may hold, with non-default arguments."""

import keras_gan as kg

SERIALIZABLE = [
    kg.layers.Maxout(
        3,
        num_pieces=2,
        kernel_initializer="he_normal",
        bias_initializer="ones",
        kernel_constraint="max_norm",
        name="hidden",
    ),
    kg.objectives.Minimax(label_smoothing=0.1),
    kg.objectives.NonSaturating(label_smoothing=0.25),
    kg.optimizers.MomentumSGD(
        kg.schedules.FlooredExponentialDecay(0.2, 1.5, 1e-3),
        kg.schedules.LinearPerEpoch(0.4, 0.9, 7, 3),
        name="mover",
    ),
    kg.optimizers.MomentumSGD(0.25, momentum=0.75),
    kg.priors.NormalPrior(5, mean=0.5, stddev=2.0),
    kg.priors.UniformPrior(5, low=0.25, high=0.5),
    kg.schedules.FlooredExponentialDecay(0.2, 1.5, 1e-3),
    kg.schedules.LinearPerEpoch(0.4, 0.9, 7, 3),
]
