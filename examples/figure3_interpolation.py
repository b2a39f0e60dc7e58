"""Figure 3 of 2014: digits on a straight line through several points of latent space.

    python examples/figure3_interpolation.py RUN_DIR --output-dir runs/figures

Of `--num-candidates` latent vectors, the corners of the path are those whose images the
digit classifier is surest of, for each digit that `--digits` names; the paper's strip
goes 1 - 5 - 7 - 9 - 1, and says nothing of how its ends were found or how many images
lie between. Each row walks from one corner to the next; corners are framed.

Expected: each digit turns into the next by small steps, without a jump to noise. The
picture is in examples/records/figure3; seconds.
"""

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import keras_gan as kg
from keras_gan.runs import load_run
from keras_gan.visualization import latent_path, save_image_grid


def find_corners(
    gan: kg.GAN, digits: Sequence[int], num_candidates: int, seed: int
) -> np.ndarray:
    """The latent vector of the surest image of each digit."""
    latents = np.asarray(gan.prior.sample(num_candidates, seed=seed))
    images = gan.evaluation_generator.predict(latents, batch_size=1000, verbose=0)
    classifier = kg.evaluation.load_digit_classifier()
    probabilities = classifier(images)["probabilities"]
    return np.stack([latents[np.argmax(probabilities[:, digit])] for digit in digits])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run_dir", type=Path, metavar="RUN_DIR")
    parser.add_argument("--digits", nargs="+", type=int, default=[1, 5, 7, 9, 1])
    parser.add_argument("--num-steps", type=int, default=11)
    parser.add_argument("--num-candidates", type=int, default=10_000)
    parser.add_argument(
        "--last", action="store_true", help="the last epoch; default: the best"
    )
    parser.add_argument("--scale", type=int, default=2, help="enlarges the pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/figure3"))
    options = parser.parse_args()
    gan = load_run(options.run_dir, not options.last).gan
    corners = find_corners(gan, options.digits, options.num_candidates, options.seed)
    pairs = itertools.pairwise(corners)
    rows = [latent_path(np.stack(pair), options.num_steps) for pair in pairs]
    latents = np.concatenate(rows)
    images = gan.evaluation_generator.predict(latents, verbose=0)
    width = options.num_steps + 1
    framed = [i for i in range(len(latents)) if i % width in (0, width - 1)]
    path = options.output_dir / "figure3.png"
    save_image_grid(path, images, (0.0, 1.0), width, framed, options.scale)
    print(f"Written: {path}")


if __name__ == "__main__":
    main()
