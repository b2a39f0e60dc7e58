"""Figure 2 of 2014: samples, and the training image nearest to the last of each row.

    python examples/figure2_samples.py RUN_DIR [RUN_DIR ...] --output-dir runs/figures

One picture for each run of `keras-gan train`, of 4 rows of 5 samples, drawn from one
seed and not chosen; the framed image right of them is the training image at the least
Euclidean distance from the fifth. Images of a symmetric range, as contrast-normalized
CIFAR-10, are divided by the largest number among the 20 samples, neighbors too.

Expected: neighbors of the same kind as the sample and visibly not the same image. The
pictures are in examples/records/figure2; seconds for each run.
"""

import argparse
from pathlib import Path

import numpy as np

from keras_gan.runs import load_run
from keras_gan.visualization import save_nearest_neighbors

NUM_ROWS, NUM_COLUMNS = 4, 5


def draw_panel(
    run_dir: Path, output_dir: Path, best: bool, scale: int, seed: int
) -> Path:
    run = load_run(run_dir, best)
    samples = run.gan.sample(NUM_ROWS * NUM_COLUMNS, seed=seed)
    value_range = run.data.value_range
    if value_range[0] == -value_range[1]:
        bound = float(np.abs(samples).max())
        value_range = (-bound, bound)
    path = output_dir / f"{run.recipe.name}.png"
    save_nearest_neighbors(
        path, samples, run.data.train.images, value_range, NUM_COLUMNS, scale
    )
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run_dirs", nargs="+", type=Path, metavar="RUN_DIR")
    parser.add_argument(
        "--last", action="store_true", help="the last epoch; default: the best"
    )
    parser.add_argument("--scale", type=int, default=3, help="enlarges the pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/figure2"))
    options = parser.parse_args()
    for run_dir in options.run_dirs:
        path = draw_panel(
            run_dir, options.output_dir, not options.last, options.scale, options.seed
        )
        print(f"Written: {path}")


if __name__ == "__main__":
    main()
