"""Coordination and latents: what each remedy does to the modes that a game holds.

    python examples/coordination.py --output-dir runs/coordination

A plain game on a ring of eight Gaussians, with one thing changed at a time. Section 6
of the 2014 paper asks for both kinds of remedy, "better methods for coordinating G and
D" and "better distributions to sample z from":

    nothing changed      one move of D for one of G, both at a rate of 1e-3, z ~ N(0, I)
    five moves of D      a fixed k
    adaptive k           after each part D moves once more for one of G, or G once less
                         for one of D, where D is right about less than the target, and
                         the other way round where it is right about more
    two time scales      a rate of D four times that of G
    uniform, spherical,  other priors of `kg.priors`; the mixture has eight components
    truncated, mixture   on a circle of radius 2
    learned prior        a mixture whose eight centers and widths are weights of G's
                         first layer, and learn with it

`--generator-steps 10` is the Helvetica scenario (examples/helvetica.py): G moves ten
times for one move of D, "too much without updating D", but for the row of five moves of
D, and adaptive k begins there.

k changes between calls of `fit`: `compile` with the same optimizers goes on with what
they know; below 1 it is 1 over the moves of G. All rows make as many moves of G. Modes
are those with a sample within 3 standard deviations, good samples those near any, of
2,500.

Expected after 3,000 moves of G, means of seeds 0 to 2, modes and good samples: nothing
changed 5.0 and 24 %, five moves of D 3.7 and 84 %, adaptive k, between a tenth and 8
with D right about 64 %, 6.7 and 38 %, two time scales 3.3 and 31 %; of the priors 5.3
to 6.3 and 30 to 50 %. None holds all eight each time, as pairs of points judged
together with R1 and R2 do (examples/helvetica.py). With `--generator-steps 10 --steps
20000` nothing changed 6.3 and 44 %, adaptive k 6.0 and 96 %, five moves of D 1.7 and
87 %. Six minutes of one core with AVX512 for all, twenty with ten moves of G; tables,
pictures and records are in examples/records/coordination.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

import keras_gan as kg
from keras_gan.runs import record_environment, replacing, write_json

BATCH_SIZE, NUM_SAMPLES, NUM_MODES = 100, 2_500, 8
RING = kg.datasets.ring_of_gaussians()
RATE, MOST_MOVES, MOST_OF_GENERATOR = 1e-3, 8, 10


class LearnedMixture(keras.layers.Layer):
    """Latents of a mixture of Gaussians whose centers and widths are learned.

    From standard normal numbers, of which the first says the component.

    Args:
        num_components: int.
        dim: int, length of what it returns; it is given one number more.
        seed: int, of the first centers.
    """

    def __init__(self, num_components: int, dim: int, seed: int) -> None:
        super().__init__()
        quantile = statistics.NormalDist().inv_cdf
        self.num_components = num_components
        self.edges = [quantile(k / num_components) for k in range(1, num_components)]
        normal = keras.initializers.RandomNormal(stddev=1.0, seed=seed)
        shape = (num_components, dim)
        self.centers = self.add_weight(shape=shape, initializer=normal)
        self.widths = self.add_weight(shape=shape, initializer="ones")

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Returns latents `[batch, dim]` for normal numbers `[batch, 1 + dim]`."""
        is_beyond = keras.ops.cast(inputs[:, :1] > self.edges, "int32")
        component = keras.ops.sum(is_beyond, axis=1)
        chosen = keras.ops.one_hot(component, self.num_components)
        return chosen @ self.centers + (chosen @ self.widths) * inputs[:, 1:]


def circle_prior() -> kg.priors.Prior:
    """Eight components on a circle."""
    centers = kg.datasets.ring_of_gaussians(NUM_MODES, radius=2.0).centers
    return kg.priors.GaussianMixturePrior(centers, stddev=0.5)


PRIORS: dict[str, Callable[[], kg.priors.Prior]] = {
    "uniform prior": lambda: kg.priors.UniformPrior(2, -math.sqrt(3), math.sqrt(3)),
    "spherical prior": lambda: kg.priors.SphericalPrior(2),
    "truncated prior": lambda: kg.priors.TruncatedNormalPrior(2, bound=1.5),
    "mixture prior": circle_prior,
    "learned prior": lambda: kg.priors.NormalPrior(3),
}
KINDS = ("nothing changed", "five moves of D", "adaptive k", "two time scales", *PRIORS)


def derived_seed(seed: int, index: int) -> int:
    """A seed below 2^31, unrelated to those of neighboring seeds and indices."""
    return int(np.random.SeedSequence([seed, index]).generate_state(1)[0] % 2**31)


def network(
    seed: int, num_outputs: int, units_before: float = 1.0, units_after: float = 1.0
) -> keras.Model:
    """Two numbers, four hidden layers of 128 rectifiers, one or two numbers."""
    he = [keras.initializers.HeNormal(derived_seed(seed, place)) for place in range(4)]
    last = keras.initializers.GlorotUniform(derived_seed(seed, 4))
    return keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Rescaling(units_before),
            *[keras.layers.Dense(128, "relu", kernel_initializer=one) for one in he],
            keras.layers.Dense(num_outputs, kernel_initializer=last),
            keras.layers.Rescaling(units_after),
        ]
    )


def build_game(
    kind: str, seed: int, steps_per_execution: int, ratio: int = 1
) -> kg.GAN:
    """A plain game of two networks that see the data in unit scale."""
    points = RING.sample(1_000, derived_seed(0, 0)).astype("float64")
    scale = float(np.sqrt(np.mean(points**2)))
    generator = network(2 * seed, 2, units_after=scale)
    discriminator = network(2 * seed + 1, 1, units_before=1 / scale)
    if kind == "learned prior":
        latents = keras.Input((3,))
        points = generator(LearnedMixture(NUM_MODES, 2, seed)(latents))
        generator = keras.Model(latents, points)
    prior = PRIORS.get(kind, lambda: kg.priors.NormalPrior(2))()
    gan = kg.GAN(generator, discriminator, prior, seed=seed)
    factor = 4 if kind == "two time scales" else 1
    optimizers = (
        keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99)
        for rate in (RATE, factor * RATE)
    )
    compile_with(gan, ratio, steps_per_execution, *optimizers)
    return gan


def compile_with(
    gan: kg.GAN, ratio: int, steps_per_execution: int, *optimizers: Any
) -> None:
    """Sets both players' moves; without optimizers those of before go on.

    Args:
        gan: the game.
        ratio: int, D's moves for one of G, or minus G's moves for one of D.
        steps_per_execution: as `compile` takes it.
        *optimizers: two, or none.
    """
    optimizers = optimizers or (gan.generator_optimizer, gan.discriminator_optimizer)
    gan.compile(
        *optimizers,
        discriminator_steps=max(1, ratio),
        generator_steps=max(1, -ratio),
        steps_per_execution=steps_per_execution,
    )


def accuracy_of(gan: kg.GAN, points: np.ndarray, seed: int) -> float:
    """Share of points and samples, as many, that D is right about."""
    real = gan.discriminate(points)
    fake = gan.discriminate(gan.sample(len(points), seed=seed))
    return float(np.mean(real > 0.5) + np.mean(fake < 0.5)) / 2


def first_ratio(kind: str, generator_steps: int) -> int:
    """D's moves for one of G that a game begins with, or minus G's for one of D."""
    if kind == "five moves of D":
        return 5
    return 1 if generator_steps == 1 else -generator_steps


def next_ratio(ratio: int, accuracy: float, target: float, slack: float = 0.03) -> int:
    """The next ratio: more for D where it lags behind the target, less ahead."""
    if abs(accuracy - target) <= slack:
        return ratio
    place = ratio if ratio > 0 else ratio + 2  # 2, 1 and -2 are neighbors
    place = min(MOST_MOVES, place + (1 if accuracy < target else -1))
    return max(-MOST_OF_GENERATOR, place if place > 0 else place - 2)


def play(kind: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Plays one game in parts; returns its measures along the way and its samples."""
    part = options.steps // options.parts
    # Parts of a game with several moves of G a step are seldom whole executions.
    execution = math.gcd(50, part) if options.generator_steps == 1 else 1
    ratio = first_ratio(kind, options.generator_steps)
    gan = build_game(kind, seed, execution, ratio)
    measures, began = [], time.monotonic()
    for index in range(options.parts):
        rules = gan.rules
        num_steps = max(1, round(part / rules.generator_steps))
        num_points = num_steps * rules.discriminator_steps * BATCH_SIZE
        points = RING.sample(num_points, seed=100 * seed + index)
        gan.fit(points, batch_size=BATCH_SIZE, verbose=0)
        samples = gan.sample(NUM_SAMPLES, seed=seed)
        coverage = kg.evaluation.mode_coverage(samples, RING.centers, RING.stddev)
        accuracy = accuracy_of(gan, RING.sample(NUM_SAMPLES, seed=99), seed)
        k = rules.discriminator_steps / rules.generator_steps
        measures.append({"k": k, "accuracy": accuracy, **coverage.values})
        if kind == "adaptive k":
            former, ratio = ratio, next_ratio(ratio, accuracy, options.target)
            if ratio != former:
                compile_with(gan, ratio, execution)
    print(f"{kind:16} seed {seed}: {coverage}, accuracy {accuracy:.2f}", flush=True)
    seconds = round(time.monotonic() - began, 1)
    run = {"kind": kind, "seed": seed, "seconds": seconds, "measures": measures}
    return {"run": run, "samples": samples}


def table(runs: list[dict[str, Any]]) -> str:
    """One row a game: mean and, of several seeds, the least and the most."""
    lines = [
        "| game | seeds | modes of 8 | good, % | D right, % | k |",
        "|---|---|---|---|---|---|",
    ]
    for kind in dict.fromkeys(run["kind"] for run in runs):
        last = [run["measures"][-1] for run in runs if run["kind"] == kind]
        moves = [
            one["k"] for run in runs if run["kind"] == kind for one in run["measures"]
        ]
        modes = [int(one["captured_modes"]) for one in last]
        good, accuracy = (
            f"{100 * np.mean([one[name] for one in last]):.1f}"
            for name in ("high_quality", "accuracy")
        )
        spread = f"{np.mean(modes):.1f} ({min(modes)} to {max(modes)})"
        cells = (kind, str(len(last)), spread, good, accuracy, f"{np.mean(moves):.1f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def draw(
    path: Path, samples: dict[str, np.ndarray], runs: list[dict[str, Any]]
) -> None:
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    grid = figure.subplots(2, 5, sharex=True, sharey=True).ravel()
    for axes in grid[len(samples) :]:
        axes.set_axis_off()
    for axes, (kind, points) in zip(grid, samples.items(), strict=False):
        first = next(run for run in runs if run["kind"] == kind)
        found = int(first["measures"][-1]["captured_modes"])
        axes.plot(*RING.centers.T, "kx", markersize=4)
        axes.plot(*points.T, "C0.", markersize=1, alpha=0.4)
        axes.set_title(f"{kind}: {found} of 8", fontsize=8)
        axes.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal")
    with replacing(path) as partial:
        figure.savefig(partial, dpi=100, format="png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--steps", type=int, default=3_000, help="moves of G")
    parser.add_argument("--parts", type=int, default=20, help="of a game")
    parser.add_argument(
        "--generator-steps", type=int, default=1, help="moves of G for one of D"
    )
    parser.add_argument("--target", type=float, default=0.65, help="accuracy of D")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/coordination"))
    options = parser.parse_args()
    if not 1 <= options.generator_steps <= MOST_OF_GENERATOR:
        parser.error(f"--generator-steps must be 1 to {MOST_OF_GENERATOR}")
    if options.steps < 1 or options.steps % max(1, options.parts):
        parser.error("--steps must be a multiple of --parts")
    runs, samples = [], {}
    protocol = {
        "steps": options.steps,
        "generator_steps": options.generator_steps,
        "parts": options.parts,
        "target": options.target,
    }
    for seed in range(options.seeds):
        for kind in options.kinds:
            played = play(kind, seed, options)
            runs.append(played["run"])
            samples.setdefault(kind, played["samples"])
            record = {"protocol": protocol, "runs": runs}
            record["environment"] = record_environment()
            write_json(options.output_dir / "coordination.json", record)
            draw(options.output_dir / "coordination.png", samples, runs)
            with replacing(options.output_dir / "coordination.md") as partial:
                partial.write_text(table(runs), encoding="utf-8")
    print(f"Written: {options.output_dir}\n{table(runs)}")


if __name__ == "__main__":
    main()
