"""How well latents of given images are found: BiGAN beside three others, in one table.

    keras-gan train bigan --data-dir DIR --output-dir runs/bigan
    python examples/inference_table.py runs/bigan --output-dir runs/inference
    python examples/inference_table.py runs/bigan_1 --methods BiGAN untrained

The columns: BiGAN's own encoder; the same untrained; a latent regressor, an encoder of
the same shape that learns from images of the same generator after the game; inversion,
gradient steps on the latents, on `--num-inverted` images; and an autoencoder of the
same two networks, with squared errors. Rows: distance of reconstructions, over that of
shuffled pairs, and the accuracy of a line and of the nearest neighbor on the codes and
on the encoder's features, the last layer before them, which the paper's accuracies are
of.

`reconstructions.png`: test images, and how each makes them anew, a row for each.
`interpolations.png`: from one test image's latents to another's, by BiGAN's encoder.

What is finished is read from the output folder when the script is started again.
"""

import argparse
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

import keras_gan as kg
from keras_gan.evaluation import code_accuracy, reconstruction_error
from keras_gan.runs import Run, load_run, replacing, write_json
from keras_gan.terms.features import features_of
from keras_gan.visualization import latent_path, save_image_grid

BIGAN, UNTRAINED, INVERSION = "BiGAN", "untrained", "inversion"
REGRESSOR, AUTOENCODER = "latent regressor", "autoencoder"
METHODS = (BIGAN, UNTRAINED, REGRESSOR, INVERSION, AUTOENCODER)


class Coded(NamedTuple):
    """What a method makes of images.

    Args:
        reconstructions: `[num, height, width, channels]`.
        codes: `[num, latent_dim]`, or `None` where they are too few to learn from.
        features: `[num, hidden_units]`, the encoder's before the codes, or `None`.
    """

    reconstructions: np.ndarray
    codes: np.ndarray | None = None
    features: np.ndarray | None = None


class Sets(NamedTuple):
    """Images that the methods are judged on.

    Args:
        train: to learn from the codes of; with labels.
        train_labels: integers.
        test: to reconstruct.
        test_labels: integers.
    """

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray


def by_encoder(gan: kg.GAN, images: np.ndarray) -> Coded:
    features = before_codes(gan.game.encoder, images)
    return Coded(gan.reconstruct(images), gan.encode(images), features)


def before_codes(encoder: keras.Model, images: np.ndarray) -> np.ndarray:
    features: np.ndarray = features_of(encoder, None).predict(
        images, batch_size=1000, verbose=0
    )
    return features


def untrained_of(run: Run) -> kg.GAN:
    """The same game before it was played."""
    networks = run.gan.generator, run.gan.discriminator, run.gan.game.encoder
    generator, discriminator, encoder = map(keras.models.clone_model, networks)
    game = kg.games.Bidirectional(encoder)
    return kg.GAN(generator, discriminator, run.gan.prior, game=game)


def regressor_of(run: Run, options: Any) -> kg.GAN:
    """The generator of the run with an encoder that was fitted to it, kept on disk."""
    path = options.output_dir / "regressor.keras"
    if path.exists():
        return kg.load(path)
    gan = kg.GAN(run.gan.generator, run.gan.discriminator, run.gan.prior)
    encoder = keras.models.clone_model(run.gan.game.encoder)
    kg.inference.fit_encoder(gan, encoder, options.regression_steps, seed=options.seed)
    with replacing(path) as partial:
        gan.save(partial)
    return gan


def autoencoder_of(run: Run, options: Any) -> tuple[keras.Model, keras.Model]:
    """Encoder and decoder of the run's shapes, trained on squared errors, kept."""
    path = options.output_dir / "autoencoder.keras"
    if path.exists():
        model = keras.models.load_model(path)
    else:
        keras.utils.set_random_seed(options.seed)
        encoder = keras.models.clone_model(run.gan.game.encoder)
        decoder = keras.models.clone_model(run.gan.generator)
        model = keras.Sequential([encoder, decoder])
        model.compile(keras.optimizers.Adam(1e-3), "mse")
        images = run.data.train.images
        model.fit(images, images, batch_size=128, epochs=options.autoencoder_epochs)
        with replacing(path) as partial:
            model.save(partial)
    encoder, decoder = model.layers
    return encoder, decoder


def methods_of(run: Run, options: Any) -> dict[str, Callable[[np.ndarray], Coded]]:
    """From images to codes, features and reconstructions."""
    untrained = functools.cache(lambda: untrained_of(run))
    regressor = functools.cache(lambda: regressor_of(run, options))
    autoencoder = functools.cache(lambda: autoencoder_of(run, options))

    def inverted(images: np.ndarray) -> Coded:
        some = images[: options.num_inverted]
        found = kg.inference.invert(
            run.gan, some, options.inversion_steps, seed=options.seed
        )
        return Coded(found.reconstructions)

    def autoencoded(images: np.ndarray) -> Coded:
        encoder, decoder = autoencoder()
        codes = encoder.predict(images, batch_size=1000, verbose=0)
        made = decoder.predict(codes, batch_size=1000, verbose=0)
        return Coded(made, codes, before_codes(encoder, images))

    return {
        BIGAN: lambda images: by_encoder(run.gan, images),
        UNTRAINED: lambda images: by_encoder(untrained(), images),
        REGRESSOR: lambda images: by_encoder(regressor(), images),
        INVERSION: inverted,
        AUTOENCODER: autoencoded,
    }


def scores_of(method: Callable[[np.ndarray], Coded], sets: Sets) -> dict[str, Any]:
    coded = method(sets.test)
    images = sets.test[: len(coded.reconstructions)]
    scores: dict[str, Any] = {
        "reconstruction": reconstruction_error(
            images=images, reconstructions=coded.reconstructions
        )
    }
    if coded.codes is not None:
        learned = method(sets.train)
        for part in ("codes", "features"):
            scores[part] = code_accuracy(
                codes=getattr(learned, part),
                labels=sets.train_labels,
                held_out=getattr(coded, part),
                held_out_labels=sets.test_labels,
            )
    return {part: score.record() for part, score in scores.items()}


def table_of(held: dict[str, Any]) -> str:
    """A row for each method."""
    rows = [
        "                                                    codes           features",
        "method                distance  over shuffled  linear    1-NN  linear    1-NN",
    ]
    for name, record in held.items():
        distance, ratio = (
            record["reconstruction"][key] for key in ("distance", "ratio")
        )
        shares = "".join(
            f"{record[part][key]:8.4f}" if part in record else "       -"
            for part in ("codes", "features")
            for key in ("linear_accuracy", "neighbor_accuracy")
        )
        rows.append(f"{name:20}{distance:10.3f}{ratio:15.3f}{shares}")
    return "\n".join(rows)


def draw(run: Run, methods: Any, images: np.ndarray, options: Any) -> None:
    value_range = run.value_range or (0.0, 1.0)
    shown = [name for name in methods if name != UNTRAINED]
    rows = [images, *(methods[name](images).reconstructions for name in shown)]
    path = options.output_dir / "reconstructions.png"
    columns = len(images)
    drawn = np.clip(np.concatenate(rows), *value_range)
    save_image_grid(path, drawn, value_range, columns, scale=2)
    print(f"Written: {path} (rows: test images, {', '.join(shown)})")
    codes = run.gan.encode(images)
    ends = zip(codes[:-1:2], codes[1::2], strict=True)
    steps = 9
    walks = [latent_path(np.stack(pair), steps) for pair in ends]
    made = run.gan.generate({"latents": np.concatenate(walks)}).numpy()
    path = options.output_dir / "interpolations.png"
    made = np.clip(made, *value_range)
    save_image_grid(path, made, value_range, steps + 1, scale=2)
    print(f"Written: {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, help="run directory of a BiGAN")
    parser.add_argument("--data-dir", type=Path, default=None)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--num-codes", type=int, default=10_000, help="training images")
    parser.add_argument("--num-images", type=int, default=10_000, help="test images")
    parser.add_argument("--num-inverted", type=int, default=500, help="of these")
    parser.add_argument("--inversion-steps", type=int, default=300)
    parser.add_argument("--regression-steps", type=int, default=20_000)
    parser.add_argument("--autoencoder-epochs", type=int, default=20)
    parser.add_argument("--num-shown", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/inference"))
    options = parser.parse_args()
    run = load_run(options.run, data_dir=options.data_dir)
    train, test = run.data.train, run.data.test
    sets = Sets(
        train.images[: options.num_codes],
        train.labels[: options.num_codes],
        test.images[: options.num_images],
        test.labels[: options.num_images],
    )
    path = options.output_dir / "inference_table.json"
    held = json.loads(path.read_text("utf-8")) if path.exists() else {}
    methods = {
        name: method
        for name, method in methods_of(run, options).items()
        if name in options.methods
    }
    for name, method in methods.items():
        if name not in held:
            held[name] = scores_of(method, sets)
            write_json(path, held)
    print(table_of(held))
    print(f"Written: {path}")
    draw(run, methods, sets.test[: options.num_shown], options)


if __name__ == "__main__":
    main()
