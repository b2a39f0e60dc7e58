"""The theory of 2014 as checks that run: propositions 1 and 2, theorem 1, saturation.

    python examples/theory.py --output-dir runs/theory

Expected, in about a minute:

- Proposition 1. A discriminator trained against fixed distributions becomes
  p / (p + q): within 0.05 wherever the mean of both densities exceeds 0.01.
- Theorem 1. The value of the game with the best discriminator is -log 4 + 2 JSD, on
  random discrete pairs and on pairs of Gaussians, to 1e-6; its least value,
  -log 4, is that of equal distributions alone.
- Proposition 2. Moves of the model along the gradient of that value, with the best
  discriminator after each, lead to the data from every start.
- Saturation. Where the discriminator rejects samples, the slope of log(1 - D) vanishes
  and that of -log D is largest.

The script ends with status 1 if a check fails. The picture is in
examples/records/theory.
"""

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.spatial.distance import jensenshannon
from scipy.special import expit
from scipy.stats import norm
from tensorflow_probability import distributions as tfd

import keras_gan as kg
from keras_gan.divergences import (
    js_divergence,
    optimal_discriminator,
    optimal_value,
)
from keras_gan.runs import record_environment, replacing, write_json

LOG_4 = math.log(4)


class Check(NamedTuple):
    """A statement, by how much it was missed, and by how much it may be."""

    statement: str
    missed_by: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether it was missed by no more than that."""
        return self.missed_by <= self.tolerance


# --------------------------------------------------------------------- proposition 1

DATA, MODEL = (-1.0, 0.7), (1.0, 1.2)  # means and standard deviations


def trained_discriminator(num_steps: int) -> keras.Model:
    """Maximizes V against two fixed Gaussians, from samples alone."""
    keras.utils.set_random_seed(0)
    dense = [keras.layers.Dense(64, "tanh") for _ in range(2)]
    discriminator = keras.Sequential([keras.Input((1,)), *dense, keras.layers.Dense(1)])
    rate = keras.optimizers.schedules.CosineDecay(1e-2, num_steps)
    optimizer = keras.optimizers.Adam(rate)
    objective = kg.objectives.Minimax()
    generator = tf.random.Generator.from_seed(0)

    @tf.function
    def move() -> None:
        real, fake = (
            generator.normal((2048, 1), mean, stddev) for mean, stddev in (DATA, MODEL)
        )
        with tf.GradientTape() as tape:
            loss = objective.discriminator_loss(
                discriminator(real), discriminator(fake)
            )
        variables = discriminator.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)

    for _ in range(num_steps):
        move()
    return discriminator


def proposition_1(axes: Axes, num_steps: int) -> Iterator[Check]:
    best = optimal_discriminator(tfd.Normal(*DATA), tfd.Normal(*MODEL))
    points = np.linspace(-5, 6, 400)
    discriminator = trained_discriminator(num_steps)
    learned = expit(discriminator.predict(points[:, None], verbose=0)[:, 0])
    densities = [norm.pdf(points, *law) for law in (DATA, MODEL)]
    seen = np.mean(densities, axis=0) > 0.01
    axes.plot(points, best(points), "k--", label="p / (p + q)")
    axes.plot(points[seen], learned[seen], "C0", label="D, trained on samples")
    for density, style, name in zip(densities, ("k:", "C2-"), "pq", strict=True):
        axes.plot(points, density, style, linewidth=1, label=f"{name}, density")
    axes.set_title("Proposition 1: the best D")
    axes.legend(fontsize=7)
    missed = np.abs(learned - best(points))[seen].max()
    yield Check("D learned from samples is p / (p + q)", float(missed), 0.05)


# ------------------------------------------------------------------------- theorem 1


def theorem_1(axes: Axes) -> Iterator[Check]:
    random = np.random.default_rng(0)
    pairs = [random.dirichlet([0.3] * 9, size=2) for _ in range(1000)]
    values = np.array([optimal_value(data, model) for data, model in pairs])
    # SciPy's is the square root of the divergence.
    divergences = np.array([jensenshannon(*pair) ** 2 for pair in pairs])
    missed = np.abs(values - (2 * divergences - LOG_4)).max()
    yield Check("C(G) = 2 JSD - log 4, 1000 discrete pairs", float(missed), 1e-9)
    yield Check("C(G) > -log 4 unless p_g = p", float(np.sum(values <= -LOG_4)), 0)
    same = max(abs(optimal_value(data, data) + LOG_4) for data, _ in pairs)
    yield Check("C(G) = -log 4 where p_g = p", same, 1e-12)
    shifts = np.linspace(-4, 4, 41)
    curve = [
        optimal_value(tfd.Normal(0.0, 1.0), tfd.Normal(shift, 1.0)) for shift in shifts
    ]
    by_hand = [2 * gaussian_divergence(shift) - LOG_4 for shift in shifts]
    missed = np.abs(np.subtract(curve, by_hand)).max()
    yield Check("the same, 41 pairs of Gaussians", float(missed), 1e-6)
    yield Check("least where they are equal", abs(shifts[np.argmin(curve)]), 0)
    axes.plot(shifts, curve, "C0")
    axes.axhline(-LOG_4, color="k", linestyle=":", linewidth=1)
    axes.axhline(0, color="k", linestyle=":", linewidth=1)
    axes.set_title("Theorem 1: C(G) of N(shift, 1) for N(0, 1)")
    axes.set_xlabel("shift; dotted: -log 4 and 0")


def gaussian_divergence(shift: float) -> float:
    """JSD of two unit Gaussians by the trapezoidal rule, which is exact enough here."""
    points = np.linspace(-15, 15, 20_001) + shift / 2
    p, q = norm.pdf(points), norm.pdf(points, shift)
    middle = (p + q) / 2
    logs = [np.where(d > 0, d * np.log(d / middle), 0.0) for d in (p, q)]
    return float(np.trapezoid(sum(logs) / 2, points))


# --------------------------------------------------------------------- proposition 2


def descend(
    data: np.ndarray, model: np.ndarray, rate: float, num_moves: int
) -> list[float]:
    """JSD to the data while the model moves along -dV/dp_g = -log(1 - D*).

    Exponentiated gradient descent, which stays among distributions.
    """
    divergences = []
    for _ in range(num_moves):
        divergences.append(js_divergence(data, model))
        slope = np.log1p(-optimal_discriminator(data, model))
        model = model * np.exp(-rate * slope)
        model /= model.sum()
    return divergences


def proposition_2(axes: Axes) -> Iterator[Check]:
    random = np.random.default_rng(1)
    last, rises = [], 0
    for _ in range(20):
        data, model = random.dirichlet([0.5] * 12, size=2)
        curve = descend(data, model, rate=0.5, num_moves=400)
        last.append(curve[-1])
        rises += int(np.sum(np.diff(curve) > 1e-15))
        axes.semilogy(np.maximum(curve, 1e-17), "C0", alpha=0.4, linewidth=1)
    axes.set_title("Proposition 2: JSD to the data, 20 starts")
    axes.set_xlabel("moves of the model")
    yield Check("Algorithm 1 on distributions reaches the data", max(last), 1e-12)
    yield Check("and no move leads away from them", rises, 0)


# ------------------------------------------------------------------------ saturation


def slopes(objective: kg.objectives.Objective, logits: np.ndarray) -> np.ndarray:
    logits = tf.constant(logits[:, None], tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        total = objective.generator_loss(logits) * len(logits)  # a mean over the batch
    return np.abs(tape.gradient(total, logits).numpy()[:, 0])


def saturation(axes: Axes) -> Iterator[Check]:
    logits = np.linspace(-10, 10, 401)
    verdicts = expit(logits)  # D(G(z))
    expected = {
        "log(1 - D)": (kg.objectives.Minimax(), verdicts),
        "-log D": (kg.objectives.NonSaturating(), 1 - verdicts),
    }
    for name, (objective, by_hand) in expected.items():
        slope = slopes(objective, logits)
        axes.plot(verdicts, slope, label=name)
        missed = float(np.abs(slope - by_hand).max())
        yield Check(f"slope of {name} with respect to the logit", missed, 1e-6)
        rejected = slope[0]  # D = 5e-5
        vanishes = name.startswith("log")
        missed = rejected if vanishes else 1 - rejected
        word = "vanishes" if vanishes else "is 1"
        yield Check(f"it {word} where samples are rejected", float(missed), 1e-4)
    axes.set_title("Saturation: |slope| of the generator's loss")
    axes.set_xlabel("D(G(z))")
    axes.legend(fontsize=7)


# ------------------------------------------------------------------------------ main


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--num-steps", type=int, default=2500, help="moves of D")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/theory"))
    options = parser.parse_args()
    figure = Figure(figsize=(9, 7), layout="constrained")
    axes = figure.subplots(2, 2).ravel()
    checks = [
        *proposition_1(axes[0], options.num_steps),
        *theorem_1(axes[1]),
        *proposition_2(axes[2]),
        *saturation(axes[3]),
    ]
    for check in checks:
        verdict = "holds" if check.holds else "FAILS"
        print(
            f"{verdict}  {check.statement:48}  missed by {check.missed_by:.1e}, "
            f"tolerance {check.tolerance:.0e}"
        )
    path = options.output_dir / "theory.png"
    with replacing(path) as partial:
        figure.savefig(partial, dpi=110, format="png")
    record = {
        "checks": [check._asdict() for check in checks],
        "environment": record_environment(),
    }
    write_json(options.output_dir / "theory.json", record)
    print(f"Written: {path}")
    sys.exit(not all(check.holds for check in checks))


if __name__ == "__main__":
    main()
