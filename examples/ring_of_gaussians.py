"""Which games find every mode of a mixture: a ring of 8, a grid of 25 thin Gaussians.

    python examples/ring_of_gaussians.py --data ring --output-dir runs/ring_of_gaussians
    python examples/ring_of_gaussians.py --data grid --output-dir runs/ring_of_gaussians

Expected of the recipe, mean ± standard error of seeds 0 to 4, 2,500 samples each; one
core with AVX512 plays 10,000 steps in half a minute:

    ring     8.0 ± 0.0 of 8 modes    98.4 ± 0.1 % good     reverse KL 0.003 nats
    grid    25.0 ± 0.0 of 25 modes   97.4 ± 0.2 % good     reverse KL 0.006 nats

The other objectives find on the ring, in the mean of the same seeds: minimax 1.6 modes,
non-saturating 2.0, relativistic pairing without penalties 3.8, least squares 4.6, hinge
6.2, and Wasserstein with a gradient penalty all 8 too, with 97.1 ± 0.3 % good samples
in narrow modes (0.71). Tables and pictures are in examples/records/ring_of_gaussians.

The good samples of a mode have 0.96 ± 0.03 (ring) and 0.94 ± 0.01 (grid) of the data's
standard deviation, where data have 0.97. Three things had made them narrower. The
discriminator saw the plain coordinates alone, for which rectifiers are too smooth: 0.72
and 0.68. The average went over so many steps that it was one of modes in several
places: with octaves, 0.82 and 0.85 for a half-life of 100 steps, 0.93 and 0.91 for one
of 10. And the learning rate fell before the modes had spread: three times the steps
brought the ring to 0.96; the grid has 0.91 after 20,000, 0.92 after 40,000 and 0.94
after 120,000.

Row "recipe" is `keras_gan.recipes.ring_of_gaussians` (or `grid_of_gaussians`), as long
as it plays and as long as the others; row "data" holds samples of the mixture itself;
every other row keeps the recipe's generator, optimizers and averages, takes a
discriminator of plain coordinates (with octaves, whose slopes nothing bounds, most of
these games find no mode at all), one step of it for one of the generator, and changes
the objective: no penalty, but for Wasserstein, with the gradient penalty of weight 0.1
of WGAN-GP's toy script. Runs that the JSON file holds are not repeated.
"""

import argparse
import dataclasses
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure
from PIL import Image

import keras_gan as kg
from keras_gan.runs import replacing, write_json

BATCH_SIZE = 100
STEPS_PER_EPOCH = 1_000
NUM_SAMPLES = 2_500
FRESH_DATA_SEED = 10_000  # the seeds from here on draw no training points
GAMES = (
    "recipe",
    "minimax",
    "non_saturating",
    "least_squares",
    "hinge",
    "wasserstein",
    "relativistic_pairing",
)
# Modes, good samples in %, reverse KL, of 10 runs each: PacGAN's tables for its own
# networks. https://arxiv.org/abs/1712.04086
PUBLISHED = {
    "ring": {
        "GAN": ("6.3 ± 0.5", "98.2 ± 0.2", "0.45 ± 0.09"),
        "ALI": ("6.6 ± 0.3", "97.6 ± 0.4", "0.36 ± 0.04"),
        "PacGAN2": ("7.9 ± 0.1", "95.6 ± 2.0", "0.07 ± 0.03"),
        "PacGAN3": ("7.8 ± 0.1", "97.7 ± 0.3", "0.10 ± 0.02"),
        "PacGAN4": ("7.8 ± 0.1", "95.9 ± 1.4", "0.07 ± 0.02"),
    },
    "grid": {
        "GAN": ("17.3 ± 0.8", "94.8 ± 0.7", "0.70 ± 0.07"),
        "ALI": ("24.1 ± 0.4", "95.7 ± 0.6", "0.14 ± 0.03"),
        "PacGAN2": ("23.8 ± 0.7", "91.3 ± 0.8", "0.13 ± 0.04"),
        "PacGAN3": ("24.6 ± 0.4", "94.2 ± 0.4", "0.06 ± 0.02"),
        "PacGAN4": ("24.8 ± 0.2", "93.6 ± 0.6", "0.04 ± 0.01"),
    },
}


@dataclasses.dataclass(frozen=True)
class Task:
    """A mixture and the recipe that learns it."""

    mixture: kg.datasets.GaussianMixture
    load: Callable[..., kg.datasets.Dataset]
    build: Callable[..., kg.GAN]
    recipe_steps: int
    num_steps: int  # of every game, the recipe's among them


TASKS = {
    "ring": Task(
        kg.datasets.ring_of_gaussians(),
        kg.datasets.load_ring_of_gaussians,
        kg.recipes.ring_of_gaussians,
        recipe_steps=30_000,
        num_steps=10_000,
    ),
    "grid": Task(
        kg.datasets.grid_of_gaussians(),
        kg.datasets.load_grid_of_gaussians,
        kg.recipes.grid_of_gaussians,
        recipe_steps=120_000,
        num_steps=20_000,
    ),
}


def main() -> None:
    args = parse_arguments()
    # One core does it: networks this small gain nothing from a second.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    task = TASKS[args.data]
    num_steps = args.steps or task.num_steps
    plays = [("data", num_steps), *((game, num_steps) for game in args.objectives)]
    if args.steps is None and "recipe" in args.objectives:
        plays.append(("recipe", task.recipe_steps))
    record = args.output_dir / f"{args.data}.json"
    runs = json.loads(record.read_text())["runs"] if record.exists() else []
    finished = {(run["game"], run["seed"], run["steps"]) for run in runs}
    for seed in range(args.seeds):
        for game, steps in plays:
            if (game, seed, steps) in finished:
                continue
            began = time.monotonic()
            samples = samples_of(task, game, seed, steps)
            run = {"game": game, "seed": seed, "steps": steps}
            run.update(score(task.mixture, samples))
            runs.append({**run, "seconds": round(time.monotonic() - began, 1)})
            write_json(record, {"data": args.data, "runs": runs})
            if seed == 0:
                picture = args.output_dir / f"{args.data}_{game}.png"
                draw(picture, f"{args.data}: {game}", task.mixture, samples)
    table = markdown(args.data, runs)
    with replacing(args.output_dir / f"{args.data}.md") as partial:
        partial.write_text(table, encoding="utf-8")
    side_by_side(args.output_dir, args.data)
    print(table)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=sorted(TASKS), default="ring")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each game")
    parser.add_argument(
        "--steps",
        type=int,
        help="default: 10,000, 20,000 on the grid; the recipe's too",
    )
    parser.add_argument("--objectives", nargs="+", choices=GAMES, default=GAMES)
    parser.add_argument(
        "--output-dir", type=Path, default=Path("runs/ring_of_gaussians")
    )
    return parser.parse_args()


def samples_of(task: Task, game: str, seed: int, num_steps: int) -> np.ndarray:
    if game == "data":
        return task.mixture.sample(NUM_SAMPLES, FRESH_DATA_SEED + seed)
    epochs = math.ceil(num_steps / STEPS_PER_EPOCH)
    data = task.load(num_train=BATCH_SIZE * num_steps // epochs, seed=seed)
    if game == "recipe":
        gan = task.build(data, seed=seed, num_steps=num_steps)
    else:
        gan = task.build(data, seed=seed, num_steps=num_steps, num_octaves=0)
        change_objective(gan, game)
    gan.fit(data.train.points, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
    return gan.sample(NUM_SAMPLES, seed=seed)


def change_objective(gan: kg.GAN, objective: str) -> None:
    optimizers = (gan.generator_optimizer, gan.discriminator_optimizer)
    is_critic = objective == "wasserstein"
    gan.compile(
        *(
            type(optimizer).from_config(optimizer.get_config())
            for optimizer in optimizers
        ),
        objective=objective,
        terms=[kg.terms.GradientPenalty(0.1)] if is_critic else [],
        steps_per_execution=gan.steps_per_execution,
    )


def score(mixture: kg.datasets.GaussianMixture, samples: np.ndarray) -> dict[str, Any]:
    coverage = kg.evaluation.mode_coverage(samples, mixture.centers, mixture.stddev)
    print(coverage, flush=True)
    scores = coverage.record()
    del scores["measure"], scores["warnings"]  # always the same, and none
    spread = width(mixture, samples)
    return {**scores, "width": None if math.isnan(spread) else spread}


def width(mixture: kg.datasets.GaussianMixture, samples: np.ndarray) -> float:
    """Standard deviation of good samples in that of the mixture; of data 0.974."""
    offsets = samples[:, None] - mixture.centers  # [num_samples, num_modes, 2]
    squared = np.square(offsets / mixture.stddev).sum(axis=-1).min(axis=1)
    good = squared[squared <= 9]
    return float(np.sqrt(good.mean() / 2)) if len(good) else math.nan


def markdown(data: str, runs: list[dict[str, Any]]) -> str:
    lines = [
        f"{data}, minibatches of {BATCH_SIZE}; {NUM_SAMPLES} samples a run, good "
        "within 3 standard deviations; mean ± standard error over seeds; reverse KL in "
        "nats, where there are good samples; width: standard deviation of good samples "
        "in that of the data.\n",
        "| game | steps | seeds | modes | good, % | reverse KL | width | s a run |",
        "|---|---|---|---|---|---|---|---|",
    ]
    played = {(run["game"], run["steps"]) for run in runs}
    for game in ("data", *GAMES):
        for steps in sorted(steps for name, steps in played if name == game):
            of_game = [
                run for run in runs if (run["game"], run["steps"]) == (game, steps)
            ]
            lines.append(row(game, steps, of_game))
    for method, (modes, good, divergence) in PUBLISHED[data].items():
        lines.append(
            f"| {method}, published | | 10 | {modes} | {good} | {divergence} | | |"
        )
    return "\n".join(lines) + "\n"


def row(game: str, steps: int, runs: list[dict[str, Any]]) -> str:
    def cell(name: str, digits: int, factor: float = 1.0) -> str:
        values = [factor * run[name] for run in runs if run[name] is not None]
        if not values:
            return "none"
        mean = f"{np.mean(values):.{digits}f}"
        if len(values) == 1:
            return mean
        error = np.std(values, ddof=1) / math.sqrt(len(values))
        return f"{mean} ± {error:.{digits}f}"

    seconds = np.mean([run["seconds"] for run in runs])
    played = "" if game == "data" else str(steps)
    return (
        f"| {game} | {played} | {len(runs)} | {cell('modes', 1)} "
        f"| {cell('high_quality', 1, 100)} | {cell('reverse_kl', 3)} "
        f"| {cell('width', 2)} | {seconds:.0f} |"
    )


def draw(
    path: Path, title: str, mixture: kg.datasets.GaussianMixture, samples: np.ndarray
) -> None:
    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.add_subplot(aspect="equal", title=title)
    axes.plot(*mixture.centers.T, "+", color="tab:orange", markersize=14)
    axes.plot(*samples.T, ".", color="tab:blue", markersize=1)
    reach = 1.3 * abs(mixture.centers).max()
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
    with replacing(path) as partial:
        figure.savefig(partial, dpi=80)


def side_by_side(folder: Path, data: str) -> None:
    """Joins the pictures of all games that have one, four in a row."""
    drawn = [folder / f"{data}_{game}.png" for game in ("data", *GAMES)]
    pictures = [
        np.asarray(Image.open(path).convert("RGB")) / 255
        for path in drawn
        if path.exists()
    ]
    if pictures:
        kg.visualization.save_image_grid(
            folder / f"{data}.png", np.stack(pictures), (0.0, 1.0), num_columns=4
        )


if __name__ == "__main__":
    main()
