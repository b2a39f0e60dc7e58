"""The Helvetica scenario: a generator that moves too often collapses; what cures it.

    python examples/helvetica.py --output-dir runs/helvetica

On a ring of eight Gaussians the generator moves `--generator-steps` times for each move
of the discriminator: trained "too much without updating D" (section 6 of the paper), it
maps many latents to one x. Three games start from the same weights:

    provoked          ten generator moves for one of the discriminator
    in step           one for one, all else equal
    in step, cured    one for one, pairs of points judged together, R1 and R2

Expected, after 10,000 steps of the discriminator: the provoked game has lost mode after
mode and holds one of eight; the game in step holds three; the last game holds all eight
from its first quarter on, with 96 % of its samples good. Two minutes on one core with
AVX512; table and picture are in examples/records/helvetica.

Samples of a mode are good within three of its standard deviations; 2,500 samples each.
"""

import argparse
from pathlib import Path

import keras
from matplotlib.figure import Figure

import keras_gan as kg
from keras_gan.runs import record_environment, replacing, write_json

BATCH_SIZE = 100
NUM_SAMPLES = 2_500
NUM_PICTURES = 4


def build_game(kind: str, generator_steps: int, num_steps: int) -> kg.GAN:
    """The ring's recipe, for the two plain games with its objective alone replaced."""
    data = kg.datasets.load("ring_of_gaussians")  # for its scale
    # With octaves the discriminator is so sharp that the game in step collapses, too.
    gan = kg.recipes.ring_of_gaussians(data, seed=0, num_steps=num_steps, num_octaves=0)
    if kind == "in step, cured":
        return gan
    optimizers = [
        keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.99) for _ in range(2)
    ]
    moves = generator_steps if kind == "provoked" else 1
    gan.compile(*optimizers, generator_steps=moves, steps_per_execution=50)
    return gan


def play(
    kind: str, options: argparse.Namespace
) -> tuple[list[dict[str, float]], list[object]]:
    """Plays one game; returns its measures and samples after each part."""
    mixture = kg.datasets.ring_of_gaussians()
    gan = build_game(kind, options.generator_steps, options.steps)
    measures, pictures = [], []
    part = options.steps // NUM_PICTURES
    for index in range(NUM_PICTURES):
        points = mixture.sample(part * BATCH_SIZE, seed=index)
        gan.fit(points, batch_size=BATCH_SIZE, verbose=0)
        samples = gan.sample(NUM_SAMPLES, seed=0)
        coverage = kg.evaluation.mode_coverage(samples, mixture.centers, mixture.stddev)
        measures.append({"steps": (index + 1) * part, **coverage.values})
        pictures.append(samples)
        print(f"{kind:16} after {(index + 1) * part:6} steps: {coverage}", flush=True)
    return measures, pictures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--generator-steps", type=int, default=10)
    parser.add_argument(
        "--steps", type=int, default=10_000, help="of the discriminator"
    )
    parser.add_argument("--output-dir", type=Path, default=Path("runs/helvetica"))
    options = parser.parse_args()
    if options.steps < 1 or options.steps % NUM_PICTURES:
        parser.error(f"--steps must be a multiple of {NUM_PICTURES}, the pictures")
    kinds = ("provoked", "in step", "in step, cured")
    figure = Figure(figsize=(9, 7), layout="constrained")
    grid = figure.subplots(len(kinds), NUM_PICTURES, sharex=True, sharey=True)
    centers = kg.datasets.ring_of_gaussians().centers
    record = {
        "protocol": {
            "generator_steps": options.generator_steps,
            "steps": options.steps,
            "num_samples": NUM_SAMPLES,
        },
        "games": {},
    }
    for kind, row in zip(kinds, grid, strict=True):
        measures, pictures = play(kind, options)
        record["games"][kind] = measures
        for axes, points, measure in zip(row, pictures, measures, strict=True):
            axes.plot(*centers.T, "kx", markersize=4)
            axes.plot(*points.T, "C0.", markersize=2, alpha=0.3)
            found = int(measure["captured_modes"])
            axes.set_title(
                f"{kind}\n{measure['steps']} steps, {found} of 8", fontsize=8
            )
            axes.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal")
    path = options.output_dir / "helvetica.png"
    with replacing(path) as partial:
        figure.savefig(partial, dpi=110, format="png")
    record["environment"] = record_environment()
    write_json(options.output_dir / "helvetica.json", record)
    print(f"Written: {path}")


if __name__ == "__main__":
    main()
