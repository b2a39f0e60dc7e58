"""Writes a conditional generator's files, for the tests of the deployments.

    python tests/deployment/conditional_exports.py DIR [--epochs 60]

Digits of 8x8 pixels, told which: generator.onnx and prior.onnx with their records.
"""

import argparse
from pathlib import Path

import keras
import numpy as np

import keras_gan as kg

LATENT_DIM, NUM_CLASSES, SHAPE = 16, 10, (8, 8, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--epochs", type=int, default=60)
    args = parser.parse_args()
    train = kg.datasets.load_digits().train
    gan = conditional_gan()
    gan.compile(keras.optimizers.Adam(1e-3, 0.5), keras.optimizers.Adam(1e-3, 0.5))
    gan.fit(train.images, np.int32(train.labels), epochs=args.epochs, verbose=0)
    provenance = kg.export.Provenance(
        value_range=(0.0, 1.0), dataset="digits", epochs=args.epochs
    )
    for name in ("onnx", "onnx_prior"):
        path, report = kg.export.export_generator(
            gan, args.directory, name, provenance=provenance, overwrite=True
        )
        print(f"{path}: {report}")


def conditional_gan() -> kg.GAN:
    """A generator and a discriminator that are told the digit."""
    keras.utils.set_random_seed(0)
    latents = keras.Input((LATENT_DIM,), name="latents")
    images = keras.Input(SHAPE, name="images")
    labels = keras.Input((), dtype="int32", name="labels")
    hidden = dense(128, keras.layers.Concatenate()([latents, told(labels)]))
    pixels = keras.layers.Dense(64, "sigmoid")(dense(128, hidden))
    rows = [keras.layers.Flatten()(images), told(labels)]
    judged = dense(128, dense(128, keras.layers.Concatenate()(rows)))
    return kg.GAN(
        keras.Model([latents, labels], keras.layers.Reshape(SHAPE)(pixels)),
        keras.Model([images, labels], keras.layers.Dense(1)(judged)),
        kg.priors.NormalPrior(LATENT_DIM),
        conditions={"labels": kg.priors.CategoricalPrior(NUM_CLASSES)},
        ema_half_life=5_000.0,
    )


def dense(units, inputs):
    return keras.layers.LeakyReLU(0.2)(keras.layers.Dense(units)(inputs))


def told(labels):
    return keras.layers.Embedding(NUM_CLASSES, 16)(labels)


if __name__ == "__main__":
    main()
