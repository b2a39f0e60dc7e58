"""What Table 1 of 2014 compares with, trained and scored as adversarial nets are.

    python examples/table1_comparators.py --output-dir runs/comparators

The paper quotes the other rows of its Table 1 from the papers that they come from. Here
a deep belief network, a stack of two contractive autoencoders, a deep generative
stochastic network and a variational autoencoder of the same months learn the same
50,000 digits, and all are scored by the same protocol: 10,000 samples, bandwidth by the
first 1,000 validation images, mean and standard error over the test images, in nats.

Samples are what a model says of pixels, chances between 0 and 1; also scored are zeros
and ones that are drawn with these chances. Chains begin at training images, which score
well themselves: whether they have left them is told by the same chains begun elsewhere,
at pixels alone, and by the correlation of a sample with the next of its chain. How much
noise moves the stack's chains is chosen on validation images. Beside them: training
images, and pixels drawn one by one, alone, with the mean that each has in them.

`samples.png` has a row for each model. What is trained is kept in the output folder, by
epochs, and the same command goes on where it stopped. `--models` plays some of them,
the table has all that are there; `--epochs` cuts their training short.

References:
    Goodfellow et al., Generative Adversarial Nets, 2014, Table 1.
    https://arxiv.org/abs/1406.2661
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from comparators.chains import Draws
from comparators.deep_belief_network import DeepBeliefNetwork
from comparators.generative_stochastic_network import GenerativeStochasticNetwork
from comparators.stacked_contractive_autoencoder import StackedContractiveAutoencoder
from comparators.variational_autoencoder import VariationalAutoencoder

import keras_gan as kg
from keras_gan.runs import record_environment, replacing, write_json

MODELS = {
    "dbn": DeepBeliefNetwork,
    "cae": StackedContractiveAutoencoder,
    "gsn": GenerativeStochasticNetwork,
    "vae": VariationalAutoencoder,
}
PAPER = {"DBN": "138 ± 2", "Stacked CAE": "121 ± 1.6", "Deep GSN": "214 ± 1.1"}
NOISES = (1.0, 2.0, 4.0)  # of the stack's chains
NUM_VALID = 1_000
NUM_DRAWN = 20  # images of each row of the picture


def main() -> None:
    args = parse_arguments()
    data = kg.datasets.load_mnist(args.data_dir).in_range(0, 1)
    splits = (data.train, data.valid, data.test)
    sizes = (args.num_images, NUM_VALID, args.num_images)
    images, valid, test = (
        split.images[:size].reshape(-1, np.prod(data.image_shape))
        for split, size in zip(splits, sizes, strict=True)
    )
    means = np.tile(images.mean(axis=0), (args.num_samples, 1))
    pixels = drawn(means, args.seed)
    floors = {"training images": images[: args.num_samples], "pixels alone": pixels}
    for name, samples in floors.items():
        save_row(args.output_dir, name, {"images": samples}, valid, test)
    for name in args.models:
        model = MODELS[name](images.shape[1], seed=args.seed)
        print(f"{model.title}:", flush=True)
        facts: dict[str, Any] = {"epochs": args.epochs or model.num_epochs}
        model.train(images, args.output_dir / name, **facts)
        if isinstance(model, StackedContractiveAutoencoder):
            draws = draws_of_best_noise(model, images, valid, args)
            facts["noise"] = model.noise
        else:
            draws = model.sample(args.num_samples, images, args.seed)
        variants = {"images": draws.images, "binary": drawn(draws.images, args.seed)}
        if hasattr(model, "chains"):
            apart = model.sample(args.num_samples, pixels, args.seed)
            variants["apart"] = apart.images
            facts |= {"correlation": draws.correlation, **model.chains._asdict()}
        save_row(args.output_dir, model.title, variants, valid, test, facts)
    write_table(args.output_dir, data.image_shape)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--epochs", type=int, help="default: each model's own")
    parser.add_argument("--num-samples", type=int, default=10_000)
    parser.add_argument("--num-images", type=int, help="to learn; default: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", help="folder with MNIST, else searched for")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/comparators"))
    return parser.parse_args()


def draws_of_best_noise(
    model: StackedContractiveAutoencoder,
    images: np.ndarray,
    valid: np.ndarray,
    args: argparse.Namespace,
) -> Draws:
    """Sets the noise whose samples validation images prefer, and returns those."""
    draws, values = {}, {}
    for noise in NOISES:
        model.noise = noise
        draws[noise] = model.sample(args.num_samples, images, args.seed)
        # Test values are not read: what chooses sees validation images alone.
        score = kg.evaluation.parzen_log_likelihood(
            draws[noise].images, valid, valid[:1]
        )
        values[noise] = score.best_valid_mean
        print(f"noise {noise}: {values[noise]:.1f} nats on validation", flush=True)
    model.noise = max(values, key=values.__getitem__)
    return draws[model.noise]


def drawn(means: np.ndarray, seed: int) -> np.ndarray:
    """Zeros and ones with these chances."""
    chances = np.random.default_rng(seed).random(means.shape, "float32")
    return (chances < means).astype("float32")


def save_row(
    folder: Path,
    name: str,
    variants: dict[str, np.ndarray],
    valid: np.ndarray,
    test: np.ndarray,
    facts: dict[str, Any] | None = None,
) -> None:
    """Scores a model's samples, and keeps the row and some of them."""
    row: dict[str, Any] = {"model": name, **(facts or {})}
    row["environment"] = record_environment()
    for variant, samples in variants.items():
        score = kg.evaluation.parzen_log_likelihood(samples, valid, test)
        row[variant] = score.record()
        print(f"{name}, {variant}: {score}", flush=True)
    write_json(folder / f"{file_name(name)}.json", row)
    some = variants["images"]
    path = folder / f"{file_name(name)}.npy"
    with replacing(path) as partial, partial.open("wb") as file:
        # Of all chains: one of every so many would be the same chain again and again.
        order = np.random.default_rng(0).permutation(len(some))
        np.save(file, some[order[:NUM_DRAWN]])


def file_name(name: str) -> str:
    return name.lower().replace(" ", "_")


def write_table(folder: Path, image_shape: tuple[int, ...]) -> None:
    """Writes table and picture of all rows that are in the folder."""
    lines = [
        "| model | the paper's | samples | at the best bandwidth | zeros and ones | "
        "chains begun elsewhere | correlation |",
        "|---|---|---|---|---|---|---|",
    ]
    pictures = {}
    titles = [model.title for model in MODELS.values()]
    for name in ("training images", "pixels alone", *titles):
        path = folder / f"{file_name(name)}.json"
        if path.exists():
            lines.append(line_of(json.loads(path.read_text("utf-8"))))
            some = np.load(path.with_suffix(".npy"))
            pictures[name] = some.reshape(-1, *image_shape)
    kg.visualization.save_image_rows(folder / "samples.png", pictures)
    table = "\n".join(lines) + "\n"
    with replacing(folder / "comparators.md") as partial:
        partial.write_text(table, encoding="utf-8")
    print(f"{table}Written: {folder}")


def line_of(row: dict[str, Any]) -> str:
    def value(variant: str) -> str:
        if variant not in row:
            return ""
        return f"{row[variant]['mean']:.1f} ± {row[variant]['standard_error']:.1f}"

    best = row["images"]["mean_at_best_bandwidth"]
    correlation = f"{row['correlation']:.2f}" if "correlation" in row else ""
    return (
        f"| {row['model']} | {PAPER.get(row['model'], '')} | {value('images')} | "
        f"{best:.1f} | {value('binary')} | {value('apart')} | {correlation} |"
    )


if __name__ == "__main__":
    main()
