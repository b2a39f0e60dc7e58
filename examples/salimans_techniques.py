"""The techniques of Salimans et al. 2016, each by itself and together, on MNIST.

    python examples/salimans_techniques.py --seeds 3
    python examples/salimans_techniques.py --seeds 1 --games "nothing added" all

One game, and what a technique changes in it. The game is DCGAN's, narrow (16 filters at
the images), with Adam 2e-4 and beta_1 0.5 in minibatches of 64, five passes over 50,000
digits. Without a technique it has batch normalization in both networks.

- feature matching: the generator matches mean activations of the last hidden layer;
- minibatch discrimination: 50 kernels of 5 dimensions before the last layer;
- historical averaging: both players, weight 1e-3 (the paper gives none);
- label smoothing: real targets of 0.9;
- virtual batch normalization: in the generator, with a reference of 32;
- all that the paper's best model has: the second, the fourth and the fifth.

Scores are of 10,000 samples after the last epoch against as many training digits, in
features of the shipped digit classifier; the last row is held-out real digits. Each
game is a folder in `--output-dir` that is played and scored once: the same command goes
on where it stopped. A game takes two to five minutes of two cores.

Expected, means of three seeds, Frechet distance and recall: nothing added 10.6 and
0.60, feature matching 14.4 and 0.46, minibatch discrimination 10.6 and 0.71, historical
averaging 10.9 and 0.57, label smoothing 10.6 and 0.56, virtual batch normalization 9.2
and 0.58, all 6.6 and 0.76, held-out digits 0.10 and 0.85; table, scores and picture are
in examples/records/techniques.
"""

import argparse
import dataclasses
import json
import math
import statistics
from pathlib import Path

import keras
import numpy as np

import keras_gan as kg
from keras_gan.layers import (
    DropReferenceBatch,
    MinibatchDiscrimination,
    ReferenceBatch,
    VirtualBatchNormalization,
)
from keras_gan.runs import replacing, write_json

LATENT_DIM, BASE_FILTERS, BATCH_SIZE = 64, 16, 64
REFERENCE_SIZE = 32
NUM_DRAWN = 16
HELD_OUT = "held-out real data"
COLUMNS = {
    "Frechet distance": "frechet_distance",
    "inception score": "inception_score",
    "precision": "precision",
    "recall": "recall",
    "density": "density",
    "coverage": "coverage",
}


@dataclasses.dataclass(frozen=True)
class Techniques:
    """What is added to the game."""

    feature_matching: bool = False
    minibatch_discrimination: bool = False
    historical_averaging: float = 0.0
    label_smoothing: float = 0.0
    virtual_batch_normalization: bool = False


GAMES = {
    "nothing added": Techniques(),
    "feature matching": Techniques(feature_matching=True),
    "minibatch discrimination": Techniques(minibatch_discrimination=True),
    "historical averaging": Techniques(historical_averaging=1e-3),
    "label smoothing": Techniques(label_smoothing=0.1),
    "virtual batch normalization": Techniques(virtual_batch_normalization=True),
    "all": Techniques(
        minibatch_discrimination=True,
        label_smoothing=0.1,
        virtual_batch_normalization=True,
    ),
}


def main() -> None:
    args = parse_arguments()
    data = kg.datasets.load_mnist(args.data_dir).in_range(-1.0, 1.0)
    for seed in range(args.seeds):
        for name in args.games:
            play(GAMES[name], data, folder_of(args, name, seed), seed, args)
    held_out = args.output_dir / "held_out.json"
    if not held_out.exists():
        write_json(held_out, scores_of(data, data.test.images[: args.num_samples]))
    found = found_scores(args.output_dir)
    write_json(args.output_dir / "scores.json", found)
    table = markdown(found)
    with replacing(args.output_dir / "table.md") as partial:
        partial.write_text(table, encoding="utf-8")
    draw(args.output_dir, [*args.games])
    print(f"{table}Written: {args.output_dir}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", nargs="+", choices=GAMES, default=list(GAMES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--num-images", type=int, default=50_000)
    parser.add_argument("--num-samples", type=int, default=10_000)
    parser.add_argument("--data-dir", help="folder with MNIST, else searched for")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/techniques"))
    parser.add_argument("--verbose", type=int, choices=(0, 1, 2), default=1)
    return parser.parse_args()


def folder_of(args: argparse.Namespace, name: str, seed: int) -> Path:
    return args.output_dir / f"{name.replace(' ', '_')}_seed_{seed}"


def play(
    techniques: Techniques,
    data: kg.datasets.Dataset,
    folder: Path,
    seed: int,
    args: argparse.Namespace,
) -> None:
    """Plays a game to its last epoch, from where it stopped, and scores it."""
    gan = kg.runs.load_or_build(folder, lambda: build(techniques, seed))
    print(f"{folder.name}: {args.epochs} epochs", flush=True)
    played = kg.runs.fit_to(
        gan,
        folder,
        data.train.images[: args.num_images],
        batch_size=BATCH_SIZE,
        epochs=args.epochs,
        about=dataclasses.asdict(techniques),
        verbose=args.verbose,
    )
    if played is None and (folder / "scores.json").exists():
        return
    samples = gan.sample(args.num_samples, seed=seed)
    kg.visualization.save_image_grid(
        folder / "samples.png", samples[:64], data.value_range
    )
    write_json(folder / "scores.json", scores_of(data, samples))


def build(techniques: Techniques, seed: int) -> kg.GAN:
    keras.utils.set_random_seed(seed)  # of layers that the builders do not make
    generator = kg.networks.dcgan_generator(
        LATENT_DIM, (28, 28, 1), base_filters=BASE_FILTERS, seed=seed
    )
    if techniques.virtual_batch_normalization:
        generator = with_virtual_batches(generator)
    discriminator = kg.networks.dcgan_discriminator(
        (28, 28, 1), base_filters=BASE_FILTERS, seed=seed + 1
    )
    if techniques.minibatch_discrimination:
        discriminator = with_closeness(discriminator)
    gan = kg.GAN(generator, discriminator, kg.priors.NormalPrior(LATENT_DIM), seed=seed)
    terms: list[kg.terms.Term] = []
    if techniques.feature_matching:
        terms.append(kg.terms.FeatureMatching())
    if techniques.historical_averaging:
        weight = techniques.historical_averaging
        terms += [
            kg.terms.HistoricalAveraging(weight, player=player)
            for player in ("generator", "discriminator")
        ]
    gan.compile(
        keras.optimizers.Adam(2e-4, beta_1=0.5),
        keras.optimizers.Adam(2e-4, beta_1=0.5),
        objective=kg.objectives.NonSaturating(techniques.label_smoothing),
        terms=terms,
    )
    return gan


def with_virtual_batches(generator: keras.Model) -> keras.Model:
    """The same network with virtual batch normalization in the place of the plain."""
    latents = keras.Input((LATENT_DIM,), name="latents")
    rows = ReferenceBatch(REFERENCE_SIZE)(latents)
    for layer in generator.layers[1:]:  # one after the other, but for the input
        if isinstance(layer, keras.layers.BatchNormalization):
            layer = VirtualBatchNormalization(REFERENCE_SIZE, name=layer.name)
        rows = layer(rows)
    return keras.Model(latents, DropReferenceBatch(REFERENCE_SIZE)(rows))


def with_closeness(discriminator: keras.Model) -> keras.Model:
    """The same network, whose last layer is told how close the examples lie."""
    features = MinibatchDiscrimination(50, 5)(discriminator.layers[-1].input)
    logits = keras.layers.Dense(1, dtype="float32", name="logits")(features)
    return keras.Model(discriminator.inputs[0], logits)


def scores_of(data: kg.datasets.Dataset, samples: np.ndarray) -> dict[str, float]:
    network = kg.evaluation.feature_network_of(
        "mnist", data.image_shape, data.value_range
    )
    evaluator = kg.evaluation.Evaluator(
        data.train.images,
        data.valid.images,
        network=network(),
        measures=[
            "frechet_distance",
            "inception_score",
            "precision_recall",
            "density_coverage",
        ],
        value_range=data.value_range,
    )
    scores = evaluator(samples)
    return {
        name: value for one in scores.values() for name, value in one.values.items()
    }


def found_scores(folder: Path) -> dict[str, list[dict[str, float]]]:
    """Scores of each game that was played, one entry a seed, and of real digits."""
    found: dict[str, list[dict[str, float]]] = {}
    for name in GAMES:
        for path in sorted(folder.glob(f"{name.replace(' ', '_')}_seed_*/scores.json")):
            scores = json.loads(path.read_text(encoding="utf-8"))
            found.setdefault(name, []).append(scores)
    held_out = json.loads((folder / "held_out.json").read_text(encoding="utf-8"))
    found[HELD_OUT] = [held_out]
    return found


def markdown(found: dict[str, list[dict[str, float]]]) -> str:
    """Means over seeds with their standard errors, a game in each row."""
    lines = [
        f"| added | seeds | {' | '.join(COLUMNS)} |",
        "|" + "---|" * (2 + len(COLUMNS)),
    ]
    for name, seeds in found.items():
        cells = [cell_of([one[value] for one in seeds]) for value in COLUMNS.values()]
        count = "" if name == HELD_OUT else len(seeds)
        lines.append(f"| {name} | {count} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def cell_of(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.3f}"
    error = statistics.stdev(values) / math.sqrt(len(values))
    return f"{statistics.mean(values):.3f} ± {error:.3f}"


def draw(folder: Path, names: list[str]) -> None:
    """Samples of each game's first seed, one game a row."""
    rows = {}
    for name in names:
        run = kg.runs.RunDirectory(folder / f"{name.replace(' ', '_')}_seed_0")
        rows[name] = kg.load(run.model).sample(NUM_DRAWN, seed=1)
    kg.visualization.save_image_rows(folder / "samples.png", rows, (-1.0, 1.0))


if __name__ == "__main__":
    main()
