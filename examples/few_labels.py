"""MNIST digits classified with 20 to 200 labels: Salimans et al. 2016, and rivals.

    python examples/few_labels.py --labels 100 --draws 1 2 3 --epochs 100
    python examples/few_labels.py --labels 20 50 200 --draws 1 2 3 --epochs 30

The game is the recipe `few_labels`: all 60,000 training images (training and validation
together, as published) without labels, the labelled ones among them. By default those
are the digits that the published code draws, whose seeds are `--draws`; the game on
them has the same seed. What is counted are errors on the
10,000 test images, by the running average of the discriminator after the last epoch:
no label chooses an epoch.

Rivals see the same labels: logistic regression and one nearest neighbor on pixels,
scikit-learn's label spreading with 10,000 of the unlabelled images (a matrix of all
60,000 does not fit), and logistic regression on the last hidden layer of the
discriminator, trained and untrained (the suggestion of Goodfellow et al. 2014,
section 7).

Each game is a folder in `--output-dir`, saved after every epoch: the same command goes
on where it stopped; with no more `--epochs` than there are it only writes the table. An
epoch takes about 35 seconds of one core with AVX512. What it measured is in
docs/few_labels.md.
"""

import argparse
import json
from pathlib import Path

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import LabelSpreading

import keras_gan as kg
from keras_gan.networks.few_labels import FEATURES
from keras_gan.recipes.salimans_2016 import few_labels
from keras_gan.runs import replacing, write_json

PUBLISHED = {20: "1677 ± 452", 50: "221 ± 136", 100: "93 ± 6.5", 200: "90 ± 4.2"}
BATCH_SIZE = 100
GAME = "few_labels"


def main() -> None:
    args = parse_arguments()
    data = kg.datasets.load_mnist(args.data_dir)
    images = np.concatenate([data.train.images, data.valid.images])
    labels = np.concatenate([data.train.labels, data.valid.labels])
    images, labels = images[: args.num_images], labels[: args.num_images]
    for num_labelled in args.labels:
        for draw in args.draws:
            few = DRAWS[args.draws_by](labels, num_labelled // 10, draw)
            name = f"{num_labelled}_labels_by_{args.draws_by}_{draw}"
            folder = args.output_dir / name
            play(folder, data, images, few, draw, args)
            judge_rivals(folder, data, images, few, draw)
    table = markdown(args.output_dir)
    with replacing(args.output_dir / "table.md") as partial:
        partial.write_text(table, encoding="utf-8")
    print(f"{table}Written: {args.output_dir}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--labels", type=int, nargs="+", choices=PUBLISHED, default=[100]
    )
    parser.add_argument(
        "--draws", type=int, nargs="+", default=[1, 2, 3], help="seeds of the draws"
    )
    parser.add_argument("--draws-by", choices=DRAWS, default=PUBLISHED_CODE)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--num-images", type=int, default=60_000)
    parser.add_argument("--data-dir", help="folder with MNIST, else searched for")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/few_labels"))
    parser.add_argument("--verbose", type=int, choices=(0, 1, 2), default=1)
    return parser.parse_args()


def as_published(labels: np.ndarray, num_per_class: int, seed: int) -> np.ndarray:
    """Labels with -1 for all but those that the published code draws by `seed_data`."""
    order = np.random.RandomState(seed).permutation(len(labels))
    few = np.full_like(labels, -1)
    for one in np.unique(labels):
        known = order[labels[order] == one][:num_per_class]
        few[known] = one
    return few


PUBLISHED_CODE = "published_code"
DRAWS = {PUBLISHED_CODE: as_published, "hide_labels": kg.datasets.hide_labels}


def play(
    folder: Path,
    data: kg.datasets.Dataset,
    images: np.ndarray,
    few: np.ndarray,
    draw: int,
    args: argparse.Namespace,
) -> None:
    """Plays a game to its last epoch, from where an earlier run of it stopped."""
    print(f"{folder.name}: {args.epochs} epochs", flush=True)
    kg.runs.fit_to(
        kg.runs.load_or_build(folder, lambda: new_game(images, few, draw)),
        folder,
        images,
        few,
        batch_size=BATCH_SIZE,
        epochs=args.epochs,
        about={"few_labels": {"num_labelled": int((few >= 0).sum()), "draw": draw}},
        callbacks=[
            kg.callbacks.ClassificationMonitor(data.test.images, data.test.labels)
        ],
        verbose=args.verbose,
    )


def new_game(images: np.ndarray, few: np.ndarray, draw: int) -> kg.GAN:
    split = kg.datasets.Split(images, few)
    return few_labels(kg.datasets.Dataset("mnist", split, split, split), seed=draw)


def judge_rivals(
    folder: Path,
    data: kg.datasets.Dataset,
    images: np.ndarray,
    few: np.ndarray,
    draw: int,
) -> None:
    """Writes what other classifiers make of the same labels, beside the run."""
    known = few >= 0
    trained = kg.load(folder / "model.keras").evaluation_discriminator
    untrained = new_game(images, few, draw).discriminator
    pixels = flat(images[known]), few[known], flat(data.test.images)
    predicted = {
        "logistic regression on pixels": regression(*pixels),
        "nearest neighbor on pixels": neighbor(*pixels),
        "label spreading": spreading(images, few, pixels[2], draw),
    }
    for name, network in (("trained", trained), ("untrained", untrained)):
        features = features_of(network)
        rows = (features(part) for part in (images[known], data.test.images))
        train, test = rows
        predicted[f"logistic regression on the {name} discriminator"] = regression(
            train, few[known], test
        )
    errors = {
        name: kg.evaluation.classification_errors(
            predicted=classes, labels=data.test.labels
        ).num_errors
        for name, classes in predicted.items()
    }
    write_json(folder / "rivals.json", errors)


def flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)


def features_of(network: keras.Model) -> keras.Model:
    until = keras.Model(network.input, network.get_layer(FEATURES).output)
    return lambda images: until.predict(images, batch_size=1000, verbose=0)


def regression(rows: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    return LogisticRegression(max_iter=2000).fit(rows, labels).predict(test)


def neighbor(rows: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    return KNeighborsClassifier(1).fit(rows, labels).predict(test)


def spreading(
    images: np.ndarray, few: np.ndarray, test: np.ndarray, draw: int
) -> np.ndarray:
    unknown = np.flatnonzero(few < 0)
    some = np.random.default_rng(draw).permutation(unknown)[:10_000]
    rows = np.concatenate([np.flatnonzero(few >= 0), some])
    spread = LabelSpreading(kernel="knn", n_neighbors=7, max_iter=200)
    return spread.fit(flat(images[rows]), few[rows]).predict(test)


def markdown(folder: Path) -> str:
    """The table: errors of 10,000, mean and deviation over draws of labels."""
    counts: dict[tuple[int, str], dict[str, list[int]]] = {}
    epochs: dict[tuple[int, str], set[int]] = {}
    for judged in sorted(folder.glob("*_labels_by_*/rivals.json")):
        path = judged.parent  # others are not played to their end yet
        num_labelled, rest = path.name.split("_labels_by_")
        kind = int(num_labelled), rest.rpartition("_")[0]
        lines = (path / "history.jsonl").read_text(encoding="utf-8").splitlines()
        history = [json.loads(line) for line in lines]
        rivals = json.loads(judged.read_text(encoding="utf-8"))
        found = {GAME: int(history[-1]["num_errors"]), **rivals}
        epochs.setdefault(kind, set()).add(len(history))
        for name, errors in found.items():
            counts.setdefault(kind, {}).setdefault(name, []).append(errors)
    lines = [
        "| labels | drawn by | classifier | epochs | draws | errors of 10,000 |",
        "|" + 6 * "---|",
    ]
    for kind, rows in sorted(counts.items()):
        labels = f"| {kind[0]} | {kind[1]}"
        for name, errors in rows.items():
            played = ", ".join(map(str, sorted(epochs[kind])))
            lines.append(
                f"{labels} | {name} | {played if name == GAME else ''} | "
                f"{len(errors)} | {mean_and_deviation(errors)} |"
            )
        published = PUBLISHED.get(kind[0], "")
        lines.append(f"{labels} | published | 300 | 10 | {published} |")
    return "\n".join(lines) + "\n"


def mean_and_deviation(errors: list[int]) -> str:
    if len(errors) == 1:
        return str(errors[0])
    return f"{np.mean(errors):.0f} ± {np.std(errors, ddof=1):.0f}"


if __name__ == "__main__":
    main()
