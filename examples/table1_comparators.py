"""What Table 1 of 2014 compares with, trained and scored as adversarial nets are.

    python examples/table1_comparators.py --output-dir runs/comparators

The paper quotes the other rows of its Table 1 from the papers that they come from. Here
a deep belief network, a stack of two contractive autoencoders, a deep generative
stochastic network and a variational autoencoder of the same months learn the same
50,000 digits, and all are scored by the same protocol: 10,000 samples, bandwidth by the
first 1,000 validation images, mean and standard error over the test images, in nats.

Images are scored as what a model says of its pixels, chances between 0 and 1, and as
zeros and ones that are drawn with these chances. `correlation` is that of a sample and
the next of the same chain: where it is not near 0, 10,000 samples are worth fewer.
How much noise moves the stack's chains is chosen on validation images. Beside them:
training images, and pixels drawn one by one with the mean that each has in them.

`samples.png` has a row for each model. What is trained is kept in the output folder, by
epochs, and the same command goes on where it stopped. `--epochs` cuts training short
for all models that are named.

References:
    Goodfellow et al., Generative Adversarial Nets, 2014, Table 1.
    https://arxiv.org/abs/1406.2661
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from comparators.chains import Draws
from comparators.deep_belief_network import DeepBeliefNetwork
from comparators.generative_stochastic_network import GenerativeStochasticNetwork
from comparators.stacked_contractive_autoencoder import StackedContractiveAutoencoder
from comparators.variational_autoencoder import VariationalAutoencoder

import keras_gan as kg
from keras_gan._environment import record_environment
from keras_gan._files import replacing, write_json

MODELS = {
    "dbn": DeepBeliefNetwork,
    "cae": StackedContractiveAutoencoder,
    "gsn": GenerativeStochasticNetwork,
    "vae": VariationalAutoencoder,
}
PAPER = {"DBN": "138 ± 2", "Stacked CAE": "121 ± 1.6", "Deep GSN": "214 ± 1.1"}
NOISES = (0.5, 1.0, 2.0, 4.0)  # of the stack's chains
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
    everything = {
        "training images": Draws(images[: args.num_samples], 0.0),
        "pixels one by one": Draws(drawn(means, args.seed), 0.0),
    }
    for name in args.models:
        model = MODELS[name](images.shape[1], seed=args.seed)
        print(f"{model.title}:", flush=True)
        options = {"epochs": args.epochs} if args.epochs else {}
        model.train(images, args.output_dir / name, **options)
        everything[model.title] = draws_of(model, images, valid, args)
    rows = [row_of(name, draws, valid, test) for name, draws in everything.items()]
    table = table_of(rows)
    pictures = {
        name: draws.images[:: len(draws.images) // NUM_DRAWN][:NUM_DRAWN].reshape(
            -1, *data.image_shape
        )
        for name, draws in everything.items()
    }
    kg.visualization.save_image_rows(args.output_dir / "samples.png", pictures)
    record = {"num_samples": args.num_samples, "seed": args.seed, "rows": rows}
    record |= {"epochs": args.epochs, "environment": record_environment()}
    write_json(args.output_dir / "comparators.json", record)
    with replacing(args.output_dir / "comparators.md") as partial:
        partial.write_text(table, encoding="utf-8")
    print(f"{table}Written: {args.output_dir}")


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


def draws_of(
    model: Any, images: np.ndarray, valid: np.ndarray, args: argparse.Namespace
) -> Draws:
    """Samples of a model; the stack's with the noise that validation images prefer."""

    def draw() -> Draws:
        return model.sample(args.num_samples, images, args.seed)

    if not isinstance(model, StackedContractiveAutoencoder):
        return draw()
    values = {}
    for model.noise in NOISES:
        score = kg.evaluation.parzen_log_likelihood(draw().images, valid, valid)
        values[model.noise] = score.best_valid_mean
        print(f"noise {model.noise}: {score.best_valid_mean:.1f} nats on validation")
    model.noise = max(values, key=values.__getitem__)
    return draw()


def drawn(means: np.ndarray, seed: int) -> np.ndarray:
    """Zeros and ones with these chances."""
    chances = np.random.default_rng(seed).random(means.shape, "float32")
    return (chances < means).astype("float32")


def row_of(
    name: str, draws: Draws, valid: np.ndarray, test: np.ndarray
) -> dict[str, Any]:
    """A row of the table."""
    row: dict[str, Any] = {"model": name, "correlation": draws.correlation}
    binary = drawn(draws.images, seed=0)
    for variant, samples in {"means": draws.images, "binary": binary}.items():
        score = kg.evaluation.parzen_log_likelihood(samples, valid, test)
        row[variant] = {
            "mean": score.mean,
            "standard_error": score.standard_error,
            "bandwidth": score.bandwidth,
            "mean_at_best_bandwidth": score.mean_at_best_bandwidth,
            "best_bandwidth": score.best_bandwidth,
        }
        print(f"{name}, {variant}: {score}", flush=True)
    return row


def table_of(rows: list[dict[str, Any]]) -> str:
    lines = [
        "| model | the paper's | chances of pixels | at the best bandwidth | zeros and "
        "ones | correlation |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        means, binary = row["means"], row["binary"]
        lines.append(
            f"| {row['model']} | {PAPER.get(row['model'], '')} | "
            f"{means['mean']:.1f} ± {means['standard_error']:.1f} | "
            f"{means['mean_at_best_bandwidth']:.1f} | "
            f"{binary['mean']:.1f} ± {binary['standard_error']:.1f} | "
            f"{row['correlation']:.2f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
