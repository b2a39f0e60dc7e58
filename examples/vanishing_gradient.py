"""How the generator's gradient vanishes as D gets better, and what noise does about it.

    python examples/vanishing_gradient.py --output-dir runs/vanishing_gradient
    python examples/vanishing_gradient.py --data mnist --data-dir DIR

The experiment of Arjovsky and Bottou (2017, figures 1 to 3), on digits of 8 x 8 pixels
by default: a generator is trained for 1, 10 and 25 epochs and held still; against each
of the three a new discriminator learns for 4,000 steps. Along the way are measured, on
the same images and latents throughout, from logits in float64:

    cross-entropy and accuracy of D
    norm of the gradient of E[log(1 - D(G(z)))], the minimax loss, in G's weights
    norm of the gradient of E[-log D(G(z))], the non-saturating loss

once without and once with instance noise, Gaussian, on what D is shown of both sides,
in training and in these measures.

Expected on digits: D is right about everything after 8 steps. Without noise the minimax
gradient falls from 0.3 to 5e-6 (1 epoch), 6e-6 (10) and 2e-5 (25), and the
non-saturating one grows from 0.3 to 18, 12 and 11. With noise of 0.5 the minimax
gradient stays between 0.05 and 0.6, while D is right about 98 to 99 %. Three minutes on
one core; the script ends with status 1 if the first gradient does not vanish, the
second does not grow, or noise does not help. Picture and record are in
examples/records/vanishing_gradient.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

import keras_gan as kg
from keras_gan.runs import record_environment, replacing, write_json

LATENT_DIM = 20
BATCH_SIZE = 64
NUM_MEASURED = 512
MINIMAX, NON_SATURATING = kg.objectives.Minimax(), kg.objectives.NonSaturating()
COLORS = ("C0", "C1", "C2")


# ------------------------------------------------------------------------ the networks


def make_generator(image_shape: tuple[int, ...], dtype: str = "float32") -> keras.Model:
    """G: 20 - 128 - 128 - pixels in [0, 1]."""
    return keras.Sequential(
        [
            keras.Input((LATENT_DIM,), dtype=dtype),
            keras.layers.Dense(128, "relu", dtype=dtype),
            keras.layers.Dense(128, "relu", dtype=dtype),
            keras.layers.Dense(int(np.prod(image_shape)), "sigmoid", dtype=dtype),
            keras.layers.Reshape(image_shape, dtype=dtype),
        ]
    )


def make_discriminator(
    image_shape: tuple[int, ...], dtype: str = "float32"
) -> keras.Model:
    """D: pixels - 128 - 128 - 1, leaky rectifiers."""
    return keras.Sequential(
        [
            keras.Input(image_shape, dtype=dtype),
            keras.layers.Flatten(dtype=dtype),
            keras.layers.Dense(128, "leaky_relu", dtype=dtype),
            keras.layers.Dense(128, "leaky_relu", dtype=dtype),
            keras.layers.Dense(1, dtype=dtype),
        ]
    )


def build_game(
    generator: keras.Model,
    image_shape: tuple[int, ...],
    generator_rate: float,
    **rules: Any,
) -> kg.GAN:
    """A game of this generator with a new discriminator."""
    gan = kg.GAN(
        generator, make_discriminator(image_shape), kg.priors.NormalPrior(LATENT_DIM)
    )
    optimizers = (
        keras.optimizers.Adam(rate, beta_1=0.5) for rate in (generator_rate, 1e-3)
    )
    gan.compile(*optimizers, **rules)
    return gan


# ---------------------------------------------------------------------------- measures


class Measures:
    """What is measured of a frozen generator and a discriminator, in float64.

    Args:
        images: float array `[num, height, width, channels]` in [0, 1].
        noise: float, standard deviation of what is added to all that D is shown.
    """

    def __init__(self, images: np.ndarray, noise: float) -> None:
        random = np.random.default_rng(0)
        shape = images.shape
        self.latents = tf.constant(random.normal(size=(len(images), LATENT_DIM)))
        self.noise = tf.constant(noise * random.normal(size=shape))
        self.real = tf.constant(images + noise * random.normal(size=shape))
        self.generator = make_generator(shape[1:], "float64")
        self.discriminator = make_discriminator(shape[1:], "float64")

    def __call__(
        self, generator: keras.Model, discriminator: keras.Model
    ) -> dict[str, float]:
        """Measures a pair of float32 networks."""
        self.generator.set_weights(generator.get_weights())
        self.discriminator.set_weights(discriminator.get_weights())
        real = self.discriminator(self.real)
        with tf.GradientTape(persistent=True) as tape:
            fake = self.discriminator(self.generator(self.latents) + self.noise)
            losses = {
                "minimax": MINIMAX.generator_loss(fake),
                "non_saturating": NON_SATURATING.generator_loss(fake),
            }
        weights = self.generator.trainable_weights
        norms = {
            name: float(tf.linalg.global_norm(tape.gradient(loss, weights)))
            for name, loss in losses.items()
        }
        right = np.mean(real > 0) + np.mean(fake < 0)
        cross_entropy = float(MINIMAX.discriminator_loss(real, fake)) / 2
        return {"cross_entropy": cross_entropy, "accuracy": float(right / 2), **norms}


def steps_to_measure(num_steps: int) -> list[int]:
    """About six a decade, and the last."""
    counted = np.unique(np.geomspace(1, num_steps, 1 + 6 * len(str(num_steps))).round())
    return [0, *counted.astype(int).tolist()]


def train_against(
    generator: keras.Model, images: np.ndarray, noise: float, num_steps: int
) -> list[dict[str, float]]:
    """Measures along the training of a new discriminator against a frozen generator."""
    keras.utils.set_random_seed(1)
    gan = build_game(generator, images.shape[1:], 0.0, instance_noise=noise)
    measures = Measures(images[:NUM_MEASURED], noise)
    batches = endless(images)
    measured, done = [], 0
    for step in steps_to_measure(num_steps):
        if step > done:
            gan.fit(batches, epochs=1, steps_per_epoch=step - done, verbose=0)
        done = step
        measured.append({"step": step, **measures(generator, gan.discriminator)})
    return measured


def endless(images: np.ndarray) -> tf.data.Dataset:
    """Minibatches, shuffled, without an end."""
    rows = tf.data.Dataset.from_tensor_slices(images).repeat()
    return rows.shuffle(2_000, seed=0).batch(BATCH_SIZE)


# --------------------------------------------------------------------------------- main


def play(images: np.ndarray, options: argparse.Namespace) -> dict[str, Any]:
    """The curves by noise and by epochs of the generator."""
    keras.utils.set_random_seed(0)
    shape = images.shape[1:]
    generator = make_generator(shape)
    gan = build_game(generator, shape, 1e-3)
    curves: dict[str, Any] = {f"{noise:g}": {} for noise in (0.0, options.noise)}
    done = 0
    for epochs in options.epochs:
        gan.fit(images, batch_size=BATCH_SIZE, epochs=epochs - done, verbose=0)
        done = epochs
        for noise in (0.0, options.noise):
            frozen = make_generator(shape)
            frozen.set_weights(generator.get_weights())
            curve = train_against(frozen, images, noise, options.steps)
            curves[f"{noise:g}"][str(epochs)] = curve
            print(f"{epochs:3} epochs, noise {noise:g}: {summary(curve)}", flush=True)
    return curves


def summary(curve: Sequence[dict[str, float]]) -> str:
    """What became of each measure between its largest value and the end."""
    names = ("cross_entropy", "minimax", "non_saturating")
    parts = (
        f"{name} {max(one[name] for one in curve):.1e} -> {curve[-1][name]:.1e}"
        for name in names
    )
    return f"accuracy {curve[-1]['accuracy']:.3f}, {', '.join(parts)}"


def checks(curves: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """The paper's statements, and whether they hold of these curves."""
    bare, noisy = curves.values()
    for epochs in bare:
        change = {
            (kind, name): curve[-1][name] / curve[0][name]
            for kind, curve in (("bare", bare[epochs]), ("noisy", noisy[epochs]))
            for name in ("minimax", "non_saturating")
        }
        of = f"{epochs} epochs"
        yield f"the minimax gradient vanishes, {of}", change["bare", "minimax"] < 0.05
        grows = change["bare", "non_saturating"] > 10
        yield f"the non-saturating one grows, {of}", grows
        yield f"noise holds the first up, {of}", change["noisy", "minimax"] > 0.2


def draw(path: Path, curves: dict[str, Any]) -> None:
    titles = {
        "cross_entropy": "cross-entropy of D, nats",
        "accuracy": "accuracy of D",
        "minimax": "|gradient| of log(1 - D)",
        "non_saturating": "|gradient| of -log D",
    }
    figure = Figure(figsize=(12, 6), layout="constrained")
    grid = figure.subplots(len(curves), len(titles), sharex=True, sharey="col")
    for row, (noise, by_epochs) in zip(grid, curves.items(), strict=True):
        for axes, (name, title) in zip(row, titles.items(), strict=True):
            for color, (epochs, curve) in zip(COLORS, by_epochs.items(), strict=False):
                steps = [max(one["step"], 0.7) for one in curve]
                values = [one[name] for one in curve]
                axes.plot(steps, values, color, label=f"{epochs} epochs")
            axes.set(xscale="log", title=f"{title}\ninstance noise {noise}")
            axes.title.set_fontsize(9)
            if name != "accuracy":
                axes.set_yscale("log")
        row[0].legend(fontsize=7)
    for axes in grid[-1]:
        axes.set_xlabel("steps of D", fontsize=8)
    with replacing(path) as partial:
        figure.savefig(partial, dpi=100, format="png")
    print(f"Written: {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", choices=("digits", "mnist"), default="digits")
    parser.add_argument("--data-dir", type=Path, help="of MNIST's files")
    parser.add_argument("--epochs", type=int, nargs="+", default=[1, 10, 25])
    parser.add_argument("--steps", type=int, default=4_000, help="of each new D")
    parser.add_argument("--noise", type=float, default=0.5, help="in units of [0, 1]")
    parser.add_argument(
        "--output-dir", type=Path, default=Path("runs/vanishing_gradient")
    )
    options = parser.parse_args()
    data = kg.datasets.load(options.data, options.data_dir).in_range(0, 1)
    curves = play(data.train.images, options)
    draw(options.output_dir / "vanishing_gradient.png", curves)
    record = {
        "protocol": {
            "data": options.data,
            "steps": options.steps,
            "batch_size": BATCH_SIZE,
            "num_measured": min(NUM_MEASURED, len(data.train)),
        },
        "curves_by_noise_and_epochs": curves,
        "environment": record_environment(),
    }
    write_json(options.output_dir / "vanishing_gradient.json", record)
    statements = dict(checks(curves))
    for statement, holds in statements.items():
        print(f"{'holds' if holds else 'FAILS'}  {statement}")
    sys.exit(not all(statements.values()))


if __name__ == "__main__":
    main()
