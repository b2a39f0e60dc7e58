"""Writes the files of a generator that completes, for the tests of its web page.

    python tests/deployment/completion_exports.py DIR [--epochs 10]

Digits of 8x8 pixels: completion.onnx and prior.onnx with their records.
"""

import argparse
from pathlib import Path

import keras

import keras_gan as kg


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    args = parser.parse_args()
    keras.utils.set_random_seed(0)
    data = kg.datasets.load_digits()
    gan = kg.recipes.inpainting(data)
    gan.fit(data.train.images, batch_size=64, epochs=args.epochs, verbose=0)
    provenance = kg.export.Provenance(
        value_range=(0.0, 1.0), dataset="digits", epochs=args.epochs
    )
    for name in ("onnx_completion", "onnx_prior"):
        path, report = kg.export.export_generator(
            gan, args.directory, name, provenance=provenance, overwrite=True
        )
        print(f"{path}: {report}")


if __name__ == "__main__":
    main()
