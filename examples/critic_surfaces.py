"""What a clipped critic can say, and one with a gradient penalty: WGAN-GP's figure 1.

    python examples/critic_surfaces.py --output-dir runs/critic_surfaces

Critics learn to tell the three toy sets of WGAN-GP from the same points with noise
N(0, I) on them, until they are as good as they get: with every weight clipped to
[-0.01, 0.01], and with the gradient penalty of weight 10. The pictures are their level
lines. A critic's gap, mean on data less mean on fakes, over its steepest slope is a
lower bound of the Wasserstein distance: the better critic has the higher one.

Below, critics of twelve layers on the Swiss roll: the norm of the critic's gradient in
the output of each layer, which grows or shrinks by a factor a layer with the clipping
bound, and hardly with the penalty; and the weights, which clipping drives to the ends.

The game is `kg.GAN`'s, with a `kg.games.Game` of its own for the fakes and a generator
that stands still. Against the paper: 128 units a layer instead of 512, and the deep
critics too learn against data with noise rather than a generator that moves.

Expected: bounds of the Wasserstein distance, clipping then penalty: 0.29 and 0.41 on
the 8 Gaussians, 0.43 and 0.40 on the 25, 0.25 and 0.40 on the Swiss roll, so that
clipping keeps up where square level lines fit. In twelve layers the gradient grows by
1e8 towards the first with weights up to 0.1, shrinks by 1e-11 with 0.01 and by 1e-21
with 0.001, and by two thirds with the penalty. Some five minutes on one core; picture
and record are in examples/records/critic_surfaces.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

import keras_gan as kg
from keras_gan.runs import record_environment, replacing, write_json

UNITS, BATCH_SIZE = 128, 128
LIMITS = (0.1, 0.01, 0.001)
SHALLOW, DEEP = 4, 12  # layers, the output's among them
REACH = 2.0
SETS: dict[str, Callable[..., kg.datasets.Dataset]] = {
    "8 Gaussians": lambda **sizes: kg.datasets.load_ring_of_gaussians(
        **sizes, radius=2 / 1.414, stddev=0.02 / 1.414
    ),
    "25 Gaussians": lambda **sizes: kg.datasets.load_grid_of_gaussians(
        **sizes, spacing=2 / 2.828, stddev=0.05 / 2.828
    ),
    "Swiss roll": kg.datasets.load_swiss_roll,
}


# ------------------------------------------------------------------------- the critics


class NoisyData(kg.games.Game):
    """Fakes are the data with noise, which the generator makes of the latents."""

    def fake(
        self, gan: Any, batch: Any, context: Any, latents: tf.Tensor, training: bool
    ) -> dict[str, tf.Tensor]:
        """Returns the points of the batch, each moved by its own noise."""
        made = super().fake(gan, batch, context, latents, training)
        return {**made, gan.data_name: batch[gan.data_name] + made[gan.data_name]}


def build_critic(num_layers: int) -> keras.Model:
    """Rectifiers with He's weights and, last, one number."""
    hidden = [
        keras.layers.Dense(UNITS, "relu", kernel_initializer="he_normal")
        for _ in range(num_layers - 1)
    ]
    return keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1)])


def train_critic(
    points: np.ndarray, num_layers: int, limit: float | None, num_steps: int
) -> keras.Model:
    """A critic bounded by clipping to `limit`, or by the penalty where it is `None`."""
    keras.utils.set_random_seed(0)
    identity = keras.layers.Dense(2, kernel_initializer="identity")
    gan = kg.GAN(
        keras.Sequential([keras.Input((2,)), identity]),
        build_critic(num_layers),
        kg.priors.NormalPrior(2),
        game=NoisyData(),
    )
    if limit is None:
        decay = keras.optimizers.schedules.CosineDecay(1e-3, num_steps)
        optimizer = keras.optimizers.Adam(decay, beta_1=0.5, beta_2=0.9)
        rules: dict[str, Any] = {"terms": [kg.terms.GradientPenalty(10.0)]}
    else:  # the paper's rate of 5e-5 belongs to 0.01
        optimizer = keras.optimizers.RMSprop(limit / 200)
        rules = {"discriminator_constraint": kg.constraints.WeightClipping(limit)}
    gan.compile(
        keras.optimizers.SGD(0.0),
        optimizer,
        objective="wasserstein",
        steps_per_execution=min(50, num_steps),
        **rules,
    )
    gan.fit(points, batch_size=BATCH_SIZE, verbose=0)
    return gan.discriminator


# ---------------------------------------------------------------------------- measures


def values_and_slopes(
    critic: keras.Model, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Values `[num]` of a critic, and the norms `[num]` of its gradient."""
    points = tf.constant(points, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(points)
        values = critic(points)
    gradients = tape.gradient(values, points).numpy().astype("float64")
    return values.numpy()[:, 0], np.linalg.norm(gradients, axis=1)


def grid_points(num: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates `[num]` of a side, and the points `[num^2, 2]` of the square."""
    side = np.linspace(-REACH, REACH, num)
    return side, np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


def lower_bound(critic: keras.Model, points: np.ndarray) -> float:
    """Gap over the steepest slope: no more than the Wasserstein distance."""
    noise = np.random.default_rng(0).normal(size=points.shape)
    real, slopes = values_and_slopes(critic, points)
    fake, others = values_and_slopes(critic, points + noise)
    _, elsewhere = values_and_slopes(critic, grid_points()[1])
    steepest = max(slopes.max(), others.max(), elsewhere.max())
    return float((real.mean() - fake.mean()) / steepest)


def layer_norms(critic: keras.Model, points: np.ndarray) -> list[float]:
    """Mean norm of the critic's gradient in the output of each hidden layer."""
    outputs = [tf.constant(points, tf.float32)]
    with tf.GradientTape() as tape:
        tape.watch(outputs[0])
        for layer in critic.layers:
            outputs.append(layer(outputs[-1]))
    gradients = tape.gradient(outputs[-1], outputs[1:-1])
    # In float64, where squares of the smallest are not 0.
    return [
        float(np.linalg.norm(one.numpy().astype("float64"), axis=1).mean())
        for one in gradients
    ]


def kernels(critic: keras.Model) -> np.ndarray:
    """All weights between hidden layers, in a row."""
    return np.concatenate([one.kernel.numpy().ravel() for one in critic.layers[1:-1]])


# -------------------------------------------------------------------------------- main


def draw_surfaces(
    grid: Any, names: Sequence[str], num_steps: int
) -> Iterator[tuple[str, float]]:
    """Level lines of both critics on each set; yields their lower bounds."""
    side, square = grid_points()
    for column, name in enumerate(names):
        data = SETS[name](num_train=num_steps * BATCH_SIZE, num_valid=2_000, num_test=1)
        for row, (kind, limit) in enumerate((("clipping", 0.01), ("penalty", None))):
            critic = train_critic(data.train.points, SHALLOW, limit, num_steps)
            bound = lower_bound(critic, data.valid.points)
            surface = values_and_slopes(critic, square)[0].reshape(len(side), -1)
            axes = grid[row, column]
            axes.plot(*data.valid.points[:500].T, "C1.", markersize=2)
            axes.contour(side, side, surface, 14, linewidths=0.9)
            axes.set(xticks=[], yticks=[], aspect="equal")
            axes.set_title(f"{name}, {kind}: W >= {bound:.3f}", fontsize=9)
            print(f"{name}, {kind}: W >= {bound:.4f}", flush=True)
            yield f"{name}, {kind}", bound


def draw_layers(
    axes: Any, histograms: Any, limits: Sequence[float], num_steps: int
) -> Iterator[tuple[str, list[float]]]:
    """Gradient norms of deep critics by layer; yields them."""
    data = kg.datasets.load_swiss_roll(num_steps * BATCH_SIZE, 2_000, num_test=1)
    bounds = {f"clipping, {limit:g}": limit for limit in limits}
    for name, limit in {**bounds, "penalty": None}.items():
        critic = train_critic(data.train.points, DEEP, limit, num_steps)
        norms = layer_norms(critic, data.valid.points)
        style = "k-" if limit is None else "--"
        axes.semilogy(np.arange(1, len(norms) + 1), norms, style, label=name)
        if limit in (0.01, None):
            panel = histograms[int(limit is None)]
            panel.hist(kernels(critic), bins=60)
            panel.set_title(f"weights, {name}", fontsize=9)
            panel.set_yticks([])
        print(f"{DEEP} layers, {name}: {norms[0]:.1e} to {norms[-1]:.1e}", flush=True)
        yield name, norms
    axes.set(xlabel="layer", title=f"|gradient| in the layers of {DEEP}")
    axes.title.set_fontsize(9)
    axes.legend(fontsize=7)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=1_500, help="of shallow critics")
    parser.add_argument("--deep-steps", type=int, default=600, help="of deep ones")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--limits", nargs="+", type=float, default=list(LIMITS))
    parser.add_argument("--output-dir", type=Path, default=Path("runs/critic_surfaces"))
    options = parser.parse_args()
    figure = Figure(figsize=(9.5, 9), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[2.1, 1])
    norm_axes, *histograms = below.subplots(1, 3)
    grid = above.subplots(2, len(options.sets), squeeze=False)
    bounds = draw_surfaces(grid, options.sets, options.steps)
    norms = draw_layers(norm_axes, histograms, options.limits, options.deep_steps)
    record = {
        "protocol": {"steps": options.steps, "deep_steps": options.deep_steps},
        "lower_bounds": dict(bounds),
        "norms_by_layer": dict(norms),
        "environment": record_environment(),
    }
    path = options.output_dir / "critic_surfaces.png"
    with replacing(path) as partial:
        figure.savefig(partial, dpi=100, format="png")
    write_json(options.output_dir / "critic_surfaces.json", record)
    print(f"Written: {path}")


if __name__ == "__main__":
    main()
