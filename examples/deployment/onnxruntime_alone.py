"""Draws images with ONNX Runtime and NumPy, and nothing else.

    keras-gan export RUN_DIR --format onnx_seeded
    pip install onnxruntime numpy
    python onnxruntime_alone.py RUN_DIR/exports/generator_seeded.onnx --seed 7

The same seed gives the images of `gan.sample(NUM, seed=SEED)` in the training code, and
`--label 3` those of `gan.sample(NUM, seed=SEED, labels=3)`, of a generator that takes
`labels`.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a file of the format onnx_seeded")
    parser.add_argument("--num", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--label", type=int, help="class of all images; default: drawn")
    parser.add_argument("--output", type=Path, default=Path("images.pgm"))
    args = parser.parse_args()

    session = onnxruntime.InferenceSession(
        args.model, providers=["CPUExecutionProvider"]
    )
    inputs = {
        "num_samples": np.array(args.num, "int32"),
        "seed": np.array(args.seed, "int32"),
    }
    told = {one.name: one for one in session.get_inputs()}
    if "labels" in told:
        dtype = told["labels"].type.removeprefix("tensor(").removesuffix(")")
        labels = [] if args.label is None else [args.label] * args.num
        # Without any row they are drawn. A row is a number, or an axis of one.
        shape = (-1, *told["labels"].shape[1:])
        inputs["labels"] = np.array(labels, dtype).reshape(shape)
    elif args.label is not None:
        parser.error(f"--label: {args.model} is told no class")
    (images,) = session.run(["images"], inputs)  # [num, height, width, channels]
    metadata = session.get_modelmeta().custom_metadata_map
    low, high = json.loads(metadata.get("value_range", "[0.0, 1.0]"))
    write_picture(args.output, (images - low) / (high - low))
    print(f"{args.output}: {len(images)} images, {metadata}")


def write_picture(path: Path, images: np.ndarray) -> None:
    """Images in [0, 1], one below the other, in the plainest format there is."""
    num, height, width, channels = images.shape
    pixels = np.round(255 * np.clip(images, 0, 1)).astype("uint8")
    kind = {1: "P5", 3: "P6"}[channels]
    header = f"{kind}\n{width} {num * height}\n255\n".encode()
    path.write_bytes(header + pixels.tobytes())


if __name__ == "__main__":
    main()
