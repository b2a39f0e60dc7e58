"""Walks and sums in the latent space of a trained generator, as DCGAN's paper draws.

    python examples/latent_walk.py runs/dcgan --output-dir runs/latent_walk

`walk.png`: each row goes from one random latent vector to the next, along a straight
line where latents are uniform and along an arc where they are normal, for on a straight
line between two of these lie vectors that are shorter than any that were trained on.

`arithmetic.png`: a row for each sum "A - B + C" of `--sums`. Its parts are mean latents
of the `--num-averaged` samples that the digit classifier is surest of, for single ones
are unstable, as the paper says; the row shows A, B, C and the sum, then sums of `--num`
single samples in their places. What the classifier takes the sum for is printed, and
kept in `arithmetic.json`.

Measured, `lsgan` with seed 2: the four sums of the default are taken for 1, 7, 3 and 1,
each with 0.99 or more (examples/records/latent_walk).

Takes a run directory or a `.keras` file, of 28x28x1 images for the arithmetic.
"""

import argparse
import itertools
from pathlib import Path

import numpy as np

import keras_gan as kg
from keras_gan.evaluation.digit_classifier import IMAGE_SHAPE
from keras_gan.evaluation.feature_networks import Network
from keras_gan.priors import NormalPrior
from keras_gan.runs import load_run
from keras_gan.visualization import latent_arc, latent_path, save_image_grid

Sum = tuple[int, int, int]


def walks(gan: kg.GAN, num_rows: int, num_steps: int, seed: int) -> np.ndarray:
    """Latents of all rows, each of `num_steps + 1`."""
    corners = np.asarray(gan.prior.sample(num_rows + 1, seed=seed))
    way = latent_arc if isinstance(gan.prior, NormalPrior) else latent_path
    pairs = itertools.pairwise(corners)
    return np.concatenate([way(np.stack(pair), num_steps) for pair in pairs])


def surest_latents(
    gan: kg.GAN, network: Network, num_drawn: int, num: int, seed: int
) -> np.ndarray:
    """Of each digit the latents `[10, num, latent_dim]` of the surest samples."""
    latents = np.asarray(gan.prior.sample(num_drawn, seed=seed))
    images = gan.evaluation_generator.predict(latents, batch_size=1000, verbose=0)
    order = np.argsort(-network(images)["probabilities"], axis=0)  # [num_drawn, 10]
    return latents[order[:num].T]


def arithmetic(
    latents: np.ndarray, sums: list[Sum], num: int
) -> tuple[np.ndarray, np.ndarray]:
    """Latents of the picture's rows, and those of the sums of means alone."""
    means = latents.mean(axis=1)  # [10, latent_dim]
    of_means = np.stack([means[a] - means[b] + means[c] for a, b, c in sums])
    rows = [
        np.concatenate(
            [
                means[[a, b, c]],
                of_means[row : row + 1],
                latents[a, :num] - latents[b, :num] + latents[c, :num],
            ]
        )
        for row, (a, b, c) in enumerate(sums)
    ]
    return np.concatenate(rows), of_means


def as_sum(text: str) -> Sum:
    """Three digits of `A-B+C`."""
    a, _, rest = text.partition("-")
    b, _, c = rest.partition("+")
    if not all(part.strip() in set("0123456789") for part in (a, b, c)):
        raise argparse.ArgumentTypeError(f"{text!r} is no A-B+C of digits")
    return int(a), int(b), int(c)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, help="run directory or .keras file")
    parser.add_argument("--best", action="store_true", help="the best epoch of a run")
    parser.add_argument("--num-rows", type=int, default=8)
    parser.add_argument("--num-steps", type=int, default=9)
    sums = [as_sum(text) for text in ("8-3+1", "9-4+1", "7-1+3", "6-0+1")]
    parser.add_argument("--sums", type=as_sum, nargs="+", default=sums, metavar="A-B+C")
    parser.add_argument("--num", type=int, default=5, help="sums of single samples")
    parser.add_argument("--num-averaged", type=int, default=20)
    parser.add_argument("--num-candidates", type=int, default=10_000)
    parser.add_argument("--scale", type=int, default=2, help="enlarges the pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/latent_walk"))
    options = parser.parse_args()
    run = load_run(options.run, options.best)
    gan, value_range = run.gan, run.value_range or (0.0, 1.0)

    def draw(name: str, latents: np.ndarray, num_columns: int) -> None:
        images = gan.evaluation_generator.predict(latents, verbose=0)
        images = np.clip(images, *value_range)
        path = options.output_dir / name
        save_image_grid(path, images, value_range, num_columns, scale=options.scale)
        print(f"Written: {path}")

    walked = walks(gan, options.num_rows, options.num_steps, options.seed)
    draw("walk.png", walked, options.num_steps + 1)
    network = kg.evaluation.feature_network_of("mnist", gan.data_shape, value_range)
    if network is None:
        print(f"No arithmetic: the digit classifier takes images of {IMAGE_SHAPE}.")
        return
    latents = surest_latents(
        gan, network(), options.num_candidates, options.num_averaged, options.seed
    )
    rows, of_means = arithmetic(latents, options.sums, options.num)
    draw("arithmetic.png", rows, 4 + options.num)
    images = gan.evaluation_generator.predict(of_means, verbose=0)
    found = network()(images)["probabilities"]
    sums = []
    for (a, b, c), probabilities in zip(options.sums, found, strict=True):
        taken, share = int(probabilities.argmax()), float(probabilities.max())
        sums.append({"sum": f"{a} - {b} + {c}", "taken_for": taken, "share": share})
        print(f"{a} - {b} + {c}: taken for a {taken} ({share:.2f})")
    record = {"run": options.run.name, "seed": options.seed, "sums": sums}
    record |= {"num_averaged": options.num_averaged, "classifier": network().name}
    kg.runs.write_json(options.output_dir / "arithmetic.json", record)


if __name__ == "__main__":
    main()
