"""Figure 1 of 2014, from a training run: how G and D answer each other on the line.

    python examples/figure1_one_dimension.py --output-dir runs/figure1

The paper's figure is drawn by hand. Here Algorithm 1, with four moves of D for one of
G, is stopped four times:

    a  near the data but not there: D is partly right
    b  D was trained on, G held still: D reaches p / (p + p_g)
    c  G was moved, D held still: arrows went to where D is larger
    d  the end: p_g is p, and D is 1/2 wherever there are data

Each panel shows the true densities of data and model, D, and arrows from evenly spaced
latents to their images. The model's density is exact: probability of thin bins by the
images of 400,000 evenly spaced latents.

Expected: the mean |D - p / (p + p_g)| falls from 0.23 in a to 0.01 in b; the
Jensen-Shannon divergence to the data falls from 0.24 nats in b to 0.16 in c, and in d
lies below 0.001 with D within 0.01 of 1/2 where data fall. A minute on two cores; the
picture is in examples/records/figure1.
"""

import argparse
from pathlib import Path
from typing import Any

import keras
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.spatial.distance import jensenshannon
from scipy.stats import norm

import keras_gan as kg
from keras_gan.runs import record_environment, replacing, write_json

MEAN, STDDEV = 1.0, 0.5
EDGES = np.linspace(-2.5, 4.5, 281)
POINTS = (EDGES[1:] + EDGES[:-1]) / 2
BATCH_SIZE = 512
DISCRIMINATOR_STEPS = 4


def build_game(seed: int) -> kg.GAN:
    """G: 1 - 16 - 16 - 1, monotone; D: 1 - 32 - 32 - 1; latents uniform on [-1, 1]."""
    gan = kg.GAN(
        monotone_generator(seed), line_judge(seed), kg.priors.UniformPrior(1), seed=seed
    )
    gan.compile(
        keras.optimizers.Adam(beta_1=0.5),
        keras.optimizers.Adam(beta_1=0.5),
        discriminator_steps=DISCRIMINATOR_STEPS,
        steps_per_execution=50,
    )
    return gan


def monotone_generator(seed: int) -> keras.Model:
    """Weights above zero and rising activations: arrows do not cross, as in the paper.

    The inverse of tanh stretches the latents' interval to the whole line, where the
    data are.
    """
    layers = [
        keras.layers.Dense(
            units,
            activation,
            kernel_initializer=initializer(scale, 10 * seed + place),
            kernel_constraint=keras.constraints.NonNeg(),
        )
        for units, activation, scale, place in (
            (16, keras.ops.arcsinh, 1.0, 0),
            (16, keras.ops.arcsinh, 1.0, 1),
            (1, None, 1.0, 2),
        )
    ]
    stretched = keras.layers.Activation(to_the_line)
    generator = keras.Sequential([keras.Input((1,)), stretched, *layers])
    for layer in layers:
        layer.kernel.assign(abs(layer.kernel))
    return generator


def to_the_line(latents: Any) -> Any:
    """From [-1, 1] to all numbers, the ends to finite ones."""
    return keras.ops.arctanh(0.99999 * latents)


def line_judge(seed: int) -> keras.Model:
    layers = [
        keras.layers.Dense(
            units, activation, kernel_initializer=initializer(scale, 10 * seed + place)
        )
        for units, activation, scale, place in (
            (32, "relu", 4.0, 3),
            (32, "relu", 1.0, 4),
            (1, None, 1.0, 5),
        )
    ]
    return keras.Sequential([keras.Input((1,)), *layers])


def initializer(scale: float, seed: int) -> keras.initializers.Initializer:
    return keras.initializers.VarianceScaling(scale, "fan_avg", seed=seed)


def play(gan: kg.GAN, num_steps: int, generator_rate: float, rate: float) -> None:
    """So many steps at these learning rates, each on points not met before."""
    gan.generator_optimizer.learning_rate.assign(generator_rate)
    gan.discriminator_optimizer.learning_rate.assign(rate)
    law = kg.datasets.gaussian_1d(MEAN, STDDEV)
    num_points = num_steps * BATCH_SIZE * DISCRIMINATOR_STEPS
    points = law.sample(num_points, seed=1 + int(gan.train_steps))
    gan.fit(points, batch_size=BATCH_SIZE, verbose=0)


class Snapshot:
    """Densities on thin bins and the discriminator's answers."""

    def __init__(self, gan: kg.GAN) -> None:
        latents = np.linspace(-1, 1, 400_001, dtype="float32")
        latents = (latents[1:] + latents[:-1]) / 2
        images = gan.generator.predict(latents[:, None], batch_size=10_000, verbose=0)
        width = EDGES[1] - EDGES[0]
        self.model = np.histogram(images, EDGES)[0] / len(images) / width
        self.data = norm.pdf(POINTS, MEAN, STDDEV)
        self.verdicts = gan.discriminate(POINTS[:, None].astype("float32")).ravel()
        self.sources = np.linspace(-0.97, 0.97, 17)
        arrows = gan.generator.predict(
            self.sources[:, None].astype("float32"), verbose=0
        )
        self.targets = arrows[:, 0]

    @property
    def best(self) -> np.ndarray:
        """The best answer to this generator."""
        return self.data / (self.data + self.model + 1e-12)

    @property
    def measures(self) -> dict[str, float]:
        """Divergence to the data, and where data and model fall, how far D is off."""
        to_best, to_half = (
            np.abs(self.verdicts - self.best),
            np.abs(self.verdicts - 0.5),
        )
        return {
            "JSD in nats": float(jensenshannon(self.data, self.model) ** 2),
            "mean |D - best|": float(
                np.average(to_best, weights=self.data + self.model)
            ),
            "mean |D - 1/2|": float(np.average(to_half, weights=self.data)),
        }


def draw(axes: Axes, snapshot: Snapshot, title: str) -> None:
    height = 1.25
    axes.plot(POINTS, snapshot.verdicts, "C0--", label="D(x)")
    seen = snapshot.data + snapshot.model > 1e-3  # elsewhere no draw tells
    best = np.where(seen, snapshot.best, np.nan)
    axes.plot(POINTS, best, "C0:", linewidth=1, label="p / (p + p_g)")
    axes.plot(POINTS, snapshot.data, "k:", label="data p")
    axes.plot(POINTS, snapshot.model, "C2-", label="model p_g")
    middle = (EDGES[0] + EDGES[-1]) / 2
    for source, target in zip(snapshot.sources, snapshot.targets, strict=True):
        start = (middle + 2.5 * source, -0.9)
        axes.annotate(
            "",
            (target, -0.35),
            start,
            arrowprops={"arrowstyle": "->", "linewidth": 0.6},
            annotation_clip=True,
        )
    for level, name in ((-0.35, "x"), (-0.9, "z")):
        axes.axhline(level, color="k", linewidth=0.8)
        axes.text(EDGES[0], level + 0.04, name)
    axes.set(xlim=(EDGES[0], EDGES[-1]), ylim=(-1.0, height), yticks=[0, 0.5, 1])
    axes.set_title(
        f"{title}\nJSD {snapshot.measures['JSD in nats']:.4f} nats", fontsize=9
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--steps", type=int, default=2_000, help="of each quarter of the last stage"
    )
    parser.add_argument("--output-dir", type=Path, default=Path("runs/figure1"))
    options = parser.parse_args()
    gan = build_game(options.seed)
    # Steps, and the learning rates of G and D in them; 0 holds a player still.
    stages = {
        "(a) near the data": [(30, 1e-3, 3e-4)],
        "(b) D trained on, G held still": [(400, 0.0, 2e-3)],
        "(c) G moved, D held still": [(30, 1e-3, 0.0)],
        "(d) the end": [
            (options.steps, 2e-3, 2e-3),
            (options.steps, 1e-3, 1e-3),
            (options.steps, 3e-4, 1e-3),
            (options.steps, 1e-4, 1e-3),
        ],
    }
    measures = {}
    figure = Figure(figsize=(13, 4), layout="constrained")
    for axes, (title, parts) in zip(figure.subplots(1, 4), stages.items(), strict=True):
        for num_steps, *rates in parts:
            play(gan, num_steps, *rates)
        snapshot = Snapshot(gan)
        draw(axes, snapshot, title)
        measures[title] = snapshot.measures
        values = (f"{name} {value:.4f}" for name, value in snapshot.measures.items())
        print(f"{title:30} {', '.join(values)}", flush=True)
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside lower center", ncols=4
    )
    path = options.output_dir / "figure1.png"
    with replacing(path) as partial:
        figure.savefig(partial, dpi=110, format="png")
    record = {
        "protocol": {"seed": options.seed, "steps": options.steps},
        "stages": measures,
        "environment": record_environment(),
    }
    write_json(options.output_dir / "figure1.json", record)
    print(f"Written: {path}")


if __name__ == "__main__":
    main()
