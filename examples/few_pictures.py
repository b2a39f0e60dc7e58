"""What differentiable augmentation does for a game that has 500 pictures to learn from.

    python examples/few_pictures.py
    python examples/few_pictures.py --num-images 100 --games "dcgan" "dcgan, augmented"

The recipes `small_data` (relativistic pairing, R1 and R2) and `dcgan` (no penalty),
each as it is and with its augmentation the other way round: brightness, contrast and
color, shifts and a covered part, of real and of generated pictures alike, as Zhao et
al. have it for few pictures. The pictures are the first training digits; every game has
the same 60 epochs of 16 passes.

Every `--measure-every` epochs 5,000 samples, those of the averaged generator where
there is one, are compared with 10,000 other training digits, which no game saw, in
features of the shipped digit classifier: the Frechet distance. Each game is a folder in
`--output-dir`: the same command goes on where it stopped.

Expected, seed 0: not augmented, small_data is best after 20 epochs, at 7.8, and gets
worse, to 10.5; augmented it falls to the end, to 5.3. `dcgan`, which sees fewer
minibatches (of 128), falls to 8.4, and augmented, slower, to 11.1. Some 45 minutes of
one core with AVX512 that other work shared; table, curves and pictures are in
examples/records/few_pictures.
"""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import keras
import numpy as np
from matplotlib.figure import Figure

import keras_gan as kg
from keras_gan.runs import replacing, write_json

NUM_HELD_OUT, NUM_DRAWN = 10_000, 16
PASSES = 16  # an epoch: of 500 pictures one is too short to report on
POLICY = "color,translation,cutout"
RANGE = (-1.0, 1.0)


@dataclasses.dataclass(frozen=True)
class Game:
    """A row of the table."""

    name: str
    is_augmented: bool

    @property
    def recipe(self) -> kg.recipes.Recipe:
        """The recipe, with as many passes an epoch as any."""
        recipe = kg.recipes.get(self.name)
        return dataclasses.replace(recipe, passes_per_epoch=PASSES)


GAMES = {
    "small_data, not augmented": Game("small_data", False),
    "small_data": Game("small_data", True),
    "dcgan": Game("dcgan", False),
    "dcgan, augmented": Game("dcgan", True),
}


class MeasureDistance(keras.callbacks.Callback):
    """Logs the Frechet distance of fresh samples to digits that no game saw."""

    def __init__(self, held_out: np.ndarray, args: argparse.Namespace) -> None:
        super().__init__()
        self.num_samples, self.interval = args.num_samples, args.measure_every
        self.seed = args.seed
        network = kg.evaluation.feature_network_of("mnist", held_out.shape[1:], RANGE)
        self.network = network()
        self.held_out = kg.evaluation.extract_features(held_out, self.network)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Measures where it is time to."""
        if (epoch + 1) % self.interval and epoch + 1 != self.params["epochs"]:
            return
        samples = self.model.sample(self.num_samples, seed=self.seed)
        fake = kg.evaluation.extract_features(samples, self.network)
        distance = kg.evaluation.frechet_distance(real=self.held_out, fake=fake)
        logs["frechet_distance"] = distance.value


def main() -> None:
    args = parse_arguments()
    data = kg.datasets.load_mnist(args.data_dir).in_range(*RANGE)
    images = data.train.images
    few = dataclasses.replace(data, train=kg.datasets.Split(images[: args.num_images]))
    measure = MeasureDistance(images[-NUM_HELD_OUT:], args)
    for name in args.games:
        play(name, few, measure, args)
    curves = read_curves(args)
    table = markdown(curves)
    write_json(args.output_dir / "curves.json", curves)
    with replacing(args.output_dir / "table.md") as partial:
        partial.write_text(table, encoding="utf-8")
    draw_curves(args.output_dir / "curves.png", curves)
    draw_samples(args, [*curves])
    print(f"{table}Written: {args.output_dir}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", nargs="+", choices=GAMES, default=list(GAMES))
    parser.add_argument("--num-images", type=int, default=500)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--measure-every", type=int, default=5, metavar="EPOCHS")
    parser.add_argument("--num-samples", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", help="folder with MNIST, else searched for")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/few_pictures"))
    parser.add_argument("--verbose", type=int, choices=(0, 1, 2), default=1)
    return parser.parse_args()


def folder_of(args: argparse.Namespace, name: str) -> Path:
    return args.output_dir / name.replace(", ", "_").replace(" ", "_")


def play(
    name: str,
    few: kg.datasets.Dataset,
    measure: MeasureDistance,
    args: argparse.Namespace,
) -> None:
    """Plays a game to its last epoch, from where an earlier run of it stopped."""
    folder = folder_of(args, name)
    print(f"{name}: {args.epochs} epochs", flush=True)
    kg.runs.fit_to(
        kg.runs.load_or_build(folder, lambda: build(GAMES[name], few, args)),
        folder,
        kg.datasets.Repeated(few.train, PASSES),
        batch_size=GAMES[name].recipe.batch_size,
        epochs=args.epochs,
        about={"game": name},
        callbacks=[measure],
        verbose=args.verbose,
    )


def build(game: Game, few: kg.datasets.Dataset, args: argparse.Namespace) -> kg.GAN:
    """The recipe's game, with or without augmentation."""
    length = {}
    if game.recipe.scheduled:
        length["num_steps"] = args.epochs * game.recipe.steps_per_epoch(few)
    gan = game.recipe.build(few, args.seed, **length)
    policy = kg.augmentation.DiffAugment(POLICY, few.value_range)
    rules = gan.get_compile_config()
    rules["augmentation"] = keras.saving.serialize_keras_object(
        policy if game.is_augmented else None
    )
    gan.compile_from_config(rules)
    return gan


def read_curves(args: argparse.Namespace) -> dict[str, list[tuple[int, float]]]:
    """Epochs and distances of each game that was measured."""
    curves = {}
    for name in GAMES:
        run = kg.runs.RunDirectory(folder_of(args, name))
        rows = run.history() if run.model.exists() else []
        key = "frechet_distance"
        curves[name] = [(row["epoch"], row[key]) for row in rows if key in row]
    return {name: curve for name, curve in curves.items() if curve}


def markdown(curves: dict[str, list[tuple[int, float]]]) -> str:
    """The least distance and the last one."""
    lines = [
        "| game | least distance | after epochs | in the end |",
        "|---|---|---|---|",
    ]
    for name, curve in curves.items():
        epoch, least = min(curve, key=lambda pair: pair[1])
        last, distance = curve[-1]
        lines.append(f"| {name} | {least:.2f} | {epoch} of {last} | {distance:.2f} |")
    return "\n".join(lines) + "\n"


def draw_curves(path: Path, curves: dict[str, list[tuple[int, float]]]) -> None:
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(
        xlabel="epochs", ylabel="Frechet distance to other digits", yscale="log"
    )
    for name, curve in curves.items():
        line = "-" if GAMES[name].is_augmented else "--"
        axes.plot(*zip(*curve, strict=True), f"{line}o", markersize=3, label=name)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.grid(alpha=0.3, which="both")
    axes.legend(fontsize=8)
    with replacing(path) as partial:
        figure.savefig(partial, dpi=90, format="png")


def draw_samples(args: argparse.Namespace, names: list[str]) -> None:
    """Samples of each game's end, one game a row."""
    rows = {}
    for name in names:
        run = kg.runs.RunDirectory(folder_of(args, name))
        rows[name] = kg.load(run.model).sample(NUM_DRAWN, seed=1)
    kg.visualization.save_image_rows(args.output_dir / "samples.png", rows, RANGE)


if __name__ == "__main__":
    main()
