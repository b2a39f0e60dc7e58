"""What goes wrong looks like this: troubles provoked on digits, beside a game without.

    python examples/symptoms.py --output-dir runs/symptoms

Each game is the first one with one thing turned the wrong way, for as many epochs:

    sound           R1, one move of each player, Adam at 1e-3
    certain         the saturating loss, without R1, and D ten times as fast as G
    another range   data in [-1, 1], and a generator that ends in a sigmoid
    few data        20 training images
    no bound        a critic's objective without any bound on its slope
    not told        asked for the classes 0 to 9 in turn; D is not told which

For each a row of the table: what D says of real and of generated digits, mean sigmoids
of the logits or a critic's mean outputs, and both losses at the end, the spread of
samples (standard deviation, over that of data), Frechet distance and precision in
pixels beside held-out digits, and what `kg.callbacks.CollapseMonitor` and `fit` warned
of. `NAME.png` shows forty samples of each game. Some five minutes on two cores; the
record is in examples/records/symptoms.
"""

import argparse
import json
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

import keras_gan as kg
from keras_gan.runs import record_environment, write_json
from keras_gan.visualization import save_image_grid

LATENT_DIM, BATCH_SIZE, NUM_COLUMNS = 32, 50, 20
NUM_FEW = 20
NUM_SAMPLES = 300  # as many as there are test images
COLUMNS = ("d_real", "d_fake", "d_loss", "g_loss", "spread", "frechet", "precision")


class Trouble(NamedTuple):
    """One thing that is turned the wrong way.

    Args:
        rules: options of `compile` that take the place of the sound ones.
        rates: learning rates of generator and discriminator.
        value_range: that data are scaled to.
        num_images: of the training set, or `None` for all.
        is_told: whether the generator gets labels, of which D knows nothing.
    """

    rules: dict[str, Any] = {}  # noqa: RUF012, nobody writes to it
    rates: tuple[float, float] = (1e-3, 1e-3)
    value_range: tuple[float, float] = (0.0, 1.0)
    num_images: int | None = None
    is_told: bool = False


UNBOUND: dict[str, Any] = {"terms": []}
GAMES = {
    "sound": Trouble(),
    "certain": Trouble({"objective": "minimax", **UNBOUND}, rates=(2e-4, 2e-3)),
    "another range": Trouble(value_range=(-1.0, 1.0)),
    "few data": Trouble(num_images=NUM_FEW),
    "no bound": Trouble({"objective": "wasserstein", **UNBOUND}),
    "not told": Trouble(is_told=True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--games", nargs="+", choices=GAMES, default=list(GAMES))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/symptoms"))
    args = parser.parse_args()
    record = args.output_dir / "symptoms.json"
    held = json.loads(record.read_text())["games"] if record.exists() else {}
    for name in args.games:
        asked = {"epochs": args.epochs, "seed": args.seed}
        if asked.items() <= held.get(name, {}).items():
            continue
        print(name, flush=True)
        measured, samples = play(GAMES[name], args)
        picture = args.output_dir / f"{name.replace(' ', '_')}.png"
        # In the range of the data, whatever of it the generator reaches.
        value_range = GAMES[name].value_range
        samples = np.clip(samples, *value_range)
        save_image_grid(picture, samples, value_range, NUM_COLUMNS)
        held[name] = {**asked, **measured}
        write_json(record, {"games": held, "environment": record_environment()})
    print(table(held))
    print(f"Written: {args.output_dir}")


def play(trouble: Trouble, args: Any) -> tuple[dict[str, Any], np.ndarray]:
    """Plays one game; returns what is measured of it, and forty samples."""
    data = kg.datasets.load_digits().in_range(*trouble.value_range)
    gan = game_of(data, trouble, args.seed)
    images = data.train.images[: trouble.num_images]
    # As many steps an epoch, of however many images.
    passes = len(data.train) // len(images)
    rows: Any = images
    if trouble.is_told:
        rows = {"images": images, "labels": data.train.labels}
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        history = gan.fit(
            kg.datasets.Repeated(rows, passes),
            batch_size=min(BATCH_SIZE, len(images)),
            epochs=args.epochs,
            callbacks=[kg.callbacks.CollapseMonitor(data.train.images)],
            verbose=0,
        )
        samples = sampled(gan, trouble, NUM_SAMPLES)
    last = {name: values[-1] for name, values in history.history.items()}
    measured = {name: last[name] for name in COLUMNS if name in last}
    measured |= scores(data, samples)
    ours = [str(one.message) for one in told if one.category is UserWarning]
    measured["warned"] = sorted({message.partition(". ")[0] for message in ours})
    return measured, sampled(gan, trouble, 2 * NUM_COLUMNS)


def game_of(data: kg.datasets.Dataset, trouble: Trouble, seed: int) -> kg.GAN:
    generator = kg.networks.mlp_generator(
        LATENT_DIM, data.image_shape, (256, 256), seed=2 * seed
    )
    if trouble.is_told:
        generator = told_generator(data.image_shape)
    gan = kg.GAN(
        generator,
        kg.networks.maxout_discriminator(
            data.image_shape, (128, 128), seed=2 * seed + 1
        ),
        kg.priors.UniformPrior(LATENT_DIM),
        conditions={"labels": kg.priors.CategoricalPrior(10)}
        if trouble.is_told
        else None,
        seed=seed,
    )
    rules: dict[str, Any] = {"terms": [kg.terms.R1(0.1)], **trouble.rules}
    optimizers = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in trouble.rates]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the objective without a bound says so
        gan.compile(*optimizers, **rules)
    return gan


def told_generator(image_shape: tuple[int, ...]) -> keras.Model:
    latents = keras.Input((LATENT_DIM,), name="latents")
    labels = keras.Input((), dtype="int32", name="labels")
    classes = keras.layers.Embedding(10, LATENT_DIM)(labels)
    hidden = keras.layers.Concatenate()([latents, classes])
    for _ in range(2):
        hidden = keras.layers.Dense(256, "relu")(hidden)
    pixels = keras.layers.Dense(int(np.prod(image_shape)), "sigmoid")(hidden)
    images = keras.layers.Reshape(image_shape)(pixels)
    return keras.Model([latents, labels], images)


def sampled(gan: kg.GAN, trouble: Trouble, num: int) -> np.ndarray:
    if not trouble.is_told:
        return gan.sample(num, seed=1)
    # Ten columns for the ten classes, twice.
    return gan.sample(num, seed=1, labels=np.arange(num) % 10)


def scores(data: kg.datasets.Dataset, samples: np.ndarray) -> dict[str, float]:
    spread = samples.std(axis=0).mean() / data.train.images.std(axis=0).mean()
    if not np.isfinite(samples).all():
        return {"spread": float(spread)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", kg.evaluation.DoubtfulScoreWarning)
        distance = kg.evaluation.frechet_distance(real=data.test.images, fake=samples)
        both = kg.evaluation.precision_recall(real=data.test.images, fake=samples)
    return {
        "spread": float(spread),
        "frechet": distance.value,
        "precision": both.precision,
    }


def table(held: dict[str, Any]) -> str:
    rows = [f"{'':14}" + "".join(f"{name:>11}" for name in COLUMNS) + "   warned of"]
    for name in [name for name in GAMES if name in held]:
        record = held[name]
        values = [record.get(column) for column in COLUMNS]
        cells = ("-" if value is None else f"{value:.3g}" for value in values)
        numbers = "".join(f"{cell:>11}" for cell in cells)
        rows.append(f"{name:14}{numbers}   {'; '.join(record['warned'])}")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
