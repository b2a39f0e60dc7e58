"""What a completing GAN makes of hidden parts, beside copies of the nearest images.

    keras-gan train inpainting --data-dir DIR --output-dir runs/inpainting
    python examples/completion.py runs/inpainting --output-dir runs/completion

For five masks (the upper half is given, the left half, all but the middle, half of the
pixels at random, a fifth of them) a row for each way to complete: the generator;
copying the hidden part from the training images that are nearest in the given one; the
mean of the training images. Columns: whether given pixels are kept bit for bit; error
and PSNR of the mean and of the best of `--num-samples` completions; their spread; how
often the digit classifier reads the digit that was hidden (digits alone); the Frechet
distance of completed images.

`completion.png`: for some test images the image, what is given, several completions by
the generator, and the nearest copy at the end.

Masks that are finished are read from the output folder when it is started again.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan.datasets import Split
from keras_gan.evaluation import (
    class_accuracy,
    completion_error,
    extract_features,
    frechet_distance,
    mean_completions,
    neighbor_completions,
)
from keras_gan.runs import Run, load_run, write_json
from keras_gan.visualization import save_image_grid

COLUMNS = {
    "kept": "given_share",
    "RMSE": "rmse",
    "PSNR": "psnr",
    "best RMSE": "best_rmse",
    "best PSNR": "best_psnr",
    "spread": "spread",
    "label": "accuracy",
    "Frechet": "frechet",
}
"""Name of each column, and the key of its value."""


def masks_for(image_shape: tuple[int, ...], seed: int) -> dict[str, np.ndarray]:
    """Masks by name, 1 where a pixel is given."""
    height, width, _ = image_shape
    empty = np.zeros((height, width, 1), "float32")
    upper, left, around = empty.copy(), empty.copy(), empty + 1
    upper[: height // 2] = 1
    left[:, : width // 2] = 1
    rows, columns = (slice(size // 4, size - size // 4) for size in (height, width))
    around[rows, columns] = 0
    random = np.random.default_rng(seed).uniform(size=empty.shape)
    return {
        "upper half": upper,
        "left half": left,
        "around the middle": around,
        "half of the pixels": (random < 0.5).astype("float32"),
        "a fifth": (random < 0.2).astype("float32"),
    }


def record_of(run: Run, images: Split, mask: np.ndarray, completions: Any) -> Any:
    """All values of one way to complete."""
    value_range = run.value_range or (0.0, 1.0)
    record = completion_error(
        images=images.images,
        mask=mask,
        completions=completions,
        value_range=value_range,
    ).record()
    network = run.feature_network
    network = network() if network is not None else None
    completed = extract_features(completions[:, 0], network)
    real = extract_features(images.images, network)
    record["frechet"] = frechet_distance(real=real, fake=completed).value
    record["features"] = completed.name
    if completed.probabilities is not None and images.labels is not None:
        predicted = completed.probabilities.argmax(axis=1)
        record["accuracy"] = class_accuracy(
            predicted=predicted, asked=images.labels, classifier=completed.name
        ).accuracy
    return record


def records_of(run: Run, images: Split, mask: np.ndarray, options: Any) -> Any:
    given = {"images": images.images, "mask": mask, "train": run.data.train.images}
    count = min(options.num_samples, len(run.data.train))
    ways = {
        "generator": run.gan.complete(
            images.images, mask, options.num_samples, seed=options.seed
        ),
        "nearest": neighbor_completions(**given, num_neighbors=count),
        "mean": mean_completions(**given),
    }
    return {name: record_of(run, images, mask, ways[name]) for name in ways}


def table_of(held: Any) -> str:
    rows = [f"{'mask':20}{'by':10}" + "".join(f"{name:>11}" for name in COLUMNS)]
    for mask, records in held.items():
        for way, record in records.items():
            values = [record.get(key) for key in COLUMNS.values()]
            cells = (
                f"{'-' if value is None else format(value, '.4g'):>11}"
                for value in values
            )
            rows.append(f"{mask:20}{way:10}" + "".join(cells))
    return "\n".join(rows)


def draw(run: Run, images: np.ndarray, masks: Any, options: Any) -> None:
    rows = []
    shown = options.num_completions
    for mask in masks.values():
        made = run.gan.complete(images, mask, shown, seed=options.seed)
        near = neighbor_completions(
            images=images, mask=mask, train=run.data.train.images
        )
        given = np.where(mask > 0, images, np.mean(run.value_range or (0.0, 1.0)))
        for index, image in enumerate(images):
            rows += [image, given[index], *made[index], near[index, 0]]
    path = options.output_dir / "completion.png"
    value_range = run.value_range or (0.0, 1.0)
    drawn = np.clip(np.stack(rows), *value_range)
    save_image_grid(path, drawn, value_range, shown + 3, scale=2)
    print(f"Written: {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, help="run directory of recipe inpainting")
    parser.add_argument("--best", action="store_true", help="the best epoch of the run")
    parser.add_argument("--data-dir", type=Path, default=None)
    parser.add_argument("--num-images", type=int, default=2_000, help="test images")
    parser.add_argument("--num-samples", type=int, default=10, help="of each")
    parser.add_argument(
        "--shown", nargs="+", type=int, default=[0, 1, 2], help="images drawn"
    )
    parser.add_argument("--num-completions", type=int, default=7, help="of each, drawn")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/completion"))
    options = parser.parse_args()
    run = load_run(options.run, options.best, data_dir=options.data_dir)
    test = run.data.test
    labels = None if test.labels is None else test.labels[: options.num_images]
    images = Split(test.images[: options.num_images], labels)
    path = options.output_dir / "completion.json"
    held = json.loads(path.read_text("utf-8")) if path.exists() else {}
    masks = masks_for(run.gan.data_shape, options.seed)
    for name, mask in masks.items():
        if name not in held:
            held[name] = records_of(run, images, mask, options)
            write_json(path, held)
    print(table_of(held))
    print(f"Written: {path}")
    draw(run, images.images[options.shown], masks, options)


if __name__ == "__main__":
    main()
